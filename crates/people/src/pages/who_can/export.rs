//! Who can do what, as a file for spreadsheets. It is worked out while it is sent, at the moment that was asked about, and whoever loses the
//! right to ask meanwhile gets no more of it (AD-28).

use access::{
    Paging, Permission, PersonId,
    decide::{OnAccount, permissions::AskAboutAll},
    explain::words::Name,
};
use web::{
    Problem, Result,
    guard::{May, TheAccount},
    page::{CsvStream, Rows, names::Names},
    part::Query,
    route::{Route, get},
    session::Session,
    sign_ins::SignIns,
};

use super::{Address, Asked};

pub(super) const PATH: &str = "/access/who-can/export";
/// Rows of a file at most, and rows that are made at once; its last row says so.
const ROWS_MAX: usize = 50_000;
const ROWS_AT_ONCE: usize = 500;

pub(super) fn route() -> Route {
    get(
        PATH,
        "who_can.export",
        "The same as a file for spreadsheets",
        export,
    )
}

async fn export(
    may: May<AskAboutAll, TheAccount>,
    sign_ins: SignIns,
    Query(address): Query<Address>,
) -> Result<CsvStream> {
    let asked = Asked::of(&may, &address).ok_or_else(Problem::not_found)?;
    let permissions = asked.permissions.iter().map(Permission::key);
    let heads: Vec<_> = ["id", "name"].into_iter().chain(permissions).collect();
    let export = Export {
        session: Session::clone(&may),
        sign_ins,
        address,
        after: None,
        written: 0,
        is_over: false,
    };
    CsvStream::new("who-can.csv", heads, export).await
}

/// How far a file has come.
struct Export {
    session: Session,
    sign_ins: SignIns,
    address: Address,
    after: Option<PersonId>,
    written: usize,
    is_over: bool,
}

impl Rows for Export {
    type Row = Vec<String>;

    async fn next(&mut self) -> Result<Option<Vec<Vec<String>>>> {
        if self.is_over {
            return Ok(None);
        }
        let session = self.session.anew(&self.sign_ins).await?;
        session.permit(AskAboutAll, OnAccount)?;
        // What is asked about may be hidden by now, too.
        let asked = Asked::of(&session, &self.address).ok_or_else(Problem::not_found)?;
        let page = Paging {
            after: self.after,
            limit: ROWS_AT_ONCE,
        };
        let found = asked.rows(&session, page);
        let people = found.items.iter().map(|row| row.person);
        let names = Names::of_people(&session, people.collect::<Vec<_>>()).await?;
        let mut rows = Vec::with_capacity(found.items.len() + 1);
        for row in &found.items {
            let id = session.id(row.person).0.to_string();
            let mut values = vec![id, names.text(Name::Person(row.person))];
            let cells = asked.permissions.iter();
            values.extend(cells.map(|it| {
                let allowed = row.allowed.contains(it);
                if allowed { "yes" } else { "no" }.to_owned()
            }));
            rows.push(values);
        }
        self.written += found.items.len();
        self.after = found.next;
        self.is_over = found.next.is_none() || self.written >= ROWS_MAX;
        if self.is_over && found.next.is_some() {
            rows.push(vec![format!(
                "There are more than {ROWS_MAX} people: choose one permission, and only those who hold it."
            )]);
        }
        Ok(Some(rows))
    }
}
