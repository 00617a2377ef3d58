//! Import of people at a browser: a file is brought, its columns are chosen, it is tried, and then it is done, row by row, by the rules
//! that everybody is under ([`crate::import`]).
//!
//! One file of a person is kept at a time, for them alone (`ledger::KeptImport`): no address names it. `file.rs` takes it, `columns.rs` asks
//! what its columns are, `outcome.rs` shows how far it is and what became of it, `work.rs` does the work in the background.

mod choice;
mod columns;
mod file;
mod outcome;
mod rejects;
mod told;
mod words;
mod work;

use access::{
    PersonId, Subject,
    decide::permissions::{ConfigureDesk, ManageUsers},
};
use ledger::KeptImport;
use serde::Deserialize;
use web::{
    Problem, Result,
    guard::Anywhere,
    route::Route,
    session::{Session, failed},
};

/// Where it begins.
pub(super) const START: &str = "/people/import";
const COLUMNS: &str = "/people/import/columns";
const OUTCOME: &str = "/people/import/outcome";
/// The entry of the rail.
const PLACE: &str = "People";

pub(super) fn routes() -> Vec<Route> {
    [
        file::routes(),
        columns::routes(),
        outcome::routes(),
        rejects::routes(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Whoever may add somebody. What each row asks for besides is for its command to say.
type Importer = Anywhere<(ManageUsers, ConfigureDesk)>;

/// Whether the way there is offered. Whoever views as somebody else imports nothing (AD-27).
pub(super) fn opens(session: &Session) -> bool {
    session.viewer().is_none() && Importer::admits(&session.view())
}

/// A form that is about the file of its page, and says nothing else.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct About {
    import: String,
}

/// Whose file it is: one's own, and nobody else's to look at (AD-27).
fn oneself(session: &Session) -> Result<PersonId> {
    session.require_oneself()?;
    match session.subject {
        Subject::Person(person) => Ok(person),
        _ => Err(Problem::not_found()),
    }
}

async fn kept(session: &Session) -> Result<Option<KeptImport>> {
    let person = oneself(session)?;
    session.account.kept_import(person).await.map_err(failed)
}

/// The file that a form is about.
async fn kept_as(session: &Session, id: &str) -> Result<KeptImport> {
    let kept = kept(session).await?;
    kept.filter(|kept| kept.id == id).ok_or_else(another)
}

fn another() -> Problem {
    Problem::conflict(
        "another_file",
        "the file of that page is not here any more: begin again at People › Import",
    )
}

fn under_way() -> Problem {
    Problem::conflict(
        "import_runs",
        "an import of yours is under way: wait for its end, or stop it, at People › Import",
    )
}
