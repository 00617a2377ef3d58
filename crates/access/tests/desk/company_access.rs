//! Which companies a user sees (SD-33, AD-26).

use access::catalogue::{PermissionSet, sets};
use access::command::{Command, Notice};
use access::event::{Event, ListedCompanies};
use access::explain::words::Name;
use access::preview::Right;
use access::state::{DeskRight, ServiceLevel, Tie};
use access::{CompanyId, Permission, PersonId, Subject, Target};

use crate::help::{customers_tab, desk, employ, employee, portal_level, record_for, user_of};
use crate::support::{World, give};

fn list(person: PersonId, companies: &[CompanyId], without_company: bool) -> Command {
    let companies = companies.to_vec();
    Command::SetCompanyAccess {
        person,
        listed: Some(ListedCompanies {
            companies,
            without_company,
        }),
    }
}

fn all(person: PersonId) -> Command {
    Command::SetCompanyAccess {
        person,
        listed: None,
    }
}

#[test]
fn sd_33_by_default_a_user_sees_all_companies() {
    let mut world = World::new();
    let (service, company) = (world.service(), world.company());
    let user = user_of(&mut world, service, ServiceLevel::User);
    let customer = employee(&mut world, company);
    let record = record_for(service, Some(customer), Some(company));
    assert_eq!(desk(&world, user, record), sets::SERVICE_USER);
}

#[test]
fn sd_33_with_a_list_records_of_other_companies_are_closed() {
    let mut world = World::new();
    let service = world.service();
    let (listed, other) = (world.company(), world.company());
    let administrator = user_of(&mut world, service, ServiceLevel::Administrator);
    let customer = world.customer();
    world.set(list(administrator, &[listed], false));
    for (company, expected) in [
        (Some(listed), sets::SERVICE_ADMINISTRATOR),
        (Some(other), PermissionSet::EMPTY),
        (None, PermissionSet::EMPTY),
    ] {
        let record = record_for(service, Some(customer), company);
        assert_eq!(desk(&world, administrator, record), expected, "{company:?}");
    }
}

/// What is told of somebody who was erased is told to who was told of them before.
#[test]
fn sd_33_sd_26_an_erased_person_is_hidden_as_before_and_a_colleague_never() {
    let mut world = World::new();
    let (seen, hidden) = (world.company(), world.company());
    let (colleague, both) = (world.member(), world.member());
    world.set(Command::AddCustomerFacet {
        person: both,
        service: None,
    });
    let (near, far) = (employee(&mut world, seen), employee(&mut world, hidden));
    let free = world.customer();
    let people = [colleague, both, near, far, free];
    let [with, without] = [true, false].map(|without_company| {
        let reader = world.super_admin();
        world.set(list(reader, &[seen], without_company));
        reader
    });
    let cut = |world: &World, reader| {
        let view = world.state.view(Subject::Person(reader), world.now);
        people.map(|person| view.cuts(Name::Person(person)))
    };
    let before = [with, without].map(|reader| cut(&world, reader));
    assert_eq!(before[0], [false, false, false, true, false]);
    assert_eq!(before[1], [false, false, false, true, true]);
    for person in people {
        world.set(Command::ErasePerson { person });
    }
    assert_eq!([with, without].map(|reader| cut(&world, reader)), before);
}

#[test]
fn sd_33_those_without_a_company_show_if_the_list_says_so() {
    let mut world = World::new();
    let service = world.service();
    let user = user_of(&mut world, service, ServiceLevel::User);
    let customer = world.customer();
    let record = record_for(service, Some(customer), None);
    world.set(list(user, &[], true));
    assert_eq!(desk(&world, user, record), sets::SERVICE_USER);
    world.set(list(user, &[], false));
    assert_eq!(desk(&world, user, record), PermissionSet::EMPTY);
}

#[test]
fn sd_33_a_record_without_customer_passes() {
    let mut world = World::new();
    let service = world.service();
    let user = user_of(&mut world, service, ServiceLevel::User);
    world.set(list(user, &[], false));
    assert_eq!(
        desk(&world, user, record_for(service, None, None)),
        sets::SERVICE_USER
    );
    assert_eq!(desk(&world, user, service), sets::SERVICE_USER);
}

#[test]
fn sd_33_a_record_belongs_to_the_company_it_was_logged_for() {
    let mut world = World::new();
    let service = world.service();
    let (then, now) = (world.company(), world.company());
    let user = user_of(&mut world, service, ServiceLevel::User);
    let customer = employee(&mut world, now);
    world.set(list(user, &[now], false));
    let record = record_for(service, Some(customer), Some(then));
    assert!(!world.may(user, Permission::ServiceDeskRecordManage, record));
}

#[test]
fn sd_33_ad_26_an_empty_list_means_none() {
    let mut world = World::new();
    let (service, company) = (world.service(), world.company());
    let user = user_of(&mut world, service, ServiceLevel::User);
    let customer = employee(&mut world, company);
    world.set(list(user, &[], false));
    let record = record_for(service, Some(customer), Some(company));
    assert!(!world.may(user, Permission::ServiceDeskRecordManage, record));
}

#[test]
fn sd_33_ad_26_a_list_whose_last_company_was_deleted_means_none() {
    let mut world = World::new();
    let (service, listed, other) = (world.service(), world.company(), world.company());
    let user = user_of(&mut world, service, ServiceLevel::User);
    let customer = employee(&mut world, other);
    world.set(list(user, &[listed], false));
    world.set(Command::Delete {
        node: access::event::Node::Company(listed),
    });
    let record = record_for(service, Some(customer), Some(other));
    assert!(!world.may(user, Permission::ServiceDeskRecordManage, record));
}

#[test]
fn sd_33_hidden_customers_and_companies_are_not_found() {
    let mut world = World::new();
    let service = world.service();
    let (listed, hidden) = (world.company(), world.company());
    let (known, unknown) = (employee(&mut world, listed), employee(&mut world, hidden));
    let configurer = world.configurer();
    world.set(list(configurer, &[listed], false));
    for command in [
        customers_tab(service, unknown, None),
        portal_level(unknown, access::state::PortalLevel::None),
        employ(unknown, None),
        employ(known, Some(hidden)),
        Command::AddDomain {
            company: hidden,
            domain: "acme.example".into(),
        },
        Command::SetCompanyRegistration {
            company: hidden,
            accepts: true,
        },
        Command::SaveCompaniesTab {
            service,
            rows: vec![(hidden, true)],
        },
    ] {
        assert_eq!(
            world.code(configurer, command.clone()),
            "not_found",
            "{command:?}"
        );
    }
    world.run(configurer, customers_tab(service, known, None));
}

#[test]
fn sd_33_staff_colleagues_are_never_hidden() {
    let mut world = World::new();
    let (service, hidden) = (world.service(), world.company());
    let colleague = user_of(&mut world, service, ServiceLevel::User);
    world.set(employ(colleague, Some(hidden)));
    let configurer = world.configurer();
    world.set(list(configurer, &[], false));
    world.run(configurer, crate::help::users_tab(service, colleague, None));
}

#[test]
fn sd_33_nobody_widens_their_own_list() {
    let mut world = World::new();
    let configurer = world.configurer();
    world.run(configurer, list(configurer, &[], true));
    let refusal = world.refused(configurer, all(configurer));
    assert_eq!((refusal.rule, refusal.code), ("§4", "not_to_oneself"));
    assert!(refusal.who_could.contains(&world.first));
}

#[test]
fn sd_33_a_list_is_given_by_admins_and_who_configures() {
    let mut world = World::new();
    let company = world.company();
    let (user, other) = (world.member(), world.member());
    let refusal = world.refused(other, list(user, &[company], false));
    assert!(matches!(refusal.code, "permission_missing" | "not_found"));
    for giver in [world.admin(), world.configurer()] {
        world.run(giver, list(user, &[company], false));
        world.unchanged(giver, list(user, &[company], false));
        world.run(giver, all(user));
    }
}

#[test]
fn sd_33_nobody_shows_another_more_than_they_see() {
    let mut world = World::new();
    let (seen, hidden) = (world.company(), world.company());
    let (configurer, user) = (world.configurer(), world.member());
    world.set(list(configurer, &[seen], false));
    world.set(list(user, &[], false));
    assert_eq!(
        world.code(configurer, list(user, &[hidden], false)),
        "not_found"
    );
    for wider in [all(user), list(user, &[seen], true)] {
        let refusal = world.refused(configurer, wider);
        assert_eq!(
            (refusal.rule, refusal.code),
            ("SD-33", "exceeds_own_company_access")
        );
    }
    world.run(configurer, list(user, &[seen], false));
}

#[test]
fn sd_33_what_stands_in_a_list_and_is_hidden_from_whoever_changes_it_stays() {
    let mut world = World::new();
    let (seen, hidden, other) = (world.company(), world.company(), world.company());
    let (configurer, user) = (world.configurer(), world.member());
    world.set(list(configurer, &[seen], false));
    world.set(list(user, &[hidden], false));
    world.run(configurer, list(user, &[hidden, seen], false));
    let wider = list(user, &[hidden, seen], true);
    assert_eq!(world.code(configurer, wider), "exceeds_own_company_access");
    assert_eq!(
        world.code(configurer, list(user, &[hidden, other], false)),
        "not_found"
    );
    world.run(configurer, list(user, &[hidden], false));
    assert!(world.row(user).company_access().admits(Some(hidden)));
    assert!(!world.row(user).company_access().admits(Some(seen)));
}

#[test]
fn sd_33_a_list_is_replaced_as_far_as_whoever_writes_it_sees() {
    let mut world = World::new();
    let (seen, other, hidden) = (world.company(), world.company(), world.company());
    let (configurer, user) = (world.configurer(), world.member());
    world.set(list(configurer, &[seen, other], false));
    // (written by somebody who does not see one of them, what the list is then)
    let cases: [(&[CompanyId], &[CompanyId]); 3] = [
        (&[], &[hidden]),
        (&[other], &[other, hidden]),
        (&[seen, hidden], &[seen, hidden]),
    ];
    for (written, left) in cases {
        world.set(list(user, &[seen, hidden], false));
        let mut by_part = world.clone();
        if written == [seen, hidden] {
            by_part.unchanged(configurer, list(user, written, false));
        } else {
            by_part.run(configurer, list(user, written, false));
        }
        let admits = |company| by_part.row(user).company_access().admits(Some(company));
        for company in [seen, other, hidden] {
            assert_eq!(admits(company), left.contains(&company), "{written:?}");
        }
        // Whoever sees every company replaces the whole.
        world.set(list(user, written, false));
        let admits = |company| world.row(user).company_access().admits(Some(company));
        for company in [seen, other, hidden] {
            assert_eq!(admits(company), written.contains(&company), "{written:?}");
        }
    }
}

#[test]
fn sd_33_a_list_is_of_users_and_stands_beside_every_level() {
    let mut world = World::new();
    let service = world.service();
    let customer = world.customer();
    assert_eq!(
        world.code(world.first, list(customer, &[], false)),
        "not_a_user"
    );
    let user = user_of(&mut world, service, ServiceLevel::User);
    let ties = world.row(user).ties.clone();
    let answer = world.set(list(user, &[], false));
    assert!(matches!(
        answer.events[..],
        [Event::CompanyAccessSet { .. }]
    ));
    assert_eq!(answer.notices, [] as [Notice; 0]);
    assert_eq!(world.row(user).ties, ties);
    world.set(give(user, Tie::DeskRight(DeskRight::TimeRead)));
    assert!(!world.row(user).company_access().admits(None));
}

#[test]
fn sd_33_the_preview_names_the_companies_and_devices_that_go_out_of_view() {
    let mut world = World::new();
    let (service, company, other) = (world.service(), world.company(), world.company());
    let user = user_of(&mut world, service, ServiceLevel::User);
    let unattended = Permission::RemoteSupportUnattendedAccess;
    let group = world.device_group();
    let (hidden, shown) = (
        world.device(group, Some(company)),
        world.device(group, Some(other)),
    );
    for tie in [
        Tie::Agent,
        Tie::Feature(unattended),
        Tie::DeviceGroup(group),
    ] {
        world.tie(user, tie);
    }
    let hide = list(user, &[other], false);
    let actor = access::Actor::Person(world.first);
    let effect = world.state.preview(actor, &hide, world.now).unwrap();
    let subject = Subject::Person(user);
    let lost: Vec<_> = effect
        .losses
        .listed
        .iter()
        .map(|change| (change.subject, change.right, change.on))
        .collect();
    let sight = |company| (subject, Right::Company(company), Target::Account);
    let device = (
        subject,
        Right::Permission(unattended),
        Target::Device(hidden),
    );
    assert_eq!(lost, [device, sight(None), sight(Some(company))]);
    assert_eq!((effect.gains.total, effect.complete), (0, true));
    world.set(hide);
    assert!(!world.may(user, unattended, hidden) && world.may(user, unattended, shown));
}
