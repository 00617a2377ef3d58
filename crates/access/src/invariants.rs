//! The invariants of RULES §7 that are checked after every command, on the state that it would lead to. The others hold by
//! construction (I-5: system roles have no event; I-12: the locked switch is not stored) or by the commands' own checks, and
//! are proven by the property tests.

use crate::command::Refusal;
use crate::ids::{PersonId, RoleId};
use crate::moment::Moment;
use crate::state::{Life, MAX_DEPTH, PeopleScope, State, Tie, UserFacet};

/// Refuses what would break one.
pub(crate) fn hold(before: &State, after: &State, now: Moment) -> Result<(), Refusal> {
    if after.version() == before.version() {
        return Ok(());
    }
    super_admin_remains(after)?;
    billing_contact_is_admin(after, now)?;
    seats_suffice(before, after)?;
    Ok(())
}

/// I-1, AD-8: at least one active Super admin who can sign in.
fn super_admin_remains(after: &State) -> Result<(), Refusal> {
    let holds = |person: PersonId| {
        after
            .people()
            .get(person)
            .is_some_and(|row| row.user == UserFacet::Accepted && row.can_sign_in)
    };
    let remains = after
        .roles()
        .get(RoleId::SUPER_ADMIN)
        .is_some_and(|role| role.holders.iter().any(holds));
    if remains {
        return Ok(());
    }
    Err(Refusal::conflict(
        "AD-8",
        "last_super_admin",
        "at least one active Super admin who can sign in must remain; make somebody else Super admin first",
    ))
}

/// I-2, AD-16: the billing contact is an account admin of either kind, for ever and not for a time.
fn billing_contact_is_admin(after: &State, _now: Moment) -> Result<(), Refusal> {
    let Some(person) = after.account().billing_contact else {
        return Ok(());
    };
    let is_admin = after.people().get(person).is_some_and(|row| {
        row.is_user()
            && row
                .ties
                .iter()
                .any(|tie| matches!(tie, Tie::AccountAdmin(_)))
    });
    if is_admin {
        return Ok(());
    }
    Err(Refusal::conflict(
        "AD-16",
        "billing_contact",
        "hand over the billing contact first",
    ))
}

/// I-10, AD-14: seats in use never exceed the seats bought.
fn seats_suffice(before: &State, after: &State) -> Result<(), Refusal> {
    for (id, row) in after.licences().iter() {
        if row.life == Life::Deleted || row.in_use() <= row.bought as usize {
            continue;
        }
        let (in_use, bought) = before
            .licences()
            .get(id)
            .map_or((0, 0), |row| (row.in_use(), row.bought as usize));
        return Err(if (row.bought as usize) < bought {
            let detail = format!("{in_use} seats are in use: revoke some before buying less");
            Refusal::conflict("AD-14", "seats_in_use", detail)
        } else {
            let detail = format!(
                "{} seats are left of {bought}",
                bought.saturating_sub(in_use)
            );
            Refusal::conflict("AD-14", "no_seat_left", detail)
        });
    }
    Ok(())
}

/// Every invariant that a state can show, checked from scratch: for property tests and `verify`. Says which is broken.
pub fn violated(state: &State, now: Moment) -> Option<&'static str> {
    if !state.account().open {
        return None;
    }
    if super_admin_remains(state).is_err() {
        return Some("I-1");
    }
    if billing_contact_is_admin(state, now).is_err() {
        return Some("I-2");
    }
    if state.companies().iter().any(|(id, row)| {
        row.domains
            .iter()
            .any(|domain| state.domain_owner(domain) != Some(id))
    }) {
        return Some("I-3");
    }
    if state
        .roles()
        .iter()
        .any(|(_, role)| role.permissions.without_orphans() != role.permissions)
    {
        return Some("I-4");
    }
    let groups_hold_users = state.groups().iter().all(|(_, group)| {
        group
            .members
            .iter()
            .all(|person| state.people().get(person).is_some_and(|row| row.is_user()))
    });
    let tree_is_flat = state
        .user_groups()
        .ids()
        .all(|group| state.user_group_depth(group) <= MAX_DEPTH);
    let only_custom_roles_are_scoped = state.people().iter().all(|(_, row)| {
        !row.account_role.is_system() || row.extras().role_scope == PeopleScope::All
    });
    if !groups_hold_users || !tree_is_flat || !only_custom_roles_are_scoped {
        return Some("I-8");
    }
    if state
        .licences()
        .iter()
        .any(|(_, row)| row.life != Life::Deleted && row.in_use() > row.bought as usize)
    {
        return Some("I-10");
    }
    None
}
