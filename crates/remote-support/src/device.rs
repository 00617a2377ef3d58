//! One device: its name, the group and the company that it belongs to, and its end (AD-19, AD-25).

use access::{
    Command, CompanyId, DeviceGroupId, DeviceId,
    explain::words::Name,
    state::{Device, Life},
};
use askama::Template;
use serde::Deserialize;
use web::{
    Problem, Result,
    guard::{CommandsOn, Seen},
    page::{
        Frame, Page, Picker, SeeOther, Sent, Taken,
        find::Kind,
        lives::{self, At, Lives, NewLife, NewName},
        names::{Mark, Names},
        review::{Asking, Filled, Review, Reviewed},
    },
    route::{Route, get, post},
    session::Session,
};

use crate::{
    PLACE, SECTION,
    devices::{company_of, company_picker},
    group::{may_manage, path_of},
};

const KINDS: &[Kind] = &[Kind::DeviceGroup];

pub(crate) fn routes() -> Vec<Route> {
    vec![
        get(
            "/remote-support/devices/{device}",
            "device.page",
            "A device",
            show,
        ),
        post(
            "/remote-support/devices/{device}/place",
            "device.move",
            "Review and move a device to another group or company",
            relocate,
        ),
        post(
            "/remote-support/devices/{device}/name",
            "device.rename",
            "Rename a device",
            rename,
        ),
        post(
            "/remote-support/devices/{device}/life",
            "device.set_life",
            "Review and archive, restore or delete a device",
            set_life,
        ),
    ]
}

/// A form that names the group and the company.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct NewPlace {
    device_group: Option<String>,
    device_group_text: Option<String>,
    device_group_asked: Option<String>,
    company: Option<String>,
    company_text: Option<String>,
    company_asked: Option<String>,
}

#[derive(Template)]
#[template(path = "device.html")]
struct DevicePage {
    frame: Frame,
    name: String,
    path: String,
    is_archived: bool,
    may_manage: bool,
    group: Mark,
    company: Option<Mark>,
    /// It belongs to a company that the reader does not see.
    is_of_unseen: bool,
    group_picker: Picker,
    company_picker: Picker,
    lives: Lives,
}

fn row(session: &Session, device: DeviceId) -> Result<&Device> {
    let row = session.state().devices().get(device);
    row.filter(|row| row.life != Life::Deleted)
        .ok_or_else(Problem::not_found)
}

fn path_of_device(session: &Session, device: DeviceId) -> String {
    format!("/remote-support/devices/{}", session.id(device).0)
}

async fn at(session: &Session, device: DeviceId) -> Result<At> {
    let names = Names::of(session, [Name::Device(device)]).await?;
    Ok(At {
        page: path_of_device(session, device),
        list: PLACE,
        section: SECTION,
        name: names.text(Name::Device(device)),
    })
}

fn group_picker() -> Picker {
    Picker::new("device_group", "Device group", KINDS)
}

/// Pickers of a form that is shown again; `None`: with what is stored.
async fn page(
    session: &Session,
    device: DeviceId,
    pickers: Option<(Picker, Picker)>,
) -> Result<DevicePage> {
    let row = row(session, device)?;
    let (of_device, of_group) = (Name::Device(device), Name::DeviceGroup(row.group));
    let seen = row.company.filter(|company| session.view().sees(*company));
    let of_company = seen.map(Name::Company);
    let wanted = [Some(of_device), Some(of_group), of_company];
    let names = Names::of(session, wanted.into_iter().flatten().collect::<Vec<_>>()).await?;
    let path = path_of_device(session, device);
    let name = names.text(of_device);
    let mut frame = Frame::of(session, &name, &path, SECTION).await?;
    let may_manage = may_manage(session);
    if may_manage {
        frame = frame.below(PLACE, "Device groups");
    }
    if session.view().sees(row.group) {
        frame = frame.below(path_of(session, row.group), names.text(of_group));
    }
    let (group_picker, company_picker) = match pickers {
        Some(pickers) => pickers,
        None => {
            let group =
                group_picker().with(session.id(row.group).0.to_string(), names.text(of_group));
            let company = match seen {
                Some(company) => company_picker().with(
                    session.id(company).0.to_string(),
                    names.text(Name::Company(company)),
                ),
                None => company_picker(),
            };
            (group, company)
        }
    };
    Ok(DevicePage {
        lives: Lives::of(&frame, &path, &name, "device", row.life),
        frame,
        name,
        path,
        is_archived: !row.life.is_active(),
        may_manage,
        group: names.mark(of_group),
        company: of_company.map(|company| names.mark(company)),
        is_of_unseen: row.company != seen,
        group_picker,
        company_picker,
    })
}

async fn show(seen: Seen<DeviceId>) -> Result<Page<DevicePage>> {
    page(&seen, seen.on, None).await.map(Page::new)
}

async fn relocate(
    commands: CommandsOn<DeviceId>,
    form: Reviewed<NewPlace>,
) -> Result<Filled<DevicePage>> {
    let (session, device) = (&*commands, commands.on);
    let body = &form.body;
    let sent = Sent {
        id: body.device_group.clone(),
        text: body.device_group_text.clone(),
        asked: body.device_group_asked.clone(),
    };
    let mut groups = group_picker().take(session, KINDS, sent).await?;
    if !groups.is_open() && groups.chosen().is_none() {
        groups = groups.wrong("Name the group that it belongs to.");
    }
    let sent = Sent {
        id: body.company.clone(),
        text: body.company_text.clone(),
        asked: body.company_asked.clone(),
    };
    let company = company_of(session, sent.clone()).await?;
    let group = match groups.is_open() {
        true => None,
        false => groups.thing::<DeviceGroupId>(session)?,
    };
    let (Some(group), Ok(company)) = (group, &company) else {
        let chosen =
            company_picker().with(sent.id.unwrap_or_default(), sent.text.unwrap_or_default());
        let companies = company.err().unwrap_or(chosen);
        let page = page(session, device, Some((groups, companies))).await?;
        return Ok(Filled::Again(Page::again(page)));
    };
    // A company that the reader does not see is not theirs to take away (SD-33): it stays, unless another one is named.
    let unseen = row(session, device)?.company;
    let unseen = unseen.filter(|company| !session.view().sees(*company));
    let company: Option<CompanyId> = company.or(unseen);
    let wanted = [
        Some(Name::Device(device)),
        Some(Name::DeviceGroup(group)),
        company.map(Name::Company),
    ];
    let names = Names::of(session, wanted.into_iter().flatten().collect::<Vec<_>>()).await?;
    let path = path_of_device(session, device);
    let of = match company {
        Some(_) if unseen == company => "of the same company".to_owned(),
        Some(company) => format!("of {}", names.text(Name::Company(company))),
        None => "of no company".to_owned(),
    };
    let asking = Asking {
        title: format!(
            "Move {} to {}, as a device {of}?",
            names.text(Name::Device(device)),
            names.text(Name::DeviceGroup(group))
        ),
        about: String::new(),
        button: "Move".to_owned(),
        action: format!("{path}/place"),
        back: path.clone(),
        place: SECTION,
        moves: Vec::new(),
    };
    let command = Command::MoveDevice {
        device,
        group,
        company,
    };
    let settled = form.always().settle(session, command, asking).await?;
    Ok(Filled::Settled(settled.then(|written| {
        let said = if written.changed {
            "Moved."
        } else {
            "It stands there already."
        };
        SeeOther::to(path).saying(said)
    })))
}

async fn rename(commands: CommandsOn<DeviceId>, form: Reviewed<NewName>) -> Result<Taken<Review>> {
    let at = at(&commands, commands.on).await?;
    lives::rename(&commands, commands.on, form, &at).await
}

async fn set_life(
    commands: CommandsOn<DeviceId>,
    form: Reviewed<NewLife>,
) -> Result<Taken<Review>> {
    let at = at(&commands, commands.on).await?;
    lives::turn(&commands, commands.on, form, &at).await
}
