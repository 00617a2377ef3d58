//! What becomes of a transaction whose beginning nobody waits for any more, as when a browser leaves a page that is on its way.

use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use ledger::{Database, DatabaseConfig};
use sqlx::Row as _;
use testkit::databases::{TestDatabase, on_postgres};

testkit::on_both![a_beginning_that_is_left_leaves_no_transaction_behind];

/// The fewest that PostgreSQL is given: each of them can be looked at.
const CONNECTIONS: u32 = 4;

/// Opens it with one reader.
async fn open_small(db: &TestDatabase) -> Database {
    let config = match DatabaseConfig::at(&db.address) {
        DatabaseConfig::Sqlite { path, .. } => DatabaseConfig::Sqlite { path, readers: 1 },
        DatabaseConfig::Postgres { url, .. } => DatabaseConfig::Postgres {
            url,
            connections: CONNECTIONS,
        },
    };
    Database::open(&config).await.unwrap()
}

/// Begins, and leaves when it has been polled so often: in the middle of what the database is asked and what it answers.
async fn leave(begin: impl Future, polls: u32) {
    let mut begin = pin!(begin);
    let mut polled = 0;
    std::future::poll_fn(|context| {
        polled += 1;
        match begin.as_mut().poll(context) {
            Poll::Pending if polled < polls => Poll::Pending,
            _ => Poll::Ready(()),
        }
    })
    .await;
}

/// Holds every connection to PostgreSQL at once and asks each of them. SQLite has one that writes and one that reads here: whoever writes and reads
/// asks those.
async fn look_at_each(database: &Database) {
    let Database::Postgres { pool, .. } = database else {
        return;
    };
    let mut held = Vec::new();
    for _ in 0..CONNECTIONS {
        held.push(pool.acquire().await.unwrap());
    }
    for connection in &mut held {
        // Where no transaction is open, a statement begins its own.
        let own = sqlx::raw_sql("SELECT now() = statement_timestamp()");
        let own: bool = own.fetch_one(&mut **connection).await.unwrap().get(0);
        assert!(
            own,
            "a connection in the pool is in a transaction that nobody knows of"
        );
    }
}

async fn write(database: &Database, sql: &'static str) {
    let mut tx = database.begin().await.unwrap();
    tx.execute(sql, []).await.unwrap();
    tx.commit().await.unwrap();
}

async fn read(database: &Database) -> i64 {
    let mut tx = database.begin_read().await.unwrap();
    let row = tx.fetch_optional("SELECT number FROM written", []).await;
    let number = row.unwrap().unwrap().get(0).unwrap();
    tx.rollback().await.unwrap();
    number
}

async fn a_beginning_that_is_left_leaves_no_transaction_behind(db: TestDatabase) {
    let database = open_small(&db).await;
    write(&database, "CREATE TABLE written (number BIGINT NOT NULL)").await;
    write(&database, "INSERT INTO written (number) VALUES (0)").await;
    for round in 0..60 {
        let polls = 1 + round % 6;
        leave(database.begin_read(), polls).await;
        look_at_each(&database).await;
        leave(database.begin(), polls).await;
        look_at_each(&database).await;
        write(&database, "UPDATE written SET number = number + 1").await;
        assert_eq!(read(&database).await, i64::from(round + 1));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reader_who_leaves_keeps_their_room_while_their_transaction_begins_on_postgres() {
    on_postgres(async |db| {
        let database = open_small(&db).await;
        let Database::Postgres { pool, readers } = &database else {
            panic!("it is PostgreSQL");
        };
        let mut held = Vec::new();
        for _ in 0..CONNECTIONS {
            held.push(pool.acquire().await.unwrap());
        }
        let left = tokio::time::timeout(Duration::from_millis(50), database.begin_read()).await;
        assert!(left.is_err(), "there is no connection for it");
        assert_eq!(readers.available_permits(), 0);
        drop(held);
        let free = tokio::time::timeout(Duration::from_secs(10), readers.acquire()).await;
        assert!(free.is_ok(), "the room is free once it has begun and ended");
    })
    .await;
}
