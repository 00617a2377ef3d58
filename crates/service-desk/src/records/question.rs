//! What somebody asks of the records: a filter and an order, as it stands in an address, in the body of a search and in what is kept. Ids, levels
//! and days only; what is typed is kept elsewhere, so that no name of anybody stands in an address.

use access::{GroupId, PersonId, Subject, state::Tie};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use utoipa::{
    IntoParams, ToSchema,
    openapi::{ObjectBuilder, RefOr, Schema, Type},
};
use web::{
    Problem, Result,
    page::{address, day},
    resource::{CompanyRef, GroupRef, PersonRef, ServiceRef},
    session::Session,
};

use super::{
    Assignee, CategoryId, Kind, Priority, Status,
    rest::colleague,
    store::{Asked, DueAsked, Mark, Order, StateAsked, Whose},
};

/// Which records, and in which order.
#[derive(Debug, Clone, Default, Serialize, Deserialize, IntoParams)]
#[serde(default)]
pub(super) struct Question {
    /// The one with this number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<i64>,
    /// Of this service.
    #[param(inline)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service: Option<ServiceRef>,
    /// Of this kind.
    #[param(inline)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<Kind>,
    /// `open`: somebody still works on it; `done`: it is resolved or closed; or one state, like `on_hold`.
    #[param(schema_with = state_words)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<StateAsked>,
    /// From 1, the most urgent, to 5.
    #[param(inline)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub priority: Option<Priority>,
    /// Of this category of its service.
    #[param(inline)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category: Option<CategoryId>,
    /// Whose work it is, seen from whoever asks.
    #[param(inline)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub whose: Option<WhoseWord>,
    /// Assigned to this user.
    #[param(inline)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<PersonRef>,
    /// Assigned to this group.
    #[param(inline)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<GroupRef>,
    /// Assigned to this group or to one of its members (SD-20).
    #[param(inline)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub members_of: Option<GroupRef>,
    /// Of this customer.
    #[param(inline)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer: Option<PersonRef>,
    /// Of this company.
    #[param(inline)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub company: Option<CompanyRef>,
    /// Only what whoever asks follows (SD-38).
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub followed: bool,
    /// How it is marked.
    #[param(inline)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mark: Option<MarkWord>,
    /// `late`, or `soon`: not late yet, and past the warning of its target.
    #[param(inline)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due: Option<DueWord>,
    /// Only what the customer answered, and nobody has answered since.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub answered: bool,
    /// Opened on this day or later, like `2026-03-01` (UTC).
    #[param(schema_with = web::schema::day_if)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub opened_from: Option<String>,
    /// Opened on this day or before.
    #[param(schema_with = web::schema::day_if)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub opened_until: Option<String>,
    /// In which order; the newest first where it is not said.
    #[param(inline)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sort: Option<SortWord>,
}

/// Whose work it is, seen from whoever asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum WhoseWord {
    /// Their own.
    Mine,
    /// That of their groups, and nobody's in person.
    MyGroups,
    /// Nobody's.
    Nobodys,
    /// What they have to care for: all of these.
    Ours,
}

/// How a record is marked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum MarkWord {
    /// Common.
    Common,
    /// Interesting.
    Interesting,
}

/// When a record is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum DueWord {
    /// It should be done by now.
    Late,
    /// It is late soon.
    Soon,
}

/// In which order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum SortWord {
    /// The newest first.
    Newest,
    /// What is due first.
    Due,
    /// The most urgent first.
    Urgent,
    /// What was changed last first.
    Changed,
}

impl SortWord {
    fn order(self) -> Order {
        match self {
            SortWord::Newest => Order::Newest,
            SortWord::Due => Order::Due,
            SortWord::Urgent => Order::Urgent,
            SortWord::Changed => Order::Changed,
        }
    }
}

impl Serialize for StateAsked {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        match self {
            StateAsked::Open => "open".serialize(serializer),
            StateAsked::Done => "done".serialize(serializer),
            StateAsked::Is(status) => status.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for StateAsked {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        let word = String::deserialize(deserializer)?;
        match word.as_str() {
            "open" => Ok(Self::Open),
            "done" => Ok(Self::Done),
            word => {
                let status = serde::de::value::StrDeserializer::new(word);
                Status::deserialize(status).map(Self::Is)
            }
        }
    }
}

fn state_words() -> RefOr<Schema> {
    let states = Status::ALL.map(Status::key);
    let words = ["open".to_owned(), "done".to_owned()];
    let words = words.into_iter().chain(states);
    ObjectBuilder::new()
        .schema_type(Type::String)
        .enum_values(Some(words))
        .into()
}

impl Question {
    /// What an address says behind its path.
    pub fn at(address: &str) -> Result<Self> {
        let query = address.split_once('?').map_or("", |(_, query)| query);
        let wrong = |_| Problem::invalid("filter", "open the list again, and choose again");
        serde_urlencoded::from_str(query).map_err(wrong)
    }

    /// Its parameters, as an address has them.
    pub fn pairs(&self) -> Vec<(String, String)> {
        let said = serde_json::to_value(self).unwrap_or_default();
        let said = said.as_object().cloned().unwrap_or_default();
        let text = |value: serde_json::Value| match value {
            serde_json::Value::String(text) => text,
            other => other.to_string(),
        };
        let said = said.into_iter().map(|(name, value)| (name, text(value)));
        said.collect()
    }

    /// As an address says it, behind its path.
    pub fn text(&self) -> String {
        self.address("").trim_start_matches('?').to_owned()
    }

    /// What was kept of one. What it names may be there no more: nothing is found by that (AD-26).
    pub fn of_text(text: &str) -> Result<Self> {
        Self::at(&format!("?{text}"))
    }

    /// One of its parameters.
    pub fn value(&self, name: &str) -> Option<String> {
        let mut pairs = self.pairs().into_iter();
        pairs.find(|(one, _)| one == name).map(|(_, value)| value)
    }

    /// A list with it.
    pub fn address(&self, path: &str) -> String {
        let pairs = self.pairs();
        let pairs: Vec<_> = pairs
            .iter()
            .map(|(name, value)| (name.as_str(), Some(value.as_str())))
            .collect();
        address(path, &pairs)
    }

    /// As the store takes it. What names something that the reader does not know is refused as an unknown id.
    pub fn asked(&self, session: &Session) -> Result<Asked> {
        let now = session.now();
        let due = self.due.map(|word| match word {
            DueWord::Late => DueAsked::Before(now),
            DueWord::Soon => DueAsked::Soon(now),
        });
        let day_of = |at: &'static str, text: &Option<String>| {
            let text = text.as_deref().filter(|text| !text.is_empty());
            let wrong = || Problem::invalid(at, "give a day like 2026-03-01");
            text.map(|text| day(text).ok_or_else(wrong)).transpose()
        };
        let opened_from = day_of("opened_from", &self.opened_from)?;
        let opened_until = day_of("opened_until", &self.opened_until)?;
        let has_days = opened_from.is_some() || opened_until.is_some();
        let order = match self.sort.map(SortWord::order).unwrap_or_default() {
            Order::Newest if has_days => Order::Opened,
            order => order,
        };
        Ok(Asked {
            service: session.named_if("service", self.service)?,
            kind: self.kind,
            state: self.state,
            priority: self.priority,
            category: self.category,
            whose: self.whose(session)?,
            customer: session.named_if("customer", self.customer)?,
            company: session.named_if("company", self.company)?,
            watcher: self.followed.then(|| session.owner()).transpose()?,
            number: self.number,
            mark: self.mark.map(|word| match word {
                MarkWord::Common => Mark::Common,
                MarkWord::Interesting => Mark::Interesting,
            }),
            due,
            answered: self.answered,
            tag: None,
            opened_from: opened_from.map(|(begins, _)| begins),
            opened_until: opened_until.map(|(_, ends)| ends),
            words: Vec::new(),
            order,
        })
    }

    fn whose(&self, session: &Session) -> Result<Option<Whose>> {
        let user = self.user.map(|user| colleague(session, "user", user));
        let said = [
            self.whose.map(|word| whose(session, word)),
            user.transpose()?
                .map(|one| Whose::Assignee(Assignee::User(one))),
            session
                .named_if("group", self.group)?
                .map(|one| Whose::Assignee(Assignee::Group(one))),
            session
                .named_if("members_of", self.members_of)?
                .map(|one| Whose::Members(one, members(session, one))),
        ];
        let mut said = said.into_iter().flatten();
        let first = said.next();
        if said.next().is_some() {
            let detail = "work is given to one user or to one group: ask for one of them";
            return Err(Problem::senseless("asked_of_several", "whose", detail));
        }
        Ok(first)
    }
}

fn whose(session: &Session, word: WhoseWord) -> Whose {
    // Whoever is no person has no work, and is in no group.
    let me = match session.view().subject() {
        Subject::Person(person) => Some(person),
        _ => None,
    };
    let groups = me.map(|me| groups(session, me)).unwrap_or_default();
    match (word, me) {
        (WhoseWord::Nobodys, _) => Whose::Nobody,
        (WhoseWord::MyGroups, _) | (WhoseWord::Mine, None) => Whose::Groups(groups),
        (WhoseWord::Mine, Some(me)) => Whose::Assignee(Assignee::User(me)),
        (WhoseWord::Ours, Some(me)) => Whose::Concerns(me, groups),
        (WhoseWord::Ours, None) => Whose::Nobody,
    }
}

/// The groups that somebody is in.
pub(super) fn groups(session: &Session, of: PersonId) -> Vec<GroupId> {
    let state = session.state();
    let Some(row) = state.people().get(of) else {
        return Vec::new();
    };
    let ties = state.ties_at(row, session.now());
    let groups = ties.filter_map(|(tie, _)| match tie {
        Tie::Group(group) => Some(group),
        _ => None,
    });
    groups.collect()
}

fn members(session: &Session, group: GroupId) -> Vec<PersonId> {
    let row = session.state().groups().get(group);
    row.map(|row| row.members.iter().collect())
        .unwrap_or_default()
}
