//! What is seen before it is saved (SD-15, SD-22, SD-28).

use access::command::Command;
use access::event::Node;
use access::preview::{Changes, Right};
use access::state::{CustomerAccess, PortalLevel};
use access::{Actor, Permission, PersonId, ServiceId, Subject, Target};

use crate::help::{company_with, customers_tab, employ, employee, portal_level};
use crate::support::World;

/// Who is named with the portal of the service.
fn portals(changes: &Changes, service: ServiceId) -> Vec<PersonId> {
    let portal = Right::Permission(Permission::PortalIncidentView);
    let changes = changes.listed.iter();
    let of_portal =
        changes.filter(|change| change.right == portal && change.on == Target::Service(service));
    of_portal
        .filter_map(|change| match change.subject {
            Subject::Person(person) => Some(person),
            _ => None,
        })
        .collect()
}

#[test]
fn sd_15_the_preview_shows_that_no_portal_closes_what_the_company_opens() {
    let mut world = World::new();
    let service = world.service();
    let company = company_with(&mut world, service);
    let customer = employee(&mut world, company);
    world.set(portal_level(customer, PortalLevel::Company));
    let close = customers_tab(service, customer, Some(CustomerAccess::NoPortal));
    let effect = world
        .state
        .preview(Actor::Person(world.first), &close, world.now)
        .unwrap();
    assert_eq!(portals(&effect.losses, service), [customer]);
    assert_eq!(effect.gains.total, 0);
}

#[test]
fn sd_22_the_preview_of_sorting_names_whom_it_catches() {
    let mut world = World::new();
    let service = world.service();
    let company = company_with(&mut world, service);
    world.set(Command::AddDomain {
        company,
        domain: "acme.example".into(),
    });
    let (caught, other) = (world.customer(), world.customer());
    world.set(portal_level(caught, PortalLevel::Company));
    let people = vec![
        (caught, "acme.example".into()),
        (other, "nowhere.example".into()),
    ];
    let sort = Command::SortNow { people };
    let effect = world
        .state
        .preview(Actor::Person(world.first), &sort, world.now)
        .unwrap();
    assert_eq!(portals(&effect.gains, service), [caught]);
    assert_eq!(effect.losses.total, 0);
}

#[test]
fn sd_28_what_employees_lose_with_their_company_is_shown_before() {
    let mut world = World::new();
    let service = world.service();
    let company = company_with(&mut world, service);
    let people = [employee(&mut world, company), employee(&mut world, company)];
    let former = employee(&mut world, company);
    for person in people {
        world.set(portal_level(person, PortalLevel::Company));
    }
    world.set(employ(former, None));
    let delete = Command::Delete {
        node: Node::Company(company),
    };
    let effect = world
        .state
        .preview(Actor::Person(world.first), &delete, world.now)
        .unwrap();
    assert_eq!(portals(&effect.losses, service), people);
    world.set(delete);
    assert!(people.iter().all(|person| !world.may(
        *person,
        Permission::PortalIncidentView,
        service
    )));
}
