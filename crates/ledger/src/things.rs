//! External ids and properties of other products' things. They are profiles, because they may speak of people; conditions
//! need them at hand, so the state carries them. A snapshot does not: they are attached again when one is loaded.

use std::collections::{BTreeMap, HashSet};

use access::products::{ProductEvent, Properties, ThingProfile};
use access::{Dense, Event, PublicId, Refusal, State, ThingId};
use uuid::Uuid;

use crate::database::Tx;
use crate::error::{LedgerError, Result};
use crate::log::{self, AccountId};
use crate::profile::{self, Field, HasProfile, Kind, Place, Profile};

/// What the state needs to know of a thing. The properties are a JSON object within the limits of the access core.
fn parse(profile: &Profile) -> Result<ThingProfile, serde_json::Error> {
    let properties = profile
        .get(Field::Properties)
        .map(serde_json::from_str::<Properties>);
    Ok(ThingProfile {
        external_id: profile.get(Field::ExternalId).unwrap_or_default().into(),
        properties: properties.transpose()?.unwrap_or_default(),
    })
}

/// The number of the product or thing with this public id.
pub(crate) fn resolve(state: &State, kind: Kind, uuid: Uuid) -> Option<u32> {
    let products = state.products();
    match kind {
        Kind::Product => products.rows().find(PublicId::new(uuid)).map(Dense::number),
        Kind::Thing => products
            .things()
            .find(PublicId::new(uuid))
            .map(Dense::number),
        _ => None,
    }
}

/// Attaches the profile that an act leaves a thing with, or says why that cannot be: two things of a type have different
/// external ids.
pub(crate) fn attach(state: &mut State, place: Place, profile: &Profile) -> Result<(), Refusal> {
    let Some(thing) = ThingId::from_number(place.entity) else {
        return Ok(());
    };
    let values = parse(profile).map_err(|error| {
        Refusal::invalid("AD-31", "bad_properties", format!("properties: {error}"))
    })?;
    let products = state.products();
    if let Some(row) = products.things().get(thing) {
        products.check_external_id(Some(thing), row.product, row.kind, &values.external_id)?;
    }
    state.products_mut().attach(thing, values);
    Ok(())
}

/// The things whose profiles an act may have changed.
pub(crate) fn touched<'a>(
    events: impl Iterator<Item = &'a Event>,
    state: &State,
) -> HashSet<Place> {
    let things = state.products().things();
    events
        .filter_map(|event| match event {
            Event::Product(ProductEvent::ThingRegistered { uid, .. }) => {
                things.find(PublicId::new(*uid))
            }
            Event::Product(ProductEvent::ThingDescribed { thing, .. }) => Some(*thing),
            _ => None,
        })
        .map(Place::of)
        .collect()
}

/// Attaches the present profiles of some things, after entries of another node were applied.
pub(crate) async fn attach_some(
    tx: &mut Tx,
    account: AccountId,
    state: &mut State,
    places: &HashSet<Place>,
) -> Result<()> {
    let places = places.iter().map(|place| (account, *place));
    for ((_, place), _, profile) in profile::read_many(tx, places).await? {
        attach_stored(state, place.entity, &profile)?;
    }
    Ok(())
}

/// Attaches every thing's profile as it stood at a position of the log.
pub(crate) async fn attach_all(
    tx: &mut Tx,
    account: AccountId,
    state: &mut State,
    position: u64,
) -> Result<()> {
    if state.products().things().is_empty() {
        return Ok(());
    }
    let mut latest: BTreeMap<u32, Profile> = BTreeMap::new();
    tx.for_each(
        "SELECT entity, fields FROM profiles WHERE account = $1 AND kind = $2 AND version <= $3 ORDER BY entity, version",
        [account.0.into(), i64::from(ThingId::KIND as u8).into(), log::column(position)],
        |row| {
            latest.insert(profile::number(row.get(0)?)?, Profile::decode(&row.get::<Vec<u8>>(1)?)?);
            Ok(())
        },
    )
    .await?;
    latest
        .iter()
        .try_for_each(|(thing, profile)| attach_stored(state, *thing, profile))
}

/// Attaches what an erasure left of the values of things (SD-26).
pub(crate) fn attach_blanked(state: &mut State, blanked: Vec<(Place, Profile)>) -> Result<()> {
    blanked
        .iter()
        .filter(|(place, _)| place.kind == Kind::Thing)
        .try_for_each(|(place, profile)| attach_stored(state, place.entity, profile))
}

fn attach_stored(state: &mut State, thing: u32, profile: &Profile) -> Result<()> {
    let values = parse(profile)
        .map_err(|error| LedgerError::Damaged(format!("the profile of thing {thing}: {error}")))?;
    if let Some(thing) = ThingId::from_number(thing) {
        state.products_mut().attach(thing, values);
    }
    Ok(())
}
