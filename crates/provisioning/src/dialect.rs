//! Problems in the words of the standard (RFC 7644 §3.12): ours, those of guards, and those of the server around them.

use std::sync::Arc;

use access::Subject;
use axum::http::StatusCode;
use scim::{Error, ScimType};
use web::{
    App, Problem,
    problem::ProblemBody,
    route::{Dialect, TurnedAway},
};

use crate::{
    BASE,
    directory::is_directory,
    log::{Book, Entry},
    reply::MEDIA,
};

/// Under the addresses of the standard.
pub(crate) const DIALECT: Dialect = Dialect {
    name: "Scim",
    under: BASE,
    media: MEDIA,
    tell,
    turned_away,
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

/// A directory that asks too often is told so by the server, and whoever looks for what it was refused finds it here.
fn turned_away(app: &App, turned: &TurnedAway<'_>) {
    let account = &turned.caller.account;
    let Subject::Connection(connection) = turned.caller.subject else {
        return;
    };
    if !is_directory(&account.state(), connection) {
        return;
    }
    let book: Arc<Book> = app.kept();
    let entry = Entry {
        account: account.id(),
        connection,
        at: account.now(),
        id: book.new_id(account.engine()),
        method: turned.method.to_owned(),
        route: below(turned.route).to_owned(),
        status: turned.problem.status,
        code: turned.problem.code.clone(),
        reason: detail(turned.problem),
        person: None,
        group: None,
    };
    book.note(account.engine(), entry);
}

/// A route as the standard writes it.
pub(crate) fn below(route: &str) -> &str {
    route.strip_prefix(BASE).unwrap_or(route)
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
