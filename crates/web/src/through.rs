//! A session that came through a sign-in provider: one facet of its owner, for as long as the provider may vouch for them. In one place:
//! [`Actor::Facet`] and [`View::only`] carry the limit to everybody who asks.

use access::{
    Actor, Moment, PersonId, State, Subject, View,
    decide::UserStatus,
    state::{ConnectionKind, Facet},
};
use ledger::{SignInSession, Through};

use crate::tokens::counts;

/// As whom somebody acts who is signed in.
pub(crate) fn actor(session: &SignInSession) -> Actor {
    match &session.through {
        None => Actor::Person(session.person),
        Some(through) => Actor::Facet(session.person, through.facet),
    }
}

/// Whether the owner of a session counts (AD-15): with one of their facets, and with the one that the session opens.
pub(crate) fn owner_counts(state: &State, session: &SignInSession, now: Moment) -> bool {
    may_come_through(state, session.person, session.through.as_ref(), now)
}

/// The same of somebody who is to have a session. A provider that is archived lets nobody in any more (AD-25), nor does one for companies
/// that are archived, or are theirs no more.
pub fn may_come_through(
    state: &State,
    person: PersonId,
    through: Option<&Through>,
    now: Moment,
) -> bool {
    let Some(through) = through else {
        return counts(state, person, now);
    };
    let connection = state.connections().get(through.connection);
    let is_provider = connection
        .is_some_and(|row| row.life.is_active() && row.kind == ConnectionKind::SignInProvider);
    let view = state.view(Subject::Person(person), now);
    is_provider
        && match through.facet {
            Facet::User => view.user_status(person) == UserStatus::Active,
            Facet::Customer => view.is_active_customer() && works_for(&view, person, through),
        }
}

/// AD-26: without companies it is for nobody.
fn works_for(view: &View<'_>, person: PersonId, through: &Through) -> bool {
    let row = view.state().people().get(person);
    let company = row.and_then(|row| row.company);
    company.is_some_and(|company| {
        let row = view.state().companies().get(company);
        through.companies.contains(&company) && row.is_some_and(|row| row.life.is_active())
    })
}
