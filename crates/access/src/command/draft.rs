//! One command being checked: who asks, the state before it, and a fork that already shows what it did so far.

use super::authority::{Gift, Needs, No, who_could};
use super::{Actor, Command, Notice, Outcome, Proposal, Refusal};
use crate::decide::{Subject, Target, View};
use crate::event::Event;
use crate::ids::PersonId;
use crate::moment::{Moment, Window};
use crate::state::{Person, State, Tie};
use crate::{Permission, invariants};

/// Everything that the check of one command sees and collects.
pub(crate) struct Draft<'a> {
    /// The state at the head of the log. Who may do what is asked of it, never of the fork.
    pub before: &'a State,
    /// The state with the events so far.
    pub after: State,
    /// Who asks.
    pub actor: Actor,
    /// When.
    pub now: Moment,
    proposal: Proposal,
}

impl State {
    /// Checks a command: who may give and take what, rank, and the invariants. Nothing changes; the events make it so once
    /// they are in the log. No events: everything is already as asked.
    pub fn propose(
        &self,
        actor: Actor,
        command: &Command,
        now: Moment,
    ) -> Result<Proposal, Refusal> {
        let (proposal, _) = self.propose_and_fork(actor, command, now)?;
        Ok(proposal)
    }

    /// The same, with the state that the events lead to: what a preview shows and a batch goes on from.
    pub fn propose_and_fork(
        &self,
        actor: Actor,
        command: &Command,
        now: Moment,
    ) -> Result<(Proposal, State), Refusal> {
        let mut draft = Draft {
            before: self,
            after: self.clone(),
            actor,
            now,
            proposal: Proposal::default(),
        };
        draft.admit()?;
        super::dispatch(&mut draft, command)?;
        invariants::hold(self, &draft.after, now)?;
        Ok((draft.proposal, draft.after))
    }
}

impl<'a> Draft<'a> {
    /// An account that is not open takes the set-up link only; one that is switched off, its operator. A person who is not
    /// active does nothing.
    fn admit(&self) -> Result<(), Refusal> {
        let account = self.before.account();
        match self.actor {
            Actor::SetUp if account.open => Err(Refusal::conflict(
                "§4",
                "already_set_up",
                "this account is set up; its set-up link is closed for ever",
            )),
            Actor::SetUp => Ok(()),
            _ if !account.open => Err(Refusal::conflict(
                "§7",
                "not_set_up",
                "open the set-up link that the server printed first",
            )),
            Actor::System(_) => Ok(()),
            _ if !account.active => Err(Refusal::forbidden(
                "AD-25",
                "account_not_active",
                "the account is switched off",
            )),
            Actor::Person(person) => {
                let row = self
                    .before
                    .people()
                    .get(person)
                    .ok_or_else(|| Refusal::not_found("unknown actor"))?;
                let active = self.view().user_status(person) == crate::decide::UserStatus::Active
                    || row.customer == crate::state::CustomerFacet::Active;
                if active {
                    Ok(())
                } else {
                    Err(Refusal::forbidden(
                        "AD-15",
                        "actor_not_active",
                        "the actor is not active",
                    ))
                }
            }
            Actor::Connection(connection) => match self.before.connections().get(connection) {
                Some(row) if row.life.is_active() => Ok(()),
                _ => Err(Refusal::forbidden(
                    "AD-25",
                    "actor_not_active",
                    "the connection is not active",
                )),
            },
        }
    }

    /// The actor's view of the state at the head.
    pub fn view(&self) -> View<'a> {
        self.actor.view(self.before, self.now)
    }

    /// The actor, if it is a person.
    pub fn actor_person(&self) -> Option<PersonId> {
        match self.actor {
            Actor::Person(person) => Some(person),
            _ => None,
        }
    }

    /// Whether the actor is this person.
    pub fn is_oneself(&self, person: PersonId) -> bool {
        self.actor == Actor::Person(person)
    }

    /// Collects a fact; later checks see it in [`Draft::after`].
    pub fn emit(&mut self, event: Event) {
        self.after.apply(&event);
        self.proposal.events.push(event);
    }

    /// Collects something to say.
    pub fn notice(&mut self, notice: Notice) {
        if !self.proposal.notices.contains(&notice) {
            self.proposal.notices.push(notice);
        }
    }

    /// Collects what became of one person of several.
    pub fn outcome(&mut self, person: PersonId, outcome: Outcome) {
        self.proposal.outcomes.push((person, outcome));
    }

    /// Does another command as a part of this one, judged on the state that the parts before it led to.
    pub fn then(&mut self, command: &Command) -> Result<(), Refusal> {
        let before = self.after.clone();
        let mut part = Draft {
            before: &before,
            after: before.clone(),
            actor: self.actor,
            now: self.now,
            proposal: Proposal::default(),
        };
        super::dispatch(&mut part, command)?;
        let Draft {
            after, proposal, ..
        } = part;
        self.after = after;
        self.proposal.events.extend(proposal.events);
        proposal
            .notices
            .into_iter()
            .for_each(|notice| self.notice(notice));
        self.proposal.outcomes.extend(proposal.outcomes);
        Ok(())
    }

    /// Of a part that judges people one by one: refused as a whole if one was skipped.
    pub fn all_changed(&mut self) -> Result<(), Refusal> {
        for (_, outcome) in std::mem::take(&mut self.proposal.outcomes) {
            if let Outcome::Skipped(refusal) = outcome {
                return Err(refusal);
            }
        }
        Ok(())
    }

    /// Runs a step that may be refused half-way: then nothing of it stays.
    pub fn attempt(
        &mut self,
        step: impl FnOnce(&mut Self) -> Result<(), Refusal>,
    ) -> Result<(), Refusal> {
        let state = self.after.clone();
        let (events, notices) = (self.proposal.events.len(), self.proposal.notices.len());
        let result = step(self);
        if result.is_err() {
            self.after = state;
            self.proposal.events.truncate(events);
            self.proposal.notices.truncate(notices);
        }
        result
    }

    /// The actor holds the permission over the target, or is told who does. What the actor may not know is not found.
    pub fn require(&self, permission: Permission, on: impl Into<Target>) -> Result<(), Refusal> {
        let on = on.into();
        self.view()
            .need(permission, on)
            .map_err(|no| self.refuse(no))
    }

    /// The actor may give this to the person, and so take it away. Marked †: never to oneself; taking from oneself is always
    /// allowed ("everybody may give up what they hold").
    pub fn may_give(&mut self, gift: &Gift<'_>, to: PersonId) -> Result<(), Refusal> {
        if self.is_oneself(to) {
            if gift.is_marked() {
                let no = No {
                    rule: "§4",
                    code: "not_to_oneself",
                    needs: Needs::SomebodyElse,
                };
                return Err(self.refuse_gift(no, gift, to));
            }
            self.notice(Notice::GivenToOneself);
        }
        self.view()
            .may_give(gift, to)
            .map_err(|no| self.refuse_gift(no, gift, to))
    }

    /// Taking needs the same right as giving; from oneself it needs none.
    pub fn may_take(&self, gift: &Gift<'_>, from: PersonId) -> Result<(), Refusal> {
        if self.is_oneself(from) {
            return Ok(());
        }
        self.view()
            .may_give(gift, from)
            .map_err(|no| self.refuse_gift(no, gift, from))
    }

    /// AD-24: the right over the person's scope and rank. About oneself: nobody needs it.
    pub fn require_rank(&self, permission: Permission, about: PersonId) -> Result<(), Refusal> {
        if self.is_oneself(about) {
            return Ok(());
        }
        self.require(permission, about)?;
        if self.view().outranks(about) {
            return Ok(());
        }
        let who = who_could(self.before, self.now, |view| {
            view.may(permission, about) && view.outranks(about)
        });
        Err(Refusal {
            who_could: who,
            ..Refusal::forbidden(
                "AD-24",
                "outranked",
                "nobody acts so on an equal or a superior",
            )
        })
    }

    /// A refusal with the people who could.
    pub fn refuse(&self, no: No) -> Refusal {
        let who = who_could(self.before, self.now, |view| no.needs.is_met_by(&view));
        Refusal {
            who_could: who,
            ..no.refusal(no.detail())
        }
    }

    fn refuse_gift(&self, no: No, gift: &Gift<'_>, to: PersonId) -> Refusal {
        let could = |view: View<'_>| {
            view.subject() != Subject::Person(to) && view.may_give(gift, to).is_ok()
        };
        Refusal {
            who_could: who_could(self.before, self.now, could),
            ..no.refusal(no.detail())
        }
    }

    /// A person that is there: has at least one facet.
    pub fn person(&self, person: PersonId) -> Result<&'a Person, Refusal> {
        let row = self
            .before
            .people()
            .get(person)
            .filter(|row| row.is_user() || row.is_customer());
        row.ok_or_else(|| Refusal::not_found("no such person"))
    }

    /// A person with a staff facet.
    pub fn user(&self, person: PersonId) -> Result<&'a Person, Refusal> {
        self.person(person)?;
        let row = self.before.people().get(person).filter(|row| row.is_user());
        row.ok_or_else(|| {
            Refusal::invalid("§1", "not_a_user", "this person is no user of the account")
        })
    }

    /// A person with a customer facet.
    pub fn customer(&self, person: PersonId) -> Result<&'a Person, Refusal> {
        self.person(person)?;
        let row = self
            .before
            .people()
            .get(person)
            .filter(|row| row.is_customer());
        row.ok_or_else(|| {
            Refusal::invalid(
                "§1",
                "not_a_customer",
                "this person is no customer of the account",
            )
        })
    }

    /// Adds a tie to what the fork shows, if it is not there.
    pub fn tie(&mut self, person: PersonId, tie: Tie, window: Window) {
        if window.is_always() {
            let there = self
                .after
                .people()
                .get(person)
                .is_some_and(|row| row.ties.has(tie));
            if !there {
                self.emit(Event::Tied { person, tie });
            }
        } else {
            self.emit(Event::TimedTied {
                person,
                tie,
                window,
            });
        }
    }

    /// Removes a tie, and every timed one that is the same.
    pub fn untie(&mut self, person: PersonId, tie: Tie) {
        let Some(row) = self.after.people().get(person) else {
            return;
        };
        let timed: Vec<_> = row
            .ties
            .iter()
            .filter_map(|held| match *held {
                Tie::Timed(timed)
                    if self
                        .after
                        .timed_ties()
                        .get(timed)
                        .is_some_and(|row| row.tie == tie) =>
                {
                    Some(timed)
                }
                _ => None,
            })
            .collect();
        if row.ties.has(tie) {
            self.emit(Event::Untied { person, tie });
        }
        for timed in timed {
            self.emit(Event::TimedUntied { timed });
        }
    }
}
