//! Saving the four tabs of a service, each on its own: saving one never touches another (SD-18, I-7).
//!
//! PATCH sends the rows that changed, and leaves the others as they are, whoever changes them meanwhile: 100,000 customers are saved in as
//! many steps as their bodies need. PUT sends the whole tab; who is not in it has no access of their own afterwards. It needs the mark
//! that GET gave, so that it takes nothing away that the caller has not read.

use access::{
    Command, CompanyId, GroupId, PersonId, ServiceId,
    command::{Own, Tab},
    state::{CustomerAccess, ServiceLevel},
};
use serde::Deserialize;
use utoipa::ToSchema;
use web::{
    Result,
    guard::CommandsOn,
    part::{Order, Replacement},
    reply::Answer,
    resource::{CompanyRef, GroupRef, Id, PersonRef, Resource},
    route::{Route, patch, put},
    session::Session,
    submit::Written,
};

use crate::tabs::{AccessForATime, LevelForATime};

pub(crate) fn routes() -> Vec<Route> {
    vec![
        patch(
            "/api/v1/services/{service}/access/users",
            "service_access.save_users",
            "Save rows of the Users tab; those that are not named stay as they are",
            save_users,
        ),
        put(
            "/api/v1/services/{service}/access/users",
            "service_access.replace_users",
            "Replace the Users tab: who is not named has no access of their own; needs the mark of what was read",
            replace_users,
        ),
        patch(
            "/api/v1/services/{service}/access/groups",
            "service_access.save_groups",
            "Save rows of the Groups tab; those that are not named stay as they are",
            save_groups,
        ),
        put(
            "/api/v1/services/{service}/access/groups",
            "service_access.replace_groups",
            "Replace the Groups tab: who is not named has no access of their own; needs the mark of what was read",
            replace_groups,
        ),
        patch(
            "/api/v1/services/{service}/access/customers",
            "service_access.save_customers",
            "Save rows of the Customers tab; those that are not named stay as they are",
            save_customers,
        ),
        put(
            "/api/v1/services/{service}/access/customers",
            "service_access.replace_customers",
            "Replace the Customers tab: who is not named has no access of their own; needs the mark of what was read",
            replace_customers,
        ),
        patch(
            "/api/v1/services/{service}/access/companies",
            "service_access.save_companies",
            "Save rows of the Companies tab; those that are not named stay as they are",
            save_companies,
        ),
        put(
            "/api/v1/services/{service}/access/companies",
            "service_access.replace_companies",
            "Replace the Companies tab: who is not named has no access of their own; needs the mark of what was read",
            replace_companies,
        ),
    ]
}

/// Rows of the Users tab.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct UserRows {
    rows: Vec<SaveUser>,
}

/// A row to save.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SaveUser {
    person: PersonRef,
    /// `null`: No access.
    #[schema(schema_with = crate::words::service_level_if)]
    level: Option<ServiceLevel>,
}

/// The Users tab.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct UsersTab {
    rows: Vec<UserInTab>,
}

/// A row of the whole tab, as it is read.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct UserInTab {
    person: PersonRef,
    /// For ever; `null`: No access.
    #[schema(schema_with = crate::words::service_level_if)]
    level: Option<ServiceLevel>,
    /// Beside it, for a time.
    #[serde(default)]
    for_a_time: Option<LevelForATime>,
}

/// Rows of the Groups tab.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct GroupRows {
    rows: Vec<SaveGroup>,
}

/// A row to save.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SaveGroup {
    group: GroupRef,
    /// True: Full access; false: No access.
    full: bool,
}

/// Rows of the Customers tab.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CustomerRows {
    rows: Vec<SaveCustomer>,
}

/// A row to save.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SaveCustomer {
    person: PersonRef,
    /// `null`: No access.
    #[schema(schema_with = crate::words::customer_access_if)]
    access: Option<CustomerAccess>,
}

/// The Customers tab.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CustomersTab {
    rows: Vec<CustomerInTab>,
}

/// A row of the whole tab, as it is read.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CustomerInTab {
    person: PersonRef,
    /// For ever; `null`: No access.
    #[schema(schema_with = crate::words::customer_access_if)]
    access: Option<CustomerAccess>,
    /// Beside it, for a time.
    #[serde(default)]
    for_a_time: Option<AccessForATime>,
}

/// Rows of the Companies tab.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CompanyRows {
    rows: Vec<SaveCompany>,
}

/// A row to save.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SaveCompany {
    company: CompanyRef,
    /// True: Full access; false: No access.
    full: bool,
}

/// The rows of a save, each with the thing that its member `kind` names.
fn named<K: Resource, R, T>(
    session: &Session,
    kind: &str,
    rows: &[R],
    row: impl Fn(&R) -> (Id<K>, T),
) -> Result<Vec<(K, T)>> {
    let rows = rows.iter().map(row).enumerate();
    rows.map(|(at, (id, said))| {
        let thing = session.named(format_args!("/rows/{at}/{kind}"), id)?;
        Ok((thing, said))
    })
    .collect()
}

fn users(session: &Session, rows: &[SaveUser]) -> Result<Vec<(PersonId, Option<ServiceLevel>)>> {
    named(session, "person", rows, |row| (row.person, row.level))
}

async fn save_users(
    commands: CommandsOn<ServiceId>,
    order: Order<UserRows>,
) -> Result<Answer<Written>> {
    let (service, rows) = (commands.on, users(&commands, &order.body.rows)?);
    commands
        .submit(Command::SaveUsersTab { service, rows }, &order.how)
        .await
}

async fn replace_users(
    commands: CommandsOn<ServiceId>,
    whole: Replacement<UsersTab>,
) -> Result<Answer<Written>> {
    let rows = named(&commands, "person", &whole.order.body.rows, |row| {
        let timed = row.for_a_time.map(|own| (own.level, own.window.window()));
        let always = row.level;
        (row.person, Own { always, timed })
    })?;
    replace(&commands, Tab::Users(rows), whole).await
}

fn customers(
    session: &Session,
    rows: &[SaveCustomer],
) -> Result<Vec<(PersonId, Option<CustomerAccess>)>> {
    named(session, "person", rows, |row| (row.person, row.access))
}

async fn save_customers(
    commands: CommandsOn<ServiceId>,
    order: Order<CustomerRows>,
) -> Result<Answer<Written>> {
    let (service, rows) = (commands.on, customers(&commands, &order.body.rows)?);
    commands
        .submit(Command::SaveCustomersTab { service, rows }, &order.how)
        .await
}

async fn replace_customers(
    commands: CommandsOn<ServiceId>,
    whole: Replacement<CustomersTab>,
) -> Result<Answer<Written>> {
    let rows = named(&commands, "person", &whole.order.body.rows, |row| {
        let timed = row.for_a_time.map(|own| (own.access, own.window.window()));
        let always = row.access;
        (row.person, Own { always, timed })
    })?;
    replace(&commands, Tab::Customers(rows), whole).await
}

fn groups(session: &Session, rows: &[SaveGroup]) -> Result<Vec<(GroupId, bool)>> {
    named(session, "group", rows, |row| (row.group, row.full))
}

async fn save_groups(
    commands: CommandsOn<ServiceId>,
    order: Order<GroupRows>,
) -> Result<Answer<Written>> {
    let (service, rows) = (commands.on, groups(&commands, &order.body.rows)?);
    commands
        .submit(Command::SaveGroupsTab { service, rows }, &order.how)
        .await
}

async fn replace_groups(
    commands: CommandsOn<ServiceId>,
    whole: Replacement<GroupRows>,
) -> Result<Answer<Written>> {
    let rows = groups(&commands, &whole.order.body.rows)?;
    let rows = rows
        .into_iter()
        .filter_map(|(id, full)| full.then_some(id))
        .collect();
    replace(&commands, Tab::Groups(rows), whole).await
}

fn companies(session: &Session, rows: &[SaveCompany]) -> Result<Vec<(CompanyId, bool)>> {
    named(session, "company", rows, |row| (row.company, row.full))
}

async fn save_companies(
    commands: CommandsOn<ServiceId>,
    order: Order<CompanyRows>,
) -> Result<Answer<Written>> {
    let (service, rows) = (commands.on, companies(&commands, &order.body.rows)?);
    commands
        .submit(Command::SaveCompaniesTab { service, rows }, &order.how)
        .await
}

async fn replace_companies(
    commands: CommandsOn<ServiceId>,
    whole: Replacement<CompanyRows>,
) -> Result<Answer<Written>> {
    let rows = companies(&commands, &whole.order.body.rows)?;
    let rows = rows
        .into_iter()
        .filter_map(|(id, full)| full.then_some(id))
        .collect();
    replace(&commands, Tab::Companies(rows), whole).await
}

async fn replace<T>(
    commands: &CommandsOn<ServiceId>,
    tab: Tab,
    whole: Replacement<T>,
) -> Result<Answer<Written>> {
    let (service, read) = (commands.on, whole.read);
    let command = Command::ReplaceTab { service, tab, read };
    commands.submit(command, &whole.order.how).await
}
