//! A small world to test in: the naive [`mod@reference`] of the decision rules, [`random`] histories by hostile
//! administrators to compare it with, the two [`databases`] that the same test runs on, a PostgreSQL [`cluster`] to crash,
//! and real mail servers, [`postfix`] and [`dovecot`].
//!
//! It must never be a dependency of anything but tests, and nothing in it may be true because `access` says so: the reference
//! reads the rule book for itself.
//!
//! Where to start: `tests/decide_is_the_reference.rs` for what is compared, [`reference::World::allows`] for the rules.

pub mod certificates;
pub mod cluster;
pub mod databases;
pub mod dovecot;
pub mod postfix;
mod program;
pub mod random;
pub mod reference;
pub mod smtp;
