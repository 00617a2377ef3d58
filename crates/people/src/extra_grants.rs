//! Permissions on top of a role (AD-9).

use access::{Command, PersonId, event::GrantHolder};
use web::{
    Result,
    guard::CommandsOn,
    part::Order,
    reply::Answer,
    route::{Route, post},
    session::Session,
    submit::Written,
};

use crate::bodies::GrantBody;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        post(
            "/api/v1/people/{person}/extra-grants",
            "extra_grants.give",
            "Give a user a permission on top of the role",
            give_person,
        ),
        post(
            "/api/v1/people/{person}/extra-grants/removal",
            "extra_grants.take",
            "Take such a permission away",
            take_person,
        ),
    ]
}

/// Gives one.
pub(crate) async fn give(
    session: &Session,
    to: GrantHolder,
    order: &Order<GrantBody>,
) -> Result<Answer<Written>> {
    let grant = order.body.grant(session, "")?;
    session
        .submit(Command::GiveExtraGrant { to, grant }, &order.how)
        .await
}

/// Takes one away.
pub(crate) async fn take(
    session: &Session,
    from: GrantHolder,
    order: &Order<GrantBody>,
) -> Result<Answer<Written>> {
    let grant = order.body.grant(session, "")?;
    session
        .submit(Command::TakeExtraGrant { from, grant }, &order.how)
        .await
}

async fn give_person(
    commands: CommandsOn<PersonId>,
    order: Order<GrantBody>,
) -> Result<Answer<Written>> {
    give(&commands, GrantHolder::Person(commands.on), &order).await
}

async fn take_person(
    commands: CommandsOn<PersonId>,
    order: Order<GrantBody>,
) -> Result<Answer<Written>> {
    take(&commands, GrantHolder::Person(commands.on), &order).await
}
