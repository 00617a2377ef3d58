//! What may stand in a record, asked at the head of the log by whoever writes it. Each is a question to the access core.

use access::{
    CompanyId, PersonId, Refusal, ServiceId, Subject, View,
    decide::{RecordFacts, permissions::ManageRecord},
    state::Life,
};

use super::Assignee;

/// SD-12: the customer belongs to the service when chosen, and is one whom the actor sees (SD-33).
pub(super) fn customer(view: &View<'_>, who: PersonId, service: ServiceId) -> Result<(), Refusal> {
    if !view.sees_as_customer(who) {
        return Err(Refusal::not_found("no such customer"));
    }
    if view.selectable(who, service).selectable {
        return Ok(());
    }
    let detail = "somebody can be the customer of a record whose access to its service, own or by their company, makes them so";
    Err(Refusal::conflict(
        "SD-12",
        "customer_not_of_service",
        detail,
    ))
}

/// SD-19: the assignee has access to the record when assigned, and is one whom the actor sees.
pub(super) fn assignee(view: &View<'_>, who: Assignee, record: RecordFacts) -> Result<(), Refusal> {
    let (seen, what) = match who {
        Assignee::User(person) => (is_known(view, person), "no such user"),
        Assignee::Group(group) => (view.sees(group), "no such group"),
    };
    if !seen {
        return Err(Refusal::not_found(what));
    }
    if has_access(view, who, record) {
        return Ok(());
    }
    let detail = "work is given to users and groups who have access to the record";
    Err(Refusal::conflict(
        "SD-19",
        "assignee_without_access",
        detail,
    ))
}

/// SD-35: colleagues of a service are known to each other.
fn is_known(view: &View<'_>, person: PersonId) -> bool {
    view.sees_as_user(person) || view.works_with(person)
}

/// SD-38: a watcher is a user with access to the record, and one whom the actor sees.
pub(super) fn watcher(view: &View<'_>, who: PersonId, record: RecordFacts) -> Result<(), Refusal> {
    if !is_known(view, who) {
        return Err(Refusal::not_found("no such user"));
    }
    if has_access(view, Assignee::User(who), record) {
        return Ok(());
    }
    let detail = "a record is followed by users who have access to it";
    Err(Refusal::conflict("SD-38", "watcher_without_access", detail))
}

/// Whether whoever is assigned may work on the record.
pub(super) fn has_access(view: &View<'_>, who: Assignee, record: RecordFacts) -> bool {
    match who {
        Assignee::User(person) => {
            let theirs = view.state().view(Subject::Person(person), view.now());
            theirs.permit(ManageRecord, record).is_ok()
        }
        Assignee::Group(group) => view.group_works_on(group, record.service),
    }
}

/// SD-33: a company that is there for the actor.
pub(super) fn company(view: &View<'_>, company: CompanyId) -> Result<(), Refusal> {
    let row = view.state().companies().get(company);
    let is_there = row.is_some_and(|row| row.life != Life::Deleted);
    if is_there && view.sees(company) {
        return Ok(());
    }
    Err(Refusal::not_found("no such company"))
}
