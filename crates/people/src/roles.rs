//! Account roles: three of the catalogue, the others custom (AD-2 to AD-5).

use access::{Command, PermissionSet, RoleId};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use web::{
    Result,
    common::Submission,
    guard::{Commands, CommandsOn},
    page::names::system_role,
    part::{Order, Query},
    reply::Answer,
    resource::RoleRef,
    route::{Route, delete, get, patch, post, put},
    session::Session,
    submit::Written,
};

use crate::{
    bodies, lives,
    shown::{self, Shown},
};

pub(crate) fn routes() -> Vec<Route> {
    vec![
        get(
            "/api/v1/roles",
            "roles.list",
            "List account roles",
            shown::list::<RoleId>,
        ),
        post(
            "/api/v1/roles",
            "roles.create",
            "Make a custom role",
            create,
        ),
        get(
            "/api/v1/roles/{role}",
            "roles.show",
            "Show an account role",
            shown::show::<RoleId>,
        ),
        patch(
            "/api/v1/roles/{role}",
            "roles.edit",
            "Edit a custom role: its holders' rights change at once",
            edit,
        ),
        put(
            "/api/v1/roles/{role}/name",
            "roles.rename",
            "Rename a custom role",
            lives::rename::<RoleId>,
        ),
        post(
            "/api/v1/roles/{role}/archive",
            "roles.archive",
            "Archive a custom role: it gives nothing from now on",
            lives::archive::<RoleId>,
        ),
        post(
            "/api/v1/roles/{role}/restore",
            "roles.restore",
            "Restore a custom role",
            lives::restore::<RoleId>,
        ),
        delete(
            "/api/v1/roles/{role}",
            "roles.delete",
            "Delete a custom role, with a replacement if it is held",
            remove,
        ),
    ]
}

/// An account role.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RoleBody {
    id: RoleRef,
    name: Option<String>,
    /// True: of the catalogue, fixed.
    system: bool,
    /// `active` or `archived`.
    life: &'static str,
    /// What it gives.
    #[schema(schema_with = crate::words::permissions)]
    permissions: PermissionSet,
    /// How many hold it, for who sees all users; not counted for Member.
    #[serde(skip_serializing_if = "Option::is_none")]
    holders: Option<usize>,
}

/// A new custom role.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewRole {
    /// Its name.
    #[schema(schema_with = web::schema::name)]
    name: String,
    /// What it gives: ◇ permissions. Parents are added (AD-3).
    #[schema(schema_with = crate::words::permissions)]
    permissions: PermissionSet,
}

/// What changes in a custom role.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct EditRole {
    /// What it gives from now on. Parents are added, children of parents that go are taken (AD-3).
    #[schema(schema_with = crate::words::permissions)]
    permissions: PermissionSet,
}

/// What its holders hold afterwards.
#[derive(Debug, Deserialize, IntoParams)]
struct Replacement {
    /// The role that replaces it; needed while it is held (AD-5).
    #[param(inline)]
    replacement: Option<RoleRef>,
}

impl Shown for RoleId {
    type Body = RoleBody;

    fn body(self, session: &Session, name: Option<String>) -> Option<RoleBody> {
        let row = session.asked().roles().get(self)?;
        Some(RoleBody {
            id: session.id(self),
            name: system_role(self).map(str::to_owned).or(name),
            system: self.is_system(),
            life: bodies::life(row.life),
            permissions: row.permissions,
            holders: session.overseen(self, row.holders.len()),
        })
    }
}

async fn create(commands: Commands, order: Order<NewRole>) -> Result<Answer<Written>> {
    let permissions = order.body.permissions;
    lives::create(&commands, &order.body.name, &order.how, |id| {
        Command::CreateRole { id, permissions }
    })
    .await
}

async fn edit(commands: CommandsOn<RoleId>, order: Order<EditRole>) -> Result<Answer<Written>> {
    commands
        .submit(
            Command::EditRole {
                role: commands.on,
                permissions: order.body.permissions,
            },
            &order.how,
        )
        .await
}

async fn remove(
    commands: CommandsOn<RoleId>,
    Query(query): Query<Replacement>,
    how: Submission,
) -> Result<Answer<Written>> {
    let replacement = commands.named_if("replacement", query.replacement)?;
    commands
        .submit(
            Command::DeleteRole {
                role: commands.on,
                replacement,
            },
            &how,
        )
        .await
}
