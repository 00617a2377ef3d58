//! Who belongs on a list: filters, and sight.

mod finding;

use access::{
    CompanyId, Dense, IdSet, Permission, PersonId, State, Subject, UserGroupId, View,
    decide::{InSight, Through, UserStatus},
    state::{CustomerFacet, Facet, Person, Tie, UserFacet},
};
use ledger::{AccountId, Having, Kind, Tx, lists, search_many};

use self::finding::{Finding, Words};
use super::{Access, Bounds, Count, Status, Stored, Wanted, Ways};
use crate::{problem::Result, session::failed};

/// Companies whose names a text begins that are taken as they come.
const COMPANIES_MAX: usize = 200;

/// The filter of a list, on one state, for one reader.
#[derive(Debug)]
pub struct Matching<'a> {
    /// The reader.
    pub view: View<'a>,
    pub(super) wanted: &'a Wanted,
    sight: InSight,
    groups: Vec<UserGroupId>,
    /// Whom the text finds of those who belong on the list.
    text: Option<IdSet<PersonId>>,
    /// The text finds more of those who belong on the list than are kept, or too many words to look at each.
    pub is_broad: bool,
    /// Those of them who are kept, in the order in which they were found.
    pub(super) kept: Vec<PersonId>,
    bounds: Bounds,
}

/// Everybody on a list, if they are few.
#[derive(Debug)]
pub(super) enum Members {
    /// These.
    Few(IdSet<PersonId>),
    /// Not counted.
    Many {
        /// Nobody outside of these.
        within: Option<IdSet<PersonId>>,
        /// They are more than [`Bounds::few`].
        are_more: bool,
    },
}

impl<'a> Matching<'a> {
    /// Of a reader, on a state.
    pub async fn of(
        tx: &mut Tx,
        account: AccountId,
        view: View<'a>,
        wanted: &'a Wanted,
        bounds: Bounds,
    ) -> Result<Self> {
        let groups = wanted
            .user_group
            .map(|group| view.state().user_groups_below(group));
        let mut matching = Self {
            view,
            wanted,
            sight: view.in_sight(wanted.facet),
            groups: groups.unwrap_or_default(),
            text: None,
            is_broad: false,
            kept: Vec::new(),
            bounds,
        };
        if let Some(text) = &wanted.text {
            matching.find(tx, account, text).await?;
        }
        Ok(matching)
    }

    /// Whom the text finds of those who belong on the list. Sight and filters are asked before anything is cut: nobody is missed behind
    /// people whom the reader does not see, and nothing tells of those (AD-10, SD-36).
    async fn find(&mut self, tx: &mut Tx, account: AccountId, text: &str) -> Result<()> {
        let most = self.bounds.few;
        let people = search_many(tx, account, Kind::Person, text, None, most + 1).await;
        let (people, more_people) = people.map_err(failed)?;
        let companies = COMPANIES_MAX + 1;
        let companies = search_many(tx, account, Kind::Company, text, None, companies).await;
        let (companies, more_companies) = companies.map_err(failed)?;
        let is_narrow = more_people.is_none() && more_companies.is_none();
        let found_people = people.iter().copied().filter_map(PersonId::from_number);
        let seen = companies.iter().copied().filter_map(CompanyId::from_number);
        let seen: IdSet<_> = seen.filter(|id| self.view.sees(*id)).collect();
        let employees: usize = seen.iter().map(|id| self.employees(id).len()).sum();
        let mut finding = Finding::of(self);
        if is_narrow && employees <= most {
            let employees = seen.iter().map(|id| self.employees(id));
            found_people
                .chain(employees.flat_map(IdSet::iter))
                .for_each(|person| finding.add(person));
        } else {
            match self.few(tx, account).await? {
                Some(few) => finding.among(tx, account, text, &few).await?,
                None => {
                    let words = Words { tx, account, text };
                    let people = (people, more_people);
                    finding
                        .through(words, people, (companies, more_companies))
                        .await?;
                }
            }
        }
        let Finding {
            people,
            in_order,
            is_broad,
            ..
        } = finding;
        (self.text, self.kept, self.is_broad) = (Some(people), in_order, is_broad);
        Ok(())
    }

    pub(super) fn employees(&self, company: CompanyId) -> &'a IdSet<PersonId> {
        static NOBODY: std::sync::LazyLock<IdSet<PersonId>> =
            std::sync::LazyLock::new(IdSet::default);
        let row = self.state().companies().get(company);
        row.map_or(&NOBODY, |row| &row.employees)
    }

    pub(super) fn state(&self) -> &'a State {
        self.view.state()
    }

    /// Whether somebody belongs on the list: a decision of the core, and filters on what it lets the reader see.
    pub fn is_wanted(&self, person: PersonId) -> bool {
        self.state()
            .people()
            .get(person)
            .is_some_and(|row| self.fits(person, row) && self.is_seen(person))
    }

    fn is_seen(&self, person: PersonId) -> bool {
        match (&self.sight, self.wanted.facet) {
            (InSight::All, _) => true,
            (InSight::Among(people), _) if !people.contains(person) => false,
            (_, Facet::User) => self.view.sees_as_user(person),
            (_, Facet::Customer) => self.view.sees_as_customer(person),
        }
    }

    fn fits(&self, person: PersonId, row: &Person) -> bool {
        let wanted = self.wanted;
        let has_facet = match wanted.facet {
            Facet::User => row.is_user(),
            Facet::Customer => row.is_customer(),
        };
        has_facet
            && wanted.role.is_none_or(|role| row.account_role == role)
            && wanted
                .company
                .is_none_or(|company| row.company == Some(company))
            && wanted.level.is_none_or(|level| row.portal_level == level)
            && wanted
                .status
                .is_none_or(|status| self.has_status(person, row, status))
            && wanted
                .licence
                .is_none_or(|licence| self.has_tie(row, |tie| tie == Tie::Licence(licence)))
            && wanted.user_group.is_none_or(|_| {
                self.has_tie(
                    row,
                    |tie| matches!(tie, Tie::UserGroup(group) if self.groups.contains(&group)),
                )
            })
            && wanted
                .stored
                .is_none_or(|stored| self.has_stored(row, stored))
            && self
                .text
                .as_ref()
                .is_none_or(|found| found.contains(person))
            // The dearest last.
            && wanted
                .access
                .is_none_or(|access| self.has_access(person, access))
    }

    /// SD-10 of a user, SD-11 of a customer: what the core says of them now.
    fn has_access(&self, person: PersonId, Access { service, by }: Access) -> bool {
        let view = self.state().view(Subject::Person(person), self.view.now());
        if self.wanted.facet == Facet::Customer {
            let found = view.selectable(person, service);
            let mut through = found.through.iter();
            return found.selectable
                && match by {
                    Ways::Any => true,
                    Ways::Companies => through.any(|way| matches!(way, Through::Company(_))),
                    Ways::Groups | Ways::Group(_) => false,
                };
        }
        let works = Permission::ServiceDeskRecordCreate;
        if by == Ways::Any {
            return view.may(works, service);
        }
        let decision = view.decide(works, service.into());
        let mut ways = decision.paths.iter().map(|path| path.through);
        decision.allowed
            && ways.any(|through| match (through, by) {
                (Through::Group(of), Ways::Group(group)) => of == group,
                (Through::Group(_), Ways::Groups) => true,
                _ => false,
            })
    }

    fn has_stored(&self, row: &Person, stored: Stored) -> bool {
        match stored {
            Stored::Tie(_, tie) => row.ties.has(tie),
            Stored::Nothing(service) => {
                !row.ties.iter().any(|tie| match (tie, self.wanted.facet) {
                    (Tie::Service(of, _), Facet::User)
                    | (Tie::Customer(of, _), Facet::Customer) => *of == service,
                    _ => false,
                })
            }
        }
    }

    fn has_tie(&self, row: &Person, is: impl Fn(Tie) -> bool) -> bool {
        let mut ties = self.state().ties_at(row, self.view.now());
        ties.any(|(tie, _)| is(tie))
    }

    /// AD-15: suspended and active are told by the core, at this moment.
    fn has_status(&self, person: PersonId, row: &Person, status: Status) -> bool {
        match self.wanted.facet {
            Facet::Customer => match row.customer {
                CustomerFacet::Active => status == Status::Active,
                CustomerFacet::Unconfirmed => status == Status::Unconfirmed,
                CustomerFacet::Deactivated => status == Status::Deactivated,
                CustomerFacet::Absent => false,
            },
            Facet::User => match self.view.user_status(person) {
                UserStatus::Active => status == Status::Active,
                UserStatus::Invited => status == Status::Invited,
                UserStatus::Suspended => status == Status::Suspended,
                UserStatus::Deactivated => status == Status::Deactivated,
                UserStatus::Absent => false,
            },
        }
    }

    /// Everybody on the list where that takes few looks.
    pub(super) async fn members(&self, tx: &mut Tx, account: AccountId) -> Result<Members> {
        // Whom the text finds was asked already.
        if let Some(found) = &self.text {
            return Ok(Members::Few(found.clone()));
        }
        let few = self.few(tx, account).await?;
        Ok(match few {
            Some(few) => {
                let wanted = few.iter().filter(|person| self.is_wanted(*person));
                Members::Few(wanted.collect())
            }
            None => Members::Many {
                within: self.smallest_set(),
                are_more: self.is_by_one_row(),
            },
        })
    }

    /// Few, of whom everybody on the list is one; `None`: nothing is known that leaves so few.
    async fn few(&self, tx: &mut Tx, account: AccountId) -> Result<Option<IdSet<PersonId>>> {
        let few = self.bounds.few;
        let smallest = self.smallest_set().filter(|set| set.len() <= few);
        if smallest.is_some() {
            return Ok(smallest);
        }
        for what in self.few_by_row() {
            let people = lists::having(tx, account, what, few).await;
            if let Some(people) = people.map_err(failed)? {
                return Ok(Some(people.into_iter().collect()));
            }
        }
        Ok(None)
    }

    /// Sets that the state holds, of which everybody on the list is a member.
    fn smallest_set(&self) -> Option<IdSet<PersonId>> {
        let (state, wanted) = (self.state(), self.wanted);
        let company = wanted.company.and_then(|id| state.companies().get(id));
        let licence = wanted.licence.and_then(|id| state.licences().get(id));
        let groups = wanted.user_group.map(|_| {
            let mut members = IdSet::default();
            for group in &self.groups {
                if let Some(row) = state.user_groups().get(*group) {
                    members.extend_set(&row.members);
                }
            }
            members
        });
        let role = wanted.role.filter(|role| !role.is_member());
        let sight = match &self.sight {
            InSight::Among(people) => Some(people.clone()),
            InSight::All | InSight::Any => None,
        };
        let service = match wanted.stored {
            Some(Stored::Tie(service, _)) => state.services().get(service),
            _ => None,
        };
        let sets = [
            service.map(|row| row.people.clone()),
            wanted
                .access
                .map(|access| state.near_service(access.service, wanted.facet)),
            company.map(|row| row.employees.clone()),
            licence.map(|row| row.holders.clone()),
            groups,
            role.map(|_| state.administrators().clone()),
            sight,
        ];
        sets.into_iter().flatten().min_by_key(IdSet::len)
    }

    /// What only the rows of the database tell, and of which there may be few.
    fn few_by_row(&self) -> Vec<Having> {
        let wanted = self.wanted;
        let mut few = Vec::new();
        if wanted.facet == Facet::User && self.state().user_count() as usize <= self.bounds.few {
            few.push(Having::User);
        }
        few.extend(wanted.role.map(Having::Role));
        few.extend(wanted.level.map(Having::Level));
        few.extend(match (wanted.facet, wanted.status) {
            (Facet::User, Some(Status::Invited)) => Some(Having::UserFacet(UserFacet::Invited)),
            (Facet::User, Some(Status::Deactivated)) => {
                Some(Having::UserFacet(UserFacet::Deactivated))
            }
            (Facet::Customer, Some(Status::Unconfirmed)) => {
                Some(Having::CustomerFacet(CustomerFacet::Unconfirmed))
            }
            (Facet::Customer, Some(Status::Deactivated)) => {
                Some(Having::CustomerFacet(CustomerFacet::Deactivated))
            }
            _ => None,
        });
        few
    }

    /// Whether everybody on the list is told by one thing that rows say, and the reader sees them all: where such rows are more than few, so
    /// are they.
    fn is_by_one_row(&self) -> bool {
        let wanted = self.wanted;
        let is_told = match wanted.facet {
            Facet::User => wanted.role.is_some() && wanted.level.is_none(),
            Facet::Customer => wanted.level.is_some() && wanted.role.is_none(),
        };
        let all_else = Wanted {
            role: None,
            level: None,
            ..wanted.clone()
        };
        is_told && all_else.is_unfiltered() && matches!(self.sight, InSight::All)
    }

    /// How many there are: exact to [`self.bounds.few`] where that takes no more looks than a page may cost.
    pub(super) fn count(&self, members: &Members) -> Count {
        let set = match members {
            Members::Few(people) => {
                return Count {
                    number: people.len(),
                    more: self.is_broad,
                };
            }
            Members::Many { are_more: true, .. } => {
                return Count {
                    number: self.bounds.few,
                    more: true,
                };
            }
            Members::Many { within, .. } => within,
        };
        if let Some(number) = self.known_count() {
            return Count {
                number: number.min(self.bounds.few),
                more: number > self.bounds.few,
            };
        }
        let mut number = 0;
        let mut candidates = self.candidates(set.as_ref(), None);
        for person in candidates.by_ref().take(self.bounds.counted) {
            if self.is_wanted(person) {
                number += 1;
            }
            if number > self.bounds.few {
                return Count {
                    number: self.bounds.few,
                    more: true,
                };
            }
        }
        let more = candidates.next().is_some();
        Count { number, more }
    }

    /// All users, for who sees all of them: the state counts those.
    fn known_count(&self) -> Option<usize> {
        let wanted = self.wanted;
        let is_all = matches!(self.sight, InSight::All)
            && wanted.facet == Facet::User
            && wanted.is_unfiltered();
        is_all.then(|| self.state().user_count() as usize)
    }

    /// In the order of their making, after somebody.
    pub(super) fn candidates<'s>(
        &self,
        set: Option<&'s IdSet<PersonId>>,
        after: Option<PersonId>,
    ) -> impl Iterator<Item = PersonId> + use<'s> {
        let first = after.map_or(0, |last| last.index().saturating_add(1));
        let all = if set.is_some() {
            0
        } else {
            self.state().people().len()
        };
        let all = (first..all).filter_map(PersonId::from_index);
        all.chain(set.into_iter().flat_map(move |set| set.iter_after(after)))
    }
}
