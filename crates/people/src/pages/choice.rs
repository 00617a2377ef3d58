//! What can be asked about, to choose from, by product.

use access::{Permission, catalogue::Product};

use super::what::What;

/// What there is of one product.
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

/// Everything, and which one is chosen.
pub(super) fn all(chosen: Option<What>) -> Vec<Choice> {
    some(What::all().collect(), chosen)
}

/// Every permission, and which one is chosen.
pub(super) fn permissions(chosen: Option<Permission>) -> Vec<Choice> {
    let all = Permission::ALL.into_iter().map(What::Permission);
    some(all.collect(), chosen.map(What::Permission))
}

fn some(among: Vec<What>, chosen: Option<What>) -> Vec<Choice> {
    let of = |product: Product| Choice {
        product: product.name(),
        permissions: among
            .iter()
            .filter(|what| what.product() == product)
            .map(|what| Offer {
                key: what.key(),
                label: what.label(),
                is_chosen: chosen == Some(*what),
            })
            .collect(),
    };
    let all = Product::ALL.into_iter().map(of);
    all.filter(|choice| !choice.permissions.is_empty())
        .collect()
}
