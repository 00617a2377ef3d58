//! The people who work at Meridian IT: account roles, the tree of administration, remote support, licences.

use access::catalogue::{Permission, PermissionSet, Product, sets};
use access::command::{AccountAdminGrant, RoleAssignment, SystemSubject};
use access::event::{GrantHolder, ListedCompanies, Node};
use access::state::{
    ConnectionKind, DeskRight, ExtraGrant, Facet, LicenceModel, LimitedAdmin, PeopleScope, Tie,
    TokenOwner,
};
use access::{Actor, Command, DeviceGroupId, LicenceId, PersonId, RoleId, UserGroupId, Window};
use ledger::{Change, Field, Of, ProfileWrite};

use super::desk::Desk;
use super::{DemoError, Maker, STAFF_DOMAIN};

/// Who works there.
pub(super) struct Staff {
    pub owner: PersonId,
    pub deputy: PersonId,
    pub admin: PersonId,
    /// Everybody else, most of them technicians.
    pub technicians: Vec<PersonId>,
    pub user_groups: Vec<UserGroupId>,
}

pub(super) fn make(maker: &mut Maker<'_>) -> Result<Staff, DemoError> {
    let owner = open(maker)?;
    let users = maker.size.users();
    seats(maker, users * 2)?;
    // A second Super admin, so that neither is the last one (AD-8).
    let deputy = employ(maker, Some("Mariko Sato"), &[])?;
    maker.run(Command::SetAccountRoles {
        bulk: false,
        people: vec![deputy],
        assignment: maker.role(RoleId::SUPER_ADMIN),
        keep: Vec::new(),
    })?;
    let user_groups = tree(maker)?;
    let admin = administrators(maker)?;
    let mut technicians = Vec::new();
    for name in ["Ana Lindqvist", "Bo Achterberg", "Cleo Marsh", "Dag Ruiz"] {
        technicians.push(employ(maker, Some(name), &user_groups[1..2])?);
    }
    while technicians.len() + 12 < users as usize {
        let group = *maker.numbers.pick(&user_groups);
        technicians.push(employ(maker, None, &[group])?);
    }
    custom_roles(maker, &technicians, &user_groups)?;
    remote_support(maker, &technicians, &user_groups)?;
    Ok(Staff {
        owner,
        deputy,
        admin,
        technicians,
        user_groups,
    })
}

/// The first user, who gets everything (AD-17).
fn open(maker: &mut Maker<'_>) -> Result<PersonId, DemoError> {
    let now = maker.now;
    let first_user = maker.numbers.id::<PersonId>(now);
    let licences = [0; 3].map(|_| maker.numbers.id::<LicenceId>(now));
    let profile = ProfileWrite::new(Of::public(first_user))
        .set(Field::Name, "Adaeze Okafor")
        .set(Field::Email, format!("adaeze.okafor@{STAFF_DOMAIN}"));
    let change = Change::from(Command::OpenAccount {
        token: None,
        first_user,
        licences,
    })
    .with_profile(profile)
    .with_credential(maker.password(Of::public(first_user)));
    maker.run_as(Actor::SetUp, change)?;
    maker.people = 1;
    let owner = maker.first_user();
    maker.owner = Actor::Person(owner);
    Ok(owner)
}

/// Seats for everybody, and a pool of concurrent ones for those who help only now and then (AD-14).
fn seats(maker: &mut Maker<'_>, seats: u32) -> Result<(), DemoError> {
    let licences: Vec<LicenceId> = maker.state.licences().ids().collect();
    for licence in licences {
        maker.run(Command::SetLicenceSeats { licence, seats })?;
    }
    maker.create::<LicenceId>("Remote Support, concurrent", |id| Command::BuyLicence {
        id,
        product: Product::RemoteSupport,
        model: LicenceModel::Concurrent,
        seats: 5,
    })?;
    Ok(())
}

/// A user who has accepted the invitation.
fn employ(
    maker: &mut Maker<'_>,
    name: Option<&str>,
    user_groups: &[UserGroupId],
) -> Result<PersonId, DemoError> {
    let person = invite(maker, name, user_groups)?;
    maker.run_as(
        Actor::System(SystemSubject::SignIn),
        Change::from(Command::AcceptInvitation { person })
            .with_credential(maker.password(Of::known(person))),
    )?;
    Ok(person)
}

fn invite(
    maker: &mut Maker<'_>,
    name: Option<&str>,
    user_groups: &[UserGroupId],
) -> Result<PersonId, DemoError> {
    let user_groups = user_groups.to_vec();
    maker.person(maker.owner, name, STAFF_DOMAIN, |id| Command::AddUser {
        id,
        user_groups,
        account_role: None,
    })
}

/// Five levels (AD-12), one group archived with a group below it.
fn tree(maker: &mut Maker<'_>) -> Result<Vec<UserGroupId>, DemoError> {
    let rows: [(&str, Option<usize>); 9] = [
        ("Meridian", None),
        ("North region", Some(0)),
        ("Rotterdam office", Some(1)),
        ("Service team", Some(2)),
        ("Night crew", Some(3)),
        ("South region", Some(0)),
        ("Lisbon office", Some(5)),
        ("Former Ghent office", Some(0)),
        ("Ghent field team", Some(7)),
    ];
    let mut groups: Vec<UserGroupId> = Vec::new();
    for (name, above) in rows {
        let parent = above.map(|above| groups[above]);
        groups.push(maker.create(name, |id| Command::CreateUserGroup { id, parent })?);
    }
    Ok(groups)
}

/// Admins, one with what only a Super admin can add (AD-9).
fn administrators(maker: &mut Maker<'_>) -> Result<PersonId, DemoError> {
    let admins = [
        employ(maker, Some("Mehmet Yıldız"), &[])?,
        employ(maker, Some("Greta Holm"), &[])?,
    ];
    maker.run(Command::SetAccountRoles {
        bulk: true,
        people: admins.to_vec(),
        assignment: maker.role(RoleId::ADMIN),
        keep: Vec::new(),
    })?;
    for permission in [
        Permission::AdminReportsView,
        Permission::AdminRecordingsAccess,
    ] {
        grant(
            maker,
            GrantHolder::Person(admins[0]),
            permission,
            PeopleScope::All,
        )?;
    }
    Ok(admins[0])
}

fn grant(
    maker: &mut Maker<'_>,
    to: GrantHolder,
    permission: Permission,
    scope: PeopleScope,
) -> Result<(), DemoError> {
    maker.run(Command::GiveExtraGrant {
        to,
        grant: ExtraGrant {
            permission,
            scope,
            window: Window::ALWAYS,
        },
    })
}

/// Custom roles (AD-2): for all, and for a part of the tree (group managers, AD-12).
fn custom_roles(
    maker: &mut Maker<'_>,
    people: &[PersonId],
    groups: &[UserGroupId],
) -> Result<(), DemoError> {
    let roles: [(&str, &[Permission]); 4] = [
        (
            "Team lead",
            &[
                Permission::AdminUsersManage,
                Permission::AdminUserSettingsManage,
                Permission::AdminUserGroupsManage,
            ],
        ),
        ("Licence clerk", &[Permission::AdminLicencesManage]),
        (
            "Auditor",
            &[
                Permission::AdminAuditView,
                Permission::AdminAccessAsk,
                Permission::AdminHistoryAccess,
            ],
        ),
        (
            "Invoice clerk",
            &[
                Permission::AdminInvoicesAccess,
                Permission::AdminInvoicesPay,
            ],
        ),
    ];
    let mut made = Vec::new();
    for (name, permissions) in roles {
        let permissions = PermissionSet::of(permissions);
        made.push(maker.create::<RoleId>(name, |id| Command::CreateRole { id, permissions })?);
    }
    let scoped = |group: usize| PeopleScope::UserGroups(vec![groups[group]]);
    let assignments = [
        (0, 0, scoped(1)),
        (1, 0, scoped(6)),
        (2, 0, PeopleScope::All),
        (4, 1, PeopleScope::All),
        (5, 2, PeopleScope::All),
        (6, 3, PeopleScope::All),
    ];
    for (person, role, scope) in assignments {
        let assignment = RoleAssignment {
            role: made[role],
            scope,
        };
        maker.run(Command::SetAccountRoles {
            bulk: false,
            people: vec![people[person]],
            assignment,
            keep: Vec::new(),
        })?;
    }
    // Everybody in one office sees its history; one person may for a week.
    grant(
        maker,
        GrantHolder::UserGroup(groups[6]),
        Permission::AdminHistoryAccess,
        scoped(6),
    )?;
    let window = Window {
        start: Some(maker.days(-2)),
        end: Some(maker.days(5)),
    };
    let for_a_week = ExtraGrant {
        permission: Permission::AdminAuditView,
        scope: PeopleScope::All,
        window,
    };
    maker.run(Command::GiveExtraGrant {
        to: GrantHolder::Person(people[7]),
        grant: for_a_week,
    })
}

/// Agents, what they may reach, and who administers them (S0).
fn remote_support(
    maker: &mut Maker<'_>,
    people: &[PersonId],
    groups: &[UserGroupId],
) -> Result<(), DemoError> {
    let pools: Vec<LicenceId> = maker
        .state
        .licences()
        .iter()
        .filter(|(_, row)| row.product == Product::RemoteSupport)
        .map(|(id, _)| id)
        .collect();
    let mut device_groups: Vec<DeviceGroupId> = Vec::new();
    for name in [
        "Servers Rotterdam",
        "Servers Lisbon",
        "Point-of-sale terminals",
        "Laptops on loan",
    ] {
        device_groups.push(maker.create(name, |id| Command::CreateDeviceGroup { id })?);
    }
    for (at, person) in people
        .iter()
        .copied()
        .enumerate()
        .filter(|(at, _)| at % 2 == 0)
    {
        // One in ten draws from the pool instead of holding a seat.
        let licence = if at % 20 == 0 {
            pools.last()
        } else {
            pools.first()
        };
        let Some(licence) = licence.copied() else {
            continue;
        };
        maker.tie(person, Tie::Licence(licence))?;
        maker.tie(person, Tie::Agent)?;
        if at % 4 == 0 {
            maker.tie(
                person,
                Tie::Feature(Permission::RemoteSupportUnattendedAccess),
            )?;
            let group = *maker.numbers.pick(&device_groups);
            maker.tie(person, Tie::DeviceGroup(group))?;
        }
    }
    let limited = |privileges, scope| {
        Some(AccountAdminGrant::Limited(LimitedAdmin {
            privileges,
            scope,
        }))
    };
    let users_and_reports = PermissionSet::of(&[
        Permission::AdminUsersManage,
        Permission::RemoteSupportReportsCreate,
    ]);
    maker.run(Command::SetAccountAdmin {
        person: people[8],
        admin: Some(AccountAdminGrant::Full),
    })?;
    maker.run(Command::SetAccountAdmin {
        person: people[10],
        admin: limited(users_and_reports, PeopleScope::UserGroups(vec![groups[5]])),
    })?;
    // The empty subset: sees the people of the scope.
    maker.run(Command::SetAccountAdmin {
        person: people[12],
        admin: limited(
            PermissionSet::EMPTY,
            PeopleScope::UserGroups(vec![groups[2]]),
        ),
    })?;
    maker.run(Command::SetAccountAdmin {
        person: people[14],
        admin: limited(sets::ACCOUNT_ADMIN_PRIVILEGES, PeopleScope::All),
    })?;
    // The billing contact is being handed over (AD-16).
    maker.run(Command::OfferBillingContact { to: people[8] })
}

/// What needs everything else first: devices of clients, desk rights, endings, and things that go wrong in real accounts.
pub(super) fn finish(maker: &mut Maker<'_>, staff: &Staff, desk: &Desk) -> Result<(), DemoError> {
    let device_groups: Vec<DeviceGroupId> = maker.state.device_groups().ids().collect();
    for number in 0..(staff.technicians.len().max(40)) {
        let group = *maker.numbers.pick(&device_groups);
        let company = maker
            .numbers
            .chance(80)
            .then(|| *maker.numbers.pick(&desk.companies));
        maker.create::<access::DeviceId>(&format!("host-{number:04}"), |id| {
            Command::AddDevice { id, group, company }
        })?;
    }
    let right = |right| Tie::DeskRight(right);
    for (at, given) in [
        (3, DeskRight::ConfigurationItemsRead),
        (3, DeskRight::ConfigurationItemsEdit),
        (4, DeskRight::TimeRead),
    ] {
        maker.tie(staff.technicians[at], right(given))?;
    }
    // Somebody on site at one client sees that client only (SD-33).
    let listed = ListedCompanies {
        companies: desk.companies[..2].to_vec(),
        without_company: false,
    };
    maker.run(Command::SetCompanyAccess {
        person: staff.technicians[5],
        listed: Some(listed),
    })?;
    // One is invited, one is deactivated, one holds nothing any more and is suspended (AD-15).
    invite(maker, Some("Noor Haddad"), &staff.user_groups[..1])?;
    let gone = employ(maker, Some("Wanda Kowalska"), &staff.user_groups[..1])?;
    maker.run(Command::Deactivate {
        person: gone,
        facet: Facet::User,
    })?;
    employ(maker, Some("Emil Jensen"), &[])?;
    // An archived group cuts what is below it from what is above (AD-12, AD-25).
    maker.run(Command::Archive {
        node: Node::UserGroup(staff.user_groups[7]),
    })?;
    host(maker, staff.technicians[0])?;
    leave_for_ever(maker)?;
    integrations(maker, staff)
}

/// A session is running, on a seat of the pool (AD-14).
fn host(maker: &mut Maker<'_>, person: PersonId) -> Result<(), DemoError> {
    let mut pools = maker.state.licences().iter();
    let concurrent = pools.find(|(_, row)| row.model == LicenceModel::Concurrent);
    let Some(licence) = concurrent.map(|(id, _)| id) else {
        return Ok(());
    };
    drop(pools);
    // The key of a session looks like an id of anything.
    let seat = maker.numbers.id::<PersonId>(maker.now).uuid();
    let take = Command::TakeSeat {
        licence,
        seat,
        person,
    };
    maker.run_as(Actor::Person(person), take.into())
}

/// A customer asked to be forgotten: a blank is left (SD-26).
fn leave_for_ever(maker: &mut Maker<'_>) -> Result<(), DemoError> {
    let (name, domain) = (Some("Lena Forgotten"), "orchard.example");
    let person = maker.person(maker.owner, name, domain, |id| Command::AddCustomer {
        id,
        service: None,
    })?;
    maker.run(Command::ErasePerson { person })
}

/// A program of another maker, with a token (AD-29).
fn integrations(maker: &mut Maker<'_>, staff: &Staff) -> Result<(), DemoError> {
    let permissions = PermissionSet::of(&[Permission::AdminAccessAsk]);
    let role = maker.create::<RoleId>("Asks for decisions", |id| Command::CreateRole {
        id,
        permissions,
    })?;
    let connection =
        maker.create::<access::ConnectionId>("Monitoring", |id| Command::CreateConnection {
            id,
            role,
            kind: ConnectionKind::Service,
            rights: Default::default(),
        })?;
    let expires = maker.days(90);
    for owner in [
        TokenOwner::Connection(connection),
        TokenOwner::Person(staff.owner),
    ] {
        let id = maker.numbers.id(maker.now);
        maker.run(Command::IssueToken { id, owner, expires })?;
    }
    let _ = (staff.deputy, staff.admin);
    Ok(())
}
