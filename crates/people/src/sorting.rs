//! *Sort now*: customers are sorted into companies by the domains of their confirmed addresses (SD-22).

use access::{
    Command, Dense, Domain, Permit, PersonId,
    decide::{OnAccount, permissions::ConfigureDesk},
};
use ledger::Profile;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use web::{
    Result,
    common::Submission,
    guard::Commands,
    paging::{Cursor, Paged, Paging},
    reply::Answer,
    route::{Route, post},
    session::Session,
    submit::Written,
};

use crate::things;

/// Rows of people that one *sort now* looks at.
const ROWS_MAX: usize = 100_000;
/// Of these, people whose addresses it reads.
const PROFILES_MAX: usize = 10_000;
const PROFILES_AT_ONCE: usize = 500;

pub(crate) fn routes() -> Vec<Route> {
    vec![post(
        "/api/v1/companies/sort-now",
        "companies.sort_now",
        "Sort customers into companies by their domains, a page at a time",
        sort_now,
    )]
}

/// Nothing to say but go.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SortNow {}

/// What became of a page of customers.
#[derive(Debug, Serialize, ToSchema)]
struct Sorted {
    #[serde(flatten)]
    written: Written,
    /// Send it as `page` to sort those who follow; absent when everybody was looked at.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<Cursor>,
}

async fn sort_now(
    commands: Commands,
    asked: Paged<SortNow>,
    how: Submission,
) -> Result<Answer<Sorted>> {
    let permit = commands.permit(ConfigureDesk, OnAccount)?;
    let catches = |domain: &Domain| {
        let company = commands.state().company_of(domain);
        company.is_some_and(|company| commands.view().sees(company))
    };
    let (people, next) = waiting(&commands, permit, &asked.paging, catches).await?;
    let done = commands.submit(Command::SortNow { people }, &how).await?;
    Ok(Answer {
        version: done.version,
        body: Sorted {
            written: done.body,
            next,
        },
    })
}

/// SD-22: customers who wait to be sorted, with a domain that is caught, as far as the caller sees them; and where to go on.
pub(crate) async fn waiting(
    session: &Session,
    _: Permit<'_, ConfigureDesk>,
    paging: &Paging,
    catches: impl Fn(&Domain) -> bool,
) -> Result<(Vec<(PersonId, Box<str>)>, Option<Cursor>)> {
    let first = paging.after::<usize>()?.unwrap_or(0);
    let people = session.state().people();
    let waits = |person: &PersonId| {
        let row = people.get(*person);
        row.is_some_and(|row| row.waits_to_be_sorted()) && session.view().sees(*person)
    };
    let mut rows = people.ids().skip(first).take(ROWS_MAX).peekable();
    let mut found = Vec::new();
    for _ in 0..PROFILES_MAX / PROFILES_AT_ONCE {
        let waiting: Vec<_> = rows.by_ref().filter(waits).take(PROFILES_AT_ONCE).collect();
        let profiles = things::profiles(session, &waiting).await?;
        for person in waiting {
            if found.len() == paging.size {
                return Ok((found, Some(paging.next(&person.index())?)));
            }
            let email = profiles.get(&person).and_then(Profile::folded_email);
            let domain = email.as_deref().and_then(|email| email.rsplit_once('@'));
            if let Some((_, domain)) = domain
                && Domain::of_address(domain).is_ok_and(|domain| catches(&domain))
            {
                found.push((person, domain.into()));
            }
        }
        if rows.peek().is_none() {
            break;
        }
    }
    // What was not looked at now is looked at next time.
    let beyond = first.saturating_add(ROWS_MAX);
    let next = rows.next().map(|person| person.index());
    let next = next.or_else(|| Some(beyond).filter(|beyond| *beyond < people.len()));
    let next = next.map(|index| paging.next(&index)).transpose()?;
    Ok((found, next))
}
