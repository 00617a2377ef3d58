//! Searches, matrix and explanation answer from the same rules as the check: here compared with the second reading of the rule
//! book, on random accounts. What a denial names as its remedy, made by whoever it names, ends it.

mod asking;

use access::command::SystemSubject;
use access::{
    Actor, Command, Moment, Page, Paging, Permission, PermissionSet, PersonId, ResourceKind,
    Subject, Target,
};
use testkit::random::founding::founding;
use testkit::random::{Dice, cases, facts, questions};

use crate::asking::Both;

const KINDS: [ResourceKind; 6] = [
    ResourceKind::Account,
    ResourceKind::Person,
    ResourceKind::UserGroup,
    ResourceKind::Service,
    ResourceKind::Queue,
    ResourceKind::Device,
];

const NOW: Moment = Moment(500);

fn kind(target: Target) -> Option<ResourceKind> {
    match target {
        Target::Account => Some(ResourceKind::Account),
        Target::Person(_) => Some(ResourceKind::Person),
        Target::UserGroup(_) => Some(ResourceKind::UserGroup),
        Target::Service(_) => Some(ResourceKind::Service),
        Target::Queue(_) => Some(ResourceKind::Queue),
        Target::Device(_) => Some(ResourceKind::Device),
        _ => None,
    }
}

/// Every page of a list.
fn all<T, C>(limit: usize, ask: impl Fn(Paging<C>) -> Page<T, C>) -> Vec<T> {
    let mut found = Vec::new();
    let mut page = ask(Paging::first(limit));
    loop {
        assert!(page.items.len() <= limit);
        found.extend(page.items);
        match page.next {
            Some(next) => page = ask(Paging::after(next, limit)),
            None => return found,
        }
    }
}

/// An account of facts, and what there is to ask about it.
fn account(seed: u64) -> (Both, Vec<Subject>, Vec<Target>) {
    let both = Both::of(&facts::account(&mut Dice::new(seed)));
    let subjects = questions::subjects(&both.world);
    let targets = questions::targets(&both.world);
    (both, subjects, targets)
}

#[test]
fn who_may_is_everybody_whom_the_reference_allows() {
    for seed in 1_000..1_000 + cases(8) {
        let (both, subjects, targets) = account(seed);
        for target in targets {
            for permission in Permission::ALL {
                let found = all(3, |page| {
                    both.state.subjects(permission, target, NOW, page, |_| true)
                });
                let may = |subject: &Subject| both.world.allows(*subject, permission, target, NOW);
                // Guests have no id and are not listed.
                let expected: Vec<_> = subjects
                    .iter()
                    .copied()
                    .filter(|subject| *subject != Subject::Guest && may(subject))
                    .collect();
                assert_eq!(found, expected, "seed {seed}: {permission} on {target:?}");
            }
        }
    }
}

#[test]
fn on_what_and_which_actions_are_what_the_reference_allows() {
    for seed in 1_100..1_100 + cases(8) {
        let (both, subjects, targets) = account(seed);
        for subject in subjects {
            for permission in Permission::ALL {
                for of in KINDS {
                    let found = all(2, |page| {
                        both.state
                            .resources(subject, permission, of, NOW, page, |_| true)
                    });
                    let may =
                        |target: &Target| both.world.allows(subject, permission, *target, NOW);
                    let expected: Vec<_> = targets
                        .iter()
                        .copied()
                        .filter(|target| kind(*target) == Some(of) && may(target))
                        .collect();
                    assert_eq!(found, expected, "seed {seed}: {subject:?} {permission}");
                }
            }
            for target in &targets {
                let may = |p: &Permission| both.world.allows(subject, *p, *target, NOW);
                let expected: Vec<_> = Permission::ALL.into_iter().filter(may).collect();
                let found = both.state.actions(subject, *target, NOW);
                assert_eq!(found, expected, "seed {seed}: {subject:?} on {target:?}");
            }
        }
    }
}

#[test]
fn the_matrix_of_people_is_what_the_reference_allows() {
    for seed in 1_200..1_200 + cases(12) {
        let (both, _, targets) = account(seed);
        for target in targets {
            let rows = all(3, |page| {
                both.state
                    .people_matrix(PermissionSet::ALL, target, NOW, page)
            });
            for row in &rows {
                let subject = Subject::Person(row.person);
                let may = |p: &Permission| both.world.allows(subject, *p, target, NOW);
                let expected: PermissionSet = Permission::ALL.into_iter().filter(may).collect();
                assert_eq!(row.allowed, expected, "seed {seed}: {subject:?} {target:?}");
            }
            let shown: Vec<_> = rows.iter().map(|row| row.person).collect();
            let known: Vec<_> = both
                .world
                .people
                .keys()
                .copied()
                .filter(|person| both.world.is_user(*person) || both.world.is_customer(*person))
                .collect();
            assert_eq!(shown, known, "seed {seed}");
        }
    }
}

/// Runs a command for real.
fn run(both: &mut Both, actor: Actor, command: &Command, now: Moment) -> bool {
    let Ok(proposal) = both.state.propose(actor, command, now) else {
        return false;
    };
    for event in &proposal.events {
        both.apply(event);
    }
    true
}

/// Who makes a step: the first who is named, or the operator.
fn maker(people: &[PersonId], command: &Command) -> Actor {
    match (command, people.first()) {
        (Command::AcceptInvitation { .. }, _) => Actor::System(SystemSubject::SignIn),
        (_, Some(person)) => Actor::Person(*person),
        (_, None) => Actor::System(SystemSubject::Operator),
    }
}

#[test]
fn a_remedy_made_by_whom_it_names_ends_the_denial() {
    let mut tried = 0;
    for seed in 1_300..1_300 + cases(6) {
        let mut dice = Dice::new(seed);
        let mut both = Both::of(&[]);
        for (actor, command) in founding(&mut dice) {
            run(&mut both, actor, &command, NOW);
        }
        let (subjects, targets) = (
            questions::subjects(&both.world),
            questions::targets(&both.world),
        );
        for permission in Permission::ALL {
            for _ in 0..4 {
                let (Some(subject), Some(target)) = (dice.pick(&subjects), dice.pick(&targets))
                else {
                    continue;
                };
                let explained = both.state.explain(subject, permission, target, NOW);
                let expected = both.world.allows(subject, permission, target, NOW);
                assert_eq!(explained.decision.allowed, expected, "seed {seed}");
                assert!(explained.remedies.is_empty() || !expected, "seed {seed}");
                for remedy in &explained.remedies {
                    let mut fork = both.clone();
                    for step in &remedy.steps {
                        let by = maker(&step.makers.people, &step.command);
                        let told = format!("seed {seed}: {:?} by {by:?}", step.command);
                        assert!(run(&mut fork, by, &step.command, NOW), "{told}");
                    }
                    let allowed = fork.world.allows(subject, permission, target, NOW);
                    assert!(
                        allowed,
                        "seed {seed}: {subject:?} {permission} {target:?} after {remedy:?}"
                    );
                    tried += 1;
                }
            }
        }
    }
    assert!(tried > 100, "{tried} remedies");
}
