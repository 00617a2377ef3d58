//! Setting the portal level, one by one and in bulk (SD-13, SD-25).

use access::command::{Command, Notice};
use access::event::{Event, Node};
use access::state::{CustomerAccess, PortalLevel, Tie};

use crate::help::{company_with, customers_tab, employee, outcomes, portal_customer, portal_level};
use crate::support::World;

#[test]
fn sd_13_an_edit_without_effect_is_stored_and_says_so() {
    let mut world = World::new();
    let customer = world.customer();
    for level in [
        PortalLevel::Standard,
        PortalLevel::Company,
        PortalLevel::CompanyAdmin,
    ] {
        let answer = world.set(portal_level(customer, level));
        assert_eq!(answer.notices, [Notice::NoEffect], "{level:?}");
        assert_eq!(world.row(customer).portal_level, level);
    }
}

#[test]
fn sd_13_an_edit_with_effect_says_nothing() {
    let mut world = World::new();
    let service = world.service();
    let customer = world.customer();
    world.set(customers_tab(
        service,
        customer,
        Some(CustomerAccess::Portal),
    ));
    let answer = world.set(portal_level(customer, PortalLevel::Standard));
    assert_eq!(answer.notices, []);
    let answer = world.set(portal_level(customer, PortalLevel::Company));
    assert_eq!(
        answer.notices,
        [Notice::NoEffect],
        "no company: the same services as before"
    );
    let answer = world.set(portal_level(customer, PortalLevel::None));
    assert_eq!(answer.notices, []);
}

#[test]
fn sd_13_company_admin_has_an_effect_with_a_company() {
    let mut world = World::new();
    let service = world.service();
    let company = company_with(&mut world, service);
    let customer = employee(&mut world, company);
    for level in [PortalLevel::Company, PortalLevel::CompanyAdmin] {
        assert_eq!(
            world.set(portal_level(customer, level)).notices,
            [],
            "{level:?}"
        );
    }
}

#[test]
fn sd_13_the_level_is_independent_of_the_services() {
    let mut world = World::new();
    let service = world.service();
    let customer = portal_customer(&mut world, service, PortalLevel::Standard);
    let answer = world.set(portal_level(customer, PortalLevel::None));
    let level = PortalLevel::None;
    assert_eq!(
        answer.events,
        [Event::PortalLevelSet {
            person: customer,
            level
        }]
    );
    assert!(world.has(customer, Tie::Customer(service, CustomerAccess::Portal)));
    world.unchanged(world.first, portal_level(customer, level));
}

#[test]
fn sd_13_levels_are_of_customers_and_set_by_who_configures() {
    let mut world = World::new();
    let (customer, admin) = (world.customer(), world.super_admin());
    let level = PortalLevel::Standard;
    assert_eq!(
        world.code(world.first, portal_level(world.first, level)),
        "not_a_customer"
    );
    let refusal = world.refused(admin, portal_level(customer, level));
    assert_eq!(refusal.code, "permission_missing");
    assert_eq!(refusal.who_could, [world.first]);
    let people = vec![customer, world.customer()];
    let several = Command::SetPortalLevel {
        people,
        level,
        bulk: false,
    };
    assert_eq!(world.code(world.first, several), "one_person");
}

#[test]
fn sd_25_standard_skips_who_has_no_portal_service() {
    let mut world = World::new();
    let service = world.service();
    let with = portal_customer(&mut world, service, PortalLevel::None);
    let (without, no_portal) = (world.customer(), world.customer());
    world.set(customers_tab(
        service,
        no_portal,
        Some(CustomerAccess::NoPortal),
    ));
    let people = vec![without, with, no_portal];
    let level = PortalLevel::Standard;
    let answer = world.set(Command::SetPortalLevel {
        people,
        level,
        bulk: true,
    });
    let skipped = Some("no_portal_service");
    assert_eq!(
        outcomes(&answer),
        [(without, skipped), (with, None), (no_portal, skipped)]
    );
    assert_eq!(
        answer.events,
        [Event::PortalLevelSet {
            person: with,
            level
        }]
    );
}

#[test]
fn sd_25_company_and_company_admin_skip_who_has_no_company() {
    let mut world = World::new();
    let service = world.service();
    let (company, archived) = (company_with(&mut world, service), world.company());
    let (with, former) = (
        employee(&mut world, company),
        employee(&mut world, archived),
    );
    let without = portal_customer(&mut world, service, PortalLevel::None);
    world.archive(Node::Company(archived));
    for level in [PortalLevel::Company, PortalLevel::CompanyAdmin] {
        let people = vec![with, without, former];
        let answer = world.set(Command::SetPortalLevel {
            people,
            level,
            bulk: true,
        });
        let skipped = Some("no_company");
        assert_eq!(
            outcomes(&answer),
            [(with, None), (without, skipped), (former, skipped)]
        );
        assert_eq!(world.row(with).portal_level, level);
    }
}

#[test]
fn sd_25_updated_and_skipped_are_exactly_the_chosen_ones() {
    let mut world = World::new();
    let service = world.service();
    let standard = portal_customer(&mut world, service, PortalLevel::Standard);
    let (user, customer) = (world.first, world.customer());
    let people = vec![user, standard, customer];
    let level = PortalLevel::None;
    let answer = world.set(Command::SetPortalLevel {
        people,
        level,
        bulk: true,
    });
    assert_eq!(
        outcomes(&answer),
        [
            (user, Some("not_a_customer")),
            (standard, None),
            (customer, Some("unchanged"))
        ]
    );
    let twice = Command::SetPortalLevel {
        people: vec![customer, customer],
        level,
        bulk: true,
    };
    assert_eq!(world.code(world.first, twice), "named_twice");
}
