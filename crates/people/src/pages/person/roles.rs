//! Person › Roles: the account role, and what else lets somebody administer, each with the form that changes it.

use access::{
    Command, Dense, Permission, PermissionSet, PersonId, RoleId, Subject, UserGroupId, Window,
    catalogue::SystemRole,
    command::{AccountAdminGrant, RoleAssignment},
    event::GrantHolder,
    explain::words::Name,
    state::{ExtraGrant, Life, LimitedAdmin, PeopleScope},
};
use askama::Template;
use web::{
    Problem, Result,
    guard::Seen,
    page::{
        Frame, Page, moment,
        names::{Mark, Names},
    },
    route::{Route, get},
    things::Thing,
};

use super::{
    Head, holdings,
    profile::{CHOICES_MAX, Choice, Reading, choice},
    sections::Section,
};
use crate::pages::grants;

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
struct RolesPage {
    frame: Frame,
    head: Head,
    /// Those of the present scope first ticked: of a role that has one.
    role_groups: Vec<Choice>,
    /// For what is given anew.
    groups: Vec<Choice>,
    roles: Vec<Choice>,
    role_scope: Option<Vec<Mark>>,
    grants: Vec<GrantLine>,
    grantable: Vec<Choice>,
    admin: Option<Admin>,
    /// What can be given to somebody who is a user.
    sections: Vec<Section>,
}

struct GrantLine {
    /// What a form names it by.
    code: String,
    label: &'static str,
    for_whom: String,
    until: Option<String>,
    may_take: bool,
}

/// Account admin of remote support (S0).
struct Admin {
    kind: &'static str,
    privileges: Vec<Choice>,
    groups: Vec<Choice>,
    is_for_all: bool,
}

async fn roles(seen: Seen<PersonId>) -> Result<Page<RolesPage>> {
    let (session, person) = (&*seen, seen.on);
    session.asking(Subject::Person(person))?;
    let (frame, head) = super::head(session, person, "Roles").await?;
    let page = Reading { session, person };
    let row = page.row().ok_or_else(Problem::not_found)?;
    let is_user = page.is_shown_as_user();
    Ok(Page::new(RolesPage {
        frame,
        head,
        role_groups: page.user_groups(&row.extras().role_scope).await?,
        groups: page.user_groups(&PeopleScope::All).await?,
        roles: if is_user {
            page.roles(row.account_role).await?
        } else {
            Vec::new()
        },
        role_scope: page.role_scope().await?,
        grants: page.grants().await?,
        grantable: if is_user {
            page.grantable()
        } else {
            Vec::new()
        },
        admin: if is_user { page.admin().await? } else { None },
        sections: page.of_administration(is_user).await?,
    }))
}

impl Reading<'_> {
    async fn roles(&self, present: RoleId) -> Result<Vec<Choice>> {
        let state = self.session.state();
        let offered: Vec<_> = (0..RoleId::rows(state))
            .map_while(RoleId::from_index)
            .filter(|role| role.life(state) == Some(Life::Active))
            .filter(|role| {
                *role == present
                    || self.session.offers(&Command::SetAccountRoles {
                        people: vec![self.person],
                        assignment: RoleAssignment {
                            role: *role,
                            scope: PeopleScope::All,
                        },
                        keep: Vec::new(),
                        bulk: false,
                    })
            })
            .take(CHOICES_MAX)
            .collect();
        self.named(&offered, Name::Role, |role| role == present)
            .await
    }

    async fn role_scope(&self) -> Result<Option<Vec<Mark>>> {
        let Some(row) = self.row() else {
            return Ok(None);
        };
        match &row.extras().role_scope {
            PeopleScope::All => Ok(None),
            PeopleScope::UserGroups(groups) => {
                let wanted: Vec<_> = groups.iter().map(|group| Name::UserGroup(*group)).collect();
                let names = Names::of(self.session, wanted.clone()).await?;
                Ok(Some(
                    wanted.into_iter().map(|name| names.mark(name)).collect(),
                ))
            }
        }
    }

    /// Those that stand in the scope, the archived ones marked so, and those that could.
    async fn user_groups(&self, scope: &PeopleScope) -> Result<Vec<Choice>> {
        let state = self.session.state();
        let groups = (0..UserGroupId::rows(state)).map_while(UserGroupId::from_index);
        let groups = groups.filter(|group| {
            let life = group.life(state);
            let fits =
                life == Some(Life::Active) || scope.names(*group) && life == Some(Life::Archived);
            fits && self.session.view().sees(*group)
        });
        let groups = self.at_most(groups, |group| scope.names(group));
        let stand = |group| scope.names(group);
        let mut choices = self.named(&groups, Name::UserGroup, stand).await?;
        let archived = groups.iter().filter(|group| {
            let life = group.life(state);
            life == Some(Life::Archived)
        });
        let archived: Vec<_> = archived.map(|group| self.session.id(*group)).collect();
        for choice in &mut choices {
            if archived.iter().any(|id| id.0.to_string() == choice.code) {
                // AD-25: it gives nothing until it is restored, and may stay.
                choice.label.push_str(" (archived)");
            }
        }
        Ok(choices)
    }

    async fn grants(&self) -> Result<Vec<GrantLine>> {
        let Some(row) = self.row() else {
            return Ok(Vec::new());
        };
        let held = &row.extras().extra_grants;
        let groups = held.iter().flat_map(|grant| match &grant.scope {
            PeopleScope::All => &[],
            PeopleScope::UserGroups(groups) => groups.as_slice(),
        });
        let wanted: Vec<_> = groups.map(|group| Name::UserGroup(*group)).collect();
        let names = Names::of(self.session, wanted).await?;
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
            may_take: self.session.offers(&Command::TakeExtraGrant {
                from: GrantHolder::Person(self.person),
                grant: grant.clone(),
            }),
        };
        Ok(held.iter().map(line).collect())
    }

    /// AD-9: what the reader could give on top of the role.
    fn grantable(&self) -> Vec<Choice> {
        let all = Permission::ALL.into_iter();
        all.filter(|permission| permission.is_extra_grantable())
            .filter(|permission| {
                self.session.offers(&Command::GiveExtraGrant {
                    to: GrantHolder::Person(self.person),
                    grant: ExtraGrant {
                        permission: *permission,
                        scope: PeopleScope::All,
                        window: Window::ALWAYS,
                    },
                })
            })
            .map(|permission| choice(permission.key(), permission.label(), false))
            .collect()
    }

    async fn admin(&self) -> Result<Option<Admin>> {
        let Some(row) = self.row() else {
            return Ok(None);
        };
        let offered = self.session.offers(&Command::SetAccountAdmin {
            person: self.person,
            admin: Some(AccountAdminGrant::Limited(LimitedAdmin {
                privileges: PermissionSet::EMPTY,
                scope: PeopleScope::All,
            })),
        });
        if !offered {
            return Ok(None);
        }
        let held = holdings::admin_of(self.session, row);
        let kind = match &held {
            None => "none",
            Some(AccountAdminGrant::Full) => "full",
            Some(AccountAdminGrant::Limited(_)) => "limited",
        };
        let (held, scope) = match held {
            Some(AccountAdminGrant::Limited(limited)) => (limited.privileges, limited.scope),
            _ => (PermissionSet::EMPTY, PeopleScope::All),
        };
        let privileges = SystemRole::AccountAdminLimited.choices();
        Ok(Some(Admin {
            kind,
            privileges: privileges
                .iter()
                .map(|one| choice(one.key(), one.label(), held.contains(one)))
                .collect(),
            is_for_all: scope == PeopleScope::All,
            groups: self.user_groups(&scope).await?,
        }))
    }
}
