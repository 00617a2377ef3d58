//! Who is told of what happens, and what they were told.

use super::{SliceTable, rows_of};
use crate::dialect::Column;

pub(super) const SUBSCRIPTIONS: SliceTable = SliceTable {
    typed: &["name", "url"],
    ..rows_of(
        "event_subscriptions",
        &[
            ("account", Column::Int),
            ("id", Column::Text),
            ("connection", Column::Int),
            ("form", Column::Int),
            ("name", Column::Text),
            ("url", Column::Text),
            ("url_mark", Column::Text),
            ("kinds", Column::Text),
            ("secrets", Column::Blob),
            ("stage", Column::Int),
            ("position", Column::Text),
            ("epoch", Column::Int),
            ("revision", Column::Int),
            ("made_at", Column::Int),
            ("resumed_at", Column::Int),
            ("failing_since", Column::Int),
            ("failure", Column::Text),
            ("worker", Column::Text),
            ("beat_at", Column::Int),
        ],
        "ON CONFLICT (account, id) DO UPDATE SET name = excluded.name, url = excluded.url",
    )
};

pub(super) const DELIVERIES: SliceTable = rows_of(
    "event_deliveries",
    &[
        ("account", Column::Int),
        ("subscription", Column::Text),
        ("event", Column::Text),
        ("position", Column::Text),
        ("expiry", Column::Text),
        ("kind", Column::Text),
        ("at", Column::Int),
        ("came", Column::Int),
        ("attempts", Column::Int),
        ("due_at", Column::Int),
        ("tried_at", Column::Int),
        ("answer", Column::Text),
    ],
    "",
);
