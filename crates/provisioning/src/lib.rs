//! SCIM 2.0: directories keep users and groups here. What whoever connects one needs to know stands in `docs/scim.md`, and why it is as it is in
//! `docs/decisions/0035-scim.md`.
//!
//! **For** connections of the kind provisioning. The face translates what a directory says into commands that the connection gives as itself
//! (AD-29), keeps what was said in rows beside them, and tells refusals in the standard's words. The standard itself stands in the crate `scim`.
//!
//! **Must never know** a rule: who may be switched off or brought back (AD-24), and what a group gives (AD-30), is said by the core. Nothing
//! that a directory wrote is logged.
//!
//! **Start reading** in `users.rs`, then `users/write.rs` and `links/`, which holds the rows.

mod access_told;
mod consequence;
mod dialect;
mod directory;
mod discovery;
mod dry_run;
mod groups;
mod links;
mod log;
mod pages;
mod reply;
mod request;
mod search;
mod users;

use ledger::{Consequence, Consequences};
use web::route::{Route, delete, get, patch, post, put};

use self::dialect::DIALECT;

/// Under which the standard's addresses are.
pub(crate) const BASE: &str = web::page::connection::SCIM;

/// What follows in rows of this slice.
pub static CONSEQUENCES: Consequences = &[&consequence::ConnectionEnded as &dyn Consequence];

/// Every route of this slice.
pub fn routes() -> Vec<Route> {
    let mut routes = of_the_standard();
    routes.extend(log::rest::routes());
    routes.extend(pages::routes());
    routes.push(post(
        "/api/v1/connections/{connection}/provisioning/dry-run",
        "provisioning.dry_run",
        "Say of users of a directory who would match whom, come new, or clash; nothing is written",
        dry_run::try_users,
    )
    .answering(&[409]));
    routes
}

fn of_the_standard() -> Vec<Route> {
    vec![
        get(
            "/scim/v2/ServiceProviderConfig",
            "scim.config",
            "SCIM: what the server can do",
            discovery::config,
        )
        .telling(DIALECT),
        get(
            "/scim/v2/ResourceTypes",
            "scim.resource_types",
            "SCIM: the kinds of resources",
            discovery::resource_types,
        ),
        get(
            "/scim/v2/ResourceTypes/{resource_type}",
            "scim.resource_type",
            "SCIM: a kind of resource",
            discovery::resource_type,
        ),
        get(
            "/scim/v2/Schemas",
            "scim.schemas",
            "SCIM: the schemas",
            discovery::schemas,
        ),
        get(
            "/scim/v2/Schemas/{schema}",
            "scim.schema",
            "SCIM: a schema",
            discovery::schema,
        ),
        post(
            "/scim/v2/.search",
            "scim.search",
            "SCIM: find users and groups",
            search::all,
        ),
        get(
            "/scim/v2/Users",
            "scim.users",
            "SCIM: list users",
            search::list_users,
        ),
        post(
            "/scim/v2/Users",
            "scim.create_user",
            "SCIM: create a user",
            users::create,
        ),
        post(
            "/scim/v2/Users/.search",
            "scim.search_users",
            "SCIM: find users",
            search::users,
        ),
        get(
            "/scim/v2/Users/{user}",
            "scim.user",
            "SCIM: read a user",
            users::read,
        ),
        put(
            "/scim/v2/Users/{user}",
            "scim.replace_user",
            "SCIM: replace a user",
            users::replace,
        ),
        patch(
            "/scim/v2/Users/{user}",
            "scim.patch_user",
            "SCIM: change a user",
            users::patch,
        ),
        delete(
            "/scim/v2/Users/{user}",
            "scim.delete_user",
            "SCIM: delete a user, who is deactivated",
            users::delete,
        ),
        get(
            "/scim/v2/Groups",
            "scim.groups",
            "SCIM: list groups",
            search::list_groups,
        ),
        post(
            "/scim/v2/Groups",
            "scim.create_group",
            "SCIM: create a group",
            groups::create,
        ),
        post(
            "/scim/v2/Groups/.search",
            "scim.search_groups",
            "SCIM: find groups",
            search::groups,
        ),
        get(
            "/scim/v2/Groups/{directory_group}",
            "scim.group",
            "SCIM: read a group",
            groups::read,
        ),
        put(
            "/scim/v2/Groups/{directory_group}",
            "scim.replace_group",
            "SCIM: replace a group",
            groups::replace,
        ),
        patch(
            "/scim/v2/Groups/{directory_group}",
            "scim.patch_group",
            "SCIM: change a group",
            groups::patch,
        ),
        delete(
            "/scim/v2/Groups/{directory_group}",
            "scim.delete_group",
            "SCIM: delete a group",
            groups::delete,
        ),
    ]
}
