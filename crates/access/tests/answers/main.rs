//! Searches, explanations and matrices agree with the decision.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod explain;
mod matrix;
mod search;
mod worlds;
