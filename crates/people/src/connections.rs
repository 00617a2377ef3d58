//! Connections: programs that are subjects of their own, each with a role that it never exceeds (AD-29).

use access::{Command, ConnectionId, state::ConnectionKind};
use ledger::{Change, Field, Of, ProfileWrite};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use web::{
    Problem, Result,
    guard::{Commands, CommandsOn, Seen, SignedIn},
    paging::{Page, Paging},
    part::{Order, Query},
    reply::Answer,
    resource::{ConnectionRef, RoleRef},
    route::{Route, get, post, put},
    session::Session,
    submit::Written,
};

use crate::{
    bodies,
    lives::lives,
    things::{self, Search},
};

pub(crate) fn routes() -> Vec<Route> {
    let mut routes = vec![
        get(
            "/api/v1/connections",
            "connections.list",
            "List connections",
            list,
        ),
        post(
            "/api/v1/connections",
            "connections.create",
            "Make a connection with a role",
            create,
        ),
        get(
            "/api/v1/connections/{connection}",
            "connections.show",
            "Show a connection",
            show,
        ),
        put(
            "/api/v1/connections/{connection}/role",
            "connections.set_role",
            "Give a connection another role",
            set_role,
        ),
    ];
    routes.extend(lives!(
        ConnectionId,
        "/api/v1/connections/{connection}",
        "connections",
        "a connection"
    ));
    routes
}

/// A connection.
#[derive(Debug, Serialize, ToSchema)]
struct ConnectionBody {
    id: ConnectionRef,
    name: Option<String>,
    /// `active` or `archived`.
    life: &'static str,
    /// What it is for: `provisioning`, `sign_in_provider` or `service`.
    kind: String,
    /// It never does more than this role.
    role: Option<RoleRef>,
}

/// A new connection.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewConnection {
    /// Its name.
    name: String,
    /// Its role: one that the caller may give.
    role: RoleRef,
    /// What it is for: `provisioning`, which alone switches people off whatever their rank, `sign_in_provider`, or `service`.
    #[serde(default)]
    #[schema(value_type = String)]
    kind: ConnectionKind,
}

/// A role.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ItsRole {
    role: RoleRef,
}

fn body(
    session: &Session,
    connection: ConnectionId,
    name: Option<String>,
) -> Option<ConnectionBody> {
    let row = session.asked().connections().get(connection)?;
    Some(ConnectionBody {
        id: session.id(connection),
        name,
        life: bodies::life(row.life),
        kind: web::decision::code(&row.kind),
        role: session.shown(row.role),
    })
}

async fn list(
    session: SignedIn,
    paging: Paging,
    Query(search): Query<Search>,
) -> Result<Answer<Page<ConnectionBody>>> {
    let (connections, next) =
        things::page::<ConnectionId>(&session, &paging, &search, |_, _| true).await?;
    let profiles = things::profiles(&session, &connections).await?;
    let items = connections
        .into_iter()
        .filter_map(|connection| body(&session, connection, things::name(&profiles, connection)))
        .collect();
    session.answer(Page { items, next })
}

async fn show(seen: Seen<ConnectionId>) -> Result<Answer<ConnectionBody>> {
    let name = things::text(Some(&things::profile(&seen, seen.on).await?), Field::Name);
    seen.answer(body(&seen, seen.on, name).ok_or_else(Problem::not_found)?)
}

async fn create(commands: Commands, order: Order<NewConnection>) -> Result<Answer<Written>> {
    let id = commands.new_id::<ConnectionId>();
    let name = things::parse_name("/name", &order.body.name)?;
    let (role, kind) = (commands.named("/role", order.body.role)?, order.body.kind);
    let change = Change::from(Command::CreateConnection { id, role, kind })
        .with_profile(ProfileWrite::new(Of::public(id)).set(Field::Name, name));
    commands.create(id, change, &order.how).await
}

async fn set_role(
    commands: CommandsOn<ConnectionId>,
    order: Order<ItsRole>,
) -> Result<Answer<Written>> {
    let role = commands.named("/role", order.body.role)?;
    commands
        .submit(
            Command::SetConnectionRole {
                connection: commands.on,
                role,
            },
            &order.how,
        )
        .await
}
