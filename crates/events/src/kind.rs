//! What happens, as others know it: the one place where events of the log get the keys that webhooks, the stream and collectors tell. A key
//! that was told keeps its meaning; `docs/events.md` lists them, and a test compares.

use access::{
    Event,
    event::{ContactCentreEvent, MassActionStep, Node},
    products::ProductEvent,
    state::{Expiring, Expiry},
};

macro_rules! kinds {
    ($($group:literal { $($kind:ident = $key:literal, $words:literal;)* })*) => {
        /// A kind of event.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Kind {
            $($(#[doc = $words] $kind,)*)*
        }

        impl Kind {
            /// All of them, in the order in which they are listed.
            pub const ALL: &'static [Self] = &[$($(Self::$kind,)*)*];

            /// What others call it, for ever.
            pub fn key(self) -> &'static str {
                match self { $($(Self::$kind => $key,)*)* }
            }

            /// What it says, in a sentence.
            pub fn words(self) -> &'static str {
                match self { $($(Self::$kind => $words,)*)* }
            }

            /// What it is about, for lists of them.
            pub fn group(self) -> &'static str {
                match self { $($(Self::$kind => $group,)*)* }
            }
        }
    };
}

kinds! {
    "People" {
        PersonAdded = "person.added", "A person was added.";
        PersonEdited = "person.edited", "Fields of a profile changed: their names are told, their values never.";
        PersonUserSet = "person.user_set", "Somebody became a user, stopped being one, or has another state as one.";
        PersonCustomerSet = "person.customer_set", "Somebody became a customer, stopped being one, or has another state as one.";
        PersonSignInSet = "person.sign_in_set", "Somebody can or can no longer sign in.";
        PersonAccessEnded = "person.access_ended", "Sign-in sessions of somebody ended, and their tokens with them where all did.";
        PersonInvited = "person.invited", "Somebody was sent an invitation.";
        PersonInvitationRevoked = "person.invitation_revoked", "An invitation leads nowhere any more.";
        PersonCompanySet = "person.company_set", "Somebody is an employee of another company, or of none.";
        PersonErased = "person.erased", "Somebody’s personal data was erased: erase what you know of them.";
        PersonProviderLinked = "person.provider_linked", "A sign-in provider knows somebody from now on, or no longer.";
        PersonViewedAs = "person.viewed_as", "Somebody began to view as somebody else.";
    }
    "Access of people" {
        RoleGiven = "access.role_set", "Somebody has another account role.";
        ExtraGrantGiven = "access.extra_grant_given", "An extra grant was given.";
        ExtraGrantTaken = "access.extra_grant_taken", "An extra grant was taken away.";
        ExtraGrantBegan = "access.extra_grant_began", "The time of an extra grant began.";
        ExtraGrantEnded = "access.extra_grant_ended", "The time of an extra grant ended.";
        AccountAdminSet = "access.account_admin_set", "What a limited account admin may do is another.";
        CompaniesSet = "access.companies_set", "Somebody sees other companies.";
        PortalLevelSet = "access.portal_level_set", "Somebody has another portal level.";
        TieGiven = "access.tie_given", "Somebody was given a membership, a level, a licence or a role of a product.";
        TieTaken = "access.tie_taken", "It was taken away.";
        TieBegan = "access.tie_began", "The time of something that was given for a time began.";
        TieEnded = "access.tie_ended", "The time of something that was given for a time ended.";
        GivenToOneself = "access.given_to_oneself", "Somebody gave something to themselves.";
    }
    "Roles and groups" {
        RoleCreated = "role.created", "A custom role was created.";
        RoleEdited = "role.edited", "A custom role permits something else.";
        RoleRenamed = "role.renamed", "A role has another name.";
        RoleLifeSet = "role.life_set", "A role was archived, restored or deleted.";
        UserGroupCreated = "user_group.created", "A user group was created.";
        UserGroupMoved = "user_group.moved", "A user group stands below another one.";
        UserGroupRenamed = "user_group.renamed", "A user group has another name.";
        UserGroupLifeSet = "user_group.life_set", "A user group was archived, restored or deleted.";
        GroupCreated = "group.created", "A group was created.";
        GroupAccessSet = "group.access_set", "A group has access to a service, or has it no more.";
        GroupRenamed = "group.renamed", "A group has another name.";
        GroupLifeSet = "group.life_set", "A group was archived, restored or deleted.";
    }
    "Services and companies" {
        ServiceCreated = "service.created", "A service was created.";
        ServiceEdited = "service.edited", "A setting of a service changed.";
        ServiceRenamed = "service.renamed", "A service has another name.";
        ServiceLifeSet = "service.life_set", "A service was archived, restored or deleted.";
        MassActionSet = "service.mass_action", "Many records of a service are changed at once, or that ended.";
        CompanyCreated = "company.created", "A company was created.";
        CompanyServiceSet = "company.service_set", "A company has a service, or has it no more.";
        CompanyDomainAdded = "company.domain_added", "A company has one more domain.";
        CompanyDomainRemoved = "company.domain_removed", "A company has one domain less.";
        CompanyRegistrationSet = "company.registration_set", "A company accepts registration, or does not.";
        CompanyRenamed = "company.renamed", "A company has another name.";
        CompanyLifeSet = "company.life_set", "A company was archived, restored or deleted.";
    }
    "Contact centre and remote support" {
        QueueCreated = "queue.created", "A queue was created.";
        QueueRenamed = "queue.renamed", "A queue has another name.";
        QueueLifeSet = "queue.life_set", "A queue was archived, restored or deleted.";
        ContactCentreListEdited = "contact_centre.list_edited", "An entry of a list of the contact centre was added, changed or removed.";
        ContactCentreSkillSet = "contact_centre.skill_set", "An agent has a skill, or has it no more.";
        DeviceGroupCreated = "device_group.created", "A device group was created.";
        DeviceGroupRenamed = "device_group.renamed", "A device group has another name.";
        DeviceGroupLifeSet = "device_group.life_set", "A device group was archived, restored or deleted.";
        DeviceAdded = "device.added", "A device was added.";
        DeviceMoved = "device.moved", "A device is in another group or of another company.";
        DeviceRenamed = "device.renamed", "A device has another name.";
        DeviceLifeSet = "device.life_set", "A device was archived, restored or deleted.";
    }
    "Licences and billing" {
        LicenceBought = "licence.bought", "A licence was bought.";
        LicenceSeatsSet = "licence.seats_set", "A licence has more or fewer seats.";
        LicenceSeatTaken = "licence.seat_taken", "A seat of a licence is in use.";
        LicenceSeatFreed = "licence.seat_freed", "A seat of a licence is free.";
        LicenceRenamed = "licence.renamed", "A licence has another name.";
        LicenceLifeSet = "licence.life_set", "A licence was archived, restored or deleted.";
        BillingContactSet = "billing.contact_set", "There is another billing contact, or none.";
        BillingContactOffered = "billing.contact_offered", "Somebody is asked to be billing contact.";
    }
    "Integrations" {
        ConnectionCreated = "connection.created", "A connection was created.";
        ConnectionRoleSet = "connection.role_set", "A connection has another role.";
        ConnectionRenamed = "connection.renamed", "A connection has another name.";
        ConnectionProviderSet = "connection.provider_set", "How a sign-in provider is set up is another, or is gone.";
        ConnectionRightsSet = "connection.rights_set", "A connection has other rights in products.";
        ConnectionMappingsSet = "connection.mappings_set", "Groups of a provider give something else.";
        ConnectionLifeSet = "connection.life_set", "A connection was archived, restored or deleted.";
        SubscriptionSet = "connection.subscription", "A webhook or a collector was made, changed or removed.";
        ProviderGroupCreated = "provider_group.created", "A provider has one more group.";
        ProviderGroupMembersSet = "provider_group.members_set", "Somebody came into a group of a provider, or left it.";
        ProviderGroupRenamed = "provider_group.renamed", "A group of a provider has another name.";
        ProviderGroupLifeSet = "provider_group.life_set", "A group of a provider was deleted.";
        TokenIssued = "token.issued", "A token was issued.";
        TokenRevoked = "token.revoked", "A token was revoked.";
        TokenEnded = "token.ended", "The time of a token ended.";
        ProductLoaded = "product.catalogue_loaded", "The catalogue of another product was loaded or replaced.";
        ProductLifeSet = "product.life_set", "Another product was archived or restored.";
        ThingRegistered = "product.thing_registered", "A thing of another product was registered.";
        ThingEdited = "product.thing_edited", "A thing of another product has other properties or roles.";
        ThingRemoved = "product.thing_removed", "A thing of another product was removed.";
    }
    "Account" {
        AccountOpened = "account.opened", "The account was opened.";
        AccountActiveSet = "account.active_set", "The account was switched on or off.";
        AccountRegistrationSet = "account.registration_set", "Others may register.";
        AccountSwitchSet = "account.switch_set", "A switch of the contact centre is on or off.";
        AccountSecondFactorSet = "account.second_factor_set", "A second factor is asked of others.";
        AccountDenylistEdited = "account.denylist_edited", "The denylist has more or fewer entries.";
        AccountPortalFaceSet = "account.portal_face_set", "What customers see around the portal is another.";
    }
}

impl Kind {
    /// The kind of a key.
    pub fn of_key(key: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.key() == key)
    }

    /// Of an event of the log.
    pub fn of(event: &Event) -> Self {
        match event {
            Event::AccountOpened => Self::AccountOpened,
            Event::AccountActiveSet { .. } => Self::AccountActiveSet,
            Event::PersonAdded { .. } => Self::PersonAdded,
            Event::UserFacetSet { .. } => Self::PersonUserSet,
            Event::CustomerFacetSet { .. } => Self::PersonCustomerSet,
            Event::ProfileEdited { .. } => Self::PersonEdited,
            Event::SignInSet { .. } => Self::PersonSignInSet,
            Event::AccessEnded { .. } | Event::SignInSessionsEnded { .. } => {
                Self::PersonAccessEnded
            }
            Event::PersonErased { .. } => Self::PersonErased,
            Event::AccountRoleSet { .. } | Event::MappedRoleSet { .. } => Self::RoleGiven,
            Event::ExtraGrantGiven { .. } => Self::ExtraGrantGiven,
            Event::ExtraGrantTaken { .. } => Self::ExtraGrantTaken,
            Event::LimitedAdminSet { .. } => Self::AccountAdminSet,
            Event::CompanyAccessSet { .. } => Self::CompaniesSet,
            Event::RoleCreated { .. } => Self::RoleCreated,
            Event::RoleEdited { .. } => Self::RoleEdited,
            Event::Tied { .. } | Event::MappedTied { .. } | Event::TimedTied { .. } => {
                Self::TieGiven
            }
            Event::Untied { .. } | Event::TimedUntied { .. } => Self::TieTaken,
            Event::PortalLevelSet { .. } => Self::PortalLevelSet,
            Event::EmployerSet { .. } => Self::PersonCompanySet,
            Event::BillingContactSet { .. } => Self::BillingContactSet,
            Event::BillingContactOffered { .. } => Self::BillingContactOffered,
            Event::UserGroupCreated { .. } => Self::UserGroupCreated,
            Event::UserGroupMoved { .. } => Self::UserGroupMoved,
            Event::GroupCreated { .. } => Self::GroupCreated,
            Event::GroupAccessSet { .. } => Self::GroupAccessSet,
            Event::CompanyCreated { .. } => Self::CompanyCreated,
            Event::CompanyServiceSet { .. } => Self::CompanyServiceSet,
            Event::DomainAdded { .. } => Self::CompanyDomainAdded,
            Event::DomainRemoved { .. } => Self::CompanyDomainRemoved,
            Event::CompanyRegistrationSet { .. } => Self::CompanyRegistrationSet,
            Event::RegistrationSet { .. } => Self::AccountRegistrationSet,
            Event::ServiceCreated { .. } => Self::ServiceCreated,
            Event::DueDateOverrideSet { .. }
            | Event::ServiceOpenToAllSet { .. }
            | Event::ServiceHasRecords { .. }
            | Event::ServiceTargetsSet { .. }
            | Event::ServiceMailSet { .. }
            | Event::ServicePresetsSet { .. } => Self::ServiceEdited,
            Event::QueueCreated { .. } => Self::QueueCreated,
            Event::SwitchSet { .. } => Self::AccountSwitchSet,
            Event::DeviceGroupCreated { .. } => Self::DeviceGroupCreated,
            Event::DeviceAdded { .. } => Self::DeviceAdded,
            Event::DeviceMoved { .. } => Self::DeviceMoved,
            Event::LicenceBought { .. } => Self::LicenceBought,
            Event::LicenceSeatsSet { .. } => Self::LicenceSeatsSet,
            Event::SeatTaken { .. } => Self::LicenceSeatTaken,
            Event::SeatFreed { .. } => Self::LicenceSeatFreed,
            Event::LifeSet { of, .. } => Self::of_life(*of),
            Event::ConnectionCreated { .. } => Self::ConnectionCreated,
            Event::ConnectionRoleSet { .. } => Self::ConnectionRoleSet,
            Event::ConnectionRightsSet { .. } => Self::ConnectionRightsSet,
            Event::MappingsSet { .. } => Self::ConnectionMappingsSet,
            Event::ProviderGroupCreated { .. } => Self::ProviderGroupCreated,
            Event::ProviderGroupMembersChanged { .. } => Self::ProviderGroupMembersSet,
            Event::TokenIssued { .. } => Self::TokenIssued,
            Event::TokenRevoked { .. } => Self::TokenRevoked,
            Event::Product(event) => Self::of_product(event),
            Event::Renamed { of } => Self::of_name(*of),
            Event::DenylistChanged { .. } => Self::AccountDenylistEdited,
            Event::GivenToOneself { .. } => Self::GivenToOneself,
            Event::InvitationSent { .. } => Self::PersonInvited,
            Event::InvitationRevoked { .. } => Self::PersonInvitationRevoked,
            Event::ViewedAs { .. } => Self::PersonViewedAs,
            Event::SecondFactorRequired { .. } => Self::AccountSecondFactorSet,
            Event::ContactCentre(event) => Self::of_contact_centre(*event),
            Event::PortalFaceSet => Self::AccountPortalFaceSet,
            Event::MassAction { step, .. } => Self::of_mass_action(*step),
            Event::Subscription { .. } => Self::SubscriptionSet,
            Event::SignInProvider { .. } => Self::ConnectionProviderSet,
            Event::ProviderLinked { .. } => Self::PersonProviderLinked,
        }
    }

    /// Of what begins or ends by itself.
    pub fn of_expiry(expiry: &Expiry) -> Self {
        match (&expiry.of, expiry.begins) {
            (Expiring::Tie(_), true) => Self::TieBegan,
            (Expiring::Tie(_), false) => Self::TieEnded,
            (Expiring::ExtraGrant(..), true) => Self::ExtraGrantBegan,
            (Expiring::ExtraGrant(..), false) => Self::ExtraGrantEnded,
            (Expiring::Token(_), _) => Self::TokenEnded,
        }
    }

    fn of_life(of: Node) -> Self {
        match of {
            Node::Role(_) => Self::RoleLifeSet,
            Node::UserGroup(_) => Self::UserGroupLifeSet,
            Node::DeviceGroup(_) => Self::DeviceGroupLifeSet,
            Node::Device(_) => Self::DeviceLifeSet,
            Node::Group(_) => Self::GroupLifeSet,
            Node::Company(_) => Self::CompanyLifeSet,
            Node::Service(_) => Self::ServiceLifeSet,
            Node::Queue(_) => Self::QueueLifeSet,
            Node::Licence(_) => Self::LicenceLifeSet,
            Node::Connection(_) => Self::ConnectionLifeSet,
            Node::ProviderGroup(_) => Self::ProviderGroupLifeSet,
        }
    }

    fn of_name(of: Node) -> Self {
        match of {
            Node::Role(_) => Self::RoleRenamed,
            Node::UserGroup(_) => Self::UserGroupRenamed,
            Node::DeviceGroup(_) => Self::DeviceGroupRenamed,
            Node::Device(_) => Self::DeviceRenamed,
            Node::Group(_) => Self::GroupRenamed,
            Node::Company(_) => Self::CompanyRenamed,
            Node::Service(_) => Self::ServiceRenamed,
            Node::Queue(_) => Self::QueueRenamed,
            Node::Licence(_) => Self::LicenceRenamed,
            Node::Connection(_) => Self::ConnectionRenamed,
            Node::ProviderGroup(_) => Self::ProviderGroupRenamed,
        }
    }

    fn of_product(event: &ProductEvent) -> Self {
        match event {
            ProductEvent::CatalogueLoaded { .. } | ProductEvent::CatalogueReplaced { .. } => {
                Self::ProductLoaded
            }
            ProductEvent::LifeSet { .. } => Self::ProductLifeSet,
            ProductEvent::ThingRegistered { .. } => Self::ThingRegistered,
            ProductEvent::ThingDescribed { .. }
            | ProductEvent::ThingRoleGiven { .. }
            | ProductEvent::ThingRoleTaken { .. } => Self::ThingEdited,
            ProductEvent::ThingRemoved { .. } => Self::ThingRemoved,
        }
    }

    fn of_contact_centre(event: ContactCentreEvent) -> Self {
        match event {
            ContactCentreEvent::EntryAdded { .. }
            | ContactCentreEvent::EntryEdited { .. }
            | ContactCentreEvent::EntryRemoved { .. } => Self::ContactCentreListEdited,
            ContactCentreEvent::SkillGiven { .. } | ContactCentreEvent::SkillTaken { .. } => {
                Self::ContactCentreSkillSet
            }
        }
    }

    fn of_mass_action(step: MassActionStep) -> Self {
        match step {
            MassActionStep::Started
            | MassActionStep::Stopped
            | MassActionStep::Done
            | MassActionStep::RightEnded
            | MassActionStep::Failed => Self::MassActionSet,
        }
    }
}

/// Which kinds somebody wants: all, also those that come later, or these.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kinds {
    /// All.
    All,
    /// These. A choice of which none is left hears nothing, and never everything (AD-26).
    These(Vec<Kind>),
}

/// In the row of a subscription: all.
const ALL: &str = "all";

impl Kinds {
    /// Of keys; what is wrong with them is said in words.
    pub fn of_keys<'a>(keys: impl IntoIterator<Item = &'a str>) -> Result<Self, String> {
        let kind = |key| {
            Kind::of_key(key).ok_or_else(|| format!("there is no kind of events called {key}"))
        };
        let kinds = keys.into_iter().map(kind).collect::<Result<Vec<_>, _>>()?;
        match kinds.is_empty() {
            true => Err("choose all kinds, or at least one".to_owned()),
            false => Ok(Self::these(kinds)),
        }
    }

    /// As a row has them. A kind that is no more is wanted by nobody.
    pub fn of_stored(text: &str) -> Self {
        match text {
            ALL => Self::All,
            keys => Self::these(keys.split_whitespace().filter_map(Kind::of_key).collect()),
        }
    }

    /// For a row.
    pub fn stored(&self) -> String {
        self.keys()
            .map_or_else(|| ALL.to_owned(), |keys| keys.join(" "))
    }

    fn these(mut kinds: Vec<Kind>) -> Self {
        kinds.sort();
        kinds.dedup();
        Self::These(kinds)
    }

    /// Whether it is one of them.
    pub fn has(&self, kind: Kind) -> bool {
        match self {
            Self::All => true,
            Self::These(kinds) => kinds.contains(&kind),
        }
    }

    /// Their keys; `None` where all are wanted.
    pub fn keys(&self) -> Option<Vec<&'static str>> {
        match self {
            Self::All => None,
            Self::These(kinds) => Some(kinds.iter().map(|kind| kind.key()).collect()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_a_key_of_its_own_and_its_place_in_what_subscribers_read() {
        let document = include_str!("../../../docs/events.md");
        for kind in Kind::ALL {
            assert_eq!(Kind::of_key(kind.key()), Some(*kind));
            let line = format!("| `{}` | {} |", kind.key(), kind.words());
            assert!(document.contains(&line), "docs/events.md lacks: {line}");
        }
    }

    #[test]
    fn ad_26_all_is_said_and_none_is_no_choice() {
        assert!(Kinds::All.has(Kind::RoleCreated) && Kinds::All.keys().is_none());
        let some = Kinds::of_keys(["role.created", "token.ended", "role.created"]).unwrap();
        assert_eq!(some.keys().unwrap(), ["role.created", "token.ended"]);
        assert!(some.has(Kind::TokenEnded) && !some.has(Kind::RoleEdited));
        assert!(Kinds::of_keys([]).is_err());
        assert!(
            Kinds::of_keys(["role.made"])
                .unwrap_err()
                .contains("role.made")
        );
        for kinds in [Kinds::All, some] {
            assert_eq!(Kinds::of_stored(&kinds.stored()), kinds);
        }
        // A kind that is no more widens nothing.
        let left = Kinds::of_stored("role.made role.created");
        assert_eq!(left.keys().unwrap(), ["role.created"]);
        let none = Kinds::of_stored("role.made");
        assert!(!Kind::ALL.iter().any(|kind| none.has(*kind)));
    }
}
