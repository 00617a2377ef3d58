//! Questions about access: may this subject do that with this thing, and why.

use access::{
    Explanation, Permission, PersonId, ServiceId, Subject, Target, decide::RecordFacts,
    products::Properties,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use web::{
    Problem, Result,
    decision::DecisionBody,
    guard::SignedIn,
    part::Body,
    reply::Answer,
    resource::{CompanyRef, PersonRef, ServiceRef},
    route::{Route, post},
    session::Session,
};

use crate::named::{self, Named, ProductQuestion, Sent};

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
pub(crate) struct Question {
    /// A person or connection, by id, or a subject of another product; absent: the caller. Asking about others needs
    /// `admin.access.ask`.
    #[serde(default)]
    subject: Option<Named>,
    /// The permission's key, or the name that another product's catalogue gives it.
    permission: String,
    /// A person, user group, service, queue or device, by id, or a resource of another product; absent: the account as a whole.
    #[serde(default)]
    on: Option<Named>,
    /// A record of the service desk, by the facts that decide about it; instead of `on`.
    #[serde(default)]
    record: Option<RecordBody>,
    /// What the caller says about the action; counts only where another product's catalogue says so (AD-31).
    #[serde(default)]
    #[schema(value_type = Object)]
    action_properties: Properties,
    /// What the caller says about the circumstances; counts only where another product's catalogue says so (AD-31).
    #[serde(default)]
    #[schema(value_type = Object)]
    context: Properties,
}

impl Question {
    /// About a person or connection and a thing of Rolecall's, by their ids; the caller and the account as a whole where there are none.
    pub fn about(subject: Option<&str>, permission: access::Permission, on: Option<&str>) -> Self {
        let named = |id: Option<&str>| {
            let id = id.filter(|id| !id.is_empty());
            id.map(|id| Named::Id(id.to_owned()))
        };
        Self {
            subject: named(subject),
            permission: permission.key().to_owned(),
            on: named(on),
            record: None,
            action_properties: Properties::default(),
            context: Properties::default(),
        }
    }
}

/// Facts of a record.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ImaginedRecord)]
struct RecordBody {
    service: ServiceRef,
    /// Whom it is for.
    #[serde(default)]
    customer: Option<PersonRef>,
    /// The company that the customer had when it was logged (SD-33).
    #[serde(default)]
    company: Option<CompanyRef>,
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

/// The question with everything looked up, as far as the caller may ask.
pub(crate) enum Asked {
    /// About Rolecall's own products.
    Own(Subject, Permission, Target),
    /// Whether a person can be chosen as customer of a service's record (SD-11). Pages ask it.
    Choice(PersonId, ServiceId),
    /// About another one.
    Other(Box<ProductQuestion>),
}

/// Looks a question up. What the caller may not ask about, or not know of, is unknown (AD-31).
pub(crate) fn asked(session: &Session, question: Question) -> Result<Asked> {
    let (named, on) = (question.subject.as_ref(), question.on.as_ref());
    let Some(permission) = Permission::from_key(&question.permission) else {
        if question.record.is_some() {
            return Err(Problem::senseless(
                "record_not_asked",
                "/record",
                "records are of Rolecall's service desk, this permission is not",
            ));
        }
        let action = &question.permission;
        let sent = Sent {
            action: question.action_properties,
            context: question.context,
        };
        let asked = ProductQuestion::about(session, named, action, on, sent)?;
        return Ok(Asked::Other(Box::new(asked)));
    };
    let subject = named::subject(session, named)?;
    let target = match (on, &question.record) {
        (Some(_), Some(_)) => {
            return Err(Problem::senseless(
                "record_not_asked",
                "/record",
                "name a thing or a record, not both",
            ));
        }
        (None, Some(facts)) => record(session, facts),
        (on, None) => named::target(session, on),
    };
    let target = session.askable_target(subject, target);
    Ok(Asked::Own(subject, permission, target))
}

async fn check(session: SignedIn, Body(question): Body<Question>) -> Result<Answer<DecisionBody>> {
    let (state, now) = (session.asked(), session.asked_at());
    let decision = match asked(&session, question)? {
        Asked::Own(subject, permission, target) => {
            state.view(subject, now).decide(permission, target)
        }
        Asked::Choice(customer, service) => {
            let view = state.view(Subject::Person(customer), now);
            view.choice_of_customer(customer, service)
        }
        Asked::Other(question) => state.answer(&question.told(&session), now).decision,
    };
    session.answer(DecisionBody::of(state, &decision))
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
    /// Nobody by a right over others, but the operator at the server's command line.
    operator: bool,
}

/// The decision, and for a no what would change it.
pub(crate) async fn explained(session: &Session, asked: Asked) -> Result<Explanation> {
    let worker = session.clone();
    // Each remedy is tried out on a fork: not on a thread that answers others.
    let work = move || {
        let (state, now) = (worker.asked(), worker.asked_at());
        match asked {
            Asked::Own(subject, permission, target) => {
                state.explain(subject, permission, target, now)
            }
            Asked::Choice(customer, service) => state.explain_choice(customer, service, now),
            Asked::Other(question) => state.explain_question(&question.told(&worker), now),
        }
    };
    tokio::task::spawn_blocking(work)
        .await
        .map_err(Problem::internal)
}

async fn explain(
    session: SignedIn,
    Body(question): Body<Question>,
) -> Result<Answer<ExplanationBody>> {
    let asked = asked(&session, question)?;
    let explanation = explained(&session, asked).await?;
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
    let says = access::explain::words::change(&step.command);
    StepBody {
        says: says
            .map(|says| web::decision::phrase_as_seen(&session.view(), &says))
            .unwrap_or_default(),
        makers: step
            .makers
            .people
            .iter()
            .filter_map(|person| session.shown(*person))
            .collect(),
        more: step.makers.more,
        operator: step.makers.operator,
    }
}
