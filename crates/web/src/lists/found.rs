//! What of a list was found, and how it is told.

use std::fmt;

use access::PersonId;

use crate::{page::count, paging::Cursor};

/// How many a list has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// So many, or more than that.
    pub number: usize,
    /// Whether there are more.
    pub more: bool,
}

impl From<usize> for Count {
    fn from(number: usize) -> Self {
        Self {
            number,
            more: false,
        }
    }
}

/// "12,480", or "10,000+".
impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plus = if self.more { "+" } else { "" };
        write!(f, "{}{plus}", count(self.number))
    }
}

/// A page of a list.
#[derive(Clone, Debug)]
pub struct Found<P = Cursor> {
    /// Who stands on it.
    pub people: Vec<PersonId>,
    /// How many stand before the first of them.
    pub first: usize,
    /// The way to the page before.
    pub before: Option<P>,
    /// The way to the page after.
    pub after: Option<P>,
    /// How many are on the list.
    pub count: Count,
    /// The text finds more than were looked at: a longer one finds the others.
    pub is_broad: bool,
}

impl<P> Found<P> {
    /// A page of a list that has nobody.
    pub fn nobody() -> Self {
        Self {
            people: Vec::new(),
            first: 0,
            before: None,
            after: None,
            count: Count::default(),
            is_broad: false,
        }
    }

    /// "1–50 of 12,480"; where nobody stands on the page, how many the list has.
    pub fn range(&self) -> String {
        if self.people.is_empty() {
            return self.count.to_string();
        }
        let (first, last) = (self.first + 1, self.first + self.people.len());
        format!("{}–{} of {}", count(first), count(last), self.count)
    }
}

#[cfg(test)]
mod tests {
    use access::Dense;

    use super::*;

    #[test]
    fn a_range_says_where_the_page_is_and_a_plus_that_there_are_more() {
        let mut found = Found::<()>::nobody();
        assert_eq!(found.range(), "0");
        found.people = (1..=3).filter_map(PersonId::from_number).collect();
        found.first = 1_000;
        found.count = Count {
            number: 10_000,
            more: true,
        };
        assert_eq!(found.range(), "1,001–1,003 of 10,000+");
    }
}
