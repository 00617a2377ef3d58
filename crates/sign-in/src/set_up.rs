//! The first set-up, through the single-use link that the server prints; closed for ever afterwards (RULES §7, ways in that must stay shut).

use access::{Actor, Command, LicenceId, Moment, PersonId, PublicId, Subject, TokenId};
use ledger::{
    Account, Change, CredentialKind, Engine, Field, NewCredential, NewSecret, Of, Options,
    ProfileWrite, Purpose, Secret,
};
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
    values::{parse_email, parse_name},
};

/// How long the first token lasts.
const FIRST_TOKEN_DAYS: i64 = 30;
const DAY_MS: i64 = 24 * 60 * 60 * 1000;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        post(
            "/api/v1/set-up",
            "set_up.open",
            "Set the account up with the link that the server printed",
            open,
        )
        .answering(&[409]),
    ]
}

/// Nobody can be signed in before the first user is there.
#[derive(Debug)]
pub(crate) struct BeforeTheFirstUser;

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
    #[schema(schema_with = web::schema::name)]
    name: String,
    /// E-mail address.
    #[schema(schema_with = web::schema::email)]
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
    let account = account_of(engine, &body.link).await?;
    let token = PublicId::<TokenId>::new(engine.new_uuid());
    let secret = Secret::make(engine.randomness().as_ref());
    let expires = Moment(account.now().0.saturating_add(FIRST_TOKEN_DAYS * DAY_MS));
    let first = FirstUser {
        name: parse_name("/name", &body.name)?,
        email: parse_email("/email", &body.email)?,
        password: None,
        token: Some((token, secret.clone(), expires)),
    };
    let face = ("rest", public.request.as_str());
    let opened = open_account(&account, &body.link, first, face).await?;
    Ok(Answer {
        version: opened.version,
        body: SetUpDone {
            person: web::resource::Id(opened.person),
            token: secret.reveal().to_owned(),
            expires: web::decision::timestamp(expires),
        },
    })
}

/// The first user of an account. With a token or a password: an account that is open without either would be closed to everybody.
pub(crate) struct FirstUser {
    pub name: String,
    pub email: String,
    /// The hash of a password.
    pub password: Option<String>,
    pub token: Option<(PublicId<TokenId>, Secret, Moment)>,
}

/// An account that was just opened.
pub(crate) struct Opened {
    pub version: u64,
    pub person: PublicId<PersonId>,
}

fn used() -> Problem {
    Problem::conflict(
        "link_used",
        "the link is used, expired or unknown: the server prints a new one while the account is not set up",
    )
}

/// The account that a set-up link opens.
pub(crate) async fn account_of(engine: &Engine, link: &str) -> Result<Account> {
    let link = Secret::parse(link).ok_or_else(used)?;
    let bearer = engine.bearer(&link).await.map_err(failed)?;
    let bearer = bearer.filter(|bearer| bearer.purpose == Purpose::SetUp);
    let bearer = bearer.ok_or_else(used)?;
    engine.account(bearer.account).await.map_err(failed)
}

/// Opens the account with its first user, in one change.
pub(crate) async fn open_account(
    account: &Account,
    link: &str,
    first: FirstUser,
    (face, request): (&'static str, &str),
) -> Result<Opened> {
    let engine = account.engine();
    let link = Secret::parse(link).ok_or_else(used)?;
    let person = PublicId::<PersonId>::new(engine.new_uuid());
    let licences = std::array::from_fn(|_| PublicId::<LicenceId>::new(engine.new_uuid()));
    let named = |of, name: &str| ProfileWrite::new(of).set(Field::Name, name);
    let token = first.token.as_ref();
    let mut change = Change::from(Command::OpenAccount {
        first_user: person,
        licences,
        token: token.map(|(id, _, expires)| (*id, *expires)),
    })
    .with_profile(named(Of::public(person), &first.name).set(Field::Email, first.email))
    .spending(link);
    if let Some((id, secret, expires)) = first.token {
        change = change
            .with_profile(named(Of::public(id), "First token"))
            .with_secret(NewSecret {
                purpose: Purpose::Token,
                of: Some(Of::public(id)),
                secret,
                expires_at: Some(expires),
            });
    }
    if let Some(hash) = first.password {
        change = change.with_credential(NewCredential {
            of: Of::public(person),
            kind: CredentialKind::Password,
            data: Some(hash),
        });
    }
    let products = ["Remote Support", "Service Desk", "Contact Center"];
    for (licence, name) in licences.into_iter().zip(products) {
        change = change.with_profile(named(Of::public(licence), name));
    }
    let options = Options {
        request: request.to_owned(),
        ..Options::untold(face)
    };
    let done = account.submit(Actor::SetUp, change, options).await;
    let done = done.map_err(|error| {
        let state = account.state();
        not_done(&state.view(Subject::Unknown, account.now()), error)
    })?;
    Ok(Opened {
        version: done.version.0,
        person,
    })
}
