//! What is large stands in pieces: files, and mails as they came. Each piece names whose it is, so that it goes with them (SD-26).

use ledger::{AccountId, AssertSqlSafe, Tx, Value};
use uuid::Uuid;

use super::Result;

/// Bytes of one piece: as much is read at once while it goes out.
const BYTES: usize = 256 * 1024;

/// The pieces of one kind of thing.
pub(super) struct Pieces {
    table: &'static str,
    /// Of what.
    of: &'static str,
    /// Whose.
    whose: &'static str,
}

pub(super) const OF_FILES: Pieces = Pieces {
    table: "service_desk_attachment_pieces",
    of: "attachment",
    whose: "author",
};

pub(super) const OF_MAILS: Pieces = Pieces {
    table: "service_desk_mail_pieces",
    of: "mail",
    whose: "person",
};

impl Pieces {
    /// Writes all of one thing, of a person or of an address that is nobody's yet.
    pub async fn write(
        &self,
        tx: &mut Tx,
        account: AccountId,
        id: Uuid,
        (person, address): (Option<i64>, Option<&str>),
        bytes: &[u8],
    ) -> Result<()> {
        let Self { table, of, whose } = self;
        let sql = format!(
            "INSERT INTO {table} (account, {of}, piece, {whose}, address, bytes) VALUES ($1, $2, $3, $4, $5, $6)"
        );
        for (piece, bytes) in (0_i64..).zip(bytes.chunks(BYTES)) {
            let values = [
                account.0.into(),
                id.to_string().into(),
                piece.into(),
                Value::Int(person),
                Value::Text(address.map(str::to_owned)),
                bytes.into(),
            ];
            tx.execute(AssertSqlSafe(sql.clone()), values).await?;
        }
        Ok(())
    }

    /// One piece, counted from nought; `None` behind the end.
    pub async fn read(
        &self,
        tx: &mut Tx,
        account: AccountId,
        id: Uuid,
        piece: i64,
    ) -> Result<Option<Vec<u8>>> {
        let Self { table, of, .. } = self;
        let sql =
            format!("SELECT bytes FROM {table} WHERE account = $1 AND {of} = $2 AND piece = $3");
        let values = [account.0.into(), id.to_string().into(), piece.into()];
        let row = tx.fetch_optional(AssertSqlSafe(sql), values).await?;
        row.map(|row| row.get(0)).transpose()
    }
}
