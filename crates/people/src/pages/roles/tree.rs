//! A set of permissions as people read it: each under its product, and under what it is a part of.

use access::{Permission, PermissionSet, Product};
use web::page::capital;

/// A permission with its parts.
pub(super) struct Branch {
    pub key: &'static str,
    pub label: String,
    pub allows: &'static str,
    /// May be given for chosen user groups only (◦).
    pub is_scoped: bool,
    /// Whether an operation of the product asks for it.
    pub is_used: bool,
    pub is_ticked: bool,
    pub parts: Vec<Branch>,
}

/// The permissions of one product.
pub(super) struct Bough {
    pub product: &'static str,
    pub branches: Vec<Branch>,
}

/// Those of a set, some of them ticked.
pub(super) fn tree(of: PermissionSet, ticked: PermissionSet) -> Vec<Branch> {
    let is_top = |one: &Permission| one.parent().is_none_or(|parent| !of.contains(parent));
    of.iter()
        .filter(is_top)
        .map(|one| branch(one, of, ticked))
        .collect()
}

fn branch(permission: Permission, of: PermissionSet, ticked: PermissionSet) -> Branch {
    let parts = of.iter().filter(|part| part.parent() == Some(permission));
    Branch {
        key: permission.key(),
        label: capital(permission.label()),
        allows: permission.allows(),
        is_scoped: permission.is_people_scoped(),
        is_used: permission.is_used(),
        is_ticked: ticked.contains(permission),
        parts: parts.map(|part| branch(part, of, ticked)).collect(),
    }
}

/// Those of a set, by product.
pub(super) fn boughs(set: PermissionSet) -> Vec<Bough> {
    let of = |product: Product| Bough {
        product: product.name(),
        branches: tree(set & product.permissions(), set),
    };
    Product::ALL
        .into_iter()
        .map(of)
        .filter(|bough| !bough.branches.is_empty())
        .collect()
}
