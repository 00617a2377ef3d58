//! The providers that know somebody: their own list, and the one confirmation by their own means where a provider was not sure who they are.

use access::{ConnectionId, Dense, explain::words::Name};
use askama::Template;
use ledger::{KnownBy, Means, OwnMeans, means_of};
use serde::Deserialize;
use uuid::Uuid;
use web::{
    Problem, Result,
    elsewhere::Brought,
    guard::Oneself,
    page::{Frame, Page, SeeOther, form::Form, moment, names::Names},
    route::{Route, get, post},
    session::{Session, failed},
};

use super::{
    Provider,
    beside::{EndThrough, StillStands},
    flow::{Claim, person_of, unpack},
    link::{Link, unlinking},
    store,
};

pub(crate) const PATH: &str = "/account/providers";
/// Where a provider is linked once.
pub(crate) const CLAIM_PATH: &str = "/account/providers/link";

pub(super) fn routes() -> Vec<Route> {
    vec![
        get(
            PATH,
            "own_providers.page",
            "The sign-in providers that know the caller",
            show,
        ),
        post(
            "/account/providers/unlink",
            "own_providers.unlink",
            "Let a sign-in provider know the caller no longer",
            unlink,
        ),
        get(
            CLAIM_PATH,
            "own_providers.claim_page",
            "What a sign-in provider said, to be confirmed once",
            claim_page,
        ),
        post(
            CLAIM_PATH,
            "own_providers.claim",
            "Confirm that it is oneself of whom a sign-in provider spoke",
            confirm,
        ),
    ]
}

struct Row {
    mark: String,
    provider: String,
    since: String,
}

#[derive(Template)]
#[template(path = "own-providers.html")]
struct ProvidersPage {
    frame: Frame,
    rows: Vec<Row>,
}

/// Whether there is anything to say of providers to somebody: one knows them, or there is one.
pub(crate) async fn concerns(session: &Session) -> Result<bool> {
    if !super::rest::all(session).await?.is_empty() {
        return Ok(true);
    }
    let Ok(person) = person_of(session.subject) else {
        return Ok(false);
    };
    let known = session.account.providers_of(person).await.map_err(failed)?;
    Ok(!known.is_empty())
}

/// What they are called. It is told to whoever they know, whether or not they may see connections.
async fn names(session: &Oneself, of: &[ConnectionId]) -> Result<Vec<String>> {
    let named = of.iter().map(|one| Name::Connection(*one));
    let names = Names::of_shown(session, named.clone()).await?;
    let name = |one| names.known(one).unwrap_or("A sign-in provider").to_owned();
    Ok(named.map(name).collect())
}

async fn show(session: Oneself) -> Result<Page<ProvidersPage>> {
    let person = person_of(session.subject)?;
    let known = session.account.providers_of(person).await.map_err(failed)?;
    let connections: Vec<_> = known.iter().map(|one| one.connection).collect();
    let names = names(&session, &connections).await?.into_iter();
    let rows = known.iter().zip(names).map(|(one, provider)| Row {
        mark: one.mark.to_string(),
        provider,
        since: moment(one.since),
    });
    Ok(Page::new(ProvidersPage {
        rows: rows.collect(),
        frame: Frame::of(&session, "My sign-in providers", PATH, "/")
            .await?
            .below("/account", "My settings"),
    }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Which {
    provider: Uuid,
}

async fn unlink(session: Oneself, Form(which): Form<Which>) -> Result<SeeOther> {
    session.require_fresh()?;
    let person = person_of(session.subject)?;
    let account = &session.account;
    let known = account.providers_of(person).await.map_err(failed)?;
    let one = known.iter().find(|one| one.mark == which.provider);
    let one = *one.ok_or_else(Problem::not_found)?;
    let mut tx = account.read_once().await.map_err(failed)?;
    let means = means_of(&mut tx, account.id(), person).await;
    let providers = store::all(&mut tx, account.id()).await.map_err(failed)?;
    drop(tx);
    let is_shut = account.own_means(person).await.map_err(failed)? == OwnMeans::Shut;
    let (state, now) = (session.state(), account.now());
    let of = |known: &KnownBy| {
        let mut providers = providers.iter();
        providers.find(|provider| provider.connection == known.connection)
    };
    let side = of(&one).filter(|provider| provider.is_for(state, person));
    let side = side.map(|provider| provider.facet);
    let mut others = known.iter().filter(|other| other.mark != one.mark);
    let has_another = others.any(|other| {
        let lets_in = |provider: &&Provider| provider.lets_in(state, person, now);
        let opens = of(other).filter(lets_in).map(|provider| provider.facet);
        opens == side
    });
    // Whoever takes off their only way in is out: to the side that it opens, where they have that.
    if side.is_some() && !has_another && (is_shut || means.map_err(failed)? == Means::default()) {
        let detail = match is_shut {
            true => {
                "this is the only way in that you have: your password and your passkeys do not count"
            }
            false => "this is the only way in that you have: choose a password first",
        };
        return Err(Problem::conflict("last_means", detail));
    }
    // Whoever is signed in by it elsewhere may be whoever it should not have known.
    let ending = EndThrough {
        connection: one.connection,
        person,
        but: session.sign_in().map(|session| session.id().to_owned()),
    };
    let unlink = unlinking(person, &one).with_rows(ending);
    session.submit_own(unlink).await?;
    Ok(SeeOther::to(PATH).saying("The provider knows you no longer."))
}

#[derive(Template)]
#[template(path = "own-provider-claim.html")]
struct ClaimPage {
    frame: Frame,
    /// None: nothing is to be confirmed, or not any more.
    provider: Option<String>,
    /// As the provider calls them.
    who: Option<String>,
}

/// What is to be confirmed in this account, if it still is.
async fn claimed(session: &Oneself, brought: &Brought) -> Result<Option<(ConnectionId, Claim)>> {
    let account = &session.account;
    let found = unpack::<Claim>(account.engine(), brought.0.as_deref()).await?;
    let found =
        found.filter(|(of, claim)| of.id() == account.id() && account.now().0 < claim.until);
    let Some((_, claim)) = found else {
        return Ok(None);
    };
    let connection = ConnectionId::from_number(claim.connection);
    Ok(connection.map(|connection| (connection, claim)))
}

async fn claim_page(session: Oneself, brought: Brought) -> Result<Page<ClaimPage>> {
    let claimed = claimed(&session, &brought).await?;
    let (provider, who) = match claimed {
        None => (None, None),
        Some((connection, claim)) => (names(&session, &[connection]).await?.pop(), claim.who),
    };
    Ok(Page::new(ClaimPage {
        provider,
        who,
        frame: Frame::of(&session, "Confirm a sign-in provider", CLAIM_PATH, PATH)
            .await?
            .below(PATH, "My sign-in providers"),
    }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Nothing {}

/// By their own means, proved just now: never by what another provider says.
async fn confirm(
    session: Oneself,
    brought: Brought,
    Form(Nothing {}): Form<Nothing>,
) -> Result<SeeOther> {
    let person = person_of(session.subject)?;
    let sign_in = session.sign_in().ok_or_else(Problem::not_found)?;
    if sign_in.through().is_some() {
        let detail = "sign in with what is your own here, and not through a provider";
        return Err(Problem::forbidden_by("own_means_only").detail(detail));
    }
    session.require_fresh()?;
    let claimed = claimed(&session, &brought).await?;
    let (connection, claim) = claimed.ok_or_else(|| {
        let detail = "nothing is to be confirmed any more: begin again at the provider";
        Problem::conflict("link_used", detail)
    })?;
    let (mark, provider) = (claim.mark, claim.provider);
    let known = session.account.known_by(mark).await.map_err(failed)?;
    if known.is_some_and(|known| known != person) {
        let detail = "the provider knows somebody else by this name already";
        return Err(Problem::conflict("linked_to_another", detail));
    }
    let link = Link {
        person,
        mark,
        provider: StillStands {
            connection,
            mark: provider,
        },
        accepts: false,
    };
    link.write_down(&session.account, session.request.clone())
        .await?;
    let done = SeeOther::to(PATH).saying("From now on you can sign in by the provider.");
    done.keeping("", 0)
}
