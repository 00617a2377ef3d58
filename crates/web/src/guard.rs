//! What stands before every handler: its first argument.
//!
//! A handler without a guard does not compile into a route. Reads stand behind a permission ([`May`], [`Anywhere`]), a thing that the caller may know
//! of ([`Seen`]) or a valid token ([`SignedIn`]), and cut what they show by [`access::View::sees`] and [`access::View::oversees`]; writes
//! are commands, whose own check decides at the head of the log ([`Commands`], [`CommandsOn`]).

use std::{future::Future, marker::PhantomData, net::IpAddr, ops::Deref};

use access::{
    Permission, PermissionType, Permit, View,
    decide::{Denied, OnAccount},
};
use utoipa::openapi::path::ParameterIn;

use crate::{
    about::{About, GuardText},
    app::App,
    call::Call,
    common::Reading,
    part::Part,
    problem::{Problem, Result},
    resource::{Id, Resource},
    session::Session,
};

/// The first argument of a handler.
pub trait Guard: Sized + Send {
    /// The guard in words, for the document and the route test.
    fn text() -> GuardText;

    /// Parameters that the guard itself reads.
    fn describe(about: &mut About) {
        let _ = about;
    }

    /// Lets the request through, or not.
    fn open(call: &mut Call) -> impl Future<Output = Result<Self>> + Send;
}

/// Why a route needs no caller.
pub trait Reason: Send {
    /// The reason, as half a sentence.
    const WHY: &'static str;
}

/// Everybody may ask, for the reason that the type carries.
#[derive(Debug)]
pub struct Public<R: Reason> {
    /// What the server holds.
    pub app: App,
    /// The request's id, for the audit log.
    pub request: String,
    /// The network address that the request came from.
    pub client: IpAddr,
    /// Whether somebody is signed in in the browser all the same.
    pub is_signed_in: bool,
    reason: PhantomData<R>,
}

impl<R: Reason> Guard for Public<R> {
    fn text() -> GuardText {
        GuardText::Public { why: R::WHY }
    }

    async fn open(call: &mut Call) -> Result<Self> {
        Ok(Self {
            app: call.app.clone(),
            request: call.request_id(),
            client: call.client(),
            is_signed_in: call.caller().is_ok_and(|one| one.sign_in().is_some()),
            reason: PhantomData,
        })
    }
}

/// Whoever is signed in. What is listed is cut by what the caller may see.
#[derive(Debug)]
pub struct SignedIn(Session);

impl Guard for SignedIn {
    fn text() -> GuardText {
        GuardText::SignedIn
    }

    fn describe(about: &mut About) {
        Reading::describe(about);
    }

    async fn open(call: &mut Call) -> Result<Self> {
        let reading = Reading::of(call)?;
        call.session(reading).await.map(Self)
    }
}

/// Whoever is signed in, even without the second factor that they have to have: the pages where they set it up, prove who they are, or
/// leave. It opens nothing that is not their own.
#[derive(Debug)]
pub struct OwnSignIn(Session);

impl Guard for OwnSignIn {
    fn text() -> GuardText {
        GuardText::SignedIn
    }

    fn describe(about: &mut About) {
        Reading::describe(about);
    }

    async fn open(call: &mut Call) -> Result<Self> {
        let reading = Reading::of(call)?;
        let session = call.any_session(reading).await?;
        session.require_oneself()?;
        Ok(Self(session))
    }
}

/// Whoever is signed in, as themselves: nobody who views as them (AD-27). For the pages on how one signs in.
#[derive(Debug)]
pub struct Oneself(Session);

impl Guard for Oneself {
    fn text() -> GuardText {
        GuardText::SignedIn
    }

    fn describe(about: &mut About) {
        Reading::describe(about);
    }

    async fn open(call: &mut Call) -> Result<Self> {
        let reading = Reading::of(call)?;
        let session = call.session(reading).await?;
        session.require_oneself()?;
        Ok(Self(session))
    }
}

/// Whoever is signed in and may know of the thing that the path names.
#[derive(Debug)]
pub struct Seen<K> {
    session: Session,
    /// The thing.
    pub on: K,
}

impl<K: Resource> Guard for Seen<K> {
    fn text() -> GuardText {
        GuardText::Seen { on: K::SEGMENT }
    }

    fn describe(about: &mut About) {
        describe_segment::<K>(about);
        Reading::describe(about);
    }

    async fn open(call: &mut Call) -> Result<Self> {
        let reading = Reading::of(call)?;
        let session = call.session(reading).await?;
        let on = in_path(call, &session)?;
        Ok(Self { session, on })
    }
}

/// Where the thing that a permit is about comes from.
pub trait Place<P: PermissionType>: Send {
    /// In words.
    const ON: &'static str;

    /// Parameters that it reads.
    fn describe(about: &mut About);

    /// Finds it.
    fn find(call: &Call, session: &Session) -> Result<P::On>;
}

/// The account itself.
#[derive(Debug)]
pub struct TheAccount;

impl<P: PermissionType<On = OnAccount>> Place<P> for TheAccount {
    const ON: &'static str = "the account";

    fn describe(_: &mut About) {}

    fn find(_: &Call, _: &Session) -> Result<OnAccount> {
        Ok(OnAccount)
    }
}

/// The thing that the path names.
#[derive(Debug)]
pub struct InPath<K>(PhantomData<K>);

impl<K: Resource, P: PermissionType<On = K>> Place<P> for InPath<K> {
    const ON: &'static str = K::SEGMENT;

    fn describe(about: &mut About) {
        describe_segment::<K>(about);
    }

    fn find(call: &Call, session: &Session) -> Result<K> {
        in_path(call, session)
    }
}

/// A holder of the permission over the place.
#[derive(Debug)]
pub struct May<P: PermissionType, L> {
    session: Session,
    permission: P,
    on: P::On,
    place: PhantomData<L>,
}

impl<P: PermissionType + Default, L> May<P, L> {
    /// The permit, on the state and at the moment that the guard decided on.
    pub fn permit(&self) -> Result<Permit<'_, P>> {
        self.session.permit(self.permission, self.on)
    }
}

impl Session {
    /// A permit of the caller's, for a function that wants one.
    pub fn permit<P: PermissionType>(&self, permission: P, on: P::On) -> Result<Permit<'_, P>> {
        self.view()
            .permit(permission, on)
            .map_err(|denied| denied_problem(&denied))
    }
}

impl<P, L> Guard for May<P, L>
where
    P: PermissionType<On: Send> + Default + Send,
    L: Place<P>,
{
    fn text() -> GuardText {
        GuardText::Permit {
            permission: P::PERMISSION.key(),
            on: L::ON,
        }
    }

    fn describe(about: &mut About) {
        L::describe(about);
        Reading::describe(about);
    }

    async fn open(call: &mut Call) -> Result<Self> {
        let reading = Reading::of(call)?;
        let session = call.session(reading).await?;
        let on = L::find(call, &session)?;
        let may = Self {
            session,
            permission: P::default(),
            on,
            place: PhantomData,
        };
        may.permit()?;
        Ok(may)
    }
}

/// Permissions of which one is enough.
pub trait OneOf: Send {
    /// Them.
    const PERMISSIONS: &'static [Permission];
}

impl<P: PermissionType + Send> OneOf for (P,) {
    const PERMISSIONS: &'static [Permission] = &[P::PERMISSION];
}

impl<P: PermissionType + Send, Q: PermissionType + Send> OneOf for (P, Q) {
    const PERMISSIONS: &'static [Permission] = &[P::PERMISSION, Q::PERMISSION];
}

/// A holder of one of the permissions, about the account or on anything at all.
#[derive(Debug)]
pub struct Anywhere<P: OneOf> {
    session: Session,
    permissions: PhantomData<P>,
}

impl<P: OneOf> Anywhere<P> {
    /// Whether it would let somebody through: asked again by work that goes on behind the answer, and where the way there is offered.
    pub fn admits(view: &View<'_>) -> bool {
        let permissions = P::PERMISSIONS.iter();
        permissions
            .copied()
            .any(|permission| view.may_anywhere(permission))
    }
}

impl<P: OneOf> Guard for Anywhere<P> {
    fn text() -> GuardText {
        GuardText::Anywhere {
            permissions: P::PERMISSIONS,
        }
    }

    fn describe(about: &mut About) {
        Reading::describe(about);
    }

    async fn open(call: &mut Call) -> Result<Self> {
        let reading = Reading::of(call)?;
        let session = call.session(reading).await?;
        if !session.may_anywhere(P::PERMISSIONS) {
            return Err(Problem::forbidden());
        }
        Ok(Self {
            session,
            permissions: PhantomData,
        })
    }
}

impl Session {
    /// Whether the caller holds one of the permissions, about the account or on anything.
    pub(crate) fn may_anywhere(&self, permissions: &[Permission]) -> bool {
        let view = self.view();
        permissions
            .iter()
            .any(|permission| view.may_anywhere(*permission))
    }
}

/// A decision that was no, about something that the caller may know of: 403 with the gates that denied.
fn denied_problem(denied: &Denied) -> Problem {
    let gates: Vec<_> = denied
        .decision
        .gates
        .failed()
        .iter()
        .map(|(gate, _)| serde_json::json!(gate))
        .collect();
    Problem::forbidden().member("gates", gates)
}

/// Whoever is signed in may submit; the command's own check decides.
#[derive(Debug)]
pub struct Commands(Session);

impl Guard for Commands {
    fn text() -> GuardText {
        GuardText::Command { on: None }
    }

    fn describe(about: &mut About) {
        Reading::describe_command(about);
    }

    async fn open(call: &mut Call) -> Result<Self> {
        let reading = Reading::of_command(call)?;
        call.session(reading).await.map(Self)
    }
}

/// The same about a thing that the path names, for those who may know of it.
#[derive(Debug)]
pub struct CommandsOn<K> {
    session: Session,
    /// The thing.
    pub on: K,
}

impl<K: Resource> Guard for CommandsOn<K> {
    fn text() -> GuardText {
        GuardText::Command {
            on: Some(K::SEGMENT),
        }
    }

    fn describe(about: &mut About) {
        describe_segment::<K>(about);
        Reading::describe_command(about);
    }

    async fn open(call: &mut Call) -> Result<Self> {
        let reading = Reading::of_command(call)?;
        let session = call.session(reading).await?;
        // SD-25: whoever asks again with the key of a deletion gets the answer of the first time, which the engine keeps. It stands
        // behind this guard, and refuses by its rules whatever else is asked of what is deleted.
        let on = match call.parts.headers.contains_key("idempotency-key") {
            true => of_any_life(call, &session),
            false => in_path(call, &session),
        }?;
        Ok(Self { session, on })
    }
}

/// A further thing that the path names.
#[derive(Clone, Copy, Debug)]
pub struct And<K>(pub K);

impl<K: Resource> Part for And<K> {
    fn describe(about: &mut About) {
        describe_segment::<K>(about);
    }

    async fn take(call: &mut Call) -> Result<Self> {
        let session = call.session(Reading::default()).await?;
        in_path(call, &session).map(Self)
    }
}

fn describe_segment<K: Resource>(about: &mut About) {
    about.parameter::<Id<K>>(ParameterIn::Path, K::SEGMENT, true, "Its id.");
    about.problems.push(404);
}

fn in_path<K: Resource>(call: &Call, session: &Session) -> Result<K> {
    let found: K = of_any_life(call, session)?;
    // AD-25: its address leads to nothing more, save where one asks about the time before.
    if found.is_deleted(session.asked()) {
        return Err(Problem::not_found());
    }
    Ok(found)
}

fn of_any_life<K: Resource>(call: &Call, session: &Session) -> Result<K> {
    let id = call.segment(K::SEGMENT).and_then(|text| text.parse().ok());
    let found = id.and_then(|id| session.find(Id(id)));
    found.ok_or_else(Problem::not_found)
}

macro_rules! is_a_session {
    ($($guard:ident $(<$($parameter:ident),*> where [$($bound:tt)*])? => $field:tt;)*) => {$(
        impl $(<$($parameter),*> )? Deref for $guard $(<$($parameter),*> where $($bound)*)? {
            type Target = Session;

            fn deref(&self) -> &Session {
                &self.$field
            }
        }
    )*};
}

is_a_session! {
    SignedIn => 0;
    OwnSignIn => 0;
    Oneself => 0;
    Commands => 0;
    Seen<K> where [] => session;
    CommandsOn<K> where [] => session;
    May<P, L> where [P: PermissionType] => session;
    Anywhere<P> where [P: OneOf] => session;
}
