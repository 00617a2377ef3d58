//! Configure › Webhooks: who is told of what happens, and what could not be told.

mod fields;

use std::collections::BTreeMap;

use access::{ConnectionId, Subject, explain::words::Name, state::ConnectionKind};
use askama::Template;
use web::{
    Problem, Result,
    common::Submission,
    effect::fingerprint,
    page::{
        Attention, CONFIGURE, Frame, Looked, Page, Refused, SeeOther, Taken,
        form::Form,
        moment,
        names::{Mark, Names},
        sentence,
    },
    route::{Route, get, post},
    session::Session,
};

use self::fields::{Fields, Group};
use super::{
    Came, Delivery, Form as Way, InPath, Networks, Stage, Subscription, SubscriptionId,
    acts::Again,
    rest::{self, Manager},
};
use crate::{kind::Kinds, message::may_hear};

const PLACE: &str = "/configure/webhooks";
const SECTION: &str = CONFIGURE.label;
/// Connections that are offered.
const OFFERED_MAX: usize = 200;

pub(super) fn routes() -> Vec<Route> {
    vec![
        get(PLACE, "webhooks.page", "Who is told of what happens", list)
            .in_section(&CONFIGURE, "Webhooks")
            .watching(look),
        get(
            "/configure/webhooks/new",
            "webhooks.new_page",
            "The form of a new webhook or collector",
            new,
        ),
        post(
            "/configure/webhooks/new",
            "webhooks.make",
            "Add a webhook or a collector, and show its secret this once",
            make,
        ),
        get(
            "/configure/webhooks/{subscription}",
            "webhook.page",
            "A webhook or a collector, with what could not be told",
            show,
        ),
        post(
            "/configure/webhooks/{subscription}",
            "webhook.edit",
            "Change a webhook or a collector",
            edit,
        ),
        post(
            "/configure/webhooks/{subscription}/pause",
            "webhook.pause",
            "Pause a webhook or a collector",
            pause,
        ),
        post(
            "/configure/webhooks/{subscription}/resume",
            "webhook.resume",
            "Let a webhook or a collector go on",
            resume,
        ),
        post(
            "/configure/webhooks/{subscription}/secret",
            "webhook.rotate",
            "Give a webhook a new secret, and show it this once",
            rotate,
        ),
        post(
            "/configure/webhooks/{subscription}/replay",
            "webhook.replay",
            "Have dead letters told again, or everything since a position",
            replay,
        ),
        post(
            "/configure/webhooks/{subscription}/remove",
            "webhook.remove",
            "Remove a webhook or a collector for ever",
            remove,
        ),
    ]
}

fn page_of(id: SubscriptionId) -> String {
    format!("{PLACE}/{id}")
}

fn way(form: Way) -> &'static str {
    match form {
        Way::Webhook => "webhook",
        Way::Collector => "collector",
    }
}

/// How it stands, in a word and with the class of its mark.
struct Standing {
    class: &'static str,
    word: &'static str,
}

fn standing(session: &Session, row: &Subscription) -> Standing {
    let (class, word) = match row.stage.shown(&session.view(), row.connection) {
        Stage::Active if row.is_failing() => ("wait", "failing"),
        Stage::Active => ("on", "active"),
        Stage::Paused => ("none", "paused"),
        Stage::RightEnded => ("wait", "stopped: its right ended"),
        Stage::GaveUp => ("wait", "stopped: nothing is taken"),
    };
    Standing { class, word }
}

/// AD-28: what stopped is listed, and said on the first page.
fn look(session: &Session) -> Looked<'_> {
    Box::pin(async move {
        let rows = rest::all(session).await?;
        let stopped = rows.iter().any(|row| {
            let stage = row.stage.shown(&session.view(), row.connection);
            matches!(stage, Stage::RightEnded | Stage::GaveUp)
        });
        let failing = rows
            .iter()
            .any(|row| row.stage == Stage::Active && row.is_failing());
        let text = match (stopped, failing) {
            (true, _) => "A webhook or a collector stopped.",
            (false, true) => "The receiver of a webhook or a collector takes nothing.",
            (false, false) => return Ok(Vec::new()),
        };
        Ok(vec![Attention {
            text: text.to_owned(),
            label: "Look at it",
            href: PLACE.to_owned(),
        }])
    })
}

struct Row {
    href: String,
    name: String,
    way: &'static str,
    connection: Mark,
    kinds: String,
    standing: Standing,
}

fn kinds_in_words(kinds: &Kinds) -> String {
    match kinds.keys().as_deref() {
        None => "all events".to_owned(),
        Some([one]) => (*one).to_owned(),
        Some(more) => format!("{} kinds", more.len()),
    }
}

#[derive(Template)]
#[template(path = "webhooks.html")]
struct ListPage {
    frame: Frame,
    rows: Vec<Row>,
}

async fn list(session: Manager) -> Result<Page<ListPage>> {
    let rows = rest::all(&session).await?;
    let names = rows.iter().map(|row| Name::Connection(row.connection));
    let names = Names::of(&session, names.collect::<Vec<_>>()).await?;
    let row = |row: Subscription| Row {
        href: page_of(row.id),
        way: way(row.form),
        connection: names.mark(Name::Connection(row.connection)),
        kinds: kinds_in_words(&row.kinds),
        standing: standing(&session, &row),
        name: row.name,
    };
    Ok(Page::new(ListPage {
        rows: rows.into_iter().map(row).collect(),
        frame: Frame::of(&session, "Webhooks", PLACE, SECTION).await?,
    }))
}

struct Offered {
    id: String,
    name: String,
    is_chosen: bool,
}

#[derive(Template)]
#[template(path = "webhook-new.html")]
struct NewPage {
    frame: Frame,
    fields: Fields,
    groups: Vec<Group>,
    offered: Vec<Offered>,
    wrong: Option<String>,
}

/// What is shown once a key was made.
#[derive(Template)]
#[template(path = "webhook-secret.html")]
struct SecretPage {
    frame: Frame,
    secret: String,
    back: String,
}

/// The connections that may be told.
async fn offered(session: &Session, chosen: &str) -> Result<Vec<Offered>> {
    let state = session.state();
    let hears = |connection: &ConnectionId| {
        let row = state.connections().get(*connection);
        row.is_some_and(|row| row.life.is_active() && row.kind == ConnectionKind::Service)
            && may_hear(&state.view(Subject::Connection(*connection), session.now()))
    };
    let found = state.connections().ids().filter(hears).take(OFFERED_MAX);
    let found: Vec<_> = found.map(Name::Connection).collect();
    let names = Names::of(session, found.clone()).await?;
    let offer = |name: Name| {
        let id = web::event_ids::id_of_name(state, name).unwrap_or_default();
        Offered {
            name: names.text(name),
            is_chosen: id == chosen,
            id,
        }
    };
    Ok(found.into_iter().map(offer).collect())
}

async fn new_page(session: &Session, fields: Fields, wrong: Option<String>) -> Result<NewPage> {
    let path = format!("{PLACE}/new");
    let frame = Frame::of(session, "New webhook", &path, SECTION).await?;
    Ok(NewPage {
        frame: frame.below(PLACE, "Webhooks"),
        groups: fields.groups(),
        offered: offered(session, &fields.connection).await?,
        fields,
        wrong,
    })
}

async fn new(session: Manager) -> Result<Page<NewPage>> {
    // The page leads to nothing else: asked now, what is typed is not lost.
    session.require_fresh()?;
    new_page(&session, Fields::default(), None)
        .await
        .map(Page::new)
}

/// What is wrong with what was typed; other problems stay ones.
fn wrong(problem: Problem) -> Result<String> {
    let is_typed = [409, 422].contains(&problem.status().as_u16());
    if !is_typed {
        return Err(problem);
    }
    let body = problem.body();
    Ok(sentence(&body.detail.unwrap_or(body.title)))
}

/// A form that was taken leads to the secret, which is shown this once.
enum Made {
    Secret(Page<SecretPage>),
    Elsewhere(SeeOther),
    Again(Page<NewPage>),
}

impl web::reply::Reply for Made {
    fn describe(about: &mut web::about::About) {
        Page::<NewPage>::describe(about);
    }

    fn reply(self) -> axum::response::Response {
        match self {
            Self::Secret(page) => page.reply(),
            Self::Elsewhere(place) => place.reply(),
            Self::Again(page) => page.reply(),
        }
    }
}

async fn make(
    session: Manager,
    networks: Networks,
    Form(sent): Form<BTreeMap<String, String>>,
) -> Result<Made> {
    let fields = Fields::of(sent)?;
    let made = try_to_make(&session, &networks, &fields).await;
    match made {
        Ok((id, Some(secret))) => secret_page(&session, id, secret).await.map(Made::Secret),
        Ok((id, None)) => Ok(Made::Elsewhere(SeeOther::to(page_of(id)).saying("Added."))),
        Err(problem) => {
            let wrong = wrong(problem)?;
            let page = new_page(&session, fields, Some(wrong)).await?;
            Ok(Made::Again(Page::again(page)))
        }
    }
}

async fn try_to_make(
    session: &Session,
    networks: &Networks,
    fields: &Fields,
) -> Result<(SubscriptionId, Option<String>)> {
    let connection = fields.connection.parse().ok();
    let connection = connection.and_then(|id| session.find(web::resource::Id(id)));
    let connection = connection
        .ok_or_else(|| Problem::invalid("/connection", "choose the connection that is told"))?;
    let way = fields.way();
    let typed = fields.typed(networks, way)?;
    let done = rest::submit_new(session, way, connection, typed, &Submission::default()).await?;
    let id = done.body.id.as_deref().unwrap_or_default().parse()?;
    Ok((id, done.body.secret))
}

async fn secret_page(
    session: &Session,
    id: SubscriptionId,
    secret: String,
) -> Result<Page<SecretPage>> {
    let back = page_of(id);
    let frame = Frame::of(session, "Copy the secret now", &back, SECTION).await?;
    Ok(Page::new(SecretPage {
        frame: frame.below(PLACE, "Webhooks"),
        secret,
        back,
    }))
}

struct Tried {
    event: String,
    kind: String,
    at: String,
    tried_at: String,
    attempts: u32,
    due_at: Option<String>,
    answer: String,
}

impl Tried {
    fn of(row: Delivery) -> Self {
        Self {
            at: moment(row.at),
            tried_at: moment(row.tried_at),
            attempts: row.attempts,
            due_at: (row.came == Came::Waiting).then(|| moment(row.due_at)),
            answer: answer(&row.answer),
            event: row.event,
            kind: row.kind,
        }
    }
}

/// What came back, in words.
fn answer(code: &str) -> String {
    match code {
        "not_resolved" => "its name leads nowhere".to_owned(),
        "address_refused" => "its address lies inside of a network".to_owned(),
        "not_connected" => "nobody is there".to_owned(),
        "no_tls" => "nobody vouches for whoever is there".to_owned(),
        "timeout" => "it took too long".to_owned(),
        "broken" => "the connection broke".to_owned(),
        "address_blanked" => "an erasure blanked a part of its address".to_owned(),
        "not_taken" => "it took nothing for days".to_owned(),
        "not_visible" => "it is not theirs to know any more".to_owned(),
        "gone" => "its receiver wants no more".to_owned(),
        status => format!("it answered {status}"),
    }
}

#[derive(Template)]
#[template(path = "webhook.html")]
struct ShowPage {
    frame: Frame,
    fields: Fields,
    groups: Vec<Group>,
    wrong: Option<String>,
    way: &'static str,
    is_webhook: bool,
    /// Whether somebody can let it go on.
    is_still: bool,
    connection: Mark,
    standing: Standing,
    failure: Option<String>,
    failing_since: Option<String>,
    position: String,
    dead: Vec<Tried>,
    waiting: Vec<Tried>,
    delivered: Vec<Tried>,
}

async fn show_page(
    session: &Session,
    row: Subscription,
    fields: Fields,
    wrong: Option<String>,
) -> Result<ShowPage> {
    let path = page_of(row.id);
    let title = match row.name.as_str() {
        "" => "A blanked name",
        name => name,
    };
    let frame = Frame::of(session, title, &path, SECTION).await?;
    let names = Names::of(session, [Name::Connection(row.connection)]).await?;
    let mut lists = Came::LISTED.map(|_| Vec::new());
    for (list, came) in lists.iter_mut().zip(Came::LISTED) {
        let found = rest::tried(session, row.id, came).await?;
        *list = found.into_iter().map(Tried::of).collect();
    }
    let [dead, waiting, delivered] = lists;
    Ok(ShowPage {
        frame: frame.below(PLACE, "Webhooks"),
        groups: fields.groups(),
        fields,
        wrong,
        way: way(row.form),
        is_webhook: row.form == Way::Webhook,
        is_still: row.stage != Stage::Active,
        connection: names.mark(Name::Connection(row.connection)),
        standing: standing(session, &row),
        failure: (!row.failure.is_empty()).then(|| answer(&row.failure)),
        failing_since: row.failing_since.map(moment),
        position: row.position.to_string(),
        dead,
        waiting,
        delivered,
    })
}

async fn show(session: Manager, InPath(id): InPath) -> Result<Page<ShowPage>> {
    let row = rest::one(&session, id).await?;
    let fields = Fields::of_row(&row);
    show_page(&session, row, fields, None).await.map(Page::new)
}

async fn edit(
    session: Manager,
    InPath(id): InPath,
    networks: Networks,
    Form(sent): Form<BTreeMap<String, String>>,
) -> Result<Taken<ShowPage>> {
    let row = rest::one(&session, id).await?;
    let fields = Fields::of(sent)?;
    match try_to_edit(&session, &row, &networks, &fields).await {
        Ok(()) => Ok(Taken::Done(SeeOther::to(page_of(id)).saying("Saved."))),
        Err(problem) => {
            let wrong = wrong(problem)?;
            // Sent again, it takes the place of what is there now.
            let fields = Fields {
                mark: row.mark().to_string(),
                ..fields
            };
            let page = show_page(&session, row, fields, Some(wrong)).await?;
            Ok(Taken::Again(Page::again(page)))
        }
    }
}

async fn try_to_edit(
    session: &Session,
    row: &Subscription,
    networks: &Networks,
    fields: &Fields,
) -> Result<()> {
    let typed = fields.typed(networks, row.form)?;
    let read = Some(fingerprint("mark", &fields.mark)?);
    let how = Submission::default();
    rest::submit_edit(session, networks, row, typed, read, &how)
        .await
        .map(drop)
}

#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Nothing {}

/// Back to the page, with what was done or why it was not.
fn back(id: SubscriptionId, refused: Option<Refused>, done: &str) -> SeeOther {
    let said = refused.map_or_else(|| done.to_owned(), |refused| refused.why);
    SeeOther::to(page_of(id)).saying(&said)
}

async fn pause(session: Manager, InPath(id): InPath, _: Form<Nothing>) -> Result<SeeOther> {
    let done = rest::submit_switch(&session, id, false, &Submission::default()).await;
    Ok(back(id, Refused::of(done)?, "Paused."))
}

async fn resume(session: Manager, InPath(id): InPath, _: Form<Nothing>) -> Result<SeeOther> {
    let done = rest::submit_switch(&session, id, true, &Submission::default()).await;
    Ok(back(
        id,
        Refused::of(done)?,
        "It goes on from where it was.",
    ))
}

async fn rotate(
    session: Manager,
    InPath(id): InPath,
    _: Form<Nothing>,
) -> Result<Page<SecretPage>> {
    let done = rest::submit_rotation(&session, id, &Submission::default()).await?;
    secret_page(&session, id, done.body.secret.unwrap_or_default()).await
}

#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct ReplayForm {
    event: Option<String>,
    dead: Option<String>,
    since: Option<String>,
}

async fn replay(
    session: Manager,
    InPath(id): InPath,
    Form(form): Form<ReplayForm>,
) -> Result<SeeOther> {
    let what = match (form.event, form.dead, form.since) {
        (Some(event), None, None) => Again::Dead(event),
        (None, Some(_), None) => Again::AllDead,
        (None, None, Some(since)) => match since.trim().parse() {
            Ok(position) => Again::Since(position),
            Err(_) => {
                let said = "That is no position: take one from a message, or 0 for the beginning.";
                return Ok(SeeOther::to(page_of(id)).saying(said));
            }
        },
        _ => {
            return Err(Problem::invalid(
                "since",
                "give one of event, dead and since",
            ));
        }
    };
    let done = rest::submit_replay(&session, id, what, &Submission::default()).await;
    Ok(back(id, Refused::of(done)?, "It is told again."))
}

async fn remove(session: Manager, InPath(id): InPath, _: Form<Nothing>) -> Result<SeeOther> {
    let done = rest::submit_removal(&session, id, &Submission::default()).await;
    Ok(match Refused::of(done)? {
        None => SeeOther::to(PLACE).saying("Removed."),
        Some(refused) => SeeOther::to(page_of(id)).saying(&refused.why),
    })
}
