//! Of what one wants mails: told of records of the desk, on or off one by one (SD-37). What has to be known for one's own safety is sent to
//! everybody.

use access::{Command, PersonId, event::ProfileField};
use askama::Template;
use ledger::{Change, Field, Of, Place, ProfileWrite, no_mails, read_profiles};
use mail::Happened;
use serde::{Deserialize, Serialize};
use utoipa::{
    ToSchema,
    openapi::{ArrayBuilder, RefOr, Schema},
};
use web::{
    Problem, Result,
    guard::{Commands, Oneself},
    page::{Frame, Page, SeeOther, form::Form},
    part::Order,
    reply::Answer,
    route::{Route, get, post, put},
    session::{Session, failed},
    submit::Written,
};

use crate::own_sessions::oneself;

pub(crate) const PATH: &str = "/account/mails";
const REST: &str = "/api/v1/me/mails";

pub(crate) fn routes() -> Vec<Route> {
    vec![
        get(
            REST,
            "own_mails.show",
            "Show of what the caller wants no mails",
            show,
        ),
        put(
            REST,
            "own_mails.set",
            "Say of what the caller wants no mails",
            set,
        ),
        get(PATH, "own_mails.page", "Of what one wants mails", page),
        post(PATH, "own_mails.save", "Save of what one wants mails", save),
    ]
}

/// What is told, in words.
fn words(what: Happened) -> &'static str {
    match what {
        Happened::Logged => "An incident of mine was logged",
        Happened::Answered => "An incident of mine was answered",
        Happened::Closed => "An incident of mine was closed",
        Happened::Assigned => "Work was assigned to me",
        Happened::CustomerAnswered => {
            "A customer answered a record that is assigned to me or that I follow"
        }
    }
}

/// What is told to somebody at all, by the facets that they have.
fn told_to(session: &Session) -> Result<Vec<Happened>> {
    let person = oneself(session)?;
    let row = session.state().people().get(person);
    let row = row.ok_or_else(Problem::not_found)?;
    let is_told = |what: &Happened| match what.is_for_customers() {
        true => row.is_customer(),
        false => row.is_user(),
    };
    Ok(Happened::ALL.into_iter().filter(is_told).collect())
}

async fn off(session: &Session) -> Result<Vec<String>> {
    let place = (session.account.id(), Place::of(oneself(session)?));
    let mut tx = session.account.read().await.map_err(failed)?.tx;
    let found = read_profiles(&mut tx, [place].into_iter()).await;
    let found = found.map_err(failed)?;
    let (_, _, profile) = found.first().ok_or_else(Problem::not_found)?;
    Ok(no_mails(profile.get(Field::NoMails)))
}

/// The change by which somebody wants no mails of these kinds.
fn change(person: PersonId, off: &[Happened]) -> Change {
    let keys: Vec<_> = off.iter().map(|what| what.key()).collect();
    let edit = Command::EditProfile {
        person,
        fields: vec![ProfileField::Mails],
    };
    let write = ProfileWrite::new(Of::known(person)).set(Field::NoMails, keys.join(" "));
    Change::from(edit).with_profile(write)
}

/// Of what somebody wants no mails.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = OwnMails)]
struct MailsBody {
    /// `logged`, `answered` and `closed` are told to customers, `assigned` and `customer_answered` to users.
    #[schema(schema_with = kinds)]
    off: Vec<Happened>,
}

fn kinds() -> RefOr<Schema> {
    let kinds = web::schema::one_of(Happened::ALL.map(Happened::key));
    ArrayBuilder::new().items(kinds).into()
}

async fn show(session: Oneself) -> Result<Answer<MailsBody>> {
    let keys = off(&session).await?;
    let is_off = |what: &Happened| keys.iter().any(|key| key == what.key());
    let off = Happened::ALL.into_iter().filter(is_off).collect();
    session.answer(MailsBody { off })
}

async fn set(commands: Commands, order: Order<MailsBody>) -> Result<Answer<Written>> {
    let mut off = order.body.off;
    off.sort_unstable();
    off.dedup();
    let change = change(oneself(&commands)?, &off);
    commands.submit(change, &order.how).await
}

struct Kind {
    key: &'static str,
    words: &'static str,
    is_on: bool,
}

#[derive(Template)]
#[template(path = "own-mails.html")]
struct MailsPage {
    frame: Frame,
    kinds: Vec<Kind>,
}

async fn page(session: Oneself) -> Result<Page<MailsPage>> {
    let off = off(&session).await?;
    let kind = |what: Happened| Kind {
        key: what.key(),
        words: words(what),
        is_on: !off.iter().any(|key| key == what.key()),
    };
    let kinds = told_to(&session)?.into_iter().map(kind).collect();
    Ok(Page::new(MailsPage {
        frame: Frame::of(&session, "My mails", PATH, "/").await?,
        kinds,
    }))
}

/// The boxes that are ticked: one that is not is not sent.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct MailsForm {
    logged: Option<String>,
    answered: Option<String>,
    closed: Option<String>,
    assigned: Option<String>,
    customer_answered: Option<String>,
}

async fn save(session: Oneself, Form(form): Form<MailsForm>) -> Result<SeeOther> {
    let is_on = |what: &Happened| match what {
        Happened::Logged => form.logged.is_some(),
        Happened::Answered => form.answered.is_some(),
        Happened::Closed => form.closed.is_some(),
        Happened::Assigned => form.assigned.is_some(),
        Happened::CustomerAnswered => form.customer_answered.is_some(),
    };
    let off: Vec<_> = told_to(&session)?
        .into_iter()
        .filter(|what| !is_on(what))
        .collect();
    let change = change(oneself(&session)?, &off);
    session.submit_own(change).await?;
    Ok(SeeOther::to(PATH).saying("Saved."))
}
