//! The matrix: people against permissions on one thing, page by page.

use access::{Permission, PermissionSet, PersonId, Subject, decide::permissions::AskAboutAll};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use web::{
    Problem, Result,
    guard::{May, TheAccount},
    paging::{Page, Paged},
    question,
    reply::Answer,
    resource::PersonRef,
    route::{Route, post},
};

pub(crate) fn routes() -> Vec<Route> {
    vec![post(
        "/api/v1/matrix/people",
        "matrix.people",
        "Everybody against some permissions on one thing",
        people,
    )]
}

/// What is asked of everybody.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Matrix {
    /// Keys of the permissions.
    #[schema(schema_with = crate::words::some_permissions)]
    permissions: PermissionSet,
    /// A person, user group, service, queue or device, by id; absent: the account as a whole.
    #[serde(default)]
    on: Option<String>,
}

/// One person.
#[derive(Debug, Serialize, ToSchema)]
struct MatrixRow {
    person: PersonRef,
    /// Those that are allowed.
    permissions: Vec<&'static str>,
}

async fn people(
    may: May<AskAboutAll, TheAccount>,
    Paged { body, paging }: Paged<Matrix>,
) -> Result<Answer<Page<MatrixRow>>> {
    if body.permissions == PermissionSet::EMPTY {
        return Err(Problem::invalid(
            "/permissions",
            "name at least one permission",
        ));
    }
    let target = question::target(may.asked(), body.on.as_deref().unwrap_or("account"));
    let page = access::Paging {
        after: paging.after::<PersonId>()?,
        limit: paging.size,
    };
    let found = may
        .asked()
        .people_matrix(body.permissions, target, may.asked_at(), page);
    let row = |row: access::MatrixRow| MatrixRow {
        person: may.id(row.person),
        permissions: row.allowed.iter().map(Permission::key).collect(),
    };
    // SD-33: whoever company access hides is in no answer.
    let askable = found
        .items
        .into_iter()
        .filter(|row| may.may_ask_about(Subject::Person(row.person)));
    let items = askable.map(row).collect();
    may.answer(Page {
        items,
        next: found.next.map(|next| paging.next(&next)).transpose()?,
    })
}
