//! What a command would do, before it is done: who gains and who loses which permission on what.
//!
//! The command runs as it would in earnest, on a fork ([`State::propose_and_fork`]). Each of its events says which questions
//! it can possibly change (`ripples.rs`); these are decided on both states, and what differs is the effect. So the effect is
//! exact as long as the ripples leave nothing out, which the property tests prove by asking everything.
//!
//! Rights over people are told by scope (the account, a user group) and, about the people whom the command touches, person by
//! person.

mod eyes;
mod fingerprint;
mod ripples;

use serde::Serialize;

use self::eyes::Eyes;
pub use self::fingerprint::Fingerprint;
use self::ripples::{Ask, Ripple};
use crate::catalogue::{Permission, ScopeKind};
use crate::command::{Actor, Command, Notice, Outcome, Proposal, Refusal};
use crate::decide::{Subject, Target, UserStatus};
use crate::ids::{PersonId, ProductId};
use crate::moment::{Moment, Version};
use crate::search::Reach;
use crate::state::State;

/// What is gained or lost on the resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Right {
    /// A permission, by decision.
    Permission(Permission),
    /// Being offered as customer of a service's records (SD-11).
    Selectable,
    /// An action of another product, by its number there, on some resource: the rules that give it differ.
    ProductAction(ProductId, u16),
}

/// One difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Change {
    /// Whose.
    pub subject: Subject,
    /// What.
    pub right: Right,
    /// On what.
    pub on: Target,
}

/// All differences in one direction.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Changes {
    /// How many, listed or not.
    pub total: usize,
    /// Of how many subjects.
    pub subjects: usize,
    /// The first of them, in order of subject, right and resource; at most [`LISTED`].
    pub listed: Vec<Change>,
}

/// How many differences an effect lists in each direction; beyond, it counts.
pub const LISTED: usize = 1_000;

/// What a command would do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Effect {
    /// Of the state that was asked.
    pub version: Version,
    /// Number of events that the write would append.
    pub events: usize,
    /// Allowed afterwards, denied now.
    pub gains: Changes,
    /// Allowed now, denied afterwards.
    pub losses: Changes,
    /// Users who are active now and would not be afterwards.
    pub locked_out: Vec<PersonId>,
    /// The whole account is concerned: it is switched on or off.
    pub everybody: bool,
    /// As the write would say them.
    pub notices: Vec<Notice>,
    /// As the write would report them.
    pub outcomes: Vec<(PersonId, Outcome)>,
    /// Of this effect: a write that carries it is refused if it would do something else by then.
    pub fingerprint: Fingerprint,
}

impl State {
    /// Checks a command exactly as [`State::propose`] does and says what it would change.
    pub fn preview(&self, actor: Actor, command: &Command, now: Moment) -> Result<Effect, Refusal> {
        self.preview_with(actor, command, now, |_, _| Ok(()))
    }

    /// The same, with what is written beside the command: it may refuse, and attaches the values of things to the state that the
    /// command leads to, before that is compared.
    pub fn preview_with(
        &self,
        actor: Actor,
        command: &Command,
        now: Moment,
        beside: impl FnOnce(&Proposal, &mut State) -> Result<(), Refusal>,
    ) -> Result<Effect, Refusal> {
        self.effect(actor, command, now, false, beside)
    }

    /// The same for the eyes of the actor: what they may not know of, now and after it, is neither listed nor counted. The
    /// fingerprint is of the whole.
    pub fn preview_as_seen(
        &self,
        actor: Actor,
        command: &Command,
        now: Moment,
        beside: impl FnOnce(&Proposal, &mut State) -> Result<(), Refusal>,
    ) -> Result<Effect, Refusal> {
        self.effect(actor, command, now, true, beside)
    }

    fn effect(
        &self,
        actor: Actor,
        command: &Command,
        now: Moment,
        as_seen: bool,
        beside: impl FnOnce(&Proposal, &mut State) -> Result<(), Refusal>,
    ) -> Result<Effect, Refusal> {
        let (proposal, mut after) = self.propose_and_fork(actor, command, now)?;
        beside(&proposal, &mut after)?;
        let ripples = ripples::of(self, &after, &proposal.events);
        let mut gains = Vec::new();
        let mut losses = Vec::new();
        for ripple in &ripples.all {
            ripple.ask(self, &after, now, &mut gains, &mut losses);
        }
        crate::products::Comparison {
            before: self,
            after: &after,
            now,
            gains: &mut gains,
            losses: &mut losses,
        }
        .run(&proposal.events, &ripples.touched);
        let mut locked_out: Vec<PersonId> = ripples
            .touched
            .iter()
            .filter(|p| locks_out(self, &after, *p, now))
            .collect();
        locked_out.sort_unstable();
        let (mut gains, mut losses) = (sorted(gains), sorted(losses));
        let mut effect = Effect {
            version: self.version(),
            events: proposal.events.len(),
            gains: Changes::of(&gains),
            losses: Changes::of(&losses),
            locked_out,
            everybody: ripples.everybody,
            notices: proposal.notices,
            outcomes: proposal.outcomes,
            fingerprint: Fingerprint::NONE,
        };
        effect.fingerprint = Fingerprint::of(&effect, &gains, &losses);
        if let Some(subject) = actor.subject().filter(|_| as_seen) {
            let mut eyes = Eyes::new([self.view(subject, now), after.view(subject, now)]);
            gains.retain(|change| eyes.see_change(change));
            losses.retain(|change| eyes.see_change(change));
            (effect.gains, effect.losses) = (Changes::of(&gains), Changes::of(&losses));
            effect
                .locked_out
                .retain(|person| eyes.see(Subject::Person(*person)));
        }
        Ok(effect)
    }
}

fn locks_out(before: &State, after: &State, person: PersonId, now: Moment) -> bool {
    let status = |state: &State| state.view(Subject::Person(person), now).user_status(person);
    status(before) == UserStatus::Active && status(after) != UserStatus::Active
}

/// In their order, without what two ripples both found.
fn sorted(mut changes: Vec<Change>) -> Vec<Change> {
    changes.sort_unstable();
    changes.dedup();
    changes
}

impl Changes {
    fn of(changes: &[Change]) -> Changes {
        Changes {
            total: changes.len(),
            subjects: changes.chunk_by(|a, b| a.subject == b.subject).count(),
            listed: changes.iter().take(LISTED).copied().collect(),
        }
    }
}

impl Ripple {
    /// Decides every question of the ripple on both states and collects what differs.
    fn ask(
        &self,
        before: &State,
        after: &State,
        now: Moment,
        gains: &mut Vec<Change>,
        losses: &mut Vec<Change>,
    ) {
        let mut compare =
            |subject: Subject, right: Right, on: Target, was: bool, is: bool| match (was, is) {
                (false, true) => gains.push(Change { subject, right, on }),
                (true, false) => losses.push(Change { subject, right, on }),
                _ => {}
            };
        for subject in &self.subjects {
            let (was, is) = (before.view(*subject, now), after.view(*subject, now));
            let reach;
            let (permissions, targets) = match &self.ask {
                Ask::On {
                    permissions,
                    targets,
                } => (*permissions, targets),
                Ask::Everything => {
                    let mut both = Reach::of(was).targets();
                    both.extend(Reach::of(is).targets());
                    both.sort_unstable();
                    both.dedup();
                    reach = both;
                    (crate::PermissionSet::ALL, &reach)
                }
            };
            for target in targets {
                for permission in permissions
                    .iter()
                    .filter(|permission| concerns(*permission, *target))
                {
                    let right = Right::Permission(permission);
                    compare(
                        *subject,
                        right,
                        *target,
                        was.may(permission, *target),
                        is.may(permission, *target),
                    );
                }
                if let (Subject::Person(person), Target::Service(service)) = (*subject, *target) {
                    let was = was.selectable(person, service).selectable;
                    let is = is.selectable(person, service).selectable;
                    compare(*subject, Right::Selectable, *target, was, is);
                }
            }
        }
    }
}

/// Whether a permission is ever about such a thing.
pub(crate) fn concerns(permission: Permission, target: Target) -> bool {
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
