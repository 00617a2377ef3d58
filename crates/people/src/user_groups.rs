//! User groups: the tree by which administration is scoped (AD-12).

use access::{
    Command, UserGroupId,
    event::GrantHolder,
    state::{Extras, Tie},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use web::{
    Problem, Result,
    guard::{Commands, CommandsOn, Seen},
    part::Order,
    reply::Answer,
    resource::UserGroupRef,
    route::{Route, delete, get, post, put},
    session::Session,
    submit::Written,
};

use crate::{
    bodies::{self, GrantBody, PersonLine},
    extra_grants,
    lives::{self, lives},
    shown::{self, Shown},
    ties::{self, Tied},
};

pub(crate) fn routes() -> Vec<Route> {
    let mut routes = vec![
        get(
            "/api/v1/user-groups",
            "user_groups.list",
            "List user groups",
            shown::list::<UserGroupId>,
        ),
        post(
            "/api/v1/user-groups",
            "user_groups.create",
            "Make a user group",
            create,
        ),
        get(
            "/api/v1/user-groups/{user_group}",
            "user_groups.show",
            "Show a user group",
            show,
        ),
        put(
            "/api/v1/user-groups/{user_group}/parent",
            "user_groups.move",
            "Move a user group in the tree",
            relocate,
        ),
        put(
            "/api/v1/user-groups/{user_group}/members/{person}",
            "user_groups.add_member",
            "Put a user into a user group",
            ties::give::<UserGroupId>,
        ),
        // AD-13: this does not delete the user.
        delete(
            "/api/v1/user-groups/{user_group}/members/{person}",
            "user_groups.remove_member",
            "Take a user out of a user group",
            ties::take::<UserGroupId>,
        ),
        post(
            "/api/v1/user-groups/{user_group}/extra-grants",
            "user_groups.give_extra_grant",
            "Give the members a permission on top",
            give,
        ),
        post(
            "/api/v1/user-groups/{user_group}/extra-grants/removal",
            "user_groups.take_extra_grant",
            "Take such a permission away",
            take,
        ),
    ];
    routes.extend(lives!(
        UserGroupId,
        "/api/v1/user-groups/{user_group}",
        "user_groups",
        "a user group"
    ));
    routes
}

/// A user group.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct UserGroupBody {
    id: UserGroupRef,
    name: Option<String>,
    /// `active` or `archived`.
    life: &'static str,
    /// The group above, if the caller sees it.
    parent: Option<UserGroupRef>,
    /// What its members hold on top of their role (AD-9).
    extra_grants: Vec<GrantBody>,
    /// Its own members, without those of the groups below; whoever sees the group sees them all.
    members: usize,
}

/// A user group with its people.
#[derive(Debug, Serialize, ToSchema)]
struct UserGroupWithMembers {
    #[serde(flatten)]
    group: UserGroupBody,
    /// Its own members, as far as the caller sees them; at most 500.
    people: Vec<PersonLine>,
    /// Whose custom role has this group in its scope (AD-12); as far as the caller sees them and at most 500, like those who follow.
    managers: Vec<PersonLine>,
    /// Limited account admins with this group in their scope (AD-10).
    limited_account_admins: Vec<PersonLine>,
    /// Who holds an extra grant with this group in its scope (AD-9).
    extra_grant_holders: Vec<PersonLine>,
}

/// A new user group.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewUserGroup {
    /// Its name.
    #[schema(schema_with = web::schema::name)]
    name: String,
    /// The group above; absent: at the top.
    #[serde(default)]
    parent: Option<UserGroupRef>,
}

/// A place in the tree.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Parent {
    /// The group above; `null`: at the top.
    parent: Option<UserGroupRef>,
}

impl Shown for UserGroupId {
    type Body = UserGroupBody;

    fn body(self, session: &Session, name: Option<String>) -> Option<UserGroupBody> {
        let row = session.asked().user_groups().get(self)?;
        Some(UserGroupBody {
            id: session.id(self),
            name,
            life: bodies::life(row.life),
            parent: row.parent.and_then(|parent| session.shown(parent)),
            extra_grants: row
                .extra_grants
                .iter()
                .map(|grant| GrantBody::of(session, grant))
                .collect(),
            members: row.members.len(),
        })
    }
}

impl Tied for UserGroupId {
    fn tie(self) -> Tie {
        Tie::UserGroup(self)
    }
}

async fn show(seen: Seen<UserGroupId>) -> Result<Answer<UserGroupWithMembers>> {
    let group = shown::body(&seen).await?;
    let row = seen
        .asked()
        .user_groups()
        .get(seen.on)
        .ok_or_else(Problem::not_found)?;
    let people = PersonLine::of(&seen, row.members.iter()).await?;
    let (state, group_shown) = (seen.asked(), seen.on);
    let scoped = |names: fn(&Extras, UserGroupId) -> bool| {
        let named = row.managers.iter().filter(move |person| {
            let row = state.people().get(*person);
            row.is_some_and(|row| names(row.extras(), group_shown))
        });
        PersonLine::of(&seen, named)
    };
    let managers = scoped(|extras, group| extras.role_scope.names(group)).await?;
    let limited_account_admins = scoped(|extras, group| {
        let admin = extras.limited_admin.as_ref();
        admin.is_some_and(|admin| admin.scope.names(group))
    });
    let extra_grant_holders = scoped(|extras, group| {
        let mut grants = extras.extra_grants.iter();
        grants.any(|grant| grant.scope.names(group))
    });
    seen.answer(UserGroupWithMembers {
        group,
        people,
        managers,
        limited_account_admins: limited_account_admins.await?,
        extra_grant_holders: extra_grant_holders.await?,
    })
}

async fn create(commands: Commands, order: Order<NewUserGroup>) -> Result<Answer<Written>> {
    let parent = commands.named_if("/parent", order.body.parent)?;
    lives::create(&commands, &order.body.name, &order.how, |id| {
        Command::CreateUserGroup { id, parent }
    })
    .await
}

async fn relocate(
    commands: CommandsOn<UserGroupId>,
    order: Order<Parent>,
) -> Result<Answer<Written>> {
    let parent = commands.named_if("/parent", order.body.parent)?;
    commands
        .submit(
            Command::MoveUserGroup {
                group: commands.on,
                parent,
            },
            &order.how,
        )
        .await
}

async fn give(
    commands: CommandsOn<UserGroupId>,
    order: Order<GrantBody>,
) -> Result<Answer<Written>> {
    extra_grants::give(&commands, GrantHolder::UserGroup(commands.on), &order).await
}

async fn take(
    commands: CommandsOn<UserGroupId>,
    order: Order<GrantBody>,
) -> Result<Answer<Written>> {
    extra_grants::take(&commands, GrantHolder::UserGroup(commands.on), &order).await
}
