//! Remote support in the console: device groups, their devices, and the agents who may reach them (AD-19).
//!
//! **For** whoever administers devices, and for agents who look at what is theirs. Programs have the same in the REST faces of `people`.
//!
//! **Must never know** a rule. A save is a command, whose check decides; whether somebody really reaches a device is a decision.
//!
//! **Start reading** in [`routes`], then `group.rs`: what the pages of one device group have in common.

mod agents;
mod device;
mod devices;
mod group;
mod list;
mod person;
mod settings;

use web::{page::REMOTE_SUPPORT, route::Route};

/// The list of device groups.
pub(crate) const PLACE: &str = "/remote-support/device-groups";
/// The section of the rail.
pub(crate) const SECTION: &str = REMOTE_SUPPORT.label;

/// Every route of this slice.
pub fn routes() -> Vec<Route> {
    [
        list::routes(),
        devices::routes(),
        device::routes(),
        agents::routes(),
        settings::routes(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
