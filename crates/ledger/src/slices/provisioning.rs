//! What directories say of users and groups, and what they asked.

use super::{SliceTable, rows_of};
use crate::dialect::Column;

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
