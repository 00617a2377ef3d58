//! Several questions at once. What a question does not say is taken from the top, each member as a whole.

use access::products::Properties;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;
use web::{Problem, Result, guard::SignedIn, part::parse, reply::Json};

use crate::{
    asker::Asker,
    body::{
        Action, Asked, Decided, Entity, Evaluation, Object, as_bad_request, object, present,
        present_object,
    },
};

/// Questions of one request.
const QUESTIONS_MAX: usize = 1_000;

/// Several questions, or one.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct Evaluations {
    /// The questions; none: the top itself is the question.
    #[serde(default)]
    #[schema(value_type = Vec<serde_json::Value>)]
    evaluations: Vec<Box<RawValue>>,
    /// How to go on after an answer.
    #[serde(default, deserialize_with = "object")]
    options: Options,
    /// For questions without a subject of their own.
    #[serde(default, deserialize_with = "present_object")]
    #[schema(value_type = Entity, required = false)]
    subject: Option<Entity>,
    /// For questions without an action of their own.
    #[serde(default, deserialize_with = "present_object")]
    #[schema(value_type = Action, required = false)]
    action: Option<Action>,
    /// For questions without a resource of their own.
    #[serde(default, deserialize_with = "present_object")]
    #[schema(value_type = Entity, required = false)]
    resource: Option<Entity>,
    /// For questions without a context of their own.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Object)]
    context: Option<Properties>,
}

/// What a question of several says itself.
#[derive(Deserialize)]
struct Item {
    #[serde(default, deserialize_with = "present_object")]
    subject: Option<Entity>,
    #[serde(default, deserialize_with = "present_object")]
    action: Option<Action>,
    #[serde(default, deserialize_with = "present_object")]
    resource: Option<Entity>,
    #[serde(default, deserialize_with = "present")]
    context: Option<Properties>,
}

/// How to go on after an answer.
#[derive(Debug, Default, Deserialize, ToSchema)]
struct Options {
    #[serde(default)]
    evaluations_semantic: Semantic,
}

/// When to stop.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Semantic {
    /// Never.
    #[default]
    ExecuteAll,
    /// After the first no.
    DenyOnFirstDeny,
    /// After the first yes.
    PermitOnFirstPermit,
}

/// One answer, or one for each question that was asked.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub(crate) enum Answers {
    /// To the top itself.
    One(Decided),
    /// In the order of the questions.
    Several {
        /// Shorter than the questions where the semantic stopped.
        evaluations: Vec<Decided>,
    },
}

pub(crate) async fn evaluate(
    session: SignedIn,
    Asked(asked): Asked<Evaluations>,
) -> Result<Json<Answers>> {
    if asked.evaluations.is_empty() {
        let evaluation = asked.single().map_err(as_bad_request)?;
        let (subject, resource) = (&evaluation.subject, &evaluation.resource);
        let asker = Asker::of(&session, &[subject], &[resource]).await?;
        return Ok(Json(Answers::One(asker.decide(&evaluation))));
    }
    if asked.evaluations.len() > QUESTIONS_MAX {
        return Err(Problem::malformed(format!(
            "ask at most {QUESTIONS_MAX} questions at once"
        )));
    }
    let questions: Vec<_> = asked
        .evaluations
        .iter()
        .map(|item| asked.question(item))
        .collect();
    let read = || {
        questions
            .iter()
            .filter_map(|question| question.as_ref().ok())
    };
    let subjects: Vec<_> = read().map(|question| &question.subject).collect();
    let resources: Vec<_> = read().map(|question| &question.resource).collect();
    let asker = Asker::of(&session, &subjects, &resources).await?;

    let semantic = asked.options.evaluations_semantic;
    let mut evaluations = Vec::with_capacity(questions.len());
    for question in questions {
        let decided = match question {
            Ok(evaluation) => asker.decide(&evaluation),
            Err(problem) => Decided::failed(
                StatusCode::BAD_REQUEST,
                problem.body().detail.unwrap_or_default(),
            ),
        };
        let stop = match semantic {
            Semantic::ExecuteAll => false,
            Semantic::DenyOnFirstDeny => !decided.decision,
            Semantic::PermitOnFirstPermit => decided.decision,
        };
        evaluations.push(decided);
        if stop {
            break;
        }
    }
    Ok(Json(Answers::Several { evaluations }))
}

impl Evaluations {
    /// The top itself as a question.
    fn single(self) -> Result<Evaluation> {
        Ok(Evaluation {
            subject: self.subject.ok_or_else(|| missing("subject"))?,
            action: self.action.ok_or_else(|| missing("action"))?,
            resource: self.resource.ok_or_else(|| missing("resource"))?,
            context: self.context.unwrap_or_default(),
        })
    }

    /// A question with what it takes from the top. Members are replaced as wholes: a subject of its own takes nothing from the
    /// subject of the top.
    fn question(&self, item: &RawValue) -> Result<Evaluation> {
        let Object::<Item>(item) = parse(item.get().as_bytes())?;
        let or_top = |own: Option<Entity>, top: &Option<Entity>| own.or_else(|| top.clone());
        Ok(Evaluation {
            subject: or_top(item.subject, &self.subject).ok_or_else(|| missing("subject"))?,
            action: item
                .action
                .or_else(|| self.action.clone())
                .ok_or_else(|| missing("action"))?,
            resource: or_top(item.resource, &self.resource).ok_or_else(|| missing("resource"))?,
            context: item
                .context
                .or_else(|| self.context.clone())
                .unwrap_or_default(),
        })
    }
}

fn missing(member: &str) -> Problem {
    Problem::invalid(format!("/{member}"), format!("missing field `{member}`"))
}
