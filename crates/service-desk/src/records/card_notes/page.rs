//! Notes on cards, as the pages of customers and companies show them.

use access::{CompanyId, PersonId, explain::words::Name};
use askama::Template;
use serde::Deserialize;
use web::{
    Problem, Result,
    common::Submission,
    guard::{Seen, SignedIn},
    page::{
        SeeOther,
        form::Form,
        moment,
        names::{Html, Mark, Names},
    },
    resource::CompanyRef,
    route::{Route, post},
    session::Session,
};

use super::{Card, CardNote, ChangeCardNote, TEXT_WANTED, note, notes, place, rest, text};
use crate::records::CardNoteInPath;

pub(super) fn routes() -> Vec<Route> {
    vec![
        post(
            "/service-desk/customers/{person}/notes",
            "card_notes_page.add_to_customer",
            "Note something of a customer",
            add_to_customer,
        ),
        post(
            "/service-desk/companies/{company}/notes",
            "card_notes_page.add_to_company",
            "Note something of a company",
            add_to_company,
        ),
        post(
            "/service-desk/card-notes/{note}",
            "card_notes_page.change",
            "Change a note of one's own, or delete it",
            change,
        ),
    ]
}

/// A note as it is shown.
struct Shown {
    id: String,
    who: Option<Mark>,
    at: String,
    text: String,
    is_own: bool,
}

#[derive(Template)]
#[template(path = "card-notes.html")]
struct CardNotes<'a> {
    form_token: Option<&'a str>,
    add: String,
    notes: Vec<Shown>,
}

/// The page with the card.
fn card(session: &Session, of: Card) -> String {
    match of {
        Card::Customer(person) => web::page::person::path_of(session, person),
        Card::Company(company) => {
            let id: CompanyRef = session.id(company);
            format!("/service-desk/companies/{}", id.0)
        }
    }
}

/// The notes on a card with their forms; `None`: they are not for the reader.
pub(in crate::records) async fn notes_on(
    session: &Session,
    of: Card,
    form_token: Option<&str>,
) -> Result<Option<Html>> {
    let Some(found) = notes(session, of).await? else {
        return Ok(None);
    };
    let view = session.view();
    let authors = found.iter().filter_map(|one| one.author_for(&view));
    let authors = authors.map(Name::Person);
    // SD-35: colleagues are told to each other.
    let names = Names::of_shown(session, authors.collect::<Vec<_>>()).await?;
    let me = session.owner().ok();
    let shown = |one: CardNote| Shown {
        id: one.id.to_string(),
        who: one
            .author_for(&view)
            .map(|author| names.mark(Name::Person(author))),
        at: moment(one.at),
        text: one.text,
        is_own: me.is_some() && one.author == me,
    };
    let add = match of {
        Card::Customer(person) => format!("/service-desk/customers/{}/notes", session.id(person).0),
        company => format!("{}/notes", card(session, company)),
    };
    let part = CardNotes {
        form_token,
        add,
        notes: found.into_iter().map(shown).collect(),
    };
    Html::of(&part).map(Some)
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct NoteForm {
    text: String,
}

fn wanted() -> Problem {
    Problem::invalid("text", TEXT_WANTED)
}

async fn add(session: &Session, of: Card, form: &NoteForm) -> Result<SeeOther> {
    let text = text(&form.text).ok_or_else(wanted)?;
    rest::submit_new(session, of, text, &Submission::default()).await?;
    Ok(SeeOther::to(card(session, of)).saying("Noted."))
}

async fn add_to_customer(seen: Seen<PersonId>, Form(form): Form<NoteForm>) -> Result<SeeOther> {
    add(&seen, Card::Customer(seen.on), &form).await
}

async fn add_to_company(seen: Seen<CompanyId>, Form(form): Form<NoteForm>) -> Result<SeeOther> {
    add(&seen, Card::Company(seen.on), &form).await
}

/// What becomes of a note.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum To {
    #[default]
    Save,
    Delete,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ChangeForm {
    text: String,
    #[serde(default)]
    to: To,
}

async fn change(
    reader: SignedIn,
    CardNoteInPath(id): CardNoteInPath,
    Form(form): Form<ChangeForm>,
) -> Result<SeeOther> {
    let session = &*reader;
    let on = place(session)?;
    let of = note(session, id).await?.of;
    let (text, said) = match form.to {
        To::Save => (Some(text(&form.text).ok_or_else(wanted)?), "Saved."),
        To::Delete => (None, "The note is deleted."),
    };
    let act = ChangeCardNote { on, id, text };
    session.act(act, &Submission::default(), None).await?;
    Ok(SeeOther::to(card(session, of)).saying(said))
}
