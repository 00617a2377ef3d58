//! Denials with what would end them, gate by gate.

use access::catalogue::{Permission, PermissionSet, Switch};
use access::decide::RecordFacts;
use access::event::{GrantHolder, ListedCompanies, Node};
use access::state::{
    CustomerAccess, CustomerFacet, DeskRight, DueDateOverride, ExtraGrant, Facet, Life,
    PeopleScope, Placement, PortalLevel, ServiceLevel, Tie, UserFacet,
};
use access::{Command, Decision, Event, Gate, Moment, PersonId, RoleId, Subject, Target, Window};
use uuid::Uuid;

use crate::worlds::{NOW, id};

use crate::office::*;

#[test]
fn sd_7_a_licence_and_a_level_are_one_remedy_of_two_steps() {
    let remedies = Office::new().remedies(nadia(), MANAGE, service());
    assert_eq!(
        remedies[0],
        [
            tie(nadia(), Tie::Licence(id(SERVICE_DESK))),
            users_tab(nadia(), ServiceLevel::User)
        ]
    );
}

#[test]
fn sd_3_user_access_is_proposed_before_administrator_access() {
    let office = Office::new().with_desk_licence();
    let remedies = office.remedies(nadia(), MANAGE, service());
    assert_eq!(
        remedies,
        [
            [users_tab(nadia(), ServiceLevel::User)],
            [users_tab(nadia(), ServiceLevel::Administrator)]
        ]
    );
    let remedies = office.remedies(nadia(), DELETE, service());
    assert_eq!(
        remedies,
        [[users_tab(nadia(), ServiceLevel::Administrator)]]
    );
}

#[test]
fn sd_8_a_group_with_full_access_is_a_way_to_user_access_only() {
    let mut office = Office::new().with_desk_licence();
    office.so(Event::GroupAccessSet {
        group: id(0),
        service: id(0),
        full: true,
    });
    let join = vec![tie(nadia(), Tie::Group(id(0)))];
    assert!(office.remedies(nadia(), MANAGE, service()).contains(&join));
    assert!(!office.remedies(nadia(), DELETE, service()).contains(&join));
}

#[test]
fn ad_14_a_full_pool_grows_first() {
    let mut office = Office::new();
    office.so(Event::LicenceSeatsSet {
        licence: id(SERVICE_DESK),
        seats: 2,
    });
    office.tied(nadia(), Tie::Service(id(0), ServiceLevel::User));
    let remedies = office.remedies(nadia(), MANAGE, service());
    assert_eq!(
        remedies,
        [[
            Command::SetLicenceSeats {
                licence: id(SERVICE_DESK),
                seats: 3
            },
            tie(nadia(), Tie::Licence(id(SERVICE_DESK)))
        ]]
    );
}

#[test]
fn ad_25_an_archived_service_is_restored() {
    let mut office = Office::new().with_desk_licence();
    office.tied(nadia(), Tie::Service(id(0), ServiceLevel::User));
    office.so(Event::LifeSet {
        of: Node::Service(id(0)),
        life: Life::Archived,
    });
    let restore = Command::Restore {
        node: Node::Service(id(0)),
    };
    assert_eq!(office.remedies(nadia(), MANAGE, service()), [[restore]]);
}

#[test]
fn sd_29_the_policy_of_due_dates_is_a_remedy() {
    let mut office = Office::new().with_desk_licence();
    office.tied(nadia(), Tie::Service(id(0), ServiceLevel::User));
    let over = Permission::ServiceDeskDueDateOverride;
    let everybody = Command::SetDueDateOverride {
        service: id(0),
        policy: DueDateOverride::EveryUser,
    };
    let remedies = office.remedies(nadia(), over, service());
    assert_eq!(
        remedies,
        [
            [everybody.clone()],
            [users_tab(nadia(), ServiceLevel::Administrator)]
        ]
    );
    office.so(Event::DueDateOverrideSet {
        service: id(0),
        policy: DueDateOverride::Off,
    });
    assert_eq!(office.remedies(nadia(), over, service())[0], [everybody]);
}

#[test]
fn sd_33_a_hidden_company_is_added_to_the_list() {
    let mut office = Office::new().with_desk_licence();
    office.tied(nadia(), Tie::Service(id(0), ServiceLevel::User));
    let nothing = ListedCompanies {
        companies: vec![],
        without_company: false,
    };
    office.so(Event::CompanyAccessSet {
        person: nadia(),
        listed: Some(nothing),
    });
    let record = RecordFacts {
        service: id(0),
        customer: Some(carl()),
        company: Some(id(0)),
    };
    let set = |listed| Command::SetCompanyAccess {
        person: nadia(),
        listed,
    };
    let one = ListedCompanies {
        companies: vec![id(0)],
        without_company: false,
    };
    assert_eq!(
        office.remedies(nadia(), MANAGE, record),
        [[set(Some(one))], [set(None)]]
    );
}

#[test]
fn sd_13_level_and_access_open_the_portal_together() {
    let mut office = Office::new();
    let read = Permission::PortalArticleView;
    let level = |level| Command::SetPortalLevel {
        people: vec![carl()],
        level,
        bulk: false,
    };
    let open = Command::SaveCustomersTab {
        service: id(0),
        rows: vec![(carl(), Some(CustomerAccess::Portal))],
    };
    let remedies = office.remedies(carl(), read, service());
    assert_eq!(remedies[0], [level(PortalLevel::Standard), open]);

    // SD-15: with a company that has the service, its level alone.
    office.so(Event::CompanyServiceSet {
        company: id(0),
        service: id(0),
        full: true,
    });
    office.so(Event::EmployerSet {
        person: carl(),
        company: Some(id(0)),
        placement: Placement::ByHand,
    });
    let remedies = office.remedies(carl(), read, service());
    assert_eq!(remedies[0], [level(PortalLevel::Company)]);
}

#[test]
fn cc_1_a_queue_role_comes_with_its_licence_in_one_step() {
    let office = Office::new();
    let listen = Permission::ContactCentreCallListen;
    let remedies = office.remedies(nadia(), listen, Target::Queue(id(0)));
    assert_eq!(
        remedies[0],
        [Command::TieWithLicence {
            person: nadia(),
            tie: Tie::QueueSupervisor(id(0)),
            licence: id(2)
        }]
    );
}

#[test]
fn cc_8_the_limit_is_lifted_or_the_queue_assigned() {
    let mut office = Office::new();
    office.tied(nadia(), Tie::Licence(id(2)));
    office.tied(nadia(), Tie::QueueSupervisor(id(0)));
    let remedies = office.remedies(
        nadia(),
        Permission::ContactCentreCallListen,
        Target::Queue(id(1)),
    );
    let lifted = Command::SetSwitch {
        switch: Switch::SupervisorLimitToAssigned,
        on: false,
    };
    assert_eq!(
        remedies,
        [[lifted], [tie(nadia(), Tie::QueueSupervisor(id(1)))]]
    );
}

#[test]
fn cc_7_a_switch_that_needs_the_portal_is_two_switches() {
    let mut office = Office::new();
    office.tied(nadia(), Tie::Licence(id(2)));
    office.tied(nadia(), Tie::QueueSupervisor(id(0)));
    let remedies = office.remedies(
        nadia(),
        Permission::ContactCentreQueueEdit,
        Target::Queue(id(0)),
    );
    let on = |switch| Command::SetSwitch { switch, on: true };
    let two = [
        on(Switch::SupervisorQueueEdit),
        on(Switch::SupervisorConfigurationPortal),
    ];
    assert!(
        remedies
            .iter()
            .any(|steps| steps.len() == 2 && two.iter().all(|step| steps.contains(step))),
        "{remedies:?}"
    );
}

#[test]
fn ad_19_unattended_access_names_all_three_that_are_missing() {
    let office = Office::new();
    let unattended = Permission::RemoteSupportUnattendedAccess;
    let remedies = office.remedies(nadia(), unattended, Target::Device(id(0)));
    let licence = tie(nadia(), Tie::Licence(id(0)));
    let missing = [
        Tie::Agent,
        Tie::Feature(unattended),
        Tie::DeviceGroup(id(0)),
    ];
    let mut expected = vec![licence];
    expected.extend(missing.map(|missing| tie(nadia(), missing)));
    assert_eq!(remedies, [expected]);
}

#[test]
fn ad_9_the_narrowest_grant_comes_first() {
    let mut office = Office::new();
    let carl = carl_as_user(&mut office);
    office.tied(carl, Tie::UserGroup(id(0)));
    let grant = |scope| Command::GiveExtraGrant {
        to: GrantHolder::Person(nadia()),
        grant: ExtraGrant {
            permission: Permission::AdminHistoryAccess,
            scope,
            window: Window::ALWAYS,
        },
    };
    let remedies = office.remedies(
        nadia(),
        Permission::AdminHistoryAccess,
        Target::Person(carl),
    );
    assert_eq!(remedies[0], [grant(PeopleScope::UserGroups(vec![id(0)]))]);
    assert_eq!(remedies[1], [grant(PeopleScope::All)]);
}

fn carl_as_user(office: &mut Office) -> PersonId {
    office.so(Event::UserFacetSet {
        person: carl(),
        state: UserFacet::Accepted,
    });
    carl()
}

#[test]
fn ad_2_a_custom_role_comes_before_admin_and_admin_before_super_admin() {
    let office = Office::new();
    let remedies = office.remedies(nadia(), Permission::AdminAuditView, Target::Account);
    let roles: Vec<RoleId> = remedies
        .iter()
        .filter_map(|steps| match &steps[..] {
            [Command::SetAccountRoles { assignment, .. }] => Some(assignment.role),
            _ => None,
        })
        .collect();
    assert_eq!(roles, [id(3), RoleId::ADMIN, RoleId::SUPER_ADMIN]);
}

#[test]
fn ad_12_a_group_manager_gets_one_more_group() {
    let mut office = Office::new();
    office.so(Event::RoleEdited {
        role: id(3),
        permissions: PermissionSet::of(&[Permission::AdminUsersManage]),
    });
    office.so(Event::AccountRoleSet {
        person: nadia(),
        role: id(3),
        scope: PeopleScope::UserGroups(vec![id(0)]),
    });
    let carl = carl_as_user(&mut office);
    office.tied(carl, Tie::UserGroup(id(1)));
    let remedies = office.remedies(nadia(), Permission::AdminUsersManage, Target::Person(carl));
    let Command::SetAccountRoles { assignment, .. } = &remedies[0][0] else {
        panic!("{remedies:?}")
    };
    assert_eq!(assignment.role, id(3));
    assert_eq!(
        assignment.scope,
        PeopleScope::UserGroups(vec![id(0), id(1)])
    );
}

#[test]
fn ad_24_rank_is_mended_from_either_side() {
    let mut office = Office::new();
    office.so(Event::AccountRoleSet {
        person: nadia(),
        role: RoleId::ADMIN,
        scope: PeopleScope::All,
    });
    let carl = carl_as_user(&mut office);
    office.so(Event::AccountRoleSet {
        person: carl,
        role: RoleId::ADMIN,
        scope: PeopleScope::All,
    });
    let explanation = office.explain(nadia(), Permission::AdminUsersManage, Target::Person(carl));
    assert_eq!(explanation.decision.gates.failed()[0].0, Gate::Rank);
    assert_eq!(explanation.remedies.len(), 2);
}

#[test]
fn ad_15_whoever_is_not_active_is_brought_back() {
    let mut office = Office::new().with_desk_licence();
    office.tied(nadia(), Tie::Service(id(0), ServiceLevel::User));
    office.so(Event::SignInSet {
        person: nadia(),
        possible: true,
    });
    office.so(Event::UserFacetSet {
        person: nadia(),
        state: UserFacet::Deactivated,
    });
    let back = Command::Reactivate {
        person: nadia(),
        facet: Facet::User,
    };
    assert_eq!(office.remedies(nadia(), MANAGE, service()), [[back]]);
    office.so(Event::UserFacetSet {
        person: nadia(),
        state: UserFacet::Invited,
    });
    let accept = Command::AcceptInvitation { person: nadia() };
    assert_eq!(office.remedies(nadia(), MANAGE, service()), [[accept]]);
    let explanation = office.explain(nadia(), MANAGE, service());
    let makers = &explanation.remedies[0].steps[0].makers;
    assert!(makers.operator && makers.people == [nadia()]);
}

#[test]
fn ad_15_ad_19_the_longest_way_is_found_too() {
    let mut office = Office::new();
    // Deactivated before the invitation was accepted, and without sight of what has no company (SD-33).
    office.so(Event::UserFacetSet {
        person: nadia(),
        state: UserFacet::Deactivated,
    });
    office.so(Event::CompanyAccessSet {
        person: nadia(),
        listed: Some(ListedCompanies {
            companies: Vec::new(),
            without_company: false,
        }),
    });
    let unattended = Permission::RemoteSupportUnattendedAccess;
    let remedies = office.remedies(nadia(), unattended, Target::Device(id(0)));
    let (person, facet) = (nadia(), Facet::User);
    let ties = [
        Tie::Licence(id(0)),
        Tie::Agent,
        Tie::Feature(unattended),
        Tie::DeviceGroup(id(0)),
    ];
    let mut expected = vec![
        Command::Reactivate { person, facet },
        Command::AcceptInvitation { person },
    ];
    expected.extend(ties.map(|missing| tie(person, missing)));
    let (first, company) = remedies[0].split_at(6);
    assert_eq!(first, expected);
    assert!(matches!(company, [Command::SetCompanyAccess { .. }]));
}

#[test]
fn ad_25_an_account_that_is_off_is_switched_on_by_the_operator() {
    let mut office = Office::new().with_desk_licence();
    office.tied(nadia(), Tie::Service(id(0), ServiceLevel::User));
    office.so(Event::AccountActiveSet { active: false });
    let explanation = office.explain(nadia(), MANAGE, service());
    let step = &explanation.remedies[0].steps[0];
    assert_eq!(step.command, Command::SetAccountActive { active: true });
    assert!(step.makers.operator && step.makers.people.is_empty());
}

#[test]
fn ad_16_the_billing_contact_becomes_account_admin_first() {
    let office = Office::new();
    let remedies = office.remedies(nadia(), Permission::BillingPlanChange, Target::Account);
    assert!(
        remedies
            .iter()
            .any(|steps| steps.last() == Some(&Command::SetBillingContact { person: nadia() })),
        "{remedies:?}"
    );
}

/// S0: an account admin is an Agent, and not for a time only; so one who is lent the role is given it first.
#[test]
fn s0_an_agent_for_a_time_becomes_one_for_good_before_account_admin() {
    let mut office = Office::new();
    office.so(Event::TimedTied {
        person: nadia(),
        tie: Tie::Agent,
        window: Window {
            start: Some(NOW),
            end: Some(Moment(NOW.0 + 9)),
        },
    });
    let reports = Permission::RemoteSupportReportsCreate;
    let remedies = office.remedies(nadia(), reports, Target::Person(boss()));
    let agent = tie(nadia(), Tie::Agent);
    let is_both = |steps: &Vec<Command>| matches!(&steps[..], [first, Command::SetAccountAdmin { .. }] if *first == agent);
    assert!(remedies.iter().any(is_both), "{remedies:?}");
}

#[test]
fn what_cannot_be_has_no_remedy() {
    let office = Office::new();
    assert_eq!(
        office.remedies(nadia(), MANAGE, Target::Service(id(99))),
        [[]; 0] as [[Command; 0]; 0]
    );
    assert!(
        office
            .remedies(nadia(), MANAGE, Target::Queue(id(0)))
            .is_empty()
    );
    assert!(
        office
            .remedies(
                nadia(),
                Permission::ContactCentreCallListen,
                Target::DirectCall
            )
            .is_empty()
    );
    let nobody = explained(&office.state, Subject::Unknown, MANAGE, service());
    assert!(nobody.remedies.is_empty());
}

/// SD-6: Super admin does not imply access to records, and need not be able to give it.
#[test]
fn those_who_are_named_could_and_others_are_not() {
    let mut office = Office::new().with_desk_licence();
    office.so(Event::Untied {
        person: boss(),
        tie: Tie::DeskRight(DeskRight::Configure),
    });
    let explanation = office.explain(nadia(), MANAGE, service());
    for remedy in &explanation.remedies {
        assert_eq!(remedy.steps[0].makers.people, [deputy()]);
        assert!(!remedy.steps[0].makers.more);
    }
    assert!(!explanation.remedies.is_empty());
}

#[test]
fn at_most_eight_people_are_named() {
    let mut office = Office::new().with_desk_licence();
    for n in 0..12_u32 {
        let person: PersonId = id(4 + n as usize);
        office.so(Event::PersonAdded {
            uid: Uuid::from_u128(0x9000 + u128::from(n)),
            user: UserFacet::Accepted,
            customer: CustomerFacet::Absent,
        });
        office.tied(person, Tie::Licence(id(SERVICE_DESK)));
        office.tied(person, Tie::DeskRight(DeskRight::Configure));
    }
    office.so(Event::LicenceSeatsSet {
        licence: id(SERVICE_DESK),
        seats: 30,
    });
    let explanation = office.explain(nadia(), MANAGE, service());
    let makers = &explanation.remedies[0].steps[0].makers;
    assert_eq!(makers.people.len(), 8);
    assert!(makers.more);
}

/// SD-10: every path is shown; the person page asks what would remain without one.
#[test]
fn sd_10_what_remains_without_one_of_two_paths() {
    let mut office = Office::new().with_desk_licence();
    office.tied(nadia(), Tie::Service(id(0), ServiceLevel::Administrator));
    office.tied(nadia(), Tie::Group(id(0)));
    office.so(Event::GroupAccessSet {
        group: id(0),
        service: id(0),
        full: true,
    });
    let remains = |permission| -> Vec<(usize, Decision)> {
        let decision = office
            .state
            .view(Subject::Person(nadia()), NOW)
            .decide(permission, service());
        assert!(decision.allowed);
        let without = |path| {
            office
                .state
                .remains_without(Subject::Person(nadia()), permission, service(), path, NOW)
        };
        decision
            .paths
            .iter()
            .map(|path| (decision.paths.len(), without(path)))
            .collect()
    };
    for (paths, after) in remains(MANAGE) {
        assert!(after.allowed);
        assert_eq!(after.paths.len() + 1, paths);
    }
    let alone = remains(DELETE);
    assert!(alone.len() == 1 && !alone[0].1.allowed);
}
