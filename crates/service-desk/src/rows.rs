//! What somebody really has, beside what is stored: decisions, and the ways that lead to them.

use access::{
    CompanyId, Decision, GroupId, Permission, PersonId, ServiceId, Subject, Target,
    decide::{Reason, Through},
    explain::words::{self, Name},
};
use web::{
    page::{names::Names, review::Idle},
    session::Session,
};

use crate::kinds::{Choice, Companies, Customers, Groups, Kind, NO_PORTAL, NONE, PORTAL, Users};

/// What one row of a tab shows beside the choice.
#[derive(Debug, Default)]
pub(crate) struct Has {
    /// The level that counts.
    pub label: String,
    /// Whether it opens anything.
    pub opens: bool,
    /// By what else it comes than by what is stored here.
    pub through: Vec<String>,
    /// Whether it comes by what is stored here, too.
    pub is_direct: bool,
    /// Every way, and what would remain.
    pub paths: Vec<String>,
    /// What would remain without what is stored here.
    pub without: Option<String>,
    /// Why it is closed.
    pub closed: Option<String>,
    /// Where that can be mended, if the reader can look there, and what the link says.
    pub mend: Option<(String, &'static str)>,
}

/// A kind whose rows say what they have.
pub(crate) trait Shown: Kind {
    /// The column's heading.
    const HAS: &'static str;
    /// The names that are needed to say it.
    fn names(session: &Session, service: ServiceId, thing: Self::Thing) -> Vec<Name>;
    /// What it has.
    fn has(session: &Session, names: &Names<'_>, service: ServiceId, thing: Self::Thing) -> Has;

    /// What it has by somebody else than itself where this is its own choice: "User by group Night shift". A review says both.
    fn shared(
        session: &Session,
        names: &Names<'_>,
        service: ServiceId,
        thing: Self::Thing,
        own: &Choice,
    ) -> Option<String> {
        let _ = (session, names, service, thing, own);
        None
    }

    /// Why what is wanted for it would open nothing now, or not all of what it says.
    fn idle(
        session: &Session,
        names: &Names<'_>,
        service: ServiceId,
        thing: Self::Thing,
        wanted: &Choice,
    ) -> Option<Idle> {
        let _ = (session, names, service, thing, wanted);
        None
    }
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
            mend: None,
            through,
            is_direct,
        }
    }

    fn shared(
        session: &Session,
        names: &Names<'_>,
        service: ServiceId,
        person: PersonId,
        own: &Choice,
    ) -> Option<String> {
        // SD-10: a group gives User access, and no own level takes that away.
        let works = Permission::ServiceDeskRecordCreate;
        let some = decided(session, person, works, service);
        let groups = some.paths.iter().filter_map(|path| match path.through {
            Through::Group(group) => Some(names.text(Name::Group(group))),
            _ => None,
        });
        let groups: Vec<_> = groups.collect();
        (some.allowed && *own == NONE && !groups.is_empty())
            .then(|| format!("User by group {}", groups.join(", ")))
    }

    fn idle(
        session: &Session,
        names: &Names<'_>,
        service: ServiceId,
        person: PersonId,
        _: &Choice,
    ) -> Option<Idle> {
        let works = Permission::ServiceDeskRecordCreate;
        let reason = Idle::reason(&decided(session, person, works, service))?;
        Some(Idle::because(names, person, reason))
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
        let is_level = !portal.allowed
            && !selectable.through.is_empty()
            && Idle::reason(&portal).is_none()
            && is_level_none(&portal);
        Has {
            label: label.to_owned(),
            opens: portal.allowed,
            through: through.map(|name| names.text(name)).collect(),
            is_direct: selectable.through.contains(&Through::Direct),
            paths: paths.collect(),
            without: None,
            closed: closed_portal(session, names, service, person, &portal),
            mend: (is_level || opens_by_level(session, person, service, &portal))
                .then(|| level_page(session, person))
                .flatten(),
        }
    }

    fn shared(
        session: &Session,
        names: &Names<'_>,
        service: ServiceId,
        person: PersonId,
        own: &Choice,
    ) -> Option<String> {
        // SD-11: without an own access the company's counts. What it would come to after a change is for the effect to say.
        if *own != NONE || *Self::stored(session, service, person) != NONE {
            return None;
        }
        let selectable = session.view().selectable(person, service);
        let company = selectable.through.iter().find_map(company)?;
        let portal = decided(session, person, Permission::PortalIncidentLog, service);
        let what = match (portal.allowed, selectable.selectable) {
            (true, _) => "portal open",
            (false, true) => "selectable",
            (false, false) => return None,
        };
        Some(format!("{what} by company {}", names.text(company)))
    }

    fn idle(
        session: &Session,
        names: &Names<'_>,
        service: ServiceId,
        person: PersonId,
        wanted: &Choice,
    ) -> Option<Idle> {
        let portal = decided(session, person, Permission::PortalIncidentLog, service);
        if let Some(reason) = Idle::reason(&portal) {
            return Some(Idle::because(names, person, reason));
        }
        // SD-13: with the level "none" the portal stays closed, whatever is set on a service.
        (*wanted == PORTAL && is_level_none(&portal)).then(|| Idle {
            partly: true,
            mend: level_page(session, person),
            ..Idle::because(names, person, Reason::PortalClosed)
        })
    }
}

fn is_level_none(portal: &Decision) -> bool {
    let mut failed = portal.gates.failed().iter();
    failed.any(|(_, reason)| *reason == Reason::PortalClosed)
}

/// SD-15: what comes with the company alone is opened by the level Company, and not by Standard.
fn opens_by_level(
    session: &Session,
    person: PersonId,
    service: ServiceId,
    portal: &Decision,
) -> bool {
    let through = session.view().selectable(person, service).through;
    let by_company = !through.is_empty() && through.iter().all(|one| *one != Through::Direct);
    !portal.allowed && by_company && Idle::reason(portal).is_none() && !is_level_none(portal)
}

/// Where the portal level is set.
fn level_page(session: &Session, person: PersonId) -> Option<(String, &'static str)> {
    let page = session.link(Name::Person(person))?;
    Some((format!("{page}#s-customer"), "Set a portal level"))
}

/// Why the portal is closed to a customer: each row says so, because "Access (portal)" alone does not open it.
fn closed_portal(
    session: &Session,
    names: &Names<'_>,
    service: ServiceId,
    person: PersonId,
    portal: &Decision,
) -> Option<String> {
    if portal.allowed {
        return None;
    }
    let through = session.view().selectable(person, service).through;
    let stored = Customers::stored(session, service, person);
    let reason = |reason: Reason| names.phrase(&words::reason(reason));
    if through.is_empty() {
        // "Closed" says it: nothing is set, and nothing comes with a company.
        return None;
    }
    let why = if let Some(found) = Idle::reason(portal) {
        reason(found)
    } else if is_level_none(portal) {
        reason(Reason::PortalClosed)
    } else if *stored == NO_PORTAL {
        format!("“{}” is set here", NO_PORTAL.label)
    } else if through.iter().all(|one| *one != Through::Direct) {
        // SD-15.
        "the portal level Standard opens nothing of the company: set it to Company to open it"
            .to_owned()
    } else {
        let failed = portal.gates.failed().first();
        failed.map(|(_, found)| reason(*found))?
    };
    Some(if *stored == PORTAL {
        format!("Stored, without effect: {why}")
    } else {
        why
    })
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
