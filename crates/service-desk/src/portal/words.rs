//! How customers are told of incidents: of people by name, of states in words.

use access::{PersonId, Subject, explain::words::Name};
use askama::{Template, filters::HtmlSafe};
use web::{
    Result,
    page::names::{Mark, Names},
    session::Session,
};

use crate::records::{Attachment, Incident, Note, Reason, Status};

/// A state as customers read it, and its shape.
pub(super) fn state(incident: &Incident, is_mine: bool) -> (&'static str, &'static str) {
    match incident.status {
        Status::New => ("Received", "on"),
        Status::WaitingForCustomer if is_mine => ("Waits for your answer", "wait"),
        Status::WaitingForCustomer => ("Waits for an answer", "wait"),
        Status::OnHold => ("On hold", "none"),
        Status::Resolved => ("Solved", "none"),
        Status::Closed => (closed(incident.reason), "none"),
        // An incident has no other states.
        Status::InProgress | Status::Approved | Status::KnownError | Status::Testing => {
            ("Being worked on", "on")
        }
    }
}

fn closed(reason: Option<Reason>) -> &'static str {
    match reason {
        Some(Reason::Solved) => "Closed: solved",
        Some(Reason::Workaround) => "Closed: solved in another way",
        Some(Reason::Duplicate) => "Closed: known already",
        Some(Reason::Withdrawn) => "Closed: withdrawn",
        Some(Reason::Rejected) => "Closed: not to be done",
        None => "Closed",
    }
}

/// Whether somebody is the reader.
pub(super) fn is_me(session: &Session, person: Option<PersonId>) -> bool {
    person.is_some_and(|person| session.subject == Subject::Person(person))
}

/// Everything that some incidents, answers and files name. Who logged an incident, and who answered it, is told to whom the portal shows it.
pub(super) async fn names<'a>(
    session: &'a Session,
    incidents: &[Incident],
    answers: &[Note],
    files: &[Attachment],
) -> Result<Names<'a>> {
    let services = incidents.iter().map(|one| Name::Service(one.service));
    let customers = incidents.iter().filter_map(|one| one.customer);
    let authors = answers.iter().filter_map(|one| one.author);
    let authors = authors.chain(files.iter().filter_map(|one| one.author));
    let people = customers.chain(authors).map(Name::Person);
    Names::of_shown(session, services.chain(people).collect::<Vec<_>>()).await
}

/// Somebody by name. What people without one are known by is their address, which is for staff.
pub(super) fn called<'a>(names: &'a Names<'_>, person: PersonId) -> Option<&'a str> {
    let known = names.known(Name::Person(person))?;
    (names.address(person) != Some(known)).then_some(known)
}

/// Somebody as a page shows them.
#[derive(Template)]
#[template(path = "portal-who.html")]
pub(super) enum Who {
    /// The reader.
    You,
    /// A name.
    Named(String),
    /// SD-26: a blank where the name was.
    Erased(Mark),
    /// Somebody without a name, by what they are.
    Somebody(&'static str),
}

impl HtmlSafe for Who {}

impl Who {
    pub fn of(
        session: &Session,
        names: &Names<'_>,
        person: Option<PersonId>,
        otherwise: &'static str,
    ) -> Self {
        let Some(one) = person else {
            return Self::Somebody(otherwise);
        };
        if is_me(session, person) {
            return Self::You;
        }
        if let Some(name) = called(names, one) {
            return Self::Named(name.to_owned());
        }
        let mark = names.mark(Name::Person(one));
        match mark.is_erased() {
            true => Self::Erased(mark),
            false => Self::Somebody(otherwise),
        }
    }
}
