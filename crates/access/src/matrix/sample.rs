//! The sample account of the matrix of roles: of each kind of thing one that the role is about and one that it is not, and for
//! each role somebody who holds that role and nothing else, but every licence.

use uuid::Uuid;

use crate::catalogue::{Permission, PermissionSet, Product, ScopeKind, Switch, sets};
use crate::decide::{RecordFacts, Subject, Target};
use crate::event::Event;
use crate::ids::{
    CompanyId, DeviceGroupId, DeviceId, LicenceId, PersonId, QueueId, RoleId, ServiceId,
    UserGroupId,
};
use crate::moment::{Moment, Window};
use crate::state::{
    AccountAdminKind, CustomerAccess, CustomerFacet, DueDateOverride, ExtraGrant, LicenceModel,
    LimitedAdmin, PeopleScope, Placement, PortalLevel, QueueKind, ServiceLevel, State, Tie,
    UserFacet,
};

/// Somebody with one role.
pub(super) struct Column {
    pub name: &'static str,
    subject: Subject,
}

/// Something that opens more to a role.
pub(super) struct Setting {
    pub name: String,
    events: Vec<Event>,
}

/// The account, its roles and settings.
pub(super) struct Sample {
    state: State,
    pub columns: Vec<Column>,
    pub settings: Vec<Setting>,
    things: Things,
    uids: u128,
}

/// Of each kind the own one and another.
struct Things {
    groups: [UserGroupId; 2],
    people: [PersonId; 2],
    services: [ServiceId; 2],
    queues: [QueueId; 2],
    device_groups: [DeviceGroupId; 2],
    devices: [DeviceId; 2],
    company: CompanyId,
}

/// The column of those who hold no role beyond being there.
pub(super) const MEMBER: &str = "Member";

const NOW: Moment = Moment(0);

impl Sample {
    /// `None` where the sample itself were wrong: an id that was just given is not found.
    pub fn new() -> Option<Sample> {
        let mut state = State::empty();
        let mut uids = 0x100;
        state.apply(&Event::AccountOpened);
        let things = Things::new(&mut state, &mut uids)?;
        let mut sample = Sample {
            state,
            columns: Vec::new(),
            settings: settings(&things),
            things,
            uids,
        };
        sample.staff()?;
        sample.customers()?;
        sample.columns.push(Column {
            name: "Guest",
            subject: Subject::Guest,
        });
        Some(sample)
    }

    /// The same account with one user, who was never given anything but by AD-17.
    pub fn alone() -> Option<Sample> {
        let mut state = State::empty();
        let mut uids = 0x100;
        state.apply(&Event::AccountOpened);
        let mut things = Things::new(&mut state, &mut uids)?;
        // The only user is the only one to be administered.
        for person in things.people {
            state.apply(&Event::PersonErased { person });
        }
        let only = person(
            &mut state,
            &mut uids,
            UserFacet::Accepted,
            CustomerFacet::Absent,
        )?;
        things.people = [only; 2];
        Some(Sample {
            columns: vec![Column {
                name: "Only user",
                subject: Subject::Person(only),
            }],
            settings: settings(&things),
            state,
            things,
            uids,
        })
    }

    /// Whether somebody of the column may, on the own thing or on the other one, with a setting changed. `None`: the
    /// permission is about the account, and there is no other.
    pub fn may(
        &self,
        column: &Column,
        permission: Permission,
        own: bool,
        setting: Option<&Setting>,
    ) -> Option<bool> {
        let target = self.target(column, permission, own)?;
        let ask = |state: &State| state.view(column.subject, NOW).may(permission, target);
        Some(match setting {
            None => ask(&self.state),
            Some(setting) => {
                let mut fork = self.state.clone();
                for event in &setting.events {
                    fork.apply(event);
                }
                ask(&fork)
            }
        })
    }

    fn target(&self, column: &Column, permission: Permission, own: bool) -> Option<Target> {
        let which = usize::from(!own);
        let things = &self.things;
        Some(match permission.scope() {
            ScopeKind::Account if own => Target::Account,
            ScopeKind::Account => return None,
            ScopeKind::People => Target::Person(things.people[which]),
            ScopeKind::Service => self.service_target(column, permission, which),
            ScopeKind::Queue => Target::Queue(things.queues[which]),
            ScopeKind::Device => Target::Device(things.devices[which]),
            ScopeKind::Session if own => Target::Session {
                code_is_valid: true,
            },
            ScopeKind::Session => return None,
        })
    }

    /// Incidents are asked about where that matters: the own one, or one of the own company, and somebody else's.
    fn service_target(&self, column: &Column, permission: Permission, which: usize) -> Target {
        let things = &self.things;
        let service = things.services[which];
        let record = |customer, company| {
            Target::Record(RecordFacts {
                service: things.services[0],
                customer: Some(customer),
                company,
            })
        };
        let [colleague, stranger] = things.people;
        match (permission, column.subject, which) {
            (Permission::PortalIncidentView, Subject::Person(me), 0) => {
                record(me, Some(things.company))
            }
            (Permission::PortalIncidentView, _, 1) => record(stranger, None),
            (
                Permission::PortalIncidentViewCompany | Permission::PortalIncidentModifyCompany,
                _,
                which,
            ) => match which {
                0 => record(colleague, Some(things.company)),
                _ => record(stranger, None),
            },
            _ => Target::Service(service),
        }
    }

    fn staff(&mut self) -> Option<()> {
        let group = self.things.groups[0];
        let narrow = PeopleScope::UserGroups(vec![group]);
        let [service, _] = self.things.services;
        let [queue, _] = self.things.queues;
        let [devices, _] = self.things.device_groups;
        let role = self.state.roles().next_id()?;
        self.apply(Event::RoleCreated {
            uid: Uuid::from_u128(self.uids),
            permissions: sets::CUSTOM,
        });
        self.uids += 1;

        let member = |_| Vec::new();
        let account_role = |role, scope: &PeopleScope| {
            let scope = scope.clone();
            move |person| {
                vec![Event::AccountRoleSet {
                    person,
                    role,
                    scope,
                }]
            }
        };
        let ties = |ties: &[Tie]| {
            let ties = ties.to_vec();
            move |person| {
                let tied = ties.into_iter().map(move |tie| Event::Tied { person, tie });
                tied.collect::<Vec<_>>()
            }
        };
        let limited = |privileges, scope: &PeopleScope| {
            let admin = LimitedAdmin {
                privileges,
                scope: scope.clone(),
            };
            move |person| {
                let kinds = [Tie::Agent, Tie::AccountAdmin(AccountAdminKind::Limited)];
                let mut events = ties(&kinds)(person);
                events.push(Event::LimitedAdminSet {
                    person,
                    admin: Some(admin),
                });
                events
            }
        };
        let all = PeopleScope::All;
        self.user("Super admin", account_role(RoleId::SUPER_ADMIN, &all))?;
        self.user("Admin", account_role(RoleId::ADMIN, &all))?;
        self.user("Admin + extra grants", |person| {
            let given = sets::ADMIN_EXTRA_FOR_ADMINS.iter().map(|permission| {
                let grant = ExtraGrant {
                    permission,
                    scope: PeopleScope::All,
                    window: Window::ALWAYS,
                };
                Event::ExtraGrantGiven {
                    to: crate::event::GrantHolder::Person(person),
                    grant,
                }
            });
            let mut events = account_role(RoleId::ADMIN, &PeopleScope::All)(person);
            events.extend(given);
            events
        })?;
        self.user("Custom role, all ◇", account_role(role, &all))?;
        self.user("Group manager, all ◇", account_role(role, &narrow))?;
        self.user(MEMBER, member)?;
        self.user("Agent", ties(&[Tie::Agent]))?;
        let unattended = Tie::Feature(Permission::RemoteSupportUnattendedAccess);
        let with_feature = [Tie::Agent, unattended, Tie::DeviceGroup(devices)];
        self.user("Agent + unattended", ties(&with_feature))?;
        let full = [Tie::Agent, Tie::AccountAdmin(AccountAdminKind::Full)];
        self.user("Account admin, full", ties(&full))?;
        let privileges = sets::ACCOUNT_ADMIN_PRIVILEGES;
        self.user("Account admin, limited", limited(privileges, &narrow))?;
        let nobody = PeopleScope::UserGroups(Vec::new());
        self.user("Billing contact", |person| {
            let mut events = limited(PermissionSet::EMPTY, &nobody)(person);
            events.push(Event::BillingContactSet {
                person: Some(person),
            });
            events
        })?;
        let level = |level| ties(&[Tie::Service(service, level)]);
        self.user("Service user", level(ServiceLevel::User))?;
        self.user("Service administrator", level(ServiceLevel::Administrator))?;
        let rights = crate::state::DeskRight::ALL.map(Tie::DeskRight);
        self.user("All desk rights", ties(&rights))?;
        self.user("Contact admin", ties(&[Tie::ContactAdmin]))?;
        self.user("Supervisor", ties(&[Tie::QueueSupervisor(queue)]))?;
        self.user("Queue agent", ties(&[Tie::QueueAgent(queue)]))
    }

    fn customers(&mut self) -> Option<()> {
        let levels = [
            ("Standard", PortalLevel::Standard),
            ("Company", PortalLevel::Company),
            ("Company Admin", PortalLevel::CompanyAdmin),
        ];
        let (company, [service, _]) = (self.things.company, self.things.services);
        for (name, level) in levels {
            let uid = &mut self.uids;
            let person = person(
                &mut self.state,
                uid,
                UserFacet::Absent,
                CustomerFacet::Active,
            )?;
            // Standard has the service by its own access, the others by the company alone (SD-14, SD-15).
            let event = if level == PortalLevel::Standard {
                let tie = Tie::Customer(service, CustomerAccess::Portal);
                Event::Tied { person, tie }
            } else {
                Event::EmployerSet {
                    person,
                    company: Some(company),
                    placement: Placement::ByHand,
                }
            };
            self.apply(event);
            self.apply(Event::PortalLevelSet { person, level });
            self.columns.push(Column {
                name,
                subject: Subject::Person(person),
            });
        }
        Some(())
    }

    fn user(
        &mut self,
        name: &'static str,
        role: impl FnOnce(PersonId) -> Vec<Event>,
    ) -> Option<()> {
        let uid = &mut self.uids;
        let person = person(
            &mut self.state,
            uid,
            UserFacet::Accepted,
            CustomerFacet::Absent,
        )?;
        let licences: Vec<LicenceId> = self.state.licences().ids().collect();
        for licence in licences {
            let tie = Tie::Licence(licence);
            self.apply(Event::Tied { person, tie });
        }
        for event in role(person) {
            self.apply(event);
        }
        self.columns.push(Column {
            name,
            subject: Subject::Person(person),
        });
        Some(())
    }

    fn apply(&mut self, event: Event) {
        self.state.apply(&event);
    }
}

fn person(
    state: &mut State,
    uids: &mut u128,
    user: UserFacet,
    customer: CustomerFacet,
) -> Option<PersonId> {
    let id = state.people().next_id();
    *uids += 1;
    state.apply(&Event::PersonAdded {
        uid: Uuid::from_u128(*uids),
        user,
        customer,
    });
    id
}

impl Things {
    fn new(state: &mut State, uids: &mut u128) -> Option<Things> {
        let mut uid = || {
            *uids += 1;
            Uuid::from_u128(*uids)
        };
        macro_rules! new {
            ($table:ident, $event:expr) => {{
                let id = state.$table().next_id()?;
                state.apply(&$event);
                id
            }};
        }
        macro_rules! two {
            ($table:ident, $event:expr) => {
                [new!($table, $event), new!($table, $event)]
            };
        }
        let groups = two!(
            user_groups,
            Event::UserGroupCreated {
                uid: uid(),
                parent: None
            }
        );
        let people = two!(
            people,
            Event::PersonAdded {
                uid: uid(),
                user: UserFacet::Accepted,
                customer: CustomerFacet::Active,
            }
        );
        for (person, group) in people.into_iter().zip(groups) {
            let tie = Tie::UserGroup(group);
            state.apply(&Event::Tied { person, tie });
        }
        let services = two!(services, Event::ServiceCreated { uid: uid() });
        let call = QueueKind::Call;
        let queues = two!(
            queues,
            Event::QueueCreated {
                uid: uid(),
                kind: call
            }
        );
        let device_groups = two!(device_groups, Event::DeviceGroupCreated { uid: uid() });
        let added = |uid, group| Event::DeviceAdded {
            uid,
            group,
            company: None,
        };
        let [own, other] = device_groups;
        let devices = [
            new!(devices, added(uid(), own)),
            new!(devices, added(uid(), other)),
        ];
        let company = new!(companies, Event::CompanyCreated { uid: uid() });
        state.apply(&Event::CompanyServiceSet {
            company,
            service: services[0],
            full: true,
        });
        for product in [
            Product::RemoteSupport,
            Product::ServiceDesk,
            Product::ContactCentre,
        ] {
            state.apply(&Event::LicenceBought {
                uid: uid(),
                product,
                model: LicenceModel::Named,
                seats: 100,
            });
        }
        Some(Things {
            groups,
            people,
            services,
            queues,
            device_groups,
            devices,
            company,
        })
    }
}

/// The switches of the contact centre, each the other way round than in a new account, and who may override due dates.
fn settings(things: &Things) -> Vec<Setting> {
    let of_switch = |switch: Switch| {
        let on = !switch.default_value();
        let mut name = format!("{switch} {}", if on { "on" } else { "off" });
        let mut events = vec![Event::SwitchSet { switch, on }];
        if let Some(needed) = switch.needs() {
            name.push_str(&format!(", with {needed} on"));
            events.push(Event::SwitchSet {
                switch: needed,
                on: true,
            });
        }
        Setting { name, events }
    };
    let switches = Switch::ALL.into_iter().filter(|switch| !switch.is_locked());
    let mut settings: Vec<Setting> = switches.map(of_switch).collect();
    settings.push(Setting {
        name: "due dates overridden by every user of the service".to_owned(),
        events: things
            .services
            .map(|service| Event::DueDateOverrideSet {
                service,
                policy: DueDateOverride::EveryUser,
            })
            .into(),
    });
    settings
}
