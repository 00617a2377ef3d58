//! AD-24: what somebody holds that another could not give is named, in a preview and beside a no, with what would mend it.

use access::command::Command;
use access::decide::{Above, Gate, Reason};
use access::explain::words::{self, Name};
use access::preview::Cause;
use access::state::{DeskRight, QueueKind, Tie};
use access::{Actor, Permission, PersonId, Product, RoleId, Subject, Target, Window};

use crate::support::{World, give, grant};
use access::event::GrantHolder;
use access::state::PeopleScope;

const USERS: Permission = Permission::AdminUsersManage;

fn above(world: &World, actor: PersonId, about: PersonId) -> Option<Above> {
    let view = world.state.view(Subject::Person(actor), world.now);
    assert_eq!(view.outranks(about), view.above(about).is_none());
    view.above(about)
}

/// A level of a product counts where it is marked †, and where it is not it does not.
#[test]
fn ad_24_what_stands_above_an_admin_is_named() {
    let mut world = World::new();
    let admin = world.admin();
    let queue = world.queue(QueueKind::Call);
    let other = world.member();
    world.licence(other, Product::ContactCentre);
    world.tie(other, Tie::QueueAgent(queue));
    assert_eq!(above(&world, admin, other), None);
    let supervisor = Tie::QueueSupervisor(queue);
    world.tie(other, supervisor);
    assert_eq!(above(&world, admin, other), Some(Above::Tie(supervisor)));

    let equal = world.admin();
    let role = Above::Role(RoleId::ADMIN);
    assert_eq!(above(&world, admin, equal), Some(role));
    assert_eq!(above(&world, admin, admin), None);
    assert_eq!(above(&world, world.first, equal), None);

    let granted = world.member();
    let to = GrantHolder::Person(granted);
    world.set(Command::GiveExtraGrant {
        to,
        grant: grant(Permission::AdminReportsView, PeopleScope::All),
    });
    let reports = Above::Grant(Permission::AdminReportsView);
    assert_eq!(above(&world, admin, granted), Some(reports));
}

/// The review of a supervisor's making says why an Admin acts on them no longer.
#[test]
fn ad_24_a_preview_says_what_the_person_holds_that_takes_the_right_over_them() {
    let mut world = World::new();
    let admin = world.admin();
    let queue = world.queue(QueueKind::Call);
    let uma = world.member();
    world.licence(uma, Product::ContactCentre);
    let tie = Tie::QueueSupervisor(queue);
    let person = uma;
    let window = Window::ALWAYS;
    let actor = Actor::Person(world.first);
    let make = Command::Tie {
        person,
        tie,
        window,
    };
    let effect = world.state.preview(actor, &make, world.now).unwrap();
    let holds = Above::Tie(tie);
    let cause = Cause::Rank { about: uma, holds };
    let causes = effect.losses.causes;
    assert!(
        causes.contains(&(Subject::Person(admin), cause)),
        "{causes:?}"
    );
    let gate = Cause::Gate(Gate::Rank, Reason::Outranked);
    assert!(!causes.iter().any(|(_, cause)| *cause == gate));
    let says = words::above(Subject::Person(admin), uma, holds).fill(|name| match name {
        Name::Person(person) if person == uma => "Uma".to_owned(),
        Name::Person(_) => "Mehmet".to_owned(),
        _ => "Facilities".to_owned(),
    });
    let wanted = "Uma holds the role Supervisor of Facilities, which Mehmet could not give (AD-24)";
    assert_eq!(says, wanted);
}

/// Taking the right away and giving what gives it are among them.
#[test]
fn ad_24_the_remedies_begin_with_what_stands_above() {
    let mut world = World::new();
    let admin = world.admin();
    let queue = world.queue(QueueKind::Call);
    world.buy(
        Product::ContactCentre,
        access::state::LicenceModel::Named,
        9,
    );
    let uma = world.member();
    world.licence(uma, Product::ContactCentre);
    let supervisor = Tie::QueueSupervisor(queue);
    world.tie(uma, supervisor);
    let remedies = |world: &World, about: PersonId| {
        let (subject, target) = (Subject::Person(admin), Target::Person(about));
        let explained = world.state.explain(subject, USERS, target, world.now);
        let remedies = explained.remedies.into_iter();
        let steps = remedies.map(|it| it.steps.into_iter().map(|step| step.command).collect());
        steps.collect::<Vec<Vec<Command>>>()
    };
    let found = remedies(&world, uma);
    let taken = Command::Untie {
        person: uma,
        tie: supervisor,
    };
    assert_eq!(found.first(), Some(&vec![taken]), "{found:?}");
    let makes_contact_admin = |steps: &Vec<Command>| {
        steps.iter().any(|step| match step {
            Command::Tie { person, tie, .. } | Command::TieWithLicence { person, tie, .. } => {
                (*person, *tie) == (admin, Tie::ContactAdmin)
            }
            _ => false,
        })
    };
    assert!(found.iter().any(makes_contact_admin), "{found:?}");
    for steps in &found {
        for step in steps {
            assert!(words::change(step).is_some(), "{step:?}");
        }
    }

    // Of a right of the desk it is the same.
    let carl = world.member();
    world.licence(carl, Product::ServiceDesk);
    let configures = Tie::DeskRight(DeskRight::Configure);
    world.set(give(carl, configures));
    let manager = world.custom(&[USERS]);
    let (subject, target) = (Subject::Person(manager), Target::Person(carl));
    let explained = world.state.explain(subject, USERS, target, world.now);
    let first = &explained.remedies[0].steps[0].command;
    let taken = Command::Untie {
        person: carl,
        tie: configures,
    };
    assert_eq!(*first, taken);
}
