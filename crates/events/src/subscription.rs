//! Who is told of what happens, and where: a webhook, which is told of each event by itself, or a collector, which takes the audit log as
//! JSON lines. Each belongs to a connection, sees what that one may see, and stops with its right (AD-28, AD-29).

pub(crate) mod acts;
mod page;
mod rest;
pub(crate) mod store;

pub(crate) use rest::position;

use std::{fmt, str::FromStr};

use access::{ConnectionId, Fingerprint, Moment};
use ledger::{Account, LedgerError};
use outgoing::{Address, Allowed};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use web::{Problem, Result, about::About, call::Call, part::Part, route::Route};

use crate::{feed::Position, kind::Kinds, signature::Secret};

pub(crate) fn routes() -> Vec<Route> {
    rest::routes().into_iter().chain(page::routes()).collect()
}

/// How others are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Form {
    /// One request for each event, signed as Standard Webhooks has it.
    Webhook,
    /// JSON lines, many in one request: for a collector of logs.
    Collector,
}

/// How it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Stage {
    /// It is told.
    Active,
    /// Somebody paused it.
    Paused,
    /// AD-28: the right of its connection ended.
    RightEnded,
    /// Its receiver wants no more, or took nothing for so long that more is not kept for it.
    GaveUp,
}

macro_rules! numbered {
    ($($name:ident { $($variant:ident = $number:literal),* })*) => {$(
        impl $name {
            /// In its row, for ever.
            pub fn number(self) -> i64 {
                match self { $(Self::$variant => $number),* }
            }

            pub fn of_number(number: i64) -> Option<Self> {
                match number { $($number => Some(Self::$variant),)* _ => None }
            }
        }
    )*};
}

numbered! {
    Form { Webhook = 1, Collector = 2 }
    Stage { Active = 1, Paused = 2, RightEnded = 3, GaveUp = 4 }
    Came { Waiting = 0, Delivered = 1, Dead = 2 }
}

/// What became of a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Came {
    /// It is tried again.
    Waiting,
    /// The receiver took it.
    Delivered,
    /// It was tried to the last: somebody may have it told again.
    Dead,
}

/// The id of a subscription, as others write it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct SubscriptionId(pub Uuid);

impl SubscriptionId {
    const PREFIX: &str = "sub";
    /// In paths.
    const SEGMENT: &str = "subscription";
}

impl fmt::Display for SubscriptionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}_{}", Self::PREFIX, self.0.simple())
    }
}

impl FromStr for SubscriptionId {
    type Err = Problem;

    fn from_str(text: &str) -> Result<Self> {
        let uuid = access::uuid_of(Self::PREFIX, text);
        uuid.map(Self).ok_or_else(Problem::not_found)
    }
}

/// The subscription that the path names. Whether it is there is found out when it is read.
pub(crate) struct InPath(pub SubscriptionId);

impl Part for InPath {
    fn describe(about: &mut About) {
        about.parameter_of(
            web::schema::pattern("^sub_[0-9a-f]{32}$"),
            utoipa::openapi::path::ParameterIn::Path,
            SubscriptionId::SEGMENT,
            true,
            "Its id.",
        );
        about.problems.push(404);
    }

    async fn take(call: &mut Call) -> Result<Self> {
        let text = call.segment(SubscriptionId::SEGMENT).unwrap_or_default();
        text.parse().map(Self)
    }
}

/// Where the operator of the server lets it lead.
pub(crate) struct Networks(pub Allowed);

impl Part for Networks {
    fn describe(_: &mut About) {}

    async fn take(call: &mut Call) -> Result<Self> {
        Ok(Self(call.app.limits().outgoing.clone()))
    }
}

/// A subscription as its row has it.
#[derive(Clone, Debug)]
pub(crate) struct Subscription {
    pub id: SubscriptionId,
    pub connection: ConnectionId,
    pub form: Form,
    pub name: String,
    /// Where it leads.
    pub url: String,
    /// Of the address that somebody typed: an erasure may have blanked a part of it since (SD-26).
    pub url_mark: String,
    pub kinds: Kinds,
    /// Sealed.
    pub secrets: Vec<u8>,
    pub stage: Stage,
    /// How far it was told, save what waits.
    pub position: Position,
    /// Counts how often somebody had it told again.
    pub epoch: i64,
    /// Counts what somebody changed.
    pub revision: i64,
    pub made_at: Moment,
    /// Since when nothing was taken.
    pub failing_since: Option<Moment>,
    /// Why the last try failed.
    pub failure: String,
}

impl Subscription {
    /// What a change of it carries: it is refused where somebody else changed it.
    pub fn mark(&self) -> Fingerprint {
        let keys = self.kinds.keys();
        Fingerprint::of_stored(&(self.id.0, self.revision, &self.name, &self.url, keys))
    }

    /// Whether the address is the one that was typed.
    pub fn is_whole(&self, account: &Account) -> Result<bool, LedgerError> {
        Ok(url_mark(account, self.id, &self.url)? == self.url_mark)
    }

    /// Opens its secrets.
    pub fn secrets(&self, account: &Account) -> Result<Secrets, LedgerError> {
        let damaged =
            || LedgerError::Damaged("the secrets of a subscription cannot be read".into());
        let plain = account.unseal(self.id.0.as_bytes(), &self.secrets);
        postcard::from_bytes(&plain.ok_or_else(damaged)?).map_err(|_| damaged())
    }

    /// Whether nothing gets through now.
    pub fn is_failing(&self) -> bool {
        self.failing_since.is_some()
    }
}

/// A hash of an address, by which it is known that nothing of it was blanked.
pub(crate) fn url_mark(
    account: &Account,
    id: SubscriptionId,
    url: &str,
) -> Result<String, LedgerError> {
    let hash = account.keyed("subscription", &[id.0.as_bytes(), url.as_bytes()])?;
    Ok(hash.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// Where it leads, checked again: the networks that are allowed are the server's, and may be others by now.
pub(crate) fn address(url: &str, allowed: &Allowed) -> Option<Address> {
    Address::parse(url, allowed).ok()
}

/// What a subscription and its receiver share; sealed where it is kept.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Secrets {
    /// Of a webhook: the newest first, and until when an older one is good too.
    signing: Vec<(Secret, Option<Moment>)>,
    /// Of a collector: what is sent as `Authorization`.
    authorization: Option<String>,
}

/// How long an older secret is good beside a new one, in seconds: a day.
const ROTATED_SECONDS: u32 = 24 * 60 * 60;
/// Secrets that are good at once.
const SECRETS_MAX: usize = 3;

impl Secrets {
    /// With one to sign by.
    pub fn signing(secret: Secret) -> Self {
        Self {
            signing: vec![(secret, None)],
            authorization: None,
        }
    }

    /// With what a collector asks for.
    pub fn collecting(authorization: Option<String>) -> Self {
        Self {
            signing: Vec::new(),
            authorization,
        }
    }

    /// With a new one, beside which the older ones are good for a day.
    pub fn rotated(self, secret: Secret, now: Moment) -> Self {
        let end = now.plus_seconds(ROTATED_SECONDS);
        let older = self.signing.into_iter().filter_map(|(secret, until)| {
            let until = until.unwrap_or(end).min(end);
            (until > now).then_some((secret, Some(until)))
        });
        let signing = std::iter::once((secret, None)).chain(older);
        Self {
            signing: signing.take(SECRETS_MAX).collect(),
            authorization: self.authorization,
        }
    }

    /// Those that are good at a moment.
    pub fn good_at(&self, now: Moment) -> Vec<Secret> {
        let good = self.signing.iter();
        let good = good.filter(|(_, until)| until.is_none_or(|until| now < until));
        good.map(|(secret, _)| secret.clone()).collect()
    }

    /// What is sent as `Authorization`.
    pub fn authorization(&self) -> Option<&str> {
        self.authorization.as_deref()
    }

    /// As they are kept.
    pub fn seal(&self, account: &Account, id: SubscriptionId) -> Result<Vec<u8>, LedgerError> {
        let plain = postcard::to_stdvec(self)
            .map_err(|error| LedgerError::Damaged(format!("secrets cannot be written: {error}")))?;
        account.seal(id.0.as_bytes(), &plain)
    }
}

/// Something that was told, or is to be.
#[derive(Clone, Debug)]
pub(crate) struct Delivery {
    /// Of the message.
    pub event: String,
    pub position: Position,
    pub known: crate::feed::Known,
    pub kind: String,
    pub at: Moment,
    pub came: Came,
    pub attempts: u32,
    pub due_at: Moment,
    pub tried_at: Moment,
    /// The status that came back, or a code of what failed.
    pub answer: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret() -> Secret {
        Secret::new(&ledger::SystemRandomness)
    }

    #[test]
    fn an_older_secret_is_good_for_a_day_beside_the_new_one() {
        let (first, second) = (secret(), secret());
        let now = Moment(1_000);
        let both = Secrets::signing(first.clone()).rotated(second.clone(), now);
        let good = |at| -> Vec<_> { both.good_at(at).iter().map(Secret::reveal).collect() };
        assert_eq!(good(now), [second.reveal(), first.reveal()]);
        let over = now.plus_seconds(ROTATED_SECONDS);
        assert_eq!(good(Moment(over.0 - 1)).len(), 2);
        assert_eq!(good(over), [second.reveal()]);
    }

    #[test]
    fn however_often_it_is_rotated_few_are_good() {
        let mut all = Secrets::signing(secret());
        for _ in 0..10 {
            all = all.rotated(secret(), Moment(1_000));
        }
        assert_eq!(all.good_at(Moment(1_000)).len(), SECRETS_MAX);
    }
}
