//! What a record has to do with others, on its page.

use serde::Deserialize;
use web::{
    Result,
    common::Submission,
    guard::SignedIn,
    page::{Page, Refused, SeeOther, Taken, form::Form, sentence},
    route::{Route, post},
    session::Session,
};

use super::{
    path,
    show::{RecordPage, opened},
};
use crate::records::{
    InPath, Record, RecordId,
    desk::Desk,
    links::{self, Link, Relation},
    store::Linked,
    titled,
};

pub(super) fn routes() -> Vec<Route> {
    vec![
        post(
            "/service-desk/records/{record}/links",
            "records_page.link",
            "Link a record to another one",
            link,
        ),
        post(
            "/service-desk/records/{record}/links/remove",
            "records_page.unlink",
            "Take a link away",
            unlink,
        ),
    ]
}

/// One that it has to do with.
pub(super) struct OneLink {
    pub words: &'static str,
    pub key: &'static str,
    pub is_chosen: bool,
    pub href: String,
    pub title: String,
    pub kind: &'static str,
    pub number: i64,
    pub state: &'static str,
}

impl OneLink {
    fn of(one: &Linked) -> Self {
        Self {
            words: one.relation.words(),
            key: one.relation.key(),
            is_chosen: one.relation.is_chosen(),
            href: path(one.id),
            title: titled(&one.title).to_owned(),
            kind: one.kind.word(),
            number: one.number,
            state: one.kind.name_of(one.status),
        }
    }
}

pub(super) struct Links {
    pub all: Vec<OneLink>,
    pub choices: Vec<(&'static str, &'static str)>,
    /// What was chosen and typed.
    pub relation: &'static str,
    pub number: String,
    pub wrong: Option<String>,
}

impl Links {
    pub async fn of(session: &Session, desk: &mut Desk, record: &Record) -> Result<Self> {
        let found = desk.links(session, record).await?;
        let choices = Relation::CHOSEN.map(|one| (one.key(), one.words()));
        Ok(Self {
            all: found.iter().map(OneLink::of).collect(),
            choices: choices.into(),
            relation: Relation::RelatesTo.key(),
            number: String::new(),
            wrong: None,
        })
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct LinkForm {
    relation: String,
    number: String,
}

async fn link(
    reader: SignedIn,
    InPath(id): InPath,
    Form(form): Form<LinkForm>,
) -> Result<Taken<RecordPage>> {
    set(&reader, id, form, true).await
}

async fn unlink(
    reader: SignedIn,
    InPath(id): InPath,
    Form(form): Form<LinkForm>,
) -> Result<Taken<RecordPage>> {
    set(&reader, id, form, false).await
}

async fn set(
    session: &Session,
    id: RecordId,
    form: LinkForm,
    is: bool,
) -> Result<Taken<RecordPage>> {
    let relation = Relation::of_key(&form.relation);
    let wrong = match (relation, links::number(&form.number)) {
        (Some(relation), Some(to)) => {
            let act = Link {
                id,
                relation,
                to,
                is,
            };
            let done = session.act(act, &Submission::default(), None).await;
            let said = if is { "Linked." } else { "Taken away." };
            match Refused::of(done)? {
                None => return Ok(Taken::Done(SeeOther::to(path(id)).saying(said))),
                Some(refused) => refused.why,
            }
        }
        _ => sentence("give the number of a record"),
    };
    let (_, mut page) = opened(session, id).await?;
    let links = &mut page.parts.links;
    links.relation = relation.unwrap_or(Relation::RelatesTo).key();
    links.number = form.number;
    links.wrong = Some(wrong);
    Ok(Taken::Again(Page::again(page)))
}
