//! The rules of the service desk and its portal (RULES §5), one test and more for each, by rule id.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod support;

#[path = "desk/companies.rs"]
mod companies;
#[path = "desk/company_access.rs"]
mod company_access;
#[path = "desk/domains.rs"]
mod domains;
#[path = "desk/help.rs"]
mod help;
#[path = "desk/levels.rs"]
mod levels;
#[path = "desk/portal.rs"]
mod portal;
#[path = "desk/portal_levels.rs"]
mod portal_levels;
#[path = "desk/previews.rs"]
mod previews;
#[path = "desk/registration.rs"]
mod registration;
#[path = "desk/sight.rs"]
mod sight;
#[path = "desk/tabs.rs"]
mod tabs;
