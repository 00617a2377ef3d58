//! The lists of incidents: one's own, and for a Company Admin those of the company (SD-16). The newest first; what is open, then on request
//! what is done.

use access::{
    decide::permissions::{ViewCompanyIncidents, ViewIncident},
    explain::words::Name,
};
use askama::Template;
use serde::Deserialize;
use utoipa::IntoParams;
use web::{
    Result,
    guard::Anywhere,
    page::{Frame, PORTAL, Page, Pager, moment, names::Names},
    paging::{self, Paging},
    part::Query,
    route::{Route, get},
    session::Session,
};

use super::{COMPANY, MINE, NEW, frame, path};
use crate::{
    portal::words::{self, Who},
    records::{AskedIncidents, Incident, OfWhom, incidents::Incidents, titled},
};

pub(super) fn routes() -> Vec<Route> {
    vec![
        get(MINE, "portal.mine", "One's own incidents", mine).in_section(&PORTAL, "My incidents"),
        get(
            COMPANY,
            "portal.company",
            "The incidents of one's company",
            company,
        )
        .in_section(&PORTAL, "Company’s incidents"),
    ]
}

/// An incident in a list.
pub(super) struct Row {
    pub href: String,
    pub title: String,
    pub state: &'static str,
    pub shape: &'static str,
    pub service: String,
    pub opened_at: String,
    /// In a list of the company.
    pub who: Option<Who>,
}

impl Row {
    pub fn of(session: &Session, names: &Names<'_>, incident: &Incident, of: OfWhom) -> Self {
        let is_mine = words::is_me(session, incident.customer);
        let (state, shape) = words::state(incident, is_mine);
        let who = || Who::of(session, names, incident.customer, "nobody in particular");
        Self {
            href: path(incident.id),
            title: titled(&incident.title).to_owned(),
            state,
            shape,
            service: names.text(Name::Service(incident.service)),
            opened_at: moment(incident.opened_at),
            who: (of == OfWhom::Company).then(who),
        }
    }
}

/// Which incidents.
#[derive(Debug, Default, Deserialize, IntoParams)]
struct Which {
    /// `open`, `done`; what is open where it is not said.
    state: Option<String>,
}

#[derive(Template)]
#[template(path = "portal-list.html")]
struct ListPage {
    frame: Frame,
    is_open: bool,
    here: &'static str,
    log: Option<&'static str>,
    rows: Vec<Row>,
    pager: Pager,
}

async fn mine(
    reader: Anywhere<(ViewIncident,)>,
    Query(which): Query<Which>,
    paging: Paging,
) -> Result<Page<ListPage>> {
    list(&reader, OfWhom::Mine, ("My incidents", MINE), which, paging).await
}

async fn company(
    reader: Anywhere<(ViewCompanyIncidents,)>,
    Query(which): Query<Which>,
    paging: Paging,
) -> Result<Page<ListPage>> {
    let title = of_company(&reader).await?;
    list(&reader, OfWhom::Company, (&title, COMPANY), which, paging).await
}

/// What the list of the reader's company is called.
pub(super) async fn of_company(session: &Session) -> Result<String> {
    let view = session.view();
    let visible = view.visible_incidents();
    let Some((company, _)) = visible.of_company() else {
        return Ok("Company’s incidents".to_owned());
    };
    let names = Names::of_shown(session, [Name::Company(company)]).await?;
    let name = names.known(Name::Company(company)).unwrap_or("Company");
    Ok(format!("{name}’s incidents"))
}

async fn list(
    session: &Session,
    of: OfWhom,
    (title, here): (&str, &'static str),
    which: Which,
    paging: Paging,
) -> Result<Page<ListPage>> {
    let is_open = which.state.as_deref() != Some("done");
    let asked = AskedIncidents {
        of,
        open: Some(is_open),
        waits: false,
    };
    let mut portal = Incidents::open(session).await?;
    let paging::Page { items, next } = portal.page(session, &paging, &asked).await?;
    let names = words::names(session, &items, &[], &[]).await?;
    let rows = items.iter();
    let rows = rows.map(|one| Row::of(session, &names, one, of));
    let state = [("state", Some("done").filter(|_| !is_open))];
    Ok(Page::new(ListPage {
        frame: frame(session, title, here).await?,
        is_open,
        here,
        log: Some(NEW).filter(|path| of == OfWhom::Mine && session.opens(path)),
        rows: rows.collect(),
        pager: Pager::filtered(&paging, here, &state, next),
    }))
}
