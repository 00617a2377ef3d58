//! Account roles and custom roles (AD-1 to AD-7, AD-12, AD-23).

use access::RoleId;
use access::state::PeopleScope;

use crate::support::{World, assign};

#[test]
fn ad_1_a_new_user_is_member() {
    let mut world = World::new();
    let person = world.invited();
    assert_eq!(world.row(person).account_role, RoleId::MEMBER);
}

#[test]
fn ad_6_an_admin_makes_no_admin() {
    let mut world = World::new();
    let (admin, member) = (world.admin(), world.member());
    for role in [RoleId::ADMIN, RoleId::SUPER_ADMIN] {
        let refusal = world.refused(admin, assign(member, role, PeopleScope::All));
        assert_eq!(
            (refusal.rule, refusal.code),
            ("AD-6", "role_by_super_admin")
        );
        assert_eq!(refusal.who_could, [world.first]);
    }
}
