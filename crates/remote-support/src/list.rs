//! The list of device groups, and a new one.

use access::{
    Command, DeviceGroupId, decide::permissions::ManageDeviceGroups, explain::words::Name,
};
use askama::Template;
use ledger::{Change, Field, Of, ProfileWrite};
use web::{
    Result,
    guard::{May, TheAccount},
    page::{
        Frame, Page, Pager, REMOTE_SUPPORT, SeeOther,
        lives::NewName,
        names::{Mark, Names},
        review::{Asking, Filled, Reviewed},
    },
    paging::Paging,
    route::{Route, get, post},
    session::Session,
    things::{self, Search},
    values,
};

use crate::{PLACE, SECTION, group::devices};

const NEW: &str = "/remote-support/device-groups/new";

pub(crate) fn routes() -> Vec<Route> {
    vec![
        get(PLACE, "device_groups.page", "The device groups", show)
            .in_section(&REMOTE_SUPPORT, "Device groups"),
        get(
            NEW,
            "device_group_new.page",
            "The form of a new device group",
            new,
        ),
        post(NEW, "device_group_new.make", "Make a device group", make),
    ]
}

struct Row {
    name: Mark,
    devices: Option<usize>,
    agents: usize,
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
    let rows = found.iter().filter_map(|group| {
        let row = session.state().device_groups().get(*group)?;
        Some(Row {
            name: names.mark(Name::DeviceGroup(*group)),
            devices: session.overseen(*group, devices(session, *group)),
            agents: row.agents.len(),
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

#[derive(Template)]
#[template(path = "device-group-new.html")]
struct NewPage {
    frame: Frame,
    name: String,
    error: Option<String>,
}

async fn new_page(session: &Session, name: String, error: Option<String>) -> Result<NewPage> {
    let frame = Frame::of(session, "New device group", NEW, SECTION).await?;
    Ok(NewPage {
        frame: frame.below(PLACE, "Device groups"),
        name,
        error,
    })
}

async fn new(may: May<ManageDeviceGroups, TheAccount>) -> Result<Page<NewPage>> {
    new_page(&may, String::new(), None).await.map(Page::new)
}

async fn make(
    may: May<ManageDeviceGroups, TheAccount>,
    form: Reviewed<NewName>,
) -> Result<Filled<NewPage>> {
    let session = &*may;
    let name = match values::name(&form.body.name) {
        Ok(name) => name.to_owned(),
        Err(error) => {
            let error = Some(format!("Please {error}."));
            let page = new_page(session, form.body.name.clone(), error).await?;
            return Ok(Filled::Again(Page::again(page)));
        }
    };
    let id = session.new_id::<DeviceGroupId>();
    let change = Change::from(Command::CreateDeviceGroup { id })
        .with_profile(ProfileWrite::new(Of::public(id)).set(Field::Name, name.clone()));
    let asking = Asking {
        title: format!("Make the device group {name}?"),
        about: String::new(),
        button: "Make the device group".to_owned(),
        action: NEW.to_owned(),
        back: PLACE.to_owned(),
        place: SECTION,
        moves: Vec::new(),
    };
    let settled = form.settle(session, change, asking).await?;
    Ok(Filled::Settled(settled.then(|_| {
        SeeOther::to(format!("{PLACE}/{id}")).saying("The device group is made. Add its devices.")
    })))
}
