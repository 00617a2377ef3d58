//! Rows of the lists, and of who has which skill, in a transaction of the ledger. Whoever writes has the permit of that act; whoever reads
//! came through the guard of the list.

use access::{
    Dense, Permit, PersonId,
    decide::permissions::{EditSkills, ViewSkills},
    event::ContactCentreList,
};
use ledger::{AccountId, LedgerError, Row, Tx};
use uuid::Uuid;

use super::{Entry, List, Skills};

type Result<T> = std::result::Result<T, LedgerError>;

/// Entries of a list. A page shows them all.
pub(crate) const ENTRIES_MAX: usize = 200;

/// The number of a list in its rows; it keeps it for ever.
fn number(list: ContactCentreList) -> i64 {
    match list {
        ContactCentreList::PauseReasons => 1,
        ContactCentreList::Skills => 2,
        ContactCentreList::PrerecordedMessages => 3,
        ContactCentreList::PrewrittenMessages => 4,
    }
}

fn entry(row: &Row) -> Result<Entry> {
    let id: String = row.get(0)?;
    let id = Uuid::try_parse(&id);
    Ok(Entry {
        id: id.map_err(|error| LedgerError::Damaged(format!("the id of an entry: {error}")))?,
        name: row.get(1)?,
        text: row.get(2)?,
    })
}

/// All of a list, in the order of their names, for whoever reads it.
pub(super) async fn read<K: List>(tx: &mut Tx, reader: &K::Reader) -> Result<Vec<Entry>> {
    all(tx, reader.account.id(), K::LIST).await
}

/// The same for whoever changes it.
pub(crate) async fn entries<K: List>(
    tx: &mut Tx,
    account: AccountId,
    _: &Permit<'_, K::Edit>,
) -> Result<Vec<Entry>> {
    all(tx, account, K::LIST).await
}

async fn all(tx: &mut Tx, account: AccountId, list: ContactCentreList) -> Result<Vec<Entry>> {
    let sql = "SELECT id, name, text FROM contact_centre_entries WHERE account = $1 AND list = $2";
    let rows = tx
        .fetch_all(sql, [account.0.into(), number(list).into()])
        .await?;
    by_name(&rows)
}

fn by_name(rows: &[Row]) -> Result<Vec<Entry>> {
    let mut entries = rows.iter().map(entry).collect::<Result<Vec<_>>>()?;
    entries.sort_by_cached_key(|entry| (ledger::fold(&entry.name), entry.id));
    Ok(entries)
}

/// Writes an entry, in the place of the one with its id.
pub(super) async fn write<K: List>(
    tx: &mut Tx,
    account: AccountId,
    _: &Permit<'_, K::Edit>,
    entry: Entry,
) -> Result<()> {
    let values = [
        account.0.into(),
        number(K::LIST).into(),
        entry.id.to_string().into(),
        entry.name.into(),
        entry.text.into(),
    ];
    let sql = "INSERT INTO contact_centre_entries (account, list, id, name, text) VALUES ($1, $2, $3, $4, $5) \
               ON CONFLICT (account, list, id) DO UPDATE SET name = excluded.name, text = excluded.text";
    tx.execute(sql, values).await?;
    Ok(())
}

/// Takes an entry away, from everybody who has it too; false where there was none.
pub(super) async fn remove<K: List>(
    tx: &mut Tx,
    account: AccountId,
    _: &Permit<'_, K::Edit>,
    id: Uuid,
) -> Result<bool> {
    let sql = "DELETE FROM contact_centre_entries WHERE account = $1 AND list = $2 AND id = $3";
    let values = [
        account.0.into(),
        number(K::LIST).into(),
        id.to_string().into(),
    ];
    let removed = tx.execute(sql, values).await?;
    if K::LIST == ContactCentreList::Skills {
        let sql = "DELETE FROM contact_centre_skills WHERE account = $1 AND skill = $2";
        let values = [account.0.into(), id.to_string().into()];
        tx.execute(sql, values).await?;
    }
    Ok(removed > 0)
}

/// Some of the people who have a skill, in the order of their numbers: those after a number, so many at most.
pub(crate) async fn holders(
    tx: &mut Tx,
    reader: &<Skills as List>::Reader,
    skill: Uuid,
    after: u32,
    most: usize,
) -> Result<Vec<PersonId>> {
    let sql = "SELECT person FROM contact_centre_skills WHERE account = $1 AND skill = $2 AND person > $3 \
               ORDER BY person LIMIT $4";
    let values = [
        reader.account.id().0.into(),
        skill.to_string().into(),
        after.into(),
        i64::try_from(most).unwrap_or(i64::MAX).into(),
    ];
    let rows = tx.fetch_all(sql, values).await?;
    rows.iter()
        .map(|row| {
            let person = u32::try_from(row.get::<i64>(0)?).ok();
            person
                .and_then(PersonId::from_number)
                .ok_or_else(|| LedgerError::Damaged("somebody with a skill has no number".into()))
        })
        .collect()
}

/// The skills of somebody, in the order of their names.
pub(crate) async fn skills_of(
    tx: &mut Tx,
    account: AccountId,
    _: &Permit<'_, ViewSkills>,
    person: PersonId,
) -> Result<Vec<Entry>> {
    let sql = "SELECT e.id, e.name, e.text FROM contact_centre_skills AS s JOIN contact_centre_entries AS e \
               ON e.account = s.account AND e.list = $3 AND e.id = s.skill WHERE s.account = $1 AND s.person = $2";
    let values = [
        account.0.into(),
        person.number().into(),
        number(ContactCentreList::Skills).into(),
    ];
    by_name(&tx.fetch_all(sql, values).await?)
}

/// All skills, for whoever may see them.
pub(crate) async fn skills(
    tx: &mut Tx,
    account: AccountId,
    _: &Permit<'_, ViewSkills>,
) -> Result<Vec<Entry>> {
    all(tx, account, ContactCentreList::Skills).await
}

/// How many have each skill; the entries of other lists are nobody's.
pub(super) async fn counts<K: List>(tx: &mut Tx, reader: &K::Reader) -> Result<Vec<(Uuid, i64)>> {
    if K::LIST != ContactCentreList::Skills {
        return Ok(Vec::new());
    }
    let sql = "SELECT skill, COUNT(*) FROM contact_centre_skills WHERE account = $1 GROUP BY skill";
    let rows = tx.fetch_all(sql, [reader.account.id().0.into()]).await?;
    rows.iter()
        .map(|row| {
            let skill = Uuid::try_parse(&row.get::<String>(0)?);
            let skill =
                skill.map_err(|error| LedgerError::Damaged(format!("the id of a skill: {error}")));
            Ok((skill?, row.get(1)?))
        })
        .collect()
}

/// Gives somebody a skill; false where they have it.
pub(crate) async fn give(
    tx: &mut Tx,
    account: AccountId,
    _: &Permit<'_, EditSkills>,
    skill: Uuid,
    person: PersonId,
) -> Result<bool> {
    let sql = "INSERT INTO contact_centre_skills (account, skill, person) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
    let values = [
        account.0.into(),
        skill.to_string().into(),
        person.number().into(),
    ];
    Ok(tx.execute(sql, values).await? > 0)
}

/// Takes it away; false where they do not have it.
pub(crate) async fn take(
    tx: &mut Tx,
    account: AccountId,
    _: &Permit<'_, EditSkills>,
    skill: Uuid,
    person: PersonId,
) -> Result<bool> {
    let sql = "DELETE FROM contact_centre_skills WHERE account = $1 AND skill = $2 AND person = $3";
    let values = [
        account.0.into(),
        skill.to_string().into(),
        person.number().into(),
    ];
    Ok(tx.execute(sql, values).await? > 0)
}
