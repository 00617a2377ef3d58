//! Who may know that somebody or something is there (SD-33, SD-36, AD-10): lists are cut by it, and what is not seen is not found.

use access::catalogue::Product;
use access::command::Command;
use access::event::{ListedCompanies, Node};
use access::state::{CustomerAccess, Facet, ServiceLevel, Tie};
use access::{CompanyId, Permission, PersonId, ServiceId, Subject, Visible};

use crate::help::{
    company_with, customers_tab, desk_user, employ, employee, group_with, user_of, users_tab,
};
use crate::support::World;

fn sees(world: &World, viewer: PersonId, thing: impl Visible) -> bool {
    world
        .state
        .view(Subject::Person(viewer), world.now)
        .sees(thing)
}

fn list(world: &mut World, person: PersonId, companies: &[CompanyId]) {
    let listed = Some(ListedCompanies {
        companies: companies.to_vec(),
        without_company: false,
    });
    world.set(Command::SetCompanyAccess { person, listed });
}

#[test]
fn sd_33_who_configures_the_desk_with_a_list_sees_nothing_of_other_companies() {
    let mut world = World::new();
    let (own, other) = (world.company(), world.company());
    let (client, stranger) = (employee(&mut world, own), employee(&mut world, other));
    let nobodys = world.customer();
    let configurer = world.configurer();
    for person in [client, stranger, nobodys] {
        assert!(sees(&world, configurer, person));
    }
    list(&mut world, configurer, &[own]);
    assert!(sees(&world, configurer, client) && sees(&world, configurer, own));
    assert!(!sees(&world, configurer, stranger) && !sees(&world, configurer, other));
    assert!(!sees(&world, configurer, nobodys));
    // Staff colleagues are never hidden.
    let colleague = world.member();
    world.set(employ(colleague, Some(other)));
    assert!(sees(&world, configurer, colleague));
}

#[test]
fn sd_33_who_manages_devices_with_a_list_sees_none_of_other_companies() {
    let mut world = World::new();
    let (own, other) = (world.company(), world.company());
    let group = world.device_group();
    let (shown, hidden) = (
        world.device(group, Some(own)),
        world.device(group, Some(other)),
    );
    let manager = world.custom(&[Permission::AdminDeviceGroupsManage]);
    assert!(sees(&world, manager, shown) && sees(&world, manager, hidden));
    list(&mut world, manager, &[own]);
    assert!(sees(&world, manager, shown) && !sees(&world, manager, hidden));
}

#[test]
fn sd_36_a_user_sees_the_customers_and_companies_of_the_own_services_only() {
    let mut world = World::new();
    let (service, other) = (world.service(), world.service());
    let (company, elsewhere) = (
        company_with(&mut world, service),
        company_with(&mut world, other),
    );
    let user = user_of(&mut world, service, ServiceLevel::User);
    let (by_company, hidden) = (
        employee(&mut world, company),
        employee(&mut world, elsewhere),
    );
    let (by_hand, nowhere) = (world.customer(), world.customer());
    world.set(customers_tab(
        service,
        by_hand,
        Some(CustomerAccess::NoPortal),
    ));
    for person in [by_company, by_hand] {
        assert!(sees(&world, user, person));
    }
    for person in [hidden, nowhere, world.first] {
        assert!(!sees(&world, user, person));
    }
    assert!(sees(&world, user, company) && !sees(&world, user, elsewhere));
    assert!(sees(&world, user, service) && !sees(&world, user, other));
}

#[test]
fn sd_35_a_user_is_told_who_else_works_on_the_own_services_and_sees_no_more_of_them() {
    let mut world = World::new();
    let (service, other) = (world.service(), world.service());
    let user = user_of(&mut world, service, ServiceLevel::User);
    let colleague = user_of(&mut world, service, ServiceLevel::Administrator);
    let elsewhere = user_of(&mut world, other, ServiceLevel::User);
    let by_group = desk_user(&mut world);
    group_with(&mut world, service, by_group);
    let view = world.state.view(Subject::Person(user), world.now);
    let told = view.colleagues_on(service);
    assert!(told.contains(&user) && told.contains(&colleague) && told.contains(&by_group));
    assert!(!told.contains(&elsewhere) && view.colleagues_on(other).is_empty());
    for (person, works_with) in [(colleague, true), (by_group, true), (elsewhere, false)] {
        assert_eq!(view.works_with(person), works_with);
        // AD-10: the lists of people show no more than before.
        assert!(!view.sees_as_user(person));
    }
}

#[test]
fn sd_36_of_a_customer_who_is_staff_too_a_service_user_sees_the_customer_only() {
    let mut world = World::new();
    let service = world.service();
    let user = user_of(&mut world, service, ServiceLevel::User);
    let both = world.member();
    world.set(Command::AddCustomerFacet {
        person: both,
        service: Some(service),
    });
    let view = world.state.view(Subject::Person(user), world.now);
    assert!(view.sees(both) && view.sees_as_customer(both));
    assert!(!view.sees_as_user(both));
}

#[test]
fn sd_36_whoever_configures_the_desk_works_for_nobody_and_nobody_for_themselves() {
    let mut world = World::new();
    let (service, other) = (world.service(), world.service());
    let user = user_of(&mut world, service, ServiceLevel::User);
    let elsewhere = user_of(&mut world, other, ServiceLevel::Administrator);
    let configurer = world.configurer();
    let company = company_with(&mut world, service);
    let client = employee(&mut world, company);
    let works = |world: &World, who: PersonId| {
        let view = world.state.view(Subject::Person(who), world.now);
        let (customer, company) = (
            view.works_for_customer(client),
            view.works_for_company(company),
        );
        assert_eq!(customer, company);
        customer
    };
    assert!(sees(&world, configurer, client) && sees(&world, configurer, company));
    assert!(sees(&world, client, client) && sees(&world, client, company));
    for (who, is) in [
        (user, true),
        (elsewhere, false),
        (configurer, false),
        (client, false),
    ] {
        assert_eq!(works(&world, who), is);
    }
    world.set(employ(elsewhere, Some(company)));
    assert!(sees(&world, elsewhere, company) && !works(&world, elsewhere));
    // SD-33: with a list it is cut.
    list(&mut world, user, &[]);
    assert!(!works(&world, user));
}

#[test]
fn ad_10_a_group_manager_sees_the_users_of_the_group_and_no_customer_facet() {
    let mut world = World::new();
    let (north, south) = (world.user_group(None), world.user_group(None));
    let manager = world.manager(&[Permission::AdminHistoryAccess], north);
    let (inside, outside) = (world.member_of(north), world.member_of(south));
    world.set(Command::AddCustomerFacet {
        person: inside,
        service: None,
    });
    let view = world.state.view(Subject::Person(manager), world.now);
    assert!(view.sees_as_user(inside) && !view.sees_as_customer(inside));
    assert!(!view.sees(outside));
    assert!(view.sees(north) && !view.sees(south));
}

#[test]
fn sd_32_a_customer_sees_no_role_of_staff() {
    let mut world = World::new();
    let (customer, other) = (world.customer(), world.customer());
    assert!(sees(&world, customer, customer));
    assert!(!sees(&world, customer, other));
    assert!(!sees(&world, customer, access::RoleId::MEMBER));
}

#[test]
fn ad_10_users_are_counted_for_whoever_sees_them_all() {
    let mut world = World::new();
    let group = world.user_group(None);
    let counts = |world: &World, person| {
        let view = world.state.view(Subject::Person(person), world.now);
        view.sees_all_users()
    };
    for person in [world.first, world.configurer(), world.contact_admin()] {
        assert!(counts(&world, person));
    }
    let devices = world.custom(&[Permission::AdminDeviceGroupsManage]);
    let manager = world.manager(&[Permission::AdminLicencesManage], group);
    for person in [devices, manager, world.member(), world.customer()] {
        assert!(!counts(&world, person));
    }
}

#[test]
fn sd_33_customers_are_counted_for_whoever_sees_those_of_every_company() {
    let mut world = World::new();
    let company = world.company();
    let counts = |world: &World, person| {
        let view = world.state.view(Subject::Person(person), world.now);
        view.sees_all_customers()
    };
    let configurer = world.configurer();
    assert!(counts(&world, configurer));
    list(&mut world, configurer, &[company]);
    assert!(!counts(&world, configurer));
    let admin = world.admin();
    assert!(!counts(&world, admin), "whoever configures no desk");
}

/// Whether the desk's configurer is told that nobody works on it.
fn is_to_repair(world: &World, configurer: PersonId, service: ServiceId) -> bool {
    let view = world.state.view(Subject::Person(configurer), world.now);
    view.is_without_users(service)
}

#[test]
fn sd_39_a_service_is_without_users_when_nobody_may_work_on_it() {
    let mut world = World::new();
    let (service, configurer) = (world.service(), world.configurer());
    let user = user_of(&mut world, service, ServiceLevel::User);
    world.set(users_tab(service, world.first, None));
    let to_repair = |world: &World| is_to_repair(world, configurer, service);
    assert!(!to_repair(&world));
    // A level without the licence opens nothing (SD-7), and a customer is nobody who works on it.
    let customer = world.customer();
    world.tie(customer, Tie::Customer(service, CustomerAccess::Portal));
    world.untie(user, Tie::Licence(world.pool(Product::ServiceDesk)));
    assert!(to_repair(&world));
    world.licence(user, Product::ServiceDesk);
    assert!(!to_repair(&world));
    world.set(Command::Deactivate {
        person: user,
        facet: Facet::User,
    });
    assert!(to_repair(&world), "the level is stored still");
    // By a group whose member may.
    let member = desk_user(&mut world);
    let group = group_with(&mut world, service, member);
    assert!(!to_repair(&world));
    world.archive(Node::Group(group));
    assert!(to_repair(&world));
    let admin = world.admin();
    assert!(
        !is_to_repair(&world, admin, service),
        "for whoever configures the desk"
    );
    world.archive(Node::Service(service));
    assert!(!to_repair(&world), "an archived one is not to be repaired");
}
