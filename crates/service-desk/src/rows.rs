//! What somebody really has, beside what is stored: decisions, and the ways that lead to them.

use access::{
    CompanyId, Decision, GroupId, Permission, PersonId, ServiceId, Subject, Target,
    decide::Through,
    explain::words::{self, Name},
};
use web::{page::names::Names, session::Session};

use crate::kinds::{Companies, Customers, Groups, Kind, Users};

/// What one row of a tab shows beside the choice.
#[derive(Debug, Default)]
pub(crate) struct Has {
    /// The level that counts.
    pub label: String,
    /// Whether it opens anything.
    pub opens: bool,
    /// By what else it comes than by what is stored here.
    pub through: Vec<String>,
    /// Every way, and what would remain.
    pub paths: Vec<String>,
    /// What would remain without what is stored here.
    pub without: Option<String>,
    /// Why what is stored opens nothing.
    pub closed: Option<String>,
}

/// A kind whose rows say what they have.
pub(crate) trait Shown: Kind {
    /// The column's heading.
    const HAS: &'static str;
    /// The names that are needed to say it.
    fn names(session: &Session, service: ServiceId, thing: Self::Thing) -> Vec<Name>;
    /// What it has.
    fn has(session: &Session, names: &Names<'_>, service: ServiceId, thing: Self::Thing) -> Has;
}

fn decided(
    session: &Session,
    person: PersonId,
    permission: Permission,
    service: ServiceId,
) -> Decision {
    let view = session.state().view(Subject::Person(person), session.now());
    view.decide(permission, Target::Service(service))
}

impl Shown for Users {
    const HAS: &'static str = "Has";

    fn names(session: &Session, service: ServiceId, person: PersonId) -> Vec<Name> {
        let decision = decided(
            session,
            person,
            Permission::ServiceDeskRecordCreate,
            service,
        );
        let mut names = vec![Name::Person(person)];
        names.extend(decision.paths.iter().filter_map(|path| match path.through {
            Through::Group(group) => Some(Name::Group(group)),
            _ => None,
        }));
        names
    }

    fn has(session: &Session, names: &Names<'_>, service: ServiceId, person: PersonId) -> Has {
        let all = decided(
            session,
            person,
            Permission::ServiceDeskRecordDelete,
            service,
        );
        let some = decided(
            session,
            person,
            Permission::ServiceDeskRecordCreate,
            service,
        );
        let (label, opens) = match (all.allowed, some.allowed) {
            (true, _) => ("Administrator", true),
            (false, true) => ("User", true),
            (false, false) => ("No access", false),
        };
        let through: Vec<_> = some
            .paths
            .iter()
            .filter_map(|path| match path.through {
                Through::Group(group) => Some(names.text(Name::Group(group))),
                _ => None,
            })
            .collect();
        let paths = some.paths.iter().map(|path| {
            let by = names.phrase(&words::by(path.by));
            format!("{}: {by}", names.phrase(&words::through(path.through)))
        });
        let is_direct = some
            .paths
            .iter()
            .any(|path| path.through == Through::Direct);
        let without = (is_direct && opens).then(|| {
            if through.is_empty() {
                "without the direct setting: No access".to_owned()
            } else {
                "without the direct setting: User".to_owned()
            }
        });
        Has {
            label: label.to_owned(),
            opens,
            paths: paths.collect(),
            without,
            closed: closed(names, &some),
            through,
        }
    }
}

/// Why nothing opens although something is held.
fn closed(names: &Names<'_>, decision: &Decision) -> Option<String> {
    if decision.allowed || decision.paths.is_empty() {
        return None;
    }
    let failed = decision.gates.failed();
    let (_, reason) = failed.first()?;
    Some(names.phrase(&words::reason(*reason)))
}

impl Shown for Customers {
    const HAS: &'static str = "Portal";

    fn names(session: &Session, service: ServiceId, person: PersonId) -> Vec<Name> {
        let selectable = session.view().selectable(person, service);
        let mut names = vec![Name::Person(person)];
        names.extend(selectable.through.iter().filter_map(company));
        names
    }

    fn has(session: &Session, names: &Names<'_>, service: ServiceId, person: PersonId) -> Has {
        let portal = decided(session, person, Permission::PortalIncidentLog, service);
        let selectable = session.view().selectable(person, service);
        let label = match (portal.allowed, selectable.selectable) {
            (true, _) => "Open",
            (false, true) => "Closed, selectable",
            (false, false) => "Closed",
        };
        let through = selectable.through.iter().filter_map(company);
        let paths = selectable
            .through
            .iter()
            .map(|through| names.phrase(&words::through(*through)));
        Has {
            label: label.to_owned(),
            opens: portal.allowed,
            through: through.map(|name| names.text(name)).collect(),
            paths: paths.collect(),
            without: None,
            closed: closed(names, &portal),
        }
    }
}

fn company(through: &Through) -> Option<Name> {
    match through {
        Through::Company(company) => Some(Name::Company(*company)),
        _ => None,
    }
}

/// How many people a thing of several reaches.
fn reach(count: usize, is_active: bool) -> Has {
    let people = if count == 1 { "person" } else { "people" };
    Has {
        label: format!("{count} {people}"),
        opens: is_active && count > 0,
        closed: (!is_active).then(|| "archived: gives nothing".to_owned()),
        ..Has::default()
    }
}

impl Shown for Groups {
    const HAS: &'static str = "Members";

    fn names(_: &Session, _: ServiceId, group: GroupId) -> Vec<Name> {
        vec![Name::Group(group)]
    }

    fn has(session: &Session, _: &Names<'_>, _: ServiceId, group: GroupId) -> Has {
        let row = session.state().groups().get(group);
        row.map_or_else(Has::default, |row| {
            reach(row.members.len(), row.life.is_active())
        })
    }
}

impl Shown for Companies {
    const HAS: &'static str = "Reaches";

    fn names(_: &Session, _: ServiceId, company: CompanyId) -> Vec<Name> {
        vec![Name::Company(company)]
    }

    fn has(session: &Session, _: &Names<'_>, _: ServiceId, company: CompanyId) -> Has {
        let row = session.state().companies().get(company);
        row.map_or_else(Has::default, |row| {
            reach(row.employees.len(), row.life.is_active())
        })
    }
}
