//! Everything in which the two engines differ: bulk writes, sets as parameters, row locks, wake-ups.
//!
//! The bulk writes are what makes commits cheap: one statement per batch and table, never one per row.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use serde::Serialize;
use sqlx::AssertSqlSafe;

use crate::database::{Tx, Value};
use crate::error::{LedgerError, Result};

/// SQLite accepts 32,766 parameters in a statement; texts of more rows than this gain nothing.
const SQLITE_MOST_ROWS: usize = 512;
/// PostgreSQL takes a column as one array parameter; this bounds the memory of one statement.
const POSTGRES_MOST_ROWS: usize = 8_192;

/// The type of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Column {
    /// `BIGINT`
    Int,
    /// `TEXT`
    Text,
    /// `BLOB` or `BYTEA`
    Blob,
}

/// A table that is written in bulk.
#[derive(Debug)]
pub struct BulkTable {
    /// Its name.
    pub name: &'static str,
    /// Its columns in the order of the rows.
    pub columns: &'static [(&'static str, Column)],
    /// What follows the values: nothing, or an `ON CONFLICT …` clause.
    pub on_conflict: &'static str,
}

/// Rows on their way into one table.
#[derive(Debug)]
pub struct Bulk {
    table: &'static BulkTable,
    values: Vec<Value>,
}

impl Bulk {
    /// No rows yet.
    pub const fn new(table: &'static BulkTable) -> Self {
        Self {
            table,
            values: Vec::new(),
        }
    }

    /// Adds one row. The number of values is that of the table's columns.
    pub fn push<const N: usize>(&mut self, row: [Value; N]) {
        debug_assert_eq!(N, self.table.columns.len(), "a row of {}", self.table.name);
        self.values.extend(row);
    }

    /// The same where the table is one of several.
    pub fn push_row(&mut self, row: Vec<Value>) {
        debug_assert_eq!(
            row.len(),
            self.table.columns.len(),
            "a row of {}",
            self.table.name
        );
        self.values.extend(row);
    }

    /// The number of rows.
    pub fn len(&self) -> usize {
        self.values.len() / self.table.columns.len()
    }

    /// Writes all rows.
    pub async fn write(self, tx: &mut Tx) -> Result<()> {
        self.run(tx, Verb::Insert).await
    }

    /// Deletes the rows whose columns have these values.
    pub async fn delete(self, tx: &mut Tx) -> Result<()> {
        self.run(tx, Verb::Delete).await
    }

    async fn run(self, tx: &mut Tx, verb: Verb) -> Result<()> {
        match tx {
            Tx::Sqlite(_) => self.run_sqlite(tx, verb).await,
            Tx::Postgres(connection) => {
                let width = self.table.columns.len();
                let sql = postgres_text(self.table, verb);
                let mut values = self.values.into_iter();
                while values.len() > 0 {
                    let rows = (values.len() / width).min(POSTGRES_MOST_ROWS);
                    let mut query = sqlx::query(AssertSqlSafe(sql.clone()));
                    for column in columns(&mut values, self.table, rows) {
                        query = match column {
                            Array::Int(array) => query.bind(array),
                            Array::Text(array) => query.bind(array),
                            Array::Blob(array) => query.bind(array),
                        };
                    }
                    query.execute(&mut **connection).await?;
                }
                Ok(())
            }
        }
    }

    /// SQLite: lists of so few different lengths that their prepared statements are reused.
    async fn run_sqlite(self, tx: &mut Tx, verb: Verb) -> Result<()> {
        let width = self.table.columns.len();
        let mut values = self.values.into_iter();
        while values.len() > 0 {
            let rows = sqlite_rows((values.len() / width).min(verb.most_rows()));
            let sql = sqlite_text(self.table, verb, rows);
            tx.execute_each(AssertSqlSafe(sql), values.by_ref().take(rows * width))
                .await?;
        }
        Ok(())
    }
}

/// What is done with many rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Verb {
    Insert,
    Delete,
}

impl Verb {
    /// The longest list in one SQLite statement. An expression there is at most 1,000 terms deep.
    fn most_rows(self) -> usize {
        match self {
            Self::Insert => SQLITE_MOST_ROWS,
            Self::Delete => 128,
        }
    }
}

/// How many of the rows go into the next statement: all of a few, so that a small batch costs one statement a table, and of
/// many the largest power of two.
fn sqlite_rows(left: usize) -> usize {
    const FEW: usize = 16;
    if left <= FEW { left } else { 1 << left.ilog2() }
}

enum Array {
    Int(Vec<Option<i64>>),
    Text(Vec<Option<String>>),
    Blob(Vec<Option<Vec<u8>>>),
}

/// The next `rows` rows, turned into one array per column.
fn columns(values: &mut impl Iterator<Item = Value>, table: &BulkTable, rows: usize) -> Vec<Array> {
    let mut arrays: Vec<Array> = table
        .columns
        .iter()
        .map(|(_, column)| match column {
            Column::Int => Array::Int(Vec::with_capacity(rows)),
            Column::Text => Array::Text(Vec::with_capacity(rows)),
            Column::Blob => Array::Blob(Vec::with_capacity(rows)),
        })
        .collect();
    for _ in 0..rows {
        for (array, value) in arrays.iter_mut().zip(values.by_ref()) {
            match (array, value) {
                (Array::Int(array), Value::Int(value)) => array.push(value),
                (Array::Text(array), Value::Text(value)) => array.push(value),
                (Array::Blob(array), Value::Blob(value)) => array.push(value),
                (Array::Int(array), _) => array.push(None),
                (Array::Text(array), _) => array.push(None),
                (Array::Blob(array), _) => array.push(None),
            }
        }
    }
    arrays
}

fn names(table: &BulkTable) -> String {
    table
        .columns
        .iter()
        .map(|(name, _)| *name)
        .collect::<Vec<_>>()
        .join(", ")
}

fn postgres_text(table: &BulkTable, verb: Verb) -> String {
    let arrays: Vec<String> = table
        .columns
        .iter()
        .enumerate()
        .map(|(index, (_, column))| {
            let kind = match column {
                Column::Int => "bigint",
                Column::Text => "text",
                Column::Blob => "bytea",
            };
            format!("${}::{kind}[]", index + 1)
        })
        .collect();
    let (name, names, arrays) = (table.name, names(table), arrays.join(", "));
    match verb {
        Verb::Insert => {
            format!(
                "INSERT INTO {name} ({names}) SELECT * FROM UNNEST({arrays}) {}",
                table.on_conflict
            )
        }
        Verb::Delete => {
            let equal = table
                .columns
                .iter()
                .map(|(column, _)| format!("{name}.{column} = wanted.{column}"));
            let equal = equal.collect::<Vec<_>>().join(" AND ");
            format!("DELETE FROM {name} USING UNNEST({arrays}) AS wanted ({names}) WHERE {equal}")
        }
    }
}

/// The text for so many rows, made once. Parameters are anonymous: SQLite finds named ones by walking a list. Rows to delete
/// are written out with OR: each is then one look into the primary key, while a list of rows after IN uses part of the key.
fn sqlite_text(table: &'static BulkTable, verb: Verb, rows: usize) -> Arc<str> {
    // By the columns too: several may be written, or deleted by, of one table.
    type Key = (&'static str, usize, Verb, usize);
    type Texts = Mutex<HashMap<Key, Arc<str>>>;
    static TEXTS: LazyLock<Texts> = LazyLock::new(Mutex::default);
    let mut texts = TEXTS.lock().unwrap_or_else(PoisonError::into_inner);
    texts
        .entry((table.name, std::ptr::from_ref(table).addr(), verb, rows))
        .or_insert_with(|| {
            let name = table.name;
            match verb {
                Verb::Insert => {
                    let row = format!("({})", vec!["?"; table.columns.len()].join(","));
                    let rows = vec![row; rows].join(",");
                    format!(
                        "INSERT INTO {name} ({}) VALUES {rows} {}",
                        names(table),
                        table.on_conflict
                    )
                    .into()
                }
                Verb::Delete => {
                    let row = table
                        .columns
                        .iter()
                        .map(|(column, _)| format!("{column} = ?"));
                    let row = format!("({})", row.collect::<Vec<_>>().join(" AND "));
                    format!("DELETE FROM {name} WHERE {}", vec![row; rows].join(" OR ")).into()
                }
            }
        })
        .clone()
}

impl Tx {
    /// ` FOR UPDATE` where rows have locks; on SQLite the transaction itself is the lock.
    pub fn for_update(&self) -> &'static str {
        match self {
            Self::Sqlite(_) => "",
            Self::Postgres(_) => " FOR UPDATE",
        }
    }

    /// ` FOR UPDATE SKIP LOCKED` where rows have locks: whoever clears or claims many rows waits for none of them, and so never stands
    /// in a circle with the writer of acts.
    pub fn skip_locked(&self) -> &'static str {
        match self {
            Self::Sqlite(_) => "",
            Self::Postgres(_) => " FOR UPDATE SKIP LOCKED",
        }
    }

    /// Columns of the rows that others name, as the table `p`: `of` says whose rows, `p` too, and ties them to what is `wanted`. Each is looked
    /// up by itself: PostgreSQL takes what is wanted for a hundred rows, and would read a table of ten thousand for one of them, or, where it has
    /// no statistics yet, go through all rows in the order that is asked for.
    pub fn looked_up(&self, wanted: &str, columns: &str, of: &str) -> String {
        match self {
            Self::Sqlite(_) => format!("(SELECT {columns} FROM {wanted} CROSS JOIN {of}) AS p"),
            Self::Postgres(_) => {
                format!("{wanted} CROSS JOIN LATERAL (SELECT {columns} FROM {of} OFFSET 0) AS p")
            }
        }
    }

    /// The numbers of a column of an ordered question, in its order, as one text with commas between them.
    pub fn many(&self, column: &str) -> String {
        match self {
            Self::Sqlite(_) => format!("group_concat({column})"),
            Self::Postgres(_) => format!("string_agg({column}::text, ',')"),
        }
    }

    /// Lets nobody else make an account until the transaction ends. SQLite's transaction is that lock.
    pub async fn lock_accounts(&mut self) -> Result<()> {
        if let Self::Postgres(_) = self {
            self.execute("LOCK TABLE accounts IN EXCLUSIVE MODE", [])
                .await?;
        }
        Ok(())
    }

    /// Tells other nodes that the accounts have new entries. On SQLite other processes look at the file instead.
    pub async fn notify(&mut self, accounts: &[i64]) -> Result<()> {
        if let Self::Postgres(connection) = self {
            sqlx::query("SELECT pg_notify($1, account::text) FROM UNNEST($2::bigint[]) AS changed (account)")
                .bind(CHANNEL)
                .bind(accounts)
                .execute(&mut **connection)
                .await?;
        }
        Ok(())
    }
}

/// The channel on which PostgreSQL nodes wake each other.
pub const CHANNEL: &str = "rolecall_ledger";

/// A table expression, `wanted`, made from the one JSON parameter `$1`: a list of lists, one per row, in the order of the
/// columns. This is how a batch asks for many keys in one question.
pub fn wanted(tx: &Tx, columns: &[(&str, Column)]) -> String {
    let columns = columns
        .iter()
        .enumerate()
        .map(|(index, (name, column))| match (tx, column) {
            (Tx::Postgres(_), Column::Int) => format!("(value ->> {index})::bigint AS {name}"),
            _ => format!("value ->> {index} AS {name}"),
        });
    let columns = columns.collect::<Vec<_>>().join(", ");
    match tx {
        Tx::Sqlite(_) => format!("(SELECT {columns} FROM json_each($1)) AS wanted"),
        Tx::Postgres(_) => {
            format!("(SELECT {columns} FROM json_array_elements($1::json)) AS wanted")
        }
    }
}

/// The parameter of [`wanted`]: a tuple for each row.
pub fn rows_of(rows: &[impl Serialize]) -> Result<Value> {
    let text = serde_json::to_string(rows)
        .map_err(|error| LedgerError::Damaged(format!("a question cannot be written: {error}")))?;
    Ok(text.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::database::Database;
    use crate::database_config::DatabaseConfig;
    use crate::{log, profile};

    /// Every row that is deleted is one look into the primary key, and so is every key that a batch asks for: on a million
    /// people anything else takes minutes.
    #[tokio::test]
    async fn no_statement_of_a_batch_walks_a_table() {
        let directory = tempfile::tempdir().unwrap();
        let config = DatabaseConfig::sqlite(directory.path().join("plan.db"));
        let database = Database::open(&config).await.unwrap();
        let mut tx = database.begin().await.unwrap();
        let deletes = [
            &profile::PLACES,
            &profile::EMAIL_KEYS,
            &profile::SEARCH_KEYS,
        ];
        let mut texts: Vec<(String, usize)> = deletes
            .map(|table| {
                (
                    sqlite_text(table, Verb::Delete, 2).to_string(),
                    table.columns.len(),
                )
            })
            .into();
        texts.push((profile::read_many_text(&tx), 3));
        texts.push((profile::read_versions_text(&tx), 3));
        texts.push((profile::read_emails_text(&tx), 2));
        texts.push((profile::external_ids_text(&tx), 4));
        texts.push((log::lock_heads_text(&tx), 1));
        for (text, key) in texts {
            let explain = AssertSqlSafe(format!("EXPLAIN QUERY PLAN {text}"));
            let plan = tx.fetch_all(explain, []).await.unwrap();
            let plan: Vec<String> = plan.iter().map(|step| step.get(3).unwrap()).collect();
            let looks: Vec<_> = plan
                .iter()
                .filter(|step| step.contains("USING PRIMARY KEY"))
                .collect();
            assert!(!looks.is_empty(), "{text}: {plan:?}");
            assert!(
                looks.iter().all(|step| step.matches("=?").count() >= key),
                "{text}: {plan:?}"
            );
            assert!(
                !plan.iter().any(|step| step.starts_with("SCAN")
                        && !step.contains("json_each")
                        // The few that one look found.
                        && step != "SCAN alike"),
                "{plan:?}"
            );
        }
    }
}
