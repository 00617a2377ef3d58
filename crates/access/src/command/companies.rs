//! Groups, companies with their domains, employment, and which companies a user sees (SD-20 to SD-22, SD-33).

use super::authority::Gift;
use super::reach::each_once;
use super::{Draft, Notice, Outcome, Refusal};
use crate::domain::{BadDomain, Domain};
use crate::event::{Event, ListedCompanies};
use crate::ids::{CompanyId, GroupId, PersonId, PublicId};
use crate::idset::IdSet;
use crate::state::{CompanyAccess, CustomerFacet, Person, Placement};

/// Domains that one company may have.
const MAX_DOMAINS: usize = 1_000;

/// A desk group; its members are tied to it one by one (SD-20).
pub(super) fn create_group(draft: &mut Draft<'_>, id: PublicId<GroupId>) -> Result<(), Refusal> {
    draft.may_configure()?;
    draft.is_new(id)?;
    draft.emit(Event::GroupCreated { uid: id.uuid() });
    Ok(())
}

/// A client organisation.
pub(super) fn create(draft: &mut Draft<'_>, id: PublicId<CompanyId>) -> Result<(), Refusal> {
    draft.may_configure()?;
    draft.is_new(id)?;
    draft.emit(Event::CompanyCreated { uid: id.uuid() });
    Ok(())
}

/// SD-22. It catches who comes or is sorted from now on.
pub(super) fn add_domain(
    draft: &mut Draft<'_>,
    company: CompanyId,
    domain: &str,
) -> Result<(), Refusal> {
    draft.may_configure()?;
    let row = draft.active_company(company)?;
    let domain = Domain::parse(domain).map_err(refused)?;
    match draft.before.domain_owner(domain.as_str()) {
        Some(owner) if owner == company => return Ok(()),
        Some(_) => {
            let detail = "another company has this domain; a domain belongs to at most one";
            return Err(Refusal::conflict("SD-22", "domain_in_use", detail));
        }
        None => {}
    }
    if row.domains.len() >= MAX_DOMAINS {
        let detail = format!("a company has at most {MAX_DOMAINS} domains");
        return Err(Refusal::conflict("SD-22", "too_many_domains", detail));
    }
    let domain = domain.as_str().into();
    draft.emit(Event::DomainAdded { company, domain });
    Ok(())
}

/// SD-22. Nobody leaves the company by it.
pub(super) fn remove_domain(
    draft: &mut Draft<'_>,
    company: CompanyId,
    domain: &str,
) -> Result<(), Refusal> {
    draft.may_configure()?;
    draft.company(company)?;
    let domain = Domain::of_address(domain).map_err(refused)?;
    if draft.before.domain_owner(domain.as_str()) == Some(company) {
        let domain = domain.as_str().into();
        draft.emit(Event::DomainRemoved { company, domain });
    }
    Ok(())
}

fn refused(bad: BadDomain) -> Refusal {
    Refusal::invalid("SD-22", bad.code(), bad.to_string())
}

/// SD-22: customers who were never sorted, by the domains of their confirmed addresses. The answer says of each what became of
/// them.
pub(super) fn sort_now(
    draft: &mut Draft<'_>,
    people: &[(PersonId, Box<str>)],
) -> Result<(), Refusal> {
    draft.may_configure()?;
    each_once(people.iter().map(|(person, _)| *person))?;
    for (person, domain) in people {
        let outcome = match sortable(draft, *person, domain) {
            Ok(company) => {
                place_by_domain(draft, *person, Some(company));
                Outcome::Changed
            }
            Err(why) => Outcome::Skipped(why),
        };
        draft.outcome(*person, outcome);
    }
    Ok(())
}

fn sortable(draft: &Draft<'_>, person: PersonId, domain: &str) -> Result<CompanyId, Refusal> {
    let row = draft.customer(person)?;
    if row.customer != CustomerFacet::Active {
        let detail = "only confirmed addresses of active customers count";
        return Err(Refusal::conflict("SD-22", "not_confirmed", detail));
    }
    if !row.waits_to_be_sorted() {
        let detail = "sorted before, or placed or removed by hand";
        return Err(Refusal::conflict("SD-22", "already_sorted", detail));
    }
    Domain::of_address(domain)
        .ok()
        .and_then(|domain| draft.before.company_of(&domain))
        .filter(|company| draft.reaches(Some(*company)))
        .ok_or_else(|| Refusal::conflict("SD-22", "no_company", "no company has this domain"))
}

/// SD-22: placed by a rule, in the company of the domain or in none.
pub(super) fn place_by_domain(draft: &mut Draft<'_>, person: PersonId, company: Option<CompanyId>) {
    draft.emit(Event::EmployerSet {
        person,
        company,
        placement: Placement::ByDomain,
    });
}

/// SD-21. By hand, so that no rule moves the person again (SD-22).
pub(super) fn set_employer(
    draft: &mut Draft<'_>,
    person: PersonId,
    company: Option<CompanyId>,
    move_from_other: bool,
) -> Result<(), Refusal> {
    draft.may_configure()?;
    let row = draft.person(person)?;
    if let Some(company) = company {
        draft.active_company(company)?;
        if row.company.is_some_and(|present| present != company) && !move_from_other {
            let detail =
                "an employee of another company; ask for a move to leave that one in the same step";
            return Err(Refusal::conflict("SD-21", "already_employed", detail));
        }
    }
    if row.company != company || row.placement != Placement::ByHand {
        if draft.is_oneself(person) && company.is_some() {
            draft.notice(Notice::GivenToOneself);
        }
        draft.emit(Event::EmployerSet {
            person,
            company,
            placement: Placement::ByHand,
        });
    }
    Ok(())
}

/// SD-33. Nobody shows somebody else more than they see, and nobody widens their own.
pub(super) fn set_company_access(
    draft: &mut Draft<'_>,
    person: PersonId,
    listed: Option<&ListedCompanies>,
) -> Result<(), Refusal> {
    let row = draft.user(person)?;
    // First, so that nobody else learns what is so already (AD-10), or which companies there are.
    draft.may_take(&Gift::CompanyAccess, person)?;
    let listed = match listed {
        None => None,
        Some(listed) => Some(with_hidden(draft, row, listed)?),
    };
    let wanted = match &listed {
        None => CompanyAccess::All,
        Some(listed) => CompanyAccess::Listed {
            companies: listed.companies.iter().copied().collect(),
            without_company: listed.without_company,
        },
    };
    if *row.company_access() == wanted {
        return Ok(());
    }
    let stands = row.company_access();
    if !is_within(&wanted, &[stands]) {
        draft.may_give(&Gift::CompanyAccess, person)?;
        let own = draft
            .view()
            .person()
            .map(|row| row.company_access().clone());
        if own.is_some_and(|own| !is_within(&wanted, &[stands, &own])) {
            let detail = "a list reaches at most as far as the list of whoever gives it";
            return Err(Refusal::forbidden(
                "SD-33",
                "exceeds_own_company_access",
                detail,
            ));
        }
    }
    draft.emit(Event::CompanyAccessSet { person, listed });
    Ok(())
}

/// SD-33: a list is written by somebody who may see a part of it. What stands in it and is hidden from them stays, named or not.
fn with_hidden(
    draft: &Draft<'_>,
    row: &Person,
    listed: &ListedCompanies,
) -> Result<ListedCompanies, Refusal> {
    each_once(listed.companies.iter().copied())?;
    let none = IdSet::default();
    let held = match row.company_access() {
        CompanyAccess::All => &none,
        CompanyAccess::Listed { companies, .. } => companies,
    };
    for company in &listed.companies {
        if !held.contains(*company) {
            draft.company(*company)?;
        }
    }
    let hidden = held
        .iter()
        .filter(|company| !draft.reaches(Some(*company)) && !listed.companies.contains(company));
    Ok(ListedCompanies {
        companies: listed.companies.iter().copied().chain(hidden).collect(),
        without_company: listed.without_company,
    })
}

/// Whether whoever has `narrow` sees nothing that each of `wides` hides.
fn is_within(narrow: &CompanyAccess, wides: &[&CompanyAccess]) -> bool {
    let admits = |company| wides.iter().any(|wide| wide.admits(company));
    match narrow {
        CompanyAccess::All => wides.contains(&&CompanyAccess::All),
        CompanyAccess::Listed {
            companies,
            without_company,
        } => {
            (!without_company || admits(None))
                && companies.iter().all(|company| admits(Some(company)))
        }
    }
}
