//! A list as a file. It is read stretch by stretch, each with the rights of its own moment: whoever loses access in between gets no more of it.

use access::explain::words::Name;
use web::{
    Result,
    page::{CsvStream, Rows, count, moment, names::Names},
    part::Query,
    route::{Route, get},
    session::Session,
    sign_ins::SignIns,
};

use super::{
    list::{Kept, Wanted},
    rows::{categories, category},
};
use crate::records::{
    Record,
    desk::Desk,
    question::Question,
    rest::Reader,
    store::{Asked, Order, Place},
};

pub(super) const PATH: &str = "/service-desk/records/export";

/// Records that are read at once.
const AT_ONCE: usize = 500;
/// Records that a file has at most.
const RECORDS_MAX: usize = 1_000_000;

const HEADS: [&str; 14] = [
    "number",
    "kind",
    "service",
    "title",
    "state",
    "reason",
    "priority",
    "category",
    "customer",
    "company",
    "assigned_to",
    "due",
    "opened",
    "changed",
];

pub(super) fn routes() -> Vec<Route> {
    vec![get(
        PATH,
        "records_page.export",
        "The records of a list as a file, as far as the reader works on them",
        export,
    )]
}

async fn export(
    reader: Reader,
    sign_ins: SignIns,
    Query(question): Query<Question>,
    Query(kept): Query<Kept>,
) -> Result<CsvStream> {
    let session = &*reader;
    let Wanted {
        question, typed, ..
    } = Wanted::of(session, question, &kept).await?;
    typed.kept()?;
    let mut asked = question.asked(session)?;
    if let Some(text) = typed.text() {
        let mut desk = Desk::open(session).await?;
        desk.look_for(session, &mut asked, text).await?;
    }
    // It is read stretch by stretch while people work: by number, no record is passed over or written twice because it was changed meanwhile.
    asked.order = Order::Newest;
    let export = Export {
        session: session.clone(),
        sign_ins,
        asked,
        after: None,
        left: RECORDS_MAX,
        is_over: false,
    };
    CsvStream::new("records.csv", HEADS, export).await
}

/// How far a file has come.
struct Export {
    session: Session,
    sign_ins: SignIns,
    asked: Asked,
    after: Option<Place>,
    left: usize,
    is_over: bool,
}

impl Rows for Export {
    type Row = Vec<String>;

    async fn next(&mut self) -> Result<Option<Vec<Self::Row>>> {
        if self.is_over {
            return Ok(None);
        }
        let most = AT_ONCE.min(self.left);
        // AD-24: whoever is signed out meanwhile gets no more of it.
        let session = self.session.anew(&self.sign_ins).await?;
        let mut desk = Desk::open(&session).await?;
        let records = desk.some(&session, &self.asked, self.after, most).await?;
        self.left -= records.len();
        self.is_over = records.len() < AT_ONCE;
        self.after = records.last().map(|last| self.asked.order.place(last));
        let mut rows = rows(&session, &records).await?;
        // A reader of a part has to notice that it is one.
        if self.left == 0 {
            self.is_over = true;
            let said = format!("cut off after {} records", count(RECORDS_MAX));
            rows.push(
                std::iter::once(said)
                    .chain(vec![String::new(); HEADS.len() - 1])
                    .collect(),
            );
        }
        Ok(Some(rows))
    }
}

async fn rows(session: &Session, records: &[Record]) -> Result<Vec<Vec<String>>> {
    let view = session.view();
    let named = records.iter().flat_map(|record| record.names(&view));
    // SD-19: whoever reads a record is told whom it names.
    let names = Names::of_shown(session, named.collect::<Vec<_>>()).await?;
    let categories = categories(session, records).await?;
    let text = |name: Option<Name>| name.map(|name| names.text(name)).unwrap_or_default();
    let row = |record: &Record| {
        let content = &record.content;
        vec![
            record.number.to_string(),
            record.kind.word().to_owned(),
            text(Some(Name::Service(record.service))),
            content.title.clone(),
            record.state_name().to_owned(),
            content
                .reason
                .map(|one| one.word().to_owned())
                .unwrap_or_default(),
            content.priority.word().to_owned(),
            category(record, &categories).unwrap_or_default(),
            text(content.customer.map(Name::Person)),
            text(record.company_for(&view).map(Name::Company)),
            text(content.assignee.map(|one| one.name())),
            record.deadlines.due_at.map(moment).unwrap_or_default(),
            moment(record.opened_at),
            moment(record.changed_at),
        ]
    };
    Ok(records.iter().map(row).collect())
}
