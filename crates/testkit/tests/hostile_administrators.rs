//! Administrators of every rank propose whatever comes to their mind, for a long time. After every command the invariants of
//! RULES §7 hold, nobody gave what they could not give, and both readings of the rule book still agree.

mod asking;

use std::collections::{BTreeMap, BTreeSet};

use access::event::{GrantHolder, Node};
use access::preview::{Changes, Effect, Right};
use access::state::{ExtraGrant, Life, MappedTo, PeopleScope, Tie};
use access::{
    Actor, Command, Dense, Event, Moment, Permission, PersonId, Proposal, PublicId, State, Subject,
    Switch, Target, Window, invariants,
};
use testkit::random::commands::{Hostile, tick};
use testkit::random::founding::{founder, founding};
use testkit::random::{Dice, cases, questions, tree};
use testkit::reference;

use crate::asking::{Both, Differences};

/// Commands by anybody, after the founding.
const HOSTILE: usize = 200;

/// One history as it is made.
struct History {
    dice: Dice,
    both: Both,
    now: Moment,
    accepted: usize,
    refused: usize,
    /// How often each command was proposed.
    proposed: BTreeMap<String, usize>,
}

/// A command that was accepted.
struct Step<'a> {
    before: &'a Both,
    after: &'a Both,
    actor: Actor,
    command: &'a Command,
    proposal: &'a Proposal,
    now: Moment,
}

impl History {
    fn new(seed: u64) -> History {
        History {
            dice: Dice::new(seed),
            both: Both::of(&[]),
            now: Moment(1_800_000_000_000),
            accepted: 0,
            refused: 0,
            proposed: BTreeMap::new(),
        }
    }

    /// The founding, then mostly what climbers try (AD-7).
    fn climb(&mut self, each: &mut dyn FnMut(&Step<'_>)) {
        for (actor, command) in founding(&mut self.dice) {
            self.run(actor, &command, each);
        }
        let climbers: Vec<_> = (1..=2).filter_map(PersonId::from_index).collect();
        for person in climbers.iter().copied() {
            for (actor, command) in tree::climber(&mut self.dice, person, 3, self.now) {
                self.run(actor, &command, each);
            }
        }
        for _ in 0..HOSTILE {
            self.now = tick(&mut self.dice, self.now);
            let mut hostile = Hostile {
                dice: &mut self.dice,
                world: &self.both.world,
                now: self.now,
            };
            let (actor, command) = match hostile.dice.below(5) {
                0 => {
                    let actor = hostile.actor();
                    (actor, hostile.command(actor))
                }
                1 => (founder(), hostile.climb()),
                _ => {
                    let person = hostile.dice.pick(&climbers);
                    (person.map_or(founder(), Actor::Person), hostile.climb())
                }
            };
            self.run(actor, &command, each);
        }
    }

    /// The founding, then whatever anybody comes up with.
    fn go(&mut self, each: &mut dyn FnMut(&Step<'_>)) {
        for (actor, command) in founding(&mut self.dice) {
            self.run(actor, &command, each);
        }
        for _ in 0..HOSTILE {
            self.now = tick(&mut self.dice, self.now);
            let mut hostile = Hostile {
                dice: &mut self.dice,
                world: &self.both.world,
                now: self.now,
            };
            let actor = hostile.actor();
            let command = hostile.command(actor);
            self.run(actor, &command, each);
        }
    }

    fn run(&mut self, actor: Actor, command: &Command, each: &mut dyn FnMut(&Step<'_>)) {
        *self.proposed.entry(name(command)).or_default() += 1;
        let Ok(proposal) = self.both.state.propose(actor, command, self.now) else {
            self.refused += 1;
            return;
        };
        self.accepted += 1;
        if proposal.events.is_empty() {
            return;
        }
        let before = self.both.clone();
        for event in &proposal.events {
            self.both.apply(event);
        }
        each(&Step {
            before: &before,
            after: &self.both,
            actor,
            command,
            proposal: &proposal,
            now: self.now,
        });
    }
}

fn bytes(state: &State) -> Vec<u8> {
    postcard::to_allocvec(state).unwrap_or_else(|error| panic!("a state is stored: {error}"))
}

#[test]
fn decide_is_the_reference_along_every_history() {
    let mut differences = Differences::default();
    for seed in 0..cases(6) {
        let mut history = History::new(seed);
        let mut at = 0;
        history.go(&mut |step| {
            at += 1;
            if at % 25 == 0 {
                step.after.compare(step.now, seed, &mut differences);
                if let Some(later) = step.after.state.next_expiry(step.now) {
                    step.after.compare(later, seed, &mut differences);
                }
            }
        });
    }
    differences.assert_none();
}

// proves: I-2, I-3, I-4, I-5, I-7, I-8, I-10, I-12
#[test]
fn i_1_to_i_13_hold_after_every_command() {
    let (mut accepted, mut refused) = (0, 0);
    for seed in 100..100 + cases(40) {
        let mut history = History::new(seed);
        history.go(&mut |step| {
            let told = format!(
                "seed {seed}: {:?} by {:?}\n{:?}",
                step.command, step.actor, step.proposal.events
            );
            let (before, after) = (&step.before.world, &step.after.world);
            assert_eq!(invariants::violated(&step.after.state), None, "{told}");
            let violated = reference::invariants::violated(after, step.now);
            assert!(violated.is_empty(), "{violated:?}: {told}");
            let violated = reference::mappings::violated(after);
            assert!(violated.is_empty(), "{violated:?}: {told}");
            let beside =
                reference::invariants::changed_beside(before, after, step.command, step.now);
            assert!(beside.is_empty(), "I-7 {beside:?}: {told}");
            assert!(ends_no_login(step), "I-12: {told}");
        });
        accepted += history.accepted;
        refused += history.refused;
    }
    // A history in which nearly everything is refused proves nothing.
    assert!(
        accepted * 5 > accepted + refused,
        "{accepted} accepted, {refused} refused"
    );
}

/// AD-30: leaving a group, or losing the mapping, takes away only what the mapping gave. Here every connection is switched off, and what is
/// left is what was given by hand.
#[test]
fn ad_30_without_mappings_there_is_exactly_what_was_given_by_hand() {
    let (mut looked_at, mut mapped, mut members) = (0, 0, 0);
    for seed in 1_400..1_400 + cases(30).max(30) {
        let mut at = 0;
        History::new(seed).go(&mut |step| {
            at += 1;
            let world = &step.after.world;
            let has_some = !(world.mapped_ties.is_empty() && world.mapped_roles.is_empty());
            if !world.active || at % 5 != 0 && !has_some {
                return;
            }
            let mut bare = step.after.clone();
            members += give_members_grants(&mut bare, step.now);
            let world = bare.world.clone();
            for connection in world.connections.keys().copied() {
                let node = Node::Connection(connection);
                let life = Life::Archived;
                if !world.is_active(node) {
                    continue;
                }
                // Whoever can: the last Super admin always remains (AD-8).
                let by = super_admin(&bare, step.now);
                let archive = Command::Archive { node };
                let proposal = bare.state.propose(by, &archive, step.now);
                let proposal = proposal.unwrap_or_else(|no| panic!("seed {seed}: {no}"));
                proposal.events.iter().for_each(|event| bare.apply(event));
                assert_eq!(bare.state.life(node), Some(life));
            }
            looked_at += 1;
            mapped += usize::from(has_some);
            for person in world.people.keys().copied() {
                let told = format!("seed {seed}: {person:?} after {:?}", step.command);
                let left = (
                    bare.world.ties_by_hand(person, step.now),
                    bare.world.people[&person].account_role,
                    bare.world.grants_by_hand(person, step.now),
                );
                let by_hand = (
                    world.ties_by_hand(person, step.now),
                    world.role_by_hand(person),
                    world.grants_by_hand(person, step.now),
                );
                assert_eq!(left, by_hand, "{told}");
                assert_eq!(bare.state.origins_of(person), None, "{told}");
            }
        });
    }
    println!("{looked_at} looked at, {mapped} of them with something by a mapping");
    println!("{members} times a Member by a mapping was given a grant by hand");
    assert!(mapped > 200, "{mapped} of {looked_at}");
    assert!(members > 0);
}

/// Gives an extra grant by hand to whoever is Member by a mapping and has none; says to how many.
fn give_members_grants(both: &mut Both, now: Moment) -> usize {
    let by = super_admin(both, now);
    let mapped: Vec<_> = both.world.mapped_roles.keys().copied().collect();
    let members = mapped.into_iter().filter(|person| {
        let row = &both.world.people[person];
        row.account_role.is_member() && row.extra_grants.is_empty()
    });
    let mut given = 0;
    for person in members.collect::<Vec<_>>() {
        let command = Command::GiveExtraGrant {
            to: GrantHolder::Person(person),
            grant: ExtraGrant {
                permission: Permission::AdminReportsView,
                scope: PeopleScope::All,
                window: Window::ALWAYS,
            },
        };
        if let Ok(proposal) = both.state.propose(by, &command, now) {
            proposal.events.iter().for_each(|event| both.apply(event));
            given += 1;
        }
    }
    given
}

/// An active Super admin.
fn super_admin(both: &Both, now: Moment) -> Actor {
    let mut people = both.world.people.keys().copied();
    let is_one = |person: &PersonId| {
        let subject = Subject::Person(*person);
        both.world
            .is_role(subject, access::RoleId::SUPER_ADMIN, now)
    };
    Actor::Person(people.find(is_one).unwrap_or_else(|| panic!("I-1")))
}

/// AD-30: what stands by a mapping, stands in both readings, and nothing of it is told as missing.
#[test]
fn ad_30_what_is_missing_is_not_there_and_what_is_there_is_not_missing() {
    let mut missing = BTreeMap::<&str, usize>::new();
    for seed in 1_500..1_500 + cases(20).max(20) {
        History::new(seed).go(&mut |step| {
            let (state, world) = (&step.after.state, &step.after.world);
            for person in world.people.keys().copied() {
                for unmet in state.unmet(person, step.now) {
                    *missing.entry(unmet.why.code).or_default() += 1;
                    let told = format!("seed {seed}: {unmet:?} after {:?}", step.command);
                    let held = world.people[&person].ties.iter();
                    let mut held = held.filter(|held| held.timed.is_none());
                    match unmet.mapping.to.tie() {
                        Some(tie) => assert!(!held.any(|held| held.tie == tie), "{told}"),
                        None => {
                            let role = MappedTo::AccountRole(world.people[&person].account_role);
                            assert_ne!(unmet.mapping.to, role, "{told}");
                        }
                    }
                }
            }
        });
    }
    println!("{missing:?}");
    for code in ["connection_may_not_give", "set_by_hand", "not_applied"] {
        assert!(missing.contains_key(code), "{code}: {missing:?}");
    }
}

/// CC-4, I-12: switching unassigned login off ends nobody's login.
fn ends_no_login(step: &Step<'_>) -> bool {
    let off = matches!(
        step.command,
        Command::SetSwitch {
            switch: Switch::OrganisationUnassignedLogin,
            on: false
        }
    );
    let ends = |event: &Event| {
        matches!(
            event,
            Event::Untied {
                tie: Tie::Login(..),
                ..
            } | Event::TimedUntied { .. }
        )
    };
    !off || !step.proposal.events.iter().any(ends)
}

#[test]
fn ad_7_i_6_nobody_gains_what_the_actor_could_not_give() {
    for seed in 200..200 + cases(20) {
        History::new(seed).go(&mut |step| {
            let Some(actor) = step.actor.subject() else {
                return;
            };
            let (before, after) = (&step.before.world, &step.after.world);
            let told = || {
                format!(
                    "seed {seed}: {:?} by {actor:?}\n{:?}",
                    step.command, step.proposal.events
                )
            };
            let wrong =
                reference::invariants::gained_wrongly(before, after, actor, step.command, step.now);
            assert!(wrong.is_empty(), "{wrong:?}: {}", told());
            // AD-16: the billing contact comes by the hand of the one before.
            if *step.command != Command::AcceptBillingContact {
                let wrong = reference::invariants::permissions_gained_wrongly(
                    before, after, actor, step.now,
                );
                assert!(wrong.is_empty(), "{wrong:?}: {}", told());
            }
        });
    }
}

/// AD-7: nobody brings people into the reach of their own rights by the tree.
#[test]
fn ad_7_i_6_nobody_widens_the_reach_of_their_own_rights() {
    let mut accepted = BTreeMap::<String, usize>::new();
    for seed in 900..900 + cases(30).max(30) {
        let mut history = History::new(seed);
        let mut each = |step: &Step<'_>| {
            let Some(actor) = step.actor.subject() else {
                return;
            };
            if actor != founder().subject().unwrap() {
                *accepted.entry(name(step.command)).or_default() += 1;
            }
            let next = |moment: &Moment| step.after.state.next_expiry(*moment);
            let moments = std::iter::successors(Some(step.now), next).take(3);
            let moments: Vec<_> = moments.collect();
            let (before, after) = (&step.before.world, &step.after.world);
            let wrong =
                reference::reach::gained_wrongly(before, after, actor, step.command, &moments);
            assert!(
                wrong.is_empty(),
                "seed {seed}: {wrong:?} by {:?} of {actor:?}",
                step.command
            );
        };
        match seed % 3 {
            0 => history.go(&mut each),
            _ => history.climb(&mut each),
        }
    }
    println!("{accepted:?}");
    // What is always refused is not tried.
    for command in ["Tie", "Untie", "MoveUserGroup", "Archive", "Restore"] {
        assert!(
            accepted.get(command).is_some_and(|times| *times >= 10),
            "{command}: {accepted:?}"
        );
    }
}

#[test]
fn ad_17_i_13_a_second_user_changes_nothing_for_the_first() {
    for seed in 300..300 + cases(25) {
        let mut history = History::new(seed);
        let mut seen = false;
        history.go(&mut |step| {
            let first = step.before.world.only_user();
            let (Some(first), None) = (first, step.after.world.only_user()) else {
                return;
            };
            seen = true;
            let subject = Subject::Person(first);
            for target in questions::targets(&step.before.world) {
                for permission in Permission::ALL {
                    let may = |both: &Both| {
                        let view = both.state.view(subject, step.now);
                        view.may(permission, target)
                    };
                    assert_eq!(
                        may(step.before),
                        may(step.after),
                        "seed {seed}: {permission} on {target:?} after {:?}",
                        step.command
                    );
                }
            }
        });
        assert!(seen, "seed {seed}: nobody came");
    }
}

#[test]
fn replaying_the_log_gives_the_same_state_and_forks_stand_alone() {
    for seed in 400..400 + cases(5) {
        let mut history = History::new(seed);
        let mut kept: Option<(Both, Vec<u8>)> = None;
        let mut at = 0;
        history.go(&mut |step| {
            at += 1;
            if at == 60 {
                kept = Some((step.after.clone(), bytes(&step.after.state)));
            }
            if at % 10 == 0 {
                let (state, command) = (&step.before.state, step.command);
                let image = bytes(state);
                let fork = state.propose_and_fork(step.actor, command, step.now);
                let fork = fork.map(|(_, fork)| bytes(&fork)).ok();
                assert_eq!(fork, Some(bytes(&step.after.state)), "seed {seed}");
                assert_eq!(
                    image,
                    bytes(state),
                    "seed {seed}: proposing changes nothing"
                );
            }
        });
        let Some((origin, image)) = kept else {
            panic!("seed {seed}: a short history");
        };
        assert_eq!(image, bytes(&origin.state), "seed {seed}: the fork changed");
        let replayed = Both::of(&history.both.log);
        assert_eq!(
            bytes(&replayed.state),
            bytes(&history.both.state),
            "seed {seed}"
        );
        let stored: State = postcard::from_bytes(&bytes(&history.both.state))
            .unwrap_or_else(|error| panic!("a state is read again: {error}"));
        for subject in questions::subjects(&history.both.world) {
            for target in questions::targets(&history.both.world) {
                assert_eq!(
                    stored.actions(subject, target, history.now),
                    history.both.state.actions(subject, target, history.now),
                    "seed {seed}"
                );
            }
        }
    }
}

#[test]
fn a_preview_names_exactly_what_the_command_then_does() {
    for seed in 500..500 + cases(8) {
        let mut at = 0;
        History::new(seed).go(&mut |step| {
            at += 1;
            if at % 5 != 0 && !is_far_reaching(step.command) {
                return;
            }
            let Ok(effect) = step
                .before
                .state
                .preview(step.actor, step.command, step.now)
            else {
                panic!("seed {seed}: a preview of what is accepted");
            };
            if effect.everybody {
                return;
            }
            for moment in moments(step) {
                told_exactly(step, moment, &effect, seed);
            }
        });
    }
}

/// The moment of the step, and those when something of it begins or ends.
fn moments(step: &Step<'_>) -> BTreeSet<Moment> {
    let windows = step.proposal.events.iter().filter_map(|event| match event {
        Event::TimedTied { window, .. } => Some(*window),
        Event::ExtraGrantGiven { grant, .. } => Some(grant.window),
        _ => None,
    });
    let bounds = windows.flat_map(|window| [window.start, window.end].into_iter().flatten());
    let later = bounds.filter(|moment| *moment > step.now);
    later.chain([step.now]).collect()
}

/// Whatever the two states differ in at the moment is named, and nothing else.
fn told_exactly(step: &Step<'_>, now: Moment, effect: &Effect, seed: u64) {
    let told = |what: String| format!("seed {seed} at {}: {what}, {:?}", now.0, step.command);
    let may = |both: &Both, subject, permission, target| {
        both.state.view(subject, now).may(permission, target)
    };
    let (gains, losses) = (listed(&effect.gains, now), listed(&effect.losses, now));
    for (named, before, after) in [
        (&gains, step.before, step.after),
        (&losses, step.after, step.before),
    ] {
        for (subject, permission, target) in named.iter().copied() {
            let so = may(after, subject, permission, target)
                && !may(before, subject, permission, target);
            let what = format!("wrongly named: {subject:?} {permission} on {target:?}");
            assert!(so, "{}", told(what));
        }
    }
    for subject in questions::subjects(&step.after.world) {
        for target in questions::targets(&step.after.world) {
            // Records are rows of the desk, not things of the state; sessions and calls come and go; people are told by scope.
            let told_singly = matches!(
                target,
                Target::Account
                    | Target::UserGroup(_)
                    | Target::Service(_)
                    | Target::Queue(_)
                    | Target::Device(_)
            );
            let sensible = |permission: &Permission| {
                let mut worlds = [step.before, step.after].into_iter();
                told_singly && worlds.any(|both| both.world.is_sensible(*permission, target))
            };
            for permission in Permission::ALL.into_iter().filter(sensible) {
                let was = may(step.before, subject, permission, target);
                let is = may(step.after, subject, permission, target);
                let change = (subject, permission, target);
                let named = (gains.contains(&change), losses.contains(&change));
                let what = format!("not named: {subject:?} {permission} on {target:?}");
                assert!(named == (is && !was, was && !is), "{}", told(what));
            }
        }
    }
}

/// AD-20: what an entry says was there before, was there: the event that would bring it about changes nothing.
#[test]
fn ad_20_what_an_act_replaced_was_there_before_it() {
    let mut said = 0;
    for seed in 800..800 + cases(20).max(20) {
        History::new(seed).go(&mut |step| {
            for event in &step.proposal.events {
                for replaced in step.before.state.replaced_by(event) {
                    said += 1;
                    let told = || format!("seed {seed}: {event:?} replaced {replaced:?}");
                    assert!(stands(step.before, &replaced), "{}", told());
                }
            }
        });
    }
    assert!(said > 500, "{said}");
}

/// Whether what the event says is so, as the reference knows it. Applying it again makes two of what is kept in lists.
fn stands(both: &Both, event: &Event) -> bool {
    let Both { state, world, .. } = both;
    match event {
        Event::ExtraGrantGiven { to, grant } => match to {
            GrantHolder::Person(person) => world.people[person].extra_grants.contains(grant),
            GrantHolder::UserGroup(group) => world.user_groups[group].extra_grants.contains(grant),
        },
        Event::TimedTied {
            person,
            tie,
            window,
        } => {
            let mut ties = world.people[person].ties.iter();
            ties.any(|held| (held.tie, held.window) == (*tie, *window) && held.timed.is_some())
        }
        Event::SeatTaken { licence, seat, .. } => world.licences[licence].seats.contains(seat),
        Event::DomainAdded { company, domain } => state.domain_owner(domain) == Some(*company),
        Event::TokenIssued { uid, .. } => state.tokens().find(PublicId::new(*uid)).is_some(),
        Event::LifeSet { of, life } => state.life(*of) == Some(*life),
        Event::BillingContactSet { person } => world.billing_contact == *person,
        set => {
            let mut again = world.clone();
            again.apply(set);
            format!("{again:?}") == format!("{world:?}")
        }
    }
}

/// What changes the rights of others than the one who is named.
fn is_far_reaching(command: &Command) -> bool {
    matches!(
        command,
        Command::Archive { .. }
            | Command::Restore { .. }
            | Command::Delete { .. }
            | Command::EditRole { .. }
            | Command::DeleteRole { .. }
            | Command::GiveExtraGrant { .. }
            | Command::TakeExtraGrant { .. }
            | Command::CreateUserGroup { .. }
            | Command::MoveUserGroup { .. }
            | Command::SetConnectionRole { .. }
            | Command::SetConnectionRights { .. }
            | Command::SetMappings { .. }
            | Command::ChangeProviderGroup { .. }
            | Command::CreateQueue { .. }
            | Command::SetSwitch { .. }
            | Command::SaveSwitches { .. }
            | Command::SetCompanyAccess { .. }
            | Command::ErasePerson { .. }
    )
}

/// The name of a command, without what it says.
fn name(command: &Command) -> String {
    let text = format!("{command:?}");
    let end = text.find(|c: char| !c.is_alphanumeric());
    text[..end.unwrap_or(text.len())].to_owned()
}

/// A command that is always refused, or changes nothing, is not tried by the tests above.
#[test]
fn every_command_is_accepted_now_and_then() {
    let mut changed = BTreeMap::<String, (usize, usize)>::new();
    for seed in 700..700 + cases(60).max(60) {
        let mut history = History::new(seed);
        history.go(&mut |step| changed.entry(name(step.command)).or_default().0 += 1);
        for (command, times) in history.proposed {
            changed.entry(command).or_default().1 += times;
        }
    }
    for (command, (accepted, proposed)) in &changed {
        println!("{accepted:5} of {proposed:5} {command}");
    }
    let never: Vec<_> = changed.iter().filter(|(_, times)| times.0 == 0).collect();
    assert!(never.is_empty(), "{never:?}");
}

/// The permissions that differ at the moment; small accounts have few enough for all to be listed.
fn listed(changes: &Changes, now: Moment) -> BTreeSet<(Subject, Permission, Target)> {
    assert_eq!(changes.total, changes.listed.len());
    let then = changes.listed.iter().filter(|change| {
        change.from.is_none_or(|from| from <= now) && change.until.is_none_or(|until| now < until)
    });
    let permissions = then.filter_map(|change| match change.right {
        Right::Permission(permission) => Some((change.subject, permission, change.on)),
        Right::Selectable | Right::Company(_) | Right::ProductAction(..) => None,
    });
    permissions.collect()
}

/// A test that everything is denied would be passed by a product that denies everything.
#[test]
fn each_permission_is_allowed_often_enough_to_prove_something() {
    let mut shares = BTreeMap::new();
    for seed in 600..600 + cases(20).max(20) {
        let mut history = History::new(seed);
        let mut at = 0;
        history.go(&mut |step| {
            at += 1;
            if at > 60 && at % 10 == 0 {
                step.after.count(step.now, &mut shares);
            }
        });
    }
    let mut outside = Vec::new();
    for (permission, (allowed, asked)) in &shares {
        let share = 100 * allowed / asked.max(&1);
        println!("{share:3} % of {asked:6} {permission}");
        if !(20..=80).contains(&share) {
            outside.push(format!("{permission}: {share} % of {asked}"));
        }
    }
    assert_eq!(shares.len(), Permission::ALL.len());
    assert!(outside.is_empty(), "{outside:#?}");
}
