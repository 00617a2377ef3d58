//! One question.

use access::{
    Subject, Target,
    products::{Entity as Named, Question},
};
use web::{
    Problem, Result, decision::DecisionBody, guard::SignedIn, question, reply::Json,
    session::Session,
};

use crate::body::{Asked, Decided, Evaluation, Reason, Why};

pub(crate) async fn evaluate(
    session: SignedIn,
    Asked(evaluation): Asked<Evaluation>,
) -> Result<Json<Decided>> {
    refuse_strangers(&session, [&evaluation])?;
    Ok(Json(decide(&session, &evaluation)))
}

/// 403 is about the caller: who may ask about nobody else is told so, and asks about themselves only (AD-31).
pub(crate) fn refuse_strangers<'a>(
    session: &Session,
    evaluations: impl IntoIterator<Item = &'a Evaluation>,
) -> Result<()> {
    let about_self = |evaluation: &Evaluation| {
        question::subject(session.asked(), &evaluation.subject.id) == session.subject
    };
    if session.may_ask_about_others() || evaluations.into_iter().all(about_self) {
        return Ok(());
    }
    Err(Problem::forbidden()
        .rule("AD-31")
        .detail("asking about others needs admin.access.ask"))
}

/// The core's answer, as far as the caller may ask.
pub(crate) fn decide(session: &Session, evaluation: &Evaluation) -> Decided {
    let state = session.asked();
    let subject = asked_subject(session, evaluation);
    let about = subject.unwrap_or_else(|| question::subject(state, &evaluation.subject.id));
    let question = Question {
        subject: Named {
            kind: &evaluation.subject.r#type,
            id: &evaluation.subject.id,
            known: subject,
            properties: &evaluation.subject.properties,
        },
        action: &evaluation.action.name,
        action_properties: &evaluation.action.properties,
        resource: Named {
            kind: &evaluation.resource.r#type,
            id: &evaluation.resource.id,
            known: asked_target(session, about, evaluation),
            properties: &evaluation.resource.properties,
        },
        context: &evaluation.context,
    };
    let answer = state.answer(&question, session.asked_at());
    let body = DecisionBody::of(state, &answer.decision);
    let sentence = body.sentence();
    Decided {
        decision: body.allowed,
        context: Why {
            version: Some(body.decided_on),
            decided_at: Some(body.decided_at),
            reason_admin: Some(Reason { en: sentence }),
            gates: body
                .gates
                .into_iter()
                .filter(|gate| gate.outcome != "not_asked")
                .collect(),
            paths: body.paths,
            error: None,
        },
    }
}

/// `Some(Unknown)` for whom the caller may not ask about; `None` leaves finding the subject to the core.
fn asked_subject(session: &Session, evaluation: &Evaluation) -> Option<Subject> {
    let named = question::subject(session.asked(), &evaluation.subject.id);
    let may = match named {
        // Of another product, or nobody: those have no scope of people, so the whole account must be in it.
        Subject::Unknown => session
            .view()
            .may(access::Permission::AdminAccessAsk, Target::Account),
        named => session.may_ask_about(named),
    };
    (!may).then_some(Subject::Unknown)
}

/// `Some(Unknown)` for what neither the caller nor the subject may know of; `None` leaves finding it to the core.
fn asked_target(session: &Session, about: Subject, evaluation: &Evaluation) -> Option<Target> {
    let named = question::target(session.asked(), &evaluation.resource.id);
    (session.askable_target(about, named) != named).then_some(Target::Unknown)
}
