//! What gives `remote_support.*` (S0, AD-19).

use super::{Case, Change};
use crate::catalogue::Permission;
use crate::command::{AccountAdminGrant, Command};
use crate::decide::Target;
use crate::ids::PersonId;
use crate::moment::Window;
use crate::state::{Person, Tie};

impl Case<'_> {
    pub(super) fn remote_support(&self) -> Vec<Change> {
        let Some((person, row)) = self.person() else {
            return self.administration();
        };
        match self.permission() {
            Permission::RemoteSupportSessionHost | Permission::RemoteSupportSettingsPersonal => {
                vec![vec![self.tie(person, Tie::Agent)]]
            }
            Permission::RemoteSupportUnattendedAccess => self.unattended(person, row),
            Permission::RemoteSupportAccountSettingsManage => {
                let mut changes = self.billing_contact(person, row);
                let full = Command::SetAccountAdmin {
                    person,
                    admin: Some(AccountAdminGrant::Full),
                };
                changes.push(self.as_agent(person, row, full));
                changes
            }
            _ => self.administration(),
        }
    }

    /// Agent, the feature **and** the tie to the device's group: whatever of the three is missing.
    fn unattended(&self, person: PersonId, row: &Person) -> Vec<Change> {
        let Target::Device(device) = self.target() else {
            return Vec::new();
        };
        let Some(device) = self.state.devices().get(device) else {
            return Vec::new();
        };
        let needed = [
            Tie::Agent,
            Tie::Feature(Permission::RemoteSupportUnattendedAccess),
            Tie::DeviceGroup(device.group),
        ];
        let missing = needed
            .into_iter()
            .filter(|tie| !self.holds(row, *tie))
            .map(|tie| self.tie(person, tie));
        vec![missing.collect()]
    }

    pub(super) fn holds(&self, row: &Person, wanted: Tie) -> bool {
        self.state
            .ties_at(row, self.question.now)
            .any(|(tie, _)| tie == wanted)
    }

    pub(super) fn tie(&self, person: PersonId, tie: Tie) -> Command {
        Command::Tie {
            person,
            tie,
            window: Window::ALWAYS,
        }
    }

    /// The command after becoming an Agent, which every account admin must be, and not for a time only (S0).
    pub(super) fn as_agent(&self, person: PersonId, row: &Person, command: Command) -> Change {
        if row.ties.has(Tie::Agent) {
            vec![command]
        } else {
            vec![self.tie(person, Tie::Agent), command]
        }
    }
}
