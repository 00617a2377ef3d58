//! The list of device groups, and a new one.

use access::{
    Command, DeviceGroupId, PublicId, decide::permissions::ManageDeviceGroups, explain::words::Name,
};
use askama::Template;
use web::{
    Result,
    guard::{May, TheAccount},
    lists::Count,
    page::{
        Frame, Page, Pager, REMOTE_SUPPORT,
        making::{self, Makeable},
        names::{Mark, Names},
        person::Spot,
    },
    paging::Paging,
    route::{Route, get, post},
    things::{self, Search},
};

use crate::{PLACE, SECTION, group::devices, person};

const NEW: &str = "/remote-support/device-groups/new";

pub(crate) fn routes() -> Vec<Route> {
    vec![
        get(PLACE, "device_groups.page", "The device groups", show)
            .in_section(&REMOTE_SUPPORT, "Device groups")
            .on_person(Spot::RemoteSupport, person::remote_support),
        get(
            NEW,
            "device_group_new.page",
            "The form of a new device group",
            making::show::<NewDeviceGroup>,
        ),
        post(
            NEW,
            "device_group_new.make",
            "Make a device group",
            making::make::<NewDeviceGroup>,
        ),
    ]
}

struct Row {
    name: Mark,
    devices: Option<Count>,
    /// For whoever sees every user.
    agents: Option<usize>,
    is_archived: bool,
}

#[derive(Template)]
#[template(path = "device-groups.html")]
struct GroupsPage {
    frame: Frame,
    rows: Vec<Row>,
    is_first: bool,
    pager: Pager,
}

async fn show(
    may: May<ManageDeviceGroups, TheAccount>,
    paging: Paging,
) -> Result<Page<GroupsPage>> {
    let session = &*may;
    let (found, next) =
        things::page::<DeviceGroupId>(session, &paging, &Search::default(), |_, _| true).await?;
    let wanted = found.iter().map(|group| Name::DeviceGroup(*group));
    let names = Names::of(session, wanted.collect::<Vec<_>>()).await?;
    let sees_all = session.view().sees_all_users();
    let rows = found.iter().filter_map(|group| {
        let row = session.state().device_groups().get(*group)?;
        Some(Row {
            name: names.mark(Name::DeviceGroup(*group)),
            devices: devices(session, *group),
            agents: sees_all.then(|| row.agents.len()),
            is_archived: !row.life.is_active(),
        })
    });
    Ok(Page::new(GroupsPage {
        rows: rows.collect(),
        frame: Frame::of(session, "Device groups", PLACE, SECTION).await?,
        is_first: paging.is_first(),
        pager: Pager::new(&paging, PLACE, next),
    }))
}

/// A device group that is made.
struct NewDeviceGroup;

impl Makeable for NewDeviceGroup {
    type Thing = DeviceGroupId;
    type Maker = May<ManageDeviceGroups, TheAccount>;
    const SECTION: &'static str = SECTION;
    const PLACE: &'static str = PLACE;
    const FORM: &'static str = NEW;
    const ONE: &'static str = "device group";
    const MANY: &'static str = "Device groups";
    const HINT: &'static str = "Devices and agents are added afterwards.";

    fn made_by(id: PublicId<Self::Thing>) -> Command {
        Command::CreateDeviceGroup { id }
    }
}
