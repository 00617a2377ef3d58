//! Requests and answers as the standard has them. Unknown members are ignored, as it asks; everything that cannot be read answers 400.

use access::products::Properties;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use utoipa::ToSchema;
use web::{
    Problem, Result,
    about::{About, Content},
    call::Call,
    decision::{GateBody, PathBody},
    part::{Part, json_bytes, parse},
};

/// A subject or resource.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub(crate) struct Entity {
    /// Its type.
    pub r#type: String,
    /// Its id.
    pub id: String,
    /// What the caller says about it; counts only where a product's catalogue says so (AD-31).
    #[serde(default)]
    #[schema(value_type = Object)]
    pub properties: Properties,
}

/// An action.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub(crate) struct Action {
    /// The permission's key, or the name that a product's catalogue gives it.
    pub name: String,
    /// As for entities.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub properties: Properties,
}

/// One question.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct Evaluation {
    pub subject: Entity,
    pub action: Action,
    pub resource: Entity,
    /// What the caller says about the circumstances.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub context: Properties,
}

/// The answer to one question.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Decided {
    /// Yes or no.
    pub decision: bool,
    /// Why.
    pub context: Why,
}

/// Why a decision is as it is.
#[derive(Debug, Default, Serialize, ToSchema)]
pub(crate) struct Why {
    /// The version of the account that was decided on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<u64>,
    /// The moment that was decided on.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub decided_at: Option<jiff::Timestamp>,
    /// For people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason_admin: Option<Reason>,
    /// For programs: the gates that were asked.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub gates: Vec<GateBody>,
    /// For programs: every way by which the permission is held.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub paths: Vec<PathBody>,
    /// Why a question of several was not asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<Failure>,
}

/// A reason by language.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Reason {
    pub en: String,
}

/// What is wrong with one question of several.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Failure {
    /// As an HTTP status.
    pub status: u16,
    /// In words.
    pub message: String,
}

impl Decided {
    /// A question that could not be asked: no.
    pub fn failed(status: StatusCode, message: String) -> Self {
        let error = Some(Failure {
            status: status.as_u16(),
            message,
        });
        Self {
            decision: false,
            context: Why {
                error,
                ..Why::default()
            },
        }
    }
}

/// A JSON body by the standard's rules.
#[derive(Debug)]
pub(crate) struct Asked<T>(pub T);

impl<T: DeserializeOwned + ToSchema + Send> Part for Asked<T> {
    fn describe(about: &mut About) {
        let schema = about.schema::<T>();
        about.request = Some(Content {
            media: "application/json",
            schema: Some(schema),
        });
        about.problems.extend([400, 403, 413]);
    }

    async fn take(call: &mut Call) -> Result<Self> {
        let read = async {
            let bytes = json_bytes(call).await?;
            parse(&bytes).map(Self)
        };
        read.await.map_err(as_bad_request)
    }
}

/// The standard answers 400 where REST says 415 or 422.
pub(crate) fn as_bad_request(problem: Problem) -> Problem {
    match problem.status() {
        StatusCode::UNPROCESSABLE_ENTITY | StatusCode::UNSUPPORTED_MEDIA_TYPE => {
            problem.with_status(StatusCode::BAD_REQUEST)
        }
        _ => problem,
    }
}
