//! What a customer may see ends while a page of the portal is open (AD-28). The stream says that it changed, and nothing of incidents: what staff
//! do among themselves is not even hinted at (SD-32).

use access::{
    CompanyId, ServiceId,
    decide::permissions::{LogIncident, ViewIncident},
};
use web::{
    Result,
    guard::Anywhere,
    rights::{Rights, access},
    route::{Route, get},
    session::Session,
    sign_ins::SignIns,
    stream::{Event, Events, Source},
};

pub(super) fn routes() -> Vec<Route> {
    vec![get(
        "/portal/live",
        "portal.live",
        "That what the reader sees in the portal has changed, while a page is open",
        live,
    )]
}

async fn live(reader: Anywhere<(ViewIncident, LogIncident)>, sign_ins: SignIns) -> Result<Events> {
    let stream = Stream {
        rights: Rights::of(&reader, sign_ins, Sight::of),
        is_over: false,
    };
    Events::new(&reader, stream)
}

/// What somebody sees in the portal, to be compared.
#[derive(PartialEq, Eq)]
struct Sight {
    own: Vec<ServiceId>,
    of_company: Option<(CompanyId, Vec<ServiceId>)>,
    logs_with: Vec<ServiceId>,
}

impl Sight {
    fn of(session: &Session) -> Self {
        let view = session.view();
        let visible = view.visible_incidents();
        let own = visible.own().map(|(_, services)| services.to_vec());
        let of_company = visible.of_company();
        Self {
            own: own.unwrap_or_default(),
            of_company: of_company.map(|(company, services)| (company, services.to_vec())),
            logs_with: view.logs_with(),
        }
    }
}

/// A stream of one browser.
struct Stream {
    rights: Rights<Sight>,
    is_over: bool,
}

impl Source for Stream {
    async fn next(&mut self) -> Option<Vec<Event>> {
        while !self.is_over && self.rights.may_change().await {
            match self.rights.renew().await {
                Ok(false) => {}
                Ok(true) => return Some(vec![access()]),
                Err(end) => {
                    self.is_over = true;
                    return end;
                }
            }
        }
        None
    }
}
