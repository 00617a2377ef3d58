//! Who can do what, as a file for spreadsheets. It is worked out while it is sent, at the moment that was asked about, and whoever loses the
//! right to ask meanwhile gets no more of it (AD-28).

use access::{
    MatrixRow, Paging, Permission, PersonId, Subject,
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

use super::{Address, Asked, Sorted};

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
        left: Left::Unknown,
        written: 0,
        is_over: false,
    };
    CsvStream::new("who-can.csv", heads, export).await
}

/// What is still to be written: in the order of the page.
enum Left {
    /// Nothing was written yet.
    Unknown,
    /// By name.
    Sorted(std::vec::IntoIter<MatrixRow>),
    /// In the order in which they came to the account, after this one.
    After(Option<PersonId>),
}

/// How far a file has come.
struct Export {
    session: Session,
    sign_ins: SignIns,
    address: Address,
    left: Left,
    written: usize,
    is_over: bool,
}

impl Export {
    /// The next rows, and whether they are the last.
    fn stretch(&mut self, asked: &Asked, session: &Session) -> (Vec<MatrixRow>, bool) {
        match &mut self.left {
            Left::Unknown => (Vec::new(), false),
            Left::Sorted(rows) => {
                // Who it is may be hidden by now, too (SD-33).
                let may_know = |row: &MatrixRow| session.may_ask_about(Subject::Person(row.person));
                let found = rows.by_ref().take(ROWS_AT_ONCE).filter(may_know).collect();
                (found, rows.len() == 0)
            }
            Left::After(after) => {
                let page = Paging {
                    after: *after,
                    limit: ROWS_AT_ONCE,
                };
                let found = asked.rows(session, page);
                *after = found.next;
                (found.items, found.next.is_none())
            }
        }
    }
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
        if let Left::Unknown = self.left {
            self.left = match asked.by_name(&session).await? {
                Sorted::Whole(rows) => Left::Sorted(rows.into_iter()),
                Sorted::TooMany { .. } => Left::After(None),
            };
        }
        let (found, is_last) = self.stretch(&asked, &session);
        let people = found.iter().map(|row| row.person);
        let names = Names::of_people(&session, people.collect::<Vec<_>>()).await?;
        let mut rows = Vec::with_capacity(found.len() + 1);
        for row in &found {
            let id = session.id(row.person).0.to_string();
            let mut values = vec![id, names.text(Name::Person(row.person))];
            let cells = asked.permissions.iter();
            values.extend(cells.map(|it| {
                let allowed = row.allowed.contains(it);
                if allowed { "yes" } else { "no" }.to_owned()
            }));
            rows.push(values);
        }
        self.written += found.len();
        self.is_over = is_last || self.written >= ROWS_MAX;
        if self.is_over && !is_last {
            rows.push(vec![format!(
                "There are more than {ROWS_MAX} people: choose one permission, and only those who hold it."
            )]);
        }
        Ok(Some(rows))
    }
}
