//! The user-group tree (AD-12).

use super::{Life, PeopleScope, Person, State, Tie};
use crate::ids::UserGroupId;
use crate::moment::Moment;

/// AD-12: number of levels, the top one included.
pub const MAX_DEPTH: usize = 5;

impl State {
    /// The group and every active group above it, nearest first. Empty when the group is not active; ends below the first
    /// archived one, which cuts everything below from what is above (AD-12).
    pub fn user_group_chain(&self, group: UserGroupId) -> impl Iterator<Item = UserGroupId> + '_ {
        let mut next = Some(group);
        std::iter::from_fn(move || {
            let id = next?;
            let row = self.user_groups().get(id)?;
            if row.life != Life::Active {
                next = None;
                return None;
            }
            next = row.parent;
            Some(id)
        })
        // The tree has no cycle (I-8); the bound keeps a corrupt one from hanging a decision.
        .take(MAX_DEPTH)
    }

    /// The group and every group above it, whatever their state: what it may come to, once all of them are restored (AD-25).
    pub fn user_group_chain_of_any_life(
        &self,
        group: UserGroupId,
    ) -> impl Iterator<Item = UserGroupId> + '_ {
        let parent =
            |group: &UserGroupId| self.user_groups().get(*group).and_then(|row| row.parent);
        std::iter::successors(Some(group), parent).take(MAX_DEPTH)
    }

    /// Every active user group that a person is counted in.
    pub fn user_groups_of<'a>(
        &'a self,
        person: &'a Person,
        now: Moment,
    ) -> impl Iterator<Item = UserGroupId> + 'a {
        self.ties_at(person, now)
            .filter_map(|(tie, _)| match tie {
                Tie::UserGroup(group) => Some(group),
                _ => None,
            })
            .flat_map(|group| self.user_group_chain(group))
    }

    /// The group of the scope through which the scope reaches a person, if it does. `Some(None)`: it reaches everybody.
    pub fn scope_reaches_person(
        &self,
        scope: &PeopleScope,
        person: &Person,
        now: Moment,
    ) -> Option<Option<UserGroupId>> {
        match scope {
            PeopleScope::All => Some(None),
            PeopleScope::UserGroups(groups) => self
                .user_groups_of(person, now)
                .find(|group| groups.contains(group))
                .map(Some),
        }
    }

    /// The same for a user group: itself or a group above it is in the scope.
    pub fn scope_reaches_group(
        &self,
        scope: &PeopleScope,
        group: UserGroupId,
    ) -> Option<Option<UserGroupId>> {
        match scope {
            PeopleScope::All => Some(None),
            PeopleScope::UserGroups(groups) => self
                .user_group_chain(group)
                .find(|above| groups.contains(above))
                .map(Some),
        }
    }

    /// Levels from the top down to this group, archived ones included: what the bound of AD-12 counts.
    pub fn user_group_depth(&self, group: UserGroupId) -> usize {
        let mut depth = 0;
        let mut next = Some(group);
        while let Some(row) = next.and_then(|id| self.user_groups().get(id)) {
            depth += 1;
            next = row.parent;
            if depth > MAX_DEPTH {
                break;
            }
        }
        depth
    }

    /// Levels of the subtree that hangs on this group, itself included.
    pub fn user_group_height(&self, group: UserGroupId) -> usize {
        let Some(row) = self.user_groups().get(group) else {
            return 0;
        };
        1 + row
            .children
            .iter()
            .map(|child| self.user_group_height(child))
            .max()
            .unwrap_or(0)
    }

    /// The group and all groups below it, whatever their state.
    pub fn user_groups_below(&self, group: UserGroupId) -> Vec<UserGroupId> {
        let mut found = vec![group];
        let mut at = 0;
        while let Some(row) = found.get(at).and_then(|id| self.user_groups().get(*id)) {
            found.extend(row.children.iter());
            at += 1;
        }
        found
    }
}
