//! A person with everything that belongs to them in one step: what an import brings as one row. Each part is the command that
//! it would be alone, judged on the state that the parts before it led to; one that is refused refuses the whole.

use serde::{Deserialize, Serialize};

use super::{Command, Draft, Refusal, RoleAssignment};
use crate::event::ProfileField;
use crate::ids::{CompanyId, PersonId, PublicId, ServiceId, UserGroupId};
use crate::moment::Window;
use crate::state::{CustomerAccess, Placement, PortalLevel, ServiceLevel, Tie};

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
    /// Licences, groups, product roles.
    #[serde(default)]
    pub ties: Vec<Tie>,
    /// Levels of a user.
    #[serde(default)]
    pub levels: Vec<(ServiceId, ServiceLevel)>,
    /// Accesses of a customer.
    #[serde(default)]
    pub accesses: Vec<(ServiceId, CustomerAccess)>,
    /// The company, by hand: whoever is elsewhere is moved (SD-21).
    #[serde(default)]
    pub company: Option<CompanyId>,
    /// Domain of the address, which whoever imports it vouches for: sorts whoever was never sorted (SD-22).
    #[serde(default)]
    pub domain: Option<Box<str>>,
    /// For a customer.
    #[serde(default)]
    pub portal_level: Option<PortalLevel>,
}

pub(super) fn enrol(draft: &mut Draft<'_>, enrolment: &Enrolment) -> Result<(), Refusal> {
    let id = enrolment.id;
    let known = draft
        .before
        .resolve(id)
        .and_then(|person| draft.before.people().get(person));
    // What is so already is passed over: only who may know the person learns that it is so (AD-10). Adding a customer shows
    // nothing of one who is there (RULES §4 table).
    if let Some(row) = known
        && (row.is_user() || !enrolment.customer)
        && !draft.knows(made(draft, id)?.into())
    {
        return Err(Refusal::not_found("no such person"));
    }
    // Before all else: rank is that over the person as they are now, and not as this step leaves them (AD-24).
    if let Some(person) = draft
        .before
        .resolve(id)
        .filter(|_| !enrolment.fields.is_empty())
    {
        let fields = enrolment.fields.clone();
        draft.then(&Command::EditProfile { person, fields })?;
    }
    let user_groups = enrolment.user_groups.clone();
    if enrolment.user {
        match known {
            None => draft.then(&Command::AddUser {
                id,
                user_groups,
                account_role: None,
            })?,
            Some(row) if row.is_user() => {}
            Some(_) => draft.then(&Command::AddUserFacet {
                person: made(draft, id)?,
                user_groups,
            })?,
        }
    }
    if enrolment.customer {
        match draft.after.resolve(id) {
            None => draft.then(&Command::AddCustomer { id, service: None })?,
            Some(person) => draft.then(&Command::AddCustomerFacet {
                person,
                service: None,
            })?,
        }
    }
    let person = made(draft, id)?;
    for group in &enrolment.user_groups {
        let tie = Tie::UserGroup(*group);
        // Whoever came with this step was placed by it.
        let row = draft.after.people().get(person);
        if !row.is_some_and(|row| row.ties.has(tie)) {
            draft.then(&Command::Tie {
                person,
                tie,
                window: Window::ALWAYS,
            })?;
        }
    }
    if let Some(assignment) = &enrolment.account_role {
        let holds = draft.after.people().get(person).is_some_and(|row| {
            row.account_role == assignment.role && row.extras().role_scope == assignment.scope
        });
        if !holds {
            let (people, assignment) = (vec![person], assignment.clone());
            draft.then(&Command::SetAccountRoles {
                bulk: false,
                people,
                assignment,
                keep: Vec::new(),
            })?;
        }
    }
    for tie in &enrolment.ties {
        draft.then(&Command::Tie {
            person,
            tie: *tie,
            window: Window::ALWAYS,
        })?;
    }
    for (service, level) in &enrolment.levels {
        draft.then(&Command::SaveUsersTab {
            service: *service,
            rows: vec![(person, Some(*level))],
        })?;
    }
    for (service, access) in &enrolment.accesses {
        draft.then(&Command::SaveCustomersTab {
            service: *service,
            rows: vec![(person, Some(*access))],
        })?;
    }
    place(draft, person, enrolment)?;
    if let Some(level) = enrolment.portal_level {
        draft.then(&Command::SetPortalLevel {
            people: vec![person],
            level,
            bulk: false,
        })?;
    }
    Ok(())
}

/// The named company, by hand; without one, by the domain of the address, whoever was never sorted (SD-22).
fn place(draft: &mut Draft<'_>, person: PersonId, enrolment: &Enrolment) -> Result<(), Refusal> {
    if enrolment.company.is_some() {
        let company = enrolment.company;
        return draft.then(&Command::SetEmployer {
            person,
            company,
            move_from_other: true,
        });
    }
    let unsorted = draft
        .after
        .people()
        .get(person)
        .is_some_and(|row| row.is_customer() && row.placement == Placement::Unsorted);
    match &enrolment.domain {
        Some(domain) if unsorted => draft.then(&Command::SortNow {
            people: vec![(person, domain.clone())],
        }),
        _ => Ok(()),
    }
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
