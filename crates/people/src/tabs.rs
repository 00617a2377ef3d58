//! The four tabs of Configure › Services › [service] › People: users, groups, customers, companies. A tab lists everybody of its kind
//! (SD-2). How one is saved is in `tab_saves.rs`.

use access::{
    CompanyId, GroupId, PersonId, ServiceId, View,
    decide::permissions::ConfigureDesk,
    state::{CustomerAccess, ServiceLevel, Tie},
};
use serde::Serialize;
use utoipa::ToSchema;
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

use crate::things::{self, FindPeople, Search, Thing};

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

/// A row of the Users tab.
#[derive(Debug, Serialize, ToSchema)]
struct UserRow {
    person: PersonRef,
    name: Option<String>,
    /// What is stored here; `null`: No access.
    #[schema(schema_with = crate::words::service_level)]
    level: Option<ServiceLevel>,
    /// Groups by which the user has User access, whatever is stored here (SD-10).
    through: Vec<GroupRef>,
}

/// A row of the Groups tab.
#[derive(Debug, Serialize, ToSchema)]
struct GroupRow {
    group: GroupRef,
    name: Option<String>,
    full: bool,
    /// How many people it reaches.
    members: usize,
}

/// A row of the Customers tab.
#[derive(Debug, Serialize, ToSchema)]
struct CustomerRow {
    person: PersonRef,
    name: Option<String>,
    /// What is stored here; `null`: No access.
    #[schema(schema_with = crate::words::customer_access)]
    access: Option<CustomerAccess>,
    /// The company that gives it, whatever is stored here (SD-11).
    through: Option<CompanyRef>,
}

/// A row of the Companies tab.
#[derive(Debug, Serialize, ToSchema)]
struct CompanyRow {
    company: CompanyRef,
    name: Option<String>,
    full: bool,
    /// How many people it reaches.
    employees: usize,
}

/// A page of a tab: everybody of the kind, each with the row that `row` makes.
async fn tab<K: Thing, R>(
    session: &Session,
    paging: &Paging,
    search: &Search,
    wanted: impl Fn(&View<'_>, K) -> bool,
    row: impl Fn(K, Option<String>) -> Option<R>,
) -> Result<Answer<Page<R>>> {
    let (things, next) = things::page::<K>(session, paging, search, wanted).await?;
    let profiles = things::profiles(session, &things).await?;
    let items = things
        .into_iter()
        .filter_map(|thing| row(thing, things::name(&profiles, thing)))
        .collect();
    session.answer(Page { items, next })
}

/// What a person's own ties say about the service.
fn stored<T>(session: &Session, person: PersonId, pick: impl Fn(Tie) -> Option<T>) -> Option<T> {
    let row = session.asked().people().get(person)?;
    session
        .asked()
        .ties_at(row, session.asked_at())
        .find_map(|(tie, _)| pick(tie))
}

async fn users(
    may: May<ConfigureDesk, TheAccount>,
    service: And<ServiceId>,
    paging: Paging,
) -> Result<Answer<Page<UserRow>>> {
    users_page(&may, service.0, &paging, &Search::default()).await
}

async fn find_users(
    may: May<ConfigureDesk, TheAccount>,
    service: And<ServiceId>,
    Paged { body: whom, paging }: Paged<FindPeople>,
) -> Result<Answer<Page<UserRow>>> {
    users_page(&may, service.0, &paging, &whom.search()?).await
}

async fn users_page(
    session: &Session,
    service: ServiceId,
    paging: &Paging,
    search: &Search,
) -> Result<Answer<Page<UserRow>>> {
    let is_user = |view: &View<'_>, person: PersonId| {
        view.state()
            .people()
            .get(person)
            .is_some_and(|row| row.is_user())
    };
    tab(session, paging, search, is_user, |person, name| {
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
    let level = stored(session, person, |tie| match tie {
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
        level,
        through,
    }
}

async fn groups(
    may: May<ConfigureDesk, TheAccount>,
    service: And<ServiceId>,
    paging: Paging,
    Query(search): Query<Search>,
) -> Result<Answer<Page<GroupRow>>> {
    tab(
        &may,
        &paging,
        &search,
        |_, _: GroupId| true,
        |group, name| {
            let row = may.asked().groups().get(group)?;
            Some(GroupRow {
                group: may.id(group),
                name,
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
) -> Result<Answer<Page<CustomerRow>>> {
    customers_page(&may, service.0, &paging, &Search::default()).await
}

async fn find_customers(
    may: May<ConfigureDesk, TheAccount>,
    service: And<ServiceId>,
    Paged { body: whom, paging }: Paged<FindPeople>,
) -> Result<Answer<Page<CustomerRow>>> {
    customers_page(&may, service.0, &paging, &whom.search()?).await
}

async fn customers_page(
    session: &Session,
    service: ServiceId,
    paging: &Paging,
    search: &Search,
) -> Result<Answer<Page<CustomerRow>>> {
    let is_customer = |view: &View<'_>, person: PersonId| {
        view.state()
            .people()
            .get(person)
            .is_some_and(|row| row.is_customer())
    };
    tab(session, paging, search, is_customer, |person, name| {
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
    let access = stored(session, person, |tie| match tie {
        Tie::Customer(of, access) if of == service => Some(access),
        _ => None,
    });
    let gives = |company: &CompanyId| {
        let row = session.asked().companies().get(*company);
        row.is_some_and(|row| row.life.is_active() && row.services.contains(service))
    };
    let company = session.asked().people().get(person)?.company.filter(gives);
    Some(CustomerRow {
        person: session.id(person),
        name,
        access,
        through: company.and_then(|company| session.shown(company)),
    })
}

async fn companies(
    may: May<ConfigureDesk, TheAccount>,
    service: And<ServiceId>,
    paging: Paging,
    Query(search): Query<Search>,
) -> Result<Answer<Page<CompanyRow>>> {
    tab(
        &may,
        &paging,
        &search,
        |_, _: CompanyId| true,
        |company, name| {
            let row = may.asked().companies().get(company)?;
            Some(CompanyRow {
                company: may.id(company),
                name,
                full: row.services.contains(service.0),
                employees: row.employees.len(),
            })
        },
    )
    .await
}
