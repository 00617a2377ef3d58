//! Companies and their domains (SD-21 to SD-23). Customers are sorted into them in `sorting.rs`.

use access::{
    Command, CompanyId, Domain,
    decide::{OnAccount, permissions::ConfigureDesk},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use web::{
    Result,
    common::Submission,
    guard::{Commands, CommandsOn},
    paging::{Cursor, Paged},
    part::{Order, Path},
    reply::Answer,
    resource::{CompanyRef, PersonRef, ServiceRef},
    route::{Route, delete, get, post, put},
    session::Session,
    sorting,
    submit::Written,
};

use crate::{
    bodies::{self, NewName},
    lives::{self, lives},
    shown::{self, Shown},
};

pub(crate) fn routes() -> Vec<Route> {
    let mut routes = vec![
        get(
            "/api/v1/companies",
            "companies.list",
            "List companies",
            shown::list::<CompanyId>,
        ),
        post(
            "/api/v1/companies",
            "companies.create",
            "Make a company",
            create,
        ),
        get(
            "/api/v1/companies/{company}",
            "companies.show",
            "Show a company",
            shown::show::<CompanyId>,
        ),
        post(
            "/api/v1/companies/{company}/domains",
            "companies.add_domain",
            "Add a domain: it will sort new customers into the company",
            add_domain,
        ),
        delete(
            "/api/v1/companies/{company}/domains/{domain}",
            "companies.remove_domain",
            "Remove a domain",
            remove_domain,
        ),
        put(
            "/api/v1/companies/{company}/registration",
            "companies.set_registration",
            "Let people of its domains register themselves, or not",
            set_registration,
        ),
    ];
    routes.extend(lives!(
        CompanyId,
        "/api/v1/companies/{company}",
        "companies",
        "a company"
    ));
    routes
}

/// A company.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CompanyBody {
    id: CompanyRef,
    name: Option<String>,
    /// `active` or `archived`.
    life: &'static str,
    /// Its e-mail domains (SD-22); for who configures the desk, like the next two.
    #[serde(skip_serializing_if = "Option::is_none")]
    domains: Option<Vec<String>>,
    /// The services given to it (SD-9), as far as the caller sees them.
    services: Vec<ServiceRef>,
    /// How many people it has.
    #[serde(skip_serializing_if = "Option::is_none")]
    employees: Option<usize>,
    /// SD-23.
    #[serde(skip_serializing_if = "Option::is_none")]
    accepts_registration: Option<bool>,
}

/// A domain.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewDomain {
    /// Like `example.org`.
    domain: String,
}

/// A domain in the path.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
struct DomainInPath {
    /// Like `example.org`.
    domain: String,
}

/// Whether people register themselves.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Registration {
    /// SD-23.
    accepts: bool,
}

impl Shown for CompanyId {
    type Body = CompanyBody;

    fn body(self, session: &Session, name: Option<String>) -> Option<CompanyBody> {
        let row = session.asked().companies().get(self)?;
        Some(CompanyBody {
            id: session.id(self),
            name,
            life: bodies::life(row.life),
            domains: session.overseen(self, row.domains.iter().map(ToString::to_string).collect()),
            services: row
                .services
                .iter()
                .filter_map(|service| session.shown(service))
                .collect(),
            employees: session.overseen(self, row.employees.len()),
            accepts_registration: session.overseen(self, row.accepts_registration),
        })
    }
}

async fn create(commands: Commands, order: Order<NewName>) -> Result<Answer<Written>> {
    lives::create(&commands, &order.body.name, &order.how, |id| {
        Command::CreateCompany { id }
    })
    .await
}

/// A domain was added, or would be.
#[derive(Debug, Serialize, ToSchema)]
struct DomainAdded {
    #[serde(flatten)]
    written: Written,
    /// With `dry_run`: a page of the customers whom *sort now* will place here by the domain. It gives them the services of the company.
    #[serde(skip_serializing_if = "Option::is_none")]
    catches: Option<Vec<PersonRef>>,
    /// With `dry_run`: send it as `page` for those who follow; absent when everybody was looked at.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<Cursor>,
}

async fn add_domain(
    commands: CommandsOn<CompanyId>,
    asked: Paged<NewDomain>,
    how: Submission,
) -> Result<Answer<DomainAdded>> {
    let domain = asked.body.domain.trim();
    let command = Command::AddDomain {
        company: commands.on,
        domain: domain.into(),
    };
    let done = commands.submit(command, &how).await?;
    let (mut catches, mut next) = (None, None);
    if let (true, Ok(added)) = (how.dry_run, Domain::parse(domain)) {
        let permit = commands.permit(ConfigureDesk, OnAccount)?;
        let caught = |of: &Domain| commands.state().would_catch(&added, of);
        let (people, more) = sorting::waiting(&commands, permit, &asked.paging, caught).await?;
        let people = people.into_iter().map(|(person, _)| commands.id(person));
        (catches, next) = (Some(people.collect()), more);
    }
    Ok(Answer {
        version: done.version,
        body: DomainAdded {
            written: done.body,
            catches,
            next,
        },
    })
}

async fn remove_domain(
    commands: CommandsOn<CompanyId>,
    Path(path): Path<DomainInPath>,
    how: Submission,
) -> Result<Answer<Written>> {
    commands
        .submit(
            Command::RemoveDomain {
                company: commands.on,
                domain: path.domain.into(),
            },
            &how,
        )
        .await
}

async fn set_registration(
    commands: CommandsOn<CompanyId>,
    order: Order<Registration>,
) -> Result<Answer<Written>> {
    let accepts = order.body.accepts;
    commands
        .submit(
            Command::SetCompanyRegistration {
                company: commands.on,
                accepts,
            },
            &order.how,
        )
        .await
}
