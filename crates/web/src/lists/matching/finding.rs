//! Whom a text finds on a list: by their own words, or by the name of their company.

use access::{CompanyId, Dense, IdSet, PersonId};
use ledger::{AccountId, Kind, Match, Tx, lists, search_many};

use super::Matching;
use crate::{problem::Result, session::failed};

/// Words that are read at once.
const WORDS_AT_ONCE: usize = 4_096;

/// Those who are found, while they are looked for.
pub(super) struct Finding<'m, 'a> {
    matching: &'m Matching<'a>,
    pub people: IdSet<PersonId>,
    /// The same, in the order in which they were found.
    pub in_order: Vec<PersonId>,
    /// There are more, or so many words that not all of them were looked at.
    pub is_broad: bool,
    walked: usize,
}

impl<'m, 'a> Finding<'m, 'a> {
    pub fn of(matching: &'m Matching<'a>) -> Self {
        Self {
            matching,
            people: IdSet::default(),
            in_order: Vec::new(),
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
            self.in_order.push(person);
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

    /// Reads the words that the text begins, stretch by stretch, until enough people are found. The first stretch was read already.
    pub async fn through(
        &mut self,
        mut words: Words<'_>,
        (mut people, mut more): Stretch,
        (mut companies, mut more_companies): Stretch,
    ) -> Result<()> {
        loop {
            for person in people.into_iter().filter_map(PersonId::from_number) {
                if !self.goes_on() {
                    return Ok(());
                }
                self.add(person);
            }
            let Some(last) = more else { break };
            (people, more) = words.after(Kind::Person, &last).await?;
        }
        loop {
            for company in companies.into_iter().filter_map(CompanyId::from_number) {
                if !self.goes_on() {
                    return Ok(());
                }
                if self.matching.view.sees(company) && !self.take_employees(company) {
                    return Ok(());
                }
            }
            let Some(last) = more_companies else { break };
            (companies, more_companies) = words.after(Kind::Company, &last).await?;
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
        self.is_broad |= self.walked >= self.matching.bounds.searched;
        self.walked += 1;
        !self.is_broad
    }
}

/// What some words name, and behind which of them it goes on, if there are more.
pub(super) type Stretch = (Vec<u32>, Option<Match>);

/// The words that a text begins.
pub(super) struct Words<'t> {
    pub tx: &'t mut Tx,
    pub account: AccountId,
    pub text: &'t str,
}

impl Words<'_> {
    async fn after(&mut self, kind: Kind, last: &Match) -> Result<Stretch> {
        let Self { tx, account, text } = self;
        let stretch = search_many(tx, *account, kind, text, Some(last), WORDS_AT_ONCE).await;
        stretch.map_err(failed)
    }
}
