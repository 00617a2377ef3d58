//! Notes on cards, for programs.

use access::{CompanyId, PersonId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{
    ToSchema,
    openapi::{RefOr, Schema},
};
use web::{
    Problem, Result,
    common::Submission,
    guard::{Commands, CommandsOn, Seen},
    part::Order,
    reply::Answer,
    resource::PersonRef,
    route::{Route, delete, get, post, put},
    session::{Session, id_in},
    submit::Written,
};

use super::{AddCardNote, Card, CardNote, ChangeCardNote, TEXT_WANTED, notes, place, text};
use crate::records::{CardNoteId, CardNoteInPath, rest::timestamp};

pub(super) fn routes() -> Vec<Route> {
    const OF_CUSTOMER: &str = "/api/v1/service-desk/customers/{person}/notes";
    const OF_COMPANY: &str = "/api/v1/service-desk/companies/{company}/notes";
    const NOTE: &str = "/api/v1/service-desk/card-notes/{note}";
    vec![
        get(
            OF_CUSTOMER,
            "card_notes.of_customer",
            "List what staff note of a customer, the newest first",
            of_customer,
        ),
        post(
            OF_CUSTOMER,
            "card_notes.add_to_customer",
            "Note something of a customer, for staff alone",
            add_to_customer,
        ),
        get(
            OF_COMPANY,
            "card_notes.of_company",
            "List what staff note of a company, the newest first",
            of_company,
        ),
        post(
            OF_COMPANY,
            "card_notes.add_to_company",
            "Note something of a company, for staff alone",
            add_to_company,
        ),
        put(
            NOTE,
            "card_notes.edit",
            "Change a note of the caller's own",
            edit,
        ),
        delete(
            NOTE,
            "card_notes.remove",
            "Delete a note of the caller's own",
            remove,
        ),
    ]
}

/// A note on a card.
#[derive(Debug, Serialize, ToSchema)]
struct CardNoteBody {
    id: CardNoteId,
    /// Absent where a program wrote it, or somebody whom the caller does not know.
    #[serde(skip_serializing_if = "Option::is_none")]
    author: Option<PersonRef>,
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    text: String,
}

/// Notes on a card.
#[derive(Debug, Serialize, ToSchema)]
struct CardNotes {
    /// All that the caller sees, at most 100 of each company that the customer had, the newest first.
    items: Vec<CardNoteBody>,
}

async fn listed(session: &Session, of: Card) -> Result<Answer<CardNotes>> {
    let found = notes(session, of).await?.ok_or_else(Problem::not_found)?;
    let view = session.view();
    let body = |note: CardNote| CardNoteBody {
        id: note.id,
        author: note
            .author_for(&view)
            .map(|author| id_in(session.state(), author)),
        at: timestamp(note.at),
        text: note.text,
    };
    let items = found.into_iter().map(body).collect();
    session.answer(CardNotes { items })
}

async fn of_customer(seen: Seen<PersonId>) -> Result<Answer<CardNotes>> {
    listed(&seen, Card::Customer(seen.on)).await
}

async fn of_company(seen: Seen<CompanyId>) -> Result<Answer<CardNotes>> {
    listed(&seen, Card::Company(seen.on)).await
}

/// What a note says.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CardNoteText {
    /// At most 2,000 characters.
    #[schema(schema_with = note_text)]
    text: String,
}

fn note_text() -> RefOr<Schema> {
    web::schema::filled_lines(2_000)
}

impl CardNoteText {
    fn kept(&self) -> Result<String> {
        text(&self.text).ok_or_else(|| Problem::invalid("/text", TEXT_WANTED))
    }
}

/// Adds a note that was looked at.
pub(super) async fn submit_new(
    session: &Session,
    of: Card,
    text: String,
    how: &Submission,
) -> Result<Answer<Written>> {
    let id = CardNoteId(session.account.engine().new_uuid());
    let act = AddCardNote {
        on: place(session)?,
        id,
        of,
        text,
    };
    session.act(act, how, Some(id.to_string())).await
}

async fn add_to_customer(
    commands: CommandsOn<PersonId>,
    order: Order<CardNoteText>,
) -> Result<Answer<Written>> {
    let of = Card::Customer(commands.on);
    submit_new(&commands, of, order.body.kept()?, &order.how).await
}

async fn add_to_company(
    commands: CommandsOn<CompanyId>,
    order: Order<CardNoteText>,
) -> Result<Answer<Written>> {
    let of = Card::Company(commands.on);
    submit_new(&commands, of, order.body.kept()?, &order.how).await
}

async fn edit(
    commands: Commands,
    CardNoteInPath(id): CardNoteInPath,
    order: Order<CardNoteText>,
) -> Result<Answer<Written>> {
    let text = Some(order.body.kept()?);
    let on = place(&commands)?;
    let act = ChangeCardNote { on, id, text };
    commands.act(act, &order.how, None).await
}

async fn remove(
    commands: Commands,
    CardNoteInPath(id): CardNoteInPath,
    how: Submission,
) -> Result<Answer<Written>> {
    let on = place(&commands)?;
    let act = ChangeCardNote { on, id, text: None };
    commands.act(act, &how, None).await
}
