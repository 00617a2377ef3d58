//! The devices of a group, each with the company that it belongs to, if it belongs to one (AD-19, SD-33).

use access::{
    Command, CompanyId, DeviceGroupId, DeviceId, decide::permissions::ManageDeviceGroups,
    explain::words::Name, state::Life,
};
use askama::Template;
use ledger::{Change, Field, Of, ProfileWrite};
use serde::Deserialize;
use web::{
    Problem, Result,
    guard::{And, CommandsOn, May, Seen, TheAccount},
    page::{
        Frame, Page, Pager, Picker, SeeOther, Sent,
        find::Kind,
        names::{Mark, Names},
        review::{Asking, Filled, Reviewed},
    },
    paging::Paging,
    route::{Route, get, post},
    session::Session,
    things, values,
};

use crate::{
    PLACE, SECTION,
    group::{DEVICES, Head, head, path_of},
};

const KINDS: &[Kind] = &[Kind::Company];

pub(crate) fn routes() -> Vec<Route> {
    vec![
        get(
            "/remote-support/device-groups/{device_group}",
            "device_group.page",
            "The devices of a device group",
            show,
        ),
        get(
            "/remote-support/device-groups/{device_group}/devices/new",
            "device_group.new_device",
            "The form of a new device",
            new,
        ),
        post(
            "/remote-support/device-groups/{device_group}/devices/new",
            "device_group.add_device",
            "Review and add a device",
            add,
        ),
    ]
}

struct Row {
    name: Mark,
    company: Option<Mark>,
    is_archived: bool,
}

#[derive(Template)]
#[template(path = "device-group.html")]
struct DevicesPage {
    frame: Frame,
    head: Head,
    path: String,
    rows: Vec<Row>,
    is_first: bool,
    pager: Pager,
}

async fn show(seen: Seen<DeviceGroupId>, paging: Paging) -> Result<Page<DevicesPage>> {
    let (session, group) = (&*seen, seen.on);
    let (frame, head) = head(session, group, DEVICES).await?;
    let (state, view) = (session.state(), session.view());
    let row = state.device_groups().get(group);
    let row = row.ok_or_else(Problem::not_found)?;
    let shown = |device: DeviceId| {
        let row = state.devices().get(device);
        row.is_some_and(|row| row.life != Life::Deleted) && view.sees(device)
    };
    let (found, next) = things::walk(&paging, |after| row.devices.iter_after(after), shown)?;
    let company = |device: &DeviceId| {
        let row = state.devices().get(*device)?;
        let seen = row.company.filter(|company| view.sees(*company));
        seen.map(Name::Company)
    };
    let wanted = found.iter().map(|device| Name::Device(*device));
    let wanted = wanted.chain(found.iter().filter_map(company));
    let names = Names::of(session, wanted.collect::<Vec<_>>()).await?;
    let rows = found.iter().filter_map(|device| {
        let row = state.devices().get(*device)?;
        Some(Row {
            name: names.mark(Name::Device(*device)),
            company: company(device).map(|name| names.mark(name)),
            is_archived: !row.life.is_active(),
        })
    });
    let path = path_of(session, group);
    Ok(Page::new(DevicesPage {
        rows: rows.collect(),
        frame,
        head,
        is_first: paging.is_first(),
        pager: Pager::new(&paging, &path, next),
        path,
    }))
}

/// A form that names a device and its company.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct NewDevice {
    name: String,
    company: Option<String>,
    company_text: Option<String>,
    company_asked: Option<String>,
}

#[derive(Template)]
#[template(path = "device-new.html")]
struct NewPage {
    frame: Frame,
    group: String,
    path: String,
    name: String,
    error: Option<String>,
    company: Picker,
}

pub(crate) fn company_picker() -> Picker {
    Picker::new("company", "Company", KINDS)
}

/// The company that was named, or the picker that asks again.
pub(crate) async fn company_of(
    session: &Session,
    sent: Sent,
) -> Result<Result<Option<CompanyId>, Picker>> {
    let picker = company_picker().take(session, KINDS, sent).await?;
    if picker.is_open() {
        return Ok(Err(picker));
    }
    picker.thing::<CompanyId>(session).map(Ok)
}

async fn new_page(
    session: &Session,
    group: DeviceGroupId,
    name: String,
    error: Option<String>,
    company: Picker,
) -> Result<NewPage> {
    let (_, head) = head(session, group, DEVICES).await?;
    let group_path = path_of(session, group);
    let path = format!("{group_path}/devices/new");
    let frame = Frame::of(session, "New device", &path, SECTION).await?;
    Ok(NewPage {
        frame: frame
            .below(PLACE, "Device groups")
            .below(group_path.clone(), head.name.clone()),
        group: head.name,
        path: group_path,
        name,
        error,
        company,
    })
}

async fn new(
    may: May<ManageDeviceGroups, TheAccount>,
    group: And<DeviceGroupId>,
) -> Result<Page<NewPage>> {
    let page = new_page(&may, group.0, String::new(), None, company_picker());
    page.await.map(Page::new)
}

async fn add(
    commands: CommandsOn<DeviceGroupId>,
    form: Reviewed<NewDevice>,
) -> Result<Filled<NewPage>> {
    let (session, group) = (&*commands, commands.on);
    let body = &form.body;
    let sent = Sent {
        id: body.company.clone(),
        text: body.company_text.clone(),
        asked: body.company_asked.clone(),
    };
    let company = company_of(session, sent).await?;
    let name = values::name(&body.name);
    let (company, name) = match (company, name) {
        (Ok(company), Ok(name)) => (company, name.to_owned()),
        (company, name) => {
            let error = name.err().map(|error| format!("Please {error}."));
            let picker = company.err().unwrap_or_else(company_picker);
            let page = new_page(session, group, body.name.clone(), error, picker).await?;
            return Ok(Filled::Again(Page::again(page)));
        }
    };
    let id = session.new_id::<DeviceId>();
    let change = Change::from(Command::AddDevice { id, group, company })
        .with_profile(ProfileWrite::new(Of::public(id)).set(Field::Name, name.clone()));
    let names = Names::of(session, [Name::DeviceGroup(group)]).await?;
    let path = path_of(session, group);
    let asking = Asking {
        title: format!("Add {name} to {}?", names.text(Name::DeviceGroup(group))),
        about: "The agents of the group who have the permission reach it at once.".to_owned(),
        button: "Add the device".to_owned(),
        action: format!("{path}/devices/new"),
        back: path.clone(),
        place: SECTION,
        moves: Vec::new(),
    };
    let settled = form.always().settle(session, change, asking).await?;
    Ok(Filled::Settled(settled.then(|_| {
        SeeOther::to(path).saying("The device is added.")
    })))
}
