//! Whom a text finds on a list: by their own words, or by the name of their company.

use access::{CompanyId, IdSet, PersonId};
use ledger::{AccountId, HasProfile, Match, Tx, lists, search_after};

use super::Matching;
use crate::{problem::Result, session::failed};

/// Keys that are read at once.
const KEYS_AT_ONCE: usize = 1_000;

/// Those who are found, while they are looked for.
pub(super) struct Finding<'m, 'a> {
    matching: &'m Matching<'a>,
    pub people: IdSet<PersonId>,
    /// There are more, or so many words that not all of them were looked at.
    pub is_broad: bool,
    walked: usize,
}

impl<'m, 'a> Finding<'m, 'a> {
    pub fn of(matching: &'m Matching<'a>) -> Self {
        Self {
            matching,
            people: IdSet::default(),
            is_broad: false,
            walked: 0,
        }
    }

    /// Takes somebody who belongs on the list, as long as they are few.
    pub fn add(&mut self, person: PersonId) {
        if self.people.contains(person) || !self.matching.is_wanted(person) {
            return;
        }
        if self.people.len() == self.matching.bounds.few {
            self.is_broad = true;
        } else {
            self.people.insert(person);
        }
    }

    /// Asks each of the few who may belong on the list whether the text finds them.
    pub async fn among(
        &mut self,
        tx: &mut Tx,
        account: AccountId,
        text: &str,
        few: &IdSet<PersonId>,
    ) -> Result<()> {
        let (state, view) = (self.matching.state(), self.matching.view);
        let company_of = |person| {
            let company = state.people().get(person)?.company;
            company.filter(|company| view.sees(*company))
        };
        let companies: IdSet<CompanyId> = few.iter().filter_map(company_of).collect();
        let companies = lists::found_among(tx, account, companies.iter(), text).await;
        let companies: IdSet<_> = companies.map_err(failed)?.into_iter().collect();
        let people = lists::found_among(tx, account, few.iter(), text).await;
        people
            .map_err(failed)?
            .into_iter()
            .for_each(|it| self.add(it));
        let employees =
            |person: &PersonId| company_of(*person).is_some_and(|of| companies.contains(of));
        few.iter().filter(employees).for_each(|it| self.add(it));
        Ok(())
    }

    /// Reads the words that the text begins, stretch by stretch, until enough people are found.
    pub async fn through(&mut self, tx: &mut Tx, account: AccountId, text: &str) -> Result<()> {
        let mut last = None;
        while let Some(people) = self.stretch(tx, account, text, &mut last).await? {
            for person in people {
                if !self.goes_on() {
                    return Ok(());
                }
                self.add(person);
            }
        }
        let mut last = None;
        while let Some(companies) = self.stretch(tx, account, text, &mut last).await? {
            for company in companies {
                if !self.goes_on() {
                    return Ok(());
                }
                if self.matching.view.sees(company) && !self.take_employees(company) {
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    fn take_employees(&mut self, company: CompanyId) -> bool {
        for person in self.matching.employees(company).iter() {
            if !self.goes_on() {
                return false;
            }
            self.add(person);
        }
        true
    }

    /// Counts one look more, where there may be one.
    fn goes_on(&mut self) -> bool {
        self.is_broad |= self.walked >= self.matching.bounds.walked;
        self.walked += 1;
        !self.is_broad
    }

    /// What the next words name; `None` after the last of them.
    async fn stretch<K: HasProfile>(
        &self,
        tx: &mut Tx,
        account: AccountId,
        text: &str,
        last: &mut Option<Match>,
    ) -> Result<Option<Vec<K>>> {
        let keys = search_after(tx, account, K::KIND, text, last.as_ref(), KEYS_AT_ONCE).await;
        let keys = keys.map_err(failed)?;
        let Some(end) = keys.last() else {
            return Ok(None);
        };
        *last = Some(end.clone());
        let things = keys.iter().filter_map(|key| K::from_number(key.entity));
        Ok(Some(things.collect()))
    }
}
