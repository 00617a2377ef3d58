//! Which column of the file is which of ours.

use std::collections::BTreeMap;

use askama::Template;
use ledger::{ImportStage, KeptImport};
use web::{
    Problem, Result,
    page::{Either, Frame, Page, SeeOther, Taken, form::Form, sentence},
    route::{Route, get, post},
    session::{Session, failed},
    sign_ins::SignIns,
};

use super::{
    COLUMNS, Importer, OUTCOME, PLACE, START, another, choice::Choice, kept, kept_as, oneself,
    words, work,
};
use crate::import::{self, Column, Form as FileForm, Held, ImportError, Look};

/// Rows of the file that are shown.
const SAMPLES: usize = 3;
/// Characters of a value that are shown.
const VALUE_CHARS: usize = 60;

pub(super) fn routes() -> Vec<Route> {
    vec![
        get(
            COLUMNS,
            "import.columns",
            "The columns of one's file, and what they seem to be",
            show,
        ),
        post(
            COLUMNS,
            "import.try",
            "Choose what the columns are, and try the file without changing anything",
            begin_trial,
        ),
    ]
}

/// One of ours, to be chosen.
#[derive(Debug)]
struct Option_ {
    value: &'static str,
    label: &'static str,
    is_chosen: bool,
}

/// A column of the file.
#[derive(Debug)]
struct Row {
    field: String,
    name: String,
    values: Vec<String>,
    options: Vec<Option_>,
}

#[derive(Debug, Template)]
#[template(path = "import-columns.html")]
struct ColumnsPage {
    frame: Frame,
    id: String,
    file: String,
    rows: Vec<Row>,
    create_missing: bool,
    send_invitations: bool,
    wrong: Option<String>,
    /// The file could not even be looked at.
    is_unreadable: bool,
    /// It is no Unicode, and was read as what spreadsheets write.
    is_guessed: bool,
}

/// A file with what it looks like.
struct Looked {
    kept: KeptImport,
    bytes: Vec<u8>,
    look: Result<Look, ImportError>,
}

impl Looked {
    async fn at(session: &Session, kept: KeptImport) -> Result<Self> {
        let person = oneself(session)?;
        let bytes = session.account.import_file(person, &kept.id).await;
        let bytes = bytes.map_err(failed)?.ok_or_else(another)?;
        let form = FileForm::of(kept.name.as_ref());
        let looking = tokio::task::spawn_blocking(move || {
            let held = Held::new(bytes.as_slice().into(), form);
            let look = import::look(&held, SAMPLES);
            (bytes, look)
        });
        let (bytes, look) = looking.await.map_err(Problem::internal)?;
        Ok(Self { kept, bytes, look })
    }
}

async fn show(session: Importer) -> Result<Either<SeeOther, Page<ColumnsPage>>> {
    let Some(kept) = kept(&session).await? else {
        return Ok(Either::Done(SeeOther::to(START)));
    };
    if kept.is_running || kept.stage == ImportStage::Done {
        return Ok(Either::Done(SeeOther::to(OUTCOME)));
    }
    let chosen = Choice::of(&kept.choice);
    let looked = Looked::at(&session, kept).await?;
    let page = page(&session, looked, chosen, None).await?;
    Ok(Either::Again(Page::new(page)))
}

async fn page(
    session: &Session,
    looked: Looked,
    chosen: Option<Choice>,
    wrong: Option<String>,
) -> Result<ColumnsPage> {
    let is_guessed = import::encoding_of(&looked.bytes).is_some();
    let (columns, unreadable) = match looked.look {
        Ok(look) => (look.columns, None),
        Err(error) => (Vec::new(), Some(sentence(&error.to_string()))),
    };
    let rows = columns.into_iter().enumerate().map(|(at, seen)| {
        let ours = match &chosen {
            None => seen.guess,
            Some(chosen) => chosen.of_column(&seen.name),
        };
        Row {
            field: field(at),
            values: seen
                .values
                .iter()
                .filter_map(|value| shown(value))
                .collect(),
            name: seen.name,
            options: options(ours),
        }
    });
    let rows = rows.collect();
    let chosen = chosen.unwrap_or_default();
    Ok(ColumnsPage {
        frame: Frame::of(session, "Choose the columns", COLUMNS, PLACE)
            .await?
            .below(START, "Import people"),
        id: looked.kept.id,
        file: looked.kept.name,
        rows,
        create_missing: chosen.create_missing,
        send_invitations: chosen.send_invitations,
        is_unreadable: unreadable.is_some(),
        wrong: wrong.or(unreadable),
        is_guessed,
    })
}

fn field(at: usize) -> String {
    format!("c{at}")
}

fn shown(value: &str) -> Option<String> {
    let value = value.trim();
    if value.is_empty() {
        return None;
    }
    let mut text: String = value.chars().take(VALUE_CHARS).collect();
    if text.len() < value.len() {
        text.push('…');
    }
    Some(text)
}

fn options(chosen: Option<Column>) -> Vec<Option_> {
    let option = |column: Column| Option_ {
        value: column.name(),
        label: words::column(column).0,
        is_chosen: chosen == Some(column),
    };
    Column::ALL.into_iter().map(option).collect()
}

async fn begin_trial(
    session: Importer,
    sign_ins: SignIns,
    Form(mut fields): Form<BTreeMap<String, String>>,
) -> Result<Taken<ColumnsPage>> {
    let id = fields.remove("import").unwrap_or_default();
    let looked = Looked::at(&session, kept_as(&session, &id).await?).await?;
    let mut choice = Choice {
        columns: Vec::new(),
        create_missing: fields.remove("create_missing").is_some(),
        send_invitations: fields.remove("send_invitations").is_some(),
    };
    let names = looked.look.as_ref().map_or(&[][..], |look| &look.columns);
    for (at, seen) in names.iter().enumerate() {
        let ours = fields.remove(&field(at)).unwrap_or_default();
        if ours.is_empty() {
            continue;
        }
        if Column::from_name(&ours).is_none() {
            return Err(Problem::invalid(field(at), "there is no such column"));
        }
        choice.columns.push((ours, seen.name.clone()));
    }
    if let Some((unknown, _)) = fields.pop_first() {
        return Err(Problem::invalid(unknown, "there is no such field"));
    }
    if let Err(error) = choice.mapping() {
        let wrong = wrong(&error);
        let page = page(&session, looked, Some(choice), Some(wrong)).await?;
        return Ok(Taken::Again(Page::again(page)));
    }
    let stage = ImportStage::Trying;
    work::begin(&session, &sign_ins, looked.kept, choice, stage).await?;
    Ok(Taken::Done(SeeOther::to(OUTCOME)))
}

/// In the words of the page.
fn wrong(error: &ImportError) -> String {
    let ImportError::Header { column, .. } = error else {
        return sentence(&error.to_string());
    };
    let ours = words::named(column);
    if Column::from_name(column) == Some(Column::Email) && !error.to_string().contains("twice") {
        return "Choose which column holds the e-mail address: people are recognised by it."
            .to_owned();
    }
    format!("{ours} is chosen for two columns, and holds one value: pass over one of them.")
}
