//! Where a page of a list begins, and where it ends.

use access::{PersonId, state::PortalLevel};
use ledger::{ListPlace, Toward};
use serde::{Deserialize, Serialize};

/// Where a page begins. Sealed on its way: it holds what the list is sorted by.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Start {
    pub(super) toward: Toward,
    pub(super) part: Part,
    /// Where in the part; without it, from the end of the part that the reading comes from.
    pub(super) place: Option<ListPlace>,
    /// All of the part is behind.
    pub(super) is_behind: bool,
    /// People before the place.
    pub(super) first: usize,
}

/// A part of a list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) enum Part {
    Whole,
    Newest(u32),
    /// Of those whom a text finds in too great a number: behind this one.
    Found(u32),
    Role(u32),
    Level(PortalLevel),
    Company(ListPlace),
    NoCompany,
    /// The end of the list that the reading comes from.
    Edge,
}

/// Where a page ends in a part.
#[derive(Clone, Copy, Debug)]
pub(super) enum At {
    /// At this person, whether or not they belong to the list.
    Person(PersonId),
    /// Behind all of it.
    Behind,
}
