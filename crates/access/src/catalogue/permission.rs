//! What a permission and a product say about themselves.

use super::PermissionSet;
use super::generated::{PERMISSIONS, PERMISSIONS_BY_KEY, PRODUCTS, Permission, Product, sets};
use super::keyed::by_key;

/// The kind of thing that a permission or a role is given over, and that a question about it names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ScopeKind {
    /// The account as a whole.
    Account,
    /// People: everybody, or those of chosen user groups (◦).
    People,
    /// One service of the service desk.
    Service,
    /// One queue of the contact centre.
    Queue,
    /// One managed device, through its device groups.
    Device,
    /// One support session, through its join code.
    Session,
}

impl ScopeKind {
    /// The word for it in documents and answers.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Account => "account",
            Self::People => "people",
            Self::Service => "service",
            Self::Queue => "queue",
            Self::Device => "device",
            Self::Session => "session",
        }
    }
}

pub(super) struct PermissionRow {
    pub key: &'static str,
    pub label: &'static str,
    pub allows: &'static str,
    pub parent: Option<Permission>,
    pub product: Product,
    pub scope: ScopeKind,
    pub licence: Option<Product>,
    pub custom: bool,
    pub extra: bool,
    pub used: bool,
}

pub(super) struct ProductRow {
    pub key: &'static str,
    pub name: &'static str,
    pub permissions: PermissionSet,
}

by_key!(Permission, "permission");
by_key!(Product, "product");

impl Permission {
    const fn row(self) -> &'static PermissionRow {
        &PERMISSIONS[self as usize]
    }

    /// `product.noun.verb`, never used again for anything else.
    pub const fn key(self) -> &'static str {
        self.row().key
    }

    /// The permission of this key; case and spelling count.
    pub fn from_key(key: &str) -> Option<Self> {
        let found = PERMISSIONS_BY_KEY.binary_search_by(|permission| permission.key().cmp(key));
        found.ok().map(|index| PERMISSIONS_BY_KEY[index])
    }

    /// Its name on a screen, as it stands after "may": two to seven words.
    pub const fn label(self) -> &'static str {
        self.row().label
    }

    /// One sentence: what it opens.
    pub const fn allows(self) -> &'static str {
        self.row().allows
    }

    /// The permission that must be held over the same resource for this one to count.
    pub const fn parent(self) -> Option<Self> {
        self.row().parent
    }

    /// The product it belongs to.
    pub const fn product(self) -> Product {
        self.row().product
    }

    /// The kind of thing it is given over.
    pub const fn scope(self) -> ScopeKind {
        self.row().scope
    }

    /// The product whose licence its holder needs (module access, RULES.md §7), if any.
    pub const fn licence(self) -> Option<Product> {
        self.row().licence
    }

    /// May be part of a custom role (◇, AD-2).
    pub const fn is_custom(self) -> bool {
        self.row().custom
    }

    /// May be given to a user or user group on top of the role (AD-9).
    pub const fn is_extra_grantable(self) -> bool {
        self.row().extra
    }

    /// Whether an operation of the product asks for it. Others are decided all the same, and open nothing yet.
    pub const fn is_used(self) -> bool {
        self.row().used
    }

    /// May be given for chosen user groups only (◦).
    pub const fn is_people_scoped(self) -> bool {
        matches!(self.row().scope, ScopeKind::People)
    }

    /// Needs no role: everybody may, guests included, if the other gates pass.
    pub const fn is_for_everybody(self) -> bool {
        sets::EVERYBODY.contains(self)
    }

    /// The set of this permission alone.
    pub const fn set(self) -> PermissionSet {
        PermissionSet::EMPTY.with(self)
    }
}

impl Product {
    const fn row(self) -> &'static ProductRow {
        &PRODUCTS[self as usize]
    }

    /// The first part of the keys of its permissions.
    pub const fn key(self) -> &'static str {
        self.row().key
    }

    /// The product of this key.
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|product| product.key() == key)
    }

    /// Its name on the screen.
    pub const fn name(self) -> &'static str {
        self.row().name
    }

    /// Every permission of it.
    pub const fn permissions(self) -> PermissionSet {
        self.row().permissions
    }
}
