//! The effect of a command as callers get it: who would gain and who would lose what.

use access::{
    Change, Changes, Effect, Fingerprint, PersonId, Right, State, Subject, Target, Vacancy, View,
    command::Unmet,
    preview::NotGiven,
    state::{MappedTo, ServiceLevel},
};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    decision::timestamp,
    problem::{Problem, Result},
    resource::{PersonRef, ProviderGroupRef, Resource},
    session::id_in,
};

/// What a command would do, exactly.
#[derive(Debug, Serialize, ToSchema)]
pub struct EffectBody {
    /// Send it as `If-Fingerprint` with the write: it is refused if by then it would do something else.
    pub fingerprint: String,
    /// Allowed with the change, denied without.
    pub gains: ChangesBody,
    /// Allowed without the change, denied with it.
    pub losses: ChangesBody,
    /// Users who would be active without the change, and are not with it, now or when something of it begins or ends.
    pub locked_out: Vec<PersonRef>,
    /// What would have nobody left who answers for it: queues without a supervisor, services without an administrator, user groups
    /// without a manager of their own.
    pub vacancies: Vec<String>,
    /// The whole account is concerned: it is switched on or off.
    pub everybody: bool,
    /// What mappings want of people and would not give (AD-30); with a change of mappings.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_given: Option<NotGivenBody>,
    /// False: too much would change to compare all of it. There is more than is counted here, and the fingerprint is good as long
    /// as nothing else changes.
    pub complete: bool,
}

/// What mappings want and do not give.
#[derive(Debug, Serialize, ToSchema)]
pub struct NotGivenBody {
    /// How much there is, listed or not.
    pub total: usize,
    /// The first of it, in the order of people.
    pub listed: Vec<MissedBody>,
    /// Whether there are people who were not looked at.
    pub more: bool,
}

/// Something that a mapping would not give to somebody.
#[derive(Debug, Serialize, ToSchema)]
pub struct MissedBody {
    pub person: PersonRef,
    /// By which they would have it.
    pub provider_group: ProviderGroupRef,
    /// `account_role`, `licence`, `service_user`, `service_administrator`, `queue_agent` or `queue_supervisor`.
    pub kind: &'static str,
    /// The role, licence, service or queue; absent: one that the caller does not see.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Why not: for programs, by which rule, and for people.
    pub code: &'static str,
    pub rule: &'static str,
    pub detail: String,
}

/// All differences in one direction.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChangesBody {
    /// How many, listed or not.
    pub total: usize,
    /// Of how many subjects.
    pub subjects: usize,
    /// The first of them.
    pub listed: Vec<ChangeBody>,
}

/// One difference.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChangeBody {
    /// Whose.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// The permission's key, another product's action, `selectable`: offered as customer of the service's records (SD-11), or
    /// `company_access`: sight of the records and devices of a company (SD-33).
    pub right: String,
    /// On what: an id, `account`, or `without_company`.
    pub on: String,
    /// When it begins; absent: at once.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub from: Option<Timestamp>,
    /// First moment after, where the change itself gives or leaves something for a time.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub until: Option<Timestamp>,
}

impl EffectBody {
    /// With the ids of the state that was asked; what the command would make has none yet.
    pub fn of(view: &View<'_>, effect: &Effect) -> Self {
        let state = view.state();
        Self {
            fingerprint: effect.fingerprint.to_string(),
            gains: ChangesBody::of(state, &effect.gains),
            losses: ChangesBody::of(state, &effect.losses),
            locked_out: effect
                .locked_out
                .iter()
                .map(|person| id_in(state, *person))
                .collect(),
            vacancies: effect
                .vacancies
                .iter()
                .map(|vacancy| {
                    target_id(
                        state,
                        match *vacancy {
                            Vacancy::Queue(queue) => queue.into(),
                            Vacancy::Service(service) => service.into(),
                            Vacancy::UserGroup(group) => group.into(),
                        },
                    )
                })
                .collect(),
            everybody: effect.everybody,
            not_given: NotGivenBody::of(view, &effect.not_given),
            complete: effect.complete,
        }
    }
}

impl NotGivenBody {
    fn of(view: &View<'_>, found: &NotGiven) -> Option<Self> {
        let listed = found.listed.iter();
        (*found != NotGiven::default()).then(|| Self {
            total: found.total,
            listed: listed
                .map(|(person, unmet)| MissedBody::of(view, *person, unmet))
                .collect(),
            more: found.more,
        })
    }
}

impl MissedBody {
    fn of(view: &View<'_>, person: PersonId, unmet: &Unmet) -> Self {
        fn id<K: Resource>(view: &View<'_>, thing: K) -> Option<String> {
            let seen = view.sees(thing).then(|| view.state().public(thing));
            seen.flatten().map(|id| id.to_string())
        }
        let (kind, id) = match unmet.mapping.to {
            MappedTo::AccountRole(role) => ("account_role", id(view, role)),
            MappedTo::Licence(licence) => ("licence", id(view, licence)),
            MappedTo::Service(service, ServiceLevel::User) => ("service_user", id(view, service)),
            MappedTo::Service(service, ServiceLevel::Administrator) => {
                ("service_administrator", id(view, service))
            }
            MappedTo::QueueAgent(queue) => ("queue_agent", id(view, queue)),
            MappedTo::QueueSupervisor(queue) => ("queue_supervisor", id(view, queue)),
        };
        Self {
            person: id_in(view.state(), person),
            provider_group: id_in(view.state(), unmet.mapping.provider_group),
            kind,
            id,
            code: unmet.why.code,
            rule: unmet.why.rule,
            detail: unmet.why.detail.clone(),
        }
    }
}

impl ChangesBody {
    fn of(state: &State, changes: &Changes) -> Self {
        Self {
            total: changes.total,
            subjects: changes.subjects,
            listed: changes
                .listed
                .iter()
                .map(|change| change_body(state, change))
                .collect(),
        }
    }
}

fn change_body(state: &State, change: &Change) -> ChangeBody {
    ChangeBody {
        subject: subject_id(state, change.subject),
        right: match change.right {
            Right::Permission(permission) => permission.key().to_owned(),
            Right::Selectable => "selectable".to_owned(),
            Right::Company(_) => "company_access".to_owned(),
            Right::ProductAction(product, action) => state.products().action_key(product, action),
        },
        on: match change.right {
            Right::Company(None) => "without_company".to_owned(),
            Right::Company(Some(company)) => state
                .public(company)
                .map_or_else(|| "new".to_owned(), |id| id.to_string()),
            _ => target_id(state, change.on),
        },
        from: change.from.map(timestamp),
        until: change.until.map(timestamp),
    }
}

/// The id of a subject; `None` for whom the state does not know (yet).
pub fn subject_id(state: &State, subject: Subject) -> Option<String> {
    match subject {
        Subject::Person(person) => state.public(person).map(|id| id.to_string()),
        Subject::Connection(connection) => state.public(connection).map(|id| id.to_string()),
        Subject::Thing(thing) => state.public(thing).map(|id| id.to_string()),
        Subject::Guest | Subject::System(_) | Subject::Unknown => None,
    }
}

/// The id of a target, or the word for a target without one.
pub fn target_id(state: &State, target: Target) -> String {
    let id = match target {
        Target::Person(person) => state.public(person).map(|id| id.to_string()),
        Target::UserGroup(group) => state.public(group).map(|id| id.to_string()),
        Target::Service(service) => state.public(service).map(|id| id.to_string()),
        Target::Queue(queue) => state.public(queue).map(|id| id.to_string()),
        Target::Device(device) => state.public(device).map(|id| id.to_string()),
        Target::Record(facts) => state
            .public(facts.service)
            .map(|id| format!("record of {id}")),
        Target::Account => Some("account".to_owned()),
        Target::DirectCall => Some("direct_call".to_owned()),
        Target::Session { .. } => Some("session".to_owned()),
        Target::Thing(thing) => state.public(thing).map(|id| id.to_string()),
        Target::Unknown => None,
    };
    id.unwrap_or_else(|| "new".to_owned())
}

/// Reads the fingerprint that a preview gave.
pub fn fingerprint(header: &str, text: &str) -> Result<Fingerprint> {
    let mut bytes = [0; 16];
    let digits = text.as_bytes().chunks_exact(2);
    let is_digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    let whole = text.len() == 32
        && text.bytes().all(is_digit)
        && digits.zip(&mut bytes).all(|(pair, byte)| {
            let pair = std::str::from_utf8(pair).ok();
            pair.and_then(|pair| u8::from_str_radix(pair, 16).ok())
                .is_some_and(|value| {
                    *byte = value;
                    true
                })
        });
    whole
        .then_some(Fingerprint(bytes))
        .ok_or_else(|| Problem::invalid(header, "send it as it came: 32 hexadecimal digits"))
}
