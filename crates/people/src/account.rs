//! The caller, and the account that the token belongs to.

use access::{Permission, Subject, Target};
use serde::Serialize;
use utoipa::ToSchema;
use web::{
    Result,
    guard::SignedIn,
    reply::Answer,
    route::{Route, get},
};

pub(crate) fn routes() -> Vec<Route> {
    vec![get(
        "/api/v1/me",
        "account.me",
        "Who is asking, in which account, with which account-wide permissions",
        me,
    )]
}

/// The caller.
#[derive(Debug, Serialize, ToSchema)]
struct Me {
    /// The account, for the address of other services.
    account: String,
    /// The person or connection as whom the token acts.
    subject: Option<String>,
    /// What is allowed over the account as a whole; menus are made of it.
    permissions: Vec<&'static str>,
}

async fn me(session: SignedIn) -> Result<Answer<Me>> {
    let subject = match session.subject {
        Subject::Person(person) => Some(session.id(person).0.to_string()),
        Subject::Connection(connection) => Some(session.id(connection).0.to_string()),
        _ => None,
    };
    let view = session.view();
    let held = Permission::ALL
        .into_iter()
        .filter(|permission| view.may(*permission, Target::Account));
    session.answer(Me {
        account: session.account.public_id().to_string(),
        subject,
        permissions: held.map(Permission::key).collect(),
    })
}
