//! What is seen before it is saved (SD-4, SD-7, SD-8, SD-9, SD-15, SD-22, SD-28).

use access::command::Command;
use access::decide::{By, Gate, Reason, Through};
use access::event::Node;
use access::preview::{Cause, Changes, Effect, Right, Vacancy};
use access::state::{CustomerAccess, Facet, PortalLevel, ServiceLevel, Tie};
use access::{Actor, Permission, PersonId, Product, ServiceId, Subject, Target};

use crate::help::{
    company_with, customers_tab, desk_user, employ, employee, group_with, portal_level, user_of,
    users_tab,
};
use crate::support::{World, give};

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

/// What the first user is shown.
fn effect(world: &World, command: &Command) -> Effect {
    let first = Actor::Person(world.first);
    world.state.preview(first, command, world.now).unwrap()
}

#[test]
fn sd_4_a_service_that_would_lose_its_only_administrator_is_said() {
    let mut world = World::new();
    let service = world.service();
    let administrator = ServiceLevel::Administrator;
    let person = user_of(&mut world, service, administrator);
    let node = Node::Service(service);
    let ways = [
        users_tab(service, person, Some(ServiceLevel::User)),
        users_tab(service, person, None),
        Command::Deactivate {
            person,
            facet: Facet::User,
        },
        Command::ErasePerson { person },
    ];
    let is_first = world.has(world.first, Tie::Service(service, administrator));
    for command in ways.iter().filter(|_| is_first) {
        assert_eq!(effect(&world, command).vacancies, [], "{command:?}");
    }
    world.set(users_tab(service, world.first, None));
    for command in &ways {
        let said = effect(&world, command).vacancies;
        assert_eq!(said, [Vacancy::Service(service)], "{command:?}");
    }
    assert_eq!(effect(&world, &Command::Archive { node }).vacancies, []);
}

#[test]
fn sd_8_sd_9_whoever_is_reached_by_a_group_or_a_company_is_told_so() {
    let mut world = World::new();
    let service = world.service();
    let member = desk_user(&mut world);
    let group = group_with(&mut world, service, member);
    let company = company_with(&mut world, service);
    let customer = employee(&mut world, company);
    world.set(portal_level(customer, PortalLevel::Company));
    let by_group = Cause::Way {
        through: Through::Group(group),
        by: By::ServiceLevel(ServiceLevel::User),
    };
    let tab = |full| Command::SaveGroupsTab {
        service,
        rows: vec![(group, full)],
    };
    let losses = effect(&world, &tab(false)).losses.causes;
    assert_eq!(losses, [(Subject::Person(member), by_group)]);
    world.set(tab(false));
    let gains = effect(&world, &tab(true)).gains.causes;
    assert_eq!(gains, [(Subject::Person(member), by_group)]);

    let tab = Command::SaveCompaniesTab {
        service,
        rows: vec![(company, false)],
    };
    let losses = effect(&world, &tab).losses.causes;
    let through_company = losses.iter().all(|(subject, cause)| {
        let Cause::Way { through, .. } = cause else {
            return false;
        };
        (*subject, *through) == (Subject::Person(customer), Through::Company(company))
    });
    assert!(!losses.is_empty() && through_company, "{losses:?}");
}

#[test]
fn sd_7_whoever_loses_the_licence_is_told_so() {
    let mut world = World::new();
    let service = world.service();
    let person = user_of(&mut world, service, ServiceLevel::User);
    let tie = Tie::Licence(world.pool(Product::ServiceDesk));
    let losses = effect(&world, &Command::Untie { person, tie })
        .losses
        .causes;
    let no_licence = Cause::Gate(Gate::Licence, Reason::NoLicence(Product::ServiceDesk));
    // Not that they are suspended by it (AD-15): that follows.
    assert!(
        losses.contains(&(Subject::Person(person), no_licence)),
        "{losses:?}"
    );
    world.untie(person, tie);
    let gains = effect(&world, &give(person, tie)).gains.causes;
    assert!(
        gains.contains(&(Subject::Person(person), no_licence)),
        "{gains:?}"
    );
}
