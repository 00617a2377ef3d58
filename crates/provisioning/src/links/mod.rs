//! What directories wrote of users and groups, in rows of their own: a user is *linked* to the person who it is here. The rows are written
//! beside the commands that they cause, and the state alone says what somebody may.

pub(crate) mod beside;
pub(crate) mod matching;
pub(crate) mod store;

use access::{Moment, PersonId, ProviderGroupId, State, state::UserFacet};
use scim::{
    Attributes, etag,
    resource::{Meta, complete},
    schema::{GROUP, ResourceType, USER},
};
use serde_json::{Value, json};
use web::decision::timestamp;

/// A user as its directory wrote it.
#[derive(Clone, Debug)]
pub(crate) struct UserRow {
    pub person: PersonId,
    pub attributes: Attributes,
    pub revision: i64,
    pub created_at: Moment,
    pub modified_at: Moment,
}

/// A group as its directory wrote it.
#[derive(Clone, Debug)]
pub(crate) struct GroupRow {
    pub group: ProviderGroupId,
    /// Without the members.
    pub attributes: Attributes,
    /// As they were written; not read where nobody asks for them.
    pub members: Vec<Value>,
    pub revision: i64,
    pub created_at: Moment,
    pub modified_at: Moment,
}

/// Whether a user is switched off (AD-15).
pub(crate) fn is_off(state: &State, person: PersonId) -> bool {
    let row = state.people().get(person);
    row.is_none_or(|row| matches!(row.user, UserFacet::Deactivated | UserFacet::Absent))
}

impl UserRow {
    /// What is kept of it, with whether the user is active as it is here: somebody else may have said so.
    pub fn attributes(&self, state: &State) -> Attributes {
        let mut attributes = self.attributes.clone();
        if let Some(active) = attributes.get_mut("active") {
            *active = (!is_off(state, self.person)).into();
        }
        attributes
    }

    /// Its entity tag.
    pub fn tag(&self, state: &State) -> String {
        let off = i64::from(is_off(state, self.person));
        tag(self.revision * 2 + off)
    }

    /// As it is answered.
    pub fn resource(&self, state: &State, base: &str) -> Attributes {
        let id = state.public(self.person).map(|id| id.to_string());
        let told = Told {
            kind: &USER,
            id: id.unwrap_or_default(),
            tag: self.tag(state),
            at: (self.created_at, self.modified_at),
        };
        told.complete(self.attributes(state), base)
    }
}

impl GroupRow {
    /// Its members who are still in it, as they were written.
    pub fn present(&self, state: &State) -> Vec<Value> {
        let row = state.provider_groups().get(self.group);
        let is_in = |member: &&Value| {
            let person = member_of(state, member);
            person
                .zip(row)
                .is_some_and(|(person, row)| row.members.contains(person))
        };
        self.members.iter().filter(is_in).cloned().collect()
    }

    /// What is kept of it, with its members.
    pub fn attributes(&self, state: &State) -> Attributes {
        let mut attributes = self.attributes.clone();
        let members = self.present(state);
        if !members.is_empty() {
            attributes.insert("members".to_owned(), members.into());
        }
        attributes
    }

    /// Its entity tag.
    pub fn tag(&self) -> String {
        tag(self.revision)
    }

    /// As it is answered.
    pub fn resource(&self, state: &State, base: &str) -> Attributes {
        let id = state.public(self.group).map(|id| id.to_string());
        let told = Told {
            kind: &GROUP,
            id: id.unwrap_or_default(),
            tag: self.tag(),
            at: (self.created_at, self.modified_at),
        };
        told.complete(self.attributes(state), base)
    }
}

/// Whom a member names.
pub(crate) fn member_of(state: &State, member: &Value) -> Option<PersonId> {
    let id = member.get("value")?.as_str()?.parse().ok()?;
    state.resolve::<PersonId>(id)
}

fn tag(revision: i64) -> String {
    etag::of_revision(u64::try_from(revision).unwrap_or_default())
}

/// What this server adds to a resource.
struct Told {
    kind: &'static ResourceType,
    id: String,
    tag: String,
    at: (Moment, Moment),
}

impl Told {
    fn complete(&self, attributes: Attributes, base: &str) -> Attributes {
        let (created, modified) = self.at;
        let meta = Meta {
            id: &self.id,
            base,
            created: &timestamp(created).to_string(),
            last_modified: &timestamp(modified).to_string(),
            version: &self.tag,
        };
        complete(self.kind, attributes, &meta)
    }
}

/// Where a resource is.
pub(crate) fn location(resource: &Attributes) -> Option<String> {
    let location = resource.get("meta")?.get("location")?;
    location.as_str().map(str::to_owned)
}

/// Attributes as they are kept.
pub(crate) fn kept(attributes: &Attributes) -> String {
    json!(attributes).to_string()
}
