//! SD-36: what the desk has to say of a person and of a company: the records that are open for them, and whom a user works for, as far as the reader
//! sees these records.

use access::{CompanyId, explain::words::Name};
use askama::Template;
use web::{
    Result,
    guard::Seen,
    page::{
        Frame, Page, address,
        names::{Html, Names},
        person::{Panel, Reading, Shown, Spot},
    },
    resource::CompanyRef,
    route::{Route, get},
    session::Session,
};

use super::{
    LIST, SECTION, erasure,
    rows::{Row, counted, rows},
};
use crate::records::{
    card_notes::{Card, notes_on},
    desk::Desk,
    question::{Question, SortWord},
    store::StateAsked,
};

/// Records that a card shows; the list has all of them.
const SHOWN: usize = 10;

pub(super) fn routes() -> Vec<Route> {
    let company = get(
        "/service-desk/companies/{company}",
        "records_page.company",
        "A company, with the records that are open for it",
        company,
    );
    let company = company.on_person(Spot::OpenForThem, of_customer);
    let company = company.on_person(Spot::Notes, notes_on_customer);
    let company = company.on_erasure(erasure::said);
    vec![company.on_person(Spot::AssignedToThem, of_user)]
}

/// Some open records, and where all of them are.
struct Open {
    rows: Vec<Row>,
    count: String,
    list: String,
}

impl Open {
    /// Of those that are asked for; `None`: the reader sees none of them.
    async fn of(session: &Session, question: Question) -> Result<Option<Self>> {
        let question = Question {
            state: Some(StateAsked::Open),
            sort: Some(SortWord::Due),
            ..question
        };
        let asked = question.asked(session)?;
        let mut desk = Desk::open(session).await?;
        let _hurry = desk.hurry().await?;
        let records = desk.some(session, &asked, None, SHOWN).await?;
        if records.is_empty() {
            return Ok(None);
        }
        let count = desk.counted(session, &asked).await?;
        let (rows, _) = rows(session, &records, []).await?;
        Ok(Some(Self {
            rows,
            count: counted(count),
            list: question.address(LIST),
        }))
    }
}

#[derive(Template)]
#[template(path = "record-card.html")]
struct CardPart {
    rows: Vec<Row>,
    count: String,
    list: String,
}

impl CardPart {
    fn panel(open: Open, id: &'static str, heading: &'static str) -> Result<Panel> {
        let Open { rows, count, list } = open;
        let part = Self { rows, count, list };
        Ok(Panel {
            id,
            heading,
            about: "that you work on, too",
            body: Html::of(&part)?,
        })
    }
}

/// The records that are open for a customer.
fn of_customer<'a>(reading: &'a Reading<'a>) -> Shown<'a> {
    Box::pin(async move {
        if !reading.is_shown_as_customer() {
            return Ok(None);
        }
        let session = reading.session;
        let customer = Some(session.id(reading.person));
        let open = Open::of(
            session,
            Question {
                customer,
                ..Question::default()
            },
        )
        .await?;
        open.map(|open| CardPart::panel(open, "open-for", "Open records for them"))
            .transpose()
    })
}

/// What staff note of a customer.
fn notes_on_customer<'a>(reading: &'a Reading<'a>) -> Shown<'a> {
    Box::pin(async move {
        if !reading.is_shown_as_customer() {
            return Ok(None);
        }
        let of = Card::Customer(reading.person);
        let body = notes_on(reading.session, of, reading.form_token()).await?;
        Ok(body.map(|body| Panel {
            id: "notes",
            heading: "Notes",
            about: "for staff alone",
            body,
        }))
    })
}

/// The open records that are assigned to a user.
fn of_user<'a>(reading: &'a Reading<'a>) -> Shown<'a> {
    Box::pin(async move {
        if !reading.is_shown_as_user() {
            return Ok(None);
        }
        let session = reading.session;
        let user = Some(session.id(reading.person));
        let open = Open::of(
            session,
            Question {
                user,
                ..Question::default()
            },
        )
        .await?;
        open.map(|open| CardPart::panel(open, "works-on", "Open records assigned to them"))
            .transpose()
    })
}

#[derive(Template)]
#[template(path = "company-card.html")]
struct CompanyPage {
    frame: Frame,
    people: String,
    open: Option<Open>,
    notes: Option<Html>,
}

async fn company(seen: Seen<CompanyId>) -> Result<Page<CompanyPage>> {
    let (session, company) = (&*seen, seen.on);
    let names = Names::of(session, [Name::Company(company)]).await?;
    let name = names.text(Name::Company(company));
    let id: CompanyRef = session.id(company);
    let path = format!("/service-desk/companies/{}", id.0);
    let people = id.0.to_string();
    let of = Card::Company(company);
    let company = Some(id);
    let frame = Frame::of(session, &name, &path, SECTION).await?;
    Ok(Page::new(CompanyPage {
        notes: notes_on(session, of, frame.form_token.as_deref()).await?,
        frame: frame.below(LIST, "Records"),
        people: address("/people/customers", &[("company", Some(&people))]),
        open: Open::of(
            session,
            Question {
                company,
                ..Question::default()
            },
        )
        .await?,
    }))
}
