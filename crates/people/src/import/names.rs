//! The account's things by name, as a file names them.

use std::collections::HashMap;
use std::sync::Arc;

use access::catalogue::Product;
use access::decide::Visible;
use access::state::{Life, Resolve, Tie};
use access::{
    CompanyId, DeviceGroupId, GroupId, LicenceId, ProductId, PublicId, QueueId, RoleId, ServiceId,
    State, Subject, UserGroupId, View,
};
use ledger::{Account, Field, HasProfile, LedgerError, Place, fold};

use super::item;

/// Names that are asked for at once.
const READ: usize = 2_000;

/// Active things of one kind by name. One that shares its name with another, or whose name cannot stand in a list, goes by id.
#[derive(Debug)]
pub struct Named<K> {
    by_name: HashMap<String, Option<K>>,
    names: HashMap<K, Option<String>>,
    /// Nothing else is there for whoever asks, by whatever id.
    is_all: bool,
}

impl<K: HasProfile + Resolve + Visible> Named<K> {
    async fn read(
        account: &Account,
        rows: impl Iterator<Item = (K, Life)>,
        view: Option<&View<'_>>,
    ) -> Result<Self, LedgerError> {
        let is_seen = |id: &K| view.is_none_or(|view| view.sees(*id));
        let active = rows.filter(|(id, life)| life.is_active() && is_seen(id));
        let ids: Vec<K> = active.map(|(id, _)| id).collect();
        let mut named = Named {
            by_name: HashMap::with_capacity(ids.len()),
            names: ids.iter().map(|id| (*id, None)).collect(),
            is_all: view.is_some(),
        };
        let mut reading = account.read().await?;
        for ids in ids.chunks(READ) {
            let places = ids.iter().map(|id| (account.id(), Place::of(*id)));
            for ((_, place), _, profile) in ledger::read_profiles(&mut reading.tx, places).await? {
                if let (Some(name), Some(id)) =
                    (profile.get(Field::Name), K::from_number(place.entity))
                {
                    named.add(name, id);
                }
            }
        }
        Ok(named)
    }

    /// Remembers a thing.
    pub fn add(&mut self, name: &str, id: K) {
        self.names.insert(id, Some(name.to_owned()));
        self.by_name
            .entry(fold(name))
            .and_modify(|known| *known = None)
            .or_insert(Some(id));
    }

    /// Remembers a name that no other thing can have.
    fn reserve(&mut self, name: &str, id: K) {
        self.names.insert(id, Some(name.to_owned()));
        self.by_name.insert(fold(name), Some(id));
    }

    /// Whether nothing has the name, and it is no id.
    pub fn lacks(&self, name: &str) -> bool {
        !self.has(name) && name.parse::<PublicId<K>>().is_err()
    }

    /// Whether something has the name.
    pub fn has(&self, name: &str) -> bool {
        self.by_name.contains_key(&fold(name))
    }

    /// The one thing that a text names, by name or by id, or what is wrong with the text. What `thing` is said to be: `service`.
    pub fn find(&self, state: &State, thing: &str, text: &str) -> Result<K, String> {
        match self.by_name.get(&fold(text)) {
            Some(Some(id)) => Ok(*id),
            Some(None) => Err(format!("more than one {thing} is called {text:?}")),
            None => {
                let id = text.parse::<PublicId<K>>().ok();
                id.and_then(|id| state.resolve(id))
                    .filter(|id| !self.is_all || self.names.contains_key(id))
                    .ok_or_else(|| format!("no {thing} is called {text:?}, or it is archived"))
            }
        }
    }

    /// The text that names a thing; nothing for one that does not count (AD-25).
    pub fn text(&self, state: &State, id: K) -> Option<String> {
        let name = self.names.get(&id)?.as_deref();
        let name = name.filter(|name| {
            item::is_plain(name)
                && name.parse::<PublicId<K>>().is_err()
                && self.by_name.get(&fold(name)) == Some(&Some(id))
        });
        name.map(str::to_owned)
            .or_else(|| state.public(id).map(|id| id.to_string()))
    }
}

/// Everything that a row can name.
#[derive(Debug)]
pub struct Names {
    /// Where ids are looked up, and the products of others.
    pub state: Arc<State>,
    pub companies: Named<CompanyId>,
    pub groups: Named<GroupId>,
    pub user_groups: Named<UserGroupId>,
    pub device_groups: Named<DeviceGroupId>,
    pub services: Named<ServiceId>,
    pub queues: Named<QueueId>,
    pub roles: Named<RoleId>,
    /// By the product too, where it is the pool that was bought first.
    pub licences: Named<LicenceId>,
}

impl Names {
    /// Reads them all: there are thousands of things, not millions. `sight`: those that this subject may know of.
    pub async fn read(account: &Account, sight: Option<Subject>) -> Result<Names, LedgerError> {
        let state = account.state();
        let view = sight.map(|subject| state.view(subject, account.now()));
        macro_rules! named {
            ($table:ident) => {
                Named::read(
                    account,
                    state.$table().iter().map(|(id, row)| (id, row.life)),
                    view.as_ref(),
                )
                .await?
            };
        }
        let mut names = Names {
            companies: named!(companies),
            groups: named!(groups),
            user_groups: named!(user_groups),
            device_groups: named!(device_groups),
            services: named!(services),
            queues: named!(queues),
            roles: named!(roles),
            licences: named!(licences),
            state: Arc::clone(&state),
        };
        for (name, id) in [
            ("Super admin", RoleId::SUPER_ADMIN),
            ("Admin", RoleId::ADMIN),
            ("Member", RoleId::MEMBER),
        ] {
            names.roles.reserve(name, id);
        }
        // The pool of each product that was bought first goes by the product.
        for product in [
            Product::RemoteSupport,
            Product::ServiceDesk,
            Product::ContactCentre,
        ] {
            let pool = state
                .licences()
                .iter()
                .find(|(_, row)| row.product == product && row.life.is_active());
            if let Some((id, _)) = pool {
                names.licences.reserve(product.key(), id);
            }
        }
        Ok(names)
    }

    /// A role of another product: `todo.editor`.
    pub fn product_role(&self, text: &str) -> Option<Tie> {
        let (product, role) = text.split_once('.')?;
        let product = self.state.products().find_product(product)?;
        let row = self.state.products().rows().get(product)?;
        let role = row.catalogue()?.find_role(role)?;
        Some(Tie::ProductRole(product, role))
    }

    /// How a file names a role of another product; nothing for one that gives nothing.
    pub fn product_role_text(&self, product: ProductId, role: u16) -> Option<String> {
        let products = self.state.products();
        let counts = products.has_role(product, role);
        counts.then(|| products.role_key(product, role))
    }
}
