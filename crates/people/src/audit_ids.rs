//! Events name things by the dense numbers of one account; callers get ids. Which number is of which kind stands in the name of its field.

use access::{
    CompanyId, ConnectionId, Dense, DeviceGroupId, DeviceId, Event, GroupId, LicenceId, PersonId,
    ProductId, ProviderGroupId, QueueId, RoleId, ServiceId, State, ThingId, TimedTieId, TokenId,
    UserGroupId, state::Resolve,
};
use serde_json::{Map, Number, Value, json};

/// An event as JSON, with ids for numbers.
pub(crate) fn event(state: &State, event: &Event) -> Value {
    let value = serde_json::to_value(event).unwrap_or_default();
    match value {
        Value::Object(fields) => named(state, "", fields),
        value => value,
    }
}

/// The actor of an entry, which the log writes as `person:7`.
pub(crate) fn actor(state: &State, text: &str) -> String {
    let id = text.split_once(':').and_then(|(kind, number)| {
        let number = number.parse().ok()?;
        match kind {
            "person" => id::<PersonId>(state, number),
            "connection" => id::<ConnectionId>(state, number),
            _ => None,
        }
    });
    id.unwrap_or_else(|| text.to_owned())
}

fn id<K: Resolve>(state: &State, number: u64) -> Option<String> {
    let thing = K::from_number(u32::try_from(number).ok()?)?;
    thing.public(state).map(|id| id.to_string())
}

/// The id behind a number in a field; `within` is the name of the event or tie that the field belongs to.
fn id_of(state: &State, within: &str, field: &str, number: u64) -> Option<String> {
    match field {
        "person" | "maker" => id::<PersonId>(state, number),
        "to" if within.starts_with("billing_contact") => id::<PersonId>(state, number),
        "added" | "taken" if within.starts_with("provider_group") => id::<PersonId>(state, number),
        "role" | "account_role" => id::<RoleId>(state, number),
        "provider_group" => id::<ProviderGroupId>(state, number),
        "service" | "customer" => id::<ServiceId>(state, number),
        "company" | "companies" => id::<CompanyId>(state, number),
        "queue" | "queue_agent" | "queue_supervisor" | "login" | "paused" => {
            id::<QueueId>(state, number)
        }
        "licence" => id::<LicenceId>(state, number),
        "device" => id::<DeviceId>(state, number),
        "connection" => id::<ConnectionId>(state, number),
        "token" => id::<TokenId>(state, number),
        "product" => id::<ProductId>(state, number),
        "thing" => id::<ThingId>(state, number),
        "user_group" | "user_groups" | "parent" => id::<UserGroupId>(state, number),
        "device_group" => id::<DeviceGroupId>(state, number),
        "group" if within.starts_with("user_group") => id::<UserGroupId>(state, number),
        "group" if within.starts_with("device") => id::<DeviceGroupId>(state, number),
        "group" => id::<GroupId>(state, number),
        _ => None,
    }
}

/// A tie that begins or ends by itself has no id of its own: it is told as what it is.
fn timed(state: &State, number: &Number) -> Option<Value> {
    let number = u32::try_from(number.as_u64()?).ok()?;
    let row = state.timed_ties().get(TimedTieId::from_number(number)?)?;
    let fields = serde_json::to_value(row).ok()?;
    Some(translated(state, "timed_tied", "", fields))
}

/// A role of another product, by the key that its catalogue gives it.
fn product_role(state: &State, pair: &[Value]) -> Option<Value> {
    let [product, role] = pair else { return None };
    let product = ProductId::from_number(u32::try_from(product.as_u64()?).ok()?)?;
    let role = u16::try_from(role.as_u64()?).ok()?;
    let key = state.products().role_key(product, role);
    Some(json!({"product": state.public(product)?.to_string(), "role": key}))
}

fn named(state: &State, within: &str, fields: Map<String, Value>) -> Value {
    let fields = fields.into_iter().map(|(field, value)| {
        let value = translated(state, within, &field, value);
        (field, value)
    });
    Value::Object(fields.collect())
}

fn translated(state: &State, within: &str, field: &str, value: Value) -> Value {
    match value {
        Value::Number(number) if field == "timed" => timed(state, &number).unwrap_or_default(),
        Value::Array(values) if field == "product_role" => {
            product_role(state, &values).unwrap_or_default()
        }
        Value::Number(number) => {
            let id = number
                .as_u64()
                .and_then(|number| id_of(state, within, field, number));
            id.map_or(Value::Number(number), Value::String)
        }
        Value::Array(values) => Value::Array(
            values
                .into_iter()
                .map(|value| translated(state, within, field, value))
                .collect(),
        ),
        Value::Object(fields) => named(state, field, fields),
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
