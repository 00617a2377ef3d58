//! Who may know that somebody or something is there (SD-33, SD-36, AD-10): lists are cut by it, and what is not seen is not found.

use access::command::Command;
use access::event::ListedCompanies;
use access::state::{CustomerAccess, ServiceLevel};
use access::{CompanyId, Permission, PersonId, Subject, Visible};

use crate::help::{company_with, customers_tab, employ, employee, user_of};
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
