//! AD-7 in the tree: nobody brings people into the reach of their own rights by giving them a place.

use access::Permission::{
    AdminHistoryAccess, AdminPeopleView, AdminUserGroupsManage, AdminUsersManage,
};
use access::command::{Command, RefusalKind};
use access::event::{GrantHolder, Node};
use access::state::{ExtraGrant, PeopleScope, Tie};
use access::{Moment, Permission, PersonId, UserGroupId, Window};

use crate::support::{World, assign, give, grant, limited, only};

const CODE: &str = "widens_own_reach";

fn enter(person: PersonId, group: UserGroupId) -> Command {
    give(person, Tie::UserGroup(group))
}

fn relocate(group: UserGroupId, parent: UserGroupId) -> Command {
    let parent = Some(parent);
    Command::MoveUserGroup { group, parent }
}

impl World {
    fn granted(&mut self, person: PersonId, grant: ExtraGrant) {
        let to = GrantHolder::Person(person);
        self.set(Command::GiveExtraGrant { to, grant });
    }

    /// Somebody who manages all user groups, and the users of one.
    fn climber(&mut self, group: UserGroupId) -> PersonId {
        let person = self.custom(&[AdminUserGroupsManage]);
        self.granted(person, grant(AdminUsersManage, only(group)));
        person
    }

    fn group_with_member(&mut self) -> (UserGroupId, PersonId) {
        let group = self.user_group(None);
        (group, self.member_of(group))
    }
}

// proves: AD-7, I-6
#[test]
fn ad_7_nobody_brings_people_into_the_reach_of_their_own_rights() {
    let mut world = World::new();
    let north = world.user_group(None);
    let climber = world.climber(north);
    let (south, other) = world.group_with_member();
    for command in [
        enter(other, north),
        // To oneself neither (†).
        enter(climber, north),
        relocate(south, north),
    ] {
        let refusal = world.refused(climber, command.clone());
        assert_eq!((refusal.rule, refusal.code), ("AD-7", CODE), "{command:?}");
        assert_eq!(refusal.kind, RefusalKind::Forbidden);
        // Who could: somebody whose own reach does not grow by it.
        assert!(refusal.who_could.contains(&world.first));
        assert!(!refusal.who_could.contains(&climber));
        assert!(!world.may(climber, AdminUsersManage, other));
    }
    world.set(enter(other, north));
    assert!(world.may(climber, AdminUsersManage, other));
}

#[test]
fn ad_7_a_place_that_widens_nothing_is_given_as_before() {
    let mut world = World::new();
    let north = world.user_group(None);
    let below = world.user_group(north);
    let climber = world.climber(north);
    let (south, other) = world.group_with_member();
    let inside = world.member_of(north);
    // Already reached; another tree; out of the reach; an empty group.
    world.run(climber, enter(inside, below));
    world.run(climber, enter(other, south));
    let tie = Tie::UserGroup(below);
    let person = inside;
    world.run(climber, Command::Untie { person, tie });
    let empty = world.user_group(None);
    world.run(climber, relocate(empty, north));
    // The same right over everybody: nothing is gained.
    let everybody = world.custom(&[AdminUserGroupsManage, AdminUsersManage]);
    world.granted(everybody, grant(AdminUsersManage, only(north)));
    world.run(everybody, enter(other, north));
    // Whoever is new is nobody's yet.
    let id = world.id();
    let (user_groups, account_role) = (vec![north], None);
    world.run(
        climber,
        Command::AddUser {
            id,
            user_groups,
            account_role,
        },
    );
}

#[test]
fn ad_7_seeing_people_is_a_right_over_them_too() {
    let mut world = World::new();
    let (north, other) = (world.user_group(None), world.member());
    let sees = world.limited_admin(&[], only(north));
    let role = world.role(&[AdminUserGroupsManage]);
    world.set(assign(sees, role, PeopleScope::All));
    // Whoever manages all groups sees everybody already.
    assert!(world.may(sees, AdminPeopleView, other));
    world.run(sees, enter(other, north));

    let (south, west) = (world.user_group(None), world.user_group(None));
    let person = world.manager(&[AdminUserGroupsManage], south);
    world.tie(person, Tie::Agent);
    let admin = Some(limited(&[AdminUsersManage], only(west)));
    world.set(Command::SetAccountAdmin { person, admin });
    let inside = world.member_of(south);
    let below = world.user_group(south);
    // A scoped holder moves within the scope, and widens another right of theirs by it no more than others.
    world.set(relocate(west, below));
    assert_eq!(world.code(person, enter(inside, west)), CODE);
    world.run(person, enter(inside, below));
}

#[test]
fn ad_7_seeing_people_outlives_no_right_to_place_them() {
    let mut world = World::new();
    let (north, other) = (world.user_group(None), world.member());
    // With no privilege at all an account admin sees the people of the scope.
    let sees = world.limited_admin(&[], only(north));
    let window = world.for_hours(5);
    let places = ExtraGrant {
        window,
        ..grant(AdminUserGroupsManage, PeopleScope::All)
    };
    world.granted(sees, places);
    assert!(world.may(sees, AdminPeopleView, other));
    // For ever it would show them somebody whom they do not see after those hours.
    assert_eq!(world.code(sees, enter(other, north)), CODE);
    let (person, tie) = (other, Tie::UserGroup(north));
    let meanwhile = Command::Tie {
        person,
        tie,
        window,
    };
    world.run(sees, meanwhile);
    world.wait_hours(5);
    assert!(!world.may(sees, AdminPeopleView, other));
}

#[test]
fn ad_7_what_is_archived_may_come_back_and_what_is_timed_begins() {
    let mut world = World::new();
    let north = world.user_group(None);
    let middle = world.user_group(north);
    let lowest = world.user_group(middle);
    let climber = world.climber(north);
    let (south, other) = world.group_with_member();
    let deep = world.user_group(south);
    let hidden = world.member_of(deep);
    // Archived first, entered, and restored: the reach would be wider afterwards.
    world.run(
        climber,
        Command::Archive {
            node: Node::UserGroup(middle),
        },
    );
    assert_eq!(world.code(climber, enter(other, lowest)), CODE);
    world.untie(other, Tie::UserGroup(south));
    world.run(
        climber,
        Command::Archive {
            node: Node::UserGroup(deep),
        },
    );
    assert_eq!(world.code(climber, relocate(south, north)), CODE);
    let person = hidden;
    world.set(Command::ErasePerson { person });
    world.run(climber, relocate(south, north));

    let west = world.user_group(None);
    let later = |hours: u32, world: &World| Window {
        start: Some(world.now.plus_seconds(hours * 3600)),
        end: None,
    };
    let window = later(5, &world);
    world.granted(
        climber,
        ExtraGrant {
            window,
            ..grant(AdminHistoryAccess, only(west))
        },
    );
    assert_eq!(world.code(climber, enter(other, west)), CODE);
    let tie = |window| Command::Tie {
        person: other,
        tie: Tie::UserGroup(west),
        window,
    };
    assert_eq!(world.code(climber, tie(later(9, &world))), CODE);
    world.run(climber, tie(world.for_hours(5)));
}

#[test]
fn ad_7_a_reach_for_a_time_is_not_made_one_for_ever() {
    let mut world = World::new();
    let (north, other) = (world.user_group(None), world.member());
    let climber = world.climber(north);
    let window = world.for_hours(3);
    let tie = Tie::UserGroup(north);
    world.set(Command::Tie {
        person: other,
        tie,
        window,
    });
    assert!(world.may(climber, AdminUsersManage, other));
    assert_eq!(world.code(climber, enter(other, north)), CODE);
    let shorter = Window {
        end: window.end.map(|Moment(end)| Moment(end - 1)),
        ..window
    };
    world.run(
        climber,
        Command::Tie {
            person: other,
            tie,
            window: shorter,
        },
    );
}

#[test]
fn ad_7_no_other_way_leads_into_the_group() {
    let mut world = World::new();
    let north = world.user_group(None);
    let everybodys: &[Permission] = &[AdminUserGroupsManage, AdminUsersManage];
    let person = world.custom(everybodys);
    world.granted(person, grant(AdminHistoryAccess, only(north)));
    let (customer, member) = (world.customer(), world.member());
    let user_groups = vec![north];
    let facet = Command::AddUserFacet {
        person: customer,
        user_groups: user_groups.clone(),
    };
    assert_eq!(world.code(person, facet), CODE);
    let row = access::command::Enrolment {
        user: true,
        user_groups,
        id: world.state.public(member).unwrap(),
        customer: false,
        fields: Vec::new(),
        account_role: None,
        ties: Vec::new(),
        levels: Vec::new(),
        accesses: Vec::new(),
        account_admin: None,
        extra_grants: Vec::new(),
        company_access: None,
        employer: None,
        portal_level: None,
        deactivated: Vec::new(),
    };
    assert_eq!(world.code(person, Command::Enrol(Box::new(row))), CODE);
    // A group below comes along with the one above.
    let (south, below) = (world.user_group(None), world.user_group(None));
    world.set(relocate(below, south));
    world.set(enter(member, below));
    assert_eq!(world.code(person, relocate(south, north)), CODE);
}
