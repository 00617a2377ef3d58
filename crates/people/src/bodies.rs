//! Pieces that several bodies share.

use access::{
    Moment, PersonId, Window,
    event::ProfileField,
    state::{ExtraGrant, Life, PeopleScope},
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use web::{
    Result,
    decision::timestamp,
    resource::{PersonRef, UserGroupRef},
    session::Session,
};

/// People that the answer about one thing lists at most.
pub(crate) const PEOPLE_MAX: usize = 500;

/// A person in a list of another thing.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PersonLine {
    /// Who.
    pub id: PersonRef,
    /// Name; absent when erased.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

impl PersonLine {
    /// Those of some people whom the caller may see, with their names.
    pub async fn of(
        session: &Session,
        people: impl Iterator<Item = PersonId>,
    ) -> Result<Vec<Self>> {
        let people = seen(session, people);
        let profiles = crate::things::profiles(session, &people).await?;
        let line = |person| Self {
            id: session.id(person),
            name: crate::things::name(&profiles, person),
        };
        Ok(people.into_iter().map(line).collect())
    }
}

/// The first of some people whom the caller may see.
pub(crate) fn seen(session: &Session, people: impl Iterator<Item = PersonId>) -> Vec<PersonId> {
    let view = session.view();
    people
        .filter(|person| view.sees(*person))
        .take(PEOPLE_MAX)
        .collect()
}

/// From when until when something holds. A missing bound is open.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WindowBody {
    /// First moment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub start: Option<Timestamp>,
    /// First moment after.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub end: Option<Timestamp>,
}

impl WindowBody {
    /// As the core has it.
    pub fn window(self) -> Window {
        let moment = |at: Timestamp| Moment(at.as_millisecond());
        Window {
            start: self.start.map(moment),
            end: self.end.map(moment),
        }
    }

    /// As the wire has it.
    pub fn bounds(window: Window) -> Self {
        Self {
            start: window.start.map(timestamp),
            end: window.end.map(timestamp),
        }
    }

    /// The same; `None` without bounds.
    pub fn of(window: Window) -> Option<Self> {
        (!window.is_always()).then(|| Self::bounds(window))
    }
}

/// The people that a right reaches, as it is asked for: absent means the whole account.
pub(crate) fn scope(
    session: &Session,
    at: &str,
    groups: Option<&[UserGroupRef]>,
) -> Result<PeopleScope> {
    match groups {
        None => Ok(PeopleScope::All),
        Some(groups) => Ok(PeopleScope::UserGroups(session.named_all(at, groups)?)),
    }
}

/// The same as it is shown: the groups that the caller sees.
pub(crate) fn scope_body(session: &Session, scope: &PeopleScope) -> Option<Vec<UserGroupRef>> {
    match scope {
        PeopleScope::All => None,
        PeopleScope::UserGroups(groups) => Some(
            groups
                .iter()
                .filter_map(|group| session.shown(*group))
                .collect(),
        ),
    }
}

/// A permission on top of a role (AD-9).
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct GrantBody {
    /// The permission's key.
    #[schema(schema_with = crate::words::permission)]
    pub permission: access::Permission,
    /// For the people of these user groups; `null` or absent: for all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_groups: Option<Vec<UserGroupRef>>,
    /// When it holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub window: Option<WindowBody>,
}

impl GrantBody {
    /// As the core has it. `at` is its place in the body.
    pub fn grant(&self, session: &Session, at: &str) -> Result<ExtraGrant> {
        let place = format!("{at}/user_groups");
        Ok(ExtraGrant {
            permission: self.permission,
            scope: scope(session, &place, self.user_groups.as_deref())?,
            window: self.window.unwrap_or_default().window(),
        })
    }

    /// As the wire has it.
    pub fn of(session: &Session, grant: &ExtraGrant) -> Self {
        Self {
            permission: grant.permission,
            user_groups: scope_body(session, &grant.scope),
            window: WindowBody::of(grant.window),
        }
    }
}

/// Whether a thing counts, in words.
pub(crate) fn life(life: Life) -> &'static str {
    match life {
        Life::Active => "active",
        Life::Archived => "archived",
        Life::Deleted => "deleted",
    }
}

/// A field of a person's profile: how the log names it, and where its value is kept.
pub(crate) const FIELDS: [(ProfileField, ledger::Field); 6] = [
    (ProfileField::Name, ledger::Field::Name),
    (ProfileField::Address, ledger::Field::Email),
    (ProfileField::Phone, ledger::Field::Phone),
    (ProfileField::Title, ledger::Field::Title),
    (ProfileField::Language, ledger::Field::Language),
    (ProfileField::ExternalId, ledger::Field::ExternalId),
];

/// What a thing is called.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewName {
    /// Its name.
    #[schema(schema_with = web::schema::name)]
    pub name: String,
}
