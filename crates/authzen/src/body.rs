//! Requests and answers as the standard has them. Unknown members are ignored, as it asks; everything that cannot be read answers 400.

use std::{fmt, marker::PhantomData};

use access::products::{self, Properties};
use axum::http::{StatusCode, header};
use serde::{
    Deserialize, Deserializer, Serialize,
    de::{DeserializeOwned, MapAccess, Visitor, value::MapAccessDeserializer},
};
use utoipa::ToSchema;
use web::{
    Problem, Result,
    about::{About, Content},
    call::Call,
    decision::{GateBody, PathBody},
    part::{Part, json_bytes, parse},
};

/// A subject or resource.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct Entity {
    /// Its type.
    pub r#type: String,
    /// Its id: ours, the product's own, or a person's external id.
    pub id: String,
    /// What the caller says about it; counts only where a product's catalogue says so (AD-31).
    #[serde(default)]
    #[schema(value_type = Object)]
    pub properties: Properties,
}

impl Entity {
    /// As the core takes it, with what is known of it already.
    pub fn named<K>(&self, known: Option<K>) -> products::Entity<'_, K> {
        products::Entity {
            kind: &self.r#type,
            id: &self.id,
            known,
            properties: &self.properties,
        }
    }
}

/// An action.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
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
    #[serde(deserialize_with = "object")]
    pub subject: Entity,
    #[serde(deserialize_with = "object")]
    pub action: Action,
    #[serde(deserialize_with = "object")]
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
#[schema(as = AuthzenWhy)]
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
#[schema(as = AuthzenReason)]
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
            media: JSON,
            schema: Some(schema),
        });
        about.problems.extend([400, 403, 413]);
    }

    async fn take(call: &mut Call) -> Result<Self> {
        require_json(call)?;
        let bytes = json_bytes(call).await?;
        let Object(body) = parse(&bytes).map_err(as_bad_request)?;
        Ok(Self(body))
    }
}

const JSON: &str = "application/json";

/// The standard has this one type, with whatever parameters.
fn require_json(call: &Call) -> Result<()> {
    let media = call.header(header::CONTENT_TYPE.as_str());
    let media = media.and_then(|media| media.split(';').next());
    match media {
        Some(media) if media.trim().eq_ignore_ascii_case(JSON) => Ok(()),
        _ => Err(Problem::malformed(
            "send JSON, and say so: Content-Type: application/json",
        )),
    }
}

/// The standard answers 400 where REST says 422.
pub(crate) fn as_bad_request(problem: Problem) -> Problem {
    match problem.status() {
        StatusCode::UNPROCESSABLE_ENTITY => problem.with_status(StatusCode::BAD_REQUEST),
        _ => problem,
    }
}

/// What the standard calls an object: its members in a list, without their names, are of the wrong type.
pub(crate) struct Object<T>(pub T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(value: D) -> Result<Self, D::Error> {
        object(value).map(Self)
    }
}

/// The same as a member.
pub(crate) fn object<'de, T, D>(value: D) -> Result<T, D::Error>
where
    T: Deserialize<'de>,
    D: Deserializer<'de>,
{
    struct AnObject<T>(PhantomData<T>);

    impl<'de, T: Deserialize<'de>> Visitor<'de> for AnObject<T> {
        type Value = T;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object")
        }

        fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<T, A::Error> {
            T::deserialize(MapAccessDeserializer::new(members))
        }
    }

    value.deserialize_map(AnObject(PhantomData))
}

/// The same as a member that may be missing. One that is there has a value: `null` is of the wrong type.
pub(crate) fn present_object<'de, T, D>(value: D) -> Result<Option<T>, D::Error>
where
    T: Deserialize<'de>,
    D: Deserializer<'de>,
{
    object(value).map(Some)
}

/// A member that may be missing, and is not `null`.
pub(crate) fn present<'de, T, D>(value: D) -> Result<Option<T>, D::Error>
where
    T: Deserialize<'de>,
    D: Deserializer<'de>,
{
    T::deserialize(value).map(Some)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(body: &serde_json::Value) -> Result<Evaluation> {
        parse(body.to_string().as_bytes()).map(|Object(body)| body)
    }

    #[test]
    fn an_object_is_no_list_of_its_members() {
        let (subject, action) = (json!({"type": "a", "id": "b"}), json!({"name": "c"}));
        let body = |subject| json!({"subject": subject, "action": action, "resource": subject});
        let whole = body(subject.clone());
        assert_eq!(read(&whole).unwrap().subject.id, "b");
        for wrong in [
            body(json!(["a", "b"])),
            body(json!(null)),
            json!([subject, action, subject]),
        ] {
            assert!(read(&wrong).is_err(), "{wrong}");
        }
        // The order of members does not count, nor do those that nobody knows.
        let text = r#"{"new": [], "resource": {"id": "1", "type": "t", "new": {}}, "action": {"properties": {}, "name": "c"},
            "subject": {"id": "2", "type": "u"}}"#;
        assert_eq!(
            parse::<Object<Evaluation>>(text.as_bytes())
                .unwrap()
                .0
                .resource
                .id,
            "1"
        );
    }
}
