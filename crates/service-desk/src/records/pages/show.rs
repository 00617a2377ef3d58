//! A record: what it says, what was said to it, what happened to it. Each act has its own form; what the reader may not do has none.

use access::{
    Moment, PermissionType,
    decide::{
        RecordFacts,
        permissions::{DeleteRecord, MarkCommon, MarkInteresting, OverrideDueDate},
    },
    explain::words::Name,
};
use askama::Template;
use serde::Deserialize;
use utoipa::IntoParams;
use web::{
    Result,
    common::Submission,
    effect::fingerprint,
    guard::SignedIn,
    page::{
        Frame, MomentFields, Page, Pager, Picker, Refused, SeeOther, Taken, address,
        form::Form,
        moment,
        names::{Mark, Names},
    },
    paging::{Page as Paged, Paging},
    part::Query,
    route::{Route, get, post},
    session::Session,
};

use super::{
    LIST, SECTION,
    fields::{self, ASSIGNEES, COMPANIES, CUSTOMERS, CategoryChoice, Choice},
    notes::{Said, Writing, agent},
    parts::Parts,
    path,
    words::{self, Line},
};
use crate::records::{
    CategoryId, InPath, Priority, Reason, Record, RecordId, Status,
    acts::{Delete, Edit, Edits, SetCommon, SetDue, SetInteresting},
    desk::Desk,
    history::Entry,
    presets::Category,
    titled,
};

pub(super) fn routes() -> Vec<Route> {
    vec![
        get(
            "/service-desk/records/{record}",
            "records_page.show",
            "A record, with its notes and its history",
            show,
        ),
        post(
            "/service-desk/records/{record}",
            "records_page.edit",
            "Change what a record says",
            edit,
        ),
        post(
            "/service-desk/records/{record}/marks",
            "records_page.mark",
            "Mark a record",
            mark,
        ),
        post(
            "/service-desk/records/{record}/due-date",
            "records_page.due",
            "Set when a record is due",
            due,
        ),
        post(
            "/service-desk/records/{record}/delete",
            "records_page.delete",
            "Delete a record for ever",
            delete,
        ),
    ]
}

/// What the reader may do besides working on it.
#[derive(Default)]
struct Rights {
    mark_common: bool,
    mark_interesting: bool,
    override_due_date: bool,
    delete: bool,
}

/// The form of what the record says.
struct Fields {
    title: String,
    description: String,
    priorities: Vec<Choice>,
    categories: Vec<CategoryChoice>,
    statuses: Vec<Choice>,
    reasons: Vec<Choice>,
    assignee: Picker,
    customer: Picker,
    company: Picker,
    mark: String,
    wrong_title: Option<String>,
    wrong_description: Option<String>,
    wrong: Option<String>,
    /// What somebody else wrote meanwhile, where the reader typed something else: the field, and what stands there now.
    meanwhile: Vec<(&'static str, String)>,
}

#[derive(Template)]
#[template(path = "record.html")]
pub(super) struct RecordPage {
    frame: Frame,
    path: String,
    id: RecordId,
    number: i64,
    kind: &'static str,
    service: Mark,
    state: &'static str,
    shape: &'static str,
    reason: Option<&'static str>,
    priority: &'static str,
    category: Option<String>,
    customer: Option<Mark>,
    company: Option<Mark>,
    assignee: Option<Mark>,
    opened_at: String,
    changed_at: String,
    /// When it is to be answered, and done: the shape, and the words.
    response: Option<(String, &'static str)>,
    resolution: Option<(String, &'static str)>,
    due_is_set: bool,
    /// What its target says where something else is set.
    target_at: Option<String>,
    is_common: bool,
    is_interesting: bool,
    rights: Rights,
    due: MomentFields,
    wrong_due: bool,
    fields: Fields,
    /// The note that is being written.
    pub writing: Writing,
    notes: Vec<Said>,
    /// To older notes, and back.
    pager: Pager,
    /// What tells that something happened since.
    seen: String,
    history: Vec<Line>,
    /// What hangs on it.
    pub parts: Parts,
}

impl RecordPage {
    async fn of(
        session: &Session,
        desk: &mut Desk,
        record: &Record,
        paging: Option<Paging>,
    ) -> Result<Self> {
        let path = path(record.id);
        // What is shown again after a form begins with the newest note.
        let paging = paging.map_or_else(|| Paging::at(session, &path), Ok)?;
        let Paged { items: notes, next } = desk.notes(session, record, &paging).await?;
        let history = desk.history(session, record).await?;
        let category = desk.category(session, record).await?;
        let presets = desk.presets(session, record.service).await?;
        let authors = notes.iter().filter_map(|note| note.author);
        let named = record.names(&session.view());
        let named = named.chain(authors.map(Name::Person));
        let named: Vec<_> = named.chain(agent(session)).collect();
        // SD-19: whoever reads a record is told whom it names now, and who spoke to it.
        let names = Names::of_shown(session, named).await?;
        // SD-33: whom it named before is for those who see them.
        let before = Names::of(session, words::named(&history)).await?;
        let content = &record.content;
        let (deadlines, now) = (&record.deadlines, session.now());
        let title = titled(&content.title);
        let frame = Frame::of(session, title, &path, SECTION).await?;
        Ok(Self {
            frame: frame.below(LIST, "Records"),
            id: record.id,
            number: record.number,
            kind: record.kind.title(),
            service: names.mark(Name::Service(record.service)),
            state: record.state_name(),
            shape: if content.status.is_open() {
                "on"
            } else {
                "none"
            },
            reason: content.reason.map(Reason::word),
            priority: content.priority.word(),
            category,
            customer: content.customer.map(|one| names.mark(Name::Person(one))),
            company: record
                .company_for(&session.view())
                .map(|one| names.mark(Name::Company(one))),
            assignee: content.assignee.map(|one| names.mark(one.name())),
            opened_at: moment(record.opened_at),
            changed_at: moment(record.changed_at),
            response: record.response_words(now),
            resolution: record.due_words(now),
            due_is_set: deadlines.is_set,
            target_at: deadlines.target_at.filter(|_| deadlines.is_set).map(moment),
            is_common: record.is_common,
            is_interesting: record.is_interesting,
            rights: rights(session, record.facts()),
            due: deadlines.due_at.map(MomentFields::of).unwrap_or_default(),
            wrong_due: false,
            writing: Writing::of(session, record, &names, &presets),
            fields: Fields::of(session, record, &names, presets.categories),
            seen: seen(record, &history),
            notes: notes.iter().map(|note| Said::of(note, &names)).collect(),
            pager: Pager::filtered(&paging, &path, &[], next),
            history: words::lines(record.kind, &history, &before),
            parts: Parts::of(session, desk, record).await?,
            path,
        })
    }
}

fn rights(session: &Session, on: RecordFacts) -> Rights {
    fn may<P: PermissionType<On = RecordFacts>>(
        session: &Session,
        one: P,
        on: RecordFacts,
    ) -> bool {
        session.view().permit(one, on).is_ok()
    }
    Rights {
        mark_common: may(session, MarkCommon, on),
        mark_interesting: may(session, MarkInteresting, on),
        override_due_date: may(session, OverrideDueDate, on),
        delete: may(session, DeleteRecord, on),
    }
}

impl Fields {
    fn of(
        session: &Session,
        record: &Record,
        names: &Names<'_>,
        categories: Vec<Category>,
    ) -> Self {
        let content = &record.content;
        let [assignee, customer, company] = fields::pickers(session, names, record);
        Self {
            title: content.title.clone(),
            description: content.description.clone(),
            priorities: fields::priorities(content.priority),
            categories: fields::categories(categories, content.category),
            statuses: fields::statuses(record.kind, content.status, content.status),
            reasons: fields::reasons(content.reason),
            assignee,
            customer,
            company,
            mark: record.mark().to_string(),
            wrong_title: None,
            wrong_description: None,
            wrong: None,
            meanwhile: Vec::new(),
        }
    }

    fn is_wrong(&self) -> bool {
        self.wrong_title.is_some()
            || self.wrong_description.is_some()
            || self.assignee.is_open()
            || self.customer.is_open()
            || self.company.is_open()
    }
}

/// A record that the reader may read, and its page.
pub(super) async fn opened(session: &Session, id: RecordId) -> Result<(Record, RecordPage)> {
    let mut desk = Desk::open(session).await?;
    let record = desk.record(session, id).await?;
    let page = RecordPage::of(session, &mut desk, &record, None).await?;
    Ok((record, page))
}

/// What changes with whatever happens to a record: its history tells of notes, too.
fn seen(record: &Record, history: &[Entry]) -> String {
    let newest = history.first().map_or(0, |one| one.at.0);
    format!("{}-{}-{newest}", record.mark(), history.len())
}

/// Which notes.
#[derive(Debug, Default, Deserialize, IntoParams)]
struct Older {
    /// The `next` of the page before; absent: the newest.
    page: Option<String>,
}

async fn show(
    reader: SignedIn,
    InPath(id): InPath,
    Query(older): Query<Older>,
) -> Result<Page<RecordPage>> {
    let at = address(&path(id), &[("page", older.page.as_deref())]);
    let paging = Paging::at(&reader, &at)?;
    let mut desk = Desk::open(&reader).await?;
    let record = desk.record(&reader, id).await?;
    let page = RecordPage::of(&reader, &mut desk, &record, Some(paging)).await?;
    Ok(Page::new(page))
}

/// What somebody makes of a record.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct EditForm {
    title: String,
    description: String,
    priority: String,
    status: String,
    reason: String,
    /// Not sent where the service has none.
    category: Option<String>,
    assignee: Option<String>,
    assignee_text: Option<String>,
    assignee_asked: Option<String>,
    customer: Option<String>,
    customer_text: Option<String>,
    customer_asked: Option<String>,
    company: Option<String>,
    company_text: Option<String>,
    company_asked: Option<String>,
    /// Of what was read.
    mark: String,
}

impl EditForm {
    /// The form again as it was typed, with what is wrong in itself.
    async fn typed(
        &self,
        session: &Session,
        record: &Record,
        mut fields: Fields,
    ) -> Result<Fields> {
        let service = record.service;
        let sent = fields::sent;
        let assignee = sent(&self.assignee, &self.assignee_text, &self.assignee_asked);
        let customer = sent(&self.customer, &self.customer_text, &self.customer_asked);
        let company = sent(&self.company, &self.company_text, &self.company_asked);
        let content = &record.content;
        let status = self.status().unwrap_or(content.status);
        let priority = fields::parsed(&self.priority, Priority::of_number);
        fields.title = self.title.clone();
        fields.description = self.description.clone();
        fields.wrong_title = fields::title(&self.title).err();
        fields.wrong_description = fields::passage(&self.description).err();
        fields.priorities = fields::priorities(priority.unwrap_or(content.priority));
        fields.statuses = fields::statuses(record.kind, content.status, status);
        fields.reasons = fields::reasons(self.reason());
        if let Some(category) = &self.category {
            for choice in &mut fields.categories {
                choice.is_chosen = choice.value == *category;
            }
        }
        if self.assignee_text.is_some() {
            let field = fields::assignee(session, service);
            fields.assignee = field.take(session, ASSIGNEES, assignee).await?;
        }
        if self.customer_text.is_some() {
            let field = fields::customer(session, service);
            fields.customer = field.take(session, CUSTOMERS, customer).await?;
        }
        if self.company_text.is_some() {
            fields.company = fields::company().take(session, COMPANIES, company).await?;
        }
        Ok(fields)
    }

    fn status(&self) -> Option<Status> {
        fields::parsed(&self.status, Status::of_number)
    }

    fn reason(&self) -> Option<Reason> {
        fields::parsed(&self.reason, Reason::of_number)
    }

    /// One that was removed meanwhile is none.
    fn category(&self, fields: &Fields) -> Option<Option<CategoryId>> {
        let category = self.category.as_deref()?;
        let known = fields.categories.iter().any(|one| one.value == category);
        Some(category.parse().ok().filter(|_| known))
    }

    fn edits(&self, session: &Session, record: &Record, fields: &Fields) -> Result<Edits> {
        let present = &record.content;
        // A reason is asked for where the record is closed; in all other states the field says nothing.
        let reason = |to: Status| self.reason().filter(|_| to == Status::Closed);
        // A field that was not sent says nothing.
        let assignee = fields::chosen_assignee(session, &fields.assignee, present.assignee);
        let customer = fields::chosen_customer(session, &fields.customer, present.customer);
        let shown = record.company_for(&session.view());
        let company = match (&self.company_text, fields.company.chosen(), present.company) {
            (None, ..) => None,
            // SD-33: one that is hidden is not taken away unseen.
            (Some(_), None, Some(_)) if shown.is_none() => None,
            (Some(_), Some(id), _)
                if shown.is_some_and(|one| session.id(one).0.to_string() == id) =>
            {
                None
            }
            _ => Some(fields.company.thing(session)),
        };
        Ok(Edits {
            title: fields::title(&self.title).ok(),
            description: fields::passage(&self.description).ok(),
            priority: fields::parsed(&self.priority, Priority::of_number),
            status: self.status().map(|to| (to, reason(to))),
            assignee: self.assignee_text.as_ref().map(|_| assignee).transpose()?,
            customer: self.customer_text.as_ref().map(|_| customer).transpose()?,
            company: company.transpose()?,
            category: self.category(fields),
        })
    }
}

async fn edit(
    reader: SignedIn,
    InPath(id): InPath,
    Form(form): Form<EditForm>,
) -> Result<Taken<RecordPage>> {
    let session = &*reader;
    let (record, mut page) = opened(session, id).await?;
    let now = record.mark().to_string();
    page.fields = form.typed(session, &record, page.fields).await?;
    // What was not looked at is not saved over: the mark of what was read stays with what was typed.
    page.fields.mark.clone_from(&form.mark);
    if page.fields.is_wrong() {
        return Ok(Taken::Again(Page::again(page)));
    }
    let edits = form.edits(session, &record, &page.fields)?;
    let read = Some(fingerprint("mark", &form.mark)?);
    let act = Edit { id, read, edits };
    let done = session.act(act, &Submission::default(), None).await;
    let Some(refused) = Refused::of(done)? else {
        return Ok(Taken::Done(SeeOther::to(path(id)).saying("Saved.")));
    };
    if refused.code == "changed_meanwhile" {
        page.fields.meanwhile = meanwhile(&page, &record, &form);
        page.fields.mark = now;
    }
    page.fields.wrong = Some(refused.why);
    Ok(Taken::Again(Page::again(page)))
}

/// What stands in the record now where the form says something else: saving again takes what the form says.
fn meanwhile(page: &RecordPage, record: &Record, form: &EditForm) -> Vec<(&'static str, String)> {
    let now = &record.content;
    let description = form.description.replace("\r\n", "\n");
    let nobody = || "nobody".to_owned();
    let called = |mark: &Option<Mark>| {
        mark.as_ref()
            .map_or_else(nobody, |one| one.text().to_owned())
    };
    let differs = |mark: &Option<Mark>, sent: &Option<String>| {
        let now = mark.as_ref().map_or("", Mark::text);
        sent.as_deref().is_some_and(|sent| sent.trim() != now)
    };
    let priority = fields::parsed(&form.priority, Priority::of_number);
    [
        ("Title", now.title != form.title.trim(), now.title.clone()),
        (
            "Description",
            now.description != description.trim(),
            now.description.clone(),
        ),
        (
            "State",
            form.status() != Some(now.status),
            record.state_name().to_owned(),
        ),
        (
            "Priority",
            priority != Some(now.priority),
            now.priority.word().to_owned(),
        ),
        (
            "Assigned to",
            differs(&page.assignee, &form.assignee_text),
            called(&page.assignee),
        ),
        (
            "Customer",
            differs(&page.customer, &form.customer_text),
            called(&page.customer),
        ),
        (
            "Company",
            differs(&page.company, &form.company_text),
            called(&page.company),
        ),
    ]
    .into_iter()
    .filter_map(|(field, differs, now)| differs.then_some((field, now)))
    .collect()
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct MarkForm {
    mark: MarkOf,
    to: YesNo,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum MarkOf {
    Common,
    Interesting,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum YesNo {
    Yes,
    No,
}

async fn mark(
    reader: SignedIn,
    InPath(id): InPath,
    Form(form): Form<MarkForm>,
) -> Result<SeeOther> {
    let (to, how) = (form.to == YesNo::Yes, Submission::default());
    let done = match form.mark {
        MarkOf::Common => reader.act(SetCommon { id, to }, &how, None).await,
        MarkOf::Interesting => reader.act(SetInteresting { id, to }, &how, None).await,
    };
    done?;
    Ok(SeeOther::to(path(id)).saying("Saved."))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct DueForm {
    day: String,
    time: String,
}

async fn due(
    reader: SignedIn,
    InPath(id): InPath,
    Form(form): Form<DueForm>,
) -> Result<Taken<RecordPage>> {
    let session = &*reader;
    let fields = MomentFields {
        day: form.day,
        time: form.time,
    };
    let parsed = |text: String| text.parse::<jiff::Timestamp>().ok();
    let to = match fields.moment() {
        Some(None) => Some(None),
        Some(Some(text)) => parsed(text).map(|at| Some(Moment(at.as_millisecond()))),
        None => None,
    };
    match to {
        Some(to) => {
            session
                .act(SetDue { id, to }, &Submission::default(), None)
                .await?;
            Ok(Taken::Done(SeeOther::to(path(id)).saying("Saved.")))
        }
        None => {
            let (_, mut page) = opened(session, id).await?;
            (page.due, page.wrong_due) = (fields, true);
            Ok(Taken::Again(Page::again(page)))
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct DeleteForm {}

async fn delete(
    reader: SignedIn,
    InPath(id): InPath,
    Form(DeleteForm {}): Form<DeleteForm>,
) -> Result<SeeOther> {
    reader
        .act(Delete { id }, &Submission::default(), None)
        .await?;
    Ok(SeeOther::to(LIST).saying("The record is deleted."))
}
