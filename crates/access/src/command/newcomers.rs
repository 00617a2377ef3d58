//! People come: as users, who are invited, as customers, or as the other of both (AD-1, AD-15, RULES §4 table).

use super::authority::Gift;
use super::{Draft, Refusal, RoleAssignment, account, roles};
use crate::catalogue::Permission;
use crate::decide::Target;
use crate::event::Event;
use crate::ids::{PersonId, PublicId, ServiceId, UserGroupId};
use crate::moment::Window;
use crate::state::{CustomerAccess, CustomerFacet, Tie, UserFacet};

const USERS: Permission = Permission::AdminUsersManage;
const CONFIGURE: Permission = Permission::ServiceDeskAccountConfigure;

/// AD-1: a new user is Member unless the actor may give more.
pub(super) fn add_user(
    draft: &mut Draft<'_>,
    id: PublicId<PersonId>,
    user_groups: &[UserGroupId],
    account_role: Option<&RoleAssignment>,
) -> Result<(), Refusal> {
    may_add_to(draft, user_groups)?;
    let assignment = account_role.map(|role| roles::checked(draft, role, |_| false));
    let assignment = assignment.transpose()?;
    draft.is_new(id)?;
    account::prepare_for_second_user(draft)?;
    draft.emit(Event::PersonAdded {
        uid: id.uuid(),
        user: UserFacet::Invited,
        customer: CustomerFacet::Absent,
    });
    let person = draft.made(id)?;
    place(draft, person, user_groups)?;
    if let Some(RoleAssignment { role, scope }) = assignment
        && !role.is_member()
    {
        draft.may_give(&Gift::AccountRole(role), person)?;
        draft.emit(Event::AccountRoleSet {
            person,
            role,
            scope,
        });
    }
    Ok(())
}

/// A customer becomes staff too. Customers are known to whoever manages everybody only (AD-31).
pub(super) fn add_user_facet(
    draft: &mut Draft<'_>,
    person: PersonId,
    user_groups: &[UserGroupId],
) -> Result<(), Refusal> {
    let row = draft.person(person)?;
    let may = draft.require(USERS, Target::Account);
    may.map_err(|refusal| draft.unless_unknown(person, refusal))?;
    may_add_to(draft, user_groups)?;
    if row.is_user() {
        let detail = "this person is a user already";
        return Err(Refusal::conflict("§1", "already_a_user", detail));
    }
    account::prepare_for_second_user(draft)?;
    draft.emit(Event::UserFacetSet {
        person,
        state: UserFacet::Invited,
    });
    place(draft, person, user_groups)
}

/// `admin.users.manage` for everybody, or a group of the scope named at once (RULES §4 table).
fn may_add_to(draft: &Draft<'_>, user_groups: &[UserGroupId]) -> Result<(), Refusal> {
    let view = draft.view();
    let is_unlimited = view.may(USERS, Target::Account);
    if !is_unlimited && !user_groups.iter().any(|group| view.may(USERS, *group)) {
        let named = user_groups.first().copied();
        return draft.require(USERS, named.map_or(Target::Account, Target::UserGroup));
    }
    for group in user_groups {
        let row = draft.before.user_groups().get(*group);
        draft.require_active(row.map(|row| row.life), "user group")?;
        // The placing that makes a scoped holder's new user possible needs no more than the right to add users.
        if is_unlimited || !view.may(USERS, *group) {
            draft.require(Permission::AdminUserGroupsManage, *group)?;
        }
    }
    Ok(())
}

fn place(
    draft: &mut Draft<'_>,
    person: PersonId,
    user_groups: &[UserGroupId],
) -> Result<(), Refusal> {
    for group in user_groups {
        // AD-7: what the group carries comes with it.
        let may = draft.view().may_give_grants_of(*group, person);
        may.map_err(|no| draft.refuse(no))?;
        // Whoever is new is nobody's yet, and has to be placed somewhere (RULES §4 table).
        if draft.before.people().get(person).is_some() {
            let people = [person].into_iter().collect();
            draft.require_no_widening(&people, *group, Window::ALWAYS, |view| {
                view.may(USERS, Target::Account)
                    && view.may(Permission::AdminUserGroupsManage, *group)
            })?;
        }
        draft.tie(person, Tie::UserGroup(*group), Window::ALWAYS);
    }
    Ok(())
}

/// RULES §4 table: by who configures the desk, or by a user of the service; then as Access (no portal).
pub(super) fn add_customer(
    draft: &mut Draft<'_>,
    id: PublicId<PersonId>,
    service: Option<ServiceId>,
) -> Result<(), Refusal> {
    may_add_customer(draft, service)?;
    draft.is_new(id)?;
    draft.emit(Event::PersonAdded {
        uid: id.uuid(),
        user: UserFacet::Absent,
        customer: CustomerFacet::Active,
    });
    let person = draft.made(id)?;
    if let Some(service) = service {
        let tie = Tie::Customer(service, CustomerAccess::NoPortal);
        draft.tie(person, tie, Window::ALWAYS);
    }
    Ok(())
}

/// The same for an address that somebody has already. The answer shows nothing of that person, who loses nothing by it: an
/// access that is there, own or by the company, stays as it is (SD-15); one that is over or archived is none (AD-25).
pub(super) fn add_customer_facet(
    draft: &mut Draft<'_>,
    person: PersonId,
    service: Option<ServiceId>,
) -> Result<(), Refusal> {
    may_add_customer(draft, service)?;
    let row = draft.before.people().get(person);
    let Some(row) = row.filter(|row| row.is_user() || row.is_customer()) else {
        return Err(Refusal::not_found("no such person"));
    };
    if !row.is_customer() {
        draft.emit(Event::CustomerFacetSet {
            person,
            state: CustomerFacet::Active,
        });
    }
    if let Some(service) = service
        && draft.view().selectable(person, service).through.is_empty()
    {
        let tie = Tie::Customer(service, CustomerAccess::NoPortal);
        draft.tie(person, tie, Window::ALWAYS);
    }
    Ok(())
}

fn may_add_customer(draft: &Draft<'_>, service: Option<ServiceId>) -> Result<(), Refusal> {
    let configures = draft.view().may(CONFIGURE, Target::Account);
    match service {
        Some(service) if configures => {
            let row = draft.before.services().get(service);
            draft.require_active(row.map(|row| row.life), "service")
        }
        Some(service)
            if draft
                .view()
                .may(Permission::ServiceDeskRecordCreate, service) =>
        {
            Ok(())
        }
        // SD-5: without a level the service is invisible.
        Some(_) => Err(Refusal::not_found("no such service")),
        None => draft.require(CONFIGURE, Target::Account),
    }
}
