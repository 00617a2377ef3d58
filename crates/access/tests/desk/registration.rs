//! Self-registration (SD-23).

use access::command::{Actor, Command, SystemSubject};
use access::event::ProfileField;
use access::state::{CustomerAccess, CustomerFacet, PortalLevel, RegistrationPolicy, Tie};
use access::{CompanyId, Event, PersonId, PublicId};

use crate::help::{company_with, portal, selectable};
use crate::support::World;

const REGISTRATION: Actor = Actor::System(SystemSubject::Registration);

/// Somebody who registered while anyone could, and has not confirmed.
pub fn registered(world: &mut World, domain: &str) -> PersonId {
    let before = world.state.account().registration;
    world.set(Command::SetRegistration {
        policy: Some(RegistrationPolicy::Anyone),
        denied: 0,
        allowed: 0,
    });
    let id = world.id();
    world.run(
        REGISTRATION,
        Command::Register {
            id,
            domain: domain.into(),
            denied: false,
        },
    );
    world.set(Command::SetRegistration {
        policy: Some(before),
        denied: 0,
        allowed: 0,
    });
    world.state.resolve(id).unwrap()
}

fn open_to_anyone(world: &mut World) {
    world.set(Command::SetRegistration {
        policy: Some(RegistrationPolicy::Anyone),
        denied: 0,
        allowed: 0,
    });
}

fn register(world: &mut World, domain: &str, denied: bool) -> Command {
    Command::Register {
        id: world.id(),
        domain: domain.into(),
        denied,
    }
}

fn confirm(person: PersonId, domain: &str, denied: bool) -> Command {
    Command::ConfirmAddress {
        person,
        domain: domain.into(),
        denied,
    }
}

fn arrive(id: PublicId<PersonId>) -> Command {
    Command::Arrive {
        id,
        domain: "nowhere.example".into(),
        denied: false,
    }
}

fn accepting(world: &mut World, domain: &str, accepts: bool) -> CompanyId {
    let company = world.company();
    world.set(Command::AddDomain {
        company,
        domain: domain.into(),
    });
    world.set(Command::SetCompanyRegistration { company, accepts });
    company
}

#[test]
fn sd_23_by_default_nobody_registers() {
    let mut world = World::new();
    accepting(&mut world, "acme.example", true);
    let command = register(&mut world, "acme.example", false);
    let refusal = world.refused(REGISTRATION, command);
    assert_eq!(
        (refusal.rule, refusal.code),
        ("SD-23", "registration_closed")
    );
}

#[test]
fn sd_23_people_of_accepting_companies_come_as_level_company() {
    let mut world = World::new();
    let company = accepting(&mut world, "acme.example", true);
    world.set(Command::SetRegistration {
        policy: Some(RegistrationPolicy::Companies),
        denied: 0,
        allowed: 0,
    });
    let id = world.id();
    let command = Command::Register {
        id,
        domain: "mail.acme.example".into(),
        denied: false,
    };
    world.run(REGISTRATION, command);
    let person = world.state.resolve(id).unwrap();
    world.run(REGISTRATION, confirm(person, "mail.acme.example", false));
    let row = world.row(person);
    assert_eq!(
        (row.company, row.portal_level),
        (Some(company), PortalLevel::Company)
    );
}

#[test]
fn sd_23_people_of_other_companies_and_of_none_do_not() {
    let mut world = World::new();
    accepting(&mut world, "closed.example", false);
    world.set(Command::SetRegistration {
        policy: Some(RegistrationPolicy::Companies),
        denied: 0,
        allowed: 0,
    });
    for domain in ["closed.example", "nowhere.example"] {
        let command = register(&mut world, domain, false);
        assert_eq!(
            world.code(REGISTRATION, command),
            "registration_closed",
            "{domain}"
        );
    }
}

#[test]
fn sd_23_anyone_comes_as_standard_with_the_services_open_to_all() {
    let mut world = World::new();
    let (open, closed) = (world.service(), world.service());
    world.set(Command::SetServiceOpenToAll {
        service: open,
        open: true,
    });
    let person = registered(&mut world, "nowhere.example");
    world.set(Command::SetRegistration {
        policy: Some(RegistrationPolicy::Anyone),
        denied: 0,
        allowed: 0,
    });
    world.run(REGISTRATION, confirm(person, "nowhere.example", false));
    assert_eq!(world.row(person).portal_level, PortalLevel::Standard);
    assert_eq!(
        world.row(person).ties[..],
        [Tie::Customer(open, CustomerAccess::Portal)]
    );
    assert!(selectable(&world, person, open) && !portal(&world, person, open).is_empty());
    assert!(portal(&world, person, closed).is_empty());
}

#[test]
fn sd_23_no_service_is_open_to_all_by_default() {
    let mut world = World::new();
    let service = world.service();
    let customer = world.customer();
    assert!(!world.state.services().get(service).unwrap().open_to_all);
    world.set(Command::SetServiceOpenToAll {
        service,
        open: true,
    });
    assert!(
        world.row(customer).ties.is_empty(),
        "who is here already gains nothing"
    );
}

#[test]
fn sd_23_nothing_opens_before_the_address_is_confirmed() {
    let mut world = World::new();
    let service = world.service();
    let company = company_with(&mut world, service);
    world.set(Command::AddDomain {
        company,
        domain: "acme.example".into(),
    });
    let person = registered(&mut world, "acme.example");
    let row = world.row(person);
    assert_eq!(
        (row.customer, row.portal_level),
        (CustomerFacet::Unconfirmed, PortalLevel::None)
    );
    assert_eq!((row.company, row.ties.len()), (None, 0));
    assert!(portal(&world, person, service).is_empty() && !selectable(&world, person, service));
}

#[test]
fn sd_23_the_denylist_wins() {
    let mut world = World::new();
    accepting(&mut world, "acme.example", true);
    let waiting = registered(&mut world, "acme.example");
    for policy in [RegistrationPolicy::Companies, RegistrationPolicy::Anyone] {
        world.set(Command::SetRegistration {
            policy: Some(policy),
            denied: 0,
            allowed: 0,
        });
        let command = register(&mut world, "acme.example", true);
        assert_eq!(world.code(REGISTRATION, command), "registration_closed");
        let late = confirm(waiting, "acme.example", true);
        assert_eq!(world.code(REGISTRATION, late), "registration_closed");
    }
}

#[test]
fn sd_23_who_confirms_is_judged_by_the_rules_of_now() {
    let mut world = World::new();
    let person = registered(&mut world, "nowhere.example");
    let command = confirm(person, "nowhere.example", false);
    assert_eq!(world.code(REGISTRATION, command), "registration_closed");
    assert_eq!(world.row(person).customer, CustomerFacet::Unconfirmed);
}

#[test]
fn sd_23_registration_is_for_the_portal_and_its_rules_for_who_configures() {
    let mut world = World::new();
    let command = register(&mut world, "acme.example", false);
    assert_eq!(world.code(world.first, command), "only_oneself");
    let (policy, admin) = (RegistrationPolicy::Anyone, world.super_admin());
    assert_eq!(
        world.code(
            admin,
            Command::SetRegistration {
                policy: Some(policy),
                denied: 0,
                allowed: 0,
            }
        ),
        "permission_missing"
    );
    world.run(
        world.first,
        Command::SetRegistration {
            policy: Some(policy),
            denied: 0,
            allowed: 0,
        },
    );
    world.unchanged(
        world.first,
        Command::SetRegistration {
            policy: Some(policy),
            denied: 0,
            allowed: 0,
        },
    );
}

/// SD-23, AD-20: the entries are no part of the state; that somebody changed them is in the log, by whoever may configure.
#[test]
fn sd_23_a_change_of_the_denylist_is_a_fact_of_its_own() {
    let mut world = World::new();
    let policy = world.state.account().registration;
    let command = Command::SetRegistration {
        policy: None,
        denied: 2,
        allowed: 1,
    };
    let admin = world.super_admin();
    assert_eq!(world.code(admin, command.clone()), "permission_missing");
    assert_eq!(
        world.set(command).events,
        [Event::DenylistChanged {
            denied: 2,
            allowed: 1
        }]
    );
    assert_eq!(world.state.account().registration, policy);
}

#[test]
fn sd_23_whoever_comes_by_the_link_is_added_confirmed_and_let_in_at_once() {
    let mut world = World::new();
    let id = world.id();
    assert_eq!(world.code(REGISTRATION, arrive(id)), "registration_closed");
    open_to_anyone(&mut world);
    assert_eq!(world.code(world.first, arrive(id)), "only_oneself");
    world.run(REGISTRATION, arrive(id));
    let person = world.state.resolve(id).unwrap();
    let row = world.row(person);
    assert_eq!(
        (row.customer, row.portal_level, row.can_sign_in),
        (CustomerFacet::Active, PortalLevel::Standard, true)
    );
    let again = world.refused(REGISTRATION, arrive(id));
    assert_eq!((again.rule, again.code), ("SD-23", "link_used"));
}

#[test]
fn sd_23_whoever_registered_and_did_not_confirm_comes_once_by_the_link() {
    let mut world = World::new();
    open_to_anyone(&mut world);
    for had_a_way_in in [false, true] {
        let person = registered(&mut world, "nowhere.example");
        let id = world.state.public(person).unwrap();
        if had_a_way_in {
            let possible = true;
            let pages = Actor::System(SystemSubject::SignIn);
            world.run(pages, Command::SetSignIn { person, possible });
        }
        let events = world.run(REGISTRATION, arrive(id)).events;
        // What the link proves is the address that it went to: links of another one are used up with it.
        let fields = vec![ProfileField::Name, ProfileField::Address];
        assert!(events.contains(&Event::ProfileEdited { person, fields }));
        assert_eq!(
            events.contains(&Event::AccessEnded { person }),
            had_a_way_in
        );
        let row = world.row(person);
        assert!(row.customer == CustomerFacet::Active && row.can_sign_in);
        assert_eq!(world.code(REGISTRATION, arrive(id)), "link_used");
    }
    // Staff meanwhile: a mailbox does not set the password of theirs.
    let person = registered(&mut world, "nowhere.example");
    let id = world.state.public(person).unwrap();
    let user_groups = Vec::new();
    world.set(Command::AddUserFacet {
        person,
        user_groups,
    });
    assert_eq!(world.code(REGISTRATION, arrive(id)), "link_used");
}

#[test]
fn sd_22_sd_23_a_customer_who_was_added_has_nothing_open_and_confirms_once() {
    let mut world = World::new();
    let service = world.service();
    let company = company_with(&mut world, service);
    world.set(Command::AddDomain {
        company,
        domain: "acme.example".into(),
    });
    let added = world.customer();
    assert!(!world.row(added).can_sign_in && portal(&world, added, service).is_empty());
    world.run(REGISTRATION, confirm(added, "acme.example", false));
    assert_eq!(world.row(added).company, Some(company));
    world.unchanged(REGISTRATION, confirm(added, "acme.example", false));
}
