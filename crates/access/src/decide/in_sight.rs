//! Among whom to look for those that a subject may know of: candidates for [`View::sees_as_user`] and [`View::sees_as_customer`], never an
//! answer. A list of a million people that somebody sees ten of is made of those ten.

use super::{Target, View};
use crate::catalogue::Permission::{
    AdminPeopleView, ContactCentreAgentsLog, ContactCentreQueueAssign,
};
use crate::catalogue::Product;
use crate::ids::PersonId;
use crate::idset::IdSet;
use crate::search::{Candidates, Reach, customers_of_service, licensed};
use crate::state::{CompanyAccess, Facet};

/// Where those are whom a subject may know of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InSight {
    /// Everybody with the facet is seen: nobody needs to be asked about.
    All,
    /// Nobody outside of these is seen; each of them is still to be asked about.
    Among(IdSet<PersonId>),
    /// Anybody may be: each is to be asked about.
    Any,
}

impl View<'_> {
    /// Where to look for the people whom the subject may know by this facet.
    pub fn in_sight(&self, facet: Facet) -> InSight {
        if let Some((subject, viewer)) = self.pair() {
            // Whoever is among the candidates is asked about by both (AD-27).
            return match (subject.in_sight(facet), viewer.in_sight(facet)) {
                (InSight::Among(people), _) | (_, InSight::Among(people)) => InSight::Among(people),
                (InSight::All, InSight::All) => InSight::All,
                _ => InSight::Any,
            };
        }
        match facet {
            Facet::User => self.users_in_sight(),
            Facet::Customer => self.customers_in_sight(),
        }
    }

    fn users_in_sight(&self) -> InSight {
        let everywhere = [AdminPeopleView, ContactCentreQueueAssign];
        if self.configures_desk() || everywhere.iter().any(|p| self.may(*p, Target::Account)) {
            return InSight::All;
        }
        match Reach::of(*self).people() {
            Candidates::All => InSight::Any,
            Candidates::Of(mut people) => {
                if self.may_anywhere(ContactCentreAgentsLog) {
                    people.extend_set(&licensed(self.state, Product::ContactCentre));
                }
                InSight::Among(people)
            }
        }
    }

    fn customers_in_sight(&self) -> InSight {
        if self.configures_desk() {
            let access = self.person().map(|row| row.company_access());
            return match access {
                None | Some(CompanyAccess::All) => InSight::All,
                Some(CompanyAccess::Listed {
                    without_company: true,
                    ..
                }) => InSight::Any,
                Some(CompanyAccess::Listed { companies, .. }) => {
                    let mut found = self.oneself();
                    for company in companies.iter() {
                        if let Some(row) = self.state.companies().get(company) {
                            found.extend_set(&row.employees);
                        }
                    }
                    InSight::Among(found)
                }
            };
        }
        match Reach::of(*self).desk_services() {
            Candidates::All => InSight::Any,
            Candidates::Of(services) => {
                let mut found = self.oneself();
                for service in services.iter() {
                    found.extend_set(&customers_of_service(self.state, service));
                }
                InSight::Among(found)
            }
        }
    }

    fn oneself(&self) -> IdSet<PersonId> {
        match self.subject {
            super::Subject::Person(person) => [person].into_iter().collect(),
            _ => IdSet::default(),
        }
    }
}
