//! A file of people on its way in: kept for whoever brought it, so that columns can be chosen and its effect looked at before anything is
//! done. Names and addresses stand in it: nobody else reads it, it is in no backup, it goes after a day, when it is used up, and with an
//! erasure in the account (SD-26).
//!
//! Work on it is done by one server at a time, which says every second that it is still there. A server that ended says nothing more,
//! and whoever looks is told how far it came.

use access::{Dense, Moment, PersonId};

use crate::database::{Row, Tx};
use crate::engine::Account;
use crate::error::{LedgerError, Result};
use crate::log::AccountId;

/// How long a file, or what became of it, is kept.
const KEPT_MS: i64 = 24 * 60 * 60 * 1_000;
/// Work that was not heard of for so long is over.
const SILENCE_MS: i64 = 15 * 1_000;
const ID_BYTES: usize = 12;

/// How far a file came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImportStage {
    /// It is here.
    Brought,
    /// It is tried, and nothing is changed.
    Trying,
    /// It was tried.
    Tried,
    /// Its rows are done.
    Doing,
    /// They were done, and the file is used up.
    Done,
    /// The work ended before its last row: the file is still there.
    Stopped,
}

impl ImportStage {
    const ALL: [Self; 6] = [
        Self::Brought,
        Self::Trying,
        Self::Tried,
        Self::Doing,
        Self::Done,
        Self::Stopped,
    ];

    fn number(self) -> i64 {
        self as i64
    }

    /// Whether a server works on it.
    pub fn is_work(self) -> bool {
        matches!(self, Self::Trying | Self::Doing)
    }
}

/// A file, without what stands in it.
#[derive(Clone, Debug)]
pub struct KeptImport {
    /// Opaque. A form carries it, so that it is about no other file than the one that its page showed.
    pub id: String,
    /// What the file was called.
    pub name: String,
    /// Its size in bytes.
    pub size: u64,
    /// How far it came.
    pub stage: ImportStage,
    /// Whether a server works on it now.
    pub is_running: bool,
    /// What was chosen, in the words of the page.
    pub choice: String,
    /// What became of it, in the words of the page.
    pub report: String,
    /// Rows that were tried or done.
    pub rows: u64,
    /// Bytes of the file that were read for them.
    pub bytes: u64,
}

/// What work is told when it says that it is still there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Beat {
    /// Go on.
    GoOn,
    /// Whoever asked for it wants it to end.
    Stop,
    /// Nothing is kept any more: somebody was erased, or the day is over.
    Gone,
}

const COLUMNS: &str = "id, name, size, stage, beat_at, choice, report, done_rows, done_bytes";

impl KeptImport {
    fn from_row(row: &Row, now: Moment) -> Result<Self> {
        let number: i64 = row.get(3)?;
        let stage = ImportStage::ALL
            .into_iter()
            .find(|stage| stage.number() == number)
            .ok_or(LedgerError::Unknown("stage of an import"))?;
        let beat_at: i64 = row.get(4)?;
        let count = |number: i64| u64::try_from(number).unwrap_or(0);
        Ok(Self {
            id: row.get(0)?,
            name: row.get(1)?,
            size: count(row.get(2)?),
            stage,
            is_running: stage.is_work() && now.0 < beat_at.saturating_add(SILENCE_MS),
            choice: row.get(5)?,
            report: row.get(6)?,
            rows: count(row.get(7)?),
            bytes: count(row.get(8)?),
        })
    }
}

impl Account {
    /// Keeps a file in the place of the one before. `None`: work on that is under way.
    pub async fn keep_import(
        &self,
        person: PersonId,
        name: &str,
        file: &[u8],
    ) -> Result<Option<String>> {
        let mut bytes = [0; ID_BYTES];
        self.engine().randomness().fill(&mut bytes);
        let id: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        let mut tx = self.begin_write().await?;
        if !self.drop_idle(&mut tx, person).await? {
            tx.rollback().await?;
            return Ok(None);
        }
        tx.execute(
            "INSERT INTO imports (account, person, id, name, size, stage, beat_at, stop, choice, report, rejects, done_rows, done_bytes, \
             kept_until) VALUES ($1, $2, $3, $4, $5, 0, 0, 0, '', '', '', 0, 0, $6)",
            [
                self.id().0.into(),
                person.number().into(),
                id.as_str().into(),
                name.into(),
                i64::try_from(file.len()).unwrap_or(i64::MAX).into(),
                self.now().0.saturating_add(KEPT_MS).into(),
            ],
        )
        .await?;
        tx.execute(
            "INSERT INTO import_files (account, person, file) VALUES ($1, $2, $3)",
            [self.id().0.into(), person.number().into(), file.into()],
        )
        .await?;
        tx.commit().await?;
        Ok(Some(id))
    }

    /// The file that a person brought, or what became of it.
    pub async fn kept_import(&self, person: PersonId) -> Result<Option<KeptImport>> {
        let now = self.now();
        let sql = sqlx::AssertSqlSafe(format!(
            "SELECT {COLUMNS} FROM imports WHERE account = $1 AND person = $2 AND kept_until > $3"
        ));
        let mut tx = self.engine().database().begin_read().await?;
        let row = tx
            .fetch_optional(
                sql,
                [self.id().0.into(), person.number().into(), now.0.into()],
            )
            .await?;
        row.map(|row| KeptImport::from_row(&row, now)).transpose()
    }

    /// What stands in the file; `None` when it is another one by now, or used up.
    pub async fn import_file(&self, person: PersonId, id: &str) -> Result<Option<Vec<u8>>> {
        let mut tx = self.engine().database().begin_read().await?;
        let row = tx
            .fetch_optional(
                "SELECT file FROM import_files JOIN imports USING (account, person) \
                 WHERE account = $1 AND person = $2 AND id = $3 AND kept_until > $4 AND stage <> 4",
                [
                    self.id().0.into(),
                    person.number().into(),
                    id.into(),
                    self.now().0.into(),
                ],
            )
            .await?;
        row.map(|row| row.get(0)).transpose()
    }

    /// The rows in error, in the words of the page.
    pub async fn import_rejects(&self, person: PersonId, id: &str) -> Result<Option<String>> {
        let mut tx = self.engine().database().begin_read().await?;
        let row = tx
            .fetch_optional(
                "SELECT rejects FROM imports WHERE account = $1 AND person = $2 AND id = $3 AND kept_until > $4",
                [
                    self.id().0.into(),
                    person.number().into(),
                    id.into(),
                    self.now().0.into(),
                ],
            )
            .await?;
        row.map(|row| row.get(0)).transpose()
    }

    /// Begins work on the file. False: it is another one by now or used up, or work on it is under way.
    pub async fn begin_import_work(
        &self,
        person: PersonId,
        id: &str,
        stage: ImportStage,
        choice: &str,
    ) -> Result<bool> {
        let now = self.now();
        let mut tx = self.begin_write().await?;
        let begun = tx
            .execute(
                "UPDATE imports SET stage = $4, choice = $5, report = '', rejects = '', done_rows = 0, done_bytes = 0, stop = 0, \
                 beat_at = $6, kept_until = $7 WHERE account = $1 AND person = $2 AND id = $3 AND kept_until > $6 \
                 AND (stage IN (0, 2, 5) OR stage IN (1, 3) AND beat_at <= $8)",
                [
                    self.id().0.into(),
                    person.number().into(),
                    id.into(),
                    stage.number().into(),
                    choice.into(),
                    now.0.into(),
                    now.0.saturating_add(KEPT_MS).into(),
                    now.0.saturating_sub(SILENCE_MS).into(),
                ],
            )
            .await?;
        tx.commit().await?;
        Ok(begun > 0)
    }

    /// Says that the work is still there, and how far it is.
    pub async fn import_beat(
        &self,
        person: PersonId,
        id: &str,
        (rows, bytes): (u64, u64),
    ) -> Result<Beat> {
        let count = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
        let mine = [
            self.id().0.into(),
            person.number().into(),
            id.into(),
            self.now().0.into(),
            count(rows).into(),
            count(bytes).into(),
        ];
        let mut tx = self.begin_write().await?;
        let there = tx
            .execute(
                "UPDATE imports SET beat_at = $4, done_rows = $5, done_bytes = $6 WHERE account = $1 AND person = $2 AND id = $3 \
                 AND kept_until > $4",
                mine,
            )
            .await?;
        let row = tx
            .fetch_optional(
                "SELECT stop FROM imports WHERE account = $1 AND person = $2 AND id = $3",
                [self.id().0.into(), person.number().into(), id.into()],
            )
            .await?;
        let stop: i64 = row.map(|row| row.get(0)).transpose()?.unwrap_or(0);
        tx.commit().await?;
        Ok(match (there, stop) {
            (0, _) => Beat::Gone,
            (_, 0) => Beat::GoOn,
            _ => Beat::Stop,
        })
    }

    /// Ends the work: what became of it is kept for a day. With [`ImportStage::Done`] the file is used up.
    pub async fn end_import_work(
        &self,
        person: PersonId,
        id: &str,
        stage: ImportStage,
        report: &str,
        rejects: &str,
    ) -> Result<()> {
        let mut tx = self.begin_write().await?;
        tx.execute(
            "UPDATE imports SET stage = $4, report = $5, rejects = $6, kept_until = $7 WHERE account = $1 AND person = $2 AND id = $3",
            [
                self.id().0.into(),
                person.number().into(),
                id.into(),
                stage.number().into(),
                report.into(),
                rejects.into(),
                self.now().0.saturating_add(KEPT_MS).into(),
            ],
        )
        .await?;
        if stage == ImportStage::Done {
            drop_unkept(&mut tx).await?;
        }
        tx.commit().await
    }

    /// Asks the work to end before its last row.
    pub async fn stop_import(&self, person: PersonId, id: &str) -> Result<()> {
        let mut tx = self.begin_write().await?;
        tx.execute(
            "UPDATE imports SET stop = 1 WHERE account = $1 AND person = $2 AND id = $3",
            [self.id().0.into(), person.number().into(), id.into()],
        )
        .await?;
        tx.commit().await
    }

    /// Takes the file of a person away, and what became of it. False: work on it is under way.
    pub async fn drop_import(&self, person: PersonId) -> Result<bool> {
        let mut tx = self.begin_write().await?;
        let is_dropped = self.drop_idle(&mut tx, person).await?;
        tx.commit().await?;
        Ok(is_dropped)
    }

    async fn drop_idle(&self, tx: &mut Tx, person: PersonId) -> Result<bool> {
        let mine = [self.id().0.into(), person.number().into()];
        tx.execute(
            "DELETE FROM imports WHERE account = $1 AND person = $2 AND (stage NOT IN (1, 3) OR beat_at <= $3)",
            [
                self.id().0.into(),
                person.number().into(),
                self.now().0.saturating_sub(SILENCE_MS).into(),
            ],
        )
        .await?;
        drop_unkept(tx).await?;
        let left = tx
            .fetch_optional(
                "SELECT 1 FROM imports WHERE account = $1 AND person = $2",
                mine,
            )
            .await?;
        Ok(left.is_none())
    }
}

/// SD-26: whoever was erased may stand in a file.
pub(crate) async fn drop_all(tx: &mut Tx, account: AccountId) -> Result<()> {
    tx.execute("DELETE FROM imports WHERE account = $1", [account.0.into()])
        .await?;
    drop_unkept(tx).await
}

/// What stands in files of which nothing is left, or that are used up.
async fn drop_unkept(tx: &mut Tx) -> Result<()> {
    tx.execute(
        "DELETE FROM import_files WHERE NOT EXISTS (SELECT 1 FROM imports AS kept WHERE kept.account = import_files.account \
         AND kept.person = import_files.person AND kept.stage <> 4)",
        [],
    )
    .await?;
    Ok(())
}

pub(crate) async fn sweep(tx: &mut Tx, now: Moment) -> Result<()> {
    tx.execute("DELETE FROM imports WHERE kept_until <= $1", [now.0.into()])
        .await?;
    drop_unkept(tx).await
}
