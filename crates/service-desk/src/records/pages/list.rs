//! The list of records: a filter, what it finds, and the same as a file. The filter stands in the address by ids and levels; what is typed is kept
//! for whoever typed it.

use access::{decide::permissions::ManageRecord, explain::words::Name};
use askama::Template;
use serde::Deserialize;
use utoipa::IntoParams;
use web::{
    Result,
    page::{
        Frame, Page, Pager, SERVICE_DESK, SeeOther, Taken, Typed, address, form::Form as Posted,
    },
    paging::Paging,
    part::Query,
    route::{Route, get, post},
    session::Session,
};

use super::{
    LIST, SECTION,
    filter::{self, Form, Pickers, Sent},
    rows::{Row, counted, rows},
};
use crate::records::{
    desk::{Count, Desk},
    question::Question,
    rest::Reader,
};

pub(super) fn routes() -> Vec<Route> {
    vec![
        get(
            LIST,
            "records_page.list",
            "The records that the reader works on",
            show,
        )
        .in_section(&SERVICE_DESK, "Records"),
        post(
            LIST,
            "records_page.find",
            "Keep what was typed, and show what it finds",
            find,
        ),
    ]
}

/// What was typed.
#[derive(Debug, Default, Deserialize, IntoParams)]
pub(super) struct Kept {
    /// The id under which it is kept.
    pub view: Option<String>,
}

#[derive(Template)]
#[template(path = "records.html")]
struct ListPage {
    frame: Frame,
    form: Form,
    rows: Vec<Row>,
    /// How many there are, in words.
    count: String,
    is_common: bool,
    is_over: bool,
    is_filtered: bool,
    pager: Pager,
    /// The address of this page of it.
    here: String,
    /// The list as a file.
    export: String,
    /// Where a record is opened; absent where nobody may.
    new: Option<&'static str>,
}

async fn show(
    reader: Reader,
    paging: Paging,
    Query(question): Query<Question>,
    Query(kept): Query<Kept>,
) -> Result<Page<ListPage>> {
    let typed = reader.typed(kept.view.as_deref()).await?;
    let page = page(&reader, &question, typed, &paging, None).await?;
    Ok(Page::new(page))
}

async fn find(reader: Reader, Posted(sent): Posted<Sent>) -> Result<Taken<ListPage>> {
    let session = &*reader;
    let pickers = Pickers::sent(session, &sent).await?;
    let view = session.keep_view(sent.text()).await?;
    let address = filter::address(LIST, &sent, &pickers, view.as_deref());
    if !pickers.are_open() {
        return Ok(Taken::Done(SeeOther::to(address)));
    }
    let question = Question::at(&address)?;
    let typed = Typed::of(sent.text().to_owned(), view);
    let paging = Paging::at(session, &address)?;
    let page = page(session, &question, typed, &paging, Some(pickers)).await?;
    Ok(Taken::Again(Page::again(page)))
}

async fn page(
    session: &Session,
    question: &Question,
    typed: Typed,
    paging: &Paging,
    pickers: Option<Pickers>,
) -> Result<ListPage> {
    let found = match question.asked(session) {
        // Whoever is sent this address by a colleague sees what they may see: of what they do not know there is nothing (AD-26).
        Err(problem) if problem.code() == "unknown_id" => None,
        // Without what was typed everything would be found.
        Ok(_) if typed.is_gone() => None,
        asked => {
            let mut desk = Desk::open(session).await?;
            Some(desk.find(session, asked?, typed.text(), paging).await?)
        }
    };
    let (records, next, count) = match found {
        None => (Vec::new(), None, Count::Exactly(0)),
        Some(found) => (found.page.items, found.page.next, found.count),
    };
    let view = session.view();
    let visible = view.visible_records(ManageRecord);
    let services = visible.services().iter().map(|one| Name::Service(*one));
    let beside = services.chain(filter::names(session, question));
    let (rows, names) = rows(session, &records, beside.collect::<Vec<_>>()).await?;
    let mut form = Form::of(session, question, &typed, visible.services(), &names);
    if let Some(pickers) = pickers {
        (form.pickers, form.is_more_open) = (pickers, true);
    }
    let parameters = parameters(question, &typed);
    let parameters: Vec<_> = parameters
        .iter()
        .map(|(name, value)| (name.as_str(), Some(value.as_str())))
        .collect();
    Ok(ListPage {
        frame: Frame::of(session, "Records", LIST, SECTION).await?,
        form,
        rows,
        count: counted(count),
        is_common: count == Count::Common,
        is_over: typed.is_gone(),
        is_filtered: parameters.iter().any(|(name, _)| *name != "sort"),
        pager: Pager::filtered(paging, LIST, &parameters, next),
        here: here(paging, LIST, &parameters)?,
        export: address(super::export::PATH, &parameters),
        new: session.opens(super::new::PATH).then_some(super::new::PATH),
    })
}

/// The address of a page of a list.
pub(super) fn here(
    paging: &Paging,
    path: &str,
    parameters: &[(&str, Option<&str>)],
) -> Result<String> {
    let page = paging.here()?;
    let page = page.as_ref().map(|page| page.as_str());
    Ok(address(
        path,
        &[parameters, [("page", page)].as_slice()].concat(),
    ))
}

fn parameters(question: &Question, typed: &Typed) -> Vec<(String, String)> {
    let view = typed
        .view()
        .map(|view| ("view".to_owned(), view.to_owned()));
    view.into_iter().chain(question.pairs()).collect()
}
