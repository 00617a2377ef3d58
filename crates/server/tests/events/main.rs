//! What others are told: webhooks, the stream and the collector, on a real ledger, with receivers that listen on a real socket.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod collector;
mod house;
mod many;
mod receiver;
mod rights;
mod servers;
mod stream;
mod webhooks;
