//! Configure › Services: the list, and a new service (SD-1, SD-2).

use access::{
    Command, PersonId, ServiceId,
    decide::permissions::ConfigureDesk,
    explain::words::Name,
    state::{Facet, Person},
};
use askama::Template;
use ledger::{Change, Field, Of, ProfileWrite};
use serde::Deserialize;
use web::{
    Result,
    guard::{May, TheAccount},
    lists::Count,
    page::{
        Attention, CONFIGURE, Frame, Looked, Page, Pager, Picked, Picker, SeeOther, Sent,
        find::Kind,
        names::{Mark, Names},
        person::Spot,
        review::{Asking, Filled, Reviewed},
    },
    paging::Paging,
    route::{Route, get, post},
    session::Session,
    things::{self, Search},
    values,
};

use crate::{
    access::{count, everybody},
    person,
    tab::{PLACE, SECTION},
};

const PEOPLE: &[Kind] = &[Kind::User];
/// Services that Home looks at.
const LOOKED_AT_MAX: usize = 1_000;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        get(
            PLACE,
            "services.page",
            "The services of the desk, to configure",
            show,
        )
        .in_section(&CONFIGURE, "Services")
        .watching(to_repair)
        .on_person(Spot::ServiceDesk, person::as_staff)
        .on_person(Spot::AsCustomer, person::as_customer),
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
    users: Count,
    groups: Count,
    /// Customers and companies: for whoever sees those of every company (SD-33).
    customers: Option<Count>,
    companies: Option<Count>,
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
    let view = session.view();
    let sees_all = view.sees_all_customers();
    // Who has access, by whichever way: what is stored here alone says little.
    let people = found
        .iter()
        .flat_map(|service| [Facet::User, Facet::Customer].map(|of| everybody(of, *service)));
    let counts = session.list_counts(&people.collect::<Vec<_>>()).await?;
    let rows = found.iter().zip(counts.chunks(2));
    let rows = rows.filter_map(|(service, counts)| {
        let row = session.state().services().get(*service)?;
        Some(Row {
            name: names.mark(Name::Service(*service)),
            is_archived: !row.life.is_active(),
            users: counts[0],
            groups: count(session, row.groups.iter()),
            customers: sees_all.then(|| counts[1]),
            companies: sees_all.then(|| count(session, row.companies.iter())),
            is_broken: view.is_without_users(*service),
        })
    });
    Ok(Page::new(ServicesPage {
        rows: rows.collect(),
        frame: Frame::of(session, "Services", PLACE, SECTION).await?,
        pager: Pager::new(&paging, PLACE, next),
    }))
}

/// SD-39: services whose last user lost access.
fn to_repair(session: &Session) -> Looked<'_> {
    Box::pin(std::future::ready(Ok(broken(session))))
}

fn broken(session: &Session) -> Vec<Attention> {
    let view = session.view();
    let services = session.state().services().ids().take(LOOKED_AT_MAX);
    let broken = services.filter(|service| view.is_without_users(*service));
    let broken: Vec<_> = broken.take(2).collect();
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

fn is_user(session: &Session, person: PersonId) -> bool {
    let row = session.state().people().get(person);
    row.is_some_and(Person::is_user)
}

#[derive(Template)]
#[template(path = "service-new.html")]
struct NewPage {
    frame: Frame,
    name: String,
    error: Option<String>,
    first: Picker,
}

fn first() -> Picker {
    Picker::new("first_administrator", "Name or address of a user", PEOPLE)
}

async fn new_page(
    session: &Session,
    name: String,
    error: Option<String>,
    first: Picker,
) -> Result<NewPage> {
    let frame = Frame::of(session, "New service", "/configure/services/new", SECTION).await?;
    Ok(NewPage {
        frame: frame.below(PLACE, "Services"),
        name,
        error,
        first,
    })
}

async fn new(may: May<ConfigureDesk, TheAccount>) -> Result<Page<NewPage>> {
    let page = new_page(&may, String::new(), None, first());
    page.await.map(Page::new)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewService {
    name: String,
    first_administrator: Option<String>,
    first_administrator_text: Option<String>,
    first_administrator_asked: Option<String>,
}

async fn make(
    may: May<ConfigureDesk, TheAccount>,
    form: Reviewed<NewService>,
) -> Result<Filled<NewPage>> {
    let session = &*may;
    let body = &form.body;
    let sent = Sent {
        id: body.first_administrator.clone(),
        text: body.first_administrator_text.clone(),
        asked: body.first_administrator_asked.clone(),
    };
    let picked = match first().pick(session, PEOPLE, sent.clone()).await? {
        Picked::One(person) if !is_user(session, person) => {
            let first = first().with("", sent.text.clone().unwrap_or_default());
            Picked::Not(first.wrong("This is a customer. Name a user of the account."))
        }
        picked => picked,
    };
    let (name, first_administrator) = match (values::name(&body.name), picked) {
        (Ok(name), Picked::One(person)) => (name.to_owned(), person),
        (name, picked) => {
            let error = name.err().map(|error| format!("Please {error}."));
            let first = match picked {
                Picked::Not(first) => first,
                Picked::One(_) => first().take(session, PEOPLE, sent).await?,
            };
            let page = new_page(session, body.name.clone(), error, first).await?;
            return Ok(Filled::Again(Page::again(page)));
        }
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
