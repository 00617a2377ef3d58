//! Connections: programs that are subjects of their own, each with a role that it never exceeds (AD-29).

use access::{
    Command, ConnectionId, PersonId, Subject,
    decide::UserStatus,
    state::{ConnectionKind, ConnectionRights},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use web::{
    Result,
    guard::{Commands, CommandsOn},
    part::Order,
    reply::Answer,
    resource::{ConnectionRef, PersonRef, RoleRef},
    route::{Route, get, post, put},
    session::Session,
    submit::Written,
};

use crate::{
    bodies,
    lives::{self, lives},
    shown::{self, Shown},
};

pub(crate) fn routes() -> Vec<Route> {
    let mut routes = vec![
        get(
            "/api/v1/connections",
            "connections.list",
            "List connections",
            shown::list::<ConnectionId>,
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
            shown::show::<ConnectionId>,
        ),
        put(
            "/api/v1/connections/{connection}/role",
            "connections.set_role",
            "Give a connection another role",
            set_role,
        ),
        put(
            "/api/v1/connections/{connection}/rights",
            "connections.set_rights",
            "Choose what a connection may do in products",
            set_rights,
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
pub(crate) struct ConnectionBody {
    id: ConnectionRef,
    name: Option<String>,
    /// `active` or `archived`.
    life: &'static str,
    /// What it is for: `provisioning`, `sign_in_provider` or `service`.
    kind: String,
    /// It never does more than this role.
    role: Option<RoleRef>,
    /// What it may do in products beside it.
    rights: Rights,
    /// Who made it, where a person did whom the caller sees.
    #[serde(skip_serializing_if = "Option::is_none")]
    maker: Option<PersonRef>,
    /// Whether that person is no user any more, or a deactivated one: the connection lives on (AD-29).
    #[serde(skip_serializing_if = "Option::is_none")]
    maker_left: Option<bool>,
}

/// A new connection.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewConnection {
    /// Its name.
    #[schema(schema_with = web::schema::name)]
    name: String,
    /// Its role: one that the caller may give.
    role: RoleRef,
    /// What it is for: `provisioning`, which alone switches people off whatever their rank, `sign_in_provider`, or `service`.
    #[serde(default)]
    #[schema(schema_with = crate::words::connection_kind)]
    kind: ConnectionKind,
    /// What it may do in products; absent: nothing.
    #[serde(default)]
    rights: Rights,
}

/// What a connection may do in products beside its role: by it mappings give levels and queue roles (AD-30).
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
struct Rights {
    /// `service_desk.account.configure`.
    configure_desk: bool,
    /// Contact admin.
    contact_admin: bool,
}

impl Rights {
    fn of(rights: ConnectionRights) -> Self {
        Self {
            configure_desk: rights.configure_desk,
            contact_admin: rights.contact_admin,
        }
    }

    /// As the core has them.
    fn rights(self) -> ConnectionRights {
        ConnectionRights {
            configure_desk: self.configure_desk,
            contact_admin: self.contact_admin,
        }
    }
}

/// A role.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ItsRole {
    role: RoleRef,
}

impl Shown for ConnectionId {
    type Body = ConnectionBody;

    fn body(self, session: &Session, name: Option<String>) -> Option<ConnectionBody> {
        let row = session.asked().connections().get(self)?;
        Some(ConnectionBody {
            id: session.id(self),
            name,
            life: bodies::life(row.life),
            kind: web::decision::code(&row.kind),
            role: session.shown(row.role),
            rights: Rights::of(row.rights),
            maker: row.maker.and_then(|maker| session.shown(maker)),
            maker_left: row.maker.map(|maker| has_left(session, maker)),
        })
    }
}

/// AD-29: the connection lives on, and it is shown.
pub(crate) fn has_left(session: &Session, person: PersonId) -> bool {
    let view = session
        .asked()
        .view(Subject::Person(person), session.asked_at());
    matches!(
        view.user_status(person),
        UserStatus::Absent | UserStatus::Deactivated
    )
}

async fn create(commands: Commands, order: Order<NewConnection>) -> Result<Answer<Written>> {
    let (role, kind) = (commands.named("/role", order.body.role)?, order.body.kind);
    let rights = order.body.rights.rights();
    lives::create(&commands, &order.body.name, &order.how, |id| {
        Command::CreateConnection {
            id,
            role,
            kind,
            rights,
        }
    })
    .await
}

async fn set_rights(
    commands: CommandsOn<ConnectionId>,
    order: Order<Rights>,
) -> Result<Answer<Written>> {
    let command = Command::SetConnectionRights {
        connection: commands.on,
        rights: order.body.rights(),
    };
    commands.submit(command, &order.how).await
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
