//! SD-9, SD-11 to SD-16, and RULES §7 *selectable* and *portal open*.

use access::event::Node;
use access::state::{CustomerAccess, PortalLevel, Tie};
use access::{CompanyId, Moment, Permission, PersonId, ServiceId, Target};

use super::World;

impl World {
    /// Whether the customer may be chosen as an incident's customer of this service.
    pub fn selectable(&self, person: PersonId, service: ServiceId, now: Moment) -> bool {
        self.open
            && self.active
            && self.is_active_customer(person)
            && self.is_active(Node::Service(service))
            && (!self.own_access(person, service, now).is_empty()
                || self.company_has(person, service))
    }

    pub(super) fn portal_opens(
        &self,
        person: PersonId,
        permission: Permission,
        target: Target,
        now: Moment,
    ) -> bool {
        let admin = self.people[&person].portal_level == PortalLevel::CompanyAdmin;
        match (permission, target) {
            (
                Permission::PortalIncidentViewCompany | Permission::PortalIncidentModifyCompany,
                Target::Service(service),
            ) => {
                admin
                    && self.active_company(person).is_some()
                    && self.portal_is_open(person, service, now)
            }
            (_, Target::Service(service)) => self.portal_is_open(person, service, now),
            // RULES §7: on an incident of a company that the customer is Company Admin of …
            (
                Permission::PortalIncidentViewCompany | Permission::PortalIncidentModifyCompany,
                Target::Record(record),
            ) => {
                admin
                    && self.portal_is_open(person, record.service, now)
                    && record.company.is_some()
                    && self.active_company(person) == record.company
            }
            // … and on the own one.
            (Permission::PortalIncidentView, Target::Record(record)) => {
                self.portal_is_open(person, record.service, now) && record.customer == Some(person)
            }
            _ => false,
        }
    }

    fn portal_is_open(&self, person: PersonId, service: ServiceId, now: Moment) -> bool {
        let own = self.own_access(person, service, now);
        let level = self.people[&person].portal_level;
        let by_company = matches!(level, PortalLevel::Company | PortalLevel::CompanyAdmin)
            && self.company_has(person, service)
            && !own.contains(&CustomerAccess::NoPortal);
        self.is_active(Node::Service(service))
            && level != PortalLevel::None
            && (own.contains(&CustomerAccess::Portal) || by_company)
    }

    /// SD-11: what was set for this customer on this service.
    fn own_access(&self, person: PersonId, service: ServiceId, now: Moment) -> Vec<CustomerAccess> {
        self.ties(person, now)
            .into_iter()
            .filter_map(|tie| match tie {
                Tie::Customer(of, access) if of == service => Some(access),
                _ => None,
            })
            .collect()
    }

    fn active_company(&self, person: PersonId) -> Option<CompanyId> {
        self.people
            .get(&person)?
            .company
            .filter(|company| self.is_active(Node::Company(*company)))
    }

    /// SD-9.
    fn company_has(&self, person: PersonId, service: ServiceId) -> bool {
        self.active_company(person)
            .is_some_and(|company| self.company_access.contains(&(company, service)))
    }
}
