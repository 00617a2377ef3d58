//! A person with everything that belongs to them in one step: what an import brings as one row. Each part is the command that
//! it would be alone, judged on the state that the parts before it led to; one that is refused refuses the whole. What is so
//! already is no part: it needs no right, and nothing happens.

use serde::{Deserialize, Serialize};

use super::{AccountAdminGrant, Command, Draft, Refusal, RoleAssignment, remote_support};
use crate::decide::Target;
use crate::event::{GrantHolder, ListedCompanies, ProfileField};
use crate::ids::{CompanyId, PersonId, PublicId, ServiceId, UserGroupId};
use crate::moment::Window;
use crate::state::{
    CompanyAccess, CustomerAccess, CustomerFacet, ExtraGrant, Facet, PeopleScope, Person,
    Placement, PortalLevel, ServiceLevel, Tie, UserFacet,
};

/// Who comes, or is there already, and what they are to have. What is not named stays as it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Enrolment {
    /// Of a new person, or of one who is there.
    pub id: PublicId<PersonId>,
    /// Staff facet.
    #[serde(default)]
    pub user: bool,
    /// Served contact.
    #[serde(default)]
    pub customer: bool,
    /// Of somebody who is there: the fields of the profile that become other ones. What a new person comes with needs no naming.
    #[serde(default)]
    pub fields: Vec<ProfileField>,
    /// For a user.
    #[serde(default)]
    pub account_role: Option<RoleAssignment>,
    /// For a user.
    #[serde(default)]
    pub user_groups: Vec<UserGroupId>,
    /// Levels of a user.
    #[serde(default)]
    pub levels: Vec<(ServiceId, ServiceLevel)>,
    /// Accesses of a customer.
    #[serde(default)]
    pub accesses: Vec<(ServiceId, CustomerAccess)>,
    /// Licences, groups, product roles, and whatever holds for a time; in the order in which one rests on another.
    #[serde(default)]
    pub ties: Vec<(Tie, Window)>,
    /// For an Agent.
    #[serde(default)]
    pub account_admin: Option<AccountAdminGrant>,
    /// On top of the account role (AD-9); parents before their children.
    #[serde(default)]
    pub extra_grants: Vec<ExtraGrant>,
    /// SD-33.
    #[serde(default)]
    pub company_access: Option<ListedCompanies>,
    /// Whose employee the person is.
    #[serde(default)]
    pub employer: Option<Employer>,
    /// For a customer.
    #[serde(default)]
    pub portal_level: Option<PortalLevel>,
    /// AD-15, SD-11: facets that are switched off.
    #[serde(default)]
    pub deactivated: Vec<Facet>,
}

/// Whose employee somebody is (SD-21, SD-22).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Employer {
    /// By hand: whoever is elsewhere is moved.
    Company(CompanyId),
    /// The company of this domain, of an address for which the actor vouches; for whoever was never sorted.
    OfDomain(Box<str>),
    /// Nobody's, by hand.
    Nobody,
}

/// A part of an enrolment, for whoever asks which one was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EnrolmentPart {
    /// The profile, of which this is the first field that becomes another one.
    Profile(ProfileField),
    /// Being a user, a customer, or both.
    Facets,
    /// The account role.
    AccountRole,
    /// The user groups that the account role is for.
    RoleScope,
    /// A membership, level, access, licence or role.
    Tie(Tie),
    /// Account admin.
    AccountAdmin,
    /// What is given on top of the account role.
    ExtraGrants,
    /// The companies that a user sees.
    CompanyAccess,
    /// Whose employee the person is.
    Employer,
    /// The portal level.
    PortalLevel,
    /// What is switched off.
    Deactivated,
}

/// Says of a refusal which part it is about.
fn of<T>(part: EnrolmentPart, done: Result<T, Refusal>) -> Result<T, Refusal> {
    done.map_err(|refusal| Refusal {
        part: Some(part),
        ..refusal
    })
}

pub(super) fn enrol(draft: &mut Draft<'_>, enrolment: &Enrolment) -> Result<(), Refusal> {
    let known = draft.before.resolve(enrolment.id);
    // What is so already is passed over: only who may know the person learns that it is so (AD-10).
    let is_told = known.is_none_or(|person| draft.knows(Target::Person(person)));
    if let Some(person) = known {
        // Adding a customer shows nothing of one who is there (RULES §4 table): then each part is judged, so or not.
        let is_user = row(draft, person)?.is_user();
        if !is_told && (is_user || !enrolment.customer) {
            return Err(Refusal::not_found("no such person"));
        }
        // Before all else: rank is that over the person as they are now, and not as this step leaves them (AD-24).
        if let Some(first) = enrolment.fields.first() {
            let fields = enrolment.fields.clone();
            let edit = Command::EditProfile { person, fields };
            of(EnrolmentPart::Profile(*first), draft.then(&edit))?;
        }
    }
    of(EnrolmentPart::Facets, facets(draft, enrolment, is_told))?;
    let person = of(EnrolmentPart::Facets, made(draft, enrolment.id))?;
    administration(draft, person, enrolment)?;
    for (service, level) in &enrolment.levels {
        let tie = Tie::Service(*service, *level);
        if !holds(draft, person, tie, Window::ALWAYS) {
            let rows = vec![(person, Some(*level))];
            let service = *service;
            let save = Command::SaveUsersTab { service, rows };
            of(EnrolmentPart::Tie(tie), draft.then(&save))?;
        }
    }
    for (service, access) in &enrolment.accesses {
        let tie = Tie::Customer(*service, *access);
        if !(is_told && holds(draft, person, tie, Window::ALWAYS)) {
            let rows = vec![(person, Some(*access))];
            let service = *service;
            let save = Command::SaveCustomersTab { service, rows };
            of(EnrolmentPart::Tie(tie), draft.then(&save))?;
        }
    }
    for (tie, window) in &enrolment.ties {
        if !(is_told && holds(draft, person, *tie, *window)) {
            give(draft, person, *tie, *window)?;
        }
    }
    rights_on_top(draft, person, enrolment)?;
    if let Some(employer) = &enrolment.employer {
        let placed = place(draft, person, known.map(|_| is_told), employer);
        of(EnrolmentPart::Employer, placed)?;
    }
    if let Some(level) = enrolment.portal_level
        && !(is_told && row(draft, person)?.portal_level == level)
    {
        let set = Command::SetPortalLevel {
            people: vec![person],
            level,
            bulk: false,
        };
        of(EnrolmentPart::PortalLevel, draft.then(&set))?;
    }
    for facet in &enrolment.deactivated {
        let row = row(draft, person)?;
        let is_off = match facet {
            Facet::User => row.user == UserFacet::Deactivated,
            Facet::Customer => row.customer == CustomerFacet::Deactivated,
        };
        if !(is_told && is_off) {
            let facet = *facet;
            let deactivate = Command::Deactivate { person, facet };
            of(EnrolmentPart::Deactivated, draft.then(&deactivate))?;
        }
    }
    Ok(())
}

fn facets(draft: &mut Draft<'_>, enrolment: &Enrolment, is_told: bool) -> Result<(), Refusal> {
    let (id, user_groups) = (enrolment.id, enrolment.user_groups.clone());
    let there = |draft: &Draft<'_>| {
        let person = draft.after.resolve(id)?;
        Some((person, draft.after.people().get(person)?.clone()))
    };
    if enrolment.user {
        match there(draft) {
            None => draft.then(&Command::AddUser {
                id,
                user_groups,
                account_role: None,
            })?,
            Some((_, row)) if row.is_user() => {}
            Some((person, _)) => draft.then(&Command::AddUserFacet {
                person,
                user_groups,
            })?,
        }
    }
    if enrolment.customer {
        let service = None;
        match there(draft) {
            None => draft.then(&Command::AddCustomer { id, service })?,
            Some((_, row)) if is_told && row.is_customer() => {}
            Some((person, _)) => draft.then(&Command::AddCustomerFacet { person, service })?,
        }
    }
    Ok(())
}

fn administration(
    draft: &mut Draft<'_>,
    person: PersonId,
    enrolment: &Enrolment,
) -> Result<(), Refusal> {
    for group in &enrolment.user_groups {
        // Whoever came with this step was placed by it.
        let (tie, window) = (Tie::UserGroup(*group), Window::ALWAYS);
        if !holds(draft, person, tie, window) {
            give(draft, person, tie, window)?;
        }
    }
    let Some(assignment) = &enrolment.account_role else {
        return Ok(());
    };
    let row = row(draft, person)?;
    let stood = |group| row.extras().role_scope.names(group);
    let assignment = RoleAssignment {
        role: assignment.role,
        scope: of(
            EnrolmentPart::RoleScope,
            draft.checked_scope(&assignment.scope, stood),
        )?,
    };
    let held = counting(draft, &row.extras().role_scope);
    if row.account_role == assignment.role && held == assignment.scope {
        return Ok(());
    }
    let set = Command::SetAccountRoles {
        bulk: false,
        people: vec![person],
        assignment,
        keep: enrolment.extra_grants.clone(),
    };
    of(EnrolmentPart::AccountRole, draft.then(&set))
}

/// Account admin, extra grants and company access.
fn rights_on_top(
    draft: &mut Draft<'_>,
    person: PersonId,
    enrolment: &Enrolment,
) -> Result<(), Refusal> {
    if let Some(admin) = &enrolment.account_admin {
        let made = administer(draft, person, admin);
        of(EnrolmentPart::AccountAdmin, made)?;
    }
    let granted = grant(draft, person, &enrolment.extra_grants);
    of(EnrolmentPart::ExtraGrants, granted)?;
    if let Some(listed) = &enrolment.company_access
        && !shows_the_same(draft, row(draft, person)?.company_access(), listed)
    {
        let listed = Some(listed.clone());
        let set = Command::SetCompanyAccess { person, listed };
        of(EnrolmentPart::CompanyAccess, draft.then(&set))?;
    }
    Ok(())
}

fn administer(
    draft: &mut Draft<'_>,
    person: PersonId,
    admin: &AccountAdminGrant,
) -> Result<(), Refusal> {
    let extras = row(draft, person)?.extras();
    let held = remote_support::account_admin(row(draft, person)?);
    let held = held.map(|held| match held {
        AccountAdminGrant::Limited(mut limited) => {
            limited.scope = counting(draft, &limited.scope);
            AccountAdminGrant::Limited(limited)
        }
        AccountAdminGrant::Full => AccountAdminGrant::Full,
    });
    let mut admin = admin.clone();
    if let AccountAdminGrant::Limited(limited) = &mut admin {
        limited.scope = draft.checked_scope(&limited.scope, |group| extras.admin_names(group))?;
    }
    if held.as_ref() == Some(&admin) {
        return Ok(());
    }
    let admin = Some(admin);
    draft.then(&Command::SetAccountAdmin { person, admin })
}

fn grant(draft: &mut Draft<'_>, person: PersonId, grants: &[ExtraGrant]) -> Result<(), Refusal> {
    for grant in grants {
        let held = &row(draft, person)?.extras().extra_grants;
        let scope = draft.checked_scope(&grant.scope, |group| grant.stood(held, group))?;
        let is_held = held.iter().any(|held| {
            (held.permission, held.window) == (grant.permission, grant.window)
                && counting(draft, &held.scope) == scope
        });
        if !is_held {
            let (to, grant) = (GrantHolder::Person(person), grant.clone());
            draft.then(&Command::GiveExtraGrant { to, grant })?;
        }
    }
    Ok(())
}

fn give(draft: &mut Draft<'_>, person: PersonId, tie: Tie, window: Window) -> Result<(), Refusal> {
    let give = Command::Tie {
        person,
        tie,
        window,
    };
    of(EnrolmentPart::Tie(tie), draft.then(&give))
}

/// `told`: of somebody who was there, whether the actor may know of them.
fn place(
    draft: &mut Draft<'_>,
    person: PersonId,
    told: Option<bool>,
    employer: &Employer,
) -> Result<(), Refusal> {
    let row = row(draft, person)?;
    let company = match employer {
        Employer::Company(company) if told == Some(true) && row.company == Some(*company) => {
            return Ok(());
        }
        Employer::Company(company) => Some(*company),
        Employer::OfDomain(domain) => {
            if !row.is_customer() || row.placement != Placement::Unsorted {
                return Ok(());
            }
            let people = vec![(person, domain.clone())];
            return draft.then(&Command::SortNow { people });
        }
        Employer::Nobody => {
            let counts = |company| {
                let row = draft.before.companies().get(company);
                row.is_some_and(|row| row.life.is_active())
            };
            if told == Some(true) && !row.company.is_some_and(counts) {
                return Ok(());
            }
            None
        }
    };
    draft.then(&Command::SetEmployer {
        person,
        company,
        move_from_other: true,
    })
}

pub(super) fn holds(draft: &Draft<'_>, person: PersonId, tie: Tie, window: Window) -> bool {
    let held = draft.held(person);
    held.iter()
        .any(|(held, at, _)| (*held, *at) == (tie, window))
}

/// AD-25: a scope without the groups that reach nobody now.
fn counting(draft: &Draft<'_>, scope: &PeopleScope) -> PeopleScope {
    let is_active = |group: &UserGroupId| {
        let row = draft.before.user_groups().get(*group);
        row.is_some_and(|row| row.life.is_active())
    };
    match scope {
        PeopleScope::All => PeopleScope::All,
        PeopleScope::UserGroups(groups) => {
            PeopleScope::UserGroups(groups.iter().copied().filter(is_active).collect())
        }
    }
}

/// Whether somebody with this access sees of the active companies what the list says.
fn shows_the_same(draft: &Draft<'_>, held: &CompanyAccess, listed: &ListedCompanies) -> bool {
    let CompanyAccess::Listed {
        companies,
        without_company,
    } = held
    else {
        return false;
    };
    let is_active = |company: &CompanyId| {
        let row = draft.before.companies().get(*company);
        row.is_some_and(|row| row.life.is_active())
    };
    let mut wanted = listed.companies.clone();
    wanted.sort_unstable();
    wanted.dedup();
    *without_company == listed.without_company && companies.iter().filter(is_active).eq(wanted)
}

fn row<'d>(draft: &'d Draft<'_>, person: PersonId) -> Result<&'d Person, Refusal> {
    let row = draft.after.people().get(person);
    row.ok_or_else(|| Refusal::not_found("no such person"))
}

fn made(draft: &Draft<'_>, id: PublicId<PersonId>) -> Result<PersonId, Refusal> {
    draft.after.resolve(id).ok_or_else(|| {
        Refusal::invalid(
            "§1",
            "no_facet",
            "an enrolment is of a user, a customer, or both",
        )
    })
}
