//! Which sign-in providers know somebody, on their own page and over REST: for whoever could say how they sign in (AD-24), who can unlink one.
//! What the person is signed in with ends by that, tokens included.

use access::{Command, PersonId, Subject, event::ProfileField, explain::words::Name};
use askama::Template;
use jiff::Timestamp;
use ledger::{Change, KnownBy, OwnMeans};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use web::{
    Problem, Result,
    common::Submission,
    decision::timestamp,
    guard::{CommandsOn, Seen},
    page::{
        SeeOther, Taken, moment,
        names::{Html, Mark, Names},
        person::{Panel, Reading, Shown, Spot, path_of},
        review::{Asking, Review, Reviewed},
    },
    part::Path,
    reply::Answer,
    resource::ConnectionRef,
    route::{Route, delete, get, post},
    session::{Session, failed},
    submit::Written,
};

use super::link::unlinking;

const UNLINK: &str = "/people/{person}/sign-in-providers/unlink";

pub(super) fn routes() -> Vec<Route> {
    vec![
        get(
            "/api/v1/people/{person}/sign-in-providers",
            "person_providers.list",
            "List the sign-in providers that know somebody, for whoever may unlink them",
            list,
        ),
        delete(
            "/api/v1/people/{person}/sign-in-providers/{provider_link}",
            "person_providers.unlink",
            "Let a sign-in provider know somebody no longer; their sessions and tokens end",
            unlink,
        ),
        post(
            UNLINK,
            "person_providers.unlink_by_page",
            "Let a sign-in provider know somebody no longer, after what that does was shown",
            unlink_by_page,
        )
        .on_person(Spot::SignInProviders, panel),
    ]
}

/// AD-24: whoever could say how they sign in says who lets them in.
fn right_over(person: PersonId) -> Command {
    Command::EditProfile {
        person,
        fields: vec![ProfileField::SignIn],
    }
}

/// Whoever could not unlink one is told of none.
async fn may(session: &Session, person: PersonId) -> Result<()> {
    let tried = Submission {
        dry_run: true,
        ..Submission::default()
    };
    session.submit(right_over(person), &tried).await.map(drop)
}

async fn known(session: &Session, person: PersonId) -> Result<Vec<KnownBy>> {
    session.account.providers_of(person).await.map_err(failed)
}

/// The one that is named, and what takes it away. One's own are taken away where somebody looks after another way in.
async fn named(session: &Session, person: PersonId, link: &str) -> Result<(KnownBy, Change)> {
    if session.subject == Subject::Person(person) {
        return Err(Problem::conflict(
            "own_sign_in_providers",
            "your own sign-in providers are unlinked where you are signed in, at /account/providers",
        ));
    }
    may(session, person).await?;
    let known = known(session, person).await?;
    let one = known.into_iter().find(|one| one.mark.to_string() == link);
    let one = one.ok_or_else(Problem::not_found)?;
    Ok((one, unlinking(person, &one)))
}

/// The sign-in providers that know somebody.
#[derive(Debug, Serialize, ToSchema)]
struct KnownList {
    /// At most 100, oldest first.
    items: Vec<KnownBody>,
}

/// One of them.
#[derive(Debug, Serialize, ToSchema)]
struct KnownBody {
    /// Names it, and opens nothing.
    id: String,
    /// Its connection, as far as the caller may know of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    connection: Option<ConnectionRef>,
    /// Since when it knows them.
    #[schema(value_type = String, format = DateTime)]
    since: Timestamp,
}

/// Whom a provider knows, in the path.
#[derive(Debug, Deserialize, IntoParams)]
struct LinkInPath {
    /// Its id, as it is listed.
    provider_link: String,
}

async fn list(seen: Seen<PersonId>) -> Result<Answer<KnownList>> {
    may(&seen, seen.on).await?;
    let known = known(&seen, seen.on).await?;
    let items = known.iter().map(|one| KnownBody {
        id: one.mark.to_string(),
        connection: seen.shown(one.connection),
        since: timestamp(one.since),
    });
    seen.answer(KnownList {
        items: items.collect(),
    })
}

async fn unlink(
    commands: CommandsOn<PersonId>,
    Path(path): Path<LinkInPath>,
    how: Submission,
) -> Result<Answer<Written>> {
    let (_, change) = named(&commands, commands.on, &path.provider_link).await?;
    commands.submit(change, &how).await
}

struct Row {
    link: String,
    provider: Mark,
    since: String,
}

#[derive(Template)]
#[template(path = "person-providers.html")]
struct Body<'a> {
    path: String,
    form_token: Option<&'a str>,
    rows: Vec<Row>,
}

fn panel<'a>(reading: &'a Reading<'a>) -> Shown<'a> {
    Box::pin(async move {
        let (session, person) = (reading.session, reading.person);
        let is_oneself = session.subject == Subject::Person(person);
        if is_oneself || !session.offers(&right_over(person)) {
            return Ok(None);
        }
        let known = known(session, person).await?;
        if known.is_empty() {
            return Ok(None);
        }
        let connections = known.iter().map(|one| Name::Connection(one.connection));
        let names = Names::of(session, connections.collect::<Vec<_>>()).await?;
        let rows = known.iter().map(|one| Row {
            link: one.mark.to_string(),
            provider: names.mark(Name::Connection(one.connection)),
            since: moment(one.since),
        });
        Ok(Some(Panel {
            id: "sign-in-providers",
            heading: "Sign-in providers that know them",
            about: "by which they can sign in, in the place of a password",
            body: Html::of(&Body {
                path: reading.path(),
                form_token: reading.form_token(),
                rows: rows.collect(),
            })?,
        }))
    })
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Which {
    link: String,
}

async fn unlink_by_page(
    commands: CommandsOn<PersonId>,
    form: Reviewed<Which>,
) -> Result<Taken<Review>> {
    let person = commands.on;
    let (one, change) = named(&commands, person, &form.body.link).await?;
    let wanted = [Name::Person(person), Name::Connection(one.connection)];
    let names = Names::of(&commands, wanted).await?;
    let back = path_of(&commands, person);
    let own = commands.account.own_means(person).await.map_err(failed)?;
    let shut = match own {
        OwnMeans::Shut => {
            " People of their domain come in by a provider alone: whoever has neither has no way in."
        }
        OwnMeans::Open | OwnMeans::BreakGlass => "",
    };
    let asking = Asking {
        title: format!(
            "Unlink {} from {}?",
            names.text(Name::Person(person)),
            names.text(Name::Connection(one.connection))
        ),
        about: format!(
            "It knows them no longer; they are signed out everywhere, and their tokens end. Whoever comes by it with the externalId that \
             provisioning wrote for them, or with their verified address, is linked to them again.{shut}"
        ),
        button: "Unlink".to_owned(),
        action: UNLINK.replace("{person}", &commands.id(person).0.to_string()),
        back: back.clone(),
        place: "/",
        moves: Vec::new(),
    };
    let settled = form.always().settle(&commands, change, asking).await?;
    Ok(settled.then(|_| SeeOther::to(back).saying("The provider knows them no longer.")))
}
