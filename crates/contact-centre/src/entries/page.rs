//! The lists for people: Contact Center › Admin › General settings.

use access::{Fingerprint, PermissionType, Target};
use askama::Template;
use serde::Deserialize;
use web::{
    Problem, Result,
    common::Submission,
    effect::fingerprint,
    page::{Frame, Page, Refused, SeeOther, Taken, form::Form},
    session::{Session, failed},
    values,
};

use super::{Entry, EntryId, InPath, List, Words, rest, store};
use crate::frame;

/// A form that somebody fills in.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct EntryForm {
    name: String,
    text: String,
    /// Of what was read, where there was something.
    mark: Option<String>,
}

/// The form again, or for the first time.
#[derive(Debug, Default)]
struct Fields {
    name: String,
    text: String,
    mark: String,
    wrong_name: Option<String>,
    wrong_text: Option<String>,
    wrong: Option<String>,
}

impl Fields {
    /// What is wrong with it before anything is asked.
    #[expect(
        clippy::result_large_err,
        reason = "the form again, moved once into its page"
    )]
    fn check(form: &EntryForm) -> std::result::Result<(String, String), Self> {
        match (values::name(&form.name), values::text(&form.text)) {
            (Ok(name), Some(text)) => Ok((name.to_owned(), text)),
            (name, text) => Err(Self {
                wrong_name: name
                    .err()
                    .map(|wrong| web::page::sentence(&wrong.to_string())),
                wrong_text: text
                    .is_none()
                    .then(|| "Give up to 2,000 characters.".to_owned()),
                ..Self::typed(form)
            }),
        }
    }

    fn typed(form: &EntryForm) -> Self {
        Self {
            name: form.name.clone(),
            text: form.text.clone(),
            mark: form.mark.clone().unwrap_or_default(),
            ..Self::default()
        }
    }

    fn refused(form: &EntryForm, Refused { code, why }: Refused) -> Self {
        let at_name = code == "name_taken";
        Self {
            wrong_name: at_name.then(|| why.clone()),
            wrong: (!at_name).then_some(why),
            ..Self::typed(form)
        }
    }

    fn is_wrong(&self) -> bool {
        self.wrong.is_some() || self.wrong_name.is_some() || self.wrong_text.is_some()
    }
}

#[derive(Template)]
#[template(path = "entries.html")]
pub(super) struct ListPage {
    frame: Frame,
    words: Words,
    rows: Vec<Row>,
    /// Only skills are somebody's.
    has_agents: bool,
    can_edit: bool,
    fields: Fields,
}

struct Row {
    href: String,
    name: String,
    text: String,
    /// For whoever sees every user.
    agents: Option<i64>,
}

fn can_edit<K: List>(session: &Session) -> bool {
    session
        .view()
        .may(<K::Edit as PermissionType>::PERMISSION, Target::Account)
}

impl ListPage {
    async fn of<K: List>(reader: &K::Reader, fields: Fields) -> Result<Self> {
        let entries = rest::read::<K>(reader).await?;
        let session: &Session = reader;
        let counts = {
            let mut reading = session.account.read().await.map_err(failed)?;
            let counts = store::counts::<K>(&mut reading.tx, reader).await;
            counts.map_err(failed)?
        };
        let sees_all = session.view().sees_all_users();
        let agents = |id| {
            let found = counts.iter().find(|(skill, _)| *skill == id);
            found.map_or(0, |(_, count)| *count)
        };
        let row = |entry: Entry| Row {
            agents: sees_all.then(|| agents(entry.id)),
            href: format!("{}/{}", K::PAGE, EntryId::<K>::new(entry.id)),
            name: entry.name,
            text: entry.text,
        };
        Ok(Self {
            frame: frame::of_settings(session, K::WORDS.title, K::PAGE).await?,
            words: K::WORDS,
            rows: entries.into_iter().map(row).collect(),
            has_agents: K::SEGMENT == "skill",
            can_edit: can_edit::<K>(session),
            fields,
        })
    }
}

#[derive(Template)]
#[template(path = "entry.html")]
pub(super) struct EntryPage {
    frame: Frame,
    words: Words,
    can_edit: bool,
    has_agents: bool,
    fields: Fields,
}

impl EntryPage {
    async fn of<K: List>(session: &Session, entry: &Entry, fields: Fields) -> Result<Self> {
        let path = format!("{}/{}", K::PAGE, EntryId::<K>::new(entry.id));
        let title = match entry.name.as_str() {
            "" => "A blanked name",
            name => name,
        };
        let frame = frame::of_settings(session, title, &path).await?;
        Ok(Self {
            frame: frame.below(K::PAGE, K::WORDS.title),
            words: K::WORDS,
            can_edit: can_edit::<K>(session),
            has_agents: K::SEGMENT == "skill",
            fields,
        })
    }
}

/// The entry that a path names.
pub(crate) async fn entry<K: List>(reader: &K::Reader, id: &EntryId<K>) -> Result<Entry> {
    let entries = rest::read::<K>(reader).await?.into_iter();
    let mut found = entries.filter(|entry| entry.id == id.0);
    found.next().ok_or_else(Problem::not_found)
}

pub(super) async fn list<K: List>(session: K::Reader) -> Result<Page<ListPage>> {
    let page = ListPage::of::<K>(&session, Fields::default()).await?;
    Ok(Page::new(page))
}

pub(super) async fn add<K: List>(
    session: K::Reader,
    Form(form): Form<EntryForm>,
) -> Result<Taken<ListPage>> {
    let how = Submission::default();
    let wrong = match Fields::check(&form) {
        Err(wrong) => wrong,
        Ok((name, text)) => {
            let done = rest::submit_new::<K>(&session, name, text, &how).await;
            match Refused::of(done)? {
                None => return Ok(Taken::Done(SeeOther::to(K::PAGE).saying("Added."))),
                Some(refused) => Fields::refused(&form, refused),
            }
        }
    };
    let page = ListPage::of::<K>(&session, wrong).await?;
    Ok(Taken::Again(Page::again(page)))
}

pub(super) async fn show<K: List>(
    session: K::Reader,
    InPath(id): InPath<K>,
) -> Result<Page<EntryPage>> {
    let entry = entry::<K>(&session, &id).await?;
    let fields = Fields {
        name: entry.name.clone(),
        text: entry.text.clone(),
        mark: entry.mark().to_string(),
        ..Fields::default()
    };
    let page = EntryPage::of::<K>(&session, &entry, fields).await?;
    Ok(Page::new(page))
}

pub(super) async fn edit<K: List>(
    session: K::Reader,
    InPath(id): InPath<K>,
    Form(form): Form<EntryForm>,
) -> Result<Taken<EntryPage>> {
    let how = Submission::default();
    let wrong = match Fields::check(&form) {
        Err(wrong) => wrong,
        Ok((name, text)) => {
            let read = read_mark(&form)?;
            let id = id.0;
            let done =
                rest::submit_edit::<K>(&session, Entry { id, name, text }, Some(read), &how).await;
            match Refused::of(done)? {
                None => return Ok(Taken::Done(SeeOther::to(K::PAGE).saying("Saved."))),
                Some(refused) => Fields::refused(&form, refused),
            }
        }
    };
    let now = entry::<K>(&session, &id).await?;
    let moved = wrong.wrong.is_some() && now.mark().to_string() != wrong.mark;
    let wrong = match moved {
        // What was typed stays in the form; sent again, it takes the place of what is shown as being there now.
        true => Fields {
            mark: now.mark().to_string(),
            wrong: Some(format!(
                "Somebody else changed this meanwhile. It is now called “{}”{}. What you typed is still below: save it to put it in its place.",
                now.name,
                match now.text.as_str() {
                    "" => String::new(),
                    text => format!(", and says: {text}"),
                },
            )),
            ..wrong
        },
        false => wrong,
    };
    let page = EntryPage::of::<K>(&session, &now, wrong).await?;
    Ok(Taken::Again(Page::again(page)))
}

/// A change says what was read.
fn read_mark(form: &EntryForm) -> Result<Fingerprint> {
    fingerprint("mark", form.mark.as_deref().unwrap_or_default())
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Nothing {}

pub(super) async fn remove<K: List>(
    session: K::Reader,
    InPath(id): InPath<K>,
    Form(Nothing {}): Form<Nothing>,
) -> Result<SeeOther> {
    let removed = rest::submit_removal::<K>(&session, id, &Submission::default()).await;
    removed?;
    Ok(SeeOther::to(K::PAGE).saying("Removed."))
}
