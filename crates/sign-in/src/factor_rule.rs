//! Of whom a second factor is asked: of everybody, or of the holders of an account role.

use access::{Command, RoleId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use web::{
    Result,
    guard::{Commands, CommandsOn, SignedIn},
    part::Order,
    reply::Answer,
    resource::{Resource, RoleRef},
    route::{Route, get, put},
    submit::Written,
};

pub(crate) fn routes() -> Vec<Route> {
    vec![
        get(
            "/api/v1/second-factor",
            "second_factors.rule",
            "Of whom a second factor is asked",
            show,
        ),
        put(
            "/api/v1/second-factor",
            "second_factors.require",
            "Ask everybody for a second factor, or no longer",
            require,
        ),
        put(
            "/api/v1/roles/{role}/second-factor",
            "second_factors.require_of_role",
            "Ask the holders of an account role for a second factor, or no longer",
            require_of_role,
        ),
    ]
}

/// Of whom a second factor is asked.
#[derive(Debug, Serialize, ToSchema)]
struct RuleBody {
    /// Of everybody who signs in.
    everybody: bool,
    /// Of those who hold one of these roles, as far as the caller sees them.
    roles: Vec<RoleRef>,
    /// Of the caller.
    oneself: bool,
}

/// Whether it is asked.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Requirement {
    required: bool,
}

/// What is asked of everybody is for everybody to know.
async fn show(session: SignedIn) -> Result<Answer<RuleBody>> {
    let rule = &session.asked().account().second_factor;
    let oneself = match session.subject {
        access::Subject::Person(person) => session.asked().asks_second_factor(person),
        _ => false,
    };
    let roles = rule.roles.iter();
    // A deleted one has no holders (AD-25).
    let roles = roles.filter(|role| !role.is_deleted(session.asked()));
    let body = RuleBody {
        everybody: rule.everybody,
        roles: roles.filter_map(|role| session.shown(*role)).collect(),
        oneself,
    };
    session.answer(body)
}

async fn require(commands: Commands, order: Order<Requirement>) -> Result<Answer<Written>> {
    let (role, required) = (None, order.body.required);
    let command = Command::RequireSecondFactor { role, required };
    commands.submit(command, &order.how).await
}

async fn require_of_role(
    commands: CommandsOn<RoleId>,
    order: Order<Requirement>,
) -> Result<Answer<Written>> {
    let (role, required) = (Some(commands.on), order.body.required);
    let command = Command::RequireSecondFactor { role, required };
    commands.submit(command, &order.how).await
}
