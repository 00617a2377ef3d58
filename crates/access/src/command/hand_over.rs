//! What somebody leaves is handed over: taken from the one and given to the other in one step, each part by the command that it would
//! be alone. One that is refused refuses the whole, so that nothing is lost between the two.

use super::enrol::{enrol, holds};
use super::{Command, Draft, Enrolment, Refusal, RoleAssignment};
use crate::event::GrantHolder;
use crate::ids::{PersonId, RoleId};
use crate::moment::Window;
use crate::state::{ExtraGrant, PeopleScope, Tie};

pub(super) fn hand_over(
    draft: &mut Draft<'_>,
    from: PersonId,
    to: &Enrolment,
) -> Result<(), Refusal> {
    draft.person(from)?;
    if draft.before.resolve(to.id) == Some(from) {
        let detail = "name somebody else to hand over to";
        return Err(Refusal::invalid("§4", "handed_to_oneself", detail));
    }
    // What is taken first frees the seat that is given then (AD-14). Whoever hands over what they hold themselves gives first: it is
    // by what they hold that they may give it.
    if draft.is_oneself(from) {
        enrol(draft, to)?;
        take(draft, from, to)
    } else {
        take(draft, from, to)?;
        enrol(draft, to)
    }
}

/// Takes what the enrolment names, as far as the person holds it: what rests on something else before that.
fn take(draft: &mut Draft<'_>, from: PersonId, named: &Enrolment) -> Result<(), Refusal> {
    let left = take_grants(draft, from, &named.extra_grants)?;
    if named.account_admin.is_some() {
        let (person, admin) = (from, None);
        draft.then(&Command::SetAccountAdmin { person, admin })?;
    }
    let ties = named.ties.iter().rev().copied();
    let groups = named.user_groups.iter().copied().map(Tie::UserGroup);
    for (tie, window) in ties.chain(groups.map(|tie| (tie, Window::ALWAYS))) {
        if holds(draft, from, tie, window) {
            draft.then(&Command::Untie { person: from, tie })?;
        }
    }
    for (service, level) in named.levels.iter().copied() {
        if holds(draft, from, Tie::Service(service, level), Window::ALWAYS) {
            let rows = vec![(from, None)];
            draft.then(&Command::SaveUsersTab { service, rows })?;
        }
    }
    for (service, access) in named.accesses.iter().copied() {
        if holds(draft, from, Tie::Customer(service, access), Window::ALWAYS) {
            let rows = vec![(from, None)];
            draft.then(&Command::SaveCustomersTab { service, rows })?;
        }
    }
    let row = draft.after.people().get(from);
    let role = named.account_role.as_ref();
    if role.is_some_and(|given| row.is_some_and(|row| row.account_role == given.role)) {
        draft.then(&Command::SetAccountRoles {
            people: vec![from],
            assignment: RoleAssignment {
                role: RoleId::MEMBER,
                scope: PeopleScope::All,
            },
            // AD-9: what is not handed over stays.
            keep: left,
            bulk: false,
        })?;
    }
    Ok(())
}

/// Takes extra grants away; those that are left.
fn take_grants(
    draft: &mut Draft<'_>,
    from: PersonId,
    named: &[ExtraGrant],
) -> Result<Vec<ExtraGrant>, Refusal> {
    let row = draft.person(from)?;
    let held = row.extras().extra_grants.to_vec();
    let (taken, left): (Vec<_>, Vec<_>) = held.into_iter().partition(|one| named.contains(one));
    // Children before their parents.
    for grant in taken.into_iter().rev() {
        let from = GrantHolder::Person(from);
        draft.then(&Command::TakeExtraGrant { from, grant })?;
    }
    Ok(left)
}
