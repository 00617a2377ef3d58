//! Who is asking: the subject that a bearer token (AD-29), or the session of a browser, stands for.

use std::{fmt, future::Future, pin::Pin, sync::Arc};

use access::{Actor, Subject, TokenId};
use axum::http::{HeaderMap, header};
use ledger::{Account, AccountId};

use crate::{problem::Result, sign_in::SignIn};

/// The longest token that is looked at; ours are far shorter.
const TOKEN_BYTES_MAX: usize = 200;

/// A secret as the caller sent it. It shows itself to nobody but [`Tokens`].
pub struct Presented<'a>(&'a str);

impl<'a> Presented<'a> {
    /// The token of an `Authorization: Bearer …` header, if there is exactly one of a sane length.
    pub fn from_headers(headers: &'a HeaderMap) -> Option<Self> {
        let mut values = headers.get_all(header::AUTHORIZATION).iter();
        let (value, None) = (values.next()?, values.next()) else {
            return None;
        };
        let (scheme, token) = value.to_str().ok()?.split_once(' ')?;
        let token = token.trim_start_matches(' ');
        let sane = !token.is_empty()
            && token.len() <= TOKEN_BYTES_MAX
            && token.bytes().all(|byte| byte.is_ascii_graphic());
        (scheme.eq_ignore_ascii_case("bearer") && sane).then_some(Self(token))
    }

    /// The secret itself, to be hashed and compared in constant time, and never to be kept.
    pub fn secret(&self) -> &'a str {
        self.0
    }
}

impl fmt::Debug for Presented<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Presented(…)")
    }
}

/// By what a caller is known.
#[derive(Clone, Debug)]
pub enum Proof {
    /// A token, by its number in the account.
    Token(TokenId),
    /// A browser in which the caller is signed in.
    SignIn(Arc<SignIn>),
}

impl Proof {
    /// The browser in which the caller is signed in, if it is one.
    pub fn sign_in(&self) -> Option<&Arc<SignIn>> {
        match self {
            Self::Token(_) => None,
            Self::SignIn(sign_in) => Some(sign_in),
        }
    }
}

/// What the limits of a caller are counted by.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum CallerKey {
    Token(AccountId, TokenId),
    SignIn(String),
}

/// The subject that a valid token, or the session of a browser, stands for. The account comes from there, and from nowhere else.
#[derive(Clone, Debug)]
pub struct Caller {
    /// The account.
    pub account: Account,
    /// As commands know it.
    pub actor: Actor,
    /// As decisions know it.
    pub subject: Subject,
    /// By what it is known.
    pub by: Proof,
}

impl Caller {
    /// What limits are counted by.
    pub(crate) fn key(&self) -> CallerKey {
        match &self.by {
            Proof::Token(token) => CallerKey::Token(self.account.id(), *token),
            Proof::SignIn(sign_in) => CallerKey::SignIn(sign_in.id().to_owned()),
        }
    }

    /// The browser in which the caller is signed in, if it is one.
    pub fn sign_in(&self) -> Option<&Arc<SignIn>> {
        self.by.sign_in()
    }
}

/// What [`Tokens::find`] gives back, later. That it could not be looked up is not the same as that it is nobody's: who is told to
/// sign in again throws a good token away.
pub type Finding<'a> = Pin<Box<dyn Future<Output = Result<Option<Caller>>> + Send + 'a>>;

/// Where tokens are known. Implementations compare in constant time, and find only what is neither expired nor revoked.
pub trait Tokens: Send + Sync + 'static {
    /// Whether the token was found before, so that nothing has to be read to find it again.
    fn remembers(&self, presented: &Presented<'_>) -> bool;

    /// The caller that the token stands for; an error is none of the caller's doing.
    fn find<'a>(&'a self, presented: Presented<'a>) -> Finding<'a>;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn presented(value: &'static str) -> Option<&'static str> {
        let mut headers = HeaderMap::new();
        headers.insert(header::AUTHORIZATION, value.parse().unwrap());
        Presented::from_headers(&headers).map(|presented| presented.0.to_owned().leak() as &str)
    }

    #[test]
    fn the_scheme_has_no_case_and_the_token_has() {
        assert_eq!(presented("bearer AbC"), Some("AbC"));
    }

    #[test]
    fn what_is_not_a_bearer_token_is_nobody() {
        for value in ["Basic AbC", "Bearer", "Bearer ", "Bearer a b", "AbC"] {
            assert_eq!(presented(value), None, "{value}");
        }
    }

    #[test]
    fn two_headers_are_nobody() {
        let mut headers = HeaderMap::new();
        headers.append(header::AUTHORIZATION, "Bearer a".parse().unwrap());
        headers.append(header::AUTHORIZATION, "Bearer b".parse().unwrap());
        assert!(Presented::from_headers(&headers).is_none());
    }

    #[test]
    fn a_token_is_never_printed() {
        assert_eq!(format!("{:?}", Presented("secret")), "Presented(…)");
    }
}
