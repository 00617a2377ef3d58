//! The tree of administration (AD-12). Entering and leaving a group are ties: see `ties.rs`.

use super::extra_grants::counted_in;
use super::{Draft, Refusal};
use crate::catalogue::Permission;
use crate::decide::Target;
use crate::event::Event;
use crate::ids::{PublicId, UserGroupId};
use crate::moment::Window;
use crate::state::MAX_DEPTH;

const MANAGE: Permission = Permission::AdminUserGroupsManage;

/// At the top for who manages every group; below a group of the scope otherwise.
pub(super) fn create(
    draft: &mut Draft<'_>,
    id: PublicId<UserGroupId>,
    parent: Option<UserGroupId>,
) -> Result<(), Refusal> {
    draft.require(MANAGE, place(parent))?;
    let depth = parent.map_or(0, |parent| draft.before.user_group_depth(parent));
    require_depth(depth + 1)?;
    draft.is_new(id)?;
    let uid = id.uuid();
    draft.emit(Event::UserGroupCreated { uid, parent });
    Ok(())
}

/// AD-7: what everybody below gains and loses by the move must be the actor's to give and take.
pub(super) fn relocate(
    draft: &mut Draft<'_>,
    group: UserGroupId,
    parent: Option<UserGroupId>,
) -> Result<(), Refusal> {
    draft.require(MANAGE, group)?;
    let before = draft
        .before
        .user_groups()
        .get(group)
        .and_then(|row| row.parent);
    // A scoped holder moves only within the scope: from there as well as to there.
    draft.require(MANAGE, place(parent))?;
    require_place_left(draft, before)?;
    if before == parent {
        return Ok(());
    }
    if let Some(parent) = parent {
        if draft.before.user_groups_below(group).contains(&parent) {
            let detail = "a group cannot hang below itself";
            return Err(Refusal::conflict("AD-12", "cycle", detail));
        }
        let height = draft.before.user_group_height(group);
        require_depth(draft.before.user_group_depth(parent) + height)?;
    }
    may_give_grants(draft, group, Some(parent))?;
    if let Some(parent) = parent {
        let people = counted_in(draft, group);
        draft.require_no_widening(&people, parent, Window::ALWAYS, |view| {
            view.may(MANAGE, group) && view.may(MANAGE, parent)
        })?;
    }
    draft.emit(Event::UserGroupMoved { group, parent });
    Ok(())
}

/// Leaving an archived group needs the right over the account: nobody is scoped to it.
fn require_place_left(draft: &Draft<'_>, before: Option<UserGroupId>) -> Result<(), Refusal> {
    if draft.view().may(MANAGE, Target::Account) {
        return Ok(());
    }
    draft.require(MANAGE, place(before))
}

/// Where a group hangs, as what the right must reach.
pub(super) fn place(parent: Option<UserGroupId>) -> Target {
    parent.map_or(Target::Account, Target::UserGroup)
}

fn require_depth(depth: usize) -> Result<(), Refusal> {
    if depth <= MAX_DEPTH {
        return Ok(());
    }
    Err(Refusal::conflict(
        "AD-12",
        "too_deep",
        format!("the tree has at most {MAX_DEPTH} levels"),
    ))
}

/// The right to give everybody counted in the group every extra grant that it and the groups above carry; with `to`, also what
/// the groups of the new place carry, which nobody gives to themselves (†).
pub(super) fn may_give_grants(
    draft: &Draft<'_>,
    group: UserGroupId,
    to: Option<Option<UserGroupId>>,
) -> Result<(), Refusal> {
    let state = draft.before;
    let carries = |group: UserGroupId| {
        let row = state.user_groups().get(group);
        row.is_some_and(|row| row.carries_grants(draft.now))
    };
    let new = to.flatten();
    let gains = new.is_some_and(|new| state.user_group_chain(new).any(carries));
    let chain: Vec<_> = state.user_group_chain_of_any_life(group).collect();
    if !gains && !chain.iter().any(|group| carries(*group)) {
        return Ok(());
    }
    let view = draft.view();
    for person in counted_in(draft, group).iter() {
        let gained = new.map_or(Ok(()), |new| view.may_give_grants_of(new, person));
        let given = gained.and_then(|()| view.may_give_grants_in(&chain, person));
        given.map_err(|no| draft.refuse(no))?;
        if gains && draft.is_oneself(person) {
            return Err(Refusal::forbidden(
                "AD-7",
                "not_to_oneself",
                "nobody gives extra grants to themselves, by a move neither",
            ));
        }
    }
    Ok(())
}
