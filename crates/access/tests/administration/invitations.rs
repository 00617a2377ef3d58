//! Links that are sent: who may send and revoke them, and to whom (AD-15, AD-24, SD-24).

use access::command::{Command, SystemSubject};
use access::event::Event;
use access::state::{Facet, PortalLevel};
use access::{Actor, Permission, PersonId, RoleId};

use crate::support::{World, assign};

const USER: Facet = Facet::User;
const CUSTOMER: Facet = Facet::Customer;

fn invite(person: PersonId, facet: Facet) -> Command {
    Command::Invite { person, facet }
}

fn revoke(person: PersonId, facet: Facet) -> Command {
    Command::RevokeInvitation { person, facet }
}

#[test]
fn ad_24_a_link_is_sent_by_who_could_give_what_the_person_will_be() {
    let mut world = World::new();
    let (invited, rival) = (world.invited(), world.invited());
    world.set(assign(
        rival,
        RoleId::SUPER_ADMIN,
        access::state::PeopleScope::All,
    ));
    let (admin, member) = (world.admin(), world.member());
    let group = world.user_group(None);
    let manager = world.manager(&[Permission::AdminUsersManage], group);
    for command in [invite, revoke] {
        world.run(admin, command(invited, USER));
        // Over a Super admin's sign-in only Super admins have a say.
        assert_ne!(world.code(admin, command(rival, USER)), "");
        world.set(command(rival, USER));
        for actor in [member, manager, invited] {
            assert_ne!(world.code(actor, command(invited, USER)), "");
        }
        for job in [
            SystemSubject::SignIn,
            SystemSubject::Registration,
            SystemSubject::Operator,
        ] {
            let actor = Actor::System(job);
            assert_eq!(world.code(actor, command(invited, USER)), "not_its_job");
        }
    }
}

#[test]
fn ad_15_whoever_has_accepted_or_is_deactivated_is_invited_no_more() {
    let mut world = World::new();
    let (member, invited, customer) = (world.member(), world.invited(), world.customer());
    world.set(Command::Deactivate {
        person: invited,
        facet: USER,
    });
    for command in [invite, revoke] {
        for person in [member, invited] {
            assert_eq!(
                world.code(world.first, command(person, USER)),
                "not_invited"
            );
        }
        assert_eq!(
            world.code(world.first, command(customer, USER)),
            "not_a_user"
        );
        assert_eq!(
            world.code(world.first, command(member, CUSTOMER)),
            "not_a_customer"
        );
    }
}

#[test]
fn sd_24_a_customer_with_a_portal_level_is_invited_by_who_configures_the_desk() {
    let mut world = World::new();
    let (customer, configurer, member) = (world.customer(), world.configurer(), world.member());
    assert_eq!(
        world.code(world.first, invite(customer, CUSTOMER)),
        "no_portal_level"
    );
    world.set(Command::SetPortalLevel {
        people: vec![customer],
        level: PortalLevel::Standard,
        bulk: false,
    });
    let sent = world.run(configurer, invite(customer, CUSTOMER));
    let (person, facet) = (customer, CUSTOMER);
    assert_eq!(sent.events, [Event::InvitationSent { person, facet }]);
    let revoked = world.run(configurer, revoke(customer, CUSTOMER));
    assert_eq!(revoked.events, [Event::InvitationRevoked { person, facet }]);
    assert_ne!(world.code(member, invite(customer, CUSTOMER)), "");
    // Who can sign in needs no link; who is switched off gets none.
    world.run(
        Actor::System(SystemSubject::SignIn),
        Command::SetSignIn {
            person,
            possible: true,
        },
    );
    assert_eq!(
        world.code(world.first, invite(customer, CUSTOMER)),
        "can_sign_in"
    );
    world.set(Command::Deactivate { person, facet });
    assert_eq!(
        world.code(world.first, invite(customer, CUSTOMER)),
        "not_active"
    );
}
