//! Services and their four tabs (SD-2, SD-8, SD-9, SD-11, SD-17, SD-18, SD-28).

use access::command::{Command, Notice, RefusalKind, Tab, ToldOf};
use access::event::{Event, Node};
use access::state::{CustomerAccess, ServiceLevel, Tie};
use access::{CompanyId, GroupId, PersonId, ServiceId, Window};

use crate::help::{
    company_with, customers_tab, desk_user, group_with, selectable, user_of, users_tab,
};
use crate::support::{World, give};

/// What the four tabs of a service show of one person, one group and one company.
fn tabs(
    world: &World,
    service: ServiceId,
    (user, group, customer, company): (PersonId, GroupId, PersonId, CompanyId),
) -> (Vec<Tie>, bool, Vec<Tie>, bool) {
    let row = world.state.services().get(service).unwrap();
    let ties = |person| {
        let ties = world.row(person).ties.iter().copied();
        let on_service =
            |tie: &Tie| matches!(*tie, Tie::Service(of, _) | Tie::Customer(of, _) if of == service);
        ties.filter(on_service).collect()
    };
    (
        ties(user),
        row.groups.contains(group),
        ties(customer),
        row.companies.contains(company),
    )
}

#[test]
fn sd_2_a_new_service_names_its_first_administrator() {
    let mut world = World::new();
    let (configurer, first_administrator) = (world.configurer(), desk_user(&mut world));
    let id = world.id();
    world.run(
        configurer,
        Command::CreateService {
            id,
            first_administrator,
        },
    );
    let service = world.state.resolve(id).unwrap();
    assert!(world.has(
        first_administrator,
        Tie::Service(service, ServiceLevel::Administrator)
    ));
    assert_eq!(
        world.code(
            configurer,
            Command::CreateService {
                id,
                first_administrator
            }
        ),
        "id_in_use"
    );
}

#[test]
fn sd_2_the_first_administrator_is_a_user() {
    let mut world = World::new();
    let first_administrator = world.customer();
    let id = world.id();
    assert_eq!(
        world.code(
            world.first,
            Command::CreateService {
                id,
                first_administrator
            }
        ),
        "not_a_user"
    );
}

#[test]
fn sd_2_services_are_set_up_by_who_configures_the_desk() {
    let mut world = World::new();
    let service = world.service();
    let administrator = user_of(&mut world, service, ServiceLevel::Administrator);
    let id = world.id();
    let create = Command::CreateService {
        id,
        first_administrator: administrator,
    };
    let refusal = world.refused(administrator, create);
    assert_eq!(
        (refusal.kind, refusal.code),
        (RefusalKind::Forbidden, "permission_missing")
    );
    assert!(refusal.who_could.contains(&world.first));
    assert_eq!(
        world.code(administrator, users_tab(service, world.first, None)),
        "permission_missing"
    );
    let admin = world.admin();
    assert_eq!(
        world.code(admin, users_tab(service, administrator, None)),
        "not_found"
    );
}

#[test]
fn sd_2_each_user_has_one_of_three_levels() {
    let mut world = World::new();
    let service = world.service();
    let user = desk_user(&mut world);
    for level in [
        Some(ServiceLevel::User),
        Some(ServiceLevel::Administrator),
        Some(ServiceLevel::User),
        None,
    ] {
        world.set(users_tab(service, user, level));
        world.unchanged(world.first, users_tab(service, user, level));
        for each in [ServiceLevel::User, ServiceLevel::Administrator] {
            assert_eq!(
                world.has(user, Tie::Service(service, each)),
                level == Some(each)
            );
        }
    }
}

#[test]
fn sd_2_no_access_ends_what_was_given_for_a_time_too() {
    let mut world = World::new();
    let service = world.service();
    let user = desk_user(&mut world);
    let tie = Tie::Service(service, ServiceLevel::Administrator);
    world.set(Command::Tie {
        person: user,
        tie,
        window: world.for_hours(8),
    });
    assert!(world.has_now(user, tie));
    world.set(users_tab(service, user, None));
    assert!(!world.has_now(user, tie));
}

#[test]
fn sd_2_the_tabs_list_users_and_customers_apart() {
    let mut world = World::new();
    let service = world.service();
    let (user, customer) = (desk_user(&mut world), world.customer());
    let first = world.first;
    let level = Some(ServiceLevel::User);
    assert_eq!(
        world.code(first, users_tab(service, customer, level)),
        "not_a_user"
    );
    let access = Some(CustomerAccess::Portal);
    assert_eq!(
        world.code(first, customers_tab(service, user, access)),
        "not_a_customer"
    );
}

#[test]
fn sd_2_a_row_is_named_once_and_rows_have_a_limit() {
    let mut world = World::new();
    let service = world.service();
    let user = desk_user(&mut world);
    let rows = vec![(user, None), (user, Some(ServiceLevel::User))];
    assert_eq!(
        world.code(world.first, Command::SaveUsersTab { service, rows }),
        "named_twice"
    );
    let rows = vec![(user, None); 100_001];
    assert_eq!(
        world.code(world.first, Command::SaveUsersTab { service, rows }),
        "too_many_rows"
    );
}

#[test]
fn sd_2_one_bad_row_refuses_the_whole_tab() {
    let mut world = World::new();
    let service = world.service();
    let (user, customer) = (desk_user(&mut world), world.customer());
    let level = Some(ServiceLevel::User);
    let rows = vec![(user, level), (customer, level)];
    assert_eq!(
        world.code(world.first, Command::SaveUsersTab { service, rows }),
        "not_a_user"
    );
    assert!(!world.has(user, Tie::Service(service, ServiceLevel::User)));
}

#[test]
fn sd_2_who_opens_a_service_to_oneself_is_seen_by_its_administrators() {
    let mut world = World::new();
    let service = world.service();
    let administrator = user_of(&mut world, service, ServiceLevel::Administrator);
    let configurer = world.configurer();
    let told = Notice::Tell {
        people: vec![world.first, administrator],
        what: ToldOf::ServiceOpenedToOneself,
    };
    let level = Some(ServiceLevel::User);
    let answer = world.run(configurer, users_tab(service, configurer, level));
    assert_eq!(answer.notices, [Notice::GivenToOneself, told]);
    let answer = world.run(configurer, users_tab(service, configurer, None));
    assert_eq!(answer.notices, []);
}

#[test]
fn sd_2_opening_a_service_to_oneself_through_a_group_is_seen_too() {
    let mut world = World::new();
    let service = world.service();
    let configurer = world.configurer();
    let group = world.group();
    world.tie(configurer, Tie::Group(group));
    let open = Command::SaveGroupsTab {
        service,
        rows: vec![(group, true)],
    };
    let told = Notice::Tell {
        people: vec![world.first],
        what: ToldOf::ServiceOpenedToOneself,
    };
    assert!(world.run(configurer, open).notices.contains(&told));
}

#[test]
fn sd_2_entering_a_group_that_opens_a_service_is_seen_too() {
    let mut world = World::new();
    let service = world.service();
    let (configurer, member) = (world.configurer(), desk_user(&mut world));
    let group = group_with(&mut world, service, member);
    let told = Notice::Tell {
        people: vec![world.first],
        what: ToldOf::ServiceOpenedToOneself,
    };
    let answer = world.run(configurer, give(configurer, Tie::Group(group)));
    assert!(answer.notices.contains(&told));
}

#[test]
fn sd_17_the_profile_and_the_tab_edit_one_value() {
    let mut world = World::new();
    let service = world.service();
    let (user, customer) = (desk_user(&mut world), world.customer());
    world.set(give(
        user,
        Tie::Service(service, ServiceLevel::Administrator),
    ));
    world.unchanged(
        world.first,
        users_tab(service, user, Some(ServiceLevel::Administrator)),
    );
    world.set(users_tab(service, user, Some(ServiceLevel::User)));
    world.unchanged(
        world.first,
        give(user, Tie::Service(service, ServiceLevel::User)),
    );
    world.set(give(
        customer,
        Tie::Customer(service, CustomerAccess::NoPortal),
    ));
    world.unchanged(
        world.first,
        customers_tab(service, customer, Some(CustomerAccess::NoPortal)),
    );
    world.set(customers_tab(
        service,
        customer,
        Some(CustomerAccess::Portal),
    ));
    world.unchanged(
        world.first,
        give(customer, Tie::Customer(service, CustomerAccess::Portal)),
    );
}

#[test]
fn sd_18_i_7_saving_one_tab_never_touches_another() {
    let mut world = World::new();
    let (service, other) = (world.service(), world.service());
    let who = (
        desk_user(&mut world),
        world.group(),
        world.customer(),
        world.company(),
    );
    let (user, group, customer, company) = who;
    // Somebody who stands on two tabs shows that they are kept apart.
    world.set(Command::AddCustomerFacet {
        person: user,
        service: Some(service),
    });
    let saves = [
        Command::SaveUsersTab {
            service,
            rows: vec![(user, Some(ServiceLevel::User))],
        },
        Command::SaveGroupsTab {
            service,
            rows: vec![(group, true)],
        },
        Command::SaveCustomersTab {
            service,
            rows: vec![(customer, Some(CustomerAccess::Portal)), (user, None)],
        },
        Command::SaveCompaniesTab {
            service,
            rows: vec![(company, true)],
        },
    ];
    let elsewhere = tabs(&world, other, who);
    for (tab, save) in saves.into_iter().enumerate() {
        let before = tabs(&world, service, who);
        world.set(save.clone());
        world.unchanged(world.first, save);
        let after = tabs(&world, service, who);
        let same = [
            before.0 == after.0,
            before.1 == after.1,
            before.2 == after.2,
            before.3 == after.3,
        ];
        for (each, same) in same.into_iter().enumerate() {
            // The one who is both stands in the first column with the customer's tie too.
            let moves = each == tab || tab == 2 && each == 0;
            assert_eq!(same, !moves, "saving tab {tab} and looking at {each}");
        }
        assert_eq!(tabs(&world, other, who), elsewhere);
    }
}

#[test]
fn sd_18_a_tab_is_saved_as_the_rows_that_changed() {
    let mut world = World::new();
    let service = world.service();
    let (here, new) = (
        user_of(&mut world, service, ServiceLevel::User),
        desk_user(&mut world),
    );
    let rows = vec![
        (here, Some(ServiceLevel::User)),
        (new, Some(ServiceLevel::User)),
    ];
    let answer = world.set(Command::SaveUsersTab { service, rows });
    let tie = Tie::Service(service, ServiceLevel::User);
    assert_eq!(answer.events, [Event::Tied { person: new, tie }]);
}

#[test]
fn sd_8_sd_9_groups_and_companies_have_full_access_or_none() {
    let mut world = World::new();
    let service = world.service();
    let (group, company) = (world.group(), world.company());
    for full in [true, false] {
        world.set(Command::SaveGroupsTab {
            service,
            rows: vec![(group, full)],
        });
        world.set(Command::SaveCompaniesTab {
            service,
            rows: vec![(company, full)],
        });
        let row = world.state.services().get(service).unwrap();
        assert_eq!(
            (row.groups.contains(group), row.companies.contains(company)),
            (full, full)
        );
    }
}

#[test]
fn sd_11_no_access_is_no_own_setting() {
    let mut world = World::new();
    let service = world.service();
    let company = company_with(&mut world, service);
    let customer = crate::help::employee(&mut world, company);
    world.set(customers_tab(
        service,
        customer,
        Some(CustomerAccess::NoPortal),
    ));
    world.set(customers_tab(service, customer, None));
    assert!(world.row(customer).ties.is_empty());
    assert!(
        selectable(&world, customer, service),
        "it does not subtract what the company gives"
    );
}

#[test]
fn sd_28_a_service_with_records_is_archived_and_never_deleted() {
    let mut world = World::new();
    let (service, empty) = (world.service(), world.service());
    let user = user_of(&mut world, service, ServiceLevel::User);
    world.run(user, Command::NoteRecords { service });
    world.unchanged(user, Command::NoteRecords { service });
    let refusal = world.refused(
        world.first,
        Command::Delete {
            node: Node::Service(service),
        },
    );
    assert_eq!(
        (refusal.rule, refusal.kind),
        ("SD-28", RefusalKind::Conflict)
    );
    world.archive(Node::Service(service));
    world.set(Command::Restore {
        node: Node::Service(service),
    });
    assert!(world.may(user, access::Permission::ServiceDeskRecordManage, service));
    world.set(Command::Delete {
        node: Node::Service(empty),
    });
}

#[test]
fn ad_25_an_archived_service_is_restored_before_it_is_changed() {
    let mut world = World::new();
    let service = world.service();
    let user = desk_user(&mut world);
    world.archive(Node::Service(service));
    let level = Some(ServiceLevel::User);
    assert_eq!(
        world.code(world.first, users_tab(service, user, level)),
        "archived"
    );
}

#[test]
fn ad_17_the_only_user_administers_each_new_service() {
    let mut world = World::alone();
    let service = world.service();
    assert!(world.has(
        world.first,
        Tie::Service(service, ServiceLevel::Administrator)
    ));
    let window = Window::ALWAYS;
    let tie = Tie::Service(service, ServiceLevel::Administrator);
    world.unchanged(
        world.first,
        Command::Tie {
            person: world.first,
            tie,
            window,
        },
    );
}

#[test]
fn sd_18_a_whole_tab_takes_the_place_of_its_own_rows_only() {
    let mut world = World::new();
    let service = world.service();
    let (stays, goes) = (
        user_of(&mut world, service, ServiceLevel::User),
        user_of(&mut world, service, ServiceLevel::Administrator),
    );
    let (for_a_time, comes) = (desk_user(&mut world), desk_user(&mut world));
    let window = world.for_hours(1);
    world.set(Command::Tie {
        person: for_a_time,
        tie: Tie::Service(service, ServiceLevel::User),
        window,
    });
    let (member, customer) = (desk_user(&mut world), world.customer());
    let group = group_with(&mut world, service, member);
    let company = company_with(&mut world, service);
    world.set(customers_tab(
        service,
        customer,
        Some(CustomerAccess::Portal),
    ));
    let beside = (member, group, customer, company);
    let before = tabs(&world, service, beside);
    let rows = vec![
        (stays, Some(ServiceLevel::User).into()),
        (comes, Some(ServiceLevel::Administrator).into()),
        (world.first, Some(ServiceLevel::Administrator).into()),
    ];
    let tab = Tab::Users(rows);
    world.set(Command::ReplaceTab {
        service,
        tab: tab.clone(),
        read: None,
    });
    for person in [goes, for_a_time] {
        for level in [ServiceLevel::User, ServiceLevel::Administrator] {
            assert!(!world.has_now(person, Tie::Service(service, level)));
        }
    }
    assert!(world.has(stays, Tie::Service(service, ServiceLevel::User)));
    assert!(world.has(comes, Tie::Service(service, ServiceLevel::Administrator)));
    assert_eq!(tabs(&world, service, beside), before);
    let proposal = world.set(Command::ReplaceTab {
        service,
        tab,
        read: None,
    });
    assert_eq!(proposal.events, []);
    let twice = Tab::Groups(vec![group, group]);
    assert_eq!(
        world.code(
            world.first,
            Command::ReplaceTab {
                service,
                tab: twice,
                read: None,
            }
        ),
        "named_twice"
    );
    let none = Tab::Companies(Vec::new());
    let outsider = world.member();
    assert_eq!(
        world
            .refused(
                outsider,
                Command::ReplaceTab {
                    service,
                    tab: none,
                    read: None
                }
            )
            .kind,
        RefusalKind::NotFound
    );
}
