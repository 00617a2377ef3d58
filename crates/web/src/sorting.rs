//! Which customers *sort now* would sort: those who were never sorted, by the domains of their confirmed addresses (SD-22).

use access::{Dense, Domain, Permit, PersonId, decide::permissions::ConfigureDesk};
use ledger::Profile;

use crate::{
    paging::{Cursor, Paging},
    problem::Result,
    session::Session,
    things,
};

/// Rows of people that one *sort now* looks at.
const ROWS_MAX: usize = 100_000;
/// Of these, people whose addresses it reads.
const PROFILES_MAX: usize = 10_000;
const PROFILES_AT_ONCE: usize = 500;

/// SD-22: customers who wait to be sorted, with a domain that is caught, as far as the caller sees them; and where to go on.
pub async fn waiting(
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
