//! Whose records they are, who works on them and who looks at them.

use access::event::Event;
use access::state::{
    CustomerAccess, CustomerFacet, Placement, PortalLevel, ServiceLevel, Tie, UserFacet,
};
use access::{Actor, CompanyId, GroupId, LicenceId, PersonId, PublicId, ServiceId};
use ledger::{Account, Options};
use uuid::Uuid;

use super::records::Vocabulary;
use crate::fixture::{COMPANIES, GROUPS, Numbers, Size, id, person_uid};
use crate::ledgers::Report;

/// Services of the account.
const SERVICES: u32 = 200;
/// Services that the user works on.
const OF_USER: u32 = 12;
/// Groups that the user is in.
const GROUPS_OF_USER: u32 = 3;
/// Who look at pages that are open, and their different rights: some of the services of the user.
pub const WATCHERS: u32 = 100;
pub const RIGHTS: u32 = 50;
/// A service with twice as many records as most.
const LARGE: u32 = 8;
/// Customers of a service that hardly anybody is a customer of.
const RARE: u32 = 12;
/// Words of a record.
const WORDS: usize = 10;
/// Customers of the large company.
pub const COLLEAGUES: u32 = 10_000;

/// Who is who.
pub struct Cast {
    pub people: u32,
    pub services: u32,
    /// A user who works on 12 services, in three groups.
    pub user: PersonId,
    /// Who administers a service with twice as many records as most.
    pub administrator: PersonId,
    /// Who sees the incidents of 10,000 colleagues.
    pub company_admin: PersonId,
    company: CompanyId,
    vocabulary: Vocabulary,
}

/// The account in which they are.
pub fn size(size: Size) -> Size {
    Size {
        services: SERVICES,
        ..size
    }
}

/// Brings them into an account of that size.
pub async fn join(account: &Account, owner: Actor, size: Size) -> anyhow::Result<Cast> {
    let cast = Cast {
        people: size.people,
        services: size.services,
        user: id(size.people),
        company_admin: id(size.people + 1),
        administrator: id(size.people + 2),
        company: id(COMPANIES),
        vocabulary: Vocabulary::new(),
    };
    let uid = |n: u32| Uuid::from_u128(u128::from(n) << 32 | 9);
    let mut events = Vec::new();
    let mut add = |event| events.push(event);
    add(Event::PersonAdded {
        uid: person_uid(size.people),
        user: UserFacet::Accepted,
        customer: CustomerFacet::Absent,
    });
    add(Event::PersonAdded {
        uid: person_uid(size.people + 1),
        user: UserFacet::Absent,
        customer: CustomerFacet::Active,
    });
    for n in 2..3 + WATCHERS {
        add(Event::PersonAdded {
            uid: person_uid(size.people + n),
            user: UserFacet::Accepted,
            customer: CustomerFacet::Absent,
        });
    }
    add(Event::CompanyCreated { uid: uid(1) });
    for n in 0..GROUPS_OF_USER {
        add(Event::GroupCreated { uid: uid(2 + n) });
    }
    let mut ties = vec![Tie::Licence(id::<LicenceId>(1))];
    for service in cast.services_of_user() {
        ties.push(Tie::Service(service, ServiceLevel::User));
        for n in 0..GROUPS_OF_USER {
            let group = id::<GroupId>(GROUPS + n);
            add(Event::GroupAccessSet {
                group,
                service,
                full: true,
            });
        }
    }
    for n in 0..GROUPS_OF_USER {
        ties.push(Tie::Group(id(GROUPS + n)));
    }
    let person = cast.user;
    ties.into_iter()
        .for_each(|tie| add(Event::Tied { person, tie }));
    // A service with a dozen customers.
    add(Event::ServiceCreated { uid: uid(9) });
    let (person, rare) = (cast.user, cast.rare_service());
    let tie = Tie::Service(rare, ServiceLevel::User);
    add(Event::Tied { person, tie });
    for n in 0..RARE {
        let person = id(n * (size.people / RARE / 10) * 10 + 3);
        let tie = Tie::Customer(rare, CustomerAccess::NoPortal);
        add(Event::Tied { person, tie });
    }
    let licence = || Tie::Licence(id::<LicenceId>(1));
    let person = cast.administrator;
    let administrates = Tie::Service(cast.large_service(), ServiceLevel::Administrator);
    for tie in [licence(), administrates] {
        add(Event::Tied { person, tie });
    }
    for (n, person) in (0..).zip(cast.watchers()) {
        add(Event::Tied {
            person,
            tie: licence(),
        });
        // From 1 on, no two of them are of the same services.
        let rights = n % RIGHTS + 1;
        for (place, service) in cast.services_of_user().enumerate() {
            if rights >> (place % 6) & 1 == 1 {
                let tie = Tie::Service(service, ServiceLevel::User);
                add(Event::Tied { person, tie });
            }
        }
    }
    for service in (0..size.services).map(id::<ServiceId>) {
        add(Event::ServiceHasRecords { service });
        add(Event::CompanyServiceSet {
            company: cast.company,
            service,
            full: true,
        });
    }
    let colleagues = (0..COLLEAGUES).map(|n| cast.colleague(n));
    for person in colleagues.chain([cast.company_admin]) {
        add(Event::EmployerSet {
            person,
            company: Some(cast.company),
            placement: Placement::ByHand,
        });
    }
    add(Event::PortalLevelSet {
        person: cast.company_admin,
        level: PortalLevel::CompanyAdmin,
    });
    let signing_in = [cast.user, cast.company_admin, cast.administrator];
    for person in signing_in.into_iter().chain(cast.watchers()) {
        add(Event::SignInSet {
            person,
            possible: true,
        });
    }
    account
        .act(owner, Report(events), Options::untold("bench"))
        .await?;
    let known = account
        .state()
        .resolve(PublicId::<PersonId>::new(person_uid(size.people)));
    anyhow::ensure!(known == Some(cast.user), "the user is somebody else");
    Ok(cast)
}

impl Cast {
    pub fn services_of_user(&self) -> impl ExactSizeIterator<Item = ServiceId> {
        (0..OF_USER).map(|n| id(n * 16))
    }

    pub fn watchers(&self) -> impl Iterator<Item = PersonId> {
        let first = self.people + 3;
        (first..first + WATCHERS).map(id)
    }

    pub fn large_service(&self) -> ServiceId {
        id(LARGE)
    }

    /// A service of the user, of which no company's people are customers, and few others.
    pub fn rare_service(&self) -> ServiceId {
        id(self.services)
    }

    /// Title and description of a record.
    pub fn text(&self, numbers: &mut Numbers) -> (String, String) {
        let words: Vec<&str> = (0..WORDS).map(|_| self.vocabulary.word(numbers)).collect();
        (words[..4].join(" "), words[4..].join(" "))
    }

    /// Of which service a record is, by its position.
    pub fn service(&self, numbers: &mut Numbers) -> u32 {
        // A little less than twice as many: a mass action is on 10,000 at most.
        let service = numbers.below(self.services + 7);
        match service.checked_sub(self.services) {
            None => service,
            Some(0) => LARGE,
            Some(other) => other,
        }
    }

    /// Nine of ten are customers.
    pub fn colleague(&self, n: u32) -> PersonId {
        id((n % (self.people / 10)) * 10 + 1)
    }

    /// Whom a record is for, and their company: one of a hundred is of the large one.
    pub fn customer(&self, numbers: &mut Numbers) -> (PersonId, CompanyId) {
        match numbers.below(100) {
            0 => (self.colleague(numbers.below(COLLEAGUES)), self.company),
            _ => {
                let person = numbers.below(self.people / 10) * 10 + 2 + numbers.below(8);
                (id(person), id(numbers.below(COMPANIES)))
            }
        }
    }

    fn is_of_user(&self, service: u32) -> bool {
        service.is_multiple_of(16) && service < OF_USER * 16
    }

    /// Who works on a record of the service.
    pub fn user(&self, service: u32, numbers: &mut Numbers) -> PersonId {
        match self.is_of_user(service) && numbers.below(20) == 0 {
            true => self.user,
            false => id(numbers.below(self.people / 10) * 10),
        }
    }

    /// A group that works on it.
    pub fn group(&self, service: u32, numbers: &mut Numbers) -> GroupId {
        match self.is_of_user(service) && numbers.below(2) == 0 {
            true => id(GROUPS + numbers.below(GROUPS_OF_USER)),
            false => id(numbers.below(GROUPS)),
        }
    }
}
