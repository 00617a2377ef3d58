//! Who of the staff may do what on a service (SD-1 to SD-10, SD-20, SD-29, SD-32).

use access::catalogue::{PermissionSet, Product, sets};
use access::command::Command;
use access::decide::{By, Gate, Reason, Through};
use access::event::Node;
use access::state::{CustomerAccess, DeskRight, DueDateOverride, ServiceLevel, Tie};
use access::{CompanyId, Dense, Permission, PersonId, Subject, Target};

use crate::help::{
    company_with, desk, desk_user, employ, employee, group_with, record_for, user_of, users_tab,
};
use crate::support::{World, give};

const NOTHING: PermissionSet = PermissionSet::EMPTY;
const OVERRIDE: Permission = Permission::ServiceDeskDueDateOverride;

#[test]
fn sd_1_rights_over_the_account_open_no_service_and_levels_no_account() {
    let mut world = World::new();
    let service = world.service();
    let (configurer, user) = (
        world.configurer(),
        user_of(&mut world, service, ServiceLevel::Administrator),
    );
    assert_eq!(desk(&world, configurer, service), NOTHING);
    assert!(world.may(
        configurer,
        Permission::ServiceDeskAccountConfigure,
        Target::Account
    ));
    assert_eq!(desk(&world, user, Target::Account), NOTHING);
}

/// RULES §7: unknown ids are denied, whoever asks; those in the facts of a record too.
#[test]
fn sd_12_a_record_for_somebody_unknown_is_nobodys() {
    let mut world = World::new();
    let service = world.service();
    let user = user_of(&mut world, service, ServiceLevel::User);
    let customer = world.customer();
    let company = CompanyId::from_index(999);
    let known = record_for(service, Some(customer), None);
    assert_eq!(desk(&world, user, known), sets::SERVICE_USER);
    for unknown in [
        record_for(service, PersonId::from_index(999), None),
        record_for(service, Some(customer), company),
    ] {
        assert_eq!(desk(&world, user, unknown), NOTHING);
    }
}

#[test]
fn sd_7_ad_25_an_archived_licence_opens_no_module() {
    let mut world = World::new();
    let service = world.service();
    let user = user_of(&mut world, service, ServiceLevel::User);
    let node = Node::Licence(world.pool(Product::ServiceDesk));
    world.archive(node);
    let decision = world
        .state
        .view(Subject::Person(user), world.now)
        .decide(Permission::ServiceDeskRecordManage, service.into());
    let missing = (Gate::Licence, Reason::NoLicence(Product::ServiceDesk));
    assert!(decision.gates.failed().contains(&missing));
    world.set(Command::Restore { node });
    assert_eq!(desk(&world, user, service), sets::SERVICE_USER);
}

#[test]
fn sd_1_a_level_is_for_one_service() {
    let mut world = World::new();
    let (service, other) = (world.service(), world.service());
    let user = user_of(&mut world, service, ServiceLevel::Administrator);
    assert_eq!(desk(&world, user, other), NOTHING);
}

#[test]
fn sd_3_a_service_user_creates_and_manages_records() {
    let mut world = World::new();
    let service = world.service();
    let user = user_of(&mut world, service, ServiceLevel::User);
    let record = record_for(service, None, None);
    assert_eq!(desk(&world, user, service), sets::SERVICE_USER);
    assert_eq!(desk(&world, user, record), sets::SERVICE_USER);
    let gives = PermissionSet::of(&[
        Permission::ServiceDeskRecordCreate,
        Permission::ServiceDeskRecordManage,
    ]);
    assert_eq!(sets::SERVICE_USER, gives);
}

#[test]
fn sd_4_a_service_administrator_does_everything_on_this_service_only() {
    let mut world = World::new();
    let (service, other) = (world.service(), world.service());
    let administrator = user_of(&mut world, service, ServiceLevel::Administrator);
    assert_eq!(
        desk(&world, administrator, service),
        sets::SERVICE_ADMINISTRATOR
    );
    assert_eq!(desk(&world, administrator, other), NOTHING);
    for permission in [
        OVERRIDE,
        Permission::ServiceDeskRecordMarkCommon,
        Permission::ServiceDeskRecordMarkInteresting,
        Permission::ServiceDeskRecordDelete,
        Permission::ServiceDeskMassActionRun,
        Permission::ServiceDeskMassActionSchedule,
    ] {
        assert!(
            sets::SERVICE_ADMINISTRATOR.contains(permission),
            "{permission}"
        );
        assert!(!sets::SERVICE_USER.contains(permission), "{permission}");
    }
}

#[test]
fn sd_5_without_access_the_service_is_invisible() {
    let mut world = World::new();
    let service = world.service();
    let user = desk_user(&mut world);
    assert_eq!(desk(&world, user, service), NOTHING);
    assert_eq!(desk(&world, user, record_for(service, None, None)), NOTHING);
    let policy = DueDateOverride::Off;
    assert_eq!(
        world.code(user, Command::SetDueDateOverride { service, policy }),
        "not_found"
    );
    assert_eq!(
        world.code(user, Command::NoteRecords { service }),
        "not_found"
    );
}

#[test]
fn sd_5_who_configures_sees_settings_and_never_records() {
    let mut world = World::new();
    let service = world.service();
    let configurer = world.configurer();
    let policy = DueDateOverride::Off;
    world.run(configurer, Command::SetDueDateOverride { service, policy });
    assert_eq!(
        desk(&world, configurer, record_for(service, None, None)),
        NOTHING
    );
}

#[test]
fn sd_6_a_change_on_one_axis_leaves_the_others() {
    let mut world = World::new();
    let service = world.service();
    let person = user_of(&mut world, service, ServiceLevel::User);
    for right in DeskRight::ALL {
        world.tie(person, Tie::DeskRight(right));
    }
    let axes = [
        Tie::Service(service, ServiceLevel::User),
        Tie::Licence(world.pool(Product::ServiceDesk)),
        Tie::DeskRight(DeskRight::Configure),
        Tie::DeskRight(DeskRight::ConfigurationItemsEdit),
        Tie::DeskRight(DeskRight::TimeEdit),
    ];
    for axis in axes {
        let before = world.row(person).ties.to_vec();
        world.untie(person, axis);
        let after = world.row(person).ties.to_vec();
        let left: Vec<_> = before.iter().copied().filter(|tie| *tie != axis).collect();
        assert_eq!(after, left, "{axis:?}");
        world.tie(person, axis);
    }
}

#[test]
fn sd_6_administering_the_account_opens_no_records() {
    let mut world = World::new();
    let service = world.service();
    let admin = world.super_admin();
    world.licence(admin, Product::ServiceDesk);
    assert_eq!(desk(&world, admin, service), NOTHING);
}

#[test]
fn sd_7_without_module_access_nothing_opens() {
    let mut world = World::new();
    let service = world.service();
    let user = world.member();
    world.tie(user, Tie::Service(service, ServiceLevel::Administrator));
    world.tie(user, Tie::DeskRight(DeskRight::Configure));
    assert_eq!(desk(&world, user, service), NOTHING);
    assert_eq!(desk(&world, user, Target::Account), NOTHING);
    world.licence(user, Product::ServiceDesk);
    assert_eq!(desk(&world, user, service), sets::SERVICE_ADMINISTRATOR);
}

#[test]
fn sd_8_full_access_of_a_group_gives_its_members_user_access() {
    let mut world = World::new();
    let service = world.service();
    let (member, other) = (desk_user(&mut world), desk_user(&mut world));
    let group = group_with(&mut world, service, member);
    assert_eq!(desk(&world, member, service), sets::SERVICE_USER);
    assert_eq!(desk(&world, other, service), NOTHING);
    world.set(Command::SaveGroupsTab {
        service,
        rows: vec![(group, false)],
    });
    assert_eq!(desk(&world, member, service), NOTHING);
}

#[test]
fn sd_8_leaving_the_group_or_its_archiving_ends_it() {
    let mut world = World::new();
    let service = world.service();
    let (first, second) = (desk_user(&mut world), desk_user(&mut world));
    let group = group_with(&mut world, service, first);
    world.tie(second, Tie::Group(group));
    world.untie(first, Tie::Group(group));
    assert_eq!(desk(&world, first, service), NOTHING);
    assert_eq!(desk(&world, second, service), sets::SERVICE_USER);
    world.archive(Node::Group(group));
    assert_eq!(desk(&world, second, service), NOTHING);
}

#[test]
fn sd_9_a_company_never_gives_its_users_a_level() {
    let mut world = World::new();
    let service = world.service();
    let company = company_with(&mut world, service);
    let user = desk_user(&mut world);
    world.set(employ(user, Some(company)));
    assert_eq!(desk(&world, user, service), NOTHING);
}

#[test]
fn sd_10_own_level_and_group_combine_by_maximum_and_every_path_shows() {
    let mut world = World::new();
    let service = world.service();
    let administrator = user_of(&mut world, service, ServiceLevel::Administrator);
    let group = group_with(&mut world, service, administrator);
    assert_eq!(
        desk(&world, administrator, service),
        sets::SERVICE_ADMINISTRATOR
    );
    let view = world.state.view(Subject::Person(administrator), world.now);
    let decision = view.decide(
        Permission::ServiceDeskRecordManage,
        Target::Service(service),
    );
    let mut ways: Vec<_> = decision
        .paths
        .iter()
        .map(|path| (path.through, path.by))
        .collect();
    ways.sort_unstable();
    let direct = (
        Through::Direct,
        By::ServiceLevel(ServiceLevel::Administrator),
    );
    let by_group = (Through::Group(group), By::ServiceLevel(ServiceLevel::User));
    assert_eq!(ways, [direct, by_group]);
    world.set(users_tab(service, administrator, None));
    assert_eq!(desk(&world, administrator, service), sets::SERVICE_USER);
}

#[test]
fn sd_20_members_of_a_group_come_from_different_companies_and_services() {
    let mut world = World::new();
    let (service, other) = (world.service(), world.service());
    let (here, there) = (world.company(), world.company());
    let (first, second) = (
        desk_user(&mut world),
        user_of(&mut world, other, ServiceLevel::User),
    );
    world.set(employ(first, Some(here)));
    world.set(employ(second, Some(there)));
    let group = group_with(&mut world, service, first);
    world.tie(second, Tie::Group(group));
    for member in [first, second] {
        assert_eq!(desk(&world, member, service), sets::SERVICE_USER);
    }
}

#[test]
fn sd_20_a_customer_is_no_member_of_a_group() {
    let mut world = World::new();
    let group = world.group();
    let customer = world.customer();
    assert_eq!(
        world.code(world.first, give(customer, Tie::Group(group))),
        "not_a_user"
    );
}

#[test]
fn sd_29_who_overrides_due_dates_is_set_per_service() {
    let mut world = World::new();
    let (service, other) = (world.service(), world.service());
    let user = user_of(&mut world, service, ServiceLevel::User);
    let administrator = user_of(&mut world, service, ServiceLevel::Administrator);
    let may = |world: &World| {
        (
            world.may(user, OVERRIDE, service),
            world.may(administrator, OVERRIDE, service),
        )
    };
    assert_eq!(may(&world), (false, true), "by default its administrators");
    for (policy, expected) in [
        (DueDateOverride::Off, (false, false)),
        (DueDateOverride::EveryUser, (true, true)),
        (DueDateOverride::Administrators, (false, true)),
    ] {
        world.set(Command::SetDueDateOverride { service, policy });
        world.unchanged(world.first, Command::SetDueDateOverride { service, policy });
        assert_eq!(may(&world), expected, "{policy:?}");
    }
    let default = world.state.services().get(other).unwrap().due_date_override;
    assert_eq!(default, DueDateOverride::Administrators);
}

#[test]
fn sd_29_off_means_the_only_user_too() {
    let mut world = World::alone();
    let service = world.service();
    assert!(world.may(world.first, OVERRIDE, service));
    world.set(Command::SetDueDateOverride {
        service,
        policy: DueDateOverride::Off,
    });
    assert!(!world.may(world.first, OVERRIDE, service));
}

#[test]
fn sd_32_a_customer_holds_nothing_of_the_desk() {
    let mut world = World::new();
    let service = world.service();
    let company = company_with(&mut world, service);
    let customer = employee(&mut world, company);
    world.tie(customer, Tie::Customer(service, CustomerAccess::Portal));
    world.set(crate::help::portal_level(
        customer,
        access::state::PortalLevel::CompanyAdmin,
    ));
    let own = record_for(service, Some(customer), Some(company));
    assert_eq!(desk(&world, customer, service), NOTHING);
    assert_eq!(desk(&world, customer, own), NOTHING);
}

#[test]
fn sd_4_ad_25_an_archived_service_gives_nothing() {
    let mut world = World::new();
    let service = world.service();
    let administrator = user_of(&mut world, service, ServiceLevel::Administrator);
    world.archive(Node::Service(service));
    assert_eq!(desk(&world, administrator, service), NOTHING);
}

/// The job that takes mails opens records of active services, and may nothing else; the other jobs hold no permission at all.
#[test]
fn sd_37_the_job_that_takes_mails_opens_records_and_may_nothing_else() {
    use access::command::SystemSubject;
    use access::decide::RecordFacts;

    let mut world = World::new();
    let service = world.service();
    let record = RecordFacts {
        service,
        customer: None,
        company: None,
    };
    let targets = [
        Target::Account,
        Target::Service(service),
        Target::Record(record),
        Target::Person(world.first),
    ];
    let held = |world: &World, job| {
        let view = world.state.view(Subject::System(job), world.now);
        let all = Permission::ALL.iter();
        let pairs = all.flat_map(|one| targets.map(|target| (*one, target)));
        let held = pairs.filter(|(permission, target)| view.may(*permission, *target));
        held.collect::<Vec<_>>()
    };
    // About a record it is asked as about its service.
    let opens = |on| (Permission::ServiceDeskRecordCreate, on);
    let all = [Target::Service(service), Target::Record(record)].map(opens);
    assert_eq!(held(&world, SystemSubject::Mail), all);
    // SD-19: time takes work from those whose access ended by it.
    let works = |on| (Permission::ServiceDeskRecordManage, on);
    let all = [Target::Service(service), Target::Record(record)].map(works);
    assert_eq!(held(&world, SystemSubject::Time), all);
    for job in [
        SystemSubject::Operator,
        SystemSubject::Registration,
        SystemSubject::Sessions,
        SystemSubject::SignIn,
    ] {
        assert_eq!(held(&world, job), []);
    }
    let node = Node::Service(service);
    world.set(Command::Archive { node });
    assert_eq!(held(&world, SystemSubject::Mail), []);
}
