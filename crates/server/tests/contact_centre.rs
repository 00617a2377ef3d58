//! The contact centre at a browser that runs no script, and its lists for programs: RULES §6 as people meet it.
#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "getting_in/browser.rs"]
#[allow(dead_code, reason = "shared with the tests of getting in")]
mod browser;
#[path = "contact_centre/centre.rs"]
mod centre;
#[path = "contact_centre/lists.rs"]
mod lists;
#[path = "contact_centre/logins.rs"]
mod logins;
#[path = "contact_centre/permissions.rs"]
mod permissions;
#[path = "contact_centre/queues.rs"]
mod queues;
#[path = "contact_centre/skills.rs"]
mod skills;
