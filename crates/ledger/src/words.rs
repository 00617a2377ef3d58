//! The words of records: an index from each word to the records in which it stands. It is one table for both engines, and no full-text index
//! of either: a walk along one word is in the order of the records, passes over those of other services without a look at them, and what is
//! taken out is gone (SD-26).
//!
//! A slice adds what is typed, and takes what is not said any more; an erasure follows what it has blanked.

use std::collections::{BTreeMap, BTreeSet};

use sqlx::AssertSqlSafe;

use crate::database::{Row, Tx};
use crate::dialect::{Bulk, BulkTable, Column};
use crate::error::Result;
use crate::log::AccountId;
use crate::profile::fold;

/// Letters of a word that are kept.
const LETTERS_MAX: usize = 40;

pub(crate) const ROWS: BulkTable = BulkTable {
    name: "service_desk_words",
    columns: &[
        ("account", Column::Int),
        ("word", Column::Text),
        ("record", Column::Int),
        ("record_service", Column::Int),
    ],
    on_conflict: "ON CONFLICT (account, word, record) DO NOTHING",
};

static WRITTEN: BulkTable = ROWS;

static TAKEN: BulkTable = BulkTable {
    name: "service_desk_words",
    columns: &[
        ("account", Column::Int),
        ("word", Column::Text),
        ("record", Column::Int),
    ],
    on_conflict: "",
};

/// Where the words of a record stand: the table, its column with the number of the record, and the columns with text.
const TEXTS: [(&str, &str, &[&str]); 2] = [
    ("service_desk_records", "number", &["title", "description"]),
    ("service_desk_notes", "record", &["text"]),
];

/// The words of a text as they are looked for: without case and accents. Scripts that part no words are looked for sign by sign.
pub fn words_of(text: &str) -> BTreeSet<String> {
    let folded = fold(text);
    let mut words = BTreeSet::new();
    for run in folded.split(|letter: char| !letter.is_alphanumeric()) {
        let mut word = String::new();
        for letter in run.chars() {
            if stands_alone(letter) {
                words.insert(std::mem::take(&mut word));
                words.insert(letter.into());
            } else {
                word.push(letter);
            }
        }
        words.insert(word);
    }
    words.remove("");
    words
        .into_iter()
        .map(|word| word.chars().take(LETTERS_MAX).collect())
        .collect()
}

/// Han, Hiragana and Katakana.
fn stands_alone(letter: char) -> bool {
    matches!(letter, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

/// A record as the index knows it.
#[derive(Clone, Copy, Debug)]
pub struct Indexed {
    /// Its account.
    pub account: AccountId,
    /// Its number there.
    pub number: i64,
    /// The service that it is of, by its number in the core.
    pub service: u32,
}

/// Adds the words of a text that stands in a record now.
pub async fn add_words(tx: &mut Tx, of: Indexed, text: &str) -> Result<()> {
    let mut rows = Bulk::new(&WRITTEN);
    for word in words_of(text) {
        rows.push([
            of.account.0.into(),
            word.into(),
            of.number.into(),
            of.service.into(),
        ]);
    }
    rows.write(tx).await
}

/// Takes the words of a text that a record does not say any more, but for those that stand elsewhere in it. It is asked when the text is gone.
pub async fn take_words(tx: &mut Tx, account: AccountId, number: i64, text: &str) -> Result<()> {
    let gone = words_of(text);
    take(tx, account, number, gone).await
}

async fn take(
    tx: &mut Tx,
    account: AccountId,
    number: i64,
    mut gone: BTreeSet<String>,
) -> Result<()> {
    let left = said(tx, account, number).await?;
    gone.retain(|word| !left.contains(word));
    let mut rows = Bulk::new(&TAKEN);
    for word in gone {
        rows.push([account.0.into(), word.into(), number.into()]);
    }
    rows.delete(tx).await
}

/// The words of all that is said in a record.
async fn said(tx: &mut Tx, account: AccountId, number: i64) -> Result<BTreeSet<String>> {
    let mut words = BTreeSet::new();
    for (table, column, texts) in TEXTS {
        let sql = format!(
            "SELECT {} FROM {table} WHERE account = $1 AND {column} = $2",
            texts.join(" || ' ' || ")
        );
        let values = [account.0.into(), number.into()];
        tx.for_each(AssertSqlSafe(sql), values, |row: Row| {
            words.append(&mut words_of(&row.get::<String>(0)?));
            Ok(())
        })
        .await?;
    }
    Ok(words)
}

/// A record is of another service now: its words go along.
pub async fn move_words(tx: &mut Tx, of: Indexed) -> Result<()> {
    let words = said(tx, of.account, of.number).await?;
    let (mut old, mut new) = (Bulk::new(&TAKEN), Bulk::new(&WRITTEN));
    for word in words {
        let (account, number) = (of.account.0, of.number);
        old.push([account.into(), word.clone().into(), number.into()]);
        new.push([
            account.into(),
            word.into(),
            number.into(),
            of.service.into(),
        ]);
    }
    old.delete(tx).await?;
    new.write(tx).await
}

/// In how many records of these services each word stands, counted up to a bound: the rarest first, and every word once. What stands in
/// other services makes no word common (SD-5).
pub async fn rarest(
    tx: &mut Tx,
    account: AccountId,
    services: impl Iterator<Item = u32>,
    words: BTreeSet<String>,
    most: i64,
) -> Result<Vec<(String, i64)>> {
    let services: Vec<_> = services.map(|service| service.to_string()).collect();
    if services.is_empty() {
        return Ok(words.into_iter().map(|word| (word, 0)).collect());
    }
    let mut counted = Vec::new();
    let sql = format!(
        "SELECT COUNT(*) FROM (SELECT 1 FROM service_desk_words WHERE account = $1 AND word = $2 AND record_service IN ({}) \
         LIMIT $3) AS found",
        services.join(", ")
    );
    for word in words {
        let values = [account.0.into(), word.as_str().into(), most.into()];
        let row = tx
            .fetch_optional(AssertSqlSafe(sql.clone()), values)
            .await?;
        let count = row.map_or(Ok(0), |row| row.get(0))?;
        counted.push((word, count));
    }
    counted.sort_by_key(|(_, count)| *count);
    Ok(counted)
}

/// What an erasure has blanked in records: the texts as they were, by the number of the record.
#[derive(Debug, Default)]
pub(crate) struct Blanked(BTreeMap<i64, BTreeSet<String>>);

impl Blanked {
    /// The column of a table whose words are indexed that says of which record a row is.
    pub fn column_of(table: &str) -> Option<&'static str> {
        let found = TEXTS.iter().find(|(name, ..)| *name == table);
        found.map(|(_, column, _)| *column)
    }

    /// A text of a record before it was blanked.
    pub fn push(&mut self, number: i64, text: &str) {
        self.0
            .entry(number)
            .or_default()
            .append(&mut words_of(text));
    }

    /// Takes the words that are not said any more (SD-26).
    pub async fn follow(self, tx: &mut Tx, account: AccountId) -> Result<()> {
        for (number, words) in self.0 {
            take(tx, account, number, words).await?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::database::Database;
    use crate::database_config::DatabaseConfig;

    fn words(text: &str) -> Vec<String> {
        words_of(text).into_iter().collect()
    }

    #[test]
    fn words_are_found_without_case_accents_and_signs() {
        let found = words("The printer's Zoë-Ångström: HP_4200 (again), the PRINTER!");
        let wanted = [
            "4200", "again", "angstrom", "hp", "printer", "s", "the", "zoe",
        ];
        assert_eq!(found, wanted);
        assert!(words("  …! ").is_empty());
    }

    #[tokio::test]
    async fn sd_5_what_stands_in_other_services_makes_no_word_common() {
        let directory = tempfile::tempdir().unwrap();
        let config = DatabaseConfig::sqlite(directory.path().join("words.db"));
        let mut tx = Database::open(&config)
            .await
            .unwrap()
            .begin()
            .await
            .unwrap();
        let account = AccountId(1);
        for number in 1..=5 {
            let service = if number == 1 { 7 } else { 8 };
            let of = Indexed {
                account,
                number,
                service,
            };
            add_words(&mut tx, of, "printer").await.unwrap();
        }
        for (services, counted) in [(vec![7], 1), (vec![8], 3), (vec![], 0)] {
            let words = words_of("printer");
            let found = rarest(&mut tx, account, services.into_iter(), words, 3).await;
            assert_eq!(found.unwrap(), [("printer".to_owned(), counted)]);
        }
    }

    #[test]
    fn scripts_without_spaces_are_found_sign_by_sign() {
        assert_eq!(words("打印機 ok機b"), ["b", "ok", "印", "打", "機"]);
    }

    #[test]
    fn what_is_long_is_found_by_its_beginning_on_both_sides() {
        let long = "a".repeat(100);
        assert_eq!(words(&long), words(&long[..60]));
    }
}
