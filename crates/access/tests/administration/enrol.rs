//! A row of an import: the commands that it is made of, and nothing of what is so already.

use access::command::{Command, Employer, Enrolment, RoleAssignment};
use access::event::{Event, ListedCompanies, Node};
use access::state::{Facet, PeopleScope, Placement, PortalLevel, ServiceLevel, Tie};
use access::{Permission, PersonId, RoleId, State, Window};

use crate::support::{World, assign, grant, only};

/// A row about somebody that says nothing more.
fn row(state: &State, person: PersonId) -> Enrolment {
    Enrolment {
        id: state.public(person).unwrap(),
        user: false,
        customer: false,
        fields: Vec::new(),
        account_role: None,
        user_groups: Vec::new(),
        levels: Vec::new(),
        accesses: Vec::new(),
        ties: Vec::new(),
        account_admin: None,
        extra_grants: Vec::new(),
        company_access: None,
        employer: None,
        portal_level: None,
        deactivated: Vec::new(),
    }
}

fn enrol(enrolment: Enrolment) -> Command {
    Command::Enrol(Box::new(enrolment))
}

#[test]
fn ad_7_what_is_so_already_is_asked_of_nobody_and_the_rest_of_the_right_ones() {
    let mut world = World::new();
    let (person, group, service) = (world.agent(), world.user_group(None), world.service());
    world.tie(person, Tie::Service(service, ServiceLevel::User));
    world.tie(person, Tie::UserGroup(group));
    let sees = world.custom(&[Permission::AdminHistoryAccess]);
    let so = Enrolment {
        user: true,
        account_role: Some(RoleAssignment {
            role: RoleId::MEMBER,
            scope: PeopleScope::All,
        }),
        user_groups: vec![group],
        levels: vec![(service, ServiceLevel::User)],
        ties: vec![(Tie::Agent, Window::ALWAYS)],
        ..row(&world.state, person)
    };
    world.unchanged(sees, enrol(so.clone()));
    // AD-10: whoever may not know of the person is told nothing, not even that all is so.
    let nobody = world.member();
    assert_eq!(world.code(nobody, enrol(so.clone())), "not_found");
    for more in [
        Enrolment {
            customer: true,
            ..so.clone()
        },
        Enrolment {
            levels: vec![(service, ServiceLevel::Administrator)],
            ..so.clone()
        },
        Enrolment {
            ties: vec![(Tie::Agent, world.for_hours(1))],
            ..so.clone()
        },
        Enrolment {
            extra_grants: vec![grant(Permission::AdminAuditView, PeopleScope::All)],
            ..so.clone()
        },
        Enrolment {
            deactivated: vec![Facet::User],
            ..so.clone()
        },
    ] {
        world.refused(sees, enrol(more.clone()));
        world.set(enrol(more));
    }
}

#[test]
fn ad_9_a_change_of_role_keeps_the_grants_that_the_row_names() {
    let mut world = World::new();
    let (person, helper) = (world.member(), world.role(&[Permission::AdminAuditView]));
    let kept = grant(Permission::AdminHistoryAccess, PeopleScope::All);
    let dropped = grant(Permission::AdminInvoicesAccess, PeopleScope::All);
    for grant in [&kept, &dropped] {
        let (to, grant) = (access::event::GrantHolder::Person(person), grant.clone());
        world.set(Command::GiveExtraGrant { to, grant });
    }
    let command = enrol(Enrolment {
        user: true,
        account_role: Some(RoleAssignment {
            role: helper,
            scope: PeopleScope::All,
        }),
        extra_grants: vec![kept.clone()],
        ..row(&world.state, person)
    });
    world.set(command.clone());
    assert_eq!(world.row(person).extras().extra_grants, [kept]);
    world.unchanged(world.first, command);
}

/// AD-25: a scope is what it reaches; a group that is archived since makes no other scope of it.
#[test]
fn ad_25_a_scope_with_an_archived_group_is_the_scope_without_it() {
    let mut world = World::new();
    let (north, south) = (world.user_group(None), world.user_group(None));
    let (person, helper) = (
        world.member(),
        world.role(&[Permission::AdminHistoryAccess]),
    );
    world.set(assign(
        person,
        helper,
        PeopleScope::UserGroups(vec![north, south]),
    ));
    world.archive(Node::UserGroup(south));
    let role = |scope| Enrolment {
        user: true,
        account_role: Some(RoleAssignment {
            role: helper,
            scope,
        }),
        ..row(&world.state, person)
    };
    world.unchanged(world.first, enrol(role(only(north))));
    let nowhere = enrol(role(PeopleScope::UserGroups(Vec::new())));
    let said = world.set(nowhere).events;
    assert!(
        matches!(&said[..], [Event::AccountRoleSet { .. }]),
        "{said:?}"
    );
}

#[test]
fn sd_22_nobodys_employee_stays_so_and_is_never_sorted() {
    let mut world = World::new();
    let (person, company) = (world.customer(), world.company());
    let domain = "orchard.example";
    world.set(Command::AddDomain {
        company,
        domain: domain.into(),
    });
    let with = |employer, world: &World| Enrolment {
        customer: true,
        employer: Some(employer),
        ..row(&world.state, person)
    };
    world.unchanged(world.first, enrol(with(Employer::Nobody, &world)));
    world.set(enrol(with(Employer::OfDomain(domain.into()), &world)));
    assert_eq!(world.row(person).company, Some(company));
    world.unchanged(world.first, enrol(with(Employer::Company(company), &world)));
    world.set(enrol(with(Employer::Nobody, &world)));
    assert_eq!(world.row(person).placement, Placement::ByHand);
    world.unchanged(
        world.first,
        enrol(with(Employer::OfDomain(domain.into()), &world)),
    );

    let new = Enrolment {
        id: world.id(),
        ..with(Employer::Nobody, &world)
    };
    let id = new.id;
    world.set(enrol(new));
    let new = world.state.resolve(id).unwrap();
    assert_eq!(world.row(new).placement, Placement::ByHand);
}

#[test]
fn ad_10_of_a_customer_out_of_sight_a_row_tells_nothing() {
    let mut world = World::new();
    let (actor, person) = (world.configurer(), world.customer());
    let (seen, hidden) = (world.company(), world.company());
    world.set(Command::SetEmployer {
        person,
        company: Some(hidden),
        move_from_other: true,
    });
    world.set(Command::SetPortalLevel {
        people: vec![person],
        level: PortalLevel::Standard,
        bulk: false,
    });
    world.set(Command::SetCompanyAccess {
        person: actor,
        listed: Some(ListedCompanies {
            companies: vec![seen],
            without_company: true,
        }),
    });
    let customer = Enrolment {
        customer: true,
        ..row(&world.state, person)
    };
    // Adding a customer shows nothing of one who is there (RULES §4 table).
    world.unchanged(actor, enrol(customer.clone()));
    for level in [PortalLevel::Standard, PortalLevel::Company] {
        let more = Enrolment {
            portal_level: Some(level),
            ..customer.clone()
        };
        assert_eq!(world.code(actor, enrol(more)), "not_found", "{level:?}");
    }
    let answer = |employer| {
        let more = Enrolment {
            employer: Some(employer),
            ..customer.clone()
        };
        world.code(actor, enrol(more))
    };
    assert_eq!(answer(Employer::Company(hidden)), "not_found");
    assert_eq!(answer(Employer::Nobody), "not_found");
}
