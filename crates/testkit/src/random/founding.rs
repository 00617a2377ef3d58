//! How an account begins: the first user sets up a little of everything and gives about half of it to each newcomer, so that
//! what is asked later is as often allowed as denied.

use access::command::{AccountAdminGrant, MembersChange, RoleAssignment, SystemSubject};
use access::state::{
    ConnectionKind, ConnectionRights, CustomerAccess, DeskRight, DueDateOverride, LicenceModel,
    LimitedAdmin, MappedTo, Mapping, PeopleScope, PortalLevel, QueueKind, RegistrationPolicy,
    ServiceLevel, Tie,
};
use access::{
    Actor, Command, CompanyId, ConnectionId, Dense, DeviceGroupId, GroupId, LicenceId, Permission,
    PersonId, Product, PublicId, QueueId, RoleId, ServiceId, Switch, UserGroupId, Window,
};

use super::Dice;
use super::commands::first_or;
use super::facts::{connection_kind, connection_rights, custom_set};

const SERVICES: usize = 2;
const QUEUES: [QueueKind; 4] = [
    QueueKind::Call,
    QueueKind::Call,
    QueueKind::RingGroup,
    QueueKind::Inbox,
];
const SEATS: u32 = 9;

/// Ids are given in the order of creation.
fn nth<K: Dense>(index: usize) -> K {
    first_or(K::from_index(index))
}

/// The first user.
pub fn founder() -> Actor {
    Actor::Person(nth(0))
}

/// The commands that set an account up, in order. Some are refused, as in life.
pub fn founding(dice: &mut Dice) -> Vec<(Actor, Command)> {
    let mut commands = vec![(Actor::SetUp, opening(dice))];
    for index in 0..3 {
        let licence = nth(index);
        let seats = SEATS;
        commands.push((founder(), Command::SetLicenceSeats { licence, seats }));
    }
    things(dice, &mut commands);
    let users = dice.between(2, 4);
    let customers = dice.between(2, 4);
    for index in 1..=users {
        user(dice, nth(index), &mut commands);
    }
    for index in users + 1..=users + customers {
        customer(dice, nth(index), &mut commands);
    }
    directory(dice, users, &mut commands);
    for switch in Switch::ALL {
        let on = dice.chance(60);
        commands.push((founder(), Command::SetSwitch { switch, on }));
    }
    commands
}

fn opening(dice: &mut Dice) -> Command {
    Command::OpenAccount {
        token: None,
        first_user: PublicId::new(dice.uuid()),
        licences: [0; 3].map(|_| PublicId::new(dice.uuid())),
    }
}

fn things(dice: &mut Dice, commands: &mut Vec<(Actor, Command)>) {
    let mut push = |command| commands.push((founder(), command));
    push(Command::BuyLicence {
        id: PublicId::new(dice.uuid()),
        product: Product::RemoteSupport,
        model: LicenceModel::Concurrent,
        seats: 2,
    });
    push(Command::SetRegistration {
        policy: Some(match dice.chance(60) {
            true => RegistrationPolicy::Anyone,
            false => RegistrationPolicy::Companies,
        }),
        denied: 0,
        allowed: 0,
    });
    for index in 0..SERVICES {
        push(Command::CreateService {
            id: PublicId::new(dice.uuid()),
            first_administrator: nth(0),
        });
        push(Command::SetDueDateOverride {
            service: nth(index),
            policy: match dice.chance(70) {
                true => DueDateOverride::EveryUser,
                false => DueDateOverride::Administrators,
            },
        });
    }
    for kind in QUEUES {
        let id = PublicId::new(dice.uuid());
        push(Command::CreateQueue { id, kind });
    }
    for index in 0..2 {
        push(Command::CreateCompany {
            id: PublicId::new(dice.uuid()),
        });
        push(Command::CreateGroup {
            id: PublicId::new(dice.uuid()),
        });
        push(Command::CreateDeviceGroup {
            id: PublicId::new(dice.uuid()),
        });
        push(Command::AddDevice {
            id: PublicId::new(dice.uuid()),
            group: nth(index),
            company: dice.chance(50).then(|| nth(index)),
        });
        push(Command::CreateRole {
            id: PublicId::new(dice.uuid()),
            permissions: custom_set(dice),
        });
    }
    push(Command::CreateConnection {
        id: PublicId::new(dice.uuid()),
        role: nth(3 + dice.below(2)),
        kind: connection_kind(dice),
        rights: connection_rights(dice),
    });
    push(Command::CreateConnection {
        id: PublicId::new(dice.uuid()),
        role: RoleId::ADMIN,
        kind: ConnectionKind::Provisioning,
        rights: ConnectionRights {
            configure_desk: dice.chance(80),
            contact_admin: dice.chance(80),
        },
    });
    for index in 0..3 {
        push(Command::CreateUserGroup {
            id: PublicId::new(dice.uuid()),
            parent: (index > 0).then(|| nth(index - 1)),
        });
    }
    push(Command::AddDomain {
        company: nth(0),
        domain: "acme.example".into(),
    });
    for service in (0..SERVICES).map(nth::<ServiceId>) {
        push(Command::SaveCompaniesTab {
            service,
            rows: vec![(nth::<CompanyId>(0), true)],
        });
        if dice.chance(50) {
            push(Command::SaveGroupsTab {
                service,
                rows: vec![(nth::<GroupId>(dice.below(2)), true)],
            });
        }
    }
}

/// The groups of the second connection with some of the users in them, and a little of what they can give.
fn directory(dice: &mut Dice, users: usize, commands: &mut Vec<(Actor, Command)>) {
    let connection: ConnectionId = nth(1);
    let everybody: Vec<_> = (0..=users).map(nth::<PersonId>).collect();
    for index in 0..2 {
        let id = PublicId::new(dice.uuid());
        let create = Command::CreateProviderGroup { id, connection };
        commands.push((Actor::Connection(connection), create));
        let change = Command::ChangeProviderGroup {
            provider_group: nth(index),
            change: MembersChange::Whole(dice.some(&everybody)),
        };
        commands.push((Actor::Connection(connection), change));
    }
    let all = [
        MappedTo::Licence(nth(2)),
        MappedTo::AccountRole(nth(3)),
        MappedTo::AccountRole(RoleId::MEMBER),
        MappedTo::Service(nth(0), ServiceLevel::User),
        MappedTo::QueueSupervisor(nth(1)),
    ];
    let mappings = dice.some(&all).into_iter().map(|to| Mapping {
        provider_group: nth(dice.below(2)),
        to,
    });
    let mappings = mappings.collect();
    commands.push((
        founder(),
        Command::SetMappings {
            connection,
            mappings,
        },
    ));
}

fn user(dice: &mut Dice, person: PersonId, commands: &mut Vec<(Actor, Command)>) {
    commands.push((
        founder(),
        Command::AddUser {
            id: PublicId::new(dice.uuid()),
            user_groups: Vec::new(),
            account_role: None,
        },
    ));
    if dice.chance(90) {
        let sign_in = Actor::System(SystemSubject::SignIn);
        commands.push((sign_in, Command::AcceptInvitation { person }));
    }
    let mut push = |command| commands.push((founder(), command));
    for licence in (0..3).map(nth::<LicenceId>) {
        if dice.chance(75) {
            push(tie(person, Tie::Licence(licence)));
        }
    }
    for one in ties(dice) {
        push(match one {
            Tie::ContactAdmin | Tie::QueueAgent(_) | Tie::QueueSupervisor(_) => {
                Command::TieWithLicence {
                    person,
                    tie: one,
                    licence: nth(2),
                }
            }
            _ => tie(person, one),
        });
    }
    let role = match dice.below(10) {
        0..2 => RoleId::SUPER_ADMIN,
        2 => RoleId::ADMIN,
        3..7 => RoleId::MEMBER,
        _ => nth(3 + dice.below(2)),
    };
    let scope = match role.is_system() || dice.chance(50) {
        true => PeopleScope::All,
        false => PeopleScope::UserGroups(vec![nth::<UserGroupId>(dice.below(3))]),
    };
    push(Command::SetAccountRoles {
        bulk: false,
        people: vec![person],
        assignment: RoleAssignment { role, scope },
        keep: Vec::new(),
    });
    if dice.chance(25) {
        let scope = match dice.chance(50) {
            true => PeopleScope::All,
            false => PeopleScope::UserGroups(vec![nth::<UserGroupId>(dice.below(3))]),
        };
        let privileges = [
            Permission::AdminUsersManage,
            Permission::RemoteSupportReportsCreate,
        ];
        push(Command::SetAccountAdmin {
            person,
            admin: Some(match dice.chance(50) {
                true => AccountAdminGrant::Full,
                false => AccountAdminGrant::Limited(LimitedAdmin {
                    privileges: privileges.into_iter().collect(),
                    scope,
                }),
            }),
        });
    }
}

/// About half of all that there is.
fn ties(dice: &mut Dice) -> Vec<Tie> {
    let level = match dice.chance(70) {
        true => ServiceLevel::Administrator,
        false => ServiceLevel::User,
    };
    let mut all = vec![
        Tie::Agent,
        Tie::Feature(Permission::RemoteSupportUnattendedAccess),
        Tie::Group(nth(0)),
        Tie::UserGroup(nth(dice.below(3))),
    ];
    all.extend((0..2).map(|index| Tie::DeviceGroup(nth::<DeviceGroupId>(index))));
    all.extend((0..SERVICES).map(|index| Tie::Service(nth(index), level)));
    all.extend([0, 2].map(|index| Tie::QueueAgent(nth::<QueueId>(index + dice.below(2)))));
    all.extend((0..QUEUES.len()).map(|index| Tie::QueueSupervisor(nth::<QueueId>(index))));
    all.extend(DeskRight::ALL.map(Tie::DeskRight));
    let mut chosen = dice.some(&all);
    if dice.chance(30) {
        chosen.push(Tie::Licence(nth(3)));
    }
    if chosen.contains(&Tie::Agent) {
        chosen.push(Tie::Feature(Permission::RemoteSupportUnattendedAccess));
    }
    if dice.chance(25) {
        chosen.push(Tie::ContactAdmin);
    }
    chosen
}

fn customer(dice: &mut Dice, person: PersonId, commands: &mut Vec<(Actor, Command)>) {
    let mut push = |command| commands.push((founder(), command));
    push(Command::AddCustomer {
        id: PublicId::new(dice.uuid()),
        service: None,
    });
    let levels = [
        PortalLevel::Standard,
        PortalLevel::CompanyAdmin,
        PortalLevel::CompanyAdmin,
    ];
    push(Command::SetPortalLevel {
        people: vec![person],
        level: dice.pick(&levels).unwrap_or_default(),
        bulk: false,
    });
    if dice.chance(85) {
        push(Command::SetEmployer {
            person,
            company: Some(nth(dice.below(2))),
            move_from_other: false,
        });
    }
    for service in (0..SERVICES).map(nth::<ServiceId>) {
        let access = match dice.below(4) {
            0 => continue,
            1 => CustomerAccess::NoPortal,
            _ => CustomerAccess::Portal,
        };
        push(Command::SaveCustomersTab {
            service,
            rows: vec![(person, Some(access))],
        });
    }
}

fn tie(person: PersonId, tie: Tie) -> Command {
    Command::Tie {
        person,
        tie,
        window: Window::ALWAYS,
    }
}
