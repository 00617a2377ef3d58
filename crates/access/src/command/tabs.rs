//! A whole tab of a service at once (SD-18): who is not named has no access of their own afterwards. Whoever replaces a tab says which
//! one they read; what the actor may not know of stays as it is, and does not count (SD-33).

use serde::{Deserialize, Serialize};

use super::{Draft, Refusal, services};
use crate::decide::{Subject, View};
use crate::ids::{CompanyId, Dense, GroupId, PersonId, ServiceId};
use crate::idset::IdSet;
use crate::moment::Window;
use crate::preview::Fingerprint;
use crate::state::{CustomerAccess, Service, ServiceLevel, Tie};

/// What somebody has of their own on a service: the higher level counts (SD-10).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Own<A> {
    /// For ever.
    pub always: Option<A>,
    /// Beside it, for a time.
    pub timed: Option<(A, Window)>,
}

impl<A> From<Option<A>> for Own<A> {
    fn from(always: Option<A>) -> Self {
        Own {
            always,
            timed: None,
        }
    }
}

impl<A> Own<A> {
    /// No access.
    pub fn is_none(&self) -> bool {
        self.always.is_none() && self.timed.is_none()
    }
}

impl<A: Copy> Own<A> {
    /// As ties, in the order in which a person holds them.
    pub(super) fn ties(self, tie: impl Fn(A) -> Tie) -> Vec<(Tie, Window)> {
        let always = self.always.map(|access| (tie(access), Window::ALWAYS));
        let timed = self.timed.map(|(access, window)| (tie(access), window));
        always.into_iter().chain(timed).collect()
    }
}

/// Rows that know no time.
pub(super) fn for_ever<A: Copy>(rows: &[(PersonId, Option<A>)]) -> Vec<(PersonId, Own<A>)> {
    let rows = rows.iter().map(|(person, own)| (*person, (*own).into()));
    rows.collect()
}

/// One of the four tabs, with everything that is to be in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tab {
    /// Users with a level of their own (SD-2).
    Users(Vec<(PersonId, Own<ServiceLevel>)>),
    /// Groups with full access (SD-8).
    Groups(Vec<GroupId>),
    /// Customers with an access of their own (SD-11).
    Customers(Vec<(PersonId, Own<CustomerAccess>)>),
    /// Companies with full access (SD-9).
    Companies(Vec<CompanyId>),
}

/// Which of the four.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum TabKind {
    /// [`Tab::Users`].
    Users,
    /// [`Tab::Groups`].
    Groups,
    /// [`Tab::Customers`].
    Customers,
    /// [`Tab::Companies`].
    Companies,
}

impl Tab {
    /// Which of the four it is.
    pub fn kind(&self) -> TabKind {
        match self {
            Tab::Users(_) => TabKind::Users,
            Tab::Groups(_) => TabKind::Groups,
            Tab::Customers(_) => TabKind::Customers,
            Tab::Companies(_) => TabKind::Companies,
        }
    }
}

/// Puts the tab in the place of what is there.
pub(super) fn replace(
    draft: &mut Draft<'_>,
    service: ServiceId,
    tab: &Tab,
    read: Option<Fingerprint>,
) -> Result<(), Refusal> {
    let row = draft.configurable(service)?;
    if read.is_some_and(|read| draft.view().tab_mark(service, tab.kind()) != Some(read)) {
        let detail = "somebody else changed this tab since it was read: read it again";
        return Err(Refusal::conflict("SD-18", "world_moved", detail));
    }
    match tab {
        Tab::Users(rows) => {
            let there = own(&draft.view(), row, |tie| services::is_level(tie, service));
            let rows = with_absent(draft, rows, &there);
            services::save_users(draft, service, &rows)
        }
        Tab::Customers(rows) => {
            let there = own(&draft.view(), row, |tie| services::is_access(tie, service));
            let rows = with_absent(draft, rows, &there);
            services::save_customers(draft, service, &rows)
        }
        Tab::Groups(groups) => {
            let rows = whole(groups, row.groups.iter());
            services::save_groups(draft, service, &rows)
        }
        Tab::Companies(companies) => {
            let known = row.companies.iter();
            let known = known.filter(|id| draft.company(*id).is_ok());
            let rows = whole(companies, known);
            services::save_companies(draft, service, &rows)
        }
    }
}

impl View<'_> {
    /// A mark of all that is stored of a tab now, as far as the subject may know of it, whether or not it opens anything. It is another
    /// one as soon as somebody changes a row.
    pub fn tab_mark(&self, service: ServiceId, kind: TabKind) -> Option<Fingerprint> {
        let row = self.state().services().get(service)?;
        Some(match kind {
            TabKind::Users => {
                let levels = own(self, row, |tie| services::is_level(tie, service));
                Fingerprint::of_stored(&(kind, service, levels))
            }
            TabKind::Customers => {
                let accesses = own(self, row, |tie| services::is_access(tie, service));
                Fingerprint::of_stored(&(kind, service, accesses))
            }
            TabKind::Groups => {
                let groups: Vec<_> = row.groups.iter().collect();
                Fingerprint::of_stored(&(kind, service, groups))
            }
            TabKind::Companies => {
                let companies = row.companies.iter();
                let seen: Vec<_> = companies.filter(|id| self.admits(Some(*id))).collect();
                Fingerprint::of_stored(&(kind, service, seen))
            }
        })
    }
}

/// What is stored of the people who have something of their own and whom the viewer may know of, without what is over.
fn own(
    view: &View<'_>,
    service: &Service,
    alike: impl Fn(Tie) -> bool,
) -> Vec<(PersonId, Tie, Window)> {
    let (state, now) = (view.state(), view.now());
    let known = service.people.iter().filter_map(|person| {
        let row = state.people().get(person)?;
        let is_known =
            row.is_user() || view.subject() == Subject::Person(person) || view.admits(row.company);
        is_known.then_some((person, row))
    });
    let ties = known.flat_map(|(person, row)| {
        let ties = state.ties_of(row);
        ties.map(move |(tie, window, _)| (person, tie, window))
    });
    ties.filter(|(_, tie, window)| alike(*tie) && !window.is_over(now))
        .collect()
}

/// The rows that say something, and no access for everybody else who has one and whom the actor may know of.
fn with_absent<A: Copy>(
    draft: &Draft<'_>,
    rows: &[(PersonId, Own<A>)],
    there: &[(PersonId, Tie, Window)],
) -> Vec<(PersonId, Own<A>)> {
    let named = || rows.iter().filter(|(_, own)| !own.is_none()).copied();
    let stay: IdSet<_> = named().map(|(person, _)| person).collect();
    let absent: IdSet<_> = there
        .iter()
        .map(|(person, ..)| *person)
        .filter(|person| !stay.contains(*person) && draft.person(*person).is_ok())
        .collect();
    let absent = absent.iter().map(|person| (person, None.into()));
    named().chain(absent).collect()
}

fn whole<K: Dense>(named: &[K], there: impl Iterator<Item = K>) -> Vec<(K, bool)> {
    let set: IdSet<_> = named.iter().copied().collect();
    let rows = named.iter().map(|id| (*id, true));
    rows.chain(there.filter(|id| !set.contains(*id)).map(|id| (id, false)))
        .collect()
}
