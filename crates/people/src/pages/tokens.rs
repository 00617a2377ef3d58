//! Configure › Tokens: one's own, and those of others as far as one sees them (AD-28, AD-29).

use access::{
    Command, Dense, PersonId, Subject, TokenId, decide::UserStatus, explain::words::Name,
    state::TokenOwner,
};
use askama::Template;
use serde::Deserialize;
use utoipa::IntoParams;
use web::{
    Problem, Result,
    guard::{Commands, CommandsOn, SignedIn},
    page::{
        CONFIGURE, Frame, Page, Pager, Taken,
        form::Form,
        lives::At,
        moment,
        names::{Mark, Names},
        review::{Review, Reviewed},
    },
    paging::{Cursor, Paging},
    part::Query,
    route::{Route, get, post},
    session::{Session, failed},
};

use super::{
    connections::days_left,
    issuing::{self, NewToken, Place, TokenPage},
};
use crate::things;

const PLACE: &str = "/configure/tokens";

pub(super) fn routes() -> Vec<Route> {
    vec![
        get(
            PLACE,
            "tokens.page",
            "The tokens that the reader may see",
            list,
        )
        .in_section(&CONFIGURE, "Tokens"),
        get(
            "/configure/tokens/new",
            "tokens.new_page",
            "The form of a new token of the reader's",
            new,
        ),
        post(
            "/configure/tokens/new",
            "tokens.make",
            "Make a token for the caller, and show it this once",
            make,
        ),
        post(
            "/configure/tokens/{token}/revoke",
            "tokens.end",
            "Review and revoke a token",
            revoke,
        ),
    ]
}

/// A token as pages list it.
pub(super) struct TokenRow {
    pub id: String,
    pub name: String,
    pub owner: Mark,
    /// As whom it acts has this account role.
    pub role: Mark,
    pub used: Option<String>,
    pub expires: String,
    pub state: State,
    /// In how many days it ends, where that is soon.
    pub days_left: Option<i64>,
}

impl TokenRow {
    /// What is said of its end, where that is soon.
    pub fn ends(&self) -> Option<String> {
        Some(match self.days_left? {
            0 => "ends within a day".to_owned(),
            1 => "ends in 1 day".to_owned(),
            days => format!("ends in {days} days"),
        })
    }
}

/// Whether it still works.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    Works,
    Expired,
    Revoked,
}

fn state(session: &Session, token: TokenId) -> Option<State> {
    let row = session.state().tokens().get(token)?;
    Some(if row.revoked {
        State::Revoked
    } else if row.expires <= session.now() {
        State::Expired
    } else {
        State::Works
    })
}

fn owner_name(owner: TokenOwner) -> Name {
    match owner {
        TokenOwner::Person(person) => Name::Person(person),
        TokenOwner::Connection(connection) => Name::Connection(connection),
    }
}

fn role_name(session: &Session, owner: TokenOwner) -> Option<Name> {
    let state = session.state();
    Some(Name::Role(match owner {
        TokenOwner::Person(person) => state.people().get(person)?.account_role,
        TokenOwner::Connection(connection) => state.connections().get(connection)?.role,
    }))
}

/// Tokens in the order of their making, of those for which `wanted` says so.
pub(super) fn walk(
    session: &Session,
    paging: &Paging,
    wanted: impl Fn(TokenId) -> bool,
) -> Result<(Vec<TokenId>, Option<Cursor>)> {
    let rows = session.state().tokens().len();
    let rest = |after: Option<TokenId>| {
        let first = after.map_or(0, |last| last.index().saturating_add(1));
        (first..rows).map_while(TokenId::from_index)
    };
    let shown = |token| session.view().sees(token) && wanted(token);
    let (found, next) = things::walk(paging, rest, shown)?;
    Ok((found, next))
}

/// The tokens as rows.
pub(super) async fn rows(session: &Session, tokens: &[TokenId]) -> Result<Vec<TokenRow>> {
    let table = session.state().tokens();
    let owners: Vec<_> = tokens
        .iter()
        .filter_map(|token| Some(table.get(*token)?.owner))
        .collect();
    let wanted = owners.iter().map(|owner| owner_name(*owner));
    let roles = owners.iter().filter_map(|owner| role_name(session, *owner));
    let names = Names::of(session, wanted.chain(roles).collect::<Vec<_>>()).await?;
    let profiles = things::profiles(session, tokens).await?;
    let uses = session.account.token_uses(tokens).await.map_err(failed)?;
    let rows = tokens.iter().filter_map(|token| {
        let row = table.get(*token)?;
        Some(TokenRow {
            id: session.id(*token).0.to_string(),
            name: things::name(&profiles, *token).unwrap_or_else(|| "without a name".to_owned()),
            owner: names.mark(owner_name(row.owner)),
            role: names.mark(role_name(session, row.owner)?),
            used: uses.get(token).map(|used| moment(*used)),
            expires: moment(row.expires),
            state: state(session, *token)?,
            days_left: days_left(session, row.expires),
        })
    });
    Ok(rows.collect())
}

/// Which of them.
#[derive(Debug, Deserialize, IntoParams)]
struct Which {
    /// `all`: those that are over too.
    show: Option<String>,
}

#[derive(Template)]
#[template(path = "tokens.html")]
struct TokensPage {
    frame: Frame,
    rows: Vec<TokenRow>,
    /// Whether they are of several.
    shows_owner: bool,
    is_all: bool,
    pager: Pager,
    can_make: bool,
}

async fn list(
    session: SignedIn,
    paging: Paging,
    Query(which): Query<Which>,
) -> Result<Page<TokensPage>> {
    let session = &*session;
    let is_all = match which.show.as_deref() {
        None | Some("") => false,
        Some("all") => true,
        Some(_) => return Err(Problem::invalid("show", "say all, or nothing")),
    };
    let wanted = |token| is_all || state(session, token) == Some(State::Works);
    let (found, next) = walk(session, &paging, wanted)?;
    let show = is_all.then_some("all");
    Ok(Page::new(TokensPage {
        rows: rows(session, &found).await?,
        frame: Frame::of(session, "Tokens", PLACE, CONFIGURE.label).await?,
        shows_owner: true,
        is_all,
        pager: Pager::filtered(&paging, PLACE, &[("show", show)], next),
        can_make: active_user(session).is_some(),
    }))
}

/// AD-29: a personal token is for an active user.
fn active_user(session: &Session) -> Option<PersonId> {
    let Subject::Person(person) = session.subject else {
        return None;
    };
    let status = session.view().user_status(person);
    (status == UserStatus::Active).then_some(person)
}

fn place() -> Place {
    Place {
        form: "/configure/tokens/new".to_owned(),
        back: PLACE.to_owned(),
        label: "Tokens".to_owned(),
        acts: "A personal token acts as you and no further, from any program that has it. It stops when you lose a right, and ends with your access."
            .to_owned(),
    }
}

async fn new(session: SignedIn) -> Result<Page<TokenPage>> {
    issuing::show(&session, place()).await
}

async fn make(commands: Commands, Form(new): Form<NewToken>) -> Result<Page<TokenPage>> {
    let Subject::Person(person) = commands.subject else {
        return Err(Problem::forbidden().detail("a connection's tokens are made on its page"));
    };
    issuing::make(&commands, TokenOwner::Person(person), place(), &new).await
}

/// Nothing to say but go.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Nothing {}

async fn revoke(commands: CommandsOn<TokenId>, form: Reviewed<Nothing>) -> Result<Taken<Review>> {
    let (session, token) = (&*commands, commands.on);
    let profiles = things::profiles(session, &[token]).await?;
    let row = session.state().tokens().get(token);
    let owner = row.ok_or_else(Problem::not_found)?.owner;
    let names = Names::of(session, [owner_name(owner)]).await?;
    let at = At {
        page: PLACE.to_owned(),
        list: PLACE,
        section: CONFIGURE.label,
        name: things::name(&profiles, token).unwrap_or_else(|| "the token".to_owned()),
    };
    let mut asking = at.asking(
        format!("Revoke {} of {}?", at.name, names.text(owner_name(owner))),
        "Programs that use it are refused from the next request on. A token that is revoked does not come back.",
        "Revoke",
        "",
    );
    asking.action = format!("{PLACE}/{}/revoke", session.id(token).0);
    let command = Command::RevokeToken { token };
    let settled = form.always().settle(session, command, asking).await?;
    Ok(settled.then(|_| at.saying("Revoked.")))
}
