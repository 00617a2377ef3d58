//! Lists of records and how many there are, by the filter of the core and by what is asked for.
//!
//! How the rows are found is chosen here, and nowhere left to the engine: by a word, by somebody whose records they are, or service by service in
//! the order that is wanted, so that fifty rows cost fifty steps for each service and never a walk over everybody's.

use access::{
    Dense, ServiceId,
    decide::{VisibleRecords, permissions::ManageRecord},
};
use ledger::{AccountId, Tx};

use super::{
    COLUMNS, Result,
    asked::{Asked, Order, Place, Whose},
    read,
    statement::Statement,
};
use crate::records::Record;

/// How far lists are counted.
pub(crate) const COUNTED_MAX: i64 = 1_000;
/// Services that are asked one by one; whoever works on more is led through all records of the account in their order.
const ASKED_ALONE_MAX: usize = 32;
/// Words that are looked for at once, the rarest of those that are typed.
pub(in crate::records) const WORDS_MAX: usize = 8;
/// A word that stands in more records than this is a common one: lists by it are not counted.
pub(in crate::records) const COMMON: i64 = 10_000;

type Visible<'a, 's> = &'a VisibleRecords<'s, ManageRecord>;

/// The first of a list, after a place.
pub(in crate::records) async fn list(
    tx: &mut Tx,
    account: AccountId,
    visible: Visible<'_, '_>,
    asked: &Asked,
    after: Option<Place>,
    most: usize,
) -> Result<Vec<Record>> {
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    let cut = Cut::List { after, most };
    let Some(wanted) = statement(tx, account, visible, asked, &cut) else {
        return Ok(Vec::new());
    };
    let rows = wanted.fetch(tx).await?;
    rows.iter().map(read).collect()
}

/// How many there are, up to so many.
pub(in crate::records) async fn count(
    tx: &mut Tx,
    account: AccountId,
    visible: Visible<'_, '_>,
    asked: &Asked,
    most: i64,
) -> Result<i64> {
    let Some(wanted) = statement(tx, account, visible, asked, &Cut::Count { most }) else {
        return Ok(0);
    };
    let rows = wanted.fetch(tx).await?;
    rows.first().map_or(Ok(0), |row| row.get(0))
}

/// What is read of what is found.
pub(super) enum Cut {
    /// Rows in the order that is asked for.
    List { after: Option<Place>, most: i64 },
    /// How many there are, and not beyond a bound.
    Count { most: i64 },
}

impl Cut {
    fn columns(&self) -> &'static str {
        match self {
            Cut::List { .. } => COLUMNS,
            Cut::Count { .. } => "1",
        }
    }

    /// What follows the conditions of each part.
    fn end(&self, wanted: &mut Statement, order: Order, number: &str) {
        if let Cut::List {
            after: Some(place), ..
        } = self
        {
            and_after(wanted, order, number, *place);
        }
        self.limit(wanted, order, number);
    }

    fn limit(&self, wanted: &mut Statement, order: Order, number: &str) {
        match *self {
            Cut::Count { most } => wanted.sql += &format!(" LIMIT {most}"),
            Cut::List { most, .. } => {
                let way = if order.is_descending() { " DESC" } else { "" };
                let key = order.key().map(|key| format!("{key}{way}, "));
                let key = key.unwrap_or_default();
                let most = wanted.bind(most);
                wanted.sql += &format!(" ORDER BY {key}{number}{way} LIMIT {most}");
            }
        }
    }
}

/// Only what comes after a place of the order.
fn and_after(wanted: &mut Statement, order: Order, number: &str, Place(key, after): Place) {
    let than = if order.is_descending() { "<" } else { ">" };
    let by_key = order.key().map(|column| (column, wanted.bind(key)));
    let after = wanted.bind(after);
    match by_key {
        None => wanted.sql += &format!(" AND {number} {than} {after}"),
        // The first of the two leads through the index.
        Some((column, key)) => {
            wanted.sql += &format!(
                " AND {column} {than}= {key} AND ({column} {than} {key} OR {number} {than} {after})"
            );
        }
    }
}

/// The whole statement; `None` where nothing can be found.
pub(super) fn statement(
    tx: &Tx,
    account: AccountId,
    visible: Visible<'_, '_>,
    asked: &Asked,
    cut: &Cut,
) -> Option<Statement> {
    let services: Vec<ServiceId> = match asked.service {
        None => visible.services().to_vec(),
        // SD-5: what the reader may not see is there for no filter.
        Some(one) => visible
            .services()
            .iter()
            .copied()
            .filter(|it| *it == one)
            .collect(),
    };
    let of_no_group = matches!(&asked.whose, Some(Whose::Groups(groups)) if groups.is_empty());
    if services.is_empty() || of_no_group {
        return None;
    }
    // By one walk, where somebody leads, or no order is wanted; with a sign in front of it the service leads nowhere.
    let whole = match (asked.index_of_somebody(), cut) {
        (Some(index), _) => Some((index, "+service")),
        (None, _) if services.len() > ASKED_ALONE_MAX => Some(("", "+service")),
        (None, Cut::Count { .. }) => Some((asked.index_of_service(), "service")),
        (None, Cut::List { .. }) => None,
    };
    let mut wanted = Statement::default();
    if !asked.words.is_empty() {
        by_words(&mut wanted, account, &services, asked, visible, cut);
    } else if let Some((index, service)) = whole {
        from(&mut wanted, tx, cut, index);
        wanted.and("account", account.0);
        wanted.and_among(service, services.iter().map(|one| one.number()));
        narrow(&mut wanted, asked, visible);
        cut.end(&mut wanted, asked.order, "number");
    } else {
        for (index, service) in services.iter().enumerate() {
            wanted.sql += if index == 0 { "" } else { " UNION ALL " };
            wanted.sql += "SELECT * FROM (";
            from(&mut wanted, tx, cut, asked.index_of_service());
            wanted.and("account", account.0);
            wanted.and("service", service.number());
            narrow(&mut wanted, asked, visible);
            cut.end(&mut wanted, asked.order, "number");
            wanted.sql += &format!(") AS of_{index}");
        }
        // Each service gives as many as are wanted, in their order; of these the first are taken.
        if services.len() > 1 {
            wanted.sql = format!("SELECT * FROM ({}) AS found", wanted.sql);
            cut.limit(&mut wanted, asked.order, "number");
        }
    }
    if matches!(cut, Cut::Count { .. }) {
        wanted.sql = format!("SELECT COUNT(*) FROM ({}) AS found", wanted.sql);
    }
    Some(wanted)
}

fn narrow(wanted: &mut Statement, asked: &Asked, visible: Visible<'_, '_>) {
    wanted.and_companies(visible);
    asked.narrow(wanted);
}

/// Begins to read records. SQLite keeps no statistics of a table that grows and would rather walk along all records than look into an index:
/// it is told which one leads there, and fails where it does not.
fn from(wanted: &mut Statement, tx: &Tx, cut: &Cut, index: &str) {
    let columns = cut.columns();
    wanted.sql += &format!("SELECT {columns} FROM service_desk_records");
    if matches!(tx, Tx::Sqlite(_)) && !index.is_empty() {
        wanted.sql += &format!(" INDEXED BY {index}");
    }
    wanted.sql += " WHERE TRUE";
}

/// Along the rarest word, the newest first; the others are looked up for each.
fn by_words(
    wanted: &mut Statement,
    account: AccountId,
    services: &[ServiceId],
    asked: &Asked,
    visible: Visible<'_, '_>,
    cut: &Cut,
) {
    // The word leads, and no engine begins with the records of the account: SQLite keeps the order of CROSS JOIN.
    wanted.sql += &format!(
        "SELECT {} FROM service_desk_words AS w CROSS JOIN service_desk_records AS r \
         WHERE r.account = w.account AND r.number = w.record",
        cut.columns()
    );
    wanted.and("w.account", account.0);
    let mut words = asked.words.iter();
    if let Some(rarest) = words.next() {
        wanted.and("w.word", rarest.as_str());
    }
    let numbers = || services.iter().map(|one| one.number());
    wanted.and_among("w.record_service", numbers());
    for word in words {
        let word = wanted.bind(word.as_str());
        wanted.sql += &format!(
            " AND EXISTS (SELECT 1 FROM service_desk_words AS also WHERE also.account = w.account AND also.word = {word} \
             AND also.record = w.record)"
        );
    }
    wanted.and_among("+service", numbers());
    narrow(wanted, asked, visible);
    cut.end(wanted, asked.order, "w.record");
}
