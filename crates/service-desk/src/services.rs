//! Configure › Services: the list, and a new service (SD-1, SD-2).

use access::{
    Command, Dense, PersonId, ServiceId,
    decide::permissions::ConfigureDesk,
    explain::words::Name,
    state::{Life, Service},
};
use askama::Template;
use ledger::{Change, Field, Of, ProfileWrite, person_of_email};
use serde::Deserialize;
use web::{
    Result,
    guard::{May, TheAccount},
    page::{
        Attention, CONFIGURE, Frame, Page, Pager, SeeOther,
        names::{Mark, Names},
        review::{Asking, Filled, Reviewed},
    },
    paging::Paging,
    route::{Route, get, post},
    session::{Session, failed},
    things::{self, Search},
    values,
};

use crate::tab::{PLACE, SECTION};

pub(crate) fn routes() -> Vec<Route> {
    vec![
        get(
            PLACE,
            "services.page",
            "The services of the desk, to configure",
            show,
        )
        .in_section(&CONFIGURE, "Services")
        .watching(to_repair),
        get(
            "/configure/services/new",
            "services.new_page",
            "The form of a new service",
            new,
        ),
        post(
            "/configure/services/new",
            "services.make",
            "Make a service and name its first administrator",
            make,
        ),
    ]
}

struct Row {
    name: Mark,
    is_archived: bool,
    users: usize,
    groups: usize,
    customers: usize,
    companies: usize,
    is_broken: bool,
}

#[derive(Template)]
#[template(path = "services.html")]
struct ServicesPage {
    frame: Frame,
    rows: Vec<Row>,
    pager: Pager,
}

async fn show(may: May<ConfigureDesk, TheAccount>, paging: Paging) -> Result<Page<ServicesPage>> {
    let session = &*may;
    let (found, next) =
        things::page::<ServiceId>(session, &paging, &Search::default(), |_, _| true).await?;
    let names = Names::of(
        session,
        found
            .iter()
            .map(|one| Name::Service(*one))
            .collect::<Vec<_>>(),
    )
    .await?;
    let rows = found.iter().filter_map(|service| {
        let row = session.state().services().get(*service)?;
        let staff = row
            .people
            .iter()
            .filter(|person| {
                session
                    .state()
                    .people()
                    .get(*person)
                    .is_some_and(access::state::Person::is_user)
            })
            .count();
        Some(Row {
            name: names.mark(Name::Service(*service)),
            is_archived: !row.life.is_active(),
            users: staff,
            groups: row.groups.len(),
            customers: row.people.len() - staff,
            companies: row.companies.len(),
            // SD-39
            is_broken: row.life == Life::Active && is_without_users(session, row),
        })
    });
    Ok(Page::new(ServicesPage {
        rows: rows.collect(),
        frame: Frame::of(session, "Services", PLACE, SECTION).await?,
        pager: Pager::new(&paging, PLACE, next),
    }))
}

/// SD-39: services whose last user lost access.
fn to_repair(session: &Session) -> Vec<Attention> {
    let broken = session
        .state()
        .services()
        .iter()
        .filter(|(_, row)| row.life == Life::Active && is_without_users(session, row));
    let broken: Vec<_> = broken.take(2).map(|(service, _)| service).collect();
    let (text, href) = match *broken.as_slice() {
        [] => return Vec::new(),
        [one] => (
            "One service has nobody left who works on it.",
            session
                .link(Name::Service(one))
                .unwrap_or_else(|| PLACE.to_owned()),
        ),
        _ => (
            "Several services have nobody left who works on them.",
            PLACE.to_owned(),
        ),
    };
    vec![Attention {
        text: text.to_owned(),
        label: "Choose somebody",
        href,
    }]
}

/// Nobody works on it any more: no user with a level of their own, and no group with anybody in it (SD-39).
fn is_without_users(session: &Session, row: &Service) -> bool {
    let state = session.state();
    let staff = row.people.iter().any(|person| {
        state
            .people()
            .get(person)
            .is_some_and(access::state::Person::is_user)
    });
    let grouped = row.groups.iter().any(|group| {
        let row = state.groups().get(group);
        row.is_some_and(|row| row.life.is_active() && !row.members.is_empty())
    });
    !staff && !grouped
}

#[derive(Default)]
struct Typed {
    name: String,
    address: String,
    /// What is wrong with each.
    name_error: Option<String>,
    address_error: Option<&'static str>,
}

#[derive(Template)]
#[template(path = "service-new.html")]
struct NewPage {
    frame: Frame,
    typed: Typed,
}

async fn new_page(session: &Session, typed: Typed) -> Result<NewPage> {
    let frame = Frame::of(session, "New service", "/configure/services/new", SECTION).await?;
    Ok(NewPage {
        frame: frame.below(PLACE, "Services"),
        typed,
    })
}

async fn new(may: May<ConfigureDesk, TheAccount>) -> Result<Page<NewPage>> {
    new_page(&may, Typed::default()).await.map(Page::new)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewService {
    name: String,
    first_administrator: String,
}

async fn make(
    may: May<ConfigureDesk, TheAccount>,
    form: Reviewed<NewService>,
) -> Result<Filled<NewPage>> {
    let session = &*may;
    let name = values::parse_name("name", &form.body.name);
    let mut reading = session.account.read().await.map_err(failed)?;
    let address = form.body.first_administrator.trim();
    let person = person_of_email(&mut reading.tx, session.account.id(), address).await;
    let person = person
        .map_err(failed)?
        .and_then(PersonId::from_number)
        .filter(|person| session.view().sees(*person));
    let is_user = |person: &PersonId| {
        session
            .state()
            .people()
            .get(*person)
            .is_some_and(access::state::Person::is_user)
    };
    let (Ok(name), Some(first_administrator)) = (&name, person.filter(is_user)) else {
        let typed = Typed {
            name_error: name.err().and_then(|problem| problem.body().detail),
            address_error: person.filter(is_user).is_none().then_some(
                "No user has this address. Name a user of the account by their e-mail address.",
            ),
            name: form.body.name.clone(),
            address: form.body.first_administrator.clone(),
        };
        return Ok(Filled::Again(Page::again(new_page(session, typed).await?)));
    };
    let id = session.new_id::<ServiceId>();
    let change = Change::from(Command::CreateService {
        id,
        first_administrator,
    })
    .with_profile(ProfileWrite::new(Of::public(id)).set(Field::Name, name.clone()));
    let asking = Asking {
        title: format!("Make the service {name}?"),
        about: "The first administrator may do everything on it. Others are chosen afterwards."
            .to_owned(),
        button: "Make the service".to_owned(),
        action: "/configure/services/new".to_owned(),
        back: "/configure/services/new".to_owned(),
        place: SECTION,
        moves: Vec::new(),
    };
    let settled = form.settle(session, change, asking).await?;
    let taken = settled.then(|_| {
        SeeOther::to(format!("{PLACE}/{id}")).saying("The service is made. Choose its people.")
    });
    Ok(Filled::Settled(taken))
}
