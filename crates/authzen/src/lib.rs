//! AuthZEN Authorization API 1.0: other tools ask for decisions over an open standard. What callers need to know stands in
//! `docs/authzen.md`.
//!
//! **For** programs. The face translates names into a question of the access core, and its answer into a decision with reasons; it decides
//! nothing.
//!
//! **Must never know** a rule. Whom a caller may ask about is said by [`web::session::Session`] (AD-31), for every face alike.
//!
//! **Start reading** in `evaluation.rs`, then `evaluations.rs`, `search.rs` and `metadata.rs`.

mod asker;
mod body;
mod evaluation;
mod evaluations;
mod metadata;
mod search;
mod walk;

use web::route::{Route, get, post};

/// The addresses of the endpoints, as the standard has them by default.
mod path {
    pub(crate) const EVALUATION: &str = "/access/v1/evaluation";
    pub(crate) const EVALUATIONS: &str = "/access/v1/evaluations";
    pub(crate) const SEARCH_SUBJECT: &str = "/access/v1/search/subject";
    pub(crate) const SEARCH_RESOURCE: &str = "/access/v1/search/resource";
    pub(crate) const SEARCH_ACTION: &str = "/access/v1/search/action";
}

/// Every route of this face.
pub fn routes() -> Vec<Route> {
    vec![
        post(
            path::EVALUATION,
            "authzen.evaluation",
            "AuthZEN: may this subject do that with this resource?",
            evaluation::evaluate,
        ),
        post(
            path::EVALUATIONS,
            "authzen.evaluations",
            "AuthZEN: several questions at once",
            evaluations::evaluate,
        ),
        post(
            path::SEARCH_SUBJECT,
            "authzen.search_subject",
            "AuthZEN: who may do that with this resource?",
            search::subjects,
        ),
        post(
            path::SEARCH_RESOURCE,
            "authzen.search_resource",
            "AuthZEN: on which resources may this subject do that?",
            search::resources,
        ),
        post(
            path::SEARCH_ACTION,
            "authzen.search_action",
            "AuthZEN: what may this subject do with this resource?",
            search::actions,
        ),
        get(
            "/.well-known/authzen-configuration",
            "authzen.metadata",
            "AuthZEN: where the endpoints are",
            metadata::of_server,
        ),
        get(
            "/.well-known/authzen-configuration/{account}",
            "authzen.metadata_of_account",
            "AuthZEN: where the endpoints of one account are",
            metadata::of_account,
        ),
    ]
}
