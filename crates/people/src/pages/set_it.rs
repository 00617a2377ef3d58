//! Where a change that would allow something is made: the page that has its form, for whoever could save it there, with the change
//! chosen in it. Nothing is saved by looking at it: one click leads to the review.

use std::fmt::Display;

use access::{
    Command, Permission, PersonId, ServiceId,
    command::AccountAdminGrant,
    event::{GrantHolder, ListedCompanies},
    explain::words::Name,
    state::{CompanyAccess, PeopleScope, Tie},
};
use web::{decision::code, page::address, resource::Resource, session::Session};

use super::{audit_words, person};

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
    let row = |page: &'static str, service, of: String, level: &str| {
        let chosen = [("only", Some(&*of)), ("propose", Some(level))];
        Some(address(&of_service(page, service)?, &chosen))
    };
    let with = |page: Option<String>, name: &str, value: Option<String>| {
        page.map(|page| address(&page, &[(name, value.as_deref())]))
    };
    match *change {
        Command::AddUserFacet { person, .. }
        | Command::AddCustomerFacet { person, .. }
        | Command::Reactivate { person, .. }
        | Command::SetEmployer { person, .. } => of_person("/people/{person}", person),
        Command::SetPortalLevel {
            ref people, level, ..
        } => with(
            of_person("/people/{person}", *people.first()?),
            "level",
            Some(code(&level)),
        ),
        Command::SetAccountRoles {
            ref people,
            ref assignment,
            ..
        } => with(
            of_person("/people/{person}/roles", *people.first()?),
            "role",
            // A scope is chosen by hand: what is chosen here must not reach further than what was proposed.
            (assignment.scope == PeopleScope::All).then(|| id(session, assignment.role)),
        ),
        Command::SetAccountAdmin { person, ref admin } => {
            let page = of_person("/people/{person}/roles", person)?;
            let (kind, privileges) = match admin {
                None => ("none", String::new()),
                Some(AccountAdminGrant::Full) => ("full", String::new()),
                // As with a role: a scope is chosen by hand.
                Some(AccountAdminGrant::Limited(limited)) if limited.scope != PeopleScope::All => {
                    return Some(page);
                }
                Some(AccountAdminGrant::Limited(limited)) => {
                    let keys = limited.privileges.iter().map(Permission::key);
                    ("limited", keys.collect::<Vec<_>>().join(","))
                }
            };
            let privileges = Some(&*privileges).filter(|keys| !keys.is_empty());
            Some(address(
                &page,
                &[("admin", Some(kind)), ("privileges", privileges)],
            ))
        }
        Command::Tie {
            person,
            tie: tie @ Tie::UserGroup(_),
            ..
        } => with(
            of_person("/people/{person}/roles", person),
            "give",
            person::tie_key(session, tie),
        ),
        Command::GiveExtraGrant { to, ref grant } => match to {
            GrantHolder::Person(person) => with(
                of_person("/people/{person}/roles", person),
                "grant",
                (grant.scope == PeopleScope::All).then(|| grant.permission.key().to_owned()),
            ),
            GrantHolder::UserGroup(group) => session.link(Name::UserGroup(group)),
        },
        Command::Tie { person, tie, .. } | Command::TieWithLicence { person, tie, .. } => with(
            of_person("/people/{person}/products", person),
            "give",
            person::tie_key(session, tie),
        ),
        Command::SetCompanyAccess { person, ref listed } => with(
            of_person("/people/{person}/products", person),
            "sees",
            match listed {
                None => Some("all".to_owned()),
                Some(listed) => company_added(session, person, listed),
            },
        ),
        Command::Untie { person, .. } => of_person("/people/{person}/products", person),
        Command::TakeExtraGrant {
            from: GrantHolder::Person(person),
            ..
        } => of_person("/people/{person}/roles", person),
        Command::SaveUsersTab { service, ref rows } => {
            let (person, level) = rows.first()?;
            row(
                "/configure/services/{service}",
                service,
                id(session, *person),
                &level.map_or_else(none, |level| code(&level)),
            )
        }
        Command::SaveGroupsTab { service, ref rows } => {
            let (group, _) = rows.first()?;
            let page = "/configure/services/{service}/groups";
            row(page, service, id(session, *group), "full")
        }
        Command::SaveCustomersTab { service, ref rows } => {
            let (person, access) = rows.first()?;
            row(
                "/configure/services/{service}/customers",
                service,
                id(session, *person),
                &access.map_or_else(none, |access| code(&access)),
            )
        }
        Command::SaveCompaniesTab { service, ref rows } => {
            let (company, _) = rows.first()?;
            let page = "/configure/services/{service}/companies";
            row(page, service, id(session, *company), "full")
        }
        Command::SetDueDateOverride { service, policy } => with(
            of_service("/configure/services/{service}/settings", service),
            "policy",
            Some(code(&policy)),
        ),
        Command::SetSwitch { switch, on } => {
            let page = alone(session, "/contact-centre/admin/permissions")?;
            let on = if on { "true" } else { "false" };
            Some(address(
                &page,
                &[("switch", Some(switch.key())), ("on", Some(on))],
            ))
        }
        Command::SetLicenceSeats { licence, seats } => with(
            session.link(Name::Licence(licence)),
            "seats",
            Some(seats.to_string()),
        ),
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

/// The one company more that somebody would see (SD-33).
fn company_added(session: &Session, person: PersonId, listed: &ListedCompanies) -> Option<String> {
    let row = session.state().people().get(person)?;
    let CompanyAccess::Listed { companies, .. } = row.company_access() else {
        return None;
    };
    let mut added = listed
        .companies
        .iter()
        .filter(|company| !companies.contains(**company));
    let company = added.next().filter(|_| added.next().is_none())?;
    Some(id(session, *company))
}

/// As the tabs call it that nothing is stored.
fn none() -> String {
    "none".to_owned()
}

fn id<K: Resource>(session: &Session, thing: K) -> String {
    session.id(thing).0.to_string()
}

fn alone(session: &Session, page: &'static str) -> Option<String> {
    session.opens(page).then(|| page.to_owned())
}

fn under(session: &Session, page: &'static str, segment: &str, id: impl Display) -> Option<String> {
    session
        .opens(page)
        .then(|| page.replace(segment, &id.to_string()))
}
