//! The server of Rolecall: the binary `rolecall`, its configuration, and the wiring of faces to the ledger.
//!
//! **For** operators. `serve` answers over HTTP; the other subcommands work on the database itself, beside a running server or without one.
//!
//! **Must never know** a rule. It starts what the other crates do.
//!
//! **Start reading** in [`cli`] for what can be asked, then [`wiring`] for how the pieces hang together.

// A closed pipe must not be a panic: `say!` prints.
#![deny(clippy::print_stdout)]

pub mod cli;
pub mod demo;
mod demonstrate;
mod exchange;
pub mod export;
mod keep;
mod mailing;
mod names;
mod offline;
mod reference;
mod running;
pub mod say;
pub mod settings;
pub mod switch;
pub mod wiring;

pub use wiring::CONSEQUENCES;
