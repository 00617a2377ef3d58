//! Employment and companies (SD-21, SD-28).

use access::command::{Command, RefusalKind};
use access::event::{Event, Node};
use access::state::{Placement, PortalLevel};

use crate::help::{company_with, desk_user, employ, employee, portal, portal_level};
use crate::support::World;

#[test]
fn sd_21_a_second_company_is_refused() {
    let mut world = World::new();
    let (here, there) = (world.company(), world.company());
    let person = employee(&mut world, here);
    let refusal = world.refused(world.first, employ(person, Some(there)));
    assert_eq!(
        (refusal.rule, refusal.code, refusal.kind),
        ("SD-21", "already_employed", RefusalKind::Conflict)
    );
    assert_eq!(world.row(person).company, Some(here));
}

#[test]
fn sd_21_where_asked_for_the_person_is_moved_in_one_step() {
    let mut world = World::new();
    let (here, there) = (world.company(), world.company());
    let person = employee(&mut world, here);
    let company = Some(there);
    let answer = world.set(Command::SetEmployer {
        person,
        company,
        move_from_other: true,
    });
    let placement = Placement::ByHand;
    assert_eq!(
        answer.events,
        [Event::EmployerSet {
            person,
            company,
            placement
        }]
    );
    let companies = world.state.companies();
    assert!(!companies.get(here).unwrap().employees.contains(person));
    assert!(companies.get(there).unwrap().employees.contains(person));
}

#[test]
fn sd_21_users_are_employees_too() {
    let mut world = World::new();
    let company = world.company();
    let user = desk_user(&mut world);
    world.set(employ(user, Some(company)));
    assert_eq!(world.row(user).company, Some(company));
    world.unchanged(world.first, employ(user, Some(company)));
}

#[test]
fn sd_21_employment_is_an_affair_of_who_configures() {
    let mut world = World::new();
    let company = world.company();
    let (person, admin) = (world.customer(), world.super_admin());
    assert_eq!(
        world.code(admin, employ(person, Some(company))),
        "permission_missing"
    );
    assert_eq!(
        world.code(person, employ(person, Some(company))),
        "permission_missing"
    );
}

#[test]
fn sd_22_by_hand_is_by_hand_in_and_out() {
    let mut world = World::new();
    let company = world.company();
    let person = world.customer();
    world.set(employ(person, Some(company)));
    assert_eq!(world.row(person).placement, Placement::ByHand);
    world.set(employ(person, None));
    assert_eq!(
        (world.row(person).company, world.row(person).placement),
        (None, Placement::ByHand)
    );
}

#[test]
fn sd_28_deleting_a_company_leaves_its_employees_unaffiliated() {
    let mut world = World::new();
    let service = world.service();
    let company = company_with(&mut world, service);
    let customer = employee(&mut world, company);
    world.set(portal_level(customer, PortalLevel::Company));
    world.set(Command::AddDomain {
        company,
        domain: "acme.example".into(),
    });
    world.set(Command::Delete {
        node: Node::Company(company),
    });
    assert_eq!(world.row(customer).company, None);
    assert!(portal(&world, customer, service).is_empty());
    let heir = world.company();
    world.set(Command::AddDomain {
        company: heir,
        domain: "acme.example".into(),
    });
}

#[test]
fn ad_25_nobody_is_placed_in_an_archived_company() {
    let mut world = World::new();
    let company = world.company();
    let person = world.customer();
    world.archive(Node::Company(company));
    assert_eq!(
        world.code(world.first, employ(person, Some(company))),
        "archived"
    );
}
