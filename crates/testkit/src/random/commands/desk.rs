//! The service desk, its companies, customers and the portal.

use access::command::Tab;
use access::event::ListedCompanies;
use access::state::{
    CustomerAccess, CustomerFacet, DueDateOverride, PortalLevel, RegistrationPolicy, ServiceLevel,
};
use access::{Command, PersonId};

use super::Hostile;

impl Hostile<'_> {
    pub(super) fn level(&mut self) -> ServiceLevel {
        match self.dice.chance(50) {
            true => ServiceLevel::User,
            false => ServiceLevel::Administrator,
        }
    }

    pub(super) fn access(&mut self) -> CustomerAccess {
        match self.dice.chance(75) {
            true => CustomerAccess::Portal,
            false => CustomerAccess::NoPortal,
        }
    }

    fn tab(&mut self) -> Tab {
        let world = self.world;
        match self.dice.below(4) {
            0 => Tab::Users(vec![(self.person(), Some(self.level()).into())]),
            1 => Tab::Groups(vec![self.id(world.groups.len())]),
            2 => Tab::Customers(vec![(self.customer(), Some(self.access()).into())]),
            _ => Tab::Companies(vec![self.id(world.companies.len())]),
        }
    }

    pub(super) fn desk(&mut self) -> Command {
        let world = self.world;
        let service = self.id(world.services.len());
        let company = self.id(world.companies.len());
        match self.dice.below(32) {
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
            29 => Command::SetCompanyAccess {
                person: self.person(),
                listed: self.dice.chance(60).then(|| ListedCompanies {
                    companies: vec![company],
                    without_company: self.dice.chance(50),
                }),
            },
            _ => Command::ReplaceTab {
                service,
                tab: self.tab(),
                read: None,
            },
        }
    }

    pub(super) fn domain(&mut self) -> Box<str> {
        let domains = [
            "acme.example",
            "north.acme.example",
            "borealis.example",
            "gmail.com",
        ];
        self.dice.pick(&domains).unwrap_or("acme.example").into()
    }

    /// Somebody comes to the portal.
    pub(super) fn registration(&mut self) -> Command {
        let (domain, denied) = (self.domain(), self.dice.chance(10));
        match self.dice.below(5) {
            0..2 => Command::Register {
                id: self.uuid(),
                domain,
                denied,
            },
            2 => Command::Arrive {
                id: self.uuid(),
                domain,
                denied,
            },
            _ => Command::ConfirmAddress {
                person: self.one_who(|world, person, _| {
                    world.people[&person].customer == CustomerFacet::Unconfirmed
                }),
                domain,
                denied,
            },
        }
    }

    /// Who may come, and where they belong.
    pub(super) fn registration_rules(&mut self) -> Command {
        let policies = [
            RegistrationPolicy::Nobody,
            RegistrationPolicy::Companies,
            RegistrationPolicy::Anyone,
        ];
        match self.dice.below(5) {
            0 => Command::SetRegistration {
                policy: Some(self.dice.pick(&policies).unwrap_or_default()),
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

    pub(super) fn customer(&mut self) -> PersonId {
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
}
