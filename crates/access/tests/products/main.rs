//! Products of other tools: catalogues, things, decisions, searches. See `docs/how-to-add-a-product.md`.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod authzen;
mod catalogue;
mod conditions;
mod decisions;
mod explain;
mod find;
mod previews;
mod search;
mod shop;
mod things;
mod world;
