//! The customers who can be chosen in a service (SD-11, SD-12), by name, address or company. Where few can be, all of them are looked at. Otherwise
//! ids of those whom a text finds come many at once, each is asked of the core, and only who is shown is read: of so many, ten are found
//! among the first [`LOOKED_AT_MAX`], or the text is to be longer.

use std::collections::{HashMap, HashSet};

use access::{CompanyId, Dense, PersonId, ServiceId};
use ledger::{Kind, ListOrder, Place, Toward, Tx, Within, lists, read_profiles, search_many};

use super::{HITS_MAX, Hit, hit, is_of};
use crate::{
    problem::Result,
    session::{Session, failed},
    things,
};

/// How many people are looked at where a customer is chosen. Tests hand in fewer, so that a few dozen people walk through several stretches.
#[derive(Clone, Copy, Debug)]
pub struct Stretches {
    /// Whoever can be chosen is few, up to so many, and then all of them are looked at.
    pub few: usize,
    /// Ids that are read first where they are more; each stretch is four times as long as the one before.
    pub first: usize,
}

impl Default for Stretches {
    /// Where more than these few of a million people can be chosen, ten are met among the first 20,000.
    fn default() -> Self {
        Self {
            few: 500,
            first: 500,
        }
    }
}

/// Ids that are read for one question.
const LOOKED_AT_MAX: usize = 20_000;
/// Companies that a text finds whose people are looked at.
const COMPANIES_MAX: usize = 10;
/// Companies that are asked whether they are seen.
const COMPANIES_LOOKED_AT: usize = 500;

/// The first who can be chosen: those of whom a name, a number or the address begins so, then those of companies whose name does.
pub(super) async fn choosable(
    session: &Session,
    service: ServiceId,
    text: &str,
) -> Result<Vec<Hit>> {
    let mut choice = Choice {
        session,
        stretches: session.customer_choice(),
        service,
        found: Vec::new(),
        seen: HashSet::new(),
        left: LOOKED_AT_MAX,
    };
    let mut tx = session.account.read_once().await.map_err(failed)?;
    match choice.few() {
        Some(few) => choice.among(&mut tx, text, &few).await?,
        None => choice.by_text(&mut tx, text).await?,
    }
    choice.by_company(&mut tx, text).await?;
    let account = session.account.id();
    let places = choice
        .found
        .iter()
        .map(|person| (account, Place::of(*person)));
    let profiles = read_profiles(&mut tx, places).await.map_err(failed)?;
    let profiles: HashMap<_, _> = profiles
        .into_iter()
        .map(|((_, place), _, profile)| (place, profile))
        .collect();
    let hits = choice.found.iter().map(|person| {
        hit(
            session,
            super::Kind::Customer,
            *person,
            profiles.get(&Place::of(*person)),
        )
    });
    Ok(hits.collect())
}

struct Choice<'s> {
    session: &'s Session,
    stretches: Stretches,
    service: ServiceId,
    found: Vec<PersonId>,
    /// Everybody who was looked at.
    seen: HashSet<PersonId>,
    /// Ids that may still be read.
    left: usize,
}

impl Choice<'_> {
    /// Takes those who fit, each once, until there are enough.
    fn take(&mut self, people: impl IntoIterator<Item = PersonId>) -> bool {
        for person in people {
            if self.found.len() == HITS_MAX {
                break;
            }
            if self.seen.insert(person) && self.fits(person) {
                self.found.push(person);
            }
        }
        self.found.len() == HITS_MAX
    }

    fn fits(&self, person: PersonId) -> bool {
        things::is_shown(self.session, person)
            && is_of(self.session, super::Kind::Customer, person)
            && self
                .session
                .view()
                .selectable(person, self.service)
                .selectable
    }

    /// Everybody who can be chosen, and some who cannot, if they are few: who has a tie to the service, and the people of companies that have it.
    fn few(&self) -> Option<Vec<PersonId>> {
        let state = self.session.state();
        let row = state.services().get(self.service)?;
        let companies = row
            .companies
            .iter()
            .filter_map(|company| state.companies().get(company));
        let employees = companies.flat_map(|company| company.employees.iter());
        let few = self.stretches.few;
        let all: Vec<_> = row.people.iter().chain(employees).take(few + 1).collect();
        (all.len() <= few).then_some(all)
    }

    /// Those of some people whom the text finds, in the order of their names.
    async fn among(&mut self, tx: &mut Tx, text: &str, people: &[PersonId]) -> Result<()> {
        let account = self.session.account.id();
        let fitting: HashSet<_> = people.iter().filter(|one| self.fits(**one)).collect();
        let found = lists::found_among(tx, account, fitting.into_iter().copied(), text).await;
        let found = found.map_err(failed)?;
        let from = (None, Toward::End);
        let sorted = lists::sorted(tx, account, ListOrder::Name, &found, from, HITS_MAX).await;
        self.take(sorted.map_err(failed)?);
        Ok(())
    }

    /// How many ids are read next.
    fn stretch(&mut self, many: usize) -> usize {
        let stretch = many.min(self.left);
        self.left -= stretch;
        stretch
    }

    async fn by_text(&mut self, tx: &mut Tx, text: &str) -> Result<()> {
        let (mut after, mut many) = (None, self.stretches.first);
        while self.left > 0 {
            let stretch = self.stretch(many);
            let account = self.session.account.id();
            let found = search_many(tx, account, Kind::Person, text, after.as_ref(), stretch).await;
            let (people, next) = found.map_err(failed)?;
            let is_full = self.take(people.into_iter().filter_map(PersonId::from_number));
            if is_full || next.is_none() {
                break;
            }
            (after, many) = (next, 4 * many);
        }
        Ok(())
    }

    /// In the order of their names.
    async fn by_company(&mut self, tx: &mut Tx, text: &str) -> Result<()> {
        if self.found.len() == HITS_MAX {
            return Ok(());
        }
        let account = self.session.account.id();
        let found = search_many(tx, account, Kind::Company, text, None, COMPANIES_LOOKED_AT).await;
        let (companies, _) = found.map_err(failed)?;
        let companies = companies.into_iter().filter_map(CompanyId::from_number);
        let seen = companies.filter(|company| things::is_shown(self.session, *company));
        for company in seen.take(COMPANIES_MAX) {
            let (mut last, mut many) = (None, self.stretches.first);
            while self.left > 0 {
                let stretch = self.stretch(many);
                let from = (last.as_ref(), Toward::End);
                let within = Within::Company(company);
                let people = lists::walk(tx, account, ListOrder::Name, within, from, stretch).await;
                let people = people.map_err(failed)?;
                let is_end = people.len() < stretch;
                let end = people.last().copied();
                if self.take(people) {
                    return Ok(());
                }
                let Some(end) = end.filter(|_| !is_end) else {
                    break;
                };
                last = lists::place(tx, account, ListOrder::Name, end)
                    .await
                    .map_err(failed)?;
                many *= 4;
            }
        }
        Ok(())
    }
}
