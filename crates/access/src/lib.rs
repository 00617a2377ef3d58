//! The access core of Rolecall: who is who in one support organisation, who may do what on which thing, and why.
//!
//! It is a library of functions over values: [`State`] is one account, [`State::propose`] turns a [`Command`] into [`Event`]s
//! or refuses it, [`State::apply`] makes them part of the state, and [`View::decide`] answers a question with every gate and
//! every path.
//!
//! It must never know: SQL, HTTP, files, a runtime, the time of day, randomness, and anybody's name or address. Moments and new
//! ids come in as arguments, so a decision is a function and a test is a table.
//!
//! Where to start: `decide/mod.rs` for the rule of decisions, `command/mod.rs` for what can be changed,
//! `command/authority.rs` for who may give and take what, `state/mod.rs` for what is known.
//!
//! The rules and their ids stand in the rule book (RULES.md); comments and tests quote them.

pub mod catalogue;
pub mod command;
pub mod decide;
pub mod domain;
pub mod event;
pub mod explain;
mod ids;
mod idset;
pub mod invariants;
pub mod matrix;
mod moment;
pub mod preview;
pub mod products;
pub mod search;
mod sorted;
pub mod state;
mod table;

pub use catalogue::{Permission, PermissionSet, Product, Switch};
pub use command::{Actor, Command, Notice, Outcome, Proposal, Refusal, RefusalKind};
pub use decide::{
    Decision, Gate, GateOutcome, PermissionType, Permit, Subject, Target, View, Visible,
};
pub use domain::{BadDomain, Domain};
pub use event::Event;
pub use explain::{Explanation, Makers, Remedy, Step};
pub use ids::{
    BadId, CompanyId, ConnectionId, Dense, DeviceGroupId, DeviceId, GroupId, LicenceId, PersonId,
    ProductId, ProviderGroupId, PublicId, QueueId, RoleId, ServiceId, ThingId, TimedTieId, TokenId,
    UserGroupId, uuid_of,
};
pub use idset::IdSet;
pub use matrix::MatrixRow;
pub use moment::{Moment, Version, Window};
pub use preview::{Cause, Change, Changes, Effect, Fingerprint, NotGiven, Right, Vacancy};
pub use search::{Page, Paging, ResourceKind};
pub use state::State;
pub use table::{Named, NamedTable, Table};
