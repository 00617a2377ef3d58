//! The catalogue: every permission, system role and switch with what it says about itself.

use access::{Permission, PermissionSet, Product, catalogue::SystemRole};
use serde::Serialize;
use utoipa::ToSchema;
use web::{
    Result,
    guard::SignedIn,
    reply::Answer,
    route::{Route, get},
};

pub(crate) fn routes() -> Vec<Route> {
    vec![get(
        "/api/v1/catalogue",
        "catalogue.show",
        "Show every permission and system role",
        show,
    )]
}

/// The catalogue of this version of the product.
#[derive(Debug, Serialize, ToSchema)]
struct Catalogue {
    permissions: Vec<PermissionBody>,
    roles: Vec<RoleOfCatalogue>,
}

/// A permission.
#[derive(Debug, Serialize, ToSchema)]
struct PermissionBody {
    #[schema(schema_with = crate::words::permission)]
    permission: Permission,
    #[schema(schema_with = crate::words::product)]
    product: Product,
    /// Its name on a screen, as it stands after "may".
    label: &'static str,
    /// What it opens.
    allows: &'static str,
    /// What must be held with it.
    #[schema(schema_with = crate::words::permission_if)]
    parent: Option<Permission>,
    /// The kind of thing it is given over.
    scope: &'static str,
    /// Whose licence its holder needs.
    #[schema(schema_with = crate::words::product_if)]
    licence: Option<Product>,
    /// May be part of a custom role.
    custom: bool,
}

/// A system role.
#[derive(Debug, Serialize, ToSchema)]
struct RoleOfCatalogue {
    role: &'static str,
    name: &'static str,
    /// What it gives.
    #[schema(schema_with = crate::words::permissions)]
    permissions: PermissionSet,
    /// What may be given to its holder one by one.
    #[schema(schema_with = crate::words::permissions)]
    choices: PermissionSet,
}

async fn show(session: SignedIn) -> Result<Answer<Catalogue>> {
    let permission = |permission: Permission| PermissionBody {
        permission,
        product: permission.product(),
        label: permission.label(),
        allows: permission.allows(),
        parent: permission.parent(),
        scope: permission.scope().key(),
        licence: permission.licence(),
        custom: permission.is_custom(),
    };
    let role = |role: SystemRole| RoleOfCatalogue {
        role: role.key(),
        name: role.name(),
        permissions: role.permissions(),
        choices: role.choices(),
    };
    session.answer(Catalogue {
        permissions: Permission::ALL.into_iter().map(permission).collect(),
        roles: SystemRole::ALL.into_iter().map(role).collect(),
    })
}
