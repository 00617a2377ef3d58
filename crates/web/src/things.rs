//! What all named things have in common: a list that is cut by what the caller sees, names, lives.

use std::collections::HashMap;

use crate::{
    Result,
    lists::Count,
    paging::{Cursor, PAGE_SIZE_MAX, Paging},
    problem::Problem,
    resource::Resource,
    session::{Session, failed},
};
use access::{
    CompanyId, ConnectionId, Dense, DeviceGroupId, DeviceId, GroupId, LicenceId, PersonId,
    ProviderGroupId, QueueId, RoleId, ServiceId, State, ThingId, UserGroupId, View, event::Node,
    state::Life,
};
use ledger::{Field, HasProfile, Match, Place, Profile, Tx};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use utoipa::{IntoParams, ToSchema};

/// Candidates that one page looks at. A page may be short while `next` says that there is more.
const CANDIDATES_MAX: usize = 20_000;
/// Things that a count looks at.
const COUNTED_MAX: usize = 5_000;
/// Matches that one page of a search looks at.
const MATCHES_MAX: usize = 5_000;
/// Matches that are read at once, at most: each stretch is twice as long as the one before, and the first as long as two pages.
const MATCHES_AT_ONCE: usize = 500;

/// Pages that are looked through for a whole list.
const PAGES_MAX: usize = 100;

/// A thing that is listed.
pub trait Thing: Resource {
    /// Rows of its table, ended ones included.
    fn rows(state: &State) -> usize;
    /// Whether it counts; `None`: not there.
    fn life(self, state: &State) -> Option<Life>;
}

/// A thing that can be archived, restored and deleted (AD-25).
pub trait Mortal: Thing {
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
    ProviderGroupId in provider_groups as ProviderGroup;
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

impl Thing for ThingId {
    fn rows(state: &State) -> usize {
        state.products().things().len()
    }

    fn life(self, state: &State) -> Option<Life> {
        state.products().things().get(self).map(|row| row.life)
    }
}

/// Narrows a list of things. People are searched for in a body: what is typed to find them is personal data, and no part of a URL.
#[derive(Debug, Default, Deserialize, IntoParams)]
pub struct Search {
    /// The beginning of a word of the name.
    pub q: Option<String>,
}

/// Whom to find.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FindPeople {
    /// The beginning of a word of the name, of the address, of the telephone number or of your own id.
    pub q: String,
}

impl FindPeople {
    /// As lists take it.
    pub fn search(self) -> Result<Search> {
        if ledger::fold(&self.q).is_empty() {
            return Err(Problem::senseless(
                "nothing_typed",
                "/q",
                "give at least one letter or digit",
            ));
        }
        Ok(Search { q: Some(self.q) })
    }
}

/// One page of the things that the caller sees, in the order of their making; with `q`, in the order of what is found by it: names,
/// then numbers, then addresses.
pub async fn page<K: Thing>(
    session: &Session,
    paging: &Paging,
    search: &Search,
    wanted: impl Fn(&View<'_>, K) -> bool,
) -> Result<(Vec<K>, Option<Cursor>)> {
    let shown = |thing: K| is_shown(session, thing) && wanted(&session.asked_view(), thing);
    match search
        .q
        .as_deref()
        .map(str::trim)
        .filter(|text| !text.is_empty())
    {
        None => {
            let rows = K::rows(session.asked());
            let rest = |after: Option<K>| {
                let first = after.map_or(0, |last| last.index().saturating_add(1));
                (first..rows).map_while(K::from_index)
            };
            walk(paging, rest, shown)
        }
        Some(text) => matching(session, paging, text, shown).await,
    }
}

/// Whether the thing is there, and the caller sees it.
pub fn is_shown<K: Thing>(session: &Session, thing: K) -> bool {
    let life = thing.life(session.asked());
    life.is_some_and(|life| life != Life::Deleted) && session.view().sees(thing)
}

/// Everything that pages of the list have, each once; `None`: that is more than `most`, or more than can be looked through at once.
pub async fn whole<K: Thing>(
    session: &Session,
    search: &Search,
    wanted: impl Fn(&View<'_>, K) -> bool,
    most: usize,
) -> Result<Option<Vec<K>>> {
    let (mut found, mut paging) = (Vec::new(), Paging::first(session, PAGE_SIZE_MAX));
    for _ in 0..PAGES_MAX {
        let (things, next) = page(session, &paging, search, &wanted).await?;
        found.extend(things);
        match next {
            _ if found.len() > most => return Ok(None),
            None => return Ok(Some(found)),
            Some(next) => paging = paging.turned(&next)?,
        }
    }
    Ok(None)
}

/// One page of what is shown among candidates in the order of their numbers; `rest` gives those after the last that was looked at.
pub fn walk<K: Dense, I: Iterator<Item = K>>(
    paging: &Paging,
    rest: impl FnOnce(Option<K>) -> I,
    shown: impl Fn(K) -> bool,
) -> Result<(Vec<K>, Option<Cursor>)> {
    let rest = |after: Option<u32>| {
        let rest = rest(after.and_then(K::from_number));
        rest.map(|thing| (thing.number(), thing))
    };
    walk_by(paging, rest, |thing| shown(thing).then_some(thing))
}

/// The same in the order of any key: what is made of each candidate, if it is shown.
pub fn walk_by<C, K, T, I>(
    paging: &Paging,
    rest: impl FnOnce(Option<C>) -> I,
    shown: impl Fn(K) -> Option<T>,
) -> Result<(Vec<T>, Option<Cursor>)>
where
    C: Copy + Serialize + DeserializeOwned,
    I: Iterator<Item = (C, K)>,
{
    let mut last = paging.after::<C>()?;
    let mut found = Vec::new();
    for (looked_at, (key, thing)) in rest(last).enumerate() {
        if found.len() == paging.size || looked_at == CANDIDATES_MAX {
            let next = last.map(|last| paging.next(&last));
            return Ok((found, next.transpose()?));
        }
        found.extend(shown(thing));
        last = Some(key);
    }
    Ok((found, None))
}

/// How many of these belong to something. It looks at so many of them at most, and says when there are others.
pub fn count<K>(things: impl IntoIterator<Item = K>, counted: impl Fn(&K) -> bool) -> Count {
    let mut things = things.into_iter();
    let number = things.by_ref().take(COUNTED_MAX).filter(counted).count();
    let more = things.next().is_some();
    Count { number, more }
}

/// What is seen is asked before the page is cut, so that nothing is missed behind what others only see.
async fn matching<K: Thing>(
    session: &Session,
    paging: &Paging,
    text: &str,
    shown: impl Fn(K) -> bool,
) -> Result<(Vec<K>, Option<Cursor>)> {
    let account = session.account.id();
    let mut last = paging.after::<Match>()?;
    let mut reading = session.account.read().await.map_err(failed)?;
    let (mut found, mut looked_at) = (Vec::new(), 0);
    let mut stretch = 2 * paging.size;
    loop {
        stretch = stretch.min(MATCHES_AT_ONCE);
        let (tx, after) = (&mut reading.tx, last.as_ref());
        let matches = ledger::search_after(tx, account, K::KIND, text, after, stretch);
        let matches = matches.await.map_err(failed)?;
        let is_end = matches.len() < stretch;
        stretch *= 2;
        let seen: Vec<_> = matches
            .iter()
            .filter_map(|one| K::from_number(one.entity))
            .filter(|thing| shown(*thing))
            .collect();
        let profiles = profiles_in(&mut reading.tx, session, &seen).await?;
        for one in matches {
            if found.len() == paging.size || looked_at == MATCHES_MAX {
                let next = last.as_ref().map(|last| paging.next(last));
                return Ok((found, next.transpose()?));
            }
            looked_at += 1;
            let thing = K::from_number(one.entity);
            let profile = thing.and_then(|thing| Some((thing, profiles.get(&thing)?)));
            if let Some((thing, profile)) = profile
                && one.is_first(profile, text)
            {
                found.push(thing);
            }
            last = Some(one);
        }
        if is_end {
            return Ok((found, None));
        }
    }
}

/// The present profiles of some things. Whoever shows a past state shows present names.
pub async fn profiles<K: HasProfile>(
    session: &Session,
    things: &[K],
) -> Result<HashMap<K, Profile>> {
    if things.is_empty() {
        return Ok(HashMap::new());
    }
    let mut tx = session.account.read_once().await.map_err(failed)?;
    profiles_in(&mut tx, session, things).await
}

/// The same within a read that is under way: whoever holds one reader and waits for another could wait for ever.
async fn profiles_in<K: HasProfile>(
    tx: &mut Tx,
    session: &Session,
    things: &[K],
) -> Result<HashMap<K, Profile>> {
    let account = session.account.id();
    let places = things.iter().map(|thing| (account, Place::of(*thing)));
    let rows = ledger::read_profiles(tx, places).await.map_err(failed)?;
    let named = rows
        .into_iter()
        .filter_map(|((_, place), _, profile)| Some((K::from_number(place.entity)?, profile)));
    Ok(named.collect())
}

/// The profile of one thing.
pub async fn profile<K: HasProfile>(session: &Session, thing: K) -> Result<Profile> {
    Ok(profiles(session, &[thing])
        .await?
        .remove(&thing)
        .unwrap_or_default())
}

/// A value of a profile.
pub fn text(profile: Option<&Profile>, field: Field) -> Option<String> {
    profile
        .and_then(|profile| profile.get(field))
        .map(str::to_owned)
}

/// The name of a thing.
pub fn name<K: HasProfile>(profiles: &HashMap<K, Profile>, thing: K) -> Option<String> {
    text(profiles.get(&thing), Field::Name)
}
