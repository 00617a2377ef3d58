//! SD-35, SD-38: who follows a record, on its page.

use access::{PersonId, explain::words::Name};
use serde::Deserialize;
use web::{
    Result,
    common::Submission,
    guard::SignedIn,
    page::{
        OnePerson, Page, Picker, Refused, SeeOther, Taken, ThisPerson,
        find::Kind as Finds,
        form::Form,
        names::{Mark, Names},
    },
    resource::{Id, PersonRef},
    route::{Route, post},
    session::{Session, id_in},
};

use super::{
    path,
    show::{RecordPage, opened},
};
use crate::records::{InPath, Record, RecordId, desk::Desk, rest::colleague, watchers::Watch};

const USERS: &[Finds] = &[Finds::User];

pub(super) fn routes() -> Vec<Route> {
    vec![
        post(
            "/service-desk/records/{record}/follow",
            "records_page.follow",
            "Follow a record, or follow it no more",
            follow,
        ),
        post(
            "/service-desk/records/{record}/watchers",
            "records_page.add_watcher",
            "Let a colleague follow a record",
            add,
        ),
        post(
            "/service-desk/records/{record}/watchers/remove",
            "records_page.remove_watcher",
            "Let a user follow a record no more",
            remove,
        ),
    ]
}

/// One who follows it.
pub(super) struct Watcher {
    pub who: Mark,
    pub id: PersonRef,
}

pub(super) struct Watchers {
    pub all: Vec<Watcher>,
    /// Whether the reader follows it; `None` of a reader who is nobody in person.
    pub own: Option<bool>,
    pub picker: Picker,
    pub wrong: Option<String>,
}

impl Watchers {
    pub async fn of(session: &Session, desk: &mut Desk, record: &Record) -> Result<Self> {
        let watchers = desk.watchers(session, record).await?;
        let wanted = watchers.iter().map(|one| Name::Person(*one));
        // SD-35: who follows a record is told to whoever reads it.
        let names = Names::of_shown(session, wanted.collect::<Vec<_>>()).await?;
        let watcher = |one: &PersonId| Watcher {
            who: names.mark(Name::Person(*one)),
            id: id_in(session.state(), *one),
        };
        let mut all: Vec<_> = watchers.iter().map(watcher).collect();
        all.sort_by_cached_key(|one| one.who.text().to_lowercase());
        Ok(Self {
            all,
            own: session.owner().ok().map(|me| watchers.contains(&me)),
            picker: picker(session, record),
            wrong: None,
        })
    }
}

/// The field that names a colleague: among those who have access (SD-38).
fn picker(session: &Session, record: &Record) -> Picker {
    Picker::new("person", "Name of a user", USERS).on(session, record.service)
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct FollowForm {
    to: Follows,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Follows {
    Yes,
    No,
}

async fn follow(
    reader: SignedIn,
    InPath(id): InPath,
    Form(form): Form<FollowForm>,
) -> Result<Taken<RecordPage>> {
    let who = reader.owner()?;
    let (is, said) = match form.to {
        Follows::Yes => (true, "You follow it."),
        Follows::No => (false, "You follow it no more."),
    };
    set(&reader, id, Watch { id, who, is }, said).await
}

/// Does it, or shows the page again with why not.
async fn set(session: &Session, id: RecordId, act: Watch, said: &str) -> Result<Taken<RecordPage>> {
    let done = session.act(act, &Submission::default(), None).await;
    match Refused::of(done)? {
        None => Ok(Taken::Done(SeeOther::to(path(id)).saying(said))),
        Some(refused) => {
            let (_, mut page) = opened(session, id).await?;
            page.parts.watchers.wrong = Some(refused.why);
            Ok(Taken::Again(Page::again(page)))
        }
    }
}

async fn add(
    reader: SignedIn,
    InPath(id): InPath,
    Form(form): Form<OnePerson>,
) -> Result<Taken<RecordPage>> {
    let session = &*reader;
    let (record, mut page) = opened(session, id).await?;
    let picker = picker(session, &record);
    let picker = picker.take(session, USERS, form.sent()).await?;
    let chosen = picker.chosen().map(str::to_owned);
    match chosen {
        Some(chosen) if !picker.is_open() => {
            let who = chosen.parse().map(Id);
            let who = who.map_err(|_| web::Problem::unknown_id("person"))?;
            let who = colleague(session, "person", who)?;
            let act = Watch { id, who, is: true };
            set(session, id, act, "They follow it.").await
        }
        _ => {
            page.parts.watchers.picker = match picker.is_open() {
                true => picker,
                false => picker.wrong("Type the beginning of a name, and choose one."),
            };
            Ok(Taken::Again(Page::again(page)))
        }
    }
}

async fn remove(
    reader: SignedIn,
    InPath(id): InPath,
    Form(form): Form<ThisPerson>,
) -> Result<Taken<RecordPage>> {
    let who = colleague(&reader, "person", form.person)?;
    let act = Watch { id, who, is: false };
    set(&reader, id, act, "They follow it no more.").await
}
