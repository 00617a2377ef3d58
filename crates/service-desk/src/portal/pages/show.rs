//! An incident: where it stands, what was said, and what its customer can do with it.

use access::explain::words::Name;
use askama::Template;
use serde::Deserialize;
use web::{
    Result,
    common::Submission,
    guard::SignedIn,
    page::{Frame, Page, Refused, SeeOther, Taken, form::Form, moment},
    route::{Route, get, post},
    session::Session,
};

use super::{COMPANY, MINE, frame, path};
use crate::{
    portal::{
        rest::Why,
        words::{self, Who},
    },
    records::{
        InPath, Note, RecordId, Status,
        incidents::{self, Deed, Incidents},
        passage, titled,
    },
};

pub(super) fn routes() -> Vec<Route> {
    vec![
        get(
            "/portal/incidents/{record}",
            "portal.show",
            "An incident, with what was said to it",
            show,
        ),
        post(
            "/portal/incidents/{record}/answers",
            "portal.answer",
            "Answer an incident",
            answer,
        ),
        post(
            "/portal/incidents/{record}/close",
            "portal.close",
            "Close an incident",
            close,
        ),
        post(
            "/portal/incidents/{record}/reopen",
            "portal.reopen",
            "Open an incident again",
            reopen,
        ),
    ]
}

/// Something that was said.
struct Said {
    who: Who,
    is_me: bool,
    by_customer: bool,
    at: String,
    text: String,
}

#[derive(Template)]
#[template(path = "portal-incident.html")]
struct IncidentPage {
    frame: Frame,
    path: String,
    back: (&'static str, &'static str),
    number: i64,
    service: String,
    state: &'static str,
    shape: &'static str,
    /// Whom it is for, where it is not the reader's own.
    who: Option<Who>,
    description: String,
    opened_at: String,
    told_at: String,
    answers: Vec<Said>,
    may_answer: bool,
    may_close: bool,
    may_reopen: bool,
    text: String,
    wrong_text: Option<String>,
    wrong: Option<String>,
}

impl IncidentPage {
    async fn of(session: &Session, id: RecordId) -> Result<Self> {
        let mut portal = Incidents::open(session).await?;
        let incident = portal.incident(session, id).await?;
        let answers = portal.answers(session, &incident).await?;
        let names = words::names(session, std::slice::from_ref(&incident), &answers).await?;
        let is_mine = words::is_me(session, incident.customer);
        let (state, shape) = words::state(&incident, is_mine);
        let said = |note: &Note| {
            let otherwise = match note.by_customer {
                true => "Somebody of your company",
                false => "The service",
            };
            Said {
                who: Who::of(session, &names, note.author, otherwise),
                is_me: words::is_me(session, note.author),
                by_customer: note.by_customer,
                at: moment(note.at),
                text: note.text.clone(),
            }
        };
        // Whoever only looks is offered nothing (AD-27).
        let may_work =
            session.viewer().is_none() && incidents::may_work_on(&session.view(), &incident);
        let is_closed = incident.status == Status::Closed;
        let who = || Who::of(session, &names, incident.customer, "nobody in particular");
        Ok(Self {
            frame: frame(session, titled(&incident.title), &path(id)).await?,
            path: path(id),
            back: match is_mine {
                true => (MINE, "My incidents"),
                false => (COMPANY, "The company’s incidents"),
            },
            number: incident.number,
            service: names.text(Name::Service(incident.service)),
            state,
            shape,
            who: (!is_mine).then(who),
            description: incident.description.clone(),
            opened_at: moment(incident.opened_at),
            told_at: moment(incident.told_at),
            answers: answers.iter().map(said).collect(),
            may_answer: may_work && !is_closed,
            may_close: may_work && !is_closed,
            may_reopen: may_work && !incident.status.is_open(),
            text: String::new(),
            wrong_text: None,
            wrong: None,
        })
    }
}

async fn show(reader: SignedIn, InPath(id): InPath) -> Result<Page<IncidentPage>> {
    IncidentPage::of(&reader, id).await.map(Page::new)
}

/// Does it, and leads back to the incident, or says why not.
async fn done(
    session: &Session,
    id: RecordId,
    (deed, text): (Deed, &str),
    said: &str,
) -> Result<Taken<IncidentPage>> {
    let how = Submission::default();
    let done = incidents::work(session, id, deed, &how).await;
    let Some(refused) = Refused::of(done)? else {
        return Ok(Taken::Done(SeeOther::to(path(id)).saying(said)));
    };
    let mut page = IncidentPage::of(session, id).await?;
    (page.wrong, page.text) = (Some(refused.why), text.to_owned());
    Ok(Taken::Again(Page::again(page)))
}

async fn wrong(
    session: &Session,
    id: RecordId,
    text: String,
    why: String,
) -> Result<Taken<IncidentPage>> {
    let mut page = IncidentPage::of(session, id).await?;
    (page.wrong_text, page.text) = (Some(why), text);
    Ok(Taken::Again(Page::again(page)))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct TextForm {
    text: String,
}

async fn answer(
    reader: SignedIn,
    InPath(id): InPath,
    Form(form): Form<TextForm>,
) -> Result<Taken<IncidentPage>> {
    let text = match passage(&form.text) {
        Ok(text) if text.is_empty() => Err("An answer says something.".to_owned()),
        other => other,
    };
    match text {
        Ok(text) => done(&reader, id, (Deed::Answer(text), &form.text), "Sent.").await,
        Err(why) => wrong(&reader, id, form.text, why).await,
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct CloseForm {
    reason: Why,
}

async fn close(
    reader: SignedIn,
    InPath(id): InPath,
    Form(form): Form<CloseForm>,
) -> Result<Taken<IncidentPage>> {
    let deed = Deed::Close(form.reason.into());
    done(&reader, id, (deed, ""), "Closed.").await
}

async fn reopen(
    reader: SignedIn,
    InPath(id): InPath,
    Form(form): Form<TextForm>,
) -> Result<Taken<IncidentPage>> {
    match passage(&form.text) {
        Ok(text) => {
            let deed = Deed::Reopen(Some(text).filter(|text| !text.is_empty()));
            done(&reader, id, (deed, &form.text), "Open again.").await
        }
        Err(why) => wrong(&reader, id, form.text, why).await,
    }
}
