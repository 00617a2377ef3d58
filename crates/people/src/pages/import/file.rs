//! The file: how one looks, and where it is brought.

use askama::Template;
use web::{
    Problem, Result,
    page::{Csv, Frame, Page, SeeOther, Taken, form::Form, upload::Upload},
    route::{Route, get, post},
    session::{Session, failed},
};

use super::{
    About, COLUMNS, Importer, OUTCOME, PLACE, START, kept, kept_as, oneself, under_way, words,
};
use crate::import::Column;

/// Bytes of a file at most.
const MOST: usize = 8 * 1024 * 1024;
/// The longest name of a file that is kept, in characters.
const NAME_CHARS: usize = 100;

pub(super) fn routes() -> Vec<Route> {
    vec![
        get(START, "import.page", "A form for a file of people", show),
        post(
            START,
            "import.bring",
            "Keep a file of people for whoever brings it",
            bring,
        ),
        post(
            "/people/import/forget",
            "import.forget",
            "Take one's file away, and what became of it",
            forget,
        ),
        get(
            "/people/import/example",
            "import.example",
            "A small file of people, to be filled in",
            example,
        ),
    ]
}

/// One of our columns.
#[derive(Debug)]
struct Ours {
    name: &'static str,
    label: &'static str,
    about: &'static str,
}

/// A file that was brought before.
#[derive(Debug)]
struct Before {
    id: String,
    name: String,
    /// Where to go on.
    href: &'static str,
    is_running: bool,
}

#[derive(Debug, Template)]
#[template(path = "import-file.html")]
struct FilePage {
    frame: Frame,
    before: Option<Before>,
    wrong: Option<&'static str>,
    columns: Vec<Ours>,
    most: &'static str,
}

async fn show(session: Importer) -> Result<Page<FilePage>> {
    Ok(Page::new(page(&session, None).await?))
}

async fn page(session: &Session, wrong: Option<&'static str>) -> Result<FilePage> {
    let before = kept(session).await?.map(|kept| Before {
        href: match kept.stage {
            ledger::ImportStage::Brought => COLUMNS,
            _ => OUTCOME,
        },
        id: kept.id,
        name: kept.name,
        is_running: kept.is_running,
    });
    let columns = Column::ALL.map(|column| {
        let (label, about) = words::column(column);
        let name = column.name();
        Ours { name, label, about }
    });
    Ok(FilePage {
        frame: Frame::of(session, "Import people", START, PLACE).await?,
        before,
        wrong,
        columns: columns.into(),
        most: "8 MB",
    })
}

async fn bring(session: Importer, file: Upload<MOST>) -> Result<Taken<FilePage>> {
    let person = oneself(&session)?;
    let again = async |wrong| {
        Ok(Taken::Again(Page::again(
            page(&session, Some(wrong)).await?,
        )))
    };
    let Some(bytes) = file.bytes else {
        return again(
            "This file is larger than 8 MB. Divide it, and import its parts one after the other.",
        )
        .await;
    };
    if file.name.is_empty() {
        return again("Choose a file first.").await;
    }
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return again("This file is empty.").await;
    }
    let name: String = file.name.chars().take(NAME_CHARS).collect();
    let kept = session.account.keep_import(person, &name, &bytes).await;
    match kept.map_err(failed)? {
        Some(_) => Ok(Taken::Done(SeeOther::to(COLUMNS))),
        None => Err(under_way()),
    }
}

async fn forget(session: Importer, Form(about): Form<About>) -> Result<SeeOther> {
    let person = oneself(&session)?;
    kept_as(&session, &about.import).await?;
    let dropped = session.account.drop_import(person).await;
    if dropped.map_err(failed)? {
        Ok(SeeOther::to(START).saying("The file is taken away. What was done stays done."))
    } else {
        Err(under_way())
    }
}

async fn example(session: Importer) -> Result<Csv, Problem> {
    oneself(&session)?;
    let columns = [
        Column::Email,
        Column::Name,
        Column::Kind,
        Column::Phone,
        Column::Title,
        Column::Language,
        Column::ExternalId,
        Column::Company,
        Column::Groups,
        Column::PortalLevel,
    ];
    let mut csv = Csv::new("people.csv", &columns.map(Column::name));
    csv.row([
        "ann.lee@orchard.example",
        "Ann Lee",
        "customer",
        "030 555 0100",
        "Office manager",
        "en",
        "K-1042",
        "Orchard",
        "",
        "standard",
    ]);
    csv.row([
        "bo.berg@meridian.example",
        "Bo Berg",
        "user",
        "",
        "Technician",
        "de",
        "",
        "",
        "First line; Second line",
        "",
    ]);
    Ok(csv)
}
