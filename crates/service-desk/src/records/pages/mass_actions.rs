//! Mass actions (SD-4): what is to be changed, then what becomes of each record, then how far it is.

use access::explain::words::Name;
use askama::Template;
use serde::Deserialize;
use web::{
    Problem, Result,
    common::Submission,
    guard::SignedIn,
    page::{
        Frame, Page, Pager, Picker, Refused, SeeOther, Taken, address,
        form::Form,
        moment,
        names::{Mark, Names},
    },
    paging::Paging,
    part::Query,
    route::{Route, get, post},
    session::Session,
};

use super::{
    LIST, SECTION,
    fields::{self, ASSIGNEES, Choice},
    list::{Kept, Wanted, here},
    path,
    rows::counted,
};
use crate::records::{
    Assignee, Priority, Reason, Status,
    desk::{Count, Desk},
    ids::{MassActionId, MassActionInPath},
    mass_actions::{
        self, Counts, MassAction, MassChange, Outcome, Runner, Stage, Start, Stop, Told, Which, Why,
    },
    question::Question,
    tags, titled,
};

pub(super) const PATH: &str = "/service-desk/mass-actions";
pub(super) const NEW: &str = "/service-desk/mass-actions/new";
const ONE: &str = "/service-desk/mass-actions/{action}";

pub(super) fn routes() -> Vec<Route> {
    vec![
        get(
            PATH,
            "mass_actions_page.list",
            "The newest mass actions of services where the reader may run some",
            list,
        ),
        get(
            NEW,
            "mass_actions_page.new",
            "What a mass action is to change in the records of a list",
            new,
        ),
        post(
            NEW,
            "mass_actions_page.look_at",
            "Choose the records of a mass action, and show what becomes of each",
            look_at,
        ),
        get(
            ONE,
            "mass_actions_page.show",
            "A mass action: its records with what becomes of each, and how far it is",
            show,
        ),
        post(
            "/service-desk/mass-actions/{action}/start",
            "mass_actions_page.start",
            "Start a mass action that was looked at",
            start,
        ),
        post(
            "/service-desk/mass-actions/{action}/stop",
            "mass_actions_page.stop",
            "Stop a mass action before its last record",
            stop,
        ),
    ]
}

fn path_of(id: MassActionId) -> String {
    format!("{PATH}/{id}")
}

async fn frame(session: &Session, title: &str, path: &str) -> Result<Frame> {
    let frame = Frame::of(session, title, path, SECTION).await?;
    Ok(frame.below(LIST, "Records"))
}

/// What a mass action does, a line for each part.
fn lines(change: &MassChange, names: &Names<'_>) -> Vec<String> {
    let status = change.status.map(|(to, reason)| {
        let why = reason.map_or(String::new(), |why| format!(" ({})", why.word()));
        format!("State: {}{why}", to.word())
    });
    let assignee = change.assignee.map(|to| {
        let to = to.map_or("nobody".to_owned(), |one| names.text(one.name()));
        format!("Assigned to: {to}")
    });
    let tags = |what: &str, tags: &[String]| {
        (!tags.is_empty()).then(|| format!("{what}: {}", tags::in_one_field(tags)))
    };
    let priority = change.priority;
    [
        priority.map(|one| format!("Priority: {}", one.word())),
        status,
        assignee,
        tags("Gets the tags", &change.add_tags),
        tags("Loses the tags", &change.take_tags),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn named(action: &MassAction) -> impl Iterator<Item = Name> + use<> {
    let assignee = action.change.assignee.flatten().map(Assignee::name);
    let beside = [Name::Service(action.service), Name::Person(action.runner)];
    beside.into_iter().chain(assignee)
}

fn shape(stage: Stage) -> &'static str {
    match stage {
        Stage::LookedAt => "none",
        Stage::Running => "wait",
        Stage::Done => "on",
        Stage::Stopped | Stage::RightEnded | Stage::Failed => "off",
    }
}

struct ActionRow {
    href: String,
    what: String,
    service: Mark,
    runner: Mark,
    at: String,
    stage: &'static str,
    shape: &'static str,
}

#[derive(Template)]
#[template(path = "mass-actions.html")]
struct ListPage {
    frame: Frame,
    rows: Vec<ActionRow>,
}

async fn list(runner: Runner) -> Result<Page<ListPage>> {
    let session = &*runner;
    let found = Desk::open(session).await?.mass_actions(session).await?;
    // SD-35: who works on records, and has worked on them, is told to whoever does.
    let names = found.iter().flat_map(named).collect::<Vec<_>>();
    let names = Names::of_shown(session, names).await?;
    let row = |one: &MassAction| ActionRow {
        href: path_of(one.id),
        what: lines(&one.change, &names).join("; "),
        service: names.mark(Name::Service(one.service)),
        runner: names.mark(Name::Person(one.runner)),
        at: moment(one.started_at.unwrap_or(one.made_at)),
        stage: one.stage.word(),
        shape: shape(one.stage),
    };
    Ok(Page::new(ListPage {
        frame: frame(session, "Mass actions", PATH).await?,
        rows: found.iter().map(row).collect(),
    }))
}

/// What is to be changed, as somebody chose it. What stays is empty.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct ChangeForm {
    /// The list, by its address.
    list: String,
    #[serde(default)]
    priority: String,
    #[serde(default)]
    status: String,
    #[serde(default)]
    reason: String,
    /// To `nobody`, or to `somebody`.
    #[serde(default)]
    to: String,
    assignee: Option<String>,
    assignee_text: Option<String>,
    assignee_asked: Option<String>,
    #[serde(default)]
    add_tags: String,
    #[serde(default)]
    take_tags: String,
}

#[derive(Template)]
#[template(path = "mass-action-new.html")]
struct NewPage {
    frame: Frame,
    list: String,
    service: String,
    count: String,
    priorities: Vec<Choice>,
    statuses: Vec<Choice>,
    reasons: Vec<Choice>,
    to: String,
    assignee: Picker,
    add_tags: String,
    take_tags: String,
    wrong: Option<String>,
}

/// A list that a form names by its address, with what was typed for it.
async fn listed(session: &Session, list: &str) -> Result<(Question, Option<String>)> {
    let query = list.split_once('?').map_or("", |(_, query)| query);
    let kept: Kept = serde_urlencoded::from_str(query).map_err(|_| {
        let detail = "go back to the list, and choose all of them again";
        Problem::invalid("list", detail)
    })?;
    let wanted = Wanted::of(session, Question::at(list)?, &kept).await?;
    // Without what was typed everything would be found (AD-26).
    wanted.typed.kept()?;
    let text = wanted.typed.text().map(str::to_owned);
    Ok((wanted.question, text))
}

fn statuses(chosen: Option<Status>) -> Vec<Choice> {
    let choice = |one: Status| Choice {
        value: one.number().to_string(),
        label: one.word(),
        is_chosen: Some(one) == chosen,
    };
    Status::ALL.map(choice).into()
}

fn priorities(chosen: Option<Priority>) -> Vec<Choice> {
    let mut all = fields::priorities(chosen.unwrap_or(Priority::DEFAULT));
    for choice in &mut all {
        choice.is_chosen &= chosen.is_some();
    }
    all
}

async fn new_page(session: &Session, form: &ChangeForm) -> Result<NewPage> {
    let (question, text) = listed(session, &form.list).await?;
    let service = mass_actions::offered(session, &question).ok_or_else(Problem::not_found)?;
    let mut desk = Desk::open(session).await?;
    let mut asked = question.asked(session)?;
    let _hurry = desk.hurry().await?;
    let is_common = match text {
        None => false,
        Some(text) => desk.look_for(session, &mut asked, &text).await?,
    };
    let count = match is_common {
        true => Count::Common,
        false => desk.counted(session, &asked).await?,
    };
    let names = Names::of(session, [Name::Service(service)]).await?;
    let assignee = fields::sent(&form.assignee, &form.assignee_text, &form.assignee_asked);
    Ok(NewPage {
        frame: frame(session, "Change all records of a list", NEW).await?,
        list: form.list.clone(),
        service: names.text(Name::Service(service)),
        count: counted(count),
        priorities: priorities(fields::parsed(&form.priority, Priority::of_number)),
        statuses: statuses(fields::parsed(&form.status, Status::of_number)),
        reasons: fields::reasons(fields::parsed(&form.reason, Reason::of_number)),
        to: form.to.clone(),
        assignee: fields::assignee(session, service)
            .take(session, ASSIGNEES, assignee)
            .await?,
        add_tags: form.add_tags.clone(),
        take_tags: form.take_tags.clone(),
        wrong: None,
    })
}

async fn new(
    runner: Runner,
    Query(question): Query<Question>,
    Query(kept): Query<Kept>,
) -> Result<Page<NewPage>> {
    let wanted = Wanted::of(&runner, question, &kept).await?;
    wanted.typed.kept()?;
    let parameters = wanted.parameters(None);
    let parameters: Vec<_> = parameters
        .iter()
        .map(|(name, value)| (name.as_str(), Some(value.as_str())))
        .collect();
    let form = ChangeForm {
        list: address(LIST, &parameters),
        ..ChangeForm::default()
    };
    Ok(Page::new(new_page(&runner, &form).await?))
}

/// What the form says, or what is wrong with it.
fn change_of(
    session: &Session,
    form: &ChangeForm,
    assignee: &Picker,
) -> Result<std::result::Result<MassChange, String>> {
    let reason = fields::parsed(&form.reason, Reason::of_number);
    let status = fields::parsed(&form.status, Status::of_number);
    let (Some(add_tags), Some(take_tags)) =
        (tags::typed(&form.add_tags), tags::typed(&form.take_tags))
    else {
        return Ok(Err(web::page::sentence(tags::WANTED)));
    };
    let assignee = match form.to.as_str() {
        "nobody" => Some(None),
        "somebody" => match fields::chosen_assignee(session, assignee, None)? {
            None => return Ok(Err("Name the user or the group.".to_owned())),
            one => Some(one),
        },
        _ => None,
    };
    if reason.is_some() && status.is_none() {
        return Ok(Err(
            "A reason is why a record is closed: choose the state, too.".to_owned(),
        ));
    }
    let change = MassChange {
        priority: fields::parsed(&form.priority, Priority::of_number),
        status: status.map(|to| (to, reason)),
        assignee,
        add_tags,
        take_tags,
    };
    Ok(match change.flaw() {
        Some((_, detail)) => Err(web::page::sentence(detail)),
        None => Ok(change),
    })
}

async fn look_at(reader: SignedIn, Form(form): Form<ChangeForm>) -> Result<Taken<NewPage>> {
    let session = &*reader;
    let mut page = new_page(session, &form).await?;
    let somebody = form.to == "somebody";
    if somebody && page.assignee.is_open() {
        return Ok(Taken::Again(Page::again(page)));
    }
    let change = match change_of(session, &form, &page.assignee)? {
        Ok(change) => change,
        Err(wrong) => {
            page.wrong = Some(wrong);
            return Ok(Taken::Again(Page::again(page)));
        }
    };
    let (question, text) = listed(session, &form.list).await?;
    let how = Submission::default();
    let done = mass_actions::look_at(session, &question, text.as_deref(), change, &how).await;
    let (id, done) = match done {
        Ok((id, done)) => (Some(id), Ok(done)),
        Err(problem) => (None, Err(problem)),
    };
    match (Refused::of(done)?, id) {
        (None, Some(id)) => Ok(Taken::Done(SeeOther::to(path_of(id)))),
        (refused, _) => {
            page.wrong = refused.map(|refused| refused.why);
            Ok(Taken::Again(Page::again(page)))
        }
    }
}

struct Tab {
    href: String,
    label: &'static str,
    count: String,
    is_shown: bool,
}

struct Row {
    href: String,
    title: String,
    number: i64,
    kind: &'static str,
    state: &'static str,
    outcome: &'static str,
    shape: &'static str,
    why: Option<&'static str>,
}

#[derive(Template)]
#[template(path = "mass-action.html")]
struct ActionPage {
    frame: Frame,
    path: String,
    here: String,
    service: Mark,
    runner: Mark,
    is_own: bool,
    lines: Vec<String>,
    stage: Stage,
    at: String,
    ended_at: Option<String>,
    counts: Counts,
    all: usize,
    tried: usize,
    unseen: usize,
    tabs: Vec<Tab>,
    rows: Vec<Row>,
    pager: Pager,
    wrong: Option<String>,
}

impl ActionPage {
    fn number(&self, number: &usize) -> String {
        web::page::count(*number)
    }

    fn records(&self, number: &usize) -> String {
        counted(Count::Exactly(*number))
    }
}

/// What became of a record, in words, with their shape.
fn outcome_words(stage: Stage, outcome: Outcome) -> (&'static str, &'static str) {
    match (outcome, stage) {
        (Outcome::Waiting, Stage::LookedAt) => ("To be changed", "none"),
        (Outcome::Waiting, Stage::Running) => ("Waits", "none"),
        (Outcome::Waiting, _) => ("Left alone", "off"),
        (Outcome::Changed, _) => ("Changed", "on"),
        (Outcome::Unchanged, _) => ("Is so already", "none"),
        (Outcome::Skipped, _) => ("Left out", "off"),
    }
}

async fn shown(
    session: &Session,
    id: MassActionId,
    which: &Which,
    paging: &Paging,
) -> Result<ActionPage> {
    let mut desk = Desk::open(session).await?;
    let Told {
        action,
        mut counts,
        unseen,
    } = desk.mass_action(session, id).await?;
    let found = desk.outcomes(session, id, which.outcome, paging).await?;
    let names = Names::of_shown(session, named(&action).collect::<Vec<_>>()).await?;
    let path = path_of(id);
    let stage = action.stage;
    let word = |outcome: Outcome| {
        let word = serde_json::to_value(outcome).unwrap_or_default();
        word.as_str().unwrap_or_default().to_owned()
    };
    let all = counts.all();
    let mut tabs = vec![Tab {
        href: path.clone(),
        label: "All",
        count: web::page::count(all),
        is_shown: which.outcome.is_none(),
    }];
    for outcome in Outcome::ALL {
        tabs.push(Tab {
            href: address(&path, &[("outcome", Some(&word(outcome)))]),
            label: outcome_words(stage, outcome).0,
            count: web::page::count(*counts.of(outcome)),
            is_shown: which.outcome == Some(outcome),
        });
    }
    let chosen = which.outcome.map(word);
    let parameters = [("outcome", chosen.as_deref())];
    let row = |(record, outcome, why): (crate::records::Record, Outcome, Option<Why>)| {
        let (words, shape) = outcome_words(stage, outcome);
        Row {
            href: self::path(record.id),
            title: titled(&record.content.title).to_owned(),
            number: record.number,
            kind: record.kind.title(),
            state: record.state_name(),
            outcome: words,
            shape,
            why: why.map(Why::word),
        }
    };
    Ok(ActionPage {
        frame: frame(session, "Mass action", &path)
            .await?
            .below(PATH, "Mass actions"),
        here: here(paging, &path, &parameters)?,
        service: names.mark(Name::Service(action.service)),
        runner: names.mark(Name::Person(action.runner)),
        is_own: mass_actions::is_own(session, &action),
        lines: lines(&action.change, &names),
        stage,
        at: moment(action.started_at.unwrap_or(action.made_at)),
        ended_at: action.ended_at.map(moment),
        all,
        tried: all - counts.waiting,
        counts,
        unseen,
        tabs,
        rows: found.items.into_iter().map(row).collect(),
        pager: Pager::filtered(paging, &path, &parameters, found.next),
        wrong: None,
        path,
    })
}

async fn show(
    reader: SignedIn,
    MassActionInPath(id): MassActionInPath,
    Query(which): Query<Which>,
    paging: Paging,
) -> Result<Page<ActionPage>> {
    Ok(Page::new(shown(&reader, id, &which, &paging).await?))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct NoFields {}

async fn start(
    reader: SignedIn,
    MassActionInPath(id): MassActionInPath,
    Form(NoFields {}): Form<NoFields>,
) -> Result<Taken<ActionPage>> {
    let done = mass_actions::act_on(&reader, id, Start { id }, &Submission::default()).await;
    answered(&reader, id, Refused::of(done)?, "It runs.").await
}

async fn stop(
    reader: SignedIn,
    MassActionInPath(id): MassActionInPath,
    Form(NoFields {}): Form<NoFields>,
) -> Result<Taken<ActionPage>> {
    let done = mass_actions::act_on(&reader, id, Stop { id }, &Submission::default()).await;
    answered(&reader, id, Refused::of(done)?, "It is stopped.").await
}

async fn answered(
    session: &Session,
    id: MassActionId,
    refused: Option<Refused>,
    said: &str,
) -> Result<Taken<ActionPage>> {
    let Some(refused) = refused else {
        return Ok(Taken::Done(SeeOther::to(path_of(id)).saying(said)));
    };
    let paging = Paging::at(session, &path_of(id))?;
    let mut page = shown(session, id, &Which::default(), &paging).await?;
    page.wrong = Some(refused.why);
    Ok(Taken::Again(Page::again(page)))
}
