//! A set of permissions in one machine word.

use std::fmt;
use std::ops::{BitAnd, BitAndAssign, BitOr, BitOrAssign, Sub, SubAssign};

use serde::de::{SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Permission;

/// A set of permissions: one bit each, so that union, difference and comparison cost one instruction.
///
/// The bits are an affair of this process: outside it a set is the list of its keys, in the catalogue's order.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct PermissionSet(u128);

const _: () = assert!(
    Permission::ALL.len() <= u128::BITS as usize,
    "PermissionSet needs more bits"
);

impl PermissionSet {
    /// Nothing.
    pub const EMPTY: Self = Self(0);
    /// Every permission of the catalogue.
    pub const ALL: Self = Self::of(&Permission::ALL);

    /// The set of the permissions named.
    pub const fn of(permissions: &[Permission]) -> Self {
        let mut set = Self::EMPTY;
        let mut i = 0;
        while i < permissions.len() {
            set = set.with(permissions[i]);
            i += 1;
        }
        set
    }

    /// This set and one more.
    #[must_use]
    pub const fn with(self, permission: Permission) -> Self {
        Self(self.0 | 1 << permission as u8)
    }

    /// This set but for one.
    #[must_use]
    pub const fn without(self, permission: Permission) -> Self {
        Self(self.0 & !(1 << permission as u8))
    }

    /// Whether it is in the set.
    pub const fn contains(self, permission: Permission) -> bool {
        self.0 & 1 << permission as u8 != 0
    }

    /// What is in either; `|` where it need not be constant.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// What is in both; `&` where it need not be constant.
    #[must_use]
    pub const fn intersection(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// What is in this one and not in the other; `-` where it need not be constant.
    #[must_use]
    pub const fn difference(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Whether the other holds everything that this one holds.
    pub const fn is_subset_of(self, other: Self) -> bool {
        self.difference(other).is_empty()
    }

    /// Whether it holds nothing.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// How many it holds.
    pub const fn len(self) -> usize {
        self.0.count_ones() as usize
    }

    /// Its members, in the order of the catalogue.
    pub const fn iter(self) -> Iter {
        Iter(self.0)
    }

    /// With every parent of its members: ticking a child ticks the parent (AD-3).
    #[must_use]
    pub fn with_parents(self) -> Self {
        let parents: Self = self.iter().filter_map(Permission::parent).collect();
        if parents.is_subset_of(self) {
            self
        } else {
            (self | parents).with_parents()
        }
    }

    /// Without the members whose parent is not in the set: unticking a parent unticks its children (AD-3).
    #[must_use]
    pub fn without_orphans(self) -> Self {
        let kept: Self = self
            .iter()
            .filter(|child| child.parent().is_none_or(|parent| self.contains(parent)))
            .collect();
        if kept == self {
            self
        } else {
            kept.without_orphans()
        }
    }
}

impl BitOr for PermissionSet {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        self.union(other)
    }
}

impl BitOrAssign for PermissionSet {
    fn bitor_assign(&mut self, other: Self) {
        *self = *self | other;
    }
}

impl BitAnd for PermissionSet {
    type Output = Self;

    fn bitand(self, other: Self) -> Self {
        self.intersection(other)
    }
}

impl BitAndAssign for PermissionSet {
    fn bitand_assign(&mut self, other: Self) {
        *self = *self & other;
    }
}

impl Sub for PermissionSet {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        self.difference(other)
    }
}

impl SubAssign for PermissionSet {
    fn sub_assign(&mut self, other: Self) {
        *self = *self - other;
    }
}

impl FromIterator<Permission> for PermissionSet {
    fn from_iter<I: IntoIterator<Item = Permission>>(permissions: I) -> Self {
        permissions.into_iter().fold(Self::EMPTY, Self::with)
    }
}

impl Extend<Permission> for PermissionSet {
    fn extend<I: IntoIterator<Item = Permission>>(&mut self, permissions: I) {
        *self |= permissions.into_iter().collect();
    }
}

impl IntoIterator for PermissionSet {
    type Item = Permission;
    type IntoIter = Iter;

    fn into_iter(self) -> Iter {
        self.iter()
    }
}

/// The members of a [`PermissionSet`], in the order of the catalogue.
#[derive(Clone, Debug)]
pub struct Iter(u128);

impl Iterator for Iter {
    type Item = Permission;

    fn next(&mut self) -> Option<Permission> {
        let permission = *Permission::ALL.get(self.0.trailing_zeros() as usize)?;
        self.0 &= self.0 - 1;
        Some(permission)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = self.0.count_ones() as usize;
        (left, Some(left))
    }
}

impl ExactSizeIterator for Iter {}

impl fmt::Debug for PermissionSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(*self).finish()
    }
}

impl Serialize for PermissionSet {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(*self)
    }
}

impl<'de> Deserialize<'de> for PermissionSet {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Keys;

        impl<'de> Visitor<'de> for Keys {
            type Value = PermissionSet;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list of permission keys")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut keys: A) -> Result<PermissionSet, A::Error> {
                let mut set = PermissionSet::EMPTY;
                while let Some(permission) = keys.next_element()? {
                    set = set.with(permission);
                }
                Ok(set)
            }
        }

        deserializer.deserialize_seq(Keys)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]

    use super::super::sets;
    use super::*;

    const USERS: Permission = Permission::AdminUsersManage;
    const SETTINGS: Permission = Permission::AdminUserSettingsManage;

    #[test]
    fn set_operations_agree_with_membership() {
        let (a, b) = (sets::ADMIN, sets::ACCOUNT_ADMIN_FULL);
        for permission in Permission::ALL {
            let (in_a, in_b) = (a.contains(permission), b.contains(permission));
            assert_eq!((a | b).contains(permission), in_a || in_b);
            assert_eq!((a & b).contains(permission), in_a && in_b);
            assert_eq!((a - b).contains(permission), in_a && !in_b);
            assert!(a.with(permission).contains(permission));
            assert!(!a.without(permission).contains(permission));
            assert_eq!(permission.set().iter().collect::<Vec<_>>(), [permission]);
        }
        assert!((a & b).is_subset_of(a) && a.is_subset_of(a | b) && !a.is_subset_of(b));
        assert_eq!(a.iter().len(), a.len());
        assert_eq!(a.iter().collect::<PermissionSet>(), a);
        assert_eq!(
            PermissionSet::ALL.iter().collect::<Vec<_>>(),
            Permission::ALL
        );
        assert_eq!(PermissionSet::EMPTY.iter().next(), None);
    }

    #[test]
    fn ad_3_ticking_a_child_ticks_the_parent() {
        assert_eq!(
            SETTINGS.set().with_parents(),
            PermissionSet::of(&[USERS, SETTINGS])
        );
        assert_eq!(
            USERS.set().with_parents(),
            USERS.set(),
            "the parent alone does not give the child"
        );
    }

    #[test]
    fn ad_3_unticking_the_parent_unticks_the_child() {
        let both = PermissionSet::of(&[USERS, SETTINGS]);
        assert_eq!(both.without_orphans(), both);
        assert_eq!(both.without(USERS).without_orphans(), PermissionSet::EMPTY);
        assert_eq!(both.without(SETTINGS).without_orphans(), USERS.set());
    }

    #[test]
    fn stands_by_key_in_json_and_in_the_log() {
        let set = PermissionSet::of(&[SETTINGS, USERS]);
        let json = serde_json::to_string(&set).unwrap();
        assert_eq!(
            json,
            r#"["admin.users.manage","admin.user_settings.manage"]"#
        );
        assert_eq!(serde_json::from_str::<PermissionSet>(&json).unwrap(), set);

        let bytes = postcard::to_stdvec(&set).unwrap();
        assert!(
            bytes
                .windows(18)
                .any(|window| window == b"admin.users.manage")
        );
        assert_eq!(postcard::from_bytes::<PermissionSet>(&bytes).unwrap(), set);

        assert!(serde_json::from_str::<PermissionSet>(r#"["admin.users.own"]"#).is_err());
        assert_eq!(
            format!("{set:?}"),
            "{admin.users.manage, admin.user_settings.manage}"
        );
    }
}
