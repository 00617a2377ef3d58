//! What the account knows of other products: their catalogues, and the things that it registered. External ids and properties
//! of things are profile data (they may name people): they are attached from the profile store, and stand neither in events nor
//! in snapshots.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use hashbrown::HashTable;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::catalogue::{Catalogue, Keys};
use super::property::{MAX_TEXT_BYTES, Properties};
use crate::command::Refusal;
use crate::ids::{Dense, ProductId, ThingId};
use crate::idset::IdSet;
use crate::state::Life;
use crate::table::{Named, NamedTable};

/// Products whose catalogue an account may load.
pub const MAX_PRODUCTS: usize = 256;

/// What the account knows of other products.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Products {
    rows: NamedTable<ProductId, ProductRow>,
    things: NamedTable<ThingId, Thing>,
    #[serde(skip)]
    index: ExternalIds,
}

/// One product.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(from = "StoredProduct", into = "StoredProduct")]
pub struct ProductRow {
    uid: Uuid,
    text: Arc<str>,
    keys: Arc<Keys>,
    life: Life,
    /// Registered things by the number of their type.
    things: BTreeMap<u16, IdSet<ThingId>>,
    /// Nothing where a later release of Rolecall cannot read the text any more: then the product gives nothing.
    catalogue: Option<Arc<Catalogue>>,
}

#[derive(Serialize, Deserialize)]
struct StoredProduct {
    uid: Uuid,
    text: Arc<str>,
    keys: Arc<Keys>,
    life: Life,
    things: BTreeMap<u16, IdSet<ThingId>>,
}

/// A subject or resource of another product.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Thing {
    uid: Uuid,
    /// Whose it is.
    pub product: ProductId,
    /// The number of its type.
    pub kind: u16,
    /// Registered, or removed for ever.
    pub life: Life,
    /// Numbers of the roles that it holds, sorted.
    pub roles: Vec<u16>,
    /// The version of its profile that counts.
    pub profile_version: u32,
    #[serde(skip)]
    profile: Option<Arc<ThingProfile>>,
}

/// What the profile store keeps of a thing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ThingProfile {
    /// The product's own id of it, unique among the things of its type.
    pub external_id: Box<str>,
    /// What conditions may ask about it.
    #[serde(default)]
    pub properties: Properties,
}

impl From<StoredProduct> for ProductRow {
    fn from(stored: StoredProduct) -> ProductRow {
        let catalogue = Catalogue::parse_after(&stored.text, &stored.keys).ok();
        ProductRow {
            uid: stored.uid,
            text: stored.text,
            keys: stored.keys,
            life: stored.life,
            things: stored.things,
            catalogue: catalogue.map(|(catalogue, _)| Arc::new(catalogue)),
        }
    }
}

impl From<ProductRow> for StoredProduct {
    fn from(row: ProductRow) -> StoredProduct {
        StoredProduct {
            uid: row.uid,
            text: row.text,
            keys: row.keys,
            life: row.life,
            things: row.things,
        }
    }
}

impl Named for ProductRow {
    fn uid(&self) -> Uuid {
        self.uid
    }
}

impl Named for Thing {
    fn uid(&self) -> Uuid {
        self.uid
    }
}

impl ProductRow {
    /// The catalogue, if this release can read it.
    pub fn catalogue(&self) -> Option<&Catalogue> {
        self.catalogue.as_deref()
    }

    /// The catalogue as it was loaded.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Every key that a version of the catalogue ever used.
    pub fn keys(&self) -> &Keys {
        &self.keys
    }

    /// AD-25: archived, it gives nothing.
    pub fn life(&self) -> Life {
        self.life
    }

    /// Registered things of a type.
    pub fn things(&self, kind: u16) -> IdSet<ThingId> {
        self.things.get(&kind).cloned().unwrap_or_default()
    }

    /// Takes a version of the catalogue; one that cannot be read gives nothing.
    pub(super) fn load(&mut self, text: &str) {
        self.text = text.into();
        match Catalogue::parse_after(text, &self.keys) {
            Ok((catalogue, keys)) => {
                self.catalogue = Some(Arc::new(catalogue));
                self.keys = Arc::new(keys);
            }
            Err(_) => self.catalogue = None,
        }
    }
}

impl Thing {
    /// External id and properties, once attached.
    pub fn profile(&self) -> Option<&ThingProfile> {
        self.profile.as_deref()
    }
}

impl Products {
    /// Every product that was ever loaded.
    pub fn rows(&self) -> &NamedTable<ProductId, ProductRow> {
        &self.rows
    }

    /// Every thing that was ever registered, removed ones included.
    pub fn things(&self) -> &NamedTable<ThingId, Thing> {
        &self.things
    }

    /// Whether a product's roles count.
    pub fn is_active(&self, product: ProductId) -> bool {
        self.rows
            .get(product)
            .is_some_and(|row| row.life.is_active() && row.catalogue.is_some())
    }

    /// The product of a key.
    pub fn find_product(&self, key: &str) -> Option<ProductId> {
        let is_it = |row: &ProductRow| row.catalogue().is_some_and(|found| found.key() == key);
        self.rows
            .iter()
            .find(|(_, row)| is_it(row))
            .map(|(id, _)| id)
    }

    /// The key of a product, as its catalogue has it; empty for an unknown one.
    pub fn product_key(&self, product: ProductId) -> &str {
        let catalogue = self.rows.get(product).and_then(ProductRow::catalogue);
        catalogue.map_or("", Catalogue::key)
    }

    /// The key of a role behind that of its product (`todo.editor`), dropped roles included.
    pub fn role_key(&self, product: ProductId, role: u16) -> String {
        let keys = self.rows.get(product).map(ProductRow::keys);
        let role = keys
            .and_then(|keys| keys.role_key(role))
            .unwrap_or_default();
        format!("{}.{role}", self.product_key(product))
    }

    /// The key of an action behind that of its product (`todo.can_read_todos`), dropped actions included.
    pub fn action_key(&self, product: ProductId, permission: u16) -> String {
        let keys = self.rows.get(product).map(ProductRow::keys);
        let action = keys.and_then(|keys| keys.permission_key(permission));
        format!(
            "{}.{}",
            self.product_key(product),
            action.unwrap_or_default()
        )
    }

    /// Whether [`crate::state::Tie::ProductRole`] may name this role.
    pub fn has_role(&self, product: ProductId, role: u16) -> bool {
        let catalogue = self.rows.get(product).and_then(ProductRow::catalogue);
        self.is_active(product) && catalogue.is_some_and(|found| found.role(role).is_some())
    }

    /// The registered thing of this type with the product's own id.
    pub fn find(&self, product: ProductId, kind: u16, external_id: &str) -> Option<ThingId> {
        let number = self.index.find(
            Self::hash(product, kind, external_id),
            &mut |number: u32| self.is_named(number, product, kind, external_id),
        );
        number.and_then(ThingId::from_number)
    }

    /// Whether a thing may have this external id: it is not empty, not too long, and no other thing of the type has it. To be
    /// asked under the account's lock, beside the command that registers or describes.
    pub fn check_external_id(
        &self,
        thing: Option<ThingId>,
        product: ProductId,
        kind: u16,
        external_id: &str,
    ) -> Result<(), Refusal> {
        if external_id.is_empty() || external_id.len() > MAX_TEXT_BYTES {
            let detail = format!("an external id has 1 to {MAX_TEXT_BYTES} bytes");
            return Err(Refusal::invalid("§7", "bad_external_id", detail));
        }
        match self.find(product, kind, external_id) {
            Some(other) if Some(other) != thing => Err(Refusal::conflict(
                "§7",
                "external_id_taken",
                "another thing of this type has this external id",
            )),
            _ => Ok(()),
        }
    }

    /// Gives a thing the values that the profile store keeps of it: after the event that registers or describes it is applied,
    /// and for every thing after a replay or a snapshot. Of two things with one external id, the first keeps it.
    pub fn attach(&mut self, thing: ThingId, profile: ThingProfile) {
        self.detach(thing);
        let Some(row) = self.things.get_mut(thing) else {
            return;
        };
        if row.life == Life::Deleted {
            return;
        }
        let (product, kind) = (row.product, row.kind);
        let hash = Self::hash(product, kind, &profile.external_id);
        // One without an external id is found by none: an erasure has blanked it (SD-26).
        let taken = profile.external_id.is_empty()
            || self.find(product, kind, &profile.external_id).is_some();
        if let Some(row) = self.things.get_mut(thing) {
            row.profile = Some(Arc::new(profile));
        }
        if !taken {
            let things = &self.things;
            self.index
                .insert(hash, thing.number(), &|number| hash_of(things, number));
        }
    }

    /// Forgets the values of a thing.
    pub fn detach(&mut self, thing: ThingId) {
        let Some(row) = self.things.get_mut(thing) else {
            return;
        };
        if let Some(profile) = &row.profile {
            let hash = Self::hash(row.product, row.kind, &profile.external_id);
            self.index.remove(hash, thing.number());
            row.profile = None;
        }
    }

    pub(super) fn add_product(&mut self, uid: Uuid, text: &str) {
        let mut row = ProductRow {
            uid,
            text: text.into(),
            keys: Arc::default(),
            life: Life::Active,
            things: BTreeMap::new(),
            catalogue: None,
        };
        row.load(text);
        self.rows.push(row);
    }

    pub(super) fn on_product(&mut self, product: ProductId, change: impl FnOnce(&mut ProductRow)) {
        if let Some(row) = self.rows.get_mut(product) {
            change(row);
        }
    }

    pub(super) fn set_life(&mut self, product: ProductId, life: Life) {
        self.on_product(product, |row| row.life = life);
    }

    pub(super) fn add_thing(&mut self, uid: Uuid, product: ProductId, kind: u16) {
        let added = self.things.push(Thing {
            uid,
            product,
            kind,
            life: Life::Active,
            roles: Vec::new(),
            profile_version: 1,
            profile: None,
        });
        if let Some(thing) = added {
            self.on_product(product, |row| {
                row.things.entry(kind).or_default().insert(thing);
            });
        }
    }

    pub(super) fn on_thing(&mut self, thing: ThingId, change: impl FnOnce(&mut Thing)) {
        if let Some(row) = self.things.get_mut(thing) {
            change(row);
        }
    }

    pub(super) fn remove_thing(&mut self, thing: ThingId) {
        self.detach(thing);
        let Some(row) = self.things.get_mut(thing) else {
            return;
        };
        row.life = Life::Deleted;
        row.roles = Vec::new();
        let (product, kind) = (row.product, row.kind);
        self.on_product(product, |row| {
            if let Some(things) = row.things.get_mut(&kind) {
                things.remove(thing);
            }
        });
    }

    fn is_named(&self, number: u32, product: ProductId, kind: u16, external_id: &str) -> bool {
        ThingId::from_number(number)
            .and_then(|thing| self.things.get(thing))
            .is_some_and(|row| {
                (row.product, row.kind) == (product, kind)
                    && row
                        .profile()
                        .is_some_and(|profile| *profile.external_id == *external_id)
            })
    }

    fn hash(product: ProductId, kind: u16, external_id: &str) -> u64 {
        let mut hasher = DefaultHasher::new();
        (product, kind, external_id).hash(&mut hasher);
        hasher.finish()
    }
}

fn hash_of(things: &NamedTable<ThingId, Thing>, number: u32) -> u64 {
    ThingId::from_number(number)
        .and_then(|thing| things.get(thing))
        .and_then(|row| Some((row, row.profile()?)))
        .map_or(0, |(row, profile)| {
            Products::hash(row.product, row.kind, &profile.external_id)
        })
}

/// From the hash of an external id to the thing's number; the things themselves are the keys. In shards, so that a change after
/// a fork copies one of them.
#[derive(Debug, Clone, Default)]
struct ExternalIds(Arc<Vec<Arc<HashTable<u32>>>>);

const SHARDS: usize = 256;

impl ExternalIds {
    fn find(&self, hash: u64, is_it: &mut dyn FnMut(u32) -> bool) -> Option<u32> {
        self.0
            .get(hash as usize % SHARDS)?
            .find(hash.rotate_left(32), |number| is_it(*number))
            .copied()
    }

    fn insert(&mut self, hash: u64, number: u32, hash_of: &dyn Fn(u32) -> u64) {
        let shards = Arc::make_mut(&mut self.0);
        shards.resize_with(SHARDS, Arc::default);
        if let Some(shard) = shards.get_mut(hash as usize % SHARDS) {
            Arc::make_mut(shard).insert_unique(hash.rotate_left(32), number, |number| {
                hash_of(*number).rotate_left(32)
            });
        }
    }

    fn remove(&mut self, hash: u64, number: u32) {
        let shards = Arc::make_mut(&mut self.0);
        if let Some(shard) = shards.get_mut(hash as usize % SHARDS)
            && let Ok(entry) =
                Arc::make_mut(shard).find_entry(hash.rotate_left(32), |found| *found == number)
        {
            entry.remove();
        }
    }
}
