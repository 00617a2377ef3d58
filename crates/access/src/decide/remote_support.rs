//! Paths to `remote_support.*` (S0).

use super::{By, Over, Path, Paths, Target, Through, View, until};
use crate::catalogue::Permission;
use crate::moment::Moment;
use crate::state::{Facet, Tie};

impl View<'_> {
    pub(super) fn remote_support_paths(
        &self,
        permission: Permission,
        on: Target,
        paths: &mut Paths,
    ) {
        match permission {
            // S0, AD-18: the join code alone; the resource gate saw that it is valid.
            Permission::RemoteSupportSessionJoin => {
                paths.push(Path {
                    through: Through::Direct,
                    by: By::JoinCode,
                    over: Over::Session,
                    until: None,
                });
            }
            Permission::RemoteSupportSessionHost | Permission::RemoteSupportSettingsPersonal => {
                if let Some(until) = self.tied_until(Tie::Agent) {
                    paths.push(Path {
                        through: Through::Direct,
                        by: By::Agent,
                        over: Over::Account,
                        until,
                    });
                }
            }
            Permission::RemoteSupportUnattendedAccess => self.unattended_paths(on, paths),
            // Privileges of account admins and of the billing contact.
            _ => self.administration_paths(permission, on, paths),
        }
    }

    pub(super) fn remote_support_somewhere(&self, permission: Permission) -> bool {
        match permission {
            Permission::RemoteSupportSessionHost | Permission::RemoteSupportSettingsPersonal => {
                self.has_tie(Tie::Agent)
            }
            Permission::RemoteSupportUnattendedAccess => {
                self.has_tie(Tie::Agent) && self.has_tie(Tie::Feature(permission))
            }
            _ => false,
        }
    }

    /// Whether the subject has the tie now, and until when at the longest.
    fn tied_until(&self, wanted: Tie) -> Option<Option<Moment>> {
        let row = self.person_as(Facet::User)?;
        self.state
            .ties_at(row, self.now)
            .filter(|(tie, _)| *tie == wanted)
            .map(|(_, window)| until(window))
            .max_by_key(|end| (end.is_none(), *end))
    }

    pub(crate) fn has_tie(&self, wanted: Tie) -> bool {
        self.holds_tie(|tie| tie == wanted)
    }

    /// The same for any of several.
    pub(crate) fn holds_tie(&self, wanted: impl Fn(Tie) -> bool) -> bool {
        self.person_as(Facet::User).is_some_and(|row| {
            self.state
                .ties_at(row, self.now)
                .any(|(tie, _)| wanted(tie))
        })
    }

    /// AD-19: Agent, the feature permission **and** the tie to the device's group.
    fn unattended_paths(&self, on: Target, paths: &mut Paths) {
        let Target::Device(device) = on else { return };
        let (Some(device), Some(row)) = (self.state.devices().get(device), self.person()) else {
            return;
        };
        let feature = Tie::Feature(Permission::RemoteSupportUnattendedAccess);
        let needed = [Tie::Agent, feature].map(|tie| self.tied_until(tie));
        let [Some(agent), Some(feature)] = needed else {
            return;
        };
        for (tie, window) in self.state.ties_at(row, self.now) {
            if tie == Tie::DeviceGroup(device.group) {
                let by = By::Feature(device.group);
                paths.push(Path {
                    through: Through::Direct,
                    by,
                    over: Over::DeviceGroup(device.group),
                    // It ends with the first of the three.
                    until: [agent, feature, until(window)].into_iter().flatten().min(),
                });
            }
        }
    }
}
