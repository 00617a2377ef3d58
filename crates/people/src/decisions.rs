//! Questions about access: may this subject do that with this thing, and why.

use access::{Permission, Subject, Target, decide::RecordFacts};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use web::{
    Problem, Result,
    decision::DecisionBody,
    guard::SignedIn,
    part::Body,
    question,
    reply::Answer,
    resource::{CompanyRef, PersonRef, Resource, ServiceRef},
    route::{Route, post},
    session::Session,
};

pub(crate) fn routes() -> Vec<Route> {
    vec![
        post(
            "/api/v1/decisions",
            "decisions.check",
            "Ask whether a subject may do something, with every gate and every path",
            check,
        ),
        post(
            "/api/v1/decisions/explain",
            "decisions.explain",
            "The same, and for a no what would make it a yes and who could do that",
            explain,
        ),
    ]
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

/// The permission of a key.
pub(crate) fn permission(key: &str) -> Result<Permission> {
    let unknown = || {
        Problem::invalid(
            "/permission",
            "there is no such permission; /api/v1/catalogue lists them",
        )
    };
    Permission::from_key(key).ok_or_else(unknown)
}

/// The question with everything looked up, as far as the caller may ask.
fn asked(session: &Session, question: &Question) -> Result<(Subject, Permission, Target)> {
    let subject = subject(session, question.subject.as_deref())?;
    let target = match (&question.on, &question.record) {
        (Some(_), Some(_)) => {
            return Err(Problem::invalid(
                "/record",
                "name a thing or a record, not both",
            ));
        }
        (None, Some(facts)) => record(session, facts),
        (on, None) => question::target(session.asked(), on.as_deref().unwrap_or("account")),
    };
    Ok((
        subject,
        permission(&question.permission)?,
        session.askable_target(subject, target),
    ))
}

async fn check(session: SignedIn, Body(question): Body<Question>) -> Result<Answer<DecisionBody>> {
    let (subject, permission, target) = asked(&session, &question)?;
    let decision = session
        .asked()
        .view(subject, session.asked_at())
        .decide(permission, target);
    session.answer(DecisionBody::of(session.asked(), &decision))
}

/// A decision, and what would change it.
#[derive(Debug, Serialize, ToSchema)]
struct ExplanationBody {
    #[serde(flatten)]
    decision: DecisionBody,
    /// The whole in one sentence.
    says: String,
    /// For a no: the smallest changes after which it would be a yes, each tried out; at most eight.
    remedies: Vec<RemedyBody>,
}

/// A change after which the answer is yes.
#[derive(Debug, Serialize, ToSchema)]
struct RemedyBody {
    /// To be made in this order.
    steps: Vec<StepBody>,
}

/// One step of a remedy.
#[derive(Debug, Serialize, ToSchema)]
struct StepBody {
    /// What to do.
    says: String,
    /// Up to eight people who could, as far as the caller sees them.
    makers: Vec<PersonRef>,
    /// There may be others.
    more: bool,
    /// Nobody by a right of theirs, but the operator at the server's command line.
    operator: bool,
}

async fn explain(
    session: SignedIn,
    Body(question): Body<Question>,
) -> Result<Answer<ExplanationBody>> {
    let (subject, permission, target) = asked(&session, &question)?;
    let worker = session.clone();
    // Each remedy is tried out on a fork: not on a thread that answers others.
    let work = move || {
        worker
            .asked()
            .explain(subject, permission, target, worker.asked_at())
    };
    let explanation = tokio::task::spawn_blocking(work)
        .await
        .map_err(Problem::internal)?;
    let decision = DecisionBody::of(session.asked(), &explanation.decision);
    let step = |step: &access::Step| step_body(&session, step);
    let remedies = explanation.remedies.iter().map(|remedy| RemedyBody {
        steps: remedy.steps.iter().map(step).collect(),
    });
    let remedies = remedies.collect();
    session.answer(ExplanationBody {
        says: decision.sentence(),
        decision,
        remedies,
    })
}

fn step_body(session: &Session, step: &access::Step) -> StepBody {
    let view = session.view();
    let says = access::explain::words::change(&step.command);
    StepBody {
        says: says
            .map(|says| web::decision::phrase(session.asked(), &says))
            .unwrap_or_default(),
        makers: step
            .makers
            .people
            .iter()
            .filter(|person| person.is_seen_by(&view))
            .map(|person| session.id(*person))
            .collect(),
        more: step.makers.more,
        operator: step.makers.operator,
    }
}
