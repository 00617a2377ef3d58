//! The rules of the contact centre (RULES §6), one test and more for each, by rule id.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod support;

#[path = "contact_centre/help.rs"]
mod help;
#[path = "contact_centre/logins.rs"]
mod logins;
#[path = "contact_centre/previews.rs"]
mod previews;
#[path = "contact_centre/queue_people.rs"]
mod queue_people;
#[path = "contact_centre/queues.rs"]
mod queues;
#[path = "contact_centre/sight.rs"]
mod sight;
#[path = "contact_centre/switches.rs"]
mod switches;
