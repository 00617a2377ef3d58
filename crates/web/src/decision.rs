//! A decision as callers get it: gates and paths with ids, and the words of the core for each.

use access::{
    Decision, Gate, GateOutcome, State, View,
    decide::{By, Over, Path, Through},
    explain::words,
};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{resource::Resource, session::id_in};

/// The answer to one question.
#[derive(Debug, Serialize, ToSchema)]
pub struct DecisionBody {
    /// Yes or no.
    pub allowed: bool,
    /// The moment that was decided on.
    #[schema(value_type = String, format = DateTime)]
    pub decided_at: Timestamp,
    /// The version of the account that was decided on.
    pub decided_on: u64,
    /// Every gate with what it said.
    pub gates: Vec<GateBody>,
    /// Every way by which the permission is held over the resource; another gate may still deny.
    pub paths: Vec<PathBody>,
}

/// One gate.
#[derive(Debug, Serialize, ToSchema)]
pub struct GateBody {
    /// Which gate.
    pub gate: &'static str,
    /// `passed`, `failed`, or `not_asked`.
    pub outcome: &'static str,
    /// Why it failed, as a stable code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<&'static str>,
    /// Why it failed, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub says: Option<String>,
}

/// One way from the subject to the permission.
#[derive(Debug, Serialize, ToSchema)]
pub struct PathBody {
    /// How it comes to the subject.
    pub through: LinkBody,
    /// What gives it.
    pub by: LinkBody,
    /// Over what.
    pub over: LinkBody,
    /// When it ends by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub until: Option<Timestamp>,
    /// The same as a sentence.
    pub says: String,
}

/// One link of a path.
#[derive(Debug, Serialize, ToSchema)]
pub struct LinkBody {
    /// A stable code.
    pub kind: &'static str,
    /// The thing, if it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// A key of the catalogue: permission, level or switch.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
}

impl DecisionBody {
    /// In the words of the state that decided.
    pub fn of(state: &State, decision: &Decision) -> Self {
        Self {
            allowed: decision.allowed,
            decided_at: timestamp(decision.decided_at),
            decided_on: decision.version.0,
            gates: decision
                .gates
                .iter()
                .map(|(gate, outcome)| gate_body(state, gate, outcome))
                .collect(),
            paths: decision
                .paths
                .iter()
                .map(|path| path_body(state, path))
                .collect(),
        }
    }

    /// One sentence for somebody who wants to know why.
    pub fn sentence(&self) -> String {
        if self.allowed {
            let paths: Vec<_> = self.paths.iter().map(|path| path.says.as_str()).collect();
            return format!("Allowed: {}.", paths.join("; "));
        }
        let failed: Vec<_> = self
            .gates
            .iter()
            .filter_map(|gate| gate.says.as_deref())
            .collect();
        format!("Denied: {}.", failed.join("; "))
    }
}

/// A moment of the core as the wire has it.
pub fn timestamp(moment: access::Moment) -> Timestamp {
    Timestamp::from_millisecond(moment.0).unwrap_or(Timestamp::MAX)
}

/// The code of an enum's variant, as its serialisation names it.
pub fn code(value: &impl Serialize) -> String {
    name(value).to_owned()
}

fn name(value: &impl Serialize) -> &'static str {
    serde_variant::to_variant_name(value).unwrap_or_default()
}

fn gate_body(state: &State, gate: Gate, outcome: GateOutcome) -> GateBody {
    let (outcome, reason) = match outcome {
        GateOutcome::NotAsked => ("not_asked", None),
        GateOutcome::Passed => ("passed", None),
        GateOutcome::Failed(reason) => ("failed", Some(reason)),
    };
    GateBody {
        gate: name(&gate),
        outcome,
        reason: reason.map(|reason| name(&reason)),
        says: reason.map(|reason| phrase(state, &words::reason(reason))),
    }
}

/// A phrase of the core with ids where it speaks of things; names are added by whoever knows what the reader may see.
pub fn phrase(state: &State, phrase: &words::Phrase) -> String {
    phrase.fill(|name| id_text(state, name).unwrap_or_else(|| "something".to_owned()))
}

/// The same for a reader who may not see everything that it names.
pub fn phrase_as_seen(view: &View<'_>, phrase: &words::Phrase) -> String {
    phrase.fill(|name| {
        id_text(view.state(), name)
            .filter(|_| view.sees(name))
            .unwrap_or_else(|| "something that you do not see".to_owned())
    })
}

fn id_text(state: &State, name: words::Name) -> Option<String> {
    fn id<K: access::state::Resolve>(state: &State, thing: K) -> Option<String> {
        state.public(thing).map(|id| id.to_string())
    }
    use words::Name;
    match name {
        Name::Person(person) => id(state, person),
        Name::Role(role) => id(state, role),
        Name::Group(group) => id(state, group),
        Name::UserGroup(group) => id(state, group),
        Name::DeviceGroup(group) => id(state, group),
        Name::Device(device) => id(state, device),
        Name::Company(company) => id(state, company),
        Name::Service(service) => id(state, service),
        Name::Queue(queue) => id(state, queue),
        Name::Licence(licence) => id(state, licence),
        Name::Connection(connection) => id(state, connection),
        Name::ProviderGroup(group) => id(state, group),
        Name::Product(product) => state
            .products()
            .rows()
            .public(product)
            .map(|id| id.to_string()),
        Name::Thing(thing) => state
            .products()
            .things()
            .public(thing)
            .map(|id| id.to_string()),
        Name::Word(word) => Some(word.to_owned()),
        Name::Number(number) => Some(number.to_string()),
    }
}

fn path_body(state: &State, path: &Path) -> PathBody {
    let through = through_link(state, path.through);
    let by = by_link(state, path.by);
    let over = over_link(state, path.over);
    let mut says = phrase(state, &words::by(path.by));
    if path.through != Through::Direct {
        says = format!("{says}, {}", phrase(state, &words::through(path.through)));
    }
    if !matches!(path.over, Over::Oneself | Over::Session) {
        says = format!("{says}, over {}", phrase(state, &words::over(path.over)));
    }
    let until = path.until.map(timestamp);
    if let Some(until) = until {
        says = format!("{says}, until {until}");
    }
    PathBody {
        through,
        by,
        over,
        until,
        says,
    }
}

fn bare(kind: &'static str) -> LinkBody {
    LinkBody {
        kind,
        id: None,
        key: None,
    }
}

fn thing<K: Resource>(kind: &'static str, state: &State, id: K) -> LinkBody {
    LinkBody {
        kind,
        id: Some(id_in(state, id).0.to_string()),
        key: None,
    }
}

fn keyed(kind: &'static str, key: impl ToString) -> LinkBody {
    LinkBody {
        kind,
        id: None,
        key: Some(key.to_string()),
    }
}

fn through_link(state: &State, through: Through) -> LinkBody {
    match through {
        Through::Direct => bare("direct"),
        Through::Group(group) => thing("group", state, group),
        Through::UserGroup(group) => thing("user_group", state, group),
        Through::Company(company) => thing("company", state, company),
    }
}

fn by_link(state: &State, by: By) -> LinkBody {
    match by {
        By::AccountRole(role) => thing("account_role", state, role),
        By::ExtraGrant(permission) => keyed("extra_grant", permission.key()),
        By::AccountAdmin(kind) => keyed("account_admin", code(&kind)),
        By::BillingContact => bare("billing_contact"),
        By::Agent => bare("agent"),
        By::Feature(group) => thing("feature", state, group),
        By::DeskRight(right) => keyed("desk_right", code(&right)),
        By::ServiceLevel(level) => keyed("service_level", code(&level)),
        By::CustomerAccess(access) => keyed("customer_access", code(&access)),
        By::PortalLevel(level) => keyed("portal_level", code(&level)),
        By::CompanyService => bare("company_service"),
        By::ContactAdmin => bare("contact_admin"),
        By::QueueSupervisor(queue) => thing("queue_supervisor", state, queue),
        By::QueueAgent(queue) => thing("queue_agent", state, queue),
        By::Login(queue) => thing("login", state, queue),
        By::Switch(switch) => keyed("switch", switch.key()),
        By::JoinCode => bare("join_code"),
        By::Oneself => bare("oneself"),
        By::OnlyUser => bare("only_user"),
        By::Job => bare("job"),
        By::ProductRole(product, role) => {
            keyed("product_role", state.products().role_key(product, role))
        }
        By::ProductGrant(product, _) => {
            keyed("product_grant", state.products().product_key(product))
        }
    }
}

fn over_link(state: &State, over: Over) -> LinkBody {
    match over {
        Over::Account => bare("account"),
        Over::UserGroup(group) => thing("user_group", state, group),
        Over::Service(service) => thing("service", state, service),
        Over::Queue(queue) => thing("queue", state, queue),
        Over::CallQueues => bare("call_queues"),
        Over::DeviceGroup(group) => thing("device_group", state, group),
        Over::Oneself => bare("oneself"),
        Over::Session => bare("session"),
        Over::Thing(id) => LinkBody {
            kind: "thing",
            id: state.public(id).map(|id| id.to_string()),
            key: None,
        },
    }
}
