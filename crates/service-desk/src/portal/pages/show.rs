//! An incident: where it stands, what was said, and what its customer can do with it.

use access::explain::words::Name;
use askama::Template;
use serde::Deserialize;
use web::{
    Result,
    common::Submission,
    guard::SignedIn,
    page::{
        Frame, Page, Refused, SeeOther, Taken, download::OfPage, form::Form, moment, sentence,
        upload::Upload,
    },
    route::{Route, get, post},
    session::Session,
    sign_ins::SignIns,
};

use super::{COMPANY, MINE, frame, path};
use crate::{
    portal::{
        rest::Why,
        words::{self, Who},
    },
    records::{
        Attachment, AttachmentId, AttachmentInPath, InPath, Note, RecordId, Status,
        attachments::{self, BYTES_MAX, Door},
        in_words,
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
        post(
            "/portal/incidents/{record}/attachments",
            "portal.attach",
            "Send a file to an incident",
            attach,
        ),
        get(
            "/portal/incidents/{record}/attachments/{attachment}",
            "portal.attachment",
            "Download a file of an incident",
            download,
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

/// A file, for whoever may have it.
struct OneFile {
    id: AttachmentId,
    name: String,
    size: String,
    who: Who,
    is_me: bool,
    at: String,
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
    files: Vec<OneFile>,
    may_answer: bool,
    may_close: bool,
    may_reopen: bool,
    text: String,
    wrong_text: Option<String>,
    wrong_file: Option<String>,
    wrong: Option<String>,
}

impl IncidentPage {
    async fn of(session: &Session, id: RecordId) -> Result<Self> {
        let mut portal = Incidents::open(session).await?;
        let incident = portal.incident(session, id).await?;
        let answers = portal.answers(session, &incident).await?;
        let files = portal.attachments(session, &incident).await?;
        let named = std::slice::from_ref(&incident);
        let names = words::names(session, named, &answers, &files).await?;
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
        let file = |one: &Attachment| OneFile {
            id: one.id,
            name: attachments::called(one).to_owned(),
            size: in_words(one.size),
            who: Who::of(session, &names, one.author, "Somebody"),
            is_me: words::is_me(session, one.author),
            at: moment(one.at),
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
            files: files.iter().map(file).collect(),
            may_answer: may_work && !is_closed,
            may_close: may_work && !is_closed,
            may_reopen: may_work && !incident.status.is_open(),
            text: String::new(),
            wrong_text: None,
            wrong_file: None,
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

async fn attach(
    reader: SignedIn,
    InPath(id): InPath,
    file: Upload<BYTES_MAX>,
) -> Result<Taken<IncidentPage>> {
    // SD-32: what a customer sends is theirs to see.
    let wrong = match attachments::sent(&reader, file, true) {
        Ok(new) => {
            let how = Submission::default();
            match Refused::of(incidents::work(&reader, id, Deed::Attach(new), &how).await)? {
                None => return Ok(Taken::Done(SeeOther::to(path(id)).saying("Sent."))),
                Some(refused) => refused.why,
            }
        }
        Err(wrong) => sentence(wrong),
    };
    let mut page = IncidentPage::of(&reader, id).await?;
    page.wrong_file = Some(wrong);
    Ok(Taken::Again(Page::again(page)))
}

async fn download(
    reader: SignedIn,
    sign_ins: SignIns,
    InPath(id): InPath,
    AttachmentInPath(attachment): AttachmentInPath,
) -> Result<OfPage> {
    let file = attachments::go_out(&reader, sign_ins, Door::Portal, (id, attachment));
    file.await.map(OfPage)
}
