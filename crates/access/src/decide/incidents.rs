//! Which incidents the portal shows to somebody: the filter that its lists and counts put into their statements. Which record is an incident is
//! for whoever keeps them to say: no other kind is in the portal.

use std::marker::PhantomData;

use super::permissions::{FollowByMail, LogIncident, ViewCompanyIncidents, ViewIncident};
use super::{PermissionType, RecordFacts, Subject, View};
use crate::ids::{CompanyId, PersonId, ServiceId};
use crate::state::{Facet, State};

/// The incidents that the portal shows: exactly those about which [`View::decide`] allows to view one's own (SD-14), or those of one's company
/// (SD-16). Made by the decision alone; it can be neither copied nor kept beyond the state.
#[derive(Debug)]
pub struct VisibleIncidents<'s> {
    own: Option<(PersonId, Vec<ServiceId>)>,
    of_company: Option<(CompanyId, Vec<ServiceId>)>,
    state: PhantomData<&'s State>,
}

impl VisibleIncidents<'_> {
    /// Whose own incidents are among them, and of which services, in ascending order; `None`: nobody's (AD-26).
    pub fn own(&self) -> Option<(PersonId, &[ServiceId])> {
        let (person, services) = self.own.as_ref()?;
        Some((*person, services))
    }

    /// Of which company all incidents are among them, and of which services, in ascending order; `None`: of none.
    pub fn of_company(&self) -> Option<(CompanyId, &[ServiceId])> {
        let (company, services) = self.of_company.as_ref()?;
        Some((*company, services))
    }

    /// Whether an incident with these facts is among them.
    pub fn admits(&self, incident: RecordFacts) -> bool {
        let among = |services: &[ServiceId]| services.binary_search(&incident.service).is_ok();
        let own = self.own();
        let own = own.is_some_and(|(me, of)| incident.customer == Some(me) && among(of));
        let company = self.of_company();
        own || company.is_some_and(|(one, of)| incident.company == Some(one) && among(of))
    }
}

impl<'s> View<'s> {
    /// The incidents that the portal shows to the subject, and to whoever views as the subject (AD-27).
    pub fn visible_incidents(&self) -> VisibleIncidents<'s> {
        // RULES §7: which incident it is, is asked of one fact each; the portal is open on a service or not.
        let of_company = |company| {
            let ours = move |service| RecordFacts {
                service,
                customer: None,
                company: Some(company),
            };
            (company, self.services_with(ViewCompanyIncidents, ours))
        };
        VisibleIncidents {
            own: self.own_incidents(ViewIncident),
            of_company: self
                .active_company()
                .map(of_company)
                .filter(|(_, services)| !services.is_empty()),
            state: PhantomData,
        }
    }

    /// SD-11, SD-37: those that the subject is told of by mail: their own, also without the portal.
    pub fn incidents_by_mail(&self) -> VisibleIncidents<'s> {
        VisibleIncidents {
            own: self.own_incidents(FollowByMail),
            of_company: None,
            state: PhantomData,
        }
    }

    /// The subject's own incidents, by one right to them.
    fn own_incidents(
        &self,
        right: impl PermissionType<On = RecordFacts>,
    ) -> Option<(PersonId, Vec<ServiceId>)> {
        let Subject::Person(me) = self.subject else {
            return None;
        };
        let mine = |service| RecordFacts {
            service,
            customer: Some(me),
            company: None,
        };
        let services = self.services_with(right, mine);
        (!services.is_empty()).then_some((me, services))
    }

    /// SD-14: the services with which the subject logs incidents, in ascending order.
    pub fn logs_with(&self) -> Vec<ServiceId> {
        self.services_with(LogIncident, |service| service)
    }

    /// The services of which `P` is allowed on what belongs to them.
    fn services_with<P: PermissionType>(
        &self,
        _: P,
        on: impl Fn(ServiceId) -> P::On,
    ) -> Vec<ServiceId> {
        let services = self.state.services().ids();
        let may = |service: &ServiceId| P::decide(self, on(*service)).allowed;
        services.filter(may).collect()
    }

    /// Whether the subject is somebody whom the portal is for.
    pub fn is_customer(&self) -> bool {
        let row = self.person_as(Facet::Customer);
        row.is_some_and(|row| super::status::customer_gate(row).is_ok())
    }

    /// Whether the subject is here as a customer and nothing else: the desk holds nothing for them (RULES §1).
    pub fn is_customer_alone(&self) -> bool {
        let is_staff = |person| self.user_status(person) == super::UserStatus::Active;
        self.is_customer() && !matches!(self.subject, Subject::Person(one) if is_staff(one))
    }
}
