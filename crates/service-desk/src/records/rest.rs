//! Records for programs.

use std::sync::Arc;

use access::{Moment, PersonId, ServiceId, State, decide::permissions::ManageRecord};
use jiff::Timestamp;
use ledger::{Reading, Tx};
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::{IntoParams, ToSchema};
use web::{
    Problem, Result,
    common::Submission,
    guard::{Anywhere, Commands, SignedIn},
    paging::{Page, Paging},
    part::{Order, Query, Replacement},
    reply::Answer,
    resource::{CompanyRef, GroupRef, PersonRef, ServiceRef},
    route::{Route, delete, get, patch, post, put},
    session::{Session, failed, id_in},
    submit::Written,
    values::{parse_name, parse_passage},
};

use super::{
    Assignee, Content, InPath, Kind, Priority, Reason, Record, RecordId, Status,
    acts::{AddNote, Delete, Edit, Edits, Open, SetCommon, SetDue, SetInteresting},
    history::Entry,
    store::{self, Asked, Note, Whose},
};

/// Whoever works on records of some service.
pub(super) type Reader = Anywhere<(ManageRecord,)>;

pub(super) fn routes() -> Vec<Route> {
    const RECORDS: &str = "/api/v1/service-desk/records";
    const RECORD: &str = "/api/v1/service-desk/records/{record}";
    vec![
        get(
            RECORDS,
            "records.list",
            "List the records that the caller works on, the newest first; as they are now",
            list,
        ),
        post(RECORDS, "records.open", "Open a record", open),
        get(RECORD, "records.show", "Show a record, as it is now", show),
        patch(
            RECORD,
            "records.edit",
            "Change some of a record, by what was read of it",
            edit,
        ),
        delete(RECORD, "records.delete", "Delete a record for ever", remove),
        get(
            "/api/v1/service-desk/records/{record}/notes",
            "records.notes",
            "List the notes of a record, the newest first",
            notes,
        ),
        post(
            "/api/v1/service-desk/records/{record}/notes",
            "records.add_note",
            "Add a note to a record",
            add_note,
        ),
        put(
            "/api/v1/service-desk/records/{record}/common",
            "records.mark_common",
            "Say whether a record is common",
            mark_common,
        ),
        put(
            "/api/v1/service-desk/records/{record}/interesting",
            "records.mark_interesting",
            "Say whether a record is interesting",
            mark_interesting,
        ),
        put(
            "/api/v1/service-desk/records/{record}/due-date",
            "records.override_due_date",
            "Set when a record is due, or that it is not",
            override_due_date,
        ),
    ]
}

/// Whom work is given to.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum AssigneeBody {
    /// One user.
    User(PersonRef),
    /// One group.
    Group(GroupRef),
}

impl AssigneeBody {
    fn of(session: &Session, assignee: Assignee) -> Self {
        match assignee {
            Assignee::User(person) => Self::User(id_in(session.state(), person)),
            Assignee::Group(group) => Self::Group(id_in(session.state(), group)),
        }
    }

    fn named(self, session: &Session) -> Result<Assignee> {
        let at = "/assignee";
        Ok(match self {
            Self::User(person) => Assignee::User(colleague(session, at, person)?),
            Self::Group(group) => Assignee::Group(session.named(at, group)?),
        })
    }
}

/// A user whom the caller sees, or works with (SD-35).
pub(super) fn colleague(session: &Session, at: &str, person: PersonRef) -> Result<PersonId> {
    let found = session.state().resolve(person.0);
    let view = session.view();
    let known = found.filter(|one| view.sees(*one) || view.works_with(*one));
    known.ok_or_else(|| Problem::unknown_id(at))
}

/// A record.
#[derive(Debug, Serialize, ToSchema)]
struct RecordBody {
    id: RecordId,
    /// What people call it by.
    number: i64,
    kind: Kind,
    service: ServiceRef,
    title: String,
    description: String,
    priority: Priority,
    status: Status,
    /// Why it was closed.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<Reason>,
    #[serde(skip_serializing_if = "Option::is_none")]
    assignee: Option<AssigneeBody>,
    #[serde(skip_serializing_if = "Option::is_none")]
    customer: Option<PersonRef>,
    #[serde(skip_serializing_if = "Option::is_none")]
    company: Option<CompanyRef>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    due_at: Option<Timestamp>,
    is_common: bool,
    is_interesting: bool,
    #[schema(value_type = String, format = DateTime)]
    opened_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    changed_at: Timestamp,
    /// Send it as `If-Mark` with a change.
    mark: String,
}

/// A moment as programs read it.
fn timestamp(moment: Moment) -> Timestamp {
    Timestamp::from_millisecond(moment.0).unwrap_or(Timestamp::UNIX_EPOCH)
}

impl RecordBody {
    fn of(session: &Session, record: Record) -> Self {
        let mark = record.mark().to_string();
        let company = record.company_for(&session.view());
        // Rows are as they are now, whatever moment was asked about.
        let state = session.state();
        let content = record.content;
        Self {
            id: record.id,
            number: record.number,
            kind: record.kind,
            service: id_in(state, record.service),
            title: content.title,
            description: content.description,
            priority: content.priority,
            status: content.status,
            reason: content.reason,
            assignee: content.assignee.map(|one| AssigneeBody::of(session, one)),
            // SD-19: the customer of a record stays shown to whoever reads it.
            customer: content.customer.map(|one| id_in(state, one)),
            company: company.map(|one| id_in(state, one)),
            due_at: record.due_at.map(timestamp),
            is_common: record.is_common,
            is_interesting: record.is_interesting,
            opened_at: timestamp(record.opened_at),
            changed_at: timestamp(record.changed_at),
            mark,
        }
    }
}

/// Which records.
#[derive(Debug, Deserialize, IntoParams)]
struct Which {
    /// Of this service.
    #[param(value_type = Option<String>)]
    service: Option<ServiceRef>,
    /// Of this kind.
    #[param(inline)]
    kind: Option<Kind>,
    /// True: only what somebody still works on. False: only what is resolved or closed.
    open: Option<bool>,
    /// Assigned to this user.
    #[param(value_type = Option<String>)]
    user: Option<PersonRef>,
    /// Assigned to this group.
    #[param(value_type = Option<String>)]
    group: Option<GroupRef>,
    /// Of this customer.
    #[param(value_type = Option<String>)]
    customer: Option<PersonRef>,
    /// The one with this number.
    number: Option<i64>,
}

impl Which {
    fn asked(&self, session: &Session) -> Result<Asked> {
        let user = self.user.map(|user| colleague(session, "user", user));
        let user = user.transpose()?;
        let group = session.named_if("group", self.group)?;
        let assignee = match (user, group) {
            (Some(_), Some(_)) => {
                let detail = "work is given to one user or to one group";
                return Err(Problem::invalid("group", detail));
            }
            (user, group) => user.map(Assignee::User).or(group.map(Assignee::Group)),
        };
        Ok(Asked {
            service: session.named_if("service", self.service)?,
            kind: self.kind,
            open: self.open,
            whose: assignee.map(Whose::Assignee),
            customer: session.named_if("customer", self.customer)?,
            number: self.number,
        })
    }
}

/// What a read goes by: one moment of the rows, and what the reader may see at it.
pub(super) struct Desk {
    state: Arc<State>,
    tx: Tx,
}

impl Desk {
    pub async fn open(session: &Session) -> Result<Self> {
        let Reading { state, tx } = session.account.read().await.map_err(failed)?;
        Ok(Self { state, tx })
    }

    /// One page of a list, and how many there are, up to a bound.
    pub async fn page(
        &mut self,
        session: &Session,
        paging: &Paging,
        asked: &Asked,
    ) -> Result<(Page<Record>, i64)> {
        let before = paging.after::<i64>()?;
        let (tx, account) = (&mut self.tx, session.account.id());
        let view = session.view_on(&self.state, session.now());
        let visible = view.visible_records(ManageRecord);
        let most = paging.size + 1;
        let found = store::list(tx, account, &visible, asked, before, most).await;
        let count = store::count(tx, account, &visible, asked).await;
        let page = paging.cut(found.map_err(failed)?, |record| record.number)?;
        Ok((page, count.map_err(failed)?))
    }

    /// A record that somebody may read; everything else is not there.
    pub async fn record(&mut self, session: &Session, id: RecordId) -> Result<Record> {
        let view = session.view_on(&self.state, session.now());
        let visible = view.visible_records(ManageRecord);
        let found = store::record(&mut self.tx, session.account.id(), &visible, id).await;
        found.map_err(failed)?.ok_or_else(Problem::not_found)
    }

    /// What was said to it, the newest first.
    pub async fn notes(&mut self, session: &Session, of: &Record) -> Result<Vec<Note>> {
        let found = store::notes(&mut self.tx, session.account.id(), of).await;
        found.map_err(failed)
    }

    /// What happened to it, the newest first.
    pub async fn history(&mut self, session: &Session, of: &Record) -> Result<Vec<Entry>> {
        let found = store::history(&mut self.tx, session.account.id(), of).await;
        found.map_err(failed)
    }
}

async fn list(
    reader: Reader,
    Query(which): Query<Which>,
    paging: Paging,
) -> Result<Answer<Page<RecordBody>>> {
    let asked = which.asked(&reader)?;
    let mut desk = Desk::open(&reader).await?;
    let (Page { items, next }, _) = desk.page(&reader, &paging, &asked).await?;
    let items = items
        .into_iter()
        .map(|record| RecordBody::of(&reader, record));
    reader.answer(Page {
        items: items.collect(),
        next,
    })
}

async fn show(reader: SignedIn, InPath(id): InPath) -> Result<Answer<RecordBody>> {
    let record = Desk::open(&reader).await?.record(&reader, id).await?;
    reader.answer(RecordBody::of(&reader, record))
}

/// A new record.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewRecord {
    kind: Kind,
    service: ServiceRef,
    title: String,
    #[serde(default)]
    description: String,
    /// 3 where it is not said.
    priority: Option<Priority>,
    assignee: Option<AssigneeBody>,
    /// Somebody who can be chosen on the service. The record belongs to the company that they have now.
    customer: Option<PersonRef>,
}

/// Opens a record that was looked at.
pub(super) async fn submit_new(
    session: &Session,
    kind: Kind,
    service: ServiceId,
    content: Content,
    how: &Submission,
) -> Result<(RecordId, Answer<Written>)> {
    let id = RecordId(session.account.engine().new_uuid());
    let open = Open {
        service,
        id,
        kind,
        content,
    };
    let done = session.act(open, how, Some(id.to_string())).await?;
    Ok((id, done))
}

async fn open(commands: Commands, order: Order<NewRecord>) -> Result<Answer<Written>> {
    let new = order.body;
    let service = commands.named("/service", new.service)?;
    let assignee = new.assignee.map(|one| one.named(&commands)).transpose()?;
    let content = Content {
        title: parse_name("/title", &new.title)?,
        description: parse_passage("/description", &new.description)?,
        priority: new.priority.unwrap_or(Priority::DEFAULT),
        status: Status::FIRST,
        reason: None,
        assignee,
        customer: commands.named_if("/customer", new.customer)?,
        company: None,
    };
    let (_, done) = submit_new(&commands, new.kind, service, content, &order.how).await?;
    Ok(done)
}

/// What is to be changed: what is not said stays. `null` takes assignee, customer and company away.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct EditsBody {
    title: Option<String>,
    description: Option<String>,
    priority: Option<Priority>,
    /// With `reason`, where it is `closed`.
    status: Option<Status>,
    reason: Option<Reason>,
    #[serde(default, deserialize_with = "said")]
    #[schema(value_type = Option<AssigneeBody>)]
    assignee: Option<Option<AssigneeBody>>,
    #[serde(default, deserialize_with = "said")]
    #[schema(value_type = Option<PersonRef>)]
    customer: Option<Option<PersonRef>>,
    #[serde(default, deserialize_with = "said")]
    #[schema(value_type = Option<CompanyRef>)]
    company: Option<Option<CompanyRef>>,
}

/// What is there is said, also where it is `null`.
fn said<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> std::result::Result<Option<Option<T>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

async fn edit(
    commands: Commands,
    InPath(id): InPath,
    order: Replacement<EditsBody>,
) -> Result<Answer<Written>> {
    let Replacement { order, read } = order;
    let new = order.body;
    if new.reason.is_some() && new.status.is_none() {
        let detail = "a reason is why a record is closed: say the status with it";
        return Err(Problem::invalid("/reason", detail));
    }
    let (title, description) = (new.title.as_deref(), new.description.as_deref());
    let assignee = new.assignee;
    let assignee = assignee.map(|to| to.map(|one| one.named(&commands)).transpose());
    let customer = new.customer.map(|to| commands.named_if("/customer", to));
    let company = new.company.map(|to| commands.named_if("/company", to));
    let edits = Edits {
        title: title.map(|text| parse_name("/title", text)).transpose()?,
        description: description
            .map(|text| parse_passage("/description", text))
            .transpose()?,
        priority: new.priority,
        status: new.status.map(|to| (to, new.reason)),
        assignee: assignee.transpose()?,
        customer: customer.transpose()?,
        company: company.transpose()?,
    };
    commands
        .act(Edit { id, read, edits }, &order.how, None)
        .await
}

async fn remove(
    commands: Commands,
    InPath(id): InPath,
    how: Submission,
) -> Result<Answer<Written>> {
    commands.act(Delete { id }, &how, None).await
}

/// The notes of a record.
#[derive(Debug, Serialize, ToSchema)]
struct Notes {
    /// At most 500, the newest first.
    items: Vec<NoteBody>,
}

/// A note.
#[derive(Debug, Serialize, ToSchema)]
struct NoteBody {
    /// Counted within the record.
    number: i64,
    /// Absent where a program wrote it.
    #[serde(skip_serializing_if = "Option::is_none")]
    author: Option<PersonRef>,
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// Whether the customer may read it.
    is_public: bool,
    text: String,
}

async fn notes(reader: SignedIn, InPath(id): InPath) -> Result<Answer<Notes>> {
    let mut desk = Desk::open(&reader).await?;
    let record = desk.record(&reader, id).await?;
    let found = desk.notes(&reader, &record).await?;
    let body = |note: Note| NoteBody {
        number: note.note,
        author: note.author.map(|author| id_in(reader.state(), author)),
        at: timestamp(note.at),
        is_public: note.is_public,
        text: note.text,
    };
    let items = found.into_iter().map(body).collect();
    reader.answer(Notes { items })
}

/// A new note.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewNote {
    text: String,
    /// Whether the customer may read it; not unless it is said.
    #[serde(default)]
    is_public: bool,
}

async fn add_note(
    commands: Commands,
    InPath(id): InPath,
    order: Order<NewNote>,
) -> Result<Answer<Written>> {
    let text = parse_passage("/text", &order.body.text)?;
    if text.is_empty() {
        return Err(Problem::invalid("/text", "a note says something"));
    }
    let is_public = order.body.is_public;
    let note = AddNote {
        id,
        text,
        is_public,
    };
    commands.act(note, &order.how, None).await
}

/// Yes or no.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct IsSo {
    is: bool,
}

async fn mark_common(
    commands: Commands,
    InPath(id): InPath,
    order: Order<IsSo>,
) -> Result<Answer<Written>> {
    let to = order.body.is;
    commands.act(SetCommon { id, to }, &order.how, None).await
}

async fn mark_interesting(
    commands: Commands,
    InPath(id): InPath,
    order: Order<IsSo>,
) -> Result<Answer<Written>> {
    let to = order.body.is;
    commands
        .act(SetInteresting { id, to }, &order.how, None)
        .await
}

/// When a record is due; `null`: it is not.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct DueDate {
    #[schema(value_type = Option<String>, format = DateTime)]
    due_at: Option<Timestamp>,
}

async fn override_due_date(
    commands: Commands,
    InPath(id): InPath,
    order: Order<DueDate>,
) -> Result<Answer<Written>> {
    let to = order.body.due_at.map(|at| Moment(at.as_millisecond()));
    commands.act(SetDue { id, to }, &order.how, None).await
}
