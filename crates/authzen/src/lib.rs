//! AuthZEN Authorization API 1.0: other tools ask for decisions over an open standard.
//!
//! **For** programs. The face translates names into a question of the access core, and its answer into a decision with reasons; it decides
//! nothing.
//!
//! **Must never know** a rule. Whom a caller may ask about is said by [`web::session::Session`] (AD-31), for every face alike.
//!
//! **Start reading** in `evaluation.rs`, then `evaluations.rs`.

mod body;
mod evaluation;
mod evaluations;

use web::route::{Route, post};

/// Every route of this face.
pub fn routes() -> Vec<Route> {
    vec![
        post(
            "/access/v1/evaluation",
            "authzen.evaluation",
            "AuthZEN: may this subject do that with this resource?",
            evaluation::evaluate,
        ),
        post(
            "/access/v1/evaluations",
            "authzen.evaluations",
            "AuthZEN: several questions at once",
            evaluations::evaluate,
        ),
    ]
}
