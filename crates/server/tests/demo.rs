//! The demonstration account is made by commands alone and shows every state that the rules speak of.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use access::decide::UserStatus;
use access::state::{CustomerFacet, Life, QueueKind, Tie};
use access::{Moment, State, Subject};
use rolecall::demo::{Size, Step, make};

const NOW: Moment = Moment(1_790_000_000_000);

fn small(seed: u64) -> (State, Vec<Step>) {
    let mut steps = Vec::new();
    let state = make(Size::Small, seed, NOW, &mut |step| {
        steps.push(step);
        true
    });
    (
        state.expect("no command of the demonstration is refused"),
        steps,
    )
}

#[test]
fn no_command_is_refused_and_no_invariant_is_broken() {
    let (state, _) = small(1);
    assert_eq!(access::invariants::violated(&state), None);
    assert!(state.people().len() >= 1_000);
}

#[test]
fn a_seed_makes_the_same_account_every_time() {
    let commands = |steps: Vec<Step>| {
        steps
            .into_iter()
            .map(|(actor, change)| (actor, change.command))
            .collect::<Vec<_>>()
    };
    assert_eq!(commands(small(7).1), commands(small(7).1));
    assert_ne!(commands(small(7).1), commands(small(8).1));
}

#[test]
fn ad_15_every_status_is_there() {
    let (state, _) = small(1);
    for wanted in [
        UserStatus::Active,
        UserStatus::Invited,
        UserStatus::Suspended,
        UserStatus::Deactivated,
    ] {
        let found = state
            .people()
            .ids()
            .any(|person| state.view(Subject::Person(person), NOW).user_status(person) == wanted);
        assert!(found, "nobody is {wanted:?}");
    }
    for wanted in [
        CustomerFacet::Active,
        CustomerFacet::Unconfirmed,
        CustomerFacet::Deactivated,
    ] {
        assert!(
            state.people().iter().any(|(_, row)| row.customer == wanted),
            "no customer is {wanted:?}"
        );
    }
}

#[test]
fn every_kind_of_thing_is_there() {
    let (state, _) = small(1);
    for kind in [
        QueueKind::Call,
        QueueKind::RingGroup,
        QueueKind::Inbox,
        QueueKind::Campaign,
    ] {
        assert!(
            state.queues().iter().any(|(_, row)| row.kind == kind),
            "no queue is a {kind:?}"
        );
    }
    assert!(
        state
            .services()
            .iter()
            .any(|(_, row)| row.life == Life::Archived)
    );
    assert!(
        state
            .user_groups()
            .iter()
            .any(|(_, row)| row.life == Life::Archived)
    );
    assert!(
        state
            .people()
            .iter()
            .any(|(_, row)| row.ties.iter().any(|tie| matches!(tie, Tie::Timed(_))))
    );
    assert!(state.account().billing_offer.is_some());
    assert!(
        state.devices().len() > 10
            && state.companies().len() > 10
            && state.connections().len() == 1
    );
}
