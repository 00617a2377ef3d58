//! The name of a device group, and its end (AD-25).

use access::{DeviceGroupId, decide::permissions::ManageDeviceGroups};
use askama::Template;
use web::{
    Result,
    guard::{And, CommandsOn, May, TheAccount},
    page::{
        Frame, Page, Taken,
        lives::{self, At, Lives, NewLife, NewName},
        review::{Review, Reviewed},
    },
    route::{Route, get, post},
    session::Session,
};

use crate::{
    PLACE, SECTION,
    group::{Head, SETTINGS, has_devices, head, path_of},
};

pub(crate) fn routes() -> Vec<Route> {
    vec![
        get(
            "/remote-support/device-groups/{device_group}/settings",
            "device_group.settings",
            "The name of a device group, and its end",
            show,
        ),
        post(
            "/remote-support/device-groups/{device_group}/settings/name",
            "device_group.rename",
            "Rename a device group",
            rename,
        ),
        post(
            "/remote-support/device-groups/{device_group}/settings/life",
            "device_group.set_life",
            "Review and archive, restore or delete a device group",
            set_life,
        ),
    ]
}

#[derive(Template)]
#[template(path = "device-group-settings.html")]
struct SettingsPage {
    frame: Frame,
    head: Head,
    lives: Lives,
}

async fn show(
    may: May<ManageDeviceGroups, TheAccount>,
    group: And<DeviceGroupId>,
) -> Result<Page<SettingsPage>> {
    let (session, group) = (&*may, group.0);
    let (frame, head) = head(session, group, SETTINGS).await?;
    let lives = Lives {
        kept: has_devices(session, group)
            .then_some("It can be deleted once its devices are moved or deleted."),
        ..Lives::of(
            &frame,
            &format!("{}/settings", path_of(session, group)),
            &head.name,
            "device group",
            head.life,
        )
    };
    Ok(Page::new(SettingsPage { frame, head, lives }))
}

async fn at(session: &Session, group: DeviceGroupId) -> Result<At> {
    let (_, head) = head(session, group, SETTINGS).await?;
    Ok(At {
        page: format!("{}/settings", path_of(session, group)),
        list: PLACE,
        section: SECTION,
        name: head.name,
    })
}

async fn rename(
    commands: CommandsOn<DeviceGroupId>,
    form: Reviewed<NewName>,
) -> Result<Taken<Review>> {
    let at = at(&commands, commands.on).await?;
    lives::rename(&commands, commands.on, form, &at).await
}

async fn set_life(
    commands: CommandsOn<DeviceGroupId>,
    form: Reviewed<NewLife>,
) -> Result<Taken<Review>> {
    let at = at(&commands, commands.on).await?;
    lives::turn(&commands, commands.on, form, &at).await
}
