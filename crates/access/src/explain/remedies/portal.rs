//! What opens the portal (SD-11 to SD-16).

use super::{Case, Change};
use crate::catalogue::{PermissionSet, sets};
use crate::command::Command;
use crate::decide::{RecordFacts, Target};
use crate::event::Node;
use crate::ids::{CompanyId, PersonId, ServiceId};
use crate::state::{CustomerAccess, Life, Person, PortalLevel};

/// What each level gives, from the least on.
const LEVELS: [(PortalLevel, PermissionSet); 3] = [
    (PortalLevel::Standard, sets::PORTAL_STANDARD),
    (PortalLevel::Company, sets::PORTAL_COMPANY),
    (PortalLevel::CompanyAdmin, sets::PORTAL_COMPANY_ADMIN),
];

impl Case<'_> {
    pub(super) fn portal(&self) -> Vec<Change> {
        let Some((person, row)) = self.person() else {
            return Vec::new();
        };
        let (Target::Service(service) | Target::Record(RecordFacts { service, .. })) =
            self.target()
        else {
            return Vec::new();
        };
        // Levels from the first that gives the permission at all; a higher one reaches more services.
        let higher = LEVELS
            .into_iter()
            .filter(|(level, gives)| *level > row.portal_level && gives.contains(self.permission()))
            .map(|(level, _)| {
                vec![Command::SetPortalLevel {
                    people: vec![person],
                    level,
                    bulk: false,
                }]
            });
        let mut changes: Vec<Change> = higher.collect();
        let suffices = LEVELS
            .into_iter()
            .any(|(level, gives)| level == row.portal_level && gives.contains(self.permission()));
        if suffices {
            changes.push(vec![Command::SaveCustomersTab {
                service,
                rows: vec![(person, Some(CustomerAccess::Portal))],
            }]);
            changes.extend(row.company.and_then(|own| self.by_company(own, service)));
            changes.extend(self.other_companies(person, row, service));
        }
        changes
    }

    /// SD-11: an access of the customer's own, first the one that opens nothing else, or the company's.
    pub(super) fn choosable(&self, service: ServiceId) -> Vec<Change> {
        let Some((person, row)) = self.person() else {
            return Vec::new();
        };
        let own = [CustomerAccess::NoPortal, CustomerAccess::Portal].map(|access| {
            vec![Command::SaveCustomersTab {
                service,
                rows: vec![(person, Some(access))],
            }]
        });
        let mut changes = Vec::from(own);
        changes.extend(row.company.and_then(|own| self.by_company(own, service)));
        changes.extend(self.other_companies(person, row, service));
        changes
    }

    /// SD-9: the service for the own company, or the own company back.
    fn by_company(&self, company: CompanyId, service: ServiceId) -> Option<Change> {
        let row = self.state.companies().get(company)?;
        match row.life {
            Life::Archived => Some(vec![Command::Restore {
                node: Node::Company(company),
            }]),
            Life::Active if !row.services.contains(service) => {
                Some(vec![Command::SaveCompaniesTab {
                    service,
                    rows: vec![(company, true)],
                }])
            }
            _ => None,
        }
    }

    /// Employment: for an incident by its company, otherwise by the first one that has the service.
    fn other_companies(
        &self,
        person: PersonId,
        row: &Person,
        service: ServiceId,
    ) -> Option<Change> {
        let company = match self.target() {
            Target::Record(facts) => facts.company,
            _ => {
                let has = self
                    .state
                    .services()
                    .get(service)
                    .map(|row| &row.companies)?;
                has.iter().next()
            }
        }?;
        (row.company != Some(company)).then(|| {
            vec![Command::SetEmployer {
                person,
                company: Some(company),
                move_from_other: row.company.is_some(),
            }]
        })
    }
}
