//! What is known of somebody whom it is about: name and address, as they stand in the profile.

use access::PersonId;
use ledger::{Account, Field, Place, read_profiles};
use web::{Problem, Result, session::failed};

/// Name and address; empty where there is none.
pub(crate) async fn name_and_address(
    account: &Account,
    person: PersonId,
) -> Result<(String, String)> {
    let mut tx = account.read().await.map_err(failed)?.tx;
    let place = (account.id(), Place::of(person));
    let found = read_profiles(&mut tx, [place].into_iter()).await;
    let found = found.map_err(failed)?;
    let (_, _, profile) = found.first().ok_or_else(Problem::not_found)?;
    let field = |field| profile.get(field).unwrap_or_default().to_owned();
    Ok((field(Field::Name), field(Field::Email)))
}
