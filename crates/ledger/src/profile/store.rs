//! Profiles and addresses in the database. What somebody may see of them is not decided here.

use std::collections::HashMap;

use access::PersonId;

use super::{Kind, Place, Profile, fold_email};
use crate::database::{Row, Tx};
use crate::dialect::{BulkTable, Column, rows_of, wanted};
use crate::error::{LedgerError, Result};
use crate::log::{self, AccountId};
use crate::typed::Identity;

const PROFILE: [(&str, Column); 5] = [
    ("account", Column::Int),
    ("kind", Column::Int),
    ("entity", Column::Int),
    ("version", Column::Int),
    ("fields", Column::Blob),
];

pub(crate) static PROFILES: BulkTable = BulkTable {
    name: "profiles",
    columns: &PROFILE,
    on_conflict: "",
};

/// Versions that are there already, with blanks (SD-26).
pub(crate) static REWRITTEN_PROFILES: BulkTable = BulkTable {
    name: "profiles",
    columns: &PROFILE,
    on_conflict: "ON CONFLICT (account, kind, entity, version) DO UPDATE SET fields = excluded.fields",
};

pub(crate) static EMAILS: BulkTable = BulkTable {
    name: "emails",
    columns: &[
        ("account", Column::Int),
        ("email", Column::Text),
        ("person", Column::Int),
    ],
    on_conflict: "ON CONFLICT (account, email) DO UPDATE SET person = excluded.person",
};

pub(crate) static SEARCH_KEYS: BulkTable = BulkTable {
    name: "search_keys",
    columns: &[
        ("account", Column::Int),
        ("kind", Column::Int),
        ("field", Column::Int),
        ("word", Column::Text),
        ("entity", Column::Int),
    ],
    on_conflict: "ON CONFLICT DO NOTHING",
};

const PLACE: [(&str, Column); 3] = [
    ("account", Column::Int),
    ("kind", Column::Int),
    ("entity", Column::Int),
];
const EMAIL: [(&str, Column); 2] = [("account", Column::Int), ("email", Column::Text)];

/// All versions of a profile, to be deleted.
pub(crate) static PLACES: BulkTable = BulkTable {
    name: "profiles",
    columns: &PLACE,
    on_conflict: "",
};
/// An address, to be deleted.
pub(crate) static EMAIL_KEYS: BulkTable = BulkTable {
    name: "emails",
    columns: &EMAIL,
    on_conflict: "",
};

/// The question of [`read_many`].
pub(crate) fn read_many_text(tx: &Tx) -> String {
    let columns = "p.account, p.kind, p.entity, p.version, p.fields";
    let of = "profiles AS p \
         WHERE p.account = wanted.account AND p.kind = wanted.kind AND p.entity = wanted.entity AND p.version = \
         (SELECT max(version) FROM profiles AS q WHERE q.account = wanted.account AND q.kind = wanted.kind \
         AND q.entity = wanted.entity)";
    let rows = tx.looked_up(&wanted(tx, &PLACE), columns, of);
    format!("SELECT {columns} FROM {rows}")
}

const VERSION: [(&str, Column); 4] = [
    ("account", Column::Int),
    ("kind", Column::Int),
    ("entity", Column::Int),
    ("version", Column::Int),
];

/// The question of [`read_versions`].
pub(crate) fn read_versions_text(tx: &Tx) -> String {
    let columns = "p.kind, p.entity, wanted.version AS until, p.fields";
    let of = "profiles AS p \
         WHERE p.account = wanted.account AND p.kind = wanted.kind AND p.entity = wanted.entity AND p.version = \
         (SELECT max(version) FROM profiles AS q WHERE q.account = wanted.account AND q.kind = wanted.kind \
         AND q.entity = wanted.entity AND q.version <= wanted.version)";
    let rows = tx.looked_up(&wanted(tx, &VERSION), columns, of);
    format!("SELECT p.kind, p.entity, p.until, p.fields FROM {rows}")
}

/// The question of [`read_emails`].
pub(crate) fn read_emails_text(tx: &Tx) -> String {
    let columns = "p.account, p.email, p.person";
    let of = "emails AS p WHERE p.account = wanted.account AND p.email = wanted.email";
    let rows = tx.looked_up(&wanted(tx, &EMAIL), columns, of);
    format!("SELECT {columns} FROM {rows}")
}

/// The present profiles of some places.
pub async fn read_many(
    tx: &mut Tx,
    places: impl Iterator<Item = (AccountId, Place)>,
) -> Result<Vec<((AccountId, Place), u64, Profile)>> {
    let asked: Vec<_> = places
        .map(|(account, place)| (account.0, place.kind as u8, place.entity))
        .collect();
    if asked.is_empty() {
        return Ok(Vec::new());
    }
    let sql = read_many_text(tx);
    let mut found = Vec::with_capacity(asked.len());
    tx.for_each(sqlx::AssertSqlSafe(sql), [rows_of(&asked)?], |row| {
        let place = place_from(row.get(1)?, row.get(2)?)?;
        let fields: Vec<u8> = row.get(4)?;
        found.push((
            (AccountId(row.get(0)?), place),
            log::position(&row, 3)?,
            Profile::decode(&fields)?,
        ));
        Ok(())
    })
    .await?;
    Ok(found)
}

/// Some profiles as they stood at positions of the log; those that are erased, or were not written yet, are absent.
pub async fn read_versions(
    tx: &mut Tx,
    account: AccountId,
    versions: impl Iterator<Item = (Place, u64)>,
) -> Result<HashMap<(Place, u64), Profile>> {
    let asked: Vec<_> = versions
        .map(|(place, position)| (account.0, place.kind as u8, place.entity, position))
        .collect();
    let mut found = HashMap::new();
    if asked.is_empty() {
        return Ok(found);
    }
    let sql = read_versions_text(tx);
    tx.for_each(sqlx::AssertSqlSafe(sql), [rows_of(&asked)?], |row| {
        let place = place_from(row.get(0)?, row.get(1)?)?;
        let fields: Vec<u8> = row.get(3)?;
        found.insert((place, log::position(&row, 2)?), Profile::decode(&fields)?);
        Ok(())
    })
    .await?;
    Ok(found)
}

/// SD-26: every address that a person had, as addresses are compared: what stands under one of them goes with them.
pub async fn addresses_of(
    tx: &mut Tx,
    account: AccountId,
    person: PersonId,
) -> Result<Vec<String>> {
    let versions = all_versions(tx, account, Place::of(person)).await?;
    Ok(Identity::of(versions.iter()).addresses().collect())
}

/// Every version of a profile that is written.
pub(crate) async fn all_versions(
    tx: &mut Tx,
    account: AccountId,
    place: Place,
) -> Result<Vec<Profile>> {
    let sql = "SELECT fields FROM profiles WHERE account = $1 AND kind = $2 AND entity = $3";
    let values = [
        account.0.into(),
        i64::from(place.kind as u8).into(),
        place.entity.into(),
    ];
    let rows = tx.fetch_all(sql, values).await?;
    let read = |row: &Row| Profile::decode(&row.get::<Vec<u8>>(0)?);
    rows.iter().map(read).collect()
}

/// The holders of some addresses.
pub async fn read_emails(
    tx: &mut Tx,
    emails: impl Iterator<Item = (AccountId, String)>,
) -> Result<Vec<((AccountId, String), u32)>> {
    let asked: Vec<_> = emails.map(|(account, email)| (account.0, email)).collect();
    if asked.is_empty() {
        return Ok(Vec::new());
    }
    let sql = read_emails_text(tx);
    let mut found = Vec::new();
    tx.for_each(sqlx::AssertSqlSafe(sql), [rows_of(&asked)?], |row| {
        found.push(((AccountId(row.get(0)?), row.get(1)?), number(row.get(2)?)?));
        Ok(())
    })
    .await?;
    Ok(found)
}

/// The profile as it stood at a position of the log; as it stands now for the position of the head. `None`: erased, or
/// never written.
pub async fn read_at(
    tx: &mut Tx,
    account: AccountId,
    place: Place,
    position: u64,
) -> Result<Option<Profile>> {
    let row = tx
        .fetch_optional(
            "SELECT fields FROM profiles WHERE account = $1 AND kind = $2 AND entity = $3 AND version <= $4 \
             ORDER BY version DESC LIMIT 1",
            [account.0.into(), i64::from(place.kind as u8).into(), place.entity.into(), log::column(position)],
        )
        .await?;
    row.map(|row| Profile::decode(&row.get::<Vec<u8>>(0)?))
        .transpose()
}

/// The person who has the address.
pub async fn person_of_email(
    tx: &mut Tx,
    account: AccountId,
    address: &str,
) -> Result<Option<u32>> {
    let row = tx
        .fetch_optional(
            "SELECT person FROM emails WHERE account = $1 AND email = $2",
            [account.0.into(), fold_email(address).into()],
        )
        .await?;
    row.map(|row| number(row.get(0)?)).transpose()
}

pub(crate) fn place_from(kind: i64, entity: i64) -> Result<Place> {
    const KINDS: [Kind; 15] = [
        Kind::Person,
        Kind::Role,
        Kind::Group,
        Kind::UserGroup,
        Kind::DeviceGroup,
        Kind::Device,
        Kind::Company,
        Kind::Service,
        Kind::Queue,
        Kind::Licence,
        Kind::Connection,
        Kind::Token,
        Kind::Product,
        Kind::Thing,
        Kind::ProviderGroup,
    ];
    let kind = KINDS
        .into_iter()
        .find(|known| i64::from(*known as u8) == kind);
    let kind = kind.ok_or_else(|| LedgerError::Damaged("a profile of an unknown kind".into()))?;
    Ok(Place {
        kind,
        entity: number(entity)?,
    })
}

/// Numbers that came in one row ([`Tx::many`]).
pub(crate) fn numbers_in(row: &Row, index: usize) -> Result<Vec<u32>> {
    let text: Option<String> = row.get(index)?;
    let text = text.unwrap_or_default();
    let numbers = text.split(',').filter(|text| !text.is_empty());
    numbers
        .map(|text| {
            let parsed = text
                .parse()
                .map_err(|_| LedgerError::Damaged("a list of ids cannot be read".into()))?;
            number(parsed)
        })
        .collect()
}

pub(crate) fn number(entity: i64) -> Result<u32> {
    u32::try_from(entity).map_err(|_| LedgerError::Damaged("an id is out of range".into()))
}
