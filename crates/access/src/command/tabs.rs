//! A whole tab of a service at once (SD-18): who is not named has no access of their own afterwards. What the actor may not know of
//! stays as it is (SD-33).

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{Draft, Notice, Refusal, services};
use crate::ids::{CompanyId, Dense, GroupId, PersonId, ServiceId};
use crate::idset::IdSet;
use crate::moment::Window;
use crate::state::{CustomerAccess, ServiceLevel, Tie};

/// One of the four tabs, with everything that is to be in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tab {
    /// Users with a level of their own (SD-2).
    Users(Vec<(PersonId, ServiceLevel)>),
    /// Groups with full access (SD-8).
    Groups(Vec<GroupId>),
    /// Customers with an access of their own (SD-11).
    Customers(Vec<(PersonId, CustomerAccess)>),
    /// Companies with full access (SD-9).
    Companies(Vec<CompanyId>),
}

/// Puts the tab in the place of what is there.
pub(super) fn replace(draft: &mut Draft<'_>, service: ServiceId, tab: &Tab) -> Result<(), Refusal> {
    let row = draft.configurable(service)?;
    match tab {
        Tab::Users(rows) => {
            let own = |tie| matches!(tie, Tie::Service(of, _) if of == service);
            let there = ties(draft, row.people.iter(), own);
            mark(draft, &there);
            let rows = with_absent(draft, rows, &there);
            services::save_users(draft, service, &rows)
        }
        Tab::Customers(rows) => {
            let own = |tie| matches!(tie, Tie::Customer(of, _) if of == service);
            let there = ties(draft, row.people.iter(), own);
            mark(draft, &there);
            let rows = with_absent(draft, rows, &there);
            services::save_customers(draft, service, &rows)
        }
        Tab::Groups(groups) => {
            let there: Vec<_> = row.groups.iter().collect();
            mark(draft, &there);
            let rows = whole(groups, there.into_iter());
            services::save_groups(draft, service, &rows)
        }
        Tab::Companies(companies) => {
            let there: Vec<_> = row.companies.iter().collect();
            mark(draft, &there);
            let known = there.into_iter().filter(|id| draft.company(*id).is_ok());
            let rows = whole(companies, known);
            services::save_companies(draft, service, &rows)
        }
    }
}

/// What is stored of the tab now, ended ties too.
fn ties(
    draft: &Draft<'_>,
    people: impl Iterator<Item = PersonId>,
    own: impl Fn(Tie) -> bool,
) -> Vec<(PersonId, Tie, Window)> {
    let held = people.flat_map(|person| {
        let held = draft.held(person).into_iter();
        held.map(move |(tie, window, _)| (person, tie, window))
    });
    held.filter(|(_, tie, _)| own(*tie)).collect()
}

/// The rows that are named, and no access for everybody else who has one and whom the actor may know of.
fn with_absent<A: Copy>(
    draft: &Draft<'_>,
    rows: &[(PersonId, A)],
    there: &[(PersonId, Tie, Window)],
) -> Vec<(PersonId, Option<A>)> {
    let named: IdSet<_> = rows.iter().map(|(person, _)| *person).collect();
    let absent: IdSet<_> = there
        .iter()
        .map(|(person, ..)| *person)
        .filter(|person| !named.contains(*person) && draft.person(*person).is_ok())
        .collect();
    let rows = rows.iter().map(|(person, access)| (*person, Some(*access)));
    rows.chain(absent.iter().map(|person| (person, None)))
        .collect()
}

fn whole<K: Dense>(named: &[K], there: impl Iterator<Item = K>) -> Vec<(K, bool)> {
    let set: IdSet<_> = named.iter().copied().collect();
    let rows = named.iter().map(|id| (*id, true));
    rows.chain(there.filter(|id| !set.contains(*id)).map(|id| (id, false)))
        .collect()
}

/// Says what is replaced, so that the fingerprint of a preview is good for exactly that tab: another's change in between is not
/// overwritten, whether or not it opens anything.
fn mark(draft: &mut Draft<'_>, there: &impl Serialize) {
    let bytes = postcard::to_extend(there, Vec::new()).unwrap_or_default();
    let mut was = [0; 16];
    was.copy_from_slice(&Sha256::digest(bytes)[..16]);
    draft.notice(Notice::TabReplaced { was });
}
