//! The customer portal and the choice of a record's customer (SD-9, SD-11 to SD-16).

use smallvec::SmallVec;

use super::status::customer_gate;
use super::{
    By, Decision, Gate, Gates, Over, Path, Paths, Reason, RecordFacts, Subject, Target, Through,
    View, life, until,
};
use crate::catalogue::{Permission, PermissionSet, sets};
use crate::ids::{CompanyId, PersonId, ServiceId};
use crate::idset::IdSet;
use crate::state::{CustomerAccess, Facet, Person, PortalLevel, Tie};

/// Whether somebody can be chosen as the customer of a service's record (SD-11), and by which ways.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Selectable {
    /// Yes or no.
    pub selectable: bool,
    /// Own access, and the company's.
    pub through: SmallVec<[Through; 2]>,
}

impl View<'_> {
    /// Whether a person can be chosen as customer of a service's record, and by which ways.
    pub fn selectable(&self, customer: PersonId, service: ServiceId) -> Selectable {
        let decision = self.choice_of_customer(customer, service);
        let mut answer = Selectable {
            selectable: decision.allowed,
            through: SmallVec::new(),
        };
        for path in decision.paths {
            if !answer.through.contains(&path.through) {
                answer.through.push(path.through);
            }
        }
        answer
    }

    /// The same with gates and paths: own access of either kind, or the active company has the service. Deactivated and unconfirmed
    /// customers cannot be chosen (SD-11). It is no permission of the customer's: whoever chooses needs theirs besides.
    pub fn choice_of_customer(&self, customer: PersonId, service: ServiceId) -> Decision {
        let row = self.state.people().get(customer);
        let row = row.filter(|row| row.is_user() || row.is_customer());
        let mut gates = Gates::default();
        gates.ask(Gate::Account, self.account_gate());
        let person = row.map_or(Err(Reason::UnknownSubject), customer_gate);
        gates.ask(Gate::Person, person);
        let asked = self.state.services().get(service);
        gates.ask(Gate::Resource, life(asked.map(|row| row.life)));
        let over = Over::Service(service);
        let mut paths = Paths::new();
        if let Some(row) = row {
            let own = self.own_access(row, service);
            paths.extend(own.map(|(access, window)| Path {
                through: Through::Direct,
                by: By::CustomerAccess(access),
                over,
                until: until(window),
            }));
            let company = self.company_with(row, service);
            paths.extend(company.map(|company| Path {
                through: Through::Company(company),
                by: By::CompanyService,
                over,
                until: None,
            }));
        }
        let held = if paths.is_empty() {
            Err(Reason::NotHeld)
        } else {
            Ok(())
        };
        gates.ask(Gate::Permission, held);
        Decision {
            allowed: gates.all_pass(),
            version: self.state.version(),
            decided_at: self.now,
            gates,
            paths,
        }
    }

    /// SD-11, SD-37: mails about one's own incident go out to, and are taken from, whoever is selectable in its service. Mail is a way of its own
    /// beside the portal; whoever looks on as somebody (AD-27), or has one facet alone, is left with the portal's.
    pub(super) fn follows_by_mail(&self, incident: RecordFacts) -> Decision {
        let (Subject::Person(me), None, None) = (self.subject, self.viewer, self.facet) else {
            return self.decide(Permission::PortalIncidentView, incident.into());
        };
        let mut decision = self.choice_of_customer(me, incident.service);
        let own = if incident.customer == Some(me) {
            Ok(())
        } else {
            Err(Reason::OutOfScope)
        };
        decision.allowed &= decision.gates.ask(Gate::Scope, own);
        decision
    }

    /// The customer's own settings on a service: one stored value, and perhaps timed ones.
    fn own_access<'a>(
        &'a self,
        row: &'a Person,
        service: ServiceId,
    ) -> impl Iterator<Item = (CustomerAccess, crate::moment::Window)> + 'a {
        self.state
            .ties_at(row, self.now)
            .filter_map(move |(tie, window)| match tie {
                Tie::Customer(of, access) if of == service => Some((access, window)),
                _ => None,
            })
    }

    /// The person's company, if it is active and has the service (SD-9).
    fn company_with(&self, row: &Person, service: ServiceId) -> Option<CompanyId> {
        let company = row.company?;
        let found = self.state.companies().get(company)?;
        (found.life.is_active() && found.services.contains(service)).then_some(company)
    }

    /// The person's company, if it is active (AD-25).
    pub(crate) fn active_company(&self) -> Option<CompanyId> {
        let company = self.person_as(Facet::Customer)?.company?;
        let found = self.state.companies().get(company)?;
        found.life.is_active().then_some(company)
    }

    /// Whether the customer has Access (portal) to an active service, whatever the portal level (SD-25).
    pub(crate) fn has_portal_service(&self) -> bool {
        let ties = self.person_as(Facet::Customer).into_iter();
        ties.flat_map(|row| self.state.ties_at(row, self.now))
            .any(|(tie, _)| match tie {
                Tie::Customer(service, CustomerAccess::Portal) => self
                    .state
                    .services()
                    .get(service)
                    .is_some_and(|row| row.life.is_active()),
                _ => false,
            })
    }

    /// What the portal shows to the customer: the services that are open, and what the level gives there.
    pub(crate) fn portal_opens(&self) -> (IdSet<ServiceId>, PermissionSet) {
        let Some(row) = self.person_as(Facet::Customer) else {
            return (IdSet::default(), PermissionSet::EMPTY);
        };
        let own = self
            .state
            .ties_at(row, self.now)
            .filter_map(|(tie, _)| match tie {
                Tie::Customer(service, _) => Some(service),
                _ => None,
            });
        let company = self.active_company();
        let of_company = company.and_then(|company| self.state.companies().get(company));
        let open: IdSet<ServiceId> = own
            .chain(of_company.into_iter().flat_map(|row| row.services.iter()))
            .filter(|service| self.may(Permission::PortalIncidentView, *service))
            .collect();
        let gives = level_gives(row.portal_level).iter();
        let gives = gives.filter(|given| !open.is_empty() && self.is_about_something(*given));
        let gives = gives.fold(PermissionSet::EMPTY, PermissionSet::with);
        (open, gives)
    }

    pub(super) fn portal_paths(&self, permission: Permission, on: Target, paths: &mut Paths) {
        let (Subject::Person(me), Some(row)) = (self.subject, self.person_as(Facet::Customer))
        else {
            return;
        };
        if !level_gives(row.portal_level).contains(permission) {
            return;
        }
        let service = match on {
            Target::Service(service) if self.is_about_something(permission) => service,
            Target::Record(facts) if self.is_mine(me, permission, facts) => facts.service,
            _ => return,
        };
        let mut closed_by_hand = false;
        for (access, window) in self.own_access(row, service) {
            match access {
                CustomerAccess::Portal => {
                    let by = By::CustomerAccess(access);
                    paths.push(Path {
                        through: Through::Direct,
                        by,
                        over: Over::Service(service),
                        until: until(window),
                    });
                }
                CustomerAccess::NoPortal => closed_by_hand = true,
            }
        }
        // SD-15: the company's services too, unless Access (no portal) set by hand closes this one.
        let by_company = row.portal_level >= PortalLevel::Company && !closed_by_hand;
        if let Some(company) = self.company_with(row, service).filter(|_| by_company) {
            let by = By::PortalLevel(row.portal_level);
            paths.push(Path {
                through: Through::Company(company),
                by,
                over: Over::Service(service),
                until: None,
            });
        }
    }

    /// SD-16: without an active company there are no incidents of the company.
    fn is_about_something(&self, permission: Permission) -> bool {
        !is_about_company(permission) || self.active_company().is_some()
    }

    /// RULES §7: the own incident, or as Company Admin one of the same company. The other permissions are about services.
    fn is_mine(&self, me: PersonId, permission: Permission, facts: RecordFacts) -> bool {
        if is_about_company(permission) {
            facts.company.is_some() && facts.company == self.active_company()
        } else {
            permission == Permission::PortalIncidentView && facts.customer == Some(me)
        }
    }

    /// Whether the portal level gives it on services that are open: whether any is, is not asked here.
    pub(super) fn portal_somewhere(&self, permission: Permission) -> bool {
        let row = self.person_as(Facet::Customer);
        row.is_some_and(|row| level_gives(row.portal_level).contains(permission))
    }

    pub(super) fn why_no_portal_path(
        &self,
        permission: Permission,
    ) -> (Result<(), Reason>, Result<(), Reason>, Result<(), Reason>) {
        match self.person() {
            Some(row) if row.portal_level == PortalLevel::None => {
                (Err(Reason::PortalClosed), Ok(()), Ok(()))
            }
            Some(row) if level_gives(row.portal_level).contains(permission) => {
                (Ok(()), Err(Reason::OutOfScope), Ok(()))
            }
            _ => (Err(Reason::NotHeld), Ok(()), Ok(())),
        }
    }
}

fn is_about_company(permission: Permission) -> bool {
    matches!(
        permission,
        Permission::PortalIncidentViewCompany | Permission::PortalIncidentModifyCompany
    )
}

/// What a portal level gives on the services that are open (SD-14 to SD-16).
fn level_gives(level: PortalLevel) -> PermissionSet {
    match level {
        PortalLevel::None => PermissionSet::EMPTY,
        PortalLevel::Standard => sets::PORTAL_STANDARD,
        PortalLevel::Company => sets::PORTAL_COMPANY,
        PortalLevel::CompanyAdmin => sets::PORTAL_COMPANY_ADMIN,
    }
}
