//! What can be done with records: record acts. Each names its permission; the engine finds the facts of the record inside the transaction, decides at
//! the head of the log, and hands over the permit that the rows are written with.

use access::{
    CompanyId, Event, Fingerprint, Moment, Permit, PersonId, Refusal, ServiceId, Subject, View,
    decide::{
        RecordFacts,
        permissions::{
            CreateRecord, DeleteRecord, ManageRecord, MarkCommon, MarkInteresting, OverrideDueDate,
        },
    },
};
use ledger::{AccountId, Act, Here, LedgerError, SubmitError, Told, Tx, Wrote};
use mail::Happened;

use super::{
    Assignee, CategoryId, Content, Record, RecordId, checks,
    deadlines::{Deadlines, Moved},
    history::Change,
    life::{Kind, Status},
    notices,
    store::{self, NewNote, NewRecord, Opens, Ties},
    targets::Targets,
    watchers,
};

pub(super) type Found<T> = Result<Option<T>, LedgerError>;
pub(super) type Done = Result<Wrote, SubmitError>;

/// A record is opened (SD-3).
pub(super) struct Open {
    pub service: ServiceId,
    pub id: RecordId,
    pub kind: Kind,
    /// Its status is the first of its kind, whatever stands here; its company that of its customer.
    pub content: Content,
}

impl Act for Open {
    type Needs = CreateRecord;
    const NEEDS: CreateRecord = CreateRecord;
    const NAME: &'static str = "open_record";

    async fn on(&self, _: &mut Tx, _: AccountId) -> Found<ServiceId> {
        Ok(Some(self.service))
    }

    async fn apply(self, tx: &mut Tx, permit: Permit<'_, CreateRecord>, here: Here<'_>) -> Done {
        let (view, service) = (&here.view, permit.on());
        let mut content = self.content;
        if let Some(customer) = content.customer {
            checks::customer(view, customer, service)?;
        }
        content.company = company_now(view, content.customer);
        let facts = facts(service, &content);
        in_sight(view, facts)?;
        if let Some(assignee) = content.assignee {
            checks::assignee(view, assignee, facts)?;
        }
        of_service(tx, here.account, content.category, service).await?;
        let told = content.assignee.and_then(Assignee::user);
        let (kind, id) = (self.kind, self.id);
        let (_, mut wrote) = opened(tx, here, &permit, (id, kind), content, Change::Opened).await?;
        let what = Happened::Logged;
        wrote.told.extend(notices::to_customer(
            &here.view,
            (id, kind),
            facts,
            what,
            None,
        ));
        wrote
            .told
            .extend(told.and_then(|who| notices::to_assignee(&here.view, id, facts, who)));
        Ok(wrote)
    }
}

/// A record has a category of its service, and none of another one.
async fn of_service(
    tx: &mut Tx,
    account: AccountId,
    category: Option<CategoryId>,
    service: ServiceId,
) -> Result<(), SubmitError> {
    let Some(category) = category else {
        return Ok(());
    };
    let presets = store::presets(tx, account, service).await?;
    if presets.has(category) {
        return Ok(());
    }
    let detail = "a record has one of the categories of its service";
    Err(Refusal::conflict("SD-3", "category_not_of_service", detail).into())
}

/// SD-33: the company that the customer has when it is logged.
pub(super) fn company_now(view: &View<'_>, customer: Option<PersonId>) -> Option<CompanyId> {
    let row = customer.and_then(|one| view.state().people().get(one));
    row.and_then(|row| row.company)
}

/// Writes a new record, and tells its number.
pub(super) async fn opened(
    tx: &mut Tx,
    here: Here<'_>,
    permit: &Permit<'_, impl Opens>,
    (id, kind): (RecordId, Kind),
    content: Content,
    how: Change,
) -> Result<(i64, Wrote), SubmitError> {
    let (view, service) = (&here.view, permit.on());
    let mut content = Content {
        status: Status::FIRST,
        reason: None,
        ..content
    };
    let given = store::given(tx, here.account, service).await?;
    if content.assignee.is_none() {
        let group = given.default_group.map(Assignee::Group);
        // SD-19: a group that lost access since gets nothing any more.
        content.assignee =
            group.filter(|one| checks::has_access(view, *one, facts(service, &content)));
    }
    let now = view.now();
    let new = NewRecord {
        id,
        kind,
        deadlines: Deadlines::opened(kind, content.priority, now, &given.targets),
        content,
        how,
        who: view.subject(),
        at: now,
    };
    let number = store::insert(tx, here.account, permit, new).await?;
    // SD-28: a service with records is archived, not deleted.
    let row = view.state().services().get(service);
    let is_first = row.is_some_and(|row| !row.has_records);
    let events = is_first.then_some(Event::ServiceHasRecords { service });
    let wrote = Wrote {
        events: events.into_iter().collect(),
        ..Wrote::ROWS
    };
    Ok((number, wrote))
}

fn facts(service: ServiceId, content: &Content) -> RecordFacts {
    RecordFacts {
        service,
        customer: content.customer,
        company: content.company,
    }
}

/// SD-33: nobody puts a record out of their own sight.
pub(super) fn in_sight<'v>(
    view: &View<'v>,
    record: RecordFacts,
) -> Result<Permit<'v, ManageRecord>, Refusal> {
    view.permit(ManageRecord, record).map_err(|_| {
        let detail = "you would not see the record: company access hides its company from you";
        Refusal::conflict("SD-33", "out_of_sight", detail)
    })
}

pub(super) async fn remember(
    tx: &mut Tx,
    here: Here<'_>,
    number: i64,
    changes: &[Change],
) -> Result<(), LedgerError> {
    let (who, at): (Subject, _) = (here.view.subject(), here.view.now());
    store::remember(tx, here.account, who, &[(number, changes.to_vec())], at).await
}

/// What hangs on one record.
pub(super) async fn ties_of(
    tx: &mut Tx,
    here: Here<'_>,
    record: &Record,
) -> Result<Ties, LedgerError> {
    let mut ties = store::ties(tx, here.account, std::iter::once(record)).await?;
    Ok(ties.remove(&record.number).unwrap_or_default())
}

/// A record says something else.
pub(super) struct Edit {
    pub id: RecordId,
    /// The mark of what was read; `None` for a dry run.
    pub read: Option<Fingerprint>,
    pub edits: Edits,
}

/// What is to be changed; everything else stays.
#[derive(Debug, Clone, Default)]
pub(super) struct Edits {
    pub title: Option<String>,
    pub description: Option<String>,
    pub priority: Option<super::Priority>,
    /// With the reason, where it closes the record.
    pub status: Option<(Status, Option<super::Reason>)>,
    pub assignee: Option<Option<super::Assignee>>,
    pub customer: Option<Option<PersonId>>,
    pub company: Option<Option<CompanyId>>,
    pub category: Option<Option<CategoryId>>,
}

impl Act for Edit {
    type Needs = ManageRecord;
    const NEEDS: ManageRecord = ManageRecord;
    const NAME: &'static str = "edit_record";

    async fn on(&self, tx: &mut Tx, account: AccountId) -> Found<RecordFacts> {
        store::facts(tx, account, self.id).await
    }

    async fn apply(self, tx: &mut Tx, permit: Permit<'_, ManageRecord>, here: Here<'_>) -> Done {
        let record = store::permitted(tx, here.account, &permit, self.id).await?;
        // What somebody else wrote is looked at before anything else is said about this.
        if self.read.is_some_and(|read| read != record.mark()) {
            return Err(changed_meanwhile().into());
        }
        let category = self.edits.category.flatten();
        if category != record.content.category {
            of_service(tx, here.account, category, record.service).await?;
        }
        let ties = ties_of(tx, here, &record).await?;
        let Some(agreed) = agreed(here, &record, &ties, self.edits)? else {
            return Ok(Wrote::default());
        };
        let targets = store::targets(tx, here.account, record.service).await?;
        let told = notices::of_edit(&here.view, &record, &agreed.content);
        let changes = write(tx, &permit, here, (&record, &ties), agreed, &targets).await?;
        remember(tx, here, record.number, &changes).await?;
        Ok(Wrote::telling(told))
    }
}

/// What a record is to say, when no rule is in the way any more.
pub(super) struct Agreed {
    pub content: Content,
    changes: Vec<Change>,
}

/// What edits make of a record, or why they are refused: everything that can be refused is refused here. `None`: it is so already.
pub(super) fn agreed(
    here: Here<'_>,
    record: &Record,
    ties: &Ties,
    edits: Edits,
) -> Result<Option<Agreed>, SubmitError> {
    let (content, changes) = edited(record, edits, here)?;
    if ties.is_merged && content.status != record.content.status {
        return Err(merged().into());
    }
    Ok((!changes.is_empty()).then_some(Agreed { content, changes }))
}

/// Writes it, with what follows from it; what is to be remembered of it.
pub(super) async fn write(
    tx: &mut Tx,
    permit: &Permit<'_, ManageRecord>,
    here: Here<'_>,
    (record, ties): (&Record, &Ties),
    agreed: Agreed,
    targets: &Targets,
) -> Result<Vec<Change>, LedgerError> {
    let Agreed {
        content,
        mut changes,
    } = agreed;
    let on = facts(record.service, &content);
    changes.extend(watchers::drop_lost(tx, here, permit, (record, ties), on).await?);
    let now = here.view.now();
    let deadlines = moved(record, &content, targets, now, &mut changes);
    let (account, deadlines) = (here.account, &deadlines);
    if store::keep_from_others(tx, account, permit, record, &content).await? {
        changes.push(Change::MadeInternal);
    }
    store::update(tx, account, permit, record, &content, deadlines, now).await?;
    Ok(changes)
}

/// SD-30: the deadlines of a record that says something else now, and what happened to them.
pub(super) fn moved(
    record: &Record,
    content: &Content,
    targets: &Targets,
    now: Moment,
    changes: &mut Vec<Change>,
) -> Deadlines {
    let before = &record.content;
    let mut deadlines = record.deadlines.clone();
    let mut by = None;
    if content.status != before.status {
        by = deadlines.go(content.status, now, targets);
    }
    // What is done was done in time, or was not: no later word changes that.
    if content.priority != before.priority && deadlines.resolved_at.is_none() {
        deadlines.aim(record.kind, content.priority, record.opened_at, targets);
        by = Some(Moved::Priority);
    }
    let to = deadlines.due_at;
    if let Some(by) = by
        && to != record.deadlines.due_at
    {
        changes.push(Change::DueMoved { to, by });
    }
    deadlines
}

/// SD-38: what was said to it is said to the other one.
pub(super) fn merged() -> Refusal {
    let detail = "it was merged into another record: go on there";
    Refusal::conflict("SD-38", "merged_already", detail)
}

pub(super) fn changed_meanwhile() -> Refusal {
    let detail = "somebody else changed it since it was read: read it again";
    Refusal::conflict("SD-3", "changed_meanwhile", detail)
}

/// What a record says after some edits, and what happened to it.
fn edited(
    record: &Record,
    edits: Edits,
    here: Here<'_>,
) -> Result<(Content, Vec<Change>), SubmitError> {
    let before = &record.content;
    let mut after = before.clone();
    let mut changes = Vec::new();
    if let Some(title) = edits.title.filter(|title| *title != before.title) {
        after.title = title;
        changes.push(Change::Retitled);
    }
    if let Some(text) = edits.description.filter(|text| *text != before.description) {
        after.description = text;
        changes.push(Change::Redescribed);
    }
    if let Some(to) = edits.priority.filter(|to| *to != before.priority) {
        let from = std::mem::replace(&mut after.priority, to);
        changes.push(Change::Priority { from, to });
    }
    let said = edits.status;
    let said = said.filter(|(to, reason)| *to != before.status || *reason != before.reason);
    if let Some((to, reason)) = said {
        let state = record.kind.state(before.status);
        let leads_there = state.is_some_and(|state| state.next.contains(&to));
        if to != before.status && !leads_there {
            let detail = format!(
                "a {} that is {} goes elsewhere",
                record.kind.word(),
                record.state_name().to_lowercase()
            );
            return Err(Refusal::conflict("SD-3", "not_next", detail).into());
        }
        let closes = to == Status::Closed;
        if closes != reason.is_some() {
            let detail = "a record is closed with a reason, and goes anywhere else without one";
            return Err(Refusal::invalid("SD-3", "reason_of_closing", detail).into());
        }
        (after.status, after.reason) = (to, reason);
        let from = before.status;
        changes.push(Change::Status { from, to, reason });
    }
    if let Some(to) = edits.customer.filter(|to| *to != before.customer) {
        if let Some(customer) = to {
            checks::customer(&here.view, customer, record.service)?;
        }
        after.customer = to;
        // SD-33: it belongs to the company of whom it is for, unless staff say another.
        after.company = company_now(&here.view, to);
        let from = before.customer;
        changes.push(Change::Customer { from, to });
    }
    if let Some(to) = edits.company.filter(|to| *to != before.company) {
        if let Some(company) = to {
            checks::company(&here.view, company)?;
        }
        after.company = to;
    }
    if let Some(to) = edits.category.filter(|to| *to != before.category) {
        after.category = to;
        changes.push(Change::Categorised);
    }
    if after.company != before.company {
        let (from, to) = (before.company, after.company);
        changes.push(Change::Company { from, to });
    }
    let moved = facts(record.service, &after);
    if moved != record.facts() {
        in_sight(&here.view, moved)?;
    }
    match edits.assignee {
        Some(to) if to != before.assignee => {
            if let Some(assignee) = to {
                checks::assignee(&here.view, assignee, moved)?;
            }
            after.assignee = to;
            let from = before.assignee;
            changes.push(Change::Assignee { from, to });
        }
        // SD-19: whoever is assigned still sees it, or is not assigned any more. A level that ended by time ended without a word.
        _ => {
            let lost = before.assignee;
            let lost = lost.filter(|who| !checks::has_access(&here.view, *who, moved));
            if let Some(who) = lost {
                after.assignee = None;
                changes.push(Change::AssigneeLostAccess { who });
            }
        }
    }
    Ok((after, changes))
}

/// Somebody says something about a record.
pub(super) struct AddNote {
    pub id: RecordId,
    pub text: String,
    /// SD-32: whether the customer may read it.
    pub is_public: bool,
}

impl Act for AddNote {
    type Needs = ManageRecord;
    const NEEDS: ManageRecord = ManageRecord;
    const NAME: &'static str = "add_note";

    async fn on(&self, tx: &mut Tx, account: AccountId) -> Found<RecordFacts> {
        store::facts(tx, account, self.id).await
    }

    async fn apply(self, tx: &mut Tx, permit: Permit<'_, ManageRecord>, here: Here<'_>) -> Done {
        let record = store::permitted(tx, here.account, &permit, self.id).await?;
        let note = NewNote {
            text: self.text,
            is_public: self.is_public,
            by_mail: false,
        };
        noted(tx, here, &permit, &record, note).await
    }
}

/// Staff say something about a record.
pub(super) async fn noted(
    tx: &mut Tx,
    here: Here<'_>,
    permit: &Permit<'_, ManageRecord>,
    record: &Record,
    new: NewNote,
) -> Done {
    let (public, now) = (new.is_public, here.view.now());
    let note = store::add_note(tx, here.account, permit, record, new, now).await?;
    remember(tx, here, record.number, &[Change::Noted { public }]).await?;
    // SD-32: of an internal note nobody outside is told.
    let told = match public {
        true => answered(tx, here, permit, record, Some(note)).await?,
        false => Vec::new(),
    };
    Ok(Wrote::telling(told))
}

/// What follows where staff said something that the customer reads, or brought a file that they may have; who is told of it.
pub(super) async fn answered(
    tx: &mut Tx,
    here: Here<'_>,
    permit: &Permit<'_, ManageRecord>,
    record: &Record,
    note: Option<i64>,
) -> Result<Vec<Told>, LedgerError> {
    // SD-30: what a program says is no word of anybody.
    let is_answer = matches!(permit.subject(), Subject::Person(_));
    let mut deadlines = record.deadlines.clone();
    if is_answer && deadlines.answer(here.view.now()) {
        store::write_deadlines(tx, here.account, permit, record.number, &deadlines).await?;
    }
    let (view, of) = (&here.view, (record.id, record.kind));
    let told = notices::to_customer(view, of, record.facts(), Happened::Answered, note);
    Ok(told.into_iter().collect())
}

/// A record is gone for ever (SD-4).
pub(super) struct Delete {
    pub id: RecordId,
}

impl Act for Delete {
    type Needs = DeleteRecord;
    const NEEDS: DeleteRecord = DeleteRecord;
    const NAME: &'static str = "delete_record";

    async fn on(&self, tx: &mut Tx, account: AccountId) -> Found<RecordFacts> {
        store::facts(tx, account, self.id).await
    }

    async fn apply(self, tx: &mut Tx, permit: Permit<'_, DeleteRecord>, here: Here<'_>) -> Done {
        let record = store::permitted(tx, here.account, &permit, self.id).await?;
        store::delete(tx, here.account, &permit, &record, here.view.now()).await?;
        remember(tx, here, record.number, &[Change::Deleted]).await?;
        Ok(Wrote::ROWS)
    }
}

/// SD-29: somebody says when a record is due, or that its target does again.
pub(super) struct SetDue {
    pub id: RecordId,
    pub to: Option<Moment>,
}

impl Act for SetDue {
    type Needs = OverrideDueDate;
    const NEEDS: OverrideDueDate = OverrideDueDate;
    const NAME: &'static str = "override_due_date";

    async fn on(&self, tx: &mut Tx, account: AccountId) -> Found<RecordFacts> {
        store::facts(tx, account, self.id).await
    }

    async fn apply(self, tx: &mut Tx, permit: Permit<'_, OverrideDueDate>, here: Here<'_>) -> Done {
        let record = store::permitted(tx, here.account, &permit, self.id).await?;
        let targets = store::targets(tx, here.account, record.service).await?;
        let was = &record.deadlines;
        let mut deadlines = was.clone();
        deadlines.set(self.to, record.opened_at, &targets);
        let (from, to) = (was.due_at, deadlines.due_at);
        if (from, was.is_set) == (to, deadlines.is_set) {
            return Ok(Wrote::default());
        }
        let now = here.view.now();
        store::override_due(tx, here.account, &permit, &record, &deadlines, now).await?;
        let change = match self.to {
            Some(_) => Change::Due { from, to },
            None => Change::DueGivenBack { from, to },
        };
        remember(tx, here, record.number, &[change]).await?;
        Ok(Wrote::ROWS)
    }
}

/// What a permission of its own sets: each is one column.
macro_rules! marks {
    ($($(#[$doc:meta])* $act:ident($value:ty) needs $permission:ident called $name:literal, as $column:expr, was $was:expr, says $says:expr;)*) => {$(
        $(#[$doc])*
        pub(super) struct $act {
            pub id: RecordId,
            pub to: $value,
        }

        impl Act for $act {
            type Needs = $permission;
            const NEEDS: $permission = $permission;
            const NAME: &'static str = $name;

            async fn on(&self, tx: &mut Tx, account: AccountId) -> Found<RecordFacts> {
                store::facts(tx, account, self.id).await
            }

            async fn apply(self, tx: &mut Tx, permit: Permit<'_, $permission>, here: Here<'_>) -> Done {
                let record = store::permitted(tx, here.account, &permit, self.id).await?;
                let was: fn(&Record) -> $value = $was;
                let says: fn($value, $value) -> Change = $says;
                let (from, to) = (was(&record), self.to);
                if from == to {
                    return Ok(Wrote::default());
                }
                let column: fn($value) -> Option<i64> = $column;
                store::mark(tx, here.account, &permit, &record, column(to), here.view.now()).await?;
                remember(tx, here, record.number, &[says(from, to)]).await?;
                Ok(Wrote::ROWS)
            }
        }
    )*};
}

marks! {
    /// SD-4.
    SetCommon(bool) needs MarkCommon called "mark_common", as |is| Some(i64::from(is)), was |record| record.is_common,
        says |_, is| Change::Common { is };
    /// SD-4.
    SetInteresting(bool) needs MarkInteresting called "mark_interesting", as |is| Some(i64::from(is)), was |record| record.is_interesting,
        says |_, is| Change::Interesting { is };
}
