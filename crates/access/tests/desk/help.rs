//! Short ways to what the rules of the desk talk about.

use access::catalogue::{Permission, PermissionSet, Product};
use access::command::{Command, Outcome, Proposal};
use access::decide::RecordFacts;
use access::state::{CustomerAccess, PortalLevel, ServiceLevel, Tie};
use access::{CompanyId, GroupId, PersonId, ServiceId, Target};

use crate::support::{World, give};

/// A user with module access and nothing else.
pub fn desk_user(world: &mut World) -> PersonId {
    let person = world.member();
    world.licence(person, Product::ServiceDesk);
    person
}

/// A user with module access and a level on the service.
pub fn user_of(world: &mut World, service: ServiceId, level: ServiceLevel) -> PersonId {
    let person = desk_user(world);
    world.tie(person, Tie::Service(service, level));
    person
}

/// A customer who is employed.
pub fn employee(world: &mut World, company: CompanyId) -> PersonId {
    let person = world.customer();
    world.set(employ(person, Some(company)));
    person
}

/// A customer with Access (portal) and a portal level.
pub fn portal_customer(world: &mut World, service: ServiceId, level: PortalLevel) -> PersonId {
    let person = world.customer();
    world.tie(person, Tie::Customer(service, CustomerAccess::Portal));
    world.set(portal_level(person, level));
    person
}

/// A group with full access to the service and one member.
pub fn group_with(world: &mut World, service: ServiceId, member: PersonId) -> GroupId {
    let group = world.group();
    world.set(Command::SaveGroupsTab {
        service,
        rows: vec![(group, true)],
    });
    world.set(give(member, Tie::Group(group)));
    group
}

/// A company with full access to the service.
pub fn company_with(world: &mut World, service: ServiceId) -> CompanyId {
    let company = world.company();
    world.set(Command::SaveCompaniesTab {
        service,
        rows: vec![(company, true)],
    });
    company
}

pub fn employ(person: PersonId, company: Option<CompanyId>) -> Command {
    Command::SetEmployer {
        person,
        company,
        move_from_other: false,
    }
}

pub fn portal_level(person: PersonId, level: PortalLevel) -> Command {
    Command::SetPortalLevel {
        people: vec![person],
        level,
        bulk: false,
    }
}

pub fn users_tab(service: ServiceId, person: PersonId, level: Option<ServiceLevel>) -> Command {
    Command::SaveUsersTab {
        service,
        rows: vec![(person, level)],
    }
}

pub fn customers_tab(
    service: ServiceId,
    person: PersonId,
    access: Option<CustomerAccess>,
) -> Command {
    Command::SaveCustomersTab {
        service,
        rows: vec![(person, access)],
    }
}

/// A record of the service, for a customer who had this company.
pub fn record_for(
    service: ServiceId,
    customer: Option<PersonId>,
    company: Option<CompanyId>,
) -> RecordFacts {
    RecordFacts {
        service,
        customer,
        company,
    }
}

/// Everything of a product that somebody may do with a thing.
pub fn all_of(
    world: &World,
    person: PersonId,
    product: Product,
    on: impl Into<Target> + Copy,
) -> PermissionSet {
    let permissions = Permission::ALL.into_iter();
    permissions
        .filter(|permission| permission.product() == product && world.may(person, *permission, on))
        .fold(PermissionSet::EMPTY, PermissionSet::with)
}

/// What somebody may do in the desk with a service or record.
pub fn desk(world: &World, person: PersonId, on: impl Into<Target> + Copy) -> PermissionSet {
    all_of(world, person, Product::ServiceDesk, on)
}

/// What the portal gives a customer on a service or record.
pub fn portal(world: &World, person: PersonId, on: impl Into<Target> + Copy) -> PermissionSet {
    all_of(world, person, Product::Portal, on)
}

/// Whether a customer can be chosen for a record of the service.
pub fn selectable(world: &World, customer: PersonId, service: ServiceId) -> bool {
    let view = world.state.view(access::Subject::Unknown, world.now);
    view.selectable(customer, service).selectable
}

/// Each person of a bulk command with the code of what was not changed, if it was not.
pub fn outcomes(proposal: &Proposal) -> Vec<(PersonId, Option<&'static str>)> {
    let code = |outcome: &Outcome| match outcome {
        Outcome::Changed => None,
        Outcome::Unchanged => Some("unchanged"),
        Outcome::Skipped(refusal) => Some(refusal.code),
    };
    let outcomes = proposal.outcomes.iter();
    outcomes
        .map(|(person, outcome)| (*person, code(outcome)))
        .collect()
}
