//! Real processes: the built binary, driven over HTTP and by the command line, killed and started again.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod absent;
mod account;
mod certification;
mod crash;
mod demo;
mod https;
mod invitations;
mod mails;
mod nodes;
mod pipes;
mod program;
mod tour;
mod unreadable;
