//! Customers: who can be chosen, and what the portal opens (SD-9, SD-11 to SD-16, SD-26, SD-32).

use access::catalogue::{PermissionSet, sets};
use access::command::Command;
use access::decide::RecordFacts;
use access::event::Node;
use access::state::{CustomerAccess, Facet, PortalLevel, ServiceLevel, Tie};
use access::{Permission, Subject, Window};

use crate::help::{
    company_with, customers_tab, employ, employee, portal, portal_customer, portal_level,
    record_for, selectable,
};
use crate::support::World;

const NOTHING: PermissionSet = PermissionSet::EMPTY;
const OWN: PermissionSet = PermissionSet::of(&[Permission::PortalIncidentView]);
const OF_COMPANY: PermissionSet = PermissionSet::of(&[
    Permission::PortalIncidentViewCompany,
    Permission::PortalIncidentModifyCompany,
]);

#[test]
fn sd_9_the_people_of_a_company_have_its_services() {
    let mut world = World::new();
    let service = world.service();
    let company = company_with(&mut world, service);
    let customer = employee(&mut world, company);
    world.set(portal_level(customer, PortalLevel::Company));
    assert!(selectable(&world, customer, service));
    assert_eq!(portal(&world, customer, service), sets::PORTAL_COMPANY);
}

#[test]
fn sd_9_they_lose_them_when_either_tie_ends() {
    let mut world = World::new();
    let service = world.service();
    let company = company_with(&mut world, service);
    let (leaver, stayer) = (employee(&mut world, company), employee(&mut world, company));
    for customer in [leaver, stayer] {
        world.set(portal_level(customer, PortalLevel::Company));
    }
    world.set(employ(leaver, None));
    assert_eq!(
        (
            portal(&world, leaver, service),
            selectable(&world, leaver, service)
        ),
        (NOTHING, false)
    );
    assert!(selectable(&world, stayer, service));
    world.set(Command::SaveCompaniesTab {
        service,
        rows: vec![(company, false)],
    });
    assert_eq!(
        (
            portal(&world, stayer, service),
            selectable(&world, stayer, service)
        ),
        (NOTHING, false)
    );
}

#[test]
fn sd_9_ad_25_an_archived_company_gives_nothing() {
    let mut world = World::new();
    let service = world.service();
    let company = company_with(&mut world, service);
    let customer = employee(&mut world, company);
    world.set(portal_level(customer, PortalLevel::CompanyAdmin));
    world.archive(Node::Company(company));
    assert_eq!(
        (
            portal(&world, customer, service),
            selectable(&world, customer, service)
        ),
        (NOTHING, false)
    );
}

#[test]
fn sd_11_both_kinds_of_access_make_selectable_and_one_opens_the_portal() {
    let mut world = World::new();
    let service = world.service();
    let customer = portal_customer(&mut world, service, PortalLevel::Standard);
    for (access, is_selectable, opens) in [
        (Some(CustomerAccess::Portal), true, sets::PORTAL_STANDARD),
        (Some(CustomerAccess::NoPortal), true, NOTHING),
        (None, false, NOTHING),
    ] {
        world.set(customers_tab(service, customer, access));
        assert_eq!(
            selectable(&world, customer, service),
            is_selectable,
            "{access:?}"
        );
        assert_eq!(portal(&world, customer, service), opens, "{access:?}");
    }
}

#[test]
fn sd_11_deactivated_and_unconfirmed_customers_are_not_selectable() {
    let mut world = World::new();
    let service = world.service();
    let customer = portal_customer(&mut world, service, PortalLevel::Standard);
    world.set(Command::Deactivate {
        person: customer,
        facet: Facet::Customer,
    });
    assert_eq!(
        (
            portal(&world, customer, service),
            selectable(&world, customer, service)
        ),
        (NOTHING, false)
    );
    let unconfirmed = crate::registration::registered(&mut world, "somewhere.example");
    world.set(customers_tab(
        service,
        unconfirmed,
        Some(CustomerAccess::Portal),
    ));
    world.set(portal_level(unconfirmed, PortalLevel::Standard));
    assert_eq!(
        (
            portal(&world, unconfirmed, service),
            selectable(&world, unconfirmed, service)
        ),
        (NOTHING, false)
    );
}

#[test]
fn sd_12_the_customer_belongs_to_the_service_of_the_record() {
    let mut world = World::new();
    let (service, other) = (world.service(), world.service());
    let customer = portal_customer(&mut world, service, PortalLevel::Standard);
    assert!(selectable(&world, customer, service));
    assert!(!selectable(&world, customer, other));
    world.archive(Node::Service(service));
    assert!(!selectable(&world, customer, service));
}

/// RULES §1: staff rights never open the portal; those of the only user neither.
#[test]
fn ad_17_the_only_user_is_a_customer_like_others() {
    let mut world = World::alone();
    let (person, service) = (world.first, world.service());
    world.set(Command::AddCustomerFacet {
        person,
        service: None,
    });
    assert!(world.may(person, Permission::ServiceDeskRecordManage, service));
    assert_eq!(portal(&world, person, service), NOTHING);
}

#[test]
fn sd_12_staff_are_no_customers() {
    let mut world = World::new();
    let service = world.service();
    assert!(!selectable(&world, world.first, service));
}

#[test]
fn sd_13_the_level_none_closes_every_portal() {
    let mut world = World::new();
    let service = world.service();
    let customer = portal_customer(&mut world, service, PortalLevel::Standard);
    world.set(portal_level(customer, PortalLevel::None));
    assert_eq!(portal(&world, customer, service), NOTHING);
    assert!(
        selectable(&world, customer, service),
        "the other setting stays"
    );
}

#[test]
fn sd_14_standard_follows_own_incidents_where_there_is_portal_access() {
    let mut world = World::new();
    let (service, other) = (world.service(), world.service());
    let customer = portal_customer(&mut world, service, PortalLevel::Standard);
    let colleague = world.customer();
    assert_eq!(portal(&world, customer, service), sets::PORTAL_STANDARD);
    assert_eq!(
        portal(&world, customer, record_for(service, Some(customer), None)),
        OWN
    );
    assert_eq!(
        portal(&world, customer, record_for(service, Some(colleague), None)),
        NOTHING
    );
    assert_eq!(
        portal(&world, customer, record_for(service, None, None)),
        NOTHING
    );
    assert_eq!(
        portal(&world, customer, record_for(other, Some(customer), None)),
        NOTHING
    );
}

#[test]
fn sd_14_standard_has_nothing_through_the_company() {
    let mut world = World::new();
    let service = world.service();
    let company = company_with(&mut world, service);
    let customer = employee(&mut world, company);
    world.set(portal_level(customer, PortalLevel::Standard));
    assert_eq!(portal(&world, customer, service), NOTHING);
}

#[test]
fn sd_15_company_has_own_services_and_those_of_the_company() {
    let mut world = World::new();
    let (own, given, neither) = (world.service(), world.service(), world.service());
    let customer = portal_customer(&mut world, own, PortalLevel::Company);
    let company = company_with(&mut world, given);
    world.set(employ(customer, Some(company)));
    assert_eq!(portal(&world, customer, own), sets::PORTAL_COMPANY);
    assert_eq!(portal(&world, customer, given), sets::PORTAL_COMPANY);
    assert_eq!(portal(&world, customer, neither), NOTHING);
}

#[test]
fn sd_15_no_portal_set_by_hand_closes_what_the_company_opens() {
    let mut world = World::new();
    let (service, other) = (world.service(), world.service());
    let company = company_with(&mut world, service);
    world.set(Command::SaveCompaniesTab {
        service: other,
        rows: vec![(company, true)],
    });
    let customer = employee(&mut world, company);
    world.set(portal_level(customer, PortalLevel::Company));
    world.set(customers_tab(
        service,
        customer,
        Some(CustomerAccess::NoPortal),
    ));
    assert_eq!(portal(&world, customer, service), NOTHING);
    assert!(selectable(&world, customer, service));
    assert_eq!(portal(&world, customer, other), sets::PORTAL_COMPANY);
}

#[test]
fn sd_15_access_for_a_time_leaves_what_was_closed_by_hand_closed_afterwards() {
    let mut world = World::new();
    let service = world.service();
    let company = company_with(&mut world, service);
    let person = employee(&mut world, company);
    world.set(portal_level(person, PortalLevel::Company));
    world.tie(person, Tie::Customer(service, CustomerAccess::NoPortal));
    let week = |world: &World| Command::Tie {
        person,
        tie: Tie::Customer(service, CustomerAccess::Portal),
        window: world.for_hours(7 * 24),
    };
    world.set(week(&world));
    assert_eq!(portal(&world, person, service), sets::PORTAL_COMPANY);
    world.wait_hours(24);
    // Prolonged: the one for a time replaces the other for a time.
    world.set(week(&world));
    world.wait_hours(6 * 24);
    assert_eq!(portal(&world, person, service), sets::PORTAL_COMPANY);
    world.wait_hours(24);
    assert_eq!(portal(&world, person, service), NOTHING);
    assert!(selectable(&world, person, service));
    // Given for ever it is the one stored value (SD-17).
    world.tie(person, Tie::Customer(service, CustomerAccess::Portal));
    let ties: Vec<_> = world.row(person).ties.iter().copied().collect();
    assert_eq!(ties, [Tie::Customer(service, CustomerAccess::Portal)]);
}

#[test]
fn sd_16_company_admin_sees_and_modifies_what_colleagues_logged() {
    let mut world = World::new();
    let service = world.service();
    let (company, other) = (
        company_with(&mut world, service),
        company_with(&mut world, service),
    );
    let (admin, colleague) = (employee(&mut world, company), employee(&mut world, company));
    world.set(portal_level(admin, PortalLevel::CompanyAdmin));
    world.set(portal_level(colleague, PortalLevel::Company));
    let theirs = record_for(service, Some(colleague), Some(company));
    assert_eq!(portal(&world, admin, theirs), OF_COMPANY);
    let of_admin = record_for(service, Some(admin), Some(company));
    assert_eq!(
        portal(&world, colleague, of_admin),
        NOTHING,
        "Company sees its own only"
    );
    for elsewhere in [Some(other), None] {
        let foreign = record_for(service, Some(colleague), elsewhere);
        assert_eq!(
            portal(&world, admin, foreign),
            NOTHING,
            "logged for {elsewhere:?}"
        );
    }
}

#[test]
fn sd_16_only_where_the_portal_is_open() {
    let mut world = World::new();
    let (service, closed) = (world.service(), world.service());
    let company = company_with(&mut world, service);
    let (admin, colleague) = (employee(&mut world, company), employee(&mut world, company));
    world.set(portal_level(admin, PortalLevel::CompanyAdmin));
    assert_eq!(
        portal(
            &world,
            admin,
            record_for(closed, Some(colleague), Some(company))
        ),
        NOTHING
    );
    world.set(customers_tab(
        service,
        admin,
        Some(CustomerAccess::NoPortal),
    ));
    assert_eq!(
        portal(
            &world,
            admin,
            record_for(service, Some(colleague), Some(company))
        ),
        NOTHING
    );
}

#[test]
fn sd_16_company_admin_manages_no_people_and_no_services() {
    let mut world = World::new();
    let service = world.service();
    let company = company_with(&mut world, service);
    let (admin, colleague) = (employee(&mut world, company), employee(&mut world, company));
    world.set(portal_level(admin, PortalLevel::CompanyAdmin));
    let level = PortalLevel::Company;
    for command in [
        portal_level(colleague, level),
        employ(colleague, None),
        Command::AddDomain {
            company,
            domain: "acme.example".into(),
        },
        Command::CreateCompany { id: world.id() },
    ] {
        assert_eq!(world.code(admin, command), "permission_missing");
    }
    let access = Some(CustomerAccess::Portal);
    assert_eq!(
        world.code(admin, customers_tab(service, colleague, access)),
        "not_found"
    );
}

#[test]
fn sd_16_without_a_company_there_is_no_incident_of_the_company() {
    let mut world = World::new();
    let service = world.service();
    let customer = portal_customer(&mut world, service, PortalLevel::CompanyAdmin);
    assert_eq!(portal(&world, customer, service), sets::PORTAL_COMPANY);
}

#[test]
fn sd_14_each_facet_opens_its_own_doors_only() {
    let mut world = World::new();
    let service = world.service();
    let user = crate::help::user_of(
        &mut world,
        service,
        access::state::ServiceLevel::Administrator,
    );
    assert_eq!(portal(&world, user, service), NOTHING);
    world.set(Command::AddCustomerFacet {
        person: user,
        service: None,
    });
    assert_eq!(
        portal(&world, user, service),
        NOTHING,
        "a level is no portal access"
    );
    let view = world.state.view(Subject::Person(user), world.now);
    assert!(view.may(Permission::ServiceDeskRecordDelete, service));
}

#[test]
fn sd_26_records_of_an_erased_customer_stay_with_the_staff() {
    let mut world = World::new();
    let service = world.service();
    let customer = portal_customer(&mut world, service, PortalLevel::Standard);
    let user = crate::help::user_of(&mut world, service, access::state::ServiceLevel::User);
    let record: RecordFacts = record_for(service, Some(customer), None);
    world.set(Command::ErasePerson { person: customer });
    assert!(world.may(user, Permission::ServiceDeskRecordManage, record));
    assert_eq!(
        (
            portal(&world, customer, record),
            selectable(&world, customer, service)
        ),
        (NOTHING, false)
    );
}

#[test]
fn sd_27_a_person_created_again_is_a_new_person() {
    let mut world = World::new();
    let service = world.service();
    let erased = portal_customer(&mut world, service, PortalLevel::Standard);
    world.set(Command::ErasePerson { person: erased });
    let again = world.customer();
    assert_ne!(erased, again);
    assert!(!selectable(&world, again, service));
    assert_eq!(
        portal(&world, again, record_for(service, Some(erased), None)),
        NOTHING
    );
}

#[test]
fn sd_11_access_for_a_time_ends_by_itself() {
    let mut world = World::new();
    let service = world.service();
    let customer = world.customer();
    world.set(portal_level(customer, PortalLevel::Standard));
    let tie = Tie::Customer(service, CustomerAccess::Portal);
    let window = world.for_hours(2);
    world.set(Command::Tie {
        person: customer,
        tie,
        window,
    });
    assert_eq!(portal(&world, customer, service), sets::PORTAL_STANDARD);
    world.wait_hours(2);
    assert_eq!(
        (
            portal(&world, customer, service),
            selectable(&world, customer, service)
        ),
        (NOTHING, false)
    );
}

#[test]
fn sd_32_a_customer_is_not_told_who_works_here() {
    let mut world = World::new();
    let customer = world.customer();
    let level = PortalLevel::CompanyAdmin;
    let refusal = world.refused(customer, portal_level(customer, level));
    assert_eq!(
        (refusal.code, &refusal.who_could[..]),
        ("permission_missing", &[][..])
    );
}

#[test]
fn sd_13_what_staff_give_themselves_is_marked() {
    let mut world = World::new();
    let company = world.company();
    let configurer = world.configurer();
    world.set(Command::AddCustomerFacet {
        person: configurer,
        service: None,
    });
    for command in [
        portal_level(configurer, PortalLevel::Company),
        employ(configurer, Some(company)),
    ] {
        let answer = world.run(configurer, command);
        assert!(answer.notices.contains(&access::Notice::GivenToOneself));
    }
}

#[test]
fn sd_11_ad_25_an_access_that_gives_nothing_is_no_access() {
    let mut world = World::new();
    let service = world.service();
    let user = crate::help::user_of(&mut world, service, ServiceLevel::User);
    let company = company_with(&mut world, service);
    let (over, later, archived) = (
        world.customer(),
        world.customer(),
        employee(&mut world, company),
    );
    let portal = Tie::Customer(service, CustomerAccess::Portal);
    let tie = |person, window| Command::Tie {
        person,
        tie: portal,
        window,
    };
    world.set(tie(over, world.for_hours(1)));
    world.wait_hours(1);
    let start = world.for_hours(1).end;
    world.set(tie(later, Window { start, end: None }));
    world.archive(Node::Company(company));
    for person in [over, later, archived] {
        assert!(!selectable(&world, person, service));
        let add = Command::AddCustomerFacet {
            person,
            service: Some(service),
        };
        world.run(user, add.clone());
        assert!(selectable(&world, person, service));
        world.unchanged(user, add);
    }
    world.wait_hours(1);
    assert!(world.has_now(later, portal), "what was to come comes");
}
