//! Proving anew who one is, before what an open browser is not enough for: [`access::Command::wants_proof`] says which commands these
//! are. It is asked of sign-in sessions; a token is a proof by itself.
//!
//! And the second factor: a session without one opens nothing to whoever has to have one, save the pages where they set it up.

use access::Command;
use axum::http::{Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use ledger::{Change, Done, Options, Stage};

use crate::{
    page::{Next, SeeOther},
    problem::{Problem, ProblemBody, Result},
    reply::Reply,
    session::{Session, failed, not_done},
};

const PROVE_AGAIN: &str = "prove_again";
const SECOND_FACTOR_REQUIRED: &str = "second_factor_required";
/// Where one proves it.
const AGAIN: &str = "/sign-in/again";
/// Where one sets a second factor up.
const SECOND_FACTOR: &str = "/account/second-factor";

impl Session {
    /// The password or the passkey was proved so lately that it counts; a token always counts.
    pub fn is_fresh(&self) -> bool {
        let sign_in = self.sign_in();
        sign_in.is_none_or(|sign_in| sign_in.is_fresh(self.account.now()))
    }

    /// Asks for a fresh proof where the command wants one.
    pub(crate) fn require_proof(&self, command: &Command) -> Result<()> {
        if command.wants_proof() {
            self.require_fresh()
        } else {
            Ok(())
        }
    }

    /// Asks for a fresh proof: for a page that leads to nothing but what wants one.
    pub fn require_fresh(&self) -> Result<()> {
        if self.is_fresh() {
            return Ok(());
        }
        Err(Problem::forbidden_by(PROVE_AGAIN).detail(
            "this asks you to prove again that it is you: do so at /sign-in/again, then ask once more",
        ))
    }

    /// The password or a passkey was proved in this session, now.
    pub async fn prove(&self) -> Result<()> {
        if let Some(sign_in) = self.sign_in() {
            let proved = self.account.proved_again(sign_in.id()).await;
            proved.map_err(failed)?;
            sign_in.prove(self.account.now());
        }
        Ok(())
    }

    /// Submits a change of how the caller signs in, from a page of theirs.
    pub async fn submit_own(&self, change: Change) -> Result<Done> {
        self.require_proof(&change.command)?;
        let options = Options {
            request: self.request.clone(),
            ..Options::telling("pages", mail::letters(&self.account))
        };
        let done = self.account.submit(self.actor()?, change, options).await;
        done.map_err(|error| not_done(&self.view(), error))
    }

    /// Whether the caller is signed in without the second factor that they have to have.
    pub fn lacks_second_factor(&self) -> bool {
        self.sign_in().is_some_and(|sign_in| {
            sign_in.stage() != Stage::TwoFactors
                && self.state().asks_second_factor(sign_in.person())
        })
    }

    pub(crate) fn require_second_factor(&self) -> Result<()> {
        if !self.lacks_second_factor() {
            return Ok(());
        }
        Err(Problem::forbidden_by(SECOND_FACTOR_REQUIRED).detail(
            "a second factor is asked of you here: set it up at /account/second-factor first",
        ))
    }
}

impl Problem {
    /// Whether it is no refusal, but asks for a proof first.
    pub(crate) fn asks_for_proof(&self) -> bool {
        self.code() == PROVE_AGAIN
    }
}

/// Somebody at a page who has to prove something first is led to where they can.
pub(crate) fn lead_there(
    response: Response,
    (method, uri): (&Method, &Uri),
    from: &str,
) -> Response {
    if response.status() != StatusCode::FORBIDDEN {
        return response;
    }
    let code = response.extensions().get::<ProblemBody>();
    let to = match code.map(|body| body.code.as_str()) {
        Some(PROVE_AGAIN) => {
            let place = match *method {
                Method::GET | Method::HEAD => {
                    uri.path_and_query().map_or("/", |place| place.as_str())
                }
                // What was sent is not sent again: the page with the form is the place to go on from.
                _ => from,
            };
            Next::parse(place).after(AGAIN)
        }
        Some(SECOND_FACTOR_REQUIRED) => SECOND_FACTOR.to_owned(),
        _ => return response,
    };
    SeeOther::to(to).reply().into_response()
}

/// The page of ours that a form was sent from, as a path. Browsers name it to us and to nobody else.
pub(crate) fn sent_from(headers: &axum::http::HeaderMap) -> String {
    let text = |name| {
        headers
            .get(name)
            .and_then(|value: &axum::http::HeaderValue| value.to_str().ok())
    };
    let host = text(header::HOST);
    let referer: Option<Uri> = text(header::REFERER).and_then(|referer| referer.parse().ok());
    let ours = referer.filter(|referer| referer.authority().map(|of| of.as_str()) == host);
    let place = ours.and_then(|uri| uri.path_and_query().map(|place| place.as_str().to_owned()));
    place.unwrap_or_else(|| "/".to_owned())
}
