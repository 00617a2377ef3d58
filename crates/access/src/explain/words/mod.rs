//! Short English for what a decision and a remedy say, so that every face says the same. Ids stand as placeholders: names live
//! in the profile store, and whoever shows a phrase fills in those that its reader may see.
//!
//! Permissions, switches and products are the catalogue's words, not anybody's data; they are filled in here.

mod change;
mod why;

use smallvec::{SmallVec, smallvec};

pub use self::change::change;
pub use self::why::{above, closes, giver, holds, opens, reason_about, reason_of_choice};
use crate::catalogue::Product;
use crate::command::Notice;
use crate::decide::{By, Gate, Over, Reason, Through};
use crate::ids::{
    CompanyId, ConnectionId, Dense, DeviceGroupId, DeviceId, GroupId, LicenceId, PersonId,
    ProductId, ProviderGroupId, PublicId, QueueId, RoleId, ServiceId, ThingId, UserGroupId,
};
use crate::preview::Vacancy;
use crate::state::{
    AccountAdminKind, CustomerAccess, DeskRight, MappedTo, PortalLevel, Resolve, ServiceLevel,
    State,
};

/// What stands in the place of a placeholder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Name {
    /// The name of a person.
    Person(PersonId),
    /// Of an account role; the system roles have theirs in the catalogue.
    Role(RoleId),
    /// Of a desk group.
    Group(GroupId),
    /// Of a user group.
    UserGroup(UserGroupId),
    /// Of a device group.
    DeviceGroup(DeviceGroupId),
    /// Of a device.
    Device(DeviceId),
    /// Of a company.
    Company(CompanyId),
    /// Of a service.
    Service(ServiceId),
    /// Of a queue.
    Queue(QueueId),
    /// Of a licence pool.
    Licence(LicenceId),
    /// Of a connection.
    Connection(ConnectionId),
    /// Of a provider's group.
    ProviderGroup(ProviderGroupId),
    /// Of another product.
    Product(ProductId),
    /// Of a thing of another product.
    Thing(ThingId),
    /// A word of the catalogue, or a number: nothing to look up.
    Word(&'static str),
    /// A number.
    Number(u32),
}

/// Which id is of which kind of [`Name`], once: gives the pairs to the macro that is named.
#[macro_export]
macro_rules! named_things {
    ($then:ident) => {
        $then! {
            PersonId as Person,
            RoleId as Role,
            GroupId as Group,
            UserGroupId as UserGroup,
            DeviceGroupId as DeviceGroup,
            DeviceId as Device,
            CompanyId as Company,
            ServiceId as Service,
            QueueId as Queue,
            LicenceId as Licence,
            ConnectionId as Connection,
            ProviderGroupId as ProviderGroup,
            ProductId as Product,
            ThingId as Thing
        }
    };
}

macro_rules! names {
    ($($id:ident as $kind:ident),*) => {
        $(impl From<$id> for Name {
            fn from(id: $id) -> Self {
                Self::$kind(id)
            }
        })*

        impl Name {
            /// What of an account a public id names.
            pub fn of_id(state: &State, text: &str) -> Option<Self> {
                fn found<K: Resolve + Into<Name>>(state: &State, text: &str) -> Option<Name> {
                    let id = text.parse::<PublicId<K>>().ok()?;
                    state.resolve(id).map(Into::into)
                }
                match text.split_once('_')?.0 {
                    $($id::PREFIX => found::<$id>(state, text),)*
                    _ => None,
                }
            }
        }
    };
}
named_things!(names);

/// A piece of a sentence without a capital and without a full stop: `User access to {service}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Phrase {
    /// With placeholders in braces.
    pub template: &'static str,
    /// What each placeholder stands for.
    pub names: SmallVec<[(&'static str, Name); 2]>,
}

impl Phrase {
    fn plain(template: &'static str) -> Phrase {
        Phrase {
            template,
            names: SmallVec::new(),
        }
    }

    fn with(template: &'static str, placeholder: &'static str, name: Name) -> Phrase {
        Phrase {
            template,
            names: smallvec![(placeholder, name)],
        }
    }

    fn and(mut self, placeholder: &'static str, name: Name) -> Phrase {
        self.names.push((placeholder, name));
        self
    }

    /// The text with names. `name_of` is asked for ids only.
    pub fn fill(&self, name_of: impl Fn(Name) -> String) -> String {
        let mut text = String::with_capacity(self.template.len());
        let mut rest = self.template;
        // One pass, so that a name with braces in it stays a name.
        while let Some((before, (placeholder, after))) = rest
            .split_once('{')
            .and_then(|(before, tail)| Some((before, tail.split_once('}')?)))
        {
            text.push_str(before);
            match self.names.iter().find(|(known, _)| *known == placeholder) {
                Some((_, Name::Word(word))) => text.push_str(word),
                Some((_, Name::Number(number))) => text.push_str(&number.to_string()),
                Some((_, name)) => text.push_str(&name_of(*name)),
                None => text.push_str(placeholder),
            }
            rest = after;
        }
        text.push_str(rest);
        text
    }
}

/// What a gate asks.
pub fn gate(gate: Gate) -> &'static str {
    match gate {
        Gate::Account => "the account is active",
        Gate::Person => "the person is active",
        Gate::Resource => "it exists and is active",
        Gate::Licence => "a licence is held",
        Gate::Permission => "the permission is held",
        Gate::Scope => "it is held here",
        Gate::Rank => "the person concerned is no equal and no superior",
        Gate::Switch => "switches and conditions allow it",
        Gate::Company => "the company is visible",
    }
}

/// Why a gate denies.
pub fn reason(reason: Reason) -> Phrase {
    match reason {
        Reason::AccountNotActive => Phrase::plain("the account is not active"),
        Reason::UnknownSubject => Phrase::plain("nobody with this id is known"),
        Reason::FacetMissing => Phrase::plain("this is not open to this kind of person"),
        Reason::Invited => Phrase::plain("the invitation is not accepted yet"),
        Reason::Suspended => Phrase::plain("the user is suspended: holds no licence and no right"),
        Reason::Deactivated => Phrase::plain("deactivated"),
        Reason::Unconfirmed => Phrase::plain("the address is not confirmed yet"),
        Reason::UnknownResource => Phrase::plain("nothing with this id is known"),
        Reason::ResourceNotActive => Phrase::plain("it is archived"),
        Reason::OverrideIsOff => {
            Phrase::plain("overriding due dates is switched off for this service")
        }
        Reason::NotMonitored => Phrase::plain("calls outside monitored queues cannot be monitored"),
        Reason::NoJoinCode => Phrase::plain("the join code is not valid"),
        Reason::NoLicence(product) => Phrase::with(
            "no {product} licence is held",
            "product",
            product_word(product),
        ),
        Reason::NotHeld => Phrase::plain("nothing gives this permission"),
        Reason::ParentNotHeld(parent) => Phrase::with(
            "{permission} is not held",
            "permission",
            Name::Word(parent.key()),
        ),
        Reason::ProductParentNotHeld(product, _) => Phrase::with(
            "a permission of {product} that this one rests on is not held",
            "product",
            Name::Product(product),
        ),
        Reason::OutOfScope => Phrase::plain("held, but not here"),
        Reason::PortalClosed => Phrase::plain("the portal level is none"),
        Reason::Outranked => Phrase::plain("the person concerned is an equal or a superior"),
        Reason::SwitchOff(switch) => Phrase::with(
            "the switch “{switch}” denies it",
            "switch",
            Name::Word(switch.label()),
        ),
        Reason::ConditionFalse => Phrase::plain("a condition of the product is not met"),
        Reason::ConditionError => Phrase::plain("a condition of the product failed, which denies"),
        Reason::CompanyHidden => Phrase::plain("the company is not among those visible"),
    }
}

/// How a right comes.
pub fn through(through: Through) -> Phrase {
    match through {
        Through::Direct => Phrase::plain("directly"),
        Through::Group(id) => Phrase::with("through group {group}", "group", Name::Group(id)),
        Through::UserGroup(id) => Phrase::with(
            "through user group {user_group}",
            "user_group",
            Name::UserGroup(id),
        ),
        Through::Company(id) => {
            Phrase::with("through company {company}", "company", Name::Company(id))
        }
    }
}

/// What gives a right.
pub fn by(by: By) -> Phrase {
    match by {
        By::AccountRole(role) => Phrase::with("account role {role}", "role", Name::Role(role)),
        By::ExtraGrant(permission) => Phrase::with(
            "extra grant of {permission}",
            "permission",
            Name::Word(permission.key()),
        ),
        By::AccountAdmin(AccountAdminKind::Full) => Phrase::plain("account admin, full"),
        By::AccountAdmin(AccountAdminKind::Limited) => Phrase::plain("account admin, limited"),
        By::BillingContact => Phrase::plain("billing contact"),
        By::Agent => Phrase::plain("agent of remote support"),
        By::Feature(group) => Phrase::with(
            "agent of device group {device_group}",
            "device_group",
            Name::DeviceGroup(group),
        ),
        By::DeskRight(right) => desk_right(right),
        By::ServiceLevel(level) => Phrase::plain(level_word(level)),
        By::CustomerAccess(access) => Phrase::plain(access_word(access)),
        By::PortalLevel(level) => Phrase::with(
            "portal level {level}",
            "level",
            Name::Word(portal_word(level)),
        ),
        By::CompanyService => Phrase::plain("the company has the service"),
        By::ContactAdmin => Phrase::plain("contact admin"),
        By::QueueSupervisor(queue) => {
            Phrase::with("supervisor of {queue}", "queue", Name::Queue(queue))
        }
        By::QueueAgent(queue) => Phrase::with("agent of {queue}", "queue", Name::Queue(queue)),
        By::Login(queue) => Phrase::with("logged in to {queue}", "queue", Name::Queue(queue)),
        By::Switch(switch) => {
            Phrase::with("switch “{switch}”", "switch", Name::Word(switch.label()))
        }
        By::JoinCode => Phrase::plain("a valid join code"),
        By::Oneself => Phrase::plain("everybody may ask about themselves"),
        By::OnlyUser => Phrase::plain("the only user of the account"),
        By::Job => Phrase::plain("a job of the product"),
        By::ProductGrant(product, _) => {
            Phrase::with("a rule of {product}", "product", Name::Product(product))
        }
        By::ProductRole(product, _) => {
            Phrase::with("a role of {product}", "product", Name::Product(product))
        }
    }
}

/// Over what a right is held.
pub fn over(over: Over) -> Phrase {
    match over {
        Over::Account => Phrase::plain("the whole account"),
        Over::UserGroup(group) => Phrase::with(
            "user group {user_group} and below",
            "user_group",
            Name::UserGroup(group),
        ),
        Over::Service(service) => Phrase::with("{service}", "service", Name::Service(service)),
        Over::Queue(queue) => Phrase::with("{queue}", "queue", Name::Queue(queue)),
        Over::CallQueues => Phrase::plain("every call queue"),
        Over::DeviceGroup(group) => Phrase::with(
            "device group {device_group}",
            "device_group",
            Name::DeviceGroup(group),
        ),
        Over::Oneself => Phrase::plain("oneself"),
        Over::Session => Phrase::plain("this session"),
        Over::Thing(thing) => Phrase::with("{thing}", "thing", Name::Thing(thing)),
    }
}

/// What the answer to a command says beyond yes.
pub fn notice(notice: &Notice) -> Phrase {
    match notice {
        Notice::PermissionsAdjusted { .. } => {
            Phrase::plain("permissions were added or removed so that each child has its parent")
        }
        Notice::NoEffect => Phrase::plain("stored; it opens nothing as things stand"),
        Notice::GivenToOneself => Phrase::plain("given to oneself, and marked so in the audit log"),
        Notice::Tell { people, .. } if people.len() == 1 => {
            Phrase::plain("one person who answers for it is told by mail")
        }
        Notice::Tell { people, .. } => Phrase::with(
            "{count} people who answer for it are told by mail",
            "count",
            Name::Number(u32::try_from(people.len()).unwrap_or(u32::MAX)),
        ),
        Notice::ExtraGrantsDropped { .. } => {
            Phrase::plain("extra grants that were not named again were dropped")
        }
        Notice::AccessEnded { person } => Phrase::with(
            "sessions and tokens of {person} ended",
            "person",
            Name::Person(*person),
        ),
        Notice::GivenByMapping { provider_group, .. } => Phrase::with(
            "what was taken is given by a mapping of {provider_group}, and comes back when that is next applied: who is not to have it leaves the group",
            "provider_group",
            Name::ProviderGroup(*provider_group),
        ),
    }
}

/// What a mapping gives.
pub fn mapped(to: MappedTo) -> Phrase {
    match to {
        MappedTo::AccountRole(role) => by(By::AccountRole(role)),
        MappedTo::Licence(licence) => {
            Phrase::with("licence {licence}", "licence", Name::Licence(licence))
        }
        MappedTo::Service(service, ServiceLevel::User) => Phrase::with(
            "User access to {service}",
            "service",
            Name::Service(service),
        ),
        MappedTo::Service(service, ServiceLevel::Administrator) => Phrase::with(
            "Administrator access to {service}",
            "service",
            Name::Service(service),
        ),
        MappedTo::QueueAgent(queue) => by(By::QueueAgent(queue)),
        MappedTo::QueueSupervisor(queue) => by(By::QueueSupervisor(queue)),
    }
}

/// What would have nobody left who answers for it.
pub fn vacancy(vacancy: Vacancy) -> Phrase {
    match vacancy {
        Vacancy::Queue(id) => {
            Phrase::with("{queue} would have no supervisor", "queue", Name::Queue(id))
        }
        Vacancy::Service(id) => Phrase::with(
            "{service} would have no administrator",
            "service",
            Name::Service(id),
        ),
        Vacancy::UserGroup(id) => Phrase::with(
            "{user_group} would have no manager of its own",
            "user_group",
            Name::UserGroup(id),
        ),
    }
}

fn product_word(product: Product) -> Name {
    Name::Word(product.name())
}

fn level_word(level: ServiceLevel) -> &'static str {
    match level {
        ServiceLevel::User => "User access",
        ServiceLevel::Administrator => "Administrator access",
    }
}

fn access_word(access: CustomerAccess) -> &'static str {
    match access {
        CustomerAccess::Portal => "Access (portal)",
        CustomerAccess::NoPortal => "Access (no portal)",
    }
}

fn portal_word(level: PortalLevel) -> &'static str {
    match level {
        PortalLevel::None => "none",
        PortalLevel::Standard => "Standard",
        PortalLevel::Company => "Company",
        PortalLevel::CompanyAdmin => "Company Admin",
    }
}

fn desk_right(right: DeskRight) -> Phrase {
    Phrase::plain(match right {
        DeskRight::Configure => "right to configure the service desk",
        DeskRight::ConfigurationItemsRead => "right to read configuration items",
        DeskRight::ConfigurationItemsEdit => "right to edit configuration items",
        DeskRight::TimeRead => "right to read time",
        DeskRight::TimeEdit => "right to edit time",
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::Dense;

    #[test]
    fn placeholders_are_filled_once() {
        let group = GroupId::from_index(0).unwrap();
        let text = through(Through::Group(group)).fill(|_| "{group} {Night}".to_owned());
        assert_eq!(text, "through group {group} {Night}");
        let text = reason(Reason::NoLicence(Product::ServiceDesk)).fill(|_| unreachable!());
        assert_eq!(text, "no Service desk licence is held");
    }
}
