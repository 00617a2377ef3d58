//! Things that have an id in the API: how they are called in paths and bodies. Whether somebody may know of one is for the access core
//! to say ([`View::sees`]): what one may not know exists answers 404, what one may see but not do 403, and lists are cut by it.
//!
//! [`View::sees`]: access::View::sees

use std::borrow::Cow;

use access::{
    CompanyId, ConnectionId, Dense, DeviceGroupId, DeviceId, GroupId, LicenceId, PersonId,
    ProductId, ProviderGroupId, PublicId, QueueId, RoleId, ServiceId, State, ThingId, TokenId,
    UserGroupId, Visible,
    state::{Life, Resolve},
};
use ledger::HasProfile;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{ObjectBuilder, RefOr, Schema, Type},
};

/// A thing of the API.
pub trait Resource: Resolve + HasProfile + Visible {
    /// The name of its segment in paths.
    const SEGMENT: &'static str;
    /// The name of its id's schema.
    const SCHEMA: &'static str;

    /// Whether it was deleted (AD-25). Other products say of their things themselves what became of them, tokens are told of after their
    /// end, and of an erased person a blank row stays (SD-26).
    fn is_deleted(self, state: &State) -> bool {
        let _ = state;
        false
    }
}

/// An id in a request or an answer. It says nothing about whether the thing is there.
pub struct Id<K>(pub PublicId<K>);

impl<K: Dense> std::fmt::Debug for Id<K> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl<K> Clone for Id<K> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<K> Copy for Id<K> {}

impl<K: Dense> Serialize for Id<K> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de, K: Dense> Deserialize<'de> for Id<K> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        PublicId::deserialize(deserializer).map(Self)
    }
}

impl<K: Resource> PartialSchema for Id<K> {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .pattern(Some(format!("^{}_[0-9a-f]{{32}}$", K::PREFIX)))
            .into()
    }
}

impl<K: Resource> ToSchema for Id<K> {
    fn name() -> Cow<'static, str> {
        K::SCHEMA.into()
    }
}

macro_rules! resources {
    ($($(#[$doc:meta])* $reference:ident = $id:ident in $segment:literal $(of $table:ident)?;)*) => {$(
        $(#[$doc])*
        pub type $reference = Id<$id>;

        impl Resource for $id {
            const SEGMENT: &'static str = $segment;
            const SCHEMA: &'static str = stringify!($id);

            $(fn is_deleted(self, state: &State) -> bool {
                let row = state.$table().get(self);
                row.is_some_and(|row| row.life == Life::Deleted)
            })?
        }
    )*};
}

resources! {
    /// A person.
    PersonRef = PersonId in "person";
    /// An account role.
    RoleRef = RoleId in "role" of roles;
    /// A desk group.
    GroupRef = GroupId in "group" of groups;
    /// A user group.
    UserGroupRef = UserGroupId in "user_group" of user_groups;
    /// A device group.
    DeviceGroupRef = DeviceGroupId in "device_group" of device_groups;
    /// A device.
    DeviceRef = DeviceId in "device" of devices;
    /// A company.
    CompanyRef = CompanyId in "company" of companies;
    /// A service.
    ServiceRef = ServiceId in "service" of services;
    /// A queue.
    QueueRef = QueueId in "queue" of queues;
    /// A licence pool.
    LicenceRef = LicenceId in "licence" of licences;
    /// A connection.
    ConnectionRef = ConnectionId in "connection" of connections;
    /// A group of a provider.
    ProviderGroupRef = ProviderGroupId in "provider_group" of provider_groups;
    /// A token.
    TokenRef = TokenId in "token";
    /// Another product.
    ProductRef = ProductId in "product";
    /// A subject or resource of another product.
    ThingRef = ThingId in "thing";
}
