//! AD-20: what an act replaced, for each kind of value that it can replace.

use access::Permission::{AdminAuditView, AdminHistoryAccess, AdminUsersManage};
use access::command::{Command, RoleAssignment};
use access::event::{Event, GrantHolder, ListedCompanies, Node};
use access::state::{
    AccountAdminKind, CustomerAccess, CustomerFacet, DueDateOverride, Facet, Life, PeopleScope,
    Placement, PortalLevel, RegistrationPolicy, ServiceLevel, Tie, UserFacet,
};
use access::{PermissionSet, Product, RoleId, Switch};

use crate::support::{World, assign, give, grant, limited, only};

impl World {
    /// Does it, and gives back the events beside what they replaced.
    fn replaced(&mut self, command: Command) -> Vec<(Event, Vec<Event>)> {
        let before = self.state.clone();
        let proposal = self.set(command);
        let said = proposal.events.into_iter().map(|event| {
            let replaced = before.replaced_by(&event);
            (event, replaced)
        });
        said.collect()
    }

    /// The command is one value in the place of another.
    #[track_caller]
    fn turns(&mut self, command: Command, before: Event, after: Event) {
        assert_eq!(self.replaced(command), [(after, vec![before])]);
    }
}

// proves: AD-20
#[test]
fn ad_20_of_a_person_every_level_says_what_it_was() {
    let mut world = World::new();
    let (person, north) = (world.member(), world.user_group(None));
    let helper = world.role(&[AdminHistoryAccess]);
    let role = |role, scope| Event::AccountRoleSet {
        person,
        role,
        scope,
    };
    world.turns(
        assign(person, helper, only(north)),
        role(RoleId::MEMBER, PeopleScope::All),
        role(helper, only(north)),
    );
    world.turns(
        assign(person, helper, PeopleScope::UserGroups(Vec::new())),
        role(helper, only(north)),
        role(helper, PeopleScope::UserGroups(Vec::new())),
    );
    world.turns(
        assign(person, RoleId::ADMIN, PeopleScope::All),
        role(helper, PeopleScope::UserGroups(Vec::new())),
        role(RoleId::ADMIN, PeopleScope::All),
    );

    let service = world.service();
    let level = |level| Tie::Service(service, level);
    let (user, administrator) = (ServiceLevel::User, ServiceLevel::Administrator);
    let tied = |tie| Event::Tied { person, tie };
    let untied = |tie| Event::Untied { person, tie };
    assert_eq!(
        world.replaced(give(person, level(user))),
        [(tied(level(user)), vec![])]
    );
    assert_eq!(
        world.replaced(give(person, level(administrator))),
        [
            (untied(level(user)), vec![tied(level(user))]),
            (tied(level(administrator)), vec![tied(level(user))]),
        ]
    );
    let facet = Facet::User;
    let is = |state| Event::UserFacetSet { person, state };
    assert_eq!(
        world.replaced(Command::Deactivate { person, facet }),
        [
            (is(UserFacet::Deactivated), vec![is(UserFacet::Accepted)]),
            (Event::AccessEnded { person }, vec![]),
        ]
    );
}

#[test]
fn ad_20_of_a_customer_level_access_and_company_say_what_they_were() {
    let mut world = World::new();
    let (person, service) = (world.customer(), world.service());
    let (first, second) = (world.company(), world.company());
    let portal = |level| Event::PortalLevelSet { person, level };
    let set = |level| Command::SetPortalLevel {
        people: vec![person],
        level,
        bulk: false,
    };
    world.turns(
        set(PortalLevel::Company),
        portal(PortalLevel::None),
        portal(PortalLevel::Company),
    );
    world.turns(
        set(PortalLevel::Standard),
        portal(PortalLevel::Company),
        portal(PortalLevel::Standard),
    );
    let employer = |company, placement| Event::EmployerSet {
        person,
        company,
        placement,
    };
    let employ = |company| Command::SetEmployer {
        person,
        company,
        move_from_other: true,
    };
    world.turns(
        employ(Some(first)),
        employer(None, Placement::Unsorted),
        employer(Some(first), Placement::ByHand),
    );
    world.turns(
        employ(Some(second)),
        employer(Some(first), Placement::ByHand),
        employer(Some(second), Placement::ByHand),
    );
    let tied = |access| Event::Tied {
        person,
        tie: Tie::Customer(service, access),
    };
    world.tie(person, Tie::Customer(service, CustomerAccess::Portal));
    let said = world.replaced(give(
        person,
        Tie::Customer(service, CustomerAccess::NoPortal),
    ));
    assert_eq!(
        said.last().unwrap(),
        &(
            tied(CustomerAccess::NoPortal),
            vec![tied(CustomerAccess::Portal)]
        )
    );
}

#[test]
fn ad_20_extra_grants_limited_admins_and_company_access_say_what_they_were() {
    let mut world = World::new();
    let (person, company) = (world.agent(), world.company());
    let (north, south) = (world.user_group(None), world.user_group(None));
    let holder = GrantHolder::Person(person);
    let history = grant(AdminHistoryAccess, only(north));
    let given = Event::ExtraGrantGiven {
        to: holder,
        grant: history.clone(),
    };
    let give = Command::GiveExtraGrant {
        to: holder,
        grant: history.clone(),
    };
    assert_eq!(world.replaced(give), [(given.clone(), vec![])]);
    // AD-9: dropped with the change of role, and so no secret of the log.
    let said = world.replaced(assign(person, RoleId::ADMIN, PeopleScope::All));
    let taken = Event::ExtraGrantTaken {
        from: holder,
        grant: history,
    };
    assert_eq!(said[0], (taken, vec![given]));

    let set = |scope| Command::SetAccountAdmin {
        person,
        admin: Some(limited(&[AdminUsersManage], scope)),
    };
    let is = |admin| Event::LimitedAdminSet { person, admin };
    world.set(set(only(north)));
    let before = world.row(person).extras().limited_admin.clone();
    let said = world.replaced(set(only(south)));
    let after = world.row(person).extras().limited_admin.clone();
    assert_ne!(before, after);
    let tie = Tie::AccountAdmin(AccountAdminKind::Limited);
    let tied = Event::Tied { person, tie };
    assert_eq!(
        said,
        [
            (Event::Untied { person, tie }, vec![tied.clone()]),
            (is(after), vec![is(before)]),
            (tied.clone(), vec![tied]),
        ]
    );

    let listed = Some(ListedCompanies {
        companies: vec![company],
        without_company: true,
    });
    let access = |listed| Event::CompanyAccessSet { person, listed };
    let set = |listed| Command::SetCompanyAccess { person, listed };
    world.turns(set(listed.clone()), access(None), access(listed.clone()));
    world.turns(set(None), access(listed), access(None));
}

#[test]
fn ad_20_settings_of_things_say_what_they_were() {
    let mut world = World::new();
    let role = world.role(&[AdminAuditView]);
    let permissions = PermissionSet::of;
    let edited = |permissions| Event::RoleEdited { role, permissions };
    world.turns(
        Command::EditRole {
            role,
            permissions: permissions(&[AdminHistoryAccess]),
        },
        edited(permissions(&[AdminAuditView])),
        edited(permissions(&[AdminHistoryAccess])),
    );
    let switch = Switch::AgentTagsCreate;
    let switched = |on| Event::SwitchSet { switch, on };
    for on in [true, false] {
        world.turns(
            Command::SetSwitch { switch, on },
            switched(!on),
            switched(on),
        );
    }
    let licence = world.pool(Product::ServiceDesk);
    let seats = |seats| Event::LicenceSeatsSet { licence, seats };
    world.turns(
        Command::SetLicenceSeats { licence, seats: 7 },
        seats(1000),
        seats(7),
    );
    let (group, parent) = (world.user_group(None), Some(world.user_group(None)));
    let moved = |parent| Event::UserGroupMoved { group, parent };
    world.turns(
        Command::MoveUserGroup { group, parent },
        moved(None),
        moved(parent),
    );
    let (service, company) = (world.service(), world.company());
    let policy = |policy| Event::DueDateOverrideSet { service, policy };
    world.turns(
        Command::SetDueDateOverride {
            service,
            policy: DueDateOverride::Off,
        },
        policy(DueDateOverride::Administrators),
        policy(DueDateOverride::Off),
    );
    let has = |full| Event::CompanyServiceSet {
        company,
        service,
        full,
    };
    for full in [true, false] {
        let rows = vec![(company, full)];
        world.turns(
            Command::SaveCompaniesTab { service, rows },
            has(!full),
            has(full),
        );
    }
    let registration = |policy| Event::RegistrationSet { policy };
    world.turns(
        Command::SetRegistration {
            policy: Some(RegistrationPolicy::Anyone),
            denied: 0,
            allowed: 0,
        },
        registration(RegistrationPolicy::Nobody),
        registration(RegistrationPolicy::Anyone),
    );
    let node = Node::Company(company);
    let life = |life| Event::LifeSet { of: node, life };
    world.turns(
        Command::Archive { node },
        life(Life::Active),
        life(Life::Archived),
    );
    let (here, there) = (world.device_group(), world.device_group());
    let device = world.device(here, None);
    let at = |group| Event::DeviceMoved {
        device,
        group,
        company: None,
    };
    world.turns(
        Command::MoveDevice {
            device,
            group: there,
            company: None,
        },
        at(here),
        at(there),
    );
}

#[test]
fn ad_20_what_an_event_does_not_say_by_itself_is_beside_it() {
    let mut world = World::new();
    let (person, group) = (world.member(), world.group());
    let (tie, window) = (Tie::Group(group), world.for_hours(3));
    world.set(Command::Tie {
        person,
        tie,
        window,
    });
    let said = world.replaced(Command::Untie { person, tie });
    let [(Event::TimedUntied { .. }, before)] = &said[..] else {
        panic!("{said:?}");
    };
    let was = Event::TimedTied {
        person,
        tie,
        window,
    };
    assert_eq!(before, &[was]);
}

#[test]
fn ad_20_an_erasure_says_what_was_taken_and_nothing_personal() {
    let mut world = World::new();
    let (person, service, company) = (world.member(), world.service(), world.company());
    world.tie(person, Tie::Service(service, ServiceLevel::User));
    world.tie(person, Tie::Agent);
    let admin = Some(limited(&[], PeopleScope::All));
    world.set(Command::SetAccountAdmin { person, admin });
    world.set(Command::SetEmployer {
        person,
        company: Some(company),
        move_from_other: false,
    });
    let said = world.replaced(Command::ErasePerson { person });
    let (_, had) = said.last().unwrap();
    for event in [
        Event::UserFacetSet {
            person,
            state: UserFacet::Accepted,
        },
        Event::CustomerFacetSet {
            person,
            state: CustomerFacet::Absent,
        },
        Event::AccountRoleSet {
            person,
            role: RoleId::MEMBER,
            scope: PeopleScope::All,
        },
        Event::EmployerSet {
            person,
            company: Some(company),
            placement: Placement::ByHand,
        },
        Event::Tied {
            person,
            tie: Tie::Service(service, ServiceLevel::User),
        },
        Event::Tied {
            person,
            tie: Tie::AccountAdmin(AccountAdminKind::Limited),
        },
    ] {
        assert!(had.contains(&event), "{event:?} in {had:?}");
    }
}

#[test]
fn ad_20_who_comes_with_an_act_had_nothing_before_it() {
    let mut world = World::new();
    let (id, helper) = (world.id(), world.role(&[AdminHistoryAccess]));
    let said = world.replaced(Command::AddUser {
        id,
        user_groups: Vec::new(),
        account_role: Some(RoleAssignment {
            role: helper,
            scope: PeopleScope::All,
        }),
    });
    assert_eq!(said.len(), 2);
    assert!(said.iter().all(|(_, before)| before.is_empty()), "{said:?}");
}
