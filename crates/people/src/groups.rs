//! Desk groups: named sets of users to whom work is assigned (SD-8, SD-20).

use access::{Command, GroupId, state::Tie};
use serde::Serialize;
use utoipa::ToSchema;
use web::{
    Problem, Result,
    guard::{Commands, Seen},
    part::Order,
    reply::Answer,
    resource::{GroupRef, ServiceRef},
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
            "/api/v1/groups",
            "groups.list",
            "List groups",
            shown::list::<GroupId>,
        ),
        post("/api/v1/groups", "groups.create", "Make a group", create),
        get(
            "/api/v1/groups/{group}",
            "groups.show",
            "Show a group",
            show,
        ),
        put(
            "/api/v1/groups/{group}/members/{person}",
            "groups.add_member",
            "Put a user into a group",
            ties::give::<GroupId>,
        ),
        delete(
            "/api/v1/groups/{group}/members/{person}",
            "groups.remove_member",
            "Take a user out of a group",
            ties::take::<GroupId>,
        ),
    ];
    routes.extend(lives!(
        GroupId,
        "/api/v1/groups/{group}",
        "groups",
        "a group"
    ));
    routes
}

/// A group.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct GroupBody {
    id: GroupRef,
    name: Option<String>,
    /// `active` or `archived`.
    life: &'static str,
    /// Services to which its members have access by it (SD-8).
    services: Vec<ServiceRef>,
    /// How many members it has; for who configures the desk.
    #[serde(skip_serializing_if = "Option::is_none")]
    members: Option<usize>,
}

/// A group with its members.
#[derive(Debug, Serialize, ToSchema)]
struct GroupWithMembers {
    #[serde(flatten)]
    group: GroupBody,
    /// Its members, as far as the caller sees them; at most 500.
    people: Vec<PersonLine>,
}

impl Shown for GroupId {
    type Body = GroupBody;

    fn body(self, session: &Session, name: Option<String>) -> Option<GroupBody> {
        let row = session.asked().groups().get(self)?;
        Some(GroupBody {
            id: session.id(self),
            name,
            life: bodies::life(row.life),
            services: row
                .services
                .iter()
                .filter_map(|service| session.shown(service))
                .collect(),
            members: session.overseen(self, row.members.len()),
        })
    }
}

impl Tied for GroupId {
    fn tie(self) -> Tie {
        Tie::Group(self)
    }
}

async fn show(seen: Seen<GroupId>) -> Result<Answer<GroupWithMembers>> {
    let group = shown::body(&seen).await?;
    let row = seen
        .asked()
        .groups()
        .get(seen.on)
        .ok_or_else(Problem::not_found)?;
    let people = PersonLine::of(&seen, row.members.iter()).await?;
    seen.answer(GroupWithMembers { group, people })
}

async fn create(commands: Commands, order: Order<NewName>) -> Result<Answer<Written>> {
    lives::create(&commands, &order.body.name, &order.how, |id| {
        Command::CreateGroup { id }
    })
    .await
}
