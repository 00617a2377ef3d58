//! Extra grants: one permission on top of a role, for a user or for everybody counted in a user group (AD-9).

use super::authority::Gift;
use super::{Draft, Notice, Refusal};
use crate::catalogue::PermissionSet;
use crate::decide::Target;
use crate::event::{Event, GrantHolder};
use crate::ids::{PersonId, UserGroupId};
use crate::idset::IdSet;
use crate::state::{ExtraGrant, Life, PeopleScope};

/// Gives it, with the parent that a child needs (I-4).
pub(super) fn give(
    draft: &mut Draft<'_>,
    to: GrantHolder,
    grant: &ExtraGrant,
) -> Result<(), Refusal> {
    let held = held(draft, to)?;
    may_give(draft, to, grant)?;
    let grant = checked(draft, &held, grant)?;
    if let GrantHolder::UserGroup(group) = to {
        let life = draft.before.user_groups().get(group).map(|row| row.life);
        draft.require_active(life, "user group")?;
    }
    let mut wanted = vec![grant.clone()];
    let carried = |parent| {
        let mut parents = held.iter().filter(|held| held.permission == parent);
        parents.any(|parent| parent.carries(&grant))
    };
    if let Some(parent) = grant.permission.parent()
        && !carried(parent)
    {
        let parent = ExtraGrant {
            permission: parent,
            ..grant.clone()
        };
        may_give(draft, to, &parent)?;
        draft.notice(Notice::PermissionsAdjusted {
            added: parent.permission.set(),
            removed: PermissionSet::EMPTY,
        });
        wanted.insert(0, parent);
    }
    let now = draft.now;
    for ended in held.iter().filter(|grant| grant.is_over(now)) {
        let (from, grant) = (to, ended.clone());
        draft.emit(Event::ExtraGrantTaken { from, grant });
    }
    for grant in wanted.into_iter().filter(|grant| !held.contains(grant)) {
        draft.emit(Event::ExtraGrantGiven { to, grant });
    }
    Ok(())
}

/// Takes it, with the children that rested on it (AD-3).
pub(super) fn take(
    draft: &mut Draft<'_>,
    from: GrantHolder,
    grant: &ExtraGrant,
) -> Result<(), Refusal> {
    let held = held(draft, from)?;
    may_take(draft, from, grant)?;
    if !held.contains(grant) {
        return Ok(());
    }
    let left: Vec<_> = held.iter().filter(|held| *held != grant).collect();
    let carried = |child: &ExtraGrant| {
        child.permission.parent().is_none_or(|parent| {
            left.iter()
                .any(|grant| grant.permission == parent && grant.carries(child))
        })
    };
    for orphan in left.iter().filter(|child| !carried(child)) {
        may_take(draft, from, orphan)?;
        draft.notice(Notice::PermissionsAdjusted {
            added: PermissionSet::EMPTY,
            removed: orphan.permission.set(),
        });
        let grant = (*orphan).clone();
        draft.emit(Event::ExtraGrantTaken { from, grant });
    }
    let grant = grant.clone();
    draft.emit(Event::ExtraGrantTaken { from, grant });
    Ok(())
}

/// What the holder has, if the actor may know the holder.
fn held(draft: &Draft<'_>, holder: GrantHolder) -> Result<Vec<ExtraGrant>, Refusal> {
    match holder {
        GrantHolder::Person(person) => Ok(draft.user(person)?.extras().extra_grants.clone()),
        GrantHolder::UserGroup(group) => {
            let row = draft.before.user_groups().get(group);
            let row = row
                .filter(|row| row.life != Life::Deleted && draft.knows(Target::UserGroup(group)));
            let row = row.ok_or_else(|| Refusal::not_found("no such user group"))?;
            Ok(row.extra_grants.clone())
        }
    }
}

/// To a user group: what every member gains must be givable to each of them (AD-7), and so never to oneself (†).
fn may_give(draft: &mut Draft<'_>, to: GrantHolder, grant: &ExtraGrant) -> Result<(), Refusal> {
    match to {
        GrantHolder::Person(person) => draft.may_give(&Gift::ExtraGrant(grant), person),
        GrantHolder::UserGroup(group) => {
            let may = draft.view().may_give_grant(grant, None);
            may.map_err(|no| draft.refuse(no))?;
            for person in counted_in(draft, group).iter() {
                draft.may_give(&Gift::ExtraGrant(grant), person)?;
            }
            Ok(())
        }
    }
}

/// Taking needs the same right; from a group it is taken from others too, so being one of them gives no right to it.
fn may_take(draft: &Draft<'_>, from: GrantHolder, grant: &ExtraGrant) -> Result<(), Refusal> {
    match from {
        GrantHolder::Person(person) => draft.may_take(&Gift::ExtraGrant(grant), person),
        GrantHolder::UserGroup(group) => {
            let view = draft.view();
            let mut people = counted_in(draft, group)
                .iter()
                .collect::<Vec<_>>()
                .into_iter();
            let may = view.may_give_grant(grant, None).and_then(|()| {
                people.try_for_each(|person| view.may_give_grant(grant, Some(person)))
            });
            may.map_err(|no| draft.refuse(no))
        }
    }
}

/// Everybody whom what a group carries reaches, or would reach if what is archived below came back.
pub(super) fn counted_in(draft: &Draft<'_>, group: UserGroupId) -> IdSet<PersonId> {
    let mut people = IdSet::default();
    for below in draft.before.user_groups_below(group) {
        if let Some(row) = draft.before.user_groups().get(below) {
            people.extend_set(&row.members);
        }
    }
    people
}

/// AD-9: what may be given on top of a role, with a written scope where it is ◦, for a time that can still come.
fn checked(
    draft: &Draft<'_>,
    held: &[ExtraGrant],
    grant: &ExtraGrant,
) -> Result<ExtraGrant, Refusal> {
    let permission = grant.permission;
    if !permission.is_extra_grantable() {
        return Err(Refusal::invalid(
            "AD-9",
            "not_grantable",
            format!("{} is never given on top of a role", permission.key()),
        ));
    }
    let scope = draft.checked_scope(&grant.scope, |group| grant.stood(held, group))?;
    if scope != PeopleScope::All {
        super::roles::require_people_scoped(permission.set())?;
    }
    let window = grant.window;
    if !window.is_possible() || grant.is_over(draft.now) {
        let detail = "it would be over before it begins";
        return Err(Refusal::invalid("AD-25", "impossible_window", detail));
    }
    Ok(ExtraGrant {
        permission,
        scope,
        window,
    })
}
