//! The rows in error: the first of them on the page, all that are kept as a file that can be mended and imported again.

use access::PersonId;
use web::{
    Problem, Result,
    page::Csv,
    route::{Route, get},
    session::{Session, failed},
};

use super::{Importer, kept, oneself, words};
use crate::import::{HEADS, Rejected};

/// How many the page shows.
pub(super) const SHOWN: usize = 100;

pub(super) fn routes() -> Vec<Route> {
    vec![get(
        "/people/import/rejects",
        "import.rejects",
        "The rows of one's file that are in error, with line, column and reason",
        all,
    )]
}

/// A row in error on the page.
#[derive(Debug)]
pub(super) struct Line {
    pub line: String,
    pub column: String,
    pub reason: String,
}

/// As they are kept.
pub(super) async fn read(session: &Session, person: PersonId, id: &str) -> Result<Vec<Line>> {
    let rows = rows(session, person, id).await?;
    let lines = rows.into_iter().map(|[line, column, reason, ..]| Line {
        line,
        column: words::named(&column).to_owned(),
        reason,
    });
    Ok(lines.collect())
}

async fn rows(session: &Session, person: PersonId, id: &str) -> Result<Vec<Rejected>> {
    let text = session.account.import_rejects(person, id).await;
    let text = text.map_err(failed)?.unwrap_or_default();
    if text.is_empty() {
        return Ok(Vec::new());
    }
    serde_json::from_str(&text).map_err(Problem::internal)
}

async fn all(session: Importer) -> Result<Csv> {
    let person = oneself(&session)?;
    let kept = kept(&session).await?.ok_or_else(Problem::not_found)?;
    let rows = rows(&session, person, &kept.id).await?;
    if rows.is_empty() {
        return Err(Problem::not_found());
    }
    let mut file = Csv::new("rejects.csv", &HEADS);
    for row in rows {
        file.row(row);
    }
    Ok(file)
}
