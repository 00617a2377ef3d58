//! The service desk of Meridian IT: services, groups, clients and the people who are served.

use access::catalogue::Product;
use access::command::SystemSubject;
use access::event::Node;
use access::state::{
    CustomerAccess, DueDateOverride, Facet, PortalLevel, RegistrationPolicy, ServiceLevel, Tie,
};
use access::{Actor, Command, CompanyId, Dense, GroupId, PersonId, ServiceId, Window};

use ledger::{Change, Of};

use super::staff::Staff;
use super::{DemoError, Maker, names};

/// What the desk is about.
pub(super) struct Desk {
    pub companies: Vec<CompanyId>,
    pub services: Vec<ServiceId>,
}

pub(super) fn make(maker: &mut Maker<'_>, staff: &Staff) -> Result<Desk, DemoError> {
    let services = services(maker, staff)?;
    groups(maker, staff, &services)?;
    let companies = companies(maker, &services)?;
    customers(maker, staff, &services, &companies)?;
    Ok(Desk {
        companies,
        services,
    })
}

fn services(maker: &mut Maker<'_>, staff: &Staff) -> Result<Vec<ServiceId>, DemoError> {
    let Some(licence) = maker.licence(Product::ServiceDesk) else {
        return Ok(Vec::new());
    };
    for person in staff.technicians.iter().chain([&staff.deputy]) {
        maker.tie(*person, Tie::Licence(licence))?;
    }
    let mut services = Vec::new();
    for number in 0..maker.size.services() {
        let first_administrator = staff.technicians[number as usize % staff.technicians.len()];
        let name = names::service(number);
        let service = maker.create(&name, |id| Command::CreateService {
            id,
            first_administrator,
        })?;
        services.push(service);
    }
    for (at, person) in staff.technicians.iter().enumerate() {
        for _ in 0..2 {
            let service = *maker.numbers.pick(&services);
            let level = if at % 9 == 0 {
                ServiceLevel::Administrator
            } else {
                ServiceLevel::User
            };
            maker.run(Command::SaveUsersTab {
                service,
                rows: vec![(*person, Some(level))],
            })?;
        }
    }
    // SD-29: three ways.
    maker.run(Command::SetDueDateOverride {
        service: services[1],
        policy: DueDateOverride::EveryUser,
    })?;
    maker.run(Command::SetDueDateOverride {
        service: services[2],
        policy: DueDateOverride::Off,
    })?;
    // A contractor for a month, and somebody who starts next month.
    let month = |from, to| Window {
        start: Some(from),
        end: Some(to),
    };
    let tie = Tie::Service(services[0], ServiceLevel::Administrator);
    let window = month(maker.days(-10), maker.days(20));
    maker.run(Command::Tie {
        person: staff.technicians[20],
        tie,
        window,
    })?;
    let window = month(maker.days(30), maker.days(365));
    maker.run(Command::Tie {
        person: staff.technicians[21],
        tie,
        window,
    })?;
    Ok(services)
}

/// Contact lists, to which work is assigned; full access gives their members User (SD-8).
fn groups(maker: &mut Maker<'_>, staff: &Staff, services: &[ServiceId]) -> Result<(), DemoError> {
    let names = [
        "Night shift",
        "First line",
        "Second line",
        "Field engineers",
        "Duty managers",
        "Former night shift",
    ];
    let mut groups: Vec<GroupId> = Vec::new();
    for name in names {
        groups.push(maker.create(name, |id| Command::CreateGroup { id })?);
    }
    for (at, group) in groups.iter().copied().enumerate() {
        for _ in 0..(staff.technicians.len() / 8).clamp(4, 200) {
            let person = *maker.numbers.pick(&staff.technicians);
            maker.tie(person, Tie::Group(group))?;
        }
        for service in services.iter().copied().skip(at).step_by(5).take(20) {
            maker.run(Command::SaveGroupsTab {
                service,
                rows: vec![(group, true)],
            })?;
        }
    }
    let owner = PersonId::from_index(0).ok_or(DemoError::Stopped)?;
    // SCREENS: Bo has User on Payroll through the night shift.
    maker.tie(staff.technicians[1], Tie::Group(groups[0]))?;
    maker.run(Command::SaveGroupsTab {
        service: services[0],
        rows: vec![(groups[0], true)],
    })?;
    maker.run(Command::SaveUsersTab {
        service: services[0],
        rows: vec![
            (staff.technicians[0], Some(ServiceLevel::Administrator)),
            (staff.technicians[3], Some(ServiceLevel::User)),
            // Whoever looks around as the Super admin finds records, too.
            (owner, Some(ServiceLevel::User)),
        ],
    })?;
    maker.run(Command::Archive {
        node: Node::Group(groups[5]),
    })
}

/// Clients, with the domains by which people are sorted (SD-22) and the services that their people have (SD-9).
fn companies(maker: &mut Maker<'_>, services: &[ServiceId]) -> Result<Vec<CompanyId>, DemoError> {
    let mut companies = Vec::new();
    for number in 0..maker.size.companies() {
        let (name, domain) = names::company(number);
        let company = maker.create(&name, |id| Command::CreateCompany { id })?;
        maker.run(Command::AddDomain {
            company,
            domain: domain.into(),
        })?;
        for _ in 0..2 {
            let service = *maker.numbers.pick(services);
            maker.run(Command::SaveCompaniesTab {
                service,
                rows: vec![(company, true)],
            })?;
        }
        if number % 3 == 0 {
            maker.run(Command::SetCompanyRegistration {
                company,
                accepts: true,
            })?;
        }
        companies.push(company);
    }
    maker.run(Command::SetRegistration {
        policy: Some(RegistrationPolicy::Companies),
        denied: 0,
        allowed: 0,
    })?;
    maker.run(Command::SetServiceOpenToAll {
        service: services[0],
        open: true,
    })?;
    Ok(companies)
}

fn customers(
    maker: &mut Maker<'_>,
    staff: &Staff,
    services: &[ServiceId],
    companies: &[CompanyId],
) -> Result<(), DemoError> {
    for number in 0..maker.size.customers() {
        let at = maker.numbers.below(companies.len());
        let (_, domain) = names::company(at as u32);
        let person = maker.person(maker.owner, None, &domain, |id| Command::AddCustomer {
            id,
            service: None,
        })?;
        if number % 50 != 0 {
            maker.run(Command::SetEmployer {
                person,
                company: Some(companies[at]),
                move_from_other: false,
            })?;
        }
        let level = match number % 20 {
            0 => PortalLevel::None,
            1 => PortalLevel::CompanyAdmin,
            2..=8 => PortalLevel::Company,
            _ => PortalLevel::Standard,
        };
        maker.run(Command::SetPortalLevel {
            people: vec![person],
            level,
            bulk: false,
        })?;
        own_access(maker, person, services, number)?;
    }
    // A technician is served too: one person, two facets (RULES §1).
    maker.run(Command::AddCustomerFacet {
        person: staff.technicians[6],
        service: Some(services[0]),
    })?;
    // A service that is no more (AD-25).
    if let Some(last) = services.last() {
        maker.run(Command::Archive {
            node: Node::Service(*last),
        })?;
    }
    Ok(())
}

/// Somebody registers and does not confirm; somebody does (SD-22, SD-23), and left since.
pub(super) fn newcomers(maker: &mut Maker<'_>) -> Result<(), DemoError> {
    let system = Actor::System(SystemSubject::Registration);
    let (_, domain) = names::company(0);
    let register = |domain: &str| {
        let domain: Box<str> = domain.into();
        move |id| Command::Register {
            id,
            domain,
            denied: false,
        }
    };
    maker.person(system, Some("Zeno Unconfirmed"), &domain, register(&domain))?;
    let confirmed = maker.person(system, Some("Rosa Registered"), &domain, register(&domain))?;
    maker.run_as(
        system,
        Command::ConfirmAddress {
            person: confirmed,
            domain: domain.into(),
            denied: false,
        }
        .into(),
    )?;
    maker.run(Command::Deactivate {
        person: confirmed,
        facet: Facet::Customer,
    })
}

/// The client whose people sign in to the portal.
const PORTAL_COMPANY: usize = 6;

/// Two people of one client who can sign in to the portal: one for herself and for the company (SD-16), one for himself (SD-15).
pub(super) fn portal(maker: &mut Maker<'_>, desk: &Desk) -> Result<(), DemoError> {
    let (company, service) = (desk.companies[PORTAL_COMPANY], desk.services[0]);
    let (_, domain) = names::company(PORTAL_COMPANY as u32);
    maker.run(Command::SaveCompaniesTab {
        service,
        rows: vec![(company, true)],
    })?;
    for (name, level) in [
        ("Ruth Oyelaran", PortalLevel::CompanyAdmin),
        ("Jonas Brandt", PortalLevel::Company),
    ] {
        let add = |id| Command::AddCustomer { id, service: None };
        let person = maker.person(maker.owner, Some(name), &domain, add)?;
        maker.run(Command::SetEmployer {
            person,
            company: Some(company),
            move_from_other: true,
        })?;
        maker.run(Command::SetPortalLevel {
            people: vec![person],
            level,
            bulk: false,
        })?;
        let possible = Command::SetSignIn {
            person,
            possible: true,
        };
        let accepted = Change::from(possible).with_credential(maker.password(Of::known(person)));
        maker.run_as(Actor::System(SystemSubject::SignIn), accepted)?;
    }
    Ok(())
}

fn own_access(
    maker: &mut Maker<'_>,
    person: PersonId,
    services: &[ServiceId],
    number: u32,
) -> Result<(), DemoError> {
    for _ in 0..maker.numbers.below(3) {
        let service = *maker.numbers.pick(services);
        // Access (no portal) closes what the company would open (SD-15).
        let access = if number.is_multiple_of(7) {
            CustomerAccess::NoPortal
        } else {
            CustomerAccess::Portal
        };
        maker.run(Command::SaveCustomersTab {
            service,
            rows: vec![(person, Some(access))],
        })?;
    }
    Ok(())
}
