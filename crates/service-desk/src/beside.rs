//! What stands below a name on the tabs of people: what tells them from others of the same name, and whether they are active.

use std::collections::HashMap;

use access::{PersonId, explain::words::Name, state::Facet};
use ledger::Field;
use web::{
    Result,
    page::{names::Names, status::Status},
    session::Session,
    things,
};

/// Beside one name.
#[derive(Clone, Debug, Default)]
pub(crate) struct Beside {
    /// The address of a user; the company of a customer, or the address where there is none that the reader sees.
    pub text: String,
    /// Of whoever is not active.
    pub status: Option<Status>,
}

/// Beside each of these names.
pub(crate) async fn of(
    session: &Session,
    facet: Facet,
    people: &[PersonId],
) -> Result<HashMap<PersonId, Beside>> {
    let state = session.state();
    let company = |person: &PersonId| match facet {
        Facet::User => None,
        Facet::Customer => state.people().get(*person)?.company.map(Name::Company),
    };
    let companies: Vec<_> = people.iter().filter_map(company).collect();
    let names = Names::of(session, companies).await?;
    let profiles = things::profiles(session, people).await?;
    let beside = people.iter().map(|person| {
        let known = company(person).and_then(|company| names.known(company).map(str::to_owned));
        let address = || things::text(profiles.get(person), Field::Email);
        let text = known.or_else(address).unwrap_or_default();
        let status = session.not_active(*person, facet);
        (*person, Beside { text, status })
    });
    Ok(beside.collect())
}
