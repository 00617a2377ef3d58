//! The ledger's tests. Each runs on SQLite and on PostgreSQL; `cargo xtask test` starts a cluster for the latter.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod backup;
mod beside;
mod common;
mod conformance;
mod crash;
mod drafts;
mod erasure;
mod idempotency;
mod left;
mod lists;
mod nodes;
mod past;
mod provider_links;
mod records;
mod slices;
mod standing;
mod synchronised;
mod things;
mod verify;
