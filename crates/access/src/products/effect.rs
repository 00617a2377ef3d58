//! What a command changes about other products, for previews: by rules, not by resources. A subject loses an action where a
//! role or rule that gave it is gone or stands under another condition; it gains one the other way round. So a changed condition
//! is both: the resources on which it matters may be many, and need not be registered.

use std::collections::BTreeSet;

use super::catalogue::{Catalogue, PERSON, Side};
use super::commands::ProductEvent;
use crate::decide::{Subject, Target, UserStatus};
use crate::event::Event;
use crate::ids::{PersonId, ProductId, ThingId};
use crate::idset::IdSet;
use crate::moment::Moment;
use crate::preview::{Budget, Difference, Right};
use crate::state::{State, Tie};

/// What rules give one subject: an action, and the condition under which.
type Given<'a> = BTreeSet<(u16, Option<&'a str>)>;

/// As how many questions the rules of one subject count.
const COST: usize = 4;

/// Both states of a change at one moment.
pub(crate) struct Comparison<'a> {
    pub before: &'a State,
    pub after: &'a State,
    pub now: Moment,
    pub gains: &'a mut Vec<Difference>,
    pub losses: &'a mut Vec<Difference>,
    pub budget: &'a mut Budget,
}

impl Comparison<'_> {
    /// Compares whatever these events can change; `touched` are the people whose ties or status they change.
    pub(crate) fn run(&mut self, events: &[Event], touched: &IdSet<PersonId>) {
        let products: Vec<ProductId> = self.after.products().rows().ids().collect();
        let mut whole = BTreeSet::new();
        let mut things = BTreeSet::new();
        for event in events {
            let Event::Product(event) = event else {
                continue;
            };
            match event {
                ProductEvent::CatalogueLoaded { .. } => whole.extend(products.last()),
                ProductEvent::CatalogueReplaced { product, .. }
                | ProductEvent::LifeSet { product, .. } => {
                    whole.insert(*product);
                }
                ProductEvent::ThingRegistered { .. } => {
                    things.extend(self.after.products().things().ids().next_back());
                }
                ProductEvent::ThingDescribed { thing, .. }
                | ProductEvent::ThingRemoved { thing }
                | ProductEvent::ThingRoleGiven { thing, .. }
                | ProductEvent::ThingRoleTaken { thing, .. } => {
                    things.insert(*thing);
                }
            }
        }
        for product in whole {
            self.whole(product);
        }
        for thing in things {
            let row = self.after.products().things().get(thing);
            if let Some(product) = row.map(|row| row.product) {
                self.compare(product, Subject::Thing(thing));
                self.described(product, thing);
            }
        }
        for person in touched.iter() {
            for product in &products {
                self.compare(*product, Subject::Person(person));
            }
        }
    }

    /// What conditions may ask about a thing differs: where a rule stands under such a condition, it is as if the condition differed.
    fn described(&mut self, product: ProductId, thing: ThingId) {
        let (was, is) = (self.before.products(), self.after.products());
        let (Some(row), Some(before)) = (is.things().get(thing), was.things().get(thing)) else {
            return;
        };
        let catalogue = is.rows().get(product).and_then(|row| row.catalogue());
        let Some((catalogue, kind)) = catalogue
            .and_then(|catalogue| Some((catalogue, catalogue.kind(row.kind)?)))
            .filter(|_| before.profile() != row.profile())
        else {
            return;
        };
        let concerned: BTreeSet<u16> = match kind.side {
            Side::Subject => catalogue.permissions().map(|(number, _)| number).collect(),
            Side::Resource => {
                let on = catalogue.permissions();
                let on = on.filter(|(_, permission)| permission.on.contains(&row.kind));
                on.map(|(number, _)| number).collect()
            }
        };
        let rules = catalogue.roles().flat_map(|(_, role)| &role.rules);
        let mut rules = rules.chain(catalogue.grants().iter().map(|grant| &grant.rule));
        let is_asked = rules.any(|rule| {
            let of_it = rule.permissions.iter().any(|it| concerned.contains(it));
            of_it && asks_about(kind.side, rule.text.as_deref())
        });
        if !is_asked {
            return;
        }
        let subjects = match kind.side {
            Side::Subject => BTreeSet::from([Subject::Thing(thing)]),
            Side::Resource => self.subjects(product),
        };
        for subject in subjects {
            if !self.budget.allows(COST) {
                return;
            }
            let given = given(self.after, product, subject, self.now);
            for (permission, when) in &given {
                let always = given.contains(&(*permission, None));
                if always || !concerned.contains(permission) || !asks_about(kind.side, *when) {
                    continue;
                }
                let right = Right::ProductAction(product, *permission);
                let on = Target::Account;
                let change = Difference { subject, right, on };
                self.gains.push(change);
                self.losses.push(change);
            }
        }
    }

    /// Every subject of one product.
    fn whole(&mut self, product: ProductId) {
        for subject in self.subjects(product) {
            self.compare(product, subject);
        }
    }

    fn subjects(&self, product: ProductId) -> BTreeSet<Subject> {
        let mut subjects: BTreeSet<Subject> = BTreeSet::new();
        for state in [self.before, self.after] {
            let Some(row) = state.products().rows().get(product) else {
                continue;
            };
            for (kind, _) in row.catalogue().into_iter().flat_map(Catalogue::kinds) {
                subjects.extend(row.things(kind).iter().map(Subject::Thing));
            }
        }
        // Nobody has a list of a product's people; whoever holds no role of it and gets no rule differs in nothing.
        subjects.extend(self.after.people().ids().map(Subject::Person));
        subjects
    }

    fn compare(&mut self, product: ProductId, subject: Subject) {
        if !self.budget.allows(COST) {
            return;
        }
        let was = given(self.before, product, subject, self.now);
        let is = given(self.after, product, subject, self.now);
        let missing = |from: &Given<'_>, entry: &(u16, Option<&str>)| {
            !from.contains(entry) && !from.contains(&(entry.0, None))
        };
        let change = |permission: u16| Difference {
            subject,
            right: Right::ProductAction(product, permission),
            on: Target::Account,
        };
        let lost = was.iter().filter(|entry| missing(&is, entry));
        self.losses.extend(lost.map(|entry| change(entry.0)));
        let gained = is.iter().filter(|entry| missing(&was, entry));
        self.gains.extend(gained.map(|entry| change(entry.0)));
    }
}

/// Whether a condition may ask about a thing of this side. By which name it asks may be worked out when it runs.
fn asks_about(side: Side, when: Option<&str>) -> bool {
    when.is_some_and(|when| when.contains(side.word()))
}

/// Whose status a change of a product can change: the people who hold a role of it. Nobody keeps a list of them.
pub(crate) fn people_of(state: &State, event: &ProductEvent) -> Vec<PersonId> {
    let (ProductEvent::CatalogueReplaced { product, .. } | ProductEvent::LifeSet { product, .. }) =
        event
    else {
        return Vec::new();
    };
    let is_role = |tie: Tie| matches!(tie, Tie::ProductRole(of, _) if of == *product);
    let people = state.people().iter().filter(|(_, row)| {
        row.ties.iter().any(|tie| match *tie {
            Tie::Timed(timed) => state
                .timed_ties()
                .get(timed)
                .is_some_and(|row| is_role(row.tie)),
            tie => is_role(tie),
        })
    });
    people.map(|(person, _)| person).collect()
}

fn given(state: &State, product: ProductId, subject: Subject, now: Moment) -> Given<'_> {
    let mut given = Given::new();
    let row = state.products().rows().get(product);
    let catalogue = row
        .filter(|row| row.life().is_active())
        .and_then(|row| row.catalogue());
    let Some(catalogue) = catalogue else {
        return given;
    };
    let found = match subject {
        Subject::Person(person) => person_roles(state, catalogue, product, person, now),
        Subject::Thing(thing) => thing_roles(state, catalogue, product, thing),
        _ => None,
    };
    let Some((kind, roles)) = found else {
        return given;
    };
    let by_role = roles
        .into_iter()
        .filter_map(|number| catalogue.role(number))
        .flat_map(|role| &role.rules);
    let by_rule = catalogue
        .grants()
        .iter()
        .filter(|grant| grant.to.contains(&kind))
        .map(|grant| &grant.rule);
    for rule in by_role.chain(by_rule) {
        let when = rule.text.as_deref();
        given.extend(rule.permissions.iter().map(|number| (*number, when)));
    }
    given
}

/// The number of the subject's type and of its roles; nothing for a subject that does not count.
type Standing = Option<(u16, Vec<u16>)>;

fn person_roles(
    state: &State,
    catalogue: &Catalogue,
    product: ProductId,
    person: PersonId,
    now: Moment,
) -> Standing {
    let kind = catalogue.find_kind(Side::Subject, PERSON)?;
    let row = state.people().get(person)?;
    let status = state.view(Subject::Person(person), now).user_status(person);
    if status != UserStatus::Active {
        return None;
    }
    let roles = state.ties_at(row, now).filter_map(|(tie, _)| match tie {
        Tie::ProductRole(of, role) if of == product => Some(role),
        _ => None,
    });
    Some((kind, roles.collect()))
}

fn thing_roles(
    state: &State,
    catalogue: &Catalogue,
    product: ProductId,
    thing: ThingId,
) -> Standing {
    let row = state.products().things().get(thing)?;
    let kind = catalogue.kind(row.kind)?;
    let counts = row.product == product && row.life.is_active() && kind.side == Side::Subject;
    counts.then(|| (row.kind, row.roles.clone()))
}
