//! Both states of a command side by side: what differs at once, and what differs when something of it begins or ends.

use super::ripples::{Ask, Ripple};
use super::{Change, Right, Vacancy, moments, ripples, vacancies};
use crate::catalogue::{Permission, PermissionSet, ScopeKind};
use crate::decide::{Subject, Target, UserStatus, View};
use crate::event::Event;
use crate::ids::{CompanyId, PersonId};
use crate::idset::IdSet;
use crate::moment::Moment;
use crate::products;
use crate::search::Reach;
use crate::state::State;

/// The most questions of one preview, each decided on both states: a write that carries a fingerprint asks them while the others
/// wait.
pub(super) const QUESTIONS: usize = 1_000_000;

/// The most moments at which both states are compared, the soonest first.
const MOMENTS: usize = 8;

/// What two states differ in.
pub(super) struct Found {
    pub gains: Vec<Change>,
    pub losses: Vec<Change>,
    pub locked_out: IdSet<PersonId>,
    pub vacancies: Vec<Vacancy>,
    pub everybody: bool,
    /// Nothing was left out for want of time.
    pub is_complete: bool,
}

/// How much may still be asked.
#[derive(Debug)]
pub(crate) struct Budget {
    left: usize,
    is_spent: bool,
}

impl Budget {
    fn new(questions: usize) -> Budget {
        Budget {
            left: questions,
            is_spent: false,
        }
    }

    /// Whether so many more may be asked. Once the answer was no it stays so: what is left out is everything behind.
    pub(crate) fn allows(&mut self, questions: usize) -> bool {
        match self.left.checked_sub(questions).filter(|_| !self.is_spent) {
            Some(left) => self.left = left,
            None => self.is_spent = true,
        }
        !self.is_spent
    }
}

/// A right that one state allows and the other denies, at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Difference {
    pub subject: Subject,
    pub right: Right,
    pub on: Target,
}

/// Compares whatever these events can change, by at most so many questions.
pub(super) fn of(
    before: &State,
    after: &State,
    events: &[Event],
    now: Moment,
    questions: usize,
) -> Found {
    let ripples = ripples::of(before, after, events);
    let mut moments = moments::of(before, after, events, now);
    let is_cut = moments.len() > MOMENTS;
    moments.truncate(MOMENTS);
    let mut budget = Budget::new(questions);
    let vacancies = vacancies::of(before, after, &ripples.in_posts(), now, &mut budget);
    let mut locked_out = IdSet::default();
    let (mut gains, mut losses) = (Vec::new(), Vec::new());
    for (at, moment) in moments.iter().copied().enumerate() {
        let mut here = Here {
            before,
            after,
            now: moment,
            gains: Vec::new(),
            losses: Vec::new(),
            budget: &mut budget,
        };
        let touched = ripples.touched.iter();
        locked_out.extend(touched.filter(|person| here.locks_out(*person)));
        ripples.all.iter().for_each(|ripple| here.ask(ripple));
        products::Comparison {
            before,
            after,
            now: moment,
            gains: &mut here.gains,
            losses: &mut here.losses,
            budget: here.budget,
        }
        .run(events, &ripples.touched);
        gains.extend(here.gains.iter().map(|found| (*found, at)));
        losses.extend(here.losses.iter().map(|found| (*found, at)));
    }
    Found {
        gains: periods(gains, &moments),
        losses: periods(losses, &moments),
        locked_out,
        vacancies,
        everybody: ripples.everybody,
        is_complete: !is_cut && !budget.is_spent,
    }
}

/// In their order, each once for as long as it lasts: what differs at moments that follow each other is one change.
fn periods(mut found: Vec<(Difference, usize)>, moments: &[Moment]) -> Vec<Change> {
    found.sort_unstable();
    found.dedup();
    let runs = found.chunk_by(|(one, at), (next, then)| one == next && at + 1 == *then);
    let changes = runs.filter_map(|run| {
        let ((difference, first), (_, last)) = (run.first()?, run.last()?);
        let Difference { subject, right, on } = *difference;
        Some(Change {
            subject,
            right,
            on,
            from: moments.get(*first).copied().filter(|_| *first > 0),
            until: moments.get(last + 1).copied(),
        })
    });
    changes.collect()
}

/// Both states at one moment, and what they differ in.
struct Here<'a> {
    before: &'a State,
    after: &'a State,
    now: Moment,
    gains: Vec<Difference>,
    losses: Vec<Difference>,
    budget: &'a mut Budget,
}

impl Here<'_> {
    fn locks_out(&self, person: PersonId) -> bool {
        let active = |state: &State| {
            let view = state.view(Subject::Person(person), self.now);
            view.user_status(person) == UserStatus::Active
        };
        active(self.before) && !active(self.after)
    }

    /// Decides every question of the ripple on both states and collects what differs.
    fn ask(&mut self, ripple: &Ripple) {
        for subject in &ripple.subjects {
            if self.budget.is_spent {
                return;
            }
            match &ripple.ask {
                Ask::On {
                    permissions,
                    targets,
                } => self.compare(*subject, *permissions, targets),
                Ask::Everything => {
                    let views = [self.before, self.after].map(|s| s.view(*subject, self.now));
                    let mut targets = views.map(|view| Reach::of(view).targets()).concat();
                    targets.sort_unstable();
                    targets.dedup();
                    self.compare(*subject, PermissionSet::ALL, &targets);
                }
                Ask::Companies(companies) => self.compare_companies(*subject, companies),
            }
        }
    }

    fn compare(&mut self, subject: Subject, permissions: PermissionSet, targets: &[Target]) {
        let was = self.before.view(subject, self.now);
        let is = self.after.view(subject, self.now);
        for on in targets.iter().copied() {
            for permission in permissions.iter().filter(|asked| concerns(*asked, on)) {
                if !self.budget.allows(1) {
                    return;
                }
                let right = Right::Permission(permission);
                let difference = Difference { subject, right, on };
                self.note(difference, was.may(permission, on), is.may(permission, on));
            }
            if let (Subject::Person(person), Target::Service(service)) = (subject, on) {
                let right = Right::Selectable;
                let difference = Difference { subject, right, on };
                self.note(
                    difference,
                    was.selectable(person, service).selectable,
                    is.selectable(person, service).selectable,
                );
            }
        }
    }

    /// SD-33: sight by itself; what can be done there is another question.
    fn compare_companies(&mut self, subject: Subject, companies: &[Option<CompanyId>]) {
        let views = [self.before, self.after].map(|state| state.view(subject, self.now));
        let sees = |view: View<'_>, company| {
            view.person()
                .is_some_and(|row| row.company_access().admits(company))
        };
        for company in companies.iter().copied() {
            if !self.budget.allows(1) {
                return;
            }
            let (right, on) = (Right::Company(company), Target::Account);
            let difference = Difference { subject, right, on };
            let [was, is] = views.map(|view| sees(view, company));
            self.note(difference, was, is);
        }
    }

    fn note(&mut self, difference: Difference, was: bool, is: bool) {
        match (was, is) {
            (false, true) => self.gains.push(difference),
            (true, false) => self.losses.push(difference),
            _ => {}
        }
    }
}

/// Whether a permission is ever about such a thing.
fn concerns(permission: Permission, target: Target) -> bool {
    matches!(
        (permission.scope(), target),
        (
            ScopeKind::Account | ScopeKind::People | ScopeKind::Queue,
            Target::Account
        ) | (ScopeKind::People, Target::Person(_) | Target::UserGroup(_))
            | (ScopeKind::Service, Target::Service(_) | Target::Record(_))
            | (ScopeKind::Queue, Target::Queue(_))
            | (ScopeKind::Device, Target::Device(_))
    )
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::ids::{CompanyId, Dense, ServiceId};
    use crate::state::{CustomerFacet, Placement, PortalLevel, UserFacet};
    use uuid::Uuid;

    /// A company with three people who may have its services in the portal, and the fact that it gets one.
    fn company() -> (State, Event) {
        let mut state = State::empty();
        let company = CompanyId::from_index(0);
        let uid = Uuid::from_u128(1);
        state.apply(&Event::AccountOpened);
        state.apply(&Event::CompanyCreated { uid });
        state.apply(&Event::ServiceCreated { uid });
        for n in 0..3 {
            let person = PersonId::from_index(n).unwrap();
            let placement = Placement::ByHand;
            state.apply(&Event::PersonAdded {
                uid: Uuid::from_u128(n as u128),
                user: UserFacet::Absent,
                customer: CustomerFacet::Active,
            });
            state.apply(&Event::EmployerSet {
                person,
                company,
                placement,
            });
            state.apply(&Event::PortalLevelSet {
                person,
                level: PortalLevel::Company,
            });
        }
        let given = Event::CompanyServiceSet {
            company: company.unwrap(),
            service: ServiceId::from_index(0).unwrap(),
            full: true,
        };
        (state, given)
    }

    #[test]
    fn a_preview_asks_no_more_than_it_may_and_says_so() {
        let (before, given) = company();
        let mut after = before.clone();
        after.apply(&given);
        let ask = |questions| {
            of(
                &before,
                &after,
                std::slice::from_ref(&given),
                Moment(0),
                questions,
            )
        };
        let whole = ask(QUESTIONS);
        assert!(whole.is_complete && whole.gains.len() > 9);
        let cut = ask(9);
        assert!(!cut.is_complete && !cut.gains.is_empty());
        assert!(cut.gains.len() < whole.gains.len());
        assert!(cut.gains.iter().all(|change| whole.gains.contains(change)));
    }
}
