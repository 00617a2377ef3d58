//! RULES §3, §4 and §7 *remote_support*.

use access::event::Node;
use access::state::Tie;
use access::{DeviceId, Moment, Permission, PersonId, Subject, Target};

use super::World;

impl World {
    pub(super) fn remote_support_gives(
        &self,
        person: PersonId,
        permission: Permission,
        target: Target,
        now: Moment,
    ) -> bool {
        let agent = self.has(person, Tie::Agent, now);
        match permission {
            Permission::RemoteSupportSessionHost | Permission::RemoteSupportSettingsPersonal => {
                agent
            }
            // AD-19: the permission and the tie.
            Permission::RemoteSupportUnattendedAccess => {
                let Target::Device(device) = target else {
                    return false;
                };
                agent
                    && self.has(person, Tie::Feature(permission), now)
                    && self
                        .devices
                        .get(&device)
                        .is_some_and(|(group, _)| self.has(person, Tie::DeviceGroup(*group), now))
            }
            // Account admins and the billing contact.
            _ => self.administration_gives(Subject::Person(person), permission, target, now),
        }
    }

    /// AD-25, of the device and of the group it is in.
    pub(super) fn device_is_active(&self, device: DeviceId) -> bool {
        self.is_active(Node::Device(device))
            && self.is_active(Node::DeviceGroup(self.devices[&device].0))
    }
}
