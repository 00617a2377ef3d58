//! AD-17: the account with one user.

use access::catalogue::{Permission, sets};
use access::command::{Actor, Command};
use access::state::{AccountAdminKind, DeskRight, Tie};
use access::{Event, Moment, RoleId, State, Subject, Target};

use crate::support::World;

#[test]
fn ad_17_the_first_user_gets_everything_written_down() {
    let world = World::alone();
    let first = world.row(world.first);
    assert_eq!(first.account_role, RoleId::SUPER_ADMIN);
    assert_eq!(world.state.account().billing_contact, Some(world.first));
    for tie in [
        Tie::Agent,
        Tie::Feature(Permission::RemoteSupportUnattendedAccess),
        Tie::AccountAdmin(AccountAdminKind::Full),
        Tie::ContactAdmin,
    ] {
        assert!(first.ties.has(tie), "{tie:?}");
    }
    assert!(
        DeskRight::ALL
            .iter()
            .all(|right| first.ties.has(Tie::DeskRight(*right)))
    );
    assert!(
        world
            .licences
            .iter()
            .all(|pool| first.ties.has(Tie::Licence(*pool)))
    );
}

#[test]
fn ad_17_i_13_nothing_changes_for_the_first_when_a_second_comes() {
    let mut world = World::alone();
    let group = world.device_group();
    let device = world.device(group, None);
    let ask = |world: &World, permission, on| {
        world
            .state
            .view(Subject::Person(world.first), world.now)
            .may(permission, on)
    };
    let targets = [
        Target::Account,
        Target::Person(world.first),
        Target::Device(device),
    ];
    let questions: Vec<_> = Permission::ALL
        .into_iter()
        .flat_map(|permission| targets.map(|on| (permission, on)))
        .collect();
    let before: Vec<_> = questions
        .iter()
        .map(|(p, on)| ask(&world, *p, *on))
        .collect();
    world.invited();
    let after: Vec<_> = questions
        .iter()
        .map(|(p, on)| ask(&world, *p, *on))
        .collect();
    assert_eq!(before, after);
    assert!(
        sets::SUPER_ADMIN
            .iter()
            .all(|p| ask(&world, p, Target::Account))
    );
}

#[test]
fn ad_17_the_set_up_link_is_closed_for_ever_afterwards() {
    let mut world = World::alone();
    let again = Command::OpenAccount {
        token: None,
        first_user: world.id(),
        licences: [world.id(), world.id(), world.id()],
    };
    assert_eq!(world.code(Actor::SetUp, again.clone()), "already_set_up");
    assert_eq!(world.code(world.first, again), "set_up_only");
}

#[test]
fn ad_17_the_first_token_comes_with_the_first_user_or_nothing_does() {
    let mut world = World::new();
    let mut open = |expires| Command::OpenAccount {
        token: Some((world.id(), expires)),
        first_user: world.id(),
        licences: [world.id(), world.id(), world.id()],
    };
    let now = Moment(1_800_000_000_000);
    let (good, over) = (open(now.plus_seconds(3600)), open(now));
    let state = State::empty();
    let proposal = state.propose(Actor::SetUp, &good, now).unwrap();
    let is_token = |event: &Event| matches!(event, Event::TokenIssued { .. });
    assert!(proposal.events.iter().any(is_token));
    let refusal = state.propose(Actor::SetUp, &over, now).unwrap_err();
    assert_eq!(refusal.code, "bad_expiry");
}
