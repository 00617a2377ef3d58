//! Coming in by a provider: away with what only this browser brings back, and in with the one facet that the provider opens.
//!
//! Which provider it is, is known by the domain of an address alone: whether the address is somebody's is told to nobody.

use access::{ConnectionId, Dense, Fingerprint, Moment, PersonId, Subject};
use askama::Template;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use ledger::{Account, Engine, LedgerError, SignInFact, ThroughEnding};
use openid::{Callback, Identity, Pending, RelyingParty, Wish};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use utoipa::IntoParams;
use uuid::Uuid;
use web::{
    Problem, Result,
    browser::Browser,
    elsewhere::{Brought, RawQuery},
    guard::{Public, Reason},
    page::{Either, Next, Page, SeeOther, WithCookie, form::Form},
    part::Path,
    route::{Route, get, post},
    session::failed,
};

use super::{
    Audience, Provider,
    again::Again,
    link::{Vouched, Who},
    own::CLAIM_PATH,
    rest::{CALLBACK, Server, client, public_id},
    session_mark, store,
};
use crate::sign_in_page::{NotYet, SignInPage};

pub(super) fn routes() -> Vec<Route> {
    vec![
        post(
            "/sign-in/provider",
            "provider_sign_in.begin",
            "Go on to a sign-in provider that speaks for the domain of an address",
            begin,
        ),
        get(
            CALLBACK,
            "provider_sign_in.come_back",
            "Come back from a sign-in provider",
            come_back,
        ),
    ]
}

/// What a browser brings along is bound to this.
const BOUND: &[u8] = b"sign-in by a provider";
/// How long what a browser brings along is good for, in seconds.
pub(super) const SECONDS: i64 = Pending::LASTS_MS / 1_000;

/// What a browser brings back from a provider.
#[derive(Serialize, Deserialize)]
struct Begun {
    connection: u32,
    pending: Pending,
    next: String,
    /// The session in which somebody proves once more who they are; none: one is to begin.
    again: Option<Again>,
}

/// Whom a provider spoke of, where nobody is sure who it is here: they say so themselves, once, by their own means.
#[derive(Serialize, Deserialize)]
pub(super) struct Claim {
    pub connection: u32,
    /// What the provider was when it said so.
    pub provider: Fingerprint,
    pub mark: Uuid,
    /// As the provider calls them: whoever confirms compares it.
    pub who: Option<String>,
    pub until: i64,
}

/// Seals what a browser is to bring along.
pub(super) fn pack(account: &Account, what: &impl Serialize) -> Result<String> {
    let plain = serde_json::to_vec(what).map_err(Problem::internal)?;
    let sealed = account.seal(BOUND, &plain).map_err(failed)?;
    let id = account.public_id().simple();
    Ok(format!("{id}.{}", BASE64.encode(sealed)))
}

/// Opens what a browser brought along; `None` for whatever we did not write.
pub(super) async fn unpack<T: DeserializeOwned>(
    engine: &Engine,
    brought: Option<&str>,
) -> Result<Option<(Account, T)>> {
    let parts = brought.and_then(|text| text.split_once('.'));
    let Some((id, sealed)) = parts else {
        return Ok(None);
    };
    let (Ok(id), Ok(sealed)) = (Uuid::try_parse(id), BASE64.decode(sealed)) else {
        return Ok(None);
    };
    let account = match engine.account_by_public_id(id).await {
        Ok(account) => account,
        Err(LedgerError::Unknown(_)) => return Ok(None),
        Err(error) => return Err(failed(error)),
    };
    let plain = account.unseal(BOUND, &sealed);
    let what = plain.and_then(|plain| serde_json::from_slice(&plain).ok());
    Ok(what.map(|what| (account, what)))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BeginForm {
    email: String,
    next: Option<String>,
    /// As whom, where one provider speaks for the staff of the domain and another one for its customers.
    audience: Option<Audience>,
}

/// On the way: a form may not lead to another host, so that a page does.
#[derive(Template)]
#[template(path = "provider-leave.html")]
pub(super) struct LeavePage {
    pub to: String,
}

/// Nobody came in, or nothing was proved.
#[derive(Template)]
#[template(path = "provider-denied.html")]
pub(super) struct DeniedPage {
    /// They are signed in, and were to prove it once more.
    is_again: bool,
    what: String,
    remedy: String,
}

pub(super) fn denied(what: impl Into<String>, remedy: impl Into<String>) -> DeniedPage {
    DeniedPage {
        is_again: false,
        what: what.into(),
        remedy: remedy.into(),
    }
}

fn not_by_this_one() -> DeniedPage {
    denied(
        "You are known here, and may not come in by this provider.",
        "You may be switched off, or have nothing to do on the side that it opens: ask an administrator.",
    )
}

impl DeniedPage {
    pub fn again(self) -> Self {
        Self {
            is_again: true,
            ..self
        }
    }
}

/// The providers that speak for a domain, one for each audience at most, staff first: in one account alone, or nobody knows which one is meant.
async fn of_domain(engine: &Engine, domain: &str) -> Result<Vec<(Account, Provider)>> {
    let mut tx = engine.read_once().await.map_err(failed)?;
    let found = store::speaking_for(&mut tx, domain).await.map_err(failed)?;
    drop(tx);
    let mut speaking: Vec<(Account, Provider)> = Vec::new();
    for (account, provider) in found {
        let account = engine.account(account).await.map_err(failed)?;
        if is_active(&account, provider.connection) {
            speaking.push((account, provider));
        }
    }
    let first = speaking.first().map(|(account, _)| account.id());
    if speaking
        .iter()
        .any(|(account, _)| Some(account.id()) != first)
    {
        return Ok(Vec::new());
    }
    speaking.sort_by_key(|(_, provider)| Audience::of(provider.facet));
    Ok(speaking)
}

/// A provider that speaks for the domain of an address.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Speaks {
    pub audience: Audience,
    /// Its people come in by it alone, and not beside what they have of their own.
    pub is_alone: bool,
}

/// Which providers speak for the domain of an address, whether or not the address is somebody's.
pub(crate) async fn of_address(engine: &Engine, address: &str) -> Result<Vec<Speaks>> {
    let Some(domain) = domain_of(address) else {
        return Ok(Vec::new());
    };
    let found = of_domain(engine, &domain).await?;
    let speaks = |(_, provider): &(Account, Provider)| Speaks {
        audience: Audience::of(provider.facet),
        is_alone: provider.is_only_for(&domain),
    };
    Ok(found.iter().map(speaks).collect())
}

fn domain_of(address: &str) -> Option<String> {
    let (_, domain) = address.trim().rsplit_once('@')?;
    let domain = access::Domain::of_address(domain).ok()?;
    Some(domain.as_str().to_owned())
}

/// Whether any provider speaks for a domain: then the address is asked for first.
pub(crate) async fn has_domains(engine: &Engine) -> Result<bool> {
    let mut tx = engine.read_once().await.map_err(failed)?;
    store::any_speaks(&mut tx).await.map_err(failed)
}

pub(super) fn is_active(account: &Account, connection: ConnectionId) -> bool {
    let state = account.state();
    let row = state.connections().get(connection);
    row.is_some_and(|row| row.life.is_active()) && state.account().active
}

/// Who asks providers.
pub(super) fn party(server: &Server) -> Result<&RelyingParty> {
    server.party.as_ref().ok_or_else(Problem::not_found)
}

async fn begin(
    public: Public<NotYet>,
    server: Server,
    Form(form): Form<BeginForm>,
) -> Result<Either<WithCookie<LeavePage>, Page<SignInPage>>> {
    let next = Next::parse(form.next.as_deref().unwrap_or_default());
    let again = |page| Ok(Either::Again(Page::again(page)));
    let domain = domain_of(&form.email).unwrap_or_default();
    let engine = public.app.engine();
    let found = of_domain(engine, &domain).await?;
    let is_wanted = |one: &&(Account, Provider)| {
        let audience = Audience::of(one.1.facet);
        form.audience.is_none_or(|wanted| wanted == audience)
    };
    let mut wanted = found.iter().filter(is_wanted);
    let (Some((account, provider)), None, Some(_)) = (wanted.next(), wanted.next(), &server.origin)
    else {
        return again(SignInPage::without_provider(engine, &form.email, &next).await?);
    };
    let wish = Wish {
        login_hint: Some(form.email.trim().to_owned()),
        ..Wish::default()
    };
    let going = Going {
        account,
        provider,
        wish,
        next: next.path(),
        again: None,
    };
    match going.leave(&server, engine).await? {
        Some(page) => Ok(Either::Done(page)),
        None => again(SignInPage::provider_away(engine, &form.email, &next).await?),
    }
}

/// Somebody on their way to a provider.
pub(super) struct Going<'a> {
    pub account: &'a Account,
    pub provider: &'a Provider,
    pub wish: Wish,
    /// Where they go on to when they are back.
    pub next: &'a str,
    pub again: Option<Again>,
}

impl Going<'_> {
    /// Away; none where the provider does not answer.
    pub async fn leave(
        self,
        server: &Server,
        engine: &Engine,
    ) -> Result<Option<WithCookie<LeavePage>>> {
        let (account, provider) = (self.account, self.provider);
        let (party, now) = (party(server)?, account.now());
        let randomness = engine.randomness();
        let fill = move |bytes: &mut [u8]| randomness.fill(bytes);
        let secret = provider.secret(account).map_err(failed)?;
        let begun = match client(account, provider, secret, server) {
            Ok(client) => party.begin(&client, &self.wish, &fill, now.0).await,
            Err(error) => Err(error),
        };
        let (to, pending) = match begun {
            Ok(begun) => begun,
            Err(error) => {
                tracing_of(&error);
                return Ok(None);
            }
        };
        let begun = Begun {
            connection: provider.connection.number(),
            pending,
            next: self.next.to_owned(),
            again: self.again,
        };
        let page = Page::new(LeavePage { to });
        WithCookie::keeping(page, &pack(account, &begun)?, SECONDS).map(Some)
    }
}

/// Whoever looks after the server is told what was wrong with a provider; it names nobody.
pub(super) fn tracing_of(error: &openid::Error) {
    tracing::warn!(
        code = error.code(),
        "a sign-in provider did not do: {error}"
    );
}

/// Whoever comes back is not signed in yet.
#[derive(Debug)]
struct FromAProvider;

impl Reason for FromAProvider {
    const WHY: &'static str = "whoever comes back from a sign-in provider is not signed in yet; what the browser brings along, and the \
                               provider’s answer, are the proof";
}

pub(super) type Came = Either<SeeOther, WithCookie<DeniedPage>>;

pub(super) fn shut(page: DeniedPage) -> Result<Came> {
    WithCookie::keeping_nothing(Page::again(page)).map(Either::Again)
}

/// Each provider has a place of its own to send people back to: what one of them is told in another's name is not told here (RFC 9700 §4.4).
#[derive(Deserialize, IntoParams)]
struct Which {
    /// The id of its connection.
    provider: String,
}

/// What only this browser brings back, for the provider that it comes from, and the first time.
async fn begun(
    engine: &Engine,
    (which, brought): (&Which, &Brought),
    callback: &Callback,
) -> Result<Option<(Account, Begun)>> {
    let begun = unpack::<Begun>(engine, brought.0.as_deref()).await?;
    let Some((account, begun)) = begun else {
        return Ok(None);
    };
    let connection = ConnectionId::from_number(begun.connection);
    let is_from = connection.is_some_and(|of| public_id(&account, of) == which.provider);
    if !is_from || callback.state() != begun.pending.state() {
        return Ok(None);
    }
    let until = Moment(account.now().0 + Pending::LASTS_MS);
    let is_first = account.came_back(callback.state(), until).await;
    Ok(is_first.map_err(failed)?.then_some((account, begun)))
}

async fn come_back(
    public: Public<FromAProvider>,
    Path(which): Path<Which>,
    (server, browser, brought): (Server, Browser, Brought),
    RawQuery(query): RawQuery,
) -> Result<Came> {
    let found = match Callback::parse(&query) {
        Err(_) => None,
        Ok(callback) => begun(public.app.engine(), (&which, &brought), &callback)
            .await?
            .map(|found| (found, callback)),
    };
    let Some(((account, begun), callback)) = found else {
        let what = "This was not begun in this browser, was answered already, or is too long ago.";
        // Somebody who is in looks at their own way back once more.
        return match public.is_signed_in {
            true => shut(denied(what, "Begin again where you were.").again()),
            false => shut(denied(what, "Begin again at the sign-in page.")),
        };
    };
    let shut = |what: &str, remedy: &str| match begun.again {
        None => shut(denied(what, remedy)),
        Some(_) => shut(denied(what, remedy).again()),
    };
    let connection = ConnectionId::from_number(begun.connection);
    let provider = match connection.filter(|one| is_active(&account, *one)) {
        None => None,
        Some(connection) => {
            let mut tx = account.read_once().await.map_err(failed)?;
            let found = store::one(&mut tx, account.id(), connection).await;
            found.map_err(failed)?
        }
    };
    let Some(provider) = provider else {
        return shut(
            "Nobody comes in by this provider any more.",
            "Sign in with your password, or ask whoever looks after Rolecall at your organisation.",
        );
    };
    let secret = provider.secret(&account).map_err(failed)?;
    let (party, now) = (party(&server)?, account.now());
    let came = match client(&account, &provider, secret, &server) {
        Ok(client) => {
            party
                .finish(&client, &begun.pending, &callback, now.0)
                .await
        }
        Err(error) => Err(error),
    };
    let identity = match came {
        Ok(identity) => identity,
        Err(error) => {
            tracing_of(&error);
            note(&account, begun.again.as_ref().and_then(Again::person)).await?;
            return shut("The provider did not let you in here.", error.remedy());
        }
    };
    let vouched = Vouched {
        account: &account,
        provider: &provider,
        identity: &identity,
        request: public.request.clone(),
    };
    if let Some(again) = &begun.again {
        return again.proved(&vouched, &begun.next).await;
    }
    let person = match find(&vouched).await? {
        Found::Is(person) => person,
        Found::Asks => return ask(&vouched, now),
        Found::May(person, problem) => {
            note(&account, person).await?;
            return self::shut(problem);
        }
    };
    enter(&public, &vouched, person, &browser, &begun.next).await
}

enum Found {
    Is(PersonId),
    Asks,
    /// Nobody comes in; whoever it is, if that is known.
    May(Option<PersonId>, DeniedPage),
}

/// Who it is, linked from now on.
async fn find(vouched: &Vouched<'_>) -> Result<Found> {
    match vouched.who().await? {
        Who::Linked(person) => {
            vouched.accept(person).await?;
            Ok(Found::Is(person))
        }
        // Whoever chose the other side at the sign-in page by mistake is not linked to it for that.
        Who::Sure(person) if !vouched.provider.is_for(&vouched.account.state(), person) => {
            Ok(Found::May(Some(person), not_by_this_one()))
        }
        Who::Sure(person) => {
            vouched.link(person, true).await?;
            Ok(Found::Is(person))
        }
        Who::Asks => Ok(Found::Asks),
        Who::New(address) => match vouched.create(&address).await {
            Ok(Some(person)) => Ok(Found::Is(person)),
            Ok(None) => Ok(Found::Asks),
            Err(problem) if problem.code() == "unavailable" => Err(problem),
            Err(_) => {
                let problem = denied(
                    "You are not known here, and could not be added.",
                    "Ask whoever looks after Rolecall at your organisation.",
                );
                Ok(Found::May(None, problem))
            }
        },
    }
}

/// Nobody is sure who it is here: an address that is not verified takes over nothing. They prove it by what they have here already.
fn ask(vouched: &Vouched<'_>, now: Moment) -> Result<Came> {
    let identity = vouched.identity;
    let claim = Claim {
        connection: vouched.provider.connection.number(),
        provider: vouched.provider.mark(),
        mark: vouched.mark()?,
        who: identity.email.clone().or_else(|| identity.name.clone()),
        until: now.0 + SECONDS * 1_000,
    };
    let to = Next::parse(CLAIM_PATH).at_sign_in();
    let packed = pack(vouched.account, &claim)?;
    SeeOther::to(to).keeping(&packed, SECONDS).map(Either::Done)
}

/// In, with the facet that the provider opens.
async fn enter(
    public: &Public<FromAProvider>,
    vouched: &Vouched<'_>,
    person: PersonId,
    browser: &Browser,
    next: &str,
) -> Result<Came> {
    let (account, identity) = (vouched.account, vouched.identity);
    // Before a second factor: which groups somebody is in, the provider says of them and not they.
    vouched.settle_groups(person).await?;
    let issuer = identity.issuer.as_str();
    let subject = session_mark(account, ("sub", issuer), &identity.sub).map_err(failed)?;
    let session = match &identity.session {
        None => None,
        Some(session) => Some(session_mark(account, ("sid", issuer), session).map_err(failed)?),
    };
    let mut through = vouched.provider.through(subject, session);
    let goodbye = account.seal(super::GOODBYE, identity.id_token.as_bytes());
    through.goodbye = Some(goodbye.map_err(failed)?);
    // Where the provider does not say when they proved it, it may be long ago.
    let proved_at = identity.auth_time_ms.map(Moment);
    let who = (account, person);
    let sign_ins = public.app.sign_ins();
    let begun = sign_ins.begin_through(who, browser, &through, (two_factors(identity), proved_at));
    let begun = begun.await?;
    // While the provider was asked, somebody may have removed it, made it another one, or unlinked the person, which ended the sessions that
    // were there: this one is ended with them.
    if begun.is_some() && !vouched.still_knows(person).await? {
        let which = ThroughEnding::OfPerson { person, but: None };
        let ended = account.end_sessions_through(through.connection, &which);
        ended.await.map_err(failed)?;
        return shut(denied(
            "The provider was changed, or you were unlinked from it, while you came in.",
            "Begin again at the sign-in page.",
        ));
    }
    match begun {
        Some(begun) => begun.leading_to(next).keeping("", 0).map(Either::Done),
        None => {
            note(account, Some(person)).await?;
            shut(not_by_this_one())
        }
    }
}

/// Whether the provider says that two factors were proved to it (RFC 8176).
fn two_factors(identity: &Identity) -> bool {
    identity.amr.iter().any(|how| how == "mfa")
}

pub(super) async fn note(account: &Account, person: Option<PersonId>) -> Result<()> {
    let engine = account.engine();
    let noted = engine.sign_in_failed(Some(account.id()), person, SignInFact::Failed);
    noted.await.map_err(failed)
}

/// The person of a session that is theirs alone.
pub(super) fn person_of(subject: Subject) -> Result<PersonId> {
    match subject {
        Subject::Person(person) => Ok(person),
        _ => Err(Problem::not_found()),
    }
}
