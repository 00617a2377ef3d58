//! To view as somebody (AD-27): who may, and what both see.

use access::command::{Actor, Command};
use access::decide::{OnAccount, permissions::ViewAudit};
use access::state::{DeskRight, PeopleScope, Tie};
use access::{Event, Permission, PersonId, RoleId, Subject};

use crate::support::{World, assign, connect, give};

fn view_as(person: PersonId) -> Command {
    Command::ViewAs { person }
}

#[test]
fn ad_27_viewing_as_needs_the_right_over_the_person_and_rank() {
    let mut world = World::new();
    let (admin, other, member) = (world.admin(), world.admin(), world.member());
    assert_eq!(
        world.run(admin, view_as(member)).events,
        [Event::ViewedAs { person: member }]
    );
    // Nobody acts so on an equal or a superior, Super admins excepted.
    for superior in [other, world.first] {
        assert_eq!(world.code(admin, view_as(superior)), "permission_missing");
    }
    let second = world.super_admin();
    world.run(second, view_as(world.first));
    assert_eq!(world.code(admin, view_as(admin)), "views_as_oneself");
    // Without the right over users, and without any.
    let person = world.custom(&[Permission::AdminAuditView]);
    assert_eq!(world.code(person, view_as(member)), "not_found");
}

#[test]
fn ad_27_a_customer_is_viewed_by_who_configures_the_desk() {
    let mut world = World::new();
    let customer = world.customer();
    let configures = world.member();
    let licence = Tie::Licence(world.licences[1]);
    world.set(give(configures, licence));
    assert_eq!(world.code(configures, view_as(customer)), "not_found");
    world.set(give(configures, Tie::DeskRight(DeskRight::Configure)));
    world.run(configures, view_as(customer));
    // Users are no business of theirs.
    let member = world.member();
    assert_eq!(
        world.code(configures, view_as(member)),
        "permission_missing"
    );
}

#[test]
fn ad_27_no_program_views_as_anybody() {
    let mut world = World::new();
    let member = world.member();
    let id = world.id();
    world.set(connect(id, RoleId::ADMIN));
    let connection = world.state.resolve(id).unwrap();
    assert_eq!(
        world.code(Actor::Connection(connection), view_as(member)),
        "no_person"
    );
}

#[test]
fn ad_27_what_is_shown_is_what_both_may_see() {
    let mut world = World::new();
    let (admin, viewed) = (world.admin(), world.member());
    let (hidden, service) = (world.member(), world.service());
    world.set(give(viewed, Tie::Licence(world.licences[1])));
    world.set(access::command::Command::SaveUsersTab {
        service,
        rows: vec![(viewed, Some(access::state::ServiceLevel::User))],
    });
    let alone = |person| world.state.view(Subject::Person(person), world.now);
    let both = alone(viewed).viewed_by(Subject::Person(admin));
    // The admin sees everybody, and the viewed person only themselves.
    assert!(alone(admin).sees(hidden) && !both.sees(hidden));
    assert!(both.sees(viewed));
    // The viewed person works on the service; whether the admin may see it decides.
    assert_eq!(both.sees(service), alone(admin).sees(service));
    for permission in Permission::ALL {
        let may = |person| world.may(person, permission, access::Target::Account);
        assert_eq!(
            both.may(permission, access::Target::Account),
            may(viewed) && may(admin),
            "{permission}"
        );
    }
    assert!(alone(admin).permit(ViewAudit, OnAccount).is_ok());
    assert!(both.permit(ViewAudit, OnAccount).is_err());
    // About oneself everybody may ask; the viewer asks about them by a right of their own.
    assert!(both.asking(Subject::Person(viewed)).is_some());
    let manager = world.custom(&[Permission::AdminUsersManage]);
    let by_manager = world
        .state
        .view(Subject::Person(viewed), world.now)
        .viewed_by(Subject::Person(manager));
    assert!(by_manager.asking(Subject::Person(viewed)).is_none());
}

#[test]
fn ad_27_viewing_ends_with_the_right_to_it() {
    let mut world = World::new();
    let (admin, member) = (world.admin(), world.member());
    world.run(admin, view_as(member));
    world.set(assign(member, RoleId::ADMIN, PeopleScope::All));
    assert_eq!(world.code(admin, view_as(member)), "permission_missing");
}
