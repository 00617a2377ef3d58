//! What services give their records, in rows: it is read by whoever configures the service and by whoever works on it.

use access::{Dense, GroupId, Permit, ServiceId, decide::permissions::ConfigureDesk};
use ledger::{AccountId, Row, Tx, Value};
use uuid::Uuid;

use super::{Result, damaged, deadlines::read_targets, dense, number, statement::Statement};
use crate::records::{
    CategoryId,
    presets::{Category, ENTRIES_MAX, Presets, TextModule},
    targets::Targets,
};

/// The numbers of the lists in their rows; they keep them for ever.
const CATEGORIES: i64 = 1;
const MODULES: i64 = 2;

fn id_of(row: &Row) -> Result<Uuid> {
    let id: String = row.get(0)?;
    Uuid::try_parse(&id).map_err(|_| damaged("the id of a preset"))
}

/// What a service gives its records; nothing, where it says nothing. It is no answer to anybody: whoever shows it has a guard.
pub(in crate::records) async fn presets(
    tx: &mut Tx,
    account: AccountId,
    service: ServiceId,
) -> Result<Presets> {
    let sql = "SELECT default_group, signature FROM service_desk_presets WHERE account = $1 AND service = $2";
    let of = || [account.0.into(), number(service).into()];
    let mut presets = Presets::default();
    if let Some(row) = tx.fetch_optional(sql, of()).await? {
        presets.default_group = dense(row.get(0)?);
        presets.signature = row.get(1)?;
    }
    let sql = "SELECT id, list, name, text FROM service_desk_entries WHERE account = $1 AND service = $2 ORDER BY list, place LIMIT $3";
    let most = i64::try_from(2 * ENTRIES_MAX).unwrap_or(i64::MAX);
    let [account, service] = of();
    for row in tx.fetch_all(sql, [account, service, most.into()]).await? {
        let (id, name) = (id_of(&row)?, row.get(2)?);
        match row.get::<i64>(1)? {
            CATEGORIES => presets.categories.push(Category {
                id: CategoryId(id),
                name,
            }),
            _ => presets.modules.push(TextModule {
                id,
                name,
                text: row.get(3)?,
            }),
        }
    }
    Ok(presets)
}

/// What a service gives a record that is opened in it.
pub(in crate::records) struct Given {
    /// Who gets it where it is given to nobody.
    pub default_group: Option<GroupId>,
    pub targets: Targets,
}

/// The same of everything that opening a record needs, in one statement. It is no answer to anybody.
pub(in crate::records) async fn given(
    tx: &mut Tx,
    account: AccountId,
    service: ServiceId,
) -> Result<Given> {
    let sql = "SELECT (SELECT default_group FROM service_desk_presets WHERE account = $1 AND service = $2), \
               (SELECT settings FROM service_desk_targets WHERE account = $1 AND service = $2)";
    let row = tx
        .fetch_optional(sql, [account.0.into(), number(service).into()])
        .await?;
    let row = row.ok_or_else(|| damaged("a service"))?;
    Ok(Given {
        default_group: dense(row.get(0)?),
        targets: read_targets(&row, 1)?,
    })
}

/// Writes what a service gives, in the place of what it gave.
pub(in crate::records) async fn write_presets(
    tx: &mut Tx,
    account: AccountId,
    _: &Permit<'_, ConfigureDesk>,
    service: ServiceId,
    presets: Presets,
) -> Result<()> {
    let Presets {
        default_group,
        categories,
        modules,
        signature,
    } = presets;
    let sql = "INSERT INTO service_desk_presets (account, service, default_group, signature) VALUES ($1, $2, $3, $4) \
               ON CONFLICT (account, service) DO UPDATE SET default_group = excluded.default_group, signature = excluded.signature";
    let values = [
        account.0.into(),
        number(service).into(),
        Value::Int(default_group.map(number)),
        signature.into(),
    ];
    tx.execute(sql, values).await?;
    let gone = "DELETE FROM service_desk_entries WHERE account = $1 AND service = $2";
    tx.execute(gone, [account.0.into(), number(service).into()])
        .await?;
    let categories = categories
        .into_iter()
        .map(|one| (CATEGORIES, one.id.0, one.name, String::new()));
    let modules = modules
        .into_iter()
        .map(|one| (MODULES, one.id, one.name, one.text));
    let sql = "INSERT INTO service_desk_entries (account, service, list, id, place, name, text) VALUES ($1, $2, $3, $4, $5, $6, $7)";
    for (place, (list, id, name, text)) in (1_i64..).zip(categories.chain(modules)) {
        let values = [
            account.0.into(),
            number(service).into(),
            list.into(),
            id.to_string().into(),
            place.into(),
            name.into(),
            text.into(),
        ];
        tx.execute(sql, values).await?;
    }
    Ok(())
}

/// The categories of some services that somebody works on, with their names.
pub(in crate::records) async fn categories(
    tx: &mut Tx,
    account: AccountId,
    services: &[ServiceId],
) -> Result<Vec<Category>> {
    let mut wanted = Statement::new("SELECT id, name FROM service_desk_entries WHERE TRUE");
    wanted.and("account", account.0);
    wanted.and("list", CATEGORIES);
    wanted.and_among("service", services.iter().map(|one| one.number()));
    wanted.sql += " ORDER BY service, place";
    let rows = wanted.fetch(tx).await?;
    let category = |row: &Row| {
        Ok(Category {
            id: CategoryId(id_of(row)?),
            name: row.get(1)?,
        })
    };
    rows.iter().map(category).collect()
}
