//! Files that hang on records, and what stands in them, piece by piece.

use access::{
    Moment, Permit, PersonId,
    decide::permissions::{DeleteRecord, ManageRecord},
};
use bytes::Bytes;
use ledger::{AccountId, Row, Tx, Value};
use uuid::Uuid;

use super::{
    Incident, Result, Speaks, damaged, dense, mails::Keeps, number, person_of, pieces::OF_FILES,
    touch,
};
use crate::records::{AttachmentId, Record};

/// Files of one record at most that staff brought, and as many that customers did: neither side takes places of the other, or is told by
/// the bound what that brought.
pub(in crate::records) const ATTACHMENTS_MAX: usize = 50;
const LISTED_MAX: usize = 2 * ATTACHMENTS_MAX;

/// A file that somebody may have: only the store makes one, of a record that they may read.
#[derive(Debug, Clone)]
pub(crate) struct Attachment {
    pub id: AttachmentId,
    pub author: Option<PersonId>,
    pub at: Moment,
    /// SD-32: whether the customer may have it.
    pub is_public: bool,
    pub name: String,
    /// What its content says that it is.
    pub media: String,
    pub size: i64,
}

const COLUMNS: &str = "id, author, at, is_public, name, media, size";

fn read(row: &Row) -> Result<Attachment> {
    let id = Uuid::try_parse(&row.get::<String>(0)?).map_err(|_| damaged("an attachment"))?;
    Ok(Attachment {
        id: AttachmentId(id),
        author: dense(row.get(1)?),
        at: Moment(row.get(2)?),
        is_public: row.get::<i64>(3)? != 0,
        name: row.get(4)?,
        media: row.get(5)?,
        size: row.get(6)?,
    })
}

/// The files of a record that somebody may read, the newest first.
pub(in crate::records) async fn attachments(
    tx: &mut Tx,
    account: AccountId,
    of: &Record,
) -> Result<Vec<Attachment>> {
    let sql = ledger::AssertSqlSafe(format!(
        "SELECT {COLUMNS} FROM service_desk_attachments WHERE account = $1 AND record = $2 ORDER BY at DESC, id DESC LIMIT $3"
    ));
    let most = i64::try_from(LISTED_MAX).unwrap_or(i64::MAX);
    let values = [account.0.into(), of.number.into(), most.into()];
    let rows = tx.fetch_all(sql, values).await?;
    rows.iter().map(read).collect()
}

/// SD-32: those of an incident that its customer may have, the newest first.
pub(in crate::records) async fn attachments_for_customers(
    tx: &mut Tx,
    account: AccountId,
    of: &Incident,
) -> Result<Vec<Attachment>> {
    let sql = ledger::AssertSqlSafe(format!(
        "SELECT {COLUMNS} FROM service_desk_attachments WHERE account = $1 AND record = $2 AND is_public = 1 \
         ORDER BY at DESC, id DESC LIMIT $3"
    ));
    let most = i64::try_from(LISTED_MAX).unwrap_or(i64::MAX);
    let values = [account.0.into(), of.number.into(), most.into()];
    let rows = tx.fetch_all(sql, values).await?;
    rows.iter().map(read).collect()
}

/// How many of a record one side brought.
pub(in crate::records) async fn count_files(
    tx: &mut Tx,
    account: AccountId,
    of: &Record,
    by_customer: bool,
) -> Result<usize> {
    let sql = "SELECT COUNT(*) FROM service_desk_attachments WHERE account = $1 AND record = $2 AND by_customer = $3";
    let by_customer = i64::from(by_customer);
    let values = [account.0.into(), of.number.into(), by_customer.into()];
    let row = tx.fetch_optional(sql, values).await?;
    let count: i64 = row.map_or(Ok(0), |row| row.get(0))?;
    Ok(usize::try_from(count).unwrap_or_default())
}

/// Whether there is a file of one side that the customer may have, for what is told of it.
pub(in crate::records) async fn has_public_file(
    tx: &mut Tx,
    account: AccountId,
    record: i64,
    by_customer: bool,
) -> Result<bool> {
    let sql = "SELECT 1 FROM service_desk_attachments WHERE account = $1 AND record = $2 AND is_public = 1 AND by_customer = $3 LIMIT 1";
    let by_customer = i64::from(by_customer);
    let values = [account.0.into(), record.into(), by_customer.into()];
    Ok(tx.fetch_optional(sql, values).await?.is_some())
}

/// SD-32: one that the customer may have; an internal one, and one of another incident, is none.
pub(in crate::records) async fn attachment_for_customers(
    tx: &mut Tx,
    account: AccountId,
    of: &Incident,
    id: AttachmentId,
) -> Result<Option<Attachment>> {
    let sql = ledger::AssertSqlSafe(format!(
        "SELECT {COLUMNS} FROM service_desk_attachments WHERE account = $1 AND record = $2 AND id = $3 AND is_public = 1"
    ));
    let values = [account.0.into(), of.number.into(), id.0.to_string().into()];
    let row = tx.fetch_optional(sql, values).await?;
    row.as_ref().map(read).transpose()
}

/// One of them; an id of another record's is none.
pub(in crate::records) async fn attachment(
    tx: &mut Tx,
    account: AccountId,
    of: &Record,
    id: AttachmentId,
) -> Result<Option<Attachment>> {
    let sql = ledger::AssertSqlSafe(format!(
        "SELECT {COLUMNS} FROM service_desk_attachments WHERE account = $1 AND record = $2 AND id = $3"
    ));
    let values = [account.0.into(), of.number.into(), id.0.to_string().into()];
    let row = tx.fetch_optional(sql, values).await?;
    row.as_ref().map(read).transpose()
}

/// A piece of a file, counted from nought; `None` behind its end.
pub(in crate::records) async fn piece(
    tx: &mut Tx,
    account: AccountId,
    of: &Attachment,
    number: i64,
) -> Result<Option<Vec<u8>>> {
    OF_FILES.read(tx, account, of.id.0, number).await
}

/// A new file.
#[derive(Clone)]
pub(crate) struct NewAttachment {
    pub id: AttachmentId,
    pub is_public: bool,
    pub name: String,
    pub media: &'static str,
    pub bytes: Bytes,
}

/// Adds a file.
pub(in crate::records) async fn attach<P: Speaks>(
    tx: &mut Tx,
    account: AccountId,
    permit: &Permit<'_, P>,
    record: &Record,
    new: NewAttachment,
    at: Moment,
) -> Result<()> {
    let author = person_of(permit.subject());
    let by_customer = P::BY_CUSTOMER;
    let is_public = new.is_public;
    let whose = (author, None, by_customer);
    write(tx, account, record.number, whose, new, at).await?;
    match is_public {
        true => super::answered(tx, account, record, by_customer, at).await,
        false => touch(tx, account, record, at).await,
    }
}

/// Adds a file that a mail brought to a record, of whoever the mail is (SD-37).
pub(in crate::records) async fn attach_mailed<P: Keeps>(
    tx: &mut Tx,
    account: AccountId,
    _: &Permit<'_, P>,
    record: i64,
    (author, address): (Option<PersonId>, Option<String>),
    new: NewAttachment,
    at: Moment,
) -> Result<()> {
    let whose = (author.map(number), address, P::BY_CUSTOMER);
    write(tx, account, record, whose, new, at).await
}

async fn write(
    tx: &mut Tx,
    account: AccountId,
    record: i64,
    (author, address, by_customer): (Option<i64>, Option<String>, bool),
    new: NewAttachment,
    at: Moment,
) -> Result<()> {
    let sql = "INSERT INTO service_desk_attachments (account, id, record, author, at, is_public, name, media, size, address, by_customer) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
    let values = [
        account.0.into(),
        new.id.0.to_string().into(),
        record.into(),
        Value::Int(author),
        at.0.into(),
        i64::from(new.is_public).into(),
        new.name.into(),
        new.media.into(),
        i64::try_from(new.bytes.len()).unwrap_or(i64::MAX).into(),
        Value::Text(address.clone()),
        i64::from(by_customer).into(),
    ];
    tx.execute(sql, values).await?;
    let whose = (author, address.as_deref());
    OF_FILES
        .write(tx, account, new.id.0, whose, &new.bytes)
        .await
}

/// Takes a file away for ever.
pub(in crate::records) async fn detach(
    tx: &mut Tx,
    account: AccountId,
    _: &Permit<'_, ManageRecord>,
    record: &Record,
    attachment: &Attachment,
    at: Moment,
) -> Result<()> {
    for sql in [
        "DELETE FROM service_desk_attachment_pieces WHERE account = $1 AND attachment = $2",
        "DELETE FROM service_desk_attachments WHERE account = $1 AND id = $2",
    ] {
        let values = [account.0.into(), attachment.id.0.to_string().into()];
        tx.execute(sql, values).await?;
    }
    touch(tx, account, record, at).await
}

/// Takes every file of a record along.
pub(super) async fn detach_all(
    tx: &mut Tx,
    account: AccountId,
    _: &Permit<'_, DeleteRecord>,
    record: &Record,
) -> Result<()> {
    for sql in [
        "DELETE FROM service_desk_attachment_pieces WHERE account = $1 \
         AND attachment IN (SELECT id FROM service_desk_attachments WHERE account = $1 AND record = $2)",
        "DELETE FROM service_desk_attachments WHERE account = $1 AND record = $2",
    ] {
        tx.execute(sql, [account.0.into(), record.number.into()])
            .await?;
    }
    Ok(())
}

impl std::fmt::Debug for NewAttachment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Its name is typed text (SD-26).
        f.debug_struct("NewAttachment").finish_non_exhaustive()
    }
}
