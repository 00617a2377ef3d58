//! The sign-in log as a file for spreadsheets. It is read while it is sent, and whoever loses the right to it meanwhile gets no more of it
//! (AD-28).

use std::collections::HashMap;

use access::{
    Dense, PersonId, State, View,
    decide::{OnAccount, permissions::ViewAudit},
};
use ledger::{Account, Field, Place, SignInEntry, SignInFilter, SignInPlace, read_profiles};
use web::{
    Result,
    decision::timestamp,
    guard::{May, TheAccount},
    page::{CsvStream, Rows},
    part::Query,
    route::{Route, get},
    session::{Session, failed, id_in},
    sign_ins::SignIns,
};

use crate::sign_in_log::Which;

pub(crate) const PATH: &str = "/audit/sign-ins/export";
/// Entries of one file.
const ROWS_MAX: usize = 100_000;
pub(crate) const ROWS_MAX_IN_WORDS: &str = "100,000";
/// Entries that are read at once.
const ROWS_AT_ONCE: usize = 1_000;
/// One row.
type Row = [String; 4];
const COLUMNS: [&str; 4] = ["at", "what", "person", "name"];

pub(crate) fn routes() -> Vec<Route> {
    vec![get(
        PATH,
        "sign_in_log.export",
        "The same as a file for spreadsheets",
        export,
    )]
}

async fn export(
    may: May<ViewAudit, TheAccount>,
    sign_ins: SignIns,
    Query(which): Query<Which>,
) -> Result<CsvStream> {
    let filter = which.filter(&may)?;
    may.permit()?;
    let progress = Progress {
        session: Session::clone(&may),
        sign_ins,
        filter,
        after: None,
        left: ROWS_MAX,
        over: false,
    };
    CsvStream::new("sign-ins.csv", COLUMNS, progress).await
}

/// How far an export has come.
struct Progress {
    session: Session,
    sign_ins: SignIns,
    filter: SignInFilter,
    after: Option<SignInPlace>,
    left: usize,
    over: bool,
}

impl Rows for Progress {
    type Row = Row;

    async fn next(&mut self) -> Result<Option<Vec<Row>>> {
        if self.over {
            return Ok(None);
        }
        let session = self.session.anew(&self.sign_ins).await?;
        session.permit(ViewAudit, OnAccount)?;
        let (account, view) = (&session.account, session.view());
        let limit = ROWS_AT_ONCE.min(self.left + 1);
        let limit = u32::try_from(limit).unwrap_or(u32::MAX);
        let entries = account.sign_in_log(&self.filter, self.after, limit).await;
        let mut entries = entries.map_err(failed)?;
        let cut = entries.len() > self.left;
        entries.truncate(self.left);
        self.over = cut || entries.len() < ROWS_AT_ONCE;
        self.left -= entries.len();
        self.after = entries.last().map(SignInEntry::place);
        let names = names(account, &view, &entries).await?;
        let mut rows: Vec<_> = entries
            .iter()
            .map(|entry| row(session.state(), &view, entry, &names))
            .collect();
        if cut {
            let told =
                format!("cut off after {ROWS_MAX_IN_WORDS} entries: export fewer days at once");
            rows.push([told, String::new(), String::new(), String::new()]);
        }
        Ok(Some(rows))
    }
}

/// Of those whom the caller sees.
async fn names(
    account: &Account,
    view: &View<'_>,
    entries: &[SignInEntry],
) -> Result<HashMap<u32, String>> {
    let people = entries.iter().filter_map(|entry| entry.person);
    let mut people: Vec<PersonId> = people.filter(|person| view.sees(*person)).collect();
    people.sort_unstable();
    people.dedup();
    if people.is_empty() {
        return Ok(HashMap::new());
    }
    let mut reading = account.read().await.map_err(failed)?;
    let places = people
        .into_iter()
        .map(|person| (account.id(), Place::of(person)));
    let found = read_profiles(&mut reading.tx, places)
        .await
        .map_err(failed)?;
    let named = found.into_iter().filter_map(|((_, place), _, profile)| {
        let name = profile.get(Field::Name).or(profile.get(Field::Email))?;
        Some((place.entity, name.to_owned()))
    });
    Ok(named.collect())
}

fn row(state: &State, view: &View<'_>, entry: &SignInEntry, names: &HashMap<u32, String>) -> Row {
    let person = entry.person.filter(|person| view.sees(*person));
    let id = person.map(|person| id_in(state, person).0.to_string());
    let name = person.and_then(|person| names.get(&person.number()).cloned());
    [
        timestamp(entry.at).to_string(),
        entry.what.name().to_owned(),
        id.unwrap_or_default(),
        name.unwrap_or_default(),
    ]
}
