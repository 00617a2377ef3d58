//! The list of records, the newest first. Its filters stand in the address: ids and levels only.

use access::{decide::permissions::ManageRecord, explain::words::Name};
use askama::Template;
use serde::Deserialize;
use utoipa::IntoParams;
use web::{
    Result,
    page::{
        Frame, Page, Pager, SERVICE_DESK,
        names::{Mark, Names},
    },
    paging::Paging,
    part::Query,
    resource::ServiceRef,
    route::{Route, get},
    session::Session,
};

use super::{LIST, SECTION, path};
use crate::records::{
    Assignee, Kind, Record,
    rest::{Desk, Reader},
    store::{Asked, COUNTED_MAX, Whose},
    titled,
};

pub(super) fn routes() -> Vec<Route> {
    vec![
        get(
            LIST,
            "records_page.list",
            "The records that the reader works on, the newest first",
            show,
        )
        .in_section(&SERVICE_DESK, "Records"),
    ]
}

/// Which records. A form names every field; what is empty asks for nothing.
#[derive(Debug, Default, Deserialize, IntoParams)]
struct Which {
    /// Of a service, by its id.
    service: Option<String>,
    /// Of a kind, by its word.
    kind: Option<String>,
    /// `open`, `done`; both where it is not said.
    state: Option<String>,
    /// `mine`, `nobodys`; everybody's where it is not said.
    whose: Option<String>,
}

impl Which {
    /// What it asks for; what names nothing that the reader knows asks for nothing at all.
    fn asked(&self, session: &Session) -> Option<Asked> {
        let said = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
        let service = match said(&self.service) {
            None => None,
            Some(id) => Some(
                session
                    .named("service", id.parse().map(web::resource::Id).ok()?)
                    .ok()?,
            ),
        };
        let kind = match said(&self.kind) {
            None => None,
            Some(word) => Some(Kind::ALL.into_iter().find(|kind| kind.word() == word)?),
        };
        let open = match said(&self.state).as_deref() {
            None => None,
            Some("open") => Some(true),
            Some("done") => Some(false),
            Some(_) => return None,
        };
        let whose = match said(&self.whose).as_deref() {
            None => None,
            Some("mine") => Some(Whose::Assignee(Assignee::User(session.owner().ok()?))),
            Some("nobodys") => Some(Whose::Nobody),
            Some(_) => return None,
        };
        Some(Asked {
            service,
            kind,
            open,
            whose,
            ..Asked::default()
        })
    }

    fn parameters(&self) -> [(&str, Option<&str>); 4] {
        fn said(text: Option<&str>) -> Option<&str> {
            text.filter(|text| !text.is_empty())
        }
        [
            ("service", said(self.service.as_deref())),
            ("kind", said(self.kind.as_deref())),
            ("state", said(self.state.as_deref())),
            ("whose", said(self.whose.as_deref())),
        ]
    }
}

struct Choice {
    value: String,
    label: String,
    is_chosen: bool,
}

impl Choice {
    fn new(value: impl Into<String>, label: impl Into<String>, chosen: Option<&String>) -> Self {
        let value = value.into();
        Self {
            is_chosen: chosen == Some(&value),
            label: label.into(),
            value,
        }
    }
}

/// A field of the filter.
struct Select {
    name: &'static str,
    label: &'static str,
    any: &'static str,
    choices: Vec<Choice>,
}

struct Row {
    href: String,
    number: i64,
    title: String,
    kind: &'static str,
    service: Mark,
    customer: Option<Mark>,
    state: &'static str,
    shape: &'static str,
    priority: &'static str,
    assignee: Option<Mark>,
}

impl Row {
    fn of(record: &Record, names: &Names<'_>) -> Self {
        let content = &record.content;
        Self {
            href: path(record.id),
            number: record.number,
            title: titled(&content.title).to_owned(),
            kind: record.kind.title(),
            service: names.mark(Name::Service(record.service)),
            customer: content.customer.map(|one| names.mark(Name::Person(one))),
            state: record.state_name(),
            shape: if content.status.is_open() {
                "on"
            } else {
                "none"
            },
            priority: content.priority.word(),
            assignee: content.assignee.map(|one| names.mark(one.name())),
        }
    }
}

#[derive(Template)]
#[template(path = "records.html")]
struct ListPage {
    frame: Frame,
    selects: Vec<Select>,
    rows: Vec<Row>,
    /// How many there are, in words.
    count: String,
    is_filtered: bool,
    pager: Pager,
    /// Where a record is opened; absent where nobody may.
    new: Option<&'static str>,
}

async fn show(
    reader: Reader,
    paging: Paging,
    Query(which): Query<Which>,
) -> Result<Page<ListPage>> {
    let session = &*reader;
    let view = session.view();
    let visible = view.visible_records(ManageRecord);
    let (records, next, count) = match which.asked(session) {
        // AD-26: what is not known is nobody's.
        None => (Vec::new(), None, 0),
        Some(asked) => {
            let mut desk = Desk::open(session).await?;
            let (page, count) = desk.page(session, &paging, &asked).await?;
            (page.items, page.next, count)
        }
    };
    let services = visible.services();
    let named = records.iter().flat_map(|record| record.names(&view));
    let named = named.chain(services.iter().map(|one| Name::Service(*one)));
    // SD-19: whoever reads a record is told whom it names.
    let names = Names::of_shown(session, named.collect::<Vec<_>>()).await?;
    let service = |one: &access::ServiceId| {
        let id: ServiceRef = session.id(*one);
        let name = names.text(Name::Service(*one));
        Choice::new(id.0.to_string(), name, which.service.as_ref())
    };
    let kind = |kind: Kind| Choice::new(kind.word(), kind.title(), which.kind.as_ref());
    let state = |(value, label)| Choice::new(value, label, which.state.as_ref());
    let whose = |(value, label)| Choice::new(value, label, which.whose.as_ref());
    let selects = vec![
        Select {
            name: "service",
            label: "Service",
            any: "every service",
            choices: services.iter().map(service).collect(),
        },
        Select {
            name: "kind",
            label: "Kind",
            any: "every kind",
            choices: Kind::ALL.map(kind).into(),
        },
        Select {
            name: "state",
            label: "State",
            any: "open and done",
            choices: [("open", "open"), ("done", "resolved or closed")]
                .map(state)
                .into(),
        },
        Select {
            name: "whose",
            label: "Assigned to",
            any: "anybody",
            choices: [("mine", "me"), ("nobodys", "nobody")].map(whose).into(),
        },
    ];
    let parameters = which.parameters();
    Ok(Page::new(ListPage {
        frame: Frame::of(session, "Records", LIST, SECTION).await?,
        rows: records
            .iter()
            .map(|record| Row::of(record, &names))
            .collect(),
        count: counted(count),
        is_filtered: parameters.iter().any(|(_, value)| value.is_some()),
        pager: Pager::filtered(&paging, LIST, &parameters, next),
        new: session.opens(super::new::PATH).then_some(super::new::PATH),
        selects,
    }))
}

fn counted(count: i64) -> String {
    match usize::try_from(count) {
        Ok(1) => "One record".to_owned(),
        Ok(count) if count as i64 <= COUNTED_MAX => {
            format!("{} records", web::page::count(count))
        }
        _ => format!(
            "More than {} records",
            web::page::count(COUNTED_MAX as usize)
        ),
    }
}
