//! The sign-in log, for those who may read the audit log.

use access::{Permit, decide::permissions::ViewAudit};
use jiff::Timestamp;
use ledger::SignInEntry;
use serde::Serialize;
use utoipa::ToSchema;
use web::{
    Result,
    decision::timestamp,
    guard::{May, TheAccount},
    paging::{Page, Paging},
    reply::Answer,
    resource::PersonRef,
    route::{Route, get},
    session::{Session, failed},
};

pub(crate) fn routes() -> Vec<Route> {
    vec![get(
        "/api/v1/sign-in-log",
        "sign_in_log.list",
        "Read who signed in, failed to, or was signed out, newest first",
        list,
    )]
}

/// One entry.
#[derive(Debug, Serialize, ToSchema)]
struct SignInLogEntry {
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// `signed_in`, `failed` (the password), `code_failed` (the second factor, after the right password), `locked`, `ended`,
    /// `recovery_code_used`, `recovery_codes_made`, `factor_added`, `factor_removed` or `factor_reset`.
    what: &'static str,
    /// Whose sign-in it is. Absent: the address was nobody's, or the caller may not know of the person.
    #[serde(skip_serializing_if = "Option::is_none")]
    person: Option<PersonRef>,
}

async fn list(
    may: May<ViewAudit, TheAccount>,
    paging: Paging,
) -> Result<Answer<Page<SignInLogEntry>>> {
    let entries = read(&may, may.permit()?, &paging).await?;
    let page = paging.cut(entries, |entry| entry.number)?;
    let body = |entry: SignInEntry| SignInLogEntry {
        at: timestamp(entry.at),
        what: entry.what.name(),
        person: entry.person.and_then(|person| may.shown(person)),
    };
    may.answer(Page {
        items: page.items.into_iter().map(body).collect(),
        next: page.next,
    })
}

async fn read(
    session: &Session,
    _: Permit<'_, ViewAudit>,
    paging: &Paging,
) -> Result<Vec<SignInEntry>> {
    let limit = u32::try_from(paging.size + 1).unwrap_or(u32::MAX);
    let entries = session.account.sign_in_log(paging.after()?, limit);
    entries.await.map_err(failed)
}
