//! Logging an incident: with which service, and what is wrong.

use access::{ServiceId, decide::permissions::LogIncident, explain::words::Name};
use askama::Template;
use serde::Deserialize;
use web::{
    Problem, Result,
    common::Submission,
    guard::{Anywhere, SignedIn},
    page::{Frame, PORTAL, Page, Refused, SeeOther, Taken, form::Form, names::Names},
    route::{Route, get, post},
    session::Session,
};

use super::{HOME, NEW, frame, path};
use crate::records::{incidents, passage, title};

pub(super) fn routes() -> Vec<Route> {
    vec![
        get(NEW, "portal.new", "The form of a new incident", ask)
            .in_section(&PORTAL, "Log an incident"),
        post(NEW, "portal.log", "Log an incident", log),
    ]
}

struct Choice {
    id: String,
    name: String,
    is_chosen: bool,
}

#[derive(Template)]
#[template(path = "portal-new.html")]
struct NewPage {
    frame: Frame,
    home: &'static str,
    services: Vec<Choice>,
    title: String,
    description: String,
    wrong_title: Option<String>,
    wrong_description: Option<String>,
    wrong: Option<String>,
}

/// What somebody fills in.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct NewForm {
    service: String,
    title: String,
    description: String,
}

impl NewPage {
    async fn of(session: &Session, form: &NewForm) -> Result<Self> {
        let services = session.view().logs_with();
        let named = services.iter().map(|one| Name::Service(*one));
        let names = Names::of_shown(session, named.collect::<Vec<_>>()).await?;
        let choice = |one: &ServiceId| {
            let id = session.id(*one).0.to_string();
            Choice {
                is_chosen: id == form.service,
                name: names.text(Name::Service(*one)),
                id,
            }
        };
        Ok(Self {
            frame: frame(session, "Log an incident", NEW).await?,
            home: HOME,
            services: services.iter().map(choice).collect(),
            title: form.title.clone(),
            description: form.description.clone(),
            wrong_title: None,
            wrong_description: None,
            wrong: None,
        })
    }
}

async fn ask(reader: Anywhere<(LogIncident,)>) -> Result<Page<NewPage>> {
    let page = NewPage::of(&reader, &NewForm::default()).await?;
    Ok(Page::new(page))
}

async fn log(reader: SignedIn, Form(form): Form<NewForm>) -> Result<Taken<NewPage>> {
    let session = &*reader;
    let view = session.view();
    let mut services = view.logs_with().into_iter();
    let service = services.find(|one| session.id(*one).0.to_string() == form.service);
    let service = service.ok_or_else(Problem::not_found)?;
    let (title, description) = match (title(&form.title), passage(&form.description)) {
        (Ok(title), Ok(description)) => (title, description),
        (title, description) => {
            let mut page = NewPage::of(session, &form).await?;
            (page.wrong_title, page.wrong_description) = (title.err(), description.err());
            return Ok(Taken::Again(Page::again(page)));
        }
    };
    let how = Submission::default();
    let (id, done) = match incidents::log(session, service, (title, description), &how).await {
        Ok((id, done)) => (Some(id), Ok(done)),
        Err(problem) => (None, Err(problem)),
    };
    match (Refused::of(done)?, id) {
        (None, Some(id)) => Ok(Taken::Done(
            SeeOther::to(path(id)).saying("We have it, and answer here."),
        )),
        (refused, _) => {
            let mut page = NewPage::of(session, &form).await?;
            page.wrong = refused.map(|refused| refused.why);
            Ok(Taken::Again(Page::again(page)))
        }
    }
}
