//! The catalogue as its files say it, read and checked.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// The products in the order of RULES.md §2; each has a file of its own name.
const PRODUCTS: [&str; 6] = [
    "admin",
    "remote_support",
    "billing",
    "service_desk",
    "portal",
    "contact_centre",
];

#[derive(Debug)]
pub struct Catalogue {
    pub products: Vec<Product>,
    pub roles: Vec<Role>,
    pub switches: Vec<Switch>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Product {
    #[serde(rename = "product")]
    pub key: String,
    pub name: String,
    #[serde(rename = "permission")]
    pub permissions: Vec<Permission>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Permission {
    pub key: String,
    pub label: String,
    pub allows: String,
    pub parent: Option<String>,
    pub scope: Scope,
    #[serde(default)]
    pub custom: bool,
    #[serde(default)]
    pub extra: bool,
    #[serde(default)]
    pub everybody: bool,
    pub needs_licence: Option<String>,
    /// No operation of the product asks for it yet.
    #[serde(default)]
    pub unused: bool,
    pub source: String,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    Account,
    People,
    Service,
    Queue,
    Device,
    Session,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Role {
    pub key: String,
    pub name: String,
    pub scope: Scope,
    #[serde(default)]
    pub requires: Vec<String>,
    pub gives: Vec<String>,
    #[serde(default)]
    pub except: Vec<String>,
    pub choices_name: Option<String>,
    #[serde(default)]
    pub choices: Vec<String>,
    pub source: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Switch {
    pub key: String,
    pub concerns: Concerns,
    pub label: String,
    pub default: bool,
    #[serde(default)]
    pub locked: bool,
    pub opens: Vec<String>,
    pub needs: Option<String>,
    pub rules: String,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Concerns {
    Organisation,
    Supervisor,
    Agent,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RolesFile {
    role: Vec<Role>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SwitchesFile {
    switch: Vec<Switch>,
}

impl Catalogue {
    /// Reads the files of `folder`; every name in them must lead somewhere.
    pub fn read(folder: &Path) -> Result<Self> {
        let products = PRODUCTS
            .iter()
            .map(|key| file::<Product>(folder, key))
            .collect::<Result<_>>()?;
        let catalogue = Self {
            products,
            roles: file::<RolesFile>(folder, "roles")?.role,
            switches: file::<SwitchesFile>(folder, "switches")?.switch,
        };
        catalogue.check()?;
        Ok(catalogue)
    }

    pub fn permissions(&self) -> impl Iterator<Item = (&Product, &Permission)> {
        self.products
            .iter()
            .flat_map(|product| product.permissions.iter().map(move |p| (product, p)))
    }

    /// What a role holds by itself, in the order of the catalogue.
    pub fn given_by(&self, role: &Role) -> Result<Vec<&str>> {
        let mut given = BTreeSet::new();
        for entry in &role.gives {
            if let Some(product) = entry.strip_prefix("all of ") {
                let product = self.products.iter().find(|p| p.key == product);
                let product =
                    product.with_context(|| format!("{}: {entry}: no such product", role.key))?;
                given.extend(product.permissions.iter().map(|p| p.key.as_str()));
            } else if let Some(other) = self.roles.iter().find(|other| other.key == *entry) {
                given.extend(self.given_by(other)?);
            } else {
                given.insert(entry.as_str());
            }
        }
        for key in &role.except {
            ensure!(
                given.remove(key.as_str()),
                "{}: {key} is excepted but not given",
                role.key
            );
        }
        Ok(self.in_order(&given))
    }

    /// The keys of the permissions that `keep` accepts.
    pub fn keys_where(&self, keep: impl Fn(&Permission) -> bool) -> Vec<&str> {
        let kept = self.permissions().filter(|(_, p)| keep(p));
        kept.map(|(_, p)| p.key.as_str()).collect()
    }

    fn in_order<'a>(&'a self, keys: &BTreeSet<&str>) -> Vec<&'a str> {
        self.keys_where(|p| keys.contains(p.key.as_str()))
    }

    fn check(&self) -> Result<()> {
        let mut permissions = BTreeMap::new();
        for (product, permission) in self.permissions() {
            let key = permission.key.as_str();
            ensure!(
                permissions.insert(key, permission).is_none(),
                "{key}: the key stands twice"
            );
            ensure!(
                key.strip_prefix(&product.key)
                    .is_some_and(|rest| rest.starts_with('.')),
                "{key}: does not begin with its product, {}",
                product.key
            );
            if let Some(licence) = &permission.needs_licence {
                ensure!(
                    PRODUCTS.contains(&licence.as_str()),
                    "{key}: needs_licence: no such product"
                );
            }
        }
        let known = |owner: &str, keys: &[String]| -> Result<()> {
            for key in keys {
                ensure!(
                    permissions.contains_key(key.as_str()),
                    "{owner}: {key}: no such permission"
                );
            }
            Ok(())
        };
        for (_, permission) in self.permissions() {
            known(&permission.key, permission.parent.as_slice())?;
        }
        for (index, role) in self.roles.iter().enumerate() {
            known(&role.key, &role.except)?;
            known(&role.key, &role.choices)?;
            ensure!(
                role.choices.is_empty() == role.choices_name.is_none(),
                "{}: choices need a name, and a name needs choices",
                role.key
            );
            for entry in &role.gives {
                // A role is built from roles above it only, so that there is no circle.
                let is_role = self.roles[..index].iter().any(|above| above.key == *entry);
                if !is_role && !entry.starts_with("all of ") {
                    known(&role.key, std::slice::from_ref(entry))?;
                }
            }
            for required in &role.requires {
                ensure!(
                    self.roles.iter().any(|other| other.key == *required),
                    "{}: requires {required}: no such role",
                    role.key
                );
            }
            self.given_by(role)?;
        }
        unique(self.roles.iter().map(|role| role.key.as_str()))?;
        unique(self.switches.iter().map(|switch| switch.key.as_str()))?;
        for switch in &self.switches {
            known(&switch.key, &switch.opens)?;
            if let Some(needed) = &switch.needs {
                ensure!(
                    self.switches.iter().any(|other| other.key == *needed),
                    "{}: needs {needed}: no such switch",
                    switch.key
                );
            }
        }
        Ok(())
    }
}

fn unique<'a>(keys: impl Iterator<Item = &'a str>) -> Result<()> {
    let mut seen = BTreeSet::new();
    for key in keys {
        if !seen.insert(key) {
            bail!("{key}: the key stands twice");
        }
    }
    Ok(())
}

fn file<T: DeserializeOwned>(folder: &Path, name: &str) -> Result<T> {
    let path = folder.join(name).with_extension("toml");
    let text = fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))?;
    toml::from_str(&text).with_context(|| format!("in {}", path.display()))
}
