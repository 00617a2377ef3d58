//! Moving a record to another service, and merging one into another: the right is needed on both sides (SD-38).

use access::{Dense, Moment, PermissionType, Permit, ServiceId, decide::permissions::ManageRecord};
use ledger::{AccountId, Tx, add_words, move_words, take_words};

use super::{Result, feed, indexed, touch};
use crate::records::{Content, Record, links::Relation};

/// A record belongs to another service from now on: the second permit is of it as it is there.
pub(in crate::records) async fn move_to(
    tx: &mut Tx,
    account: AccountId,
    [_, there]: [&Permit<'_, ManageRecord>; 2],
    record: &Record,
    at: Moment,
) -> Result<()> {
    let there = there.on();
    let service: ServiceId = there.service;
    let before = record.facts();
    // Those are told who will see it no more; where it has another customer by now, they have been: whoever sees that customer here never
    // saw this record.
    if (before.customer, before.company) == (there.customer, there.company) {
        feed::tell(tx, account, &[record.number], at).await?;
    }
    let sql = "UPDATE service_desk_records SET service = $3 WHERE account = $1 AND number = $2";
    let values = [
        account.0.into(),
        record.number.into(),
        service.number().into(),
    ];
    tx.execute(sql, values).await?;
    move_words(tx, indexed(account, record.number, service)).await
}

/// Notes and files of a record are those of another one from now on; internal, where that is asked for.
pub(in crate::records) async fn hand_over(
    tx: &mut Tx,
    account: AccountId,
    _: [&Permit<'_, ManageRecord>; 2],
    from: &Record,
    to: &Record,
    internal: bool,
    at: Moment,
) -> Result<()> {
    let last =
        "SELECT COALESCE(MAX(note), 0) FROM service_desk_notes WHERE account = $1 AND record = $2";
    let row = tx
        .fetch_optional(last, [account.0.into(), to.number.into()])
        .await?;
    let last: i64 = row.map_or(Ok(0), |row| row.get(0))?;
    let mut said = String::new();
    let texts = "SELECT text FROM service_desk_notes WHERE account = $1 AND record = $2";
    let values = [account.0.into(), from.number.into()];
    tx.for_each(texts, values, |row| {
        said.push(' ');
        said.push_str(&row.get::<String>(0)?);
        Ok(())
    })
    .await?;
    let public = if internal { "0" } else { "is_public" };
    let notes = format!(
        "UPDATE service_desk_notes SET record = $3, note = note + $4, is_public = {public} WHERE account = $1 AND record = $2"
    );
    let values = [
        account.0.into(),
        from.number.into(),
        to.number.into(),
        last.into(),
    ];
    tx.execute(ledger::AssertSqlSafe(notes), values).await?;
    let files = format!(
        "UPDATE service_desk_attachments SET record = $3, is_public = {public} WHERE account = $1 AND record = $2"
    );
    let values = [account.0.into(), from.number.into(), to.number.into()];
    tx.execute(ledger::AssertSqlSafe(files), values).await?;
    // What opened the other record did not open this one.
    let mails =
        "UPDATE service_desk_mails SET record = $3, opened = 0 WHERE account = $1 AND record = $2";
    let values = [account.0.into(), from.number.into(), to.number.into()];
    tx.execute(mails, values).await?;
    if !internal {
        // The customer still waits for an answer, and reads more than before.
        let sql = "UPDATE service_desk_records SET told_at = $4, answered_at = COALESCE(answered_at, \
                   (SELECT f.answered_at FROM service_desk_records AS f WHERE f.account = $1 AND f.number = $2)) \
                   WHERE account = $1 AND number = $3";
        let values = [
            account.0.into(),
            from.number.into(),
            to.number.into(),
            at.0.into(),
        ];
        tx.execute(sql, values).await?;
    }
    take_words(tx, account, from.number, &said).await?;
    add_words(tx, indexed(account, to.number, to.service), &said).await?;
    touch(tx, account, to, at).await
}

/// SD-32: what customers read of a record that is given to another customer or company becomes internal; whether there was any.
pub(in crate::records) async fn keep_from_others(
    tx: &mut Tx,
    account: AccountId,
    _: &Permit<'_, ManageRecord>,
    record: &Record,
    content: &Content,
) -> Result<bool> {
    let before = &record.content;
    let is_taken = before.customer.is_some() && before.customer != content.customer;
    if !is_taken && (before.company.is_none() || before.company == content.company) {
        return Ok(false);
    }
    let mut made = 0;
    for sql in [
        "UPDATE service_desk_notes SET is_public = 0 WHERE account = $1 AND record = $2 AND is_public = 1",
        "UPDATE service_desk_attachments SET is_public = 0 WHERE account = $1 AND record = $2 AND is_public = 1",
    ] {
        made += tx
            .execute(sql, [account.0.into(), record.number.into()])
            .await?;
    }
    Ok(made > 0)
}

/// Whether a record was merged into another one, whoever sees that.
pub(in crate::records) async fn is_merged<P: PermissionType>(
    tx: &mut Tx,
    account: AccountId,
    _: &Permit<'_, P>,
    record: &Record,
) -> Result<bool> {
    let sql = "SELECT 1 FROM service_desk_links WHERE account = $1 AND record = $2 AND relation = $3 LIMIT 1";
    let (relation, _) = Relation::MergedInto.stored();
    let values = [account.0.into(), record.number.into(), relation.into()];
    Ok(tx.fetch_optional(sql, values).await?.is_some())
}
