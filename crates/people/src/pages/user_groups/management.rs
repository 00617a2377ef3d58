//! Who administers a user group, and what its members hold by it. Group managers (AD-12) and limited account admins (AD-10) are two
//! things, and stand apart.

use access::{
    Command, Permission, PersonId, Target, UserGroupId, Window,
    catalogue::sets,
    event::GrantHolder,
    explain::words::Name,
    state::{ExtraGrant, Extras, PeopleScope},
};
use askama::Template;
use web::{
    Problem, Result,
    guard::Seen,
    page::{
        Frame, Page, Picker, capital, moment,
        names::{Mark, Names},
    },
    route::{Route, get},
    session::Session,
};

use super::{Head, MANAGEMENT, head, managers, path_of};
use crate::pages::grants;

/// People and grants of each list that are shown; there are few.
const SHOWN_MAX: usize = 100;

pub(super) fn routes() -> Vec<Route> {
    vec![get(
        "/people/user-groups/{user_group}/management",
        "user_group.management",
        "Who administers a user group, and what its members hold by it",
        show,
    )]
}

struct Person {
    who: Mark,
    id: String,
    /// By which role, or with what.
    by: String,
    /// Whether the reader may end that.
    may_end: bool,
}

struct Grant {
    /// What a form names it by.
    code: String,
    label: String,
    allows: &'static str,
    is_used: bool,
    reach: Option<Vec<Mark>>,
    until: Option<String>,
    is_over: bool,
    may_take: bool,
}

/// A permission that can be given on top.
struct Choice {
    key: &'static str,
    label: String,
}

#[derive(Template)]
#[template(path = "user-group-management.html")]
pub(super) struct ManagementPage {
    frame: Frame,
    head: Head,
    path: String,
    managers: Vec<Person>,
    limited_admins: Vec<Person>,
    grants: Vec<Grant>,
    is_cut_short: bool,
    /// Whether the reader gives custom roles; to whom, the check of the command says.
    may_name: bool,
    person: Picker,
    role: Picker,
    choices: Vec<Choice>,
    /// What is wrong with the form of a grant.
    until_error: Option<&'static str>,
}

async fn show(seen: Seen<UserGroupId>) -> Result<Page<ManagementPage>> {
    let pickers = (managers::person_picker(), managers::role_picker());
    page(&seen, seen.on, pickers, None).await.map(Page::new)
}

pub(super) async fn page(
    session: &Session,
    group: UserGroupId,
    (person, role): (Picker, Picker),
    until_error: Option<&'static str>,
) -> Result<ManagementPage> {
    let (frame, head) = head(session, group, MANAGEMENT).await?;
    let (state, view) = (session.state(), session.view());
    let row = state.user_groups().get(group);
    let row = row.ok_or_else(Problem::not_found)?;
    let scoped = |names_it: fn(&Extras, UserGroupId) -> bool| -> Vec<PersonId> {
        let people = row.managers.iter().filter(|person| {
            let row = state.people().get(*person);
            row.is_some_and(|row| names_it(row.extras(), group)) && view.sees(*person)
        });
        people.take(SHOWN_MAX + 1).collect()
    };
    let mut managing = scoped(|extras, group| extras.role_scope.names(group));
    let mut limited = scoped(|extras, group| {
        let admin = extras.limited_admin.as_ref();
        admin.is_some_and(|admin| admin.scope.names(group))
    });
    let is_cut_short = managing
        .len()
        .max(limited.len())
        .max(row.extra_grants.len())
        > SHOWN_MAX;
    managing.truncate(SHOWN_MAX);
    limited.truncate(SHOWN_MAX);
    let names = Names::of(
        session,
        wanted(session, &managing, &limited, &row.extra_grants),
    )
    .await?;
    let line = |person: PersonId, by: String, may_end: bool| Person {
        who: names.mark(Name::Person(person)),
        id: session.id(person).0.to_string(),
        by,
        may_end,
    };
    let managers = managing.iter().filter_map(|person| {
        let row = state.people().get(*person)?;
        let end = managers::ending(session, *person, group).ok()?;
        let by = names.text(Name::Role(row.account_role));
        Some(line(*person, by, session.offers(&end)))
    });
    let limited_admins = limited.iter().filter_map(|person| {
        let admin = state
            .people()
            .get(*person)?
            .extras()
            .limited_admin
            .as_ref()?;
        let labels: Vec<_> = admin.privileges.iter().map(Permission::label).collect();
        let by = match labels.as_slice() {
            [] => "sees the people of the scope".to_owned(),
            labels => labels.join(", "),
        };
        Some(line(*person, by, false))
    });
    let grants = row.extra_grants.iter().take(SHOWN_MAX);
    let holder = GrantHolder::UserGroup(group);
    // AD-9: what the reader could give.
    let choices = sets::EXTRA_GRANTABLE.iter().filter(|permission| {
        session.offers(&Command::GiveExtraGrant {
            to: holder,
            grant: ExtraGrant {
                permission: *permission,
                scope: PeopleScope::All,
                window: Window::ALWAYS,
            },
        })
    });
    let choices = choices.map(|permission| Choice {
        key: permission.key(),
        label: capital(permission.label()),
    });
    Ok(ManagementPage {
        managers: managers.collect(),
        limited_admins: limited_admins.collect(),
        grants: grants
            .map(|grant| {
                let may_take = session.offers(&Command::TakeExtraGrant {
                    from: holder,
                    grant: grant.clone(),
                });
                shown(session, &names, grant, may_take)
            })
            .collect(),
        frame,
        head,
        path: path_of(session, group),
        is_cut_short,
        // Whoever defines custom roles is who gives them (RULES §4, the table).
        may_name: session.viewer().is_none()
            && view.may(Permission::AdminRolesManage, Target::Account),
        person,
        role,
        choices: choices.collect(),
        until_error,
    })
}

fn wanted(
    session: &Session,
    managing: &[PersonId],
    limited: &[PersonId],
    grants: &[ExtraGrant],
) -> Vec<Name> {
    let people = managing.iter().chain(limited).map(|one| Name::Person(*one));
    let roles = managing.iter().filter_map(|person| {
        let row = session.state().people().get(*person)?;
        Some(Name::Role(row.account_role))
    });
    let groups = grants.iter().flat_map(|grant| match &grant.scope {
        PeopleScope::All => &[],
        PeopleScope::UserGroups(groups) => groups.as_slice(),
    });
    let groups = groups.map(|group| Name::UserGroup(*group));
    people.chain(roles).chain(groups).collect()
}

fn shown(session: &Session, names: &Names<'_>, grant: &ExtraGrant, may_take: bool) -> Grant {
    let permission = grant.permission;
    let seen = |groups: &[UserGroupId]| -> Vec<Mark> {
        let groups = groups.iter().filter(|group| session.view().sees(**group));
        groups
            .map(|group| names.mark(Name::UserGroup(*group)))
            .collect()
    };
    Grant {
        code: grants::code(grant),
        label: capital(permission.label()),
        allows: permission.allows(),
        is_used: permission.is_used(),
        reach: match &grant.scope {
            PeopleScope::All => None,
            PeopleScope::UserGroups(groups) => Some(seen(groups)),
        },
        until: grant.window.end.map(moment),
        is_over: grant.is_over(session.now()),
        may_take,
    }
}
