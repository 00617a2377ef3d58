//! What a form of a record asks for, as somebody typed it, and what is wrong with that.

use access::{PersonId, PublicId, ServiceId, explain::words::Name};
use web::{
    Result,
    page::{Picker, Sent, find::Kind as Finds, names::Names},
    resource::Id,
    session::Session,
    values,
};

use crate::records::{
    Assignee, CategoryId, Priority, Reason, Record, Status, life::Kind, presets::Category,
    rest::colleague,
};

pub(super) const ASSIGNEES: &[Finds] = &[Finds::User, Finds::Group];
pub(super) const CUSTOMERS: &[Finds] = &[Finds::Customer];
pub(super) const COMPANIES: &[Finds] = &[Finds::Company];

/// An option of a choice.
pub(super) struct Choice {
    pub value: String,
    pub label: &'static str,
    pub is_chosen: bool,
}

/// A category of a service as an option.
pub(super) struct CategoryChoice {
    pub value: String,
    pub label: String,
    pub is_chosen: bool,
}

pub(super) fn categories(all: Vec<Category>, chosen: Option<CategoryId>) -> Vec<CategoryChoice> {
    let choice = |one: Category| CategoryChoice {
        value: one.id.to_string(),
        is_chosen: Some(one.id) == chosen,
        label: one.title(),
    };
    all.into_iter().map(choice).collect()
}

pub(super) fn priorities(chosen: Priority) -> Vec<Choice> {
    let choice = |one: Priority| Choice {
        value: one.number().to_string(),
        label: one.word(),
        is_chosen: one == chosen,
    };
    Priority::ALL.map(choice).into()
}

/// Where a record of this kind can go from here, and that it stays.
pub(super) fn statuses(kind: Kind, now: Status, chosen: Status) -> Vec<Choice> {
    let next = kind.state(now).map_or(&[][..], |state| state.next);
    let all = std::iter::once(&now).chain(next);
    let choice = |one: &Status| Choice {
        value: one.number().to_string(),
        label: kind.name_of(*one),
        is_chosen: *one == chosen,
    };
    all.map(choice).collect()
}

pub(super) fn reasons(chosen: Option<Reason>) -> Vec<Choice> {
    let choice = |one: Reason| Choice {
        value: one.number().to_string(),
        label: one.word(),
        is_chosen: Some(one) == chosen,
    };
    Reason::ALL.map(choice).into()
}

pub(super) fn parsed<T>(text: &str, of_number: impl Fn(i64) -> Option<T>) -> Option<T> {
    text.parse().ok().and_then(of_number)
}

/// A title, or what is wrong with it.
pub(crate) fn title(text: &str) -> std::result::Result<String, String> {
    let wrong = |wrong: values::NotAValue| web::page::sentence(&wrong.to_string());
    values::name(text).map(str::to_owned).map_err(wrong)
}

/// A description or a note, or what is wrong with it.
pub(crate) fn passage(text: &str) -> std::result::Result<String, String> {
    let wrong = || "Give up to 20,000 characters, without control characters.".to_owned();
    values::passage(text).ok_or_else(wrong)
}

/// The field that names who works on it: among those who have access (SD-19).
pub(super) fn assignee(session: &Session, service: ServiceId) -> Picker {
    Picker::new("assignee", "Name of a user or group", ASSIGNEES).on(session, service)
}

/// The field that names whom it is for: among those who can be chosen on the service (SD-11).
pub(super) fn customer(session: &Session, service: ServiceId) -> Picker {
    let label = "Name or address of a customer of the service";
    Picker::new("customer", label, CUSTOMERS).on(session, service)
}

pub(super) fn company() -> Picker {
    Picker::new("company", "Name of a company", COMPANIES)
}

/// The three fields as a record fills them.
pub(super) fn pickers(session: &Session, names: &Names<'_>, record: &Record) -> [Picker; 3] {
    let (service, content) = (record.service, &record.content);
    let named = |picker: Picker, name: Option<Name>| match name {
        None => picker,
        Some(name) => picker.with(id_of(session, name), names.text(name)),
    };
    [
        named(
            assignee(session, service),
            content.assignee.map(Assignee::name),
        ),
        named(
            customer(session, service),
            content.customer.map(Name::Person),
        ),
        named(
            company(),
            record.company_for(&session.view()).map(Name::Company),
        ),
    ]
}

fn id_of(session: &Session, name: Name) -> String {
    match name {
        Name::Person(one) => session.id(one).0.to_string(),
        Name::Group(one) => session.id(one).0.to_string(),
        Name::Company(one) => session.id(one).0.to_string(),
        _ => String::new(),
    }
}

/// Whom a picker names. Whoever is assigned stays, also where the reader would not find them.
pub(super) fn chosen_assignee(
    session: &Session,
    picker: &Picker,
    present: Option<Assignee>,
) -> Result<Option<Assignee>> {
    let Some(id) = picker.chosen() else {
        return Ok(None);
    };
    if present.is_some_and(|present| id_of(session, present.name()) == id) {
        return Ok(present);
    }
    if let Ok(person) = id.parse::<PublicId<PersonId>>() {
        let person = colleague(session, "assignee", Id(person))?;
        return Ok(Some(Assignee::User(person)));
    }
    Ok(picker.thing(session)?.map(Assignee::Group))
}

/// A customer may be shown in a record to somebody who does not see them otherwise: the same one stays.
pub(super) fn chosen_customer(
    session: &Session,
    picker: &Picker,
    present: Option<PersonId>,
) -> Result<Option<PersonId>> {
    let id = picker.chosen().and_then(|id| id.parse().ok());
    if let Some(present) = present
        && id == Some(session.id(present).0)
    {
        return Ok(Some(present));
    }
    picker.thing(session)
}

/// A picker as it was sent.
pub(super) fn sent(id: &Option<String>, text: &Option<String>, asked: &Option<String>) -> Sent {
    Sent {
        id: id.clone(),
        text: text.clone(),
        asked: asked.clone(),
    }
}

/// A service that a form or an address names, for somebody who sees it.
pub(super) fn service(session: &Session, id: &str) -> Option<ServiceId> {
    let id = id.parse().ok()?;
    session.named("service", Id(id)).ok()
}
