//! What is found by the beginning of a text: the words of names, telephone numbers and the caller's own ids, and the addresses of
//! people, in the order of the index. What the asker may see of it is not decided here.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};

use super::{Kind, Profile, bounded, fold, fold_email, number};
use crate::database::{Tx, Value};
use crate::error::Result;
use crate::log::AccountId;

/// The words of a name: the whole name first.
const NAMES: [i64; 2] = [0, 1];
/// Telephone numbers and the caller's own ids stand in the index without spaces.
const NUMBERS: i64 = 2;
/// Addresses have a table of their own, which comes last.
const ADDRESSES: i64 = 3;

/// A key under which something is found: where a page of a search ends.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Match {
    field: i64,
    word: String,
    /// The dense number of what is found.
    pub entity: u32,
}

impl Match {
    /// Whether no key before this one leads to the thing too: who is found by two words is listed once. `profile` is the thing's.
    pub fn is_first(&self, profile: &Profile, text: &str) -> bool {
        profile
            .keys()
            .find(|(field, word)| word.starts_with(&beginning(*field, text)))
            .is_some_and(|(field, word)| (field, &word) == (self.field, &self.word))
    }
}

impl Profile {
    /// Whether a text finds the thing: one of its keys begins with it.
    pub(crate) fn is_found_by(&self, text: &str) -> bool {
        !fold(text).is_empty()
            && self
                .keys()
                .any(|(field, word)| word.starts_with(&beginning(field, text)))
    }

    /// The keys under which the thing is found, in the order of the index.
    fn keys(&self) -> impl Iterator<Item = (i64, String)> {
        let address = self.folded_email().map(|email| (ADDRESSES, email));
        self.search_words().into_iter().chain(address)
    }
}

/// How a word of this field begins that is found by the text.
fn beginning(field: i64, text: &str) -> String {
    match field {
        ADDRESSES => fold_email(text),
        NUMBERS => bounded(&fold(text).replace(' ', "")),
        _ => bounded(&fold(text)),
    }
}

/// Each field that a text is looked for in, with the range of its keys; without a field: the addresses of people.
pub(crate) fn beginning_of_words(kind: Kind, text: &str) -> Vec<(Option<i64>, String, String)> {
    if fold(text).is_empty() {
        return Vec::new();
    }
    let addresses = (kind == Kind::Person).then_some(ADDRESSES);
    let fields = NAMES.into_iter().chain([NUMBERS]).chain(addresses);
    fields
        .map(|field| {
            let begins = beginning(field, text);
            let end = after_prefix(&begins);
            (Some(field).filter(|field| *field != ADDRESSES), begins, end)
        })
        .collect()
}

/// The matches after `after`, at most `limit`.
pub async fn search_after(
    tx: &mut Tx,
    account: AccountId,
    kind: Kind,
    text: &str,
    after: Option<&Match>,
    limit: usize,
) -> Result<Vec<Match>> {
    let mut found = Vec::new();
    if fold(text).is_empty() {
        return Ok(found);
    }
    let first = after.map_or(0, |after| after.field);
    let addresses = (kind == Kind::Person).then_some(ADDRESSES);
    let fields = NAMES.into_iter().chain([NUMBERS]).chain(addresses);
    for field in fields.filter(|field| *field >= first) {
        let begins = beginning(field, text);
        let end = after_prefix(&begins);
        let (word, entity) = match after.filter(|after| after.field == field) {
            Some(after) => (after.word.as_str(), after.entity),
            None => (begins.as_str(), 0),
        };
        let rest = u32::try_from(limit - found.len()).unwrap_or(u32::MAX);
        let (sql, values): (_, Vec<Value>) = if field == ADDRESSES {
            let sql = "SELECT email, person FROM emails WHERE account = $1 AND (email, person) > ($2, $3) AND email < $4 \
                       ORDER BY email, person LIMIT $5";
            let values = vec![
                account.0.into(),
                word.into(),
                entity.into(),
                end.into(),
                rest.into(),
            ];
            (sql, values)
        } else {
            let sql = "SELECT word, entity FROM search_keys WHERE account = $1 AND kind = $2 AND field = $3 \
                       AND (word, entity) > ($4, $5) AND word < $6 ORDER BY word, entity LIMIT $7";
            let kind = i64::from(kind as u8);
            let values = vec![
                account.0.into(),
                kind.into(),
                field.into(),
                word.into(),
                entity.into(),
                end.into(),
                rest.into(),
            ];
            (sql, values)
        };
        for row in tx.fetch_all(sql, values).await? {
            found.push(Match {
                field,
                word: row.get(0)?,
                entity: number(row.get(1)?)?,
            });
        }
        if found.len() == limit {
            break;
        }
    }
    Ok(found)
}

/// The first that are found, each once, by their dense numbers.
pub async fn search(
    tx: &mut Tx,
    account: AccountId,
    kind: Kind,
    text: &str,
    limit: usize,
) -> Result<Vec<u32>> {
    let (mut found, mut seen) = (Vec::new(), HashSet::new());
    let mut after = None;
    loop {
        let matches = search_after(tx, account, kind, text, after.as_ref(), limit).await?;
        let more = matches.len() == limit;
        let new = matches.iter().map(|one| one.entity);
        found.extend(new.filter(|entity| seen.insert(*entity)));
        if !more || found.len() >= limit {
            break;
        }
        after = matches.into_iter().last();
    }
    found.truncate(limit);
    Ok(found)
}

/// The first text that no longer begins with `prefix`, for a range over a byte-ordered index.
fn after_prefix(prefix: &str) -> String {
    // No folded text holds the last code point, so it stands after everything that begins with the prefix.
    format!("{prefix}\u{10FFFF}")
}
