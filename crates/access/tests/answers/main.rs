//! Searches, explanations and matrices agree with the decision.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod any_account;
mod explain;
mod incidents;
mod matrix;
mod office;
mod questions;
mod records;
mod search;
mod worlds;
