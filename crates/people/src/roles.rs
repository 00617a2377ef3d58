//! Account roles: three of the catalogue, the others custom (AD-2 to AD-5).

use access::{Command, PermissionSet, RoleId, catalogue::SystemRole};
use ledger::{Change, Field, Of, ProfileWrite};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use web::{
    Problem, Result,
    common::Submission,
    guard::{Commands, CommandsOn, Seen, SignedIn},
    paging::{Page, Paging},
    part::{Order, Query},
    reply::Answer,
    resource::RoleRef,
    route::{Route, delete, get, patch, post, put},
    session::Session,
    submit::Written,
};

use crate::{
    bodies, lives,
    things::{self, Search},
};

pub(crate) fn routes() -> Vec<Route> {
    vec![
        get("/api/v1/roles", "roles.list", "List account roles", list),
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
            show,
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
struct RoleBody {
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
    #[param(value_type = Option<String>)]
    replacement: Option<RoleRef>,
}

fn system_name(role: RoleId) -> Option<&'static str> {
    [
        (RoleId::SUPER_ADMIN, SystemRole::SuperAdmin),
        (RoleId::ADMIN, SystemRole::Admin),
        (RoleId::MEMBER, SystemRole::Member),
    ]
    .into_iter()
    .find_map(|(id, system)| (id == role).then(|| system.name()))
}

fn body(session: &Session, role: RoleId, name: Option<String>) -> Option<RoleBody> {
    let row = session.asked().roles().get(role)?;
    Some(RoleBody {
        id: session.id(role),
        name: system_name(role).map(str::to_owned).or(name),
        system: role.is_system(),
        life: bodies::life(row.life),
        permissions: row.permissions,
        holders: session.overseen(role, row.holders.len()),
    })
}

async fn list(
    session: SignedIn,
    paging: Paging,
    Query(search): Query<Search>,
) -> Result<Answer<Page<RoleBody>>> {
    let (roles, next) = things::page::<RoleId>(&session, &paging, &search, |_, _| true).await?;
    let profiles = things::profiles(&session, &roles).await?;
    let items = roles
        .into_iter()
        .filter_map(|role| body(&session, role, things::name(&profiles, role)))
        .collect();
    session.answer(Page { items, next })
}

async fn show(seen: Seen<RoleId>) -> Result<Answer<RoleBody>> {
    let name = things::text(Some(&things::profile(&seen, seen.on).await?), Field::Name);
    seen.answer(body(&seen, seen.on, name).ok_or_else(Problem::not_found)?)
}

async fn create(commands: Commands, order: Order<NewRole>) -> Result<Answer<Written>> {
    let id = commands.new_id::<RoleId>();
    let name = things::parse_name("/name", &order.body.name)?;
    let change = Change::from(Command::CreateRole {
        id,
        permissions: order.body.permissions,
    })
    .with_profile(ProfileWrite::new(Of::public(id)).set(Field::Name, name));
    commands.create(id, change, &order.how).await
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
