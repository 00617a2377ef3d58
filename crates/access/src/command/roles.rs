//! Account roles: who holds which (AD-1, AD-6, AD-23), and what custom roles are made of (AD-2, AD-3, AD-5).

use super::authority::Gift;
use super::{Draft, Notice, Refusal, RoleAssignment};
use crate::catalogue::{Permission, PermissionSet, sets};
use crate::event::{Event, GrantHolder, Node};
use crate::ids::{PersonId, PublicId, RoleId, UserGroupId};
use crate::invariants;
use crate::state::{Connection, ExtraGrant, Life, MappedTo, PeopleScope, Role};

/// One person, or AD-23: several, each by the same rules.
pub(super) fn set_account_roles(
    draft: &mut Draft<'_>,
    people: &[PersonId],
    assignment: &RoleAssignment,
    keep: &[ExtraGrant],
    bulk: bool,
) -> Result<(), Refusal> {
    let everybodys = |group| {
        let mut rows = people
            .iter()
            .map(|person| draft.before.people().get(*person));
        rows.all(|row| row.is_some_and(|row| row.extras().role_scope.names(group)))
    };
    let assignment = checked(draft, assignment, everybodys)?;
    match people {
        _ if bulk => {}
        [person] => return set_account_role(draft, *person, &assignment, keep),
        _ => {
            let detail = "several people are a bulk change";
            return Err(Refusal::invalid("AD-23", "one_person", detail));
        }
    }
    let mut seen = crate::IdSet::default();
    for person in people {
        if !seen.insert(*person) {
            continue;
        }
        draft.attempt_for(*person, |draft| {
            set_account_role(draft, *person, &assignment, keep)?;
            // AD-8 is asked after each, so that one refusal does not undo the others.
            invariants::hold(draft.before, &draft.after)
        });
    }
    Ok(())
}

/// The role and the scope make sense together (AD-12, AD-25), whoever asks. The scope comes back sorted. `stood`: what is in the scope
/// of all who are meant already.
pub(super) fn checked(
    draft: &Draft<'_>,
    assignment: &RoleAssignment,
    stood: impl Fn(UserGroupId) -> bool,
) -> Result<RoleAssignment, Refusal> {
    fits(draft, assignment)?;
    Ok(RoleAssignment {
        role: assignment.role,
        scope: draft.checked_scope(&assignment.scope, stood)?,
    })
}

/// The role counts and can have such a scope, whatever became of the groups in it.
fn fits(draft: &Draft<'_>, assignment: &RoleAssignment) -> Result<(), Refusal> {
    let role = assignment.role;
    let row = draft.before.roles().get(role);
    draft.require_active(row.map(|row| row.life), "role")?;
    if assignment.scope != PeopleScope::All {
        if role.is_system() {
            return Err(Refusal::invalid(
                "AD-12",
                "scope_on_system_role",
                "only custom roles can be limited to user groups",
            ));
        }
        let set = row.map_or(PermissionSet::EMPTY, |row| row.permissions);
        require_people_scoped(set)?;
    }
    Ok(())
}

/// RULES §2: a permission without ◦ is refused when given with any scope but *all*.
pub(super) fn require_people_scoped(set: PermissionSet) -> Result<(), Refusal> {
    let outside = set - sets::PEOPLE_SCOPED;
    match outside.iter().next() {
        None => Ok(()),
        Some(permission) => Err(Refusal::invalid(
            "AD-12",
            "not_scopable",
            format!(
                "{} concerns the whole account and cannot be limited to user groups",
                permission.key()
            ),
        )),
    }
}

/// A change of role is a taking and a giving; the extra grants that are not named again are taken too (AD-9).
fn set_account_role(
    draft: &mut Draft<'_>,
    person: PersonId,
    new: &RoleAssignment,
    keep: &[ExtraGrant],
) -> Result<(), Refusal> {
    let row = draft.user(person)?;
    let extras = row.extras();
    let old = RoleAssignment {
        role: row.account_role,
        scope: extras.role_scope.clone(),
    };
    // Also what is so already is answered only to who could take it (AD-10).
    if !old.role.is_member() || old == *new {
        draft.may_take(&Gift::AccountRole(old.role), person)?;
    }
    if old == *new {
        // AD-30: what a mapping gave is set by hand as well, and stays when the group is left.
        if draft.before.role_origin(person).is_some() {
            draft.may_give(&Gift::AccountRole(new.role), person)?;
            draft.emit(role_set(person, new));
        }
        return Ok(());
    }
    // Everybody may give up what they hold, and is Member then.
    if !(new.role.is_member() && draft.is_oneself(person)) {
        draft.may_give(&Gift::AccountRole(new.role), person)?;
    }
    // AD-12: refused, not narrowed.
    if old.role == new.role && old.scope == PeopleScope::All {
        return Err(Refusal::conflict(
            "AD-12",
            "role_is_unlimited",
            "this person holds the role for everybody; take the role away before giving it for user groups",
        ));
    }
    let kept = kept_grants(&extras.extra_grants, keep);
    let mut dropped = PermissionSet::EMPTY;
    for grant in &extras.extra_grants {
        let gift = Gift::ExtraGrant(grant);
        if kept.contains(&grant) {
            draft.may_give(&gift, person)?;
        } else {
            draft.may_take(&gift, person)?;
            dropped = dropped.with(grant.permission);
        }
    }
    for grant in &extras.extra_grants {
        if !kept.contains(&grant) {
            draft.emit(Event::ExtraGrantTaken {
                from: GrantHolder::Person(person),
                grant: grant.clone(),
            });
        }
    }
    if !dropped.is_empty() {
        let permissions = dropped;
        draft.notice(Notice::ExtraGrantsDropped { permissions });
    }
    draft.emit(role_set(person, new));
    Ok(())
}

fn role_set(person: PersonId, new: &RoleAssignment) -> Event {
    Event::AccountRoleSet {
        person,
        role: new.role,
        scope: new.scope.clone(),
    }
}

/// Those of the held grants that are named again, without children whose parent is not (I-4).
fn kept_grants<'a>(held: &'a [ExtraGrant], keep: &[ExtraGrant]) -> Vec<&'a ExtraGrant> {
    let named: Vec<&ExtraGrant> = held.iter().filter(|grant| keep.contains(grant)).collect();
    let has_parent = |child: &ExtraGrant| {
        child.permission.parent().is_none_or(|parent| {
            named
                .iter()
                .any(|grant| grant.permission == parent && grant.carries(child))
        })
    };
    let kept = named.iter().copied().filter(|grant| has_parent(grant));
    kept.collect()
}

/// AD-2, AD-3.
pub(super) fn create(
    draft: &mut Draft<'_>,
    id: PublicId<RoleId>,
    permissions: PermissionSet,
) -> Result<(), Refusal> {
    let set = permissions.with_parents();
    may_define(draft, set)?;
    require_custom(set)?;
    draft.is_new(id)?;
    adjusted(draft, permissions, set);
    draft.emit(Event::RoleCreated {
        uid: id.uuid(),
        permissions: set,
    });
    Ok(())
}

/// AD-2: the holders' rights change at once, so the actor must be able to give the set before and the set after (AD-7).
pub(super) fn edit(
    draft: &mut Draft<'_>,
    role: RoleId,
    permissions: PermissionSet,
) -> Result<(), Refusal> {
    let row = custom(draft, role)?;
    let before = row.permissions;
    // AD-3: a parent that was unticked takes its children along; a child that was ticked brings its parent.
    let unticked = before - permissions;
    let stays = |child: Permission| {
        let parent = child.parent();
        !before.contains(child) || parent.is_none_or(|parent| !unticked.contains(parent))
    };
    let after: PermissionSet = permissions.iter().filter(|child| stays(*child)).collect();
    let after = after.with_parents();
    may_define(draft, before)?;
    may_define(draft, after)?;
    require_custom(after)?;
    let is_held = |person| row.holders.contains(person);
    if draft.actor_person().is_some_and(is_held) && !after.is_subset_of(before) {
        return Err(Refusal::forbidden(
            "AD-7",
            "not_to_oneself",
            "nobody adds to the role that they hold",
        ));
    }
    let is_scoped = row.holders.iter().any(|holder| {
        let row = draft.before.people().get(holder);
        row.is_some_and(|row| row.extras().role_scope != PeopleScope::All)
    });
    if is_scoped {
        require_people_scoped(after)?;
    }
    adjusted(draft, permissions, after);
    if after != before {
        draft.emit(Event::RoleEdited {
            role,
            permissions: after,
        });
    }
    Ok(())
}

/// AD-5: whoever holds it gets the replacement, by the same rules as one by one; one refusal refuses all.
pub(super) fn delete(
    draft: &mut Draft<'_>,
    role: RoleId,
    replacement: Option<RoleId>,
) -> Result<(), Refusal> {
    let row = custom(draft, role)?;
    may_define(draft, row.permissions)?;
    require_unmapped(draft, role)?;
    let connections: Vec<_> = draft
        .before
        .connections()
        .iter()
        .filter(|(_, row)| row.role == role && row.life != Life::Deleted)
        .map(|(id, _)| id)
        .collect();
    if !row.holders.is_empty() || !connections.is_empty() {
        let Some(replacement) = replacement.filter(|other| *other != role) else {
            return Err(Refusal::conflict(
                "AD-5",
                "role_is_held",
                "somebody holds this role: name the role that replaces it",
            ));
        };
        for person in row.holders.iter() {
            let scope = match replacement.is_system() {
                true => PeopleScope::All,
                false => carried_scope(draft, person),
            };
            let assignment = RoleAssignment {
                role: replacement,
                scope,
            };
            fits(draft, &assignment)?;
            set_account_role(draft, person, &assignment, &[])?;
        }
        for connection in connections {
            super::connections::set_role(draft, connection, replacement)?;
        }
    }
    draft.emit(Event::LifeSet {
        of: Node::Role(role),
        life: Life::Deleted,
    });
    Ok(())
}

/// AD-30: whoever holds it by a mapping would hold the one that replaces it by hand, and keep it when the group is left.
fn require_unmapped(draft: &Draft<'_>, role: RoleId) -> Result<(), Refusal> {
    let mut connections = draft.before.connections().iter();
    let maps = |row: &Connection| {
        let mut mappings = row.mappings.iter();
        mappings.any(|mapping| mapping.to == MappedTo::AccountRole(role))
    };
    if connections.any(|(_, row)| row.life != Life::Deleted && maps(row)) {
        return Err(Refusal::conflict(
            "AD-5",
            "role_is_mapped",
            "groups of a provider are mapped to this role: change the mappings first",
        ));
    }
    Ok(())
}

/// The scope of somebody's role as it goes along to the one that replaces it: what is archived comes back with it (AD-25), what is
/// deleted reached nobody, and an empty scope goes on reaching nobody (AD-26).
fn carried_scope(draft: &Draft<'_>, person: PersonId) -> PeopleScope {
    let row = draft.before.people().get(person);
    match row.map(|row| &row.extras().role_scope) {
        Some(PeopleScope::UserGroups(groups)) => {
            let is_there = |group: &&UserGroupId| {
                let row = draft.before.user_groups().get(**group);
                row.is_some_and(|row| row.life != Life::Deleted)
            };
            PeopleScope::UserGroups(groups.iter().filter(is_there).copied().collect())
        }
        _ => PeopleScope::All,
    }
}

/// A custom role that is not deleted. System roles are fixed (RULES §3, I-5).
pub(super) fn custom<'a>(draft: &Draft<'a>, role: RoleId) -> Result<&'a Role, Refusal> {
    if role.is_system() {
        return Err(Refusal::invalid(
            "§3",
            "system_role",
            "system roles are fixed",
        ));
    }
    let row = draft.before.roles().get(role);
    row.filter(|row| row.life != Life::Deleted)
        .ok_or_else(|| Refusal::not_found("no such role"))
}

/// A custom role's definition: Super admin; Admin within what an Admin holds by role.
pub(super) fn may_define(draft: &Draft<'_>, set: PermissionSet) -> Result<(), Refusal> {
    use crate::decide::Target;
    draft.require(Permission::AdminRolesManage, Target::Account)?;
    let defines = draft.view().may_define_role(set);
    defines.map_err(|no| draft.refuse(no))
}

fn require_custom(set: PermissionSet) -> Result<(), Refusal> {
    match (set - sets::CUSTOM).iter().next() {
        None => Ok(()),
        Some(permission) => Err(Refusal::invalid(
            "AD-2",
            "not_custom",
            format!("{} cannot be part of a custom role", permission.key()),
        )),
    }
}

/// AD-3: the answer says what was ticked or unticked along with what was asked.
fn adjusted(draft: &mut Draft<'_>, asked: PermissionSet, stored: PermissionSet) {
    if asked != stored {
        draft.notice(Notice::PermissionsAdjusted {
            added: stored - asked,
            removed: asked - stored,
        });
    }
}
