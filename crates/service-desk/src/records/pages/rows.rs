//! Records as rows of a list.

use access::{Moment, explain::words::Name};
use web::{
    Result,
    page::names::{Mark, Names},
    session::Session,
};

use super::path;
use crate::records::{
    Record,
    desk::{Count, Desk},
    presets::Category,
    titled,
};

/// A record as a row.
pub(super) struct Row {
    pub href: String,
    pub number: i64,
    pub title: String,
    pub kind: &'static str,
    pub category: Option<String>,
    pub service: Mark,
    pub customer: Option<Mark>,
    pub state: &'static str,
    pub shape: &'static str,
    pub priority: &'static str,
    /// In words, with their shape.
    pub due: Option<(String, &'static str)>,
    pub assignee: Option<Mark>,
}

impl Row {
    fn of(record: &Record, names: &Names<'_>, categories: &[Category], now: Moment) -> Self {
        let content = &record.content;
        Self {
            href: path(record.id),
            number: record.number,
            title: titled(&content.title).to_owned(),
            kind: record.kind.title(),
            category: category(record, categories),
            service: names.mark(Name::Service(record.service)),
            customer: content.customer.map(|one| names.mark(Name::Person(one))),
            state: record.state_name(),
            shape: if content.status.is_open() {
                "on"
            } else {
                "none"
            },
            priority: content.priority.word(),
            due: record.due_words(now),
            assignee: content.assignee.map(|one| names.mark(one.name())),
        }
    }
}

/// What the category of a record is called, among these.
pub(super) fn category(record: &Record, categories: &[Category]) -> Option<String> {
    let wanted = record.content.category?;
    let found = categories.iter().find(|one| one.id == wanted);
    found.cloned().map(Category::title)
}

/// The categories of the services of some records that the reader sees.
pub(super) async fn categories(session: &Session, records: &[Record]) -> Result<Vec<Category>> {
    let with_one = records.iter().filter(|one| one.content.category.is_some());
    let mut services: Vec<_> = with_one.map(|one| one.service).collect();
    services.sort_unstable();
    services.dedup();
    if services.is_empty() {
        return Ok(Vec::new());
    }
    Desk::open(session)
        .await?
        .categories(session, &services)
        .await
}

/// The rows of some records, and the names that stand in them and beside them.
pub(super) async fn rows<'s>(
    session: &'s Session,
    records: &[Record],
    beside: impl IntoIterator<Item = Name>,
) -> Result<(Vec<Row>, Names<'s>)> {
    let view = session.view();
    let named = records.iter().flat_map(|record| record.names(&view));
    let named: Vec<_> = named.chain(beside).collect();
    // SD-19: whoever reads a record is told whom it names.
    let names = Names::of_shown(session, named).await?;
    let categories = categories(session, records).await?;
    let rows = records
        .iter()
        .map(|record| Row::of(record, &names, &categories, session.now()));
    Ok((rows.collect(), names))
}

/// How many records there are, as a sentence.
pub(super) fn counted(count: Count) -> String {
    match count {
        Count::Exactly(1) => "One record".to_owned(),
        Count::Exactly(count) => format!("{} records", web::page::count(count)),
        Count::More(count) => format!("More than {} records", web::page::count(count)),
        Count::Common => "Very many records".to_owned(),
    }
}
