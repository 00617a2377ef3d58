//! What becomes of a transaction whose beginning nobody waits for any more, as when a browser leaves a page that is on its way.

use std::time::Duration;

use ledger::{Database, DatabaseConfig};
use sqlx::Row as _;
use testkit::databases::TestDatabase;

testkit::on_both![a_beginning_that_is_left_leaves_no_transaction_behind];

async fn a_beginning_that_is_left_leaves_no_transaction_behind(db: TestDatabase) {
    let database = Database::open(&DatabaseConfig::at(&db.address))
        .await
        .unwrap();
    for pause in 0..300 {
        // Each is left a little later than the one before: some between what the database is asked and what it answers.
        let pause = Duration::from_micros(pause * 10);
        let _left = tokio::time::timeout(pause, database.begin_read()).await;
        let _left = tokio::time::timeout(pause, database.begin()).await;
        if let Database::Postgres { pool, .. } = &database {
            // Where no transaction is open, a statement begins its own.
            let own = sqlx::raw_sql("SELECT now() = statement_timestamp()");
            let own: bool = own.fetch_one(pool).await.unwrap().get(0);
            assert!(
                own,
                "a connection in the pool is in a transaction that nobody knows of"
            );
        }
    }
    database.begin().await.unwrap().commit().await.unwrap();
}
