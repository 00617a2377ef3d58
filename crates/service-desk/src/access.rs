//! The filter for who has access, whatever is stored, and the counts of it (SD-10, SD-11): the core decides about each.

use access::{
    Dense, GroupId, PublicId, ServiceId,
    explain::words::Name,
    state::{Facet, Life},
};
use web::{
    Problem, Result,
    lists::{Access, Count, Wanted, Ways},
    page::names::Names,
    session::Session,
    things::{self, Thing},
};

use crate::kinds::Kind;

/// Groups that the filter offers by name.
const GROUPS_MAX: usize = 100;

/// One choice of the filter.
#[derive(Debug)]
pub(crate) struct Offered {
    /// In addresses.
    pub code: String,
    pub label: String,
    pub is_chosen: bool,
}

/// What an address asks for: `any`, `groups`, a group, or `companies`.
pub(crate) fn ways<K: Kind>(session: &Session, text: Option<&str>) -> Result<Option<Ways>> {
    let Some(text) = text.filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    let group = || {
        let id = text.parse::<PublicId<GroupId>>().ok()?;
        let group = session.state().resolve(id)?;
        session.view().sees(group).then_some(Ways::Group(group))
    };
    let ways = match (K::FACET, text) {
        (Some(_), "any") => Some(Ways::Any),
        (Some(Facet::User), "groups") => Some(Ways::Groups),
        (Some(Facet::Customer), "companies") => Some(Ways::Companies),
        (Some(Facet::User), _) => group(),
        _ => None,
    };
    ways.map(Some)
        .ok_or_else(|| Problem::invalid("has", "there is no such filter on this tab"))
}

/// The groups that have the service, as far as the filter offers them.
pub(crate) fn groups<K: Kind>(session: &Session, service: ServiceId) -> Vec<GroupId> {
    let row = session.state().services().get(service);
    let row = row.filter(|_| K::FACET == Some(Facet::User));
    let groups = row.into_iter().flat_map(|row| row.groups.iter());
    groups
        .filter(|group| session.view().sees(*group))
        .take(GROUPS_MAX)
        .collect()
}

/// What the filter offers on a tab; nothing: it has none.
pub(crate) fn offered<K: Kind>(
    session: &Session,
    names: &Names<'_>,
    groups: &[GroupId],
    chosen: Option<&str>,
) -> Vec<Offered> {
    let offer = |code: String, label: String| Offered {
        is_chosen: chosen == Some(&*code),
        code,
        label,
    };
    let mut offered = Vec::new();
    if K::FACET.is_some() {
        offered.push(offer("any".to_owned(), "Has access".to_owned()));
    }
    if K::FACET == Some(Facet::User) {
        let label = "Has access through a group".to_owned();
        offered.push(offer("groups".to_owned(), label));
    }
    if K::FACET == Some(Facet::Customer) {
        let label = "Has access through a company".to_owned();
        offered.push(offer("companies".to_owned(), label));
    }
    offered.extend(groups.iter().map(|group| {
        let label = format!("Has access through {}", names.text(Name::Group(*group)));
        offer(session.id(*group).0.to_string(), label)
    }));
    offered
}

/// Everybody of a kind who has access to the service.
pub(crate) fn everybody(facet: Facet, service: ServiceId) -> Wanted {
    Wanted {
        access: Some(Access {
            service,
            by: Ways::Any,
        }),
        ..Wanted::all(facet)
    }
}

/// How many of some things, like the groups that have a service, count and are seen.
pub(crate) fn count<T: Thing>(session: &Session, things: impl Iterator<Item = T>) -> Count {
    things::count(things, |thing| {
        thing.life(session.state()) == Some(Life::Active) && session.view().sees(*thing)
    })
}

/// The same of the rows of a kind that are no people.
pub(crate) fn count_full<K: Kind>(session: &Session, service: ServiceId) -> Count {
    let rows = 0..<K::Thing as Thing>::rows(session.state());
    let all = rows.map_while(K::Thing::from_index);
    let full = all.filter(|thing| *K::stored(session, service, *thing) != crate::kinds::NONE);
    count(session, full)
}
