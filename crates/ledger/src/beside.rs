//! What stands beside a command: personal data, secrets, entries of the denylist. It is written in the transaction of the
//! command's events, and what no event speaks of is refused, never dropped in silence (AD-20). A preview checks it as the write does.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt;

use access::{Event, Refusal, State};

use crate::act::{Change, SubmitError};
use crate::clock::BoxFuture;
use crate::database::Tx;
use crate::engine::Moved;
use crate::error::LedgerError;
use crate::log::AccountId;
use crate::profile::{self, Kind, Place, Profile, ProfileWrite};
use crate::sign_in::{self, NewCredential};
use crate::things;

/// Rows of a slice that a command writes in its transaction. The core has said yes by then, at the head of the log; what the rows themselves ask
/// for may still say no, and then nothing of the command is written. Where everything is so already, the rows are written all the same.
pub trait RowsBeside: fmt::Debug + Send + Sync {
    /// Writes them, by the state that the command leads to.
    fn write<'a>(
        &'a self,
        tx: &'a mut Tx,
        moved: Moved<'a>,
    ) -> BoxFuture<'a, Result<(), SubmitError>>;
}

/// What is there before the change.
pub(crate) trait Before {
    /// Who has the address.
    fn holder(&self, address: &str) -> Option<u32>;
    /// The profile of a place.
    fn profile(&self, place: Place) -> Option<&Profile>;
}

/// The profiles as the change leaves them. The state that its events lead to gets the values of things attached.
pub(crate) fn check(
    change: &Change,
    events: &[Event],
    after: &mut State,
    before: &impl Before,
) -> Result<BTreeMap<Place, Profile>, Refusal> {
    if !events.is_empty() {
        change.check_addresses(after, |address| before.holder(address))?;
    }
    let profiles = merge(change, after, before)?;
    if !is_logged(change, events, after, &profiles, before) {
        return Err(not_logged());
    }
    for (place, profile) in &profiles {
        if place.kind == Kind::Thing {
            things::attach(after, *place, profile)?;
        }
    }
    Ok(profiles)
}

/// What the database holds of that which a change is about.
pub(crate) struct Read {
    holders: HashMap<String, u32>,
    profiles: HashMap<Place, Profile>,
}

impl Read {
    /// Reads it.
    pub async fn of(
        tx: &mut Tx,
        account: AccountId,
        change: &Change,
        state: &State,
    ) -> Result<Self, LedgerError> {
        let addresses = change.profiles.iter().flat_map(ProfileWrite::addresses);
        let asked = addresses.map(|address| (account, address));
        let holders = profile::read_emails(tx, asked).await?.into_iter();
        let places: HashSet<Place> = change
            .profiles
            .iter()
            .filter_map(|write| write.of.place(state))
            .collect();
        let places = places.into_iter().map(|place| (account, place));
        let profiles = profile::read_many(tx, places).await?.into_iter();
        Ok(Self {
            holders: holders
                .map(|((_, address), person)| (address, person))
                .collect(),
            profiles: profiles
                .map(|((_, place), _, profile)| (place, profile))
                .collect(),
        })
    }
}

impl Before for Read {
    fn holder(&self, address: &str) -> Option<u32> {
        self.holders.get(address).copied()
    }

    fn profile(&self, place: Place) -> Option<&Profile> {
        self.profiles.get(&place)
    }
}

/// What is written beside a command is about things that are there, or that the command makes.
fn merge(
    change: &Change,
    after: &State,
    before: &impl Before,
) -> Result<BTreeMap<Place, Profile>, Refusal> {
    let unknown = || {
        let detail = "what is to be written belongs to nothing in this account";
        Refusal::invalid("§7", "unknown_thing", detail)
    };
    let bearers = change.secrets.iter().filter_map(|secret| secret.of);
    let bearers = bearers.chain(change.credentials.iter().map(|credential| credential.of));
    let to_nobody = change
        .mails
        .iter()
        .any(|mail| mail.of.kind() != Kind::Person);
    let bearers = bearers.chain(change.mails.iter().map(|mail| mail.of));
    if to_nobody
        || bearers
            .map(|of| of.place(after))
            .any(|place| place.is_none())
    {
        return Err(unknown());
    }
    let mut profiles = BTreeMap::new();
    for write in &change.profiles {
        write.check()?;
        let place = write.of.place(after).ok_or_else(unknown)?;
        let written = profiles.remove(&place);
        let written = written.or_else(|| before.profile(place).cloned());
        profiles.insert(place, write.apply_to(&written.unwrap_or_default()));
    }
    Ok(profiles)
}

/// Whether the log says that something is written. Without events that is so only where everything is as asked already.
fn is_logged(
    change: &Change,
    events: &[Event],
    after: &State,
    profiles: &BTreeMap<Place, Profile>,
    before: &impl Before,
) -> bool {
    let as_it_was = |place: Place, profile: &Profile| match before.profile(place) {
        Some(there) => there == profile,
        None => profile.iter().next().is_none(),
    };
    let of_the_denylist = |event: &Event| {
        matches!(
            event,
            Event::DenylistChanged { .. } | Event::PersonErased { .. }
        )
    };
    let listed = !change.deny.is_empty() || !change.allow.is_empty();
    let unsaid = events.is_empty()
        && (!change.secrets.is_empty()
            || !profiles
                .iter()
                .all(|(place, profile)| as_it_was(*place, profile)));
    // AD-8: what lets somebody in is never changed without the state knowing.
    let said = |credential: &NewCredential| {
        let place = credential.of.place(after);
        place.is_some_and(|place| {
            place.kind == Kind::Person && sign_in::is_logged(events, place.entity)
        })
    };
    !unsaid
        && change.credentials.iter().all(said)
        && (!listed || events.iter().any(of_the_denylist))
}

fn not_logged() -> Refusal {
    Refusal::invalid(
        "AD-20",
        "not_logged",
        "everything else is so already, and what would be written beside it has no event in the log: ask for it by itself",
    )
}
