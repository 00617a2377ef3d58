//! The audit log: who did what on whom, what was there before and after, when, from where (AD-20).

use access::{
    Actor, Event, Moment, Permit, State, Subject, decide::permissions::ViewAudit,
    explain::words::Name,
};
use jiff::Timestamp;
use ledger::Entry;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use web::{
    Problem, Result,
    decision::timestamp,
    event_ids,
    guard::{May, TheAccount},
    page,
    paging::{Page, Paging},
    part::Query,
    question,
    reply::Answer,
    route::{Route, get},
    session::{Session, failed},
};

use crate::{audit_values::Values, pages::audit_words};

/// Changes that one page lists: an act may change 100,000 things.
const CHANGES_MAX: usize = 2_000;
/// Acts that are read at once.
const ACTS_AT_ONCE: u32 = 16;
/// Acts that one page looks at for those that its filter wants: it may be short while `next` says that there is more.
const LOOKED_AT_MAX: usize = 5_000;

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
    #[schema(schema_with = web::schema::anything)]
    after: Value,
    /// What was so before the act, in the same words. Empty: there was nothing, or `after` says that it ended.
    #[schema(value_type = Vec<Value>)]
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

/// Which acts are wanted: by ids, keys and days.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
pub(crate) struct Filter {
    /// Whose acts: a person's or a connection's.
    pub actor: Option<String>,
    /// What concerns this person, service, queue or other thing, by its id.
    pub concerns: Option<String>,
    /// One kind of act, like `set_account_roles`.
    pub act: Option<String>,
    /// From this day on, UTC.
    #[param(schema_with = web::schema::day_if)]
    pub from: Option<String>,
    /// Up to this day and with it, UTC.
    #[param(schema_with = web::schema::day_if)]
    pub until: Option<String>,
}

/// The same, looked up.
struct Wanted {
    /// As the log writes it.
    actor: Option<String>,
    concerns: Option<Name>,
    act: Option<String>,
    from: Option<Moment>,
    until: Option<Moment>,
}

impl Filter {
    fn wanted(&self, session: &Session) -> Result<Wanted> {
        let set = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
        // Who is in the log and erased is found by id too.
        let subject = |at: &str, id: String| match question::subject(session.state(), &id) {
            Subject::Person(person) => Ok(Actor::Person(person)),
            Subject::Connection(connection) => Ok(Actor::Connection(connection)),
            _ => Err(Problem::unknown_id(at)),
        };
        let actor = set(&self.actor)
            .map(|id| subject("actor", id))
            .transpose()?;
        let thing = |id: String| {
            let name = Name::of_id(session.state(), &id);
            // SD-33: what is cut out of the log is not found in it either.
            let name = name.filter(|name| !is_cut(session, *name));
            name.ok_or_else(|| Problem::unknown_id("concerns"))
        };
        let concerns = set(&self.concerns).map(thing).transpose()?;
        let day = |at: &str, text: Option<String>| {
            text.map(|text| {
                page::day(&text).ok_or_else(|| Problem::invalid(at, "give a day like 2026-03-01"))
            })
            .transpose()
        };
        Ok(Wanted {
            actor: actor.map(ledger::actor_text),
            concerns,
            act: set(&self.act),
            from: day("from", set(&self.from))?.map(|(begin, _)| begin),
            until: day("until", set(&self.until))?.map(|(_, end)| end),
        })
    }
}

impl Wanted {
    fn wants(&self, state: &State, entry: &Entry, changes: &[(Event, Vec<Event>)]) -> bool {
        let is = |wanted: &Option<String>, text: &str| {
            wanted.as_ref().is_none_or(|wanted| wanted == text)
        };
        let concerns = |thing: Name| {
            let mut events = changes
                .iter()
                .flat_map(|(event, before)| before.iter().chain([event]));
            events.any(|event| audit_words::fact(state, event).concerns(thing))
        };
        is(&self.actor, &entry.actor)
            && is(&self.act, &entry.act)
            && self.until.is_none_or(|until| entry.at < until)
            && self.concerns.is_none_or(concerns)
    }
}

async fn list(
    may: May<ViewAudit, TheAccount>,
    Query(filter): Query<Filter>,
    paging: Paging,
) -> Result<Answer<Page<AuditEntry>>> {
    let start = paging.after()?;
    let (acts, next) = acts(&may, may.permit()?, &filter, start, paging.size).await?;
    let values = Values::read(&may, &acts).await?;
    let items = acts.iter().map(|act| body(&may, act, &values)).collect();
    let next = next.map(|next| paging.next(&next)).transpose()?;
    may.answer(Page { items, next })
}

/// Where a page begins.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct Start {
    /// With the newest act before this version.
    pub before: u64,
    /// Without so many of its changes, which stood on the page before.
    pub skip: usize,
}

/// An act, or a part of one.
pub(crate) struct Act {
    pub entry: Entry,
    /// Each event with what it took the place of.
    pub changes: Vec<(Event, Vec<Event>)>,
    /// Changes before these.
    pub skipped: usize,
    /// Changes after these.
    pub left: usize,
}

/// A page of the log: so many of the acts that are wanted, and not more changes than a page takes.
pub(crate) async fn acts(
    session: &Session,
    _: Permit<'_, ViewAudit>,
    filter: &Filter,
    start: Option<Start>,
    size: usize,
) -> Result<(Vec<Act>, Option<Start>)> {
    let wanted = filter.wanted(session)?;
    // What was done after the version that this answer names is not part of it.
    let newest = session.asked().version().0 + 1;
    let mut start = match (start, wanted.until) {
        (Some(start), _) => start,
        (None, None) => Start {
            before: newest,
            skip: 0,
        },
        (None, Some(until)) => {
            let last = session.account.position_before(until).await;
            Start {
                before: newest.min(last.map_err(failed)? + 1),
                skip: 0,
            }
        }
    };
    let (mut acts, mut room, mut looked_at): (Vec<Act>, _, _) = (Vec::new(), CHANGES_MAX, 0);
    loop {
        let page = session.account.log_page(Some(start.before), ACTS_AT_ONCE);
        let page = page.await.map_err(failed)?;
        if page.is_empty() {
            return Ok((acts, None));
        }
        for entry in page {
            if wanted.from.is_some_and(|from| entry.at < from) {
                return Ok((acts, None));
            }
            if acts.len() == size || room == 0 || looked_at == LOOKED_AT_MAX {
                return Ok((acts, Some(start)));
            }
            looked_at += 1;
            let mut changes = ledger::changes(&entry).map_err(failed)?;
            if !wanted.wants(session.state(), &entry, &changes) {
                start = Start {
                    before: entry.position,
                    skip: 0,
                };
                continue;
            }
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

/// SD-33: what nobody without company access is told of is cut out of the log, on every face.
pub(crate) fn is_cut(session: &Session, name: Name) -> bool {
    session.view().cuts(name)
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
        after: event_ids::event(state, event),
        before: replaced
            .iter()
            .map(|before| event_ids::event(state, before))
            .collect(),
        values: values.of(session, entry, event),
    };
    AuditEntry {
        position: entry.position,
        at: timestamp(entry.at),
        actor: event_ids::actor(state, &entry.actor),
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
