//! My work: the first page of the desk. What somebody has to care for, each sort of it with its number.

use askama::Template;
use serde::{Deserialize, Serialize};
use utoipa::IntoParams;
use web::{
    Result,
    page::{Frame, Page, Pager, SERVICE_DESK, address},
    paging::Paging,
    part::Query,
    route::{Route, get},
};

use super::{
    LIST, SECTION,
    list::here,
    rows::{Row, rows},
};
use crate::records::{
    desk::{Count, Desk},
    question::{DueWord, Question, SortWord, WhoseWord},
    rest::Reader,
    store::StateAsked,
};

const PATH: &str = "/service-desk/my-work";

pub(super) fn routes() -> Vec<Route> {
    vec![
        get(
            PATH,
            "records_page.my_work",
            "What the reader has to care for",
            show,
        )
        .in_section(&SERVICE_DESK, "My work"),
    ]
}

/// A sort of work.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Sort {
    #[default]
    Mine,
    MyGroups,
    Nobodys,
    Answered,
    Soon,
    Late,
}

impl Sort {
    const ALL: [Sort; 6] = [
        Sort::Mine,
        Sort::MyGroups,
        Sort::Nobodys,
        Sort::Answered,
        Sort::Soon,
        Sort::Late,
    ];

    fn word(self) -> &'static str {
        match self {
            Sort::Mine => "mine",
            Sort::MyGroups => "my_groups",
            Sort::Nobodys => "nobodys",
            Sort::Answered => "answered",
            Sort::Soon => "soon",
            Sort::Late => "late",
        }
    }

    fn label(self) -> &'static str {
        match self {
            Sort::Mine => "Mine",
            Sort::MyGroups => "My groups’",
            Sort::Nobodys => "Nobody’s",
            Sort::Answered => "Answered by the customer",
            Sort::Soon => "Late soon",
            Sort::Late => "Late",
        }
    }

    /// What it says where there is nothing.
    fn nothing(self) -> (&'static str, &'static str) {
        match self {
            Sort::Mine => (
                "Nothing open is assigned to you.",
                "Take something of your groups’ or of nobody’s.",
            ),
            Sort::MyGroups => (
                "Nothing open waits for your groups.",
                "What is assigned to a group that you are in stands here until somebody takes it.",
            ),
            Sort::Nobodys => (
                "Everything open is assigned.",
                "What comes in and is nobody’s yet stands here.",
            ),
            Sort::Answered => (
                "No customer waits for your answer.",
                "What a customer has answered stands here until somebody answers them.",
            ),
            Sort::Soon => (
                "Nothing is late soon.",
                "What is past the warning of its target stands here.",
            ),
            Sort::Late => (
                "Nothing is late.",
                "What should have been done by now stands here.",
            ),
        }
    }

    /// All of it is open; what is late, or was answered, may be the reader's, their groups' or nobody's.
    fn question(self) -> Question {
        let (whose, due, sort) = match self {
            Sort::Mine => (WhoseWord::Mine, None, SortWord::Due),
            Sort::MyGroups => (WhoseWord::MyGroups, None, SortWord::Due),
            Sort::Nobodys => (WhoseWord::Nobodys, None, SortWord::Due),
            Sort::Answered => (WhoseWord::Ours, None, SortWord::Due),
            Sort::Soon => (WhoseWord::Ours, Some(DueWord::Soon), SortWord::Due),
            Sort::Late => (WhoseWord::Ours, Some(DueWord::Late), SortWord::Due),
        };
        Question {
            state: Some(StateAsked::Open),
            whose: Some(whose),
            due,
            answered: self == Sort::Answered,
            sort: Some(sort),
            ..Question::default()
        }
    }
}

/// Which sort.
#[derive(Debug, Default, Deserialize, IntoParams)]
struct Which {
    /// `mine`, `my_groups`, `nobodys`, `answered`, `soon` or `late`.
    #[param(value_type = Option<String>)]
    #[serde(default)]
    show: Sort,
}

struct Tab {
    label: &'static str,
    address: String,
    count: String,
    is_shown: bool,
}

#[derive(Template)]
#[template(path = "my-work.html")]
struct WorkPage {
    frame: Frame,
    tabs: Vec<Tab>,
    rows: Vec<Row>,
    nothing: (&'static str, &'static str),
    pager: Pager,
    /// The address of this page of it.
    here: String,
    /// The same as a list that can be narrowed down.
    list: String,
    new: Option<&'static str>,
}

async fn show(
    reader: Reader,
    paging: Paging,
    Query(which): Query<Which>,
) -> Result<Page<WorkPage>> {
    let session = &*reader;
    let mut desk = Desk::open(session).await?;
    let _hurry = desk.hurry().await?;
    let mut tabs = Vec::new();
    for sort in Sort::ALL {
        let asked = sort.question().asked(session)?;
        let count = match desk.counted(session, &asked).await? {
            Count::Exactly(count) => web::page::count(count),
            Count::More(count) => format!("{}+", web::page::count(count)),
            Count::Common => String::new(),
        };
        tabs.push(Tab {
            label: sort.label(),
            address: address(PATH, &[("show", Some(sort.word()))]),
            count,
            is_shown: sort == which.show,
        });
    }
    let question = which.show.question();
    let asked = question.asked(session)?;
    let order = asked.order;
    let records = desk.some(session, &asked, paging.after()?, paging.size + 1);
    let found = paging.cut(records.await?, |record| order.place(record))?;
    let (rows, _) = rows(session, &found.items, []).await?;
    let shown = [("show", Some(which.show.word()))];
    Ok(Page::new(WorkPage {
        frame: Frame::of(session, "My work", PATH, SECTION).await?,
        tabs,
        rows,
        nothing: which.show.nothing(),
        pager: Pager::filtered(&paging, PATH, &shown, found.next),
        here: here(&paging, PATH, &shown)?,
        list: question.address(LIST),
        new: session.opens(super::new::PATH).then_some(super::new::PATH),
    }))
}
