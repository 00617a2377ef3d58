//! Reading and writing by key what the catalogue numbers only in memory.

/// No such key in the catalogue. The key itself is left out: it is whatever a caller sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no such {kind}")]
pub struct UnknownKey {
    /// What was looked for: `permission`, `product`, `role` or `switch`.
    pub kind: &'static str,
}

/// Gives a type with `key` and `from_key` its text forms: `Display`, `Debug`, `FromStr` and serde, all by key.
macro_rules! by_key {
    ($type:ty, $kind:literal) => {
        impl std::fmt::Display for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.key())
            }
        }

        impl std::fmt::Debug for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.key())
            }
        }

        impl std::str::FromStr for $type {
            type Err = $crate::catalogue::UnknownKey;

            fn from_str(key: &str) -> Result<Self, Self::Err> {
                Self::from_key(key).ok_or($crate::catalogue::UnknownKey { kind: $kind })
            }
        }

        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.key())
            }
        }

        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Key;

                impl serde::de::Visitor<'_> for Key {
                    type Value = $type;

                    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                        f.write_str(concat!("the key of a ", $kind))
                    }

                    fn visit_str<E: serde::de::Error>(self, key: &str) -> Result<$type, E> {
                        key.parse().map_err(E::custom)
                    }
                }

                deserializer.deserialize_str(Key)
            }
        }
    };
}

pub(super) use by_key;
