//! Which questions an event can change. More than it does change is allowed, less is not.

use super::holders::rights_holders;
use crate::catalogue::{PermissionSet, Product, Switch, sets};
use crate::decide::{Subject, Target};
use crate::event::{Event, GrantHolder, Node};
use crate::ids::{CompanyId, Dense, PersonId};
use crate::idset::IdSet;
use crate::products;
use crate::state::{State, Tie};

/// Questions: each subject with each permission on each target.
pub(super) struct Ripple {
    pub subjects: Vec<Subject>,
    pub ask: Ask,
}

/// What the subjects of a ripple are asked.
pub(super) enum Ask {
    /// These permissions on these things.
    On {
        permissions: PermissionSet,
        targets: Vec<Target>,
    },
    /// Everything on everything that their ties lead to, before or after.
    Everything,
    /// Sight of what belongs to these companies, or to none (SD-33).
    Companies(Vec<Option<CompanyId>>),
}

/// All questions that a list of events can change.
#[derive(Default)]
pub(super) struct Ripples {
    pub all: Vec<Ripple>,
    /// People whose status may change.
    pub touched: IdSet<PersonId>,
    pub everybody: bool,
    /// Of whom everything is asked: once.
    pub everything: IdSet<PersonId>,
    /// Who is asked about as the one administered: once.
    pub administered: IdSet<PersonId>,
    /// People whose own level on a service changes.
    levelled: IdSet<PersonId>,
}

/// The questions that these events can change.
pub(super) fn of(before: &State, after: &State, events: &[Event]) -> Ripples {
    let mut ripples = Ripples::default();
    let mut people_added = before.people().len();
    for event in events {
        ripples.add(before, after, event, &mut people_added);
    }
    // AD-17: gates open or close for whoever is, or was, the only user.
    if before.only_user() != after.only_user() {
        ripples
            .everything
            .extend(before.only_user().into_iter().chain(after.only_user()));
    }
    ripples.touched.extend_set(&ripples.everything.clone());
    ripples.touched.extend_set(&ripples.administered.clone());
    let subjects: Vec<_> = ripples.everything.iter().map(Subject::Person).collect();
    ripples.all.push(Ripple {
        subjects,
        ask: Ask::Everything,
    });
    let about: Vec<_> = ripples.administered.iter().map(Target::Person).collect();
    if !about.is_empty() {
        ripples.on(rights_holders(before, after), sets::PEOPLE_SCOPED, about);
    }
    ripples
}

impl Ripples {
    /// Whoever may stop to answer for something.
    pub fn in_posts(&self) -> IdSet<PersonId> {
        let mut people = self.touched.clone();
        people.extend_set(&self.levelled);
        people
    }

    pub(super) fn on(
        &mut self,
        subjects: Vec<Subject>,
        permissions: PermissionSet,
        targets: Vec<Target>,
    ) {
        if !subjects.is_empty() && !targets.is_empty() {
            self.all.push(Ripple {
                subjects,
                ask: Ask::On {
                    permissions,
                    targets,
                },
            });
        }
    }

    pub(super) fn people_on(
        &mut self,
        people: &IdSet<PersonId>,
        product: Product,
        targets: Vec<Target>,
    ) {
        self.on(
            people.iter().map(Subject::Person).collect(),
            product.permissions(),
            targets,
        );
    }

    fn add(&mut self, before: &State, after: &State, event: &Event, people_added: &mut usize) {
        match event {
            Event::AccountOpened | Event::AccountActiveSet { .. } => self.everybody = true,
            Event::PersonAdded { .. } => {
                let person = PersonId::from_index(*people_added);
                *people_added += 1;
                self.everything.extend(person);
                self.administered.extend(person);
            }
            Event::UserFacetSet { person, .. }
            | Event::CustomerFacetSet { person, .. }
            | Event::PersonErased { person }
            | Event::AccountRoleSet { person, .. }
            | Event::MappedRoleSet { person, .. }
            | Event::ExtraGrantGiven {
                to: GrantHolder::Person(person),
                ..
            }
            | Event::ExtraGrantTaken {
                from: GrantHolder::Person(person),
                ..
            }
            | Event::LimitedAdminSet { person, .. } => {
                self.everything.insert(*person);
                self.administered.insert(*person);
            }
            Event::ExtraGrantGiven {
                to: GrantHolder::UserGroup(group),
                ..
            }
            | Event::ExtraGrantTaken {
                from: GrantHolder::UserGroup(group),
                ..
            }
            | Event::UserGroupMoved { group, .. } => self.user_group(before, after, *group),
            Event::BillingContactSet { person } => {
                self.everything
                    .extend(before.account().billing_contact.into_iter().chain(*person));
            }
            Event::CompanyAccessSet { person, .. } => self.company_access(before, after, *person),
            Event::RoleEdited { role, .. } => self.holders(before, after, Node::Role(*role)),
            Event::Tied { person, tie }
            | Event::MappedTied { person, tie, .. }
            | Event::Untied { person, tie }
            | Event::TimedTied { person, tie, .. } => {
                self.tie(after, *person, *tie);
            }
            Event::TimedUntied { timed } => {
                if let Some(row) = after.timed_ties().get(*timed) {
                    self.tie(after, row.person, row.tie);
                }
            }
            Event::PortalLevelSet { person, .. } => self.portal_of(before, after, *person, &[]),
            Event::EmployerSet {
                person, company, ..
            } => {
                let was = before.people().get(*person).and_then(|row| row.company);
                self.portal_of(before, after, *person, &[was, *company]);
            }
            Event::GroupAccessSet { group, service, .. } => {
                if let Some(row) = after.groups().get(*group) {
                    self.people_on(
                        &row.members,
                        Product::ServiceDesk,
                        vec![Target::Service(*service)],
                    );
                }
            }
            Event::CompanyServiceSet {
                company, service, ..
            } => {
                if let Some(row) = after.companies().get(*company) {
                    self.people_on(
                        &row.employees,
                        Product::Portal,
                        vec![Target::Service(*service)],
                    );
                }
            }
            Event::DueDateOverrideSet { service, .. } => self.service(before, after, *service),
            Event::QueueCreated { .. } => self.new_queues(before, after),
            Event::SwitchSet { switch, .. } => {
                let opened = match switch {
                    Switch::SupervisorLimitToAssigned | Switch::SupervisorConfigurationPortal => {
                        Product::ContactCentre.permissions()
                    }
                    switch => switch.opens(),
                };
                self.every_queue(after, opened);
            }
            Event::DeviceAdded { group, .. } => self.device_group(after, *group),
            Event::DeviceMoved { device, group, .. } => {
                for group in before
                    .devices()
                    .get(*device)
                    .map(|row| row.group)
                    .into_iter()
                    .chain([*group])
                {
                    if let Some(row) = after.device_groups().get(group) {
                        self.people_on(
                            &row.agents,
                            Product::RemoteSupport,
                            vec![Target::Device(*device)],
                        );
                    }
                }
            }
            Event::UserGroupCreated { .. } => {
                let groups = after
                    .user_groups()
                    .ids()
                    .skip(before.user_groups().len())
                    .map(Target::UserGroup)
                    .collect();
                self.on(rights_holders(before, after), sets::PEOPLE_SCOPED, groups);
            }
            Event::LifeSet { of, .. } => self.holders(before, after, *of),
            Event::ConnectionCreated { .. } => {
                let made = after.connections().ids().skip(before.connections().len());
                self.connections(after, made);
            }
            Event::ConnectionRoleSet { connection, .. }
            | Event::ConnectionRightsSet { connection, .. } => {
                self.connections(after, std::iter::once(*connection));
            }
            Event::ServiceCreated { .. }
            | Event::RoleCreated { .. }
            | Event::GroupCreated { .. }
            | Event::CompanyCreated { .. }
            | Event::DeviceGroupCreated { .. }
            | Event::DomainAdded { .. }
            | Event::DomainRemoved { .. }
            | Event::CompanyRegistrationSet { .. }
            | Event::RegistrationSet { .. }
            | Event::SecondFactorRequired { .. }
            | Event::DenylistChanged { .. }
            | Event::GivenToOneself { .. }
            | Event::InvitationSent { .. }
            | Event::InvitationRevoked { .. }
            | Event::ViewedAs { .. }
            | Event::SignInSessionsEnded { .. }
            | Event::ProviderGroupCreated { .. }
            | Event::ProviderGroupMembersChanged { .. }
            | Event::MappingsSet { .. }
            | Event::ServiceOpenToAllSet { .. }
            | Event::ServiceHasRecords { .. }
            | Event::ServiceTargetsSet { .. }
            | Event::ServiceMailSet { .. }
            | Event::ServicePresetsSet { .. }
            | Event::LicenceBought { .. }
            | Event::LicenceSeatsSet { .. }
            | Event::SeatTaken { .. }
            | Event::SeatFreed { .. }
            | Event::TokenIssued { .. }
            | Event::TokenRevoked { .. }
            | Event::ProfileEdited { .. }
            | Event::Renamed { .. }
            | Event::SignInSet { .. }
            | Event::AccessEnded { .. }
            | Event::ContactCentre(_)
            | Event::PortalFaceSet
            | Event::MassAction { .. }
            | Event::Subscription { .. }
            | Event::SignInProvider { .. }
            | Event::ProviderLinked { .. }
            | Event::BillingContactOffered { .. } => {}
            // AD-15: a role of a product that ends can suspend.
            Event::Product(event) => self.everything.extend(products::people_of(after, event)),
        }
    }

    fn tie(&mut self, after: &State, person: PersonId, tie: Tie) {
        let mut people = IdSet::default();
        people.insert(person);
        match tie {
            Tie::Service(service, _) => {
                self.levelled.insert(person);
                self.people_on(
                    &people,
                    Product::ServiceDesk,
                    vec![Target::Service(service)],
                );
            }
            Tie::Customer(service, _) => {
                self.people_on(&people, Product::Portal, vec![Target::Service(service)])
            }
            Tie::Group(group) => {
                let services = after
                    .groups()
                    .get(group)
                    .into_iter()
                    .flat_map(|row| row.services.iter());
                self.people_on(
                    &people,
                    Product::ServiceDesk,
                    services.map(Target::Service).collect(),
                );
            }
            Tie::Login(queue, _) | Tie::Paused(queue) => {
                self.people_on(&people, Product::ContactCentre, vec![Target::Queue(queue)]);
            }
            tie => {
                // These can make somebody active or suspended (AD-15), which concerns everything.
                self.everything.insert(person);
                if tie.is_marked() || matches!(tie, Tie::UserGroup(_)) {
                    self.administered.insert(person);
                }
            }
        }
    }
}
