//! Incidents as customers meet them: read through the filter of the portal, without what is for staff (SD-32). Records of other kinds are not
//! there, whoever stands in them as the customer.

use access::{
    CompanyId, Dense, Moment, Permit, PersonId, ServiceId,
    decide::{RecordFacts, VisibleIncidents},
};
use ledger::{AccountId, Row, Tx, Value};
use uuid::Uuid;

use super::{
    COUNTED_MAX, Note, Result, Speaks,
    asked::OPEN,
    damaged, facts_of,
    statement::{Statement, among},
};
use crate::records::{
    Record, RecordId,
    life::{Kind, Reason, Status},
};

/// Answers that are read at once.
const NOTES_MAX: usize = 500;

/// What customers may know of an incident; there is nothing else in it that a page could show by mistake.
#[derive(Debug, Clone)]
pub(crate) struct Incident {
    pub number: i64,
    pub id: RecordId,
    pub service: ServiceId,
    pub customer: Option<PersonId>,
    pub company: Option<CompanyId>,
    pub title: String,
    pub description: String,
    pub status: Status,
    pub reason: Option<Reason>,
    pub opened_at: Moment,
    /// When it last changed in what its customer may know.
    pub told_at: Moment,
}

impl Incident {
    /// What decides who reaches it.
    pub fn facts(&self) -> RecordFacts {
        RecordFacts {
            service: self.service,
            customer: self.customer,
            company: self.company,
        }
    }
}

const COLUMNS: &str = "number, id, service, customer, company, title, description, status, reason, opened_at, told_at";

/// Whose incidents a list is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OfWhom {
    /// The reader's own.
    Mine,
    /// Those of the reader's company.
    Company,
}

/// What a list asks for besides what its reader may see.
#[derive(Debug, Clone, Copy)]
pub(crate) struct AskedIncidents {
    pub of: OfWhom,
    /// Only what somebody still works on, or only what is done.
    pub open: Option<bool>,
    /// Only what waits for the customer.
    pub waits: bool,
}

impl Statement {
    /// The incidents that the portal shows to the reader, and no more: SD-14 and SD-16 as the core has decided them.
    fn and_incidents(&mut self, visible: &VisibleIncidents<'_>, of: &[OfWhom]) {
        self.and("kind", Kind::Incident.number());
        let shown = of.iter().map(|of| match of {
            OfWhom::Mine => part("customer", visible.own().map(|(me, of)| (me.number(), of))),
            OfWhom::Company => part(
                "company",
                visible.of_company().map(|(one, of)| (one.number(), of)),
            ),
        });
        let shown: Vec<_> = shown.collect();
        self.sql += &format!(" AND ({})", shown.join(" OR "));
    }

    fn and_asked_incidents(&mut self, asked: &AskedIncidents) {
        if let Some(open) = asked.open {
            let not = if open { "" } else { "NOT " };
            self.sql += &format!(" AND {not}({OPEN})");
        }
        if asked.waits {
            self.and("status", Status::WaitingForCustomer.number());
        }
    }
}

/// A part of what is shown; nobody's is nothing (AD-26). The numbers are the core's own.
fn part(column: &str, shown: Option<(u32, &[ServiceId])>) -> String {
    let Some((whose, services)) = shown else {
        return "1 = 0".to_owned();
    };
    let services = among("service", services.iter().map(|one| one.number()));
    format!("{column} = {whose} AND {services}")
}

fn select(account: AccountId, what: &str, index: &str) -> Statement {
    let mut wanted = Statement::new(format!(
        "SELECT {what} FROM service_desk_records{index} WHERE TRUE"
    ));
    wanted.and("account", account.0);
    wanted
}

/// A list begins with whose it is: SQLite would rather walk along all records of the account, and is told (see `lists.rs`). `None`: nobody's.
fn select_those(
    tx: &Tx,
    account: AccountId,
    visible: &VisibleIncidents<'_>,
    asked: &AskedIncidents,
    what: &str,
) -> Option<Statement> {
    let (is_somebodys, index) = match asked.of {
        OfWhom::Mine => (
            visible.own().is_some(),
            " INDEXED BY service_desk_records_customer",
        ),
        OfWhom::Company => (
            visible.of_company().is_some(),
            " INDEXED BY service_desk_records_company",
        ),
    };
    let index = if matches!(tx, Tx::Sqlite(_)) {
        index
    } else {
        ""
    };
    let mut wanted = select(account, what, index);
    wanted.and_incidents(visible, &[asked.of]);
    wanted.and_asked_incidents(asked);
    is_somebodys.then_some(wanted)
}

/// The first of a list, the newest first: those before a number.
pub(in crate::records) async fn list_incidents(
    tx: &mut Tx,
    account: AccountId,
    visible: &VisibleIncidents<'_>,
    asked: &AskedIncidents,
    before: Option<i64>,
    most: usize,
) -> Result<Vec<Incident>> {
    let Some(mut wanted) = select_those(tx, account, visible, asked, COLUMNS) else {
        return Ok(Vec::new());
    };
    if let Some(before) = before {
        let place = wanted.bind(before);
        wanted.sql += &format!(" AND number < {place}");
    }
    let most = wanted.bind(i64::try_from(most).unwrap_or(i64::MAX));
    wanted.sql += &format!(" ORDER BY number DESC LIMIT {most}");
    let rows = wanted.fetch(tx).await?;
    rows.iter().map(read).collect()
}

/// How many there are, up to [`COUNTED_MAX`] and one.
pub(in crate::records) async fn count_incidents(
    tx: &mut Tx,
    account: AccountId,
    visible: &VisibleIncidents<'_>,
    asked: &AskedIncidents,
) -> Result<i64> {
    let Some(mut wanted) = select_those(tx, account, visible, asked, "1") else {
        return Ok(0);
    };
    wanted.sql = format!(
        "SELECT COUNT(*) FROM ({} LIMIT {}) AS found",
        wanted.sql,
        COUNTED_MAX + 1
    );
    let rows = wanted.fetch(tx).await?;
    rows.first().map_or(Ok(0), |row| row.get(0))
}

/// One incident, for somebody to whom the portal shows it.
pub(in crate::records) async fn incident(
    tx: &mut Tx,
    account: AccountId,
    visible: &VisibleIncidents<'_>,
    id: RecordId,
) -> Result<Option<Incident>> {
    let mut wanted = select(account, COLUMNS, "");
    wanted.and("id", id.0.to_string());
    wanted.and_incidents(visible, &[OfWhom::Mine, OfWhom::Company]);
    let rows = wanted.fetch(tx).await?;
    rows.first().map(read).transpose()
}

/// What was said to the customer and by them, the oldest first; of more than [`NOTES_MAX`] the last.
pub(in crate::records) async fn answers(
    tx: &mut Tx,
    account: AccountId,
    of: &Incident,
) -> Result<Vec<Note>> {
    let sql = "SELECT note, author, at, is_public, by_customer, text FROM service_desk_notes \
               WHERE account = $1 AND record = $2 AND is_public = 1 ORDER BY at DESC, note DESC LIMIT $3";
    let most = i64::try_from(NOTES_MAX).unwrap_or(i64::MAX);
    let values = [account.0.into(), of.number.into(), most.into()];
    let rows = tx.fetch_all(sql, values).await?;
    rows.iter().rev().map(Note::read).collect()
}

/// What decides who reaches an incident, for an act that finds its target. It is no answer to anybody.
pub(in crate::records) async fn incident_facts(
    tx: &mut Tx,
    account: AccountId,
    id: RecordId,
) -> Result<Option<RecordFacts>> {
    let sql = "SELECT service, customer, company FROM service_desk_records WHERE account = $1 AND id = $2 AND kind = $3";
    let values = [
        account.0.into(),
        id.0.to_string().into(),
        Kind::Incident.number().into(),
    ];
    let row = tx.fetch_optional(sql, values).await?;
    row.map(|row| facts_of(&row, 0)).transpose()
}

/// A customer moves an incident on. Nothing else of it is theirs to write.
pub(in crate::records) async fn set_status<P: Speaks>(
    tx: &mut Tx,
    account: AccountId,
    _: &Permit<'_, P>,
    record: &Record,
    (status, reason): (Status, Option<Reason>),
    at: Moment,
) -> Result<()> {
    let sql = "UPDATE service_desk_records SET status = $3, reason = $4, changed_at = $5, revision = revision + 1 \
               WHERE account = $1 AND number = $2";
    let values = [
        account.0.into(),
        record.number.into(),
        status.number().into(),
        Value::Int(reason.map(Reason::number)),
        at.0.into(),
    ];
    tx.execute(sql, values).await?;
    Ok(())
}

fn read(row: &Row) -> Result<Incident> {
    let id = Uuid::try_parse(&row.get::<String>(1)?).map_err(|_| damaged("an id"))?;
    let RecordFacts {
        service,
        customer,
        company,
    } = facts_of(row, 2)?;
    Ok(Incident {
        number: row.get(0)?,
        id: RecordId(id),
        service,
        customer,
        company,
        title: row.get(5)?,
        description: row.get(6)?,
        status: Status::of_number(row.get(7)?).ok_or_else(|| damaged("a status"))?,
        reason: row.get::<Option<i64>>(8)?.and_then(Reason::of_number),
        opened_at: Moment(row.get(9)?),
        told_at: Moment(row.get(10)?),
    })
}
