//! Records for programs.

mod deadlines;

use access::{Moment, PersonId, ServiceId, decide::permissions::ManageRecord};
use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::{
    ToSchema,
    openapi::{RefOr, Schema},
};
use web::{
    Problem, Result,
    common::Submission,
    guard::{Anywhere, Commands, SignedIn},
    paging::{Page, Paged, Paging},
    part::{Order, Query, Replacement},
    reply::Answer,
    resource::{CompanyRef, GroupRef, PersonRef, ServiceRef},
    route::{Route, delete, get, patch, post, put},
    session::{Session, id_in},
    submit::Written,
    values::{parse_name, parse_passage},
};

use self::deadlines::DeadlinesBody;
use super::{
    Assignee, CategoryId, Content, InPath, Kind, Priority, Reason, Record, RecordId, Status,
    acts::{AddNote, Delete, Edit, Edits, Open, SetCommon, SetInteresting},
    desk::Desk,
    question::Question,
    store::Note,
    tags::with_tag,
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
            "List the records that the caller works on, as they are now",
            list,
        ),
        post(
            "/api/v1/service-desk/records/search",
            "records.search",
            "Find the records that the caller works on by what stands in them",
            find,
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
            "Set when a record is due, or that its target says so",
            deadlines::override_due_date,
        ),
    ]
}

/// Whom work is given to.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum AssigneeBody {
    /// One user.
    User(PersonRef),
    /// One group.
    Group(GroupRef),
}

impl AssigneeBody {
    pub fn of(session: &Session, assignee: Assignee) -> Self {
        match assignee {
            Assignee::User(person) => Self::User(id_in(session.state(), person)),
            Assignee::Group(group) => Self::Group(id_in(session.state(), group)),
        }
    }

    pub fn named(self, session: &Session) -> Result<Assignee> {
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
    /// Of the categories of its service.
    #[serde(skip_serializing_if = "Option::is_none")]
    category: Option<CategoryId>,
    #[serde(flatten)]
    deadlines: DeadlinesBody,
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
pub(crate) fn timestamp(moment: Moment) -> Timestamp {
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
            category: content.category,
            deadlines: DeadlinesBody::of(&record.deadlines, session.now()),
            is_common: record.is_common,
            is_interesting: record.is_interesting,
            opened_at: timestamp(record.opened_at),
            changed_at: timestamp(record.changed_at),
            mark,
        }
    }
}

/// What to look for.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct FindRecords {
    /// Words that all stand in the title, the description or the notes; or the number of a record.
    #[serde(default)]
    text: String,
    /// A tag that it has.
    #[serde(default)]
    tag: String,
}

async fn list(
    reader: Reader,
    Query(question): Query<Question>,
    paging: Paging,
) -> Result<Answer<Page<RecordBody>>> {
    page(&reader, &question, None, &paging).await
}

async fn find(
    reader: Reader,
    Query(question): Query<Question>,
    Paged { body, paging }: Paged<FindRecords>,
) -> Result<Answer<Page<RecordBody>>> {
    let text = with_tag(&body.text, &body.tag);
    page(&reader, &question, Some(&text), &paging).await
}

async fn page(
    reader: &Session,
    question: &Question,
    text: Option<&str>,
    paging: &Paging,
) -> Result<Answer<Page<RecordBody>>> {
    let asked = question.asked(reader)?;
    let mut desk = Desk::open(reader).await?;
    let Page { items, next } = desk.find(reader, asked, text, paging).await?.page;
    let items = items
        .into_iter()
        .map(|record| RecordBody::of(reader, record));
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
    #[schema(schema_with = web::schema::name)]
    title: String,
    #[serde(default)]
    #[schema(schema_with = web::schema::passage)]
    description: String,
    /// 3 where it is not said.
    priority: Option<Priority>,
    assignee: Option<AssigneeBody>,
    /// Somebody who can be chosen on the service. The record belongs to the company that they have now.
    customer: Option<PersonRef>,
    /// One of the categories of the service.
    category: Option<CategoryId>,
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
        category: new.category,
    };
    let (_, done) = submit_new(&commands, new.kind, service, content, &order.how).await?;
    Ok(done)
}

/// What is to be changed: what is not said stays. `null` takes assignee, customer, company and category away.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct EditsBody {
    #[schema(schema_with = title_if)]
    title: Option<String>,
    #[schema(schema_with = description_if)]
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
    #[serde(default, deserialize_with = "said")]
    #[schema(value_type = Option<CategoryId>)]
    category: Option<Option<CategoryId>>,
}

fn title_if() -> RefOr<Schema> {
    web::schema::or_null(web::schema::name())
}

fn description_if() -> RefOr<Schema> {
    web::schema::or_null(web::schema::passage())
}

/// What is there is said, also where it is `null`.
pub(super) fn said<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
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
        return Err(Problem::senseless("reason_of_closing", "/reason", detail));
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
        category: new.category,
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
    /// Whether its customer, or somebody of their company, said it.
    by_customer: bool,
    /// Whether they said it by mail.
    by_mail: bool,
    text: String,
}

async fn notes(
    reader: SignedIn,
    InPath(id): InPath,
    paging: Paging,
) -> Result<Answer<Page<NoteBody>>> {
    let mut desk = Desk::open(&reader).await?;
    let record = desk.record(&reader, id).await?;
    let Page { items, next } = desk.notes(&reader, &record, &paging).await?;
    let body = |note: Note| NoteBody {
        number: note.note,
        author: note.author.map(|author| id_in(reader.state(), author)),
        at: timestamp(note.at),
        is_public: note.is_public,
        by_customer: note.by_customer,
        by_mail: note.by_mail,
        text: note.text,
    };
    let items = items.into_iter().map(body).collect();
    reader.answer(Page { items, next })
}

/// A new note.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewNote {
    #[schema(schema_with = web::schema::filled_passage)]
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
