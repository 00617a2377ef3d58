//! Services of the desk (SD-1, SD-28, SD-29). Who has access to one is in `tabs.rs`.

use access::{
    Command, PersonId, ServiceId,
    state::{DueDateOverride, ServiceLevel, Tie},
};
use ledger::{Change, Field, Of, ProfileWrite};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use web::{
    Problem, Result,
    guard::{And, Commands, CommandsOn, Seen, SignedIn},
    paging::{Page, Paging},
    part::{Order, Query},
    reply::Answer,
    resource::{PersonRef, ServiceRef},
    route::{Route, get, post, put},
    session::Session,
    submit::Written,
};

use crate::{
    bodies::{self, WindowBody},
    lives::lives,
    things::{self, Search},
    ties,
};

pub(crate) fn routes() -> Vec<Route> {
    let mut routes = vec![
        get("/api/v1/services", "services.list", "List services", list),
        post(
            "/api/v1/services",
            "services.create",
            "Make a service and name its first administrator",
            create,
        ),
        get(
            "/api/v1/services/{service}",
            "services.show",
            "Show a service",
            show,
        ),
        put(
            "/api/v1/services/{service}/due-date-override",
            "services.set_due_date_override",
            "Say who may override due dates",
            set_override,
        ),
        put(
            "/api/v1/services/{service}/open-to-all",
            "services.set_open_to_all",
            "Give the service to everybody who registers, or not",
            set_open,
        ),
        put(
            "/api/v1/services/{service}/users/{person}",
            "services.set_level",
            "Give a user a level on the service, for ever or for a time",
            set_level,
        ),
    ];
    routes.extend(lives!(
        ServiceId,
        "/api/v1/services/{service}",
        "services",
        "a service"
    ));
    routes
}

/// A service.
#[derive(Debug, Serialize, ToSchema)]
struct ServiceBody {
    id: ServiceRef,
    name: Option<String>,
    /// `active` or `archived`.
    life: &'static str,
    /// SD-29; for staff of the service, like the next.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = crate::words::due_date_override)]
    due_date_override: Option<DueDateOverride>,
    /// SD-23.
    #[serde(skip_serializing_if = "Option::is_none")]
    open_to_all: Option<bool>,
}

/// A new service.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewService {
    /// Its name.
    name: String,
    /// Its first administrator.
    first_administrator: PersonRef,
}

/// Who may override due dates.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Override {
    #[schema(schema_with = crate::words::due_date_override)]
    policy: DueDateOverride,
}

/// Whether everybody who registers gets it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Open {
    open: bool,
}

/// A user's level.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct LevelOnService {
    #[schema(schema_with = crate::words::service_level)]
    level: ServiceLevel,
    /// When it counts.
    #[serde(default)]
    window: WindowBody,
}

fn body(session: &Session, service: ServiceId, name: Option<String>) -> Option<ServiceBody> {
    let row = session.asked().services().get(service)?;
    Some(ServiceBody {
        id: session.id(service),
        name,
        life: bodies::life(row.life),
        due_date_override: session.overseen(service, row.due_date_override),
        open_to_all: session.overseen(service, row.open_to_all),
    })
}

async fn list(
    session: SignedIn,
    paging: Paging,
    Query(search): Query<Search>,
) -> Result<Answer<Page<ServiceBody>>> {
    let (services, next) =
        things::page::<ServiceId>(&session, &paging, &search, |_, _| true).await?;
    let profiles = things::profiles(&session, &services).await?;
    let items = services
        .into_iter()
        .filter_map(|service| body(&session, service, things::name(&profiles, service)))
        .collect();
    session.answer(Page { items, next })
}

async fn show(seen: Seen<ServiceId>) -> Result<Answer<ServiceBody>> {
    let name = things::text(Some(&things::profile(&seen, seen.on).await?), Field::Name);
    seen.answer(body(&seen, seen.on, name).ok_or_else(Problem::not_found)?)
}

async fn create(commands: Commands, order: Order<NewService>) -> Result<Answer<Written>> {
    let id = commands.new_id::<ServiceId>();
    let name = things::parse_name("/name", &order.body.name)?;
    let first_administrator =
        commands.named("/first_administrator", order.body.first_administrator)?;
    let change = Change::from(Command::CreateService {
        id,
        first_administrator,
    })
    .with_profile(ProfileWrite::new(Of::public(id)).set(Field::Name, name));
    commands.create(id, change, &order.how).await
}

async fn set_override(
    commands: CommandsOn<ServiceId>,
    order: Order<Override>,
) -> Result<Answer<Written>> {
    commands
        .submit(
            Command::SetDueDateOverride {
                service: commands.on,
                policy: order.body.policy,
            },
            &order.how,
        )
        .await
}

async fn set_open(commands: CommandsOn<ServiceId>, order: Order<Open>) -> Result<Answer<Written>> {
    commands
        .submit(
            Command::SetServiceOpenToAll {
                service: commands.on,
                open: order.body.open,
            },
            &order.how,
        )
        .await
}

async fn set_level(
    commands: CommandsOn<ServiceId>,
    person: And<PersonId>,
    order: Order<LevelOnService>,
) -> Result<Answer<Written>> {
    let tie = Tie::Service(commands.on, order.body.level);
    ties::tie(&commands, person.0, tie, order.body.window, &order.how).await
}
