//! What a command would do, before it is done: who gains and who loses which permission on what.
//!
//! The command runs as it would in earnest, on a fork ([`State::propose_and_fork`]). Each of its events says which questions
//! it can possibly change (`ripples.rs`); these are decided on both states, and what differs is the effect. So the effect is
//! exact as long as the ripples leave nothing out, which the property tests prove by asking everything. What the command writes
//! for a time is asked about at the moments when that begins and ends too (`comparison.rs`).
//!
//! Rights over people are told by scope (the account, a user group) and, about the people whom the command touches, person by
//! person.

mod causes;
mod comparison;
mod eyes;
mod fingerprint;
mod holders;
mod moments;
mod ripples;
mod unmet;
mod vacancies;
mod workers;

use serde::Serialize;

pub use self::causes::Cause;
use self::causes::Sides;
pub(crate) use self::comparison::{Budget, Difference};
use self::eyes::Eyes;
pub use self::fingerprint::Fingerprint;
pub use self::unmet::NotGiven;
pub use self::vacancies::Vacancy;
pub use self::workers::Workers;
use crate::catalogue::Permission;
use crate::command::{Actor, Command, Notice, Outcome, Proposal, Refusal};
use crate::decide::{Gate, Reason, Subject, Target};
use crate::event::Event;
use crate::ids::{CompanyId, PersonId, ProductId};
use crate::moment::{Moment, Version};
use crate::state::State;

/// What is gained or lost on the resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Right {
    /// A permission, by decision.
    Permission(Permission),
    /// Being offered as customer of a service's records (SD-11).
    Selectable,
    /// Sight of the records and devices of a company, or of what has none (SD-33); told of the account.
    Company(Option<CompanyId>),
    /// An action of another product, by its number there, on some resource: the rules that give it differ.
    ProductAction(ProductId, u16),
}

/// One difference, for as long as it is one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Change {
    /// Whose.
    pub subject: Subject,
    /// What.
    pub right: Right,
    /// On what.
    pub on: Target,
    /// When it begins; `None`: at once.
    pub from: Option<Moment>,
    /// First moment after, where the command itself gives or leaves something for a time; `None`: it stays.
    pub until: Option<Moment>,
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
    /// In an effect: why, of the listed ones, as far as decisions tell it; in the same order of subjects, each once.
    pub causes: Vec<(Subject, Cause)>,
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
    /// Allowed with the command, denied without.
    pub gains: Changes,
    /// Allowed without the command, denied with it.
    pub losses: Changes,
    /// Users who would be active without the command, and are not with it, now or when something of it begins or ends.
    pub locked_out: Vec<PersonId>,
    /// What would have nobody left who answers for it.
    pub vacancies: Vec<Vacancy>,
    /// The whole account is concerned: it is switched on or off.
    pub everybody: bool,
    /// Whether everything was compared. Otherwise it was too much: there is more than is counted here, and the fingerprint is good
    /// for this version of the state only.
    pub complete: bool,
    /// As the write would say them.
    pub notices: Vec<Notice>,
    /// As the write would report them.
    pub outcomes: Vec<(PersonId, Outcome)>,
    /// What mappings would want and not give (AD-30).
    pub not_given: NotGiven,
    /// Of this effect: a write that carries it is refused if it would do something else by then.
    pub fingerprint: Fingerprint,
}

/// What lies between two states, as far as one subject may know.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Balance {
    /// Allowed after, denied before.
    pub gains: Changes,
    /// Allowed before, denied after.
    pub losses: Changes,
    /// Users who are active before, and not after.
    pub locked_out: Vec<PersonId>,
    /// Whether everything was compared. Otherwise there is more than is counted here.
    pub complete: bool,
}

impl State {
    /// What many commands of an actor led to: from this state, by their events, to another one.
    pub fn balance(&self, after: &State, events: &[Event], actor: Actor, now: Moment) -> Balance {
        let mut found = comparison::of(self, after, events, now, comparison::QUESTIONS);
        let mut locked_out: Vec<_> = found.locked_out.iter().collect();
        if actor.subject().is_some() {
            let mut eyes = Eyes::new([actor.view(self, now), actor.view(after, now)]);
            found.gains.retain(|change| eyes.see_change(change));
            found.losses.retain(|change| eyes.see_change(change));
            locked_out.retain(|person| eyes.see(Subject::Person(*person)));
        }
        Balance {
            gains: Changes::of(&found.gains),
            losses: Changes::of(&found.losses),
            locked_out,
            complete: found.is_complete,
        }
    }

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
        let mut found = comparison::of(self, &after, &proposal.events, now, comparison::QUESTIONS);
        let mut effect = Effect {
            version: self.version(),
            events: proposal.events.len(),
            gains: Changes::of(&found.gains),
            losses: Changes::of(&found.losses),
            locked_out: found.locked_out.iter().collect(),
            vacancies: found.vacancies,
            everybody: found.everybody,
            complete: found.is_complete,
            notices: proposal.notices,
            outcomes: proposal.outcomes,
            not_given: NotGiven::default(),
            fingerprint: Fingerprint::NONE,
        };
        effect.fingerprint = Fingerprint::of(&effect, &found.gains, &found.losses);
        let sides = Sides {
            before: self,
            after: &after,
            now,
        };
        if actor.subject().is_none() || !as_seen {
            effect.not_given = NotGiven::of(self, &after, command, now, |_| true);
            effect.gains.causes = sides.of_gains(&effect.gains.listed);
            effect.losses.causes = sides.of_losses(&effect.losses.listed);
            return Ok(effect);
        }
        let mut eyes = Eyes::new([actor.view(self, now), actor.view(&after, now)]);
        found.gains.retain(|change| eyes.see_change(change));
        found.losses.retain(|change| eyes.see_change(change));
        effect.gains = Changes::of(&found.gains);
        effect.losses = Changes::of(&found.losses);
        effect.gains.causes = sides.of_gains(&effect.gains.listed);
        effect.losses.causes = sides.of_losses(&effect.losses.listed);
        for changes in [&mut effect.gains, &mut effect.losses] {
            for (_, cause) in &mut changes.causes {
                if matches!(cause, Cause::Rank { .. }) && !eyes.see_cause(*cause) {
                    *cause = Cause::Gate(Gate::Rank, Reason::Outranked);
                }
            }
            changes.causes.retain(|(_, cause)| eyes.see_cause(*cause));
        }
        effect
            .locked_out
            .retain(|person| eyes.see(Subject::Person(*person)));
        effect
            .vacancies
            .retain(|vacancy| eyes.see_vacancy(*vacancy));
        let sees = |person| eyes.see(Subject::Person(person));
        effect.not_given = NotGiven::of(self, &after, command, now, sees);
        Ok(effect)
    }
}

impl Changes {
    fn of(changes: &[Change]) -> Changes {
        Changes {
            total: changes.len(),
            subjects: changes.chunk_by(|a, b| a.subject == b.subject).count(),
            listed: changes.iter().take(LISTED).copied().collect(),
            causes: Vec::new(),
        }
    }
}
