//! The portal for programs of customers.

use access::{
    ServiceId,
    decide::permissions::{ViewCompanyIncidents, ViewIncident},
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{
    IntoParams, ToSchema,
    openapi::{RefOr, Schema},
};
use web::{
    Problem, Result,
    common::Submission,
    guard::{Anywhere, Commands, SignedIn},
    page::{download::Download, names::Names, upload::Upload},
    paging::{Page, Paging},
    part::{Order, Query},
    reply::Answer,
    resource::ServiceRef,
    route::{Route, get, post},
    session::{Session, id_in},
    sign_ins::SignIns,
    submit::Written,
    values::{parse_name, parse_passage},
};

use super::words;
use crate::records::{
    AskedIncidents, Attachment, AttachmentId, AttachmentInPath, InPath, Incident, Note, OfWhom,
    Reason, RecordId, Status,
    attachments::{self, BYTES_MAX, Door},
    incidents::{self, Deed, Incidents},
    timestamp,
};

pub(super) fn routes() -> Vec<Route> {
    const INCIDENTS: &str = "/api/v1/portal/incidents";
    const FILES: &str = "/api/v1/portal/incidents/{record}/attachments";
    vec![
        get(
            INCIDENTS,
            "portal_incidents.list",
            "List the caller's own incidents in the portal, or those of their company, the newest first; as they are now",
            list,
        ),
        post(
            INCIDENTS,
            "portal_incidents.log",
            "Log an incident in the portal, as its customer",
            log,
        ),
        get(
            "/api/v1/portal/incidents/{record}",
            "portal_incidents.show",
            "Show an incident in the portal, as it is now",
            show,
        ),
        get(
            "/api/v1/portal/incidents/{record}/answers",
            "portal_incidents.answers",
            "List what was said to an incident in the portal, the oldest first",
            answers,
        ),
        post(
            "/api/v1/portal/incidents/{record}/answers",
            "portal_incidents.answer",
            "Answer an incident in the portal",
            answer,
        ),
        post(
            "/api/v1/portal/incidents/{record}/close",
            "portal_incidents.close",
            "Close an incident in the portal",
            close,
        ),
        post(
            "/api/v1/portal/incidents/{record}/reopen",
            "portal_incidents.reopen",
            "Open an incident again in the portal",
            reopen,
        ),
        get(
            FILES,
            "portal_incidents.attachments",
            "List the files of an incident in the portal, the newest first",
            files,
        ),
        post(
            FILES,
            "portal_incidents.attach",
            "Send a file of at most 25 MB to an incident in the portal",
            attach,
        ),
        get(
            "/api/v1/portal/incidents/{record}/attachments/{attachment}",
            "portal_incidents.attachment",
            "Download a file of an incident in the portal",
            download,
        ),
    ]
}

/// An incident, as its customer knows it.
#[derive(Debug, Serialize, ToSchema)]
struct IncidentBody {
    id: RecordId,
    /// What people call it by.
    number: i64,
    service: ServiceRef,
    title: String,
    description: String,
    status: Status,
    /// Why it was closed.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<Reason>,
    /// Whether it is the caller's own.
    is_mine: bool,
    /// The name of whoever it is for; absent where nobody is, and where there is none any more.
    #[serde(skip_serializing_if = "Option::is_none")]
    customer: Option<String>,
    #[schema(value_type = String, format = DateTime)]
    opened_at: Timestamp,
    /// When it last changed in what the caller may know.
    #[schema(value_type = String, format = DateTime)]
    changed_at: Timestamp,
}

impl IncidentBody {
    fn of(session: &Session, names: &Names<'_>, incident: Incident) -> Self {
        let customer = incident.customer;
        let customer = customer.and_then(|one| words::called(names, one));
        Self {
            id: incident.id,
            number: incident.number,
            service: id_in(session.state(), incident.service),
            title: incident.title,
            description: incident.description,
            status: incident.status,
            reason: incident.reason,
            is_mine: words::is_me(session, incident.customer),
            customer: customer.map(str::to_owned),
            opened_at: timestamp(incident.opened_at),
            changed_at: timestamp(incident.told_at),
        }
    }
}

/// Whose incidents.
#[derive(Debug, Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Whose {
    /// The caller's own.
    #[default]
    Mine,
    /// Of the caller's company, their own among them.
    Company,
}

/// Which incidents.
#[derive(Debug, Deserialize, IntoParams)]
struct Which {
    /// `mine` where it is not said.
    #[param(inline)]
    of: Option<Whose>,
    /// True: only what somebody still works on. False: only what is solved or closed.
    open: Option<bool>,
}

async fn list(
    reader: Anywhere<(ViewIncident, ViewCompanyIncidents)>,
    Query(which): Query<Which>,
    paging: Paging,
) -> Result<Answer<Page<IncidentBody>>> {
    let asked = AskedIncidents {
        of: match which.of.unwrap_or_default() {
            Whose::Mine => OfWhom::Mine,
            Whose::Company => OfWhom::Company,
        },
        open: which.open,
        waits: false,
    };
    let mut portal = Incidents::open(&reader).await?;
    let Page { items, next } = portal.page(&reader, &paging, &asked).await?;
    let names = words::names(&reader, &items, &[], &[]).await?;
    let items = items.into_iter();
    let items = items.map(|one| IncidentBody::of(&reader, &names, one));
    reader.answer(Page {
        items: items.collect(),
        next,
    })
}

async fn show(reader: SignedIn, InPath(id): InPath) -> Result<Answer<IncidentBody>> {
    let incident = Incidents::open(&reader)
        .await?
        .incident(&reader, id)
        .await?;
    let names = words::names(&reader, std::slice::from_ref(&incident), &[], &[]).await?;
    reader.answer(IncidentBody::of(&reader, &names, incident))
}

/// A new incident. Whoever logs it is its customer.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewIncident {
    service: ServiceRef,
    #[schema(schema_with = web::schema::name)]
    title: String,
    #[serde(default)]
    #[schema(schema_with = web::schema::passage)]
    description: String,
}

async fn log(commands: Commands, order: Order<NewIncident>) -> Result<Answer<Written>> {
    let new = order.body;
    let service: ServiceId = commands.named("/service", new.service)?;
    let said = (
        parse_name("/title", &new.title)?,
        parse_passage("/description", &new.description)?,
    );
    let (_, done) = incidents::log(&commands, service, said, &order.how).await?;
    Ok(done)
}

/// What was said to an incident.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = IncidentAnswers)]
struct Answers {
    /// At most 500, the last, the oldest first.
    items: Vec<AnswerBody>,
}

/// Who says something.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Side {
    /// Whoever supports the service.
    Service,
    /// The customer, or somebody of their company.
    Customer,
}

/// Something that was said.
#[derive(Debug, Serialize, ToSchema)]
struct AnswerBody {
    from: Side,
    /// The name of whoever said it; absent where there is none any more, and where a program said it.
    #[serde(skip_serializing_if = "Option::is_none")]
    author: Option<String>,
    /// Whether the caller said it.
    is_mine: bool,
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    text: String,
}

async fn answers(reader: SignedIn, InPath(id): InPath) -> Result<Answer<Answers>> {
    let mut portal = Incidents::open(&reader).await?;
    let incident = portal.incident(&reader, id).await?;
    let found = portal.answers(&reader, &incident).await?;
    let names = words::names(&reader, &[], &found, &[]).await?;
    let body = |note: Note| {
        let author = note.author.and_then(|one| words::called(&names, one));
        AnswerBody {
            from: match note.by_customer {
                true => Side::Customer,
                false => Side::Service,
            },
            author: author.map(str::to_owned),
            is_mine: note.by_customer && words::is_me(&reader, note.author),
            at: timestamp(note.at),
            text: note.text,
        }
    };
    let items = found.into_iter().map(body).collect();
    reader.answer(Answers { items })
}

/// An answer.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewAnswer {
    #[schema(schema_with = web::schema::filled_passage)]
    text: String,
}

async fn answer(
    commands: Commands,
    InPath(id): InPath,
    order: Order<NewAnswer>,
) -> Result<Answer<Written>> {
    let text = parse_passage("/text", &order.body.text)?;
    if text.is_empty() {
        return Err(Problem::invalid("/text", "an answer says something"));
    }
    incidents::work(&commands, id, Deed::Answer(text), &order.how).await
}

/// Why a customer closes an incident.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = WhyClosed)]
pub(super) enum Why {
    /// It works.
    Solved,
    /// It is not wanted any more.
    Withdrawn,
}

impl From<Why> for Reason {
    fn from(why: Why) -> Self {
        match why {
            Why::Solved => Reason::Solved,
            Why::Withdrawn => Reason::Withdrawn,
        }
    }
}

/// Why.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Closing {
    reason: Why,
}

async fn close(
    commands: Commands,
    InPath(id): InPath,
    order: Order<Closing>,
) -> Result<Answer<Written>> {
    let deed = Deed::Close(order.body.reason.into());
    incidents::work(&commands, id, deed, &order.how).await
}

fn passage_if() -> RefOr<Schema> {
    web::schema::or_null(web::schema::passage())
}

/// What is still wrong, if anything is to be said of it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Reopening {
    #[schema(schema_with = passage_if)]
    text: Option<String>,
}

async fn reopen(
    commands: Commands,
    InPath(id): InPath,
    order: Order<Reopening>,
) -> Result<Answer<Written>> {
    let text = order.body.text.as_deref();
    let text = text.map(|text| parse_passage("/text", text)).transpose()?;
    let deed = Deed::Reopen(text.filter(|text| !text.is_empty()));
    incidents::work(&commands, id, deed, &order.how).await
}

/// A file of an incident.
#[derive(Debug, Serialize, ToSchema)]
struct FileBody {
    id: AttachmentId,
    name: String,
    /// What its content says that it is.
    media: String,
    /// In bytes.
    size: i64,
    /// The name of whoever brought it; absent where there is none any more, and where a program brought it.
    #[serde(skip_serializing_if = "Option::is_none")]
    author: Option<String>,
    /// Whether the caller brought it.
    is_mine: bool,
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
}

/// The files of an incident that the caller may have.
#[derive(Debug, Serialize, ToSchema)]
struct Files {
    /// At most 100, the newest first.
    items: Vec<FileBody>,
}

async fn files(reader: SignedIn, InPath(id): InPath) -> Result<Answer<Files>> {
    let mut portal = Incidents::open(&reader).await?;
    let incident = portal.incident(&reader, id).await?;
    let found = portal.attachments(&reader, &incident).await?;
    let names = words::names(&reader, &[], &[], &found).await?;
    let body = |one: Attachment| {
        let author = one.author.and_then(|who| words::called(&names, who));
        FileBody {
            id: one.id,
            name: attachments::called(&one).to_owned(),
            author: author.map(str::to_owned),
            is_mine: words::is_me(&reader, one.author),
            at: timestamp(one.at),
            media: one.media,
            size: one.size,
        }
    };
    let items = found.into_iter().map(body).collect();
    reader.answer(Files { items })
}

async fn attach(
    commands: Commands,
    InPath(id): InPath,
    file: Upload<BYTES_MAX>,
    how: Submission,
) -> Result<Answer<Written>> {
    // SD-32: what a customer sends is theirs to see.
    let new = attachments::sent(&commands, file, true);
    let new = new.map_err(|wrong| Problem::senseless("file_not_kept", "file", wrong))?;
    incidents::work(&commands, id, Deed::Attach(new), &how).await
}

async fn download(
    reader: SignedIn,
    sign_ins: SignIns,
    InPath(id): InPath,
    AttachmentInPath(attachment): AttachmentInPath,
) -> Result<Download> {
    attachments::go_out(&reader, sign_ins, Door::Portal, (id, attachment)).await
}
