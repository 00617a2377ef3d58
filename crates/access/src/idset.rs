//! Sets of dense ids, compressed and copied on write.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use roaring::RoaringBitmap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::ids::Dense;

/// A set of ids of one kind. An empty set takes one word.
pub struct IdSet<K> {
    bits: Option<Arc<RoaringBitmap>>,
    kind: PhantomData<fn() -> K>,
}

impl<K> Clone for IdSet<K> {
    fn clone(&self) -> Self {
        IdSet {
            bits: self.bits.clone(),
            kind: PhantomData,
        }
    }
}

impl<K> Default for IdSet<K> {
    fn default() -> Self {
        IdSet {
            bits: None,
            kind: PhantomData,
        }
    }
}

impl<K> PartialEq for IdSet<K> {
    fn eq(&self, other: &Self) -> bool {
        match (&self.bits, &other.bits) {
            (Some(a), Some(b)) => Arc::ptr_eq(a, b) || a == b,
            (a, b) => a.is_none() && b.is_none(),
        }
    }
}
impl<K> Eq for IdSet<K> {}

impl<K: Dense> fmt::Debug for IdSet<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

impl<K: Dense> IdSet<K> {
    /// Whether the id is in the set.
    #[inline]
    pub fn contains(&self, id: K) -> bool {
        self.bits
            .as_ref()
            .is_some_and(|bits| bits.contains(id.number()))
    }

    /// Number of ids.
    pub fn len(&self) -> usize {
        self.bits.as_ref().map_or(0, |bits| bits.len() as usize)
    }

    /// Whether the set holds nothing.
    pub fn is_empty(&self) -> bool {
        self.bits.is_none()
    }

    /// Adds an id; `false` if it was there.
    pub fn insert(&mut self, id: K) -> bool {
        Arc::make_mut(self.bits.get_or_insert_default()).insert(id.number())
    }

    /// Removes an id; `false` if it was not there.
    pub fn remove(&mut self, id: K) -> bool {
        let Some(bits) = &mut self.bits else {
            return false;
        };
        let was = Arc::make_mut(bits).remove(id.number());
        if bits.is_empty() {
            self.bits = None;
        }
        was
    }

    /// The ids in ascending order.
    pub fn iter(&self) -> impl Iterator<Item = K> {
        self.bits
            .iter()
            .flat_map(|bits| bits.iter())
            .filter_map(K::from_number)
    }

    /// The ids after `after` in ascending order: how a list is paged.
    pub fn iter_after(&self, after: Option<K>) -> impl Iterator<Item = K> {
        let first = after.map_or(0, |id| id.number().saturating_add(1));
        self.bits
            .iter()
            .flat_map(move |bits| bits.range(first..))
            .filter_map(K::from_number)
    }

    /// The ids before `before` in descending order: the same from the other end.
    pub fn iter_before(&self, before: Option<K>) -> impl Iterator<Item = K> {
        let end = before.map_or(u32::MAX, Dense::number);
        self.bits
            .iter()
            .flat_map(move |bits| bits.range(..end).rev())
            .filter_map(K::from_number)
    }

    /// Adds all ids of another set.
    pub fn extend_set(&mut self, other: &IdSet<K>) {
        if let Some(bits) = &other.bits {
            *Arc::make_mut(self.bits.get_or_insert_default()) |= bits.as_ref();
        }
    }
}

impl<K: Dense> FromIterator<K> for IdSet<K> {
    fn from_iter<I: IntoIterator<Item = K>>(ids: I) -> Self {
        let bits: RoaringBitmap = ids.into_iter().map(Dense::number).collect();
        IdSet {
            bits: (!bits.is_empty()).then(|| Arc::new(bits)),
            kind: PhantomData,
        }
    }
}

impl<K: Dense> Extend<K> for IdSet<K> {
    fn extend<I: IntoIterator<Item = K>>(&mut self, ids: I) {
        for id in ids {
            self.insert(id);
        }
    }
}

impl<K: Dense> Serialize for IdSet<K> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.bits.as_deref().serialize(serializer)
    }
}

impl<'de, K: Dense> Deserialize<'de> for IdSet<K> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let bits = Option::<RoaringBitmap>::deserialize(deserializer)?;
        Ok(IdSet {
            bits: bits.filter(|bits| !bits.is_empty()).map(Arc::new),
            kind: PhantomData,
        })
    }
}
