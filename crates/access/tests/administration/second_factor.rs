//! Of whom a second factor is asked: set by whoever may give the role, and no way around anything.

use access::command::Command;
use access::{Permission, RoleId};

use crate::support::World;

fn require(role: Option<RoleId>, required: bool) -> Command {
    Command::RequireSecondFactor { role, required }
}

#[test]
fn ad_6_what_is_asked_of_a_role_is_set_by_who_may_give_it() {
    let mut world = World::new();
    let admin = world.admin();
    let helper = world.role(&[Permission::AdminUsersManage]);
    let payer = world.role(&[Permission::AdminInvoicesAccess]);
    let member = world.member();
    for role in [None, Some(RoleId::SUPER_ADMIN), Some(RoleId::ADMIN)] {
        let code = "second_factor_by_super_admin";
        assert_eq!(world.code(admin, require(role, true)), code, "{role:?}");
    }
    assert_eq!(
        world.code(admin, require(Some(payer), true)),
        "role_exceeds_admin"
    );
    for role in [RoleId::MEMBER, helper] {
        world.run(admin, require(Some(role), true));
        assert!(world.state.account().second_factor.is_set_for(Some(role)));
        // Whoever could not ask for it cannot stop asking either.
        world.refused(member, require(Some(role), false));
    }
    for role in [None, Some(RoleId::SUPER_ADMIN), Some(payer)] {
        world.set(require(role, true));
        assert!(world.state.account().second_factor.is_set_for(role));
        world.refused(admin, require(role, false));
        world.set(require(role, false));
        assert!(!world.state.account().second_factor.is_set_for(role));
    }
}

#[test]
fn a_second_factor_is_asked_of_holders_and_of_everybody() {
    let mut world = World::new();
    let (owner, admin, member) = (world.first, world.admin(), world.member());
    let asked =
        |world: &World| [owner, admin, member].map(|one| world.state.asks_second_factor(one));
    assert_eq!(asked(&world), [false; 3]);
    world.set(require(Some(RoleId::ADMIN), true));
    assert_eq!(asked(&world), [false, true, false]);
    world.set(require(None, true));
    assert_eq!(asked(&world), [true; 3]);
    world.set(require(None, false));
    assert_eq!(asked(&world), [false, true, false]);
}

#[test]
fn ad_7_nothing_is_gained_or_lost_by_what_is_asked() {
    let mut world = World::new();
    let admin = world.admin();
    let before = world.state.clone();
    world.set(require(None, true));
    for permission in Permission::ALL {
        let may = |state: &access::State| {
            let view = state.view(access::Subject::Person(admin), world.now);
            view.may(permission, access::Target::Account)
        };
        assert_eq!(may(&before), may(&world.state), "{}", permission.key());
    }
}
