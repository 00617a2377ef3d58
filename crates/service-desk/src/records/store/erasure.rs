//! SD-26: what goes with a person who is erased. The ledger takes it by the list of tables (`crates/ledger/src/slices.rs`); what is counted here is what
//! it will find.

use access::{Dense, PersonId};
use ledger::{AccountId, AssertSqlSafe, Tx, Value};

use super::Result;

/// Files and raw mails.
const KINDS: [(&str, &str); 2] = [
    ("service_desk_attachments", "author"),
    ("service_desk_mails", "person"),
];

/// How much of the desk goes with somebody, and what others brought to the same records, which stays: files and mails each.
#[derive(Debug, Default)]
pub(in crate::records) struct Gone {
    pub theirs: [i64; 2],
    pub others: [i64; 2],
    /// Whether a service takes mails at an address of theirs.
    pub is_a_services: bool,
}

/// What goes with somebody. It is no answer to anybody but who may erase them.
pub(in crate::records) async fn gone_with(
    tx: &mut Tx,
    account: AccountId,
    person: PersonId,
) -> Result<Gone> {
    let addresses = ledger::addresses_of(tx, account, person).await?;
    let mut values: Vec<Value> = vec![account.0.into(), person.number().into()];
    let mut places = vec!["''".to_owned()];
    for address in addresses {
        values.push(address.into());
        places.push(format!("${}", values.len()));
    }
    let among = format!(
        "COALESCE(address, '') IN ({}) AND COALESCE(address, '') <> ''",
        places.join(", ")
    );
    let theirs = |column: &str| format!("(COALESCE({column}, -1) = $2 OR {among})");
    // The records that they are the customer of, and those that something of theirs hangs on.
    let of_theirs = KINDS.map(|(table, column)| {
        let theirs = theirs(column);
        format!("SELECT record FROM {table} WHERE account = $1 AND {theirs}")
    });
    let records = format!(
        "SELECT number FROM service_desk_records WHERE account = $1 AND customer = $2 UNION {}",
        of_theirs.join(" UNION ")
    );
    let mut gone = Gone::default();
    for (at, (table, column)) in KINDS.into_iter().enumerate() {
        let theirs = theirs(column);
        let sql = format!(
            "SELECT COUNT(CASE WHEN {theirs} THEN 1 END), COUNT(CASE WHEN NOT {theirs} THEN 1 END) FROM {table} \
             WHERE account = $1 AND record IN ({records})"
        );
        if let Some(row) = tx
            .fetch_optional(AssertSqlSafe(sql), values.clone())
            .await?
        {
            (gone.theirs[at], gone.others[at]) = (row.get(0)?, row.get(1)?);
        }
    }
    let sql = format!(
        "SELECT 1 FROM service_desk_mail_addresses WHERE account = $1 AND $2 = $2 AND {among} LIMIT 1"
    );
    let row = tx.fetch_optional(AssertSqlSafe(sql), values).await?;
    gone.is_a_services = row.is_some();
    Ok(gone)
}
