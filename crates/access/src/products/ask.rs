//! Questions as other programs put them (AuthZEN), by names: about Rolecall's own permissions and about those of other products,
//! through one door.
//!
//! An action of Rolecall has the key of its permission (`service_desk.record.delete`). An action or type of another product has
//! the product's own name for it (`can_read_todos`), or that name behind the product's key and a dot (`todo.can_read_todos`); the
//! short name is enough as long as one product of the account fits the question.

use super::catalogue::{Catalogue, PERSON, Side};
use super::decide::{Party, ProductQuestion};
use super::property::{MAX_TEXT_BYTES, Properties};
use crate::catalogue::Permission;
use crate::decide::{Decision, Gate, Gates, Paths, Reason, Subject, Target};
use crate::ids::{Dense, PersonId, ProductId, PublicId, ThingId};
use crate::moment::Moment;
use crate::state::{Resolve, State};

/// A subject (`K` = [`Subject`]) or resource (`K` = [`Target`]) as the caller names it.
#[derive(Debug, Clone, Copy)]
pub struct Entity<'q, K> {
    /// Its type.
    pub kind: &'q str,
    /// Its id: a public id of Rolecall, or the product's own. Not looked at in a search for such entities.
    pub id: &'q str,
    /// What the face knows already: somebody found by address, the facts of a record.
    pub known: Option<K>,
    /// What the caller says about it (AD-31).
    pub properties: &'q Properties,
}

/// May this subject do that with this resource?
#[derive(Debug, Clone, Copy)]
pub struct Question<'q> {
    /// Who.
    pub subject: Entity<'q, Subject>,
    /// The name of the action.
    pub action: &'q str,
    /// What the caller says about the action (AD-31).
    pub action_properties: &'q Properties,
    /// What with.
    pub resource: Entity<'q, Target>,
    /// What the caller says about the circumstances.
    pub context: &'q Properties,
}

/// What a question turned out to be about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// A permission of Rolecall's own products.
    Own(Permission),
    /// An action of another product, by its number in the catalogue.
    Product(ProductId, u16),
    /// No product of this account has such an action on such a resource, or several have and the name is too short.
    Unknown,
}

/// The answer to a [`Question`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// What it was about.
    pub asked: Asked,
    /// With gates and paths.
    pub decision: Decision,
}

impl State {
    /// Answers. What is unknown is denied, whoever asks; AD-31 (who may ask about whom) is the caller's business.
    pub fn answer(&self, question: &Question<'_>, now: Moment) -> Answer {
        let asked = self.what_is_asked(question);
        let decision = match asked {
            Asked::Own(permission) => {
                let subject = self.own_subject(&question.subject);
                let target = self.own_target(&question.resource);
                self.view(subject, now).decide(permission, target)
            }
            Asked::Product(product, permission) => {
                let question = self.product_question(question, product, permission);
                self.decide_product(&question, now)
            }
            Asked::Unknown => self.deny_unknown(now),
        };
        Answer { asked, decision }
    }

    /// Finds out which product's action is meant.
    pub fn what_is_asked(&self, question: &Question<'_>) -> Asked {
        if let Some(permission) = Permission::from_key(question.action) {
            return Asked::Own(permission);
        }
        let fits = self
            .fitting_products(question.subject.kind, question.resource.kind)
            .filter_map(|(product, catalogue)| {
                let number = catalogue.find_permission(question.action)?;
                let kind = catalogue.find_kind(Side::Resource, question.resource.kind)?;
                let permission = catalogue.permission(number)?;
                permission.on.contains(&kind).then_some((product, number))
            });
        match self.only_one(fits) {
            Some((product, number)) => Asked::Product(product, number),
            None => Asked::Unknown,
        }
    }

    /// The products that have both types.
    pub(super) fn fitting_products<'s>(
        &'s self,
        subject: &'s str,
        resource: &'s str,
    ) -> impl Iterator<Item = (ProductId, &'s Catalogue)> {
        self.products().rows().iter().filter_map(move |(id, row)| {
            let catalogue = row.catalogue()?;
            catalogue.find_kind(Side::Subject, subject)?;
            catalogue.find_kind(Side::Resource, resource)?;
            Some((id, catalogue))
        })
    }

    /// One, or the one whose product is active. Two would make the answer depend on the order of loading.
    fn only_one(&self, fits: impl Iterator<Item = (ProductId, u16)>) -> Option<(ProductId, u16)> {
        let mut fits: Vec<_> = fits.collect();
        if fits.len() > 1 {
            fits.retain(|(product, _)| self.products().is_active(*product));
        }
        match fits[..] {
            [one] => Some(one),
            _ => None,
        }
    }

    /// The question with every name looked up.
    pub(crate) fn product_question<'q>(
        &self,
        question: &Question<'q>,
        product: ProductId,
        permission: u16,
    ) -> ProductQuestion<'q> {
        let subject = match question.subject.known {
            Some(Subject::Person(person)) => Party::Person(person),
            Some(Subject::Thing(thing)) => Party::Thing(thing),
            Some(_) => Party::Unknown,
            None if self.is_people(product, question.subject.kind) => self
                .by_public_id::<PersonId>(question.subject.id)
                .map_or(Party::Unknown, Party::Person),
            None => self.party(product, Side::Subject, &question.subject),
        };
        let resource = match question.resource.known {
            Some(Target::Thing(thing)) => Party::Thing(thing),
            Some(_) => Party::Unknown,
            None => self.party(product, Side::Resource, &question.resource),
        };
        ProductQuestion {
            product,
            permission,
            subject,
            resource,
            subject_sent: question.subject.properties,
            resource_sent: question.resource.properties,
            action_sent: question.action_properties,
            context: question.context,
        }
    }

    /// Whether a type of subjects, by the name that the caller has for it, is the people of the account.
    pub(super) fn is_people(&self, product: ProductId, kind: &str) -> bool {
        let row = self.products().rows().get(product);
        let found = row.and_then(|row| {
            let catalogue = row.catalogue()?;
            catalogue.kind(catalogue.find_kind(Side::Subject, kind)?)
        });
        found.is_some_and(|found| *found.key == *PERSON)
    }

    /// By public id, by the product's own id, or as one that need not be registered.
    fn party<'q, K>(&self, product: ProductId, side: Side, entity: &Entity<'q, K>) -> Party<'q> {
        let row = self.products().rows().get(product);
        let catalogue = row.and_then(|row| row.catalogue());
        let Some(kind) = catalogue.and_then(|found| found.find_kind(side, entity.kind)) else {
            return Party::Unknown;
        };
        match self.thing_named(product, kind, entity.id) {
            Some(thing) => Party::Thing(thing),
            None if entity.id.is_empty() || entity.id.len() > MAX_TEXT_BYTES => Party::Unknown,
            None => Party::Open {
                kind,
                id: entity.id,
            },
        }
    }

    fn thing_named(&self, product: ProductId, kind: u16, id: &str) -> Option<ThingId> {
        let products = self.products();
        let public = self.by_public_id::<ThingId>(id).filter(|thing| {
            let row = products.things().get(*thing);
            row.is_some_and(|row| (row.product, row.kind) == (product, kind))
        });
        public.or_else(|| products.find(product, kind, id))
    }

    /// The id by which something registered is asked about: the product's own, and ours where that one leads elsewhere.
    pub fn id_to_ask(&self, thing: ThingId) -> Option<String> {
        let row = self.products().things().get(thing)?;
        let own = &row.profile()?.external_id;
        if self.thing_named(row.product, row.kind, own) == Some(thing) {
            return Some(own.to_string());
        }
        self.public(thing).map(|id| id.to_string())
    }

    /// The subject of a question about Rolecall itself; properties that were sent are ignored (AD-31).
    pub(crate) fn own_subject(&self, entity: &Entity<'_, Subject>) -> Subject {
        if let Some(known) = entity.known {
            return known;
        }
        self.own_subject_named(entity.kind, entity.id)
    }

    /// Who of Rolecall's own a type and an id name.
    fn own_subject_named(&self, kind: &str, id: &str) -> Subject {
        let found = match kind {
            PERSON => self.by_public_id(id).map(Subject::Person),
            "connection" => self.by_public_id(id).map(Subject::Connection),
            "guest" => Some(Subject::Guest),
            _ => None,
        };
        found.unwrap_or(Subject::Unknown)
    }

    /// Who of the account a type and an id name, in whichever question: the people have a name of their own in each product that has
    /// them as subjects.
    pub fn subject_named(&self, kind: &str, id: &str) -> Subject {
        let mut products = self.products().rows().iter();
        if products.any(|(product, _)| self.is_people(product, kind)) {
            return self.own_subject_named(PERSON, id);
        }
        self.own_subject_named(kind, id)
    }

    /// The resource of a question about Rolecall itself. Records are known by the facts that the face has of them.
    pub(crate) fn own_target(&self, entity: &Entity<'_, Target>) -> Target {
        if let Some(known) = entity.known {
            return known;
        }
        self.target_named(entity.kind, entity.id)
    }

    /// What of Rolecall's own a type and an id name. The account has one id, `account`.
    pub fn target_named(&self, kind: &str, id: &str) -> Target {
        let found = match kind {
            "account" => (id == "account").then_some(Target::Account),
            PERSON => self.by_public_id(id).map(Target::Person),
            "user_group" => self.by_public_id(id).map(Target::UserGroup),
            "service" => self.by_public_id(id).map(Target::Service),
            "queue" => self.by_public_id(id).map(Target::Queue),
            "device" => self.by_public_id(id).map(Target::Device),
            _ => None,
        };
        found.unwrap_or(Target::Unknown)
    }

    fn by_public_id<K: Dense + Resolve>(&self, id: &str) -> Option<K> {
        self.resolve(id.parse::<PublicId<K>>().ok()?)
    }

    fn deny_unknown(&self, now: Moment) -> Decision {
        let mut gates = Gates::default();
        gates.ask(
            Gate::Account,
            self.view(Subject::Unknown, now).account_gate(),
        );
        gates.ask(Gate::Resource, Err(Reason::UnknownResource));
        Decision {
            allowed: false,
            version: self.version(),
            decided_at: now,
            gates,
            paths: Paths::new(),
        }
    }
}

impl Resolve for ThingId {
    fn resolve(state: &State, public: PublicId<ThingId>) -> Option<ThingId> {
        state.products().things().find(public)
    }
    fn public(self, state: &State) -> Option<PublicId<ThingId>> {
        state.products().things().public(self)
    }
}

impl Resolve for ProductId {
    fn resolve(state: &State, public: PublicId<ProductId>) -> Option<ProductId> {
        state.products().rows().find(public)
    }
    fn public(self, state: &State) -> Option<PublicId<ProductId>> {
        state.products().rows().public(self)
    }
}
