//! Mappings: what the groups of a provider give (AD-30). The whole list of a connection is saved at once, as the page shows it; each
//! mapping that comes, goes or takes another place is judged as what it maps to would be, of the editor and of the connection.

use std::collections::BTreeSet;

use super::authority::Gift;
use super::{Actor, Command, Draft, Refusal, connections, mapped, provider_groups};
use crate::event::{Event, Node};
use crate::ids::{ConnectionId, PersonId, RoleId};
use crate::idset::IdSet;
use crate::state::{ConnectionKind, Life, MappedTo, Mapping, Person, ServiceLevel, State, Tie};

/// Mappings of one connection.
const MAX_MAPPINGS: usize = 1_000;

pub(super) fn set(
    draft: &mut Draft<'_>,
    connection: ConnectionId,
    mappings: &[Mapping],
) -> Result<(), Refusal> {
    connections::require_integrations(draft)?;
    let row = connections::known(draft, connection)?;
    draft.require_active(Some(row.life), "connection")?;
    if row.kind == ConnectionKind::Service {
        return Err(provider_groups::not_a_provider());
    }
    check_list(mappings)?;
    let changed = Changed::between(&row.mappings, mappings);
    for mapping in &changed.added {
        is_there(draft, connection, mapping)?;
    }
    may_edit(draft, &changed.all())?;
    for mapping in changed.added.iter().chain(&changed.moved) {
        mapped::may_be_given_by(draft.before, connection, mapping.to, draft.now)?;
    }
    if row.mappings == mappings {
        return Ok(());
    }
    draft.emit(Event::MappingsSet {
        connection,
        mappings: mappings.to_vec(),
    });
    mapped::settle(draft, &members(draft.before, &changed.all()));
    not_to_oneself(draft)
}

/// Tries again what could not be given: by the connection, by the job that does so from time to time, or by who could give all of it.
pub(super) fn apply(draft: &mut Draft<'_>, connection: ConnectionId) -> Result<(), Refusal> {
    let by_itself = match draft.actor {
        Actor::Connection(own) => own == connection,
        Actor::System(_) => true,
        Actor::Person(_) | Actor::Facet(..) | Actor::SetUp => false,
    };
    if !by_itself {
        connections::require_integrations(draft)?;
    }
    let row = connections::known(draft, connection)?;
    draft.require_active(Some(row.life), "connection")?;
    if !by_itself {
        may_edit(draft, &row.mappings)?;
    }
    mapped::settle(draft, &members(draft.before, &row.mappings));
    not_to_oneself(draft)
}

/// AD-30: who could give what they map to.
pub(super) fn may_edit(draft: &Draft<'_>, mappings: &[Mapping]) -> Result<(), Refusal> {
    let view = draft.view();
    for mapping in mappings {
        view.may_map(mapping.to).map_err(|no| draft.refuse(no))?;
    }
    Ok(())
}

/// Whoever has something by a provider's group, or by any group of a connection.
pub(super) fn people_of(state: &State, node: Node) -> IdSet<PersonId> {
    match node {
        Node::ProviderGroup(group) => {
            let row = state.provider_groups().get(group);
            row.map(|row| row.members.clone()).unwrap_or_default()
        }
        Node::Connection(connection) => {
            let row = state.connections().get(connection);
            row.map_or_else(IdSet::default, |row| members(state, &row.mappings))
        }
        _ => IdSet::default(),
    }
}

/// Whose mappings a command changes, or applies again: those in the groups of what is added, taken out or put into another place.
pub(crate) fn people_of_mappings(state: &State, command: &Command) -> IdSet<PersonId> {
    match command {
        Command::SetMappings {
            connection,
            mappings,
        } => {
            let row = state.connections().get(*connection);
            let held = row.map_or(&[][..], |row| &row.mappings);
            members(state, &Changed::between(held, mappings).all())
        }
        Command::ApplyMappings { connection } => people_of(state, Node::Connection(*connection)),
        _ => IdSet::default(),
    }
}

fn members(state: &State, mappings: &[Mapping]) -> IdSet<PersonId> {
    let mut people = IdSet::default();
    let groups: BTreeSet<_> = mappings.iter().map(|one| one.provider_group).collect();
    for group in groups {
        if let Some(row) = state.provider_groups().get(group) {
            people.extend_set(&row.members);
        }
    }
    people
}

fn check_list(mappings: &[Mapping]) -> Result<(), Refusal> {
    if mappings.len() > MAX_MAPPINGS {
        let detail = format!("a connection has at most {MAX_MAPPINGS} mappings");
        return Err(Refusal::invalid("§7", "too_many_rows", detail));
    }
    let each: BTreeSet<_> = mappings.iter().collect();
    if each.len() < mappings.len() {
        let detail = "a group is mapped to the same thing twice";
        return Err(Refusal::invalid("§7", "named_twice", detail));
    }
    Ok(())
}

/// The group is the connection's, and what it is mapped to can be mapped, is there and counts.
fn is_there(draft: &Draft<'_>, connection: ConnectionId, mapping: &Mapping) -> Result<(), Refusal> {
    let row = draft.before.provider_groups().get(mapping.provider_group);
    if !row.is_some_and(|row| row.connection == connection && row.life != Life::Deleted) {
        return Err(Refusal::not_found("no such group of the connection"));
    }
    if mapping.to == MappedTo::AccountRole(RoleId::SUPER_ADMIN) {
        let detail = "a Super admin is made by a Super admin, and by no mapping";
        return Err(Refusal::invalid("AD-30", "super_admin_not_mapped", detail));
    }
    mapped::fits(draft.before, mapping.to)
}

/// What another list changes.
struct Changed {
    added: Vec<Mapping>,
    removed: Vec<Mapping>,
    /// Account roles alone: of the others the order says nothing.
    moved: Vec<Mapping>,
}

impl Changed {
    fn between(old: &[Mapping], new: &[Mapping]) -> Changed {
        let (was, is): (BTreeSet<_>, BTreeSet<_>) = (old.iter().collect(), new.iter().collect());
        let without = |list: &[Mapping], others: &BTreeSet<&Mapping>| {
            let left = list.iter().filter(|one| !others.contains(one));
            left.copied().collect::<Vec<_>>()
        };
        let roles = |list: &[Mapping], others: &BTreeSet<&Mapping>| {
            let kept = list.iter().filter(|one| others.contains(one));
            let roles = kept.filter(|one| matches!(one.to, MappedTo::AccountRole(_)));
            roles.copied().collect::<Vec<_>>()
        };
        Changed {
            added: without(new, &was),
            removed: without(old, &is),
            moved: moved(&roles(old, &is), &roles(new, &was)),
        }
    }

    fn all(&self) -> Vec<Mapping> {
        [&self.added[..], &self.removed[..], &self.moved[..]].concat()
    }
}

/// Those before which others stand than before: both lists have the same in them.
fn moved(old: &[Mapping], new: &[Mapping]) -> Vec<Mapping> {
    if old == new {
        return Vec::new();
    }
    let before = |list: &[Mapping], one: &Mapping| {
        let ahead = list.iter().take_while(|other| *other != one);
        ahead.copied().collect::<BTreeSet<_>>()
    };
    let has_moved = |one: &&Mapping| before(old, one) != before(new, one);
    new.iter().filter(has_moved).copied().collect()
}

/// RULES §4: nobody gives what is marked † to themselves, by a mapping neither; what else they gain by it is marked in the log. What they
/// had is no gift, whichever group it comes from now.
pub(super) fn not_to_oneself(draft: &mut Draft<'_>) -> Result<(), Refusal> {
    let Some(oneself) = draft.actor_person() else {
        return Ok(());
    };
    let row = draft.before.people().get(oneself);
    let given = draft.events().iter().filter_map(|event| match event {
        Event::MappedTied { person, tie, .. } if *person == oneself => {
            let is_new = !row.is_some_and(|row| has(row, *tie));
            is_new.then_some(Gift::Tie(*tie))
        }
        Event::MappedRoleSet { person, role, .. } if *person == oneself => {
            let is_new = row.is_none_or(|row| row.account_role != *role);
            is_new.then_some(Gift::AccountRole(*role))
        }
        _ => None,
    });
    for gift in given.collect::<Vec<_>>() {
        draft.may_give(&gift, oneself)?;
    }
    Ok(())
}

/// SD-10: a higher level on a service has all of the lower.
fn has(row: &Person, tie: Tie) -> bool {
    match tie {
        Tie::Service(service, _) => {
            let highest = Tie::Service(service, ServiceLevel::Administrator);
            !row.ties.range(tie, highest).is_empty()
        }
        _ => row.ties.has(tie),
    }
}
