//! Sign-in sessions: from the cookie of a browser to the subject that it stands for, and back.
//!
//! The cookie holds a random secret and nothing else; the ledger keeps its hash. Each request looks it up, so that a session that was
//! ended anywhere is over with the next request, and rights are decided anew as for everybody (AD-28).

use std::{
    collections::HashSet,
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use access::{Actor, Command, Moment, PersonId, RoleId, State, Subject, state::UserFacet};
use axum::http::{HeaderMap, HeaderValue, Method, header};
use ledger::{
    Account, Beginning, Engine, FactorProof, Hash, NewSession, Of, Secret, SignInProof,
    SignInSession, Stage, Through, is_break_glass,
};

use crate::{
    about::About,
    browser::Browser,
    call::Call,
    caller::{Caller, Proof},
    origin,
    page::{Next, SeeOther},
    part::Part,
    problem::{Problem, Result},
    session::{Session, failed},
    sign_in::SignIn,
    through::{actor, may_come_through, owner_counts},
};

/// Browsers send it to this host alone, over TLS alone, and no other host can set it. On the loopback address they take it without TLS.
const COOKIE: &str = "__Host-rolecall";
/// How precisely it is known when a session was used.
const USED_EVERY_MS: i64 = 60 * 1_000;
/// How long somebody views as another person at most (AD-27).
pub const VIEWING_MS: i64 = 30 * 60 * 1_000;
/// Secrets that are remembered; above it everything is forgotten.
const REMEMBERED: usize = 50_000;
/// When a session was proved that a mailbox alone began.
const NEVER: Moment = Moment(0);
/// Where the second factor is proved.
pub(crate) const SECOND_STEP: &str = "/sign-in/code";

/// How long somebody stays signed in.
#[derive(Clone, Copy, Debug)]
pub struct Lifetimes {
    /// Without asking for anything.
    pub idle: Duration,
    /// Altogether.
    pub whole: Duration,
}

impl Default for Lifetimes {
    fn default() -> Self {
        let twelve_hours = Duration::from_secs(12 * 60 * 60);
        Self {
            idle: twelve_hours,
            whole: twelve_hours,
        }
    }
}

/// The sign-in sessions of a ledger.
#[derive(Clone, Debug)]
pub struct SignIns {
    engine: Engine,
    lifetimes: Lifetimes,
    /// Hashes of secrets that were found: whoever guesses is not among them.
    known: Arc<Mutex<HashSet<Hash>>>,
}

impl SignIns {
    pub(crate) fn new(engine: Engine, lifetimes: Lifetimes) -> Self {
        Self {
            engine,
            lifetimes,
            known: Arc::default(),
        }
    }

    /// How long somebody stays signed in.
    pub fn lifetimes(&self) -> Lifetimes {
        self.lifetimes
    }

    /// Whether the secret was found before.
    pub(crate) fn remembers(&self, secret: &Secret) -> bool {
        self.known().contains(&hash(secret))
    }

    fn remember(&self, secret: &Secret) {
        let mut known = self.known();
        if known.len() >= REMEMBERED {
            known.clear();
        }
        known.insert(hash(secret));
    }

    fn known(&self) -> MutexGuard<'_, HashSet<Hash>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The secret of a request, if there is exactly one that can be ours.
    pub(crate) fn presented(method: &Method, headers: &HeaderMap) -> Option<Secret> {
        let values = headers.get_all(header::COOKIE).iter();
        let pairs = values.flat_map(|value| value.to_str().unwrap_or_default().split(';'));
        let mut ours = pairs.filter_map(|pair| {
            let (name, value) = pair.trim().split_once('=')?;
            (name == COOKIE).then_some(value)
        });
        let (secret, None) = (ours.next()?, ours.next()) else {
            return None;
        };
        let secret = Secret::parse(secret)?;
        origin::may_use_cookie(method, headers).then_some(secret)
    }

    /// Who is signed in with this secret, if their session is not over and they count (AD-15). Whoever still has to prove a second
    /// factor is nobody yet.
    pub(crate) async fn find(&self, secret: Secret) -> Result<Option<Caller>> {
        let session = self.session(&secret).await?;
        let Some(mut session) = session.filter(|session| session.stage != Stage::Half) else {
            self.known().remove(&hash(&secret));
            return Ok(None);
        };
        self.remember(&secret);
        let account = self.engine.account(session.account).await.map_err(failed)?;
        let person = session.person;
        if account.state().people().get(person).is_none() {
            // Another node added the person, and this one has not heard of it yet.
            account.read().await.map_err(failed)?;
        }
        let now = account.now();
        let counts = owner_counts(&account.state(), &session, now) && is_enough(&account, &session);
        if let Some((viewed, _)) = session.views
            && !(counts && may_view_as(&account, actor(&session), viewed, now))
        {
            // For good: a right that comes back does not bring it back.
            let ended = self.engine.end_viewing(&session.id).await;
            ended.map_err(failed)?;
            session.views = None;
        }
        if !counts || self.misses_passkey(&account, &session).await? {
            return Ok(None);
        }
        if session.used_at.0.saturating_add(USED_EVERY_MS) <= now.0 {
            let used = self.engine.use_sign_in_session(&session.id).await;
            used.map_err(failed)?;
        }
        let subject = session.views.map_or(person, |(viewed, _)| viewed);
        Ok(Some(Caller {
            account,
            actor: actor(&session),
            subject: Subject::Person(subject),
            by: Proof::SignIn(Arc::new(SignIn::new(session, secret))),
        }))
    }

    /// A session that a password began before a second factor was asked of somebody who has a passkey: it is over, or whoever has the
    /// password alone would set up a factor of their own in it.
    async fn misses_passkey(&self, account: &Account, session: &SignInSession) -> Result<bool> {
        if session.stage == Stage::TwoFactors || !account.state().asks_second_factor(session.person)
        {
            return Ok(false);
        }
        let has = account.has_passkeys(session.person).await;
        has.map_err(failed)
    }

    /// Whether a session that was found before is not over, and its owner counts (AD-15), has proved what is asked of them, and still views
    /// as whom they viewed as then (AD-27).
    pub(crate) async fn still_holds(&self, account: &Account, sign_in: &SignIn) -> Result<bool> {
        let Some(session) = self.session(sign_in.secret()).await? else {
            return Ok(false);
        };
        let (state, person, now) = (account.state(), sign_in.person(), account.now());
        let lacks_factor = sign_in.stage() != Stage::TwoFactors && state.asks_second_factor(person);
        let views = sign_in.views().is_none_or(|(viewed, until)| {
            session.views == Some((viewed, until))
                && may_view_as(account, actor(&session), viewed, now)
        });
        let is_enough = is_enough(account, &session);
        Ok(views && is_enough && !lacks_factor && owner_counts(&state, &session, now))
    }

    async fn session(&self, secret: &Secret) -> Result<Option<SignInSession>> {
        let idle = milliseconds(self.lifetimes.idle);
        let found = self.engine.sign_in_session(secret, idle).await;
        found.map_err(failed)
    }

    /// Signs somebody in who has proved a password, or came by a link that stands for one, and leads on: first to where the second
    /// factor is proved, where there is one. `tried` is the address that was given, and where it came from.
    pub async fn begin(
        &self,
        account: &Account,
        person: PersonId,
        tried: Option<(&str, IpAddr)>,
        browser: &Browser,
        to: impl Into<String>,
    ) -> Result<SeeOther> {
        let proof = SignInProof::Password;
        let who = (account, person);
        let goes_on = GoesOn::default();
        let begun = self.prove(who, tried, browser, proof, goes_on).await?;
        begun
            .ok_or_else(Problem::unauthenticated)
            .map(|begun| begun.leading_to(to))
    }

    /// Signs somebody in who has proved a second factor, or both: `None` where the proof was used before, and where they do not count
    /// (AD-15), which is nobody's to be told.
    pub async fn finish(
        &self,
        half: Option<&HalfSignedIn>,
        who: (&Account, PersonId),
        tried: Option<(&str, IpAddr)>,
        browser: &Browser,
        proof: FactorProof<'_>,
    ) -> Result<Option<Begun>> {
        let goes_on = GoesOn {
            before: None,
            through: half.and_then(|half| half.session.through.as_ref()),
        };
        let half = half.map(|half| half.session.id.as_str());
        let proof = SignInProof::Factor { half, proof };
        self.prove(who, tried, browser, proof, goes_on).await
    }

    /// Signs somebody in again whose sessions all ended because of a second factor that they just set up in this one, and proved by that.
    /// The session lasts no longer for it, and their password was not proved anew.
    pub async fn go_on(
        &self,
        session: &Session,
        person: PersonId,
        browser: &Browser,
        proof: FactorProof<'_>,
    ) -> Result<Begun> {
        let (who, proof) = (
            (&session.account, person),
            SignInProof::Factor { half: None, proof },
        );
        let before = GoesOn::of(session.sign_in());
        let begun = self.prove(who, None, browser, proof, before);
        begun.await?.ok_or_else(Problem::unauthenticated)
    }

    /// Signs somebody in again whose sessions all ended because of what they just did in this one: with what they had proved there, and
    /// for as long as that lasts. Whoever did it with a token is signed in as by a password.
    pub async fn renew(
        &self,
        session: &Session,
        person: PersonId,
        browser: &Browser,
    ) -> Result<Begun> {
        let who = (&session.account, person);
        let before = GoesOn::of(session.sign_in());
        let begun = self.prove(who, None, browser, before_in(session), before);
        begun.await?.ok_or_else(Problem::unauthenticated)
    }

    /// The same for somebody who typed their password for it: that is as good as signing in anew. What a provider opened for them stays all
    /// that is open.
    pub async fn renew_by_password(
        &self,
        session: &Session,
        person: PersonId,
        browser: &Browser,
    ) -> Result<Begun> {
        let (who, proof) = ((&session.account, person), before_in(session));
        let goes_on = GoesOn {
            before: None,
            ..GoesOn::of(session.sign_in())
        };
        let begun = self.prove(who, None, browser, proof, goes_on);
        begun.await?.ok_or_else(Problem::unauthenticated)
    }

    async fn prove(
        &self,
        (account, person): (&Account, PersonId),
        tried: Option<(&str, IpAddr)>,
        browser: &Browser,
        proof: SignInProof<'_>,
        GoesOn { before, through }: GoesOn<'_>,
    ) -> Result<Option<Begun>> {
        let now = account.now();
        let whole = now.0.saturating_add(milliseconds(self.lifetimes.whole));
        let ends_at = before.map_or(Moment(whole), SignIn::ends_at);
        let new = NewSession {
            person,
            tried,
            browser: &browser.0,
            ends_at,
            proved_at: before.map(SignIn::proved_at),
            proof,
            through,
        };
        let may = |state: &State| may_come_through(state, person, through, now);
        let begun = account.begin_sign_in_session(new, may);
        let begun = begun.await.map_err(failed)?;
        if let (Beginning::Begun(_, Stage::OneFactor | Stage::TwoFactors), None, None) =
            (&begun, before, through)
        {
            tell_of_break_glass(account, person).await?;
        }
        self.begun(begun, (now, ends_at))
    }

    fn begun(
        &self,
        beginning: Beginning,
        (now, ends_at): (Moment, Moment),
    ) -> Result<Option<Begun>> {
        match beginning {
            Beginning::Begun(secret, stage) => {
                let seconds = u64::try_from((ends_at.0 - now.0) / 1_000).unwrap_or_default();
                Ok(Some(Begun {
                    cookie: cookie(secret.reveal(), seconds)?,
                    stage,
                }))
            }
            Beginning::NotProved | Beginning::MayNot => Ok(None),
        }
    }

    /// Signs somebody in who came by a single-use link of a mail, which is gone then; `None` where it is nothing any more, and where they
    /// may not, which is asked under the account's lock. It proves a mailbox and no password: where a fresh proof is wanted, there is none.
    pub async fn begin_by_link(
        &self,
        (account, person): (&Account, PersonId),
        browser: &Browser,
        link: &Secret,
        may: fn(&State, PersonId, Moment) -> bool,
    ) -> Result<Option<Begun>> {
        let now = account.now();
        let ends_at = Moment(now.0.saturating_add(milliseconds(self.lifetimes.whole)));
        let new = NewSession {
            person,
            tried: None,
            browser: &browser.0,
            ends_at,
            proved_at: Some(NEVER),
            proof: SignInProof::Link(link),
            through: None,
        };
        let begun = account.begin_sign_in_session(new, |state| may(state, person, now));
        self.begun(begun.await.map_err(failed)?, (now, ends_at))
    }

    /// Signs somebody in of whom a sign-in provider says who they are; `None` where they do not count with what it opens (AD-15). Whoever has
    /// a second factor here, and did not prove two there, is led to it.
    pub async fn begin_through(
        &self,
        (account, person): (&Account, PersonId),
        browser: &Browser,
        through: &Through,
        (two_factors, proved_at): (bool, Option<Moment>),
    ) -> Result<Option<Begun>> {
        let now = account.now();
        let ends_at = Moment(now.0.saturating_add(milliseconds(self.lifetimes.whole)));
        let new = NewSession {
            person,
            tried: None,
            browser: &browser.0,
            ends_at,
            // Where the provider does not say when, it may be long ago.
            proved_at: Some(Moment(proved_at.map_or(1, |at| at.0.clamp(1, now.0)))),
            proof: SignInProof::Provider { two_factors },
            through: Some(through),
        };
        let may = |state: &State| may_come_through(state, person, Some(through), now);
        let begun = account.begin_sign_in_session(new, may);
        self.begun(begun.await.map_err(failed)?, (now, ends_at))
    }

    /// The sessions of a person, the one used last first.
    pub async fn of(&self, account: &Account, person: PersonId) -> Result<Vec<SignInSession>> {
        let idle = milliseconds(self.lifetimes.idle);
        account.sign_in_sessions(person, idle).await.map_err(failed)
    }

    /// AD-27: whoever is signed in views as this person from now on, in this browser. The command that says so is in the log already.
    pub async fn begin_viewing(&self, session: &Session, viewed: PersonId) -> Result<()> {
        let sign_in = session.sign_in().ok_or_else(Problem::not_found)?;
        let until = Moment(session.account.now().0.saturating_add(VIEWING_MS));
        let begun = session
            .account
            .begin_viewing(sign_in.id(), sign_in.person(), viewed, until);
        begun.await.map_err(failed)
    }

    /// They are themselves again. It is the one write of a session that views, and it is about the session alone.
    pub async fn end_viewing(&self, session: &Session) -> Result<()> {
        let Some(sign_in) = session.sign_in() else {
            return Ok(());
        };
        let ended = self.engine.end_viewing(sign_in.id()).await;
        ended.map_err(failed)
    }

    /// Leads on, without the cookie.
    pub fn leave(to: impl Into<String>) -> Result<SeeOther> {
        Ok(SeeOther::to(to).with_cookie(cookie("", 0)?))
    }
}

impl Part for SignIns {
    fn describe(_: &mut About) {}

    async fn take(call: &mut Call) -> Result<Self> {
        Ok(call.app.sign_ins().clone())
    }
}

/// What a session takes over from the one before it.
#[derive(Clone, Copy, Default)]
struct GoesOn<'a> {
    /// The session that goes on.
    before: Option<&'a SignIn>,
    /// The provider that vouched for it.
    through: Option<&'a Through>,
}

impl<'a> GoesOn<'a> {
    fn of(before: Option<&'a SignIn>) -> Self {
        let through = before.and_then(SignIn::through);
        Self { before, through }
    }
}

/// A session that just began, for a browser to keep.
#[derive(Debug)]
pub struct Begun {
    cookie: HeaderValue,
    stage: Stage,
}

impl Begun {
    /// Leads on; to the second step first, where that is missing.
    pub fn leading_to(self, to: impl Into<String>) -> SeeOther {
        let to = to.into();
        let to = match self.stage {
            Stage::Half => Next::parse(&to).after(SECOND_STEP),
            Stage::OneFactor | Stage::TwoFactors => to,
        };
        SeeOther::to(to).with_cookie(self.cookie)
    }

    /// What the browser keeps, beside a page that is shown at once.
    pub(crate) fn into_cookie(self) -> HeaderValue {
        self.cookie
    }
}

/// Somebody who proved a password, and has a second factor to prove.
#[derive(Debug)]
pub struct HalfSignedIn {
    /// In which account.
    pub account: Account,
    /// Who.
    pub person: PersonId,
    session: SignInSession,
}

impl HalfSignedIn {
    /// The public id of what they began.
    pub fn id(&self) -> &str {
        &self.session.id
    }
}

/// Where there is none, they begin anew.
impl Part for Option<HalfSignedIn> {
    fn describe(_: &mut About) {}

    async fn take(call: &mut Call) -> Result<Self> {
        let sign_ins = call.app.sign_ins().clone();
        let presented = SignIns::presented(&call.parts.method, &call.parts.headers);
        let Some(secret) = presented else {
            return Ok(None);
        };
        let session = sign_ins.session(&secret).await?;
        let Some(session) = session.filter(|session| session.stage == Stage::Half) else {
            return Ok(None);
        };
        let account = sign_ins.engine.account(session.account).await;
        let account = account.map_err(failed)?;
        if !is_enough(&account, &session) {
            return Ok(None);
        }
        Ok(Some(HalfSignedIn {
            account,
            person: session.person,
            session,
        }))
    }
}

/// A mailbox is enough for nobody who is staff, was, or is invited to be, also where they became that after a link let them in.
fn is_enough(account: &Account, session: &SignInSession) -> bool {
    let state = account.state();
    let row = state.people().get(session.person);
    session.proved_at != NEVER || row.is_some_and(|row| row.user == UserFacet::Absent)
}

/// What was proved in a session that goes on as another one.
fn before_in(session: &Session) -> SignInProof<'static> {
    let before = session.sign_in().map(SignIn::stage);
    before.map_or(SignInProof::Password, SignInProof::Before)
}

/// AD-8: whoever comes in where a provider lets nobody in does so before the eyes of all Super admins. The browser is given its key after
/// that, so that where nobody can be told nobody comes in.
async fn tell_of_break_glass(account: &Account, person: PersonId) -> Result<()> {
    let state = account.state();
    if !is_break_glass(&state, person) {
        return Ok(());
    }
    let role = state.roles().get(RoleId::SUPER_ADMIN);
    let holders = role.map(|role| role.holders.iter().collect::<Vec<_>>());
    let letter = mail::Letter::BreakGlassUsed;
    let mails = holders.unwrap_or_default().into_iter().map(|holder| {
        let mail = mail::notice(account, Of::known(holder), None, &letter);
        mail.map(|mail| (holder, mail)).map_err(failed)
    });
    let mails = mails.collect::<Result<Vec<_>>>()?;
    account.tell(&mails).await.map_err(failed)
}

/// AD-27, AD-28: viewing ends with the right to it. The check is the command's own, asked again of each request.
fn may_view_as(account: &Account, viewer: Actor, viewed: PersonId, now: Moment) -> bool {
    let command = Command::ViewAs { person: viewed };
    account.state().propose(viewer, &command, now).is_ok()
}

fn hash(secret: &Secret) -> Hash {
    Hash::of(secret.reveal().as_bytes())
}

fn cookie(value: &str, seconds: u64) -> Result<HeaderValue> {
    let text =
        format!("{COOKIE}={value}; Path=/; Max-Age={seconds}; Secure; HttpOnly; SameSite=Lax");
    let mut cookie = HeaderValue::from_str(&text).map_err(Problem::internal)?;
    cookie.set_sensitive(true);
    Ok(cookie)
}

fn milliseconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}
