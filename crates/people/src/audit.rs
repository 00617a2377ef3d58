//! The audit log: who did what on whom, when, from where (AD-20).

use access::decide::permissions::ViewAudit;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use web::{
    Problem, Result,
    decision::timestamp,
    guard::{May, TheAccount},
    paging::{Page, Paging},
    reply::Answer,
    route::{Route, get},
    session::failed,
};

use crate::audit_ids;

pub(crate) fn routes() -> Vec<Route> {
    vec![get(
        "/api/v1/audit",
        "audit.list",
        "Read the audit log, newest first",
        list,
    )]
}

/// One act.
#[derive(Debug, Serialize, ToSchema)]
struct AuditEntry {
    /// The version of the account after it.
    position: u64,
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// Who: an id, `set_up`, or a job of the server.
    actor: String,
    /// What was asked for.
    act: String,
    /// Through which face.
    face: String,
    /// The request's id.
    request: String,
    /// What it became, with ids. Personal data is never in it.
    #[schema(value_type = Vec<Object>)]
    events: Vec<Value>,
}

async fn list(may: May<ViewAudit, TheAccount>, paging: Paging) -> Result<Answer<Page<AuditEntry>>> {
    let limit = u32::try_from(paging.size + 1).unwrap_or(u32::MAX);
    let entries = may
        .account
        .log_page(paging.after::<u64>()?, limit)
        .await
        .map_err(failed)?;
    let more = entries.len() > paging.size;
    // Ids of what was made meanwhile are known to the present state only.
    let state = may.account.state();
    let items = entries.into_iter().take(paging.size).map(|entry| {
        let events = ledger::events(&entry).map_err(failed)?;
        Ok(AuditEntry {
            position: entry.position,
            at: timestamp(entry.at),
            actor: audit_ids::actor(&state, &entry.actor),
            act: entry.act,
            face: entry.face,
            request: entry.request,
            events: events
                .iter()
                .map(|event| audit_ids::event(&state, event))
                .collect(),
        })
    });
    let items = items.collect::<Result<Vec<_>, Problem>>()?;
    let next = items
        .last()
        .filter(|_| more)
        .map(|last| paging.next(&last.position))
        .transpose()?;
    may.answer(Page { items, next })
}
