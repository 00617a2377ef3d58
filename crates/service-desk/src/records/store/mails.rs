//! SD-37: where services take mails, and the mails that came to records.

use access::{
    Moment, PermissionType, Permit, PersonId, ServiceId,
    decide::{
        RecordFacts,
        permissions::{
            ConfigureDesk, CreateRecord, DeleteRecord, FollowByMail, ManageRecord,
            ModifyCompanyIncidents,
        },
    },
};
use bytes::Bytes;
use ledger::{AccountId, AssertSqlSafe, LedgerError, Row, Tx, Value};
use uuid::Uuid;

use super::{Result, damaged, dense, facts_of, number, pieces::OF_MAILS};
use crate::records::{Kind, MailId, Record, RecordId};

/// Mails of one record that are read at once, the newest.
const MAILS_MAX: usize = 200;
/// How long mails are counted together.
const COUNTED_MS: i64 = 60 * 60 * 1_000;
/// Accounts that are asked about one address.
const ACCOUNTS_MAX: i64 = 10;

/// A permission by which a mail comes to a record.
pub(in crate::records) trait Keeps: PermissionType {
    /// Whether a customer wrote it, or somebody who is nobody here.
    const BY_CUSTOMER: bool;
}

impl Keeps for CreateRecord {
    const BY_CUSTOMER: bool = true;
}

impl Keeps for ManageRecord {
    const BY_CUSTOMER: bool = false;
}

impl Keeps for FollowByMail {
    const BY_CUSTOMER: bool = true;
}

impl Keeps for ModifyCompanyIncidents {
    const BY_CUSTOMER: bool = true;
}

/// Where an address leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::records) struct Addressed {
    pub account: AccountId,
    pub service: ServiceId,
}

/// The services that take mails at an address, of whichever account. It is no answer to anybody.
pub(in crate::records) async fn services_at(tx: &mut Tx, address: &str) -> Result<Vec<Addressed>> {
    let sql = "SELECT account, service FROM service_desk_mail_addresses WHERE address = $1 ORDER BY account LIMIT $2";
    let values = [address.into(), ACCOUNTS_MAX.into()];
    let rows = tx.fetch_all(sql, values).await?;
    let read = |row: &Row| {
        Ok(Addressed {
            account: AccountId(row.get(0)?),
            service: dense(Some(row.get(1)?)).ok_or_else(|| damaged("a service"))?,
        })
    };
    rows.iter().map(read).collect()
}

/// The addresses of a service; replies go to the first one. It is no answer to anybody: whoever shows them has a guard.
pub(in crate::records) async fn addresses(
    tx: &mut Tx,
    account: AccountId,
    service: ServiceId,
) -> Result<Vec<String>> {
    let sql = "SELECT address FROM service_desk_mail_addresses WHERE account = $1 AND service = $2 ORDER BY place";
    let values = [account.0.into(), number(service).into()];
    let rows = tx.fetch_all(sql, values).await?;
    rows.iter().map(|row| row.get(0)).collect()
}

/// Other addresses of a service.
pub(in crate::records) async fn set_addresses(
    tx: &mut Tx,
    account: AccountId,
    _: &Permit<'_, ConfigureDesk>,
    service: ServiceId,
    addresses: &[String],
) -> Result<()> {
    let sql = "DELETE FROM service_desk_mail_addresses WHERE account = $1 AND service = $2";
    let values = [account.0.into(), number(service).into()];
    tx.execute(sql, values).await?;
    // Whoever had it is gone: the act has seen to that.
    let free = "DELETE FROM service_desk_mail_addresses WHERE account = $1 AND address = $2";
    let sql = "INSERT INTO service_desk_mail_addresses (account, address, service, place) VALUES ($1, $2, $3, $4)";
    for (place, address) in (0_i64..).zip(addresses) {
        tx.execute(free, [account.0.into(), address.as_str().into()])
            .await?;
        let values = [
            account.0.into(),
            address.as_str().into(),
            number(service).into(),
            place.into(),
        ];
        tx.execute(sql, values).await?;
    }
    Ok(())
}

/// Takes note of a mail by the hash of its id; whether it was not here before.
pub(in crate::records) async fn is_new_mail<P: Keeps>(
    tx: &mut Tx,
    account: AccountId,
    _: &Permit<'_, P>,
    known: &str,
) -> Result<bool> {
    let sql = "INSERT INTO service_desk_mails_known (account, mail) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING mail";
    let row = tx.fetch_optional(sql, [account.0.into(), known.into()]);
    Ok(row.await?.is_some())
}

/// Counts one more of what mails do, and tells how many there are within the hour that began with the first one.
pub(in crate::records) async fn count_mails(
    tx: &mut Tx,
    account: AccountId,
    _: &Permit<'_, CreateRecord>,
    what: &str,
    now: Moment,
) -> Result<i64> {
    let over = now.0.saturating_sub(COUNTED_MS);
    let sql = "DELETE FROM service_desk_mail_counts WHERE account = $1 AND began_at <= $2";
    tx.execute(sql, [account.0.into(), over.into()]).await?;
    let sql = "INSERT INTO service_desk_mail_counts (account, what, began_at, count) VALUES ($1, $2, $3, 1) \
               ON CONFLICT (account, what) DO UPDATE SET count = service_desk_mail_counts.count + 1 RETURNING count";
    let values = [account.0.into(), what.into(), now.0.into()];
    let row = tx.fetch_optional(sql, values).await?;
    row.ok_or(LedgerError::Unknown("count"))?.get(0)
}

/// A mail on its way to a record.
pub(in crate::records) struct NewMail {
    pub id: MailId,
    /// Whose address the From shows.
    pub person: Option<PersonId>,
    /// That address, in lower case, where it is nobody's.
    pub address: Option<String>,
    /// The From, where it is nobody's.
    pub sender: String,
    pub copies: String,
    /// Whether it opens the record.
    pub opens: bool,
    pub is_verified: bool,
    pub left_out: i64,
    pub raw: Bytes,
}

/// Keeps a mail for staff, as it came.
pub(in crate::records) async fn keep_mail<P: Keeps>(
    tx: &mut Tx,
    account: AccountId,
    _: &Permit<'_, P>,
    record: i64,
    new: NewMail,
    at: Moment,
) -> Result<()> {
    let person = new.person.map(number);
    let sql = "INSERT INTO service_desk_mails (account, id, record, person, address, at, opened, is_verified, sender, copies, left_out, size) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
    let values = [
        account.0.into(),
        new.id.0.to_string().into(),
        record.into(),
        Value::Int(person),
        Value::Text(new.address.clone()),
        at.0.into(),
        i64::from(new.opens).into(),
        i64::from(new.is_verified).into(),
        new.sender.into(),
        new.copies.into(),
        new.left_out.into(),
        i64::try_from(new.raw.len()).unwrap_or(i64::MAX).into(),
    ];
    tx.execute(sql, values).await?;
    let whose = (person, new.address.as_deref());
    OF_MAILS.write(tx, account, new.id.0, whose, &new.raw).await
}

/// A mail that somebody may have: only the store makes one, of a record that they may read.
#[derive(Debug, Clone)]
pub(in crate::records) struct KeptMail {
    pub id: MailId,
    pub person: Option<PersonId>,
    pub at: Moment,
    pub opened: bool,
    pub is_verified: bool,
    pub sender: String,
    pub copies: String,
    pub left_out: i64,
    pub size: i64,
}

const COLUMNS: &str = "id, person, at, opened, is_verified, sender, copies, left_out, size";

fn read(row: &Row) -> Result<KeptMail> {
    let id = Uuid::try_parse(&row.get::<String>(0)?).map_err(|_| damaged("a mail"))?;
    Ok(KeptMail {
        id: MailId(id),
        person: dense(row.get(1)?),
        at: Moment(row.get(2)?),
        opened: row.get::<i64>(3)? != 0,
        is_verified: row.get::<i64>(4)? != 0,
        sender: row.get(5)?,
        copies: row.get(6)?,
        left_out: row.get(7)?,
        size: row.get(8)?,
    })
}

/// The mails of a record that somebody may read, the newest first.
pub(in crate::records) async fn kept_mails(
    tx: &mut Tx,
    account: AccountId,
    of: &Record,
) -> Result<Vec<KeptMail>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM service_desk_mails WHERE account = $1 AND record = $2 ORDER BY at DESC, id DESC LIMIT $3"
    );
    let most = i64::try_from(MAILS_MAX).unwrap_or(i64::MAX);
    let values = [account.0.into(), of.number.into(), most.into()];
    let rows = tx.fetch_all(AssertSqlSafe(sql), values).await?;
    rows.iter().map(read).collect()
}

/// The mail that opened a record that somebody may read, however many have come since.
pub(in crate::records) async fn opening_mail(
    tx: &mut Tx,
    account: AccountId,
    record: i64,
) -> Result<Option<KeptMail>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM service_desk_mails WHERE account = $1 AND record = $2 AND opened = 1"
    );
    let row = tx.fetch_optional(AssertSqlSafe(sql), [account.0.into(), record.into()]);
    row.await?.as_ref().map(read).transpose()
}

/// One of them; an id of another record's is none.
pub(in crate::records) async fn kept_mail(
    tx: &mut Tx,
    account: AccountId,
    of: &Record,
    id: MailId,
) -> Result<Option<KeptMail>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM service_desk_mails WHERE account = $1 AND record = $2 AND id = $3"
    );
    let values = [account.0.into(), of.number.into(), id.0.to_string().into()];
    let row = tx.fetch_optional(AssertSqlSafe(sql), values).await?;
    row.as_ref().map(read).transpose()
}

/// A piece of a mail, counted from nought; `None` behind its end.
pub(in crate::records) async fn mail_piece(
    tx: &mut Tx,
    account: AccountId,
    of: &KeptMail,
    piece: i64,
) -> Result<Option<Vec<u8>>> {
    OF_MAILS.read(tx, account, of.id.0, piece).await
}

/// Takes every mail of a record along.
pub(super) async fn drop_all(
    tx: &mut Tx,
    account: AccountId,
    _: &Permit<'_, DeleteRecord>,
    record: &Record,
) -> Result<()> {
    for sql in [
        "DELETE FROM service_desk_mail_pieces WHERE account = $1 \
         AND mail IN (SELECT id FROM service_desk_mails WHERE account = $1 AND record = $2)",
        "DELETE FROM service_desk_mails WHERE account = $1 AND record = $2",
    ] {
        tx.execute(sql, [account.0.into(), record.number.into()])
            .await?;
    }
    Ok(())
}

/// The record of a number, by its kind and by what decides who reaches it, for an act that finds its target. It is no answer to anybody.
pub(in crate::records) async fn numbered_facts(
    tx: &mut Tx,
    account: AccountId,
    record: i64,
) -> Result<Option<(RecordId, Kind, RecordFacts)>> {
    let sql = "SELECT id, kind, service, customer, company FROM service_desk_records WHERE account = $1 AND number = $2";
    let row = tx
        .fetch_optional(sql, [account.0.into(), record.into()])
        .await?;
    let Some(row) = row else { return Ok(None) };
    let id = Uuid::try_parse(&row.get::<String>(0)?).map_err(|_| damaged("an id"))?;
    let kind = Kind::of_number(row.get(1)?).ok_or_else(|| damaged("a kind"))?;
    Ok(Some((RecordId(id), kind, facts_of(&row, 2)?)))
}

/// A note of a record that somebody may read: its text, and whether the customer may read it.
pub(in crate::records) async fn said(
    tx: &mut Tx,
    account: AccountId,
    record: i64,
    note: i64,
) -> Result<Option<(String, bool)>> {
    let sql = "SELECT text, is_public FROM service_desk_notes WHERE account = $1 AND record = $2 AND note = $3";
    let values = [account.0.into(), record.into(), note.into()];
    let row = tx.fetch_optional(sql, values).await?;
    let read = |row: Row| Ok((row.get(0)?, row.get::<i64>(1)? != 0));
    row.map(read).transpose()
}
