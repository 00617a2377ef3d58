//! Whose records they are, who works on them and who looks at them.

use access::event::Event;
use access::state::{CustomerFacet, Placement, PortalLevel, ServiceLevel, Tie, UserFacet};
use access::{Actor, CompanyId, GroupId, LicenceId, PersonId, PublicId, ServiceId};
use ledger::{Account, Options};
use uuid::Uuid;

use crate::fixture::{COMPANIES, GROUPS, Numbers, Size, id, person_uid};
use crate::ledgers::Report;

/// Services of the account.
const SERVICES: u32 = 200;
/// Services that the user works on.
const OF_USER: u32 = 12;
/// Groups that the user is in.
const GROUPS_OF_USER: u32 = 3;
/// Customers of the large company.
const COLLEAGUES: u32 = 10_000;

/// Who is who.
pub struct Cast {
    pub people: u32,
    pub services: u32,
    /// A user who works on 12 services, in three groups.
    pub user: PersonId,
    /// Who sees the incidents of 10,000 colleagues.
    pub company_admin: PersonId,
    company: CompanyId,
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
        company: id(COMPANIES),
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
    for person in [cast.user, cast.company_admin] {
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
    pub fn services_of_user(&self) -> impl Iterator<Item = ServiceId> {
        (0..OF_USER).map(|n| id(n * 16))
    }

    /// Nine of ten are customers.
    fn colleague(&self, n: u32) -> PersonId {
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
