//! The agents of a device group: the tie that is stored, and beside it whether they really reach its devices, which needs the permission
//! and the licence too (AD-19).

use access::{
    Command, DeviceGroupId, DeviceId, Permission, PersonId, Subject, Target, Window,
    explain::words::{self, Name},
    state::{Life, Tie},
};
use askama::Template;
use web::{
    Problem, Result,
    guard::{CommandsOn, Seen},
    page::{
        Frame, OnePerson, Page, Pager, Picked, Picker, SeeOther, Taken, ThisPerson, capital,
        find::Kind,
        names::{Mark, Names},
        review::{Asking, Filled, Review, Reviewed},
    },
    paging::Paging,
    route::{Route, get, post},
    session::Session,
    things,
};

use crate::{
    SECTION,
    group::{AGENTS, Head, head, path_of},
};

const KINDS: &[Kind] = &[Kind::User];
/// Devices that are asked about for each agent; a larger group is told by its first ones.
const DEVICES_ASKED: usize = 200;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        get(
            "/remote-support/device-groups/{device_group}/agents",
            "device_group.agents",
            "The agents of a device group",
            show,
        ),
        post(
            "/remote-support/device-groups/{device_group}/agents",
            "device_group.add_agent",
            "Review and let an agent reach the devices",
            add,
        ),
        post(
            "/remote-support/device-groups/{device_group}/agents/removal",
            "device_group.remove_agent",
            "Review and let an agent no longer reach the devices",
            remove,
        ),
    ]
}

/// Whether an agent reaches the devices.
enum Reach {
    /// So many of those that were asked about.
    Some(usize),
    /// None of them, and why.
    Closed(String),
    /// There is none to ask about.
    NoDevice,
    /// Not for the reader to know (AD-31).
    NotTold,
}

struct Row {
    who: Mark,
    id: String,
    reach: Reach,
}

#[derive(Template)]
#[template(path = "device-group-agents.html")]
struct AgentsPage {
    frame: Frame,
    head: Head,
    path: String,
    rows: Vec<Row>,
    /// Of how many devices the answer tells.
    asked: usize,
    is_first: bool,
    picker: Picker,
    pager: Pager,
}

fn picker() -> Picker {
    Picker::new("person", "User to add", KINDS)
}

/// Decided, device by device: company access makes a difference (SD-33).
fn reach(session: &Session, names: &Names<'_>, person: PersonId, devices: &[DeviceId]) -> Reach {
    let subject = Subject::Person(person);
    if session.view().asking(subject).is_none() {
        return Reach::NotTold;
    }
    let Some(first) = devices.first() else {
        return Reach::NoDevice;
    };
    let view = session.state().view(subject, session.now());
    let permission = Permission::RemoteSupportUnattendedAccess;
    let reached = devices
        .iter()
        .filter(|device| view.may(permission, **device));
    match reached.count() {
        0 => {
            let decision = view.decide(permission, Target::Device(*first));
            let failed = decision.gates.failed();
            let why = failed.first().map(|(_, reason)| words::reason(*reason));
            let why = why.map(|why| names.phrase(&why)).unwrap_or_default();
            Reach::Closed(capital(&why))
        }
        reached => Reach::Some(reached),
    }
}

async fn page(
    session: &Session,
    group: DeviceGroupId,
    paging: &Paging,
    picker: Picker,
) -> Result<AgentsPage> {
    let (frame, head) = head(session, group, AGENTS).await?;
    let (state, view) = (session.state(), session.view());
    let row = state.device_groups().get(group);
    let row = row.ok_or_else(Problem::not_found)?;
    let sees = |person| view.sees(person);
    let (people, next) = things::walk(paging, |after| row.agents.iter_after(after), sees)?;
    let names = Names::of_people(session, people.iter().copied()).await?;
    let is_there = |device: &DeviceId| {
        let row = state.devices().get(*device);
        row.is_some_and(|row| row.life == Life::Active) && view.sees(*device)
    };
    let devices: Vec<_> = row
        .devices
        .iter()
        .filter(is_there)
        .take(DEVICES_ASKED)
        .collect();
    let rows = people.iter().map(|person| Row {
        who: names.mark(Name::Person(*person)),
        id: session.id(*person).0.to_string(),
        reach: reach(session, &names, *person, &devices),
    });
    let path = path_of(session, group);
    Ok(AgentsPage {
        rows: rows.collect(),
        frame,
        head,
        asked: devices.len(),
        is_first: paging.is_first(),
        picker,
        pager: Pager::new(paging, &format!("{path}/agents"), next),
        path,
    })
}

async fn show(seen: Seen<DeviceGroupId>, paging: Paging) -> Result<Page<AgentsPage>> {
    page(&seen, seen.on, &paging, picker()).await.map(Page::new)
}

async fn asking(
    session: &Session,
    group: DeviceGroupId,
    person: PersonId,
    end: &str,
    title: impl FnOnce(&str, &str) -> String,
    button: &str,
) -> Result<Asking> {
    let (person, of) = (Name::Person(person), Name::DeviceGroup(group));
    let names = Names::of(session, [person, of]).await?;
    let path = path_of(session, group);
    Ok(Asking {
        title: title(&names.text(person), &names.text(of)),
        about: "Unattended access needs this tie, the permission and a licence.".to_owned(),
        button: button.to_owned(),
        action: format!("{path}/agents{end}"),
        back: format!("{path}/agents"),
        place: SECTION,
        moves: Vec::new(),
    })
}

async fn add(
    commands: CommandsOn<DeviceGroupId>,
    form: Reviewed<OnePerson>,
) -> Result<Filled<AgentsPage>> {
    let (session, group) = (&*commands, commands.on);
    let picked = picker().pick(session, KINDS, form.body.sent()).await?;
    let person: PersonId = match picked {
        Picked::One(person) => person,
        Picked::Not(picker) => {
            let first = Paging::at(session, &format!("{}/agents", path_of(session, group)))?;
            let page = page(session, group, &first, picker).await?;
            return Ok(Filled::Again(Page::again(page)));
        }
    };
    let title = |person: &str, group: &str| format!("Let {person} reach {group}?");
    let asking = asking(session, group, person, "", title, "Add").await?;
    let back = asking.back.clone();
    let command = Command::Tie {
        person,
        tie: Tie::DeviceGroup(group),
        window: Window::ALWAYS,
    };
    let settled = form.always().settle(session, command, asking).await?;
    Ok(Filled::Settled(
        settled.then(|_| SeeOther::to(back).saying("Added.")),
    ))
}

async fn remove(
    commands: CommandsOn<DeviceGroupId>,
    form: Reviewed<ThisPerson>,
) -> Result<Taken<Review>> {
    let (session, group) = (&*commands, commands.on);
    let person = session.named("person", form.body.person)?;
    let title = |person: &str, group: &str| format!("Let {person} reach {group} no longer?");
    let asking = asking(session, group, person, "/removal", title, "Remove").await?;
    let back = asking.back.clone();
    let command = Command::Untie {
        person,
        tie: Tie::DeviceGroup(group),
    };
    let settled = form.always().settle(session, command, asking).await?;
    Ok(settled.then(|_| SeeOther::to(back).saying("Removed from the group. The user stays.")))
}
