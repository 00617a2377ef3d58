//! A list as a file: whoever sees it may take it with them (viewing and exporting are the same right, AD-22). It is read stretch by
//! stretch, each with the rights of its own moment: who loses sight of people in between gets no more of them.

use access::{PersonId, explain::words::Name, state::Facet};
use ledger::Field;
use web::{
    Result,
    guard::SignedIn,
    lists::Wanted,
    page::{CsvStream, Rows, count, names::Names},
    part::Query,
    route::{Route, get},
    session::Session,
    things,
};

use super::{filter::Filter, words};

/// People that are read at once.
const AT_ONCE: usize = 500;
/// People that a file has at most: an account has no more.
const PEOPLE_MAX: usize = 1_000_000;

pub(super) fn routes() -> Vec<Route> {
    vec![
        get(
            "/people/users/export",
            "users.export",
            "The users of a list as a file, as far as the caller sees them",
            users,
        ),
        get(
            "/people/customers/export",
            "customers.export",
            "The customers of a list as a file, as far as the caller sees them",
            customers,
        ),
    ]
}

async fn users(session: SignedIn, Query(filter): Query<Filter>) -> Result<CsvStream> {
    export(&session, Facet::User, &filter).await
}

async fn customers(session: SignedIn, Query(filter): Query<Filter>) -> Result<CsvStream> {
    export(&session, Facet::Customer, &filter).await
}

async fn export(session: &Session, facet: Facet, filter: &Filter) -> Result<CsvStream> {
    let export = Export {
        session: session.clone(),
        wanted: filter.wanted(session, facet).await?,
        after: None,
        left: PEOPLE_MAX,
        is_over: false,
    };
    let (name, rank) = match facet {
        Facet::User => ("users.csv", "account_role"),
        Facet::Customer => ("customers.csv", "portal_level"),
    };
    let heads = ["id", "name", "email", rank, "company", "status"];
    CsvStream::new(name, heads, export).await
}

type Row = [String; 6];

/// How far a file has come.
struct Export {
    session: Session,
    wanted: Wanted,
    after: Option<PersonId>,
    left: usize,
    is_over: bool,
}

impl Rows for Export {
    type Row = Row;

    async fn next(&mut self) -> Result<Option<Vec<Row>>> {
        if self.is_over {
            return Ok(None);
        }
        let limit = AT_ONCE.min(self.left);
        let found = self.session.list_after(&self.wanted, self.after, limit);
        let found = found.await?;
        self.left -= found.people.len();
        self.after = found.next;
        self.is_over = found.next.is_none() || self.left == 0;
        let mut rows = self.rows(&found.people).await?;
        // A reader of a part has to notice that it is one.
        if self.is_over && found.is_broad {
            rows.push(told(
                "not all: what was typed finds too many, type more letters",
            ));
        } else if self.is_over && found.next.is_some() {
            let most = count(PEOPLE_MAX);
            rows.push(told(&format!("cut off after {most} people")));
        }
        Ok(Some(rows))
    }
}

impl Export {
    async fn rows(&self, people: &[PersonId]) -> Result<Vec<Row>> {
        let session = &self.session;
        let state = session.account.state();
        let view = session.view_on(&state, session.account.now());
        let rows = || {
            people
                .iter()
                .filter_map(|person| Some((*person, state.people().get(*person)?)))
        };
        let names = rows().flat_map(|(_, row)| {
            let company = row.company.map(Name::Company);
            company.into_iter().chain([Name::Role(row.account_role)])
        });
        let names = Names::of(session, names.collect::<Vec<_>>()).await?;
        let profiles = things::profiles(session, people).await?;
        let row = |(person, row): (PersonId, &access::state::Person)| {
            let profile = profiles.get(&person);
            let (rank, status) = match self.wanted.facet {
                Facet::User => (
                    names
                        .known(Name::Role(row.account_role))
                        .filter(|_| view.sees(row.account_role)),
                    words::user_status(view.user_status(person)).1,
                ),
                Facet::Customer => (
                    Some(words::level(row.portal_level)),
                    words::customer_status(row.customer).1,
                ),
            };
            let company = row.company.filter(|company| view.sees(*company));
            let company = company.and_then(|company| names.known(Name::Company(company)));
            let id = state.public(person).map(|id| id.to_string());
            [
                id.unwrap_or_default(),
                things::text(profile, Field::Name).unwrap_or_default(),
                things::text(profile, Field::Email).unwrap_or_default(),
                rank.unwrap_or_default().to_owned(),
                company.unwrap_or_default().to_owned(),
                status.to_owned(),
            ]
        };
        Ok(rows().map(row).collect())
    }
}

/// A last row that says what is missing.
fn told(words: &str) -> Row {
    let mut row = Row::default();
    row[0] = words.to_owned();
    row
}
