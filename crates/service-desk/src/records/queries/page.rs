//! Service Desk › Queries: what somebody has saved and what is shared with them; and the page of one, for whose it is.

use access::{GroupId, PersonId, PublicId, explain::words::Name};
use askama::Template;
use serde::Deserialize;
use web::{
    Problem, Result,
    common::Submission,
    guard::SignedIn,
    page::{
        Frame, Page, Picker, Refused, SERVICE_DESK, SeeOther, Sent, Taken, address as address_of,
        find::Kind as Finds,
        form::Form,
        names::{Mark, Names},
        sentence,
    },
    resource::{Id, Resource},
    route::{Route, get, post},
    session::Session,
};

use super::{
    ChangeQuery, Holder, NAME_WANTED, RemoveQuery, SaveQuery, SavedQuery, ShareQuery, name, place,
    question, rest, words,
};
use crate::records::{
    QueryId, QueryInPath,
    desk::Desk,
    pages::{LIST, SECTION},
    rest::{Reader, colleague},
};

const PATH: &str = "/service-desk/queries";
const HOLDERS: &[Finds] = &[Finds::User, Finds::Group];

pub(super) fn routes() -> Vec<Route> {
    vec![
        get(
            PATH,
            "queries_page.list",
            "The saved queries of the reader, and those that are shared with them",
            list,
        )
        .in_section(&SERVICE_DESK, "Queries"),
        post(PATH, "queries_page.save", "Save what a list asks", save),
        get(
            "/service-desk/queries/{query}",
            "queries_page.show",
            "A saved query, for whose it is",
            show,
        ),
        post(
            "/service-desk/queries/{query}",
            "queries_page.rename",
            "Rename a saved query",
            rename,
        ),
        post(
            "/service-desk/queries/{query}/over",
            "queries_page.save_over",
            "Save what a list asks in the place of what a query asked",
            save_over,
        ),
        post(
            "/service-desk/queries/{query}/share",
            "queries_page.share",
            "Share a saved query",
            share,
        ),
        post(
            "/service-desk/queries/{query}/unshare",
            "queries_page.unshare",
            "Share a saved query with somebody no more",
            unshare,
        ),
        post(
            "/service-desk/queries/{query}/delete",
            "queries_page.delete",
            "Delete a saved query",
            delete,
        ),
    ]
}

/// The list that a query finds.
pub(in crate::records) fn address(query: &SavedQuery) -> String {
    address_of(LIST, &[("query", Some(&query.id.to_string()))])
}

fn path(id: QueryId) -> String {
    format!("{PATH}/{id}")
}

/// A query as a row.
struct Row {
    title: String,
    list: String,
    /// Where it is renamed, shared and deleted, of one's own.
    settings: String,
    owner: Mark,
}

#[derive(Template)]
#[template(path = "queries.html")]
struct QueriesPage {
    frame: Frame,
    own: Vec<Row>,
    shared: Vec<Row>,
}

async fn list(reader: Reader) -> Result<Page<QueriesPage>> {
    let session = &*reader;
    let (own, shared) = Desk::open(session).await?.queries(session).await?;
    let owners = own.iter().chain(&shared).map(|one| Name::Person(one.owner));
    // Whoever shares a query says so by name.
    let names = Names::of_shown(session, owners.collect::<Vec<_>>()).await?;
    let row = |query: &SavedQuery| Row {
        title: query.title().to_owned(),
        list: address(query),
        settings: path(query.id),
        owner: names.mark(Name::Person(query.owner)),
    };
    Ok(Page::new(QueriesPage {
        frame: Frame::of(session, "Queries", PATH, SECTION).await?,
        own: own.iter().map(row).collect(),
        shared: shared.iter().map(row).collect(),
    }))
}

/// One whom it is shared with.
struct With {
    who: Mark,
    id: String,
}

#[derive(Template)]
#[template(path = "query.html")]
struct QueryPage {
    frame: Frame,
    path: String,
    list: String,
    name: String,
    wrong_name: Option<String>,
    with: Vec<With>,
    picker: Picker,
    wrong: Option<String>,
}

fn picker() -> Picker {
    Picker::new("holder", "Name of a user or group", HOLDERS)
}

impl QueryPage {
    async fn of(session: &Session, id: QueryId) -> Result<Self> {
        let mut desk = Desk::open(session).await?;
        let query = desk.own_query(session, id).await?;
        let holders = desk.holders(session, &query).await?;
        // Whoever shared it knows with whom.
        let named: Vec<_> = holders.iter().map(|one| one.name()).collect();
        let names = Names::of_shown(session, named).await?;
        let with = |one: &Holder| With {
            who: names.mark(one.name()),
            id: id_of(session, *one),
        };
        let path = path(id);
        let frame = Frame::of(session, query.title(), &path, SECTION).await?;
        Ok(Self {
            frame: frame.below(PATH, "Queries"),
            path,
            list: address(&query),
            wrong_name: None,
            with: holders.iter().map(with).collect(),
            picker: picker(),
            wrong: None,
            name: query.name,
        })
    }
}

fn id_of(session: &Session, holder: Holder) -> String {
    fn text<K: Resource>(session: &Session, one: K) -> String {
        session.id(one).0.to_string()
    }
    match holder {
        Holder::User(person) => text(session, person),
        Holder::Group(group) => text(session, group),
    }
}

async fn show(reader: SignedIn, QueryInPath(id): QueryInPath) -> Result<Page<QueryPage>> {
    place(&reader)?;
    Ok(Page::new(QueryPage::of(&reader, id).await?))
}

/// What a list asks, and its name.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SaveForm {
    name: String,
    question: String,
    words: String,
}

fn wanted() -> Problem {
    Problem::invalid("name", NAME_WANTED)
}

async fn save(reader: SignedIn, Form(form): Form<SaveForm>) -> Result<SeeOther> {
    let session = &*reader;
    let act = SaveQuery {
        on: place(session)?,
        id: QueryId(session.account.engine().new_uuid()),
        name: name(&form.name).ok_or_else(wanted)?,
        question: question(session, &form.question)?,
        words: words(&form.words),
    };
    let list = address_of(LIST, &[("query", Some(&act.id.to_string()))]);
    session.act(act, &Submission::default(), None).await?;
    Ok(SeeOther::to(list).saying("The query is saved."))
}

/// What a list asks.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct OverForm {
    question: String,
    words: String,
}

async fn save_over(
    reader: SignedIn,
    QueryInPath(id): QueryInPath,
    Form(form): Form<OverForm>,
) -> Result<SeeOther> {
    let session = &*reader;
    let act = ChangeQuery {
        on: place(session)?,
        id,
        name: None,
        asks: Some((question(session, &form.question)?, words(&form.words))),
    };
    session.act(act, &Submission::default(), None).await?;
    let list = address_of(LIST, &[("query", Some(&id.to_string()))]);
    Ok(SeeOther::to(list).saying("The query is saved."))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct NameForm {
    name: String,
}

async fn rename(
    reader: SignedIn,
    QueryInPath(id): QueryInPath,
    Form(form): Form<NameForm>,
) -> Result<Taken<QueryPage>> {
    let session = &*reader;
    let Some(name) = name(&form.name) else {
        let mut page = QueryPage::of(session, id).await?;
        page.name = form.name;
        page.wrong_name = Some(sentence(NAME_WANTED));
        return Ok(Taken::Again(Page::again(page)));
    };
    let act = ChangeQuery {
        on: place(session)?,
        id,
        name: Some(name),
        asks: None,
    };
    session.act(act, &Submission::default(), None).await?;
    Ok(Taken::Done(SeeOther::to(path(id)).saying("Saved.")))
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct ShareForm {
    holder: Option<String>,
    holder_text: Option<String>,
    holder_asked: Option<String>,
}

async fn share(
    reader: SignedIn,
    QueryInPath(id): QueryInPath,
    Form(form): Form<ShareForm>,
) -> Result<Taken<QueryPage>> {
    let session = &*reader;
    let mut page = QueryPage::of(session, id).await?;
    let sent = Sent {
        id: form.holder,
        text: form.holder_text,
        asked: form.holder_asked,
    };
    let picker = picker().take(session, HOLDERS, sent).await?;
    let Some(chosen) = picker.chosen().filter(|_| !picker.is_open()) else {
        page.picker = match picker.is_open() {
            true => picker,
            false => picker.wrong("Type the beginning of a name, and choose one."),
        };
        return Ok(Taken::Again(Page::again(page)));
    };
    let with = match chosen.parse::<PublicId<PersonId>>() {
        Ok(person) => Holder::User(colleague(session, "holder", Id(person))?),
        Err(_) => {
            let group = picker.thing::<GroupId>(session)?;
            Holder::Group(group.ok_or_else(|| Problem::unknown_id("holder"))?)
        }
    };
    let act = ShareQuery {
        on: place(session)?,
        id,
        with,
        is: true,
    };
    let done = session.act(act, &Submission::default(), None).await;
    match Refused::of(done)? {
        None => Ok(Taken::Done(
            SeeOther::to(path(id)).saying("The query is shared."),
        )),
        Some(refused) => {
            page.wrong = Some(refused.why);
            Ok(Taken::Again(Page::again(page)))
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct UnshareForm {
    holder: String,
}

async fn unshare(
    reader: SignedIn,
    QueryInPath(id): QueryInPath,
    Form(form): Form<UnshareForm>,
) -> Result<SeeOther> {
    let session = &*reader;
    let state = session.state();
    let person = form.holder.parse().ok().and_then(|id| state.resolve(id));
    let group = form.holder.parse().ok().and_then(|id| state.resolve(id));
    let with = person.map(Holder::User).or(group.map(Holder::Group));
    rest::unshare(session, id, with, &Submission::default()).await?;
    Ok(SeeOther::to(path(id)).saying("It is shared with them no more."))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct DeleteForm {}

async fn delete(
    reader: SignedIn,
    QueryInPath(id): QueryInPath,
    Form(DeleteForm {}): Form<DeleteForm>,
) -> Result<SeeOther> {
    let on = place(&reader)?;
    let act = RemoveQuery { on, id };
    reader.act(act, &Submission::default(), None).await?;
    Ok(SeeOther::to(PATH).saying("The query is deleted."))
}
