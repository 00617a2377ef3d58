//! AD-15: the status of a user.

use access::event::Node;
use access::state::{Tie, UserFacet};
use access::{Moment, PersonId, Product, RoleId, Subject};

use super::World;

/// The first that applies, in the order of AD-15.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// No staff facet, or no such person.
    Absent,
    /// The only switch.
    Deactivated,
    /// Not yet accepted.
    Invited,
    /// Derived: holds nothing.
    Suspended,
    /// May act.
    Active,
}

impl World {
    /// AD-15.
    pub fn status(&self, person: PersonId, now: Moment) -> Status {
        match self.people.get(&person).map(|row| row.user) {
            None | Some(UserFacet::Absent) => Status::Absent,
            Some(UserFacet::Deactivated) => Status::Deactivated,
            Some(UserFacet::Invited) => Status::Invited,
            Some(UserFacet::Accepted) if self.holds_something(person, now) => Status::Active,
            Some(UserFacet::Accepted) => Status::Suspended,
        }
    }

    /// A licence, an entitlement, a role in another product's catalogue, an `admin.*` or `billing.*` permission, or a right
    /// marked † in the table of RULES §4.
    fn holds_something(&self, person: PersonId, now: Moment) -> bool {
        let row = &self.people[&person];
        let by_tie = || {
            self.ties(person, now).into_iter().any(|tie| match tie {
                Tie::Licence(licence) => self.is_active(Node::Licence(licence)),
                Tie::AccountAdmin(_) | Tie::ContactAdmin | Tie::Feature(_) | Tie::DeskRight(_) => {
                    true
                }
                Tie::DeviceGroup(group) => self.is_active(Node::DeviceGroup(group)),
                Tie::QueueSupervisor(queue) => self.is_active(Node::Queue(queue)),
                // The reference knows no other products yet.
                Tie::ProductRole(..) => false,
                _ => false,
            })
        };
        // A custom role is marked †, whatever it holds.
        let by_role =
            || row.account_role != RoleId::MEMBER && self.is_active(Node::Role(row.account_role));
        let by_permission = || {
            super::all_of("admin")
                .into_iter()
                .any(|permission| self.holds_anywhere(Subject::Person(person), permission, now))
        };
        by_role()
            || by_tie()
            || !self.own_grants(person, now).is_empty()
            || self.is_billing_contact(person, now)
            || self.only_user() == Some(person)
            || by_permission()
    }

    pub(super) fn is_contact_admin(&self, person: PersonId, now: Moment) -> bool {
        self.has(person, Tie::ContactAdmin, now)
            && self.has_licence(person, Product::ContactCentre, now)
    }
}
