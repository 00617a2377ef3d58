//! Groups as a provider of identities has them (AD-30). Its directory says who is in them, and nobody here does; what they give is what
//! they are mapped to.

use serde::{Deserialize, Serialize};

use super::reach::each_once;
use super::{Actor, Draft, Refusal, connections, mapped};
use crate::event::Event;
use crate::ids::{ConnectionId, PersonId, ProviderGroupId, PublicId};
use crate::idset::IdSet;
use crate::state::{ConnectionKind, Life, ProviderGroup};

/// Groups of one connection.
const MAX_GROUPS: usize = 10_000;

/// Who is to be in a provider's group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MembersChange {
    /// Some come and some go; the others stay.
    Part {
        /// Those who come.
        add: Vec<PersonId>,
        /// Those who go.
        take: Vec<PersonId>,
    },
    /// These and nobody else.
    Whole(Vec<PersonId>),
}

pub(super) fn create(
    draft: &mut Draft<'_>,
    id: PublicId<ProviderGroupId>,
    connection: ConnectionId,
) -> Result<(), Refusal> {
    may_keep(draft, connection)?;
    let row = connections::known(draft, connection)?;
    draft.require_active(Some(row.life), "connection")?;
    if row.provider_groups.len() >= MAX_GROUPS {
        let detail = format!("a connection has at most {MAX_GROUPS} groups");
        return Err(Refusal::conflict("AD-30", "too_many_groups", detail));
    }
    draft.is_new(id)?;
    let uid = id.uuid();
    draft.emit(Event::ProviderGroupCreated { uid, connection });
    Ok(())
}

/// One step, however many they are: whoever is named gets what the mappings say, and loses what only this group gave.
pub(super) fn change(
    draft: &mut Draft<'_>,
    group: ProviderGroupId,
    change: &MembersChange,
) -> Result<(), Refusal> {
    let row = own(draft, group)?;
    if draft.actor != Actor::Connection(row.connection) {
        return Err(kept_by_directory());
    }
    let (coming, leaving) = match change {
        MembersChange::Part { add, take } => {
            let both = [&add[..], &take[..]].concat();
            each_once(both.iter().copied())?;
            (add.clone(), take.clone())
        }
        MembersChange::Whole(members) => {
            each_once(members.iter().copied())?;
            let stays: IdSet<PersonId> = members.iter().copied().collect();
            let leaving = row.members.iter().filter(|one| !stays.contains(*one));
            (members.clone(), leaving.collect())
        }
    };
    for person in &coming {
        draft.user(*person)?;
    }
    let people: IdSet<PersonId> = coming.iter().chain(&leaving).copied().collect();
    let is_member = |person: &PersonId| row.members.contains(*person);
    let added: Vec<_> = coming.into_iter().filter(|one| !is_member(one)).collect();
    let taken: Vec<_> = leaving.into_iter().filter(is_member).collect();
    if !(added.is_empty() && taken.is_empty()) {
        draft.emit(Event::ProviderGroupMembersChanged {
            provider_group: group,
            added,
            taken,
        });
    }
    mapped::settle(draft, &people);
    Ok(())
}

/// A group that is not deleted, for who keeps it.
pub(super) fn own<'a>(
    draft: &Draft<'a>,
    group: ProviderGroupId,
) -> Result<&'a ProviderGroup, Refusal> {
    let row = draft.before.provider_groups().get(group);
    let row = row.filter(|row| row.life != Life::Deleted && draft.view().sees(group));
    let row = row.ok_or_else(|| Refusal::not_found("no such group of a provider"))?;
    may_keep(draft, row.connection)?;
    Ok(row)
}

/// The connection itself: its directory is the source. Whoever signs people in tells of groups only when somebody comes: those are named
/// by who manages integrations, so that they can be mapped before.
fn may_keep(draft: &Draft<'_>, connection: ConnectionId) -> Result<(), Refusal> {
    let is_itself = draft.actor == Actor::Connection(connection);
    if !is_itself {
        connections::require_integrations(draft)?;
    }
    match connections::known(draft, connection)?.kind {
        ConnectionKind::Service => Err(not_a_provider()),
        ConnectionKind::Provisioning if !is_itself => Err(kept_by_directory()),
        ConnectionKind::Provisioning | ConnectionKind::SignInProvider => Ok(()),
    }
}

pub(super) fn not_a_provider() -> Refusal {
    Refusal::invalid(
        "AD-30",
        "not_a_provider",
        "only a connection that provisions people or signs them in has groups",
    )
}

fn kept_by_directory() -> Refusal {
    Refusal::forbidden(
        "AD-30",
        "kept_by_directory",
        "who is in a provider's group is said by its directory alone",
    )
}
