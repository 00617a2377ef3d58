//! What becomes of a transaction whose beginning nobody waits for any more, as when a browser leaves a page that is on its way.

use std::time::Duration;

use ledger::{Database, DatabaseConfig};
use testkit::databases::TestDatabase;

testkit::on_both![a_beginning_that_is_left_leaves_no_transaction_behind];

async fn a_beginning_that_is_left_leaves_no_transaction_behind(db: TestDatabase) {
    let database = Database::open(&DatabaseConfig::at(&db.address))
        .await
        .unwrap();
    // Each is left a little later than the one before: some between what the database is asked and what it answers.
    for pause in 0..300 {
        let pause = Duration::from_micros(pause * 10);
        let _left = tokio::time::timeout(pause, database.begin_read()).await;
        let _left = tokio::time::timeout(pause, database.begin()).await;
    }
    if let Database::Postgres { pool, .. } = &database {
        // Those that began are still ended one by one.
        for _ in 0..50 {
            tokio::time::sleep(Duration::from_millis(20)).await;
            let open = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in transaction%'";
            let open: i64 = sqlx::query_scalar(open).fetch_one(pool).await.unwrap();
            if open == 0 {
                return;
            }
        }
        panic!("connections in the pool are in transactions that nobody knows of");
    }
    database.begin().await.unwrap().commit().await.unwrap();
}
