//! What programs send and are answered about subscriptions.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use web::{decision::timestamp, resource::ConnectionRef, session::Session};

use super::super::{Came, Delivery, Form, Stage, Subscription};

/// All kinds of events.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct KindList {
    pub items: Vec<KindBody>,
}

/// A kind of events.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct KindBody {
    /// As messages name it, for ever.
    pub key: &'static str,
    /// What it is about.
    pub about: &'static str,
    /// What it says.
    pub says: &'static str,
}

/// Webhooks and collectors.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SubscriptionList {
    /// At most 200, oldest first.
    pub items: Vec<SubscriptionBody>,
}

/// A webhook or a collector. Its secrets are shown once, where they are made.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SubscriptionBody {
    pub id: String,
    pub form: Form,
    pub name: String,
    /// As whom it is told: what this connection may see.
    pub connection: ConnectionRef,
    /// Where it leads.
    pub url: String,
    /// Which kinds it is told of; left out: all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kinds: Option<Vec<&'static str>>,
    /// Whether it is told, or why not.
    pub state: Stage,
    /// How far it was told, save what waits.
    pub position: String,
    #[schema(value_type = String, format = DateTime)]
    pub made_at: Timestamp,
    /// Since when its receiver takes nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub failing_since: Option<Timestamp>,
    /// Why it takes nothing: a status, or a code.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub failure: String,
    /// Send it as `If-Mark` with a change.
    pub mark: String,
}

impl SubscriptionBody {
    pub fn of(session: &Session, row: Subscription) -> Self {
        Self {
            id: row.id.to_string(),
            form: row.form,
            mark: row.mark().to_string(),
            connection: session.id(row.connection),
            kinds: row.kinds.keys(),
            state: row.stage.shown(&session.view(), row.connection),
            position: row.position.to_string(),
            made_at: timestamp(row.made_at),
            failing_since: row.failing_since.map(timestamp),
            failure: row.failure,
            name: row.name,
            url: row.url,
        }
    }
}

/// A new webhook or collector.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewSubscription {
    /// How it is told.
    #[serde(default = "webhook")]
    pub form: Form,
    /// What it is for.
    #[schema(schema_with = web::schema::name)]
    pub name: String,
    /// As whom it is told: a connection of the kind `service` whose role holds `admin.audit.view`.
    pub connection: ConnectionRef,
    /// Where it leads: `https`, and to no private network unless the operator of the server allows it.
    pub url: String,
    /// Which kinds it is told of, at least one; left out: all, also those that come later.
    #[serde(default)]
    pub kinds: Option<Vec<String>>,
    /// Of a collector: what is sent as the header `Authorization`. It is never shown again.
    #[serde(default)]
    pub authorization: Option<String>,
}

fn webhook() -> Form {
    Form::Webhook
}

/// What a webhook or a collector is to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SubscriptionEdit {
    /// What it is for.
    #[schema(schema_with = web::schema::name)]
    pub name: String,
    /// Where it leads.
    pub url: String,
    /// Which kinds it is told of, at least one; left out: all, also those that come later.
    #[serde(default)]
    pub kinds: Option<Vec<String>>,
    /// Of a collector: another one; the one that is there stays where it is left out. With an address of another server it is given anew.
    #[serde(default)]
    pub authorization: Option<String>,
}

/// What is told again: one of the three.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ReplayOrder {
    /// A dead letter, by the id of its message.
    #[serde(default)]
    pub event: Option<String>,
    /// All dead letters.
    #[serde(default)]
    pub dead: bool,
    /// Everything after a position; `0`: from the beginning.
    #[serde(default)]
    pub since: Option<String>,
}

/// What was tried.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Deliveries {
    /// Tried to the last, newest first, at most 100.
    pub dead: Vec<DeliveryBody>,
    /// Tried again, at most 100.
    pub waiting: Vec<DeliveryBody>,
    /// Told last, at most 100.
    pub delivered: Vec<DeliveryBody>,
}

/// A message that was tried.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct DeliveryBody {
    /// The id of the message, the same at each try.
    pub event: String,
    /// Its kind.
    pub kind: String,
    pub position: String,
    /// When it happened.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// How often it was tried.
    pub attempts: u32,
    #[schema(value_type = String, format = DateTime)]
    pub tried_at: Timestamp,
    /// When it is tried again, of what waits.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub due_at: Option<Timestamp>,
    /// The status that came back, or a code of what failed.
    pub answer: String,
}

impl DeliveryBody {
    pub fn of(row: Delivery) -> Self {
        Self {
            event: row.event,
            kind: row.kind,
            position: row.position.to_string(),
            at: timestamp(row.at),
            attempts: row.attempts,
            tried_at: timestamp(row.tried_at),
            due_at: (row.came == Came::Waiting).then(|| timestamp(row.due_at)),
            answer: row.answer,
        }
    }
}
