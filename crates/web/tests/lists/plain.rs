//! Who belongs on a list and where, read plainly: person by person, from the state.

use access::decide::{Through, UserStatus};
use access::state::{CustomerAccess, CustomerFacet, Facet, PortalLevel, ServiceLevel, Tie};
use access::{Dense, GroupId, Permission, PersonId, RoleId, Subject, UserGroupId, View};
use web::lists::{Access, Sort, Status, Stored, Wanted, Ways};

use crate::made::company_name;

pub fn filters(view: &View<'_>, facet: Facet) -> Vec<Wanted> {
    let state = view.state();
    let all = || Wanted::all(facet);
    let mut filters = vec![all()];
    let companies = state.companies().ids();
    filters.extend(companies.map(|id| Wanted {
        company: Some(id),
        ..all()
    }));
    let statuses = match facet {
        Facet::User => [
            Status::Active,
            Status::Invited,
            Status::Suspended,
            Status::Deactivated,
        ],
        Facet::Customer => [
            Status::Active,
            Status::Unconfirmed,
            Status::Deactivated,
            Status::Active,
        ],
    };
    filters.extend(statuses.map(|status| Wanted {
        status: Some(status),
        ..all()
    }));
    // A further word of a name, an address, and the name of a company, which begins with what all of them begin with.
    let texts = ["LEE", "ann", "1.", "company", "company 8", "nobody"];
    filters.extend(texts.map(|text| Wanted {
        text: Some(text.to_owned()),
        ..all()
    }));
    filters.extend(state.companies().ids().map(|id| Wanted {
        text: Some("a".to_owned()),
        company: Some(id),
        ..all()
    }));
    for service in state.services().ids() {
        let tie = match facet {
            Facet::User => Tie::Service(service, ServiceLevel::User),
            Facet::Customer => Tie::Customer(service, CustomerAccess::Portal),
        };
        let stored = [Stored::Nothing(service), Stored::Tie(service, tie)];
        filters.extend(stored.map(|stored| Wanted {
            stored: Some(stored),
            ..all()
        }));
        let mut ways = vec![Ways::Any];
        if facet == Facet::User {
            ways.push(Ways::Groups);
            ways.extend(state.groups().ids().map(Ways::Group));
        } else {
            ways.push(Ways::Companies);
        }
        filters.extend(ways.into_iter().map(|by| Wanted {
            access: Some(Access { service, by }),
            ..all()
        }));
    }
    match facet {
        Facet::User => {
            let roles = state.roles().ids();
            filters.extend(roles.map(|id| Wanted {
                role: Some(id),
                ..all()
            }));
            let groups = state.user_groups().ids();
            filters.extend(groups.map(|id| Wanted {
                user_group: Some(id),
                ..all()
            }));
            let licences = state.licences().ids();
            filters.extend(licences.map(|id| Wanted {
                licence: Some(id),
                ..all()
            }));
        }
        Facet::Customer => {
            let levels = [
                PortalLevel::None,
                PortalLevel::Standard,
                PortalLevel::CompanyAdmin,
            ];
            filters.extend(levels.map(|level| Wanted {
                level: Some(level),
                ..all()
            }));
        }
    }
    filters
}

/// The same, read plainly.
pub fn fits(view: &View<'_>, wanted: &Wanted, keys: &[(String, String)], person: PersonId) -> bool {
    let state = view.state();
    let row = state.people().get(person).unwrap();
    let has = |tie: Tie| state.ties_at(row, view.now()).any(|(one, _)| one == tie);
    let sees = match wanted.facet {
        Facet::User => view.sees_as_user(person),
        Facet::Customer => view.sees_as_customer(person),
    };
    let in_group = |group: UserGroupId| {
        let below = state.user_groups_below(group);
        below.into_iter().any(|group| has(Tie::UserGroup(group)))
    };
    let status = match wanted.facet {
        Facet::User => match view.user_status(person) {
            UserStatus::Active => Some(Status::Active),
            UserStatus::Invited => Some(Status::Invited),
            UserStatus::Suspended => Some(Status::Suspended),
            UserStatus::Deactivated => Some(Status::Deactivated),
            UserStatus::Absent => None,
        },
        Facet::Customer => match row.customer {
            CustomerFacet::Active => Some(Status::Active),
            CustomerFacet::Unconfirmed => Some(Status::Unconfirmed),
            CustomerFacet::Deactivated => Some(Status::Deactivated),
            CustomerFacet::Absent => None,
        },
    };
    let of_service = |tie: &Tie, service| match (tie, wanted.facet) {
        (Tie::Service(of, _), Facet::User) | (Tie::Customer(of, _), Facet::Customer) => {
            *of == service
        }
        _ => false,
    };
    let is_stored = |stored: Stored| match stored {
        Stored::Tie(_, tie) => row.ties.contains(&tie),
        Stored::Nothing(service) => !row.ties.iter().any(|tie| of_service(tie, service)),
    };
    let is_found = |text: &String| {
        let text = text.to_lowercase();
        let (name, address) = &keys[person.index()];
        let company = row.company.filter(|company| view.sees(*company));
        let mut words: Vec<String> = vec![address.clone(), name.clone()];
        words.extend(name.split(' ').map(str::to_owned));
        words.extend(company.map(company_name));
        words.iter().any(|word| word.starts_with(&text))
    };
    sees && wanted.stored.is_none_or(is_stored)
        && wanted.text.as_ref().is_none_or(is_found)
        && wanted.company.is_none_or(|id| row.company == Some(id))
        && wanted.role.is_none_or(|id| row.account_role == id)
        && wanted.level.is_none_or(|level| row.portal_level == level)
        && wanted.licence.is_none_or(|id| has(Tie::Licence(id)))
        && wanted.user_group.is_none_or(in_group)
        && wanted.status.is_none_or(|wanted| status == Some(wanted))
        && wanted
            .access
            .is_none_or(|access| has_access(view, wanted.facet, access, person))
}

/// SD-10, SD-11.
fn has_access(view: &View<'_>, facet: Facet, access: Access, person: PersonId) -> bool {
    let view = view.state().view(Subject::Person(person), view.now());
    if facet == Facet::Customer {
        let found = view.selectable(person, access.service);
        let by_company = |way: &Through| matches!(way, Through::Company(_));
        return found.selectable
            && match access.by {
                Ways::Companies => found.through.iter().any(by_company),
                _ => true,
            };
    }
    let decision = view.decide(Permission::ServiceDeskRecordCreate, access.service.into());
    let through = |wanted: Option<GroupId>| {
        decision.paths.iter().any(|path| match path.through {
            Through::Group(group) => wanted.is_none_or(|wanted| wanted == group),
            _ => false,
        })
    };
    decision.allowed
        && match access.by {
            Ways::Any => true,
            Ways::Groups => through(None),
            Ways::Group(group) => through(Some(group)),
            Ways::Companies => false,
        }
}

/// By what somebody stands where they stand.
pub type Keys = (usize, String, String, u32);

pub fn key(view: &View<'_>, wanted: &Wanted, keys: &[(String, String)], person: PersonId) -> Keys {
    let row = view.state().people().get(person).unwrap();
    let (name, address) = keys[person.index()].clone();
    let number = person.number();
    match wanted.sort {
        Sort::Name => (0, String::new(), name, number),
        Sort::Address => (0, String::new(), address, number),
        Sort::Newest => (0, String::new(), String::new(), u32::MAX - number),
        Sort::Company => match row.company.filter(|company| view.sees(*company)) {
            Some(company) => (0, company_name(company), name, number),
            None => (1, String::new(), name, number),
        },
        Sort::Rank => match wanted.facet {
            Facet::Customer => (3 - row.portal_level as usize, String::new(), name, number),
            Facet::User if !view.sees(RoleId::SUPER_ADMIN) => (0, String::new(), name, number),
            Facet::User if row.account_role.is_member() => {
                (usize::MAX, String::new(), name, number)
            }
            Facet::User => (row.account_role.index(), String::new(), name, number),
        },
    }
}
