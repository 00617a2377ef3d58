//! A catalogue that was checked: every name looked up, every limit kept, every condition compiled. Permissions, types and
//! roles are known by number inside; a number belongs to one key for ever, through all versions of the catalogue.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::condition::Condition;
use super::file::{CatalogueError, PropertyUse};

/// Subject types; also resource types.
pub const MAX_TYPES: usize = 64;
/// Properties that one type or permission declares.
pub const MAX_DECLARED: usize = 64;
/// Permissions.
pub const MAX_PERMISSIONS: usize = 1024;
/// Roles.
pub const MAX_ROLES: usize = 256;
/// Rules of one role; also grants.
pub const MAX_RULES: usize = 256;
/// Names in one list.
pub const MAX_LIST: usize = 1024;
/// Conditions of one catalogue.
pub const MAX_CONDITIONS: usize = 512;
/// Parents above a permission.
pub const MAX_PARENTS: usize = 4;
/// Bytes of a key.
pub const MAX_KEY_BYTES: usize = 64;
/// Bytes of a name or a sentence for people.
pub const MAX_NAME_BYTES: usize = 200;

/// The subject type by which Rolecall's own people are subjects of a product.
pub const PERSON: &str = "person";

/// Whether a type is one of subjects or of resources.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// Who asks.
    Subject,
    /// What it is about.
    Resource,
}

impl Side {
    pub(super) fn word(self) -> &'static str {
        match self {
            Side::Subject => "subject",
            Side::Resource => "resource",
        }
    }
}

/// Every key that any version of a product's catalogue used, in the order of first use: the place is the number.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Keys {
    pub(super) types: Vec<Key>,
    pub(super) permissions: Vec<Key>,
    pub(super) roles: Vec<Key>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Key {
    pub(super) key: Box<str>,
    /// A later version left it out: it is never used again.
    pub(super) dropped: bool,
}

impl Keys {
    /// The number of a type, dropped ones included: for facts of the past.
    pub(super) fn kind(&self, side: Side, key: &str) -> Option<u16> {
        let key = type_key(side, key);
        let place = self.types.iter().position(|row| row.key == key)?;
        u16::try_from(place).ok()
    }

    /// The number of a role, dropped ones included.
    pub fn role(&self, key: &str) -> Option<u16> {
        let place = self.roles.iter().position(|row| *row.key == *key)?;
        u16::try_from(place).ok()
    }

    /// The key of a role's number, dropped ones included.
    pub fn role_key(&self, number: u16) -> Option<&str> {
        self.roles.get(usize::from(number)).map(|row| &*row.key)
    }

    /// The key of a permission's number without its product, dropped ones included.
    pub fn permission_key(&self, number: u16) -> Option<&str> {
        let row = self.permissions.get(usize::from(number));
        row.map(|row| &*row.key)
    }
}

/// Types of the two sides share one numbering.
pub(super) fn type_key(side: Side, key: &str) -> Box<str> {
    format!("{}.{key}", side.word()).into()
}

/// A checked catalogue. What a later version dropped is `None` at its number.
#[derive(Debug)]
pub struct Catalogue {
    pub(super) key: Box<str>,
    pub(super) name: Box<str>,
    pub(super) types: Vec<Option<Type>>,
    pub(super) permissions: Vec<Option<ProductPermission>>,
    pub(super) roles: Vec<Option<Role>>,
    pub(super) grants: Vec<Grant>,
    pub(super) names: Names,
}

#[derive(Debug, Default)]
pub(super) struct Names {
    pub(super) types: BTreeMap<(Side, Box<str>), u16>,
    pub(super) permissions: BTreeMap<Box<str>, u16>,
    pub(super) roles: BTreeMap<Box<str>, u16>,
}

/// A type of subjects or resources.
#[derive(Debug)]
pub struct Type {
    /// Its key.
    pub key: Box<str>,
    /// Of which side.
    pub side: Side,
    /// Its members count without having been registered.
    pub open: bool,
    /// AD-31: properties that are not simply *stored*.
    pub properties: BTreeMap<Box<str>, PropertyUse>,
}

/// Something that can be done in the product.
#[derive(Debug)]
pub struct ProductPermission {
    /// As the file has it: the product's own name of the action, or `product.noun.verb`.
    pub key: Box<str>,
    /// Numbers of the resource types that it is about.
    pub on: Vec<u16>,
    /// Counts only where this one is held too (RULES §2).
    pub parent: Option<u16>,
    /// One sentence of what it opens.
    pub allows: Option<Box<str>>,
    /// AD-31: properties of the action that a caller may send.
    pub sent: Vec<Box<str>>,
}

/// A role of the product.
#[derive(Debug)]
pub struct Role {
    /// Its key.
    pub key: Box<str>,
    /// What people read.
    pub name: Box<str>,
    /// What it gives.
    pub rules: Vec<Rule>,
}

/// Permissions, where the condition holds.
#[derive(Debug)]
pub struct Rule {
    /// Numbers, sorted.
    pub permissions: Vec<u16>,
    /// Without one: always.
    pub when: Option<Condition>,
    /// The condition as it is written, for showing and comparing.
    pub text: Option<Box<str>>,
}

/// A rule for every subject of some types, without a role.
#[derive(Debug)]
pub struct Grant {
    /// Numbers of subject types, sorted. AD-26: empty means nobody.
    pub to: Vec<u16>,
    /// What it gives.
    pub rule: Rule,
}

impl Catalogue {
    /// Checks a first version.
    pub fn parse(text: &str) -> Result<Catalogue, CatalogueError> {
        Self::parse_after(text, &Keys::default()).map(|(catalogue, _)| catalogue)
    }

    /// Checks a version that comes after others: their keys keep their numbers, and dropped ones stay dropped.
    pub(super) fn parse_after(
        text: &str,
        before: &Keys,
    ) -> Result<(Catalogue, Keys), CatalogueError> {
        super::reader::read(text, before)
    }

    /// The product's key.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// The product's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The type of a number.
    pub fn kind(&self, number: u16) -> Option<&Type> {
        self.types.get(usize::from(number))?.as_ref()
    }

    /// The number of a type, by its key or by `product.key`.
    pub fn find_kind(&self, side: Side, name: &str) -> Option<u16> {
        self.names
            .types
            .get(&(side, self.local(name)?.into()))
            .copied()
    }

    /// The permission of a number.
    pub fn permission(&self, number: u16) -> Option<&ProductPermission> {
        self.permissions.get(usize::from(number))?.as_ref()
    }

    /// The number of a permission, by the product's own name of it or by `product.name`.
    pub fn find_permission(&self, name: &str) -> Option<u16> {
        self.names.permissions.get(self.local(name)?).copied()
    }

    /// All permissions, by number: as the first version had them, then what later ones added.
    pub fn permissions(&self) -> impl Iterator<Item = (u16, &ProductPermission)> {
        numbered(&self.permissions)
    }

    /// The role of a number, which is the number in [`crate::state::Tie::ProductRole`].
    pub fn role(&self, number: u16) -> Option<&Role> {
        self.roles.get(usize::from(number))?.as_ref()
    }

    /// The number of a role.
    pub fn find_role(&self, key: &str) -> Option<u16> {
        self.names.roles.get(key).copied()
    }

    /// All roles, by number.
    pub fn roles(&self) -> impl Iterator<Item = (u16, &Role)> {
        numbered(&self.roles)
    }

    /// All types, by number.
    pub fn kinds(&self) -> impl Iterator<Item = (u16, &Type)> {
        numbered(&self.types)
    }

    /// Rules without a role.
    pub fn grants(&self) -> &[Grant] {
        &self.grants
    }

    /// A name without this product's key before the dot; nothing for a name of another product. A product's key has no dot,
    /// so `a.b.c` is of product `a` alone.
    fn local<'n>(&self, name: &'n str) -> Option<&'n str> {
        match name.split_once('.') {
            Some((product, local)) => (product == self.key.as_ref()).then_some(local),
            None => Some(name),
        }
    }
}

fn numbered<T>(slots: &[Option<T>]) -> impl Iterator<Item = (u16, &T)> {
    (0..=u16::MAX)
        .zip(slots)
        .filter_map(|(number, slot)| Some((number, slot.as_ref()?)))
}
