//! Where the endpoints are, for callers who know the address of the server alone.

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::Response,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use web::{
    Problem, Result,
    about::About,
    app::App,
    guard::{Public, Reason},
    part::Path,
    reply::{Json, Reply},
};

use crate::path;

/// How long callers may keep it: it changes when the operator moves the server.
const KEPT: &str = "public, max-age=3600";

/// Callers read it before they have a token.
#[derive(Debug)]
pub(crate) struct Addresses;

impl Reason for Addresses {
    const WHY: &'static str =
        "it says where the endpoints are, and nothing of what an account holds";
}

/// The account whose endpoints are asked for.
#[derive(Debug, Deserialize, IntoParams)]
pub(crate) struct OfAccount {
    /// Its id, as `/api/v1/me` has it.
    account: String,
}

/// The metadata of a policy decision point.
#[derive(Debug, Serialize, ToSchema)]
struct Metadata {
    /// The identifier that the address of this document was made of.
    policy_decision_point: String,
    access_evaluation_endpoint: String,
    access_evaluations_endpoint: String,
    search_subject_endpoint: String,
    search_resource_endpoint: String,
    search_action_endpoint: String,
}

/// Metadata that may be kept for a while.
pub(crate) struct Kept(Metadata);

impl Reply for Kept {
    fn describe(about: &mut About) {
        Json::<Metadata>::describe(about);
        about.problems.push(404);
    }

    fn reply(self) -> Response {
        let mut response = Json(self.0).reply();
        let kept = HeaderValue::from_static(KEPT);
        response.headers_mut().insert(header::CACHE_CONTROL, kept);
        response
    }
}

pub(crate) async fn of_server(public: Public<Addresses>) -> Result<Kept> {
    let origin = origin(&public.app)?;
    Ok(Kept(Metadata::of(origin, origin.to_owned())))
}

pub(crate) async fn of_account(
    public: Public<Addresses>,
    Path(of): Path<OfAccount>,
) -> Result<Kept> {
    let origin = origin(&public.app)?;
    if !public.app.has_account(&of.account).await? {
        return Err(Problem::not_found());
    }
    let identifier = format!("{origin}/{}", of.account);
    Ok(Kept(Metadata::of(origin, identifier)))
}

/// The standard has https alone, and an address that a request claims is nobody's word.
fn origin(app: &App) -> Result<&str> {
    app.limits().secure_origin().ok_or_else(|| {
        Problem::new(
            StatusCode::NOT_FOUND,
            "no_https_address",
            "This server does not say under which https address it is reached",
        )
        .detail("its operator names the address with --external-url https://…")
    })
}

impl Metadata {
    /// Accounts share the endpoints: the token says whose account a question is about.
    fn of(origin: &str, identifier: String) -> Self {
        let at = |path: &str| format!("{origin}{path}");
        Self {
            policy_decision_point: identifier,
            access_evaluation_endpoint: at(path::EVALUATION),
            access_evaluations_endpoint: at(path::EVALUATIONS),
            search_subject_endpoint: at(path::SEARCH_SUBJECT),
            search_resource_endpoint: at(path::SEARCH_RESOURCE),
            search_action_endpoint: at(path::SEARCH_ACTION),
        }
    }
}
