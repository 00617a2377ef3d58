//! API tokens, personal and of connections: shown once, kept as a hash, with an end, revocable (AD-28, AD-29).

use access::{Command, ConnectionId, Moment, PublicId, Subject, TokenId, state::TokenOwner};
use jiff::Timestamp;
use ledger::{Change, Field, NewSecret, Of, ProfileWrite, Purpose, Secret};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use web::{
    Problem, Result,
    common::Submission,
    decision::timestamp,
    guard::{Commands, CommandsOn, SignedIn},
    paging::{Page, Paging},
    part::Order,
    reply::Answer,
    resource::TokenRef,
    route::{Route, delete, get, post},
    session::Session,
    submit::Written,
    values::parse_name,
};

use crate::things;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        get(
            "/api/v1/tokens",
            "tokens.list",
            "List the tokens that the caller may see",
            list,
        ),
        post(
            "/api/v1/tokens",
            "tokens.issue",
            "Make a token for the caller; it is shown this once",
            issue,
        ),
        delete(
            "/api/v1/tokens/{token}",
            "tokens.revoke",
            "Revoke a token",
            revoke,
        ),
        post(
            "/api/v1/connections/{connection}/tokens",
            "tokens.issue_for_connection",
            "Make a token for a connection; it is shown this once",
            issue_for_connection,
        ),
    ]
}

/// A token, without its secret.
#[derive(Debug, Serialize, ToSchema)]
struct TokenBody {
    id: TokenRef,
    name: Option<String>,
    /// The person or connection as whom it acts.
    owner: String,
    #[schema(value_type = String, format = DateTime)]
    expires: Timestamp,
    revoked: bool,
}

/// A new token.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewToken {
    /// What it is for.
    #[schema(schema_with = web::schema::name)]
    name: String,
    /// First moment at which it is refused.
    #[schema(value_type = String, format = DateTime)]
    expires: Timestamp,
}

async fn list(session: SignedIn, paging: Paging) -> Result<Answer<Page<TokenBody>>> {
    let after = paging.after::<u32>()?.unwrap_or(0) as usize;
    let state = session.asked();
    let view = session.view();
    let tokens: Vec<_> = state
        .tokens()
        .ids()
        .skip(after)
        .filter(|token| view.sees(*token))
        .take(paging.size + 1)
        .collect();
    let profiles = things::profiles(&session, &tokens).await?;
    let items = tokens.iter().filter_map(|token| {
        let row = state.tokens().get(*token)?;
        let owner = match row.owner {
            TokenOwner::Person(person) => session.shown(person)?.0.to_string(),
            TokenOwner::Connection(connection) => session.shown(connection)?.0.to_string(),
        };
        let name = things::name(&profiles, *token);
        Some((
            access::Dense::number(*token),
            TokenBody {
                id: session.id(*token),
                name,
                owner,
                expires: timestamp(row.expires),
                revoked: row.revoked,
            },
        ))
    });
    let page = paging.cut(items.collect(), |(number, _)| *number)?;
    session.answer(Page {
        items: page.items.into_iter().map(|(_, body)| body).collect(),
        next: page.next,
    })
}

async fn issue(commands: Commands, order: Order<NewToken>) -> Result<Answer<Written>> {
    let owner = match commands.subject {
        Subject::Person(person) => TokenOwner::Person(person),
        Subject::Connection(connection) => TokenOwner::Connection(connection),
        _ => return Err(Problem::forbidden()),
    };
    make(&commands, owner, &order).await
}

async fn issue_for_connection(
    commands: CommandsOn<ConnectionId>,
    order: Order<NewToken>,
) -> Result<Answer<Written>> {
    make(&commands, TokenOwner::Connection(commands.on), &order).await
}

async fn make(
    session: &Session,
    owner: TokenOwner,
    order: &Order<NewToken>,
) -> Result<Answer<Written>> {
    let name = parse_name("/name", &order.body.name)?;
    let expires = Moment(order.body.expires.as_millisecond());
    let new = Issue::of(session, owner, name, expires);
    let mut answer = session.create(new.id, new.change, &order.how).await?;
    // A repeated request made no token, and the secret of the first one is not kept anywhere.
    if !answer.body.dry_run && !answer.body.repeated {
        answer.body.secret = Some(new.secret.reveal().to_owned());
    }
    Ok(answer)
}

/// A token to be made.
pub(crate) struct Issue {
    /// Its id.
    pub id: PublicId<TokenId>,
    /// What makes it.
    pub change: Change,
    /// What is to be shown, this once.
    pub secret: Secret,
}

impl Issue {
    pub fn of(session: &Session, owner: TokenOwner, name: String, expires: Moment) -> Self {
        let id = session.new_id::<TokenId>();
        let secret = Secret::make(session.account.engine().randomness().as_ref());
        let change = Change::from(Command::IssueToken { id, owner, expires })
            .with_profile(ProfileWrite::new(Of::public(id)).set(Field::Name, name))
            .with_secret(NewSecret {
                purpose: Purpose::Token,
                of: Some(Of::public(id)),
                secret: secret.clone(),
                expires_at: Some(expires),
            });
        Self { id, change, secret }
    }
}

async fn revoke(commands: CommandsOn<TokenId>, how: Submission) -> Result<Answer<Written>> {
    commands
        .submit(Command::RevokeToken { token: commands.on }, &how)
        .await
}
