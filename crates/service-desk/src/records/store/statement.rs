//! Statements that list records: what the reader may see, and what they ask for.

use access::{Dense, PersonId, ServiceId, decide::VisibleRecords, state::CompanyAccess};
use ledger::{AssertSqlSafe, Row, Tx, Value};

use super::Result;
use crate::records::{
    Assignee,
    life::{Kind, Status},
};

/// What a list asks for besides what its reader may see.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::records) struct Asked {
    pub service: Option<ServiceId>,
    pub kind: Option<Kind>,
    /// Only what somebody still works on, or only what is done.
    pub open: Option<bool>,
    pub whose: Option<Whose>,
    pub customer: Option<PersonId>,
    /// The one with this number.
    pub number: Option<i64>,
}

/// Whose work a list is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::records) enum Whose {
    Assignee(Assignee),
    Nobody,
}

/// A statement that grows, with its values.
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

    /// `AND column IN (…)`; an empty list holds nothing (AD-26). The numbers are the core's own, and stand in the text.
    pub fn and_among(&mut self, column: &str, numbers: impl Iterator<Item = u32>) {
        self.sql += &format!(" AND {}", among(column, numbers));
    }

    /// What the reader may see, and no more: SD-5 and SD-33 as the core has decided them.
    pub fn and_visible<P>(&mut self, visible: &VisibleRecords<'_, P>) {
        self.and_among("service", visible.services().iter().map(|one| one.number()));
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

    pub fn and_asked(&mut self, asked: &Asked) {
        if let Some(service) = asked.service {
            self.and("service", service.number());
        }
        if let Some(kind) = asked.kind {
            self.and("kind", kind.number());
        }
        if let Some(open) = asked.open {
            let done = [Status::Resolved, Status::Closed].map(|one| one.number().to_string());
            let not = if open { "NOT " } else { "" };
            self.sql += &format!(" AND status {not}IN ({})", done.join(", "));
        }
        match asked.whose {
            None => {}
            Some(Whose::Nobody) => {
                self.sql += " AND assignee_user IS NULL AND assignee_group IS NULL";
            }
            Some(Whose::Assignee(Assignee::User(user))) => self.and("assignee_user", user.number()),
            Some(Whose::Assignee(Assignee::Group(group))) => {
                self.and("assignee_group", group.number());
            }
        }
        if let Some(customer) = asked.customer {
            self.and("customer", customer.number());
        }
        if let Some(number) = asked.number {
            self.and("number", number);
        }
    }

    pub async fn fetch(self, tx: &mut Tx) -> Result<Vec<Row>> {
        tx.fetch_all(AssertSqlSafe(self.sql), self.values).await
    }
}

pub(super) fn among(column: &str, numbers: impl Iterator<Item = u32>) -> String {
    let numbers: Vec<_> = numbers.map(|number| number.to_string()).collect();
    if numbers.is_empty() {
        return "1 = 0".to_owned();
    }
    format!("{column} IN ({})", numbers.join(", "))
}
