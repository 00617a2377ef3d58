//! Searches as other programs put them (AuthZEN), by names: among Rolecall's own and among those of other products, through one door.
//!
//! Names mean here what they mean in a check ([`State::answer`]), so that each result checks true.

use serde::{Deserialize, Serialize};

use super::ask::{Asked, Question};
use super::search::{Budget, Cursor, Found};
use crate::catalogue::Permission;
use crate::decide::{Subject, Target};
use crate::moment::Moment;
use crate::search::{Paging, ResourceKind, SubjectKind};
use crate::state::State;

/// Where the next page goes on. Good for the same question only; faces seal it together with that.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Place<K> {
    /// Behind one of Rolecall's own.
    Own(K),
    /// In other products.
    Other(Cursor),
}

impl<K> Place<K> {
    fn own(self) -> Option<K> {
        match self {
            Place::Own(last) => Some(last),
            Place::Other(_) => None,
        }
    }

    fn other(self) -> Option<Cursor> {
        match self {
            Place::Own(_) => None,
            Place::Other(cursor) => Some(cursor),
        }
    }
}

/// One page of what was found; it can be short, even empty, while there is more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundPage<T, K> {
    /// In the order in which they were made.
    pub results: Vec<T>,
    /// `None` after the last page.
    pub next: Option<Place<K>>,
}

impl<T, K> FoundPage<T, K> {
    fn nothing() -> Self {
        FoundPage {
            results: Vec::new(),
            next: None,
        }
    }
}

impl<K> From<crate::search::Page<K>> for FoundPage<K, K> {
    fn from(page: crate::search::Page<K>) -> Self {
        FoundPage {
            results: page.items,
            next: page.next.map(Place::Own),
        }
    }
}

impl State {
    /// Who of the subjects of this type may? The id of the question's subject is not looked at. What is unknown finds nothing. Whoever is
    /// not `known` is nobody's to find, and takes no place on the page.
    pub fn find_subjects(
        &self,
        question: &Question<'_>,
        after: Option<Place<Subject>>,
        budget: Budget,
        now: Moment,
        known: impl Fn(Subject) -> bool,
    ) -> FoundPage<Subject, Subject> {
        let subject = |found: Found| match found {
            Found::Person(person) => Subject::Person(person),
            Found::Thing(thing) => Subject::Thing(thing),
        };
        match self.what_is_asked(question) {
            Asked::Own(permission) => {
                let Some(kind) = SubjectKind::named(question.subject.kind) else {
                    return FoundPage::nothing();
                };
                let target = self.own_target(&question.resource);
                let page = own_page(after, budget);
                self.subjects_of(kind, permission, target, now, page, known)
                    .into()
            }
            Asked::Product(..) => {
                let after = after.and_then(Place::other);
                let known = |found: Found| known(subject(found));
                let page = self.search_product_subjects(question, after, budget, now, known);
                FoundPage {
                    results: page.results.into_iter().map(subject).collect(),
                    next: page.next.map(Place::Other),
                }
            }
            Asked::Unknown => FoundPage::nothing(),
        }
    }

    /// On which resources of this type may the subject do it? The id of the question's resource is not looked at. What is unknown
    /// finds nothing. What is not `known` takes no place on the page.
    pub fn find_resources(
        &self,
        question: &Question<'_>,
        after: Option<Place<Target>>,
        budget: Budget,
        now: Moment,
        known: impl Fn(Target) -> bool,
    ) -> FoundPage<Target, Target> {
        let thing = |found: Found| match found {
            Found::Thing(thing) => Some(Target::Thing(thing)),
            Found::Person(_) => None,
        };
        match self.what_is_asked(question) {
            Asked::Own(permission) => {
                let Some(kind) = ResourceKind::named(question.resource.kind) else {
                    return FoundPage::nothing();
                };
                let subject = self.own_subject(&question.subject);
                let page = own_page(after, budget);
                self.resources(subject, permission, kind, now, page, known)
                    .into()
            }
            Asked::Product(..) => {
                let after = after.and_then(Place::other);
                let known = |found: Found| thing(found).is_some_and(&known);
                let page = self.search_product_resources(question, after, budget, now, known);
                FoundPage {
                    results: page.results.into_iter().filter_map(thing).collect(),
                    next: page.next.map(Place::Other),
                }
            }
            Asked::Unknown => FoundPage::nothing(),
        }
    }

    /// Which actions may the subject do on the resource: Rolecall's own in the order of the catalogue, then those of other
    /// products, each by a name under which it can be asked. The question's action is not looked at.
    pub fn find_actions(
        &self,
        question: &Question<'_>,
        after: Option<Place<Permission>>,
        budget: Budget,
        now: Moment,
    ) -> FoundPage<Box<str>, Permission> {
        let most = budget.results.max(1);
        let mut results = Vec::new();
        let mut last = after;
        if after.and_then(Place::other).is_none() {
            let behind = after.and_then(Place::own);
            let own = self.own_actions(question, now).into_iter();
            let own = own.filter(|permission| Some(*permission) > behind);
            for permission in own.take(most) {
                results.push(permission.key().into());
                last = Some(Place::Own(permission));
            }
        }
        if results.len() == most {
            // It may have been the last: the next page finds out.
            return FoundPage {
                results,
                next: last,
            };
        }
        let left = Budget {
            results: most - results.len(),
            ..budget
        };
        let after = after.and_then(Place::other);
        let page = self.search_product_actions(question, after, left, now);
        results.extend(page.results.into_iter().map(|found| found.name));
        FoundPage {
            results,
            next: page.next.map(Place::Other),
        }
    }

    fn own_actions(&self, question: &Question<'_>, now: Moment) -> Vec<Permission> {
        let subject = self.own_subject(&question.subject);
        let target = self.own_target(&question.resource);
        if subject == Subject::Unknown || target == Target::Unknown {
            return Vec::new();
        }
        self.actions(subject, target, now)
    }
}

fn own_page<K>(after: Option<Place<K>>, budget: Budget) -> Paging<K> {
    Paging {
        after: after.and_then(Place::own),
        limit: budget.results,
    }
}
