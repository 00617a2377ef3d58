//! Products of other tools: catalogues, things, decisions, searches. See `docs/how-to-add-a-product.md`.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod authzen;
mod catalogue;
mod decisions;
mod explain;
mod search;
mod things;
mod world;
