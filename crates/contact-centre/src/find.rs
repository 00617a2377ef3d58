//! Finding somebody by what is typed in a form: it goes by POST, and never into an address.

use access::{PersonId, View, decide::UserStatus, state::Facet};
use ledger::Field;
use serde::Deserialize;
use web::{
    Result,
    page::{
        names::{Mark, Names},
        status::Status,
    },
    paging::Paging,
    resource::PersonRef,
    session::Session,
    things::{self, Search},
};

/// People who are shown for what was typed.
const FOUND_MAX: usize = 20;

/// The form.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Find {
    pub q: String,
}

/// Who was found.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// What was typed.
    pub q: String,
    pub people: Vec<FoundPerson>,
    /// Whether there are more of them.
    pub more: bool,
}

#[derive(Debug)]
pub(crate) struct FoundPerson {
    pub person: PersonId,
    pub id: PersonRef,
    pub who: Mark,
    /// What tells them from others of the same name.
    pub address: String,
    /// Of whoever is not active.
    pub status: Option<Status>,
    /// Whether something can be given to them: whoever is deactivated is found, and given nothing.
    pub is_open: bool,
}

impl Found {
    /// Those whom the caller sees and the page wants.
    pub async fn people(
        session: &Session,
        q: String,
        wanted: impl Fn(&View<'_>, PersonId) -> bool,
    ) -> Result<Self> {
        if ledger::fold(&q).is_empty() {
            return Ok(Self {
                q,
                ..Self::default()
            });
        }
        let paging = Paging::first(session, FOUND_MAX);
        let search = Search { q: Some(q.clone()) };
        let (people, next) = things::page::<PersonId>(session, &paging, &search, wanted).await?;
        let names = Names::of_people(session, people.iter().copied()).await?;
        let profiles = things::profiles(session, &people).await?;
        let people = people.into_iter().map(|person| FoundPerson {
            person,
            id: session.id(person),
            who: names.mark(access::explain::words::Name::Person(person)),
            address: things::text(profiles.get(&person), Field::Email).unwrap_or_default(),
            status: session.not_active(person, Facet::User),
            is_open: session.view().user_status(person) != UserStatus::Deactivated,
        });
        let people = people.collect();
        Ok(Self {
            q,
            people,
            more: next.is_some(),
        })
    }
}
