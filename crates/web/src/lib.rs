//! The HTTP side of Rolecall: guarded routes, pages, sign-in sessions, problems, limits, the OpenAPI document.
//!
//! **For** everybody who answers over HTTP. A slice writes async functions whose first argument is a guard, lists them as
//! [`route::Route`]s, and gets router and document from that list. Nothing can be routed without a guard: `Router::route` is banned
//! by clippy outside of [`route::router`].
//!
//! **Must never know** a rule. It asks the access core and turns its answer into 404, 403 or a permit; it never looks at a role.
//!
//! **Start reading** in [`guard`], then [`endpoint`] and [`route`]; [`problem`] is what callers see when it does not work.

extern crate self as web;

pub mod about;
pub mod app;
pub mod browser;
pub mod call;
pub mod caller;
pub mod client;
pub mod common;
mod deadline;
pub mod decision;
pub mod effect;
pub mod elsewhere;
pub mod endpoint;
pub mod envelope;
pub mod errand;
pub mod event_ids;
pub mod guard;
pub mod health;
mod limit;
pub mod lists;
mod objects;
pub mod openapi;
pub mod origin;
pub mod page;
pub mod paging;
pub mod part;
pub mod problem;
pub mod proof;
pub mod question;
pub mod reply;
pub mod resource;
pub mod rights;
pub mod route;
pub mod schema;
pub mod serve;
pub mod session;
pub mod sign_in;
pub mod sign_ins;
pub mod sorting;
pub mod stream;
pub mod submit;
pub mod things;
pub mod through;
pub mod tls;
pub mod tokens;
pub mod values;

pub use app::{App, Limits};
pub use problem::{Problem, Result};
