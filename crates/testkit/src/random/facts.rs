//! Random accounts made of events: every corner of what can be stored, commands or no commands.

use access::event::{GrantHolder, ListedCompanies, Node};
use access::state::{
    AccountAdminKind, ConnectionKind, ConnectionRights, CustomerAccess, CustomerFacet, DeskRight,
    DueDateOverride, ExtraGrant, LicenceModel, Life, LimitedAdmin, LoginBasis, PeopleScope,
    Placement, PortalLevel, QueueKind, ServiceLevel, Tie, UserFacet,
};
use access::{
    CompanyId, ConnectionId, Dense, DeviceGroupId, DeviceId, Event, GroupId, LicenceId, Moment,
    Permission, PermissionSet, PersonId, Product, QueueId, RoleId, ServiceId, Switch, UserGroupId,
    Window,
};

use super::Dice;
use crate::reference::{may_be_custom, parent_of};

/// Windows of ties lie between moment 0 and this one.
pub const LAST_MOMENT: i64 = 1_000;

const PRODUCTS: [Product; 3] = [
    Product::RemoteSupport,
    Product::ServiceDesk,
    Product::ContactCentre,
];
const KINDS: [QueueKind; 5] = [
    QueueKind::Call,
    QueueKind::Call,
    QueueKind::RingGroup,
    QueueKind::Inbox,
    QueueKind::Campaign,
];

/// How much there is of each thing.
struct Size {
    people: usize,
    roles: usize,
    user_groups: usize,
    groups: usize,
    companies: usize,
    services: usize,
    queues: usize,
    device_groups: usize,
    devices: usize,
    licences: usize,
    connections: usize,
}

/// A window around the moments that are asked about: open, begun, ended, to come.
pub fn window(dice: &mut Dice) -> Window {
    let bound = |dice: &mut Dice| {
        dice.chance(60)
            .then(|| Moment(dice.between(1, LAST_MOMENT as usize) as i64))
    };
    let (start, end) = (bound(dice), bound(dice));
    match (start, end) {
        (Some(start), Some(end)) if end <= start => Window {
            start: Some(end),
            end: Some(Moment(start.0 + 1)),
        },
        _ => Window { start, end },
    }
}

/// A custom role's set: some of what may be part of one, parents ticked (AD-3).
pub fn custom_set(dice: &mut Dice) -> PermissionSet {
    let all: Vec<_> = Permission::ALL
        .into_iter()
        .filter(|p| may_be_custom(*p))
        .collect();
    let mut chosen = dice.some(&all);
    let parents: Vec<_> = chosen.iter().filter_map(|p| parent_of(*p)).collect();
    chosen.extend(parents);
    chosen.into_iter().collect()
}

/// Any kind of connection.
pub fn connection_kind(dice: &mut Dice) -> ConnectionKind {
    let kinds = [
        ConnectionKind::Provisioning,
        ConnectionKind::SignInProvider,
        ConnectionKind::Service,
    ];
    dice.pick(&kinds).unwrap_or_default()
}

/// What a connection may do in products: mostly nothing.
pub fn connection_rights(dice: &mut Dice) -> ConnectionRights {
    ConnectionRights {
        configure_desk: dice.chance(30),
        contact_admin: dice.chance(30),
    }
}

fn id<K: Dense>(dice: &mut Dice, count: usize) -> Option<K> {
    K::from_index(dice.below(count))
}

fn scope(dice: &mut Dice, user_groups: usize) -> PeopleScope {
    match dice.below(10) {
        0..4 => PeopleScope::All,
        4 => PeopleScope::UserGroups(Vec::new()),
        _ => {
            let groups = [id(dice, user_groups), id(dice, user_groups)];
            PeopleScope::UserGroups(groups.into_iter().flatten().collect())
        }
    }
}

fn extra_grant(dice: &mut Dice, user_groups: usize) -> Option<ExtraGrant> {
    let all: Vec<_> = Permission::ALL
        .into_iter()
        .filter(|p| p.is_extra_grantable())
        .collect();
    let permission = dice.pick(&all)?;
    Some(ExtraGrant {
        permission,
        scope: match permission.is_people_scoped() {
            true => scope(dice, user_groups),
            false => PeopleScope::All,
        },
        window: if dice.chance(30) {
            window(dice)
        } else {
            Window::ALWAYS
        },
    })
}

fn tie(dice: &mut Dice, size: &Size, user: bool) -> Option<Tie> {
    if !user {
        let access = [CustomerAccess::Portal, CustomerAccess::NoPortal];
        return Some(Tie::Customer(id(dice, size.services)?, dice.pick(&access)?));
    }
    let levels = [ServiceLevel::User, ServiceLevel::Administrator];
    let bases = [
        LoginBasis::Assignment,
        LoginBasis::UnassignedLogin,
        LoginBasis::Supervisor,
    ];
    Some(match dice.below(26) {
        0..5 => Tie::Licence(id(dice, size.licences)?),
        5..9 => Tie::Service(id(dice, size.services)?, dice.pick(&levels)?),
        9..11 => Tie::Group(id(dice, size.groups)?),
        11..14 => Tie::UserGroup(id(dice, size.user_groups)?),
        14..16 => Tie::QueueAgent(id(dice, size.queues)?),
        16..18 => Tie::QueueSupervisor(id(dice, size.queues)?),
        18 => Tie::Login(id(dice, size.queues)?, dice.pick(&bases)?),
        19..21 => Tie::DeviceGroup(id(dice, size.device_groups)?),
        21 => Tie::Agent,
        22 => Tie::Feature(Permission::RemoteSupportUnattendedAccess),
        23 => Tie::ContactAdmin,
        _ => Tie::DeskRight(dice.pick(&DeskRight::ALL)?),
    })
}

fn node(dice: &mut Dice, size: &Size) -> Option<Node> {
    Some(match dice.below(9) {
        0 => Node::Role(RoleId::from_index(3 + dice.below(size.roles))?),
        1 => Node::UserGroup(id(dice, size.user_groups)?),
        2 => Node::DeviceGroup(id(dice, size.device_groups)?),
        3 => Node::Device(id(dice, size.devices)?),
        4 => Node::Group(id(dice, size.groups)?),
        5 => Node::Company(id(dice, size.companies)?),
        6 => Node::Service(id(dice, size.services)?),
        7 => Node::Queue(id(dice, size.queues)?),
        _ => Node::Licence(id(dice, size.licences)?),
    })
}

/// The facts of one random account, in order.
pub fn account(dice: &mut Dice) -> Vec<Event> {
    let size = Size {
        people: dice.between(2, 8),
        roles: 3,
        user_groups: dice.between(2, 6),
        groups: 2,
        companies: dice.between(1, 3),
        services: dice.between(1, 3),
        queues: dice.between(2, 5),
        device_groups: 2,
        devices: dice.between(1, 3),
        licences: dice.between(3, 5),
        connections: 2,
    };
    let mut events = vec![Event::AccountOpened];
    things(dice, &size, &mut events);
    for index in 0..size.people {
        if let Some(person) = PersonId::from_index(index) {
            person_with_ties(dice, &size, person, index == 0, &mut events);
        }
    }
    account_wide(dice, &size, &mut events);
    events
}

fn things(dice: &mut Dice, size: &Size, events: &mut Vec<Event>) {
    for _ in 0..size.roles {
        events.push(Event::RoleCreated {
            uid: dice.uuid(),
            permissions: custom_set(dice),
        });
    }
    for index in 0..size.user_groups {
        // A chain now and then, so that depth is more than one.
        let parent = UserGroupId::from_index(if dice.chance(50) {
            index.saturating_sub(1)
        } else {
            dice.below(index)
        });
        events.push(Event::UserGroupCreated {
            uid: dice.uuid(),
            parent: parent.filter(|_| index > 0 && index % 5 != 0 && dice.chance(80)),
        });
    }
    for _ in 0..size.groups {
        events.push(Event::GroupCreated { uid: dice.uuid() });
    }
    for _ in 0..size.companies {
        events.push(Event::CompanyCreated { uid: dice.uuid() });
    }
    for _ in 0..size.services {
        events.push(Event::ServiceCreated { uid: dice.uuid() });
    }
    for index in 0..size.queues {
        events.push(Event::QueueCreated {
            uid: dice.uuid(),
            kind: KINDS[index % KINDS.len()],
        });
    }
    for _ in 0..size.device_groups {
        events.push(Event::DeviceGroupCreated { uid: dice.uuid() });
    }
    for _ in 0..size.devices {
        if let Some(group) = id(dice, size.device_groups) {
            let company = id(dice, size.companies).filter(|_| dice.chance(60));
            events.push(Event::DeviceAdded {
                uid: dice.uuid(),
                group,
                company,
            });
        }
    }
    for index in 0..size.licences {
        events.push(Event::LicenceBought {
            uid: dice.uuid(),
            product: PRODUCTS[index % PRODUCTS.len()],
            model: LicenceModel::Named,
            seats: 99,
        });
    }
    for index in 0..size.connections {
        if let Some(role) = id(dice, 3 + size.roles) {
            events.push(Event::ConnectionCreated {
                uid: dice.uuid(),
                role,
                kind: connection_kind(dice),
                maker: None,
            });
        }
        if let Some(connection) = ConnectionId::from_index(index) {
            let rights = connection_rights(dice);
            events.push(Event::ConnectionRightsSet { connection, rights });
        }
    }
}

fn person_with_ties(
    dice: &mut Dice,
    size: &Size,
    person: PersonId,
    first: bool,
    events: &mut Vec<Event>,
) {
    let is_user = first || dice.chance(65);
    let is_customer = !is_user || dice.chance(15);
    let user = match dice.below(12) {
        _ if first => UserFacet::Accepted,
        _ if !is_user => UserFacet::Absent,
        0 => UserFacet::Invited,
        1 => UserFacet::Deactivated,
        _ => UserFacet::Accepted,
    };
    let customer = match dice.below(12) {
        _ if !is_customer => CustomerFacet::Absent,
        0 => CustomerFacet::Unconfirmed,
        1 => CustomerFacet::Deactivated,
        _ => CustomerFacet::Active,
    };
    events.push(Event::PersonAdded {
        uid: dice.uuid(),
        user,
        customer,
    });
    events.push(Event::SignInSet {
        person,
        possible: true,
    });
    for user in [true, false] {
        if user && !is_user || !user && !is_customer {
            continue;
        }
        for _ in 0..dice.between(0, if user { 22 } else { 4 }) {
            let Some(tie) = tie(dice, size, user) else {
                continue;
            };
            events.push(match dice.chance(20) {
                true => Event::TimedTied {
                    person,
                    tie,
                    window: window(dice),
                },
                false => Event::Tied { person, tie },
            });
        }
    }
    if is_user {
        administration(dice, size, person, first, events);
    }
    if is_customer {
        let levels = [
            PortalLevel::None,
            PortalLevel::Standard,
            PortalLevel::Company,
            PortalLevel::CompanyAdmin,
            PortalLevel::CompanyAdmin,
        ];
        events.extend(
            dice.pick(&levels)
                .map(|level| Event::PortalLevelSet { person, level }),
        );
    }
    if dice.chance(75) {
        events.push(Event::EmployerSet {
            person,
            company: id(dice, size.companies),
            placement: Placement::ByHand,
        });
    }
}

fn administration(
    dice: &mut Dice,
    size: &Size,
    person: PersonId,
    first: bool,
    events: &mut Vec<Event>,
) {
    let role = match dice.below(10) {
        _ if first => RoleId::SUPER_ADMIN,
        0..2 => RoleId::SUPER_ADMIN,
        2..4 => RoleId::ADMIN,
        4..7 => RoleId::MEMBER,
        _ => RoleId::from_index(3 + dice.below(size.roles)).unwrap_or(RoleId::MEMBER),
    };
    let scope_of_role = match role.is_system() {
        true => PeopleScope::All,
        false => scope(dice, size.user_groups),
    };
    events.push(Event::AccountRoleSet {
        person,
        role,
        scope: scope_of_role,
    });
    for _ in 0..dice.below(3) {
        if let Some(grant) = extra_grant(dice, size.user_groups) {
            events.push(Event::ExtraGrantGiven {
                to: GrantHolder::Person(person),
                grant,
            });
        }
    }
    if dice.chance(30) {
        let all = [
            Permission::AdminUsersManage,
            Permission::AdminUserGroupsManage,
            Permission::AdminDeviceGroupsManage,
            Permission::AdminLicencesManage,
            Permission::RemoteSupportReportsCreate,
        ];
        let kind = match dice.chance(50) {
            true => AccountAdminKind::Full,
            false => AccountAdminKind::Limited,
        };
        let agent = Tie::Agent;
        events.push(Event::Tied { person, tie: agent });
        events.push(Event::Tied {
            person,
            tie: Tie::AccountAdmin(kind),
        });
        if kind == AccountAdminKind::Limited {
            events.push(Event::LimitedAdminSet {
                person,
                admin: Some(LimitedAdmin {
                    privileges: dice.some(&all).into_iter().collect(),
                    scope: scope(dice, size.user_groups),
                }),
            });
        }
        if dice.chance(60) {
            events.push(Event::BillingContactSet {
                person: Some(person),
            });
        }
    }
    if dice.chance(25) {
        let companies: Vec<CompanyId> = (0..size.companies)
            .filter_map(CompanyId::from_index)
            .collect();
        events.push(Event::CompanyAccessSet {
            person,
            listed: Some(ListedCompanies {
                companies: dice.some(&companies),
                without_company: dice.chance(50),
            }),
        });
    }
}

fn account_wide(dice: &mut Dice, size: &Size, events: &mut Vec<Event>) {
    for switch in Switch::ALL {
        if !switch.is_locked() && dice.chance(50) {
            events.push(Event::SwitchSet {
                switch,
                on: dice.chance(60),
            });
        }
    }
    for _ in 0..dice.below(4) {
        if let (Some(group), Some(grant)) = (
            id(dice, size.user_groups),
            extra_grant(dice, size.user_groups),
        ) {
            events.push(Event::ExtraGrantGiven {
                to: GrantHolder::UserGroup(group),
                grant,
            });
        }
    }
    for service in (0..size.services).filter_map(ServiceId::from_index) {
        let policies = [
            DueDateOverride::Off,
            DueDateOverride::Administrators,
            DueDateOverride::EveryUser,
        ];
        events.extend(
            dice.pick(&policies)
                .map(|policy| Event::DueDateOverrideSet { service, policy }),
        );
        if let (Some(group), true) = (id::<GroupId>(dice, size.groups), dice.chance(60)) {
            events.push(Event::GroupAccessSet {
                group,
                service,
                full: true,
            });
        }
        if let (Some(company), true) = (id::<CompanyId>(dice, size.companies), dice.chance(70)) {
            events.push(Event::CompanyServiceSet {
                company,
                service,
                full: true,
            });
        }
    }
    for _ in 0..dice.below(4) {
        events.extend(node(dice, size).map(|of| Event::LifeSet {
            of,
            life: match dice.chance(70) {
                true => Life::Archived,
                false => Life::Deleted,
            },
        }));
    }
    if dice.chance(10)
        && let Some(connection) = id::<ConnectionId>(dice, size.connections)
    {
        events.push(Event::LifeSet {
            of: Node::Connection(connection),
            life: Life::Archived,
        });
    }
    if dice.chance(15)
        && let Some(person) = PersonId::from_index(dice.between(1, size.people))
    {
        events.push(Event::PersonErased { person });
    }
    if dice.chance(3) {
        events.push(Event::AccountActiveSet { active: false });
    }
    // Some things move at the end, so that leaving is seen too.
    if let (Some(device), Some(group)) = (
        id::<DeviceId>(dice, size.devices),
        id::<DeviceGroupId>(dice, size.device_groups),
    ) {
        events.push(Event::DeviceMoved {
            device,
            group,
            company: id(dice, size.companies),
        });
    }
    if let (Some(person), Some(licence), Some(queue)) = (
        id::<PersonId>(dice, size.people),
        id::<LicenceId>(dice, size.licences),
        id::<QueueId>(dice, size.queues),
    ) {
        let gone = [Tie::Licence(licence), Tie::QueueAgent(queue)];
        events.extend(gone.map(|tie| Event::Untied { person, tie }));
    }
}
