//! In which order a list is read: which parts it has, and which of them comes first.

use access::{
    CompanyId, Dense, PersonId, RoleId,
    state::{Facet, Life, PortalLevel},
};
use ledger::{ListPlace, Toward, lists};

use super::{
    super::{
        Matching,
        matching::Members,
        start::{At, Part, Start},
    },
    PartKey, Reading, place_of,
};
use crate::{problem::Result, session::failed};

impl Reading<'_, '_> {
    /// In the order in which they were found.
    pub(super) fn as_found(&mut self, start: Option<&Start>) {
        let kept = &self.matching.kept;
        let place = start.map(|start| match start.part {
            Part::Found(number) => {
                let is_it = |person: &PersonId| person.number() == number;
                let at = kept.iter().position(is_it);
                // Whoever is found no longer is nobody's place: it goes on at the number of those before.
                at.map_or(start.first, |at| {
                    at + usize::from(self.toward == Toward::End)
                })
            }
            _ => start.first,
        });
        let place = place.map(|place| place.min(kept.len()));
        let people: Vec<_> = match self.toward {
            Toward::End => kept[place.unwrap_or(0)..]
                .iter()
                .copied()
                .take(self.wanted)
                .collect(),
            Toward::Start => {
                let before = kept[..place.unwrap_or(kept.len())].iter().rev();
                before.copied().take(self.wanted).collect()
            }
        };
        let found = people
            .into_iter()
            .map(|person| (Part::Found(person.number()), person));
        self.found.extend(found);
    }

    pub(super) fn newest(&mut self, start: Option<&Start>) {
        let from = start.and_then(|start| match start.part {
            Part::Newest(number) => PersonId::from_number(number),
            _ => None,
        });
        // The newest comes first: toward the end of the list is toward older ones.
        let all = self.matching.state().people().len();
        let set = match self.members {
            Members::Few(people) => Some(people),
            Members::Many { within, .. } => within.as_ref(),
        };
        match (self.toward, set) {
            (Toward::End, Some(set)) => self.newest_of(set.iter_before(from)),
            (Toward::Start, Some(set)) => self.newest_of(set.iter_after(from)),
            (Toward::End, None) => {
                let end = from.map_or(all, Dense::index);
                self.newest_of((0..end).rev().filter_map(PersonId::from_index));
            }
            (Toward::Start, None) => {
                let first = from.map_or(0, |from| from.index() + 1);
                self.newest_of((first..all).filter_map(PersonId::from_index));
            }
        }
    }

    fn newest_of(&mut self, people: impl Iterator<Item = PersonId>) {
        let mut last = None;
        for person in people {
            if self.found.len() == self.wanted {
                return;
            }
            let part = Part::Newest(person.number());
            if self.walked >= self.bounds.walked {
                self.stopped = last;
                return;
            }
            self.walked += 1;
            if self.belongs(&PartKey::Whole, person) {
                self.found.push((part.clone(), person));
            }
            last = Some((part, At::Person(person)));
        }
    }

    pub(super) async fn by_rank(&mut self, start: Option<&Start>) -> Result<()> {
        self.group(|matching, person| {
            let row = matching.state().people().get(person)?;
            Some(match matching.wanted.facet {
                Facet::User => PartKey::Role(row.account_role),
                Facet::Customer => PartKey::Level(row.portal_level),
            })
        });
        let mut parts: Vec<(PartKey, Part)> = match self.matching.wanted.facet {
            Facet::Customer => [
                PortalLevel::CompanyAdmin,
                PortalLevel::Company,
                PortalLevel::Standard,
                PortalLevel::None,
            ]
            .map(|level| (PartKey::Level(level), Part::Level(level)))
            .into(),
            Facet::User => {
                let roles = self.matching.state().roles();
                let own = roles.ids().filter(|role| !role.is_member());
                let own = own.filter(|role| {
                    let row = roles.get(*role);
                    row.is_some_and(|row| row.life != Life::Deleted)
                });
                own.chain([RoleId::MEMBER])
                    .map(|role| (PartKey::Role(role), Part::Role(role.number())))
                    .collect()
            }
        };
        if self.toward == Toward::Start {
            parts.reverse();
        }
        let begin = start.and_then(|start| parts.iter().position(|(_, part)| *part == start.part));
        let mut place = begin.and(place_of(start));
        let is_behind = start.is_some_and(|start| start.is_behind);
        let begin = begin.map_or(0, |begin| begin + usize::from(is_behind));
        for (key, part) in parts.into_iter().skip(begin) {
            self.part(key, part.clone(), place.take()).await?;
            if self.is_over(part) {
                break;
            }
        }
        Ok(())
    }

    pub(super) async fn by_company(&mut self, start: Option<&Start>) -> Result<()> {
        self.group(|matching, person| {
            let row = matching.state().people().get(person)?;
            let seen = row.company.filter(|company| matching.view.sees(*company));
            Some(seen.map_or(PartKey::NoCompany, PartKey::Company))
        });
        let mut place = place_of(start);
        // Those without a company come last: read first from the end, and alone where the page begins among them.
        let is_rest = start.is_some_and(|start| start.part == Part::NoCompany);
        let is_behind = start.is_some_and(|start| start.is_behind);
        if (is_rest && !is_behind) || (self.toward == Toward::Start && start.is_none()) {
            self.part(PartKey::NoCompany, Part::NoCompany, place.take())
                .await?;
            if self.toward == Toward::End || self.is_over(Part::NoCompany) {
                return Ok(());
            }
        }
        let mut last = match start.map(|start| &start.part) {
            Some(Part::Company(company)) => Some(company.clone()),
            _ => None,
        };
        if let Some(company) = last.clone().filter(|_| !is_behind) {
            self.company(company.clone(), place.take()).await?;
            if self.is_over(Part::Company(company)) {
                return Ok(());
            }
        }
        let account = self.account.id();
        let known = self.known_companies().await?;
        let is_known = known.is_some();
        for place in known.into_iter().flatten() {
            let is_behind = last.as_ref().is_none_or(|last| match self.toward {
                Toward::End => place > *last,
                Toward::Start => place < *last,
            });
            if is_behind {
                self.company(place.clone(), None).await?;
                if self.is_over(Part::Company(place)) {
                    return Ok(());
                }
            }
        }
        while !self.is_full() && !is_known {
            let from = (last.as_ref(), self.toward);
            let companies =
                lists::companies_by_name(self.tx, account, from, self.bounds.companies).await;
            let companies = companies.map_err(failed)?;
            let is_end = companies.len() < self.bounds.companies;
            let end = companies.last().copied();
            for company in companies {
                let may_have = self.may_have_members(company);
                if !may_have && self.walked < self.bounds.walked {
                    continue;
                }
                let place = lists::company_place(self.tx, account, company).await;
                let place = place.map_err(failed)?;
                if may_have {
                    self.company(place.clone(), None).await?;
                }
                if self.is_over(Part::Company(place)) {
                    return Ok(());
                }
            }
            if is_end {
                break;
            }
            if let Some(end) = end {
                last = Some(
                    lists::company_place(self.tx, account, end)
                        .await
                        .map_err(failed)?,
                );
            }
        }
        if !self.is_full() && self.toward == Toward::End {
            self.part(PartKey::NoCompany, Part::NoCompany, None).await?;
        }
        Ok(())
    }

    /// The companies of those on the list, in its order, where they can be told without looking through all there are: those of the few,
    /// and those that have users.
    async fn known_companies(&mut self) -> Result<Option<Vec<ListPlace>>> {
        let account = self.account.id();
        let companies: Vec<_> = match self.members {
            Members::Few(_) => {
                let parts = self.parts.keys();
                let companies = parts.filter_map(|part| match part {
                    PartKey::Company(company) => Some(*company),
                    _ => None,
                });
                companies.collect()
            }
            Members::Many { .. } if self.matching.wanted.facet == Facet::Customer => {
                return Ok(None);
            }
            Members::Many { .. } => {
                let most = self.bounds.companies;
                let found = lists::companies_of_users(self.tx, account, most + 1).await;
                let found = found.map_err(failed)?;
                // Asked before sight: what was cut is not known.
                if found.len() > most {
                    return Ok(None);
                }
                let seen = found.into_iter();
                seen.filter(|company| self.matching.view.sees(*company))
                    .collect()
            }
        };
        if companies.len() > self.bounds.companies {
            return Ok(None);
        }
        let places = lists::company_places(self.tx, account, &companies).await;
        let mut places = places.map_err(failed)?;
        places.sort_unstable();
        if self.toward == Toward::Start {
            places.reverse();
        }
        Ok(Some(places))
    }

    async fn company(&mut self, place: ListPlace, from: Option<ListPlace>) -> Result<()> {
        match CompanyId::from_number(place.number()) {
            Some(company) => {
                self.part(PartKey::Company(company), Part::Company(place), from)
                    .await
            }
            None => Ok(()),
        }
    }

    /// Whether somebody of the company belongs on the list, or may: who is beyond what is looked at is met in the walk.
    fn may_have_members(&mut self, company: CompanyId) -> bool {
        self.walked += 1;
        if let Members::Few(_) = self.members {
            return self.parts.contains_key(&PartKey::Company(company));
        }
        if !self.matching.view.sees(company) {
            return false;
        }
        for person in self.matching.employees(company).iter() {
            if self.walked >= self.bounds.walked || self.matching.is_wanted(person) {
                return true;
            }
            self.walked += 1;
        }
        false
    }

    /// Sorts the few into their parts.
    fn group(&mut self, part: impl Fn(&Matching<'_>, PersonId) -> Option<PartKey>) {
        if let Members::Few(people) = self.members {
            for person in people.iter() {
                if let Some(key) = part(self.matching, person) {
                    self.parts.entry(key).or_default().push(person);
                }
            }
        }
    }
}
