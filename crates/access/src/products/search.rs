//! Which subjects, which resources, which actions: every candidate is decided, so that each result checks true and none is
//! missing. A page ends with its results or with its budget; the cursor goes on where it ended.

use serde::{Deserialize, Serialize};

use super::ask::{Asked, Question};
use super::catalogue::Side;
use super::decide::{Party, ProductQuestion};
use crate::ids::{Dense, PersonId, ProductId, ThingId};
use crate::moment::{Moment, Version};
use crate::state::State;

/// The most that one page may ask for.
const MOST: Budget = Budget {
    results: 1_000,
    candidates: 20_000,
};

/// How much one page may take. More than 1,000 results or 20,000 candidates is cut down to that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    /// Results on the page.
    pub results: usize,
    /// Candidates decided, results or not: conditions cost time.
    pub candidates: usize,
}

impl Default for Budget {
    fn default() -> Budget {
        Budget {
            results: 100,
            candidates: 5_000,
        }
    }
}

/// Where the next page goes on. Good for the same question only; faces seal it together with that.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Cursor(pub u32);

/// One page of a search.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// In the order of registration; there may be none although [`Page::next`] is there.
    pub results: Vec<T>,
    /// `None` after the last page.
    pub next: Option<Cursor>,
    /// Of the state that was asked.
    pub version: Version,
    /// For which moment.
    pub decided_at: Moment,
}

/// A subject or resource that was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Found {
    /// Somebody of the account.
    Person(PersonId),
    /// Something registered.
    Thing(ThingId),
}

/// An action that was found.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FoundAction {
    /// Whose.
    pub product: ProductId,
    /// The name by which it can be asked: the product's own, with the product's key before it where two products have it.
    pub name: Box<str>,
}

impl State {
    /// Who of the subjects of this type may? The id of the question's subject is not looked at. Unknown names find nothing; a
    /// type whose members need not be registered shows the registered ones. Whoever is not `known` takes no place on the page.
    pub fn search_product_subjects(
        &self,
        question: &Question<'_>,
        after: Option<Cursor>,
        budget: Budget,
        now: Moment,
        known: impl Fn(Found) -> bool,
    ) -> Page<Found> {
        let Some((mut asked, kind)) = self.asked_about(question, Side::Subject) else {
            return self.page(std::iter::empty::<PersonId>(), budget, now, |_| None);
        };
        if self.is_people(asked.product, question.subject.kind) {
            let first = after.map_or(0, |cursor| cursor.0 as usize);
            let people = (first..self.people().len()).filter_map(PersonId::from_index);
            return self.page(people, budget, now, |person| {
                asked.subject = Party::Person(person);
                let allowed = self.decide_product(&asked, now).allowed;
                let found = Found::Person(person);
                (allowed && known(found)).then_some(found)
            });
        }
        let things = self.things_after(asked.product, kind, after);
        self.page(things.into_iter(), budget, now, |thing| {
            asked.subject = Party::Thing(thing);
            let allowed = self.decide_product(&asked, now).allowed;
            let found = Found::Thing(thing);
            (allowed && known(found)).then_some(found)
        })
    }

    /// On which resources of this type may the subject do it? The id of the question's resource is not looked at. What need not
    /// be registered is not found where it is not. What is not `known` takes no place on the page.
    pub fn search_product_resources(
        &self,
        question: &Question<'_>,
        after: Option<Cursor>,
        budget: Budget,
        now: Moment,
        known: impl Fn(Found) -> bool,
    ) -> Page<Found> {
        let asked = self
            .asked_about(question, Side::Resource)
            .filter(|(asked, _)| asked.subject != Party::Unknown);
        let Some((mut asked, kind)) = asked else {
            return self.page(std::iter::empty::<ThingId>(), budget, now, |_| None);
        };
        let things = self.things_after(asked.product, kind, after);
        self.page(things.into_iter(), budget, now, |thing| {
            asked.resource = Party::Thing(thing);
            let allowed = self.decide_product(&asked, now).allowed;
            let found = Found::Thing(thing);
            (allowed && known(found)).then_some(found)
        })
    }

    /// Which actions of other products may the subject do on the resource? The question's action is not looked at.
    pub fn search_product_actions(
        &self,
        question: &Question<'_>,
        after: Option<Cursor>,
        budget: Budget,
        now: Moment,
    ) -> Page<FoundAction> {
        let mut candidates = Vec::new();
        let (subject, resource) = (question.subject.kind, question.resource.kind);
        for (product, catalogue) in self.fitting_products(subject, resource) {
            let kind = catalogue.find_kind(Side::Resource, resource);
            for (number, permission) in catalogue.permissions() {
                if kind.is_some_and(|kind| permission.on.contains(&kind)) {
                    candidates.push(ActionPlace::new(product, number));
                }
            }
        }
        candidates.retain(|place| Some(Cursor::from(*place)) > after);
        self.page(candidates.into_iter(), budget, now, |place| {
            let (product, number) = place.parts()?;
            let asked = self.product_question(question, product, number);
            if !self.decide_product(&asked, now).allowed {
                return None;
            }
            let catalogue = self.products().rows().get(product)?.catalogue()?;
            let key = &catalogue.permission(number)?.key;
            let short = Question {
                action: key,
                ..*question
            };
            let name = if self.what_is_asked(&short) == Asked::Product(product, number) {
                key.clone()
            } else {
                format!("{}.{key}", catalogue.key()).into()
            };
            Some(FoundAction { product, name })
        })
    }

    /// The question looked up, with the number of the type that is searched.
    fn asked_about<'q>(
        &self,
        question: &Question<'q>,
        side: Side,
    ) -> Option<(ProductQuestion<'q>, u16)> {
        let Asked::Product(product, permission) = self.what_is_asked(question) else {
            return None;
        };
        let name = match side {
            Side::Subject => question.subject.kind,
            Side::Resource => question.resource.kind,
        };
        let catalogue = self.products().rows().get(product)?.catalogue()?;
        let kind = catalogue.find_kind(side, name)?;
        Some((self.product_question(question, product, permission), kind))
    }

    fn things_after(&self, product: ProductId, kind: u16, after: Option<Cursor>) -> Vec<ThingId> {
        let after = after.and_then(|cursor| ThingId::from_number(cursor.0));
        let row = self.products().rows().get(product);
        let things = row.map(|row| row.things(kind)).unwrap_or_default();
        things.iter_after(after).take(MOST.candidates + 1).collect()
    }

    fn page<C: Copy + Into<Cursor>, T>(
        &self,
        candidates: impl Iterator<Item = C>,
        budget: Budget,
        now: Moment,
        mut decide: impl FnMut(C) -> Option<T>,
    ) -> Page<T> {
        let mut page = Page {
            results: Vec::new(),
            next: None,
            version: self.version(),
            decided_at: now,
        };
        let most = budget.results.clamp(1, MOST.results);
        let mut left = budget.candidates.clamp(1, MOST.candidates);
        let mut last = None;
        for candidate in candidates {
            if page.results.len() == most || left == 0 {
                page.next = last;
                return page;
            }
            left -= 1;
            last = Some(candidate.into());
            page.results.extend(decide(candidate));
        }
        page
    }
}

/// The place of an action in a search: product, then number. There are at most [`super::MAX_PRODUCTS`] products.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct ActionPlace(u32);

impl ActionPlace {
    fn new(product: ProductId, number: u16) -> ActionPlace {
        ActionPlace(product.number() << 16 | u32::from(number))
    }

    fn parts(self) -> Option<(ProductId, u16)> {
        Some((ProductId::from_number(self.0 >> 16)?, self.0 as u16))
    }
}

impl From<PersonId> for Cursor {
    fn from(person: PersonId) -> Cursor {
        Cursor(person.number())
    }
}

impl From<ThingId> for Cursor {
    fn from(thing: ThingId) -> Cursor {
        Cursor(thing.number())
    }
}

impl From<ActionPlace> for Cursor {
    fn from(place: ActionPlace) -> Cursor {
        Cursor(place.0)
    }
}
