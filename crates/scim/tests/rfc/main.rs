//! The rules of RFC 7643 and RFC 7644, one test each, with their sections; what always holds of them; and what providers send.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod answers;
mod discovery;
mod filters;
mod habits;
mod patches;
mod profiles;
mod properties;
mod requests;
mod resources;
mod things;
