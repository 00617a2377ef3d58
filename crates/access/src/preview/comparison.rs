//! Both states of a command side by side: what differs at once, and what differs when something of it begins or ends.

use super::ripples::{Ask, Ripple};
use super::{Change, Right, moments, ripples};
use crate::catalogue::{Permission, PermissionSet, ScopeKind};
use crate::decide::{Subject, Target, UserStatus};
use crate::event::Event;
use crate::ids::PersonId;
use crate::idset::IdSet;
use crate::moment::Moment;
use crate::products;
use crate::search::Reach;
use crate::state::State;

/// What two states differ in.
pub(super) struct Found {
    pub gains: Vec<Change>,
    pub losses: Vec<Change>,
    pub locked_out: IdSet<PersonId>,
    pub everybody: bool,
}

/// A right that one state allows and the other denies, at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Difference {
    pub subject: Subject,
    pub right: Right,
    pub on: Target,
}

/// Compares whatever these events can change.
pub(super) fn of(before: &State, after: &State, events: &[Event], now: Moment) -> Found {
    let ripples = ripples::of(before, after, events);
    let moments = moments::of(before, after, events, now);
    let mut locked_out = IdSet::default();
    let (mut gains, mut losses) = (Vec::new(), Vec::new());
    for (at, moment) in moments.iter().copied().enumerate() {
        let mut here = Here {
            before,
            after,
            now: moment,
            gains: Vec::new(),
            losses: Vec::new(),
        };
        ripples.all.iter().for_each(|ripple| here.ask(ripple));
        products::Comparison {
            before,
            after,
            now: moment,
            gains: &mut here.gains,
            losses: &mut here.losses,
        }
        .run(events, &ripples.touched);
        gains.extend(here.gains.iter().map(|found| (*found, at)));
        losses.extend(here.losses.iter().map(|found| (*found, at)));
        let touched = ripples.touched.iter();
        locked_out.extend(touched.filter(|person| here.locks_out(*person)));
    }
    Found {
        gains: periods(gains, &moments),
        losses: periods(losses, &moments),
        locked_out,
        everybody: ripples.everybody,
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
            }
        }
    }

    fn compare(&mut self, subject: Subject, permissions: PermissionSet, targets: &[Target]) {
        let was = self.before.view(subject, self.now);
        let is = self.after.view(subject, self.now);
        for on in targets.iter().copied() {
            for permission in permissions.iter().filter(|asked| concerns(*asked, on)) {
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
