//! Services of the desk and their four tabs (SD-1 to SD-18, SD-29). Each tab is saved by itself, as the rows that changed: a row
//! says the whole own access of one person, group or company to the service, and touches nothing else (I-7).

use uuid::Uuid;

use super::authority::Gift;
use super::reach::each_once;
use super::{Actor, Draft, Notice, Own, Refusal, SystemSubject, ToldOf, account, ties};
use crate::catalogue::Permission;
use crate::decide::{Subject, View};
use crate::event::{Event, MassActionStep};
use crate::ids::{CompanyId, GroupId, PersonId, PublicId, ServiceId};
use crate::moment::Window;
use crate::state::{CustomerAccess, DueDateOverride, Life, ServiceLevel, State, Tie};

/// A new service names its first administrator, so that none is without (SD-39).
pub(super) fn create(
    draft: &mut Draft<'_>,
    id: PublicId<ServiceId>,
    first_administrator: PersonId,
) -> Result<(), Refusal> {
    draft.may_configure()?;
    draft.is_new(id)?;
    draft.user(first_administrator)?;
    draft.emit(Event::ServiceCreated { uid: id.uuid() });
    let tie = Tie::Service(draft.made(id)?, ServiceLevel::Administrator);
    draft.may_give(&Gift::Tie(tie), first_administrator)?;
    draft.tie(first_administrator, tie, Window::ALWAYS);
    account::settle_only_user(draft);
    Ok(())
}

/// SD-29.
pub(super) fn set_due_date_override(
    draft: &mut Draft<'_>,
    service: ServiceId,
    policy: DueDateOverride,
) -> Result<(), Refusal> {
    if draft.configurable(service)?.due_date_override != policy {
        draft.emit(Event::DueDateOverrideSet { service, policy });
    }
    Ok(())
}

/// SD-23: whoever registers later has it; nobody who is here gains or loses it.
pub(super) fn set_open_to_all(
    draft: &mut Draft<'_>,
    service: ServiceId,
    open: bool,
) -> Result<(), Refusal> {
    if draft.configurable(service)?.open_to_all != open {
        draft.emit(Event::ServiceOpenToAllSet { service, open });
    }
    Ok(())
}

/// SD-4. People stop a mass action by a record act; that it cannot go on is for the worker alone to say.
pub(super) fn end_mass_action(
    draft: &mut Draft<'_>,
    service: ServiceId,
    action: Uuid,
    failed: bool,
) -> Result<(), Refusal> {
    if draft.actor != Actor::System(SystemSubject::MassActions) {
        return Err(Refusal::forbidden(
            "SD-4",
            "not_by_hand",
            "a mass action is stopped, or ends by itself",
        ));
    }
    if draft.before.services().get(service).is_none() {
        return Err(Refusal::not_found("no such service"));
    }
    // Somebody stopped it meanwhile, or it is done: an end that did not happen is not told of.
    if !draft.before.runs_mass_action(action) {
        return Ok(());
    }
    let step = match failed {
        true => MassActionStep::Failed,
        false => MassActionStep::RightEnded,
    };
    draft.emit(Event::MassAction {
        service,
        action,
        step,
    });
    Ok(())
}

/// SD-28. Whoever can log the first record, staff or customer, can cause it to be noted.
pub(super) fn note_records(draft: &mut Draft<'_>, service: ServiceId) -> Result<(), Refusal> {
    let view = draft.view();
    let logs = view.may(Permission::ServiceDeskRecordCreate, service)
        || view.may(Permission::PortalIncidentLog, service);
    let row = draft
        .before
        .services()
        .get(service)
        .filter(|row| logs && row.life == Life::Active)
        .ok_or_else(|| Refusal::not_found("no such service"))?;
    if !row.has_records {
        draft.emit(Event::ServiceHasRecords { service });
    }
    Ok(())
}

/// SD-2: the Users tab.
pub(super) fn save_users(
    draft: &mut Draft<'_>,
    service: ServiceId,
    rows: &[(PersonId, Own<ServiceLevel>)],
) -> Result<(), Refusal> {
    may_save(draft, service, rows)?;
    each_once(rows.iter().map(|(person, _)| *person))?;
    for (person, own) in rows {
        draft.user(*person)?;
        let wanted = own.ties(|level| Tie::Service(service, level));
        set_own(draft, *person, &wanted, |tie| is_level(tie, service))?;
    }
    tell_if_opened_to_oneself(draft, service);
    Ok(())
}

/// SD-11: the Customers tab.
pub(super) fn save_customers(
    draft: &mut Draft<'_>,
    service: ServiceId,
    rows: &[(PersonId, Own<CustomerAccess>)],
) -> Result<(), Refusal> {
    may_save(draft, service, rows)?;
    each_once(rows.iter().map(|(person, _)| *person))?;
    for (person, own) in rows {
        draft.customer(*person)?;
        let wanted = own.ties(|access| Tie::Customer(service, access));
        set_own(draft, *person, &wanted, |tie| is_access(tie, service))?;
    }
    Ok(())
}

/// Who may save such rows of people. Everybody may give up what they hold (RULES §4), of an archived service too.
fn may_save<A>(
    draft: &Draft<'_>,
    service: ServiceId,
    rows: &[(PersonId, Own<A>)],
) -> Result<(), Refusal> {
    match rows {
        [(person, own)] if own.is_none() && draft.is_oneself(*person) => Ok(()),
        _ => draft.configurable(service).map(|_| ()),
    }
}

/// SD-8: the Groups tab.
pub(super) fn save_groups(
    draft: &mut Draft<'_>,
    service: ServiceId,
    rows: &[(GroupId, bool)],
) -> Result<(), Refusal> {
    draft.configurable(service)?;
    each_once(rows.iter().map(|(group, _)| *group))?;
    for (group, full) in rows {
        let (group, full) = (*group, *full);
        if draft.group(group)?.services.contains(service) != full {
            draft.emit(Event::GroupAccessSet {
                group,
                service,
                full,
            });
        }
    }
    tell_if_opened_to_oneself(draft, service);
    Ok(())
}

/// SD-9: the Companies tab.
pub(super) fn save_companies(
    draft: &mut Draft<'_>,
    service: ServiceId,
    rows: &[(CompanyId, bool)],
) -> Result<(), Refusal> {
    draft.configurable(service)?;
    each_once(rows.iter().map(|(company, _)| *company))?;
    for (company, full) in rows {
        let (company, full) = (*company, *full);
        if draft.company(company)?.services.contains(service) != full {
            draft.emit(Event::CompanyServiceSet {
                company,
                service,
                full,
            });
        }
    }
    Ok(())
}

/// A user's level on the service.
pub(super) fn is_level(tie: Tie, service: ServiceId) -> bool {
    matches!(tie, Tie::Service(of, _) if of == service)
}

/// A customer's access to the service.
pub(super) fn is_access(tie: Tie, service: ServiceId) -> bool {
    matches!(tie, Tie::Customer(of, _) if of == service)
}

/// Makes `wanted` all that the person has of the ties that are `alike`: a row says the whole own access, and one that says so
/// already changes nothing.
fn set_own(
    draft: &mut Draft<'_>,
    person: PersonId,
    wanted: &[(Tie, Window)],
    alike: impl Fn(Tie) -> bool,
) -> Result<(), Refusal> {
    let mut held = draft.held(person);
    held.retain(|(tie, window, _)| alike(*tie) && !window.is_over(draft.now));
    let there: Vec<_> = held
        .iter()
        .map(|(tie, window, _)| (*tie, *window))
        .collect();
    if there == wanted {
        return Ok(());
    }
    for (tie, _) in &there {
        draft.may_take(&Gift::Tie(*tie), person)?;
    }
    let new = || wanted.iter().filter(|tie| !there.contains(tie));
    for (tie, window) in new() {
        ties::check_window(*tie, *window, draft.now)?;
        draft.may_give(&Gift::Tie(*tie), person)?;
    }
    draft.sweep(person);
    for (tie, window, timed) in held {
        if !wanted.contains(&(tie, window)) {
            draft.drop_tie(person, tie, timed);
        }
    }
    for (tie, window) in new() {
        draft.tie(person, *tie, *window);
    }
    Ok(())
}

/// RULES §4 table: who opens a service to themselves, or raises their own level, directly or through a group, does so before the
/// eyes of its administrators.
pub(super) fn tell_if_opened_to_oneself(draft: &mut Draft<'_>, service: ServiceId) {
    let Some(oneself) = draft.actor_person() else {
        return;
    };
    let level = |state: &State| {
        let mut highest = None;
        state
            .view(Subject::Person(oneself), draft.now)
            .each_level(service, &mut |_, level, _| {
                highest = highest.max(Some(level))
            });
        highest
    };
    if level(&draft.after) <= level(draft.before) {
        return;
    }
    draft.notice(Notice::GivenToOneself);
    let people: Vec<_> = administrators(&draft.view(), service)
        .filter(|person| *person != oneself)
        .collect();
    if people.is_empty() {
        return;
    }
    draft.notice(Notice::Tell {
        people,
        what: ToldOf::ServiceOpenedToOneself,
    });
}

/// Whoever holds Administrator access to the service now.
fn administrators<'a>(view: &View<'a>, service: ServiceId) -> impl Iterator<Item = PersonId> + 'a {
    let (state, now) = (view.state(), view.now());
    let people = state
        .services()
        .get(service)
        .into_iter()
        .flat_map(|row| row.people.iter());
    people.filter(move |person| {
        let administers = Tie::Service(service, ServiceLevel::Administrator);
        state
            .people()
            .get(*person)
            .is_some_and(|row| state.ties_at(row, now).any(|(tie, _)| tie == administers))
    })
}
