//! Somebody who came in through a sign-in provider has the facet that it opens, and is as somebody who lacks the other (RULES §1).

use access::command::{Actor, Command};
use access::event::ProfileField;
use access::state::{
    ConnectionKind, ConnectionRights, CustomerAccess, CustomerFacet, DeskRight, Facet, PortalLevel,
    ServiceLevel, Tie, TokenOwner, UserFacet,
};
use access::{ConnectionId, Event, Moment, Permission, PersonId, RoleId, Subject, Target, View};

use crate::support::{World, give};

/// Somebody who may everything as staff, and something as a customer, in a world with others.
fn both() -> (World, PersonId) {
    let mut world = World::new();
    let (person, company, service) = (world.super_admin(), world.company(), world.service());
    let (queue, group) = (world.queue(access::state::QueueKind::Call), world.group());
    let devices = world.device_group();
    world.admin();
    world.customer();
    for licence in world.licences {
        world.set(give(person, Tie::Licence(licence)));
    }
    world.set(Command::AddCustomerFacet {
        person,
        service: None,
    });
    for tie in [
        Tie::DeskRight(DeskRight::Configure),
        Tie::QueueSupervisor(queue),
        Tie::QueueAgent(queue),
        Tie::Group(group),
        Tie::Agent,
        Tie::DeviceGroup(devices),
        Tie::Customer(service, CustomerAccess::Portal),
    ] {
        world.tie(person, tie);
    }
    world.set(Command::SaveUsersTab {
        service,
        rows: vec![(person, Some(ServiceLevel::Administrator))],
    });
    world.set(Command::SetEmployer {
        person,
        company: Some(company),
        move_from_other: false,
    });
    world.set(Command::SetPortalLevel {
        people: vec![person],
        level: PortalLevel::CompanyAdmin,
        bulk: false,
    });
    (world, person)
}

/// Everything that can be asked about, of a small world.
fn targets(world: &World) -> Vec<Target> {
    let state = &world.state;
    let mut all = vec![Target::Account, Target::DirectCall];
    all.extend(state.people().ids().map(Target::Person));
    all.extend(state.services().ids().map(Target::Service));
    all.extend(state.queues().ids().map(Target::Queue));
    all.extend(state.devices().ids().map(Target::Device));
    for service in state.services().ids() {
        for customer in state.people().ids() {
            all.push(Target::Record(access::decide::RecordFacts {
                service,
                customer: Some(customer),
                company: state.people().get(customer).and_then(|row| row.company),
            }));
        }
    }
    all
}

#[test]
fn s1_with_one_facet_somebody_is_as_who_lacks_the_other() {
    let (world, person) = both();
    for (facet, lacking) in [
        (
            Facet::User,
            Event::CustomerFacetSet {
                person,
                state: CustomerFacet::Absent,
            },
        ),
        (
            Facet::Customer,
            Event::UserFacetSet {
                person,
                state: UserFacet::Absent,
            },
        ),
    ] {
        let mut without = world.state.clone();
        without.apply(&lacking);
        let whole = world.state.view(Subject::Person(person), world.now);
        let limited = whole.only(Some(facet));
        let lacks = without.view(Subject::Person(person), world.now);
        let (mut allowed, mut taken) = (0, 0);
        for on in targets(&world) {
            // Whether they are asked about as a user or a customer is not the question.
            if on == Target::Person(person) {
                continue;
            }
            for permission in Permission::ALL {
                let may = limited.may(permission, on);
                assert_eq!(
                    may,
                    lacks.may(permission, on),
                    "{facet:?} {permission} {on:?}"
                );
                allowed += u32::from(may);
                taken += u32::from(whole.may(permission, on) && !may);
            }
            // Ties that nobody took away are seen by whoever lacks the facet, and not from here.
            let sees = limited.sees(on);
            assert!(!sees || lacks.sees(on), "{facet:?} sees {on:?}");
        }
        assert!(allowed > 0 && taken > 0, "{facet:?}: {allowed} and {taken}");
        let somewhere = |view: &View<'_>| -> Vec<_> {
            Permission::ALL
                .into_iter()
                .filter(|permission| view.may_anywhere(*permission))
                .collect()
        };
        assert_eq!(somewhere(&limited), somewhere(&lacks), "{facet:?}");
        let known = |view: &View<'_>| {
            let incidents = view.visible_incidents();
            let own = incidents.own().map(|(_, of)| of.to_vec());
            let company = incidents.of_company().map(|(_, of)| of.to_vec());
            (
                view.is_customer(),
                view.is_customer_alone(),
                view.user_status(person),
                view.acts_as(RoleId::SUPER_ADMIN),
                (own, company),
            )
        };
        assert_eq!(known(&limited), known(&lacks), "{facet:?}");
        // Both of them are who they are.
        assert!(limited.sees(person));
    }
}

#[test]
fn s1_with_one_facet_nobody_acts_by_the_other() {
    let (mut world, person) = both();
    let (as_staff, as_customer) = (
        Actor::Facet(person, Facet::User),
        Actor::Facet(person, Facet::Customer),
    );
    let id = world.id();
    let add = Command::AddUser {
        id,
        user_groups: vec![],
        account_role: None,
    };
    assert_eq!(world.code(as_customer, add.clone()), "permission_missing");
    world.run(as_staff, add);
    // Not even what is one's own of the other side is given up.
    let service = world.state.services().ids().next().unwrap();
    let portal = Tie::Customer(service, CustomerAccess::Portal);
    let untie = |tie| Command::Untie { person, tie };
    let level = Tie::Service(service, ServiceLevel::Administrator);
    assert_ne!(world.refused(as_customer, untie(level)).code, "");
    assert!(world.has(person, level) && world.has(person, portal));
    // Nor does whoever is off on their side act by the other.
    world.set(Command::Deactivate {
        person,
        facet: Facet::Customer,
    });
    let group = world.id();
    let create = Command::CreateGroup { id: group };
    assert_eq!(world.code(as_customer, create.clone()), "actor_not_active");
    world.run(as_staff, create);
}

#[test]
fn s1_what_lets_in_with_both_facets_is_not_had_from_one() {
    let (mut world, person) = both();
    let expires = Moment(world.now.0 + 60_000);
    let id = world.id();
    let token = Command::IssueToken {
        id,
        owner: TokenOwner::Person(person),
        expires,
    };
    let edit = Command::EditProfile {
        person,
        fields: vec![ProfileField::SignIn],
    };
    let off = Command::SetSignIn {
        person,
        possible: false,
    };
    for facet in [Facet::User, Facet::Customer] {
        for command in [&edit, &off] {
            let code = world.code(Actor::Facet(person, facet), command.clone());
            assert_eq!(code, "one_facet_only", "{facet:?}");
        }
    }
    let as_staff = Actor::Facet(person, Facet::User);
    assert_eq!(world.code(as_staff, token.clone()), "one_facet_only");
    // Whoever has one facet has nothing else to lead to.
    let other = world.super_admin();
    let id = world.id();
    world.run(
        Actor::Facet(other, Facet::User),
        Command::IssueToken {
            id,
            owner: TokenOwner::Person(other),
            expires,
        },
    );
    world.run(person, token);
}

fn sign_in_provider(world: &mut World) -> ConnectionId {
    let id = world.id();
    world.set(Command::CreateConnection {
        id,
        role: RoleId::MEMBER,
        kind: ConnectionKind::SignInProvider,
        rights: ConnectionRights::default(),
    });
    world.state.resolve(id).unwrap()
}

#[test]
fn ad_15_a_provider_that_is_sure_accepts_an_invitation_as_it_links() {
    let mut world = World::new();
    let connection = sign_in_provider(&mut world);
    let pages = Actor::System(access::command::SystemSubject::SignIn);
    for accepts in [false, true] {
        let person = world.invited();
        let link = Command::LinkProvider {
            person,
            connection,
            accepts,
        };
        let events = world.run(pages, link).events;
        assert_eq!(world.row(person).user == UserFacet::Accepted, accepts);
        assert_eq!(events.len(), if accepts { 3 } else { 1 }, "{events:?}");
    }
}

#[test]
fn ad_24_who_a_provider_knows_is_said_by_proof_alone() {
    let (mut world, person) = both();
    let connection = sign_in_provider(&mut world);
    let link = Command::LinkProvider {
        person,
        connection,
        accepts: true,
    };
    assert_eq!(world.code(world.first, link.clone()), "sign_in_pages_only");
    let pages = Actor::System(access::command::SystemSubject::SignIn);
    let linked = |linked| Event::ProviderLinked {
        person,
        connection,
        linked,
    };
    assert_eq!(world.run(pages, link).events, [linked(true)]);
    let unlink = Command::UnlinkProvider { person, connection };
    assert_eq!(world.run(person, unlink.clone()).events, [linked(false)]);
    let narrow = Actor::Facet(person, Facet::User);
    assert_eq!(world.code(narrow, unlink.clone()), "one_facet_only");
    let admin = world.admin();
    assert_eq!(world.code(admin, unlink.clone()), "permission_missing");
    // By a superior: what they are signed in with ends.
    let events = world.run(world.first, unlink).events;
    assert_eq!(events[0], linked(false));
    assert!(events.contains(&Event::AccessEnded { person }));
}
