//! What a signed-in request stands on: one account, one version of its state, one moment.

use std::{fmt, sync::Arc, time::Duration};

use access::{
    Actor, Moment, PersonId, PublicId, State, Subject, Version, View, Visible,
    decide::Overseen,
    state::{Facet, Resolve},
};
use ledger::{Account, LedgerError, SubmitError, When};

use crate::{
    app::App,
    caller::{Caller, Proof},
    common::{AsOf, Reading},
    page::{self, Pages, Site, find::Stretches},
    problem::{Problem, Result},
    reply::Answer,
    resource::{Id, Resource},
    sign_in::SignIn,
    sign_ins::SignIns,
    tokens::bearer,
};

/// Nobody waits for `at_least_version`: the log is asked at once, and it has whatever was ever answered. A version that it has not
/// may never come, and the place of the request is somebody else's.
const WAIT_FOR_VERSION: Duration = Duration::ZERO;
/// The code of what is refused to whoever views as somebody else (AD-27).
pub(crate) const VIEWING_AS: &str = "viewing_as";
/// What the caller is told to wait after that.
const AGAIN: Duration = Duration::from_secs(1);

/// A caller in an account. Rights are always the present ones; `asked` is the state that the caller wants to hear about, which is
/// another one with `as_of` only.
#[derive(Clone, Debug)]
pub struct Session {
    /// The account: it comes from the token, never from the request.
    pub account: Account,
    /// Who acts; nobody where somebody views as the subject (AD-27): then there is no actor to submit a command or to do a record act
    /// with, and the account is a handle that writes nothing. It is asked for by [`Session::actor`], and whoever submits goes by
    /// [`Session::submit`] and its kin, where it is asked whether the caller has to prove anew who they are.
    actor: Option<Actor>,
    /// Who asks, as decisions know it.
    pub subject: Subject,
    /// The request's id, for the audit log.
    pub request: String,
    /// By what the caller is known.
    proof: Proof,
    pages: Pages,
    customer_choice: Stretches,
    done: Option<String>,
    state: Arc<State>,
    now: Moment,
    as_of: Option<AsOf>,
    asked: Arc<State>,
    asked_at: Moment,
}

impl Session {
    /// The session of a caller, on the version that the request names.
    pub(crate) async fn open(
        caller: &Caller,
        request: String,
        reading: Reading,
        app: &App,
    ) -> Result<Self> {
        let viewing = caller.sign_in().and_then(|sign_in| sign_in.views());
        let account = match viewing {
            None => caller.account.clone(),
            Some(_) => caller.account.reading_only(),
        };
        let state = match reading.at_least_version {
            None => account.state(),
            Some(version) => account
                .at_least(Version(version), WAIT_FOR_VERSION)
                .await
                .map_err(failed)?,
        };
        let now = account.now();
        let (asked, asked_at) = match reading.as_of {
            None => (Arc::clone(&state), now),
            Some(as_of) => past(&account, as_of, now).await?,
        };
        Ok(Self {
            account,
            actor: viewing.is_none().then_some(caller.actor),
            subject: caller.subject,
            request,
            proof: caller.by.clone(),
            pages: app.pages(),
            customer_choice: app.limits().customer_choice,
            done: None,
            state,
            now,
            as_of: reading.as_of,
            asked,
            asked_at,
        })
    }

    /// The same caller on the newest state, without a look whether they are still signed in: for what is asked again right afterwards by
    /// [`Session::anew`].
    pub fn on_newest(&self) -> Self {
        Self {
            state: self.account.state(),
            now: self.account.now(),
            ..self.clone()
        }
    }

    /// The same caller on the newest state: for an answer that is made while it is sent, so that whoever loses the right to it meanwhile,
    /// is signed out, or whose token is revoked, gets no more of it (AD-24, AD-28). What was asked about stays what it was.
    pub async fn anew(&self, sign_ins: &SignIns) -> Result<Self> {
        if !self.account.is_current() {
            let detail = "the database is not heard";
            return Err(Problem::unavailable("not_current", detail, AGAIN));
        }
        let anew = self.on_newest();
        let holds = match &self.proof {
            Proof::SignIn(sign_in) => sign_ins.still_holds(&self.account, sign_in).await?,
            Proof::Token(token) => bearer(&anew.state, *token, anew.now).is_some(),
        };
        if holds {
            Ok(anew)
        } else {
            Err(Problem::unauthenticated())
        }
    }

    /// The browser that the request came from, if the caller is signed in there.
    pub fn sign_in(&self) -> Option<&SignIn> {
        self.proof.sign_in().map(AsRef::as_ref)
    }

    pub(crate) fn shared_sign_in(&self) -> Option<Arc<SignIn>> {
        self.proof.sign_in().cloned()
    }

    /// Who looks on as the subject (AD-27), if somebody does.
    pub fn viewer(&self) -> Option<PersonId> {
        let sign_in = self.sign_in()?;
        sign_in.views().map(|_| sign_in.person())
    }

    /// Who acts. Whoever views as somebody else does nothing.
    pub(crate) fn actor(&self) -> Result<Actor> {
        self.actor.ok_or_else(only_looks)
    }

    /// Refuses what is for oneself alone: how one signs in is for nobody else to look at (AD-27).
    pub fn require_oneself(&self) -> Result<()> {
        match self.viewer() {
            None => Ok(()),
            Some(_) => Err(Problem::forbidden_by(VIEWING_AS).rule("AD-27").detail(
                "you view as somebody else, and this is for them alone: stop viewing first",
            )),
        }
    }

    /// Whose drafts are read and kept, and what was typed: one's own. Whoever views as somebody has neither theirs nor their own
    /// (AD-27), and a connection has no pages.
    pub fn owner(&self) -> Result<PersonId> {
        self.require_oneself()?;
        match self.subject {
            Subject::Person(person) => Ok(person),
            _ => Err(Problem::not_found()),
        }
    }

    /// What a form on a page of this session carries.
    pub(crate) fn form_token(&self) -> Option<String> {
        let randomness = self.account.engine().randomness();
        let sign_in = self.sign_in();
        sign_in.map(|sign_in| sign_in.form_token(randomness.as_ref()))
    }

    /// The pages of the server.
    pub(crate) fn site(&self) -> &Site {
        &self.pages
    }

    /// How many people are looked at where a record's customer is chosen.
    pub(crate) fn customer_choice(&self) -> Stretches {
        self.customer_choice
    }

    /// What the form before this page did.
    pub(crate) fn done(&self) -> Option<&str> {
        self.done.as_deref()
    }

    pub(crate) fn with_done(mut self, done: Option<String>) -> Self {
        self.done = done;
        self
    }

    /// The present, as the caller: what permits and visibility are decided on.
    pub fn view(&self) -> View<'_> {
        self.view_on(&self.state, self.now)
    }

    /// The state that was asked about, as the caller.
    pub fn asked_view(&self) -> View<'_> {
        self.view_on(&self.asked, self.asked_at)
    }

    /// The one facet that the caller has here: whoever came in through a sign-in provider has the one that it opens.
    pub fn facet(&self) -> Option<Facet> {
        let through = self.sign_in().and_then(SignIn::through);
        through.map(|through| through.facet)
    }

    /// Another state or moment, as the caller: with the facet that their session opens, and what the viewer may too, where somebody views as
    /// the subject (AD-27).
    pub fn view_on<'a>(&self, state: &'a State, at: Moment) -> View<'a> {
        let view = state.view(self.subject, at).only(self.facet());
        match self.viewer() {
            None => view,
            Some(viewer) => view.viewed_by(Subject::Person(viewer)),
        }
    }

    /// The present state.
    pub fn state(&self) -> &State {
        &self.state
    }

    /// The present moment.
    pub fn now(&self) -> Moment {
        self.now
    }

    /// The state that the caller wants to hear about.
    pub fn asked(&self) -> &Arc<State> {
        &self.asked
    }

    /// The moment that the caller wants to hear about.
    pub fn asked_at(&self) -> Moment {
        self.asked_at
    }

    /// What the caller called it; `None`: the present.
    pub fn as_of(&self) -> Option<AsOf> {
        self.as_of
    }

    /// What is wrong with a moment that a form asks about: the account begins later. `None` where it can be asked about.
    pub async fn wrong_past(&self, as_of: Option<&str>) -> Result<Option<String>> {
        let Some(AsOf::Moment(moment)) = as_of.and_then(AsOf::parse) else {
            return Ok(None);
        };
        let begins = self.account.begins_at().await.map_err(failed)?;
        let later = begins.filter(|begins| moment < begins.0);
        Ok(later.map(begins_later))
    }

    /// An answer on the version that was asked about.
    pub fn answer<T>(&self, body: T) -> Result<Answer<T>> {
        Ok(Answer {
            version: self.asked.version().0,
            body,
        })
    }

    /// The thing behind an id, if it is there and the caller may know of it.
    pub fn find<K: Resource>(&self, id: Id<K>) -> Option<K> {
        let found = self.state.resolve(id.0);
        found.filter(|found| self.view().sees(*found))
    }

    /// The thing that an id in query or body names; `at` is its place there.
    pub fn named<K: Resource>(&self, at: impl fmt::Display, id: Id<K>) -> Result<K> {
        self.find(id).ok_or_else(|| Problem::unknown_id(at))
    }

    /// The same where the id may be missing.
    pub fn named_if<K: Resource>(
        &self,
        at: impl fmt::Display,
        id: Option<Id<K>>,
    ) -> Result<Option<K>> {
        id.map(|id| self.named(at, id)).transpose()
    }

    /// The same for a list.
    pub fn named_all<K: Resource>(&self, at: impl fmt::Display, ids: &[Id<K>]) -> Result<Vec<K>> {
        let ids = ids.iter().enumerate();
        ids.map(|(index, id)| self.named(format_args!("{at}/{index}"), *id))
            .collect()
    }

    /// The id of a thing that another one names, if the caller may know of it.
    pub fn shown<K: Resource>(&self, thing: K) -> Option<Id<K>> {
        self.view().sees(thing).then(|| self.id(thing))
    }

    /// Whether the caller may still know of the thing, after what they just did.
    pub fn still_sees(&self, thing: impl Visible) -> bool {
        let state = self.account.state();
        self.view_on(&state, self.account.now()).sees(thing)
    }

    /// A setting or count of a thing, if the caller may know all of it.
    pub fn overseen<T>(&self, thing: impl Overseen, value: T) -> Option<T> {
        self.view().oversees(thing).then_some(value)
    }

    /// The id of a thing of the state that was asked about, for who was shown it already.
    pub fn id<K: Resource>(&self, thing: K) -> Id<K> {
        id_in(&self.asked, thing)
    }
}

/// The id of a thing that a state has. Rows are never removed, so every dense id of a state has a public one.
pub fn id_in<K: Resolve>(state: &State, thing: K) -> Id<K> {
    Id(state
        .public(thing)
        .unwrap_or(PublicId::new(uuid::Uuid::nil())))
}

/// What whoever asks about an earlier moment is told.
fn begins_later(begins: Moment) -> String {
    format!(
        "The account begins on {}: ask about a later moment.",
        page::moment(begins)
    )
}

async fn past(account: &Account, as_of: AsOf, now: Moment) -> Result<(Arc<State>, Moment)> {
    let (when, moment) = match as_of {
        AsOf::Moment(moment) => (When::At(Moment(moment)), Moment(moment)),
        AsOf::Version(version) => {
            let entry = account
                .log_page(version.checked_add(1), 1)
                .await
                .map_err(failed)?;
            (
                When::Position(version),
                entry.first().map_or(now, |entry| entry.at),
            )
        }
    };
    let state = account.state_at(when).await.map_err(failed)?;
    // Before its first act an account has nothing to answer from.
    if let (0, AsOf::Moment(_)) = (state.version().0, as_of)
        && let Some(begins) = account.begins_at().await.map_err(failed)?
    {
        let problem = Problem::refused_as_invalid("before_the_account");
        return Err(problem.member("at", "as_of").detail(begins_later(begins)));
    }
    Ok((state, moment))
}

/// AD-27: somebody views as somebody else.
fn only_looks() -> Problem {
    Problem::forbidden_by(VIEWING_AS).rule("AD-27").detail(
        "you view as somebody else, and nothing can be changed meanwhile: stop viewing first",
    )
}

/// A ledger that could not, as the caller is told.
pub fn failed(error: LedgerError) -> Problem {
    match error {
        LedgerError::Busy(detail) => Problem::unavailable("busy", detail, AGAIN),
        LedgerError::Closed => Problem::unavailable("stopping", "the server is stopping", AGAIN),
        LedgerError::NotWritten => Problem::unavailable(
            "not_written",
            "the database did not take the change: ask again with the same Idempotency-Key",
            AGAIN,
        ),
        LedgerError::ReadsOnly => only_looks(),
        LedgerError::Unknown(_) => Problem::senseless(
            "no_such_version",
            "as_of",
            "the account has no such version",
        ),
        error if error.is_too_slow() => Problem::unavailable(
            "too_slow",
            "this took too long and was broken off: ask for less, like one service or one state",
            AGAIN,
        ),
        error if error.is_outage() => {
            Problem::unavailable("no_database", "the database does not answer", AGAIN)
                .because(error)
        }
        error => Problem::internal(error),
    }
}

/// An act that was not done, as the caller is told whose view this is.
pub fn not_done(view: &View<'_>, error: SubmitError) -> Problem {
    match error {
        SubmitError::Refused(refusal) => refused(view, refusal),
        SubmitError::Failed(error) => failed(error),
    }
}

/// A rule that says no (RULES §4 to §7), with those who could do it, as far as the caller sees them.
fn refused(view: &View<'_>, refusal: access::Refusal) -> Problem {
    use access::RefusalKind::{Conflict, Forbidden, Invalid, NotFound};
    let seen = refusal.who_could.iter().filter(|who| view.sees(**who));
    let who: Vec<_> = seen
        .map(|person| serde_json::json!(id_in(view.state(), *person)))
        .collect();
    let problem = match refusal.kind {
        NotFound => return Problem::not_found(),
        Forbidden => Problem::forbidden_by(refusal.code),
        Invalid => Problem::refused_as_invalid(refusal.code),
        Conflict => Problem::conflict(refusal.code, ""),
    };
    let problem = problem.detail(refusal.detail).rule(refusal.rule);
    let whose = refusal.whose.filter(|person| view.sees(*person));
    let problem = match whose {
        Some(person) => problem.member("whose", serde_json::json!(id_in(view.state(), person))),
        None => problem,
    };
    if who.is_empty() {
        problem
    } else {
        problem.member("who_could", who)
    }
}
