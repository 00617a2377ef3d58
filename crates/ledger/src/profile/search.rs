//! What is found by the beginning of a text: the words of names, telephone numbers and the caller's own ids, and the addresses of
//! people, in the order of the index. What the asker may see of it is not decided here.

use std::collections::{HashMap, HashSet};

use serde::{Deserialize, Serialize};

use super::{
    Field, Kind, Place, Profile, bounded, fold, fold_email, number, numbers_in, read_many,
};
use crate::database::{Tx, Value};
use crate::dialect::{Column, rows_of, wanted};
use crate::error::Result;
use crate::log::AccountId;

/// The words of a name: the whole name first.
const NAMES: [i64; 2] = [0, 1];
/// Telephone numbers and the caller's own ids stand in the index without spaces.
const NUMBERS: i64 = 2;
/// Addresses have a table of their own, which comes last.
const ADDRESSES: i64 = 3;
/// The most people of one number, as the index keeps numbers, who are looked at for the one who has it for an external id.
const ALIKE_MAX: usize = 16;

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

/// The keys of a field that a text begins, from behind one of them.
struct Range {
    field: i64,
    word: String,
    entity: u32,
    end: String,
}

impl Range {
    /// Of each field that is left behind `after`, in their order.
    fn all(kind: Kind, text: &str, after: Option<&Match>) -> Vec<Self> {
        if fold(text).is_empty() {
            return Vec::new();
        }
        let first = after.map_or(0, |after| after.field);
        let left = fields(kind).filter(|field| *field >= first);
        left.map(|field| {
            let begins = beginning(field, text);
            let end = after_prefix(&begins);
            let (word, entity) = match after.filter(|after| after.field == field) {
                Some(after) => (after.word.clone(), after.entity),
                None => (begins, 0),
            };
            Self {
                field,
                word,
                entity,
                end,
            }
        })
        .collect()
    }

    /// What the key and what it names are called, and the question for the first of them.
    fn text(&self) -> (&'static str, &'static str, String) {
        let (key, of, within) = if self.field == ADDRESSES {
            ("email", "person", "emails WHERE account = $1")
        } else {
            let words = "search_keys WHERE account = $1 AND kind = $6 AND field = $7";
            ("word", "entity", words)
        };
        let text = format!(
            "SELECT {key}, {of} FROM {within} AND ({key}, {of}) > ($2, $3) AND {key} < $4 ORDER BY {key}, {of} LIMIT $5"
        );
        (key, of, text)
    }

    fn values(self, account: AccountId, kind: Kind, limit: usize) -> Vec<Value> {
        let mut values: Vec<Value> = vec![
            account.0.into(),
            self.word.into(),
            self.entity.into(),
            self.end.into(),
            most(limit),
        ];
        if self.field != ADDRESSES {
            values.extend([i64::from(kind as u8).into(), self.field.into()]);
        }
        values
    }
}

/// A limit, as a question takes it.
pub(crate) fn most(limit: usize) -> Value {
    u32::try_from(limit).unwrap_or(u32::MAX).into()
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
    for range in Range::all(kind, text, after) {
        let (field, (_, _, sql)) = (range.field, range.text());
        let values = range.values(account, kind, limit - found.len());
        for row in tx.fetch_all(sqlx::AssertSqlSafe(sql), values).await? {
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

/// What the keys after `after` name, at most `limit` of them, in the order of the index and as often as it is found; and where it
/// goes on, if there may be more. Many come in one row: a row for each would cost more than finding them.
pub async fn search_many(
    tx: &mut Tx,
    account: AccountId,
    kind: Kind,
    text: &str,
    after: Option<&Match>,
    limit: usize,
) -> Result<(Vec<u32>, Option<Match>)> {
    let mut found = Vec::new();
    for range in Range::all(kind, text, after) {
        let rest = limit - found.len();
        let (field, (key, of, keys)) = (range.field, range.text());
        let many = tx.many(of);
        let sql = format!("SELECT {many}, max({key}) FROM ({keys}) AS found");
        let values = range.values(account, kind, rest);
        let row = tx.fetch_optional(sqlx::AssertSqlSafe(sql), values).await?;
        let Some(row) = row else { continue };
        let entities = numbers_in(&row, 0)?;
        let is_full = entities.len() == rest;
        found.extend(entities);
        if is_full && let (Some(word), Some(entity)) = (row.get(1)?, found.last().copied()) {
            let last = Match {
                field,
                word,
                entity,
            };
            return Ok((found, Some(last)));
        }
    }
    Ok((found, None))
}

/// The first that are found of a kind.
#[derive(Clone, Debug, Default)]
pub struct First {
    /// In the order of the index.
    pub matches: Vec<Match>,
    /// There are more than these.
    pub is_cut: bool,
}

/// The first matches of each of some kinds, at most `limit` of each field, in one question: asked while somebody types, where
/// every question more would be felt.
pub async fn search_first(
    tx: &mut Tx,
    account: AccountId,
    kinds: &[Kind],
    text: &str,
    limit: usize,
) -> Result<HashMap<Kind, First>> {
    let mut found: HashMap<Kind, First> = HashMap::new();
    if fold(text).is_empty() || kinds.is_empty() {
        return Ok(found);
    }
    let part = |kind: Kind, field: i64| {
        let number = kind as u8;
        if field == ADDRESSES {
            return format!(
                "SELECT CAST({number} AS BIGINT), CAST({field} AS BIGINT), email, person FROM (SELECT email, person FROM emails WHERE account = $1 AND email >= $7 \
                 AND email < $8 ORDER BY email LIMIT $2) AS addresses"
            );
        }
        let (begin, end) = if field == NUMBERS {
            ("$5", "$6")
        } else {
            ("$3", "$4")
        };
        format!(
            "SELECT CAST({number} AS BIGINT), CAST({field} AS BIGINT), word, entity FROM (SELECT word, entity FROM search_keys WHERE account = $1 \
             AND kind = {number} AND field = {field} AND word >= {begin} AND word < {end} ORDER BY word, entity LIMIT $2) AS words"
        )
    };
    let parts = kinds
        .iter()
        .flat_map(|kind| fields(*kind).map(|field| part(*kind, field)));
    let sql = parts.collect::<Vec<_>>().join(" UNION ALL ");
    let mut values: Vec<Value> = vec![account.0.into(), most(limit)];
    // Each has a range of its own, whether or not it is asked for: PostgreSQL wants every parameter to be used.
    let addresses = kinds.contains(&Kind::Person).then_some(ADDRESSES);
    for field in [NAMES[0], NUMBERS].into_iter().chain(addresses) {
        let begins = beginning(field, text);
        let end = after_prefix(&begins);
        values.extend([begins.into(), end.into()]);
    }
    tx.for_each(sqlx::AssertSqlSafe(sql), values, |row| {
        let of: i64 = row.get(0)?;
        let kind = kinds.iter().find(|kind| of == i64::from(**kind as u8));
        if let Some(kind) = kind {
            found.entry(*kind).or_default().matches.push(Match {
                field: row.get(1)?,
                word: row.get(2)?,
                entity: number(row.get(3)?)?,
            });
        }
        Ok(())
    })
    .await?;
    for first in found.values_mut() {
        first.matches.sort_unstable();
        let matches = &first.matches;
        let of = |field: i64| matches.iter().filter(|one| one.field == field).count();
        let full = NAMES
            .into_iter()
            .chain([NUMBERS, ADDRESSES])
            .find(|field| of(*field) == limit);
        if let Some(full) = full {
            // What comes behind this field is not the next.
            first.matches.retain(|one| one.field <= full);
            first.is_cut = true;
        }
    }
    Ok(found)
}

/// In which fields a text is looked for, in their order.
fn fields(kind: Kind) -> impl Iterator<Item = i64> {
    let addresses = (kind == Kind::Person).then_some(ADDRESSES);
    NAMES.into_iter().chain([NUMBERS]).chain(addresses)
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

/// The question of [`people_of_external_ids`].
pub(crate) fn external_ids_text(tx: &Tx) -> String {
    let asked = [
        ("account", Column::Int),
        ("kind", Column::Int),
        ("field", Column::Int),
        ("word", Column::Text),
    ];
    let (many, limit) = (tx.many("entity"), ALIKE_MAX + 1);
    format!(
        "SELECT wanted.word, (SELECT {many} FROM (SELECT k.entity FROM search_keys AS k WHERE k.account = wanted.account \
         AND k.kind = wanted.kind AND k.field = wanted.field AND k.word = wanted.word LIMIT {limit}) AS alike) FROM {}",
        wanted(tx, &asked)
    )
}

/// The people who have these ids of the callers' own, each exactly as it was given: by each id everybody who has it. One whose beginning
/// more than a few people have for a number, when case, accents and spaces do not count, names nobody.
pub async fn people_of_external_ids<'i>(
    tx: &mut Tx,
    account: AccountId,
    ids: impl Iterator<Item = &'i str>,
) -> Result<HashMap<String, Vec<u32>>> {
    let ids: HashMap<&str, String> = ids
        .map(|id| (id, beginning(NUMBERS, id)))
        .filter(|(_, word)| !word.is_empty())
        .collect();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let kind = Kind::Person;
    let asked: Vec<_> = ids
        .values()
        .map(|word| (account.0, kind as u8, NUMBERS, word))
        .collect();
    let sql = external_ids_text(tx);
    let mut alike: HashMap<String, Vec<u32>> = HashMap::new();
    tx.for_each(sqlx::AssertSqlSafe(sql), [rows_of(&asked)?], |row| {
        let people = numbers_in(&row, 1)?;
        if people.len() <= ALIKE_MAX {
            alike.insert(row.get(0)?, people);
        }
        Ok(())
    })
    .await?;
    // One place more, which nobody has: the same is read whether or not somebody has such an id.
    let people = alike.values().flatten().copied();
    let places = people.chain([u32::MAX]);
    let places = places.map(|entity| (account, Place { kind, entity }));
    let profiles = read_many(tx, places).await?;
    let mut found: HashMap<String, Vec<u32>> = HashMap::new();
    for ((_, place), _, profile) in profiles {
        let own = profile.get(Field::ExternalId);
        if let Some(id) = own.filter(|own| ids.contains_key(own)) {
            let holders = found.entry(id.to_owned()).or_default();
            // Somebody may be found by a telephone number too.
            if !holders.contains(&place.entity) {
                holders.push(place.entity);
            }
        }
    }
    Ok(found)
}

/// The first text that no longer begins with `prefix`, for a range over a byte-ordered index.
fn after_prefix(prefix: &str) -> String {
    // No folded text holds the last code point, so it stands after everything that begins with the prefix.
    format!("{prefix}\u{10FFFF}")
}
