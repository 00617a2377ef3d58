//! Things that have an id in the API: how they are called in paths and bodies, and who may know that they are there.
//!
//! What one may not know exists answers 404, what one may see but not do 403: [`Resource::is_seen_by`] is the one function that decides
//! which, and lists are cut by it. It asks permissions and ties of the viewer only, never a role (SD-5, SD-36, AD-10).

use std::borrow::Cow;

use access::{
    CompanyId, ConnectionId, Dense, DeviceGroupId, DeviceId, GroupId, LicenceId,
    Permission::{
        AdminDeviceGroupsManage, AdminIntegrationsManage, AdminPeopleView, AdminPortalOpen,
        AdminUsersManage, ContactCentreCallServe, ContactCentreLicenceAssign,
        ContactCentreQueueAssign, ContactCentreQueueLogIn, ContactCentreQueueView,
        PortalArticleView, RemoteSupportUnattendedAccess, ServiceDeskAccountConfigure,
        ServiceDeskRecordManage,
    },
    PersonId, ProductId, PublicId, QueueId, RoleId, ServiceId, Subject, Target, ThingId, TokenId,
    UserGroupId, View,
    state::{Person, Resolve, Tie, TokenOwner},
};
use ledger::HasProfile;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{ObjectBuilder, RefOr, Schema, Type},
};

/// A thing of the API.
pub trait Resource: Resolve + HasProfile {
    /// The name of its segment in paths.
    const SEGMENT: &'static str;
    /// The name of its id's schema.
    const SCHEMA: &'static str;

    /// Whether the viewer may know that it is there.
    fn is_seen_by(self, view: &View<'_>) -> bool;
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
    ($($(#[$doc:meta])* $reference:ident = $id:ident in $segment:literal seen by $sees:ident;)*) => {$(
        $(#[$doc])*
        pub type $reference = Id<$id>;

        impl Resource for $id {
            const SEGMENT: &'static str = $segment;
            const SCHEMA: &'static str = stringify!($id);

            fn is_seen_by(self, view: &View<'_>) -> bool {
                $sees(view, self)
            }
        }
    )*};
}

resources! {
    /// A person.
    PersonRef = PersonId in "person" seen by sees_person;
    /// An account role.
    RoleRef = RoleId in "role" seen by sees_role;
    /// A desk group.
    GroupRef = GroupId in "group" seen by sees_group;
    /// A user group.
    UserGroupRef = UserGroupId in "user_group" seen by sees_user_group;
    /// A device group.
    DeviceGroupRef = DeviceGroupId in "device_group" seen by sees_device_group;
    /// A device.
    DeviceRef = DeviceId in "device" seen by sees_device;
    /// A company.
    CompanyRef = CompanyId in "company" seen by sees_company;
    /// A service.
    ServiceRef = ServiceId in "service" seen by sees_service;
    /// A queue.
    QueueRef = QueueId in "queue" seen by sees_queue;
    /// A licence pool.
    LicenceRef = LicenceId in "licence" seen by sees_licence;
    /// A connection.
    ConnectionRef = ConnectionId in "connection" seen by sees_connection;
    /// A token.
    TokenRef = TokenId in "token" seen by sees_token;
    /// Another product.
    ProductRef = ProductId in "product" seen by sees_product;
    /// A subject or resource of another product.
    ThingRef = ThingId in "thing" seen by sees_thing;
}

/// The viewer's own row.
fn own<'s>(view: &View<'s>) -> Option<&'s Person> {
    match view.subject() {
        Subject::Person(person) => view.state().people().get(person),
        _ => None,
    }
}

fn has_tie(view: &View<'_>, tie: Tie) -> bool {
    own(view).is_some_and(|row| {
        view.state()
            .ties_at(row, view.now())
            .any(|(held, _)| held == tie)
    })
}

fn configures_desk(view: &View<'_>) -> bool {
    view.may(ServiceDeskAccountConfigure, Target::Account)
}

fn sees_person(view: &View<'_>, person: PersonId) -> bool {
    let Some(row) = view.state().people().get(person) else {
        return false;
    };
    if view.subject() == Subject::Person(person) {
        return true;
    }
    // AD-10: users are seen inside the scope; whoever gives levels or queues sees all of them (SD-2).
    let as_user = || {
        view.may(AdminPeopleView, person)
            || configures_desk(view)
            || view.may(ContactCentreQueueAssign, Target::Account)
    };
    (row.is_user() && as_user()) || (row.is_customer() && sees_customer(view, person, row))
}

/// SD-36: customers are seen in the services where the viewer has a level, cut by company access (SD-33).
fn sees_customer(view: &View<'_>, person: PersonId, row: &Person) -> bool {
    if configures_desk(view) || view.may(AdminPeopleView, person) {
        return true;
    }
    let admitted = own(view).is_some_and(|own| own.company_access().admits(row.company));
    let works_on = |service| {
        view.may(ServiceDeskRecordManage, service) && view.selectable(person, service).selectable
    };
    let by_company = || {
        let company = row
            .company
            .and_then(|company| view.state().companies().get(company));
        company.is_some_and(|company| company.services.iter().any(works_on))
    };
    let by_tie = || {
        view.state()
            .ties_at(row, view.now())
            .any(|(tie, _)| match tie {
                Tie::Customer(service, _) => works_on(service),
                _ => false,
            })
    };
    admitted && (by_tie() || by_company())
}

fn sees_role(view: &View<'_>, role: RoleId) -> bool {
    view.may(AdminPortalOpen, Target::Account)
        || own(view).is_some_and(|own| own.account_role == role)
}

fn sees_group(view: &View<'_>, group: GroupId) -> bool {
    let Some(row) = view.state().groups().get(group) else {
        return false;
    };
    configures_desk(view)
        || has_tie(view, Tie::Group(group))
        || row
            .services
            .iter()
            .any(|service| view.may(ServiceDeskRecordManage, service))
}

fn sees_user_group(view: &View<'_>, group: UserGroupId) -> bool {
    // An archived group is not active for the gate, and its administrators must still find it to restore it.
    view.may(AdminPeopleView, group) || view.may(AdminPeopleView, Target::Account)
}

fn sees_device_group(view: &View<'_>, group: DeviceGroupId) -> bool {
    view.may(AdminDeviceGroupsManage, Target::Account) || has_tie(view, Tie::DeviceGroup(group))
}

fn sees_device(view: &View<'_>, device: DeviceId) -> bool {
    view.may(AdminDeviceGroupsManage, Target::Account)
        || view.may(RemoteSupportUnattendedAccess, device)
}

fn sees_company(view: &View<'_>, company: CompanyId) -> bool {
    let Some(row) = view.state().companies().get(company) else {
        return false;
    };
    let own = own(view);
    let works_for = || {
        row.services
            .iter()
            .any(|service| view.may(ServiceDeskRecordManage, service))
    };
    configures_desk(view)
        || own.is_some_and(|own| own.company == Some(company))
        || (own.is_some_and(|own| own.company_access().admits(Some(company))) && works_for())
}

fn sees_service(view: &View<'_>, service: ServiceId) -> bool {
    // SD-5: without a level the service is invisible, save for who configures the desk.
    configures_desk(view)
        || view.may(ServiceDeskRecordManage, service)
        || view.may(PortalArticleView, service)
}

fn sees_queue(view: &View<'_>, queue: QueueId) -> bool {
    [
        ContactCentreQueueView,
        ContactCentreQueueAssign,
        ContactCentreQueueLogIn,
        ContactCentreCallServe,
    ]
    .into_iter()
    .any(|permission| view.may(permission, queue) || view.may(permission, Target::Account))
}

fn sees_licence(view: &View<'_>, licence: LicenceId) -> bool {
    [
        AdminPortalOpen,
        ServiceDeskAccountConfigure,
        ContactCentreLicenceAssign,
    ]
    .into_iter()
    .any(|permission| view.may(permission, Target::Account))
        || has_tie(view, Tie::Licence(licence))
}

fn sees_product(view: &View<'_>, _: ProductId) -> bool {
    view.may(AdminIntegrationsManage, Target::Account)
}

fn sees_thing(view: &View<'_>, _: ThingId) -> bool {
    view.may(AdminIntegrationsManage, Target::Account)
}

fn sees_connection(view: &View<'_>, connection: ConnectionId) -> bool {
    view.may(AdminIntegrationsManage, Target::Account)
        || view.subject() == Subject::Connection(connection)
}

fn sees_token(view: &View<'_>, token: TokenId) -> bool {
    match view.state().tokens().get(token).map(|row| row.owner) {
        None => false,
        Some(TokenOwner::Connection(connection)) => sees_connection(view, connection),
        Some(TokenOwner::Person(owner)) => {
            view.subject() == Subject::Person(owner) || view.may(AdminUsersManage, owner)
        }
    }
}
