//! Records of the desk: incidents, problems, changes and releases. Rows of this slice, written by record acts, read through a filter that the
//! access core made.
//!
//! **Start reading** in `life.rs` for what a record goes through, then `acts.rs` for what can be done with one, `question.rs` for what lists
//! ask, and `store.rs` for its rows.

mod acts;
pub(crate) mod attachments;
mod card_notes;
mod checks;
mod deadlines;
pub mod demonstrate;
mod desk;
mod follow;
mod history;
mod ids;
pub(crate) mod incidents;
mod lapsed;
mod life;
mod links;
mod live;
mod mails;
mod mass_actions;
mod moves;
mod notices;
mod pages;
mod presets;
mod queries;
mod question;
mod reports;
mod rest;
mod store;
mod tags;
mod targets;
mod watchers;

use access::{
    CompanyId, Dense, Fingerprint, GroupId, Moment, PersonId, ServiceId, View, decide::RecordFacts,
    explain::words::Name,
};
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{ObjectBuilder, RefOr, Schema, Type},
};
use web::route::Route;

use self::{
    deadlines::{Deadline, Deadlines},
    life::Kind,
};
pub(crate) use self::{
    follow::LostAccess,
    ids::{
        AttachmentId, AttachmentInPath, CardNoteId, CardNoteInPath, CategoryId, InPath, MailId,
        MailInPath, QueryId, QueryInPath, RecordId,
    },
    life::{Reason, Status},
    mass_actions::Ended,
    pages::{in_words, passage, title},
    rest::timestamp,
    store::{AskedIncidents, Attachment, COUNTED_MAX, Incident, Note, OfWhom},
};
pub use self::{lapsed::Lapses, mails::MailRoom, notices::Notices};

pub use self::mass_actions::Worker as MassActionWorker;

/// Every route of records.
pub(crate) fn routes() -> Vec<Route> {
    [
        rest::routes(),
        live::routes(),
        attachments::routes(),
        links::routes(),
        mails::routes(),
        moves::routes(),
        tags::routes(),
        watchers::routes(),
        queries::routes(),
        targets::routes(),
        presets::routes(),
        card_notes::routes(),
        reports::routes(),
        mass_actions::routes(),
        pages::routes(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Whom work is given to (SD-19).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Assignee {
    User(PersonId),
    Group(GroupId),
}

impl Assignee {
    pub fn name(self) -> Name {
        match self {
            Assignee::User(person) => Name::Person(person),
            Assignee::Group(group) => Name::Group(group),
        }
    }

    fn user(self) -> Option<PersonId> {
        match self {
            Assignee::User(person) => Some(person),
            Assignee::Group(_) => None,
        }
    }

    fn group(self) -> Option<GroupId> {
        match self {
            Assignee::User(_) => None,
            Assignee::Group(group) => Some(group),
        }
    }

    fn of_columns(user: Option<i64>, group: Option<i64>) -> Option<Self> {
        let user = dense(user).map(Assignee::User);
        user.or_else(|| dense(group).map(Assignee::Group))
    }
}

/// How urgent it is: from 1, the most urgent, to 5.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub(crate) struct Priority(u8);

impl Priority {
    /// SD-30: five of them.
    pub const ALL: [Priority; 5] = [
        Priority(1),
        Priority(2),
        Priority(3),
        Priority(4),
        Priority(5),
    ];
    pub const DEFAULT: Priority = Priority(3);

    pub fn of_number(number: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|one| i64::from(one.0) == number)
    }

    pub fn number(self) -> u8 {
        self.0
    }

    pub fn word(self) -> &'static str {
        match self.0 {
            1 => "Critical",
            2 => "High",
            3 => "Normal",
            4 => "Low",
            _ => "Whenever there is time",
        }
    }
}

impl<'de> Deserialize<'de> for Priority {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        let number = i64::deserialize(deserializer)?;
        Self::of_number(number).ok_or_else(|| serde::de::Error::custom("a priority is 1 to 5"))
    }
}

impl PartialSchema for Priority {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::Integer)
            .minimum(Some(1))
            .maximum(Some(5))
            .into()
    }
}

impl ToSchema for Priority {}

/// What people say of a record and decide about it; the rest is kept by the acts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Content {
    pub title: String,
    pub description: String,
    pub priority: Priority,
    pub status: Status,
    /// Of what is closed.
    pub reason: Option<Reason>,
    pub assignee: Option<Assignee>,
    pub customer: Option<PersonId>,
    /// SD-33: the company that the customer had when it was logged, unless staff said another.
    pub company: Option<CompanyId>,
    /// One of those of its service. Of one that was removed nothing is shown.
    pub category: Option<CategoryId>,
}

/// A record that somebody may read or write: only the store makes one, of what a filter admits or a permit names.
#[derive(Debug, Clone)]
pub(crate) struct Record {
    /// Counted within the account; people call it by it.
    pub number: i64,
    pub id: RecordId,
    pub kind: Kind,
    pub service: ServiceId,
    pub content: Content,
    pub deadlines: Deadlines,
    pub is_common: bool,
    pub is_interesting: bool,
    pub opened_at: Moment,
    pub changed_at: Moment,
    revision: i64,
}

impl Record {
    /// What decides who reaches it.
    pub fn facts(&self) -> RecordFacts {
        RecordFacts {
            service: self.service,
            customer: self.content.customer,
            company: self.content.company,
        }
    }

    /// What a change of it carries: it is refused where somebody else changed the record since.
    pub fn mark(&self) -> Fingerprint {
        Fingerprint::of_stored(&(self.id.0, self.revision))
    }

    /// When it is to be done, in words that say how it stands, with their shape.
    pub fn due_words(&self, now: Moment) -> Option<(String, &'static str)> {
        self.deadlines.resolution(now).map(Deadline::told)
    }

    /// When it is to be answered, in the same way.
    pub fn response_words(&self, now: Moment) -> Option<(String, &'static str)> {
        self.deadlines.response(now).map(Deadline::told)
    }

    /// What its state is called.
    pub fn state_name(&self) -> &'static str {
        self.kind.name_of(self.content.status)
    }

    /// Everything that it names for a reader: SD-19 shows the customer and who works on it also where nothing else would, SD-33 no company
    /// that is hidden.
    pub fn names(&self, view: &View<'_>) -> impl Iterator<Item = Name> + use<> {
        let content = &self.content;
        let service = std::iter::once(Name::Service(self.service));
        service
            .chain(content.assignee.map(Assignee::name))
            .chain(content.customer.map(Name::Person))
            .chain(self.company_for(view).map(Name::Company))
    }

    /// The company, for a reader whose company access admits it.
    pub fn company_for(&self, view: &View<'_>) -> Option<CompanyId> {
        let company = self.content.company;
        company.filter(|_| view.admits(company))
    }
}

/// A title to be read and followed, also where it was the name of somebody who is erased (SD-26).
pub(crate) fn titled(title: &str) -> &str {
    match title {
        "" => "A blanked title",
        title => title,
    }
}

/// An id from its column.
fn dense<K: Dense>(number: Option<i64>) -> Option<K> {
    number
        .and_then(|number| u32::try_from(number).ok())
        .and_then(K::from_number)
}
