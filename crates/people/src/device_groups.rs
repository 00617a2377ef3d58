//! Device groups, their devices, and the agents who may reach them (AD-19).

use access::{Command, CompanyId, DeviceGroupId, DeviceId, PersonId, state::Tie};
use ledger::{Change, Field, Of, ProfileWrite};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use web::{
    Problem, Result,
    common::Submission,
    guard::{And, Commands, CommandsOn, Seen, SignedIn},
    paging::{Page, Paging},
    part::{Order, Query},
    reply::Answer,
    resource::{CompanyRef, DeviceGroupRef, DeviceRef},
    route::{Route, delete, get, post, put},
    session::Session,
    submit::Written,
};

use crate::{
    bodies::{self, NewName, PersonLine, WindowBody},
    lives::lives,
    things::{self, Search},
    ties,
};

const AGENTS_MAX: usize = 500;

pub(crate) fn routes() -> Vec<Route> {
    let mut routes = vec![
        get(
            "/api/v1/device-groups",
            "device_groups.list",
            "List device groups",
            list,
        ),
        post(
            "/api/v1/device-groups",
            "device_groups.create",
            "Make a device group",
            create,
        ),
        get(
            "/api/v1/device-groups/{device_group}",
            "device_groups.show",
            "Show a device group",
            show,
        ),
        put(
            "/api/v1/device-groups/{device_group}/agents/{person}",
            "device_groups.add_agent",
            "Let an agent reach the devices",
            add,
        ),
        delete(
            "/api/v1/device-groups/{device_group}/agents/{person}",
            "device_groups.remove_agent",
            "Let an agent no longer reach them",
            remove,
        ),
        get(
            "/api/v1/devices",
            "devices.list",
            "List devices",
            list_devices,
        ),
        post(
            "/api/v1/devices",
            "devices.create",
            "Add a device",
            create_device,
        ),
        get(
            "/api/v1/devices/{device}",
            "devices.show",
            "Show a device",
            show_device,
        ),
        put(
            "/api/v1/devices/{device}/place",
            "devices.move",
            "Move a device to another group or company",
            move_device,
        ),
    ];
    routes.extend(lives!(
        DeviceGroupId,
        "/api/v1/device-groups/{device_group}",
        "device_groups",
        "a device group"
    ));
    routes.extend(lives!(
        DeviceId,
        "/api/v1/devices/{device}",
        "devices",
        "a device"
    ));
    routes
}

/// A device group.
#[derive(Debug, Serialize, ToSchema)]
struct DeviceGroupBody {
    id: DeviceGroupRef,
    name: Option<String>,
    /// `active` or `archived`.
    life: &'static str,
    /// How many devices it has; for who manages the devices of all companies.
    #[serde(skip_serializing_if = "Option::is_none")]
    devices: Option<usize>,
}

/// A device group with its agents.
#[derive(Debug, Serialize, ToSchema)]
struct DeviceGroupWithAgents {
    #[serde(flatten)]
    group: DeviceGroupBody,
    /// Who may reach its devices, as far as the caller sees them; at most 500.
    agents: Vec<PersonLine>,
}

/// A managed device.
#[derive(Debug, Serialize, ToSchema)]
struct DeviceBody {
    id: DeviceRef,
    name: Option<String>,
    /// `active` or `archived`.
    life: &'static str,
    /// Where it belongs, if the caller sees that.
    device_group: Option<DeviceGroupRef>,
    /// Whose it is (SD-33), if the caller sees that.
    company: Option<CompanyRef>,
}

/// A new device.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewDevice {
    /// Its name.
    name: String,
    /// Where it belongs.
    device_group: DeviceGroupRef,
    /// Whose it is.
    #[serde(default)]
    company: Option<CompanyRef>,
}

/// Where a device belongs.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct DevicePlace {
    /// The group.
    device_group: DeviceGroupRef,
    /// Whose it is; `null`: nobody's.
    company: Option<CompanyRef>,
}

fn body(session: &Session, group: DeviceGroupId, name: Option<String>) -> Option<DeviceGroupBody> {
    let row = session.asked().device_groups().get(group)?;
    Some(DeviceGroupBody {
        id: session.id(group),
        name,
        life: bodies::life(row.life),
        devices: session.overseen(group, row.devices.len()),
    })
}

fn device_body(session: &Session, device: DeviceId, name: Option<String>) -> Option<DeviceBody> {
    let row = session.asked().devices().get(device)?;
    Some(DeviceBody {
        id: session.id(device),
        name,
        life: bodies::life(row.life),
        device_group: session.shown(row.group),
        company: row.company.and_then(|company| session.shown(company)),
    })
}

fn company(session: &Session, company: Option<CompanyRef>) -> Result<Option<CompanyId>> {
    session.named_if("/company", company)
}

async fn list(
    session: SignedIn,
    paging: Paging,
    Query(search): Query<Search>,
) -> Result<Answer<Page<DeviceGroupBody>>> {
    let (groups, next) =
        things::page::<DeviceGroupId>(&session, &paging, &search, |_, _| true).await?;
    let profiles = things::profiles(&session, &groups).await?;
    let items = groups
        .into_iter()
        .filter_map(|group| body(&session, group, things::name(&profiles, group)))
        .collect();
    session.answer(Page { items, next })
}

async fn show(seen: Seen<DeviceGroupId>) -> Result<Answer<DeviceGroupWithAgents>> {
    let name = things::text(Some(&things::profile(&seen, seen.on).await?), Field::Name);
    let group = body(&seen, seen.on, name).ok_or_else(Problem::not_found)?;
    let row = seen
        .asked()
        .device_groups()
        .get(seen.on)
        .ok_or_else(Problem::not_found)?;
    let agents = PersonLine::of(&seen, row.agents.iter(), AGENTS_MAX).await?;
    seen.answer(DeviceGroupWithAgents { group, agents })
}

async fn create(commands: Commands, order: Order<NewName>) -> Result<Answer<Written>> {
    let id = commands.new_id::<DeviceGroupId>();
    let name = things::parse_name("/name", &order.body.name)?;
    let change = Change::from(Command::CreateDeviceGroup { id })
        .with_profile(ProfileWrite::new(Of::public(id)).set(Field::Name, name));
    commands.create(id, change, &order.how).await
}

async fn add(
    commands: CommandsOn<DeviceGroupId>,
    person: And<PersonId>,
    order: Order<WindowBody>,
) -> Result<Answer<Written>> {
    ties::tie(
        &commands,
        person.0,
        Tie::DeviceGroup(commands.on),
        order.body,
        &order.how,
    )
    .await
}

async fn remove(
    commands: CommandsOn<DeviceGroupId>,
    person: And<PersonId>,
    how: Submission,
) -> Result<Answer<Written>> {
    ties::untie(&commands, person.0, Tie::DeviceGroup(commands.on), &how).await
}

async fn list_devices(
    session: SignedIn,
    paging: Paging,
    Query(search): Query<Search>,
) -> Result<Answer<Page<DeviceBody>>> {
    let (devices, next) = things::page::<DeviceId>(&session, &paging, &search, |_, _| true).await?;
    let profiles = things::profiles(&session, &devices).await?;
    let items = devices
        .into_iter()
        .filter_map(|device| device_body(&session, device, things::name(&profiles, device)))
        .collect();
    session.answer(Page { items, next })
}

async fn show_device(seen: Seen<DeviceId>) -> Result<Answer<DeviceBody>> {
    let name = things::text(Some(&things::profile(&seen, seen.on).await?), Field::Name);
    seen.answer(device_body(&seen, seen.on, name).ok_or_else(Problem::not_found)?)
}

async fn create_device(commands: Commands, order: Order<NewDevice>) -> Result<Answer<Written>> {
    let id = commands.new_id::<DeviceId>();
    let name = things::parse_name("/name", &order.body.name)?;
    let group = commands.named("/device_group", order.body.device_group)?;
    let company = company(&commands, order.body.company)?;
    let change = Change::from(Command::AddDevice { id, group, company })
        .with_profile(ProfileWrite::new(Of::public(id)).set(Field::Name, name));
    commands.create(id, change, &order.how).await
}

async fn move_device(
    commands: CommandsOn<DeviceId>,
    order: Order<DevicePlace>,
) -> Result<Answer<Written>> {
    let group = commands.named("/device_group", order.body.device_group)?;
    let company = company(&commands, order.body.company)?;
    commands
        .submit(
            Command::MoveDevice {
                device: commands.on,
                group,
                company,
            },
            &order.how,
        )
        .await
}
