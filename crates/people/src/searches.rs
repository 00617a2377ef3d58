//! The searches of the AuthZEN model: who may, on what, and what. They agree with `decisions`: every result checks true.

use access::{
    Permission, ResourceKind, State, Subject,
    products::{Budget, Cursor as Place, Found, Properties, Question},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use web::{
    Problem, Result,
    effect::{subject_id, target_id},
    guard::SignedIn,
    paging::{Cursor, Page, Paged, Paging},
    question,
    reply::Answer,
    route::{Route, post},
    session::Session,
};

use crate::named::{self, Named, ProductQuestion, Sent};

pub(crate) fn routes() -> Vec<Route> {
    vec![
        post(
            "/api/v1/search/subjects",
            "searches.subjects",
            "Who may do it, as far as the caller may ask",
            subjects,
        ),
        post(
            "/api/v1/search/resources",
            "searches.resources",
            "On what may the subject do it",
            resources,
        ),
        post(
            "/api/v1/search/actions",
            "searches.actions",
            "What may the subject do with it",
            actions,
        ),
    ]
}

/// Who may do it?
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct WhoMay {
    /// The permission's key, or the name that another product's catalogue gives it.
    permission: String,
    /// A person, user group, service, queue or device, by id, or a resource of another product; absent: the account as a whole.
    #[serde(default)]
    on: Option<Named>,
    /// Permissions of other products: subjects of this type of theirs; absent: people.
    #[serde(default)]
    among: Option<String>,
    /// What the caller says about the action; counts only where another product's catalogue says so (AD-31).
    #[serde(default)]
    #[schema(value_type = Object)]
    action_properties: Properties,
    /// What the caller says about the circumstances; counts only where another product's catalogue says so (AD-31).
    #[serde(default)]
    #[schema(value_type = Object)]
    context: Properties,
}

/// On what?
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct OnWhat {
    /// A person or connection, by id, or a subject of another product; absent: the caller.
    #[serde(default)]
    subject: Option<Named>,
    /// The permission's key, or the name that another product's catalogue gives it.
    permission: String,
    /// `account`, `person`, `user_group`, `service`, `queue` or `device`; permissions of other products: a type of theirs.
    kind: String,
    /// As above.
    #[serde(default)]
    #[schema(value_type = Object)]
    action_properties: Properties,
    /// As above.
    #[serde(default)]
    #[schema(value_type = Object)]
    context: Properties,
}

/// What may the subject do?
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct WhichActions {
    /// A person or connection, by id, or a subject of another product; absent: the caller.
    #[serde(default)]
    subject: Option<Named>,
    /// A person, user group, service, queue or device, by id, or a resource of another product; absent: the account as a whole.
    #[serde(default)]
    on: Option<Named>,
    /// As above.
    #[serde(default)]
    #[schema(value_type = Object)]
    context: Properties,
}

/// Something that was found.
#[derive(Debug, Serialize, ToSchema)]
struct Hit {
    /// Its id, or `account`.
    id: String,
    /// Of another product: its type.
    #[serde(skip_serializing_if = "Option::is_none")]
    r#type: Option<String>,
    /// Of another product: that product's own id.
    #[serde(skip_serializing_if = "Option::is_none")]
    external_id: Option<String>,
}

/// Permissions that are allowed.
#[derive(Debug, Serialize, ToSchema)]
struct Actions {
    /// Keys, or the names by which other products' permissions can be asked about.
    permissions: Vec<String>,
    /// Send it as `page` for what follows; absent on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<Cursor>,
}

impl Hit {
    /// Of Rolecall's own.
    fn own(id: String) -> Self {
        Self {
            id,
            r#type: None,
            external_id: None,
        }
    }

    /// Of another product, or a person.
    fn found(session: &Session, found: Found) -> Option<Self> {
        let state = session.asked();
        match found {
            Found::Person(person) => subject_id(state, Subject::Person(person)).map(Self::own),
            Found::Thing(thing) => Some(Self {
                id: session.id(thing).0.to_string(),
                r#type: named::kind(state, thing),
                external_id: state
                    .products()
                    .things()
                    .get(thing)
                    .and_then(|row| row.profile())
                    .map(|profile| profile.external_id.to_string()),
            }),
        }
    }
}

/// A kind of Rolecall's own things.
fn kind(name: &str) -> Result<ResourceKind> {
    ResourceKind::named(name).ok_or_else(|| {
        let detail = "say account, person, user_group, service, queue or device";
        Problem::senseless("unknown_type", "/kind", detail)
    })
}

/// How much one page of a search in another product may take.
fn budget(paging: &Paging) -> Budget {
    Budget {
        results: paging.size,
        ..Budget::default()
    }
}

fn place(paging: &Paging) -> Result<Option<Place>> {
    Ok(paging.after::<u32>()?.map(Place))
}

fn next(paging: &Paging, place: Option<Place>) -> Result<Option<Cursor>> {
    place.map(|place| paging.next(&place.0)).transpose()
}

async fn subjects(session: SignedIn, asked: Paged<WhoMay>) -> Result<Answer<Page<Hit>>> {
    let Paged { body, paging } = asked;
    if !session.may_ask_about_others() {
        return Err(question::asking_needs_a_right());
    }
    let Some(permission) = Permission::from_key(&body.permission) else {
        return other_subjects(session, body, paging).await;
    };
    let target = named::target(&session, body.on.as_ref());
    let target = session.askable_target(session.subject, target);
    let page = access::Paging {
        after: paging.after()?,
        limit: paging.size,
    };
    // AD-31: people outside the caller's scope answer as unknown ids; they are not found either.
    let askable = |subject: Subject| session.may_ask_about(subject);
    let found = session
        .asked()
        .subjects(permission, target, session.asked_at(), page, askable);
    let items = found
        .items
        .into_iter()
        .filter_map(|subject| subject_id(session.asked(), subject))
        .map(Hit::own)
        .collect();
    session.answer(Page {
        items,
        next: found.next.map(|next| paging.next(&next)).transpose()?,
    })
}

async fn other_subjects(
    session: SignedIn,
    body: WhoMay,
    paging: Paging,
) -> Result<Answer<Page<Hit>>> {
    let (among, on) = (body.among.as_deref(), body.on.as_ref());
    let sent = Sent {
        action: body.action_properties,
        context: body.context,
    };
    let question = ProductQuestion::who(&session, among, &body.permission, on, sent)?;
    let (after, budget) = (place(&paging)?, budget(&paging));
    let caller = Session::clone(&session);
    let askable = move |found: Found| {
        caller.may_ask_about(match found {
            Found::Person(person) => Subject::Person(person),
            Found::Thing(thing) => Subject::Thing(thing),
        })
    };
    let search = move |state: &State, question: &Question<'_>, now| {
        state.search_product_subjects(question, after, budget, now, askable)
    };
    let found = question.work(&session, search).await?;
    let items = found
        .results
        .into_iter()
        .filter_map(|found| Hit::found(&session, found))
        .collect();
    session.answer(Page {
        items,
        next: next(&paging, found.next)?,
    })
}

async fn resources(session: SignedIn, asked: Paged<OnWhat>) -> Result<Answer<Page<Hit>>> {
    let Paged { body, paging } = asked;
    let Some(permission) = Permission::from_key(&body.permission) else {
        return other_resources(session, body, paging).await;
    };
    let about = named::subject(&session, body.subject.as_ref())?;
    let page = access::Paging {
        after: paging.after()?,
        limit: paging.size,
    };
    let found = session.asked().resources(
        about,
        permission,
        kind(&body.kind)?,
        session.asked_at(),
        page,
        |target| session.askable_target(about, target) == target,
    );
    let items = found
        .items
        .into_iter()
        .map(|target| Hit::own(target_id(session.asked(), target)))
        .collect();
    session.answer(Page {
        items,
        next: found.next.map(|next| paging.next(&next)).transpose()?,
    })
}

/// Who may be asked about may know of what they may use: nothing more is cut from what is found.
async fn other_resources(
    session: SignedIn,
    body: OnWhat,
    paging: Paging,
) -> Result<Answer<Page<Hit>>> {
    let subject = body.subject.as_ref();
    let (action, kind) = (&body.permission, &body.kind);
    let sent = Sent {
        action: body.action_properties,
        context: body.context,
    };
    let question = ProductQuestion::on_what(&session, subject, action, kind, sent)?;
    let (after, budget) = (place(&paging)?, budget(&paging));
    let search = move |state: &State, question: &Question<'_>, now| {
        state.search_product_resources(question, after, budget, now, |_| true)
    };
    let found = question.work(&session, search).await?;
    let items = found
        .results
        .into_iter()
        .filter_map(|found| Hit::found(&session, found))
        .collect();
    session.answer(Page {
        items,
        next: next(&paging, found.next)?,
    })
}

async fn actions(session: SignedIn, asked: Paged<WhichActions>) -> Result<Answer<Actions>> {
    let Paged { body, paging } = asked;
    let (subject, on) = (body.subject.as_ref(), body.on.as_ref());
    let is_other =
        |named: Option<&Named>| named.is_some_and(|named| named.is_other(session.asked()));
    if is_other(subject) || is_other(on) {
        let sent = Sent {
            context: body.context,
            ..Sent::default()
        };
        let question = ProductQuestion::what(&session, subject, on, sent)?;
        let (after, budget) = (place(&paging)?, budget(&paging));
        let search = move |state: &State, question: &Question<'_>, now| {
            state.search_product_actions(question, after, budget, now)
        };
        let found = question.work(&session, search).await?;
        let names = found.results.into_iter().map(|found| found.name.into());
        return session.answer(Actions {
            permissions: names.collect(),
            next: next(&paging, found.next)?,
        });
    }
    let about = named::subject(&session, subject)?;
    let target = session.askable_target(about, named::target(&session, on));
    let after = paging.after::<Permission>()?;
    let found = session.asked().actions(about, target, session.asked_at());
    let found = found.into_iter().filter(|found| Some(*found) > after);
    let page = paging.cut(found.take(paging.size + 1).collect(), |found| *found)?;
    session.answer(Actions {
        permissions: page.items.iter().map(|found| found.key().into()).collect(),
        next: page.next,
    })
}
