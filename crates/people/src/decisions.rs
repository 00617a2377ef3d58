//! Questions about access: may this subject do that with this thing, and why.

use access::{Permission, Subject, Target, decide::RecordFacts};
use serde::Deserialize;
use utoipa::ToSchema;
use web::{
    Problem, Result,
    decision::DecisionBody,
    guard::SignedIn,
    part::Body,
    question,
    reply::Answer,
    resource::{CompanyRef, PersonRef, ServiceRef},
    route::{Route, post},
    session::Session,
};

pub(crate) fn routes() -> Vec<Route> {
    vec![post(
        "/api/v1/decisions",
        "decisions.check",
        "Ask whether a subject may do something, with every gate and every path",
        check,
    )]
}

/// A question.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Question {
    /// A person or connection, by id; absent: the caller. Asking about others needs `admin.access.ask`.
    #[serde(default)]
    subject: Option<String>,
    /// The permission's key.
    permission: String,
    /// A person, user group, service, queue or device, by id; absent: the account as a whole.
    #[serde(default)]
    on: Option<String>,
    /// A record of the service desk, by the facts that decide about it; instead of `on`.
    #[serde(default)]
    record: Option<RecordBody>,
}

/// Facts of a record.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RecordBody {
    service: ServiceRef,
    /// Whom it is for.
    #[serde(default)]
    customer: Option<PersonRef>,
    /// The company that the customer had when it was logged (SD-33).
    #[serde(default)]
    company: Option<CompanyRef>,
}

/// The subject of a question, as far as the caller may ask (AD-31).
pub(crate) fn subject(session: &Session, named: Option<&str>) -> Result<Subject> {
    let Some(named) = named else {
        return Ok(session.subject);
    };
    let subject = session.askable_subject(named);
    if subject == Subject::Unknown && !session.may_ask_about_others() {
        return Err(Problem::forbidden()
            .rule("AD-31")
            .detail("asking about others needs admin.access.ask"));
    }
    Ok(subject)
}

fn record(session: &Session, record: &RecordBody) -> Target {
    let state = session.asked();
    let facts = || {
        Some(RecordFacts {
            service: state.resolve(record.service.0)?,
            customer: match record.customer {
                Some(customer) => Some(state.resolve(customer.0)?),
                None => None,
            },
            company: match record.company {
                Some(company) => Some(state.resolve(company.0)?),
                None => None,
            },
        })
    };
    facts().map_or(Target::Unknown, Target::Record)
}

async fn check(session: SignedIn, Body(question): Body<Question>) -> Result<Answer<DecisionBody>> {
    let subject = subject(&session, question.subject.as_deref())?;
    let target = match (&question.on, &question.record) {
        (Some(_), Some(_)) => {
            return Err(Problem::invalid(
                "/record",
                "name a thing or a record, not both",
            ));
        }
        (None, Some(facts)) => record(&session, facts),
        (on, None) => question::target(session.asked(), on.as_deref().unwrap_or("account")),
    };
    let target = session.askable_target(subject, target);
    let Some(permission) = Permission::from_key(&question.permission) else {
        return Err(Problem::invalid(
            "/permission",
            "there is no such permission; /api/v1/catalogue lists them",
        ));
    };
    let decision = session
        .asked()
        .view(subject, session.asked_at())
        .decide(permission, target);
    session.answer(DecisionBody::of(session.asked(), &decision))
}
