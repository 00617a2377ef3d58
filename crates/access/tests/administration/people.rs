//! Users and customers come, go and are changed (AD-8, AD-10, AD-13, AD-15, AD-24).

use access::command::Command;
use access::state::{Facet, UserFacet};

use crate::support::World;

#[test]
fn ad_8_the_last_super_admin_stays() {
    let mut world = World::new();
    let person = world.first;
    let facet = Facet::User;
    assert_eq!(
        world.code(person, Command::Deactivate { person, facet }),
        "last_super_admin"
    );
    let other = world.super_admin();
    world.run(other, Command::Deactivate { person, facet });
    assert_eq!(world.row(person).user, UserFacet::Deactivated);
}
