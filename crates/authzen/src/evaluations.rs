//! Several questions at once. What a question does not say is taken from the top, each member as a whole.

use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;
use web::{Problem, Result, guard::SignedIn, reply::Json};

use crate::{
    body::{Asked, Decided, Evaluation, as_bad_request},
    evaluation::{decide, refuse_strangers},
};

/// Questions of one request.
const QUESTIONS_MAX: usize = 1_000;
/// The members of a question.
const MEMBERS: [&str; 4] = ["subject", "action", "resource", "context"];

/// Several questions, or one.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct Evaluations {
    /// The questions; none: the top itself is the question.
    #[serde(default)]
    #[schema(value_type = Vec<Object>)]
    evaluations: Vec<Map<String, Value>>,
    /// How to go on after an answer.
    #[serde(default)]
    options: Options,
    /// Values for questions that do not have their own.
    #[serde(flatten)]
    #[schema(value_type = Object)]
    top: Map<String, Value>,
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
        let evaluation = read(asked.top).map_err(as_bad_request)?;
        refuse_strangers(&session, [&evaluation])?;
        return Ok(Json(Answers::One(decide(&session, &evaluation))));
    }
    if asked.evaluations.len() > QUESTIONS_MAX {
        return Err(Problem::malformed(format!(
            "ask at most {QUESTIONS_MAX} questions at once"
        )));
    }
    let questions: Vec<_> = asked
        .evaluations
        .into_iter()
        .map(|item| read(with_defaults(item, &asked.top)))
        .collect();
    refuse_strangers(
        &session,
        questions
            .iter()
            .filter_map(|question| question.as_ref().ok()),
    )?;

    let semantic = asked.options.evaluations_semantic;
    let mut evaluations = Vec::with_capacity(questions.len());
    for question in questions {
        let decided = match question {
            Ok(evaluation) => decide(&session, &evaluation),
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

/// Members are replaced as wholes: a subject of its own takes nothing from the subject of the top.
fn with_defaults(mut item: Map<String, Value>, top: &Map<String, Value>) -> Map<String, Value> {
    for member in MEMBERS {
        if let (false, Some(value)) = (item.contains_key(member), top.get(member)) {
            item.insert(member.to_owned(), value.clone());
        }
    }
    item
}

fn read(question: Map<String, Value>) -> Result<Evaluation> {
    serde_path_to_error::deserialize(Value::Object(question)).map_err(|error| {
        let at = error.path().to_string();
        Problem::invalid(at, error.into_inner().to_string())
    })
}
