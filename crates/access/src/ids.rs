//! Identities. Inside an account every thing is a dense integer of its own type, given in the order of creation and never
//! used again; two accounts cannot refer to each other because a dense id means nothing outside its account.
//! A [`PublicId`] (`per_` and 32 hexadecimal digits) is what callers see; it is resolved once, at the edge.

use std::fmt;
use std::hash::Hash;
use std::marker::PhantomData;
use std::num::NonZeroU32;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

/// A dense id: the position of a row in the [`crate::Table`] of its kind.
pub trait Dense: Copy + Eq + Ord + Hash + fmt::Debug + Send + Sync + 'static {
    /// The word before the underscore of the public id.
    const PREFIX: &'static str;
    /// The id of the row at `index`, or `None` beyond 2³² − 2 rows.
    fn from_index(index: usize) -> Option<Self>;
    /// The row's position.
    fn index(self) -> usize;
    /// The id of the number that [`Dense::number`] gave.
    fn from_number(number: u32) -> Option<Self>;
    /// The number that sets and logs hold: position + 1.
    fn number(self) -> u32;
}

macro_rules! dense_ids {
    ($($(#[$doc:meta])* $name:ident = $prefix:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(NonZeroU32);

        impl Dense for $name {
            const PREFIX: &'static str = $prefix;
            fn from_index(index: usize) -> Option<Self> {
                u32::try_from(index).ok()?.checked_add(1).and_then(NonZeroU32::new).map(Self)
            }
            fn index(self) -> usize {
                self.0.get() as usize - 1
            }
            fn from_number(number: u32) -> Option<Self> {
                NonZeroU32::new(number).map(Self)
            }
            fn number(self) -> u32 {
                self.0.get()
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!($prefix, "#{}"), self.0)
            }
        }
    )*};
}

dense_ids! {
    /// A human record: user, customer, or both.
    PersonId = "per";
    /// An account role; the three system roles have fixed ids.
    RoleId = "rol";
    /// A named set of users to whom desk work is assigned.
    GroupId = "grp";
    /// A node of the tree by which administration is scoped.
    UserGroupId = "ugr";
    /// A set of managed devices with the agents who may reach them.
    DeviceGroupId = "dgr";
    /// A managed device.
    DeviceId = "dev";
    /// A client organisation.
    CompanyId = "com";
    /// A product, project or team supported in the service desk.
    ServiceId = "svc";
    /// A call queue, ring group, inbox queue or campaign.
    QueueId = "que";
    /// A pool of licences of one product.
    LicenceId = "lic";
    /// SCIM client, sign-in provider or service token: a subject of its own (AD-29).
    ConnectionId = "con";
    /// A group of people as a provider of identities has it (AD-30).
    ProviderGroupId = "pgr";
    /// An API token.
    TokenId = "tok";
    /// A tie with a start or an end.
    TimedTieId = "tie";
    /// Another product whose catalogue the account loaded.
    ProductId = "prd";
    /// A subject or resource of another product.
    ThingId = "thg";
}

impl RoleId {
    /// Super admin (RULES §3).
    pub const SUPER_ADMIN: RoleId = RoleId(NonZeroU32::MIN);
    /// Admin (RULES §3).
    pub const ADMIN: RoleId = RoleId(NonZeroU32::MIN.saturating_add(1));
    /// Member (RULES §3).
    pub const MEMBER: RoleId = RoleId(NonZeroU32::MIN.saturating_add(2));

    /// Whether this is Member, which gives nothing by itself.
    pub fn is_member(self) -> bool {
        self == Self::MEMBER
    }

    /// Whether this is one of the fixed roles of the catalogue.
    pub fn is_system(self) -> bool {
        self <= Self::MEMBER
    }
}

/// The id by which callers name a thing: `per_0192f0c1…`, typed by the dense id it stands for.
pub struct PublicId<K> {
    uuid: Uuid,
    kind: PhantomData<fn() -> K>,
}

impl<K> PublicId<K> {
    /// The public id of a universally unique number.
    pub const fn new(uuid: Uuid) -> Self {
        PublicId {
            uuid,
            kind: PhantomData,
        }
    }

    /// The number behind the prefix.
    pub const fn uuid(self) -> Uuid {
        self.uuid
    }
}

impl<K> Clone for PublicId<K> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<K> Copy for PublicId<K> {}
impl<K> PartialEq for PublicId<K> {
    fn eq(&self, other: &Self) -> bool {
        self.uuid == other.uuid
    }
}
impl<K> Eq for PublicId<K> {}
impl<K> PartialOrd for PublicId<K> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl<K> Ord for PublicId<K> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.uuid.cmp(&other.uuid)
    }
}
impl<K> Hash for PublicId<K> {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.uuid.hash(state);
    }
}

impl<K: Dense> fmt::Display for PublicId<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}_{}", K::PREFIX, self.uuid.simple())
    }
}

impl<K: Dense> fmt::Debug for PublicId<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A text that is no public id of the kind asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("an id of this kind is {prefix}_ and 32 hexadecimal digits")]
pub struct BadId {
    /// The prefix that was expected.
    pub prefix: &'static str,
}

impl<K: Dense> FromStr for PublicId<K> {
    type Err = BadId;

    /// Parses the canonical form only (lower case, no dashes), so that one thing has one name.
    fn from_str(text: &str) -> Result<Self, BadId> {
        let bad = BadId { prefix: K::PREFIX };
        uuid_of(K::PREFIX, text).map(PublicId::new).ok_or(bad)
    }
}

/// The number of a typed id, as it is written and in no other way: the prefix, an underscore, 32 digits in lower case.
pub fn uuid_of(prefix: &str, text: &str) -> Option<Uuid> {
    let digits = text.strip_prefix(prefix)?.strip_prefix('_')?;
    let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    let is_written_so = digits.len() == 32 && digits.bytes().all(is_digit);
    Uuid::try_parse(digits).ok().filter(|_| is_written_so)
}

impl<K: Dense> Serialize for PublicId<K> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.collect_str(self)
        } else {
            self.uuid.serialize(serializer)
        }
    }
}

impl<'de, K: Dense> Deserialize<'de> for PublicId<K> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            std::borrow::Cow::<str>::deserialize(deserializer)?
                .parse()
                .map_err(serde::de::Error::custom)
        } else {
            Uuid::deserialize(deserializer).map(PublicId::new)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_public_id_has_one_spelling() {
        let id = PublicId::<PersonId>::new(Uuid::from_u128(0x0192_f0c1));
        assert_eq!(id.to_string().parse::<PublicId<PersonId>>(), Ok(id));
        assert!(
            id.to_string()
                .to_uppercase()
                .parse::<PublicId<PersonId>>()
                .is_err()
        );
        assert!(
            id.to_string()
                .replace("per", "svc")
                .parse::<PublicId<PersonId>>()
                .is_err()
        );
        assert!("per_".parse::<PublicId<PersonId>>().is_err());
    }
}
