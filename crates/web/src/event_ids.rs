//! Events name things by the dense numbers of one account; callers get ids. Which number is of which kind stands in the name of its field.

use std::collections::BTreeSet;

use access::{
    CompanyId, ConnectionId, Dense, DeviceGroupId, DeviceId, Event, GroupId, LicenceId, PersonId,
    ProductId, ProviderGroupId, PublicId, QueueId, RoleId, ServiceId, State, ThingId, TimedTieId,
    TokenId, UserGroupId, explain::words::Name, products::ProductEvent, state::Resolve,
};
use serde_json::{Map, Number, Value, json};
use uuid::Uuid;

/// An event as JSON, with ids for numbers.
pub fn event(state: &State, event: &Event) -> Value {
    event_and_names(state, event).0
}

/// The same, with everything that it names: what it made too.
pub fn event_and_names(state: &State, event: &Event) -> (Value, BTreeSet<Name>) {
    let mut names = BTreeSet::from_iter(made(state, event));
    let value = match serde_json::to_value(event).unwrap_or_default() {
        Value::Object(fields) => named(state, &mut names, "", fields),
        value => value,
    };
    (value, names)
}

/// The actor of an entry, which the log writes as `person:7`.
pub fn actor(state: &State, text: &str) -> String {
    let id = actor_name(text).and_then(|name| id_of_name(state, name));
    id.unwrap_or_else(|| text.to_owned())
}

/// Who that is, where it is somebody.
pub fn actor_name(text: &str) -> Option<Name> {
    let (kind, number) = text.split_once(':')?;
    let number = number.parse().ok()?;
    match kind {
        "person" => name::<PersonId>(number),
        "connection" => name::<ConnectionId>(number),
        _ => None,
    }
}

macro_rules! id_of_name {
    ($($id:ident as $kind:ident),*) => {
        /// The id of what a name stands for; `None` for words and numbers.
        pub fn id_of_name(state: &State, name: Name) -> Option<String> {
            match name {
                $(Name::$kind(id) => <access::$id as Resolve>::public(id, state).map(|id| id.to_string()),)*
                Name::Word(_) | Name::Number(_) => None,
            }
        }
    };
}
access::named_things!(id_of_name);

fn name<K: Dense + Into<Name>>(number: u64) -> Option<Name> {
    K::from_number(u32::try_from(number).ok()?).map(Into::into)
}

/// What an event made: it names that by the number of its id, and not by its place.
fn made(state: &State, event: &Event) -> Option<Name> {
    fn of<K: Resolve + Into<Name>>(state: &State, uid: Uuid) -> Option<Name> {
        state.resolve(PublicId::<K>::new(uid)).map(Into::into)
    }
    match event {
        Event::PersonAdded { uid, .. } => of::<PersonId>(state, *uid),
        Event::RoleCreated { uid, .. } => of::<RoleId>(state, *uid),
        Event::UserGroupCreated { uid, .. } => of::<UserGroupId>(state, *uid),
        Event::GroupCreated { uid } => of::<GroupId>(state, *uid),
        Event::CompanyCreated { uid } => of::<CompanyId>(state, *uid),
        Event::ServiceCreated { uid } => of::<ServiceId>(state, *uid),
        Event::QueueCreated { uid, .. } => of::<QueueId>(state, *uid),
        Event::DeviceGroupCreated { uid } => of::<DeviceGroupId>(state, *uid),
        Event::DeviceAdded { uid, .. } => of::<DeviceId>(state, *uid),
        Event::LicenceBought { uid, .. } => of::<LicenceId>(state, *uid),
        Event::ConnectionCreated { uid, .. } => of::<ConnectionId>(state, *uid),
        Event::ProviderGroupCreated { uid, .. } => of::<ProviderGroupId>(state, *uid),
        Event::Product(ProductEvent::CatalogueLoaded { uid, .. }) => of::<ProductId>(state, *uid),
        Event::Product(ProductEvent::ThingRegistered { uid, .. }) => of::<ThingId>(state, *uid),
        _ => None,
    }
}

/// What stands behind a number in a field; `within` is the name of the event or tie that the field belongs to.
fn name_of(within: &str, field: &str, number: u64) -> Option<Name> {
    match field {
        "person" | "maker" => name::<PersonId>(number),
        "to" if within.starts_with("billing_contact") => name::<PersonId>(number),
        "added" | "taken" if within.starts_with("provider_group") => name::<PersonId>(number),
        "role" | "account_role" => name::<RoleId>(number),
        "provider_group" => name::<ProviderGroupId>(number),
        "service" | "customer" => name::<ServiceId>(number),
        "company" | "companies" => name::<CompanyId>(number),
        "queue" | "queue_agent" | "queue_supervisor" | "login" | "paused" => {
            name::<QueueId>(number)
        }
        "licence" => name::<LicenceId>(number),
        "device" => name::<DeviceId>(number),
        "connection" => name::<ConnectionId>(number),
        "product" => name::<ProductId>(number),
        "thing" => name::<ThingId>(number),
        "user_group" | "user_groups" | "parent" => name::<UserGroupId>(number),
        "device_group" => name::<DeviceGroupId>(number),
        "group" if within.starts_with("user_group") => name::<UserGroupId>(number),
        "group" if within.starts_with("device") => name::<DeviceGroupId>(number),
        "group" => name::<GroupId>(number),
        _ => None,
    }
}

/// The id behind a number in a field. Tokens have ids, and nothing that they are called by.
fn id_of(state: &State, within: &str, field: &str, number: u64) -> Option<String> {
    if field == "token" {
        let token = TokenId::from_number(u32::try_from(number).ok()?)?;
        return state.public(token).map(|id| id.to_string());
    }
    id_of_name(state, name_of(within, field, number)?)
}

/// A tie that begins or ends by itself has no id of its own: it is told as what it is.
fn timed(state: &State, names: &mut BTreeSet<Name>, number: &Number) -> Option<Value> {
    let number = u32::try_from(number.as_u64()?).ok()?;
    let row = state.timed_ties().get(TimedTieId::from_number(number)?)?;
    let fields = serde_json::to_value(row).ok()?;
    Some(translated(state, names, "timed_tied", "", fields))
}

/// A role of another product, by the key that its catalogue gives it.
fn product_role(state: &State, names: &mut BTreeSet<Name>, pair: &[Value]) -> Option<Value> {
    let [product, role] = pair else { return None };
    let product = ProductId::from_number(u32::try_from(product.as_u64()?).ok()?)?;
    let role = u16::try_from(role.as_u64()?).ok()?;
    let key = state.products().role_key(product, role);
    names.insert(Name::Product(product));
    Some(json!({"product": state.public(product)?.to_string(), "role": key}))
}

fn named(
    state: &State,
    names: &mut BTreeSet<Name>,
    within: &str,
    fields: Map<String, Value>,
) -> Value {
    let fields = fields.into_iter().map(|(field, value)| {
        let value = translated(state, names, within, &field, value);
        (field, value)
    });
    Value::Object(fields.collect())
}

fn translated(
    state: &State,
    names: &mut BTreeSet<Name>,
    within: &str,
    field: &str,
    value: Value,
) -> Value {
    match value {
        Value::Number(number) if field == "timed" => {
            timed(state, names, &number).unwrap_or_default()
        }
        Value::Array(values) if field == "product_role" => {
            product_role(state, names, &values).unwrap_or_default()
        }
        Value::Number(number) => {
            let place = number.as_u64();
            names.extend(place.and_then(|place| name_of(within, field, place)));
            let id = place.and_then(|place| id_of(state, within, field, place));
            id.map_or(Value::Number(number), Value::String)
        }
        Value::Array(values) => Value::Array(
            values
                .into_iter()
                .map(|value| translated(state, names, within, field, value))
                .collect(),
        ),
        Value::Object(fields) => named(state, names, field, fields),
        value => value,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ad_20_numbers_become_ids_and_amounts_stay() {
        let state = State::empty();
        let event_of = |text: &str| serde_json::from_str::<Event>(text).unwrap();
        // Nobody is there: what has no id stays a number, and nothing is lost.
        let shown = event(
            &state,
            &event_of(r#"{"portal_level_set": {"person": 1, "level": "standard"}}"#),
        );
        assert_eq!(
            shown,
            serde_json::json!({"portal_level_set": {"person": 1, "level": "standard"}})
        );
        assert_eq!(actor(&state, "set_up"), "set_up");
    }

    #[test]
    fn ad_20_the_name_of_the_field_says_the_kind() {
        // Three system roles are in every state.
        let state = State::empty();
        let roles = state.roles().len() as u64;
        for number in 1..=roles {
            assert!(
                id_of(&state, "account_role_set", "role", number)
                    .unwrap()
                    .starts_with("rol_")
            );
        }
        assert_eq!(id_of(&state, "licence_bought", "seats", 1), None);
    }
}
