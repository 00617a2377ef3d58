//! Person › Profile: who somebody is, and everything that is set for them, each with the form that changes it. A form is there where the
//! rules would let the reader do it ([`Session::offers`]).

use access::{
    Command, Dense, Permission, PersonId, RoleId, Subject, Window,
    catalogue::SystemRole,
    command::{AccountAdminGrant, RoleAssignment},
    decide::UserStatus,
    event::GrantHolder,
    explain::words::Name,
    state::{
        AccountAdminKind, CompanyAccess, CustomerFacet, ExtraGrant, Facet, PeopleScope,
        PortalLevel, Tie,
    },
};
use askama::Template;
use ledger::Field;
use web::{
    Problem, Result,
    guard::Seen,
    page::{
        Frame, Page, moment,
        names::{Mark, Names},
    },
    resource::Resource,
    route::{Route, get},
    session::Session,
    things::{self, Thing},
};

use super::{Head, sections::Section};

/// Things that a list of choices holds; whoever has more finds the person on the thing's own page.
const CHOICES_MAX: usize = 200;

pub(super) fn routes() -> Vec<Route> {
    vec![
        get(
            "/people/{person}",
            "person.page",
            "A person: who they are, and whether they can sign in",
            profile,
        ),
        get(
            "/people/{person}/roles",
            "person.roles_page",
            "The account role of a person, and what else lets them administer",
            roles,
        ),
        get(
            "/people/{person}/products",
            "person.products_page",
            "What a person has of each product",
            products,
        ),
    ]
}

#[derive(Template)]
#[template(path = "person.html")]
struct PersonPage {
    frame: Frame,
    head: Head,
    profile: Profile,
    user: Option<User>,
    customer: Option<Customer>,
    company: Option<Mark>,
    companies: Vec<Choice>,
    may_employ: bool,
    may_erase: bool,
}

#[derive(Template)]
#[template(path = "person-roles.html")]
struct RolesPage {
    frame: Frame,
    head: Head,
    groups: Vec<Choice>,
    roles: Vec<Choice>,
    role_scope: Option<Vec<Mark>>,
    grants: Vec<GrantLine>,
    grantable: Vec<Choice>,
    admin: Option<Admin>,
    /// What can be given to somebody who is a user.
    sections: Vec<Section>,
}

#[derive(Template)]
#[template(path = "person-products.html")]
struct ProductsPage {
    frame: Frame,
    head: Head,
    sections: Vec<Section>,
    sees: Option<Sees>,
}

struct Profile {
    name: String,
    email: String,
    phone: String,
    title: String,
    may_edit: bool,
}

struct User {
    status: &'static str,
    class: &'static str,
    reason: &'static str,
    may_deactivate: bool,
    may_reactivate: bool,
    may_invite: bool,
}

struct Customer {
    status: &'static str,
    class: &'static str,
    levels: Vec<Choice>,
    may_set_level: bool,
    may_deactivate: bool,
    may_reactivate: bool,
    may_invite: bool,
}

/// Something to choose.
pub(super) struct Choice {
    pub code: String,
    pub label: String,
    pub is_set: bool,
}

struct GrantLine {
    permission: Permission,
    for_whom: String,
    until: Option<String>,
    groups: Vec<String>,
    may_take: bool,
}

/// Account admin of remote support (S0).
struct Admin {
    kind: &'static str,
    privileges: Vec<Choice>,
    groups: Vec<Choice>,
    is_for_all: bool,
}

/// SD-33
struct Sees {
    is_all: bool,
    companies: Vec<Choice>,
    without_company: bool,
}

async fn profile(seen: Seen<PersonId>) -> Result<Page<PersonPage>> {
    let (session, person) = (&*seen, seen.on);
    let (frame, head) = super::head(session, person, "Profile").await?;
    let page = Reading { session, person };
    let row = page.row().ok_or_else(Problem::not_found)?;
    let names = Names::of(session, row.company.map(Name::Company)).await?;
    Ok(Page::new(PersonPage {
        frame,
        head,
        profile: page.profile().await?,
        user: page.is_shown_as_user().then(|| page.user()),
        customer: (row.is_customer() && session.view().sees_as_customer(person))
            .then(|| page.customer(row.customer, row.portal_level)),
        company: row
            .company
            .map(|company| names.mark(Name::Company(company))),
        companies: page.companies(row.company).await?,
        may_employ: session.offers(&Command::SetEmployer {
            person,
            company: None,
            move_from_other: true,
        }),
        may_erase: session.offers(&Command::ErasePerson { person }),
    }))
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
        admin: page.admin().await?,
        sections: page.of_administration(is_user).await?,
    }))
}

async fn products(seen: Seen<PersonId>) -> Result<Page<ProductsPage>> {
    let (session, person) = (&*seen, seen.on);
    session.asking(Subject::Person(person))?;
    let (frame, head) = super::head(session, person, "Products").await?;
    let page = Reading { session, person };
    let row = page.row().ok_or_else(Problem::not_found)?;
    let is_user = page.is_shown_as_user();
    Ok(Page::new(ProductsPage {
        frame,
        head,
        sections: page.of_products(is_user, row.is_customer()).await?,
        sees: if is_user { page.sees().await? } else { None },
    }))
}

/// What is read about one person.
pub(super) struct Reading<'a> {
    pub session: &'a Session,
    pub person: PersonId,
}

pub(super) fn choice(code: impl Into<String>, label: impl Into<String>, is_set: bool) -> Choice {
    Choice {
        code: code.into(),
        label: label.into(),
        is_set,
    }
}

impl Reading<'_> {
    pub(super) fn row(&self) -> Option<&access::state::Person> {
        self.session.state().people().get(self.person)
    }

    fn is_shown_as_user(&self) -> bool {
        let is_user = self.row().is_some_and(access::state::Person::is_user);
        is_user && self.session.view().sees_as_user(self.person)
    }

    pub(super) fn may(&self, tie: Tie) -> bool {
        self.session.offers(&Command::Tie {
            person: self.person,
            tie,
            window: Window::ALWAYS,
        })
    }

    pub(super) fn may_take(&self, tie: Tie) -> bool {
        self.session.offers(&Command::Untie {
            person: self.person,
            tie,
        })
    }

    async fn profile(&self) -> Result<Profile> {
        let profile = things::profile(self.session, self.person).await?;
        let text = |field| things::text(Some(&profile), field).unwrap_or_default();
        Ok(Profile {
            name: text(Field::Name),
            email: text(Field::Email),
            phone: text(Field::Phone),
            title: text(Field::Title),
            may_edit: self.session.offers(&Command::EditProfile {
                person: self.person,
                fields: vec![access::event::ProfileField::Name],
            }),
        })
    }

    fn user(&self) -> User {
        let person = self.person;
        let status = super::status(self.session, person);
        let facet = Facet::User;
        let is_off = status == UserStatus::Deactivated;
        User {
            status: super::status_word(status),
            class: match status {
                UserStatus::Active => "on",
                UserStatus::Invited => "wait",
                _ => "stop",
            },
            reason: super::status_reason(status),
            may_deactivate: !is_off && self.session.offers(&Command::Deactivate { person, facet }),
            may_reactivate: is_off && self.session.offers(&Command::Reactivate { person, facet }),
            may_invite: status == UserStatus::Invited
                && self.session.offers(&Command::Invite { person, facet }),
        }
    }

    fn customer(&self, state: CustomerFacet, level: PortalLevel) -> Customer {
        let (person, facet) = (self.person, Facet::Customer);
        let is_off = state == CustomerFacet::Deactivated;
        let levels = [
            (PortalLevel::None, "none", "none"),
            (PortalLevel::Standard, "standard", "Standard"),
            (PortalLevel::Company, "company", "Company"),
            (PortalLevel::CompanyAdmin, "company_admin", "Company Admin"),
        ];
        Customer {
            status: super::customer_word(state),
            class: match state {
                CustomerFacet::Active => "on",
                CustomerFacet::Unconfirmed => "wait",
                _ => "stop",
            },
            levels: levels
                .map(|(one, code, label)| choice(code, label, one == level))
                .into(),
            may_set_level: self.session.offers(&Command::SetPortalLevel {
                people: vec![person],
                level,
                bulk: false,
            }),
            may_deactivate: !is_off && self.session.offers(&Command::Deactivate { person, facet }),
            may_reactivate: is_off && self.session.offers(&Command::Reactivate { person, facet }),
            may_invite: level != PortalLevel::None
                && self.session.offers(&Command::Invite { person, facet }),
        }
    }

    /// Active things of a kind, by name, that are not among those held.
    pub(super) async fn things<K: Thing>(
        &self,
        name: impl Fn(K) -> Name,
        held: &[K],
    ) -> Result<Vec<Choice>> {
        let view = self.session.view();
        let state = self.session.state();
        let found: Vec<_> = (0..K::rows(state))
            .map_while(K::from_index)
            .filter(|thing| thing.life(state) == Some(access::state::Life::Active))
            .filter(|thing| !held.contains(thing) && view.sees(*thing))
            .take(CHOICES_MAX)
            .collect();
        self.named(&found, name, |_| false).await
    }

    async fn named<K: Resource>(
        &self,
        things: &[K],
        name: impl Fn(K) -> Name,
        is_set: impl Fn(K) -> bool,
    ) -> Result<Vec<Choice>> {
        let wanted: Vec<_> = things.iter().map(|thing| name(*thing)).collect();
        let names = Names::of(self.session, wanted).await?;
        let mut choices: Vec<_> = things
            .iter()
            .map(|thing| {
                let id = self.session.id(*thing).0.to_string();
                choice(id, names.text(name(*thing)), is_set(*thing))
            })
            .collect();
        choices.sort_by_key(|choice| ledger::fold(&choice.label));
        Ok(choices)
    }

    async fn roles(&self, present: RoleId) -> Result<Vec<Choice>> {
        let state = self.session.state();
        let offered: Vec<_> = (0..RoleId::rows(state))
            .map_while(RoleId::from_index)
            .filter(|role| role.life(state) == Some(access::state::Life::Active))
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

    async fn user_groups(&self, ticked: &PeopleScope) -> Result<Vec<Choice>> {
        let state = self.session.state();
        let groups: Vec<_> = (0..access::UserGroupId::rows(state))
            .map_while(access::UserGroupId::from_index)
            .filter(|group| group.life(state) == Some(access::state::Life::Active))
            .filter(|group| self.session.view().sees(*group))
            .take(CHOICES_MAX)
            .collect();
        self.named(&groups, Name::UserGroup, |group| ticked.names(group))
            .await
    }

    async fn companies(&self, present: Option<access::CompanyId>) -> Result<Vec<Choice>> {
        let held: Vec<_> = present.into_iter().collect();
        self.things(Name::Company, &held).await
    }

    async fn grants(&self) -> Result<Vec<GrantLine>> {
        let Some(row) = self.row() else {
            return Ok(Vec::new());
        };
        let grants = &row.extras().extra_grants;
        let groups = grants.iter().flat_map(|grant| match &grant.scope {
            PeopleScope::All => Vec::new(),
            PeopleScope::UserGroups(groups) => groups.clone(),
        });
        let wanted: Vec<_> = groups.map(Name::UserGroup).collect();
        let names = Names::of(self.session, wanted).await?;
        let line = |grant: &ExtraGrant| {
            let (for_whom, groups) = match &grant.scope {
                PeopleScope::All => ("for the whole account".to_owned(), Vec::new()),
                PeopleScope::UserGroups(groups) => {
                    let named: Vec<_> = groups
                        .iter()
                        .map(|group| names.text(Name::UserGroup(*group)))
                        .collect();
                    let ids = groups
                        .iter()
                        .map(|group| self.session.id(*group).0.to_string());
                    (format!("for {}", named.join(", ")), ids.collect())
                }
            };
            GrantLine {
                permission: grant.permission,
                for_whom,
                groups,
                until: grant.window.end.map(moment),
                may_take: self.session.offers(&Command::TakeExtraGrant {
                    from: GrantHolder::Person(self.person),
                    grant: grant.clone(),
                }),
            }
        };
        Ok(grants.iter().map(line).collect())
    }

    /// AD-9: what the reader could give on top of the role.
    fn grantable(&self) -> Vec<Choice> {
        let offered = Permission::ALL.into_iter().filter(|permission| {
            self.session.offers(&Command::GiveExtraGrant {
                to: GrantHolder::Person(self.person),
                grant: ExtraGrant {
                    permission: *permission,
                    scope: PeopleScope::All,
                    window: Window::ALWAYS,
                },
            })
        });
        offered
            .filter(|permission| permission.is_extra_grantable())
            .map(|permission| choice(permission.key(), permission.label(), false))
            .collect()
    }

    async fn admin(&self) -> Result<Option<Admin>> {
        let Some(row) = self.row() else {
            return Ok(None);
        };
        let held = self
            .session
            .state()
            .ties_at(row, self.session.now())
            .find_map(|(tie, _)| match tie {
                Tie::AccountAdmin(kind) => Some(kind),
                _ => None,
            });
        let offered = self.session.offers(&Command::SetAccountAdmin {
            person: self.person,
            admin: Some(AccountAdminGrant::Limited(access::state::LimitedAdmin {
                privileges: access::PermissionSet::EMPTY,
                scope: PeopleScope::All,
            })),
        });
        if !offered {
            return Ok(None);
        }
        let limited = row.extras().limited_admin.as_ref();
        let scope = limited.map_or(PeopleScope::All, |limited| limited.scope.clone());
        let privileges = SystemRole::AccountAdminLimited.choices();
        Ok(Some(Admin {
            kind: match held {
                None => "none",
                Some(AccountAdminKind::Full) => "full",
                Some(AccountAdminKind::Limited) => "limited",
            },
            privileges: privileges
                .iter()
                .map(|permission| {
                    let is_set =
                        limited.is_some_and(|limited| limited.privileges.contains(permission));
                    choice(permission.key(), permission.label(), is_set)
                })
                .collect(),
            is_for_all: scope == PeopleScope::All,
            groups: self.user_groups(&scope).await?,
        }))
    }

    async fn sees(&self) -> Result<Option<Sees>> {
        let Some(row) = self.row() else {
            return Ok(None);
        };
        let offered = self.session.offers(&Command::SetCompanyAccess {
            person: self.person,
            listed: None,
        });
        if !offered {
            return Ok(None);
        }
        let (is_all, listed, without_company) = match &row.extras().company_access {
            CompanyAccess::All => (true, access::IdSet::default(), false),
            CompanyAccess::Listed {
                companies,
                without_company,
            } => (false, companies.clone(), *without_company),
        };
        let state = self.session.state();
        let companies: Vec<_> = (0..access::CompanyId::rows(state))
            .map_while(access::CompanyId::from_index)
            .filter(|company| company.life(state) == Some(access::state::Life::Active))
            .filter(|company| self.session.view().sees(*company))
            .take(CHOICES_MAX)
            .collect();
        Ok(Some(Sees {
            is_all,
            companies: self
                .named(&companies, Name::Company, |company| {
                    listed.contains(company)
                })
                .await?,
            without_company,
        }))
    }
}
