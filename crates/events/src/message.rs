//! What others are told of something that happened: ids, keys and moments, and nobody's name. The same for a webhook, the stream and a
//! collector; `docs/events.md` describes it.

use std::collections::BTreeSet;

use access::{Event, Permission, State, Target, View, explain::words::Name};
use ledger::{Account, LedgerError};
use serde::Serialize;
use serde_json::Value;
use web::{decision::timestamp, event_ids};

use crate::{
    feed::{Item, Position, What},
    kind::Kind,
};

/// Of lists in one message so many items are told, all together: an act may be about a hundred thousand people.
const ITEMS_MAX: usize = 500;
/// Who did what time did.
const TIME: &str = "time";

/// Whether the subject may be told what happens at all: whoever may read the audit log, which says the same.
pub(crate) fn may_hear(view: &View<'_>) -> bool {
    view.may(Permission::AdminAuditView, Target::Account)
}

/// Something that happened, as others are told it.
#[derive(Clone, Debug)]
pub(crate) struct Message {
    /// The same for everybody and each time it is told: who was told twice knows by it.
    pub id: String,
    pub kind: Kind,
    pub position: Position,
    /// In JSON, on one line.
    pub body: String,
}

#[derive(Serialize)]
struct Body<'a> {
    /// The kind.
    r#type: &'static str,
    /// When it happened.
    timestamp: String,
    data: Data<'a>,
}

#[derive(Serialize)]
struct Data<'a> {
    /// Of the message.
    id: &'a str,
    position: String,
    /// A person, a connection, a job of the server, `set_up`, or `time`.
    actor: String,
    act: &'a str,
    face: &'a str,
    request: &'a str,
    /// Everything that is named below, and what was made.
    about: Vec<String>,
    /// What is so since then, in the words of the audit log.
    after: Value,
    /// What was so before, in the same words.
    before: Value,
    /// Where lists were too long to be told whole: `GET /api/v1/audit` has them.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    is_cut: bool,
}

impl Message {
    /// For a subject, by what they may see at the moment of the view: what company access hides from them (SD-33) is not told, and not hinted
    /// at.
    pub fn of(
        account: &Account,
        view: &View<'_>,
        item: &Item,
    ) -> Result<Option<Self>, LedgerError> {
        let state = view.state();
        let (kind, told) = match &item.what {
            What::Change { event, before, .. } => (Kind::of(event), Told::of(state, event, before)),
            What::Expiry(expiry) => match expiry.set_by(state) {
                Some(event) => (Kind::of_expiry(expiry), Told::of(state, &event, &[])),
                None => return Ok(None),
            },
        };
        let (actor, act, face, request) = match &item.what {
            What::Change { act, .. } => (&*act.actor, &*act.name, &*act.face, &*act.request),
            What::Expiry(_) => (TIME, TIME, TIME, ""),
        };
        let mut names = told.names;
        names.extend(event_ids::actor_name(actor));
        if !may_hear(view) || names.iter().any(|name| view.cuts(*name)) {
            return Ok(None);
        }
        let id = id(account, item)?;
        let (mut after, mut before) = (told.after, told.before);
        let mut room = ITEMS_MAX;
        let is_cut = cut(&mut after, &mut room) | cut(&mut before, &mut room);
        let is_cut = is_cut | (names.len() > ITEMS_MAX);
        let body = Body {
            r#type: kind.key(),
            timestamp: timestamp(item.at).to_string(),
            data: Data {
                id: &id,
                position: item.position.to_string(),
                actor: event_ids::actor(state, actor),
                act,
                face,
                request,
                about: ids(state, &names),
                after,
                before,
                is_cut,
            },
        };
        let body = serde_json::to_string(&body).map_err(|error| {
            LedgerError::Damaged(format!("an event cannot be written: {error}"))
        })?;
        Ok(Some(Self {
            id,
            kind,
            position: item.position,
            body,
        }))
    }
}

/// An event in ids.
struct Told {
    after: Value,
    /// A list.
    before: Value,
    names: BTreeSet<Name>,
}

impl Told {
    fn of(state: &State, event: &Event, before: &[Event]) -> Self {
        let (mut after, mut names) = event_ids::event_and_names(state, event);
        // A catalogue is read where it is kept.
        for place in ["/product/catalogue_loaded", "/product/catalogue_replaced"] {
            if let Some(Value::Object(fields)) = after.pointer_mut(place) {
                fields.remove("text");
            }
        }
        let before = before.iter().map(|event| {
            let (value, named) = event_ids::event_and_names(state, event);
            names.extend(named);
            value
        });
        Self {
            before: Value::Array(before.collect()),
            after,
            names,
        }
    }
}

fn ids(state: &State, names: &BTreeSet<Name>) -> Vec<String> {
    let ids = names
        .iter()
        .filter_map(|name| event_ids::id_of_name(state, *name));
    ids.take(ITEMS_MAX).collect()
}

/// Leaves of all lists in it as much as there is room for; whether something was left out.
fn cut(value: &mut Value, room: &mut usize) -> bool {
    let mut is_cut = false;
    match value {
        Value::Object(fields) => {
            for value in fields.values_mut() {
                is_cut |= cut(value, room);
            }
        }
        Value::Array(items) => {
            let fits = items.len().min(*room);
            is_cut = fits < items.len();
            *room -= fits;
            items.truncate(fits);
            for item in items {
                is_cut |= cut(item, room);
            }
        }
        _ => {}
    }
    is_cut
}

/// A keyed hash of what it is: the same on every node and each time, and nobody guesses another one.
fn id(account: &Account, item: &Item) -> Result<String, LedgerError> {
    let hash = match &item.what {
        What::Change { .. } => {
            let version = item.position.version.0.to_be_bytes();
            account.keyed("event", &[b"change", &version])?
        }
        What::Expiry(expiry) => account.keyed("event", &[b"expiry", &expiry.key()])?,
    };
    let digits: String = hash
        .iter()
        .take(16)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    Ok(format!("evt_{digits}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn however_many_an_act_is_about_a_message_is_short_and_says_so() {
        let many: Vec<_> = (0..1_000).map(|id| format!("per_{id}")).collect();
        let mut after = serde_json::json!({"added": many, "taken": ["per_1"]});
        let mut room = ITEMS_MAX;
        assert!(cut(&mut after, &mut room));
        assert_eq!(after["added"].as_array().unwrap().len(), ITEMS_MAX);
        assert_eq!((&after["taken"], room), (&serde_json::json!([]), 0));
        let mut few = serde_json::json!([{"listed": {"companies": ["com_1", "com_2"]}}]);
        let (whole, mut room) = (few.clone(), ITEMS_MAX);
        assert!(!cut(&mut few, &mut room));
        assert_eq!((few, room), (whole, ITEMS_MAX - 3));
    }
}
