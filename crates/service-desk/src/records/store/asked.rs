//! What a list of records asks for, besides what its reader may see.

use access::{CompanyId, Dense, GroupId, Moment, PersonId, ServiceId};

use super::statement::{Statement, among};
use crate::records::{
    Assignee, CategoryId, Priority, Record,
    life::{Kind, Status},
};

/// What is open, as the indexes of `0026_record_lists.sql` say it.
pub(super) const OPEN: &str = "status NOT IN (5, 6)";
/// When it is due, for sorting: what is never due comes last. The indexes say it so, too.
const DUE: &str = "COALESCE(due_at, 9223372036854775807)";

/// What a list asks for.
#[derive(Debug, Clone, Default)]
pub(in crate::records) struct Asked {
    pub service: Option<ServiceId>,
    pub kind: Option<Kind>,
    pub state: Option<StateAsked>,
    pub priority: Option<Priority>,
    pub whose: Option<Whose>,
    pub category: Option<CategoryId>,
    pub customer: Option<PersonId>,
    pub company: Option<CompanyId>,
    /// Followed by this user (SD-38).
    pub watcher: Option<PersonId>,
    /// The one with this number.
    pub number: Option<i64>,
    pub mark: Option<Mark>,
    pub due: Option<DueAsked>,
    /// Only what the customer answered, and nobody has answered since.
    pub answered: bool,
    /// Opened at or after this moment.
    pub opened_from: Option<Moment>,
    /// Opened before this moment.
    pub opened_until: Option<Moment>,
    /// It has this tag.
    pub tag: Option<String>,
    /// Words that all stand in it, the rarest first.
    pub words: Vec<String>,
    pub order: Order,
}

/// In which state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::records) enum StateAsked {
    /// Somebody still works on it.
    Open,
    /// It is resolved or closed.
    Done,
    Is(Status),
}

impl StateAsked {
    fn is_open(self) -> bool {
        match self {
            Self::Open => true,
            Self::Done => false,
            Self::Is(status) => status.is_open(),
        }
    }
}

/// Whose work a list is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::records) enum Whose {
    Assignee(Assignee),
    Nobody,
    /// Assigned to one of these groups: nobody in person.
    Groups(Vec<GroupId>),
    /// SD-20: the work of a group is what is assigned to it or to one of its members.
    Members(GroupId, Vec<PersonId>),
    /// What somebody has to care for: their own, their groups', and nobody's.
    Concerns(PersonId, Vec<GroupId>),
}

/// How it is marked (SD-4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::records) enum Mark {
    Common,
    Interesting,
}

/// When it is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::records) enum DueAsked {
    /// Before this moment.
    Before(Moment),
    /// Not before this moment, at which it is nearly late: as a record says it of itself (SD-30).
    Soon(Moment),
}

/// In which order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(in crate::records) enum Order {
    /// The newest first.
    #[default]
    Newest,
    /// What is due first; what is never due last.
    Due,
    /// The most urgent first, and the oldest of these.
    Urgent,
    /// What was changed last first.
    Changed,
    /// What was opened last first: the newest first where days are asked for, which no number tells.
    Opened,
}

impl Order {
    /// What it sorts by, besides the number.
    pub(super) fn key(self) -> Option<&'static str> {
        match self {
            Order::Newest => None,
            Order::Due => Some(DUE),
            Order::Urgent => Some("priority"),
            Order::Changed => Some("changed_at"),
            Order::Opened => Some("opened_at"),
        }
    }

    pub(super) fn is_descending(self) -> bool {
        matches!(self, Order::Newest | Order::Changed | Order::Opened)
    }

    /// Where a record stands in it.
    pub fn place(self, record: &Record) -> Place {
        let key = match self {
            Order::Newest => 0,
            Order::Due => record.deadlines.due_at.map_or(i64::MAX, |at| at.0),
            Order::Urgent => record.content.priority.number().into(),
            Order::Changed => record.changed_at.0,
            Order::Opened => record.opened_at.0,
        };
        Place(key, record.number)
    }
}

/// A place in an order: what is sorted by, and the number.
#[derive(Debug, Clone, Copy, serde::Serialize, serde::Deserialize)]
pub(in crate::records) struct Place(pub i64, pub i64);

impl Asked {
    /// Whether only what is open is asked for: what is done is not late, and nobody waits for an answer to it.
    fn is_open(&self) -> bool {
        match self.state {
            Some(state) => state.is_open(),
            None => self.due.is_some() || self.answered,
        }
    }

    /// The index that leads to somebody's records, whatever service they are of, where some are asked for: they are few.
    pub(super) fn index_of_somebody(&self) -> Option<&'static str> {
        let is_open = self.is_open();
        match &self.whose {
            _ if self.number.is_some() => Some(""),
            _ if self.customer.is_some() => Some("service_desk_records_customer"),
            Some(Whose::Assignee(Assignee::User(_))) if is_open => {
                Some("service_desk_records_open_user")
            }
            Some(Whose::Assignee(Assignee::User(_))) => Some("service_desk_records_user"),
            Some(Whose::Assignee(Assignee::Group(_)) | Whose::Groups(_)) if is_open => {
                Some("service_desk_records_open_group")
            }
            Some(Whose::Assignee(Assignee::Group(_)) | Whose::Groups(_)) => {
                Some("service_desk_records_group")
            }
            _ if self.company.is_some() => Some("service_desk_records_company"),
            _ => None,
        }
    }

    /// The index that leads through a service in the order that is wanted, or to the few that are so.
    pub(super) fn index_of_service(&self) -> &'static str {
        let is_open = self.is_open();
        match self.order {
            _ if is_open && self.answered => "service_desk_records_answered",
            _ if is_open && matches!(self.due, Some(DueAsked::Soon(_))) => {
                "service_desk_records_warned"
            }
            _ if is_open && self.due.is_some() => "service_desk_records_open_due",
            Order::Due if is_open => "service_desk_records_open_due",
            Order::Urgent if is_open => "service_desk_records_open_priority",
            Order::Due => "service_desk_records_due",
            Order::Urgent => "service_desk_records_priority",
            Order::Changed => "service_desk_records_changed",
            Order::Opened => "service_desk_records_day",
            Order::Newest if is_open => "service_desk_records_open",
            Order::Newest => self.index_of_newest(),
        }
    }

    /// The index through what a service has, the newest first: to the few that are so, where few are.
    fn index_of_newest(&self) -> &'static str {
        match self.mark {
            Some(Mark::Common) => "service_desk_records_common",
            Some(Mark::Interesting) => "service_desk_records_interesting",
            None if self.category.is_some() => "service_desk_records_category",
            None if self.kind.is_some() => "service_desk_records_kind",
            None => "service_desk_records_service",
        }
    }

    /// Puts it into a statement about records.
    pub(super) fn narrow(&self, wanted: &mut Statement) {
        if let Some(kind) = self.kind {
            wanted.and("kind", kind.number());
        }
        if let Some(state) = self.state {
            let not = if state.is_open() { "" } else { "NOT " };
            wanted.sql += &format!(" AND {not}{OPEN}");
            if let StateAsked::Is(status) = state {
                wanted.and("status", status.number());
            }
        }
        if self.state.is_none() && self.is_open() {
            wanted.sql += &format!(" AND {OPEN}");
        }
        if let Some(priority) = self.priority {
            wanted.and("priority", i64::from(priority.number()));
        }
        if let Some(category) = self.category {
            wanted.and("category", category.0.to_string());
        }
        self.narrow_to_people(wanted);
        if let Some(number) = self.number {
            wanted.and("number", number);
        }
        match self.mark {
            None => {}
            Some(Mark::Common) => wanted.sql += " AND is_common = 1",
            Some(Mark::Interesting) => wanted.sql += " AND is_interesting = 1",
        }
        let (late, soon) = match self.due {
            None => (None, None),
            Some(DueAsked::Before(now)) => (Some(now), None),
            Some(DueAsked::Soon(now)) => (None, Some(now)),
        };
        for (column, than, at) in [
            (DUE, "<", late),
            ("due_at", ">=", soon),
            ("warn_at", "<=", soon),
            ("opened_at", ">=", self.opened_from),
            ("opened_at", "<", self.opened_until),
        ] {
            if let Some(at) = at {
                let place = wanted.bind(at.0);
                wanted.sql += &format!(" AND {column} {than} {place}");
            }
        }
        if self.due.is_some() {
            // SD-30: the clock stands meanwhile.
            wanted.sql += " AND waiting_since IS NULL";
        }
        if let Some(tag) = &self.tag {
            let tag = wanted.bind(tag.as_str());
            wanted.sql += &format!(
                " AND number IN (SELECT t.record FROM service_desk_tags AS t WHERE t.account = $1 AND t.tag = {tag})"
            );
        }
        if self.answered {
            wanted.sql += " AND answered_at IS NOT NULL";
        }
    }

    fn narrow_to_people(&self, wanted: &mut Statement) {
        match &self.whose {
            None => {}
            Some(Whose::Nobody) => wanted.sql += &format!(" AND {NOBODYS}"),
            Some(Whose::Assignee(Assignee::User(user))) => {
                wanted.and("assignee_user", user.number());
            }
            Some(Whose::Assignee(Assignee::Group(group))) => {
                wanted.and("assignee_group", group.number());
            }
            Some(Whose::Groups(groups)) => {
                wanted.and_among("assignee_group", groups.iter().map(|one| one.number()));
            }
            Some(Whose::Members(group, people)) => {
                let people = among("assignee_user", people.iter().map(|one| one.number()));
                let group = group.number();
                wanted.sql += &format!(" AND (assignee_group = {group} OR {people})");
            }
            Some(Whose::Concerns(person, groups)) => {
                let groups = among("assignee_group", groups.iter().map(|one| one.number()));
                let person = person.number();
                wanted.sql +=
                    &format!(" AND (assignee_user = {person} OR {groups} OR ({NOBODYS}))");
            }
        }
        if let Some(customer) = self.customer {
            wanted.and("customer", customer.number());
        }
        if let Some(company) = self.company {
            wanted.and("company", company.number());
        }
        if let Some(watcher) = self.watcher {
            let watcher = watcher.number();
            wanted.sql += &format!(
                " AND number IN (SELECT w.record FROM service_desk_watchers AS w WHERE w.account = $1 AND w.person = {watcher})"
            );
        }
    }
}

const NOBODYS: &str = "assignee_user IS NULL AND assignee_group IS NULL";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_open_is_what_the_indexes_hold() {
        let done = [Status::Resolved, Status::Closed].map(|status| status.number().to_string());
        assert_eq!(OPEN, format!("status NOT IN ({})", done.join(", ")));
    }
}
