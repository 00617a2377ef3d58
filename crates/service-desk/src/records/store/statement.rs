//! Statements that grow with what the reader may see and asks for.

use access::{Dense, decide::VisibleRecords, state::CompanyAccess};
use ledger::{AssertSqlSafe, Row, Tx, Value};

use super::Result;

/// A statement that grows, with its values.
#[derive(Default)]
pub(super) struct Statement {
    pub sql: String,
    values: Vec<Value>,
}

impl Statement {
    pub fn new(sql: impl Into<String>) -> Self {
        Self {
            sql: sql.into(),
            values: Vec::new(),
        }
    }

    /// The place of a value.
    pub fn bind(&mut self, value: impl Into<Value>) -> String {
        self.values.push(value.into());
        format!("${}", self.values.len())
    }

    pub fn and(&mut self, column: &str, value: impl Into<Value>) {
        let place = self.bind(value);
        self.sql += &format!(" AND {column} = {place}");
    }

    /// `AND column IN (…)` of values that differ from one time to the next: they are bound, so that the text is known again.
    pub fn and_any(&mut self, column: &str, values: impl IntoIterator<Item = i64>) {
        let places: Vec<_> = values.into_iter().map(|value| self.bind(value)).collect();
        self.sql += &match places.as_slice() {
            [] => " AND 1 = 0".to_owned(),
            places => format!(" AND {column} IN ({})", places.join(", ")),
        };
    }

    /// `AND column IN (…)`; an empty list holds nothing (AD-26). The numbers are the core's own, and stand in the text.
    pub fn and_among(&mut self, column: &str, numbers: impl Iterator<Item = u32>) {
        self.sql += &format!(" AND {}", among(column, numbers));
    }

    /// What the reader may see, and no more: SD-5 and SD-33 as the core has decided them.
    pub fn and_visible<P>(&mut self, visible: &VisibleRecords<'_, P>) {
        // With a sign in front of it no engine looks for an index: what is asked for leads to the rows, or a service by itself.
        self.and_among(
            "+service",
            visible.services().iter().map(|one| one.number()),
        );
        self.and_companies(visible);
    }

    /// SD-33 alone: the services have been seen to.
    pub fn and_companies<P>(&mut self, visible: &VisibleRecords<'_, P>) {
        for listed in visible.companies() {
            let admitted = match listed {
                CompanyAccess::All => continue,
                CompanyAccess::Listed {
                    companies,
                    without_company,
                } => {
                    let listed = among("company", companies.iter().map(Dense::number));
                    let none = if *without_company {
                        " OR company IS NULL"
                    } else {
                        ""
                    };
                    format!("{listed}{none}")
                }
            };
            self.sql += &format!(" AND (customer IS NULL OR {admitted})");
        }
    }

    pub async fn execute(self, tx: &mut Tx) -> Result<u64> {
        self.names_its_values();
        tx.execute(AssertSqlSafe(self.sql), self.values).await
    }

    pub async fn fetch(self, tx: &mut Tx) -> Result<Vec<Row>> {
        self.names_its_values();
        tx.fetch_all(AssertSqlSafe(self.sql), self.values).await
    }

    /// PostgreSQL refuses more values than the text names, where it has seen the text before; tests find out on every database, and each time.
    fn names_its_values(&self) {
        let last = format!("${}", self.values.len());
        debug_assert!(
            self.values.is_empty() || self.sql.contains(&last),
            "{last} is bound and not named: {}",
            self.sql
        );
    }
}

pub(super) fn among(column: &str, numbers: impl Iterator<Item = u32>) -> String {
    let numbers: Vec<_> = numbers.map(|number| number.to_string()).collect();
    if numbers.is_empty() {
        return "1 = 0".to_owned();
    }
    format!("{column} IN ({})", numbers.join(", "))
}
