//! Moving a record to another service, and merging it into another record: first what it does, then that it is done (SD-38).

use access::{
    PersonId, ServiceId,
    decide::{RecordFacts, permissions::ManageRecord},
    explain::words::Name,
};
use askama::Template;
use serde::Deserialize;
use utoipa::IntoParams;
use web::{
    Problem, Result,
    common::Submission,
    effect::fingerprint,
    guard::SignedIn,
    page::{
        Frame, Page, Refused, SeeOther, Taken,
        form::Form,
        names::{Mark, Names},
        sentence,
    },
    part::Query,
    route::{Route, get, post},
    session::Session,
};

use super::{LIST, SECTION, fields, path};
use crate::records::{
    Assignee, InPath, Record, RecordId,
    desk::Desk,
    links,
    moves::{self, Merge, Move},
    tags, titled,
};

pub(super) fn routes() -> Vec<Route> {
    vec![
        get(
            "/service-desk/records/{record}/move",
            "records_page.moving",
            "What it does to move a record to another service",
            moving,
        ),
        post(
            "/service-desk/records/{record}/move",
            "records_page.move",
            "Move a record to another service",
            move_it,
        ),
        get(
            "/service-desk/records/{record}/merge",
            "records_page.merging",
            "What it does to merge a record into another one",
            merging,
        ),
        post(
            "/service-desk/records/{record}/merge",
            "records_page.merge",
            "Merge a record into another one",
            merge,
        ),
    ]
}

struct Choice {
    id: String,
    name: String,
    is_chosen: bool,
}

/// What it does.
struct To {
    id: String,
    name: String,
    loses_customer: Option<Mark>,
    loses_category: Option<String>,
    loses_assignee: Option<Mark>,
    unfollow: Vec<Mark>,
}

#[derive(Template)]
#[template(path = "record-move.html")]
struct MovePage {
    frame: Frame,
    path: String,
    title: String,
    kind: &'static str,
    number: i64,
    service: Mark,
    mark: String,
    services: Vec<Choice>,
    to: Option<To>,
    wrong: Option<String>,
}

async fn frame(session: &Session, record: &Record, title: &str, below: &str) -> Result<Frame> {
    let here = path(record.id);
    let place = format!("{here}/{below}");
    let frame = Frame::of(session, title, &place, SECTION).await?;
    let frame = frame.below(LIST, "Records");
    Ok(frame.below(here, titled(&record.content.title)))
}

impl MovePage {
    /// To a service, where one is chosen: what it does there, or why it is not done.
    async fn of(session: &Session, id: RecordId, chosen: Option<ServiceId>) -> Result<Self> {
        let mut desk = Desk::open(session).await?;
        let record = desk.record(session, id).await?;
        let watchers = desk.watchers(session, &record).await?;
        let category = desk.category(session, &record).await?;
        let view = session.view();
        let visible = view.visible_records(ManageRecord);
        let services = visible.services().iter().copied();
        let services: Vec<_> = services.filter(|one| *one != record.service).collect();
        let to = chosen.filter(|one| *one != record.service);
        let present = record.content.customer;
        // SD-12: a customer who cannot be chosen there stays behind, and the page says so.
        let stays = |to| present.filter(|who| !view.selectable(*who, to).selectable);
        let plan = to.map(|to| {
            let customer = stays(to).map(|_| None);
            let plan = moves::moving(&view, &record, &watchers, to, customer);
            plan.map(|plan| (to, plan))
        });
        let plan = plan.transpose();
        let followers = watchers.iter().map(|one| Name::Person(*one));
        let all = services.iter().map(|one| Name::Service(*one));
        let wanted = record.names(&view).chain(followers).chain(all);
        // SD-19, SD-35: whoever reads a record is told whom it names, and who follows it.
        let names = Names::of_shown(session, wanted.collect::<Vec<_>>()).await?;
        let text = |service: ServiceId| {
            (
                session.id(service).0.to_string(),
                names.text(Name::Service(service)),
            )
        };
        let (to, wrong) = match plan {
            Ok(None) => (None, None),
            Err(refusal) => (None, Some(sentence(&refusal.detail))),
            Ok(Some((to, plan))) => {
                let (id, name) = text(to);
                let lost = record.content.assignee;
                let lost = lost.filter(|_| plan.content.assignee.is_none());
                let person = |one: PersonId| names.mark(Name::Person(one));
                let to = To {
                    id,
                    name,
                    loses_customer: stays(to).map(person),
                    loses_category: category,
                    loses_assignee: lost.map(Assignee::name).map(|one| names.mark(one)),
                    unfollow: plan.unfollow.into_iter().map(person).collect(),
                };
                (Some(to), None)
            }
        };
        let choice = |one: &ServiceId| {
            let (id, name) = text(*one);
            let is_chosen = chosen == Some(*one);
            Choice {
                id,
                name,
                is_chosen,
            }
        };
        Ok(Self {
            frame: frame(session, &record, "Move to another service", "move").await?,
            path: path(id),
            title: titled(&record.content.title).to_owned(),
            kind: record.kind.word(),
            number: record.number,
            service: names.mark(Name::Service(record.service)),
            mark: record.mark().to_string(),
            services: services.iter().map(choice).collect(),
            to,
            wrong,
        })
    }
}

#[derive(Debug, Default, Deserialize, IntoParams)]
struct Where {
    /// The service, by its id.
    service: Option<String>,
}

async fn moving(
    reader: SignedIn,
    InPath(id): InPath,
    Query(which): Query<Where>,
) -> Result<Page<MovePage>> {
    let service = which.service.as_deref();
    let chosen = service.and_then(|one| fields::service(&reader, one));
    Ok(Page::new(MovePage::of(&reader, id, chosen).await?))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct MoveForm {
    service: String,
    /// Of what was looked at.
    mark: String,
    customer: Whose,
}

/// Whose it is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Whose {
    Same,
    Nobody,
}

async fn move_it(
    reader: SignedIn,
    InPath(id): InPath,
    Form(form): Form<MoveForm>,
) -> Result<Taken<MovePage>> {
    let session = &*reader;
    let to = fields::service(session, &form.service);
    let to = to.ok_or_else(|| Problem::unknown_id("service"))?;
    let act = Move {
        id,
        read: Some(fingerprint("mark", &form.mark)?),
        to,
        customer: (form.customer == Whose::Nobody).then_some(None),
    };
    let done = session.act(act, &Submission::default(), None).await;
    let Some(refused) = Refused::of(done)? else {
        return Ok(Taken::Done(SeeOther::to(path(id)).saying("Moved.")));
    };
    let mut page = MovePage::of(session, id, Some(to)).await?;
    page.wrong = Some(refused.why);
    Ok(Taken::Again(Page::again(page)))
}

/// The record that takes the other one in, and what comes to it.
struct Other {
    href: String,
    title: String,
    number: i64,
    service: Mark,
    state: &'static str,
    notes: String,
    files: String,
    makes_internal: bool,
    watchers: Vec<Mark>,
    tags: String,
}

#[derive(Template)]
#[template(path = "record-merge.html")]
struct MergePage {
    frame: Frame,
    path: String,
    title: String,
    kind: &'static str,
    number: i64,
    mark: String,
    /// What was typed.
    into: String,
    other: Option<Other>,
    wrong: Option<String>,
}

fn counted(count: usize, one: &str) -> String {
    match count {
        0 => format!("no {one}"),
        1 => format!("one {one}"),
        count => format!("{} {one}s", web::page::count(count)),
    }
}

impl MergePage {
    async fn of(session: &Session, id: RecordId, into: Option<&str>) -> Result<Self> {
        let mut desk = Desk::open(session).await?;
        let record = desk.record(session, id).await?;
        let found = match into.map(links::number) {
            None => Ok(None),
            Some(None) => Err(sentence("give the number of a record")),
            Some(Some(number)) => match desk.numbered(session, number).await? {
                None => Err(sentence("no record that you see has this number")),
                Some(other) => match moves::mergeable(&record, &other) {
                    Ok(()) => Ok(Some(other)),
                    Err(refusal) => Err(sentence(&refusal.detail)),
                },
            },
        };
        let (other, wrong) = match found {
            Ok(Some(other)) => (
                Some(coming(session, &mut desk, &record, &other).await?),
                None,
            ),
            Ok(None) => (None, None),
            Err(wrong) => (None, Some(wrong)),
        };
        Ok(Self {
            frame: frame(session, &record, "Merge into another record", "merge").await?,
            path: path(id),
            title: titled(&record.content.title).to_owned(),
            kind: record.kind.word(),
            number: record.number,
            mark: record.mark().to_string(),
            into: into.unwrap_or_default().to_owned(),
            other,
            wrong,
        })
    }
}

/// What comes to the record that takes another one in.
async fn coming(
    session: &Session,
    desk: &mut Desk,
    record: &Record,
    other: &Record,
) -> Result<Other> {
    let notes = desk.count_notes(session, record).await?;
    let files = desk.attachments(session, record).await?.len();
    let watchers = desk.watchers(session, record).await?;
    let there = desk.watchers(session, other).await?;
    let facts: RecordFacts = other.facts();
    let watchers = moves::coming_watchers(&session.view(), &watchers, &there, facts);
    let present = desk.tags(session, other).await?;
    let (together, _) = tags::together(&present, &desk.tags(session, record).await?);
    let people = watchers.iter().map(|one| Name::Person(*one));
    let wanted = people.chain([Name::Service(other.service)]);
    // SD-35: who follows a record is told to whoever reads it.
    let names = Names::of_shown(session, wanted.collect::<Vec<_>>()).await?;
    let watchers = watchers.iter();
    Ok(Other {
        href: path(other.id),
        title: titled(&other.content.title).to_owned(),
        number: other.number,
        service: names.mark(Name::Service(other.service)),
        state: other.state_name(),
        notes: counted(notes, "note"),
        files: counted(files, "file"),
        makes_internal: moves::makes_internal(record, other) && notes + files > 0,
        watchers: watchers.map(|one| names.mark(Name::Person(*one))).collect(),
        tags: tags::in_one_field(&together[present.len()..]),
    })
}

#[derive(Debug, Default, Deserialize, IntoParams)]
struct Into {
    /// The number of the other record.
    into: Option<String>,
}

async fn merging(
    reader: SignedIn,
    InPath(id): InPath,
    Query(which): Query<Into>,
) -> Result<Page<MergePage>> {
    let page = MergePage::of(&reader, id, which.into.as_deref()).await?;
    Ok(Page::new(page))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct MergeForm {
    into: i64,
    /// Of what was looked at.
    mark: String,
}

async fn merge(
    reader: SignedIn,
    InPath(id): InPath,
    Form(form): Form<MergeForm>,
) -> Result<Taken<MergePage>> {
    let session = &*reader;
    let act = Merge {
        id,
        read: Some(fingerprint("mark", &form.mark)?),
        into: form.into,
    };
    let done = session.act(act, &Submission::default(), None).await;
    let into = form.into.to_string();
    let Some(refused) = Refused::of(done)? else {
        let mut desk = Desk::open(session).await?;
        let other = desk.numbered(session, form.into).await?;
        let to = other.map_or_else(|| path(id), |other| path(other.id));
        return Ok(Taken::Done(SeeOther::to(to).saying("Merged.")));
    };
    let mut page = MergePage::of(session, id, Some(&into)).await?;
    page.wrong = Some(refused.why);
    Ok(Taken::Again(Page::again(page)))
}
