//! What stands before every handler: its first argument.
//!
//! A handler without a guard does not compile into a route (DESIGN.md, "The lock that cannot be forgotten").

use std::{future::Future, marker::PhantomData};

use crate::{
    about::{About, GuardText},
    call::Call,
    caller::Caller,
    problem::Result,
};

/// The first argument of a handler.
pub trait Guard: Sized + Send {
    /// The guard in words, for the document, the menus and the route test.
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
pub struct Public<R: Reason>(PhantomData<R>);

impl<R: Reason> Guard for Public<R> {
    fn text() -> GuardText {
        GuardText::Public { why: R::WHY }
    }

    async fn open(_: &mut Call) -> Result<Self> {
        Ok(Self(PhantomData))
    }
}

/// Whoever presents a valid token.
#[derive(Debug)]
pub struct SignedIn(pub Caller);

impl Guard for SignedIn {
    fn text() -> GuardText {
        GuardText::SignedIn
    }

    async fn open(call: &mut Call) -> Result<Self> {
        call.caller().cloned().map(Self)
    }
}
