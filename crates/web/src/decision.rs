//! A decision as callers get it: gates and paths with ids, and a sentence for each. The core speaks in types; English is made here.

use access::{
    Decision, Gate, GateOutcome, State,
    decide::{By, Over, Path, Reason, Through},
    state::{AccountAdminKind, CustomerAccess, PortalLevel, ServiceLevel},
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
    pub gate: String,
    /// `passed`, `failed`, or `not_asked`.
    pub outcome: &'static str,
    /// Why it failed, as a stable code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
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
                .map(|(gate, outcome)| gate_body(gate, outcome))
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

/// The code of an enum without content, or of its name.
pub fn code(value: &impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(code)) => code,
        Ok(serde_json::Value::Object(object)) => object.keys().next().cloned().unwrap_or_default(),
        _ => String::new(),
    }
}

fn gate_body(gate: Gate, outcome: GateOutcome) -> GateBody {
    let (outcome, reason) = match outcome {
        GateOutcome::NotAsked => ("not_asked", None),
        GateOutcome::Passed => ("passed", None),
        GateOutcome::Failed(reason) => ("failed", Some(reason)),
    };
    GateBody {
        gate: code(&gate),
        outcome,
        reason: reason.map(|reason| code(&reason)),
        says: reason.map(reason_says),
    }
}

/// Why a gate denies, as half a sentence.
pub fn reason_says(reason: Reason) -> String {
    let says = match reason {
        Reason::AccountNotActive => "the account is not set up or switched off",
        Reason::UnknownSubject => "the subject is not known here",
        Reason::FacetMissing => {
            "the subject is not of the kind that this is for: staff rights are for users, portal rights for customers"
        }
        Reason::Invited => "the invitation is not accepted yet",
        Reason::Suspended => {
            "the user is suspended, holding no licence, no administrative right and no entitlement"
        }
        Reason::Deactivated => "the person is deactivated",
        Reason::Unconfirmed => "the e-mail address is not confirmed yet",
        Reason::UnknownResource => {
            "the resource is not known here, or not of a kind that this is about"
        }
        Reason::ResourceNotActive => "the resource is archived or switched off",
        Reason::OverrideIsOff => "overriding due dates is switched off for this service",
        Reason::NotMonitored => "there is nothing here that can be monitored",
        Reason::NoJoinCode => "there is no valid join code",
        Reason::NoLicence(product) => return format!("there is no licence of {}", product.name()),
        Reason::NotHeld => "nothing gives the permission",
        Reason::ParentNotHeld(parent) => return format!("its parent {} is not held", parent.key()),
        Reason::ProductParentNotHeld(..) => "its parent is not held",
        Reason::OutOfScope => "the permission is held, but not over this resource",
        Reason::PortalClosed => "the portal level is none",
        Reason::Outranked => "the person concerned is an equal or a superior",
        Reason::SwitchOff(switch) => return format!("the switch \"{}\" is off", switch.label()),
        Reason::ConditionFalse => "a condition of the product's catalogue says no",
        Reason::ConditionError => "a condition of the product's catalogue failed, which denies",
        Reason::CompanyHidden => "company access does not show this company",
    };
    says.to_owned()
}

fn path_body(state: &State, path: &Path) -> PathBody {
    let through = through_link(state, path.through);
    let by = by_link(state, path.by);
    let over = over_link(state, path.over);
    let mut says = by_says(path.by);
    match path.through {
        Through::Direct => {}
        Through::Group(_) => says.push_str(" through a group"),
        Through::UserGroup(_) => says.push_str(" through a user group"),
        Through::Company(_) => says.push_str(" through the company"),
    }
    if let Some(id) = &through.id {
        says.push_str(&format!(" ({id})"));
    }
    says.push_str(&over_says(path.over));
    let until = path.until.map(timestamp);
    if let Some(until) = until {
        says.push_str(&format!(", until {until}"));
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
        By::ContactAdmin => bare("contact_admin"),
        By::QueueSupervisor(queue) => thing("queue_supervisor", state, queue),
        By::QueueAgent(queue) => thing("queue_agent", state, queue),
        By::Login(queue) => thing("login", state, queue),
        By::Switch(switch) => keyed("switch", switch.key()),
        By::JoinCode => bare("join_code"),
        By::Oneself => bare("oneself"),
        By::OnlyUser => bare("only_user"),
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

fn by_says(by: By) -> String {
    match by {
        By::AccountRole(role) if role == access::RoleId::SUPER_ADMIN => {
            "the role Super admin".to_owned()
        }
        By::AccountRole(role) if role == access::RoleId::ADMIN => "the role Admin".to_owned(),
        By::AccountRole(role) if role == access::RoleId::MEMBER => "the role Member".to_owned(),
        By::AccountRole(_) => "a custom role".to_owned(),
        By::ExtraGrant(permission) => format!("an extra grant of {}", permission.key()),
        By::AccountAdmin(AccountAdminKind::Full) => {
            "being account admin with full access".to_owned()
        }
        By::AccountAdmin(AccountAdminKind::Limited) => {
            "being account admin with limited access".to_owned()
        }
        By::BillingContact => "being the billing contact".to_owned(),
        By::Agent => "being an agent of remote support".to_owned(),
        By::Feature(_) => "a feature permission and the tie to the device group".to_owned(),
        By::DeskRight(right) => format!("the account right {}", right.permission().key()),
        By::ServiceLevel(ServiceLevel::User) => "User access".to_owned(),
        By::ServiceLevel(ServiceLevel::Administrator) => "Administrator access".to_owned(),
        By::CustomerAccess(CustomerAccess::Portal) => "Access (portal)".to_owned(),
        By::CustomerAccess(CustomerAccess::NoPortal) => "Access (no portal)".to_owned(),
        By::PortalLevel(PortalLevel::None) => "the portal level none".to_owned(),
        By::PortalLevel(PortalLevel::Standard) => "the portal level Standard".to_owned(),
        By::PortalLevel(PortalLevel::Company) => "the portal level Company".to_owned(),
        By::PortalLevel(PortalLevel::CompanyAdmin) => "the portal level Company Admin".to_owned(),
        By::ContactAdmin => "being Contact admin".to_owned(),
        By::QueueSupervisor(_) => "being supervisor of the queue".to_owned(),
        By::QueueAgent(_) => "being agent of the queue".to_owned(),
        By::Login(_) => "being logged in to the queue".to_owned(),
        By::Switch(switch) => format!("the switch \"{}\"", switch.label()),
        By::JoinCode => "a valid join code".to_owned(),
        By::Oneself => "it is about oneself".to_owned(),
        By::OnlyUser => "being the only user of the account".to_owned(),
        By::ProductRole(..) => "a role of the product's catalogue".to_owned(),
        By::ProductGrant(..) => "a rule of the product's catalogue".to_owned(),
    }
}

fn over_says(over: Over) -> String {
    match over {
        Over::Account => " over the account",
        Over::UserGroup(_) => " over a user group",
        Over::Service(_) => " on the service",
        Over::Queue(_) => " on the queue",
        Over::CallQueues => " on every call queue",
        Over::DeviceGroup(_) => " on the device group",
        Over::Oneself | Over::Session => "",
        Over::Thing(_) => " on the thing",
    }
    .to_owned()
}
