//! Signing in with a provider that stands on a socket of this machine, with keys of its own. What it says is put in its mouth.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod fake;
mod keys;
mod logout;
mod sign_in;
mod stage;
mod tokens;
