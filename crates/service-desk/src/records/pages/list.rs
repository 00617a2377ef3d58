//! The list of records: a filter, what it finds, and the same as a file. The filter stands in the address by ids and levels; what is typed is kept
//! for whoever typed it.

use access::{ServiceId, decide::permissions::ManageRecord, explain::words::Name};
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
    LIST, SECTION, fields,
    filter::{self, Form, Pickers, Sent},
    rows::{Row, counted, rows},
};
use crate::records::{
    QueryId,
    desk::{Count, Desk},
    mass_actions,
    presets::Category,
    queries::{self, SavedQuery},
    question::Question,
    rest::Reader,
};

/// Saved queries that stand beside the list; the page of queries has all of them.
const OFFERED_MAX: usize = 12;

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
    /// A saved query, by its id: what it asks stands in the place of everything else.
    pub query: Option<String>,
    /// The saved query of the reader's own that was changed to what is asked.
    pub from: Option<String>,
}

/// What is asked for, and the saved query that says so.
pub(super) struct Wanted {
    pub question: Question,
    pub typed: Typed,
    pub query: Option<SavedQuery>,
}

impl Wanted {
    /// What an address asks for. A query that is neither the reader's own nor shared with them is not there.
    pub async fn of(session: &Session, question: Question, kept: &Kept) -> Result<Self> {
        let Some(id) = &kept.query else {
            let typed = session.typed(kept.view.as_deref()).await?;
            return Ok(Self {
                question,
                typed,
                query: None,
            });
        };
        let query = Desk::open(session)
            .await?
            .query(session, id.parse()?)
            .await?;
        let typed = match &query.words {
            None => Typed::Nothing,
            // SD-26, AD-26: the name of somebody who is erased finds nothing, and not everything.
            Some(_) if query.is_blanked() => Typed::Gone,
            Some(words) => Typed::of(words.clone(), Some(String::new())),
        };
        Ok(Self {
            question: query.question()?,
            typed,
            query: Some(query),
        })
    }

    /// As the address of the list, of its next page and of its file says it.
    pub fn parameters(&self, from: Option<&str>) -> Vec<(String, String)> {
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        if let Some(query) = &self.query {
            return vec![pair("query", &query.id.to_string())];
        }
        let view = self.typed.view().map(|view| pair("view", view));
        let from = from.map(|from| pair("from", from));
        let all = view.into_iter().chain(from);
        all.chain(self.question.pairs()).collect()
    }
}

/// A saved query, as the list offers it.
struct Offered {
    address: String,
    title: String,
    is_shown: bool,
}

/// What of it can be kept.
struct Keep {
    question: String,
    words: String,
    /// The query of the reader's own that it can take the place of.
    over: Option<(QueryId, String)>,
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
    is_query: bool,
    pager: Pager,
    /// The address of this page of it.
    here: String,
    /// The list as a file.
    export: String,
    /// Where a record is opened; absent where nobody may.
    new: Option<&'static str>,
    /// Saved queries, one's own first.
    offered: Vec<Offered>,
    keep: Option<Keep>,
    /// Where all of them are changed at once, where the list is one of a single service and its reader may.
    change_all: Option<String>,
    /// Where mass actions are told of; absent where the reader may run none.
    mass_actions: Option<&'static str>,
}

async fn show(
    reader: Reader,
    paging: Paging,
    Query(question): Query<Question>,
    Query(kept): Query<Kept>,
) -> Result<Page<ListPage>> {
    let wanted = Wanted::of(&reader, question, &kept).await?;
    let page = page(&reader, &wanted, kept.from.as_deref(), &paging, None).await?;
    Ok(Page::new(page))
}

async fn find(reader: Reader, Posted(mut sent): Posted<Sent>) -> Result<Taken<ListPage>> {
    let session = &*reader;
    // Another service has other categories.
    let categories = categories(session, fields::service(session, sent.service())).await?;
    if !categories
        .iter()
        .any(|one| one.id.to_string() == sent.category)
    {
        sent.category.clear();
    }
    let pickers = Pickers::sent(session, &sent).await?;
    let view = session.keep_view(&sent.text()).await?;
    let address = filter::address(LIST, &sent, &pickers, view.as_deref());
    if !pickers.are_open() {
        return Ok(Taken::Done(SeeOther::to(address)));
    }
    let wanted = Wanted {
        question: Question::at(&address)?,
        typed: Typed::of(sent.text(), view),
        query: None,
    };
    let paging = Paging::at(session, &address)?;
    let page = page(session, &wanted, sent.from(), &paging, Some(pickers)).await?;
    Ok(Taken::Again(Page::again(page)))
}

/// The categories of a service that the reader works on.
async fn categories(session: &Session, service: Option<ServiceId>) -> Result<Vec<Category>> {
    let view = session.view();
    let visible = view.visible_records(ManageRecord);
    let Some(service) = service.filter(|one| visible.services().contains(one)) else {
        return Ok(Vec::new());
    };
    Desk::open(session)
        .await?
        .categories(session, &[service])
        .await
}

async fn page(
    session: &Session,
    wanted: &Wanted,
    from: Option<&str>,
    paging: &Paging,
    pickers: Option<Pickers>,
) -> Result<ListPage> {
    let Wanted {
        question,
        typed,
        query,
    } = wanted;
    let mut desk = Desk::open(session).await?;
    let (own, shared) = desk.queries(session).await?;
    let found = match question.asked(session) {
        // Whoever is sent this address by a colleague sees what they may see: of what they do not know there is nothing (AD-26).
        Err(problem) if problem.code() == "unknown_id" => None,
        // Without what was typed everything would be found.
        Ok(_) if typed.is_gone() => None,
        asked => Some(desk.find(session, asked?, typed.text(), paging).await?),
    };
    let (records, next, count) = match found {
        None => (Vec::new(), None, Count::Exactly(0)),
        Some(found) => (found.page.items, found.page.next, found.count),
    };
    drop(desk);
    let service = session.named_if("service", question.service);
    let categories = categories(session, service.ok().flatten()).await?;
    let view = session.view();
    let visible = view.visible_records(ManageRecord);
    let services = visible.services().iter().map(|one| Name::Service(*one));
    let beside = services.chain(filter::names(session, question));
    let (rows, names) = rows(session, &records, beside.collect::<Vec<_>>()).await?;
    let mut form = Form::of(
        session,
        question,
        typed,
        visible.services(),
        categories,
        &names,
    );
    if let Some(pickers) = pickers {
        (form.pickers, form.is_more_open) = (pickers, true);
    }
    let over = match (query, from) {
        (Some(query), _) => own.iter().find(|one| one.id == query.id),
        (None, Some(from)) => own.iter().find(|one| one.id.to_string() == from),
        (None, None) => None,
    };
    let offered = own.iter().chain(&shared).map(|one| Offered {
        address: queries::address(one),
        title: one.title().to_owned(),
        is_shown: query.as_ref().is_some_and(|shown| shown.id == one.id),
    });
    let keep = Keep {
        question: question.text(),
        words: typed.text().unwrap_or_default().to_owned(),
        over: over.map(|one| (one.id, one.title().to_owned())),
    };
    let parameters = wanted.parameters(from);
    let parameters: Vec<_> = parameters
        .iter()
        .map(|(name, value)| (name.as_str(), Some(value.as_str())))
        .collect();
    let title = query.as_ref().map_or("Records", SavedQuery::title);
    Ok(ListPage {
        frame: Frame::of(session, title, LIST, SECTION).await?,
        form,
        rows,
        count: counted(count),
        is_common: count == Count::Common,
        is_over: typed.is_gone(),
        is_filtered: parameters
            .iter()
            .any(|(name, _)| !["sort", "from"].contains(name)),
        is_query: query.is_some(),
        pager: Pager::filtered(paging, LIST, &parameters, next),
        here: here(paging, LIST, &parameters)?,
        export: address(super::export::PATH, &parameters),
        new: session.opens(super::new::PATH).then_some(super::new::PATH),
        offered: offered.take(OFFERED_MAX).collect(),
        keep: (!typed.is_gone() && session.owner().is_ok()).then_some(keep),
        change_all: mass_actions::offered(session, question)
            .filter(|_| count != Count::Exactly(0))
            .map(|_| address(super::mass_actions::NEW, &parameters)),
        mass_actions: session
            .opens(super::mass_actions::PATH)
            .then_some(super::mass_actions::PATH),
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
