//! What others are told of: webhooks, a live stream, and the audit log for a collector.
//!
//! **For** programs of others, set up by holders of `admin.integrations.manage`. Each is told by its connection's rights of now, and what is
//! told is ids, keys and moments.
//!
//! **Must never know** names and addresses of people, nor a rule: who may be told is decided by the core, and the log says what happened.
//! Records of the desk are not in the log, and nothing is told of them (`docs/decisions/0022-records-beside-the-log.md`).
//!
//! **Start reading** in `feed.rs` for the order of what happens, `kind.rs` and `message.rs` for what of it is told, then `courier.rs` for how.
//! `docs/events.md` is what subscribers read.

mod consequence;
mod courier;
mod feed;
mod kind;
mod message;
mod signature;
mod stream;
mod subscription;
mod worker;

use web::route::Route;

pub use worker::Worker;

/// What follows in rows of this slice from what happens elsewhere.
pub static RIGHT_ENDED: &dyn ledger::Consequence = &consequence::RightEnded;

/// Every route of this slice.
pub fn routes() -> Vec<Route> {
    let mut routes = stream::routes();
    routes.extend(subscription::routes());
    routes
}
