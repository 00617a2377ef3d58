//! The searches give exactly what asking everybody about everything gives, page by page.

use access::catalogue::Permission;
use access::{Page, Paging, ResourceKind, State, Subject, Target};
use proptest::prelude::*;

use crate::worlds::{NOW, everybody, people, targets, world};

/// All pages of a list, with the size given.
fn all<T>(limit: usize, ask: impl Fn(Paging<T>) -> Page<T>) -> Vec<T> {
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

fn things(state: &State, kind: ResourceKind) -> Vec<Target> {
    match kind {
        ResourceKind::Account => vec![Target::Account],
        ResourceKind::Person => people(state).collect(),
        ResourceKind::UserGroup => state.user_groups().ids().map(Target::UserGroup).collect(),
        ResourceKind::Service => state.services().ids().map(Target::Service).collect(),
        ResourceKind::Queue => state.queues().ids().map(Target::Queue).collect(),
        ResourceKind::Device => state.devices().ids().map(Target::Device).collect(),
    }
}

const KINDS: [ResourceKind; 6] = [
    ResourceKind::Account,
    ResourceKind::Person,
    ResourceKind::UserGroup,
    ResourceKind::Service,
    ResourceKind::Queue,
    ResourceKind::Device,
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn who_may_is_everybody_whom_the_decision_allows(state in world(), limit in 1usize..6) {
        for target in targets(&state) {
            for permission in Permission::ALL {
                let may = |subject: &Subject| state.view(*subject, NOW).may(permission, target);
                let expected: Vec<Subject> = everybody(&state).into_iter().filter(may).collect();
                let found = all(limit, |page| state.subjects(permission, target, NOW, page, |_| true));
                prop_assert_eq!(found, expected, "{} on {:?}", permission, target);
            }
        }
    }

    #[test]
    fn on_what_is_everything_that_the_decision_allows(state in world(), limit in 1usize..6) {
        for subject in everybody(&state).into_iter().chain([Subject::Guest, Subject::Unknown]) {
            let view = state.view(subject, NOW);
            for kind in KINDS {
                for permission in Permission::ALL {
                    let mut expected = things(&state, kind);
                    expected.retain(|target| view.may(permission, *target));
                    let found = all(limit, |page| state.resources(subject, permission, kind, NOW, page, |_| true));
                    prop_assert_eq!(found, expected, "{:?} {}", subject, permission);
                }
            }
        }
    }

    #[test]
    fn which_actions_is_every_permission_that_the_decision_allows(state in world()) {
        for subject in everybody(&state) {
            for target in targets(&state) {
                let found = state.actions(subject, target, NOW);
                for permission in Permission::ALL {
                    let allowed = state.view(subject, NOW).may(permission, target);
                    prop_assert_eq!(found.contains(&permission), allowed, "{:?} {}", subject, permission);
                }
            }
        }
    }
}

/// The property proves little where the answer is nearly always no.
#[test]
fn the_random_worlds_allow_every_permission_to_somebody() {
    use proptest::strategy::{Strategy, ValueTree};
    use proptest::test_runner::TestRunner;

    let mut runner = TestRunner::deterministic();
    let mut never = access::PermissionSet::ALL;
    for _ in 0..200 {
        let state = world().new_tree(&mut runner).unwrap().current();
        for target in targets(&state) {
            let open = never.iter().filter(|permission| {
                everybody(&state)
                    .iter()
                    .any(|subject| state.view(*subject, NOW).may(*permission, target))
            });
            never -= open.collect();
        }
        if never.is_empty() {
            return;
        }
    }
    panic!("nobody ever holds {never:?}");
}
