//! The first set-up, through the single-use link that the server prints; closed for ever afterwards (RULES §7, ways in that must stay shut).

use access::{Actor, Command, LicenceId, Moment, PersonId, PublicId, Subject, TokenId};
use ledger::{Account, Change, Field, NewSecret, Of, Options, ProfileWrite, Purpose, Secret};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use web::{
    Problem, Result,
    guard::{Public, Reason},
    part::Body,
    reply::Answer,
    resource::PersonRef,
    route::{Route, post},
    session::{failed, not_done},
};

/// How long the first token lasts.
const FIRST_TOKEN_DAYS: i64 = 30;
const DAY_MS: i64 = 24 * 60 * 60 * 1000;

pub(crate) fn routes() -> Vec<Route> {
    vec![post(
        "/api/v1/set-up",
        "set_up.open",
        "Set the account up with the link that the server printed",
        open,
    )]
}

/// Nobody can be signed in before the first user is there.
#[derive(Debug)]
struct BeforeTheFirstUser;

impl Reason for BeforeTheFirstUser {
    const WHY: &'static str = "before the first user there is nobody to sign in; the single-use link in the body is the key";
}

/// The first user.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SetUp {
    /// The secret of the link.
    link: String,
    /// Display name.
    name: String,
    /// E-mail address.
    email: String,
}

/// The account is set up.
#[derive(Serialize, ToSchema)]
struct SetUpDone {
    /// The first user, who holds everything (AD-17).
    person: PersonRef,
    /// The first API token, shown this once.
    token: String,
    /// When it ends.
    #[schema(value_type = String, format = DateTime)]
    expires: jiff::Timestamp,
}

async fn open(
    public: Public<BeforeTheFirstUser>,
    Body(body): Body<SetUp>,
) -> Result<Answer<SetUpDone>> {
    let engine = public.app.engine();
    let used = || {
        Problem::conflict(
            "link_used",
            "the link is used, expired or unknown: the server prints a new one while the account is not set up",
        )
    };
    let link = Secret::parse(&body.link).ok_or_else(used)?;
    let bearer = engine
        .bearer(&link)
        .await
        .map_err(failed)?
        .filter(|bearer| bearer.purpose == Purpose::SetUp)
        .ok_or_else(used)?;
    let account = engine.account(bearer.account).await.map_err(failed)?;

    let first_user = PublicId::<PersonId>::new(engine.new_uuid());
    let licences = std::array::from_fn(|_| PublicId::<LicenceId>::new(engine.new_uuid()));
    let token = PublicId::<TokenId>::new(engine.new_uuid());
    let secret = Secret::make(engine.randomness().as_ref());
    let expires = Moment(account.now().0.saturating_add(FIRST_TOKEN_DAYS * DAY_MS));
    let name = crate::things::parse_name("/name", &body.name)?;
    let email = crate::people::parse_email("/email", &body.email)?;
    let profile = ProfileWrite::new(Of::public(first_user))
        .set(Field::Name, name)
        .set(Field::Email, email);
    let named = |of, name: &str| ProfileWrite::new(of).set(Field::Name, name);
    // One change: an account that is open without a token would be closed to everybody.
    let mut change = Change::from(Command::OpenAccount {
        first_user,
        licences,
        token: Some((token, expires)),
    })
    .with_profile(profile)
    .with_profile(named(Of::public(token), "First token"))
    .with_secret(NewSecret {
        purpose: Purpose::Token,
        of: Some(Of::public(token)),
        secret: secret.clone(),
        expires_at: Some(expires),
    })
    .spending(link);
    for (licence, name) in
        licences
            .into_iter()
            .zip(["Remote Support", "Service Desk", "Contact Centre"])
    {
        change = change.with_profile(named(Of::public(licence), name));
    }
    let version = submit(&account, change, &public.request).await?;

    let body = SetUpDone {
        person: web::resource::Id(first_user),
        token: secret.reveal().to_owned(),
        expires: web::decision::timestamp(expires),
    };
    Ok(Answer { version, body })
}

async fn submit(account: &Account, change: Change, request: &str) -> Result<u64> {
    let options = Options {
        face: "rest",
        request: request.to_owned(),
        ..Options::default()
    };
    let done = account
        .submit(Actor::SetUp, change, options)
        .await
        .map_err(|error| {
            not_done(
                &account.state().view(Subject::Unknown, account.now()),
                error,
            )
        })?;
    Ok(done.version.0)
}
