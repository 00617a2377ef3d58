//! The four tabs of Configure › Services › [service] › People: users, groups, customers, companies. A tab lists everybody of its kind
//! (SD-2) with what is stored, whether or not it opens anything: whoever puts back what was read changes nothing. How one is saved is in
//! `tab_saves.rs`.

use std::borrow::Cow;

use access::{
    CompanyId, GroupId, PersonId, ServiceId, View,
    command::{Own, TabKind},
    decide::permissions::ConfigureDesk,
    state::{CustomerAccess, ServiceLevel, Tie},
};
use serde::{Deserialize, Serialize};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{AllOfBuilder, ObjectBuilder, RefOr, Schema, Type},
};
use web::{
    Result,
    guard::{And, May, TheAccount},
    paging::{Page, Paged, Paging},
    part::Query,
    reply::Answer,
    resource::{CompanyRef, GroupRef, PersonRef},
    route::{Route, get, post},
    session::Session,
};

use crate::{
    bodies::{self, WindowBody},
    people,
    things::{self, FindPeople, Search, Thing},
};

pub(crate) fn routes() -> Vec<Route> {
    vec![
        get(
            "/api/v1/services/{service}/access/users",
            "service_access.users",
            "Read the Users tab",
            users,
        ),
        post(
            "/api/v1/services/{service}/access/users/search",
            "service_access.find_users",
            "Find rows of the Users tab",
            find_users,
        ),
        get(
            "/api/v1/services/{service}/access/groups",
            "service_access.groups",
            "Read the Groups tab",
            groups,
        ),
        get(
            "/api/v1/services/{service}/access/customers",
            "service_access.customers",
            "Read the Customers tab",
            customers,
        ),
        post(
            "/api/v1/services/{service}/access/customers/search",
            "service_access.find_customers",
            "Find rows of the Customers tab",
            find_customers,
        ),
        get(
            "/api/v1/services/{service}/access/companies",
            "service_access.companies",
            "Read the Companies tab",
            companies,
        ),
    ]
}

/// A page of a tab.
#[derive(Debug, Serialize)]
struct TabPage<R> {
    #[serde(flatten)]
    page: Page<R>,
    /// On the first page: of what is stored of the whole tab.
    #[serde(skip_serializing_if = "Option::is_none")]
    mark: Option<String>,
}

impl<R: ToSchema> PartialSchema for TabPage<R> {
    fn schema() -> RefOr<Schema> {
        let mark = ObjectBuilder::new().schema_type(Type::String).description(Some(
            "On the first page: of what is stored of the whole tab. Send it as `If-Mark` with the tab that takes the place of this one.",
        ));
        AllOfBuilder::new()
            .item(Page::<R>::schema())
            .item(ObjectBuilder::new().property("mark", mark))
            .into()
    }
}

impl<R: ToSchema> ToSchema for TabPage<R> {
    fn name() -> Cow<'static, str> {
        format!("TabOf{}", R::name()).into()
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        Page::<R>::schemas(schemas);
    }
}

/// A level for a time.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LevelForATime {
    #[schema(schema_with = crate::words::service_level)]
    pub level: ServiceLevel,
    pub window: WindowBody,
}

/// An access for a time.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AccessForATime {
    #[schema(schema_with = crate::words::customer_access)]
    pub access: CustomerAccess,
    pub window: WindowBody,
}

/// A row of the Users tab.
#[derive(Debug, Serialize, ToSchema)]
struct UserRow {
    person: PersonRef,
    name: Option<String>,
    /// Of the user (AD-15): whoever is not active has no use of what is stored.
    status: String,
    /// What is stored here for ever; `null`: No access.
    #[schema(schema_with = crate::words::service_level_if)]
    level: Option<ServiceLevel>,
    /// What is stored beside it for a time, now or to come; the higher level counts.
    #[serde(skip_serializing_if = "Option::is_none")]
    for_a_time: Option<LevelForATime>,
    /// Groups by which the user has User access, whatever is stored here (SD-10).
    through: Vec<GroupRef>,
}

/// A row of the Groups tab.
#[derive(Debug, Serialize, ToSchema)]
struct GroupRow {
    group: GroupRef,
    name: Option<String>,
    /// `active` or `archived`.
    life: &'static str,
    full: bool,
    /// How many people it reaches.
    members: usize,
}

/// A row of the Customers tab.
#[derive(Debug, Serialize, ToSchema)]
struct CustomerRow {
    person: PersonRef,
    name: Option<String>,
    /// Of the customer: `active`, `unconfirmed` or `deactivated`.
    status: Option<&'static str>,
    /// What is stored here for ever; `null`: No access.
    #[schema(schema_with = crate::words::customer_access_if)]
    access: Option<CustomerAccess>,
    /// What is stored beside it for a time, now or to come.
    #[serde(skip_serializing_if = "Option::is_none")]
    for_a_time: Option<AccessForATime>,
    /// The company that gives it, whatever is stored here (SD-11).
    through: Option<CompanyRef>,
}

/// A row of the Companies tab.
#[derive(Debug, Serialize, ToSchema)]
struct CompanyRow {
    company: CompanyRef,
    name: Option<String>,
    /// `active` or `archived`.
    life: &'static str,
    full: bool,
    /// How many people it reaches.
    employees: usize,
}

/// Which rows of which tab.
struct Asked<'a> {
    service: ServiceId,
    kind: TabKind,
    paging: &'a Paging,
    search: &'a Search,
}

/// A page of a tab: everybody of the kind, each with the row that `row` makes.
async fn tab<K: Thing, R>(
    session: &Session,
    asked: Asked<'_>,
    wanted: impl Fn(&View<'_>, K) -> bool,
    row: impl Fn(K, Option<String>) -> Option<R>,
) -> Result<Answer<TabPage<R>>> {
    let (things, next) = things::page::<K>(session, asked.paging, asked.search, wanted).await?;
    let profiles = things::profiles(session, &things).await?;
    let items = things
        .into_iter()
        .filter_map(|thing| row(thing, things::name(&profiles, thing)))
        .collect();
    // What was found by a search is no whole tab, and later pages may be of another one than the first.
    let is_whole = asked.paging.is_first() && asked.search.q.is_none();
    let mark = is_whole.then(|| {
        let view = session.asked_view();
        view.tab_mark(asked.service, asked.kind)
    });
    session.answer(TabPage {
        page: Page { items, next },
        mark: mark.flatten().map(|mark| mark.to_string()),
    })
}

/// What a person's own ties say about the service, whether or not its time has come.
fn stored<A>(session: &Session, person: PersonId, pick: impl Fn(Tie) -> Option<A>) -> Own<A> {
    let mut own = Own::from(None);
    let row = session.asked().people().get(person);
    let ties = row
        .into_iter()
        .flat_map(|row| session.asked().ties_of(row))
        .filter(|(_, window, _)| !window.is_over(session.asked_at()));
    for (tie, window, _) in ties {
        match pick(tie) {
            Some(access) if window.is_always() => own.always = Some(access),
            Some(access) => own.timed = Some((access, window)),
            None => {}
        }
    }
    own
}

async fn users(
    may: May<ConfigureDesk, TheAccount>,
    service: And<ServiceId>,
    paging: Paging,
) -> Result<Answer<TabPage<UserRow>>> {
    users_page(&may, service.0, &paging, &Search::default()).await
}

async fn find_users(
    may: May<ConfigureDesk, TheAccount>,
    service: And<ServiceId>,
    Paged { body: whom, paging }: Paged<FindPeople>,
) -> Result<Answer<TabPage<UserRow>>> {
    users_page(&may, service.0, &paging, &whom.search()?).await
}

async fn users_page(
    session: &Session,
    service: ServiceId,
    paging: &Paging,
    search: &Search,
) -> Result<Answer<TabPage<UserRow>>> {
    let is_user = |view: &View<'_>, person: PersonId| {
        view.state()
            .people()
            .get(person)
            .is_some_and(|row| row.is_user())
    };
    let asked = Asked {
        service,
        kind: TabKind::Users,
        paging,
        search,
    };
    tab(session, asked, is_user, |person, name| {
        Some(user_row(session, service, person, name))
    })
    .await
}

fn user_row(
    session: &Session,
    service: ServiceId,
    person: PersonId,
    name: Option<String>,
) -> UserRow {
    let own = stored(session, person, |tie| match tie {
        Tie::Service(of, level) if of == service => Some(level),
        _ => None,
    });
    let gives = |group: &GroupId| {
        let row = session.asked().groups().get(*group);
        row.is_some_and(|row| row.life.is_active() && row.services.contains(service))
    };
    let groups = session
        .asked()
        .people()
        .get(person)
        .into_iter()
        .flat_map(|row| session.asked().ties_at(row, session.asked_at()));
    let groups = groups.filter_map(|(tie, _)| match tie {
        Tie::Group(group) => Some(group),
        _ => None,
    });
    let through = groups
        .filter(gives)
        .filter_map(|group| session.shown(group))
        .collect();
    UserRow {
        person: session.id(person),
        name,
        status: web::decision::code(&people::user_status(session, person)),
        level: own.always,
        for_a_time: own.timed.map(|(level, window)| LevelForATime {
            level,
            window: WindowBody::bounds(window),
        }),
        through,
    }
}

async fn groups(
    may: May<ConfigureDesk, TheAccount>,
    service: And<ServiceId>,
    paging: Paging,
    Query(search): Query<Search>,
) -> Result<Answer<TabPage<GroupRow>>> {
    let asked = Asked {
        service: service.0,
        kind: TabKind::Groups,
        paging: &paging,
        search: &search,
    };
    tab(
        &may,
        asked,
        |_, _: GroupId| true,
        |group, name| {
            let row = may.asked().groups().get(group)?;
            Some(GroupRow {
                group: may.id(group),
                name,
                life: bodies::life(row.life),
                full: row.services.contains(service.0),
                members: row.members.len(),
            })
        },
    )
    .await
}

async fn customers(
    may: May<ConfigureDesk, TheAccount>,
    service: And<ServiceId>,
    paging: Paging,
) -> Result<Answer<TabPage<CustomerRow>>> {
    customers_page(&may, service.0, &paging, &Search::default()).await
}

async fn find_customers(
    may: May<ConfigureDesk, TheAccount>,
    service: And<ServiceId>,
    Paged { body: whom, paging }: Paged<FindPeople>,
) -> Result<Answer<TabPage<CustomerRow>>> {
    customers_page(&may, service.0, &paging, &whom.search()?).await
}

async fn customers_page(
    session: &Session,
    service: ServiceId,
    paging: &Paging,
    search: &Search,
) -> Result<Answer<TabPage<CustomerRow>>> {
    let is_customer = |view: &View<'_>, person: PersonId| {
        view.state()
            .people()
            .get(person)
            .is_some_and(|row| row.is_customer())
    };
    let asked = Asked {
        service,
        kind: TabKind::Customers,
        paging,
        search,
    };
    tab(session, asked, is_customer, |person, name| {
        customer_row(session, service, person, name)
    })
    .await
}

fn customer_row(
    session: &Session,
    service: ServiceId,
    person: PersonId,
    name: Option<String>,
) -> Option<CustomerRow> {
    let own = stored(session, person, |tie| match tie {
        Tie::Customer(of, access) if of == service => Some(access),
        _ => None,
    });
    let gives = |company: &CompanyId| {
        let row = session.asked().companies().get(*company);
        row.is_some_and(|row| row.life.is_active() && row.services.contains(service))
    };
    let row = session.asked().people().get(person)?;
    let company = row.company.filter(gives);
    Some(CustomerRow {
        person: session.id(person),
        name,
        status: people::customer_status(row.customer),
        access: own.always,
        for_a_time: own.timed.map(|(access, window)| AccessForATime {
            access,
            window: WindowBody::bounds(window),
        }),
        through: company.and_then(|company| session.shown(company)),
    })
}

async fn companies(
    may: May<ConfigureDesk, TheAccount>,
    service: And<ServiceId>,
    paging: Paging,
    Query(search): Query<Search>,
) -> Result<Answer<TabPage<CompanyRow>>> {
    let asked = Asked {
        service: service.0,
        kind: TabKind::Companies,
        paging: &paging,
        search: &search,
    };
    tab(
        &may,
        asked,
        |_, _: CompanyId| true,
        |company, name| {
            let row = may.asked().companies().get(company)?;
            Some(CompanyRow {
                company: may.id(company),
                name,
                life: bodies::life(row.life),
                full: row.services.contains(service.0),
                employees: row.employees.len(),
            })
        },
    )
    .await
}
