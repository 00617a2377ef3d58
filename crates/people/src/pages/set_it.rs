//! Where a change that would allow something is made: the page that has its form, for whoever could save it there.

use std::fmt::Display;

use access::{
    Command, Permission, PersonId, ServiceId, Target,
    event::GrantHolder,
    explain::words::Name,
    state::{Facet, Tie},
};
use web::session::Session;

use super::audit_words;

/// The page with the form of a change. Whoever could not make the change, or may not open the page, gets none.
pub(super) fn page(session: &Session, change: &Command) -> Option<String> {
    if !session.offers(change) {
        return None;
    }
    let of_person = |page: &'static str, person: PersonId| {
        under(session, page, "{person}", session.id(person).0)
    };
    let of_service = |page: &'static str, service: ServiceId| {
        under(session, page, "{service}", session.id(service).0)
    };
    match *change {
        Command::AddUserFacet { person, .. }
        | Command::AddCustomerFacet { person, .. }
        | Command::Reactivate { person, .. }
        | Command::SetEmployer { person, .. } => of_person("/people/{person}", person),
        Command::SetPortalLevel { ref people, .. } => {
            of_person("/people/{person}", *people.first()?)
        }
        Command::SetAccountRoles { ref people, .. } => {
            of_person("/people/{person}/roles", *people.first()?)
        }
        Command::SetAccountAdmin { person, .. }
        | Command::Tie {
            person,
            tie: Tie::UserGroup(_),
            ..
        } => of_person("/people/{person}/roles", person),
        Command::GiveExtraGrant { to, .. } => match to {
            GrantHolder::Person(person) => of_person("/people/{person}/roles", person),
            GrantHolder::UserGroup(group) => session.link(Name::UserGroup(group)),
        },
        Command::Tie { person, .. }
        | Command::TieWithLicence { person, .. }
        | Command::SetCompanyAccess { person, .. } => {
            of_person("/people/{person}/products", person)
        }
        Command::SaveUsersTab { service, .. } => {
            of_service("/configure/services/{service}", service)
        }
        Command::SaveGroupsTab { service, .. } => {
            of_service("/configure/services/{service}/groups", service)
        }
        Command::SaveCustomersTab { service, .. } => {
            of_service("/configure/services/{service}/customers", service)
        }
        Command::SaveCompaniesTab { service, .. } => {
            of_service("/configure/services/{service}/companies", service)
        }
        Command::SetDueDateOverride { service, .. } => {
            of_service("/configure/services/{service}/settings", service)
        }
        Command::SetSwitch { .. } => alone(session, "/contact-centre/admin/permissions"),
        Command::SetLicenceSeats { licence, .. } => session.link(Name::Licence(licence)),
        Command::SetBillingContact { .. } => alone(session, "/billing/contact"),
        Command::SetConnectionRole { connection, .. } => session.link(Name::Connection(connection)),
        Command::LogInOther { queue, .. } => session.link(Name::Queue(queue)),
        Command::Restore { node } => session.link(audit_words::node(node)),
        _ => None,
    }
}

/// Where a service's customers are set.
pub(super) fn customers_of(session: &Session, service: ServiceId) -> Option<String> {
    let id = session.id(service).0;
    under(
        session,
        "/configure/services/{service}/customers",
        "{service}",
        id,
    )
}

/// Where everybody is shown who could make a change, where one permission alone says who that is.
pub(super) fn who_else(session: &Session, change: &Command) -> Option<String> {
    let (permission, on) = match *change {
        Command::AddUserFacet { .. } => (Permission::AdminUsersManage, Target::Account),
        Command::AddCustomerFacet { .. }
        | Command::SetEmployer { .. }
        | Command::SetPortalLevel { .. }
        | Command::SaveUsersTab { .. }
        | Command::SaveGroupsTab { .. }
        | Command::SaveCustomersTab { .. }
        | Command::SaveCompaniesTab { .. }
        | Command::SetDueDateOverride { .. } => {
            (Permission::ServiceDeskAccountConfigure, Target::Account)
        }
        Command::Reactivate {
            person,
            facet: Facet::User,
        } => (Permission::AdminUsersManage, Target::Person(person)),
        Command::LogInOther { queue, .. } => {
            (Permission::ContactCentreAgentsLog, Target::Queue(queue))
        }
        Command::SetSwitch { .. } => (Permission::ContactCentrePermissionsEdit, Target::Account),
        Command::SetLicenceSeats { .. } => (Permission::AdminBillingManage, Target::Account),
        _ => return None,
    };
    super::who_can::address(session, permission, on)
}

fn alone(session: &Session, page: &'static str) -> Option<String> {
    session.opens(page).then(|| page.to_owned())
}

fn under(session: &Session, page: &'static str, segment: &str, id: impl Display) -> Option<String> {
    session
        .opens(page)
        .then(|| page.replace(segment, &id.to_string()))
}
