//! The resource gate: restore what is archived, let due dates be overridden.

use super::{Case, Change};
use crate::command::Command;
use crate::decide::{Reason, RecordFacts, Target};
use crate::event::Node;
use crate::state::DueDateOverride;

impl Case<'_> {
    pub(super) fn resource(&self, reason: Reason) -> Vec<Change> {
        match reason {
            Reason::ResourceNotActive => {
                let restored = self.archived().map(|node| vec![Command::Restore { node }]);
                restored.into_iter().collect()
            }
            Reason::OverrideIsOff => self
                .override_policies(&[DueDateOverride::Administrators, DueDateOverride::EveryUser]),
            _ => Vec::new(),
        }
    }

    fn archived(&self) -> Option<Node> {
        match self.target() {
            Target::UserGroup(group) => Some(Node::UserGroup(group)),
            Target::Service(service) | Target::Record(RecordFacts { service, .. }) => {
                Some(Node::Service(service))
            }
            Target::Queue(queue) => Some(Node::Queue(queue)),
            Target::Device(device) => {
                let row = self.state.devices().get(device)?;
                Some(if row.life.is_active() {
                    Node::DeviceGroup(row.group)
                } else {
                    Node::Device(device)
                })
            }
            _ => None,
        }
    }

    /// SD-29.
    pub(super) fn override_policies(&self, policies: &[DueDateOverride]) -> Vec<Change> {
        let (Target::Service(service) | Target::Record(RecordFacts { service, .. })) =
            self.target()
        else {
            return Vec::new();
        };
        let set = |policy: &DueDateOverride| {
            vec![Command::SetDueDateOverride {
                service,
                policy: *policy,
            }]
        };
        policies.iter().map(set).collect()
    }
}
