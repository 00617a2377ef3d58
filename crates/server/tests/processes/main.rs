//! Real processes: the built binary, driven over HTTP and by the command line, killed and started again.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod absent;
mod account;
mod certification;
mod crash;
mod demo;
mod directory;
mod fuzz;
mod https;
mod invitations;
mod mails;
mod nodes;
mod pipes;
mod program;
mod provisioned;
#[allow(dead_code, reason = "what the tests of webhooks need and these do not")]
#[path = "../events/receiver.rs"]
mod receiver;
mod scim_tester;
mod tour;
mod unreadable;
