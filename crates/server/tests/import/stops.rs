//! An import that the database ends: what was done until then is told, and where it stopped.

use ledger::{Database, Tx};
use people::import::{Import, ImportError, run};
use testkit::databases::TestDatabase;

use crate::desk::{Desk, desk};

/// More than one chunk.
const ROWS: u64 = 4_500;
/// The row that the database does not take.
const FULL: u64 = 4_300;

fn address(row: u64) -> String {
    format!("c{row}@orchard.example")
}

async fn database(desk: &Desk, sql: &'static str) {
    let database: &Database = desk.account.engine().database();
    let mut tx: Tx = database.begin().await.unwrap();
    tx.execute(sql, []).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_fails_in_the_middle_costs_no_count_of_what_was_done() {
    testkit::databases::on_sqlite(async |db: TestDatabase| {
        let desk = desk(db).await;
        let rows = (1..=ROWS).map(|row| format!("{},customer\n", address(row)));
        let text = format!("email,kind\n{}", rows.collect::<String>());
        let import = Import {
            file: desk.file("people.csv", &text).into(),
            ..Import::default()
        };
        let full = "CREATE TRIGGER full BEFORE INSERT ON emails WHEN NEW.email = 'c4300@orchard.example' \
                    BEGIN SELECT RAISE(ABORT, 'the disk is full'); END";
        database(&desk, full).await;

        let before = desk.account.state().people().len();
        let ended = run(&desk.account, desk.owner, &import, &|_| {}).await;
        let Err(ImportError::Middle { report, source }) = ended else {
            panic!("it ends in the middle: {ended:?}");
        };
        let there = desk.account.state().people().len() - before;
        assert_eq!(report.added, u64::try_from(there).unwrap());
        assert_eq!((report.rows, report.rejected), (report.added, 0));
        let ImportError::Row { line, .. } = *source else {
            panic!("it says where: {source}");
        };
        // Acts share a commit, so rows before the one that the database does not take may have failed with it.
        assert!((2..=FULL + 1).contains(&line), "{line}");
        assert_eq!(desk.person(&address(line - 1)).await, None);
        if line > 2 {
            assert!(desk.person(&address(line - 2)).await.is_some());
        }

        // Nothing is done twice.
        database(&desk, "DROP TRIGGER full").await;
        let again = run(&desk.account, desk.owner, &import, &|_| {}).await.unwrap();
        assert_eq!(again.unchanged, report.added);
        assert_eq!(again.added, ROWS - report.added);
    })
    .await;
}
