//! The Permissions page of the contact centre (CC-2).

use access::{
    Command, Switch, catalogue::Concerns, decide::permissions::EditContactCentrePermissions,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use web::{
    Result,
    guard::{Commands, May, TheAccount},
    part::{Order, Path},
    reply::Answer,
    route::{Route, get, put},
    submit::Written,
};

pub(crate) fn routes() -> Vec<Route> {
    vec![
        get(
            "/api/v1/contact-centre/permissions",
            "contact_centre.permissions",
            "Show the switches of the Permissions page",
            show,
        ),
        put(
            "/api/v1/contact-centre/permissions/{switch}",
            "contact_centre.set_permission",
            "Turn a switch on or off",
            set,
        ),
    ]
}

/// The Permissions page.
#[derive(Debug, Serialize, ToSchema)]
struct Switches {
    /// Every switch.
    switches: Vec<SwitchBody>,
}

/// One switch.
#[derive(Debug, Serialize, ToSchema)]
struct SwitchBody {
    #[schema(schema_with = crate::words::switch)]
    switch: Switch,
    /// Its words on the page.
    label: &'static str,
    /// `organisation`, `supervisor` or `agent`.
    concerns: &'static str,
    on: bool,
    /// Whether it is on in a new account.
    default: bool,
    /// Cannot be changed (CC-9).
    locked: bool,
    /// The switch without which this one has nowhere to act (CC-7).
    #[schema(schema_with = crate::words::switch_if)]
    needs: Option<Switch>,
}

/// A switch in the path.
#[derive(Debug, Deserialize, IntoParams)]
struct SwitchInPath {
    /// Its key.
    #[param(schema_with = crate::words::switch)]
    switch: Switch,
}

/// A setting.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Setting {
    on: bool,
}

async fn show(may: May<EditContactCentrePermissions, TheAccount>) -> Result<Answer<Switches>> {
    let body = |switch: Switch| SwitchBody {
        switch,
        label: switch.label(),
        concerns: match switch.concerns() {
            Concerns::Organisation => "organisation",
            Concerns::Supervisor => "supervisor",
            Concerns::Agent => "agent",
        },
        on: may.asked().switch(switch),
        default: switch.default_value(),
        locked: switch.is_locked(),
        needs: switch.needs(),
    };
    may.answer(Switches {
        switches: Switch::ALL.into_iter().map(body).collect(),
    })
}

async fn set(
    commands: Commands,
    Path(path): Path<SwitchInPath>,
    order: Order<Setting>,
) -> Result<Answer<Written>> {
    commands
        .submit(
            Command::SetSwitch {
                switch: path.switch,
                on: order.body.on,
            },
            &order.how,
        )
        .await
}
