//! Problems in the words of the standard (RFC 7644 §3.12): ours, those of guards, and those of the server around them.

use axum::http::StatusCode;
use scim::{Error, ScimType};
use web::{Problem, problem::ProblemBody, route::Dialect};

use crate::{BASE, reply::MEDIA};

/// Under the addresses of the standard.
pub(crate) const DIALECT: Dialect = Dialect {
    name: "Scim",
    under: BASE,
    media: MEDIA,
    tell,
};

/// The member of a problem that holds the standard's keyword.
const SCIM_TYPE: &str = "scimType";

/// Codes of refusals that say that a value is taken (RFC 7644 §3.3.1).
const TAKEN: [&str; 5] = [
    "address_taken",
    "external_id_taken",
    "linked_already",
    "several_match",
    "user_name_taken",
];

/// What the standard's crate refuses, as a problem. Its detail names attributes and never holds a value.
pub(crate) fn problem(error: Error) -> Problem {
    let status = StatusCode::from_u16(error.status).unwrap_or(StatusCode::BAD_REQUEST);
    let code = error.scim_type.map_or("refused", ScimType::keyword);
    let problem = Problem::new(status, code, "The request is not as SCIM has it");
    let problem = problem.detail(error.detail);
    match error.scim_type {
        Some(keyword) => problem.member(SCIM_TYPE, keyword.keyword()),
        None => problem,
    }
}

fn tell(problem: &ProblemBody) -> (StatusCode, Vec<u8>) {
    let status = match problem.status {
        422 => 400,
        status => status,
    };
    let told = problem
        .members
        .get(SCIM_TYPE)
        .and_then(|told| told.as_str());
    let keyword = told.or(match problem.code.as_str() {
        code if TAKEN.contains(&code) => Some(ScimType::Uniqueness.keyword()),
        "malformed" => Some(ScimType::InvalidSyntax.keyword()),
        _ if problem.status == 422 => Some(ScimType::InvalidValue.keyword()),
        _ => None,
    });
    let mut body = Error::plain(status, detail(problem)).body();
    if let Some(keyword) = keyword {
        body["scimType"] = keyword.into();
    }
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    (status, body.to_string().into_bytes())
}

/// For people, with the rule that refused.
pub(crate) fn detail(problem: &ProblemBody) -> String {
    let detail = problem.detail.as_ref().unwrap_or(&problem.title);
    match &problem.rule {
        Some(rule) => format!("{detail} ({rule}, {})", problem.code),
        None => detail.clone(),
    }
}
