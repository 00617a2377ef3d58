//! One question.

use access::products::Question;
use web::{Result, decision::DecisionBody, guard::SignedIn, reply::Json};

use crate::{
    asker::Asker,
    body::{Asked, Decided, Evaluation, Reason, Why},
};

pub(crate) async fn evaluate(
    session: SignedIn,
    Asked(evaluation): Asked<Evaluation>,
) -> Result<Json<Decided>> {
    let (subject, resource) = (&evaluation.subject, &evaluation.resource);
    let asker = Asker::of(&session, &[subject], &[resource]).await?;
    Ok(Json(asker.decide(&evaluation)))
}

impl Asker<'_> {
    /// The core's answer, as far as the caller may ask.
    pub fn decide(&self, evaluation: &Evaluation) -> Decided {
        let state = self.session.asked();
        let subject = self.known_subject(&evaluation.subject);
        let about = self.about(&evaluation.subject);
        let target = self.known_target(about, &evaluation.resource);
        let question = Question {
            subject: evaluation.subject.named(subject),
            action: &evaluation.action.name,
            action_properties: &evaluation.action.properties,
            resource: evaluation.resource.named(target),
            context: &evaluation.context,
        };
        let question = self.session.told(about, question);
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
}
