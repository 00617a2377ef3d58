//! One page of a list. A list is a row of parts (one, or one for each company, role or level), and each part is read by name or address:
//! walked through in the database where many belong to it, or sorted there where the few are known. `page/orders.rs` says which parts.

mod orders;

use std::collections::HashMap;

use access::{
    CompanyId, PersonId, RoleId, State, View,
    state::{Facet, PortalLevel},
};
use ledger::{Account, ListOrder, ListPlace, Toward, Tx, Within, lists};

use super::{
    Bounds, Count, Found, Matching, Sort, Wanted,
    matching::Members,
    start::{At, Part, Start},
};
use crate::{
    paging::Paging,
    problem::Result,
    session::{Session, failed},
};

/// A stretch of a walk is twice as long as the one before, up to this.
const STRETCH_LAST: usize = 4_096;

/// What is being read.
struct Reading<'m, 'a> {
    tx: &'m mut Tx,
    account: &'m Account,
    bounds: Bounds,
    matching: &'m Matching<'a>,
    members: &'m Members,
    sort: Sort,
    toward: Toward,
    /// The few of each part.
    parts: HashMap<PartKey, Vec<PersonId>>,
    walked: usize,
    found: Vec<(Part, PersonId)>,
    wanted: usize,
    /// Where the reading stopped, because enough was looked at for one page.
    stopped: Option<(Part, At)>,
}

#[derive(PartialEq, Eq, Hash)]
enum PartKey {
    Whole,
    Role(RoleId),
    Level(PortalLevel),
    Company(CompanyId),
    NoCompany,
}

impl Session {
    /// One page of a list of people, as far as the caller sees them, on the present state.
    pub async fn list(&self, wanted: &Wanted, paging: &Paging) -> Result<Found> {
        let start = paging.after::<Start>()?;
        let (now, bounds) = (self.account.now(), Bounds::default());
        let found = read(
            &self.account,
            |state| self.view_on(state, now),
            wanted,
            start,
            paging.size,
            bounds,
        )
        .await?;
        let sealed = |start: Option<Start>| start.map(|start| paging.next(&start)).transpose();
        Ok(Found {
            people: found.people,
            first: found.first,
            before: sealed(found.before)?,
            after: sealed(found.after)?,
            count: found.count,
            is_broad: found.is_broad,
        })
    }
}

/// One page of a list, as somebody sees it.
pub async fn read(
    account: &Account,
    as_seen: impl for<'s> Fn(&'s State) -> View<'s> + Send,
    wanted: &Wanted,
    start: Option<Start>,
    size: usize,
    bounds: Bounds,
) -> Result<Found<Start>> {
    let mut reading = account.read().await.map_err(failed)?;
    let view = as_seen(&reading.state);
    let (tx, id) = (&mut reading.tx, account.id());
    let matching = Matching::of(tx, id, view, wanted, bounds).await?;
    let members = matching.members(tx, id).await?;
    let count = matching.count(&members);
    // Fewer are found than on the page before: it begins anew, in the order that was asked for.
    let start = start.filter(|start| matching.is_broad || !matches!(start.part, Part::Found(_)));
    let (toward, known) = start
        .as_ref()
        .map_or((Toward::End, 0), |start| (start.toward, start.first));
    let is_edge = start.as_ref().is_none_or(|start| start.part == Part::Edge);
    let start = start.filter(|start| start.part != Part::Edge);
    let mut page = Reading {
        tx,
        account,
        bounds,
        matching: &matching,
        members: &members,
        sort: sort(&matching),
        toward,
        parts: HashMap::new(),
        walked: 0,
        found: Vec::new(),
        wanted: size + 1,
        stopped: None,
    };
    page.read(start.as_ref()).await?;
    page.finish(is_edge, known, size, count).await
}

/// The order that the reader may know: by role only for who sees roles.
fn sort(matching: &Matching<'_>) -> Sort {
    let wanted = matching.wanted;
    let by_role = wanted.sort == Sort::Rank && wanted.facet == Facet::User;
    if by_role && !matching.view.sees(RoleId::SUPER_ADMIN) {
        Sort::Name
    } else {
        wanted.sort
    }
}

impl Reading<'_, '_> {
    async fn read(&mut self, start: Option<&Start>) -> Result<()> {
        if self.matching.is_broad {
            self.as_found(start);
            return Ok(());
        }
        match self.sort {
            Sort::Newest => self.newest(start),
            Sort::Name | Sort::Address => {
                self.part(PartKey::Whole, Part::Whole, place_of(start))
                    .await?;
            }
            Sort::Rank => self.by_rank(start).await?,
            Sort::Company => self.by_company(start).await?,
        }
        Ok(())
    }

    fn order(&self) -> ListOrder {
        match self.sort {
            Sort::Address => ListOrder::Address,
            _ => ListOrder::Name,
        }
    }

    fn is_full(&self) -> bool {
        self.found.len() >= self.wanted || self.stopped.is_some()
    }

    /// Whether the page ends here: it is full, or enough was looked at, and the next one goes on behind this part.
    fn is_over(&mut self, part: Part) -> bool {
        if !self.is_full() && self.walked >= self.bounds.walked {
            self.stopped = Some((part, At::Behind));
        }
        self.is_full()
    }

    /// Reads on in a part, after a place of it.
    async fn part(&mut self, key: PartKey, part: Part, from: Option<ListPlace>) -> Result<()> {
        let few: Vec<_> = match (self.members, &key) {
            (Members::Many { .. }, _) => {
                let rest = self.bounds.walked.saturating_sub(self.walked);
                let last = self.walk(&key, &part, from, rest).await?;
                self.stopped = last.map(|last| (part, At::Person(last)));
                return Ok(());
            }
            (Members::Few(people), PartKey::Whole) => people.iter().collect(),
            (Members::Few(_), _) => match self.parts.get(&key) {
                Some(few) => few.clone(),
                None => return Ok(()),
            },
        };
        // To look up each of them costs more than to meet a page of them, unless they stand close together and far away: as those do whom
        // a text finds.
        let is_found = self.matching.wanted.text.is_some();
        let from = if few.len() <= self.bounds.sorted || is_found {
            from
        } else {
            match self.walk(&key, &part, from, few.len() * 2).await? {
                Some(last) => self.place(last).await?,
                None => return Ok(()),
            }
        };
        let rest = self.wanted.saturating_sub(self.found.len());
        let (account, order) = (self.account.id(), self.order());
        let from = (from.as_ref(), self.toward);
        let found = if few.len() == 1 && from.0.is_none() {
            few
        } else {
            let sorted = lists::sorted(self.tx, account, order, &few, from, rest).await;
            sorted.map_err(failed)?
        };
        let found = found.into_iter().map(|person| (part.clone(), person));
        self.found.extend(found);
        Ok(())
    }

    /// Meets those who belong to a part among all who may, looking at so many. Gives the last one looked at, where neither the
    /// page was full then nor the part at its end.
    async fn walk(
        &mut self,
        key: &PartKey,
        part: &Part,
        mut from: Option<ListPlace>,
        mut rest: usize,
    ) -> Result<Option<PersonId>> {
        let within = match key {
            PartKey::Whole | PartKey::NoCompany => match self.matching.wanted.facet {
                Facet::User => Within::Users,
                Facet::Customer => Within::Account,
            },
            PartKey::Role(role) => Within::Role(*role),
            PartKey::Level(level) => Within::Level(*level),
            PartKey::Company(company) => Within::Company(*company),
        };
        let (account, order) = (self.account.id(), self.order());
        let mut stretch = self.bounds.stretch;
        loop {
            let begin = (from.as_ref(), self.toward);
            let wanted = stretch.min(rest.max(1));
            let candidates = lists::walk(self.tx, account, order, within, begin, wanted).await;
            let candidates = candidates.map_err(failed)?;
            let (is_end, looked_at) = (candidates.len() < wanted, candidates.len());
            let last = candidates.last().copied();
            self.walked += looked_at;
            rest = rest.saturating_sub(looked_at);
            for person in candidates {
                if self.belongs(key, person) {
                    self.found.push((part.clone(), person));
                    if self.found.len() == self.wanted {
                        return Ok(None);
                    }
                }
            }
            let Some(last) = last.filter(|_| !is_end) else {
                return Ok(None);
            };
            if rest == 0 {
                return Ok(Some(last));
            }
            from = self.place(last).await?;
            stretch = (stretch * 2).min(STRETCH_LAST);
        }
    }

    async fn place(&mut self, person: PersonId) -> Result<Option<ListPlace>> {
        let place = lists::place(self.tx, self.account.id(), self.order(), person).await;
        place.map_err(failed)
    }

    fn belongs(&self, key: &PartKey, person: PersonId) -> bool {
        let is_member = match self.members {
            Members::Few(people) => people.contains(person),
            Members::Many { .. } => self.matching.is_wanted(person),
        };
        // The other parts are those of the rows that were walked through.
        is_member && (*key != PartKey::NoCompany || self.has_no_company(person))
    }

    fn has_no_company(&self, person: PersonId) -> bool {
        let row = self.matching.state().people().get(person);
        let company = row.and_then(|row| row.company);
        company.is_none_or(|company| !self.matching.view.sees(company))
    }

    async fn finish(
        mut self,
        is_edge: bool,
        known: usize,
        size: usize,
        count: Count,
    ) -> Result<Found<Start>> {
        let is_more = self.found.len() > size || self.stopped.is_some();
        self.found.truncate(size);
        let spot = |(part, person): &(Part, PersonId)| (part.clone(), At::Person(*person));
        let far = match self.stopped.take() {
            Some(stopped) if self.found.len() < size => Some(stopped),
            _ => self.found.last().map(spot),
        };
        // The way back from a page on which nobody stands begins where it stopped, or at the end of the list.
        let near = self.found.first().map(spot).or_else(|| far.clone());
        let edge = || Some((Part::Edge, At::Behind));
        let length = self.found.len();
        let toward = self.toward;
        let first = match toward {
            Toward::End => known,
            Toward::Start => known.saturating_sub(length),
        };
        let (head, tail) = match toward {
            Toward::End => (near.or_else(edge), far),
            Toward::Start => (far, near.or_else(edge)),
        };
        let (before, after) = match toward {
            Toward::End => (!is_edge, is_more),
            Toward::Start => (is_more, !is_edge),
        };
        let before = match head.filter(|_| before) {
            Some(head) => Some(self.start(Toward::Start, head, first).await?),
            None => None,
        };
        let after = match tail.filter(|_| after) {
            Some(tail) => Some(self.start(Toward::End, tail, first + length).await?),
            None => None,
        };
        let mut people: Vec<_> = self.found.iter().map(|(_, person)| *person).collect();
        if toward == Toward::Start {
            people.reverse();
        }
        Ok(Found {
            people,
            first,
            before,
            after,
            count,
            is_broad: self.matching.is_broad,
        })
    }

    async fn start(
        &mut self,
        toward: Toward,
        (part, at): (Part, At),
        first: usize,
    ) -> Result<Start> {
        let place = match (&part, at) {
            (Part::Newest(_) | Part::Found(_), _) | (_, At::Behind) => None,
            (_, At::Person(person)) => self.place(person).await?,
        };
        // What is behind on the way there is what comes first on the way back.
        let is_behind = matches!(at, At::Behind) && toward == self.toward;
        Ok(Start {
            toward,
            part,
            place,
            is_behind,
            first,
        })
    }
}

fn place_of(start: Option<&Start>) -> Option<ListPlace> {
    start.and_then(|start| start.place.clone())
}
