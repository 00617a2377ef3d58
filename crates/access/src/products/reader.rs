//! Reads a catalogue file: looks every name up, keeps every limit, and says the line of what is wrong.

use std::collections::BTreeMap;

use toml::Spanned;

use super::catalogue::{
    Catalogue, Grant, Key, Keys, MAX_CONDITIONS, MAX_DECLARED, MAX_KEY_BYTES, MAX_LIST,
    MAX_NAME_BYTES, MAX_PARENTS, MAX_PERMISSIONS, MAX_ROLES, MAX_RULES, MAX_TYPES, Names, PERSON,
    ProductPermission, Role, Rule, Side, Type, type_key,
};
use super::condition::Condition;
use super::file::{CatalogueError, Entries, File, PropertyUse, RuleEntry, Source, TypeEntry};
use crate::catalogue::Product;

/// Checks a version that comes after others.
pub(super) fn read(text: &str, before: &Keys) -> Result<(Catalogue, Keys), CatalogueError> {
    let file = File::parse(text)?;
    Reader {
        source: Source(text),
        keys: before.clone(),
        names: Names::default(),
        conditions: 0,
    }
    .read(&file)
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
