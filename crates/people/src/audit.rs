//! The audit log: who did what on whom, what was there before and after, when, from where (AD-20).

use access::{Event, Permit, decide::permissions::ViewAudit};
use jiff::Timestamp;
use ledger::Entry;
use serde::{Deserialize, Serialize};
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

/// Changes that one page lists: an act may change 100,000 things.
const CHANGES_MAX: usize = 2_000;
/// Acts that are read at once.
const ACTS_AT_ONCE: u32 = 16;

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
    /// There when the act changed more than a page takes: it goes on at the top of the next one.
    #[serde(skip_serializing_if = "Option::is_none")]
    part: Option<Part>,
}

/// Which changes of an act are listed here.
#[derive(Debug, Serialize, ToSchema)]
struct Part {
    /// So many stood on pages before.
    before: usize,
    /// So many follow.
    after: usize,
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
    // What was done after the version that this answer names is not part of it.
    let newest = Start {
        before: may.asked().version().0 + 1,
        skip: 0,
    };
    let start = paging.after()?.unwrap_or(newest);
    let (acts, next) = acts(&may, may.permit()?, start, paging.size).await?;
    let values = Values::read(&may, &acts).await?;
    let items = acts.iter().map(|act| body(&may, act, &values)).collect();
    let next = next.map(|next| paging.next(&next)).transpose()?;
    may.answer(Page { items, next })
}

/// Where a page begins.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct Start {
    /// With the newest act before this version.
    before: u64,
    /// Without so many of its changes, which stood on the page before.
    skip: usize,
}

/// An act, or a part of one.
pub(crate) struct Act {
    pub entry: Entry,
    /// Each event with what it took the place of.
    pub changes: Vec<(Event, Vec<Event>)>,
    /// Changes before these.
    skipped: usize,
    /// Changes after these.
    left: usize,
}

/// A page of the log: so many acts, and not more changes than a page takes.
async fn acts(
    session: &Session,
    _: Permit<'_, ViewAudit>,
    start: Start,
    size: usize,
) -> Result<(Vec<Act>, Option<Start>)> {
    let (mut acts, mut room, mut start): (Vec<Act>, _, _) = (Vec::new(), CHANGES_MAX, start);
    loop {
        let page = session.account.log_page(Some(start.before), ACTS_AT_ONCE);
        let page = page.await.map_err(failed)?;
        if page.is_empty() {
            return Ok((acts, None));
        }
        for entry in page {
            if acts.len() == size || room == 0 {
                return Ok((acts, Some(start)));
            }
            let mut changes = ledger::changes(&entry).map_err(failed)?;
            let skipped = start.skip.min(changes.len());
            changes.drain(..skipped);
            let left = changes.len().saturating_sub(room);
            changes.truncate(room);
            room -= changes.len();
            start = Start {
                before: entry.position + u64::from(left > 0),
                skip: if left > 0 { skipped + changes.len() } else { 0 },
            };
            acts.push(Act {
                entry,
                changes,
                skipped,
                left,
            });
        }
    }
}

fn body(session: &Session, act: &Act, values: &Values) -> AuditEntry {
    let Act {
        entry,
        changes,
        skipped,
        left,
    } = act;
    // Ids of what was made meanwhile are known to the present state only.
    let state = session.state();
    let change = |(event, replaced): &(Event, Vec<Event>)| AuditChange {
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
        part: (*skipped > 0 || *left > 0).then_some(Part {
            before: *skipped,
            after: *left,
        }),
    }
}
