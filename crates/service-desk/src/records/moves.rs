//! A record in another service, and two records that become one (SD-38). The right is needed on both sides; what it will do is worked out by
//! the same functions for those who look at it first.

use access::{
    Event, Fingerprint, Permit, PersonId, Refusal, ServiceId, View,
    decide::{PermissionType, RecordFacts, permissions::ManageRecord},
};
use ledger::{AccountId, Act, Here, Tx, Wrote};
use serde::Deserialize;
use utoipa::ToSchema;
use web::{
    Result,
    guard::Commands,
    part::Replacement,
    reply::Answer,
    resource::{PersonRef, ServiceRef},
    route::{Route, post},
    submit::Written,
};

use super::{
    Assignee, Content, InPath, Reason, Record, RecordId, Status,
    acts::{Done, Found, changed_meanwhile, in_sight, moved, remember},
    checks,
    deadlines::Moved,
    history::Change,
    links::{Relation, other_side, remember_both},
    rest::said,
    store::{self, ATTACHMENTS_MAX, Tagging, WATCHERS_MAX},
    tags,
};

pub(super) fn routes() -> Vec<Route> {
    vec![
        post(
            "/api/v1/service-desk/records/{record}/move",
            "records.move",
            "Move a record to another service, by what was read of it",
            move_it,
        ),
        post(
            "/api/v1/service-desk/records/{record}/merge",
            "records.merge",
            "Merge a record into another one of its kind, by what was read of it",
            merge,
        ),
    ]
}

/// What becomes of a record in another service.
pub(super) struct Moving {
    pub content: Content,
    pub changes: Vec<Change>,
    /// Who has no access to it there, and follows it no more.
    pub unfollow: Vec<PersonId>,
}

/// What a move would do, or why it is refused. SD-12: a customer who cannot be chosen in that service does not come along unseen: whoever
/// moves the record says that it goes without one, or whose it is there.
pub(super) fn moving(
    view: &View<'_>,
    record: &Record,
    watchers: &[PersonId],
    to: ServiceId,
    customer: Option<Option<PersonId>>,
) -> std::result::Result<Moving, Refusal> {
    if !view.may(ManageRecord::PERMISSION, to) {
        let detail = "a record is moved to a service on which you work, too";
        return Err(Refusal::conflict("SD-38", "right_on_both_sides", detail));
    }
    let before = &record.content;
    let from = record.service;
    let mut content = before.clone();
    let mut changes = vec![Change::Moved { from, to }];
    // Categories are those of a service.
    if content.category.take().is_some() {
        changes.push(Change::Categorised);
    }
    let chosen = customer.unwrap_or(before.customer);
    if chosen != before.customer {
        if let Some(customer) = chosen {
            checks::customer(view, customer, to)?;
        }
        content.customer = chosen;
        let row = chosen.and_then(|one| view.state().people().get(one));
        content.company = row.and_then(|row| row.company);
        let from = before.customer;
        changes.push(Change::Customer { from, to: chosen });
        if content.company != before.company {
            let (from, to) = (before.company, content.company);
            changes.push(Change::Company { from, to });
        }
    } else if let Some(customer) = chosen
        && !view.selectable(customer, to).selectable
    {
        let detail = "its customer cannot be chosen in that service: move it without its customer, or with another one";
        return Err(Refusal::conflict(
            "SD-12",
            "customer_not_of_service",
            detail,
        ));
    }
    let facts = RecordFacts {
        service: to,
        customer: content.customer,
        company: content.company,
    };
    in_sight(view, facts)?;
    let lost = before.assignee;
    if let Some(who) = lost.filter(|who| !checks::has_access(view, *who, facts)) {
        content.assignee = None;
        changes.push(Change::AssigneeLostAccess { who });
    }
    let follows = |who: &&PersonId| checks::has_access(view, Assignee::User(**who), facts);
    let unfollow = watchers.iter().filter(|who| !follows(who)).copied();
    let unfollow: Vec<_> = unfollow.collect();
    let lost = unfollow.iter().copied();
    changes.extend(lost.map(|who| Change::WatcherLostAccess { who }));
    Ok(Moving {
        content,
        changes,
        unfollow,
    })
}

/// A record goes to another service, and keeps its number and its id.
pub(super) struct Move {
    pub id: RecordId,
    /// The mark of what was read; `None` for a dry run.
    pub read: Option<Fingerprint>,
    pub to: ServiceId,
    /// Whose it is there; `None`: whose it was.
    pub customer: Option<Option<PersonId>>,
}

impl Act for Move {
    type Needs = ManageRecord;
    const NEEDS: ManageRecord = ManageRecord;
    const NAME: &'static str = "move_record";

    async fn on(&self, tx: &mut Tx, account: AccountId) -> Found<RecordFacts> {
        store::facts(tx, account, self.id).await
    }

    async fn apply(self, tx: &mut Tx, permit: Permit<'_, ManageRecord>, here: Here<'_>) -> Done {
        let (account, view, to) = (here.account, &here.view, self.to);
        let record = store::permitted(tx, account, &permit, self.id).await?;
        if self.read.is_some_and(|read| read != record.mark()) {
            return Err(changed_meanwhile().into());
        }
        if to == record.service {
            return Ok(Wrote::default());
        }
        let watchers = store::watchers(tx, account, &record).await?;
        let plan = moving(view, &record, &watchers, to, self.customer)?;
        let facts = RecordFacts {
            service: to,
            customer: plan.content.customer,
            company: plan.content.company,
        };
        let there = in_sight(view, facts)?;
        for who in plan.unfollow {
            store::unwatch(tx, account, &permit, &record, who).await?;
        }
        let now = view.now();
        // SD-30: it is due as the targets there say.
        let targets = store::targets(tx, account, to).await?;
        let (content, mut changes) = (&plan.content, plan.changes);
        let mut deadlines = record.deadlines.clone();
        if deadlines.resolved_at.is_none() {
            deadlines.aim(record.kind, content.priority, record.opened_at, &targets);
        }
        if deadlines.due_at != record.deadlines.due_at {
            let (to, by) = (deadlines.due_at, Moved::Service);
            changes.push(Change::DueMoved { to, by });
        }
        if store::keep_from_others(tx, account, &permit, &record, content).await? {
            changes.push(Change::MadeInternal);
        }
        store::update(tx, account, &permit, &record, content, &deadlines, now).await?;
        store::move_to(tx, account, [&permit, &there], &record, now).await?;
        remember(tx, here, record.number, &changes).await?;
        // SD-28: a service with records is archived, not deleted.
        let row = view.state().services().get(to);
        let is_first = row.is_some_and(|row| !row.has_records);
        let events = is_first.then_some(Event::ServiceHasRecords { service: to });
        Ok(Wrote {
            events: events.into_iter().collect(),
            ..Wrote::ROWS
        })
    }
}

/// Whether one can become a part of the other, as far as they say themselves.
pub(super) fn mergeable(record: &Record, other: &Record) -> std::result::Result<(), Refusal> {
    if record.number == other.number {
        let detail = "a record is not merged into itself: give the number of another one";
        return Err(Refusal::invalid("SD-38", "merged_into_itself", detail));
    }
    if record.kind != other.kind {
        let kind = record.kind.word();
        let detail = format!("this record is merged into another {kind}, and that is none");
        return Err(Refusal::conflict(
            "SD-38",
            "merged_into_another_kind",
            detail,
        ));
    }
    Ok(())
}

/// SD-38, SD-32: notes for one customer are not for another, nor for another company.
pub(super) fn makes_internal(record: &Record, other: &Record) -> bool {
    let whose = |one: &Record| (one.content.customer, one.content.company);
    whose(record) != whose(other)
}

/// Of those who follow one record, who follows the other one then.
pub(super) fn coming_watchers(
    view: &View<'_>,
    watchers: &[PersonId],
    there: &[PersonId],
    on: RecordFacts,
) -> Vec<PersonId> {
    let room = WATCHERS_MAX.saturating_sub(there.len());
    let comes =
        |who: &PersonId| !there.contains(who) && checks::has_access(view, Assignee::User(*who), on);
    let watchers = watchers.iter().copied();
    watchers.filter(comes).take(room).collect()
}

/// One record becomes a part of another one.
pub(super) struct Merge {
    pub id: RecordId,
    /// The mark of what was read; `None` for a dry run.
    pub read: Option<Fingerprint>,
    /// The number of the other one.
    pub into: i64,
}

impl Act for Merge {
    type Needs = ManageRecord;
    const NEEDS: ManageRecord = ManageRecord;
    const NAME: &'static str = "merge_records";

    async fn on(&self, tx: &mut Tx, account: AccountId) -> Found<RecordFacts> {
        store::facts(tx, account, self.id).await
    }

    async fn apply(self, tx: &mut Tx, permit: Permit<'_, ManageRecord>, here: Here<'_>) -> Done {
        let (account, now) = (here.account, here.view.now());
        let record = store::permitted(tx, account, &permit, self.id).await?;
        if self.read.is_some_and(|read| read != record.mark()) {
            return Err(changed_meanwhile().into());
        }
        let (other, there) = other_side(tx, here, self.into).await?;
        mergeable(&record, &other)?;
        let permits = [&permit, &there];
        // Neither twice nor in a circle: what was merged is a part of another one, and takes nothing in.
        for (permit, one) in permits.into_iter().zip([&record, &other]) {
            if store::is_merged(tx, account, permit, one).await? {
                let detail = format!("record {} was merged into another one already", one.number);
                return Err(Refusal::conflict("SD-38", "merged_already", detail).into());
            }
        }
        for by_customer in [false, true] {
            let files = store::count_files(tx, account, &record, by_customer).await?
                + store::count_files(tx, account, &other, by_customer).await?;
            if files > ATTACHMENTS_MAX {
                let side = match by_customer {
                    true => "customers",
                    false => "staff",
                };
                let detail = format!(
                    "together they have more than {ATTACHMENTS_MAX} files of {side}: take some away first"
                );
                return Err(Refusal::conflict("SD-38", "too_many_files", detail).into());
            }
        }
        let internal = makes_internal(&record, &other);
        store::hand_over(tx, account, permits, &record, &other, internal, now).await?;

        let watchers = store::watchers(tx, account, &record).await?;
        let theirs = store::watchers(tx, account, &other).await?;
        for who in coming_watchers(&here.view, &watchers, &theirs, other.facts()) {
            store::watch(tx, account, &there, &other, who).await?;
        }
        for who in watchers {
            store::unwatch(tx, account, &permit, &record, who).await?;
        }

        let own = store::tags(tx, account, &record).await?;
        let theirs = store::tags(tx, account, &other).await?;
        let (together, left) = tags::together(&theirs, &own);
        let mut taggings = Vec::new();
        if together != theirs {
            taggings.push(Tagging::new(&there, &other, together));
        }
        if left != own {
            taggings.push(Tagging::new(&permit, &record, left));
        }
        store::set_tags(tx, account, &taggings, now).await?;

        let mut content = record.content.clone();
        (content.status, content.reason) = (Status::Closed, Some(Reason::Duplicate));
        let targets = store::targets(tx, account, record.service).await?;
        let mut changes = Vec::new();
        let (from, to, reason) = (record.content.status, content.status, content.reason);
        if (from, record.content.reason) != (to, reason) {
            changes.push(Change::Status { from, to, reason });
        }
        let deadlines = moved(&record, &content, &targets, now, &mut changes);
        store::update(tx, account, &permit, &record, &content, &deadlines, now).await?;
        if !changes.is_empty() {
            remember(tx, here, record.number, &changes).await?;
        }
        let relation = Relation::MergedInto;
        store::link(tx, account, permits, &record, relation, &other).await?;
        remember_both(tx, here, [&record, &other], relation, true).await?;
        Ok(Wrote::ROWS)
    }
}

/// Where a record goes.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct MoveBody {
    service: ServiceRef,
    /// Whose it is there, where that is somebody else than now: `null` for nobody.
    #[serde(default, deserialize_with = "said")]
    #[schema(value_type = Option<PersonRef>)]
    customer: Option<Option<PersonRef>>,
}

async fn move_it(
    commands: Commands,
    InPath(id): InPath,
    order: Replacement<MoveBody>,
) -> Result<Answer<Written>> {
    let Replacement { order, read } = order;
    let to = commands.named("/service", order.body.service)?;
    let customer = order.body.customer;
    let customer = customer.map(|one| commands.named_if("/customer", one));
    let act = Move {
        id,
        read,
        to,
        customer: customer.transpose()?,
    };
    commands.act(act, &order.how, None).await
}

/// Which record takes it in.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct MergeBody {
    /// The number of the other record.
    into: i64,
}

async fn merge(
    commands: Commands,
    InPath(id): InPath,
    order: Replacement<MergeBody>,
) -> Result<Answer<Written>> {
    let Replacement { order, read } = order;
    let into = order.body.into;
    commands
        .act(Merge { id, read, into }, &order.how, None)
        .await
}
