//! Everything in which the two engines differ: bulk writes, sets as parameters, row locks, wake-ups.
//!
//! The bulk writes are what makes commits cheap: one statement per batch and table, never one per row.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use sqlx::AssertSqlSafe;

use crate::database::{Tx, Value};
use crate::error::Result;

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

    /// The number of rows.
    pub fn len(&self) -> usize {
        self.values.len() / self.table.columns.len()
    }

    /// Writes all rows.
    pub async fn write(self, tx: &mut Tx) -> Result<()> {
        match tx {
            Tx::Sqlite(_) => self.write_sqlite(tx).await,
            Tx::Postgres(connection) => {
                let width = self.table.columns.len();
                let sql = postgres_insert(self.table);
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

    /// SQLite: `VALUES` lists whose lengths are powers of two, so that the prepared statements are few and are reused.
    async fn write_sqlite(self, tx: &mut Tx) -> Result<()> {
        let width = self.table.columns.len();
        let mut values = self.values.into_iter();
        while values.len() > 0 {
            let rows = 1 << (values.len() / width).min(SQLITE_MOST_ROWS).ilog2();
            let sql = sqlite_insert(self.table, rows);
            let chunk: Vec<Value> = values.by_ref().take(rows * width).collect();
            tx.execute(AssertSqlSafe(sql), chunk).await?;
        }
        Ok(())
    }
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

fn postgres_insert(table: &BulkTable) -> String {
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
    format!(
        "INSERT INTO {} ({}) SELECT * FROM UNNEST({}) {}",
        table.name,
        names(table),
        arrays.join(", "),
        table.on_conflict
    )
}

/// The text for so many rows, made once. Parameters are anonymous: SQLite finds named ones by walking a list.
fn sqlite_insert(table: &'static BulkTable, rows: usize) -> Arc<str> {
    type Texts = Mutex<HashMap<(&'static str, &'static str, usize), Arc<str>>>;
    static TEXTS: LazyLock<Texts> = LazyLock::new(Mutex::default);
    let mut texts = TEXTS.lock().unwrap_or_else(PoisonError::into_inner);
    texts
        .entry((table.name, table.on_conflict, rows))
        .or_insert_with(|| {
            let row = format!("({})", vec!["?"; table.columns.len()].join(","));
            let rows = vec![row; rows].join(",");
            // `WHERE true` is not needed after VALUES: the conflict clause cannot be taken for a join there.
            format!(
                "INSERT INTO {} ({}) VALUES {rows} {}",
                table.name,
                names(table),
                table.on_conflict
            )
            .into()
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

/// Deletes the rows whose columns stand in the JSON list of lists.
pub async fn delete_wanted(
    tx: &mut Tx,
    table: &str,
    columns: &[(&str, Column)],
    rows: Vec<serde_json::Value>,
) -> Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let names = columns
        .iter()
        .map(|(name, _)| *name)
        .collect::<Vec<_>>()
        .join(", ");
    let sql = format!(
        "DELETE FROM {table} WHERE ({names}) IN (SELECT {names} FROM {})",
        wanted(tx, columns)
    );
    tx.execute(
        AssertSqlSafe(sql),
        [serde_json::Value::Array(rows).to_string().into()],
    )
    .await?;
    Ok(())
}
