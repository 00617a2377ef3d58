//! A catalogue that was checked: every name looked up, every limit kept, every condition compiled. Permissions, types and
//! roles are known by number inside; a number belongs to one key for ever, through all versions of the catalogue.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use toml::Spanned;

use super::condition::Condition;
use super::file::{CatalogueError, Entries, File, PropertyUse, RuleEntry, Source, TypeEntry};
use crate::catalogue::Product;

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
    fn word(self) -> &'static str {
        match self {
            Side::Subject => "subject",
            Side::Resource => "resource",
        }
    }
}

/// Every key that any version of a product's catalogue used, in the order of first use: the place is the number.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Keys {
    types: Vec<Key>,
    permissions: Vec<Key>,
    roles: Vec<Key>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Key {
    key: Box<str>,
    /// A later version left it out: it is never used again.
    dropped: bool,
}

impl Keys {
    /// The number of a type, dropped ones included: for facts of the past.
    pub(super) fn kind(&self, side: Side, key: &str) -> Option<u16> {
        let key = type_key(side, key);
        let place = self.types.iter().position(|row| row.key == key)?;
        u16::try_from(place).ok()
    }

    /// The number of a role, dropped ones included.
    pub(super) fn role(&self, key: &str) -> Option<u16> {
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
fn type_key(side: Side, key: &str) -> Box<str> {
    format!("{}.{key}", side.word()).into()
}

/// A checked catalogue. What a later version dropped is `None` at its number.
#[derive(Debug)]
pub struct Catalogue {
    key: Box<str>,
    name: Box<str>,
    types: Vec<Option<Type>>,
    permissions: Vec<Option<ProductPermission>>,
    roles: Vec<Option<Role>>,
    grants: Vec<Grant>,
    names: Names,
}

#[derive(Debug, Default)]
struct Names {
    types: BTreeMap<(Side, Box<str>), u16>,
    permissions: BTreeMap<Box<str>, u16>,
    roles: BTreeMap<Box<str>, u16>,
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
        let file = File::parse(text)?;
        Reader {
            source: Source(text),
            keys: before.clone(),
            names: Names::default(),
            conditions: 0,
        }
        .read(&file)
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

struct Reader<'a> {
    source: Source<'a>,
    keys: Keys,
    names: Names,
    conditions: usize,
}

impl Reader<'_> {
    fn read(mut self, file: &File) -> Result<(Catalogue, Keys), CatalogueError> {
        let key = self.product_key(&file.product)?;
        let name = self.text(&file.name)?;
        self.limit(&file.subject_types, MAX_TYPES, "subject types")?;
        self.limit(&file.resource_types, MAX_TYPES, "resource types")?;
        self.limit(&file.permissions, MAX_PERMISSIONS, "permissions")?;
        self.limit(&file.roles, MAX_ROLES, "roles")?;

        let mut used = Vec::new();
        for (side, entries) in [
            (Side::Subject, &file.subject_types),
            (Side::Resource, &file.resource_types),
        ] {
            for (at, entry) in in_order(entries) {
                let key = self.key(at, false)?;
                let number = self.number(at, &type_key(side, &key), |keys| &mut keys.types)?;
                self.names.types.insert((side, key), number);
                used.push((number, self.kind(at, side, entry)?));
            }
        }
        let types = slots(self.keys.types.len(), used);

        let permissions = self.permissions(file, &key)?;
        let roles = self.roles(file)?;
        let grants = self.grants(file)?;
        let current = &self.names;
        retire(&mut self.keys.types, current.types.values());
        retire(&mut self.keys.permissions, current.permissions.values());
        retire(&mut self.keys.roles, current.roles.values());
        let catalogue = Catalogue {
            key,
            name,
            types,
            permissions,
            roles,
            grants,
            names: self.names,
        };
        Ok((catalogue, self.keys))
    }

    fn product_key(&self, at: &Spanned<String>) -> Result<Box<str>, CatalogueError> {
        let key = at.get_ref();
        let is_key = key.len() <= MAX_KEY_BYTES
            && key.starts_with(|c: char| c.is_ascii_lowercase())
            && key
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
        if !is_key {
            let reason = format!(
                "`{key}` is no key of a product: lower-case letters, digits and _, at most {MAX_KEY_BYTES} bytes"
            );
            return Err(self.source.error(at, reason));
        }
        if key == "rolecall" || Product::from_key(key).is_some() {
            return Err(self
                .source
                .error(at, format!("`{key}` is a product of Rolecall itself")));
        }
        Ok(key.as_str().into())
    }

    fn key(&self, at: &Spanned<String>, dots: bool) -> Result<Box<str>, CatalogueError> {
        let key = at.get_ref();
        let is_key = key.len() <= MAX_KEY_BYTES
            && key.starts_with(|c: char| c.is_ascii_alphabetic())
            && !key.ends_with('.')
            && !key.contains("..")
            && key
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-' || dots && b == b'.');
        if is_key {
            Ok(key.as_str().into())
        } else {
            let reason = format!(
                "`{key}` is no key: letters, digits, _ and -, at most {MAX_KEY_BYTES} bytes"
            );
            Err(self.source.error(at, reason))
        }
    }

    fn text(&self, at: &Spanned<String>) -> Result<Box<str>, CatalogueError> {
        let text = at.get_ref();
        if text.trim().is_empty() || text.len() > MAX_NAME_BYTES {
            let reason = format!("a text for people has 1 to {MAX_NAME_BYTES} bytes");
            return Err(self.source.error(at, reason));
        }
        Ok(text.as_str().into())
    }

    fn limit<T>(
        &self,
        entries: &Entries<T>,
        most: usize,
        what: &str,
    ) -> Result<(), CatalogueError> {
        match in_order(entries).nth(most) {
            Some((first_too_many, _)) => Err(self
                .source
                .error(first_too_many, format!("there are at most {most} {what}"))),
            None => Ok(()),
        }
    }

    fn limit_list<T>(&self, list: &[Spanned<T>], most: usize) -> Result<(), CatalogueError> {
        match list.get(most) {
            Some(first_too_many) => Err(self
                .source
                .error(first_too_many, format!("there are at most {most} here"))),
            None => Ok(()),
        }
    }

    /// The number of a key: its old one, or the next. A key that an earlier version dropped is refused.
    fn number(
        &mut self,
        at: &Spanned<String>,
        key: &str,
        list: fn(&mut Keys) -> &mut Vec<Key>,
    ) -> Result<u16, CatalogueError> {
        let list = list(&mut self.keys);
        let place = match list.iter().position(|row| row.key.as_ref() == key) {
            Some(place) if list[place].dropped => {
                let reason = format!(
                    "an earlier version dropped `{}`: keys are never used again",
                    at.get_ref()
                );
                return Err(self.source.error(at, reason));
            }
            Some(place) => place,
            None => {
                list.push(Key {
                    key: key.into(),
                    dropped: false,
                });
                list.len() - 1
            }
        };
        u16::try_from(place).map_err(|_| {
            let reason =
                "the versions of this catalogue used up their keys: load it as a new product";
            self.source.error(at, reason)
        })
    }

    fn kind(
        &self,
        at: &Spanned<String>,
        side: Side,
        entry: &TypeEntry,
    ) -> Result<Type, CatalogueError> {
        self.limit(&entry.properties, MAX_DECLARED, "properties")?;
        let key = at.get_ref().as_str();
        if key == PERSON && (side == Side::Resource || entry.open) {
            let reason =
                "`person` stands for the people of this account: a subject type, never open";
            return Err(self.source.error(at, reason));
        }
        let mut properties = BTreeMap::new();
        for (name, usage) in in_order(&entry.properties) {
            properties.insert(self.text(name)?, *usage);
        }
        Ok(Type {
            key: key.into(),
            side,
            open: entry.open,
            properties,
        })
    }

    fn permissions(
        &mut self,
        file: &File,
        product: &str,
    ) -> Result<Vec<Option<ProductPermission>>, CatalogueError> {
        let mut order = Vec::new();
        for (at, _) in in_order(&file.permissions) {
            let key = self.key(at, true)?;
            let local = match key.split_once('.') {
                None => key.as_ref(),
                Some((prefix, local)) if prefix == product => local,
                Some(_) => {
                    let reason =
                        format!("a key with dots begins with its product: `{product}.noun.verb`");
                    return Err(self.source.error(at, reason));
                }
            };
            let number = self.number(at, local, |keys| &mut keys.permissions)?;
            if self
                .names
                .permissions
                .insert(local.into(), number)
                .is_some()
            {
                let reason = format!("`{product}.{local}` stands here twice");
                return Err(self.source.error(at, reason));
            }
            order.push(number);
        }
        let mut found = Vec::new();
        for ((at, entry), number) in in_order(&file.permissions).zip(&order) {
            if entry.on.is_empty() {
                let reason = "a permission names the resource types that it is about";
                return Err(self.source.error(at, reason));
            }
            self.limit(&entry.properties, MAX_DECLARED, "properties")?;
            let mut sent = Vec::new();
            for (name, usage) in in_order(&entry.properties) {
                if *usage.get_ref() != PropertyUse::Sent {
                    let reason = "nothing is stored about an action: its properties are \"sent\" or not there";
                    return Err(self.source.error(usage, reason));
                }
                sent.push(self.text(name)?);
            }
            let parent = match &entry.parent {
                Some(parent) => Some(self.permission_number(parent, product)?),
                None => None,
            };
            let permission = ProductPermission {
                key: at.get_ref().as_str().into(),
                on: self.type_numbers(&entry.on, Side::Resource)?,
                parent,
                allows: entry.allows.as_ref().map(|at| self.text(at)).transpose()?,
                sent,
            };
            found.push((*number, permission));
        }
        let permissions = slots(self.keys.permissions.len(), found);
        self.check_parents(file, &permissions, &order)?;
        Ok(permissions)
    }

    /// A parent is about everything that its children are about, and no permission is above itself.
    fn check_parents(
        &self,
        file: &File,
        permissions: &[Option<ProductPermission>],
        order: &[u16],
    ) -> Result<(), CatalogueError> {
        let get = |number: u16| permissions.get(usize::from(number))?.as_ref();
        for ((at, _), number) in in_order(&file.permissions).zip(order) {
            let Some(child) = get(*number) else { continue };
            let mut above = child.parent.and_then(get);
            for steps in 1.. {
                let Some(parent) = above else { break };
                if steps > MAX_PARENTS {
                    let reason = format!(
                        "`{}` has more than {MAX_PARENTS} parents above it, or is above itself",
                        child.key
                    );
                    return Err(self.source.error(at, reason));
                }
                if !child.on.iter().all(|kind| parent.on.contains(kind)) {
                    let reason = format!(
                        "`{}` is about types that its parent `{}` is not about",
                        child.key, parent.key
                    );
                    return Err(self.source.error(at, reason));
                }
                above = parent.parent.and_then(get);
            }
        }
        Ok(())
    }

    fn permission_number(
        &self,
        at: &Spanned<String>,
        product: &str,
    ) -> Result<u16, CatalogueError> {
        let name = at.get_ref().as_str();
        let local = match name.split_once('.') {
            Some((prefix, local)) if prefix == product => local,
            Some(_) => "",
            None => name,
        };
        self.names.permissions.get(local).copied().ok_or_else(|| {
            self.source
                .error(at, format!("there is no permission `{name}`"))
        })
    }

    fn type_numbers(
        &self,
        list: &[Spanned<String>],
        side: Side,
    ) -> Result<Vec<u16>, CatalogueError> {
        self.limit_list(list, MAX_TYPES)?;
        let mut numbers = Vec::with_capacity(list.len());
        for at in list {
            let name = at.get_ref().as_str();
            let number = self.names.types.get(&(side, name.into())).copied();
            numbers.push(number.ok_or_else(|| {
                self.source
                    .error(at, format!("there is no {} type `{name}`", side.word()))
            })?);
        }
        numbers.sort_unstable();
        numbers.dedup();
        Ok(numbers)
    }

    fn roles(&mut self, file: &File) -> Result<Vec<Option<Role>>, CatalogueError> {
        let product = file.product.get_ref();
        let mut found = Vec::new();
        for (at, entry) in in_order(&file.roles) {
            let key = self.key(at, false)?;
            let number = self.number(at, &key, |keys| &mut keys.roles)?;
            self.names.roles.insert(key.clone(), number);
            self.limit_list(&entry.rules, MAX_RULES)?;
            let mut rules = Vec::new();
            if !entry.permissions.is_empty() {
                rules.push(self.rule(&entry.permissions, None, product)?);
            }
            for rule in &entry.rules {
                let RuleEntry { permissions, when } = rule.get_ref();
                rules.push(self.rule(permissions, when.as_ref(), product)?);
            }
            let name = match &entry.name {
                Some(at) => self.text(at)?,
                None => key.clone(),
            };
            found.push((number, Role { key, name, rules }));
        }
        Ok(slots(self.keys.roles.len(), found))
    }

    fn grants(&mut self, file: &File) -> Result<Vec<Grant>, CatalogueError> {
        self.limit_list(&file.grants, MAX_RULES)?;
        let mut grants = Vec::with_capacity(file.grants.len());
        for entry in &file.grants {
            let entry = entry.get_ref();
            grants.push(Grant {
                to: self.type_numbers(&entry.to, Side::Subject)?,
                rule: self.rule(
                    &entry.permissions,
                    entry.when.as_ref(),
                    file.product.get_ref(),
                )?,
            });
        }
        Ok(grants)
    }

    fn rule(
        &mut self,
        permissions: &[Spanned<String>],
        when: Option<&Spanned<String>>,
        product: &str,
    ) -> Result<Rule, CatalogueError> {
        self.limit_list(permissions, MAX_LIST)?;
        let mut numbers = permissions
            .iter()
            .map(|at| self.permission_number(at, product))
            .collect::<Result<Vec<_>, _>>()?;
        numbers.sort_unstable();
        numbers.dedup();
        let compiled = match when {
            Some(at) => Some(self.condition(at)?),
            None => None,
        };
        Ok(Rule {
            permissions: numbers,
            when: compiled,
            text: when.map(|at| at.get_ref().trim().into()),
        })
    }

    fn condition(&mut self, at: &Spanned<String>) -> Result<Condition, CatalogueError> {
        self.conditions += 1;
        if self.conditions > MAX_CONDITIONS {
            let reason = format!("there are at most {MAX_CONDITIONS} conditions");
            return Err(self.source.error(at, reason));
        }
        Condition::compile(at.get_ref()).map_err(|bad| CatalogueError {
            line: self.source.first_line(at) + bad.line,
            reason: bad.reason,
        })
    }
}

/// Entries in the order of the file.
fn in_order<T>(entries: &Entries<T>) -> impl Iterator<Item = (&Spanned<String>, &T)> {
    let mut entries: Vec<_> = entries.iter().collect();
    entries.sort_by_key(|(at, _)| at.span().start);
    entries.into_iter()
}

/// Each at its number.
fn slots<T>(count: usize, found: Vec<(u16, T)>) -> Vec<Option<T>> {
    let mut slots: Vec<Option<T>> = std::iter::repeat_with(|| None).take(count).collect();
    for (number, value) in found {
        if let Some(slot) = slots.get_mut(usize::from(number)) {
            *slot = Some(value);
        }
    }
    slots
}

/// Marks what the version that was just read does not use any more.
fn retire<'a>(keys: &mut [Key], current: impl Iterator<Item = &'a u16>) {
    for row in keys.iter_mut() {
        row.dropped = true;
    }
    for number in current {
        if let Some(row) = keys.get_mut(usize::from(*number)) {
            row.dropped = false;
        }
    }
}
