//! Services of the desk (SD-1, SD-28, SD-29). Who has access to one is in `tabs.rs`.

use access::{
    Command, PersonId, ServiceId,
    state::{DueDateOverride, ServiceLevel, Tie},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use web::{
    Result,
    common::Submission,
    guard::{And, Commands, CommandsOn},
    part::Order,
    reply::Answer,
    resource::{PersonRef, ServiceRef},
    route::{Route, delete, get, post, put},
    session::Session,
    submit::Written,
};

use crate::{
    bodies::{self, WindowBody},
    lives::{self, lives},
    shown::{self, Shown},
    ties,
};

pub(crate) fn routes() -> Vec<Route> {
    let mut routes = vec![
        get(
            "/api/v1/services",
            "services.list",
            "List services",
            shown::list::<ServiceId>,
        ),
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
            shown::show::<ServiceId>,
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
        delete(
            "/api/v1/services/{service}/users/{person}",
            "services.take_level",
            "Take a user's level on the service away, whatever it is and however long",
            take_level,
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
pub(crate) struct ServiceBody {
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
    #[schema(schema_with = web::schema::name)]
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

impl Shown for ServiceId {
    type Body = ServiceBody;

    fn body(self, session: &Session, name: Option<String>) -> Option<ServiceBody> {
        let row = session.asked().services().get(self)?;
        Some(ServiceBody {
            id: session.id(self),
            name,
            life: bodies::life(row.life),
            due_date_override: session.overseen(self, row.due_date_override),
            open_to_all: session.overseen(self, row.open_to_all),
        })
    }
}

async fn create(commands: Commands, order: Order<NewService>) -> Result<Answer<Written>> {
    let first_administrator =
        commands.named("/first_administrator", order.body.first_administrator)?;
    lives::create(&commands, &order.body.name, &order.how, |id| {
        Command::CreateService {
            id,
            first_administrator,
        }
    })
    .await
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

async fn take_level(
    commands: CommandsOn<ServiceId>,
    person: And<PersonId>,
    how: Submission,
) -> Result<Answer<Written>> {
    let (service, rows) = (commands.on, vec![(person.0, None)]);
    let command = Command::SaveUsersTab { service, rows };
    commands.submit(command, &how).await
}
