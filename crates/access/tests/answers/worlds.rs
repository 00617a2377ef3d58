//! Small random accounts: every kind of thing a few times, and ties between them by chance. They are made of events, so
//! that they also reach states that no command would lead to; the answers have to agree there too.

use access::catalogue::{Permission, PermissionSet, Product, sets};
use access::decide::RecordFacts;
use access::event::{GrantHolder, ListedCompanies, Node};
use access::state::{
    AccountAdminKind, CustomerAccess, CustomerFacet, DeskRight, DueDateOverride, ExtraGrant,
    LicenceModel, Life, LimitedAdmin, LoginBasis, PeopleScope, Placement, PortalLevel, QueueKind,
    ServiceLevel, Tie, UserFacet,
};
use access::{
    Dense, DeviceId, Event, Moment, PersonId, QueueId, RoleId, ServiceId, State, Subject, Switch,
    Target, UserGroupId, Window,
};
use proptest::prelude::*;
use uuid::Uuid;

/// When the worlds are asked.
pub const NOW: Moment = Moment(1_000_000);

const USERS: usize = 6;
const PEOPLE: usize = 10;
const CUSTOM_ROLES: usize = 3;
const USER_GROUPS: usize = 4;
const GROUPS: usize = 2;
const COMPANIES: usize = 2;
const SERVICES: usize = 3;
const DEVICE_GROUPS: usize = 2;
const DEVICES: usize = 3;
const CONNECTIONS: usize = 2;

const QUEUES: [QueueKind; 4] = [
    QueueKind::Call,
    QueueKind::Call,
    QueueKind::RingGroup,
    QueueKind::Inbox,
];
const PRODUCTS: [Product; 3] = [
    Product::RemoteSupport,
    Product::ServiceDesk,
    Product::ContactCentre,
];

/// The dense id of the n-th thing of its kind.
pub fn id<K: Dense>(index: usize) -> K {
    K::from_index(index).unwrap()
}

/// One random choice: what happens, and to what.
type Choice = [u8; 4];

/// A random account; sometimes with one user only (AD-17).
pub fn world() -> impl Strategy<Value = State> {
    let choices = prop::collection::vec(any::<Choice>(), 0..70);
    (choices, prop::bool::weighted(0.15)).prop_map(|(choices, alone)| build(&choices, alone))
}

fn build(choices: &[Choice], alone: bool) -> State {
    let mut state = State::empty();
    for event in skeleton(alone) {
        state.apply(&event);
    }
    for choice in choices {
        for event in happening(*choice) {
            state.apply(&event);
        }
    }
    state
}

fn skeleton(alone: bool) -> Vec<Event> {
    let mut number = 0x100;
    let mut uid = || {
        number += 1;
        Uuid::from_u128(number)
    };
    let mut events = vec![Event::AccountOpened];
    for n in 0..PEOPLE {
        let user = match n {
            0 => UserFacet::Accepted,
            _ if alone => UserFacet::Absent,
            _ if n < USERS => UserFacet::Accepted,
            _ => UserFacet::Absent,
        };
        // The last users are customers too.
        let customer = if n + 2 < USERS {
            CustomerFacet::Absent
        } else {
            CustomerFacet::Active
        };
        events.push(Event::PersonAdded {
            uid: uid(),
            user,
            customer,
        });
    }
    let custom = [
        sets::CUSTOM,
        PermissionSet::of(&[Permission::AdminUsersManage]),
        PermissionSet::of(&[Permission::AdminAccessAsk, Permission::AdminLicencesManage]),
    ];
    for permissions in custom {
        events.push(Event::RoleCreated {
            uid: uid(),
            permissions,
        });
    }
    for n in 0..USER_GROUPS {
        events.push(Event::UserGroupCreated {
            uid: uid(),
            parent: (n > 0).then(|| id((n - 1) / 2)),
        });
    }
    events.extend((0..GROUPS).map(|_| Event::GroupCreated { uid: uid() }));
    events.extend((0..COMPANIES).map(|_| Event::CompanyCreated { uid: uid() }));
    events.extend((0..SERVICES).map(|_| Event::ServiceCreated { uid: uid() }));
    events.extend(QUEUES.map(|kind| Event::QueueCreated { uid: uid(), kind }));
    events.extend((0..DEVICE_GROUPS).map(|_| Event::DeviceGroupCreated { uid: uid() }));
    events.extend((0..DEVICES).map(|n| Event::DeviceAdded {
        uid: uid(),
        group: id(n % DEVICE_GROUPS),
        company: (n > 0).then(|| id(n % COMPANIES)),
    }));
    events.extend(PRODUCTS.map(|product| Event::LicenceBought {
        uid: uid(),
        product,
        model: LicenceModel::Named,
        seats: 5,
    }));
    events.extend((0..CONNECTIONS).map(|n| Event::ConnectionCreated {
        uid: uid(),
        role: if n == 0 { RoleId::ADMIN } else { id(3) },
        kind: Default::default(),
        maker: None,
    }));
    // Most have the licences: without them most questions would stop at the same gate.
    for person in 0..4 {
        for licence in 0..PRODUCTS.len() {
            events.push(Event::Tied {
                person: id(person),
                tie: Tie::Licence(id(licence)),
            });
        }
    }
    events
}

fn pick<T: Clone>(of: &[T], by: u8) -> T {
    of[usize::from(by) % of.len()].clone()
}

fn pick_id<K: Dense>(count: usize, by: u8) -> K {
    id(usize::from(by) % count)
}

fn scope(by: u8) -> PeopleScope {
    if by.is_multiple_of(3) {
        PeopleScope::All
    } else {
        PeopleScope::UserGroups(vec![pick_id(USER_GROUPS, by)])
    }
}

fn tie(a: u8, b: u8) -> Tie {
    let level = pick(&[ServiceLevel::User, ServiceLevel::Administrator], b);
    let access = pick(&[CustomerAccess::Portal, CustomerAccess::NoPortal], b / 8);
    let basis = pick(&[LoginBasis::Assignment, LoginBasis::Supervisor], b / 8);
    match a % 13 {
        0 => Tie::Licence(pick_id(PRODUCTS.len(), b)),
        1 => Tie::Service(pick_id(SERVICES, b / 2), level),
        2 => Tie::Customer(pick_id(SERVICES, b), access),
        3 => Tie::Group(pick_id(GROUPS, b)),
        4 => Tie::UserGroup(pick_id(USER_GROUPS, b)),
        5 => Tie::QueueAgent(pick_id(QUEUES.len(), b)),
        6 => Tie::QueueSupervisor(pick_id(QUEUES.len(), b)),
        7 => Tie::Login(pick_id(QUEUES.len(), b), basis),
        8 => Tie::DeviceGroup(pick_id(DEVICE_GROUPS, b)),
        9 => Tie::Agent,
        10 => Tie::Feature(Permission::RemoteSupportUnattendedAccess),
        11 => Tie::ContactAdmin,
        _ => Tie::DeskRight(pick(&DeskRight::ALL, b)),
    }
}

pub fn happening([what, a, b, c]: Choice) -> Vec<Event> {
    let person: PersonId = pick_id(PEOPLE, a);
    let one = |event| vec![event];
    match what % 24 {
        0..=7 => one(Event::Tied {
            person,
            tie: tie(b, c),
        }),
        8 => one(Event::TimedTied {
            person,
            tie: tie(b, c),
            window: pick(
                &[
                    Window {
                        start: None,
                        end: Some(NOW),
                    },
                    Window {
                        start: Some(Moment(NOW.0 + 1)),
                        end: None,
                    },
                    Window {
                        start: Some(NOW),
                        end: Some(Moment(NOW.0 + 9)),
                    },
                ],
                c,
            ),
        }),
        9 => {
            let role = id(usize::from(b) % (3 + CUSTOM_ROLES));
            let scope = if role <= RoleId::MEMBER {
                PeopleScope::All
            } else {
                scope(c)
            };
            one(Event::AccountRoleSet {
                person,
                role,
                scope,
            })
        }
        10 => {
            let to = if c.is_multiple_of(2) {
                GrantHolder::Person(person)
            } else {
                GrantHolder::UserGroup(pick_id(USER_GROUPS, a))
            };
            let permission = sets::EXTRA_GRANTABLE
                .iter()
                .nth(usize::from(b) % 12)
                .unwrap();
            let grant = ExtraGrant {
                permission,
                scope: if permission.is_people_scoped() {
                    scope(c)
                } else {
                    PeopleScope::All
                },
                window: Window::ALWAYS,
            };
            one(Event::ExtraGrantGiven { to, grant })
        }
        11 => {
            use AccountAdminKind::{Full, Limited};
            let [kind, other] = pick(&[[Full, Limited], [Limited, Full]], b);
            let admin = LimitedAdmin {
                privileges: PermissionSet::of(&[pick(
                    &[
                        Permission::AdminUsersManage,
                        Permission::RemoteSupportReportsCreate,
                    ],
                    b / 2,
                )]),
                scope: scope(c),
            };
            let limited = (kind == Limited).then_some(admin);
            vec![
                Event::Untied {
                    person,
                    tie: Tie::AccountAdmin(other),
                },
                Event::Tied {
                    person,
                    tie: Tie::Agent,
                },
                Event::Tied {
                    person,
                    tie: Tie::AccountAdmin(kind),
                },
                Event::LimitedAdminSet {
                    person,
                    admin: limited,
                },
            ]
        }
        12 => one(Event::GroupAccessSet {
            group: pick_id(GROUPS, a),
            service: pick_id(SERVICES, b),
            full: !c.is_multiple_of(4),
        }),
        13 => one(Event::CompanyServiceSet {
            company: pick_id(COMPANIES, a),
            service: pick_id(SERVICES, b),
            full: !c.is_multiple_of(4),
        }),
        14 | 15 => one(Event::EmployerSet {
            person,
            company: (!b.is_multiple_of(5)).then(|| pick_id(COMPANIES, b)),
            placement: Placement::ByHand,
        }),
        16 | 17 => {
            use PortalLevel::{Company, CompanyAdmin, None, Standard};
            let level = pick(&[Standard, Company, CompanyAdmin, CompanyAdmin, None], b);
            one(Event::PortalLevelSet { person, level })
        }
        18 => {
            let switch = pick(&Switch::ALL, a);
            one(Event::SwitchSet {
                switch,
                on: !b.is_multiple_of(3),
            })
        }
        19 => {
            let of = match b % 8 {
                0 => Node::UserGroup(pick_id(USER_GROUPS, a)),
                1 => Node::Group(pick_id(GROUPS, a)),
                2 => Node::Company(pick_id(COMPANIES, a)),
                3 => Node::Service(pick_id(SERVICES, a)),
                4 => Node::Queue(pick_id(QUEUES.len(), a)),
                5 => Node::DeviceGroup(pick_id(DEVICE_GROUPS, a)),
                6 => Node::Role(id(3 + usize::from(a) % CUSTOM_ROLES)),
                _ => Node::Connection(pick_id(CONNECTIONS, a)),
            };
            let life = pick(&[Life::Archived, Life::Active, Life::Deleted], c);
            one(Event::LifeSet { of, life })
        }
        20 => {
            let state = pick(
                &[
                    UserFacet::Invited,
                    UserFacet::Deactivated,
                    UserFacet::Accepted,
                ],
                b,
            );
            let is_user = usize::from(a) % PEOPLE < USERS;
            one(if is_user {
                Event::UserFacetSet { person, state }
            } else {
                let state = pick(&[CustomerFacet::Unconfirmed, CustomerFacet::Deactivated], b);
                Event::CustomerFacetSet { person, state }
            })
        }
        21 => one(Event::BillingContactSet {
            person: Some(person),
        }),
        22 => {
            use DueDateOverride::{Administrators, EveryUser, Off};
            let policy = pick(&[EveryUser, Off, Administrators], b);
            one(Event::DueDateOverrideSet {
                service: pick_id(SERVICES, a),
                policy,
            })
        }
        _ if c.is_multiple_of(16) => one(Event::PersonErased { person }),
        _ => {
            let listed = ListedCompanies {
                companies: vec![pick_id(COMPANIES, b)],
                without_company: c.is_multiple_of(2),
            };
            one(Event::CompanyAccessSet {
                person,
                listed: Some(listed),
            })
        }
    }
}

/// Everybody who could be in an answer.
pub fn everybody(state: &State) -> Vec<Subject> {
    let people = state.people().ids().map(Subject::Person);
    people
        .chain(state.connections().ids().map(Subject::Connection))
        .collect()
}

/// Every person as a target, and so on.
pub fn people(state: &State) -> impl Iterator<Item = Target> + use<> {
    state.people().ids().map(Target::Person)
}

/// Every target that a question can name, records included.
pub fn targets(state: &State) -> Vec<Target> {
    let mut found = vec![Target::Account, Target::DirectCall, Target::Unknown];
    found.extend([true, false].map(|code_is_valid| Target::Session { code_is_valid }));
    found.extend(people(state));
    found.extend(state.user_groups().ids().map(Target::UserGroup));
    found.extend(state.services().ids().map(Target::Service));
    found.extend(state.queues().ids().map(Target::Queue));
    found.extend(state.devices().ids().map(Target::Device));
    for service in 0..SERVICES {
        let record = |customer: Option<usize>, company: Option<usize>| {
            Target::Record(RecordFacts {
                service: id(service),
                customer: customer.map(id),
                company: company.map(id),
            })
        };
        found.extend([
            record(None, None),
            record(Some(PEOPLE - 1), Some(0)),
            record(Some(USERS - 1), Some(1)),
        ]);
    }
    // Ids that nobody gave.
    found.extend([
        Target::Service(id::<ServiceId>(99)),
        Target::Person(id::<PersonId>(99)),
        Target::Queue(id::<QueueId>(99)),
        Target::Device(id::<DeviceId>(99)),
        Target::UserGroup(id::<UserGroupId>(99)),
    ]);
    found
}
