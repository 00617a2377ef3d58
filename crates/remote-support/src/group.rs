//! What the pages of one device group have in common.

use access::{DeviceGroupId, DeviceId, Permission, Target, explain::words::Name, state::Life};
use web::{
    Problem, Result,
    lists::Count,
    page::{Frame, Tab, Tabs, names::Names},
    session::Session,
    things,
};

use crate::{PLACE, SECTION};

pub(crate) const DEVICES: &str = "Devices";
pub(crate) const AGENTS: &str = "Agents";
pub(crate) const SETTINGS: &str = "Settings";

/// What stands at the top of every page of one group.
pub(crate) struct Head {
    pub name: String,
    pub is_archived: bool,
    pub life: Life,
    /// Whether the reader changes it.
    pub may_manage: bool,
    pub tabs: Tabs,
}

pub(crate) fn path_of(session: &Session, group: DeviceGroupId) -> String {
    format!("{PLACE}/{}", session.id(group).0)
}

pub(crate) fn may_manage(session: &Session) -> bool {
    let manage = Permission::AdminDeviceGroupsManage;
    session.view().may(manage, Target::Account)
}

fn is_there(session: &Session, device: DeviceId) -> bool {
    let row = session.state().devices().get(device);
    row.is_some_and(|row| row.life != Life::Deleted)
}

/// Whether it has devices that are not deleted, seen or not: it cannot be deleted itself then.
pub(crate) fn has_devices(session: &Session, group: DeviceGroupId) -> bool {
    let row = session.state().device_groups().get(group);
    row.is_some_and(|row| row.devices.iter().any(|device| is_there(session, device)))
}

/// How many devices it has that are not deleted, for whoever sees all of them (SD-33).
pub(crate) fn devices(session: &Session, group: DeviceGroupId) -> Option<Count> {
    let row = session.state().device_groups().get(group)?;
    let is_there = |device: &DeviceId| is_there(session, *device);
    let oversees = session.view().oversees(group);
    oversees.then(|| things::count(row.devices.iter(), is_there))
}

/// Frame and head of the page of a group that is looked at.
pub(crate) async fn head(
    session: &Session,
    group: DeviceGroupId,
    here: &'static str,
) -> Result<(Frame, Head)> {
    let row = session.state().device_groups().get(group);
    let row = row.filter(|row| row.life != Life::Deleted);
    let row = row.ok_or_else(Problem::not_found)?;
    let names = Names::of(session, [Name::DeviceGroup(group)]).await?;
    let name = names.text(Name::DeviceGroup(group));
    let path = path_of(session, group);
    let may_manage = may_manage(session);
    let tab = |label, end: &str, count| Tab {
        href: format!("{path}{end}"),
        label,
        count,
    };
    let mut tabs = vec![
        tab(DEVICES, "", devices(session, group)),
        tab(AGENTS, "/agents", None),
    ];
    if may_manage {
        tabs.push(tab(SETTINGS, "/settings", None));
    }
    let here_path = tabs.iter().find(|tab| tab.label == here);
    let here_path = here_path.map_or_else(|| path.clone(), |tab| tab.href.clone());
    let title = if here == DEVICES { &name } else { here };
    let mut frame = Frame::of(session, title, &here_path, SECTION).await?;
    if may_manage {
        frame = frame.below(PLACE, "Device groups");
    }
    if here != DEVICES {
        frame = frame.below(path, name.clone());
    }
    let head = Head {
        tabs: Tabs::new(format!("Pages of {name}"), here, tabs),
        name,
        is_archived: !row.life.is_active(),
        life: row.life,
        may_manage,
    };
    Ok((frame, head))
}
