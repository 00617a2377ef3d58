//! The audit log: who did what on whom, what was there before and after, when, from where (AD-20).

use access::decide::permissions::ViewAudit;
use jiff::Timestamp;
use ledger::Entry;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use web::{
    Result,
    decision::timestamp,
    guard::{May, TheAccount},
    paging::{Page, Paging},
    reply::Answer,
    route::{Route, get},
    session::{Session, failed},
};

use crate::{audit_ids, audit_values::Values};

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
    /// What it changed.
    changes: Vec<AuditChange>,
}

/// One thing that an act changed.
#[derive(Debug, Serialize, ToSchema)]
struct AuditChange {
    /// What is so since then, with ids and levels. Personal data is never in it.
    #[schema(value_type = Object)]
    after: Value,
    /// What was so before the act, in the same words. Empty: there was nothing, or `after` says that it ended.
    #[schema(value_type = Vec<Object>)]
    before: Vec<Value>,
    /// The names and personal data that changed, as far as they still exist (SD-26).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    values: Vec<AuditValue>,
}

/// A name, an address or another value that does not stand in the log.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AuditValue {
    /// Which.
    #[schema(value_type = String)]
    pub field: ledger::Field,
    /// Absent: there was none, it is erased, or the caller may not know of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<String>,
    /// Absent: there is none, it is erased, or the caller may not know of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
}

async fn list(may: May<ViewAudit, TheAccount>, paging: Paging) -> Result<Answer<Page<AuditEntry>>> {
    let limit = u32::try_from(paging.size + 1).unwrap_or(u32::MAX);
    let entries = may
        .account
        .log_page(paging.after::<u64>()?, limit)
        .await
        .map_err(failed)?;
    let mut acts = entries
        .iter()
        .map(|entry| Ok((entry, ledger::changes(entry).map_err(failed)?)))
        .collect::<Result<Vec<_>>>()?;
    let more = acts.len() > paging.size;
    acts.truncate(paging.size);
    let values = Values::read(&may, &acts).await?;
    let items = acts
        .iter()
        .map(|(entry, changes)| body(&may, entry, changes, &values))
        .collect::<Vec<_>>();
    let next = items
        .last()
        .filter(|_| more)
        .map(|last| paging.next(&last.position))
        .transpose()?;
    may.answer(Page { items, next })
}

fn body(
    session: &Session,
    entry: &Entry,
    changes: &[(access::Event, Vec<access::Event>)],
    values: &Values,
) -> AuditEntry {
    // Ids of what was made meanwhile are known to the present state only.
    let state = session.state();
    let change = |(event, replaced): &(access::Event, Vec<access::Event>)| AuditChange {
        after: audit_ids::event(state, event),
        before: replaced
            .iter()
            .map(|before| audit_ids::event(state, before))
            .collect(),
        values: values.of(session, entry, event),
    };
    AuditEntry {
        position: entry.position,
        at: timestamp(entry.at),
        actor: audit_ids::actor(state, &entry.actor),
        act: entry.act.clone(),
        face: entry.face.clone(),
        request: entry.request.clone(),
        changes: changes.iter().map(change).collect(),
    }
}
