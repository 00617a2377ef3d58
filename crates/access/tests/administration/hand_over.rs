//! What somebody leaves is handed over in one step: taken and given by the rules of each part.

use access::command::{Command, Enrolment};
use access::state::{LicenceModel, Tie};
use access::{PersonId, Window};

use crate::support::{World, give};

/// To somebody who is there, these ties.
fn with(world: &World, to: PersonId, ties: &[Tie]) -> Box<Enrolment> {
    Box::new(Enrolment {
        id: world.state.public(to).unwrap(),
        user: false,
        customer: false,
        fields: Vec::new(),
        account_role: None,
        user_groups: Vec::new(),
        levels: Vec::new(),
        accesses: Vec::new(),
        ties: ties.iter().map(|tie| (*tie, Window::ALWAYS)).collect(),
        account_admin: None,
        extra_grants: Vec::new(),
        company_access: None,
        employer: None,
        portal_level: None,
        deactivated: Vec::new(),
    })
}

#[test]
fn ad_14_the_last_seat_is_taken_before_it_is_given() {
    let mut world = World::new();
    let (from, to) = (world.member(), world.member());
    let id = world.id();
    world.set(Command::BuyLicence {
        id,
        product: access::catalogue::Product::ServiceDesk,
        model: LicenceModel::Named,
        seats: 1,
    });
    let licence = Tie::Licence(world.state.resolve(id).unwrap());
    world.set(give(from, licence));
    let to_whom = with(&world, to, &[licence]);
    world.set(Command::HandOver { from, to: to_whom });
    assert!(!world.has(from, licence) && world.has(to, licence));
}

#[test]
fn ad_7_one_part_that_is_refused_refuses_the_whole() {
    let mut world = World::new();
    let (from, to, admin) = (world.member(), world.member(), world.admin());
    let desk = Tie::Licence(world.licences[1]);
    world.set(give(from, desk));
    world.set(give(from, Tie::Agent));
    let unknown = Tie::Feature(access::Permission::AdminAuditView);
    let both = with(&world, to, &[desk, unknown]);
    world.refused(admin, Command::HandOver { from, to: both });
    assert!(world.has(from, desk) && !world.has(to, desk));
    // Who gives nothing hands nothing over but what is theirs to give up, and that is not theirs to give.
    let own = with(&world, to, &[desk]);
    world.refused(from, Command::HandOver { from, to: own });
    let oneself = with(&world, from, &[desk]);
    let command = Command::HandOver { from, to: oneself };
    assert_eq!(world.code(world.first, command), "handed_to_oneself");
}

#[test]
fn ad_8_whoever_leaves_hands_their_own_over_before_it_is_taken() {
    let mut world = World::new();
    let to = world.member();
    let (from, agent) = (world.first, Tie::ContactAdmin);
    let whole = with(&world, to, &[Tie::Licence(world.licences[2]), agent]);
    world.run(from, Command::HandOver { from, to: whole });
    assert!(world.has(to, agent) && !world.has(from, agent));
}
