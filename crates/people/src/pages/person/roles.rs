//! Person › Roles: the account role, and what else lets somebody administer, each with the form that changes it.

use access::{
    Command, Dense, Permission, PermissionSet, PersonId, RoleId, Subject, UserGroupId, Window,
    catalogue::SystemRole,
    command::AccountAdminGrant,
    event::GrantHolder,
    explain::words::Name,
    state::{ExtraGrant, Life, LimitedAdmin, PeopleScope, Tie},
};
use std::collections::BTreeMap;

use askama::Template;
use serde::Deserialize;
use utoipa::IntoParams;
use web::{
    Result,
    guard::Seen,
    page::{
        Frame, Page, moment,
        names::{Mark, Names},
        person::{CHOICES_MAX, Choice, Holdings, Panel, Reading, choice},
    },
    part::Query,
    route::{Route, get},
    session::Session,
    sign_ins::SignIns,
    things::Thing,
};

use super::{
    Head,
    form::Fields,
    holdings,
    scope::{Returned, Scope, Ticked},
};
use crate::{account_roles::may_give, pages::grants};

pub(super) fn routes() -> Vec<Route> {
    vec![get(
        "/people/{person}/roles",
        "person.roles_page",
        "The account role of a person, and what else lets them administer",
        roles,
    )]
}

#[derive(Template)]
#[template(path = "person-roles.html")]
pub(super) struct RolesPage {
    frame: Frame,
    head: Head,
    /// What is wrong with the form that came back.
    wrong: Option<&'static str>,
    /// Of the account role.
    role_for: Scope,
    /// Of what is given anew.
    grant_for: Scope,
    roles: Vec<Choice>,
    /// The role that was sent, or that Ask proposed.
    role_sent: Option<String>,
    role_scope: Option<Vec<Mark>>,
    /// AD-30: by which provider's group it came.
    role_by: Option<String>,
    grants: Vec<GrantLine>,
    grantable: Vec<Choice>,
    admin: Option<Admin>,
    /// The user groups.
    panels: Vec<Panel>,
}

struct GrantLine {
    /// What a form names it by.
    code: String,
    label: &'static str,
    for_whom: String,
    until: Option<String>,
    may_take: bool,
    /// Whether it is to stay with a new role.
    is_kept: bool,
}

/// Account admin of remote support (S0).
struct Admin {
    was: &'static str,
    kind: String,
    /// Whether it could be full.
    offers_full: bool,
    privileges: Vec<Ticked>,
    scope: Scope,
}

impl RolesPage {
    fn is_chosen(&self, role: &Choice) -> bool {
        match &self.role_sent {
            Some(sent) => *sent == role.code,
            None => role.is_set,
        }
    }
}

/// What Ask proposed: it is chosen in the form, and not saved.
#[derive(Debug, Default, Deserialize, IntoParams)]
pub(super) struct Proposed {
    /// The id of an account role.
    role: Option<String>,
    /// The key of a permission to grant on top of the role.
    grant: Option<String>,
    /// What a panel gives: its kind, and the id of the thing.
    give: Option<String>,
    /// Account admin: `none`, `full` or `limited`.
    admin: Option<String>,
    /// The keys of the privileges of a limited one, with commas between them.
    privileges: Option<String>,
}

impl Proposed {
    fn is_some(&self) -> bool {
        let chosen = [&self.role, &self.grant, &self.give, &self.admin];
        chosen.into_iter().any(Option::is_some)
    }
}

async fn roles(
    seen: Seen<PersonId>,
    sign_ins: SignIns,
    Query(proposed): Query<Proposed>,
) -> Result<Page<RolesPage>> {
    let page = page(&seen, &sign_ins, seen.on, proposed, None).await?;
    Ok(Page::new(page))
}

/// The page, with a form that came back because something in it cannot be.
pub(super) async fn page(
    session: &Session,
    sign_ins: &SignIns,
    person: PersonId,
    proposed: Proposed,
    returned: Option<Returned<'_>>,
) -> Result<RolesPage> {
    session.asking(Subject::Person(person))?;
    let (frame, head) = super::head(session, person, "Roles").await?;
    let frame = frame.proposing(proposed.is_some());
    let page = Reading::of(session, sign_ins, person).await?;
    let page = page.proposing(proposed.give.clone());
    let row = page.row();
    let is_user = page.is_shown_as_user();
    let of_form = |act| returned.filter(|returned| returned.fields.get("act") == Some(act));
    let (role_form, grant_form) = (of_form("account_role"), of_form("give_extra_grant"));
    let fields = |form: Option<Returned<'_>>, name| {
        let text = form.and_then(|form| form.fields.get(name));
        text.map(str::to_owned)
    };
    let stands = &row.extras().role_scope;
    let roles = if is_user {
        offered_roles(&page, row.account_role).await?
    } else {
        Vec::new()
    };
    let offered = |code: &String| roles.iter().any(|role| role.code == *code);
    let role_sent = fields(role_form, "on").or(proposed.role.clone().filter(offered));
    Ok(RolesPage {
        frame,
        head,
        wrong: returned.map(|returned| returned.wrong),
        role_for: Scope::of(
            user_groups(&page, stands).await?,
            *stands == PeopleScope::All,
            role_form,
        ),
        grant_for: Scope::of(
            user_groups(&page, &PeopleScope::All).await?,
            true,
            grant_form,
        ),
        roles,
        role_sent,
        role_scope: role_scope(&page).await?,
        role_by: role_by(&page).await?,
        grants: grant_lines(&page, role_form.map(|form| form.fields)).await?,
        grantable: if is_user {
            grantable(
                &page,
                fields(grant_form, "on")
                    .or(proposed.grant.clone())
                    .as_deref(),
            )
        } else {
            Vec::new()
        },
        admin: if is_user {
            admin(&page, &proposed, of_form("account_admin")).await?
        } else {
            None
        },
        panels: Vec::from_iter(user_groups_panel(&page).await?),
    })
}

async fn offered_roles(page: &Reading<'_>, present: RoleId) -> Result<Vec<Choice>> {
    let state = page.session.state();
    let offered: Vec<_> = (0..RoleId::rows(state))
        .map_while(RoleId::from_index)
        .filter(|role| role.life(state) == Some(Life::Active))
        .filter(|role| *role == present || may_give(page.session, page.person, *role))
        .take(CHOICES_MAX)
        .collect();
    page.named(&offered, Name::Role, |role| role == present)
        .await
}

/// A role that is set by hand stays, whatever is mapped (AD-30).
async fn role_by(page: &Reading<'_>) -> Result<Option<String>> {
    let Some(group) = page.session.state().role_origin(page.person) else {
        return Ok(None);
    };
    let name = Name::ProviderGroup(group);
    let names = Names::of(page.session, [name]).await?;
    Ok(Some(match names.known(name) {
        Some(group) => format!("the provider’s group {group}"),
        None => "a provider’s group".to_owned(),
    }))
}

async fn role_scope(page: &Reading<'_>) -> Result<Option<Vec<Mark>>> {
    match &page.row().extras().role_scope {
        PeopleScope::All => Ok(None),
        PeopleScope::UserGroups(groups) => {
            let wanted: Vec<_> = groups.iter().map(|group| Name::UserGroup(*group)).collect();
            let names = Names::of(page.session, wanted.clone()).await?;
            Ok(Some(
                wanted.into_iter().map(|name| names.mark(name)).collect(),
            ))
        }
    }
}

/// Those that stand in the scope, the archived ones marked so, and those that could.
async fn user_groups(page: &Reading<'_>, scope: &PeopleScope) -> Result<Vec<Choice>> {
    let state = page.session.state();
    let groups = (0..UserGroupId::rows(state)).map_while(UserGroupId::from_index);
    let groups = groups.filter(|group| {
        let life = group.life(state);
        let fits =
            life == Some(Life::Active) || scope.names(*group) && life == Some(Life::Archived);
        fits && page.session.view().sees(*group)
    });
    let groups = page.at_most(groups, |group| scope.names(group));
    let stand = |group| scope.names(group);
    let mut choices = page.named(&groups, Name::UserGroup, stand).await?;
    let order = in_tree(page, &groups, &choices);
    let archived = groups.iter().filter(|group| {
        let life = group.life(state);
        life == Some(Life::Archived)
    });
    let archived: Vec<_> = archived.map(|group| page.id(*group)).collect();
    for choice in &mut choices {
        if archived.contains(&choice.code) {
            // AD-25: it gives nothing until it is restored, and may stay.
            choice.label.push_str(" (archived)");
        }
    }
    choices.sort_by_key(|choice| order.get(&choice.code).map(|(place, _)| *place));
    for choice in &mut choices {
        let depth = order.get(&choice.code).map_or(0, |(_, depth)| *depth);
        choice.label.insert_str(0, &"– ".repeat(depth));
    }
    Ok(choices)
}

/// Where each group stands in the tree, and how deep below those that are offered; beside one another by name, as they come.
fn in_tree(
    page: &Reading<'_>,
    groups: &[UserGroupId],
    by_name: &[Choice],
) -> BTreeMap<String, (usize, usize)> {
    let state = page.session.state();
    let rank: BTreeMap<_, _> = (0..)
        .zip(by_name)
        .map(|(rank, one)| (&*one.code, rank))
        .collect();
    let path = |group: UserGroupId| {
        let chain = state.user_group_chain_of_any_life(group);
        let offered = chain.filter(|above| groups.contains(above));
        let mut path: Vec<Option<&usize>> = offered.map(|one| rank.get(&*page.id(one))).collect();
        path.reverse();
        path
    };
    let mut placed: Vec<_> = groups
        .iter()
        .map(|one| (path(*one), page.id(*one)))
        .collect();
    placed.sort();
    let placed = placed.into_iter().enumerate();
    placed
        .map(|(place, (path, id))| (id, (place, path.len().saturating_sub(1))))
        .collect()
}

async fn grant_lines(page: &Reading<'_>, sent: Option<&Fields>) -> Result<Vec<GrantLine>> {
    let dropped = sent.map(|fields| fields.changes("keep"));
    let held = &page.row().extras().extra_grants;
    let groups = held.iter().flat_map(|grant| match &grant.scope {
        PeopleScope::All => &[],
        PeopleScope::UserGroups(groups) => groups.as_slice(),
    });
    let wanted: Vec<_> = groups.map(|group| Name::UserGroup(*group)).collect();
    let names = Names::of(page.session, wanted).await?;
    let line = |grant: &ExtraGrant| GrantLine {
        code: grants::code(grant),
        label: grant.permission.label(),
        for_whom: match &grant.scope {
            PeopleScope::All => "for the whole account".to_owned(),
            PeopleScope::UserGroups(groups) => {
                let named: Vec<_> = groups
                    .iter()
                    .map(|group| names.text(Name::UserGroup(*group)))
                    .collect();
                format!("for {}", named.join(", "))
            }
        },
        until: grant.window.end.map(moment),
        may_take: page.session.offers(&Command::TakeExtraGrant {
            from: GrantHolder::Person(page.person),
            grant: grant.clone(),
        }),
        is_kept: dropped
            .as_ref()
            .is_none_or(|dropped| !dropped.removes(&grants::code(grant))),
    };
    Ok(held.iter().map(line).collect())
}

/// AD-9: what the reader could give on top of the role.
fn grantable(page: &Reading<'_>, chosen: Option<&str>) -> Vec<Choice> {
    let all = Permission::ALL.into_iter();
    all.filter(|permission| permission.is_extra_grantable())
        .filter(|permission| {
            page.session.offers(&Command::GiveExtraGrant {
                to: GrantHolder::Person(page.person),
                grant: ExtraGrant {
                    permission: *permission,
                    scope: PeopleScope::All,
                    window: Window::ALWAYS,
                },
            })
        })
        .map(|permission| {
            choice(
                permission.key(),
                permission.label(),
                chosen == Some(permission.key()),
            )
        })
        .collect()
}

async fn admin(
    page: &Reading<'_>,
    proposed: &Proposed,
    returned: Option<Returned<'_>>,
) -> Result<Option<Admin>> {
    let offers = |admin| {
        page.session.offers(&Command::SetAccountAdmin {
            person: page.person,
            admin: Some(admin),
        })
    };
    let limited = AccountAdminGrant::Limited(LimitedAdmin {
        privileges: PermissionSet::EMPTY,
        scope: PeopleScope::All,
    });
    if !offers(limited) {
        return Ok(None);
    }
    let held = holdings::admin_of(page.session, page.row());
    let was = match &held {
        None => "none",
        Some(AccountAdminGrant::Full) => "full",
        Some(AccountAdminGrant::Limited(_)) => "limited",
    };
    let offers_full = was == "full" || offers(AccountAdminGrant::Full);
    let (held, scope) = match held {
        Some(AccountAdminGrant::Limited(limited)) => (limited.privileges, limited.scope),
        _ => (PermissionSet::EMPTY, PeopleScope::All),
    };
    let privileges = SystemRole::AccountAdminLimited.choices();
    let privileges = privileges
        .iter()
        .map(|one| choice(one.key(), one.label(), held.contains(one)));
    let sent = returned.map(|returned| returned.fields);
    let kind = sent
        .and_then(|fields| fields.get("value"))
        .or(proposed.admin.as_deref())
        .filter(|kind| offers_full || *kind != "full");
    let mut privileges = Ticked::all(privileges.collect(), "permission", sent);
    for key in proposed.privileges.iter().flat_map(|keys| keys.split(',')) {
        let mut boxes = privileges.iter_mut();
        if let Some(found) = boxes.find(|one| one.choice.code == key) {
            found.is_ticked = true;
        }
    }
    Ok(Some(Admin {
        was,
        kind: kind.unwrap_or(was).to_owned(),
        offers_full,
        privileges,
        scope: Scope::of(
            user_groups(page, &scope).await?,
            scope == PeopleScope::All,
            returned,
        ),
    }))
}

/// The groups by which their administration is scoped; none of somebody who is no user.
async fn user_groups_panel(page: &Reading<'_>) -> Result<Option<Panel>> {
    if !page.is_shown_as_user() {
        return Ok(None);
    }
    let groups = page.held(|tie| match tie {
        Tie::UserGroup(one) => Some(one),
        _ => None,
    });
    let offered = page.things(Name::UserGroup, &groups).await?;
    let give = page.give(offered, "user_group", "User group to enter", Tie::UserGroup);
    let holdings = Holdings {
        id: "user-groups",
        heading: "User groups",
        about: "by which administration is scoped",
        held: page.lines(|tie| match tie {
            Tie::UserGroup(one) => Some(("user_group", page.id(one), String::new())),
            _ => None,
        }),
        give: give.into_iter().collect(),
        ..Holdings::default()
    };
    holdings.panel(page)
}
