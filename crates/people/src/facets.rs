//! The life of a person who is there: facets are switched off and on (AD-15), employers change (SD-21), and erasure ends it (SD-26).

use access::{Command, PersonId, state::Facet};
use ledger::{Change, Field};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use web::{
    Result,
    common::Submission,
    guard::CommandsOn,
    part::{Order, Query},
    reply::Answer,
    resource::CompanyRef,
    route::{Route, delete, post, put},
    submit::Written,
};

use crate::things;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        delete(
            "/api/v1/people/{person}",
            "people.erase",
            "Erase a person: personal data goes everywhere, numbers stay",
            erase,
        ),
        post(
            "/api/v1/people/{person}/deactivation",
            "people.deactivate",
            "Deactivate a facet",
            deactivate,
        ),
        post(
            "/api/v1/people/{person}/reactivation",
            "people.reactivate",
            "Reactivate a facet",
            reactivate,
        ),
        put(
            "/api/v1/people/{person}/employer",
            "people.set_employer",
            "Tie a person to a company, or to none",
            set_employer,
        ),
    ]
}

/// Which facet.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct OneFacet {
    /// Staff or customer.
    #[schema(schema_with = crate::words::facet)]
    facet: Facet,
}

/// An employer.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Employer {
    /// The company; `null`: none.
    company: Option<CompanyRef>,
    /// Leave a present company in the same step; otherwise a second company is refused (SD-21).
    #[serde(default, rename = "move")]
    move_from_other: bool,
}

/// How an erasure is done.
#[derive(Debug, Deserialize, IntoParams)]
struct Erasure {
    /// Keep a keyed hash of the address on the denylist, so that it cannot register again.
    #[serde(default)]
    deny_address: bool,
}

async fn deactivate(
    commands: CommandsOn<PersonId>,
    order: Order<OneFacet>,
) -> Result<Answer<Written>> {
    commands
        .submit(
            Command::Deactivate {
                person: commands.on,
                facet: order.body.facet,
            },
            &order.how,
        )
        .await
}

async fn reactivate(
    commands: CommandsOn<PersonId>,
    order: Order<OneFacet>,
) -> Result<Answer<Written>> {
    commands
        .submit(
            Command::Reactivate {
                person: commands.on,
                facet: order.body.facet,
            },
            &order.how,
        )
        .await
}

async fn erase(
    commands: CommandsOn<PersonId>,
    Query(erasure): Query<Erasure>,
    how: Submission,
) -> Result<Answer<Written>> {
    let mut change = Change::from(Command::ErasePerson {
        person: commands.on,
    });
    if erasure.deny_address {
        change.deny.extend(things::text(
            Some(&things::profile(&commands, commands.on).await?),
            Field::Email,
        ));
    }
    commands.submit(change, &how).await
}

async fn set_employer(
    commands: CommandsOn<PersonId>,
    order: Order<Employer>,
) -> Result<Answer<Written>> {
    let company = commands.named_if("/company", order.body.company)?;
    let move_from_other = order.body.move_from_other;
    commands
        .submit(
            Command::SetEmployer {
                person: commands.on,
                company,
                move_from_other,
            },
            &order.how,
        )
        .await
}
