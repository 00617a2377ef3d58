//! Desk groups: named sets of users to whom work is assigned (SD-8, SD-20).

use access::{Command, GroupId, state::Tie};
use ledger::{Change, Field, Of, ProfileWrite};
use serde::Serialize;
use utoipa::ToSchema;
use web::{
    Result,
    common::Submission,
    guard::{And, Commands, CommandsOn, Seen, SignedIn},
    paging::{Page, Paging},
    part::{Order, Query},
    reply::Answer,
    resource::{GroupRef, ServiceRef},
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

/// Members that an answer lists at most.
const MEMBERS_MAX: usize = 500;

pub(crate) fn routes() -> Vec<Route> {
    let mut routes = vec![
        get("/api/v1/groups", "groups.list", "List groups", list),
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
            add,
        ),
        delete(
            "/api/v1/groups/{group}/members/{person}",
            "groups.remove_member",
            "Take a user out of a group",
            remove,
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
struct GroupBody {
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

fn body(session: &Session, group: GroupId, name: Option<String>) -> Option<GroupBody> {
    let row = session.asked().groups().get(group)?;
    Some(GroupBody {
        id: session.id(group),
        name,
        life: bodies::life(row.life),
        services: row
            .services
            .iter()
            .filter_map(|service| session.shown(service))
            .collect(),
        members: session.overseen(group, row.members.len()),
    })
}

async fn list(
    session: SignedIn,
    paging: Paging,
    Query(search): Query<Search>,
) -> Result<Answer<Page<GroupBody>>> {
    let (groups, next) = things::page::<GroupId>(&session, &paging, &search, |_, _| true).await?;
    let profiles = things::profiles(&session, &groups).await?;
    let items = groups
        .into_iter()
        .filter_map(|group| body(&session, group, things::name(&profiles, group)))
        .collect();
    session.answer(Page { items, next })
}

async fn show(seen: Seen<GroupId>) -> Result<Answer<GroupWithMembers>> {
    let name = things::text(Some(&things::profile(&seen, seen.on).await?), Field::Name);
    let group = body(&seen, seen.on, name).ok_or_else(web::Problem::not_found)?;
    let members = seen
        .asked()
        .groups()
        .get(seen.on)
        .map(|row| row.members.clone())
        .unwrap_or_default();
    let people = PersonLine::of(&seen, members.iter(), MEMBERS_MAX).await?;
    seen.answer(GroupWithMembers { group, people })
}

async fn create(commands: Commands, order: Order<NewName>) -> Result<Answer<Written>> {
    let id = commands.new_id::<GroupId>();
    let name = things::parse_name("/name", &order.body.name)?;
    let change = Change::from(Command::CreateGroup { id })
        .with_profile(ProfileWrite::new(Of::public(id)).set(Field::Name, name));
    commands.create(id, change, &order.how).await
}

async fn add(
    commands: CommandsOn<GroupId>,
    person: And<access::PersonId>,
    order: Order<WindowBody>,
) -> Result<Answer<Written>> {
    ties::tie(
        &commands,
        person.0,
        Tie::Group(commands.on),
        order.body,
        &order.how,
    )
    .await
}

async fn remove(
    commands: CommandsOn<GroupId>,
    person: And<access::PersonId>,
    how: Submission,
) -> Result<Answer<Written>> {
    ties::untie(&commands, person.0, Tie::Group(commands.on), &how).await
}
