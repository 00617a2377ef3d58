//! What SQLite leaves of a deleted row inside its pages. `secure_delete` overwrites the row where it stands. But when a page is
//! split or joined its rows move, and what they leave is not overwritten: between the end of a page's index and its first row
//! there stands what was there before. Here that room is filled with zeros, page by page. It is read and written through
//! SQLite itself (`sqlite_dbpage`), in its transactions: nothing but unused room changes, and a kill takes back whole pages.

use sqlx::{Row as _, Sqlite, SqlitePool, Transaction};

use crate::error::Result;

const _: () = assert!(
    option_env!("LIBSQLITE3_FLAGS").is_some(),
    "run cargo inside of the repository: .cargo/config.toml there says how SQLite is built (LIBSQLITE3_FLAGS)"
);

/// A file has no more pages (128 GiB). A page that is no tree's begins with the number of another page: up to here its first byte is
/// less than 2, and no tree's page begins so.
pub(crate) const MOST_PAGES: u32 = (1 << 25) - 1;
/// Pages that are read at once: four megabytes.
const PAGES: u32 = 1_024;

/// Cleans every page: most of them a few in a transaction, so that acts go on in between.
pub(super) async fn clean(writer: &SqlitePool) -> Result<()> {
    let mut first = Some(1);
    while let Some(page) = first {
        let mut tx = writer.begin_with("BEGIN IMMEDIATE").await?;
        first = clean_some(&mut tx, page).await?;
        tx.commit().await?;
    }
    clean_alone(writer).await
}

/// Cleans every page while nobody writes. An act in between may have split a page that was not clean yet, and SQLite then swaps the
/// numbers of pages, with their room, to where it was clean already. Nearly all pages are only read.
async fn clean_alone(writer: &SqlitePool) -> Result<()> {
    let mut tx = writer.begin_with("BEGIN IMMEDIATE").await?;
    let mut first = Some(1);
    while let Some(page) = first {
        first = clean_some(&mut tx, page).await?;
    }
    Ok(tx.commit().await?)
}

/// Cleans the pages from `first` on; the answer is the page to go on with.
async fn clean_some(tx: &mut Transaction<'static, Sqlite>, first: u32) -> Result<Option<u32>> {
    let next = first.saturating_add(PAGES);
    // The table of pages finds one page by its number, and walks the file for everything else.
    let sql = "WITH RECURSIVE wanted (number) AS (SELECT $1 UNION ALL SELECT number + 1 FROM wanted WHERE number + 1 < $2) \
               SELECT pgno, data FROM wanted CROSS JOIN sqlite_dbpage WHERE pgno = number";
    let pages = sqlx::query(sql)
        .bind(first)
        .bind(next)
        .fetch_all(&mut **tx)
        .await?;
    let is_last = pages.len() < PAGES as usize;
    for page in pages {
        let (number, mut data): (u32, Vec<u8>) = (page.try_get(0)?, page.try_get(1)?);
        if fill(&mut data, number) {
            sqlx::query("UPDATE sqlite_dbpage SET data = $1 WHERE pgno = $2")
                .bind(data)
                .bind(number)
                .execute(&mut **tx)
                .await?;
        }
    }
    Ok((!is_last).then_some(next))
}

/// Fills the unused room of a tree's page with zeros; false when there was nothing to do. <https://sqlite.org/fileformat2.html>
fn fill(page: &mut [u8], number: u32) -> bool {
    // The first page begins with the header of the file.
    let header = if number == 1 { 100 } else { 0 };
    let index = match page.get(header) {
        Some(2 | 5) => header + 12,
        Some(10 | 13) => header + 8,
        _ => return false,
    };
    let number_at = |at: usize| match page.get(at..at + 2) {
        Some(&[high, low]) => usize::from(u16::from_be_bytes([high, low])),
        _ => 0,
    };
    let rows = number_at(header + 3);
    // Zero stands for 65,536, which does not fit.
    let content = match number_at(header + 5) {
        0 => 65_536,
        content => content,
    };
    match page.get_mut(index + 2 * rows..content) {
        Some(room) if room.iter().any(|byte| *byte != 0) => {
            room.fill(0);
            true
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::database::Database;
    use crate::database_config::DatabaseConfig;

    const ERASED: &str = "quintessa";

    /// A file in which rows move.
    struct File {
        path: std::path::PathBuf,
        database: Database,
    }

    impl File {
        async fn open(directory: &tempfile::TempDir) -> Self {
            let path = directory.path().join("pages.db");
            let config = DatabaseConfig::sqlite(&path);
            let database = Database::open(&config).await.unwrap();
            Self { path, database }
        }

        fn writer(&self) -> &SqlitePool {
            match &self.database {
                Database::Sqlite { writer, .. } => writer,
                Database::Postgres { .. } => panic!("it is SQLite"),
            }
        }

        /// Adds rows in no order, so that pages are split; a third of them with the name.
        async fn add(&self, numbers: std::ops::Range<i64>, name: &'static str) {
            let mut tx = self.database.begin().await.unwrap();
            let sql = "WITH RECURSIVE numbers (n) AS (SELECT $1 UNION ALL SELECT n + 1 FROM numbers WHERE n + 1 < $2) \
                       INSERT INTO search_keys (account, kind, field, word, entity) SELECT 1, 1, 0, \
                       printf('%010d %s %*s', n * 2654435761 % 4294967296, iif(n % 3 = 1, $3, 'neighbour'), n * 37 % 600, ''), n \
                       FROM numbers";
            let values = [numbers.start.into(), numbers.end.into(), name.into()];
            tx.execute(sql, values).await.unwrap();
            tx.commit().await.unwrap();
        }

        async fn erase(&self) {
            let mut tx = self.database.begin().await.unwrap();
            let sql = "DELETE FROM search_keys WHERE instr(word, $1) > 0";
            assert!(tx.execute(sql, [ERASED.into()]).await.unwrap() > 0);
            tx.commit().await.unwrap();
        }

        /// How often the name stands in the file.
        async fn left(&self) -> usize {
            super::super::cut_log(&self.path).await.unwrap();
            let bytes = std::fs::read(&self.path).unwrap();
            memchr::memmem::find_iter(&bytes, ERASED).count()
        }

        async fn is_sound(&self) {
            let asked = sqlx::query_scalar("PRAGMA integrity_check");
            let says: String = asked.fetch_one(self.writer()).await.unwrap();
            assert_eq!(says, "ok");
        }
    }

    /// What SQLite leaves behind is there before, and gone after.
    #[tokio::test]
    async fn sd_26_no_page_keeps_what_moved_away() {
        let directory = tempfile::tempdir().unwrap();
        let file = File::open(&directory).await;
        file.add(0..16_000, ERASED).await;
        file.erase().await;
        let left = file.left().await;
        assert!(left > 0, "SQLite has learned to do it: this file can go");
        clean(file.writer()).await.unwrap();
        assert_eq!(file.left().await, 0);
        file.is_sound().await;
    }

    #[tokio::test]
    async fn sd_26_a_page_that_changes_its_number_meanwhile_is_cleaned_too() {
        let directory = tempfile::tempdir().unwrap();
        let file = File::open(&directory).await;
        file.add(0..30_000, ERASED).await;
        file.erase().await;
        let mut first = Some(1);
        while let Some(page) = first {
            let mut tx = file.writer().begin_with("BEGIN IMMEDIATE").await.unwrap();
            first = clean_some(&mut tx, page).await.unwrap();
            tx.commit().await.unwrap();
            if page == 1 {
                file.add(30_000..40_000, "neighbour").await;
            }
        }
        assert!(file.left().await > 0, "one walk would do");
        clean_alone(file.writer()).await.unwrap();
        assert_eq!(file.left().await, 0);
        file.is_sound().await;
    }

    /// A leaf of an index with one row of three bytes at the end.
    fn page(unused: u8) -> Vec<u8> {
        let mut page = vec![unused; 512];
        page[..8].copy_from_slice(&[10, 0, 0, 0, 1, 1, 0xfd, 0]);
        page[8..10].copy_from_slice(&[1, 0xfd]);
        page[509..].copy_from_slice(b"row");
        page
    }

    #[test]
    fn the_room_between_index_and_rows_is_filled_and_nothing_else() {
        let mut dirty = page(7);
        assert!(fill(&mut dirty, 2));
        assert_eq!(dirty, page(0));
        assert!(!fill(&mut dirty, 2), "once is enough");
    }

    #[test]
    fn what_is_no_page_of_a_tree_stays_as_it_is() {
        for first in [0, 1, 3, 255] {
            let mut other = vec![first; 512];
            assert!(!fill(&mut other, 2));
        }
        // A header that makes no sense.
        let mut odd = vec![10; 512];
        assert!(!fill(&mut odd, 2));
        assert!(!fill(&mut [], 2));
    }
}
