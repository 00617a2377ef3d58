//! The decision about another product's action: the gates of RULES §7 that concern it, and paths by the product's own roles and
//! rules.

use std::cell::OnceCell;

use super::catalogue::{Catalogue, PERSON, ProductPermission, Rule, Side, Type};
use super::condition::{Facts, Seen, Verdict};
use super::file::PropertyUse;
use super::property::{NO_PROPERTIES, Properties, Property};
use crate::decide::{By, Decision, Gate, Gates, Over, Path, Paths, Reason, Subject, Through, View};
use crate::ids::{PersonId, ProductId, ThingId};
use crate::moment::{Moment, Window};
use crate::state::{Life, State, Tie};

/// A question about another product, with every name looked up. See [`super::Question`] for names as callers write them.
#[derive(Debug, Clone, Copy)]
pub struct ProductQuestion<'q> {
    /// Whose action.
    pub product: ProductId,
    /// The action's number in the catalogue.
    pub permission: u16,
    /// Who.
    pub subject: Party<'q>,
    /// What with.
    pub resource: Party<'q>,
    /// Properties of the subject that the caller sent (AD-31).
    pub subject_sent: &'q Properties,
    /// Properties of the resource that the caller sent (AD-31).
    pub resource_sent: &'q Properties,
    /// Properties of the action that the caller sent (AD-31).
    pub action_sent: &'q Properties,
    /// What the caller says of the circumstances.
    pub context: &'q Properties,
}

/// A subject or resource of a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Party<'q> {
    /// Somebody of the account; never a resource.
    Person(PersonId),
    /// Something registered.
    Thing(ThingId),
    /// Not registered; counts where the catalogue says that the type is open.
    Open {
        /// The number of its type.
        kind: u16,
        /// The product's own id of it.
        id: &'q str,
    },
    /// An id that this account does not know.
    Unknown,
}

/// A party that passed its gate.
struct Known<'a> {
    kind: u16,
    row: &'a Type,
    id: std::borrow::Cow<'a, str>,
    stored: &'a Properties,
}

/// What the rules say about one permission.
#[derive(Default)]
struct Held {
    paths: Paths,
    is_false: bool,
    is_error: bool,
}

impl State {
    /// Decides about another product's action. Deny where anything is unknown.
    pub fn decide_product(&self, question: &ProductQuestion<'_>, now: Moment) -> Decision {
        let view = self.view(subject_of(question.subject), now);
        let mut gates = Gates::default();
        gates.ask(Gate::Account, view.account_gate());
        let product = self.products().rows().get(question.product);
        let catalogue = product.and_then(|row| row.catalogue());
        let life = product.map_or(Life::Deleted, |row| row.life());
        let found = catalogue
            .and_then(|catalogue| Some((catalogue, catalogue.permission(question.permission)?)));
        let mut paths = Paths::new();
        match found {
            None => {
                gates.ask(Gate::Resource, Err(Reason::UnknownResource));
            }
            Some((catalogue, permission)) => {
                let subject = subject_gate(&view, question, catalogue);
                gates.ask(Gate::Person, outcome(&subject));
                let resource = resource_gate(self, question, catalogue, permission, life);
                gates.ask(Gate::Resource, outcome(&resource));
                if let (Ok(subject), Ok(resource)) = (&subject, &resource) {
                    let rules = Rules {
                        view,
                        question,
                        catalogue,
                        permission,
                        subject,
                        resource,
                        facts: OnceCell::new(),
                    };
                    paths = rules.ask(&mut gates);
                }
            }
        }
        Decision {
            allowed: gates.all_pass() && !paths.is_empty(),
            version: self.version(),
            decided_at: now,
            gates,
            paths,
        }
    }
}

fn outcome(gate: &Result<Known<'_>, Reason>) -> Result<(), Reason> {
    gate.as_ref().map(drop).map_err(|no| *no)
}

fn subject_of(party: Party<'_>) -> Subject {
    match party {
        Party::Person(person) => Subject::Person(person),
        Party::Thing(thing) => Subject::Thing(thing),
        Party::Open { .. } | Party::Unknown => Subject::Unknown,
    }
}

/// Somebody who is an active user, where the product has people for subjects; a registered subject of this product; or one that
/// need not be registered.
fn subject_gate<'a>(
    view: &View<'a>,
    question: &ProductQuestion<'a>,
    catalogue: &'a Catalogue,
) -> Result<Known<'a>, Reason> {
    if let Party::Person(person) = question.subject {
        let state = view.state();
        let row = state.people().get(person).ok_or(Reason::UnknownSubject)?;
        let kind = catalogue.find_kind(Side::Subject, PERSON);
        let kind = kind.ok_or(Reason::UnknownSubject)?;
        view.user_gate(person, row)?;
        return Ok(Known {
            kind,
            row: catalogue.kind(kind).ok_or(Reason::UnknownSubject)?,
            id: state
                .public(person)
                .map_or_else(String::new, |id| id.to_string())
                .into(),
            stored: &NO_PROPERTIES,
        });
    }
    known(
        view.state(),
        question.product,
        question.subject,
        catalogue,
        Side::Subject,
    )
    .ok_or(Reason::UnknownSubject)
}

/// The product is active, and the resource is of a type that the permission is about.
fn resource_gate<'a>(
    state: &'a State,
    question: &ProductQuestion<'a>,
    catalogue: &'a Catalogue,
    permission: &ProductPermission,
    life: Life,
) -> Result<Known<'a>, Reason> {
    if !life.is_active() {
        return Err(Reason::ResourceNotActive);
    }
    known(
        state,
        question.product,
        question.resource,
        catalogue,
        Side::Resource,
    )
    .filter(|resource| permission.on.contains(&resource.kind))
    .ok_or(Reason::UnknownResource)
}

fn known<'a>(
    state: &'a State,
    product: ProductId,
    party: Party<'a>,
    catalogue: &'a Catalogue,
    side: Side,
) -> Option<Known<'a>> {
    let found = match party {
        Party::Thing(thing) => {
            let row = state.products().things().get(thing)?;
            if row.product != product || !row.life.is_active() {
                return None;
            }
            let profile = row.profile()?;
            Known {
                kind: row.kind,
                row: catalogue.kind(row.kind)?,
                id: profile.external_id.as_ref().into(),
                stored: &profile.properties,
            }
        }
        Party::Open { kind, id } => Known {
            kind,
            row: catalogue.kind(kind).filter(|row| row.open)?,
            id: id.into(),
            stored: &NO_PROPERTIES,
        },
        Party::Person(_) | Party::Unknown => return None,
    };
    (found.row.side == side).then_some(found)
}

/// One question whose parties are known.
struct Rules<'a> {
    view: View<'a>,
    question: &'a ProductQuestion<'a>,
    catalogue: &'a Catalogue,
    permission: &'a ProductPermission,
    subject: &'a Known<'a>,
    resource: &'a Known<'a>,
    facts: OnceCell<Facts>,
}

impl Rules<'_> {
    fn ask(&self, gates: &mut Gates) -> Paths {
        let mut held = self.held(self.question.permission);
        let mut parent_missing = None;
        let mut above = self.permission.parent;
        while let Some(number) = above {
            let parent = self.held(number);
            held.is_error |= parent.is_error;
            if parent.paths.is_empty() && !held.paths.is_empty() {
                parent_missing.get_or_insert(number);
            }
            above = self
                .catalogue
                .permission(number)
                .and_then(|permission| permission.parent);
        }
        let depends = held.is_error || held.is_false;
        let permission = match parent_missing {
            // RULES §2: a child counts if its parent is held over the same resource, by any path.
            Some(parent) => Err(Reason::ProductParentNotHeld(self.question.product, parent)),
            None if held.paths.is_empty() && !depends => Err(Reason::NotHeld),
            None => Ok(()),
        };
        gates.ask(Gate::Permission, permission);
        // RULES §7: an error in a condition denies, whatever else would allow.
        let condition = if held.is_error {
            Err(Reason::ConditionError)
        } else if held.is_false && held.paths.is_empty() {
            Err(Reason::ConditionFalse)
        } else {
            Ok(())
        };
        gates.ask(Gate::Switch, condition);
        held.paths
    }

    /// Every role and rule that gives the permission here. Each condition is asked, so that each path is seen.
    fn held(&self, permission: u16) -> Held {
        let mut held = Held::default();
        let product = self.question.product;
        self.each_role(&mut |number, window| {
            let Some(role) = self.catalogue.role(number) else {
                return;
            };
            let mut gives = false;
            for rule in &role.rules {
                gives |= self.gives(rule, permission, &mut held);
            }
            if gives {
                held.paths
                    .push(self.path(By::ProductRole(product, number), window.end));
            }
        });
        for (number, grant) in (0..=u16::MAX).zip(self.catalogue.grants()) {
            if grant.to.contains(&self.subject.kind)
                && self.gives(&grant.rule, permission, &mut held)
            {
                held.paths
                    .push(self.path(By::ProductGrant(product, number), None));
            }
        }
        held
    }

    fn each_role(&self, found: &mut dyn FnMut(u16, Window)) {
        let state = self.view.state();
        match self.question.subject {
            Party::Person(person) => {
                let Some(row) = state.people().get(person) else {
                    return;
                };
                for (tie, window) in state.ties_at(row, self.view.now()) {
                    if let Tie::ProductRole(product, role) = tie
                        && product == self.question.product
                    {
                        found(role, window);
                    }
                }
            }
            Party::Thing(thing) => {
                let row = state.products().things().get(thing);
                for role in row.map_or(&[][..], |row| &row.roles) {
                    found(*role, Window::ALWAYS);
                }
            }
            Party::Open { .. } | Party::Unknown => {}
        }
    }

    fn gives(&self, rule: &Rule, permission: u16, held: &mut Held) -> bool {
        if rule.permissions.binary_search(&permission).is_err() {
            return false;
        }
        let Some(condition) = &rule.when else {
            return true;
        };
        match condition.holds(self.facts.get_or_init(|| self.facts())) {
            Verdict::True => return true,
            Verdict::False => held.is_false = true,
            Verdict::Error => held.is_error = true,
        }
        false
    }

    fn path(&self, by: By, until: Option<Moment>) -> Path {
        let over = match self.question.resource {
            Party::Thing(thing) => Over::Thing(thing),
            _ => Over::Account,
        };
        Path {
            through: Through::Direct,
            by,
            over,
            until,
        }
    }

    fn facts(&self) -> Facts {
        let question = self.question;
        let action: Vec<(&str, &Property)> = question
            .action_sent
            .iter()
            .filter(|(name, _)| self.permission.sent.iter().any(|sent| **sent == **name))
            .collect();
        Facts::new(
            &self.subject.seen(question.subject_sent),
            &self.resource.seen(question.resource_sent),
            (&self.permission.key, &action),
            question.context,
        )
    }
}

impl Known<'_> {
    /// AD-31: which properties count.
    fn seen<'s>(&'s self, sent: &'s Properties) -> Seen<'s> {
        let usage = |name: &str| self.row.properties.get(name).copied().unwrap_or_default();
        let stored = self
            .stored
            .iter()
            .filter(|(name, _)| usage(name) != PropertyUse::Sent);
        let sent = sent.iter().filter(|(name, _)| match usage(name) {
            PropertyUse::Stored => false,
            PropertyUse::Sent => true,
            PropertyUse::SentWhereNotStored => self.stored.get(name).is_none(),
        });
        Seen {
            kind: &self.row.key,
            id: &self.id,
            properties: stored.chain(sent).collect(),
        }
    }
}
