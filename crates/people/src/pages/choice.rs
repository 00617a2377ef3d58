//! Permissions to choose from, by product.

use access::{Permission, catalogue::Product};

/// The permissions of one product.
pub(super) struct Choice {
    pub product: &'static str,
    pub permissions: Vec<Offer>,
}

/// One of them.
pub(super) struct Offer {
    pub key: &'static str,
    pub label: &'static str,
    pub is_chosen: bool,
}

/// Every permission, and which one is chosen.
pub(super) fn all(chosen: Option<Permission>) -> Vec<Choice> {
    some(Permission::ALL, chosen)
}

/// Some of them.
pub(super) fn some(
    among: impl IntoIterator<Item = Permission> + Clone,
    chosen: Option<Permission>,
) -> Vec<Choice> {
    let of = |product: Product| Choice {
        product: product.name(),
        permissions: among
            .clone()
            .into_iter()
            .filter(|permission| permission.product() == product)
            .map(|permission| Offer {
                key: permission.key(),
                label: permission.label(),
                is_chosen: chosen == Some(permission),
            })
            .collect(),
    };
    let all = Product::ALL.into_iter().map(of);
    all.filter(|choice| !choice.permissions.is_empty())
        .collect()
}
