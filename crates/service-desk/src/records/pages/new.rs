//! A new record: first of which service and kind, then what is to be said of it, so that everything that is offered is of that service.

use access::{
    ServiceId,
    decide::{PermissionType, permissions::CreateRecord},
    explain::words::Name,
};
use askama::Template;
use serde::Deserialize;
use utoipa::IntoParams;
use web::{
    Result,
    common::Submission,
    guard::{Anywhere, SignedIn},
    page::{Either, Frame, Page, Picker, Refused, SeeOther, Taken, form::Form, names::Names},
    part::Query,
    route::{Route, get, post},
    session::Session,
};

use super::{
    LIST, SECTION,
    fields::{self, ASSIGNEES, CUSTOMERS, CategoryChoice, Choice},
    path,
};
use crate::records::{Content, Kind, Priority, Status, desk::Desk, rest};

pub(super) const PATH: &str = "/service-desk/records/new";

type Writer = Anywhere<(CreateRecord,)>;

pub(super) fn routes() -> Vec<Route> {
    vec![
        get(PATH, "records_page.new", "The form of a new record", ask),
        post(PATH, "records_page.open", "Open a record", open),
    ]
}

/// Of which service, and which kind.
#[derive(Debug, Default, Deserialize, IntoParams)]
struct Which {
    /// The service, by its id.
    service: Option<String>,
    /// The kind, by its word.
    kind: Option<String>,
}

struct Service {
    id: String,
    name: String,
}

#[derive(Template)]
#[template(path = "record-new-where.html")]
pub(super) struct WherePage {
    frame: Frame,
    services: Vec<Service>,
    kinds: Vec<(&'static str, &'static str)>,
}

#[derive(Template)]
#[template(path = "record-new.html")]
pub(super) struct NewPage {
    frame: Frame,
    service: String,
    service_name: String,
    kind: &'static str,
    title: String,
    description: String,
    priorities: Vec<Choice>,
    categories: Vec<CategoryChoice>,
    assignee: Picker,
    customer: Picker,
    wrong_title: Option<String>,
    wrong_description: Option<String>,
    wrong: Option<String>,
}

async fn frame(session: &Session, title: &str) -> Result<Frame> {
    let frame = Frame::of(session, title, PATH, SECTION).await?;
    Ok(frame.below(LIST, "Records"))
}

/// The first step, or the second.
async fn ask(
    writer: Writer,
    Query(which): Query<Which>,
) -> Result<Either<Page<WherePage>, Page<NewPage>>> {
    let session = &*writer;
    let service = which.service.as_deref();
    let service = service.and_then(|id| creatable(session, id));
    let kind = kind_of(which.kind.as_deref());
    if let (Some(service), Some(kind)) = (service, kind) {
        let page = new_page(session, service, kind, &NewForm::default()).await?;
        return Ok(Either::Again(Page::new(page)));
    }
    let view = session.view();
    let may = |service: &ServiceId| view.may(CreateRecord::PERMISSION, *service);
    let services = session.state().services().ids().filter(may);
    let services: Vec<_> = services.collect();
    let named = services.iter().map(|one| Name::Service(*one));
    let names = Names::of(session, named.collect::<Vec<_>>()).await?;
    let shown = |one: &ServiceId| Service {
        id: session.id(*one).0.to_string(),
        name: names.text(Name::Service(*one)),
    };
    Ok(Either::Done(Page::new(WherePage {
        frame: frame(session, "New record").await?,
        services: services.iter().map(shown).collect(),
        kinds: Kind::ALL.map(|kind| (kind.word(), kind.title())).into(),
    })))
}

/// A service on which the reader may open records.
fn creatable(session: &Session, id: &str) -> Option<ServiceId> {
    let service = fields::service(session, id)?;
    let may = session.view().may(CreateRecord::PERMISSION, service);
    may.then_some(service)
}

fn kind_of(word: Option<&str>) -> Option<Kind> {
    Kind::ALL.into_iter().find(|kind| Some(kind.word()) == word)
}

/// What somebody fills in.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct NewForm {
    service: String,
    kind: String,
    title: String,
    description: String,
    priority: String,
    #[serde(default)]
    category: String,
    assignee: Option<String>,
    assignee_text: Option<String>,
    assignee_asked: Option<String>,
    customer: Option<String>,
    customer_text: Option<String>,
    customer_asked: Option<String>,
}

async fn new_page(
    session: &Session,
    service: ServiceId,
    kind: Kind,
    form: &NewForm,
) -> Result<NewPage> {
    let names = Names::of(session, [Name::Service(service)]).await?;
    let sent = |id, text, asked| fields::sent(id, text, asked);
    let assignee = sent(&form.assignee, &form.assignee_text, &form.assignee_asked);
    let customer = sent(&form.customer, &form.customer_text, &form.customer_asked);
    let priority = fields::parsed(&form.priority, Priority::of_number);
    let mut desk = Desk::open(session).await?;
    let categories = desk.categories(session, &[service]).await?;
    drop(desk);
    Ok(NewPage {
        categories: fields::categories(categories, form.category.parse().ok()),
        frame: frame(session, &format!("New {}", kind.word())).await?,
        service: session.id(service).0.to_string(),
        service_name: names.text(Name::Service(service)),
        kind: kind.word(),
        title: form.title.clone(),
        description: form.description.clone(),
        priorities: fields::priorities(priority.unwrap_or(Priority::DEFAULT)),
        assignee: fields::assignee(session, service)
            .take(session, ASSIGNEES, assignee)
            .await?,
        customer: fields::customer(session, service)
            .take(session, CUSTOMERS, customer)
            .await?,
        wrong_title: None,
        wrong_description: None,
        wrong: None,
    })
}

async fn open(writer: SignedIn, Form(form): Form<NewForm>) -> Result<Taken<NewPage>> {
    let session = &*writer;
    let (Some(service), Some(kind)) = (
        fields::service(session, &form.service),
        kind_of(Some(&form.kind)),
    ) else {
        return Err(web::Problem::not_found());
    };
    let mut page = new_page(session, service, kind, &form).await?;
    let (title, description) = (
        fields::title(&form.title),
        fields::passage(&form.description),
    );
    let is_open = page.assignee.is_open() || page.customer.is_open();
    let (title, description) = match (title, description) {
        (Ok(title), Ok(description)) if !is_open => (title, description),
        (title, description) => {
            (page.wrong_title, page.wrong_description) = (title.err(), description.err());
            return Ok(Taken::Again(Page::again(page)));
        }
    };
    let content = Content {
        title,
        description,
        priority: fields::parsed(&form.priority, Priority::of_number).unwrap_or(Priority::DEFAULT),
        status: Status::FIRST,
        reason: None,
        assignee: fields::chosen_assignee(session, &page.assignee, None)?,
        customer: page.customer.thing(session)?,
        company: None,
        category: form.category.parse().ok(),
    };
    let how = Submission::default();
    let done = rest::submit_new(session, kind, service, content, &how).await;
    let (id, done) = match done {
        Ok((id, done)) => (Some(id), Ok(done)),
        Err(problem) => (None, Err(problem)),
    };
    match (Refused::of(done)?, id) {
        (None, Some(id)) => Ok(Taken::Done(
            SeeOther::to(path(id)).saying("The record is open."),
        )),
        (refused, _) => {
            page.wrong = refused.map(|refused| refused.why);
            Ok(Taken::Again(Page::again(page)))
        }
    }
}
