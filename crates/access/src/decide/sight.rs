//! Who may know that something is there. What one may not know exists is answered like what is not there, and lists are cut by the
//! same answer (SD-5, SD-36, AD-10). It asks permissions and ties of the viewer only, never a role.

use super::{RecordFacts, Subject, Target, View};
use crate::catalogue::Permission::{
    AdminAccessAsk, AdminBillingManage, AdminDeviceGroupsManage, AdminIntegrationsManage,
    AdminLicencesManage, AdminPeopleView, AdminPortalOpen, AdminUsersManage, BillingPlanChange,
    ContactCentreAgentsLog, ContactCentreAgentsMonitor, ContactCentreCallServe,
    ContactCentreLicenceAssign, ContactCentreQueueAssign, ContactCentreQueueLogIn,
    ContactCentreQueueView, PortalArticleView, RemoteSupportUnattendedAccess,
    ServiceDeskAccountConfigure, ServiceDeskRecordManage,
};
use crate::catalogue::{Permission, Product, ScopeKind};
use crate::explain::words::Name;
use crate::ids::{
    CompanyId, ConnectionId, DeviceGroupId, DeviceId, GroupId, LicenceId, PersonId, ProductId,
    ProviderGroupId, QueueId, RoleId, ServiceId, ThingId, TokenId, UserGroupId,
};
use crate::state::{Company, CompanyAccess, Facet, Person, Tie, TokenOwner};

/// Proof that somebody may ask about the access of this subject (AD-31). [`View::asking`] alone makes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asking {
    about: Subject,
}

impl Asking {
    /// About whom.
    pub fn about(self) -> Subject {
        self.about
    }
}

/// Something of which a subject may know that it is there, or may not.
pub trait Visible: Copy {
    /// Whether the viewer may.
    fn is_seen_by(self, view: &View<'_>) -> bool;
}

/// Something that has settings and counts, which tell of more than whoever sees it may see.
pub trait Overseen: Visible {
    /// Whether the viewer may know all of it.
    fn is_overseen_by(self, view: &View<'_>) -> bool;
}

macro_rules! visible {
    ($($id:ident by $sees:ident;)*) => {$(
        impl Visible for $id {
            fn is_seen_by(self, view: &View<'_>) -> bool {
                view.$sees(self)
            }
        }
    )*};
}

visible! {
    PersonId by sees_person;
    RoleId by sees_role;
    GroupId by sees_group;
    UserGroupId by sees_user_group;
    DeviceGroupId by sees_device_group;
    DeviceId by sees_device;
    CompanyId by sees_company;
    ServiceId by sees_service;
    QueueId by sees_queue;
    LicenceId by sees_licence;
    ConnectionId by sees_connection;
    ProviderGroupId by sees_provider_group;
    TokenId by sees_token;
    ProductId by sees_product;
    ThingId by sees_thing;
    Subject by sees_subject;
    Target by sees_target;
    Name by sees_name;
}

macro_rules! overseen {
    ($($id:ident by $oversees:ident;)*) => {$(
        impl Overseen for $id {
            fn is_overseen_by(self, view: &View<'_>) -> bool {
                view.sees(self) && view.$oversees(self)
            }
        }
    )*};
}

overseen! {
    RoleId by oversees_role;
    GroupId by oversees_group;
    DeviceGroupId by oversees_device_group;
    CompanyId by oversees_company;
    ServiceId by oversees_service;
    LicenceId by oversees_licence;
    QueueId by oversees_queue;
}

impl View<'_> {
    /// Whether the subject may know that the thing is there.
    pub fn sees(&self, thing: impl Visible) -> bool {
        self.both(|view| thing.is_seen_by(view))
    }

    /// Whether the subject may know the thing's settings and how much belongs to it. A count tells of what one does not see (SD-32,
    /// SD-36), so it is for whoever sees all that is counted.
    pub fn oversees(&self, thing: impl Overseen) -> bool {
        self.both(|view| thing.is_overseen_by(view))
    }

    /// AD-31: about oneself always, about others within the scope of `admin.access.ask`, about connections and customers with scope
    /// *all*; about a customer whom company access hides never (SD-33).
    pub fn asking(&self, about: Subject) -> Option<Asking> {
        let may = |view: &View<'_>| {
            about == view.subject && view.is_whole()
                || !view.hides(about)
                    && (view.may(AdminAccessAsk, Target::Account)
                        || matches!(about, Subject::Person(person) if view.may(AdminAccessAsk, person)))
        };
        self.both(may).then_some(Asking { about })
    }

    /// SD-33: whether company access hides the thing, whatever else the subject may know: customers, companies and devices of companies that
    /// are not on the list; colleagues never.
    pub fn cuts(&self, name: Name) -> bool {
        let state = self.state;
        let company = match name {
            Name::Person(person) => return self.hides(Subject::Person(person)),
            Name::Company(company) => Some(Some(company)),
            Name::Device(device) => state.devices().get(device).map(|row| row.company),
            _ => None,
        };
        company.is_some_and(|company| !self.admits(company))
    }

    /// SD-33: customers of companies that are not on the list; colleagues never. Whoever was erased is hidden as they were before: a colleague
    /// never, and a customer of a company that is not on the list still.
    fn hides(&self, about: Subject) -> bool {
        let Subject::Person(person) = about else {
            return false;
        };
        let row = self.state.people().get(person);
        let company = row.and_then(|row| match (row.is_user(), row.is_customer()) {
            (true, _) => None,
            (false, true) => Some(row.company),
            (false, false) => self.state.erased_customer_of(person),
        });
        company.is_some_and(|company| !self.admits(company))
    }

    /// SD-33: customers and devices of companies that are not on the list, and records of theirs, whatever the subject may do with them;
    /// oneself and colleagues never.
    pub fn hides_target(&self, target: Target) -> bool {
        !self.both(|view| !view.hides_thing(target))
    }

    fn hides_thing(&self, target: Target) -> bool {
        match target {
            Target::Person(person) => {
                let about = Subject::Person(person);
                about != self.subject && self.hides(about)
            }
            Target::Device(device) => {
                let row = self.state.devices().get(device);
                row.is_some_and(|row| !self.admits(row.company))
            }
            Target::Record(facts) => {
                // A record without customer passes.
                let is_somebodys = facts.customer.is_some() || facts.company.is_some();
                is_somebodys && !self.admits(facts.company)
            }
            _ => false,
        }
    }

    /// Whether the subject may know the person as a user: inside the scope (AD-10); whoever gives levels or queues sees all of
    /// them (SD-2). Whoever logs agents in (CC-11) sees all who could be, of whatever queue they are (CC-5).
    pub fn sees_as_user(&self, person: PersonId) -> bool {
        self.both(|view| view.knows_user(person))
    }

    fn knows_user(&self, person: PersonId) -> bool {
        let Some(row) = self.state.people().get(person) else {
            return false;
        };
        row.is_user()
            && (self.is_oneself_as(person, Facet::User)
                || self.may(AdminPeopleView, person)
                || self.configures_desk()
                || self.may(ContactCentreQueueAssign, Target::Account)
                || self.holds_licence(row, Product::ContactCentre)
                    && self.may_anywhere(ContactCentreAgentsLog))
    }

    /// Whether the subject may know the person as a customer: in the services where the subject has a level (SD-36), cut by company
    /// access (SD-33).
    pub fn sees_as_customer(&self, person: PersonId) -> bool {
        self.both(|view| view.knows_customer(person))
    }

    fn knows_customer(&self, person: PersonId) -> bool {
        let Some(row) = self.state.people().get(person) else {
            return false;
        };
        row.is_customer()
            && (self.is_oneself_as(person, Facet::Customer)
                || self.admits(row.company) && (self.configures_desk() || self.serves(person, row)))
    }

    fn is_oneself_as(&self, person: PersonId, facet: Facet) -> bool {
        self.subject == Subject::Person(person) && self.opens(facet)
    }

    /// SD-36: whether the subject works for this customer: in a service where the subject has a level and the customer can be chosen, cut by
    /// company access (SD-33). Narrower than [`View::sees_as_customer`]: whoever configures the desk knows customers whom they do not work for
    /// (SD-5), and customers know themselves.
    pub fn works_for_customer(&self, person: PersonId) -> bool {
        self.both(|view| {
            let row = view.state.people().get(person);
            row.is_some_and(|row| {
                row.is_customer() && view.admits(row.company) && view.serves(person, row)
            })
        })
    }

    /// SD-36: the same of a company: in a service where the subject has a level and the company full access.
    pub fn works_for_company(&self, company: CompanyId) -> bool {
        self.both(|view| {
            let row = view.state.companies().get(company);
            row.is_some_and(|row| view.admits(Some(company)) && view.serves_company(row))
        })
    }

    fn serves_company(&self, row: &Company) -> bool {
        let mut services = row.services.iter();
        services.any(|service| self.may(ServiceDeskRecordManage, service))
    }

    /// Whether the person is selectable in a service whose records the subject manages.
    fn serves(&self, person: PersonId, row: &Person) -> bool {
        let works_on = |service| {
            self.may(ServiceDeskRecordManage, service)
                && self.selectable(person, service).selectable
        };
        let company = row
            .company
            .and_then(|company| self.state.companies().get(company));
        let by_company = || company.is_some_and(|company| company.services.iter().any(works_on));
        let by_tie = || {
            self.state
                .ties_at(row, self.now)
                .any(|(tie, _)| matches!(tie, Tie::Customer(service, _) if works_on(service)))
        };
        by_tie() || by_company()
    }

    /// Whether the subject may do it at all: about the account, on some queue, or over some user group.
    pub fn may_anywhere(&self, permission: Permission) -> bool {
        self.both(|view| {
            let state = view.state;
            view.may(permission, Target::Account)
                || view.holds_somewhere(permission)
                    && match permission.scope() {
                        ScopeKind::Queue => {
                            (state.queues().ids()).any(|queue| view.may(permission, queue))
                        }
                        ScopeKind::Service => {
                            (state.services().ids()).any(|service| view.may(permission, service))
                        }
                        ScopeKind::People => {
                            (state.user_groups().ids()).any(|group| view.may(permission, group))
                        }
                        _ => false,
                    }
        })
    }

    pub(super) fn configures_desk(&self) -> bool {
        self.may(ServiceDeskAccountConfigure, Target::Account)
    }

    /// SD-33: whether the subject's company access shows what belongs to this company.
    pub fn admits(&self, company: Option<CompanyId>) -> bool {
        self.both(|view| {
            view.person()
                .is_none_or(|row| row.company_access().admits(company))
        })
    }

    /// Whether the subject sees every user: how many users belong to something is for nobody else to know (AD-10).
    pub fn sees_all_users(&self) -> bool {
        self.both(|view| {
            view.may(AdminPeopleView, Target::Account)
                || view.configures_desk()
                || view.may(ContactCentreQueueAssign, Target::Account)
        })
    }

    /// Whether the subject sees every customer and every company: with a list of companies nobody does (SD-33).
    pub fn sees_all_customers(&self) -> bool {
        self.both(|view| view.configures_desk() && view.admits_all())
    }

    /// SD-39: nobody works on the service any more, which whoever configures the desk may know.
    pub fn is_without_users(&self, service: ServiceId) -> bool {
        let row = self.state.services().get(service);
        row.is_some_and(|row| row.life.is_active())
            && self.both(View::configures_desk)
            && !(self.state).anybody_may(ServiceDeskRecordManage, service.into(), self.now)
    }

    /// SD-33: whether the subject's company access hides nothing.
    pub fn admits_all(&self) -> bool {
        self.both(|view| {
            view.person()
                .is_none_or(|row| *row.company_access() == CompanyAccess::All)
        })
    }

    fn sees_person(&self, person: PersonId) -> bool {
        let is_there = || self.state.people().get(person).is_some();
        self.subject == Subject::Person(person) && is_there()
            || self.sees_as_user(person)
            || self.sees_as_customer(person)
    }

    fn sees_role(&self, role: RoleId) -> bool {
        self.may(AdminPortalOpen, Target::Account)
            || self
                .person_as(Facet::User)
                .is_some_and(|own| own.is_user() && own.account_role == role)
    }

    fn oversees_role(&self, _: RoleId) -> bool {
        self.may(AdminPeopleView, Target::Account)
    }

    fn sees_group(&self, group: GroupId) -> bool {
        let Some(row) = self.state.groups().get(group) else {
            return false;
        };
        self.configures_desk()
            || self.has_tie(Tie::Group(group))
            || row
                .services
                .iter()
                .any(|service| self.may(ServiceDeskRecordManage, service))
    }

    fn oversees_group(&self, _: GroupId) -> bool {
        self.configures_desk()
    }

    fn sees_user_group(&self, group: UserGroupId) -> bool {
        // An archived group is not active for the gate, and its administrators must still find it to restore it.
        self.may(AdminPeopleView, group) || self.may(AdminPeopleView, Target::Account)
    }

    fn sees_device_group(&self, group: DeviceGroupId) -> bool {
        self.may(AdminDeviceGroupsManage, Target::Account) || self.has_tie(Tie::DeviceGroup(group))
    }

    /// SD-33: with a list of companies one does not see every device.
    fn oversees_device_group(&self, _: DeviceGroupId) -> bool {
        self.admits_all() && self.may(AdminDeviceGroupsManage, Target::Account)
    }

    fn sees_device(&self, device: DeviceId) -> bool {
        let Some(row) = self.state.devices().get(device) else {
            return false;
        };
        self.admits(row.company)
            && (self.may(AdminDeviceGroupsManage, Target::Account)
                || self.may(RemoteSupportUnattendedAccess, device))
    }

    fn sees_company(&self, company: CompanyId) -> bool {
        let Some(row) = self.state.companies().get(company) else {
            return false;
        };
        self.person()
            .is_some_and(|own| own.company == Some(company))
            || self.admits(Some(company)) && (self.configures_desk() || self.serves_company(row))
    }

    fn oversees_company(&self, _: CompanyId) -> bool {
        self.configures_desk()
    }

    fn sees_service(&self, service: ServiceId) -> bool {
        // SD-5: without a level the service is invisible, save for who configures the desk.
        self.configures_desk()
            || self.may(ServiceDeskRecordManage, service)
            || self.may(PortalArticleView, service)
            || self.holds_level(service)
    }

    /// A level on what is archived gives nothing (AD-25), and can be given up. Without the licence nothing of the desk is there (SD-7).
    fn holds_level(&self, service: ServiceId) -> bool {
        self.person_as(Facet::User)
            .is_some_and(|row| self.holds_licence(row, Product::ServiceDesk))
            && self.holds_tie(|tie| matches!(tie, Tie::Service(of, _) if of == service))
    }

    /// SD-5: whoever works on it. Whoever configures the desk knows the service and not its records.
    fn sees_record(&self, record: RecordFacts) -> bool {
        self.may(ServiceDeskRecordManage, record)
    }

    /// SD-32: how a service is set up is for staff.
    fn oversees_service(&self, service: ServiceId) -> bool {
        self.configures_desk() || self.may(ServiceDeskRecordManage, service)
    }

    fn sees_queue(&self, queue: QueueId) -> bool {
        [
            ContactCentreQueueView,
            ContactCentreQueueAssign,
            ContactCentreQueueLogIn,
            ContactCentreCallServe,
        ]
        .into_iter()
        .any(|permission| self.may(permission, queue) || self.may(permission, Target::Account))
            || self.has_tie(Tie::QueueAgent(queue))
            || self.has_tie(Tie::QueueSupervisor(queue))
    }

    /// Whoever sees who is logged in, and whoever assigns.
    fn oversees_queue(&self, queue: QueueId) -> bool {
        self.may(ContactCentreAgentsMonitor, queue)
            || self.may(ContactCentreQueueAssign, Target::Account)
    }

    fn sees_licence(&self, licence: LicenceId) -> bool {
        [
            AdminPortalOpen,
            ServiceDeskAccountConfigure,
            ContactCentreLicenceAssign,
        ]
        .into_iter()
        .any(|permission| self.may(permission, Target::Account))
            || self.has_tie(Tie::Licence(licence))
    }

    /// Whoever assigns it, and whoever buys it.
    fn oversees_licence(&self, licence: LicenceId) -> bool {
        self.gives_licence_to_all(licence)
            || [AdminLicencesManage, AdminBillingManage, BillingPlanChange]
                .into_iter()
                .any(|permission| self.may(permission, Target::Account))
    }

    /// Whether there may be somebody to whom the subject can give the licence (RULES §4, the table).
    pub fn gives_licence(&self, licence: LicenceId) -> bool {
        self.gives_licence_to_all(licence) || self.holds_somewhere(AdminLicencesManage)
    }

    fn gives_licence_to_all(&self, licence: LicenceId) -> bool {
        match self.state.licences().get(licence).map(|row| row.product) {
            Some(Product::ServiceDesk) => self.configures_desk(),
            Some(Product::ContactCentre) => self.may(ContactCentreLicenceAssign, Target::Account),
            _ => false,
        }
    }

    /// AD-14: one's own seats, and those of whom one manages the licences.
    pub fn frees_seats_of(&self, person: PersonId) -> bool {
        self.both(|view| {
            view.subject == Subject::Person(person) || view.may(AdminLicencesManage, person)
        })
    }

    fn sees_connection(&self, connection: ConnectionId) -> bool {
        self.may(AdminIntegrationsManage, Target::Account)
            || self.subject == Subject::Connection(connection)
    }

    /// AD-30: of whoever manages integrations, and of the connection itself.
    fn sees_provider_group(&self, group: ProviderGroupId) -> bool {
        let row = self.state.provider_groups().get(group);
        row.is_some_and(|row| self.sees_connection(row.connection))
    }

    fn sees_token(&self, token: TokenId) -> bool {
        match self.state.tokens().get(token).map(|row| row.owner) {
            None => false,
            Some(TokenOwner::Connection(connection)) => self.sees_connection(connection),
            Some(TokenOwner::Person(owner)) => {
                self.subject == Subject::Person(owner) || self.may(AdminUsersManage, owner)
            }
        }
    }

    fn sees_product(&self, product: ProductId) -> bool {
        self.may(AdminIntegrationsManage, Target::Account)
            || self.holds_tie(|tie| matches!(tie, Tie::ProductRole(of, _) if of == product))
    }

    fn sees_thing(&self, _: ThingId) -> bool {
        self.sees_things()
    }

    /// Whether the subject may know what other products registered.
    pub fn sees_things(&self) -> bool {
        self.both(|view| view.may(AdminIntegrationsManage, Target::Account))
    }

    fn sees_subject(&self, subject: Subject) -> bool {
        match subject {
            Subject::Person(person) => self.sees_person(person),
            Subject::Connection(connection) => self.sees_connection(connection),
            Subject::Thing(thing) => self.sees_thing(thing),
            Subject::Guest | Subject::System(_) | Subject::Unknown => true,
        }
    }

    fn sees_name(&self, name: Name) -> bool {
        match name {
            Name::Person(id) => self.sees(id),
            Name::Role(id) => self.sees(id),
            Name::Group(id) => self.sees(id),
            Name::UserGroup(id) => self.sees(id),
            Name::DeviceGroup(id) => self.sees(id),
            Name::Device(id) => self.sees(id),
            Name::Company(id) => self.sees(id),
            Name::Service(id) => self.sees(id),
            Name::Queue(id) => self.sees(id),
            Name::Licence(id) => self.sees(id),
            Name::Connection(id) => self.sees(id),
            Name::ProviderGroup(id) => self.sees(id),
            Name::Product(id) => self.sees(id),
            Name::Thing(id) => self.sees(id),
            Name::Word(_) | Name::Number(_) => true,
        }
    }

    fn sees_target(&self, target: Target) -> bool {
        match target {
            Target::Person(person) => self.sees_person(person),
            Target::UserGroup(group) => self.sees_user_group(group),
            Target::Service(service) => self.sees_service(service),
            Target::Record(record) => self.sees_record(record),
            Target::Queue(queue) => self.sees_queue(queue),
            Target::Device(device) => self.sees_device(device),
            Target::Thing(thing) => self.sees_thing(thing),
            Target::Account | Target::DirectCall | Target::Session { .. } | Target::Unknown => true,
        }
    }
}
