//! Pages of a list that is decided candidate by candidate.

use serde::{Deserialize, Serialize};

use crate::ids::Dense;
use crate::idset::IdSet;

/// The most answers of one page.
pub const MAX_PAGE: usize = 1_000;

/// How many candidates one page looks at; each costs about a quarter of a microsecond.
const MAX_CANDIDATES: usize = 10_000;

/// Which part of a list is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Paging<C> {
    /// Where the page before ended: its [`Page::next`].
    pub after: Option<C>,
    /// At most this many; more than [`MAX_PAGE`] is taken as that.
    pub limit: usize,
}

impl<C> Paging<C> {
    /// The first page.
    pub fn first(limit: usize) -> Paging<C> {
        Paging { after: None, limit }
    }

    /// The page after a cursor.
    pub fn after(cursor: C, limit: usize) -> Paging<C> {
        Paging {
            after: Some(cursor),
            limit,
        }
    }
}

/// A part of a list, in the order of ids. It can be short, even empty, while there is more: [`Page::next`] alone says so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Page<T, C = T> {
    /// What was found.
    pub items: Vec<T>,
    /// Where to go on, if there may be more: the last candidate that was looked at, in the answer or not. Faces seal
    /// it, because it may name what its reader does not see.
    pub next: Option<C>,
}

impl<T, C: Copy> Page<T, C> {
    /// Looks at candidates in order until the page is full or enough were looked at.
    pub(crate) fn collect(
        candidates: impl Iterator<Item = C>,
        limit: usize,
        mut judge: impl FnMut(C) -> Option<T>,
    ) -> Page<T, C> {
        let limit = limit.clamp(1, MAX_PAGE);
        let mut page = Page {
            items: Vec::new(),
            next: None,
        };
        let mut last = None;
        for (looked_at, candidate) in candidates.enumerate() {
            if page.items.len() == limit || looked_at == MAX_CANDIDATES {
                page.next = last;
                break;
            }
            last = Some(candidate);
            page.items.extend(judge(candidate));
        }
        page
    }
}

/// Those among whom the answer is.
pub(crate) enum Candidates<K> {
    /// Every row of the table: nothing narrows it down.
    All,
    /// These.
    Of(IdSet<K>),
}

impl<K: Dense> Candidates<K> {
    /// Nobody, nothing.
    pub(super) fn none() -> Self {
        Candidates::Of(IdSet::default())
    }

    /// In ascending order behind the cursor. `rows`: length of the table.
    pub(super) fn after(&self, after: Option<K>, rows: usize) -> impl Iterator<Item = K> {
        let (all, these) = match self {
            Candidates::All => {
                let first = after.map_or(0, |id| id.index().saturating_add(1));
                (first..rows, None)
            }
            Candidates::Of(ids) => (0..0, Some(ids.iter_after(after))),
        };
        all.filter_map(K::from_index)
            .chain(these.into_iter().flatten())
    }
}

impl<K: Dense> FromIterator<K> for Candidates<K> {
    fn from_iter<I: IntoIterator<Item = K>>(ids: I) -> Self {
        Candidates::Of(ids.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_that_found_too_little_says_where_to_go_on() {
        let even = |n: usize| (n.is_multiple_of(2)).then_some(n);
        let page = Page::collect(0..10, 3, even);
        assert_eq!((page.items, page.next), (vec![0, 2, 4], Some(4)));
        let page = Page::collect(5..10, 3, even);
        assert_eq!((page.items, page.next), (vec![6, 8], None));

        let page: Page<usize> = Page::collect(0..MAX_CANDIDATES + 1, 3, |_| None);
        assert_eq!((page.items, page.next), (vec![], Some(MAX_CANDIDATES - 1)));
    }

    #[test]
    fn a_limit_is_kept_within_bounds() {
        assert_eq!(Page::collect(0..9, 0, Some).items, [0]);
        assert_eq!(
            Page::collect(0..MAX_PAGE * 2, usize::MAX, Some).items.len(),
            MAX_PAGE
        );
    }
}
