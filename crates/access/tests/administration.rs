//! The rules of administration (RULES §4), one test and more for each, by rule id.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod support;

#[path = "administration/only_user.rs"]
mod only_user;
#[path = "administration/people.rs"]
mod people;
#[path = "administration/roles.rs"]
mod roles;
