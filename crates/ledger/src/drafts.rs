//! What somebody chose on a page and has not saved yet: so that leaving the page, or having no script, loses nothing. A draft is its
//! owner's alone, ends with the right that its page needs, and nothing rests on it: what is saved is a command like any other.

use access::{Dense, Moment, Permission, PersonId};

use crate::database::Tx;
use crate::dialect::{Bulk, BulkTable, Column};
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

static ENDED: BulkTable = BulkTable {
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

/// The right that a stored draft ends with.
fn needs(stored: &str) -> Option<Permission> {
    let (needs, _) = stored.split_once(' ')?;
    Permission::from_key(needs)
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

/// Takes away the drafts whose day is over, and those of whoever does not hold the right any more that their page needs.
pub(crate) async fn sweep(
    tx: &mut Tx,
    now: Moment,
    holds: impl Fn(AccountId, PersonId, Permission) -> bool,
) -> Result<()> {
    tx.execute("DELETE FROM drafts WHERE kept_until <= $1", [now.0.into()])
        .await?;
    let rows = tx
        .fetch_all("SELECT DISTINCT account, person, page FROM drafts", [])
        .await?;
    let mut ended = Bulk::new(&ENDED);
    for row in rows {
        let (account, person, page): (i64, i64, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let owner = u32::try_from(person).ok().and_then(PersonId::from_number);
        let is_held = owner
            .zip(needs(&page))
            .is_some_and(|(owner, needs)| holds(AccountId(account), owner, needs));
        if !is_held {
            ended.push([account.into(), person.into(), page.into()]);
        }
    }
    ended.delete(tx).await
}
