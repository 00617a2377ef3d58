//! The outbox from the act to the mail server, on both databases.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod asked;
mod links;
mod sending;
mod world;
