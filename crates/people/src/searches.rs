//! The searches of the AuthZEN model: who may, on what, and what. They agree with `decisions`: every result checks true.

use access::{Permission, ResourceKind, Subject, Target};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use web::{
    Problem, Result,
    effect::{subject_id, target_id},
    guard::SignedIn,
    paging::{Page, Paged},
    part::Body,
    question,
    reply::Answer,
    route::{Route, post},
    session::Session,
};

use crate::decisions::{permission, subject};

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
    /// The permission's key.
    permission: String,
    /// A person, user group, service, queue or device, by id; absent: the account as a whole.
    #[serde(default)]
    on: Option<String>,
}

/// On what?
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct OnWhat {
    /// A person or connection, by id; absent: the caller.
    #[serde(default)]
    subject: Option<String>,
    /// The permission's key.
    permission: String,
    /// Of which kind.
    kind: Kind,
}

/// A kind of thing.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Account,
    Person,
    UserGroup,
    Service,
    Queue,
    Device,
}

/// What may the subject do?
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct WhichActions {
    /// A person or connection, by id; absent: the caller.
    #[serde(default)]
    subject: Option<String>,
    /// A person, user group, service, queue or device, by id; absent: the account as a whole.
    #[serde(default)]
    on: Option<String>,
}

/// Something that was found.
#[derive(Debug, Serialize, ToSchema)]
struct Hit {
    /// Its id, or `account`.
    id: String,
}

/// Permissions that are allowed.
#[derive(Debug, Serialize, ToSchema)]
struct Actions {
    permissions: Vec<&'static str>,
}

impl From<Kind> for ResourceKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Account => Self::Account,
            Kind::Person => Self::Person,
            Kind::UserGroup => Self::UserGroup,
            Kind::Service => Self::Service,
            Kind::Queue => Self::Queue,
            Kind::Device => Self::Device,
        }
    }
}

fn named(session: &Session, about: Subject, on: Option<&str>) -> Target {
    let target = question::target(session.asked(), on.unwrap_or("account"));
    session.askable_target(about, target)
}

async fn subjects(
    session: SignedIn,
    Paged { body, paging }: Paged<WhoMay>,
) -> Result<Answer<Page<Hit>>> {
    if !session.may_ask_about_others() {
        return Err(Problem::forbidden()
            .rule("AD-31")
            .detail("asking about others needs admin.access.ask"));
    }
    let target = named(&session, session.subject, body.on.as_deref());
    let page = access::Paging {
        after: paging.after()?,
        limit: paging.size,
    };
    let found = session.asked().subjects(
        permission(&body.permission)?,
        target,
        session.asked_at(),
        page,
    );
    // AD-31: people outside the caller's scope answer as unknown ids; they are not found either.
    let askable = found
        .items
        .into_iter()
        .filter(|subject| session.may_ask_about(*subject));
    let items = askable
        .filter_map(|subject| subject_id(session.asked(), subject))
        .map(|id| Hit { id })
        .collect();
    session.answer(Page {
        items,
        next: found.next.map(|next| paging.next(&next)).transpose()?,
    })
}

async fn resources(
    session: SignedIn,
    Paged { body, paging }: Paged<OnWhat>,
) -> Result<Answer<Page<Hit>>> {
    let about = subject(&session, body.subject.as_deref())?;
    let page = access::Paging {
        after: paging.after()?,
        limit: paging.size,
    };
    let found = session.asked().resources(
        about,
        permission(&body.permission)?,
        body.kind.into(),
        session.asked_at(),
        page,
    );
    let known = found
        .items
        .into_iter()
        .filter(|target| session.askable_target(about, *target) == *target);
    let items = known
        .map(|target| Hit {
            id: target_id(session.asked(), target),
        })
        .collect();
    session.answer(Page {
        items,
        next: found.next.map(|next| paging.next(&next)).transpose()?,
    })
}

async fn actions(session: SignedIn, Body(body): Body<WhichActions>) -> Result<Answer<Actions>> {
    let about = subject(&session, body.subject.as_deref())?;
    let target = named(&session, about, body.on.as_deref());
    let found = session.asked().actions(about, target, session.asked_at());
    session.answer(Actions {
        permissions: found.into_iter().map(Permission::key).collect(),
    })
}
