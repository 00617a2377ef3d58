//! Renaming, archiving, restoring and deleting (AD-25): what is archived gives nothing at once and keeps its ties; restoring needs the
//! right to create it, and to give what comes back with it; what is deleted leaves no tie behind.

use super::authority::Gift;
use super::{
    Draft, Refusal, account, connections, contact_centre, extra_grants, licences, mapped, mappings,
    provider_groups, remote_support, roles, ties, user_groups,
};
use crate::catalogue::Permission;
use crate::decide::Target;
use crate::event::{Event, Node};
use crate::ids::{CompanyId, LicenceId, PersonId, QueueId, ServiceId, UserGroupId};
use crate::idset::IdSet;
use crate::state::{AccountAdminKind, Licence, Life, PeopleScope, Placement, Tie};

const CONFIGURE: Permission = Permission::ServiceDeskAccountConfigure;

/// By who may create it; the name of a queue is one of its settings. System roles keep their names (RULES §3).
pub(super) fn rename(draft: &mut Draft<'_>, node: Node) -> Result<(), Refusal> {
    match node {
        Node::Queue(queue) if is_active_queue(draft, queue) => {
            draft.require(Permission::ContactCentreQueueEdit, queue)?;
        }
        _ => {
            require_right(draft, node)?;
        }
    }
    draft.emit(Event::Renamed { of: node });
    Ok(())
}

fn is_active_queue(draft: &Draft<'_>, queue: QueueId) -> bool {
    let row = draft.before.queues().get(queue);
    row.is_some_and(|row| row.life.is_active())
}

/// Gives nothing from now on.
pub(super) fn archive(draft: &mut Draft<'_>, node: Node) -> Result<(), Refusal> {
    let life = require_right(draft, node)?;
    if life != Life::Active {
        return Ok(());
    }
    match node {
        Node::ProviderGroup(_) => {
            let detail = "a provider's group is there or not: take its mappings away, or delete it";
            return Err(Refusal::invalid("AD-30", "not_archived", detail));
        }
        Node::UserGroup(group) => user_groups::may_give_grants(draft, group, None)?,
        // CC-4: the loss of the queue ends a login.
        Node::Queue(queue) => {
            for person in people_of(draft, node).iter() {
                ties::end_logins(draft, person, Some(queue));
            }
        }
        _ => {}
    }
    let mapped = mappings::people_of(draft.before, node);
    set_life(draft, node, Life::Archived);
    mapped::settle_what_stays(draft, &mapped);
    if let Node::Licence(_) = node {
        for person in people_of(draft, node).iter() {
            contact_centre::settle_logins(draft, person);
            ties::suspends_by_rank(draft, person, None)?;
        }
    }
    Ok(())
}

/// Gives again what it gave, to everybody who still has a tie to it.
pub(super) fn restore(draft: &mut Draft<'_>, node: Node) -> Result<(), Refusal> {
    let life = require_right(draft, node)?;
    if life != Life::Archived {
        return Ok(());
    }
    match node {
        Node::UserGroup(group) => {
            user_groups::may_give_grants(draft, group, None)?;
            may_give_back_management(draft, group)?;
        }
        Node::Connection(connection) => {
            let row = connections::known(draft, connection)?;
            connections::may_give_all(draft, row)?;
            mappings::may_edit(draft, &row.mappings)?;
        }
        _ => {}
    }
    set_life(draft, node, Life::Active);
    mapped::settle(draft, &mappings::people_of(draft.before, node));
    mappings::not_to_oneself(draft)?;
    account::settle_only_user(draft);
    Ok(())
}

/// For ever.
pub(super) fn delete(draft: &mut Draft<'_>, node: Node) -> Result<(), Refusal> {
    if let Node::Role(_) = node {
        let detail = "a role is deleted by naming the one that replaces it";
        return Err(Refusal::invalid("AD-5", "own_command", detail));
    }
    require_right(draft, node)?;
    match node {
        Node::UserGroup(group) => {
            let has_below = draft.before.user_groups().get(group);
            if has_below.is_some_and(|row| !row.children.is_empty()) {
                return Err(not_empty("move or delete the groups below it first"));
            }
            user_groups::may_give_grants(draft, group, None)?;
        }
        Node::DeviceGroup(group) => {
            let row = draft.before.device_groups().get(group);
            let holds = |device| {
                let row = draft.before.devices().get(device);
                row.is_some_and(|row| row.life != Life::Deleted)
            };
            if row.is_some_and(|row| row.devices.iter().any(holds)) {
                return Err(not_empty("move or delete its devices first"));
            }
        }
        Node::Licence(licence) => require_unused(draft, licence)?,
        Node::Connection(connection) => {
            let row = connections::known(draft, connection)?;
            if row.break_glass.is_some() {
                let detail = "people come in by its provider alone: let them in otherwise first, or remove the provider";
                return Err(Refusal::conflict("AD-8", "break_glass", detail));
            }
        }
        Node::Service(service) => clear_service(draft, service)?,
        Node::Company(company) => clear_company(draft, company),
        Node::Group(group) => {
            let row = draft.before.groups().get(group);
            for service in row
                .map(|row| row.services.clone())
                .unwrap_or_default()
                .iter()
            {
                draft.emit(Event::GroupAccessSet {
                    group,
                    service,
                    full: false,
                });
            }
        }
        _ => {}
    }
    let people = people_of(draft, node);
    for person in people.iter() {
        drop_ties_to(draft, person, node);
    }
    let mapped = mappings::people_of(draft.before, node);
    set_life(draft, node, Life::Deleted);
    mapped::settle_what_stays(draft, &mapped);
    if let Node::Queue(_) = node {
        for person in people.iter() {
            ties::free_with_last_queue(draft, person);
        }
    }
    if matches!(
        node,
        Node::Queue(_) | Node::DeviceGroup(_) | Node::Licence(_)
    ) {
        for person in people.iter() {
            ties::suspends_by_rank(draft, person, None)?;
        }
    }
    Ok(())
}

/// The right to create such a thing, over this one; the same for all of them. Comes back with the life that it has; what is
/// deleted is not there.
fn require_right(draft: &Draft<'_>, node: Node) -> Result<Life, Refusal> {
    let state = draft.before;
    let life = match node {
        Node::Role(id) => {
            let row = roles::custom(draft, id)?;
            roles::may_define(draft, row.permissions)?;
            Some(row.life)
        }
        Node::UserGroup(id) => {
            require_user_group(draft, id)?;
            state.user_groups().get(id).map(|row| row.life)
        }
        Node::DeviceGroup(id) => {
            remote_support::require_device_right(draft)?;
            state.device_groups().get(id).map(|row| row.life)
        }
        Node::Device(id) => {
            remote_support::require_device_right(draft)?;
            Some(remote_support::device(draft, id)?.life)
        }
        Node::Group(id) => {
            draft.require(CONFIGURE, Target::Account)?;
            state.groups().get(id).map(|row| row.life)
        }
        Node::Company(id) => {
            draft.require(CONFIGURE, Target::Account)?;
            let row = state.companies().get(id);
            row.filter(|_| draft.reaches(Some(id))).map(|row| row.life)
        }
        Node::Service(id) => {
            draft.require(CONFIGURE, Target::Account)?;
            state.services().get(id).map(|row| row.life)
        }
        Node::Queue(id) => {
            draft.require(Permission::ContactCentreQueueConfigure, Target::Account)?;
            state.queues().get(id).map(|row| row.life)
        }
        Node::Licence(id) => {
            licences::require_buyer(draft)?;
            Some(licences::bought(draft, id)?.life)
        }
        Node::Connection(id) => {
            connections::require_integrations(draft)?;
            Some(connections::known(draft, id)?.life)
        }
        Node::ProviderGroup(id) => Some(provider_groups::own(draft, id)?.life),
    };
    let life = life.filter(|life| *life != Life::Deleted);
    life.ok_or_else(|| Refusal::not_found("no such thing"))
}

/// An active group by the right over itself; an archived one, which no scope reaches, by the right over its place.
fn require_user_group(draft: &Draft<'_>, group: UserGroupId) -> Result<(), Refusal> {
    const MANAGE: Permission = Permission::AdminUserGroupsManage;
    let row = draft.before.user_groups().get(group);
    match row {
        Some(row) if row.life == Life::Archived => {
            if draft.view().may(MANAGE, Target::Account) {
                return Ok(());
            }
            let may = draft.require(MANAGE, user_groups::place(row.parent));
            may.map_err(|_| Refusal::not_found("no such user group"))
        }
        _ => draft.require(MANAGE, group),
    }
}

/// What restoring a user group gives back to those who manage it must be the actor's to give (AD-7, AD-25).
fn may_give_back_management(draft: &Draft<'_>, group: UserGroupId) -> Result<(), Refusal> {
    let view = draft.view();
    let below = draft.before.user_groups_below(group);
    let reaches = |scope: &PeopleScope| match scope {
        PeopleScope::All => false,
        PeopleScope::UserGroups(groups) => groups.iter().any(|group| below.contains(group)),
    };
    let mut managers = IdSet::default();
    for group in &below {
        if let Some(row) = draft.before.user_groups().get(*group) {
            managers.extend_set(&row.managers);
        }
    }
    for person in managers.iter() {
        let Some(row) = draft.before.people().get(person) else {
            continue;
        };
        let extras = row.extras();
        let mut gifts = Vec::new();
        if reaches(&extras.role_scope) {
            gifts.push(Gift::AccountRole(row.account_role));
        }
        let grants = extras.extra_grants.iter();
        gifts.extend(
            grants
                .filter(|grant| reaches(&grant.scope) && !grant.is_over(draft.now))
                .map(Gift::ExtraGrant),
        );
        if extras
            .limited_admin
            .as_ref()
            .is_some_and(|admin| reaches(&admin.scope))
        {
            gifts.push(Gift::Tie(Tie::AccountAdmin(AccountAdminKind::Limited)));
        }
        for gift in gifts {
            view.may_give(&gift, person)
                .map_err(|no| draft.refuse(no))?;
        }
    }
    // What a user group carries, everybody counted in it has.
    for (carrier, row) in draft.before.user_groups().iter() {
        let grants = row.extra_grants.iter();
        for grant in grants.filter(|grant| reaches(&grant.scope) && !grant.is_over(draft.now)) {
            for person in extra_grants::counted_in(draft, carrier).iter() {
                view.may_give_grant(grant, Some(person))
                    .map_err(|no| draft.refuse(no))?;
            }
        }
    }
    Ok(())
}

fn set_life(draft: &mut Draft<'_>, of: Node, life: Life) {
    draft.emit(Event::LifeSet { of, life });
}

fn not_empty(detail: &str) -> Refusal {
    Refusal::conflict("AD-25", "not_empty", detail)
}

/// A seat in use is not deleted with the pool (AD-14); one whose time is over is not in use (AD-25).
fn require_unused(draft: &mut Draft<'_>, licence: LicenceId) -> Result<(), Refusal> {
    for holder in people_of(draft, Node::Licence(licence)).iter() {
        draft.sweep(holder);
    }
    let row = draft.after.licences().get(licence);
    let in_use = row.map_or(0, Licence::in_use);
    if in_use == 0 {
        return Ok(());
    }
    Err(Refusal::conflict(
        "AD-14",
        "seats_in_use",
        format!("{in_use} seats are in use: revoke them first"),
    ))
}

/// SD-28: with records it can only be archived.
fn clear_service(draft: &mut Draft<'_>, service: ServiceId) -> Result<(), Refusal> {
    let Some(row) = draft.before.services().get(service) else {
        return Ok(());
    };
    if row.has_records {
        return Err(Refusal::conflict(
            "SD-28",
            "has_records",
            "a service with records is archived, not deleted",
        ));
    }
    for group in row.groups.iter() {
        draft.emit(Event::GroupAccessSet {
            group,
            service,
            full: false,
        });
    }
    for company in row.companies.iter() {
        draft.emit(Event::CompanyServiceSet {
            company,
            service,
            full: false,
        });
    }
    Ok(())
}

/// SD-28: the employees are unaffiliated, as if removed by hand: no rule sorts them anew. Devices and lists of companies keep
/// the name of what is gone, so that nothing becomes visible by it (AD-26).
fn clear_company(draft: &mut Draft<'_>, company: CompanyId) {
    let Some(row) = draft.before.companies().get(company) else {
        return;
    };
    for person in row.employees.iter() {
        draft.emit(Event::EmployerSet {
            person,
            company: None,
            placement: Placement::ByHand,
        });
    }
    for domain in &row.domains {
        draft.emit(Event::DomainRemoved {
            company,
            domain: domain.clone(),
        });
    }
    for service in row.services.iter() {
        draft.emit(Event::CompanyServiceSet {
            company,
            service,
            full: false,
        });
    }
}

/// Whoever has a tie to it.
fn people_of(draft: &Draft<'_>, node: Node) -> IdSet<PersonId> {
    let state = draft.before;
    let people = match node {
        Node::UserGroup(id) => state.user_groups().get(id).map(|row| &row.members),
        Node::DeviceGroup(id) => state.device_groups().get(id).map(|row| &row.agents),
        Node::Group(id) => state.groups().get(id).map(|row| &row.members),
        Node::Service(id) => state.services().get(id).map(|row| &row.people),
        Node::Queue(id) => state.queues().get(id).map(|row| &row.people),
        Node::Licence(id) => state.licences().get(id).map(|row| &row.holders),
        Node::Role(_)
        | Node::Device(_)
        | Node::Company(_)
        | Node::Connection(_)
        | Node::ProviderGroup(_) => None,
    };
    people.cloned().unwrap_or_default()
}

fn drop_ties_to(draft: &mut Draft<'_>, person: PersonId, node: Node) {
    for (tie, _, timed) in draft.held(person) {
        if leads_to(tie) == Some(node) {
            draft.drop_tie(person, tie, timed);
        }
    }
}

fn leads_to(tie: Tie) -> Option<Node> {
    Some(match tie {
        Tie::Licence(id) => Node::Licence(id),
        Tie::Service(id, _) | Tie::Customer(id, _) => Node::Service(id),
        Tie::Group(id) => Node::Group(id),
        Tie::UserGroup(id) => Node::UserGroup(id),
        Tie::QueueAgent(id) | Tie::QueueSupervisor(id) | Tie::Login(id, _) | Tie::Paused(id) => {
            Node::Queue(id)
        }
        Tie::DeviceGroup(id) => Node::DeviceGroup(id),
        _ => return None,
    })
}
