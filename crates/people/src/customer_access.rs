//! A customer's own access to a service, for ever or for a time (SD-11). The whole tab is in `tabs.rs`; it is the same stored value
//! (SD-17).

use access::{
    Command, PersonId, ServiceId,
    state::{CustomerAccess, Tie},
};
use serde::Deserialize;
use utoipa::ToSchema;
use web::{
    Result,
    common::Submission,
    guard::{And, CommandsOn},
    part::Order,
    reply::Answer,
    route::{Route, delete, put},
    submit::Written,
};

use crate::{bodies::WindowBody, ties};

pub(crate) fn routes() -> Vec<Route> {
    vec![
        put(
            "/api/v1/services/{service}/customers/{person}",
            "services.set_customer_access",
            "Give a customer access to the service, for ever or for a time",
            set,
        ),
        delete(
            "/api/v1/services/{service}/customers/{person}",
            "services.take_customer_access",
            "Take a customer's access to the service away, whatever it is and however long",
            take,
        ),
    ]
}

/// A customer's access.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct AccessToService {
    #[schema(schema_with = crate::words::customer_access)]
    access: CustomerAccess,
    /// When it counts; *Access (no portal)* has no time, because it closes what the company opens.
    #[serde(default)]
    window: WindowBody,
}

async fn set(
    commands: CommandsOn<ServiceId>,
    person: And<PersonId>,
    order: Order<AccessToService>,
) -> Result<Answer<Written>> {
    let tie = Tie::Customer(commands.on, order.body.access);
    ties::tie(&commands, person.0, tie, order.body.window, &order.how).await
}

async fn take(
    commands: CommandsOn<ServiceId>,
    person: And<PersonId>,
    how: Submission,
) -> Result<Answer<Written>> {
    let (service, rows) = (commands.on, vec![(person.0, None)]);
    let command = Command::SaveCustomersTab { service, rows };
    commands.submit(command, &how).await
}
