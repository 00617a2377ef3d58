//! Signing out: at the provider because of here, and here because of the provider (back-channel logout).

use access::Dense;
use ledger::{Account, Through, ThroughEnding};
use openid::{Goodbye, LoggedOut, RelyingParty};
use serde::{Deserialize, Serialize};
use web::{
    App, Problem, Result,
    elsewhere::{Brought, ForeignForm},
    guard::{Public, Reason},
    page::{Either, Page, SeeOther, WithCookie},
    reply::Json,
    route::{Route, get, post},
    session::failed,
    sign_ins::SignIns,
};

use super::{
    GOODBYE, Provider,
    flow::{LeavePage, SECONDS, is_active, pack, party, tracing_of, unpack},
    rest::{Server, client},
    session_mark, store,
};

/// Where a browser goes on to the provider.
const LEAVE: &str = "/sign-out/provider";
/// Where it is sent back to.
const ANEW: &str = "/sign-in";

pub(super) fn routes() -> Vec<Route> {
    vec![
        get(
            LEAVE,
            "provider_sign_out.leave",
            "Go on to the sign-in provider to sign out there too",
            leave,
        ),
        post(
            "/sign-out/provider/back-channel",
            "provider_sign_out.told",
            "Hear from a sign-in provider that somebody signed out there",
            told,
        ),
    ]
}

/// Where the browser goes on to.
#[derive(Serialize, Deserialize)]
struct Leaving {
    to: String,
}

/// Whoever came through a provider signs out there too, where it knows how. They are out here already, whatever becomes of that.
pub(crate) async fn away(
    server: &Server,
    account: &Account,
    session: Option<&Through>,
) -> Result<SeeOther> {
    let Some(through) = session else {
        return SignIns::leave(ANEW);
    };
    let to = match &server.party {
        None => None,
        Some(party) => logout_url(party, account, through, server).await?,
    };
    let Some(to) = to else {
        return SignIns::leave(ANEW);
    };
    let packed = pack(account, &Leaving { to })?;
    SignIns::leave(LEAVE)?.keeping(&packed, SECONDS)
}

async fn logout_url(
    party: &RelyingParty,
    account: &Account,
    through: &Through,
    server: &Server,
) -> Result<Option<String>> {
    let mut tx = account.read_once().await.map_err(failed)?;
    let provider = store::one(&mut tx, account.id(), through.connection).await;
    drop(tx);
    let Some(provider) = provider.map_err(failed)? else {
        return Ok(None);
    };
    let secret = provider.secret(account).map_err(failed)?;
    let sealed = through.goodbye.as_deref();
    let id_token = sealed.and_then(|sealed| account.unseal(GOODBYE, sealed));
    let goodbye = Goodbye {
        // A long one has no place in what the browser brings along: the provider asks them then.
        id_token: id_token
            .and_then(|token| String::from_utf8(token).ok())
            .filter(|token| token.len() <= HINT_MAX),
        back_to: server
            .origin
            .as_ref()
            .map(|origin| format!("{origin}{ANEW}")),
        state: None,
    };
    let url = match client(account, &provider, secret, server) {
        Ok(client) => party.logout_url(&client, &goodbye, account.now().0).await,
        Err(error) => Err(error),
    };
    Ok(url.unwrap_or_else(|error| {
        tracing_of(&error);
        None
    }))
}

/// Bytes of an ID token that a browser brings along.
const HINT_MAX: usize = 2_000;

/// Whoever signed out is nobody.
#[derive(Debug)]
struct SignedOut;

impl Reason for SignedOut {
    const WHY: &'static str = "whoever signed out is nobody any more; where they go on to is sealed in what their browser brings along";
}

async fn leave(
    public: Public<SignedOut>,
    brought: Brought,
) -> Result<Either<SeeOther, WithCookie<LeavePage>>> {
    let found = unpack::<Leaving>(public.app.engine(), brought.0.as_deref()).await?;
    match found {
        None => Ok(Either::Done(SeeOther::to(ANEW))),
        Some((_, Leaving { to })) => {
            let page = Page::new(LeavePage { to });
            WithCookie::keeping_nothing(page).map(Either::Again)
        }
    }
}

/// A provider has no session here.
#[derive(Debug)]
struct AProvider;

impl Reason for AProvider {
    const WHY: &'static str =
        "a sign-in provider is no browser and has no token of ours; what it signed is the proof";
}

/// What a provider sends (Back-Channel Logout 1.0 §2.5).
#[derive(Deserialize)]
struct Told {
    logout_token: String,
}

/// What it is answered.
#[derive(Serialize, utoipa::ToSchema)]
struct Heard {}

fn refused() -> Problem {
    Problem::malformed("the logout token is none, or is not believed")
}

/// Ends the sessions that the token speaks of. An unsigned, foreign, old or replayed one ends nothing.
async fn told(
    public: Public<AProvider>,
    server: Server,
    ForeignForm(told): ForeignForm<Told>,
) -> Result<Json<Heard>> {
    let (issuer, audiences) = RelyingParty::names(&told.logout_token).ok_or_else(refused)?;
    let party = party(&server)?;
    let mut heard = false;
    // A token for several is for us if we are one of them; the first few are enough.
    for audience in audiences.iter().take(4) {
        for (account, provider) in of_issuer(&public.app, &issuer, audience).await? {
            let secret = provider.secret(&account).map_err(failed)?;
            let (token, now) = (&told.logout_token, account.now().0);
            let said = match client(&account, &provider, secret, &server) {
                Ok(client) => party.back_channel_logout(&client, token, now).await,
                Err(error) => Err(error),
            };
            match said {
                Ok(said) => heard |= end(&account, &provider, &said).await?,
                Err(error) => tracing_of(&error),
            }
        }
    }
    match heard {
        true => Ok(Json(Heard {})),
        false => Err(refused()),
    }
}

async fn of_issuer(app: &App, issuer: &str, client_id: &str) -> Result<Vec<(Account, Provider)>> {
    let engine = app.engine();
    let first = engine.first_account().await.map_err(failed)?;
    let mut tx = first.read_once().await.map_err(failed)?;
    let found = store::of_issuer(&mut tx, issuer, client_id).await;
    drop(tx);
    let mut active = Vec::new();
    for (account, provider) in found.map_err(failed)? {
        let account = engine.account(account).await.map_err(failed)?;
        if is_active(&account, provider.connection) {
            active.push((account, provider));
        }
    }
    Ok(active)
}

/// Whether the token was new.
async fn end(account: &Account, provider: &Provider, said: &LoggedOut) -> Result<bool> {
    let mark = |what, value: &String| {
        session_mark(account, (what, said.issuer.as_str()), value).map_err(failed)
    };
    let sub = said.sub.as_ref().map(|sub| mark("sub", sub)).transpose()?;
    let session = said
        .session
        .as_ref()
        .map(|sid| mark("sid", sid))
        .transpose()?;
    let which = match (session, sub) {
        (Some(session), Some(subject)) => ThroughEnding::OneOf { session, subject },
        (Some(session), None) => ThroughEnding::One(session),
        (None, Some(subject)) => ThroughEnding::Of(subject),
        (None, None) => return Ok(false),
    };
    let token = format!(
        "{} {}",
        provider.connection.number(),
        mark("jti", &said.jti)?
    );
    let until = access::Moment(said.remember_until_ms);
    let ended = account.provider_signed_out(provider.connection, &which, (&token, until));
    ended.await.map_err(failed)
}
