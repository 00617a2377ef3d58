//! What somebody chose on a page and has not saved yet: so that leaving the page, or having no script, loses nothing. A draft is its
//! owner's alone, ends with the right that its page needs, and nothing rests on it: what is saved is a command like any other.
//!
//! A right is lost by an act, and then the draft goes in the transaction of that act; or its time ends, and then it goes with the next
//! act, or within minutes. Either way nobody who is given the right again finds what they chose before.

use std::collections::BTreeMap;
use std::sync::Arc;

use access::{Dense, Moment, Permission, PersonId, State, Subject, Target};

use crate::database::{Row, Tx};
use crate::dialect::{Bulk, BulkTable, Column, rows_of, wanted};
use crate::engine::Account;
use crate::error::Result;
use crate::log::AccountId;

/// How long a draft is kept after the last change to it.
const KEPT_MS: i64 = 24 * 60 * 60 * 1_000;

static KEPT: BulkTable = BulkTable {
    name: "drafts",
    columns: &[
        ("account", Column::Int),
        ("person", Column::Int),
        ("page", Column::Text),
        ("thing", Column::Text),
        ("had", Column::Text),
        ("wanted", Column::Text),
        ("kept_until", Column::Int),
    ],
    on_conflict: "ON CONFLICT (account, person, page, thing) DO UPDATE SET had = excluded.had, wanted = excluded.wanted, \
                  kept_until = excluded.kept_until",
};

static DROPPED: BulkTable = BulkTable {
    name: "drafts",
    columns: &[
        ("account", Column::Int),
        ("person", Column::Int),
        ("page", Column::Text),
        ("thing", Column::Text),
    ],
    on_conflict: "",
};

pub(crate) static ENDED: BulkTable = BulkTable {
    name: "drafts",
    columns: &[
        ("account", Column::Int),
        ("person", Column::Int),
        ("page", Column::Text),
    ],
    on_conflict: "",
};

/// Which draft it is.
#[derive(Clone, Copy, Debug)]
pub struct DraftOf<'a> {
    /// Whose.
    pub person: PersonId,
    /// For which page, and which of its tabs and things.
    pub page: &'a str,
    /// The right over the account that it ends with.
    pub needs: Permission,
}

impl DraftOf<'_> {
    /// As rows name it: the right, and the page.
    fn stored(&self) -> String {
        format!("{} {}", self.needs.key(), self.page)
    }
}

/// A draft that is kept.
#[derive(Debug)]
struct Kept {
    person: i64,
    /// As it is stored.
    page: String,
}

impl Kept {
    /// Whether its owner holds the right that it ends with.
    fn is_held(&self, state: &State, at: Moment) -> bool {
        let owner = u32::try_from(self.person).ok();
        let owner = owner.and_then(PersonId::from_number);
        let needs = self.page.split_once(' ');
        let needs = needs.and_then(|(needs, _)| Permission::from_key(needs));
        owner.zip(needs).is_some_and(|(owner, needs)| {
            let view = state.view(Subject::Person(owner), at);
            view.may(needs, Target::Account)
        })
    }
}

/// Rows that are read at once: those of many small drafts, and little of a large one, whose other rows are skipped.
const ROWS_AT_ONCE: u32 = 500;

/// The drafts of some accounts.
#[derive(Debug, Default)]
pub(crate) struct Drafts(BTreeMap<AccountId, Vec<Kept>>);

impl Drafts {
    /// Those of these accounts. Every batch of acts asks: one question where nobody has any.
    pub async fn of(tx: &mut Tx, accounts: impl Iterator<Item = AccountId>) -> Result<Self> {
        let accounts: Vec<_> = accounts.map(|account| (account.0,)).collect();
        let sql = format!(
            "SELECT wanted.account FROM {} WHERE EXISTS (SELECT 1 FROM drafts AS d WHERE d.account = wanted.account)",
            wanted(tx, &[("account", Column::Int)])
        );
        let values = [rows_of(&accounts)?];
        let having = tx.fetch_all(sqlx::AssertSqlSafe(sql), values).await?;
        Self::read(tx, having).await
    }

    /// Those of every account.
    async fn all(tx: &mut Tx) -> Result<Self> {
        let having = tx.fetch_all("SELECT DISTINCT account FROM drafts", []);
        let having = having.await?;
        Self::read(tx, having).await
    }

    async fn read(tx: &mut Tx, accounts: Vec<Row>) -> Result<Self> {
        let mut drafts = Self::default();
        for row in accounts {
            let account = row.get(0)?;
            let kept = drafts.0.entry(AccountId(account)).or_default();
            let (mut person, mut page) = (0, String::new());
            loop {
                let values = [
                    account.into(),
                    person.into(),
                    page.as_str().into(),
                    ROWS_AT_ONCE.into(),
                ];
                let rows = tx.fetch_all(
                    "SELECT person, page FROM drafts WHERE account = $1 AND (person, page) > ($2, $3) \
                     ORDER BY person, page LIMIT $4",
                    values,
                );
                let rows = rows.await?;
                for row in &rows {
                    let next: (i64, String) = (row.get(0)?, row.get(1)?);
                    if (next.0, &next.1) != (person, &page) {
                        (person, page) = next;
                        let page = page.clone();
                        kept.push(Kept { person, page });
                    }
                }
                if rows.len() < ROWS_AT_ONCE as usize {
                    break;
                }
            }
        }
        Ok(drafts)
    }

    /// Takes out those of an account whose owner does not hold the right in this state.
    pub fn end_lost(
        &mut self,
        account: AccountId,
        (state, at): (&State, Moment),
        ended: &mut Bulk,
    ) {
        let Some(drafts) = self.0.get_mut(&account) else {
            return;
        };
        for kept in drafts.extract_if(.., |kept| !kept.is_held(state, at)) {
            ended.push([account.0.into(), kept.person.into(), kept.page.into()]);
        }
    }
}

/// A row of a page, as its owner wants it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DraftRow {
    /// The row: a public id.
    pub thing: String,
    /// What was stored when it was chosen, in the page's words.
    pub had: String,
    /// What is to be stored.
    pub wanted: String,
}

impl Account {
    /// The rows of a draft, in the order of their things.
    pub async fn draft(&self, of: DraftOf<'_>) -> Result<Vec<DraftRow>> {
        let mut tx = self.engine().database().begin_read().await?;
        let rows = tx
            .fetch_all(
                "SELECT thing, had, wanted FROM drafts WHERE account = $1 AND person = $2 AND page = $3 AND kept_until > $4 \
                 ORDER BY thing",
                [
                    self.id().0.into(),
                    of.person.number().into(),
                    of.stored().into(),
                    self.now().0.into(),
                ],
            )
            .await?;
        rows.iter()
            .map(|row| {
                Ok(DraftRow {
                    thing: row.get(0)?,
                    had: row.get(1)?,
                    wanted: row.get(2)?,
                })
            })
            .collect()
    }

    /// When the draft was last changed; none: there is no such draft.
    pub async fn draft_kept_at(&self, of: DraftOf<'_>) -> Result<Option<Moment>> {
        let mut tx = self.read_once().await?;
        let row = tx
            .fetch_optional(
                "SELECT kept_until FROM drafts WHERE account = $1 AND person = $2 AND page = $3 AND kept_until > $4 \
                 ORDER BY kept_until DESC LIMIT 1",
                [
                    self.id().0.into(),
                    of.person.number().into(),
                    of.stored().into(),
                    self.now().0.into(),
                ],
            )
            .await?;
        let until: Option<i64> = row.map(|row| row.get(0)).transpose()?;
        Ok(until.map(|until| Moment(until.saturating_sub(KEPT_MS))))
    }

    /// Keeps rows, and drops those that are wanted as they are. False: there would be more than `most`, and nothing was kept.
    pub async fn keep_draft(
        &self,
        of: DraftOf<'_>,
        rows: Vec<DraftRow>,
        most: usize,
    ) -> Result<bool> {
        let (account, person) = (self.id().0, of.person.number());
        let page = of.stored();
        let page = page.as_str();
        let until = self.now().0.saturating_add(KEPT_MS);
        let (mut kept, mut dropped) = (Bulk::new(&KEPT), Bulk::new(&DROPPED));
        for row in rows {
            if row.had == row.wanted {
                dropped.push([account.into(), person.into(), page.into(), row.thing.into()]);
            } else {
                kept.push([
                    account.into(),
                    person.into(),
                    page.into(),
                    row.thing.into(),
                    row.had.into(),
                    row.wanted.into(),
                    until.into(),
                ]);
            }
        }
        let mut tx = self.begin_write().await?;
        // What is over does not count, and does not come back with the rest.
        tx.execute(
            "DELETE FROM drafts WHERE account = $1 AND person = $2 AND page = $3 AND kept_until <= $4",
            [
                account.into(),
                person.into(),
                page.into(),
                self.now().0.into(),
            ],
        )
        .await?;
        tx.execute(
            "UPDATE drafts SET kept_until = $4 WHERE account = $1 AND person = $2 AND page = $3",
            [account.into(), person.into(), page.into(), until.into()],
        )
        .await?;
        dropped.delete(&mut tx).await?;
        kept.write(&mut tx).await?;
        let row = tx
            .fetch_optional(
                "SELECT COUNT(*) FROM drafts WHERE account = $1 AND person = $2 AND page = $3",
                [account.into(), person.into(), page.into()],
            )
            .await?;
        let count: i64 = row.map(|row| row.get(0)).transpose()?.unwrap_or(0);
        if usize::try_from(count).unwrap_or(usize::MAX) > most {
            tx.rollback().await?;
            return Ok(false);
        }
        tx.commit().await?;
        Ok(true)
    }

    /// Takes a draft away.
    pub async fn drop_draft(&self, of: DraftOf<'_>) -> Result<()> {
        let mut tx = self.begin_write().await?;
        tx.execute(
            "DELETE FROM drafts WHERE account = $1 AND person = $2 AND page = $3",
            [
                self.id().0.into(),
                of.person.number().into(),
                of.stored().into(),
            ],
        )
        .await?;
        tx.commit().await
    }
}

/// Takes away the drafts whose day is over, and those of whoever does not hold the right any more that their page needs. `known`: the
/// states of accounts; what is not known is not judged.
pub(crate) async fn sweep(
    tx: &mut Tx,
    now: Moment,
    known: impl Fn(AccountId) -> Option<Arc<State>>,
) -> Result<()> {
    tx.execute("DELETE FROM drafts WHERE kept_until <= $1", [now.0.into()])
        .await?;
    let mut drafts = Drafts::all(tx).await?;
    let accounts: Vec<_> = drafts.0.keys().copied().collect();
    let mut ended = Bulk::new(&ENDED);
    for account in accounts {
        if let Some(state) = known(account) {
            drafts.end_lost(account, (&state, now), &mut ended);
        }
    }
    ended.delete(tx).await
}
