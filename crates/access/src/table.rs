//! The one container of the state: rows in chunks of 64, copied on write. Cloning a table copies two pointers, a change copies
//! one chunk and the two short lists above it; readers of the older clone never notice. The newest rows, which change most while
//! many come, stand apart, with no lists above them. An id index over the rows' public numbers is kept in shards for the same
//! reason.

use std::sync::Arc;

use hashbrown::HashTable;
use serde::de::{SeqAccess, Visitor};
use serde::ser::SerializeSeq;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

use crate::ids::{Dense, PublicId};

type Leaf<R> = Arc<Vec<R>>;
type Branch<R> = Arc<Vec<Leaf<R>>>;

/// Rows by dense id. `K` is the id's type, `R` the row's. A leaf holds `LEAF` rows, a branch `BRANCH` leaves.
#[derive(Debug)]
pub struct Table<K, R, const LEAF: usize = 64, const BRANCH: usize = 128> {
    /// The full leaves.
    branches: Arc<Vec<Branch<R>>>,
    /// The rows after them: never full, and nothing rather than empty.
    newest: Option<Leaf<R>>,
    len: usize,
    kind: std::marker::PhantomData<fn() -> K>,
}

impl<K, R, const LEAF: usize, const BRANCH: usize> Clone for Table<K, R, LEAF, BRANCH> {
    fn clone(&self) -> Self {
        Table {
            branches: Arc::clone(&self.branches),
            newest: self.newest.clone(),
            len: self.len,
            kind: self.kind,
        }
    }
}

impl<K, R, const LEAF: usize, const BRANCH: usize> Default for Table<K, R, LEAF, BRANCH> {
    fn default() -> Self {
        Table {
            branches: Arc::default(),
            newest: None,
            len: 0,
            kind: std::marker::PhantomData,
        }
    }
}

impl<K: Dense, R: Clone, const LEAF: usize, const BRANCH: usize> Table<K, R, LEAF, BRANCH> {
    /// Number of rows, ended ones included.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The id that the next row will get.
    pub fn next_id(&self) -> Option<K> {
        K::from_index(self.len)
    }

    /// How many rows stand in full leaves.
    #[inline]
    fn settled(&self) -> usize {
        self.len / LEAF * LEAF
    }

    /// The row, or `None` for an id that this account never gave.
    #[inline]
    pub fn get(&self, id: K) -> Option<&R> {
        let index = id.index();
        let leaf = if index < self.settled() {
            let branch = self.branches.get(index / (LEAF * BRANCH))?;
            branch.get(index / LEAF % BRANCH)?
        } else if index < self.len {
            self.newest.as_ref()?
        } else {
            return None;
        };
        leaf.get(index % LEAF)
    }

    /// The row for writing; copies what an older clone still shows.
    pub fn get_mut(&mut self, id: K) -> Option<&mut R> {
        let index = id.index();
        let leaf = if index < self.settled() {
            let branches = Arc::make_mut(&mut self.branches);
            let branch = Arc::make_mut(branches.get_mut(index / (LEAF * BRANCH))?);
            branch.get_mut(index / LEAF % BRANCH)?
        } else if index < self.len {
            self.newest.as_mut()?
        } else {
            return None;
        };
        unshared::<R, LEAF>(leaf).get_mut(index % LEAF)
    }

    /// Appends a row.
    pub fn push(&mut self, row: R) -> Option<K> {
        let id = self.next_id()?;
        let newest = self.newest.get_or_insert_default();
        unshared::<R, LEAF>(newest).push(row);
        self.len += 1;
        if self.len.is_multiple_of(LEAF) {
            let branches = Arc::make_mut(&mut self.branches);
            if (self.len - LEAF).is_multiple_of(LEAF * BRANCH) {
                branches.push(Arc::default());
            }
            Arc::make_mut(branches.last_mut()?).extend(self.newest.take());
        }
        Some(id)
    }

    /// All ids, in the order of creation.
    pub fn ids(&self) -> impl DoubleEndedIterator<Item = K> + use<K, R, LEAF, BRANCH> {
        (0..self.len).filter_map(K::from_index)
    }

    /// All rows with their ids, in the order of creation.
    pub fn iter(&self) -> impl Iterator<Item = (K, &R)> {
        self.branches
            .iter()
            .flat_map(|branch| branch.iter())
            .chain(&self.newest)
            .flat_map(|leaf| leaf.iter())
            .enumerate()
            .filter_map(|(index, row)| K::from_index(index).map(|id| (id, row)))
    }
}

/// The rows of a leaf, for writing. A copy has the room for all the rows that a leaf will hold.
fn unshared<R: Clone, const LEAF: usize>(leaf: &mut Leaf<R>) -> &mut Vec<R> {
    if Arc::get_mut(leaf).is_none_or(|rows| rows.capacity() == 0) {
        let mut copy = Vec::with_capacity(LEAF);
        copy.extend_from_slice(leaf);
        *leaf = Arc::new(copy);
    }
    Arc::make_mut(leaf)
}

impl<K: Dense, R: Clone + Serialize> Serialize for Table<K, R> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut rows = serializer.serialize_seq(Some(self.len))?;
        for (_, row) in self.iter() {
            rows.serialize_element(row)?;
        }
        rows.end()
    }
}

impl<'de, K: Dense, R: Clone + Deserialize<'de>> Deserialize<'de> for Table<K, R> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Rows<K, R>(Table<K, R>);
        impl<'de, K: Dense, R: Clone + Deserialize<'de>> Visitor<'de> for Rows<K, R> {
            type Value = Table<K, R>;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("rows")
            }
            fn visit_seq<A: SeqAccess<'de>>(
                mut self,
                mut rows: A,
            ) -> Result<Table<K, R>, A::Error> {
                while let Some(row) = rows.next_element()? {
                    self.0.push(row);
                }
                Ok(self.0)
            }
        }
        deserializer.deserialize_seq(Rows(Table::default()))
    }
}

/// A row that callers can name.
pub trait Named {
    /// The number of its public id.
    fn uid(&self) -> Uuid;
}

/// A [`Table`] whose rows are also found by public id.
#[derive(Debug)]
pub struct NamedTable<K, R> {
    rows: Table<K, R>,
    index: UidIndex,
}

impl<K, R> Clone for NamedTable<K, R> {
    fn clone(&self) -> Self {
        NamedTable {
            rows: self.rows.clone(),
            index: self.index.clone(),
        }
    }
}

impl<K, R> Default for NamedTable<K, R> {
    fn default() -> Self {
        NamedTable {
            rows: Table::default(),
            index: UidIndex::default(),
        }
    }
}

impl<K, R> std::ops::Deref for NamedTable<K, R> {
    type Target = Table<K, R>;
    fn deref(&self) -> &Table<K, R> {
        &self.rows
    }
}

impl<K: Dense, R: Clone + Named> NamedTable<K, R> {
    /// The dense id behind a public one.
    pub fn find(&self, id: PublicId<K>) -> Option<K> {
        self.index
            .find(id.uuid(), |number| self.uid_at(number))
            .and_then(K::from_number)
    }

    /// The public id of a row.
    pub fn public(&self, id: K) -> Option<PublicId<K>> {
        self.rows.get(id).map(|row| PublicId::new(row.uid()))
    }

    /// Appends a row; a public id that is taken keeps its first row.
    pub fn push(&mut self, row: R) -> Option<K> {
        let uid = row.uid();
        let id = self.rows.push(row)?;
        let rows = &self.rows;
        self.index
            .insert(uid, id.number(), |number| uid_at(rows, number));
        Some(id)
    }

    /// The row for writing. The public id of a row never changes.
    pub fn get_mut(&mut self, id: K) -> Option<&mut R> {
        self.rows.get_mut(id)
    }

    fn uid_at(&self, number: u32) -> Uuid {
        uid_at(&self.rows, number)
    }
}

fn uid_at<K: Dense, R: Clone + Named>(rows: &Table<K, R>, number: u32) -> Uuid {
    K::from_number(number)
        .and_then(|id| rows.get(id))
        .map_or(Uuid::nil(), Named::uid)
}

impl<K: Dense, R: Clone + Serialize> Serialize for NamedTable<K, R> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.rows.serialize(serializer)
    }
}

impl<'de, K: Dense, R: Clone + Named + Deserialize<'de>> Deserialize<'de> for NamedTable<K, R> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let rows = Table::<K, R>::deserialize(deserializer)?;
        let mut index = UidIndex::default();
        for (id, row) in rows.iter() {
            index.insert(row.uid(), id.number(), |number| uid_at(&rows, number));
        }
        Ok(NamedTable { rows, index })
    }
}

/// Hash index from public number to dense number that stores the dense numbers only: the rows are the keys.
/// It grows by linear hashing, one shard at a time, so that neither a copy nor a growth is ever long.
#[derive(Debug, Clone, Default)]
struct UidIndex {
    /// In short lists: nearly every new row changes another shard.
    shards: Table<ShardId, Arc<HashTable<u32>>, 16, 16>,
    len: usize,
}

/// Mean number of ids in a shard before one more is opened: a copy stays around one kilobyte.
const SHARD: usize = 128;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct ShardId(usize);

impl Dense for ShardId {
    const PREFIX: &'static str = "";
    fn from_index(index: usize) -> Option<Self> {
        Some(ShardId(index))
    }
    fn index(self) -> usize {
        self.0
    }
    fn from_number(number: u32) -> Option<Self> {
        Some(ShardId(number as usize))
    }
    fn number(self) -> u32 {
        self.0 as u32
    }
}

/// Public ids are mostly random; a folded product of both halves spreads also those that an import or a test counts up.
#[inline]
fn hash(uid: Uuid) -> u64 {
    let (high, low) = uid.as_u64_pair();
    let product =
        u128::from(high ^ 0x9E37_79B9_7F4A_7C15) * u128::from(low ^ 0xD1B5_4A32_D192_ED03);
    product as u64 ^ (product >> 64) as u64
}

impl UidIndex {
    #[inline]
    fn shard(&self, hash: u64) -> ShardId {
        let shards = self.shards.len().max(1);
        let ceiling = shards.next_power_of_two();
        let place = hash as usize & (ceiling - 1);
        ShardId(if place < shards {
            place
        } else {
            place & (ceiling / 2 - 1)
        })
    }

    #[inline]
    fn find(&self, uid: Uuid, uid_at: impl Fn(u32) -> Uuid) -> Option<u32> {
        let hash = hash(uid);
        // The shard took the low bits; the table inside takes its place and tag from the others.
        self.shards
            .get(self.shard(hash))?
            .find(hash.rotate_left(32), |number| uid_at(*number) == uid)
            .copied()
    }

    fn insert(&mut self, uid: Uuid, number: u32, uid_at: impl Fn(u32) -> Uuid) {
        if self.find(uid, &uid_at).is_some() {
            return;
        }
        let rehash = |number: &u32| hash(uid_at(*number)).rotate_left(32);
        if self.len >= self.shards.len() * SHARD {
            self.split(&uid_at);
        }
        let hash = hash(uid);
        let shard = self.shard(hash);
        if let Some(table) = self.shards.get_mut(shard) {
            Arc::make_mut(table).insert_unique(hash.rotate_left(32), number, rehash);
            self.len += 1;
        }
    }

    /// Opens one more shard and moves over what now belongs there.
    fn split(&mut self, uid_at: &impl Fn(u32) -> Uuid) {
        let fresh = self.shards.len();
        self.shards.push(Arc::default());
        if fresh == 0 {
            return;
        }
        let old = ShardId(fresh - (1 << fresh.ilog2()));
        let numbers: Vec<u32> = self
            .shards
            .get(old)
            .map(|table| table.iter().copied().collect())
            .unwrap_or_default();
        let mut parts = [HashTable::new(), HashTable::new()];
        for number in numbers {
            let hash = hash(uid_at(number));
            let moves = usize::from(self.shard(hash).0 == fresh);
            parts[moves].insert_unique(hash.rotate_left(32), number, |n| {
                crate::table::hash(uid_at(*n)).rotate_left(32)
            });
        }
        let [stays, moves] = parts;
        if let Some(table) = self.shards.get_mut(old) {
            *table = Arc::new(stays);
        }
        if let Some(table) = self.shards.get_mut(ShardId(fresh)) {
            *table = Arc::new(moves);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::PersonId;

    #[derive(Debug, Clone, PartialEq)]
    struct Row(Uuid, u32);
    impl Named for Row {
        fn uid(&self) -> Uuid {
            self.0
        }
    }

    fn row(n: u32) -> Row {
        Row(Uuid::from_u128(u128::from(n) << 64 | 7), n)
    }

    /// Ids that are counted up, in one half or in both, must not fall on one place.
    #[test]
    fn counted_ids_are_spread_as_random_ones_are() {
        let counted: [fn(u128) -> u128; 4] = [|n| n, |n| n << 64, |n| n << 96 | n, |n| n << 64 | n];
        for id in counted {
            let places: std::collections::HashSet<u64> = (1..=4_096)
                .map(|n| hash(Uuid::from_u128(id(n))) & 0xFFFF)
                .collect();
            assert!(places.len() > 3_500, "{}", places.len());
        }
    }

    #[test]
    fn every_row_is_found_by_its_public_id_while_the_index_grows() {
        let mut table = NamedTable::<PersonId, Row>::default();
        for n in 0..40_000 {
            table.push(row(n));
        }
        for n in (0..40_000).step_by(7) {
            let id = table.find(PublicId::new(row(n).0)).unwrap();
            assert_eq!(table.get(id), Some(&row(n)));
        }
        assert_eq!(table.find(PublicId::new(Uuid::from_u128(1))), None);
        assert_eq!(table.get(PersonId::from_index(40_000).unwrap()), None);
    }

    /// What most commands touch while many people come: a copy of so few rows, and of nothing above them.
    #[test]
    fn the_newest_rows_change_without_a_copy_of_the_lists_above() {
        let mut table = Table::<PersonId, Row>::default();
        (0..1_000).for_each(|n| assert!(table.push(row(n)).is_some()));
        let fork = table.clone();
        let newest = PersonId::from_index(999).unwrap();
        table.get_mut(newest).unwrap().1 = 9;
        table.push(row(1_000));
        assert!(Arc::ptr_eq(&fork.branches, &table.branches));
        assert_eq!((fork.get(newest), fork.len()), (Some(&row(999)), 1_000));
        let rows = (0..999).chain([9, 1_000]);
        assert!(table.iter().map(|(_, row)| row.1).eq(rows));
        // They join the others when there are enough of them.
        (1_001..1_024).for_each(|n| assert!(table.push(row(n)).is_some()));
        assert!(table.newest.is_none() && table.iter().count() == 1_024);
        assert_eq!(table.get(newest), Some(&Row(row(999).0, 9)));
    }

    #[test]
    fn a_fork_does_not_see_later_changes() {
        let mut table = NamedTable::<PersonId, Row>::default();
        for n in 0..1_000 {
            table.push(row(n));
        }
        let fork = table.clone();
        let id = PersonId::from_index(500).unwrap();
        table.get_mut(id).unwrap().1 = 9;
        table.push(row(1_000));
        assert_eq!(fork.get(id), Some(&row(500)));
        assert_eq!(fork.len(), 1_000);
        assert_eq!(fork.find(PublicId::new(row(1_000).0)), None);
    }
}
