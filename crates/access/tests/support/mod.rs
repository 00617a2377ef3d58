//! A small world to test in: one account, a clock, and people by what they are. Every helper goes through commands, so that a
//! test starts from a state that could exist.

#![allow(dead_code, reason = "each test binary uses its own part of the world")]
#![allow(clippy::unwrap_used, clippy::expect_used)]

use access::catalogue::{PermissionSet, Product};
use access::command::{
    AccountAdminGrant, Actor, Command, Proposal, Refusal, RoleAssignment, SystemSubject,
};
use access::event::Node;
use access::state::{
    ConnectionKind, ConnectionRights, DeskRight, ExtraGrant, LicenceModel, LimitedAdmin,
    PeopleScope, Person, QueueKind, Tie,
};
use access::{
    CompanyId, ConnectionId, Dense, DeviceGroupId, DeviceId, GroupId, LicenceId, Moment,
    Permission, PersonId, PublicId, QueueId, RoleId, ServiceId, State, Subject, Target,
    UserGroupId, Window, invariants,
};
use uuid::Uuid;

/// One account that lives in a test; a clone goes its own way.
#[derive(Clone)]
pub struct World {
    pub state: State,
    pub now: Moment,
    next: u128,
    /// The first user: Super admin, and all that AD-17 writes down.
    pub first: PersonId,
    /// Big pools, in the order remote support, service desk, contact centre.
    pub licences: [LicenceId; 3],
}

/// Something that can ask: a person, or any actor.
pub trait Asks {
    fn actor(self) -> Actor;
}
impl Asks for PersonId {
    fn actor(self) -> Actor {
        Actor::Person(self)
    }
}
impl Asks for Actor {
    fn actor(self) -> Actor {
        self
    }
}

impl World {
    /// An account with its first user only: every gate of AD-17 is open to them.
    pub fn alone() -> World {
        let mut world = World {
            state: State::empty(),
            now: Moment(1_800_000_000_000),
            next: 0x1000,
            first: PersonId::from_index(0).unwrap(),
            licences: [LicenceId::from_index(0).unwrap(); 3],
        };
        let first_user = world.id();
        let licences = [world.id(), world.id(), world.id()];
        world.run(
            Actor::SetUp,
            Command::OpenAccount {
                token: None,
                first_user,
                licences,
            },
        );
        world.first = world.state.resolve(first_user).unwrap();
        world.licences = licences.map(|id| world.state.resolve(id).unwrap());
        world
    }

    /// An account with two users, so that AD-17 no longer opens anything, and a thousand licences of each product.
    pub fn new() -> World {
        let mut world = World::alone();
        for licence in world.licences {
            let seats = 1000;
            world.run(world.first, Command::SetLicenceSeats { licence, seats });
        }
        world.member();
        world
    }

    /// A public id that nothing has yet.
    pub fn id<K>(&mut self) -> PublicId<K> {
        self.next += 1;
        PublicId::new(Uuid::from_u128(self.next))
    }

    // ---- asking ----

    /// Runs a command that is accepted; the invariants hold afterwards.
    pub fn run(&mut self, actor: impl Asks, command: Command) -> Proposal {
        let actor = actor.actor();
        let proposal = self
            .state
            .propose(actor, &command, self.now)
            .unwrap_or_else(|refusal| panic!("{command:?} by {actor:?}: {refusal}"));
        for event in &proposal.events {
            self.state.apply(event);
        }
        assert_eq!(invariants::violated(&self.state), None, "{command:?}");
        proposal
    }

    /// Asks for something that is refused; nothing changed.
    pub fn refused(&self, actor: impl Asks, command: Command) -> Refusal {
        let actor = actor.actor();
        let version = self.state.version();
        let refusal = match self.state.propose(actor, &command, self.now) {
            Err(refusal) => refusal,
            Ok(proposal) => panic!("{command:?} by {actor:?} became {:?}", proposal.events),
        };
        assert_eq!(self.state.version(), version);
        assert!(!refusal.detail.is_empty() && !refusal.code.is_empty());
        refusal
    }

    /// The code of a refusal.
    pub fn code(&self, actor: impl Asks, command: Command) -> &'static str {
        self.refused(actor, command).code
    }

    /// Asks for something that is so already: accepted, and nothing happens.
    pub fn unchanged(&self, actor: impl Asks, command: Command) {
        let proposal = self.state.propose(actor.actor(), &command, self.now);
        assert_eq!(proposal.unwrap().events, [], "{command:?}");
    }

    /// Runs a command as the first user.
    pub fn set(&mut self, command: Command) -> Proposal {
        self.run(self.first, command)
    }

    /// Whether somebody may do something now.
    pub fn may(&self, person: PersonId, permission: Permission, on: impl Into<Target>) -> bool {
        self.state
            .view(Subject::Person(person), self.now)
            .may(permission, on)
    }

    /// The row of a person.
    pub fn row(&self, person: PersonId) -> &Person {
        self.state.people().get(person).unwrap()
    }

    /// Whether a person holds this tie, for ever.
    pub fn has(&self, person: PersonId, tie: Tie) -> bool {
        self.row(person).ties.has(tie)
    }

    /// Whether a person holds this tie now, timed or not.
    pub fn has_now(&self, person: PersonId, tie: Tie) -> bool {
        let row = self.row(person);
        self.state
            .ties_at(row, self.now)
            .any(|(held, _)| held == tie)
    }

    /// Lets time pass.
    pub fn wait_hours(&mut self, hours: u32) {
        self.now = self.now.plus_seconds(hours * 3600);
    }

    /// A window from now on.
    pub fn for_hours(&self, hours: u32) -> Window {
        Window {
            start: None,
            end: Some(self.now.plus_seconds(hours * 3600)),
        }
    }

    // ---- people ----

    /// A user without any right, who accepted the invitation and holds a licence of remote support (so is active).
    pub fn member(&mut self) -> PersonId {
        let person = self.invited();
        self.run(
            Actor::System(SystemSubject::SignIn),
            Command::AcceptInvitation { person },
        );
        self.licence(person, Product::RemoteSupport);
        person
    }

    /// A user who did not accept yet.
    pub fn invited(&mut self) -> PersonId {
        let id = self.id();
        self.set(Command::AddUser {
            id,
            user_groups: Vec::new(),
            account_role: None,
        });
        self.state.resolve(id).unwrap()
    }

    /// One more Super admin beside the first user; holds nothing else of AD-17.
    pub fn super_admin(&mut self) -> PersonId {
        self.with_role(RoleId::SUPER_ADMIN)
    }

    /// An Admin.
    pub fn admin(&mut self) -> PersonId {
        self.with_role(RoleId::ADMIN)
    }

    /// A user whose custom role holds these, for everybody.
    pub fn custom(&mut self, permissions: &[Permission]) -> PersonId {
        let role = self.role(permissions);
        self.with_role(role)
    }

    /// A group manager: a custom role with these, for the people of the group and below (AD-12).
    pub fn manager(&mut self, permissions: &[Permission], group: UserGroupId) -> PersonId {
        let role = self.role(permissions);
        let person = self.member();
        self.give_role(person, role, PeopleScope::UserGroups(vec![group]));
        person
    }

    /// A Member with another account role.
    pub fn with_role(&mut self, role: RoleId) -> PersonId {
        let person = self.member();
        self.give_role(person, role, PeopleScope::All);
        person
    }

    /// Sets the account role, as the first user.
    pub fn give_role(&mut self, person: PersonId, role: RoleId, scope: PeopleScope) {
        self.set(assign(person, role, scope));
    }

    /// A confirmed customer without service.
    pub fn customer(&mut self) -> PersonId {
        let id = self.id();
        self.set(Command::AddCustomer { id, service: None });
        self.state.resolve(id).unwrap()
    }

    /// A seat of the big pool of a product.
    pub fn licence(&mut self, person: PersonId, product: Product) {
        self.tie(person, Tie::Licence(self.pool(product)));
    }

    /// The big pool of a product.
    pub fn pool(&self, product: Product) -> LicenceId {
        match product {
            Product::RemoteSupport => self.licences[0],
            Product::ServiceDesk => self.licences[1],
            Product::ContactCentre => self.licences[2],
            other => panic!("{other} has no licences"),
        }
    }

    // ---- ties ----

    /// Gives a tie for ever, as the first user, or as another Super admin where the first is the receiver.
    pub fn tie(&mut self, person: PersonId, tie: Tie) {
        self.set(give(person, tie));
    }

    /// Takes a tie, as the first user.
    pub fn untie(&mut self, person: PersonId, tie: Tie) {
        self.set(Command::Untie { person, tie });
    }

    /// An Agent.
    pub fn agent(&mut self) -> PersonId {
        let person = self.member();
        self.tie(person, Tie::Agent);
        person
    }

    /// An account admin of remote support, full.
    pub fn account_admin(&mut self) -> PersonId {
        let person = self.agent();
        let admin = Some(AccountAdminGrant::Full);
        self.set(Command::SetAccountAdmin { person, admin });
        person
    }

    /// A limited account admin of remote support.
    pub fn limited_admin(&mut self, privileges: &[Permission], scope: PeopleScope) -> PersonId {
        let person = self.agent();
        let admin = Some(limited(privileges, scope));
        self.set(Command::SetAccountAdmin { person, admin });
        person
    }

    /// A Contact admin with a licence of the contact centre.
    pub fn contact_admin(&mut self) -> PersonId {
        let person = self.member();
        self.licence(person, Product::ContactCentre);
        self.tie(person, Tie::ContactAdmin);
        person
    }

    /// A licensed user of the desk who configures it.
    pub fn configurer(&mut self) -> PersonId {
        let person = self.member();
        self.licence(person, Product::ServiceDesk);
        self.tie(person, Tie::DeskRight(DeskRight::Configure));
        person
    }

    // ---- things ----

    /// A custom role.
    pub fn role(&mut self, permissions: &[Permission]) -> RoleId {
        let id = self.id();
        let permissions = PermissionSet::of(permissions);
        self.set(Command::CreateRole { id, permissions });
        self.state.resolve(id).unwrap()
    }

    /// A user group, at the top or under another.
    pub fn user_group(&mut self, parent: impl Into<Option<UserGroupId>>) -> UserGroupId {
        let id = self.id();
        let parent = parent.into();
        self.set(Command::CreateUserGroup { id, parent });
        self.state.resolve(id).unwrap()
    }

    /// A Member in a user group.
    pub fn member_of(&mut self, group: UserGroupId) -> PersonId {
        let person = self.member();
        self.tie(person, Tie::UserGroup(group));
        person
    }

    pub fn device_group(&mut self) -> DeviceGroupId {
        let id = self.id();
        self.set(Command::CreateDeviceGroup { id });
        self.state.resolve(id).unwrap()
    }

    pub fn device(&mut self, group: DeviceGroupId, company: Option<CompanyId>) -> DeviceId {
        let id = self.id();
        self.set(Command::AddDevice { id, group, company });
        self.state.resolve(id).unwrap()
    }

    pub fn group(&mut self) -> GroupId {
        let id = self.id();
        self.set(Command::CreateGroup { id });
        self.state.resolve(id).unwrap()
    }

    pub fn company(&mut self) -> CompanyId {
        let id = self.id();
        self.set(Command::CreateCompany { id });
        self.state.resolve(id).unwrap()
    }

    /// A service whose first administrator is the first user.
    pub fn service(&mut self) -> ServiceId {
        let id = self.id();
        let first_administrator = self.first;
        self.set(Command::CreateService {
            id,
            first_administrator,
        });
        self.state.resolve(id).unwrap()
    }

    pub fn queue(&mut self, kind: QueueKind) -> QueueId {
        let id = self.id();
        self.set(Command::CreateQueue { id, kind });
        self.state.resolve(id).unwrap()
    }

    /// A pool of its own, with so many seats.
    pub fn buy(&mut self, product: Product, model: LicenceModel, seats: u32) -> LicenceId {
        let id = self.id();
        self.set(Command::BuyLicence {
            id,
            product,
            model,
            seats,
        });
        self.state.resolve(id).unwrap()
    }

    pub fn archive(&mut self, node: Node) {
        self.set(Command::Archive { node });
    }
}

/// A program with a token (AD-29).
pub fn connect(id: PublicId<ConnectionId>, role: RoleId) -> Command {
    Command::CreateConnection {
        id,
        role,
        kind: ConnectionKind::Service,
        rights: ConnectionRights::default(),
    }
}

/// For ever.
pub fn give(person: PersonId, tie: Tie) -> Command {
    Command::Tie {
        person,
        tie,
        window: Window::ALWAYS,
    }
}

/// One person's account role, without keeping extra grants.
pub fn assign(person: PersonId, role: RoleId, scope: PeopleScope) -> Command {
    Command::SetAccountRoles {
        bulk: false,
        people: vec![person],
        assignment: RoleAssignment { role, scope },
        keep: Vec::new(),
    }
}

/// An extra grant for ever.
pub fn grant(permission: Permission, scope: PeopleScope) -> ExtraGrant {
    ExtraGrant {
        permission,
        scope,
        window: Window::ALWAYS,
    }
}

/// Limited privileges.
pub fn limited(privileges: &[Permission], scope: PeopleScope) -> AccountAdminGrant {
    AccountAdminGrant::Limited(LimitedAdmin {
        privileges: PermissionSet::of(privileges),
        scope,
    })
}

/// Only the people of this group and below.
pub fn only(group: UserGroupId) -> PeopleScope {
    PeopleScope::UserGroups(vec![group])
}
