//! What a change of the state leads to in rows of a slice, in the same transaction: nobody is left as the assignee of a record that they
//! may not see any more (SD-19).

use std::fmt;

use access::{
    Actor, ConnectionId, Event, Moment, State, event::Node, explain::words::Name, state::Life,
};

use crate::clock::BoxFuture;
use crate::database::Tx;
use crate::error::Result;
use crate::log::AccountId;

/// A slice that follows what happens. Every command passes it, whichever face it came through.
pub trait Consequence: fmt::Debug + Send + Sync {
    /// Writes what follows from it. It refuses nothing: the command is decided.
    fn follow<'a>(&'a self, tx: &'a mut Tx, moved: Moved<'a>) -> BoxFuture<'a, Result<()>>;

    /// What would follow, for the review before it: as far as the actor may see it, and no more. Where it is left
    /// out, nobody has to be told.
    fn foresee<'a>(&'a self, _: &'a mut Tx, _: Moved<'a>) -> BoxFuture<'a, Result<Foresight>> {
        Box::pin(async { Ok(Foresight::default()) })
    }

    /// Whether something can follow at all; it is asked before the transaction is waited for.
    fn concerns(&self, moved: Moved<'_>) -> bool;
}

/// What would follow from a command in rows of slices.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Foresight {
    /// How many things it concerns.
    pub total: usize,
    /// Whether there are more than were counted.
    pub more: bool,
    /// The first of them.
    pub first: Vec<Foreseen>,
}

/// One thing that would be changed along.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Foreseen {
    /// What people call it by.
    pub title: String,
    /// Its page.
    pub href: String,
    /// Whom it loses.
    pub loses: Name,
}

/// What happened in an account.
#[derive(Clone, Copy, Debug)]
pub struct Moved<'a> {
    /// The account, by its number in this database.
    pub account: AccountId,
    /// Its state before.
    pub before: &'a State,
    /// Its state after.
    pub after: &'a State,
    /// What lies between them.
    pub events: &'a [Event],
    /// By whom.
    pub actor: Actor,
    /// When.
    pub now: Moment,
}

impl<'a> Moved<'a> {
    /// Connections that are gone for ever by it.
    pub fn deleted_connections(self) -> impl Iterator<Item = ConnectionId> + 'a {
        self.events.iter().filter_map(|event| match event {
            Event::LifeSet {
                of: Node::Connection(connection),
                life: Life::Deleted,
            } => Some(*connection),
            _ => None,
        })
    }
}
