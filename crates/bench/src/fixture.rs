//! The account that everything is measured on: people with about seven ties each, made by events.

use access::event::Event;
use access::state::{
    CustomerAccess, CustomerFacet, Placement, PortalLevel, ServiceLevel, Tie, UserFacet,
};
use access::{
    Actor, Command, CompanyId, Dense, GroupId, LicenceId, Moment, PersonId, PublicId, ServiceId,
    State, UserGroupId,
};
use uuid::Uuid;

/// How large it is.
#[derive(Debug, Clone, Copy)]
pub struct Size {
    /// One in ten is a user, the others are customers.
    pub people: u32,
    pub services: u32,
}

impl Size {
    /// A service that no company has.
    pub const UNGIVEN_SERVICE: u32 = 0;

    /// A million people and ten thousand services, or as many as `ROLECALL_BENCH_PEOPLE` says, with a hundredth of services.
    pub fn from_environment() -> Size {
        let people = std::env::var("ROLECALL_BENCH_PEOPLE")
            .ok()
            .and_then(|text| text.parse().ok());
        let people = people.unwrap_or(1_000_000).max(1_000);
        Size {
            people,
            services: people / 100,
        }
    }
}

/// A fixed sequence of numbers that look random.
#[derive(Debug, Clone)]
pub struct Numbers(pub u64);

impl Numbers {
    /// The next one, below `bound`.
    pub fn below(&mut self, bound: u32) -> u32 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((u128::from(z ^ (z >> 31)) * u128::from(bound)) >> 64) as u32
    }

    fn id<K: Dense>(&mut self, count: u32) -> K {
        id(self.below(count))
    }
}

/// The id of a row by its position.
pub fn id<K: Dense>(index: u32) -> K {
    K::from_index(index as usize).unwrap_or_else(|| unreachable!("a fixture is smaller than 2^32"))
}

/// The public number of the person at a position: spread like random ones.
pub fn person_uid(index: u32) -> Uuid {
    Uuid::from_u128(
        (u128::from(index) << 96)
            | u128::from(u64::from(index).wrapping_mul(0xD134_2543_DE82_EF95) | 1),
    )
}

pub const GROUPS: u32 = 500;
pub const COMPANIES: u32 = 10_000;
const USER_GROUPS: u32 = 200;

/// Builds the account.
pub fn account(size: Size) -> State {
    let mut state = State::empty();
    let command = open(PublicId::new(person_uid(0)));
    match state.propose(Actor::SetUp, &command, Moment(0)) {
        Ok(proposal) => proposal.events.iter().for_each(|event| state.apply(event)),
        Err(refusal) => unreachable!("{refusal}"),
    }
    fill(size, &mut |event| state.apply(&event));
    state
}

/// The command that opens it, with its first user.
pub fn open(first_user: PublicId<PersonId>) -> Command {
    let licences = [1, 2, 3].map(|n| PublicId::new(Uuid::from_u128(n)));
    Command::OpenAccount {
        token: None,
        first_user,
        licences,
    }
}

/// What happens after it was opened.
pub fn fill(size: Size, apply: &mut dyn FnMut(Event)) {
    let mut numbers = Numbers(1);
    let other =
        |n: u32, kind: u128| Uuid::from_u128((kind << 64) | u128::from(n) << 96 | u128::from(n));
    for n in 0..3 {
        let (licence, seats) = (id::<LicenceId>(n), u32::MAX);
        apply(Event::LicenceSeatsSet { licence, seats });
    }
    (0..size.services).for_each(|n| apply(Event::ServiceCreated { uid: other(n, 2) }));
    (0..GROUPS).for_each(|n| apply(Event::GroupCreated { uid: other(n, 3) }));
    (0..COMPANIES).for_each(|n| apply(Event::CompanyCreated { uid: other(n, 4) }));
    for n in 0..USER_GROUPS {
        let parent = (n >= 20).then(|| id(n % 20));
        apply(Event::UserGroupCreated {
            uid: other(n, 5),
            parent,
        });
    }
    for n in 0..GROUPS {
        for _ in 0..20 {
            let service = numbers.id::<ServiceId>(size.services);
            apply(Event::GroupAccessSet {
                group: id::<GroupId>(n),
                service,
                full: true,
            });
        }
    }
    for n in 0..COMPANIES {
        for _ in 0..3 {
            let service =
                id::<ServiceId>(Size::UNGIVEN_SERVICE + 1 + numbers.below(size.services - 1));
            apply(Event::CompanyServiceSet {
                company: id::<CompanyId>(n),
                service,
                full: true,
            });
        }
    }
    // The first one opened the account.
    for n in 1..size.people {
        let person: PersonId = id(n);
        let is_user = n % 10 == 0;
        let (user, customer) = if is_user {
            (UserFacet::Accepted, CustomerFacet::Absent)
        } else {
            (UserFacet::Absent, CustomerFacet::Active)
        };
        apply(Event::PersonAdded {
            uid: person_uid(n),
            user,
            customer,
        });
        let mut tie = |tie: Tie| apply(Event::Tied { person, tie });
        if is_user {
            tie(Tie::Licence(id::<LicenceId>(1)));
            tie(Tie::UserGroup(numbers.id::<UserGroupId>(USER_GROUPS)));
            tie(Tie::Group(numbers.id(GROUPS)));
            for k in 0..4 {
                let level = if k == 0 {
                    ServiceLevel::Administrator
                } else {
                    ServiceLevel::User
                };
                tie(Tie::Service(numbers.id(size.services), level));
            }
        } else {
            for k in 0..6 {
                let access = if k < 4 {
                    CustomerAccess::Portal
                } else {
                    CustomerAccess::NoPortal
                };
                tie(Tie::Customer(numbers.id(size.services), access));
            }
            let company = Some(numbers.id(COMPANIES));
            apply(Event::EmployerSet {
                person,
                company,
                placement: Placement::ByDomain,
            });
            apply(Event::PortalLevelSet {
                person,
                level: PortalLevel::Company,
            });
        }
    }
}
