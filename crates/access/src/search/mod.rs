//! The three searches of the AuthZEN model: who may ([`State::subjects`]), on what ([`State::resources`]) and which actions
//! ([`State::actions`]).
//!
//! Each takes candidates from reverse indexes, which name too many and never too few, and lets [`View::decide`] judge every
//! one: a search cannot disagree with a check. What is left to prove is that the candidates contain the truth; the tests
//! compare with asking everybody about everything.
//!
//! [`View::decide`]: crate::decide::View::decide

mod page;
mod reach;
mod resources;
mod subjects;

pub(crate) use self::page::Candidates;
pub use self::page::{MAX_PAGE, Page, Paging};
pub(crate) use self::reach::Reach;
pub use self::resources::ResourceKind;
pub use self::subjects::SubjectKind;
pub(crate) use self::subjects::{
    administrative, customers_of_service, licensed, people_of_service,
};
use crate::catalogue::{Permission, PermissionSet};
use crate::decide::{Subject, Target};
use crate::ids::{PersonId, ServiceId};
use crate::idset::IdSet;
use crate::matrix::MatrixRow;
use crate::moment::Moment;
use crate::state::{Facet, State};

impl State {
    /// Who may: people first, then connections. Guests have no id and are not listed. Whoever is not `known` is nobody's to find, and takes
    /// no place on the page.
    ///
    /// A cursor stays good on later versions of the state.
    pub fn subjects(
        &self,
        permission: Permission,
        target: Target,
        now: Moment,
        page: Paging<Subject>,
        known: impl Fn(Subject) -> bool,
    ) -> Page<Subject> {
        let candidates = subjects::candidates(self, permission, target, now);
        Page::collect(candidates.after(self, page.after), page.limit, |subject| {
            let decision = self.view(subject, now).decide(permission, target);
            (decision.allowed && known(subject)).then_some(subject)
        })
    }

    /// Those of one kind alone, of whom [`State::subjects`] lists.
    ///
    /// A cursor stays good on later versions of the state.
    pub fn subjects_of(
        &self,
        kind: SubjectKind,
        permission: Permission,
        target: Target,
        now: Moment,
        page: Paging<Subject>,
        known: impl Fn(Subject) -> bool,
    ) -> Page<Subject> {
        let candidates = subjects::candidates(self, permission, target, now);
        let these = candidates.of_kind(self, kind, page.after);
        Page::collect(these, page.limit, |subject| {
            let decision = self.view(subject, now).decide(permission, target);
            (decision.allowed && known(subject)).then_some(subject)
        })
    }

    /// Whether anybody may. It ends at the first who does.
    pub(crate) fn anybody_may(&self, permission: Permission, target: Target, now: Moment) -> bool {
        let candidates = subjects::candidates(self, permission, target, now);
        let mut subjects = candidates.after(self, None);
        subjects.any(|subject| self.view(subject, now).decide(permission, target).allowed)
    }

    /// Those people alone who hold something of a set of permissions over a target, with what they hold, page by page: of
    /// [`State::people_matrix`] the rows with something in them.
    ///
    /// A cursor stays good on later versions of the state.
    pub fn holders(
        &self,
        permissions: PermissionSet,
        target: Target,
        now: Moment,
        page: Paging<PersonId>,
    ) -> Page<MatrixRow, PersonId> {
        let candidates = subjects::people_of_any(self, permissions, target, now);
        let people = candidates.after(page.after, self.people().len());
        Page::collect(people, page.limit, |person| {
            let view = self.view(Subject::Person(person), now);
            let allowed = view.permitted(permissions, target);
            (allowed != PermissionSet::EMPTY).then_some(MatrixRow { person, allowed })
        })
    }

    /// People among whom are all who have access to a service, as users or as customers: candidates, and others with them. Lists narrow
    /// down by it, and ask the decision about each.
    pub fn near_service(&self, service: ServiceId, facet: Facet) -> IdSet<PersonId> {
        match facet {
            Facet::User => {
                let mut found = subjects::people_of_service(self, service);
                // AD-17.
                found.extend(self.only_user());
                found
            }
            Facet::Customer => subjects::customers_of_service(self, service),
        }
    }

    /// On what: things of one kind. What is not `known` is not found, and takes no place on the page.
    ///
    /// A cursor stays good on later versions of the state.
    pub fn resources(
        &self,
        subject: Subject,
        permission: Permission,
        kind: ResourceKind,
        now: Moment,
        page: Paging<Target>,
        known: impl Fn(Target) -> bool,
    ) -> Page<Target> {
        let view = self.view(subject, now);
        let candidates = resources::candidates(&view, permission, kind);
        Page::collect(candidates.after(self, page.after), page.limit, |target| {
            let allowed = view.decide(permission, target).allowed;
            (allowed && known(target)).then_some(target)
        })
    }

    /// Over what a subject can hold anything at all: candidates for the decision, which name too many and never too few. The account
    /// first, then the user groups that a scope names, services, queues and devices. People, and the groups below those, are told by
    /// scope.
    pub fn reach(&self, subject: Subject, now: Moment) -> Vec<Target> {
        Reach::of(self.view(subject, now)).things()
    }

    /// Which actions, in the order of the catalogue.
    pub fn actions(&self, subject: Subject, target: Target, now: Moment) -> Vec<Permission> {
        let view = self.view(subject, now);
        view.permitted(PermissionSet::ALL, target).iter().collect()
    }
}
