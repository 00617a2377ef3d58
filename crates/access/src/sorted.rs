//! A sorted map in chunks, copied on write: cloning it copies one pointer, a change copies one chunk and the list of chunks, and
//! readers of the older clone never notice. For what is looked up by order or by text, where a `Table` knows numbers only.

use std::borrow::Borrow;
use std::fmt;
use std::sync::Arc;

use serde::de::{MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Entries of a chunk, at most.
const CHUNK: usize = 128;

type Chunk<K, V> = Arc<Vec<(K, V)>>;

/// Entries by key, in ascending order. No chunk is empty.
#[derive(Debug)]
pub(crate) struct SortedMap<K, V> {
    chunks: Arc<Vec<Chunk<K, V>>>,
}

impl<K, V> Clone for SortedMap<K, V> {
    fn clone(&self) -> Self {
        SortedMap {
            chunks: Arc::clone(&self.chunks),
        }
    }
}

impl<K, V> Default for SortedMap<K, V> {
    fn default() -> Self {
        SortedMap {
            chunks: Arc::default(),
        }
    }
}

impl<K: Ord + Clone, V: Clone> SortedMap<K, V> {
    /// The value of a key.
    pub(crate) fn get<Q: Ord + ?Sized>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        let chunk = self.chunks.get(self.chunk_of(key))?;
        let place = chunk.binary_search_by(|(held, _)| held.borrow().cmp(key));
        place.ok().map(|place| &chunk[place].1)
    }

    /// The entries from this key on, itself included, in order.
    pub(crate) fn from<'a>(
        &'a self,
        key: &K,
    ) -> impl Iterator<Item = (&'a K, &'a V)> + use<'a, K, V> {
        let first = self.chunk_of(key);
        let before = self
            .chunks
            .get(first)
            .map_or(0, |chunk| chunk.partition_point(|(held, _)| held < key));
        let entries = self
            .chunks
            .iter()
            .skip(first)
            .flat_map(|chunk| chunk.iter());
        entries.skip(before).map(|(key, value)| (key, value))
    }

    /// Gives the key this value, whatever it had.
    pub(crate) fn insert(&mut self, key: K, value: V) {
        let at = self.chunk_of(&key);
        let chunks = Arc::make_mut(&mut self.chunks);
        let Some(chunk) = chunks.get_mut(at).map(Arc::make_mut) else {
            chunks.push(Arc::new(vec![(key, value)]));
            return;
        };
        match chunk.binary_search_by(|(held, _)| held.cmp(&key)) {
            Ok(place) => chunk[place].1 = value,
            Err(place) => chunk.insert(place, (key, value)),
        }
        if chunk.len() > CHUNK {
            let behind = chunk.split_off(CHUNK / 2);
            chunks.insert(at + 1, Arc::new(behind));
        }
    }

    /// Takes the key out.
    pub(crate) fn remove<Q: Ord + ?Sized>(&mut self, key: &Q)
    where
        K: Borrow<Q>,
    {
        if self.get(key).is_none() {
            return;
        }
        let at = self.chunk_of(key);
        let chunks = Arc::make_mut(&mut self.chunks);
        let Some(chunk) = chunks.get_mut(at).map(Arc::make_mut) else {
            return;
        };
        chunk.retain(|(held, _)| held.borrow() != key);
        if chunk.is_empty() {
            chunks.remove(at);
            return;
        }
        // Neighbours that fit well into one become one: many removals leave no long list of short chunks.
        let mut first = [Some(at), at.checked_sub(1)].into_iter().flatten();
        let fits = |first: &usize| match (chunks.get(*first), chunks.get(*first + 1)) {
            (Some(one), Some(next)) => one.len() + next.len() <= CHUNK / 2,
            _ => false,
        };
        if let Some(first) = first.find(fits) {
            let behind = chunks.remove(first + 1);
            if let Some(chunk) = chunks.get_mut(first).map(Arc::make_mut) {
                chunk.extend(behind.iter().cloned());
            }
        }
    }

    /// The chunk in which the key is, or would be.
    fn chunk_of<Q: Ord + ?Sized>(&self, key: &Q) -> usize
    where
        K: Borrow<Q>,
    {
        let begin_before = |chunk: &Chunk<K, V>| {
            let first = chunk.first();
            first.is_some_and(|(first, _)| first.borrow() <= key)
        };
        let before = self.chunks.partition_point(begin_before);
        before.saturating_sub(1)
    }

    fn iter(&self) -> impl Iterator<Item = &(K, V)> {
        self.chunks.iter().flat_map(|chunk| chunk.iter())
    }
}

impl<K: Ord + Clone + Serialize, V: Clone + Serialize> Serialize for SortedMap<K, V> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let len = self.chunks.iter().map(|chunk| chunk.len()).sum();
        let mut entries = serializer.serialize_map(Some(len))?;
        for (key, value) in self.iter() {
            entries.serialize_entry(key, value)?;
        }
        entries.end()
    }
}

impl<'de, K, V> Deserialize<'de> for SortedMap<K, V>
where
    K: Ord + Clone + Deserialize<'de>,
    V: Clone + Deserialize<'de>,
{
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entries<K, V>(SortedMap<K, V>);
        impl<'de, K, V> Visitor<'de> for Entries<K, V>
        where
            K: Ord + Clone + Deserialize<'de>,
            V: Clone + Deserialize<'de>,
        {
            type Value = SortedMap<K, V>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("entries")
            }
            fn visit_map<A: MapAccess<'de>>(
                mut self,
                mut entries: A,
            ) -> Result<SortedMap<K, V>, A::Error> {
                while let Some((key, value)) = entries.next_entry()? {
                    self.0.insert(key, value);
                }
                Ok(self.0)
            }
        }
        deserializer.deserialize_map(Entries(SortedMap::default()))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    fn all(map: &SortedMap<u16, u16>) -> Vec<(u16, u16)> {
        map.iter().copied().collect()
    }

    proptest! {
        #[test]
        fn it_holds_what_a_plain_map_holds(steps in prop::collection::vec((any::<bool>(), 0..600_u16), 0..3_000), from in 0..600_u16) {
            let (mut map, mut plain) = (SortedMap::default(), BTreeMap::new());
            for (n, (add, key)) in (0..).zip(steps) {
                if add {
                    map.insert(key, n);
                    plain.insert(key, n);
                } else {
                    map.remove(&key);
                    plain.remove(&key);
                }
                prop_assert_eq!(map.get(&key), plain.get(&key));
            }
            prop_assert_eq!(all(&map), plain.clone().into_iter().collect::<Vec<_>>());
            let later = map.from(&from).map(|(key, _)| *key);
            prop_assert!(later.eq(plain.range(from..).map(|(key, _)| *key)));
            prop_assert!(map.chunks.iter().all(|chunk| (1..=CHUNK).contains(&chunk.len())));
        }
    }

    #[test]
    fn a_change_copies_one_chunk_and_a_fork_does_not_see_it() {
        let mut map = SortedMap::default();
        (0..10_000).for_each(|key| map.insert(key, key));
        let fork = map.clone();
        map.insert(5_000, 1);
        map.remove(&7_000);
        assert_eq!(
            (fork.get(&5_000), fork.get(&7_000)),
            (Some(&5_000), Some(&7_000))
        );
        assert_eq!((map.get(&5_000), map.get(&7_000)), (Some(&1), None));
        let shared = map
            .chunks
            .iter()
            .filter(|chunk| Arc::strong_count(chunk) == 2);
        assert_eq!(shared.count(), map.chunks.len() - 2);
    }

    #[test]
    fn what_goes_leaves_no_chunks_behind() {
        let mut map = SortedMap::default();
        (0..10_000_u16).for_each(|key| map.insert(key, 0_u16));
        (0..10_000)
            .filter(|key| key % 100 != 0)
            .for_each(|key| map.remove(&key));
        assert_eq!(all(&map).len(), 100);
        assert!(map.chunks.len() <= 4, "{}", map.chunks.len());
        (0..10_000).for_each(|key| map.remove(&key));
        assert!(map.chunks.is_empty());
    }
}
