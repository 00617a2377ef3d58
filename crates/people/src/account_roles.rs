//! The one account role of a user, and account admins of remote support (AD-1, AD-6, AD-23, S0).

use access::{
    Command, PermissionSet, PersonId, RoleId,
    command::{AccountAdminGrant, RoleAssignment},
    state::{ExtraGrant, LimitedAdmin, PeopleScope},
};
use ledger::{Change, Of};
use mail::Letter;
use serde::Deserialize;
use utoipa::ToSchema;
use web::{
    Problem, Result,
    common::Submission,
    guard::{Commands, CommandsOn},
    part::Order,
    reply::Answer,
    resource::{PersonRef, RoleRef, UserGroupRef},
    route::{Route, delete, post, put},
    session::{Session, failed},
    submit::Written,
};

use crate::bodies::{self, GrantBody};

/// People of one bulk change.
pub(crate) const BULK_MAX: usize = 10_000;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        put(
            "/api/v1/people/{person}/account-role",
            "account_roles.set",
            "Give a user an account role",
            set,
        ),
        post(
            "/api/v1/account-roles",
            "account_roles.set_many",
            "Give several users an account role, each by the rules for one; `outcomes` says of each whether it was done, was so already, or which rule refused it and why",
            set_many,
        ),
        put(
            "/api/v1/people/{person}/account-admin",
            "account_roles.set_account_admin",
            "Make an agent account admin of remote support",
            set_admin,
        ),
        delete(
            "/api/v1/people/{person}/account-admin",
            "account_roles.unset_account_admin",
            "Make somebody account admin no longer",
            unset_admin,
        ),
    ]
}

/// An account role with the people it reaches.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Assignment {
    /// The role.
    role: RoleRef,
    /// For the people of these user groups (custom roles only, AD-12); `null` or absent: for all. An empty list reaches nobody (AD-26).
    #[serde(default)]
    user_groups: Option<Vec<UserGroupRef>>,
    /// Extra grants that stay; the others are dropped (AD-9).
    #[serde(default)]
    keep: Vec<GrantBody>,
}

/// An account role for several users.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Assignments {
    /// Who; at most 10,000.
    people: Vec<PersonRef>,
    /// The role.
    role: RoleRef,
    /// As for one.
    #[serde(default)]
    user_groups: Option<Vec<UserGroupRef>>,
}

/// What kind of account admin somebody becomes.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct AccountAdmin {
    /// `full`: all five privileges, for everybody. `limited`: chosen privileges, for a written scope.
    access: AdminAccess,
    /// Limited only: keys of the privileges. None at all: sees the people of the scope.
    #[serde(default)]
    #[schema(schema_with = crate::words::permissions_if)]
    privileges: Option<PermissionSet>,
    /// Limited only: for the people of these user groups; `null` or absent: for all.
    #[serde(default)]
    user_groups: Option<Vec<UserGroupRef>>,
}

/// Full or limited (S0).
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum AdminAccess {
    Full,
    Limited,
}

/// Refuses a list of people that is too long to be answered person by person.
pub(crate) fn bounded(people: &[PersonRef]) -> Result<&[PersonRef]> {
    if people.len() <= BULK_MAX {
        return Ok(people);
    }
    let detail = format!("name at most {BULK_MAX} people at once");
    Err(Problem::senseless("too_many_people", "/people", detail))
}

/// A role with the people it reaches, as a request names them.
fn assignment(
    session: &Session,
    role: RoleRef,
    user_groups: Option<&[UserGroupRef]>,
) -> Result<RoleAssignment> {
    Ok(RoleAssignment {
        role: session.named("/role", role)?,
        scope: bodies::scope(session, "/user_groups", user_groups)?,
    })
}

async fn set(commands: CommandsOn<PersonId>, order: Order<Assignment>) -> Result<Answer<Written>> {
    let Assignment {
        role,
        user_groups,
        keep,
    } = &order.body;
    let assignment = assignment(&commands, *role, user_groups.as_deref())?;
    let keep = keep.iter().enumerate();
    let keep = keep
        .map(|(index, grant)| grant.grant(&commands, &format!("/keep/{index}")))
        .collect::<Result<_>>()?;
    let change = role_change(&commands, commands.on, assignment, keep)?;
    commands.submit(change, &order.how).await
}

/// Whether the rules would let the caller give somebody a role (AD-6): a form for what one may not give is absent.
pub(crate) fn may_give(session: &Session, person: PersonId, role: RoleId) -> bool {
    session.offers(&Command::SetAccountRoles {
        people: vec![person],
        assignment: RoleAssignment {
            role,
            scope: PeopleScope::All,
        },
        keep: Vec::new(),
        bulk: false,
    })
}

/// The change by which somebody holds a role from now on. Who becomes an administrator by it is told so, and who is one already is not
/// told again.
pub(crate) fn role_change(
    session: &Session,
    person: PersonId,
    assignment: RoleAssignment,
    keep: Vec<ExtraGrant>,
) -> Result<Change> {
    let administrates = |role| [RoleId::SUPER_ADMIN, RoleId::ADMIN].contains(&role);
    let row = session.state().people().get(person);
    let is_told =
        administrates(assignment.role) && !row.is_some_and(|row| administrates(row.account_role));
    let change = Change::from(Command::SetAccountRoles {
        people: vec![person],
        assignment,
        keep,
        bulk: false,
    });
    if !is_told {
        return Ok(change);
    }
    let (account, of) = (&session.account, Of::known(person));
    let told = mail::notice(account, of, None, &Letter::MadeAdministrator);
    Ok(change.with_mail(told.map_err(failed)?))
}

async fn set_many(commands: Commands, order: Order<Assignments>) -> Result<Answer<Written>> {
    let Assignments {
        people,
        role,
        user_groups,
    } = &order.body;
    let assignment = assignment(&commands, *role, user_groups.as_deref())?;
    let command = |people| Command::SetAccountRoles {
        people,
        assignment,
        keep: Vec::new(),
        bulk: true,
    };
    commands
        .submit_each("/people", bounded(people)?, command, &order.how)
        .await
}

async fn set_admin(
    commands: CommandsOn<PersonId>,
    order: Order<AccountAdmin>,
) -> Result<Answer<Written>> {
    let AccountAdmin {
        access,
        privileges,
        user_groups,
    } = &order.body;
    let grant = match access {
        AdminAccess::Full if privileges.is_some() || user_groups.is_some() => {
            return Err(Problem::senseless(
                "full_is_everything",
                "/access",
                "full access has all privileges, for everybody",
            ));
        }
        AdminAccess::Full => AccountAdminGrant::Full,
        AdminAccess::Limited => AccountAdminGrant::Limited(LimitedAdmin {
            privileges: privileges.unwrap_or(PermissionSet::EMPTY),
            scope: bodies::scope(&commands, "/user_groups", user_groups.as_deref())?,
        }),
    };
    commands
        .submit(
            Command::SetAccountAdmin {
                person: commands.on,
                admin: Some(grant),
            },
            &order.how,
        )
        .await
}

async fn unset_admin(commands: CommandsOn<PersonId>, how: Submission) -> Result<Answer<Written>> {
    commands
        .submit(
            Command::SetAccountAdmin {
                person: commands.on,
                admin: None,
            },
            &how,
        )
        .await
}
