//! Who is active, and who is not (AD-15).

use access::command::{Actor, Command, SystemSubject};
use access::decide::UserStatus;
use access::event::{GrantHolder, Node};
use access::state::{
    AccountAdminKind, DeskRight, Facet, PeopleScope, QueueKind, ServiceLevel, Tie, UserFacet,
};
use access::{Event, Permission, PersonId, RoleId, Subject};

use crate::support::{World, assign, give, grant, only};

const USERS: Permission = Permission::AdminUsersManage;
const SIGN_IN: Actor = Actor::System(SystemSubject::SignIn);

fn deactivate(person: PersonId) -> Command {
    let facet = Facet::User;
    Command::Deactivate { person, facet }
}

fn reactivate(person: PersonId) -> Command {
    let facet = Facet::User;
    Command::Reactivate { person, facet }
}

fn status(world: &World, person: PersonId) -> UserStatus {
    world
        .state
        .view(Subject::Person(person), world.now)
        .user_status(person)
}

#[test]
fn ad_15_status_is_the_first_that_applies() {
    let mut world = World::new();
    let person = world.invited();
    assert_eq!(status(&world, person), UserStatus::Invited);
    world.run(SIGN_IN, Command::AcceptInvitation { person });
    assert_eq!(status(&world, person), UserStatus::Suspended);
    world.tie(person, Tie::Licence(world.licences[0]));
    assert_eq!(status(&world, person), UserStatus::Active);
    world.set(deactivate(person));
    assert_eq!(status(&world, person), UserStatus::Deactivated);
    world.set(reactivate(person));
    assert_eq!(status(&world, person), UserStatus::Active);
}

#[test]
fn ad_15_deactivated_comes_before_invited_and_suspended() {
    let mut world = World::new();
    let (invited, suspended) = (world.invited(), world.member());
    world.untie(suspended, Tie::Licence(world.licences[0]));
    assert_eq!(status(&world, suspended), UserStatus::Suspended);
    for person in [invited, suspended] {
        world.set(deactivate(person));
        assert_eq!(status(&world, person), UserStatus::Deactivated);
    }
    world.set(reactivate(suspended));
    assert_eq!(status(&world, suspended), UserStatus::Suspended);
}

/// One row for each thing of the list; what else one may hold keeps nobody active.
#[test]
fn ad_15_each_thing_of_the_list_keeps_from_being_suspended() {
    let mut world = World::new();
    let (queue, service) = (world.queue(QueueKind::Call), world.service());
    let (device_group, group, user_group) =
        (world.device_group(), world.group(), world.user_group(None));
    let unattended = Permission::RemoteSupportUnattendedAccess;
    for (tie, expected) in [
        (Tie::Licence(world.licences[1]), UserStatus::Active),
        (
            Tie::AccountAdmin(AccountAdminKind::Full),
            UserStatus::Active,
        ),
        (Tie::Feature(unattended), UserStatus::Active),
        (Tie::DeviceGroup(device_group), UserStatus::Active),
        (Tie::DeskRight(DeskRight::TimeRead), UserStatus::Active),
        (Tie::ContactAdmin, UserStatus::Active),
        (Tie::QueueSupervisor(queue), UserStatus::Active),
        (Tie::Agent, UserStatus::Suspended),
        (Tie::Group(group), UserStatus::Suspended),
        (Tie::UserGroup(user_group), UserStatus::Suspended),
        (Tie::QueueAgent(queue), UserStatus::Suspended),
        (
            Tie::Service(service, ServiceLevel::Administrator),
            UserStatus::Suspended,
        ),
    ] {
        // As stored: what must be there first is no matter here.
        let mut world = world.clone();
        let person = world.member();
        world.untie(person, Tie::Licence(world.licences[0]));
        assert_eq!(status(&world, person), UserStatus::Suspended);
        world.state.apply(&Event::Tied { person, tie });
        assert_eq!(status(&world, person), expected, "{tie:?}");
    }
    // AD-25: what gives nothing keeps nobody active.
    let role = world.role(&[USERS]);
    let person = world.with_role(role);
    world.untie(person, Tie::Licence(world.licences[0]));
    assert_eq!(status(&world, person), UserStatus::Active);
    world.archive(Node::Role(role));
    assert_eq!(status(&world, person), UserStatus::Suspended);
    for (tie, node) in [
        (
            Tie::DeviceGroup(device_group),
            Node::DeviceGroup(device_group),
        ),
        (Tie::QueueSupervisor(queue), Node::Queue(queue)),
    ] {
        let person = world.member();
        world.untie(person, Tie::Licence(world.licences[0]));
        world.state.apply(&Event::Tied { person, tie });
        assert_eq!(status(&world, person), UserStatus::Active);
        world.archive(node);
        assert_eq!(status(&world, person), UserStatus::Suspended, "{node:?}");
    }
}

#[test]
fn ad_15_ad_26_a_grant_of_a_group_that_reaches_nobody_keeps_nobody_active() {
    let mut world = World::new();
    let (carrier, group) = (world.user_group(None), world.user_group(None));
    let person = world.member_of(carrier);
    world.untie(person, Tie::Licence(world.licences[0]));
    let nobody = PeopleScope::UserGroups(Vec::new());
    let carries = |scope| Command::GiveExtraGrant {
        to: GrantHolder::UserGroup(carrier),
        grant: grant(USERS, scope),
    };
    world.set(carries(nobody.clone()));
    assert_eq!(status(&world, person), UserStatus::Suspended);
    world.set(carries(only(group)));
    assert_eq!(status(&world, person), UserStatus::Active);
    world.archive(Node::UserGroup(group));
    assert_eq!(status(&world, person), UserStatus::Suspended);
    // An own grant is a right marked †, and stays one with whatever scope.
    world.set(Command::GiveExtraGrant {
        to: GrantHolder::Person(person),
        grant: grant(USERS, nobody),
    });
    assert_eq!(status(&world, person), UserStatus::Active);
}

#[test]
fn ad_15_only_the_sign_in_pages_and_the_operator_accept_an_invitation() {
    let mut world = World::new();
    let person = world.invited();
    let operator = Actor::System(SystemSubject::Operator);
    let vouched = world.invited();
    world.run(operator, Command::AcceptInvitation { person: vouched });
    let row = world.row(vouched);
    assert_eq!((row.user, row.can_sign_in), (UserFacet::Accepted, true));
    let sign_in = Command::SetSignIn {
        person,
        possible: true,
    };
    assert_eq!(world.code(operator, sign_in), "not_its_job");
    assert_eq!(
        world.code(world.first, Command::AcceptInvitation { person }),
        "sign_in_pages_only"
    );
    assert_eq!(
        world.code(
            world.first,
            Command::SetSignIn {
                person,
                possible: true
            }
        ),
        "sign_in_pages_only"
    );
    world.set(deactivate(person));
    for actor in [SIGN_IN, operator] {
        assert_eq!(
            world.code(actor, Command::AcceptInvitation { person }),
            "not_invited"
        );
    }
    world.set(reactivate(person));
    assert_eq!(
        world.row(person).user,
        UserFacet::Invited,
        "whoever never accepted is invited again"
    );
}

#[test]
fn ad_15_no_sign_in_to_the_portal_stands_for_an_invitation_that_was_not_accepted() {
    let mut world = World::new();
    let person = world.customer();
    world.run(
        SIGN_IN,
        Command::SetSignIn {
            person,
            possible: true,
        },
    );
    world.set(Command::AddUserFacet {
        person,
        user_groups: vec![],
    });
    world.set(deactivate(person));
    world.set(reactivate(person));
    assert_eq!(world.row(person).user, UserFacet::Invited);
    world.run(SIGN_IN, Command::AcceptInvitation { person });
    world.set(deactivate(person));
    world.set(reactivate(person));
    assert_eq!(world.row(person).user, UserFacet::Accepted);
    // Without a way to sign in left, whoever accepted once is invited again, and accepts again.
    world.run(
        SIGN_IN,
        Command::SetSignIn {
            person,
            possible: false,
        },
    );
    world.set(deactivate(person));
    world.set(reactivate(person));
    assert_eq!(world.row(person).user, UserFacet::Invited);
}

#[test]
fn ad_15_somebody_who_is_not_active_asks_for_nothing() {
    let mut world = World::new();
    let (admin, member) = (world.admin(), world.member());
    world.set(deactivate(admin));
    // Nor is anybody sent to them.
    let gone = world.super_admin();
    world.set(deactivate(gone));
    let other = world.admin();
    let promote = assign(member, RoleId::ADMIN, PeopleScope::All);
    let refusal = world.refused(other, promote);
    assert_eq!(refusal.who_could, [world.first]);
    let command = give(member, Tie::Agent);
    assert_eq!(world.code(admin, command.clone()), "actor_not_active");
    let invited = world.invited();
    world.give_role(invited, RoleId::ADMIN, PeopleScope::All);
    assert_eq!(world.code(invited, command), "actor_not_active");
}
