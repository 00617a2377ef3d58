//! The console at a browser that runs no script: its pages, their forms, their reviews, and what they refuse.
#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "console/alike.rs"]
mod alike;
#[path = "console/billing.rs"]
mod billing;
#[path = "getting_in/browser.rs"]
#[allow(
    dead_code,
    reason = "shared with the tests of getting in, which use other parts of it"
)]
mod browser;
#[path = "console/companies.rs"]
mod companies;
#[path = "console/desk.rs"]
mod desk;
#[path = "console/device_groups.rs"]
mod device_groups;
#[path = "console/groups.rs"]
mod groups;
#[path = "console/person.rs"]
mod person;
#[path = "console/programs.rs"]
mod programs;
#[path = "console/reviewed.rs"]
mod reviewed;
#[path = "console/roles.rs"]
mod roles;
#[path = "console/service_people.rs"]
mod service_people;
#[path = "console/user_groups.rs"]
mod user_groups;
#[path = "console/view_as.rs"]
mod view_as;
