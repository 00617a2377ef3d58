//! The first page of the portal: three things, and one's newest incidents.

use access::decide::permissions::{LogIncident, ViewIncident};
use askama::Template;
use web::{
    Result,
    guard::Anywhere,
    page::{Frame, PORTAL, Page},
    paging::Paging,
    route::{Route, get},
};

use super::{
    COMPANY, HOME, MINE, NEW, frame,
    list::{Row, of_company},
};
use crate::{
    portal::words,
    records::{AskedIncidents, COUNTED_MAX, OfWhom, incidents::Incidents},
};

/// Incidents that are shown at once.
const NEWEST: usize = 5;

pub(super) fn routes() -> Vec<Route> {
    vec![get(HOME, "portal.home", "What a customer can do", show).in_section(&PORTAL, "Start")]
}

#[derive(Template)]
#[template(path = "portal-home.html")]
struct HomePage {
    frame: Frame,
    log: Option<&'static str>,
    mine: &'static str,
    /// How many, in words.
    counts: String,
    company: Option<Door>,
    rows: Vec<Row>,
}

struct Door {
    path: &'static str,
    label: String,
    counts: String,
}

async fn show(reader: Anywhere<(ViewIncident, LogIncident)>) -> Result<Page<HomePage>> {
    let session = &*reader;
    let mut portal = Incidents::open(session).await?;
    let asked = |of, open, waits| AskedIncidents { of, open, waits };
    let open = asked(OfWhom::Mine, Some(true), false);
    let (open, waits) = (
        portal.count(session, &open).await?,
        portal
            .count(session, &asked(OfWhom::Mine, None, true))
            .await?,
    );
    let company = match session.opens(COMPANY) {
        false => None,
        true => {
            let all = asked(OfWhom::Company, Some(true), false);
            Some(Door {
                path: COMPANY,
                label: of_company(session).await?,
                counts: format!("{} open", up_to(portal.count(session, &all).await?)),
            })
        }
    };
    let newest = Paging::first(session, NEWEST);
    let all = asked(OfWhom::Mine, None, false);
    let mut newest = portal.page(session, &newest, &all).await?.items;
    newest.truncate(NEWEST);
    let names = words::names(session, &newest, &[], &[]).await?;
    let rows = newest.iter();
    let rows = rows.map(|one| Row::of(session, &names, one, OfWhom::Mine));
    Ok(Page::new(HomePage {
        frame: frame(session, "Home", HOME).await?,
        log: Some(NEW).filter(|path| session.opens(path)),
        mine: MINE,
        counts: counts(open, waits),
        company,
        rows: rows.collect(),
    }))
}

fn counts(open: i64, waits: i64) -> String {
    match (open, waits) {
        (0, _) => "None is open".to_owned(),
        (open, 0) => format!("{} open", up_to(open)),
        (open, 1) => format!("{} open, 1 waits for you", up_to(open)),
        (open, waits) => format!("{} open, {} wait for you", up_to(open), up_to(waits)),
    }
}

fn up_to(count: i64) -> String {
    match count > COUNTED_MAX {
        true => format!("more than {COUNTED_MAX}"),
        false => count.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_told_as_people_say_them() {
        for (open, waits, told) in [
            (0, 0, "None is open"),
            (1, 0, "1 open"),
            (2, 1, "2 open, 1 waits for you"),
            (1_001, 2, "more than 1000 open, 2 wait for you"),
        ] {
            assert_eq!(counts(open, waits), told);
        }
    }
}
