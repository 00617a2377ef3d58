//! Climbers: administrators who manage the tree of user groups and hold other rights over some groups of it. They put people and
//! groups wherever their own rights might come to reach them.

use access::command::{Enrolment, RoleAssignment};
use access::event::{GrantHolder, Node};
use access::state::{ExtraGrant, PeopleScope, Tie};
use access::{Actor, Command, Dense, Moment, Permission, PersonId, RoleId, UserGroupId, Window};

use super::Dice;
use super::commands::{Hostile, first_or};
use super::founding::founder;

/// Makes a climber of a person: the tree for everybody, or for the topmost group, and a few rights over people for some groups.
pub fn climber(
    dice: &mut Dice,
    person: PersonId,
    groups: usize,
    now: Moment,
) -> Vec<(Actor, Command)> {
    let some = |dice: &mut Dice| {
        let group: UserGroupId = first_or(UserGroupId::from_index(dice.below(groups)));
        PeopleScope::UserGroups(vec![group])
    };
    let top = PeopleScope::UserGroups(vec![first_or(UserGroupId::from_index(0))]);
    let rights = [
        Permission::AdminUsersManage,
        Permission::AdminHistoryAccess,
        Permission::AdminLicencesManage,
        Permission::AdminAccessAsk,
        Permission::AdminUserSettingsManage,
    ];
    let everywhere = dice.chance(70);
    let mut grants = vec![(
        Permission::AdminUserGroupsManage,
        if everywhere { PeopleScope::All } else { top },
        Window::ALWAYS,
    )];
    for right in dice.some(&rights) {
        // Some begin later than what the climber does about it.
        let begins = now.plus_seconds(3600 * dice.between(1, 100) as u32);
        let window = Window {
            start: Some(begins).filter(|_| dice.chance(40)),
            end: None,
        };
        grants.push((right, some(dice), window));
    }
    let member = Command::SetAccountRoles {
        people: vec![person],
        assignment: RoleAssignment {
            role: RoleId::MEMBER,
            scope: PeopleScope::All,
        },
        bulk: false,
        keep: Vec::new(),
    };
    let given = grants
        .into_iter()
        .map(|(permission, scope, window)| Command::GiveExtraGrant {
            to: GrantHolder::Person(person),
            grant: ExtraGrant {
                permission,
                scope,
                window,
            },
        });
    std::iter::once(member)
        .chain(given)
        .map(|command| (founder(), command))
        .collect()
}

impl Hostile<'_> {
    /// Something that changes who is counted in which user group.
    pub fn climb(&mut self) -> Command {
        let groups = self.world.user_groups.len();
        let person = self.person();
        let group: UserGroupId = self.id(groups);
        let window = self.window();
        match self.dice.below(16) {
            0..5 => Command::Tie {
                person,
                tie: Tie::UserGroup(group),
                window,
            },
            5..7 => Command::Untie {
                person,
                tie: Tie::UserGroup(group),
            },
            7..10 => Command::MoveUserGroup {
                group,
                parent: self.dice.chance(80).then(|| self.id(groups)),
            },
            10 => Command::CreateUserGroup {
                id: self.uuid(),
                parent: self.dice.chance(70).then(|| self.id(groups)),
            },
            11 | 12 => Command::Archive {
                node: Node::UserGroup(group),
            },
            13 => {
                let archived = self.world.lives.keys().copied();
                let archived: Vec<_> = archived
                    .filter(|node| matches!(node, Node::UserGroup(_)))
                    .collect();
                let node = self.dice.pick(&archived);
                let node = node.unwrap_or(Node::UserGroup(group));
                Command::Restore { node }
            }
            14 => Command::AddUserFacet {
                person,
                user_groups: vec![group],
            },
            _ => Command::Enrol(Box::new(Enrolment {
                user_groups: vec![group],
                ..self.enrolment()
            })),
        }
    }
}
