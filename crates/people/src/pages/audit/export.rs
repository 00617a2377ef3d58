//! The audit log as a file for spreadsheets. It is read while it is sent, and whoever loses the right to it meanwhile gets no more of it
//! (AD-28).

use access::decide::{OnAccount, permissions::ViewAudit};
use web::{
    Result,
    decision::timestamp,
    guard::{May, TheAccount},
    page::{CsvStream, Rows},
    part::Query,
    route::{Route, get},
    session::Session,
    sign_ins::SignIns,
};

use super::{Fact, Told, actor, job, stored_field};
use crate::audit::{Act, Filter, Start, acts};

pub(super) const PATH: &str = "/audit/export";
/// Acts of a file at most, and acts that are read at once; its last row says so.
const ACTS_MAX: usize = 10_000;
const ACTS_AT_ONCE: usize = 100;
/// `act` is the key, for programs; the words beside it are those of the page.
const COLUMNS: [&str; 9] = [
    "version",
    "at",
    "actor",
    "act",
    "act_in_words",
    "face",
    "request",
    "what",
    "before",
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
    sign_ins: SignIns,
    Query(filter): Query<Filter>,
) -> Result<CsvStream> {
    let export = Export {
        session: Session::clone(&may),
        sign_ins,
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
    sign_ins: SignIns,
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
        let session = self.session.anew(&self.sign_ins).await?;
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
    /// A row for each change of an act; an act of which no change is told has a row too.
    fn lines(&self, act: &Act) -> Vec<Vec<String>> {
        let entry = &act.entry;
        let say = |fact: &Fact| fact.text(|name| self.names.text(name));
        let who = match actor(entry) {
            Some(name) => self.names.text(name),
            None => job(&entry.actor).to_owned(),
        };
        let begin = [
            entry.position.to_string(),
            timestamp(entry.at).to_string(),
            who,
            entry.act.clone(),
            say(&self.act(act)),
            entry.face.clone(),
            entry.request.clone(),
        ];
        let line = |what: String, before: String| {
            let rest = [what, before];
            begin.iter().cloned().chain(rest).collect::<Vec<_>>()
        };
        let mut lines: Vec<_> = self
            .changes(act)
            .map(|changed| {
                let mut what = say(&changed.after);
                for value in changed.values {
                    let field = stored_field(value.field);
                    let (before, after) = (value.before, value.after);
                    let said =
                        |value: Option<String>| value.unwrap_or_else(|| "nothing".to_owned());
                    let (before, after) = (said(before), said(after));
                    what.push_str(&format!("; {field}: {before} → {after}"));
                }
                let before: Vec<_> = changed.before.iter().map(say).collect();
                line(what, before.join("; "))
            })
            .collect();
        if lines.is_empty() {
            lines.push(line(String::new(), String::new()));
        }
        lines
    }
}
