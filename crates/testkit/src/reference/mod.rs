//! A second, slow reading of the rule book: what RULES.md says about decisions, written down once more in the plainest way.
//!
//! It is fed by accepted events only ([`World::apply`]), keeps them in ordinary maps, and answers by walking through all of
//! them. It must never know how `access::decide` works: two readings that agree are worth something only while neither was
//! copied from the other. Where they disagree one of them is wrong, and the rule book says which.
//!
//! Start with [`World::allows`]; each product's rules stand in the file of its name, quoted by id.

mod administration;
mod contact_centre;
mod giving;
mod history;
pub mod invariants;
pub mod mappings;
mod portal;
pub mod reach;
mod remote_support;
mod roles;
mod service_desk;
mod status;
mod world;

#[cfg(test)]
mod tests;

pub use self::giving::{Gift, Granted};
pub use self::roles::{admin_keeps, all_of, may_be_custom, parent_of};
pub use self::status::Status;
pub use self::world::{Held, Person, World};

use access::event::Node;
use access::state::{ConnectionRights, QueueKind};
use access::{ConnectionId, Moment, Permission, PersonId, Product, Subject, Target};

impl World {
    /// RULES §7: allowed only if every gate passes. Everything unknown is denied.
    pub fn allows(
        &self,
        subject: Subject,
        permission: Permission,
        target: Target,
        now: Moment,
    ) -> bool {
        if !self.open || !self.active {
            return false;
        }
        match subject {
            Subject::Person(person) => self.person_may(person, permission, target, now),
            Subject::Connection(_) => {
                self.is_fitting_resource(permission, target)
                    && self.holds(subject, permission, target, now)
                    && self.rank_passes(subject, permission, target, now)
            }
            // AD-18: with a valid join code, and nothing else.
            Subject::Guest => {
                permission == Permission::RemoteSupportSessionJoin && has_valid_code(target)
            }
            Subject::Thing(_) | Subject::System(_) | Subject::Unknown => false,
        }
    }

    fn person_may(
        &self,
        person: PersonId,
        permission: Permission,
        target: Target,
        now: Moment,
    ) -> bool {
        // §1: each facet opens only its own doors.
        let staff = || self.status(person, now) == Status::Active;
        let customer = self.is_active_customer(person);
        match permission.product() {
            Product::Portal => customer && self.portal_opens(person, permission, target, now),
            // S0: everybody, staff and guests alike: whoever may not sign in joins as a guest would.
            _ if permission == Permission::RemoteSupportSessionJoin => {
                has_valid_code(target) && (self.is_user(person) || self.is_customer(person))
            }
            _ => {
                self.is_fitting_resource(permission, target)
                    && staff()
                    && self.user_may(person, permission, target, now)
            }
        }
    }

    fn user_may(
        &self,
        person: PersonId,
        permission: Permission,
        target: Target,
        now: Moment,
    ) -> bool {
        let subject = Subject::Person(person);
        // AD-17: the role, licence and switch gates are open to the only user; the others stay.
        let role_and_licence = self.only_user() == Some(person)
            || self.licence_passes(person, permission, now)
                && self.holds(subject, permission, target, now);
        role_and_licence
            && self.rank_passes(subject, permission, target, now)
            && self.due_date_override_is_on(permission, target)
            && self.company_access_passes(person, permission, target)
    }

    /// The permission itself, and its parent over the same resource, by any path (RULES §2).
    fn holds(&self, subject: Subject, permission: Permission, target: Target, now: Moment) -> bool {
        let itself = match (subject, permission.product()) {
            (_, Product::Admin | Product::Billing) => {
                self.administration_gives(subject, permission, target, now)
            }
            (Subject::Person(person), Product::RemoteSupport) => {
                self.remote_support_gives(person, permission, target, now)
            }
            (Subject::Person(person), Product::ServiceDesk) => {
                self.service_desk_gives(person, permission, target, now)
            }
            (Subject::Person(person), Product::ContactCentre) => {
                self.contact_centre_gives(person, permission, target, now)
            }
            // AD-29: a connection never does more than its role, which is administration, and its rights.
            (Subject::Connection(connection), Product::ServiceDesk) => {
                permission == Permission::ServiceDeskAccountConfigure
                    && target == Target::Account
                    && self.rights_of(connection).configure_desk
            }
            (Subject::Connection(connection), Product::ContactCentre) => {
                !roles::NOT_FOR_CONTACT_ADMINS.contains(&permission)
                    && self.rights_of(connection).contact_admin
            }
            _ => false,
        };
        itself
            && parent_of(permission).is_none_or(|parent| self.holds(subject, parent, target, now))
    }

    /// AD-29, AD-25: what an active connection may do in products.
    fn rights_of(&self, connection: ConnectionId) -> ConnectionRights {
        let held = self.connection_rights.get(&connection).copied();
        let active = self.is_active(Node::Connection(connection));
        held.filter(|_| active).unwrap_or_default()
    }

    /// RULES §7, *Module access*: which permissions need a licence of their product.
    fn licence_passes(&self, person: PersonId, permission: Permission, now: Moment) -> bool {
        let gated = matches!(
            permission,
            Permission::RemoteSupportSessionHost | Permission::RemoteSupportUnattendedAccess
        ) || matches!(
            permission.product(),
            Product::ServiceDesk | Product::ContactCentre
        );
        !gated || self.has_licence(person, permission.product(), now)
    }

    /// The thing is known, active (AD-25), and of a kind that the permission can be about (RULES §2, *scope*).
    fn is_fitting_resource(&self, permission: Permission, target: Target) -> bool {
        let monitors = matches!(
            permission,
            Permission::ContactCentreCallListen
                | Permission::ContactCentreCallWhisper
                | Permission::ContactCentreCallBarge
        );
        match (permission.product(), target) {
            (Product::Admin | Product::RemoteSupport, Target::Person(person)) => {
                // ◦ permissions reach user facets; asking reaches customers too (AD-31).
                roles::is_scoped(permission)
                    && (self.is_user(person)
                        || permission == Permission::AdminAccessAsk && self.is_customer(person))
            }
            (Product::Admin | Product::RemoteSupport, Target::UserGroup(group)) => {
                roles::is_scoped(permission) && self.is_active(Node::UserGroup(group))
            }
            (Product::RemoteSupport, Target::Device(device)) => {
                permission == Permission::RemoteSupportUnattendedAccess
                    && self.device_is_active(device)
            }
            (Product::Admin | Product::Billing | Product::RemoteSupport, Target::Account) => {
                permission != Permission::RemoteSupportUnattendedAccess
            }
            (Product::ServiceDesk, Target::Account) => roles::is_account_right(permission),
            (Product::ServiceDesk, Target::Service(service)) => {
                !roles::is_account_right(permission) && self.is_active(Node::Service(service))
            }
            (Product::ServiceDesk, Target::Record(record)) => {
                !roles::is_account_right(permission)
                    && self.is_active(Node::Service(record.service))
            }
            // Only what Contact admins hold can be asked about every queue at once: calls are served and monitored in one.
            (Product::ContactCentre, Target::Account) => {
                roles::is_account_wide(permission)
                    || !roles::NOT_FOR_CONTACT_ADMINS.contains(&permission)
            }
            // CC-1: ring groups have agents only, so nobody who monitors.
            (Product::ContactCentre, Target::Queue(queue))
                if monitors && self.queues.get(&queue) == Some(&QueueKind::RingGroup) =>
            {
                false
            }
            (Product::ContactCentre, Target::Queue(queue)) => {
                !roles::is_account_wide(permission) && self.is_active(Node::Queue(queue))
            }
            // CC-16: a direct call belongs to no queue.
            _ => false,
        }
    }

    /// Whether the question makes sense: the thing exists, is active, and is of the kind that the permission is given over.
    pub fn is_sensible(&self, permission: Permission, target: Target) -> bool {
        match (permission.product(), target) {
            _ if permission == Permission::RemoteSupportSessionJoin => {
                matches!(target, Target::Session { .. })
            }
            (Product::Portal, Target::Service(service)) => self.is_active(Node::Service(service)),
            _ => self.is_fitting_resource(permission, target),
        }
    }
}

fn has_valid_code(target: Target) -> bool {
    target
        == Target::Session {
            code_is_valid: true,
        }
}
