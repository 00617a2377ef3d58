//! Lists and single things: the same for every kind that has a name. The file of a kind says what is shown of it, and no more.

use ledger::Field;
use serde::Serialize;
use utoipa::ToSchema;
use web::{
    Problem, Result,
    guard::{Seen, SignedIn},
    paging::{Page, Paging},
    part::Query,
    reply::Answer,
    session::Session,
};

use crate::things::{self, Search, Thing};

/// A thing as the API shows it.
pub(crate) trait Shown: Thing {
    /// What is shown.
    type Body: Serialize + ToSchema + Send;

    /// As far as the caller may know it; `None`: it was not there yet in the state that is asked about.
    fn body(self, session: &Session, name: Option<String>) -> Option<Self::Body>;
}

/// One page of those that the caller sees.
pub(crate) async fn list<K: Shown>(
    session: SignedIn,
    paging: Paging,
    Query(search): Query<Search>,
) -> Result<Answer<Page<K::Body>>> {
    let (found, next) = things::page::<K>(&session, &paging, &search, |_, _| true).await?;
    let profiles = things::profiles(&session, &found).await?;
    let items = found
        .into_iter()
        .filter_map(|thing| thing.body(&session, things::name(&profiles, thing)))
        .collect();
    session.answer(Page { items, next })
}

/// One of them.
pub(crate) async fn show<K: Shown>(seen: Seen<K>) -> Result<Answer<K::Body>> {
    seen.answer(body(&seen).await?)
}

/// The thing that the path names, for an answer that shows more than it.
pub(crate) async fn body<K: Shown>(seen: &Seen<K>) -> Result<K::Body> {
    let profile = things::profile(seen, seen.on).await?;
    let name = things::text(Some(&profile), Field::Name);
    seen.on.body(seen, name).ok_or_else(Problem::not_found)
}
