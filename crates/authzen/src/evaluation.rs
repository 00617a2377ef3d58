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
    Ok(Json(Asker::of(&session).decide(&evaluation)))
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

/// Who asks the questions of a request, and whether every question is theirs to ask: decided once, not for each of a thousand.
pub(crate) struct Asker<'a> {
    session: &'a Session,
    /// AD-31: the whole account is in the scope of their `admin.access.ask`.
    asks_everything: bool,
}

impl<'a> Asker<'a> {
    pub fn of(session: &'a Session) -> Self {
        Self {
            session,
            asks_everything: session.may_ask_everything(),
        }
    }

    /// The core's answer, as far as the caller may ask.
    pub fn decide(&self, evaluation: &Evaluation) -> Decided {
        let state = self.session.asked();
        let (subject, target) = match self.asks_everything {
            true => (None, None),
            false => self.hidden(evaluation),
        };
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
                known: target,
                properties: &evaluation.resource.properties,
            },
            context: &evaluation.context,
        };
        let answer = state.answer(&question, self.session.asked_at());
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

    /// `Some(Unknown)` for whom the caller may not ask about, and for what neither the caller nor the subject may know of; `None`
    /// leaves finding them to the core.
    fn hidden(&self, evaluation: &Evaluation) -> (Option<Subject>, Option<Target>) {
        let state = self.session.asked();
        let named = question::subject(state, &evaluation.subject.id);
        // Of another product, or nobody: those have no scope of people, so the whole account would have to be in it.
        let may = named != Subject::Unknown && self.session.may_ask_about(named);
        let subject = (!may).then_some(Subject::Unknown);
        let target = question::target(state, &evaluation.resource.id);
        let shown = self
            .session
            .askable_target(subject.unwrap_or(named), target);
        (subject, (shown != target).then_some(Target::Unknown))
    }
}
