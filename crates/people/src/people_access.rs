//! What is stored about one person's access: role, grants, memberships, levels, licences.

use access::{
    PermissionSet, PersonId, Subject,
    decide::Asking,
    state::{CompanyAccess, CustomerAccess, ServiceLevel, Tie},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use web::{
    Problem, Result,
    guard::{CommandsOn, Seen},
    part::Order,
    reply::Answer,
    resource::{CompanyRef, PersonRef, RoleRef, UserGroupRef},
    route::{Route, get, put},
    session::Session,
    submit::Written,
};

use crate::bodies::{self, GrantBody, WindowBody};

pub(crate) fn routes() -> Vec<Route> {
    vec![
        get(
            "/api/v1/people/{person}/access",
            "people.access",
            "Show what is stored about a person's access",
            show,
        ),
        put(
            "/api/v1/people/{person}/company-access",
            "people.set_company_access",
            "Choose the companies that a user sees; of a list that stands, those that the caller does not see stay",
            set_company_access,
        ),
    ]
}

/// What is stored about a person's access, as far as the caller sees what it names. What follows from it is a question to `decisions`.
#[derive(Debug, Serialize, ToSchema)]
struct AccessBody {
    person: PersonRef,
    /// AD-1.
    #[serde(skip_serializing_if = "Option::is_none")]
    account_role: Option<RoleRef>,
    /// The user groups that a custom role is scoped to; absent: all.
    #[serde(skip_serializing_if = "Option::is_none")]
    role_user_groups: Option<Vec<UserGroupRef>>,
    /// AD-9.
    extra_grants: Vec<GrantBody>,
    /// Privileges of a limited account admin.
    #[serde(skip_serializing_if = "Option::is_none")]
    limited_admin: Option<LimitedAdminBody>,
    /// AD-16.
    billing_contact: bool,
    /// SD-33; absent: all companies.
    #[serde(skip_serializing_if = "Option::is_none")]
    companies: Option<ListedCompaniesBody>,
    /// Memberships, levels, licences and product roles.
    ties: Vec<TieBody>,
}

/// Privileges of a limited account admin.
#[derive(Debug, Serialize, ToSchema)]
struct LimitedAdminBody {
    #[schema(schema_with = crate::words::permissions)]
    privileges: PermissionSet,
    /// Absent: all users.
    #[serde(skip_serializing_if = "Option::is_none")]
    user_groups: Option<Vec<UserGroupRef>>,
}

/// The companies that a user sees.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ListedCompaniesBody {
    /// AD-26: an empty list shows none.
    companies: Vec<CompanyRef>,
    /// Whether what has no company is shown.
    without_company: bool,
}

/// The companies that a user sees.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CompanyAccessBody {
    /// The list; `null`: all companies.
    listed: Option<ListedCompaniesBody>,
}

/// One tie.
#[derive(Debug, Serialize, ToSchema)]
struct TieBody {
    /// What it is.
    kind: &'static str,
    /// To what.
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    /// Level, access, permission or right, by its key.
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<String>,
    /// When it counts; absent: always.
    #[serde(skip_serializing_if = "Option::is_none")]
    window: Option<WindowBody>,
}

async fn show(seen: Seen<PersonId>) -> Result<Answer<AccessBody>> {
    let asking = seen.asking(Subject::Person(seen.on))?;
    seen.answer(body(&seen, asking).ok_or_else(Problem::not_found)?)
}

fn body(session: &Session, asking: Asking) -> Option<AccessBody> {
    let Subject::Person(person) = asking.about() else {
        return None;
    };
    let state = session.asked();
    let row = state.people().get(person)?;
    let extras = row.extras();
    let ties = row.ties.iter().filter_map(|tie| match *tie {
        // What has not begun or has ended is shown too: it says so.
        Tie::Timed(timed) => {
            let timed = state.timed_ties().get(timed)?;
            tie_body(session, timed.tie, WindowBody::of(timed.window))
        }
        tie => tie_body(session, tie, None),
    });
    let companies = match &extras.company_access {
        CompanyAccess::All => None,
        CompanyAccess::Listed {
            companies,
            without_company,
        } => Some(ListedCompaniesBody {
            companies: companies
                .iter()
                .filter_map(|company| session.shown(company))
                .collect(),
            without_company: *without_company,
        }),
    };
    Some(AccessBody {
        person: session.shown(person)?,
        account_role: session.shown(row.account_role),
        role_user_groups: bodies::scope_body(session, &extras.role_scope),
        extra_grants: extras
            .extra_grants
            .iter()
            .map(|grant| GrantBody::of(session, grant))
            .collect(),
        limited_admin: extras.limited_admin.as_ref().map(|admin| LimitedAdminBody {
            privileges: admin.privileges,
            user_groups: bodies::scope_body(session, &admin.scope),
        }),
        billing_contact: state.account().billing_contact == Some(person),
        companies,
        ties: ties.collect(),
    })
}

/// A tie to something that the caller sees.
fn tie_body(session: &Session, tie: Tie, window: Option<WindowBody>) -> Option<TieBody> {
    fn id<K: web::resource::Resource>(session: &Session, thing: K) -> Option<Option<String>> {
        session.shown(thing).map(|id| Some(id.0.to_string()))
    }
    let (kind, id, key) = match tie {
        Tie::Licence(licence) => ("licence", id(session, licence)?, None),
        Tie::Service(service, level) => (
            "service_level",
            id(session, service)?,
            Some(level_key(level)),
        ),
        Tie::Customer(service, access) => (
            "customer_access",
            id(session, service)?,
            Some(access_key(access)),
        ),
        Tie::Group(group) => ("group", id(session, group)?, None),
        Tie::UserGroup(group) => ("user_group", id(session, group)?, None),
        Tie::QueueAgent(queue) => ("queue_agent", id(session, queue)?, None),
        Tie::QueueSupervisor(queue) => ("queue_supervisor", id(session, queue)?, None),
        Tie::Login(queue, basis) => (
            "login",
            id(session, queue)?,
            Some(web::decision::code(&basis)),
        ),
        Tie::Paused(queue) => ("paused", id(session, queue)?, None),
        Tie::DeviceGroup(group) => ("device_group", id(session, group)?, None),
        Tie::Agent => ("agent", None, None),
        Tie::Feature(permission) => ("feature", None, Some(permission.key().to_owned())),
        Tie::AccountAdmin(kind) => ("account_admin", None, Some(web::decision::code(&kind))),
        Tie::ContactAdmin => ("contact_admin", None, None),
        Tie::DeskRight(right) => ("desk_right", None, Some(web::decision::code(&right))),
        Tie::ProductRole(product, role) => (
            "product_role",
            id(session, product)?,
            Some(session.asked().products().role_key(product, role)),
        ),
        Tie::Timed(_) => ("timed", None, None),
    };
    Some(TieBody {
        kind,
        id,
        key,
        window,
    })
}

fn level_key(level: ServiceLevel) -> String {
    web::decision::code(&level)
}

fn access_key(access: CustomerAccess) -> String {
    web::decision::code(&access)
}

async fn set_company_access(
    commands: CommandsOn<PersonId>,
    order: Order<CompanyAccessBody>,
) -> Result<Answer<Written>> {
    let listed = order.body.listed.as_ref().map(|listed| {
        Ok::<_, Problem>(access::event::ListedCompanies {
            companies: commands.named_all("/listed/companies", &listed.companies)?,
            without_company: listed.without_company,
        })
    });
    let listed = listed.transpose()?;
    commands
        .submit(
            access::Command::SetCompanyAccess {
                person: commands.on,
                listed,
            },
            &order.how,
        )
        .await
}
