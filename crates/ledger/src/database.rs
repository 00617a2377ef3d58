//! One database, two engines: an enum over two pools, and a transaction that speaks one SQL text to both.
//!
//! Nothing above this module knows which engine it talks to; what must differ stands in [`crate::dialect`].

use std::ops::{Deref, DerefMut};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::TryStreamExt;
use serde::{Deserialize, Serialize};
use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions, PgRow};
use sqlx::query::Query;
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteRow, SqliteSynchronous,
};
use sqlx::{
    Arguments, AssertSqlSafe, ColumnIndex, ConnectOptions, Connection, Decode, Encode,
    IntoArguments, PgPool, Postgres, Row as _, SqlSafeStr, Sqlite, SqlitePool, Transaction, Type,
};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::database_config::DatabaseConfig;
use crate::erase::MOST_PAGES;
use crate::error::{LedgerError, Result};

/// Longest wait for another process that holds SQLite's write lock.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);
/// Whether SQLite was built with what `.cargo/config.toml` asks for (SD-26). Whoever is refused reads it.
const SHOWS_PAGES: &str = "SELECT sqlite_compileoption_used('ENABLE_DBPAGE_VTAB') -- LIBSQLITE3_FLAGS in .cargo/config.toml";
/// SQLite's code for a file that somebody else holds.
const BUSY: &str = "5";
/// How often a file that is busy while it is opened is opened again, and the pause before it.
const OPENING_TRIES: u32 = 40;
const OPENING_PAUSE: Duration = Duration::from_millis(50);
/// Longest wait for a free connection.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(10);
/// Connections for single statements: each is given back at once.
const BRIEF: u32 = 4;
/// Fewest connections to PostgreSQL: one hears of changes, one writes, one reads, and one is for single statements.
const CONNECTIONS_LEAST: u32 = 4;
/// Longest wait for a lock of PostgreSQL.
const LOCK_TIMEOUT: &str = "10s";
/// Steps of SQLite's machine between two looks at the clock: some microseconds.
const STEPS_BETWEEN_LOOKS: i32 = 1_000;
/// Longest pause between two statements of one PostgreSQL transaction.
const IDLE_TIMEOUT: &str = "60s";

/// The pools of one database.
#[derive(Clone, Debug)]
pub enum Database {
    /// SQLite: one writer, and readers that cannot write.
    Sqlite {
        /// The file.
        path: PathBuf,
        /// Exactly one connection: SQLite has one writer, and so has the ledger.
        writer: SqlitePool,
        /// Read-only connections.
        readers: SqlitePool,
        /// The same for [`Database::read_once`]: whoever holds one waits for no other, so that whoever holds one of the others never waits
        /// for ever.
        brief: SqlitePool,
    },
    /// PostgreSQL.
    Postgres {
        /// One pool for everything: what a crashed server leaves in a second one would be found only by whoever asks it next.
        pool: PgPool,
        /// Room for those who hold a connection while they ask for another: the pool keeps some that nobody holds so, so that they never
        /// wait for each other for ever.
        readers: Arc<Semaphore>,
    },
}

impl Database {
    /// Whether a ledger stands there. Whatever else stands there is left as it is: a slip in the name of a file makes none.
    pub async fn is_there(config: &DatabaseConfig) -> Result<bool> {
        match config {
            DatabaseConfig::Sqlite { path, .. } => is_there_sqlite(path).await,
            DatabaseConfig::Postgres { url, .. } => {
                let options: PgConnectOptions = url.parse()?;
                let mut connection = options.disable_statement_logging().connect().await?;
                let is_there = sqlx::query_scalar("SELECT to_regclass('heads') IS NOT NULL")
                    .fetch_one(&mut connection)
                    .await?;
                connection.close().await?;
                Ok(is_there)
            }
        }
    }

    /// Opens the database, asserts its settings on every connection, and brings the tables to this version.
    pub async fn open(config: &DatabaseConfig) -> Result<Self> {
        match config {
            DatabaseConfig::Sqlite { path, readers } => open_sqlite_patiently(path, *readers).await,
            DatabaseConfig::Postgres { url, connections } => open_postgres(url, *connections).await,
        }
    }

    /// Begins the transaction of a writer. On SQLite it takes the write lock at once: a transaction that reads first
    /// and writes later fails without waiting when another wrote in between.
    pub async fn begin(&self) -> Result<Tx> {
        Ok(match self {
            Self::Sqlite { writer, .. } => Tx::Sqlite(Held::Transaction(
                writer.begin_with("BEGIN IMMEDIATE").await?,
                None,
            )),
            Self::Postgres { pool, .. } => Tx::Postgres(begun(pool, "BEGIN", None).await?),
        })
    }

    /// Begins a transaction that sees one moment of the database and cannot write.
    pub async fn begin_read(&self) -> Result<Tx> {
        Ok(match self {
            Self::Sqlite { readers, .. } => {
                Tx::Sqlite(Held::Transaction(readers.begin().await?, None))
            }
            Self::Postgres { pool, readers } => {
                let room = tokio::time::timeout(ACQUIRE_TIMEOUT, readers.clone().acquire_owned());
                let room = room.await.map_err(|_| sqlx::Error::PoolTimedOut)?;
                let room = room.map_err(|_| sqlx::Error::PoolClosed)?;
                let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
                Tx::Postgres(begun(pool, begin, Some(room)).await?)
            }
        })
    }

    /// A connection for a few statements that read, each what stands at its moment: what begins and ends a transaction costs more than
    /// a short one does.
    pub async fn read_once(&self) -> Result<Tx> {
        Ok(match self {
            Self::Sqlite { brief, .. } => Tx::Sqlite(Held::Statement(brief.acquire().await?)),
            Self::Postgres { pool, .. } => Tx::Postgres(Held::Statement(pool.acquire().await?)),
        })
    }

    /// Runs statements that cannot stand in a transaction (`VACUUM`, checkpoints) on the writer's connection.
    pub async fn run_outside_transaction(&self, sql: &str) -> Result<()> {
        match self {
            Self::Sqlite { writer, .. } => {
                sqlx::raw_sql(AssertSqlSafe(sql)).execute(writer).await?;
            }
            Self::Postgres { pool, .. } => {
                sqlx::raw_sql(AssertSqlSafe(sql)).execute(pool).await?;
            }
        }
        Ok(())
    }

    /// Closes every connection; on SQLite the write-ahead log is folded into the file.
    pub async fn close(&self) {
        match self {
            Self::Sqlite {
                writer,
                readers,
                brief,
                ..
            } => {
                brief.close().await;
                readers.close().await;
                writer.close().await;
            }
            Self::Postgres { pool, .. } => pool.close().await,
        }
    }
}

/// Begins a transaction of PostgreSQL to the end, even where nobody waits for it any more, as when a browser leaves a page that is on its way. A
/// connection that went back into the pool between the question and the answer would stay in a transaction that nobody knows of: whoever
/// got it next would read what stood there long ago, and not be able to write. The room of a reader is taken along: it is free again when the
/// connection is let go, and not when whoever waited has left.
async fn begun(
    pool: &PgPool,
    begin: &'static str,
    room: Option<OwnedSemaphorePermit>,
) -> Result<Held<Postgres>> {
    let pool = pool.clone();
    let begin = tokio::spawn(async move {
        let begun = pool.begin_with(begin).await;
        begun.map(|tx| Held::Transaction(tx, room))
    });
    let begun = begin.await.map_err(|_| sqlx::Error::WorkerCrashed)?;
    Ok(begun?)
}

async fn is_there_sqlite(path: &Path) -> Result<bool> {
    if !path.is_file() {
        return Ok(false);
    }
    let mut connection = SqliteConnectOptions::new()
        .filename(path)
        .busy_timeout(BUSY_TIMEOUT)
        .disable_statement_logging()
        .connect()
        .await?;
    let tables = "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = 'heads'";
    let found = sqlx::query_scalar::<_, i64>(tables)
        .fetch_one(&mut connection)
        .await;
    connection.close().await?;
    match found {
        Ok(found) => Ok(found > 0),
        // SQLITE_NOTADB: a file of another kind.
        Err(sqlx::Error::Database(error)) if error.code().is_some_and(|code| code == "26") => {
            Ok(false)
        }
        Err(error) => Err(error.into()),
    }
}

/// A new file is busy while somebody else turns it into one with a write-ahead log, and SQLite does not wait for that by itself.
async fn open_sqlite_patiently(path: &Path, readers: u32) -> Result<Database> {
    for _ in 0..OPENING_TRIES {
        match open_sqlite(path.to_owned(), readers).await {
            Err(LedgerError::Database(sqlx::Error::Database(error)))
                if error.code().as_deref() == Some(BUSY) =>
            {
                tokio::time::sleep(OPENING_PAUSE).await;
            }
            opened => return opened,
        }
    }
    open_sqlite(path.to_owned(), readers).await
}

async fn open_sqlite(path: PathBuf, readers: u32) -> Result<Database> {
    let options = SqliteConnectOptions::new()
        .filename(&path)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(BUSY_TIMEOUT)
        // SD-26: what is deleted is overwritten with zeros, in the same transaction.
        .pragma("secure_delete", "ON")
        .pragma("max_page_count", MOST_PAGES.to_string())
        .pragma("cache_size", "-65536")
        .pragma("temp_store", "MEMORY")
        .disable_statement_logging();
    let writer = SqlitePoolOptions::new()
        .max_connections(1)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
        .after_connect(|connection, _| Box::pin(assert_sqlite(connection)))
        .connect_with(options.clone().create_if_missing(true))
        .await?;
    // Under the write lock: two processes may find the same file new. PostgreSQL's side takes a lock by itself.
    let mut tx = writer.begin_with("BEGIN IMMEDIATE").await?;
    // `run` would do the same, but no task could be spawned that opens a database: its future is not `Send` here.
    let migrations = sqlx::migrate!("./migrations/sqlite");
    migrations.run_direct(None, &mut *tx, false).await?;
    tx.commit().await?;
    let options = options.read_only(true);
    let [readers, brief] = [readers.max(1), BRIEF].map(|most| {
        let pool = SqlitePoolOptions::new()
            .max_connections(most)
            .acquire_timeout(ACQUIRE_TIMEOUT)
            .test_before_acquire(false)
            .after_connect(|connection, _| Box::pin(assert_sqlite(connection)));
        pool.connect_lazy_with(options.clone())
    });
    // A file that cannot be read is heard of at once.
    drop(readers.acquire().await?);
    Ok(Database::Sqlite {
        path,
        writer,
        readers,
        brief,
    })
}

/// Refuses a connection on which a pragma that durability or erasure needs did not take.
async fn assert_sqlite(connection: &mut sqlx::SqliteConnection) -> Result<(), sqlx::Error> {
    let journal: String = sqlx::query_scalar("PRAGMA journal_mode")
        .fetch_one(&mut *connection)
        .await?;
    if journal != "wal" {
        return Err(unsafe_setting("journal_mode", &journal));
    }
    // 2 = FULL: the write-ahead log is synchronised before a commit is acknowledged.
    for (pragma, wanted) in [
        ("PRAGMA synchronous", 2),
        ("PRAGMA secure_delete", 1),
        ("PRAGMA foreign_keys", 1),
        // SD-26: the cleaning of a file tells its pages apart by this, and reads and writes them through SQLite.
        ("PRAGMA max_page_count", MOST_PAGES.into()),
        // Pages that map pointers would look like those of a tree to it.
        ("PRAGMA auto_vacuum", 0),
        (SHOWS_PAGES, 1),
    ] as [(&'static str, i64); 6]
    {
        let value: i64 = sqlx::query_scalar(pragma)
            .fetch_one(&mut *connection)
            .await?;
        if value != wanted {
            return Err(unsafe_setting(pragma, &value.to_string()));
        }
    }
    Ok(())
}

async fn open_postgres(url: &str, connections: u32) -> Result<Database> {
    let options: PgConnectOptions = url.parse()?;
    // A node that hangs with an account's lock in its hands loses it; nobody waits for a lock for ever.
    let options = options.options([
        ("lock_timeout", LOCK_TIMEOUT),
        ("idle_in_transaction_session_timeout", IDLE_TIMEOUT),
        // To compile a statement takes longer than any of ours runs.
        ("jit", "off"),
    ]);
    let options = options
        .disable_statement_logging()
        .application_name("rolecall");
    // A pool tries again until its time is over, and does not say why: a wrong address is better heard of at once.
    options.connect().await?.close().await?;
    let connections = connections.max(CONNECTIONS_LEAST);
    let readers = connections - CONNECTIONS_LEAST + 1;
    let pool = PgPoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .test_before_acquire(false)
        .after_connect(|connection, _| Box::pin(assert_postgres(connection)))
        .connect_with(options)
        .await?;
    sqlx::migrate!("./migrations/postgres").run(&pool).await?;
    // A setting of the whole server, and its owner's choice: said, not refused.
    let fsync: String = sqlx::query_scalar("SHOW fsync").fetch_one(&pool).await?;
    if fsync == "off" {
        tracing::warn!(
            "PostgreSQL runs with fsync = off: a power cut may lose what was acknowledged"
        );
    }
    Ok(Database::Postgres {
        pool,
        readers: Arc::new(Semaphore::new(readers as usize)),
    })
}

/// Refuses a connection that would acknowledge a commit before it is on disk.
async fn assert_postgres(connection: &mut sqlx::PgConnection) -> Result<(), sqlx::Error> {
    let value: String = sqlx::query_scalar("SHOW synchronous_commit")
        .fetch_one(&mut *connection)
        .await?;
    if value == "off" {
        return Err(unsafe_setting("synchronous_commit", &value));
    }
    Ok(())
}

fn unsafe_setting(name: &str, value: &str) -> sqlx::Error {
    sqlx::Error::Configuration(Box::new(LedgerError::Unsafe(format!("{name} is {value}"))))
}

/// One parameter of a statement. The type stands beside an absent value because PostgreSQL wants to know it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Value {
    /// A whole number; moments and ids too.
    Int(Option<i64>),
    /// Text.
    Text(Option<String>),
    /// Bytes.
    Blob(Option<Vec<u8>>),
}

macro_rules! value_from {
    ($($variant:ident: $($from:ty),+;)+) => {$($(
        impl From<$from> for Value {
            fn from(value: $from) -> Self {
                Self::$variant(Some(value.into()))
            }
        }
        impl From<Option<$from>> for Value {
            fn from(value: Option<$from>) -> Self {
                Self::$variant(value.map(Into::into))
            }
        }
    )+)+};
}
value_from! {
    Int: i64, u32;
    Text: String, &str;
    Blob: Vec<u8>, [u8; 32], &[u8];
}

/// Statements of a transaction are broken off when they take too long, while this is kept.
#[derive(Debug)]
pub struct Hurry(Arc<()>);

/// One transaction; dropped without [`Tx::commit`] it leaves nothing behind. Or a connection for statements that read.
#[derive(Debug)]
pub enum Tx {
    /// On SQLite.
    Sqlite(Held<Sqlite>),
    /// On PostgreSQL.
    Postgres(Held<Postgres>),
}

/// A connection, held for a transaction or for what stands alone.
#[derive(Debug)]
pub enum Held<D: sqlx::Database> {
    /// For a transaction, with the room of a reader where readers are counted.
    Transaction(Transaction<'static, D>, Option<OwnedSemaphorePermit>),
    /// For statements that read what stands at their own moment each.
    Statement(PoolConnection<D>),
}

impl<D: sqlx::Database> Held<D> {
    async fn commit(self) -> Result<()> {
        match self {
            Self::Transaction(tx, _room) => Ok(tx.commit().await?),
            Self::Statement(_) => Err(LedgerError::ReadsOnly),
        }
    }

    async fn rollback(self) -> Result<()> {
        if let Self::Transaction(tx, _room) = self {
            tx.rollback().await?;
        }
        Ok(())
    }
}

impl<D: sqlx::Database> Deref for Held<D> {
    type Target = D::Connection;

    fn deref(&self) -> &D::Connection {
        match self {
            Self::Transaction(tx, _) => tx,
            Self::Statement(connection) => connection,
        }
    }
}

impl<D: sqlx::Database> DerefMut for Held<D> {
    fn deref_mut(&mut self) -> &mut D::Connection {
        match self {
            Self::Transaction(tx, _) => tx,
            Self::Statement(connection) => connection,
        }
    }
}

/// A type that both engines can return.
pub trait Field:
    for<'r> Decode<'r, Sqlite> + Type<Sqlite> + for<'r> Decode<'r, Postgres> + Type<Postgres>
{
}
impl<T: for<'r> Decode<'r, Sqlite> + Type<Sqlite> + for<'r> Decode<'r, Postgres> + Type<Postgres>>
    Field for T
{
}

/// One row of an answer.
#[derive(Debug)]
pub enum Row {
    /// From SQLite.
    Sqlite(SqliteRow),
    /// From PostgreSQL.
    Postgres(PgRow),
}

impl Row {
    /// The column at `index`, counted from zero.
    pub fn get<T: Field>(&self, index: usize) -> Result<T>
    where
        usize: ColumnIndex<SqliteRow> + ColumnIndex<PgRow>,
    {
        Ok(match self {
            Self::Sqlite(row) => row.try_get(index)?,
            Self::Postgres(row) => row.try_get(index)?,
        })
    }
}

/// The statement with its values, which find their room at once: a bulk write has thousands.
fn query<DB: sqlx::Database>(
    sql: impl SqlSafeStr,
    values: impl ExactSizeIterator<Item = Value>,
) -> Result<Query<'static, DB, DB::Arguments>>
where
    Option<i64>: Encode<'static, DB> + Type<DB>,
    Option<String>: Encode<'static, DB> + Type<DB>,
    Option<Vec<u8>>: Encode<'static, DB> + Type<DB>,
    DB::Arguments: IntoArguments<DB>,
{
    let mut arguments = DB::Arguments::default();
    arguments.reserve(values.len(), 0);
    for value in values {
        match value {
            Value::Int(value) => arguments.add(value),
            Value::Text(value) => arguments.add(value),
            Value::Blob(value) => arguments.add(value),
        }
        .map_err(sqlx::Error::Encode)?;
    }
    Ok(sqlx::query_with(sql, arguments))
}

impl Tx {
    /// Runs a statement; the answer is the number of rows it touched.
    pub async fn execute(
        &mut self,
        sql: impl SqlSafeStr,
        values: impl Into<Vec<Value>>,
    ) -> Result<u64> {
        self.execute_each(sql, values.into().into_iter()).await
    }

    /// The same, with values that need not stand in a list of their own.
    pub(crate) async fn execute_each(
        &mut self,
        sql: impl SqlSafeStr,
        values: impl ExactSizeIterator<Item = Value>,
    ) -> Result<u64> {
        Ok(match self {
            Self::Sqlite(tx) => query(sql, values)?
                .execute(&mut **tx)
                .await?
                .rows_affected(),
            Self::Postgres(tx) => query(sql, values)?
                .execute(&mut **tx)
                .await?
                .rows_affected(),
        })
    }

    /// All rows of a question that the caller has limited.
    pub async fn fetch_all(
        &mut self,
        sql: impl SqlSafeStr,
        values: impl Into<Vec<Value>>,
    ) -> Result<Vec<Row>> {
        let mut rows = Vec::new();
        self.for_each(sql, values, |row| {
            rows.push(row);
            Ok(())
        })
        .await?;
        Ok(rows)
    }

    /// The first row, if there is one.
    pub async fn fetch_optional(
        &mut self,
        sql: impl SqlSafeStr,
        values: impl Into<Vec<Value>>,
    ) -> Result<Option<Row>> {
        let (sql, values) = (sql.into_sql_str(), values.into());
        Ok(match self {
            Self::Sqlite(tx) => query(sql, values.into_iter())?
                .fetch_optional(&mut **tx)
                .await?
                .map(Row::Sqlite),
            Self::Postgres(tx) => query(sql, values.into_iter())?
                .fetch_optional(&mut **tx)
                .await?
                .map(Row::Postgres),
        })
    }

    /// Streams the rows of a question through `visit`, so that a long answer is never in memory at once.
    pub async fn for_each(
        &mut self,
        sql: impl SqlSafeStr,
        values: impl Into<Vec<Value>>,
        mut visit: impl FnMut(Row) -> Result<()>,
    ) -> Result<()> {
        let (sql, values) = (sql.into_sql_str(), values.into());
        match self {
            Self::Sqlite(tx) => {
                let mut rows = query(sql, values.into_iter())?.fetch(&mut **tx);
                while let Some(row) = rows.try_next().await? {
                    visit(Row::Sqlite(row))?;
                }
            }
            Self::Postgres(tx) => {
                let mut rows = query(sql, values.into_iter())?.fetch(&mut **tx);
                while let Some(row) = rows.try_next().await? {
                    visit(Row::Postgres(row))?;
                }
            }
        }
        Ok(())
    }

    /// From here on a statement is broken off when it takes longer than this ([`LedgerError::is_too_slow`]), for as long as what is given
    /// back is kept. A question that anybody may put together is asked so.
    #[expect(
        clippy::disallowed_methods,
        reason = "it measures how long a statement takes"
    )]
    pub async fn hurry(&mut self, most: Duration) -> Result<Hurry> {
        let hurry = Hurry(Arc::new(()));
        match self {
            Self::Sqlite(tx) => {
                let (end, is_wanted) = (Instant::now() + most, Arc::downgrade(&hurry.0));
                // The connection goes back to its pool with this: without anybody who waits it breaks nothing off.
                let goes_on = move || is_wanted.strong_count() == 0 || Instant::now() < end;
                let mut handle = tx.lock_handle().await?;
                handle.set_progress_handler(STEPS_BETWEEN_LOOKS, goes_on);
            }
            Self::Postgres(tx) => {
                let sql = format!("SET LOCAL statement_timeout = {}", most.as_millis());
                sqlx::query(AssertSqlSafe(sql)).execute(&mut **tx).await?;
            }
        }
        Ok(hurry)
    }

    /// Makes the transaction durable.
    pub async fn commit(self) -> Result<()> {
        match self {
            Self::Sqlite(tx) => tx.commit().await?,
            Self::Postgres(tx) => tx.commit().await?,
        }
        Ok(())
    }

    /// Takes the transaction back and frees its connection.
    pub async fn rollback(self) -> Result<()> {
        match self {
            Self::Sqlite(tx) => tx.rollback().await?,
            Self::Postgres(tx) => tx.rollback().await?,
        }
        Ok(())
    }
}
