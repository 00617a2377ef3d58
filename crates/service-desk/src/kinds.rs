//! The four kinds of rows that a service's people have (SD-2): what is stored of each, what can be chosen, and the command that saves it.

use access::{
    Command, CompanyId, GroupId, PersonId, ServiceId,
    explain::words::Name,
    state::{CustomerAccess, Facet, ServiceLevel, State, Tie},
};
use web::{lists::Stored, session::Session, things::Thing};

/// What is chosen where nothing is stored.
pub(crate) const NONE: Choice = Choice {
    code: "none",
    label: "No access",
    weight: "",
};
const FULL: Choice = Choice {
    code: "full",
    label: "Full access",
    weight: "full",
};
pub(crate) const ADMINISTRATOR: Choice = Choice {
    code: "administrator",
    label: "Administrator",
    weight: "full",
};
pub(crate) const USER: Choice = Choice {
    code: "user",
    label: "User",
    weight: "some",
};
pub(crate) const PORTAL: Choice = Choice {
    code: "portal",
    label: "Access (portal)",
    weight: "full",
};
pub(crate) const NO_PORTAL: Choice = Choice {
    code: "no_portal",
    label: "Access (no portal)",
    weight: "some",
};

/// A level of access as a page offers it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Choice {
    /// In forms and addresses.
    pub code: &'static str,
    /// In words: the article's (S2).
    pub label: &'static str,
    /// The more it opens, the more ink: a class of the stylesheet.
    pub weight: &'static str,
}

/// One of the four tabs.
pub(crate) trait Kind: Send + Sync + 'static {
    /// What its rows are.
    type Thing: Thing;
    /// In paths.
    const CODE: &'static str;
    /// On the screen.
    const LABEL: &'static str;
    /// One row of it, in running text.
    const ONE: &'static str;
    /// The first page of the tab.
    const PATH: &'static str;
    /// What can be chosen, the highest first.
    const CHOICES: &'static [&'static Choice];

    /// Which people the rows are; `None`: they are no people.
    const FACET: Option<Facet> = None;

    /// The filter on what is stored, for lists of people.
    fn filter(service: ServiceId, choice: &Choice) -> Option<Stored> {
        let _ = (service, choice);
        None
    }

    /// Whether such a thing is listed here.
    fn is_listed(state: &State, thing: Self::Thing) -> bool;
    /// What is stored for ever.
    fn stored(session: &Session, service: ServiceId, thing: Self::Thing) -> &'static Choice;
    /// As names are read.
    fn name(thing: Self::Thing) -> Name;
    /// What saves these rows, and no others (SD-18).
    fn save(service: ServiceId, rows: Vec<(Self::Thing, &'static Choice)>) -> Command;

    /// The choice of a code.
    fn choice(code: &str) -> Option<&'static Choice> {
        Self::CHOICES
            .iter()
            .copied()
            .find(|choice| choice.code == code)
    }
}

/// Staff, with a level of their own.
pub(crate) struct Users;
/// Groups, whose members have User access.
pub(crate) struct Groups;
/// Customers, with an access of their own.
pub(crate) struct Customers;
/// Companies, whose people have the service.
pub(crate) struct Companies;

impl Kind for Users {
    type Thing = PersonId;
    const CODE: &'static str = "users";
    const LABEL: &'static str = "Users";
    const ONE: &'static str = "user";
    const PATH: &'static str = "/configure/services/{service}";
    const CHOICES: &'static [&'static Choice] = &[&ADMINISTRATOR, &USER, &NONE];
    const FACET: Option<Facet> = Some(Facet::User);

    fn filter(service: ServiceId, choice: &Choice) -> Option<Stored> {
        Some(match level(choice) {
            None => Stored::Nothing(service),
            Some(level) => Stored::Tie(service, Tie::Service(service, level)),
        })
    }

    fn is_listed(state: &State, person: PersonId) -> bool {
        state
            .people()
            .get(person)
            .is_some_and(access::state::Person::is_user)
    }

    fn stored(session: &Session, service: ServiceId, person: PersonId) -> &'static Choice {
        let own = own(session, person, |tie| match tie {
            Tie::Service(of, level) if of == service => Some(level),
            _ => None,
        });
        match own {
            Some(ServiceLevel::Administrator) => &ADMINISTRATOR,
            Some(ServiceLevel::User) => &USER,
            None => &NONE,
        }
    }

    fn name(person: PersonId) -> Name {
        Name::Person(person)
    }

    fn save(service: ServiceId, rows: Vec<(PersonId, &'static Choice)>) -> Command {
        let rows = rows.into_iter();
        Command::SaveUsersTab {
            service,
            rows: rows
                .map(|(person, choice)| (person, level(choice)))
                .collect(),
        }
    }
}

impl Kind for Customers {
    type Thing = PersonId;
    const CODE: &'static str = "customers";
    const LABEL: &'static str = "Customers";
    const ONE: &'static str = "customer";
    const PATH: &'static str = "/configure/services/{service}/customers";
    const CHOICES: &'static [&'static Choice] = &[&PORTAL, &NO_PORTAL, &NONE];
    const FACET: Option<Facet> = Some(Facet::Customer);

    fn filter(service: ServiceId, choice: &Choice) -> Option<Stored> {
        Some(match access(choice) {
            None => Stored::Nothing(service),
            Some(access) => Stored::Tie(service, Tie::Customer(service, access)),
        })
    }

    fn is_listed(state: &State, person: PersonId) -> bool {
        state
            .people()
            .get(person)
            .is_some_and(access::state::Person::is_customer)
    }

    fn stored(session: &Session, service: ServiceId, person: PersonId) -> &'static Choice {
        let own = own(session, person, |tie| match tie {
            Tie::Customer(of, access) if of == service => Some(access),
            _ => None,
        });
        match own {
            Some(CustomerAccess::Portal) => &PORTAL,
            Some(CustomerAccess::NoPortal) => &NO_PORTAL,
            None => &NONE,
        }
    }

    fn name(person: PersonId) -> Name {
        Name::Person(person)
    }

    fn save(service: ServiceId, rows: Vec<(PersonId, &'static Choice)>) -> Command {
        let rows = rows.into_iter();
        Command::SaveCustomersTab {
            service,
            rows: rows
                .map(|(person, choice)| (person, access(choice)))
                .collect(),
        }
    }
}

macro_rules! full_or_none {
    ($kind:ident of $thing:ident in $table:ident, $code:literal $label:literal $one:literal $command:ident) => {
        impl Kind for $kind {
            type Thing = $thing;
            const CODE: &'static str = $code;
            const LABEL: &'static str = $label;
            const ONE: &'static str = $one;
            const PATH: &'static str = concat!("/configure/services/{service}/", $code);
            const CHOICES: &'static [&'static Choice] = &[&FULL, &NONE];

            fn is_listed(_: &State, _: $thing) -> bool {
                true
            }

            fn stored(session: &Session, service: ServiceId, thing: $thing) -> &'static Choice {
                let row = session.state().$table().get(thing);
                if row.is_some_and(|row| row.services.contains(service)) {
                    &FULL
                } else {
                    &NONE
                }
            }

            fn name(thing: $thing) -> Name {
                thing.into_name()
            }

            fn save(service: ServiceId, rows: Vec<($thing, &'static Choice)>) -> Command {
                let rows = rows.into_iter();
                Command::$command {
                    service,
                    rows: rows
                        .map(|(thing, choice)| (thing, *choice == FULL))
                        .collect(),
                }
            }
        }
    };
}

full_or_none!(Groups of GroupId in groups, "groups" "Groups" "group" SaveGroupsTab);
full_or_none!(Companies of CompanyId in companies, "companies" "Companies" "company" SaveCompaniesTab);

trait IntoName {
    fn into_name(self) -> Name;
}

impl IntoName for GroupId {
    fn into_name(self) -> Name {
        Name::Group(self)
    }
}

impl IntoName for CompanyId {
    fn into_name(self) -> Name {
        Name::Company(self)
    }
}

fn level(choice: &Choice) -> Option<ServiceLevel> {
    match choice.code {
        "administrator" => Some(ServiceLevel::Administrator),
        "user" => Some(ServiceLevel::User),
        _ => None,
    }
}

fn access(choice: &Choice) -> Option<CustomerAccess> {
    match choice.code {
        "portal" => Some(CustomerAccess::Portal),
        "no_portal" => Some(CustomerAccess::NoPortal),
        _ => None,
    }
}

/// What a person's own ties say for ever about the service.
fn own<A>(session: &Session, person: PersonId, pick: impl Fn(Tie) -> Option<A>) -> Option<A> {
    let state = session.state();
    let row = state.people().get(person)?;
    state
        .ties_of(row)
        .filter(|(_, window, _)| window.is_always())
        .find_map(|(tie, ..)| pick(tie))
}
