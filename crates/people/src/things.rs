//! What all named things have in common: a list that is cut by what the caller sees, names, lives.

use std::collections::HashMap;

use access::{
    CompanyId, ConnectionId, DeviceGroupId, DeviceId, GroupId, LicenceId, PersonId, QueueId,
    RoleId, ServiceId, State, UserGroupId, View, event::Node, state::Life,
};
use ledger::{Field, HasProfile, Place, Profile};
use serde::Deserialize;
use utoipa::IntoParams;
use web::{
    Result,
    paging::{Cursor, Paging},
    problem::Problem,
    resource::Resource,
    session::{Session, failed},
};

/// Candidates that one page looks at. A page may be short while `next` says that there is more.
const CANDIDATES_MAX: usize = 20_000;
/// Longest name, in characters.
const NAME_CHARS_MAX: usize = 200;

/// A thing that is listed.
pub(crate) trait Thing: Resource {
    /// Rows of its table, ended ones included.
    fn rows(state: &State) -> usize;
    /// Whether it counts; `None`: not there.
    fn life(self, state: &State) -> Option<Life>;
}

/// A thing that can be archived, restored and deleted (AD-25).
pub(crate) trait Mortal: Thing {
    /// As commands name it.
    fn node(self) -> Node;
}

macro_rules! things {
    ($($id:ident in $table:ident as $node:ident;)*) => {$(
        impl Thing for $id {
            fn rows(state: &State) -> usize {
                state.$table().len()
            }

            fn life(self, state: &State) -> Option<Life> {
                state.$table().get(self).map(|row| row.life)
            }
        }

        impl Mortal for $id {
            fn node(self) -> Node {
                Node::$node(self)
            }
        }
    )*};
}

things! {
    RoleId in roles as Role;
    UserGroupId in user_groups as UserGroup;
    DeviceGroupId in device_groups as DeviceGroup;
    DeviceId in devices as Device;
    GroupId in groups as Group;
    CompanyId in companies as Company;
    ServiceId in services as Service;
    QueueId in queues as Queue;
    LicenceId in licences as Licence;
    ConnectionId in connections as Connection;
}

impl Thing for PersonId {
    fn rows(state: &State) -> usize {
        state.people().len()
    }

    fn life(self, state: &State) -> Option<Life> {
        // An erased person stays as a blank row (SD-26).
        let row = state.people().get(self)?;
        Some(if row.is_user() || row.is_customer() {
            Life::Active
        } else {
            Life::Deleted
        })
    }
}

/// Narrows a list.
#[derive(Debug, Deserialize, IntoParams)]
pub(crate) struct Search {
    /// The beginning of a word of the name, of the address, of the telephone number or of your own id.
    pub q: Option<String>,
}

/// One page of the things that the caller sees, in the order of their making; with `q`, the best matches by name.
pub(crate) async fn page<K: Thing>(
    session: &Session,
    paging: &Paging,
    search: &Search,
    wanted: impl Fn(&View<'_>, K) -> bool,
) -> Result<(Vec<K>, Option<Cursor>)> {
    let shown = |thing: K| {
        let there = thing
            .life(session.asked())
            .is_some_and(|life| life != Life::Deleted);
        let view = session.asked().view(session.subject, session.asked_at());
        there && wanted(&view, thing) && session.view().sees(thing)
    };
    match search
        .q
        .as_deref()
        .map(str::trim)
        .filter(|text| !text.is_empty())
    {
        None => numbered(session, paging, shown),
        Some(text) => {
            let mut found = matches::<K>(session, text).await?;
            found.retain(|thing| shown(*thing));
            found.truncate(paging.size);
            Ok((found, None))
        }
    }
}

fn numbered<K: Thing>(
    session: &Session,
    paging: &Paging,
    shown: impl Fn(K) -> bool,
) -> Result<(Vec<K>, Option<Cursor>)> {
    let first = paging.after::<u32>()?.map_or(0, |number| number as usize);
    let mut found = Vec::new();
    for index in first..K::rows(session.asked()) {
        let Some(thing) = K::from_index(index) else {
            break;
        };
        if found.len() == paging.size || index - first == CANDIDATES_MAX {
            return Ok((found, Some(paging.next(&index)?)));
        }
        if shown(thing) {
            found.push(thing);
        }
    }
    Ok((found, None))
}

async fn matches<K: HasProfile>(session: &Session, text: &str) -> Result<Vec<K>> {
    let mut reading = session.account.read().await.map_err(failed)?;
    let limit = web::paging::PAGE_SIZE_MAX as u32;
    let found = ledger::search(&mut reading.tx, session.account.id(), K::KIND, text, limit)
        .await
        .map_err(failed)?;
    Ok(found.into_iter().filter_map(K::from_number).collect())
}

/// The present profiles of some things. Whoever shows a past state shows present names.
pub(crate) async fn profiles<K: HasProfile>(
    session: &Session,
    things: &[K],
) -> Result<HashMap<K, Profile>> {
    if things.is_empty() {
        return Ok(HashMap::new());
    }
    let account = session.account.id();
    let places = things.iter().map(|thing| (account, Place::of(*thing)));
    let mut reading = session.account.read().await.map_err(failed)?;
    let rows = ledger::read_profiles(&mut reading.tx, places)
        .await
        .map_err(failed)?;
    let named = rows
        .into_iter()
        .filter_map(|((_, place), _, profile)| Some((K::from_number(place.entity)?, profile)));
    Ok(named.collect())
}

/// The profile of one thing.
pub(crate) async fn profile<K: HasProfile>(session: &Session, thing: K) -> Result<Profile> {
    Ok(profiles(session, &[thing])
        .await?
        .remove(&thing)
        .unwrap_or_default())
}

/// A value of a profile.
pub(crate) fn text(profile: Option<&Profile>, field: Field) -> Option<String> {
    profile
        .and_then(|profile| profile.get(field))
        .map(str::to_owned)
}

/// The name of a thing.
pub(crate) fn name<K: HasProfile>(profiles: &HashMap<K, Profile>, thing: K) -> Option<String> {
    text(profiles.get(&thing), Field::Name)
}

/// A name as it is kept: without spaces around it, not empty, of a sane length, on one line.
pub(crate) fn parse_name(at: &str, name: &str) -> Result<String> {
    let name = name.trim();
    let sane = !name.is_empty()
        && name.chars().count() <= NAME_CHARS_MAX
        && !name.chars().any(char::is_control);
    if sane {
        Ok(name.to_owned())
    } else {
        Err(Problem::invalid(
            at,
            format!("give 1 to {NAME_CHARS_MAX} characters on one line"),
        ))
    }
}
