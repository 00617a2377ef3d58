//! Notes on the cards of customers and companies, for those who see the card.

use access::{CompanyId, Moment, Permit, PersonId, decide::permissions::ManageRecord};
use ledger::{AccountId, Row, Tx, Value};

use super::{Result, damaged, dense, number, person_of};
use crate::records::{
    CardNoteId,
    card_notes::{Card, CardNote},
};

/// Notes on one card that belong to one company.
pub(in crate::records) const CARD_NOTES_MAX: i64 = 100;
/// Notes on one card that are read at once, of whatever companies its customer had: all of a hundred companies, which is far more than
/// anybody has had.
const READ_MAX: i64 = 100 * CARD_NOTES_MAX;

fn columns(of: Card) -> [i64; 2] {
    match of {
        Card::Customer(person) => [number(person), 0],
        Card::Company(company) => [0, number(company)],
    }
}

fn read(row: &Row) -> Result<CardNote> {
    let id: String = row.get(0)?;
    let person = dense::<PersonId>(Some(row.get(1)?)).map(Card::Customer);
    let company = dense::<CompanyId>(Some(row.get(2)?)).map(Card::Company);
    Ok(CardNote {
        id: id
            .parse()
            .map(CardNoteId)
            .map_err(|_| damaged("a note on a card"))?,
        of: person.or(company).ok_or_else(|| damaged("a card"))?,
        company: dense(row.get(3)?),
        author: dense(row.get(4)?),
        at: Moment(row.get(5)?),
        text: row.get(6)?,
    })
}

/// The notes on a card that somebody sees, the newest first; those of companies that they do not see are cut by whoever asks (SD-33).
pub(in crate::records) async fn card_notes(
    tx: &mut Tx,
    account: AccountId,
    of: Card,
) -> Result<Vec<CardNote>> {
    let sql = "SELECT id, person, company, of_company, author, at, text FROM service_desk_card_notes \
               WHERE account = $1 AND person = $2 AND company = $3 ORDER BY at DESC, id LIMIT $4";
    let [person, company] = columns(of);
    let values = [
        account.0.into(),
        person.into(),
        company.into(),
        READ_MAX.into(),
    ];
    let rows = tx.fetch_all(sql, values).await?;
    rows.iter().map(read).collect()
}

/// One of them. Whether whoever asks sees its card is found out by its card.
pub(in crate::records) async fn card_note(
    tx: &mut Tx,
    account: AccountId,
    id: CardNoteId,
) -> Result<Option<CardNote>> {
    let sql = "SELECT id, person, company, of_company, author, at, text FROM service_desk_card_notes WHERE account = $1 AND id = $2";
    let values = [account.0.into(), id.0.to_string().into()];
    let row = tx.fetch_optional(sql, values).await?;
    row.as_ref().map(read).transpose()
}

/// A new note, if the card has room for one more of its company: whether it has.
pub(in crate::records) async fn add_card_note(
    tx: &mut Tx,
    account: AccountId,
    permit: &Permit<'_, ManageRecord>,
    (id, of, of_company): (CardNoteId, Card, Option<CompanyId>),
    text: String,
    at: Moment,
) -> Result<bool> {
    let [person, company] = columns(of);
    let sql = "SELECT COUNT(*) FROM service_desk_card_notes \
               WHERE account = $1 AND person = $2 AND company = $3 AND of_company IS NOT DISTINCT FROM $4";
    let values = [
        account.0.into(),
        person.into(),
        company.into(),
        Value::Int(of_company.map(number)),
    ];
    let row = tx.fetch_optional(sql, values).await?;
    let there: i64 = row.map_or(Ok(0), |row| row.get(0))?;
    if there >= CARD_NOTES_MAX {
        return Ok(false);
    }
    let sql = "INSERT INTO service_desk_card_notes (account, id, person, company, of_company, author, at, text) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    let values = [
        account.0.into(),
        id.0.to_string().into(),
        person.into(),
        company.into(),
        Value::Int(of_company.map(number)),
        Value::Int(person_of(permit.subject())),
        at.0.into(),
        text.into(),
    ];
    tx.execute(sql, values).await?;
    Ok(true)
}

/// It says something else, or nothing any more.
pub(in crate::records) async fn change_card_note(
    tx: &mut Tx,
    account: AccountId,
    _: &Permit<'_, ManageRecord>,
    note: &CardNote,
    text: Option<String>,
) -> Result<()> {
    let id = || note.id.0.to_string();
    match text {
        Some(text) => {
            let sql = "UPDATE service_desk_card_notes SET text = $3 WHERE account = $1 AND id = $2";
            tx.execute(sql, [account.0.into(), id().into(), text.into()])
                .await?;
        }
        None => {
            let sql = "DELETE FROM service_desk_card_notes WHERE account = $1 AND id = $2";
            tx.execute(sql, [account.0.into(), id().into()]).await?;
        }
    }
    Ok(())
}
