//! What somebody typed to find people, kept for a day under an opaque id of their own. What is typed is personal data: it stands in
//! no address, nobody else reads it, and an erasure in the account drops all of it (SD-26).

use access::{Dense, Moment, PersonId};

use crate::database::Tx;
use crate::engine::Account;
use crate::error::Result;
use crate::log::AccountId;

/// How long a view is kept.
const KEPT_MS: i64 = 24 * 60 * 60 * 1_000;
/// Views that a person has at most; with one more the oldest goes.
const VIEWS_MAX: u32 = 100;
const ID_BYTES: usize = 12;

impl Account {
    /// Keeps a text for a person, and gives the id under which they find it again. The same text has the same id while it is kept.
    pub async fn keep_view(&self, person: PersonId, text: &str) -> Result<String> {
        let now = self.now();
        let (account, number) = (self.id().0, person.number());
        let mut tx = self.begin_write().await?;
        let known = tx
            .fetch_optional(
                "SELECT id FROM views WHERE account = $1 AND person = $2 AND text = $3 AND made_at > $4",
                [
                    account.into(),
                    number.into(),
                    text.into(),
                    now.0.saturating_sub(KEPT_MS).into(),
                ],
            )
            .await?;
        let id: String = match known {
            Some(row) => row.get(0)?,
            None => {
                let mut bytes = [0; ID_BYTES];
                self.engine().randomness().fill(&mut bytes);
                bytes.iter().map(|byte| format!("{byte:02x}")).collect()
            }
        };
        tx.execute(
            "DELETE FROM views WHERE account = $1 AND person = $2 AND id IN (SELECT id FROM views \
             WHERE account = $1 AND person = $2 ORDER BY made_at DESC, id LIMIT 1000 OFFSET $3)",
            [account.into(), number.into(), (VIEWS_MAX - 1).into()],
        )
        .await?;
        tx.execute(
            "INSERT INTO views (account, person, id, text, made_at) VALUES ($1, $2, $3, $4, $5) \
             ON CONFLICT (account, person, id) DO UPDATE SET made_at = excluded.made_at",
            [
                account.into(),
                number.into(),
                id.as_str().into(),
                text.into(),
                now.0.into(),
            ],
        )
        .await?;
        tx.commit().await?;
        Ok(id)
    }

    /// What a person typed; `None` when it is not theirs, or over.
    pub async fn view_text(&self, person: PersonId, id: &str) -> Result<Option<String>> {
        let after = self.now().0.saturating_sub(KEPT_MS);
        let mut tx = self.engine().database().begin_read().await?;
        let row = tx
            .fetch_optional(
                "SELECT text FROM views WHERE account = $1 AND person = $2 AND id = $3 AND made_at > $4",
                [
                    self.id().0.into(),
                    person.number().into(),
                    id.into(),
                    after.into(),
                ],
            )
            .await?;
        row.map(|row| row.get(0)).transpose()
    }
}

/// SD-26: somebody may have typed the name of whoever was erased.
pub(crate) async fn drop_all(tx: &mut Tx, account: AccountId) -> Result<()> {
    tx.execute("DELETE FROM views WHERE account = $1", [account.0.into()])
        .await?;
    Ok(())
}

pub(crate) async fn sweep(tx: &mut Tx, now: Moment) -> Result<()> {
    let until = now.0.saturating_sub(KEPT_MS);
    tx.execute("DELETE FROM views WHERE made_at <= $1", [until.into()])
        .await?;
    Ok(())
}
