//! Device groups, their devices, and the agents who may reach them (AD-19).

use access::{Command, CompanyId, DeviceGroupId, DeviceId, state::Tie};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use web::{
    Problem, Result,
    guard::{Commands, CommandsOn, Seen},
    part::Order,
    reply::Answer,
    resource::{CompanyRef, DeviceGroupRef, DeviceRef},
    route::{Route, delete, get, post, put},
    session::Session,
    submit::Written,
};

use crate::{
    bodies::{self, NewName, PersonLine},
    lives::{self, lives},
    shown::{self, Shown},
    ties::{self, Tied},
};

pub(crate) fn routes() -> Vec<Route> {
    let mut routes = vec![
        get(
            "/api/v1/device-groups",
            "device_groups.list",
            "List device groups",
            shown::list::<DeviceGroupId>,
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
            ties::give::<DeviceGroupId>,
        ),
        delete(
            "/api/v1/device-groups/{device_group}/agents/{person}",
            "device_groups.remove_agent",
            "Let an agent no longer reach them",
            ties::take::<DeviceGroupId>,
        ),
        get(
            "/api/v1/devices",
            "devices.list",
            "List devices",
            shown::list::<DeviceId>,
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
            shown::show::<DeviceId>,
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
pub(crate) struct DeviceGroupBody {
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
pub(crate) struct DeviceBody {
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
    #[schema(schema_with = web::schema::name)]
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

impl Shown for DeviceGroupId {
    type Body = DeviceGroupBody;

    fn body(self, session: &Session, name: Option<String>) -> Option<DeviceGroupBody> {
        let row = session.asked().device_groups().get(self)?;
        Some(DeviceGroupBody {
            id: session.id(self),
            name,
            life: bodies::life(row.life),
            devices: session.overseen(self, row.devices.len()),
        })
    }
}

impl Tied for DeviceGroupId {
    fn tie(self) -> Tie {
        Tie::DeviceGroup(self)
    }
}

impl Shown for DeviceId {
    type Body = DeviceBody;

    fn body(self, session: &Session, name: Option<String>) -> Option<DeviceBody> {
        let row = session.asked().devices().get(self)?;
        Some(DeviceBody {
            id: session.id(self),
            name,
            life: bodies::life(row.life),
            device_group: session.shown(row.group),
            company: row.company.and_then(|company| session.shown(company)),
        })
    }
}

fn company(session: &Session, company: Option<CompanyRef>) -> Result<Option<CompanyId>> {
    session.named_if("/company", company)
}

async fn show(seen: Seen<DeviceGroupId>) -> Result<Answer<DeviceGroupWithAgents>> {
    let group = shown::body(&seen).await?;
    let row = seen
        .asked()
        .device_groups()
        .get(seen.on)
        .ok_or_else(Problem::not_found)?;
    let agents = PersonLine::of(&seen, row.agents.iter()).await?;
    seen.answer(DeviceGroupWithAgents { group, agents })
}

async fn create(commands: Commands, order: Order<NewName>) -> Result<Answer<Written>> {
    lives::create(&commands, &order.body.name, &order.how, |id| {
        Command::CreateDeviceGroup { id }
    })
    .await
}

async fn create_device(commands: Commands, order: Order<NewDevice>) -> Result<Answer<Written>> {
    let group = commands.named("/device_group", order.body.device_group)?;
    let company = company(&commands, order.body.company)?;
    lives::create(&commands, &order.body.name, &order.how, |id| {
        Command::AddDevice { id, group, company }
    })
    .await
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
