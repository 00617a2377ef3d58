//! Who may, on what, and what: the searches of the standard. They agree with evaluations: every result checks true.

use access::{
    State, Subject, Target,
    products::{self, FoundPage, NO_PROPERTIES, Properties, Question},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use web::{Result, effect, guard::SignedIn, question, reply::Json, session::Session};

use crate::{
    asker::Asker,
    body::{Action, Asked, Entity, object},
    path,
    walk::{PageAsked, Results, Walk},
};

/// Who may?
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct SubjectSearch {
    #[serde(deserialize_with = "object")]
    subject: Sought,
    #[serde(deserialize_with = "object")]
    action: Action,
    #[serde(deserialize_with = "object")]
    resource: Entity,
    /// What the caller says about the circumstances.
    #[serde(default)]
    #[schema(value_type = Object)]
    context: Properties,
    #[serde(default, deserialize_with = "object")]
    page: PageAsked,
}

/// On what?
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct ResourceSearch {
    #[serde(deserialize_with = "object")]
    subject: Entity,
    #[serde(deserialize_with = "object")]
    action: Action,
    #[serde(deserialize_with = "object")]
    resource: Sought,
    /// What the caller says about the circumstances.
    #[serde(default)]
    #[schema(value_type = Object)]
    context: Properties,
    #[serde(default, deserialize_with = "object")]
    page: PageAsked,
}

/// Which actions?
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct ActionSearch {
    #[serde(deserialize_with = "object")]
    subject: Entity,
    #[serde(deserialize_with = "object")]
    resource: Entity,
    /// What the caller says about the circumstances.
    #[serde(default)]
    #[schema(value_type = Object)]
    context: Properties,
    #[serde(default, deserialize_with = "object")]
    page: PageAsked,
}

/// What is searched for: whatever is of a type.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
struct Sought {
    /// The type.
    r#type: String,
    /// Passed over, and the same from page to page.
    #[serde(default)]
    #[schema(schema_with = web::schema::anything)]
    id: serde_json::Value,
    /// What the caller says about each; counts only where a product's catalogue says so (AD-31).
    #[serde(default)]
    #[schema(value_type = Object)]
    properties: Properties,
}

impl Sought {
    fn named<K>(&self) -> products::Entity<'_, K> {
        products::Entity {
            kind: &self.r#type,
            id: "",
            known: None,
            properties: &self.properties,
        }
    }

    fn found(&self, id: Option<String>) -> Option<FoundEntity> {
        Some(FoundEntity {
            r#type: self.r#type.clone(),
            id: id?,
        })
    }
}

/// A subject or resource that was found.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FoundEntity {
    /// The type, as it was asked for.
    r#type: String,
    /// The id by which it can be asked about: ours for what is of Rolecall, the product's own for what is of another product.
    id: String,
}

/// An action that was found.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FoundAction {
    /// The name by which it can be asked about.
    name: String,
}

pub(crate) async fn subjects(
    session: SignedIn,
    Asked(asked): Asked<SubjectSearch>,
) -> Result<Json<Results<FoundEntity>>> {
    if !session.may_ask_about_others() {
        return Err(question::asking_needs_a_right());
    }
    let asker = Asker::of(&session, &[], &[&asked.resource]).await?;
    let resource = asker.known_target(session.subject, &asked.resource);
    let (sought, on) = (&asked.subject, &asked.resource);
    let bound = (
        path::SEARCH_SUBJECT,
        sought,
        &asked.action,
        on,
        &asked.context,
    );
    let walk = Walk::begin(&session, &bound, &asked.page)?;
    let find = move |session: &Session, after, budget| {
        let question = Question {
            subject: asked.subject.named(),
            action: &asked.action.name,
            action_properties: &asked.action.properties,
            resource: asked.resource.named(resource),
            context: &asked.context,
        };
        let (state, now) = (session.asked(), session.asked_at());
        // AD-31: people outside the caller's scope answer as unknown ids; they are not found either.
        let askable = |subject: Subject| session.may_ask_about(subject);
        let page = state.find_subjects(&question, after, budget, now, askable);
        let found = page.results.into_iter();
        let found = found.filter_map(|subject| asked.subject.found(subject_id(state, subject)));
        FoundPage {
            results: found.collect(),
            next: page.next,
        }
    };
    walk.answer(&session, find).await.map(Json)
}

pub(crate) async fn resources(
    session: SignedIn,
    Asked(asked): Asked<ResourceSearch>,
) -> Result<Json<Results<FoundEntity>>> {
    let asker = Asker::of(&session, &[&asked.subject], &[]).await?;
    let subject = asker.known_subject(&asked.subject);
    let about = asker.about(&asked.subject);
    let (by, sought) = (&asked.subject, &asked.resource);
    let bound = (
        path::SEARCH_RESOURCE,
        by,
        &asked.action,
        sought,
        &asked.context,
    );
    let walk = Walk::begin(&session, &bound, &asked.page)?;
    let find = move |session: &Session, after, budget| {
        let question = Question {
            subject: asked.subject.named(subject),
            action: &asked.action.name,
            action_properties: &asked.action.properties,
            resource: asked.resource.named(),
            context: &asked.context,
        };
        let (state, now) = (session.asked(), session.asked_at());
        // Who may be asked about may know of what they may use in another product.
        let known = |target: Target| {
            matches!(target, Target::Thing(_)) || session.askable_target(about, target) == target
        };
        let page = state.find_resources(&question, after, budget, now, known);
        let found = page.results.into_iter();
        let found = found.filter_map(|target| asked.resource.found(target_id(state, target)));
        FoundPage {
            results: found.collect(),
            next: page.next,
        }
    };
    walk.answer(&session, find).await.map(Json)
}

pub(crate) async fn actions(
    session: SignedIn,
    Asked(asked): Asked<ActionSearch>,
) -> Result<Json<Results<FoundAction>>> {
    let asker = Asker::of(&session, &[&asked.subject], &[&asked.resource]).await?;
    let subject = asker.known_subject(&asked.subject);
    let resource = asker.known_target(asker.about(&asked.subject), &asked.resource);
    let (by, on) = (&asked.subject, &asked.resource);
    let bound = (path::SEARCH_ACTION, by, on, &asked.context);
    let walk = Walk::begin(&session, &bound, &asked.page)?;
    let find = move |session: &Session, after, budget| {
        let question = Question {
            subject: asked.subject.named(subject),
            action: "",
            action_properties: &NO_PROPERTIES,
            resource: asked.resource.named(resource),
            context: &asked.context,
        };
        let (state, now) = (session.asked(), session.asked_at());
        let page = state.find_actions(&question, after, budget, now);
        let found = page.results.into_iter();
        FoundPage {
            results: found
                .map(|name| FoundAction { name: name.into() })
                .collect(),
            next: page.next,
        }
    };
    walk.answer(&session, find).await.map(Json)
}

fn subject_id(state: &State, subject: Subject) -> Option<String> {
    match subject {
        Subject::Thing(thing) => state.id_to_ask(thing),
        own => effect::subject_id(state, own),
    }
}

fn target_id(state: &State, target: Target) -> Option<String> {
    match target {
        Target::Thing(thing) => state.id_to_ask(thing),
        own => Some(effect::target_id(state, own)),
    }
}
