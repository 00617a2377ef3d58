//! What directories say of users and groups, and what they asked.

use access::{ConnectionId, Dense, PersonId};

use super::{SliceTable, rows_of};
use crate::database::{Tx, Value};
use crate::dialect::Column;
use crate::error::Result;
use crate::log::AccountId;
use crate::profile;

pub(super) const USERS: SliceTable = SliceTable {
    // SD-26: what a directory wrote of a person goes with the person.
    people: &["person"],
    ..rows_of(
        "provisioned_users",
        &[
            ("account", Column::Int),
            ("connection", Column::Int),
            ("person", Column::Int),
            ("user_name", Column::Text),
            ("user_name_folded", Column::Text),
            ("external_id", Column::Text),
            ("attributes", Column::Text),
            ("revision", Column::Int),
            ("created_at", Column::Int),
            ("modified_at", Column::Int),
            ("hidden", Column::Int),
        ],
        "",
    )
};

pub(super) const GROUPS: SliceTable = rows_of(
    "provisioned_groups",
    &[
        ("account", Column::Int),
        ("connection", Column::Int),
        ("provider_group", Column::Int),
        ("display_name_folded", Column::Text),
        ("external_id", Column::Text),
        ("attributes", Column::Text),
        ("members", Column::Text),
        ("revision", Column::Int),
        ("created_at", Column::Int),
        ("modified_at", Column::Int),
    ],
    "",
);

pub(super) const LOG: SliceTable = rows_of(
    "provisioning_log",
    &[
        ("account", Column::Int),
        ("connection", Column::Int),
        ("at", Column::Int),
        ("id", Column::Text),
        ("method", Column::Text),
        ("route", Column::Text),
        ("status", Column::Int),
        ("code", Column::Text),
        ("reason", Column::Text),
        ("person", Column::Int),
        ("provider_group", Column::Int),
    ],
    "",
);

/// Who has this external id by the directory of a connection: a sign-in provider may be the same one. Nobody whom the directory deleted.
pub async fn person_of_directory(
    tx: &mut Tx,
    account: AccountId,
    connection: ConnectionId,
    external_id: &str,
) -> Result<Option<PersonId>> {
    let sql = "SELECT person FROM provisioned_users WHERE account = $1 AND connection = $2 AND external_id = $3 AND hidden = 0";
    let values: [Value; 3] = [
        account.0.into(),
        connection.number().into(),
        external_id.into(),
    ];
    let row = tx.fetch_optional(sql, values).await?;
    let number = row.map(|row| profile::number(row.get(0)?)).transpose()?;
    Ok(number.and_then(PersonId::from_number))
}
