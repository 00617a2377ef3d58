//! SD-36: what staff note of a customer or a company, on their cards. Internal always (SD-32): nothing of it is in the portal. Whoever works on
//! records and sees the card reads the notes and adds to them; one's own are changed and deleted, for as long as both is so.

mod page;
mod rest;

use access::{
    CompanyId, Moment, Permit, PersonId, Refusal, ServiceId, Subject, View,
    decide::{RecordFacts, permissions::ManageRecord},
    state::Life,
};
use ledger::{AccountId, Act, Here, SubmitError, Tx, Wrote};
use web::{
    Problem, Result,
    route::Route,
    session::{Session, failed},
    values,
};

pub(super) use self::page::notes_on;
use super::{
    CardNoteId,
    acts::{Done, Found, company_now},
    desk::Desk,
    queries::place,
    store::{self, CARD_NOTES_MAX},
};

pub(super) fn routes() -> Vec<Route> {
    [rest::routes(), page::routes()]
        .into_iter()
        .flatten()
        .collect()
}

/// Whose card it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Card {
    Customer(PersonId),
    Company(CompanyId),
}

/// A note on a card.
#[derive(Debug, Clone)]
pub(super) struct CardNote {
    pub id: CardNoteId,
    pub of: Card,
    /// SD-33: the company that the customer had when it was written, or whose card it is.
    pub company: Option<CompanyId>,
    pub author: Option<PersonId>,
    pub at: Moment,
    pub text: String,
}

/// What a note says, as it is kept.
fn text(typed: &str) -> Option<String> {
    values::text(typed).filter(|text| !text.is_empty())
}

/// What is said where it cannot be kept.
const TEXT_WANTED: &str = "give up to 2,000 characters of text";

/// SD-36, SD-33: whether somebody works for whose card it is. Whoever configures the desk sees more cards, and no note on them (SD-5).
fn sees(view: &View<'_>, card: Card) -> bool {
    match card {
        Card::Customer(person) => view.works_for_customer(person),
        Card::Company(company) => {
            let row = view.state().companies().get(company);
            let is_there = row.is_some_and(|row| row.life != Life::Deleted);
            is_there && view.works_for_company(company)
        }
    }
}

/// SD-33: a note belongs to a company as a record does. Whoever moves takes none along to readers of another one.
fn company_of(view: &View<'_>, card: Card) -> Option<CompanyId> {
    match card {
        Card::Customer(person) => company_now(view, Some(person)),
        Card::Company(company) => Some(company),
    }
}

impl CardNote {
    /// Whether somebody reads it: they work for whose card it is, and see the company that it belongs to.
    fn is_for(&self, view: &View<'_>) -> bool {
        sees(view, self.of) && view.admits(self.company)
    }
}

fn no_such_card() -> Refusal {
    Refusal::not_found("no such card")
}

fn of_service(service: ServiceId) -> RecordFacts {
    RecordFacts {
        service,
        customer: None,
        company: None,
    }
}

/// A note is added.
pub(super) struct AddCardNote {
    /// A service on which whoever adds it works.
    pub on: ServiceId,
    pub id: CardNoteId,
    pub of: Card,
    pub text: String,
}

impl Act for AddCardNote {
    type Needs = ManageRecord;
    const NEEDS: ManageRecord = ManageRecord;
    const NAME: &'static str = "add_card_note";

    async fn on(&self, _: &mut Tx, _: AccountId) -> Found<RecordFacts> {
        Ok(Some(of_service(self.on)))
    }

    async fn apply(self, tx: &mut Tx, permit: Permit<'_, ManageRecord>, here: Here<'_>) -> Done {
        if !sees(&here.view, self.of) {
            return Err(no_such_card().into());
        }
        let company = company_of(&here.view, self.of);
        let note = (self.id, self.of, company);
        let now = here.view.now();
        // Of each company by itself: nobody learns from a refusal how many they do not see.
        if !store::add_card_note(tx, here.account, &permit, note, self.text, now).await? {
            let detail = format!(
                "a card has {CARD_NOTES_MAX} notes of one company at most: delete one first"
            );
            return Err(Refusal::conflict("SD-36", "too_many_notes", detail).into());
        }
        Ok(Wrote::ROWS)
    }
}

/// One's own note says something else, or is gone.
pub(super) struct ChangeCardNote {
    pub on: ServiceId,
    pub id: CardNoteId,
    /// `None`: it is deleted.
    pub text: Option<String>,
}

impl Act for ChangeCardNote {
    type Needs = ManageRecord;
    const NEEDS: ManageRecord = ManageRecord;
    const NAME: &'static str = "change_card_note";

    async fn on(&self, _: &mut Tx, _: AccountId) -> Found<RecordFacts> {
        Ok(Some(of_service(self.on)))
    }

    async fn apply(self, tx: &mut Tx, permit: Permit<'_, ManageRecord>, here: Here<'_>) -> Done {
        let note = store::card_note(tx, here.account, self.id).await?;
        // SD-36: a note that one does not read any more is not there, also where one wrote it.
        let note = note.filter(|note| note.is_for(&here.view));
        let note = note.ok_or_else(no_such_card)?;
        let me = match permit.subject() {
            Subject::Person(person) => Some(person),
            _ => None,
        };
        if note.author.is_none() || note.author != me {
            return Err(SubmitError::from(Refusal::forbidden(
                "SD-36",
                "not_your_note",
                "a note is changed by whoever wrote it",
            )));
        }
        if self.text.as_ref() == Some(&note.text) {
            return Ok(Wrote::default());
        }
        store::change_card_note(tx, here.account, &permit, &note, self.text).await?;
        Ok(Wrote::ROWS)
    }
}

impl CardNote {
    /// Who wrote it, for a reader who knows them: a card brings together people of many services (SD-35, AD-10).
    fn author_for(&self, view: &View<'_>) -> Option<PersonId> {
        let author = self.author;
        author.filter(|one| view.sees_as_user(*one) || view.works_with(*one))
    }
}

/// The notes on a card; `None`: they are not for the reader.
async fn notes(session: &Session, of: Card) -> Result<Option<Vec<CardNote>>> {
    if place(session).is_err() || !sees(&session.view(), of) {
        return Ok(None);
    }
    let mut desk = Desk::open(session).await?;
    let found = store::card_notes(&mut desk.tx, session.account.id(), of).await;
    let mut found = found.map_err(failed)?;
    let view = session.view_on(&desk.state, session.now());
    found.retain(|note| note.is_for(&view));
    Ok(Some(found))
}

/// A note on a card that the reader sees.
async fn note(session: &Session, id: CardNoteId) -> Result<CardNote> {
    let mut desk = Desk::open(session).await?;
    let found = store::card_note(&mut desk.tx, session.account.id(), id).await;
    let found = found.map_err(failed)?;
    let view = session.view_on(&desk.state, session.now());
    let found = found.filter(|note| note.is_for(&view));
    found.ok_or_else(Problem::not_found)
}
