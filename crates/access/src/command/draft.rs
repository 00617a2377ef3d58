//! One command being checked: who asks, the state before it, and a fork that already shows what it did so far.

use super::authority::{Gift, Needs, No, who_could};
use super::{Actor, Command, Notice, Outcome, Proposal, Refusal, SystemSubject, connections};
use crate::decide::{Subject, Target, View};
use crate::event::Event;
use crate::ids::{PersonId, RoleId, TimedTieId, UserGroupId};
use crate::moment::{Moment, Window};
use crate::state::{Facet, Life, PeopleScope, Person, State, Tie};
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
        draft.admit(command)?;
        super::dispatch::dispatch(&mut draft, command)?;
        super::mapped::tell_what_comes_back(&mut draft);
        draft.mark();
        invariants::hold(self, &draft.after)?;
        Ok((draft.proposal, draft.after))
    }
}

impl<'a> Draft<'a> {
    /// RULES §4: what somebody gave to themselves is marked so in the log, where something came of it.
    fn mark(&mut self) {
        let given = self.proposal.notices.contains(&Notice::GivenToOneself);
        if given
            && !self.proposal.events.is_empty()
            && let Some(person) = self.actor_person()
        {
            self.emit(Event::GivenToOneself { person });
        }
    }

    /// An account that is not open takes the set-up link only; one that is switched off, its operator. A person who is not
    /// active does nothing, and a job of the product only what it is for.
    fn admit(&self, command: &Command) -> Result<(), Refusal> {
        let account = self.before.account();
        let opens = matches!(command, Command::OpenAccount { .. });
        match self.actor {
            Actor::SetUp if account.open => Err(Refusal::conflict(
                "§4",
                "already_set_up",
                "this account is set up; its set-up link is closed for ever",
            )),
            Actor::SetUp if opens => Ok(()),
            Actor::SetUp => Err(Refusal::forbidden(
                "§7",
                "set_up_only",
                "the set-up link opens the account and does nothing else",
            )),
            _ if opens => Err(Refusal::forbidden(
                "§7",
                "set_up_only",
                "an account is opened by its set-up link only",
            )),
            _ if !account.open => Err(Refusal::conflict(
                "§7",
                "not_set_up",
                "open the set-up link that the server printed first",
            )),
            Actor::System(subject) if !subject.may(command) => Err(Refusal::forbidden(
                "§4",
                "not_its_job",
                "this job of the product does not do this",
            )),
            // A session that ends frees its seat whatever became of the account.
            Actor::System(SystemSubject::Sessions) => Ok(()),
            // So does a mass action end whose runner lost the right with it (AD-25).
            Actor::System(SystemSubject::MassActions) => Ok(()),
            Actor::System(SystemSubject::Operator)
                if matches!(command, Command::SetAccountActive { .. }) =>
            {
                Ok(())
            }
            _ if !account.active => Err(Refusal::forbidden(
                "AD-25",
                "account_not_active",
                "the account is switched off",
            )),
            Actor::System(_) => Ok(()),
            Actor::Person(person) | Actor::Facet(person, _) => {
                if self.before.people().get(person).is_none() {
                    return Err(Refusal::not_found("unknown actor"));
                }
                let view = self.view();
                let active = view.user_status(person) == crate::decide::UserStatus::Active
                    || view.is_active_customer();
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
                Some(row) if row.life.is_active() => connections::may_ask(row.kind, command),
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
        self.actor.person()
    }

    /// Whether the actor is this person.
    pub fn is_oneself(&self, person: PersonId) -> bool {
        self.actor_person() == Some(person)
    }

    /// RULES §1: what lets the actor in with both facets is not changed from where one of them is open.
    pub fn require_both_facets(&self) -> Result<(), Refusal> {
        let row = self
            .actor_person()
            .and_then(|one| self.before.people().get(one));
        let has_both = row.is_some_and(|row| row.is_user() && row.is_customer());
        if self.actor.facet().is_some() && has_both {
            return Err(Refusal::forbidden(
                "§1",
                "one_facet_only",
                "you are signed in through a provider that opens one side of you alone, and this is about both: sign in with your password, or ask \
                 an administrator",
            ));
        }
        Ok(())
    }

    /// Collects a fact; later checks see it in [`Draft::after`].
    pub fn emit(&mut self, event: Event) {
        self.after.apply(&event);
        self.proposal.events.push(event);
    }

    /// The facts so far.
    pub fn events(&self) -> &[Event] {
        &self.proposal.events
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

    /// Does another command as a part of this one, judged on the state that the parts before it led to, its invariants included. One
    /// that is refused refuses the whole.
    pub fn then(&mut self, command: &Command) -> Result<(), Refusal> {
        if self.after.version() == self.before.version() {
            // Nothing came of the parts before it: they led to the head.
            super::dispatch::dispatch(self, command)?;
            return invariants::hold(self.before, &self.after);
        }
        let mut part = Draft {
            before: &self.after,
            after: self.after.clone(),
            actor: self.actor,
            now: self.now,
            proposal: Proposal::default(),
        };
        super::dispatch::dispatch(&mut part, command)?;
        invariants::hold(part.before, &part.after)?;
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

    /// Runs a step for one person of several and notes what became of it: it may be refused half-way, and then nothing of it stays.
    pub fn attempt_for(
        &mut self,
        person: PersonId,
        step: impl FnOnce(&mut Self) -> Result<(), Refusal>,
    ) {
        let state = self.after.clone();
        let (events, notices) = (self.proposal.events.len(), self.proposal.notices.len());
        let outcome = match step(self) {
            Ok(()) if self.proposal.events.len() == events => Outcome::Unchanged,
            Ok(()) => Outcome::Changed,
            Err(why) => {
                self.after = state;
                self.proposal.events.truncate(events);
                self.proposal.notices.truncate(notices);
                Outcome::Skipped(why)
            }
        };
        self.outcome(person, outcome);
    }

    /// The actor holds the permission over the target, or is told who does. What the actor may not know is not found.
    pub fn require(&self, permission: Permission, on: impl Into<Target>) -> Result<(), Refusal> {
        let on = on.into();
        self.view()
            .need(permission, on)
            .map_err(|no| self.refuse(no))
    }

    /// The actor may give this to the person, and so take it away. Marked †: never to oneself.
    pub fn may_give(&mut self, gift: &Gift<'_>, to: PersonId) -> Result<(), Refusal> {
        if self.is_oneself(to) {
            if self.view().is_marked_for(gift, to) {
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
            .may_give_ranked(gift, to)
            .map_err(|no| self.refuse_gift(no, gift, to))
    }

    /// Taking needs the same right as giving; everybody may give up what they hold.
    pub fn may_take(&self, gift: &Gift<'_>, from: PersonId) -> Result<(), Refusal> {
        if self.is_oneself(from) && gift.is_a_right() && self.view().opens(gift.facet()) {
            return Ok(());
        }
        self.view()
            .may_give_ranked(gift, from)
            .map_err(|no| self.refuse_gift(no, gift, from))
    }

    /// AD-24: the actor outranks the person. About oneself rank is not asked.
    pub fn require_rank(&self, about: PersonId) -> Result<(), Refusal> {
        if self.view().outranks(about) {
            Ok(())
        } else {
            Err(self.refuse(No::outranked(about)))
        }
    }

    /// A right over a person without rank: where the rules ask for the scope alone.
    pub fn require_unranked(&self, permission: Permission, about: PersonId) -> Result<(), Refusal> {
        let on = Target::Person(about);
        if self.view().decide_without_rank(permission, on).allowed {
            return Ok(());
        }
        let needs = Needs::Permission(permission, on);
        let (rule, code) = ("§4", "permission_missing");
        Err(self.refuse(No { rule, code, needs }))
    }

    /// A scope in its one spelling: sorted, each group once, and each there. Empty stays empty and reaches nobody (AD-26). Nothing is
    /// given for a group that is archived; one that stood in the scope before stays, gives nothing meanwhile, and comes back (AD-25).
    pub fn checked_scope(
        &self,
        scope: &PeopleScope,
        stood: impl Fn(UserGroupId) -> bool,
    ) -> Result<PeopleScope, Refusal> {
        let PeopleScope::UserGroups(groups) = scope else {
            return Ok(PeopleScope::All);
        };
        for group in groups {
            if !self.knows(Target::UserGroup(*group)) {
                return Err(not_there(Target::UserGroup(*group)));
            }
            let life = self.life(Target::UserGroup(*group));
            if !(life == Some(Life::Archived) && stood(*group)) {
                self.require_active(life, "user group")?;
            }
        }
        let mut groups = groups.clone();
        groups.sort_unstable();
        groups.dedup();
        Ok(PeopleScope::UserGroups(groups))
    }

    /// A Super admin asks.
    pub fn require_super_admin(
        &self,
        rule: &'static str,
        code: &'static str,
    ) -> Result<(), Refusal> {
        if self.view().acts_as(RoleId::SUPER_ADMIN) {
            return Ok(());
        }
        let needs = Needs::SuperAdmin;
        Err(self.refuse(No { rule, code, needs }))
    }

    /// A refusal with the people who could; what the actor may not know is not found (AD-10).
    pub fn refuse(&self, no: No) -> Refusal {
        match no.needs {
            Needs::Permission(_, on) if !self.knows(on) => return not_there(on),
            Needs::Rank(about) if !self.knows(about.into()) => return not_there(about.into()),
            // What stands in the way is the state of the thing, not the right.
            Needs::Permission(permission, on)
                if self.life(on) == Some(Life::Archived)
                    && self.view().may(permission, Target::Account) =>
            {
                return not_active();
            }
            _ => {}
        }
        Refusal {
            who_could: self.who_could(|view| no.needs.is_met_by(&view)),
            ..no.refusal(no.detail())
        }
    }

    /// A refusal about a person, as one that tells nothing where the actor may not know the person (AD-10).
    pub fn unless_unknown(&self, person: PersonId, refusal: Refusal) -> Refusal {
        if self.knows(person.into()) {
            refusal
        } else {
            not_there(person.into())
        }
    }

    /// Staff are told whom to ask; a customer never learns who works here (SD-32).
    pub fn who_could(&self, could: impl Fn(View<'_>) -> bool) -> Vec<PersonId> {
        let view = self.view();
        let is_staff = |row: &Person| row.is_user() && view.opens(Facet::User);
        if view.person().is_some_and(|row| !is_staff(row)) {
            return Vec::new();
        }
        who_could(self.before, self.now, could)
    }

    fn refuse_gift(&self, no: No, gift: &Gift<'_>, to: PersonId) -> Refusal {
        // Somebody who comes with this very command is no secret.
        if self.before.people().get(to).is_some() && !self.knows(to.into()) {
            return not_there(to.into());
        }
        if let Needs::Permission(..) = no.needs {
            let refusal = self.refuse(no);
            if refusal.kind != super::RefusalKind::Forbidden {
                return refusal;
            }
        }
        let could = |view: View<'_>| {
            view.subject() != Subject::Person(to) && view.may_give_ranked(gift, to).is_ok()
        };
        Refusal {
            who_could: self.who_could(could),
            ..no.refusal(no.detail())
        }
    }

    /// Whether the actor may know that this exists: others answer as unknown ids do (AD-10, AD-31, SD-33).
    pub fn knows(&self, on: Target) -> bool {
        let view = self.view();
        match on {
            Target::Person(person) if self.is_oneself(person) => true,
            Target::Person(person) => self.before.people().get(person).is_some_and(|row| {
                (row.is_user() || self.reaches(row.company))
                    && (view.may(Permission::AdminPeopleView, person)
                        || view.may(Permission::AdminPeopleView, Target::Account)
                        || view.may(Permission::ServiceDeskAccountConfigure, Target::Account)
                        || view.may(Permission::ContactCentreLicenceAssign, Target::Account))
            }),
            Target::UserGroup(group) => {
                self.is_there(on)
                    && (view.may(Permission::AdminPeopleView, group)
                        || view.may(Permission::AdminPeopleView, Target::Account))
            }
            _ => self.is_there(on),
        }
    }

    /// Neither unknown nor deleted.
    fn is_there(&self, on: Target) -> bool {
        match on {
            Target::UserGroup(_) | Target::Service(_) | Target::Queue(_) => {
                self.life(on).is_some_and(|life| life != Life::Deleted)
            }
            _ => true,
        }
    }

    fn life(&self, on: Target) -> Option<Life> {
        let state = self.before;
        match on {
            Target::UserGroup(id) => state.user_groups().get(id).map(|row| row.life),
            Target::Service(id) => state.services().get(id).map(|row| row.life),
            Target::Queue(id) => state.queues().get(id).map(|row| row.life),
            _ => None,
        }
    }

    /// The thing is there (else not found) and counts (else AD-25).
    pub fn require_active(&self, life: Option<Life>, what: &str) -> Result<(), Refusal> {
        is_active(life, what)
    }

    /// A person that is there: has at least one facet. SD-33: customers of a company that is hidden from the actor are not.
    pub fn person(&self, person: PersonId) -> Result<&'a Person, Refusal> {
        let row = self.before.people().get(person).filter(|row| {
            row.is_user()
                || row.is_customer() && (self.is_oneself(person) || self.reaches(row.company))
        });
        row.ok_or_else(|| not_there(person.into()))
    }

    /// A person with a staff facet.
    pub fn user(&self, person: PersonId) -> Result<&'a Person, Refusal> {
        let row = self.person(person)?;
        if row.is_user() {
            Ok(row)
        } else if self.knows(person.into()) {
            let detail = "this person is no user of the account";
            Err(Refusal::invalid("§1", "not_a_user", detail))
        } else {
            Err(not_there(person.into()))
        }
    }

    /// A person with a customer facet.
    pub fn customer(&self, person: PersonId) -> Result<&'a Person, Refusal> {
        let row = self.person(person)?;
        if row.is_customer() {
            Ok(row)
        } else if self.knows(person.into()) {
            let detail = "this person is no customer of the account";
            Err(Refusal::invalid("§1", "not_a_customer", detail))
        } else {
            Err(not_there(person.into()))
        }
    }

    /// Adds a tie to what the fork shows, if it is not there. What a mapping alone gave is given by hand as well (AD-30).
    pub fn tie(&mut self, person: PersonId, tie: Tie, window: Window) {
        if window.is_always() {
            let row = self.after.people().get(person);
            let there = row.is_some_and(|row| row.ties.has(tie));
            if !there || self.after.tie_origin(person, tie).is_some() {
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
        for (held, _, timed) in self.held(person) {
            if held == tie {
                self.drop_tie(person, held, timed);
            }
        }
    }

    /// Every tie that the fork shows, timed or not, whether or not its time has come: the tie itself, its window, and its row.
    pub fn held(&self, person: PersonId) -> Vec<(Tie, Window, Option<TimedTieId>)> {
        let row = self.after.people().get(person);
        row.map_or_else(Vec::new, |row| self.after.ties_of(row).collect())
    }

    /// Removes one of [`Draft::held`].
    pub fn drop_tie(&mut self, person: PersonId, tie: Tie, timed: Option<TimedTieId>) {
        match timed {
            Some(timed) => self.emit(Event::TimedUntied { timed }),
            None => self.emit(Event::Untied { person, tie }),
        }
    }

    /// Clears timed ties that are over, so that they do not pile up on whoever is touched.
    pub fn sweep(&mut self, person: PersonId) {
        // Timed ties stand last: most people have none, and a whole pool may have to be looked through.
        let row = self.after.people().get(person);
        if !row.is_some_and(|row| matches!(row.ties.last(), Some(Tie::Timed(_)))) {
            return;
        }
        for (tie, window, timed) in self.held(person) {
            if window.end.is_some_and(|end| end <= self.now) {
                self.drop_tie(person, tie, timed);
            }
        }
    }
}

/// The same words for what is not there and for what the actor may not know.
fn not_there(on: Target) -> Refusal {
    Refusal::not_found(match on {
        Target::Person(_) => "no such person",
        Target::UserGroup(_) => "no such user group",
        _ => "no such thing",
    })
}

/// The thing is there (else not found) and counts (else AD-25).
pub(super) fn is_active(life: Option<Life>, what: &str) -> Result<(), Refusal> {
    match life {
        Some(Life::Active) => Ok(()),
        Some(Life::Archived) => Err(not_active()),
        None | Some(Life::Deleted) => Err(Refusal::not_found(format!("no such {what}"))),
    }
}

fn not_active() -> Refusal {
    Refusal::conflict("AD-25", "archived", "restore it first")
}

impl SystemSubject {
    /// The few commands of each job (DESIGN: no internal bypass).
    fn may(self, command: &Command) -> bool {
        match self {
            SystemSubject::Operator => matches!(
                command,
                Command::SetAccountActive { .. } | Command::AcceptInvitation { .. }
            ),
            SystemSubject::Registration => matches!(
                command,
                Command::Register { .. } | Command::ConfirmAddress { .. } | Command::Arrive { .. }
            ),
            SystemSubject::Sessions => {
                matches!(command, Command::TakeSeat { .. } | Command::FreeSeat { .. })
            }
            SystemSubject::MassActions => matches!(command, Command::EndMassAction { .. }),
            SystemSubject::Mappings => matches!(command, Command::ApplyMappings { .. }),
            SystemSubject::SignIn => matches!(
                command,
                Command::AcceptInvitation { .. }
                    | Command::SetSignIn { .. }
                    | Command::LinkProvider { .. }
                    | Command::EditProfile { .. }
            ),
            SystemSubject::Mail | SystemSubject::Time => false,
        }
    }

    /// The permissions of each job, on whatever of the account they are about: for record acts, as the commands above are for the log.
    pub(crate) fn holds(self, permission: Permission) -> bool {
        match self {
            SystemSubject::Mail => permission == Permission::ServiceDeskRecordCreate,
            SystemSubject::Time => permission == Permission::ServiceDeskRecordManage,
            SystemSubject::Operator
            | SystemSubject::Registration
            | SystemSubject::MassActions
            | SystemSubject::Mappings
            | SystemSubject::Sessions
            | SystemSubject::SignIn => false,
        }
    }
}
