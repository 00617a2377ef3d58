//! Portal levels of customers (SD-13 to SD-16, SD-25).

use access::{Command, PersonId, state::PortalLevel};
use serde::Deserialize;
use utoipa::ToSchema;
use web::{
    Result,
    guard::{Commands, CommandsOn},
    part::Order,
    reply::Answer,
    resource::PersonRef,
    route::{Route, post, put},
    submit::Written,
};

use crate::account_roles::bounded;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        put(
            "/api/v1/people/{person}/portal-level",
            "portal_levels.set",
            "Set a customer's portal level",
            set,
        ),
        post(
            "/api/v1/portal-levels",
            "portal_levels.set_many",
            "Set the portal level of several customers; `outcomes` says of each whether it was done, was so already, or which rule refused it and why",
            set_many,
        ),
    ]
}

/// A portal level.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct LevelOfPortal {
    /// SD-13.
    #[schema(schema_with = crate::words::portal_level)]
    level: PortalLevel,
}

/// A portal level for several.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Levels {
    /// Who; at most 10,000.
    people: Vec<PersonRef>,
    /// SD-13.
    #[schema(schema_with = crate::words::portal_level)]
    level: PortalLevel,
}

async fn set(
    commands: CommandsOn<PersonId>,
    order: Order<LevelOfPortal>,
) -> Result<Answer<Written>> {
    let people = vec![commands.on];
    commands
        .submit(
            Command::SetPortalLevel {
                people,
                level: order.body.level,
                bulk: false,
            },
            &order.how,
        )
        .await
}

async fn set_many(commands: Commands, order: Order<Levels>) -> Result<Answer<Written>> {
    let level = order.body.level;
    let command = |people| Command::SetPortalLevel {
        people,
        level,
        bulk: true,
    };
    let people = bounded(&order.body.people)?;
    commands
        .submit_each("/people", people, command, &order.how)
        .await
}
