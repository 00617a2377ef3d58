//! Tags of a record, on its page: one field.

use askama::Template;
use serde::Deserialize;
use web::{
    Result,
    common::Submission,
    effect::fingerprint,
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
    InPath, Record,
    desk::Desk,
    rest::Reader,
    tags::{self, SetTags},
};

pub(super) fn routes() -> Vec<Route> {
    vec![
        post(
            "/service-desk/records/{record}/tags",
            "records_page.set_tags",
            "Replace the tags of a record",
            set,
        ),
        post(
            "/service-desk/tags/hits",
            "records_page.find_tags",
            "Tags of records that the reader sees, while somebody types one",
            hits,
        ),
    ]
}

pub(super) struct Tags {
    pub all: Vec<String>,
    /// What stands in the field.
    pub text: String,
    /// Of what was read.
    pub mark: String,
    pub wrong: Option<String>,
}

impl Tags {
    pub async fn of(session: &Session, desk: &mut Desk, record: &Record) -> Result<Self> {
        let all = desk.tags(session, record).await?;
        Ok(Self {
            text: tags::in_one_field(&all),
            mark: tags::mark(&all).to_string(),
            all,
            wrong: None,
        })
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct TagsForm {
    tags: String,
    mark: String,
}

async fn set(
    reader: SignedIn,
    InPath(id): InPath,
    Form(form): Form<TagsForm>,
) -> Result<Taken<RecordPage>> {
    let session = &*reader;
    let wrong = match tags::typed(&form.tags) {
        None => sentence(tags::WANTED),
        Some(tags) => {
            let read = Some(fingerprint("mark", &form.mark)?);
            let act = SetTags { id, read, tags };
            let done = session.act(act, &Submission::default(), None).await;
            match Refused::of(done)? {
                None => return Ok(Taken::Done(SeeOther::to(path(id)).saying("Saved."))),
                Some(refused) => refused.why,
            }
        }
    };
    let (_, mut page) = opened(session, id).await?;
    // What stands there now is above; saving again takes what the field says.
    page.parts.tags.text = form.tags;
    page.parts.tags.wrong = Some(wrong);
    Ok(Taken::Again(Page::again(page)))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Typed {
    /// What stands in the field.
    tags: String,
}

/// What the field may say, as options of a list.
#[derive(Template)]
#[template(path = "tag-hits.html")]
struct Hits {
    before: String,
    tags: Vec<String>,
}

async fn hits(reader: Reader, Form(typed): Form<Typed>) -> Result<Page<Hits>> {
    let (before, beginning) = tags::parts_of(&typed.tags);
    let mut desk = Desk::open(&reader).await?;
    let tags = desk.tags_like(&reader, &beginning).await?;
    Ok(Page::new(Hits { before, tags }))
}
