//! What hostile administrators of every rank come up with: anything, to anybody, unknown ids included.

use access::command::{AccountAdminGrant, Employer, Enrolment, RoleAssignment, SystemSubject};
use access::event::{GrantHolder, ListedCompanies, Node, ProfileField};
use access::state::{
    CustomerAccess, CustomerFacet, DeskRight, DueDateOverride, ExtraGrant, Facet, LicenceModel,
    LimitedAdmin, PeopleScope, PortalLevel, QueueKind, RegistrationPolicy, ServiceLevel, Tie,
    UserFacet,
};
use access::{
    Actor, Command, Dense, Moment, Permission, PermissionSet, PersonId, Product, PublicId, QueueId,
    RoleId, Subject, Switch, Window,
};

use super::Dice;
use super::facts::{connection_kind, custom_set};
use crate::reference::World;

/// How far the clock goes from one command to the next, at most.
const STEP_MS: usize = 3_600_000;

/// Who proposes what, against the world as it is.
#[derive(Debug)]
pub struct Hostile<'a> {
    /// Where the randomness comes from.
    pub dice: &'a mut Dice,
    /// What there is to be hostile to.
    pub world: &'a World,
    /// When.
    pub now: Moment,
}

/// A later moment.
pub fn tick(dice: &mut Dice, now: Moment) -> Moment {
    let ms = dice.below(STEP_MS) as i64;
    Moment(now.0 + if dice.chance(5) { 100 * ms } else { ms })
}

impl Hostile<'_> {
    /// Somebody. Mostly a person, of whatever rank; sometimes a connection or a job.
    pub fn actor(&mut self) -> Actor {
        // Switched off for long, an account would prove little.
        if !self.world.active && self.dice.chance(50) {
            return Actor::System(SystemSubject::Operator);
        }
        let billing = [self.world.billing_contact, self.world.billing_offer];
        if let (Some(Some(person)), true) = (self.dice.pick(&billing), self.dice.chance(6)) {
            return Actor::Person(person);
        }
        match self.dice.below(20) {
            0 => Actor::Connection(self.id(self.world.connections.len())),
            1 => Actor::System(SystemSubject::Operator),
            2..4 => Actor::System(SystemSubject::SignIn),
            4 => Actor::System(SystemSubject::Registration),
            5 => Actor::System(SystemSubject::Sessions),
            _ => Actor::Person(self.actor_person()),
        }
    }

    /// Half of the time somebody who may do something, so that not all is refused.
    fn actor_person(&mut self) -> PersonId {
        let powerful: Vec<_> = self
            .world
            .people
            .keys()
            .copied()
            .filter(|person| {
                let subject = Subject::Person(*person);
                self.world.is_role(subject, RoleId::SUPER_ADMIN, self.now)
                    || self.world.is_role(subject, RoleId::ADMIN, self.now)
                    || self
                        .world
                        .ties(*person, self.now)
                        .contains(&Tie::ContactAdmin)
            })
            .collect();
        match self.dice.chance(55) {
            true => self.dice.pick(&powerful).unwrap_or_else(|| self.person()),
            false => self.person(),
        }
    }

    /// Something to do.
    pub fn command(&mut self, actor: Actor) -> Command {
        match actor {
            Actor::Person(person) if self.world.billing_offer == Some(person) => {
                return Command::AcceptBillingContact;
            }
            Actor::Person(person)
                if self.world.billing_contact == Some(person) && self.dice.chance(25) =>
            {
                let to = self.account_admin_person();
                return Command::OfferBillingContact { to };
            }
            _ => {}
        }
        match actor {
            Actor::System(SystemSubject::Sessions) => self.seats(),
            Actor::System(SystemSubject::Operator) => {
                match self.world.active && self.dice.chance(30) {
                    true => self.acceptance(),
                    false => Command::SetAccountActive {
                        active: self.dice.chance(90),
                    },
                }
            }
            Actor::System(SystemSubject::SignIn) => match self.dice.chance(80) {
                true => self.acceptance(),
                false => Command::SetSignIn {
                    person: self.person(),
                    possible: self.dice.chance(70),
                },
            },
            Actor::System(SystemSubject::Registration) => self.registration(),
            _ => match self.dice.below(100) {
                0..12 => self.people(),
                12..28 => self.administration(),
                28..51 => self.ties(),
                51..69 => self.desk(),
                69..74 => self.registration_rules(),
                74..86 => self.contact_centre(),
                86..92 => self.things(),
                92..98 => self.lives(),
                _ => self.connections(),
            },
        }
    }

    /// An id of a kind of which there are so many; now and then one that does not exist.
    pub(super) fn id<K: Dense>(&mut self, count: usize) -> K {
        let index = match self.dice.chance(3) {
            true => count + self.dice.below(3),
            false => self.dice.below(count),
        };
        first_or(K::from_index(index))
    }

    pub(super) fn uuid<K>(&mut self) -> PublicId<K> {
        PublicId::new(self.dice.uuid())
    }

    pub(super) fn person(&mut self) -> PersonId {
        self.id(self.world.people.len())
    }

    /// Mostly somebody of whom this is so.
    fn one_who(&mut self, holds: impl Fn(&World, PersonId, Moment) -> bool) -> PersonId {
        let (world, now) = (self.world, self.now);
        let all = world.people.keys().copied();
        let some: Vec<_> = all.filter(|person| holds(world, *person, now)).collect();
        match self.dice.chance(80) {
            true => self.dice.pick(&some).unwrap_or_else(|| self.person()),
            false => self.person(),
        }
    }

    fn account_admin_person(&mut self) -> PersonId {
        self.one_who(|world, person, now| {
            let ties = world.ties(person, now);
            ties.iter().any(|tie| matches!(tie, Tie::AccountAdmin(_)))
        })
    }

    fn acceptance(&mut self) -> Command {
        let invited =
            |world: &World, person: PersonId, _| world.people[&person].user == UserFacet::Invited;
        Command::AcceptInvitation {
            person: self.one_who(invited),
        }
    }

    /// Remote support takes and frees seats of a pool, also such as nobody holds.
    fn seats(&mut self) -> Command {
        let pools = self.world.licences.iter();
        let pools: Vec<_> = pools
            .filter(|(_, row)| row.model == LicenceModel::Concurrent)
            .map(|(id, row)| (*id, row.seats.clone()))
            .collect();
        let (licence, taken) = self.dice.pick(&pools).unwrap_or_else(|| {
            let any = self.id(self.world.licences.len());
            (any, Vec::new())
        });
        match self.dice.pick(&taken) {
            Some(seat) if self.dice.chance(50) => Command::FreeSeat { licence, seat },
            _ => Command::TakeSeat {
                licence,
                seat: self.dice.uuid(),
                person: self.one_who(|world, person, now| {
                    let ties = world.ties(person, now);
                    ties.contains(&Tie::Licence(licence)) && ties.contains(&Tie::Agent)
                }),
            },
        }
    }

    fn customer(&mut self) -> PersonId {
        let customers: Vec<_> = self
            .world
            .people
            .keys()
            .copied()
            .filter(|person| self.world.is_customer(*person))
            .collect();
        match self.dice.chance(80) {
            true => self.dice.pick(&customers).unwrap_or_else(|| self.person()),
            false => self.person(),
        }
    }

    fn role(&mut self) -> RoleId {
        self.id(self.world.roles.len())
    }

    fn scope(&mut self) -> PeopleScope {
        match self.dice.below(10) {
            0..5 => PeopleScope::All,
            5 => PeopleScope::UserGroups(Vec::new()),
            _ => {
                let count = self.world.user_groups.len();
                PeopleScope::UserGroups((0..=self.dice.below(2)).map(|_| self.id(count)).collect())
            }
        }
    }

    pub(super) fn window(&mut self) -> Window {
        if self.dice.chance(75) {
            return Window::ALWAYS;
        }
        let start = Moment(self.now.0 + self.dice.below(4 * STEP_MS) as i64);
        let end = Moment(start.0 + 1 + self.dice.below(20 * STEP_MS) as i64);
        Window {
            start: Some(start).filter(|_| self.dice.chance(50)),
            end: Some(end).filter(|_| self.dice.chance(80)),
        }
    }

    fn grant(&mut self) -> ExtraGrant {
        // One in ten can never be given.
        let all: Vec<_> = match self.dice.chance(10) {
            true => Permission::ALL.to_vec(),
            false => Permission::ALL
                .into_iter()
                .filter(|p| p.is_extra_grantable())
                .collect(),
        };
        let permission = self.dice.pick(&all).unwrap_or(Permission::AdminAuditView);
        ExtraGrant {
            permission,
            scope: match permission.is_people_scoped() {
                true => self.scope(),
                false => PeopleScope::All,
            },
            window: self.window(),
        }
    }

    fn held_grant(&mut self) -> Option<(GrantHolder, ExtraGrant)> {
        let people = self.world.people.iter().flat_map(|(person, row)| {
            let grants = row.extra_grants.iter().cloned();
            grants.map(|grant| (GrantHolder::Person(*person), grant))
        });
        let groups = self.world.user_groups.iter().flat_map(|(group, row)| {
            let grants = row.extra_grants.iter().cloned();
            grants.map(|grant| (GrantHolder::UserGroup(*group), grant))
        });
        let all: Vec<_> = people.chain(groups).collect();
        self.dice.pick(&all)
    }

    fn people(&mut self) -> Command {
        let person = self.person();
        let facet = if self.dice.chance(60) {
            Facet::User
        } else {
            Facet::Customer
        };
        let groups = self.world.user_groups.len();
        let user_groups = match self.dice.chance(40) && groups > 0 {
            true => vec![self.id(groups)],
            false => Vec::new(),
        };
        let service = self
            .dice
            .chance(50)
            .then(|| self.id(self.world.services.len()));
        match self.dice.below(20) {
            0..6 => Command::AddUser {
                id: self.uuid(),
                user_groups,
                account_role: self.dice.chance(40).then(|| self.assignment()),
            },
            6 => Command::AddUserFacet {
                person,
                user_groups,
            },
            7..10 => Command::AddCustomer {
                id: self.uuid(),
                service,
            },
            10 => Command::AddCustomerFacet { person, service },
            11 => Command::EditProfile {
                person,
                fields: vec![ProfileField::Name, ProfileField::Address],
            },
            12..18 => match self.deactivated() {
                Some((person, facet)) if self.dice.chance(60) => {
                    Command::Reactivate { person, facet }
                }
                _ => Command::Deactivate { person, facet },
            },
            18 => Command::ErasePerson { person },
            _ => Command::Enrol(Box::new(self.enrolment())),
        }
    }

    /// Somebody with a facet that is switched off.
    fn deactivated(&mut self) -> Option<(PersonId, Facet)> {
        let people = self.world.people.iter();
        let all: Vec<_> = people
            .flat_map(|(person, row)| {
                let user = row.user == UserFacet::Deactivated;
                let customer = row.customer == CustomerFacet::Deactivated;
                let user = user.then_some((*person, Facet::User));
                user.into_iter()
                    .chain(customer.then_some((*person, Facet::Customer)))
            })
            .collect();
        self.dice.pick(&all)
    }

    /// Mostly somebody new, with whatever an import may ask for.
    pub(super) fn enrolment(&mut self) -> Enrolment {
        let user = self.dice.chance(70);
        let level = (self.id(self.world.services.len()), self.level());
        let access = (self.id(self.world.services.len()), self.access());
        Enrolment {
            id: self.uuid(),
            user,
            customer: !user || self.dice.chance(30),
            fields: Vec::new(),
            account_role: self.dice.chance(30).then(|| self.assignment()),
            user_groups: Vec::new(),
            levels: Vec::from_iter(Some(level).filter(|_| user)),
            accesses: Vec::from_iter(Some(access).filter(|_| !user)),
            ties: (0..self.dice.below(3))
                .map(|_| (self.tie(), self.window()))
                .collect(),
            account_admin: self.account_admin().filter(|_| self.dice.chance(10)),
            extra_grants: Vec::from_iter(self.dice.chance(15).then(|| self.grant())),
            company_access: None,
            employer: self
                .dice
                .chance(50)
                .then(|| Employer::OfDomain(self.domain())),
            portal_level: None,
            deactivated: Vec::new(),
        }
    }

    fn assignment(&mut self) -> RoleAssignment {
        let role = self.role();
        RoleAssignment {
            role,
            scope: match role.is_system() {
                true => PeopleScope::All,
                false => self.scope(),
            },
        }
    }

    fn administration(&mut self) -> Command {
        let person = self.person();
        let groups = self.world.user_groups.len();
        match self.dice.below(22) {
            0..6 => {
                let more = self.dice.below(2);
                Command::SetAccountRoles {
                    people: (0..=more).map(|_| self.person()).collect(),
                    assignment: self.assignment(),
                    keep: match self.dice.chance(50) {
                        true => self
                            .held_grant()
                            .map(|(_, grant)| grant)
                            .into_iter()
                            .collect(),
                        false => Vec::new(),
                    },
                    bulk: more > 0,
                }
            }
            6 => Command::CreateRole {
                id: self.uuid(),
                permissions: self.set(),
            },
            7..9 => Command::EditRole {
                role: self.role(),
                permissions: self.set(),
            },
            9 => Command::DeleteRole {
                role: self.role(),
                replacement: self.dice.chance(70).then(|| self.role()),
            },
            10..13 => Command::GiveExtraGrant {
                to: match self.dice.chance(70) || groups == 0 {
                    true => GrantHolder::Person(person),
                    false => GrantHolder::UserGroup(self.id(groups)),
                },
                grant: self.grant(),
            },
            13 => match self.held_grant() {
                Some((from, grant)) => Command::TakeExtraGrant { from, grant },
                None => Command::AcceptBillingContact,
            },
            14..17 => Command::SetAccountAdmin {
                person,
                admin: self.account_admin(),
            },
            17 => Command::SetBillingContact {
                person: self.account_admin_person(),
            },
            18 => Command::OfferBillingContact { to: person },
            19 => Command::AcceptBillingContact,
            20 => Command::CreateUserGroup {
                id: self.uuid(),
                parent: self.dice.chance(70).then(|| self.id(groups)),
            },
            _ => Command::MoveUserGroup {
                group: self.id(groups),
                parent: self.dice.chance(70).then(|| self.id(groups)),
            },
        }
    }

    fn set(&mut self) -> PermissionSet {
        match self.dice.chance(10) {
            true => self.dice.some(&Permission::ALL).into_iter().collect(),
            false => custom_set(self.dice),
        }
    }

    fn account_admin(&mut self) -> Option<AccountAdminGrant> {
        match self.dice.below(5) {
            0 => None,
            1 | 2 => Some(AccountAdminGrant::Full),
            _ => Some(AccountAdminGrant::Limited(LimitedAdmin {
                privileges: self.dice.some(&PRIVILEGES).into_iter().collect(),
                scope: self.scope(),
            })),
        }
    }

    fn tie(&mut self) -> Tie {
        let world = self.world;
        match self.dice.below(32) {
            0..6 => Tie::Licence(self.id(world.licences.len())),
            6..8 => Tie::Service(self.id(world.services.len()), self.level()),
            8..10 => Tie::Customer(self.id(world.services.len()), self.access()),
            10..12 => Tie::Group(self.id(world.groups.len())),
            12..16 => Tie::UserGroup(self.id(world.user_groups.len())),
            16..18 => Tie::QueueAgent(self.id(world.queues.len())),
            18..20 => Tie::QueueSupervisor(self.id(world.queues.len())),
            20..23 => Tie::DeviceGroup(self.id(world.device_groups.len())),
            23..26 => Tie::Agent,
            26..28 => Tie::Feature(Permission::RemoteSupportUnattendedAccess),
            28 => Tie::ContactAdmin,
            _ => Tie::DeskRight(
                self.dice
                    .pick(&DeskRight::ALL)
                    .unwrap_or(DeskRight::Configure),
            ),
        }
    }

    fn level(&mut self) -> ServiceLevel {
        match self.dice.chance(50) {
            true => ServiceLevel::User,
            false => ServiceLevel::Administrator,
        }
    }

    fn access(&mut self) -> CustomerAccess {
        match self.dice.chance(75) {
            true => CustomerAccess::Portal,
            false => CustomerAccess::NoPortal,
        }
    }

    fn ties(&mut self) -> Command {
        let (person, world) = (self.person(), self.world);
        let held: Vec<_> = world
            .people
            .get(&person)
            .map(|row| row.ties.iter().map(|held| held.tie).collect())
            .unwrap_or_default();
        match self.dice.below(20) {
            0..12 => Command::Tie {
                person,
                tie: self.tie(),
                window: self.window(),
            },
            12..16 => {
                let tie = match self.dice.chance(40) {
                    true => self.tie(),
                    false => Tie::ContactAdmin,
                };
                let licence = match tie {
                    Tie::QueueAgent(_) | Tie::QueueSupervisor(_) | Tie::ContactAdmin => world
                        .licences
                        .iter()
                        .find(|(_, row)| row.product == Product::ContactCentre)
                        .map(|(id, _)| *id),
                    _ => None,
                };
                Command::TieWithLicence {
                    person,
                    tie,
                    licence: licence.unwrap_or_else(|| self.id(world.licences.len())),
                }
            }
            _ => Command::Untie {
                person,
                tie: self.dice.pick(&held).unwrap_or(Tie::Agent),
            },
        }
    }

    fn desk(&mut self) -> Command {
        let world = self.world;
        let service = self.id(world.services.len());
        let company = self.id(world.companies.len());
        match self.dice.below(30) {
            0..2 => Command::CreateService {
                id: self.uuid(),
                first_administrator: self.person(),
            },
            2..4 => Command::SetDueDateOverride {
                service,
                policy: self
                    .dice
                    .pick(&[
                        DueDateOverride::Off,
                        DueDateOverride::Administrators,
                        DueDateOverride::EveryUser,
                    ])
                    .unwrap_or_default(),
            },
            4 => Command::NoteRecords { service },
            5..9 => Command::SaveUsersTab {
                service,
                rows: (0..=self.dice.below(3))
                    .map(|_| {
                        let level = self.dice.chance(80).then(|| self.level());
                        (self.person(), level)
                    })
                    .collect(),
            },
            9..11 => Command::SaveGroupsTab {
                service,
                rows: vec![(self.id(world.groups.len()), self.dice.chance(80))],
            },
            11..15 => Command::SaveCustomersTab {
                service,
                rows: (0..=self.dice.below(3))
                    .map(|_| {
                        let access = self.dice.chance(80).then(|| self.access());
                        (self.customer(), access)
                    })
                    .collect(),
            },
            15..18 => Command::SaveCompaniesTab {
                service,
                rows: vec![(company, self.dice.chance(80))],
            },
            18 => Command::CreateGroup { id: self.uuid() },
            19 => Command::CreateCompany { id: self.uuid() },
            20 => Command::AddDomain {
                company,
                domain: self.domain(),
            },
            21 => match self.dice.pick(&self.world.domains) {
                Some((company, domain)) => Command::RemoveDomain {
                    company,
                    domain: domain.into(),
                },
                None => Command::AddDomain {
                    company,
                    domain: self.domain(),
                },
            },
            22..25 => Command::SetEmployer {
                person: self.customer(),
                company: self.dice.chance(85).then_some(company),
                move_from_other: self.dice.chance(50),
            },
            25..29 => Command::SetPortalLevel {
                people: (0..=self.dice.below(3)).map(|_| self.customer()).collect(),
                level: self
                    .dice
                    .pick(&[
                        PortalLevel::None,
                        PortalLevel::Standard,
                        PortalLevel::Company,
                        PortalLevel::CompanyAdmin,
                        PortalLevel::CompanyAdmin,
                        PortalLevel::CompanyAdmin,
                    ])
                    .unwrap_or_default(),
                bulk: self.dice.chance(60),
            },
            _ => Command::SetCompanyAccess {
                person: self.person(),
                listed: self.dice.chance(60).then(|| ListedCompanies {
                    companies: vec![company],
                    without_company: self.dice.chance(50),
                }),
            },
        }
    }

    fn domain(&mut self) -> Box<str> {
        let domains = [
            "acme.example",
            "north.acme.example",
            "borealis.example",
            "gmail.com",
        ];
        self.dice.pick(&domains).unwrap_or("acme.example").into()
    }

    fn contact_centre(&mut self) -> Command {
        let queue = self.id(self.world.queues.len());
        let person = self.person();
        match self.dice.below(16) {
            0..2 => Command::CreateQueue {
                id: self.uuid(),
                kind: self
                    .dice
                    .pick(&[
                        QueueKind::Call,
                        QueueKind::RingGroup,
                        QueueKind::Inbox,
                        QueueKind::Campaign,
                    ])
                    .unwrap_or(QueueKind::Call),
            },
            2..6 => Command::SetSwitch {
                switch: self
                    .dice
                    .pick(&Switch::ALL)
                    .unwrap_or(Switch::AgentTagsCreate),
                on: self.dice.chance(70),
            },
            6..10 => Command::LogIn { queue },
            10..12 => Command::LogInOther {
                person,
                queue,
                hours: self.dice.chance(50).then(|| self.dice.between(0, 30) as u8),
            },
            12..14 => {
                let (person, queue) = self.login().unwrap_or((person, queue));
                Command::LogOut { person, queue }
            }
            _ => {
                let (person, queue) = self.login().unwrap_or((person, queue));
                let paused = self.dice.chance(60);
                Command::SetPaused {
                    person,
                    queue,
                    paused,
                }
            }
        }
    }

    /// Somebody who is logged in to a queue.
    fn login(&mut self) -> Option<(PersonId, QueueId)> {
        let people = self.world.people.keys().copied();
        let logins: Vec<_> = people
            .flat_map(|person| {
                let ties = self.world.ties(person, self.now);
                ties.into_iter().filter_map(move |tie| match tie {
                    Tie::Login(queue, _) => Some((person, queue)),
                    _ => None,
                })
            })
            .collect();
        self.dice.pick(&logins).filter(|_| self.dice.chance(80))
    }

    fn things(&mut self) -> Command {
        let world = self.world;
        let group = self.id(world.device_groups.len());
        let company = self.dice.chance(50).then(|| self.id(world.companies.len()));
        let licence = self.id(world.licences.len());
        match self.dice.below(10) {
            0 => Command::CreateDeviceGroup { id: self.uuid() },
            1 | 2 => Command::AddDevice {
                id: self.uuid(),
                group,
                company,
            },
            3 | 4 => Command::MoveDevice {
                device: self.id(world.devices.len()),
                group,
                company,
            },
            5 => Command::BuyLicence {
                id: self.uuid(),
                product: self
                    .dice
                    .pick(&[
                        Product::RemoteSupport,
                        Product::ServiceDesk,
                        Product::ContactCentre,
                    ])
                    .unwrap_or(Product::ServiceDesk),
                model: match self.dice.chance(70) {
                    true => LicenceModel::Named,
                    false => LicenceModel::Concurrent,
                },
                seats: self.dice.below(6) as u32,
            },
            _ => Command::SetLicenceSeats {
                licence,
                seats: self.dice.between(0, 9) as u32,
            },
        }
    }

    fn node(&mut self) -> Node {
        let world = self.world;
        match self.dice.below(10) {
            0 => Node::Role(self.role()),
            1 => Node::UserGroup(self.id(world.user_groups.len())),
            2 => Node::DeviceGroup(self.id(world.device_groups.len())),
            3 => Node::Device(self.id(world.devices.len())),
            4 => Node::Group(self.id(world.groups.len())),
            5 => Node::Company(self.id(world.companies.len())),
            6 => Node::Service(self.id(world.services.len())),
            7 => Node::Queue(self.id(world.queues.len())),
            8 => Node::Licence(self.id(world.licences.len())),
            _ => Node::Connection(self.id(world.connections.len())),
        }
    }

    fn lives(&mut self) -> Command {
        let archived: Vec<_> = self.world.lives.keys().copied().collect();
        match self.dice.below(10) {
            0..4 => Command::Archive { node: self.node() },
            4 => Command::Delete { node: self.node() },
            5 => Command::Rename { node: self.node() },
            _ => Command::Restore {
                node: self.dice.pick(&archived).unwrap_or_else(|| self.node()),
            },
        }
    }

    fn connections(&mut self) -> Command {
        let role = self.role();
        match self.dice.chance(50) {
            true => Command::CreateConnection {
                id: self.uuid(),
                role,
                kind: connection_kind(self.dice),
            },
            false => Command::SetConnectionRole {
                connection: self.id(self.world.connections.len()),
                role,
            },
        }
    }

    /// Somebody comes to the portal.
    fn registration(&mut self) -> Command {
        let (domain, denied) = (self.domain(), self.dice.chance(10));
        match self.dice.chance(50) {
            true => Command::Register {
                id: self.uuid(),
                domain,
                denied,
            },
            false => Command::ConfirmAddress {
                person: self.one_who(|world, person, _| {
                    world.people[&person].customer == CustomerFacet::Unconfirmed
                }),
                domain,
                denied,
            },
        }
    }

    /// Who may come, and where they belong.
    fn registration_rules(&mut self) -> Command {
        let policies = [
            RegistrationPolicy::Nobody,
            RegistrationPolicy::Companies,
            RegistrationPolicy::Anyone,
        ];
        match self.dice.below(5) {
            0 => Command::SetRegistration {
                policy: self.dice.pick(&policies).unwrap_or_default(),
                denied: u32::from(self.dice.chance(20)),
                allowed: u32::from(self.dice.chance(20)),
            },
            1 => Command::SetCompanyRegistration {
                company: self.id(self.world.companies.len()),
                accepts: self.dice.chance(80),
            },
            2 => Command::SetServiceOpenToAll {
                service: self.id(self.world.services.len()),
                open: self.dice.chance(50),
            },
            3 => Command::SortNow {
                people: vec![(
                    self.one_who(|world, person, _| {
                        let row = &world.people[&person];
                        row.customer == CustomerFacet::Active && row.company.is_none()
                    }),
                    self.domain(),
                )],
            },
            _ => self.registration(),
        }
    }
}

const PRIVILEGES: [Permission; 5] = [
    Permission::AdminUsersManage,
    Permission::AdminUserGroupsManage,
    Permission::AdminDeviceGroupsManage,
    Permission::AdminLicencesManage,
    Permission::RemoteSupportReportsCreate,
];

/// Small numbers are ids of every kind.
pub(super) fn first_or<K: Dense>(id: Option<K>) -> K {
    match id.or_else(|| K::from_number(1)) {
        Some(id) => id,
        None => unreachable!("1 is an id"),
    }
}
