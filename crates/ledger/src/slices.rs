//! Tables of product slices. Their statements stand in the slices; what the ledger has to know of them stands here: what a backup
//! holds, what others typed in them (SD-26), and whose rows go with a person.

mod events;
mod provisioning;
mod sign_in_providers;

pub use self::provisioning::person_of_directory;
pub(crate) use self::sign_in_providers::own_means;
pub use self::sign_in_providers::{OwnMeans, Shut, bound_as, is_break_glass};

use sqlx::AssertSqlSafe;

use crate::database::{Row, Tx, Value};
use crate::dialect::{Bulk, BulkTable, Column};
use crate::error::{LedgerError, Result};
use crate::log::AccountId;
use crate::typed::Identity;
use crate::words::{self, Blanked};

/// A table whose rows are settings or records of a slice. Its first column is the account, and a row that is written again takes
/// the place of the one with its key.
pub(crate) struct SliceTable {
    pub rows: BulkTable,
    /// Columns in which people type.
    typed: &'static [&'static str],
    /// The columns of people who take the row along.
    people: &'static [&'static str],
    /// The column of an address, in lower case, whose person takes the row along: nobody knew whose it was when the row was written.
    address: Option<&'static str>,
}

/// A table in which nobody types, and whose rows go with nobody: what is otherwise is said beside it.
const fn rows_of(
    name: &'static str,
    columns: &'static [(&'static str, Column)],
    on_conflict: &'static str,
) -> SliceTable {
    SliceTable {
        rows: BulkTable {
            name,
            columns,
            on_conflict,
        },
        typed: &[],
        people: &[],
        address: None,
    }
}

/// All of them.
pub(crate) static TABLES: [SliceTable; 32] = [
    SliceTable {
        typed: &["name", "text"],
        ..rows_of(
            "contact_centre_entries",
            &[
                ("account", Column::Int),
                ("list", Column::Int),
                ("id", Column::Text),
                ("name", Column::Text),
                ("text", Column::Text),
            ],
            "ON CONFLICT (account, list, id) DO UPDATE SET name = excluded.name, text = excluded.text",
        )
    },
    SliceTable {
        people: &["person"],
        ..rows_of(
            "contact_centre_skills",
            &[
                ("account", Column::Int),
                ("skill", Column::Text),
                ("person", Column::Int),
            ],
            "",
        )
    },
    SliceTable {
        typed: &["title", "description"],
        ..rows_of(
            "service_desk_records",
            &[
                ("account", Column::Int),
                ("number", Column::Int),
                ("id", Column::Text),
                ("kind", Column::Int),
                ("service", Column::Int),
                ("customer", Column::Int),
                ("company", Column::Int),
                ("title", Column::Text),
                ("description", Column::Text),
                ("priority", Column::Int),
                ("status", Column::Int),
                ("reason", Column::Int),
                ("assignee_user", Column::Int),
                ("assignee_group", Column::Int),
                ("is_common", Column::Int),
                ("is_interesting", Column::Int),
                ("opened_at", Column::Int),
                ("changed_at", Column::Int),
                ("revision", Column::Int),
                ("answered_at", Column::Int),
                ("due_at", Column::Int),
                ("due_is_set", Column::Int),
                ("target_at", Column::Int),
                ("warn_at", Column::Int),
                ("respond_by", Column::Int),
                ("warn_response_at", Column::Int),
                ("responded_at", Column::Int),
                ("waiting_since", Column::Int),
                ("stood", Column::Int),
                ("resolved_at", Column::Int),
                ("closed_at", Column::Int),
                ("told_at", Column::Int),
                ("category", Column::Text),
            ],
            "ON CONFLICT (account, number) DO UPDATE SET title = excluded.title, description = excluded.description, \
             revision = excluded.revision + 1",
        )
    },
    rows_of(
        "service_desk_numbers",
        &[
            ("account", Column::Int),
            ("last", Column::Int),
            ("last_change", Column::Int),
        ],
        "",
    ),
    SliceTable {
        typed: &["text"],
        ..rows_of(
            "service_desk_notes",
            &[
                ("account", Column::Int),
                ("record", Column::Int),
                ("note", Column::Int),
                ("author", Column::Int),
                ("at", Column::Int),
                ("is_public", Column::Int),
                ("text", Column::Text),
                ("by_customer", Column::Int),
            ],
            "ON CONFLICT (account, record, note) DO UPDATE SET text = excluded.text",
        )
    },
    SliceTable {
        rows: words::ROWS,
        // They follow what is typed in the records and their notes.
        typed: &[],
        people: &[],
        address: None,
    },
    rows_of(
        "service_desk_history",
        &[
            ("account", Column::Int),
            ("record", Column::Int),
            ("entry", Column::Int),
            ("at", Column::Int),
            ("actor", Column::Int),
            ("change", Column::Text),
        ],
        "",
    ),
    SliceTable {
        people: &["person"],
        ..rows_of(
            "service_desk_watchers",
            &[
                ("account", Column::Int),
                ("record", Column::Int),
                ("person", Column::Int),
            ],
            "",
        )
    },
    SliceTable {
        typed: &["tag"],
        ..rows_of(
            "service_desk_tags",
            &[
                ("account", Column::Int),
                ("record", Column::Int),
                ("place", Column::Int),
                ("tag", Column::Text),
            ],
            "ON CONFLICT (account, record, place) DO UPDATE SET tag = excluded.tag",
        )
    },
    SliceTable {
        typed: &["name"],
        // SD-26: a person's own uploads go with them, and others' stay.
        people: &["author"],
        address: Some("address"),
        ..rows_of(
            "service_desk_attachments",
            &[
                ("account", Column::Int),
                ("id", Column::Text),
                ("record", Column::Int),
                ("author", Column::Int),
                ("address", Column::Text),
                ("at", Column::Int),
                ("is_public", Column::Int),
                ("name", Column::Text),
                ("media", Column::Text),
                ("size", Column::Int),
                ("by_customer", Column::Int),
            ],
            "ON CONFLICT (account, id) DO UPDATE SET name = excluded.name",
        )
    },
    SliceTable {
        people: &["author"],
        address: Some("address"),
        ..rows_of(
            "service_desk_attachment_pieces",
            &[
                ("account", Column::Int),
                ("attachment", Column::Text),
                ("piece", Column::Int),
                ("author", Column::Int),
                ("address", Column::Text),
                ("bytes", Column::Blob),
            ],
            "",
        )
    },
    rows_of(
        "service_desk_links",
        &[
            ("account", Column::Int),
            ("record", Column::Int),
            ("relation", Column::Int),
            ("other", Column::Int),
        ],
        "",
    ),
    rows_of(
        "service_desk_targets",
        &[
            ("account", Column::Int),
            ("service", Column::Int),
            ("settings", Column::Text),
        ],
        "",
    ),
    SliceTable {
        typed: &["name"],
        ..rows_of(
            "service_desk_portal",
            &[
                ("account", Column::Int),
                ("name", Column::Text),
                ("colour", Column::Text),
                ("logo", Column::Blob),
                ("media", Column::Text),
                ("revision", Column::Int),
            ],
            "ON CONFLICT (account) DO UPDATE SET name = excluded.name, revision = service_desk_portal.revision + 1",
        )
    },
    SliceTable {
        address: Some("address"),
        ..rows_of(
            "service_desk_mail_addresses",
            &[
                ("account", Column::Int),
                ("address", Column::Text),
                ("service", Column::Int),
                ("place", Column::Int),
            ],
            "",
        )
    },
    rows_of(
        "service_desk_mails_known",
        &[("account", Column::Int), ("mail", Column::Text)],
        "",
    ),
    rows_of(
        "service_desk_mail_counts",
        &[
            ("account", Column::Int),
            ("what", Column::Text),
            ("began_at", Column::Int),
            ("count", Column::Int),
        ],
        "",
    ),
    SliceTable {
        typed: &["sender", "copies"],
        people: &["person"],
        address: Some("address"),
        ..rows_of(
            "service_desk_mails",
            &[
                ("account", Column::Int),
                ("id", Column::Text),
                ("record", Column::Int),
                ("person", Column::Int),
                ("address", Column::Text),
                ("at", Column::Int),
                ("opened", Column::Int),
                ("is_verified", Column::Int),
                ("sender", Column::Text),
                ("copies", Column::Text),
                ("left_out", Column::Int),
                ("size", Column::Int),
            ],
            "ON CONFLICT (account, id) DO UPDATE SET sender = excluded.sender, copies = excluded.copies",
        )
    },
    SliceTable {
        people: &["person"],
        address: Some("address"),
        ..rows_of(
            "service_desk_mail_pieces",
            &[
                ("account", Column::Int),
                ("mail", Column::Text),
                ("piece", Column::Int),
                ("person", Column::Int),
                ("address", Column::Text),
                ("bytes", Column::Blob),
            ],
            "",
        )
    },
    SliceTable {
        typed: &["name", "words"],
        people: &["owner"],
        ..rows_of(
            "service_desk_queries",
            &[
                ("account", Column::Int),
                ("id", Column::Text),
                ("owner", Column::Int),
                ("name", Column::Text),
                ("question", Column::Text),
                ("words", Column::Text),
            ],
            "ON CONFLICT (account, id) DO UPDATE SET name = excluded.name, words = excluded.words",
        )
    },
    SliceTable {
        people: &["owner", "person"],
        ..rows_of(
            "service_desk_query_shares",
            &[
                ("account", Column::Int),
                ("query", Column::Text),
                ("owner", Column::Int),
                ("person", Column::Int),
                ("in_group", Column::Int),
            ],
            "",
        )
    },
    SliceTable {
        typed: &["signature"],
        ..rows_of(
            "service_desk_presets",
            &[
                ("account", Column::Int),
                ("service", Column::Int),
                ("default_group", Column::Int),
                ("signature", Column::Text),
            ],
            "ON CONFLICT (account, service) DO UPDATE SET signature = excluded.signature",
        )
    },
    SliceTable {
        typed: &["name", "text"],
        ..rows_of(
            "service_desk_entries",
            &[
                ("account", Column::Int),
                ("service", Column::Int),
                ("list", Column::Int),
                ("id", Column::Text),
                ("place", Column::Int),
                ("name", Column::Text),
                ("text", Column::Text),
            ],
            "ON CONFLICT (account, id) DO UPDATE SET name = excluded.name, text = excluded.text",
        )
    },
    SliceTable {
        typed: &["text"],
        people: &["person"],
        ..rows_of(
            "service_desk_card_notes",
            &[
                ("account", Column::Int),
                ("id", Column::Text),
                ("person", Column::Int),
                ("company", Column::Int),
                ("of_company", Column::Int),
                ("author", Column::Int),
                ("at", Column::Int),
                ("text", Column::Text),
            ],
            "ON CONFLICT (account, id) DO UPDATE SET text = excluded.text",
        )
    },
    SliceTable {
        typed: &["add_tags", "take_tags"],
        ..rows_of(
            "service_desk_mass_actions",
            &[
                ("account", Column::Int),
                ("id", Column::Text),
                ("service", Column::Int),
                ("runner", Column::Int),
                ("change", Column::Text),
                ("add_tags", Column::Text),
                ("take_tags", Column::Text),
                ("stage", Column::Int),
                ("total", Column::Int),
                ("made_at", Column::Int),
                ("started_at", Column::Int),
                ("ended_at", Column::Int),
                ("worker", Column::Text),
                ("beat_at", Column::Int),
            ],
            "ON CONFLICT (account, id) DO UPDATE SET add_tags = excluded.add_tags, take_tags = excluded.take_tags",
        )
    },
    rows_of(
        "service_desk_mass_action_records",
        &[
            ("account", Column::Int),
            ("action", Column::Text),
            ("record", Column::Int),
            ("seen_revision", Column::Int),
            ("outcome", Column::Int),
            ("why", Column::Int),
        ],
        "",
    ),
    events::SUBSCRIPTIONS,
    events::DELIVERIES,
    provisioning::USERS,
    provisioning::GROUPS,
    provisioning::LOG,
    sign_in_providers::PROVIDERS,
];

/// The table with a name that a backup gives, and its place among them.
pub(crate) fn table(name: &str) -> Result<(usize, &'static SliceTable)> {
    let mut tables = TABLES.iter().enumerate();
    let found = tables.find(|(_, table)| table.rows.name == name);
    found.ok_or_else(|| LedgerError::Damaged(format!("no table is called {name}")))
}

impl SliceTable {
    /// How many of its rows are in memory at once when they are read back: a piece of a file is large.
    pub fn at_once(&self, most: usize) -> usize {
        const PIECES: usize = 16;
        let is_large = |(_, column): &(&str, Column)| *column == Column::Blob;
        match self.rows.columns.iter().any(is_large) {
            true => most.min(PIECES),
            false => most,
        }
    }

    /// Every row of an account, one after the other.
    pub async fn for_each(
        &self,
        tx: &mut Tx,
        account: AccountId,
        mut visit: impl FnMut(Vec<Value>) -> Result<()>,
    ) -> Result<()> {
        let columns: Vec<_> = self.rows.columns.iter().map(|(name, _)| *name).collect();
        let sql = format!(
            "SELECT {} FROM {} WHERE account = $1",
            columns.join(", "),
            self.rows.name
        );
        tx.for_each(AssertSqlSafe(sql), [account.0.into()], |row| {
            visit(self.values(&row)?)
        })
        .await
    }

    fn values(&self, row: &Row) -> Result<Vec<Value>> {
        let columns = self.rows.columns.iter().enumerate();
        columns
            .map(|(index, (_, column))| {
                Ok(match column {
                    Column::Int => Value::Int(row.get(index)?),
                    Column::Text => Value::Text(row.get(index)?),
                    Column::Blob => Value::Blob(row.get(index)?),
                })
            })
            .collect()
    }

    /// What stands in a column of a row.
    fn value<'r>(&self, row: &'r [Value], column: &str) -> Option<&'r Value> {
        let mut columns = self.rows.columns.iter();
        row.get(columns.position(|(name, _)| *name == column)?)
    }

    /// The row with blanks; `None` when nothing of the person stands in it.
    fn blank(&self, row: &[Value], identity: &Identity) -> Option<Vec<Value>> {
        let mut blanked: Option<Vec<Value>> = None;
        for (index, (name, _)) in self.rows.columns.iter().enumerate() {
            if let (Some(Value::Text(Some(text))), true) =
                (row.get(index), self.typed.contains(name))
                && let Some(left) = identity.left_of(text)
            {
                let row = blanked.get_or_insert_with(|| row.to_vec());
                row[index] = Value::Text(Some(left));
            }
        }
        blanked
    }
}

/// SD-26: a person who is erased takes rows of their own along, and is blanked in what others typed. A whole walk: erasures are
/// rare, and no index knows the middle of a text.
pub(crate) async fn erase(
    tx: &mut Tx,
    account: AccountId,
    person: u32,
    identity: &Identity,
) -> Result<()> {
    let mut words = Blanked::default();
    for table in &TABLES {
        for column in table.people {
            let sql = format!(
                "DELETE FROM {} WHERE account = $1 AND {column} = $2",
                table.rows.name
            );
            tx.execute(AssertSqlSafe(sql), [account.0.into(), person.into()])
                .await?;
        }
        if let Some(column) = table.address {
            let sql = format!(
                "DELETE FROM {} WHERE account = $1 AND {column} = $2",
                table.rows.name
            );
            for address in identity.addresses() {
                let values = [account.0.into(), address.into()];
                tx.execute(AssertSqlSafe(sql.clone()), values).await?;
            }
        }
        if table.typed.is_empty() || identity.is_empty() {
            continue;
        }
        let record = Blanked::column_of(table.rows.name);
        let mut blanked = Bulk::new(&table.rows);
        table
            .for_each(tx, account, |row| {
                if let Some(left) = table.blank(&row, identity) {
                    if let Some(Value::Int(Some(number))) =
                        record.and_then(|column| table.value(&row, column))
                    {
                        let texts = table.typed.iter();
                        for text in texts.filter_map(|column| table.value(&row, column)) {
                            if let Value::Text(Some(text)) = text {
                                words.push(*number, text);
                            }
                        }
                    }
                    blanked.push_row(left);
                }
                Ok(())
            })
            .await?;
        blanked.write(tx).await?;
    }
    words.follow(tx, account).await
}
