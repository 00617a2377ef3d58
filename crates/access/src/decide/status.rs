//! Whether a person is active (AD-15), and what the person gate says.

use serde::Serialize;

use super::{Reason, Subject, View};
use crate::catalogue::{Permission, Product};
use crate::ids::PersonId;
use crate::state::{CustomerFacet, Facet, Person, Tie, UserFacet};

/// Status of a user (AD-15), the first that applies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum UserStatus {
    /// No staff facet.
    Absent,
    /// Switched off by hand or by provisioning.
    Deactivated,
    /// Not yet accepted.
    Invited,
    /// Derived: holds nothing. Cannot sign in.
    Suspended,
    /// May act.
    Active,
}

impl View<'_> {
    /// The user status of a person (AD-15).
    pub fn user_status(&self, person: PersonId) -> UserStatus {
        self.state
            .people()
            .get(person)
            .map_or(UserStatus::Absent, |row| self.status_of(person, row))
    }

    pub(crate) fn status_of(&self, person: PersonId, row: &Person) -> UserStatus {
        if self.subject == Subject::Person(person) && !self.opens(Facet::User) {
            return UserStatus::Absent;
        }
        match row.user {
            UserFacet::Absent => UserStatus::Absent,
            UserFacet::Deactivated => UserStatus::Deactivated,
            UserFacet::Invited => UserStatus::Invited,
            UserFacet::Accepted if self.holds_anything(person, row) => UserStatus::Active,
            UserFacet::Accepted => UserStatus::Suspended,
        }
    }

    /// AD-15: a licence or entitlement, a role in another product, an `admin.*` or `billing.*` permission, or a right marked †.
    /// What an ended thing gave does not count (AD-25). A list of companies takes away and gives nothing: it does not count.
    fn holds_anything(&self, person: PersonId, row: &Person) -> bool {
        let state = self.state;
        let by_tie = state.ties_at(row, self.now).any(|(tie, _)| match tie {
            Tie::Licence(id) => state
                .licences()
                .get(id)
                .is_some_and(|row| row.life.is_active()),
            Tie::DeviceGroup(id) => state
                .device_groups()
                .get(id)
                .is_some_and(|row| row.life.is_active()),
            Tie::QueueSupervisor(id) => state
                .queues()
                .get(id)
                .is_some_and(|row| row.life.is_active()),
            Tie::Feature(_) | Tie::AccountAdmin(_) | Tie::DeskRight(_) | Tie::ContactAdmin => true,
            Tie::ProductRole(product, role) => state.products().has_role(product, role),
            _ => false,
        });
        by_tie
            || !row.account_role.is_member()
                && state
                    .roles()
                    .get(row.account_role)
                    .is_some_and(|role| role.life.is_active())
            || state.only_user() == Some(person)
            || self.has_extra_grant(row)
    }

    /// Whether the subject counts as a customer (AD-15).
    pub fn is_active_customer(&self) -> bool {
        let row = self.person_as(Facet::Customer);
        row.is_some_and(|row| row.customer == CustomerFacet::Active)
    }

    /// The person gate: the facet is there and active. Staff rights need the staff facet, portal rights the customer facet.
    pub(super) fn person_gate(&self, permission: Permission) -> Result<(), Reason> {
        if permission == Permission::RemoteSupportSessionJoin {
            return self.join_gate();
        }
        match self.subject {
            Subject::Person(person) => {
                let row = self
                    .state
                    .people()
                    .get(person)
                    .ok_or(Reason::UnknownSubject)?;
                if !row.is_user() && !row.is_customer() {
                    return Err(Reason::UnknownSubject);
                }
                if permission.product() == Product::Portal {
                    self.person_as(Facet::Customer)
                        .map_or(Err(Reason::FacetMissing), customer_gate)
                } else {
                    self.user_gate(person, row)
                }
            }
            Subject::Connection(connection) => match self.state.connections().get(connection) {
                Some(row) if row.life.is_active() => Ok(()),
                Some(_) => Err(Reason::Deactivated),
                None => Err(Reason::UnknownSubject),
            },
            Subject::System(job) if job.holds(permission) => Ok(()),
            Subject::Guest | Subject::System(_) => Err(Reason::FacetMissing),
            Subject::Thing(_) | Subject::Unknown => Err(Reason::UnknownSubject),
        }
    }

    /// S0: everybody joins by code, staff, customers and guests alike, whatever their state: whoever cannot sign in joins as a
    /// guest would. AD-29: a connection never does more than its role.
    fn join_gate(&self) -> Result<(), Reason> {
        match self.subject {
            Subject::Guest => Ok(()),
            Subject::Person(_) => match self.person() {
                Some(row) if row.is_user() || row.is_customer() => Ok(()),
                _ => Err(Reason::UnknownSubject),
            },
            Subject::Connection(_) | Subject::System(_) => Err(Reason::FacetMissing),
            Subject::Thing(_) | Subject::Unknown => Err(Reason::UnknownSubject),
        }
    }

    pub(crate) fn user_gate(&self, person: PersonId, row: &Person) -> Result<(), Reason> {
        match self.status_of(person, row) {
            UserStatus::Active => Ok(()),
            UserStatus::Absent => Err(Reason::FacetMissing),
            UserStatus::Deactivated => Err(Reason::Deactivated),
            UserStatus::Invited => Err(Reason::Invited),
            UserStatus::Suspended => Err(Reason::Suspended),
        }
    }
}

pub(super) fn customer_gate(row: &Person) -> Result<(), Reason> {
    match row.customer {
        CustomerFacet::Active => Ok(()),
        CustomerFacet::Absent => Err(Reason::FacetMissing),
        CustomerFacet::Unconfirmed => Err(Reason::Unconfirmed),
        CustomerFacet::Deactivated => Err(Reason::Deactivated),
    }
}
