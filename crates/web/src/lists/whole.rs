//! Lists as a whole: how many they have, everybody on them, and stretch by stretch. Each has a bound, and says where it came to it.

use access::{PersonId, State, View};
use ledger::{Account, Tx};

use super::{Bounds, Count, Matching, Wanted, matching::Members};
use crate::{
    problem::Result,
    session::{Session, failed},
};

/// What became of collecting a whole list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Whole {
    /// Everybody on it, in the order of their making.
    Everybody(Vec<PersonId>),
    /// More than were asked for, or more than can be looked through at once.
    TooMany,
}

/// Some of a list, in the order of their making.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stretch {
    /// They. There may be none while there are more.
    pub people: Vec<PersonId>,
    /// After whom it goes on; `None`: that was all that is found.
    pub next: Option<PersonId>,
    /// The text finds more than were looked at: these are not all.
    pub is_broad: bool,
}

impl Session {
    /// How many stand on a list.
    pub async fn list_count(&self, wanted: &Wanted) -> Result<Count> {
        let now = self.account.now();
        let bounds = Bounds::default();
        count(
            &self.account,
            |state| self.view_on(state, now),
            wanted,
            bounds,
        )
        .await
    }

    /// How many stand on each of these lists, on one state.
    pub async fn list_counts(&self, lists: &[Wanted]) -> Result<Vec<Count>> {
        let mut reading = self.account.read().await.map_err(failed)?;
        let (now, bounds) = (self.account.now(), Bounds::default());
        let mut counts = Vec::with_capacity(lists.len());
        for wanted in lists {
            let view = self.view_on(&reading.state, now);
            let (matching, members) =
                of(&mut reading.tx, &self.account, view, wanted, bounds).await?;
            counts.push(matching.count(&members));
        }
        Ok(counts)
    }

    /// Everybody on a list, if there are not more than so many.
    pub async fn whole_list(&self, wanted: &Wanted, most: usize) -> Result<Whole> {
        let now = self.account.now();
        whole(
            &self.account,
            |state| self.view_on(state, now),
            wanted,
            most,
            Bounds::default(),
        )
        .await
    }

    /// People on a list after somebody, at most `limit`: what an export reads, again and again on the state and with the rights of
    /// that moment.
    pub async fn list_after(
        &self,
        wanted: &Wanted,
        after: Option<PersonId>,
        limit: usize,
    ) -> Result<Stretch> {
        let now = self.account.now();
        stretch(
            &self.account,
            |state| self.view_on(state, now),
            wanted,
            after,
            limit,
            Bounds::default(),
        )
        .await
    }
}

/// How many stand on a list, as somebody sees it.
pub async fn count(
    account: &Account,
    as_seen: impl for<'s> Fn(&'s State) -> View<'s> + Send,
    wanted: &Wanted,
    bounds: Bounds,
) -> Result<Count> {
    let mut reading = account.read().await.map_err(failed)?;
    let view = as_seen(&reading.state);
    let (matching, members) = of(&mut reading.tx, account, view, wanted, bounds).await?;
    Ok(matching.count(&members))
}

/// Everybody on a list as somebody sees it, if there are not more than so many.
pub async fn whole(
    account: &Account,
    as_seen: impl for<'s> Fn(&'s State) -> View<'s> + Send,
    wanted: &Wanted,
    most: usize,
    bounds: Bounds,
) -> Result<Whole> {
    let mut reading = account.read().await.map_err(failed)?;
    let view = as_seen(&reading.state);
    let (matching, members) = of(&mut reading.tx, account, view, wanted, bounds).await?;
    if matching.is_broad {
        return Ok(Whole::TooMany);
    }
    let (people, next) = match members {
        Members::Few(people) => (people.iter().take(most + 1).collect(), None),
        Members::Many { within: set, .. } => {
            let candidates = matching.candidates(set.as_ref(), None);
            look(&matching, candidates, most + 1, bounds.counted)
        }
    };
    Ok(if next.is_some() || people.len() > most {
        Whole::TooMany
    } else {
        Whole::Everybody(people)
    })
}

/// People on a list after somebody, as somebody sees it.
pub async fn stretch(
    account: &Account,
    as_seen: impl for<'s> Fn(&'s State) -> View<'s> + Send,
    wanted: &Wanted,
    after: Option<PersonId>,
    limit: usize,
    bounds: Bounds,
) -> Result<Stretch> {
    let mut reading = account.read().await.map_err(failed)?;
    let view = as_seen(&reading.state);
    let (matching, members) = of(&mut reading.tx, account, view, wanted, bounds).await?;
    let (people, next) = match members {
        Members::Few(people) => {
            let mut rest = people.iter_after(after);
            let people: Vec<_> = rest.by_ref().take(limit).collect();
            let next = rest.next().and(people.last().copied());
            (people, next)
        }
        Members::Many { within: set, .. } => {
            let candidates = matching.candidates(set.as_ref(), after);
            look(&matching, candidates, limit, bounds.walked)
        }
    };
    Ok(Stretch {
        people,
        next,
        is_broad: matching.is_broad,
    })
}

async fn of<'a>(
    tx: &mut Tx,
    account: &Account,
    view: View<'a>,
    wanted: &'a Wanted,
    bounds: Bounds,
) -> Result<(Matching<'a>, Members)> {
    let matching = Matching::of(tx, account.id(), view, wanted, bounds).await?;
    let members = matching.members(tx, account.id()).await?;
    Ok((matching, members))
}

/// Who of the candidates belongs on the list, at most `limit`, and the last of whom were looked at, where there are more.
fn look(
    matching: &Matching<'_>,
    candidates: impl Iterator<Item = PersonId>,
    limit: usize,
    most: usize,
) -> (Vec<PersonId>, Option<PersonId>) {
    let (mut people, mut last) = (Vec::new(), None);
    for (looked_at, person) in candidates.enumerate() {
        if people.len() == limit || looked_at == most {
            return (people, last);
        }
        if matching.is_wanted(person) {
            people.push(person);
        }
        last = Some(person);
    }
    (people, None)
}
