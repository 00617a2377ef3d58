//! What an event takes the place of: the half of the audit log that the event itself does not say (AD-20). It is said in the
//! words of the events that would bring it about again, so it is ids and levels like they are, and never personal data.

use super::{CompanyAccess, Life, Person, State, Tie};
use crate::event::{Event, GrantHolder, ListedCompanies, Node};
use crate::ids::PersonId;
use crate::products::ProductEvent;

impl State {
    /// What stood in this state, before the act to which the event belongs, where the event puts something else. Nothing: there
    /// was nothing, or the event says it all.
    pub fn replaced_by(&self, event: &Event) -> Vec<Event> {
        match event {
            Event::PersonErased { person } => self.everything_of(*person),
            Event::Product(event) => self.product_replaced_by(event),
            Event::BillingContactSet { .. } => {
                let offer = self.account.billing_offer;
                let person = self.account.billing_contact;
                let mut before = vec![Event::BillingContactSet { person }];
                before.extend(offer.map(|to| Event::BillingContactOffered { to: Some(to) }));
                before
            }
            _ => self.value_before(event).into_iter().collect(),
        }
    }

    fn value_before(&self, event: &Event) -> Option<Event> {
        let row = |person: &PersonId| self.people.get(*person);
        Some(match event {
            Event::AccountActiveSet { .. } => Event::AccountActiveSet {
                active: self.account.active,
            },
            Event::UserFacetSet { person, .. } => Event::UserFacetSet {
                person: *person,
                state: row(person)?.user,
            },
            Event::CustomerFacetSet { person, .. } => Event::CustomerFacetSet {
                person: *person,
                state: row(person)?.customer,
            },
            Event::SignInSet { person, .. } => Event::SignInSet {
                person: *person,
                possible: row(person)?.can_sign_in,
            },
            Event::AccountRoleSet { person, .. } | Event::MappedRoleSet { person, .. } => {
                self.account_role_of(*person, row(person)?)
            }
            Event::ExtraGrantTaken { from, grant } => Event::ExtraGrantGiven {
                to: *from,
                grant: grant.clone(),
            },
            Event::LimitedAdminSet { person, .. } => Event::LimitedAdminSet {
                person: *person,
                admin: row(person)?.extras().limited_admin.clone(),
            },
            Event::CompanyAccessSet { person, .. } => company_access(*person, row(person)?),
            Event::RoleEdited { role, .. } => Event::RoleEdited {
                role: *role,
                permissions: self.roles().get(*role)?.permissions,
            },
            Event::Tied { person, tie } | Event::MappedTied { person, tie, .. } => {
                let mut held = row(person)?.ties.iter().copied();
                self.tied(
                    *person,
                    held.find(|held| is_level_of_the_same(*held, *tie))?,
                )
            }
            Event::Untied { person, tie } => self.tied(*person, *tie),
            Event::TimedUntied { timed } => {
                let row = self.timed_ties().get(*timed)?;
                Event::TimedTied {
                    person: row.person,
                    tie: row.tie,
                    window: row.window,
                }
            }
            Event::PortalLevelSet { person, .. } => Event::PortalLevelSet {
                person: *person,
                level: row(person)?.portal_level,
            },
            Event::EmployerSet { person, .. } => employer(*person, row(person)?),
            Event::BillingContactOffered { .. } => Event::BillingContactOffered {
                to: self.account.billing_offer,
            },
            Event::UserGroupMoved { group, .. } => Event::UserGroupMoved {
                group: *group,
                parent: self.user_groups().get(*group)?.parent,
            },
            Event::GroupAccessSet { group, service, .. } => Event::GroupAccessSet {
                group: *group,
                service: *service,
                full: self.groups().get(*group)?.services.contains(*service),
            },
            Event::CompanyServiceSet {
                company, service, ..
            } => Event::CompanyServiceSet {
                company: *company,
                service: *service,
                full: self.companies().get(*company)?.services.contains(*service),
            },
            Event::DomainRemoved { company, domain } => Event::DomainAdded {
                company: *company,
                domain: domain.clone(),
            },
            Event::CompanyRegistrationSet { company, .. } => Event::CompanyRegistrationSet {
                company: *company,
                accepts: self.companies().get(*company)?.accepts_registration,
            },
            Event::RegistrationSet { .. } => Event::RegistrationSet {
                policy: self.account.registration,
            },
            Event::SecondFactorRequired { role, .. } => Event::SecondFactorRequired {
                role: *role,
                required: self.account.second_factor.is_set_for(*role),
            },
            Event::DueDateOverrideSet { service, .. } => Event::DueDateOverrideSet {
                service: *service,
                policy: self.services().get(*service)?.due_date_override,
            },
            Event::ServiceOpenToAllSet { service, .. } => Event::ServiceOpenToAllSet {
                service: *service,
                open: self.services().get(*service)?.open_to_all,
            },
            Event::SwitchSet { switch, .. } => Event::SwitchSet {
                switch: *switch,
                on: self.switch(*switch),
            },
            Event::DeviceMoved { device, .. } => {
                let row = self.devices().get(*device)?;
                Event::DeviceMoved {
                    device: *device,
                    group: row.group,
                    company: row.company,
                }
            }
            Event::LicenceSeatsSet { licence, .. } => Event::LicenceSeatsSet {
                licence: *licence,
                seats: self.licences().get(*licence)?.bought,
            },
            Event::SeatFreed { licence, seat } => {
                let seats = &self.licences().get(*licence)?.seats;
                let (_, person) = seats.iter().find(|(taken, _)| taken == seat)?;
                Event::SeatTaken {
                    licence: *licence,
                    seat: *seat,
                    person: *person,
                }
            }
            Event::LifeSet { of, .. } => Event::LifeSet {
                of: *of,
                life: self.life(*of)?,
            },
            Event::ConnectionRoleSet { connection, .. } => Event::ConnectionRoleSet {
                connection: *connection,
                role: self.connections().get(*connection)?.role,
            },
            Event::ConnectionRightsSet { connection, .. } => Event::ConnectionRightsSet {
                connection: *connection,
                rights: self.connections().get(*connection)?.rights,
            },
            Event::MappingsSet { connection, .. } => Event::MappingsSet {
                connection: *connection,
                mappings: self.connections().get(*connection)?.mappings.clone(),
            },
            Event::ProviderGroupMembersChanged {
                provider_group,
                added,
                taken,
            } => Event::ProviderGroupMembersChanged {
                provider_group: *provider_group,
                added: taken.clone(),
                taken: added.clone(),
            },
            Event::TokenRevoked { token } => {
                let row = self.tokens().get(*token)?;
                Event::TokenIssued {
                    uid: row.uid,
                    owner: row.owner,
                    expires: row.expires,
                }
            }
            // What comes to be takes no place; the others say all there is, or their values are in the profile store.
            Event::AccountOpened
            | Event::PersonAdded { .. }
            | Event::ProfileEdited { .. }
            | Event::Renamed { .. }
            | Event::DenylistChanged { .. }
            | Event::GivenToOneself { .. }
            | Event::InvitationSent { .. }
            | Event::InvitationRevoked { .. }
            | Event::ViewedAs { .. }
            | Event::SignInSessionsEnded { .. }
            | Event::AccessEnded { .. }
            | Event::PersonErased { .. }
            | Event::BillingContactSet { .. }
            | Event::ExtraGrantGiven { .. }
            | Event::RoleCreated { .. }
            | Event::TimedTied { .. }
            | Event::UserGroupCreated { .. }
            | Event::GroupCreated { .. }
            | Event::CompanyCreated { .. }
            | Event::DomainAdded { .. }
            | Event::ServiceCreated { .. }
            | Event::ServiceHasRecords { .. }
            | Event::QueueCreated { .. }
            | Event::DeviceGroupCreated { .. }
            | Event::DeviceAdded { .. }
            | Event::LicenceBought { .. }
            | Event::SeatTaken { .. }
            | Event::ConnectionCreated { .. }
            | Event::ProviderGroupCreated { .. }
            | Event::TokenIssued { .. }
            | Event::ServiceTargetsSet { .. }
            | Event::ServiceMailSet { .. }
            | Event::ServicePresetsSet { .. }
            | Event::ContactCentre(_)
            | Event::PortalFaceSet
            | Event::MassAction { .. }
            | Event::Subscription { .. }
            | Event::SignInProvider { .. }
            | Event::ProviderLinked { .. }
            | Event::Product(_) => return None,
        })
    }

    /// Whether a thing counts; `None`: there is no such thing.
    pub fn life(&self, of: Node) -> Option<Life> {
        match of {
            Node::Role(id) => self.roles().get(id).map(|row| row.life),
            Node::UserGroup(id) => self.user_groups().get(id).map(|row| row.life),
            Node::DeviceGroup(id) => self.device_groups().get(id).map(|row| row.life),
            Node::Device(id) => self.devices().get(id).map(|row| row.life),
            Node::Group(id) => self.groups().get(id).map(|row| row.life),
            Node::Company(id) => self.companies().get(id).map(|row| row.life),
            Node::Service(id) => self.services().get(id).map(|row| row.life),
            Node::Queue(id) => self.queues().get(id).map(|row| row.life),
            Node::Licence(id) => self.licences().get(id).map(|row| row.life),
            Node::Connection(id) => self.connections().get(id).map(|row| row.life),
            Node::ProviderGroup(id) => self.provider_groups().get(id).map(|row| row.life),
        }
    }

    /// The tie as it stands: by hand, or by a mapping alone (AD-30).
    fn tied(&self, person: PersonId, tie: Tie) -> Event {
        match self.tie_origin(person, tie) {
            None => Event::Tied { person, tie },
            Some(provider_group) => Event::MappedTied {
                person,
                tie,
                provider_group,
            },
        }
    }

    /// The account role as it stands: by hand, or by a mapping (AD-30).
    fn account_role_of(&self, person: PersonId, row: &Person) -> Event {
        let role = row.account_role;
        match self.role_origin(person) {
            None => Event::AccountRoleSet {
                person,
                role,
                scope: row.extras().role_scope.clone(),
            },
            Some(provider_group) => Event::MappedRoleSet {
                person,
                role,
                provider_group,
            },
        }
    }

    /// What an erasure takes away beside the personal data (SD-26).
    fn everything_of(&self, person: PersonId) -> Vec<Event> {
        let Some(row) = self.people.get(person) else {
            return Vec::new();
        };
        let extras = row.extras();
        let mut had = vec![
            Event::UserFacetSet {
                person,
                state: row.user,
            },
            Event::CustomerFacetSet {
                person,
                state: row.customer,
            },
            self.account_role_of(person, row),
            employer(person, row),
            Event::PortalLevelSet {
                person,
                level: row.portal_level,
            },
            company_access(person, row),
        ];
        had.extend(
            extras
                .extra_grants
                .iter()
                .map(|grant| Event::ExtraGrantGiven {
                    to: GrantHolder::Person(person),
                    grant: grant.clone(),
                }),
        );
        had.extend(
            extras
                .limited_admin
                .clone()
                .map(|admin| Event::LimitedAdminSet {
                    person,
                    admin: Some(admin),
                }),
        );
        had.extend(row.ties.iter().filter_map(|tie| match *tie {
            Tie::Timed(timed) => self.timed_ties().get(timed).map(|row| Event::TimedTied {
                person,
                tie: row.tie,
                window: row.window,
            }),
            tie => Some(self.tied(person, tie)),
        }));
        let groups = self.provider_groups().iter();
        had.extend(groups.filter(|(_, row)| row.members.contains(person)).map(
            |(provider_group, _)| Event::ProviderGroupMembersChanged {
                provider_group,
                added: vec![person],
                taken: Vec::new(),
            },
        ));
        had
    }

    fn product_replaced_by(&self, event: &ProductEvent) -> Vec<Event> {
        let products = &self.products;
        let before = match event {
            ProductEvent::CatalogueReplaced { product, .. } => {
                let row = products.rows().get(*product);
                row.map(|row| ProductEvent::CatalogueReplaced {
                    product: *product,
                    text: row.text().into(),
                })
            }
            ProductEvent::LifeSet { product, .. } => {
                let row = products.rows().get(*product);
                row.map(|row| ProductEvent::LifeSet {
                    product: *product,
                    life: row.life(),
                })
            }
            ProductEvent::ThingDescribed { thing, .. } => {
                let row = products.things().get(*thing);
                row.map(|row| ProductEvent::ThingDescribed {
                    thing: *thing,
                    profile: row.profile_version,
                })
            }
            ProductEvent::ThingRoleTaken { thing, role } => Some(ProductEvent::ThingRoleGiven {
                thing: *thing,
                role: role.clone(),
            }),
            ProductEvent::ThingRemoved { thing } => {
                return products.roles_of(*thing).map(Event::Product).collect();
            }
            ProductEvent::CatalogueLoaded { .. }
            | ProductEvent::ThingRegistered { .. }
            | ProductEvent::ThingRoleGiven { .. } => None,
        };
        before.into_iter().map(Event::Product).collect()
    }
}

/// Two values of one level: of a service, of a customer's access, of the account admin. The others exclude nothing.
fn is_level_of_the_same(held: Tie, tie: Tie) -> bool {
    match (held, tie) {
        (Tie::Service(old, _), Tie::Service(new, _))
        | (Tie::Customer(old, _), Tie::Customer(new, _)) => old == new,
        (Tie::AccountAdmin(_), Tie::AccountAdmin(_)) => true,
        _ => held == tie,
    }
}

fn employer(person: PersonId, row: &Person) -> Event {
    Event::EmployerSet {
        person,
        company: row.company,
        placement: row.placement,
    }
}

fn company_access(person: PersonId, row: &Person) -> Event {
    let listed = match row.company_access() {
        CompanyAccess::All => None,
        CompanyAccess::Listed {
            companies,
            without_company,
        } => Some(ListedCompanies {
            companies: companies.iter().collect(),
            without_company: *without_company,
        }),
    };
    Event::CompanyAccessSet { person, listed }
}
