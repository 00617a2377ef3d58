//! Users and customers come, go and are changed (AD-8, AD-10, AD-13).

use access::command::{Actor, Command, RoleAssignment, SystemSubject};
use access::event::ProfileField;
use access::state::{CustomerFacet, Facet, PeopleScope, Tie, UserFacet};
use access::{Event, Permission, PersonId, RoleId};

use crate::support::{World, assign, connect, give};

const USERS: Permission = Permission::AdminUsersManage;
const SIGN_IN: Actor = Actor::System(SystemSubject::SignIn);

fn deactivate(person: PersonId) -> Command {
    let facet = Facet::User;
    Command::Deactivate { person, facet }
}

fn reactivate(person: PersonId) -> Command {
    let facet = Facet::User;
    Command::Reactivate { person, facet }
}

#[test]
fn ad_8_the_last_super_admin_stays_whatever_is_tried() {
    let mut world = World::new();
    let person = world.first;
    let admin = world.admin();
    for command in [
        deactivate(person),
        assign(person, RoleId::MEMBER, PeopleScope::All),
        Command::SetSignIn {
            person,
            possible: false,
        },
    ] {
        assert_eq!(world.code(person, command), "last_super_admin");
    }
    assert_eq!(
        world.code(
            SIGN_IN,
            Command::SetSignIn {
                person,
                possible: false
            }
        ),
        "last_super_admin"
    );
    assert_eq!(world.code(admin, deactivate(person)), "permission_missing");
    let other = world.super_admin();
    world.run(other, deactivate(person));
    assert_eq!(world.row(person).user, UserFacet::Deactivated);
}

#[test]
fn ad_8_a_super_admin_who_cannot_sign_in_does_not_count() {
    let mut world = World::new();
    let other = world.super_admin();
    world.run(
        SIGN_IN,
        Command::SetSignIn {
            person: other,
            possible: false,
        },
    );
    assert_eq!(
        world.code(other, deactivate(world.first)),
        "last_super_admin"
    );
    // One who is only invited does not count either.
    let invited = world.invited();
    world.give_role(invited, RoleId::SUPER_ADMIN, PeopleScope::All);
    assert_eq!(
        world.code(world.first, deactivate(world.first)),
        "last_super_admin"
    );
}

#[test]
fn ad_8_of_two_who_demote_each_other_the_second_is_refused() {
    let mut world = World::new();
    let (one, two) = (world.first, world.super_admin());
    world.run(one, assign(two, RoleId::MEMBER, PeopleScope::All));
    assert_eq!(
        world.code(two, assign(one, RoleId::MEMBER, PeopleScope::All)),
        "not_found"
    );
    assert_eq!(world.row(one).account_role, RoleId::SUPER_ADMIN);
}

#[test]
fn ad_8_the_last_super_admin_is_not_erased_and_the_billing_contact_neither() {
    let mut world = World::new();
    let person = world.first;
    assert_eq!(
        world.code(person, Command::ErasePerson { person }),
        "billing_contact"
    );
    let admin = world.account_admin();
    world.set(Command::SetBillingContact { person: admin });
    assert_eq!(
        world.code(person, Command::ErasePerson { person }),
        "last_super_admin"
    );
    let other = world.super_admin();
    world.run(other, Command::ErasePerson { person });
    assert!(!world.row(person).is_user() && world.row(person).ties.is_empty());
}

#[test]
fn ad_10_a_scoped_holder_adds_users_to_the_scope_only() {
    let mut world = World::new();
    let (inside, outside) = (world.user_group(None), world.user_group(None));
    let below = world.user_group(inside);
    let holder = world.manager(&[USERS], inside);
    let id = world.id();
    let add = |user_groups| Command::AddUser {
        id,
        user_groups,
        account_role: None,
    };
    assert_eq!(world.code(holder, add(vec![])), "permission_missing");
    assert_eq!(world.code(holder, add(vec![outside])), "not_found");
    assert_eq!(world.code(holder, add(vec![below, outside])), "not_found");
    world.run(holder, add(vec![below]));
    let made = world.state.resolve(id).unwrap();
    assert!(world.has(made, Tie::UserGroup(below)) && world.may(holder, USERS, made));
}

#[test]
fn ad_10_outside_the_scope_the_answer_is_that_of_an_unknown_id() {
    let mut world = World::new();
    let group = world.user_group(None);
    let holder = world.manager(&[USERS], group);
    let (outsider, customer, nobody) = (world.member(), world.customer(), unknown());
    for command in [
        deactivate as fn(PersonId) -> Command,
        reactivate,
        |person| give(person, Tie::Agent),
        |person| Command::ErasePerson { person },
        |person| assign(person, RoleId::MEMBER, PeopleScope::All),
        |person| assign(person, RoleId::ADMIN, PeopleScope::All),
        |person| Command::EditProfile {
            person,
            fields: vec![ProfileField::Name],
        },
        |person| Command::AddUserFacet {
            person,
            user_groups: vec![],
        },
        |person| Command::SetAccountAdmin {
            person,
            admin: None,
        },
        |person| Command::SetCompanyAccess {
            person,
            listed: None,
        },
        |person| Command::EditProfile {
            person,
            fields: vec![],
        },
    ] {
        let not_there = world.refused(holder, command(nobody));
        for person in [outsider, customer] {
            assert_eq!(world.refused(holder, command(person)), not_there);
        }
    }
}

/// What is so already is told only to who could make it so.
#[test]
fn ad_10_no_answer_tells_what_is_so_already() {
    let mut world = World::new();
    let role = world.role(&[USERS]);
    let (member, customer) = (world.member(), world.customer());
    let custom = world.with_role(role);
    let of_an_unknown_company = Command::SetCompanyAccess {
        person: member,
        listed: Some(access::event::ListedCompanies {
            companies: vec![access::Dense::from_index(9_999).unwrap()],
            without_company: false,
        }),
    };
    let enrol = |world: &World, user| {
        Command::Enrol(Box::new(access::command::Enrolment {
            id: world.state.public(member).unwrap(),
            user,
            customer: false,
            account_role: Some(RoleAssignment {
                role: RoleId::MEMBER,
                scope: PeopleScope::All,
            }),
            user_groups: Vec::new(),
            ties: Vec::new(),
            levels: Vec::new(),
            accesses: Vec::new(),
            account_admin: None,
            extra_grants: Vec::new(),
            company_access: None,
            employer: None,
            portal_level: None,
            deactivated: Vec::new(),
            fields: Vec::new(),
        }))
    };
    let as_it_is = [
        assign(member, RoleId::MEMBER, PeopleScope::All),
        assign(custom, role, PeopleScope::All),
        Command::SetAccountAdmin {
            person: member,
            admin: None,
        },
        Command::SetCompanyAccess {
            person: member,
            listed: None,
        },
        enrol(&world, true),
        enrol(&world, false),
    ];
    let stranger = world.member();
    for actor in [stranger, customer] {
        for command in as_it_is.iter().chain([&of_an_unknown_company]) {
            assert_eq!(
                world.code(actor, command.clone()),
                "not_found",
                "{command:?}"
            );
        }
    }
    for command in &as_it_is {
        world.unchanged(world.first, command.clone());
    }
    // Of oneself nothing is a secret.
    world.unchanged(member, as_it_is[0].clone());
    world.unchanged(custom, as_it_is[1].clone());
    world.unchanged(member, as_it_is[2].clone());
}

fn unknown() -> PersonId {
    use access::Dense;
    PersonId::from_index(9_999).unwrap()
}

#[test]
fn ad_13_leaving_a_group_and_being_deleted_are_two_things() {
    let mut world = World::new();
    let group = world.user_group(None);
    let person = world.member_of(group);
    world.untie(person, Tie::UserGroup(group));
    assert!(world.row(person).is_user() && !world.has(person, Tie::UserGroup(group)));
    world.set(Command::ErasePerson { person });
    assert!(!world.row(person).is_user());
}

#[test]
fn ad_25_a_switched_off_account_does_nothing_until_its_operator_switches_it_on() {
    let mut world = World::new();
    let operator = Actor::System(SystemSubject::Operator);
    let invited = world.invited();
    assert_eq!(
        world.code(world.first, Command::SetAccountActive { active: false }),
        "operator_only"
    );
    world.run(operator, Command::SetAccountActive { active: false });
    assert_eq!(
        world.code(world.first, give(world.first, Tie::Agent)),
        "account_not_active"
    );
    assert!(!world.may(world.first, USERS, access::Target::Account));
    assert_eq!(
        world.code(operator, Command::AcceptInvitation { person: invited }),
        "account_not_active"
    );
    world.run(operator, Command::SetAccountActive { active: true });
    assert!(world.may(world.first, USERS, access::Target::Account));
}

#[test]
fn a_job_of_the_product_does_only_what_it_is_for() {
    let mut world = World::new();
    let person = world.member();
    for system in [
        SystemSubject::Operator,
        SystemSubject::Registration,
        SystemSubject::Sessions,
        SystemSubject::SignIn,
    ] {
        assert_eq!(
            world.code(Actor::System(system), give(person, Tie::Agent)),
            "not_its_job"
        );
        assert_eq!(
            world.code(Actor::System(system), Command::ErasePerson { person }),
            "not_its_job"
        );
    }
    assert_eq!(
        world.code(Actor::SetUp, give(person, Tie::Agent)),
        "already_set_up"
    );
}

#[test]
fn sd_26_erasing_leaves_no_tie_and_is_always_a_persons_act() {
    let mut world = World::new();
    let queue = world.queue(access::state::QueueKind::Call);
    let person = world.contact_admin();
    world.tie(person, Tie::QueueAgent(queue));
    let id = world.id();
    world.set(connect(id, RoleId::ADMIN));
    let connection = Actor::Connection(world.state.resolve(id).unwrap());
    assert_eq!(
        world.code(connection, Command::ErasePerson { person }),
        "erased_by_a_person"
    );
    let member = world.member();
    assert_eq!(
        world.code(connection, Command::ErasePerson { person: member }),
        "erased_by_a_person"
    );
    world.set(Command::ErasePerson { person });
    assert!(world.row(person).ties.is_empty());
    assert!(
        !world
            .state
            .queues()
            .get(queue)
            .unwrap()
            .people
            .contains(person)
    );
    assert_eq!(
        world.code(world.first, give(person, Tie::Agent)),
        "not_found"
    );
}

#[test]
fn sd_26_somebody_with_both_facets_is_erased_by_who_may_delete_both() {
    let mut world = World::new();
    let (person, holder) = (world.member(), world.custom(&[USERS]));
    world.set(Command::AddCustomerFacet {
        person,
        service: None,
    });
    assert_eq!(
        world.code(holder, Command::ErasePerson { person }),
        "permission_missing"
    );
    let configurer = world.configurer();
    assert_eq!(
        world.code(configurer, Command::ErasePerson { person }),
        "permission_missing"
    );
    world.set(Command::ErasePerson { person });
    assert!(!world.row(person).is_user() && !world.row(person).is_customer());
}

#[test]
fn each_facet_is_switched_by_its_own_right() {
    let mut world = World::new();
    let (person, holder, configurer) = (world.member(), world.custom(&[USERS]), world.configurer());
    world.set(Command::AddCustomerFacet {
        person,
        service: None,
    });
    let customer = Facet::Customer;
    let off = Command::Deactivate {
        person,
        facet: customer,
    };
    assert_eq!(world.code(holder, off.clone()), "permission_missing");
    let proposal = world.run(configurer, off);
    assert_eq!(world.row(person).customer, CustomerFacet::Deactivated);
    assert_eq!(world.row(person).user, UserFacet::Accepted);
    assert!(
        !proposal.events.contains(&Event::AccessEnded { person }),
        "staff sessions go on"
    );
    assert_eq!(
        world.code(configurer, deactivate(person)),
        "permission_missing"
    );
    world.run(holder, deactivate(person));
    assert_eq!(world.row(person).user, UserFacet::Deactivated);
}

#[test]
fn a_new_thing_brings_an_id_that_nothing_has() {
    let mut world = World::new();
    let id = world.id();
    let add = Command::AddUser {
        id,
        user_groups: Vec::new(),
        account_role: None,
    };
    world.set(add.clone());
    assert_eq!(world.code(world.first, add), "id_in_use");
}

#[test]
fn a_user_of_the_service_adds_customers_without_portal_and_takes_nothing_away() {
    let mut world = World::new();
    let service = world.service();
    let user = world.member();
    world.licence(user, access::Product::ServiceDesk);
    world.tie(
        user,
        Tie::Service(service, access::state::ServiceLevel::User),
    );
    let (portal, no_portal) = (
        access::state::CustomerAccess::Portal,
        access::state::CustomerAccess::NoPortal,
    );
    let id = world.id();
    world.run(
        user,
        Command::AddCustomer {
            id,
            service: Some(service),
        },
    );
    let made = world.state.resolve(id).unwrap();
    assert!(world.has(made, Tie::Customer(service, no_portal)));
    world.tie(made, Tie::Customer(service, portal));
    world.unchanged(
        user,
        Command::AddCustomerFacet {
            person: made,
            service: Some(service),
        },
    );
    let id = world.id();
    assert_eq!(
        world.code(user, Command::AddCustomer { id, service: None }),
        "permission_missing"
    );
    let stranger = world.member();
    assert_eq!(
        world.code(
            stranger,
            Command::AddCustomer {
                id,
                service: Some(service)
            }
        ),
        "not_found"
    );
}
