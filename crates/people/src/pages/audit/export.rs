//! The audit log as a file for spreadsheets. It is read while it is sent, and whoever loses the right to it meanwhile gets no more of it
//! (AD-28).

use access::{
    Event,
    decide::{OnAccount, permissions::ViewAudit},
};
use web::{
    Result,
    guard::{May, TheAccount},
    page::{self, CsvStream, Rows},
    part::Query,
    route::{Route, get},
    session::Session,
};

use super::{Told, actor, job, stored_field};
use crate::audit::{Act, Filter, Start, acts};

pub(super) const PATH: &str = "/audit/export";
/// Acts of a file at most, and acts that are read at once; its last row says so.
const ACTS_MAX: usize = 10_000;
const ACTS_AT_ONCE: usize = 100;
const COLUMNS: [&str; 8] = [
    "version", "at", "actor", "act", "face", "request", "what", "before",
];

pub(super) fn route() -> Route {
    get(
        PATH,
        "audit.export",
        "The same as a file for spreadsheets",
        export,
    )
}

async fn export(
    may: May<ViewAudit, TheAccount>,
    Query(filter): Query<Filter>,
) -> Result<CsvStream> {
    let export = Export {
        session: Session::clone(&may),
        filter,
        start: None,
        written: 0,
        is_over: false,
    };
    CsvStream::new("audit.csv", COLUMNS, export).await
}

/// How far a file has come.
struct Export {
    session: Session,
    filter: Filter,
    start: Option<Start>,
    written: usize,
    is_over: bool,
}

impl Rows for Export {
    type Row = Vec<String>;

    async fn next(&mut self) -> Result<Option<Vec<Vec<String>>>> {
        if self.is_over {
            return Ok(None);
        }
        let session = self.session.anew()?;
        let permit = session.permit(ViewAudit, OnAccount)?;
        let (found, next) = acts(&session, permit, &self.filter, self.start, ACTS_AT_ONCE).await?;
        let told = Told::read(&session, &found, &self.filter).await?;
        let mut rows: Vec<_> = found.iter().flat_map(|act| told.lines(act)).collect();
        self.written += found.len();
        self.start = next;
        self.is_over = next.is_none() || self.written >= ACTS_MAX;
        if self.is_over && next.is_some() {
            rows.push(vec![format!(
                "There are more than {ACTS_MAX} acts: narrow the days."
            )]);
        }
        Ok(Some(rows))
    }
}

impl Told<'_> {
    /// A row for each change of an act.
    fn lines(&self, act: &Act) -> Vec<Vec<String>> {
        let entry = &act.entry;
        let who = match actor(entry) {
            Some(name) => self.names.text(name),
            None => job(&entry.actor).to_owned(),
        };
        let say = |event: &Event| self.told(event).text(|name| self.names.text(name));
        let line = |(event, before): &(Event, Vec<Event>)| {
            let mut what = say(event);
            for value in self.values.of(self.session, entry, event) {
                let field = stored_field(value.field);
                let (before, after) = (value.before, value.after);
                let (before, after) = (before.unwrap_or_default(), after.unwrap_or_default());
                what.push_str(&format!("; {field}: {before} → {after}"));
            }
            let before: Vec<_> = before.iter().map(say).collect();
            vec![
                entry.position.to_string(),
                page::moment(entry.at),
                who.clone(),
                entry.act.clone(),
                entry.face.clone(),
                entry.request.clone(),
                what,
                before.join("; "),
            ]
        };
        act.changes.iter().map(line).collect()
    }
}
