//! Which records of the desk somebody reaches: the filter that lists, counts, searches and exports put into their statements. They neither
//! ask row by row nor work out access themselves.

use std::marker::PhantomData;

use super::{PermissionType, RecordFacts, Subject, Target, View};
use crate::catalogue::{Permission, Product};
use crate::ids::{GroupId, PersonId, ServiceId};
use crate::search::people_of_service;
use crate::state::{CompanyAccess, Group, Person, Service, State};

/// The records on which the subject may do `P`: exactly those that [`View::decide`] allows. Like a permit it is made by the decision
/// alone, can be neither copied nor kept beyond the state, and is what functions ask for that list rows.
#[derive(Debug)]
pub struct VisibleRecords<'s, P> {
    services: Vec<ServiceId>,
    companies: Vec<&'s CompanyAccess>,
    permission: PhantomData<(P, &'s State)>,
}

impl<'s, P> VisibleRecords<'s, P> {
    /// The services whose records are among them, in ascending order. None: nothing is visible (AD-26).
    pub fn services(&self) -> &[ServiceId] {
        &self.services
    }

    /// SD-33: what each of these lists admits; a record without customer passes all of them. Empty: records of all companies.
    pub fn companies(&self) -> &[&'s CompanyAccess] {
        &self.companies
    }

    /// Whether a record with these facts is among them.
    pub fn admits(&self, record: RecordFacts) -> bool {
        let listed = || {
            self.companies
                .iter()
                .all(|listed| listed.admits(record.company))
        };
        self.services.binary_search(&record.service).is_ok()
            && (record.customer.is_none() || listed())
    }
}

impl<'s> View<'s> {
    /// The records on which the subject, and whoever views as the subject (AD-27), may do this.
    pub fn visible_records<P: PermissionType<On = RecordFacts>>(
        &self,
        _: P,
    ) -> VisibleRecords<'s, P> {
        const { assert!(matches!(P::PERMISSION.product(), Product::ServiceDesk)) };
        let services = self.state.services().ids();
        // RULES §7: a record asks what its service asks, and besides that company access alone.
        let services =
            services.filter(|service| self.may(P::PERMISSION, Target::Service(*service)));
        let looking = self.pair();
        let looking =
            looking.map_or_else(|| vec![*self], |(subject, viewer)| vec![subject, viewer]);
        let companies = looking.iter().filter_map(View::person);
        let companies = companies.map(Person::company_access);
        VisibleRecords {
            services: services.collect(),
            companies: companies
                .filter(|access| !matches!(access, CompanyAccess::All))
                .collect(),
            permission: PhantomData,
        }
    }

    /// SD-35: who else works on a service, for whoever works on it: work is given to them (SD-19), wherever else they are not shown.
    pub fn colleagues_on(&self, service: ServiceId) -> Vec<PersonId> {
        if !self.may(Permission::ServiceDeskRecordManage, service) {
            return Vec::new();
        }
        let people = people_of_service(self.state, service);
        let works = |person: &PersonId| {
            let theirs = self.state.view(Subject::Person(*person), self.now);
            theirs.may(Permission::ServiceDeskRecordManage, service)
        };
        let people: Vec<_> = people.iter().chain(self.state.only_user()).collect();
        people.into_iter().filter(works).collect()
    }

    /// SD-35: whether the person works on a service that the subject works on, too.
    pub fn works_with(&self, person: PersonId) -> bool {
        let works = Permission::ServiceDeskRecordManage;
        let theirs = self.state.view(Subject::Person(person), self.now);
        let services = self.state.services().ids();
        let mut services = services.filter(|service| theirs.may(works, *service));
        services.any(|service| self.may(works, service))
    }

    /// SD-19: whether work on a service can be assigned to a group: an active one with full access to an active service.
    pub fn group_works_on(&self, group: GroupId, service: ServiceId) -> bool {
        let is_active = |row: &Service| row.life.is_active();
        let service_is_active = self.state.services().get(service).is_some_and(is_active);
        let gives = |row: &Group| row.life.is_active() && row.services.contains(service);
        service_is_active && self.state.groups().get(group).is_some_and(gives)
    }
}
