//! The invariants of RULES §7 that are checked after every command, on the state that it would lead to. The others hold by
//! construction (I-5: system roles have no event; I-12: the locked switch is not stored) or by the commands' own checks, and
//! are proven by the property tests.

use crate::catalogue::{SystemRole, sets};
use crate::command::Refusal;
use crate::ids::{PersonId, RoleId};
use crate::moment::Window;
use crate::state::{
    ExtraGrant, Life, MAX_DEPTH, MappedTo, Mapping, PeopleScope, Person, State, Tie, TimedTie,
    UserFacet,
};

/// Refuses what would break one.
pub(crate) fn hold(before: &State, after: &State) -> Result<(), Refusal> {
    if after.version() == before.version() {
        return Ok(());
    }
    super_admin_remains(after)?;
    break_glass_remains(after)?;
    billing_contact_is_admin(after)?;
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

/// AD-8: while people of a domain come in by a provider alone, whoever comes in without stays an active Super admin.
fn break_glass_remains(after: &State) -> Result<(), Refusal> {
    let holds = |person: PersonId| {
        after.people().get(person).is_some_and(|row| {
            row.user == UserFacet::Accepted
                && row.can_sign_in
                && row.account_role == RoleId::SUPER_ADMIN
        })
    };
    let named = after.connections().iter();
    let mut named = named
        .filter(|(_, row)| row.life != Life::Deleted)
        .filter_map(|(_, row)| row.break_glass);
    if named.all(holds) {
        return Ok(());
    }
    Err(Refusal::conflict(
        "AD-8",
        "break_glass",
        "this is the Super admin who comes in where a sign-in provider does not let anybody in: name somebody else there first",
    ))
}

/// I-2, AD-16: the billing contact is an account admin of either kind, for ever and not for a time.
fn billing_contact_is_admin(after: &State) -> Result<(), Refusal> {
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
pub fn violated(state: &State) -> Option<&'static str> {
    if !state.account().open {
        return None;
    }
    let checks: [(&str, bool); 9] = [
        ("I-1", super_admin_remains(state).is_ok()),
        ("AD-8", break_glass_remains(state).is_ok()),
        ("I-2", billing_contact_is_admin(state).is_ok()),
        ("I-3", domains_have_one_company(state)),
        ("I-4", children_have_parents(state)),
        ("I-5", system_roles_are_those_of_the_catalogue(state)),
        (
            "I-8",
            facets_fit(state) && tree_is_flat(state) && scopes_fit(state),
        ),
        ("I-10", seats_are_bought(state)),
        ("AD-30", origins_are_true(state)),
    ];
    let broken = checks.into_iter().find(|(_, holds)| !holds);
    broken.map(|(invariant, _)| invariant)
}

fn domains_have_one_company(state: &State) -> bool {
    state.companies().iter().all(|(id, row)| {
        let mut domains = row.domains.iter();
        domains.all(|domain| state.domain_owner(domain) == Some(id))
    })
}

fn children_have_parents(state: &State) -> bool {
    let in_roles = state
        .roles()
        .iter()
        .all(|(_, role)| role.permissions.without_orphans() == role.permissions);
    let in_groups = state
        .user_groups()
        .iter()
        .all(|(_, group)| grants_have_parents(&group.extra_grants));
    in_roles
        && in_groups
        && state.people().iter().all(|(_, row)| {
            grants_have_parents(&row.extras().extra_grants) && desk_rights_have_parents(state, row)
        })
}

fn grants_have_parents(grants: &[ExtraGrant]) -> bool {
    grants.iter().all(|child| {
        child.permission.parent().is_none_or(|parent| {
            let mut grants = grants.iter();
            grants.any(|grant| grant.permission == parent && grant.carries(child))
        })
    })
}

fn desk_rights_have_parents(state: &State, row: &Person) -> bool {
    let rights: Vec<_> = row
        .ties
        .iter()
        .filter_map(|tie| match *tie {
            Tie::DeskRight(right) => Some((right.permission(), Window::ALWAYS)),
            Tie::Timed(timed) => match state.timed_ties().get(timed) {
                Some(TimedTie {
                    tie: Tie::DeskRight(right),
                    window,
                    ..
                }) => Some((right.permission(), *window)),
                _ => None,
            },
            _ => None,
        })
        .collect();
    rights.iter().all(|(child, window)| {
        child.parent().is_none_or(|parent| {
            let mut rights = rights.iter();
            rights.any(|(held, at)| *held == parent && (at.is_always() || at == window))
        })
    })
}

fn system_roles_are_those_of_the_catalogue(state: &State) -> bool {
    let roles = [
        (RoleId::SUPER_ADMIN, SystemRole::SuperAdmin),
        (RoleId::ADMIN, SystemRole::Admin),
        (RoleId::MEMBER, SystemRole::Member),
    ];
    roles.into_iter().all(|(id, role)| {
        let row = state.roles().get(id);
        row.is_some_and(|row| row.permissions == role.permissions() && row.life == Life::Active)
    })
}

/// Staff ties for users, customer ties for customers; account admins are Agents for ever.
fn facets_fit(state: &State) -> bool {
    state.people().iter().all(|(_, row)| {
        let is_admin = |tie: &Tie| matches!(tie, Tie::AccountAdmin(_));
        let fits = row.ties.iter().all(|tie| match *tie {
            Tie::Customer(..) => row.is_customer(),
            Tie::Timed(timed) => match state.timed_ties().get(timed).map(|row| row.tie) {
                Some(Tie::Customer(..)) => row.is_customer(),
                _ => row.is_user(),
            },
            _ => row.is_user(),
        });
        fits && (!row.ties.iter().any(is_admin) || row.ties.has(Tie::Agent))
    })
}

fn tree_is_flat(state: &State) -> bool {
    let mut groups = state.user_groups().ids();
    groups.all(|group| state.user_group_depth(group) <= MAX_DEPTH)
}

/// AD-12: only custom roles have a user-group scope, and only of permissions that can be limited so.
fn scopes_fit(state: &State) -> bool {
    state.people().iter().all(|(_, row)| {
        row.extras().role_scope == PeopleScope::All
            || !row.account_role.is_system()
                && state
                    .roles()
                    .get(row.account_role)
                    .is_some_and(|role| role.permissions.is_subset_of(sets::PEOPLE_SCOPED))
    })
}

/// AD-30: whatever stands by a mapping is there, and so is the mapping, for somebody who is in its group.
fn origins_are_true(state: &State) -> bool {
    state.mapped_people().all(|(person, origins)| {
        let Some(row) = state.people().get(person) else {
            return false;
        };
        let is_mapped = |to: MappedTo, provider_group| {
            let by = Mapping { provider_group, to };
            state.mappings_of(person).any(|(_, mapping)| mapping == by)
        };
        let role = MappedTo::AccountRole(row.account_role);
        let mut ties = origins.ties.iter();
        origins.role.is_none_or(|group| is_mapped(role, group))
            && ties.all(|(tie, group)| {
                let to = MappedTo::of(*tie);
                row.ties.has(*tie) && to.is_some_and(|to| is_mapped(to, *group))
            })
    })
}

fn seats_are_bought(state: &State) -> bool {
    let mut licences = state.licences().iter();
    licences.all(|(_, row)| row.life == Life::Deleted || row.in_use() <= row.bought as usize)
}
