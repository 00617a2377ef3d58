//! Roles of a person that are not over one thing: account rights of the desk, agent and features of remote support, Contact admin.

use access::{
    Permission, PersonId,
    state::{DeskRight, Tie},
};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use web::{
    Result,
    common::Submission,
    guard::CommandsOn,
    part::{Order, Path},
    reply::Answer,
    resource::LicenceRef,
    route::{Route, delete, put},
    submit::Written,
};

use crate::{bodies::WindowBody, ties};

pub(crate) fn routes() -> Vec<Route> {
    vec![
        put(
            "/api/v1/people/{person}/desk-rights/{right}",
            "desk_rights.give",
            "Give an account right of the desk",
            give_right,
        ),
        delete(
            "/api/v1/people/{person}/desk-rights/{right}",
            "desk_rights.take",
            "Take an account right of the desk away",
            take_right,
        ),
        put(
            "/api/v1/people/{person}/agent",
            "remote_support.make_agent",
            "Make a user agent of remote support",
            make_agent,
        ),
        delete(
            "/api/v1/people/{person}/agent",
            "remote_support.unmake_agent",
            "Make a user agent no longer",
            unmake_agent,
        ),
        put(
            "/api/v1/people/{person}/features/{permission}",
            "remote_support.give_feature",
            "Give an agent a feature permission",
            give_feature,
        ),
        delete(
            "/api/v1/people/{person}/features/{permission}",
            "remote_support.take_feature",
            "Take a feature permission away",
            take_feature,
        ),
        put(
            "/api/v1/people/{person}/contact-admin",
            "contact_centre.make_contact_admin",
            "Make a user Contact admin, together with the licence",
            make_contact_admin,
        ),
        delete(
            "/api/v1/people/{person}/contact-admin",
            "contact_centre.unmake_contact_admin",
            "Make a user Contact admin no longer",
            unmake_contact_admin,
        ),
    ]
}

/// A right in the path.
#[derive(Debug, Deserialize, IntoParams)]
struct RightInPath {
    /// Its key.
    #[param(schema_with = crate::words::desk_right)]
    right: DeskRight,
}

/// A feature permission in the path.
#[derive(Debug, Deserialize, IntoParams)]
struct FeatureInPath {
    /// Its key.
    #[param(schema_with = crate::words::permission)]
    permission: Permission,
}

/// A role that needs a licence.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WithLicence {
    /// The licence to give in the same step; absent: the user has one.
    #[serde(default)]
    pub licence: Option<LicenceRef>,
    /// When it holds; not together with a licence.
    #[serde(default)]
    pub window: WindowBody,
}

async fn give_right(
    commands: CommandsOn<PersonId>,
    Path(path): Path<RightInPath>,
    order: Order<WindowBody>,
) -> Result<Answer<Written>> {
    ties::tie(
        &commands,
        commands.on,
        Tie::DeskRight(path.right),
        order.body,
        &order.how,
    )
    .await
}

async fn take_right(
    commands: CommandsOn<PersonId>,
    Path(path): Path<RightInPath>,
    how: Submission,
) -> Result<Answer<Written>> {
    ties::untie(&commands, commands.on, Tie::DeskRight(path.right), &how).await
}

async fn make_agent(
    commands: CommandsOn<PersonId>,
    order: Order<WindowBody>,
) -> Result<Answer<Written>> {
    ties::tie(&commands, commands.on, Tie::Agent, order.body, &order.how).await
}

async fn unmake_agent(commands: CommandsOn<PersonId>, how: Submission) -> Result<Answer<Written>> {
    ties::untie(&commands, commands.on, Tie::Agent, &how).await
}

async fn give_feature(
    commands: CommandsOn<PersonId>,
    Path(path): Path<FeatureInPath>,
    order: Order<WindowBody>,
) -> Result<Answer<Written>> {
    ties::tie(
        &commands,
        commands.on,
        Tie::Feature(path.permission),
        order.body,
        &order.how,
    )
    .await
}

async fn take_feature(
    commands: CommandsOn<PersonId>,
    Path(path): Path<FeatureInPath>,
    how: Submission,
) -> Result<Answer<Written>> {
    ties::untie(&commands, commands.on, Tie::Feature(path.permission), &how).await
}

async fn make_contact_admin(
    commands: CommandsOn<PersonId>,
    order: Order<WithLicence>,
) -> Result<Answer<Written>> {
    ties::with_licence(&commands, commands.on, Tie::ContactAdmin, &order).await
}

async fn unmake_contact_admin(
    commands: CommandsOn<PersonId>,
    how: Submission,
) -> Result<Answer<Written>> {
    ties::untie(&commands, commands.on, Tie::ContactAdmin, &how).await
}
