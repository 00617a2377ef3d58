//! The form above a list of records: what it offers, what was sent with it, and where that leads.

use access::{ServiceId, explain::words::Name};
use serde::Deserialize;
use web::{
    Result,
    page::{Picker, Typed, names::Names},
    resource::ServiceRef,
    session::Session,
};

use super::fields::{self, ASSIGNEES, COMPANIES, CUSTOMERS};
use crate::records::{
    Kind, Priority, Status,
    presets::Category,
    question::Question,
    tags::{with_tag, without_tag},
};

/// The form as it is sent: what was not chosen is empty.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Sent {
    q: String,
    /// The saved query that is changed.
    from: String,
    service: String,
    kind: String,
    state: String,
    priority: String,
    pub category: String,
    whose: String,
    mark: String,
    due: String,
    answered: String,
    followed: String,
    tag: String,
    opened_from: String,
    opened_until: String,
    sort: String,
    assignee: Option<String>,
    assignee_text: Option<String>,
    assignee_asked: Option<String>,
    customer: Option<String>,
    customer_text: Option<String>,
    customer_asked: Option<String>,
    company: Option<String>,
    company_text: Option<String>,
    company_asked: Option<String>,
}

/// The fields that name somebody.
pub(super) struct Pickers {
    pub assignee: Picker,
    pub customer: Picker,
    pub company: Picker,
}

impl Pickers {
    fn empty() -> Self {
        Self {
            assignee: Picker::new("assignee", "Assigned to a user or a group", ASSIGNEES),
            customer: Picker::new("customer", "Customer", CUSTOMERS),
            company: Picker::new("company", "Company", COMPANIES),
        }
    }

    /// As they were sent.
    pub async fn sent(session: &Session, sent: &Sent) -> Result<Self> {
        let Self {
            assignee,
            customer,
            company,
        } = Self::empty();
        let named = fields::sent(&sent.assignee, &sent.assignee_text, &sent.assignee_asked);
        let assignee = assignee.take(session, ASSIGNEES, named).await?;
        let named = fields::sent(&sent.customer, &sent.customer_text, &sent.customer_asked);
        let customer = customer.take(session, CUSTOMERS, named).await?;
        let named = fields::sent(&sent.company, &sent.company_text, &sent.company_asked);
        let company = company.take(session, COMPANIES, named).await?;
        Ok(Self {
            assignee,
            customer,
            company,
        })
    }

    /// As a question fills them.
    pub fn of(session: &Session, question: &Question, names: &Names<'_>) -> Self {
        let Self {
            mut assignee,
            mut customer,
            mut company,
        } = Self::empty();
        let asked = named_in(session, question);
        if let Some((id, name)) = asked.assignee {
            assignee = assignee.with(id, names.text(name));
        }
        if let Some((id, name)) = asked.customer {
            customer = customer.with(id, names.text(name));
        }
        if let Some((id, name)) = asked.company {
            company = company.with(id, names.text(name));
        }
        Self {
            assignee,
            customer,
            company,
        }
    }

    /// Whether somebody has to be chosen first.
    pub fn are_open(&self) -> bool {
        [&self.assignee, &self.customer, &self.company]
            .iter()
            .any(|picker| picker.is_open())
    }
}

/// Whom and what a question names, by id, as far as the reader knows them.
#[derive(Default)]
struct Named {
    assignee: Option<(String, Name)>,
    customer: Option<(String, Name)>,
    company: Option<(String, Name)>,
}

fn named_in(session: &Session, question: &Question) -> Named {
    let user = question.user.and_then(|user| {
        let person = crate::records::rest::colleague(session, "user", user).ok()?;
        Some((user.0.to_string(), Name::Person(person)))
    });
    let group = question.members_of.or(question.group).and_then(|group| {
        let found = session.find(group)?;
        Some((group.0.to_string(), Name::Group(found)))
    });
    let customer = question.customer.and_then(|customer| {
        let found = session.find(customer)?;
        Some((customer.0.to_string(), Name::Person(found)))
    });
    let company = question.company.and_then(|company| {
        let found = session.find(company)?;
        Some((company.0.to_string(), Name::Company(found)))
    });
    Named {
        assignee: user.or(group),
        customer,
        company,
    }
}

/// The names that the form of a question shows.
pub(super) fn names(session: &Session, question: &Question) -> Vec<Name> {
    let named = named_in(session, question);
    let all = [named.assignee, named.customer, named.company];
    all.into_iter().flatten().map(|(_, name)| name).collect()
}

/// The address of the list that was asked for.
pub(super) fn address(path: &str, sent: &Sent, pickers: &Pickers, view: Option<&str>) -> String {
    let assignee = pickers.assignee.chosen();
    let is_person = assignee.is_some_and(|id| id.starts_with("per_"));
    let user = assignee.filter(|_| is_person);
    let group = assignee.filter(|_| !is_person);
    // Somebody who is named is meant, whatever else stands beside it.
    let whose = Some(sent.whose.as_str()).filter(|_| assignee.is_none());
    web::page::address(
        path,
        &[
            ("view", view),
            ("from", sent.from()),
            ("service", Some(&sent.service)),
            ("kind", Some(&sent.kind)),
            ("state", Some(&sent.state)),
            ("priority", Some(&sent.priority)),
            ("category", Some(&sent.category)),
            ("whose", whose),
            ("user", user),
            ("members_of", group),
            ("customer", pickers.customer.chosen()),
            ("company", pickers.company.chosen()),
            ("mark", Some(&sent.mark)),
            ("due", Some(&sent.due)),
            ("answered", Some(&sent.answered)),
            ("followed", Some(&sent.followed)),
            ("opened_from", Some(&sent.opened_from)),
            ("opened_until", Some(&sent.opened_until)),
            ("sort", Some(&sent.sort)),
        ],
    )
}

impl Sent {
    /// What was typed to be looked for: words, and a tag.
    pub fn text(&self) -> String {
        with_tag(&self.q, &self.tag)
    }

    /// The service that is asked for.
    pub fn service(&self) -> &str {
        &self.service
    }

    /// The saved query that it began with.
    pub fn from(&self) -> Option<&str> {
        Some(self.from.as_str()).filter(|from| !from.is_empty())
    }
}

/// An option of a field.
pub(super) struct Choice {
    pub value: String,
    pub label: String,
    pub is_chosen: bool,
}

/// A field with options.
pub(super) struct Select {
    pub name: &'static str,
    pub label: &'static str,
    /// What the empty option says.
    pub any: &'static str,
    pub choices: Vec<Choice>,
}

impl Select {
    /// A field as a question fills it.
    fn of<V: Into<String>, L: Into<String>>(
        question: &Question,
        name: &'static str,
        (label, any): (&'static str, &'static str),
        options: impl IntoIterator<Item = (V, L)>,
    ) -> Self {
        let chosen = question.value(name);
        let choice = |(value, label): (V, L)| {
            let value = value.into();
            Choice {
                is_chosen: chosen.as_ref() == Some(&value),
                label: label.into(),
                value,
            }
        };
        Self {
            name,
            label,
            any,
            choices: options.into_iter().map(choice).collect(),
        }
    }
}

/// The form.
pub(super) struct Form {
    pub text: String,
    pub tag: String,
    /// What is asked for mostly.
    pub selects: Vec<Select>,
    /// What is asked for sometimes.
    pub more: Vec<Select>,
    pub pickers: Pickers,
    pub opened_from: String,
    pub opened_until: String,
    pub is_more_open: bool,
}

impl Form {
    pub fn of(
        session: &Session,
        question: &Question,
        typed: &Typed,
        services: &[ServiceId],
        categories: Vec<Category>,
        names: &Names<'_>,
    ) -> Self {
        let service = |one: &ServiceId| {
            let id: ServiceRef = session.id(*one);
            (id.0.to_string(), names.text(Name::Service(*one)))
        };
        let status = |one: Status| (one.key(), one.word());
        let states = [("open", "Open"), ("done", "Resolved or closed")];
        let states = states.map(|(key, word)| (key.to_owned(), word));
        let states = states.into_iter().chain(Status::ALL.map(status));
        let whose = [
            ("mine", "me"),
            ("my_groups", "my groups"),
            ("nobodys", "nobody"),
            ("ours", "me, my groups or nobody"),
        ];
        let sorts = [
            ("due", "due first"),
            ("urgent", "most urgent first"),
            ("changed", "changed last first"),
        ];
        let select = |name, words, options: Vec<(&'static str, &'static str)>| {
            Select::of(question, name, words, options)
        };
        let kinds = Kind::ALL.map(|kind| (kind.word(), kind.title()));
        let priorities = Priority::ALL.map(|one| (one.number().to_string(), one.word()));
        let pickers = Pickers::of(session, question, names);
        // Each service has its own: they are offered where one is chosen.
        let categories = (!categories.is_empty()).then(|| {
            let options = categories.into_iter();
            let options = options.map(|one| (one.id.to_string(), one.title()));
            Select::of(question, "category", ("Category", "any"), options)
        });
        let more = vec![
            select(
                "due",
                ("Due", "at any time"),
                vec![("late", "late"), ("soon", "late soon")],
            ),
            select(
                "answered",
                ("The customer", "whoever spoke last"),
                vec![("true", "has answered last")],
            ),
            select("followed", ("Followed", "or not"), vec![("true", "by me")]),
            select(
                "mark",
                ("Marked", "or not"),
                vec![("common", "common"), ("interesting", "interesting")],
            ),
        ];
        let chosen = |field: &Option<String>| field.clone().unwrap_or_default();
        let (opened_from, opened_until) = (
            chosen(&question.opened_from),
            chosen(&question.opened_until),
        );
        let is_chosen = |select: &Select| select.choices.iter().any(|one| one.is_chosen);
        let is_picked = [&pickers.assignee, &pickers.customer, &pickers.company]
            .iter()
            .any(|picker| picker.chosen().is_some());
        let has_days = !opened_from.is_empty() || !opened_until.is_empty();
        let (text, tag) = without_tag(typed.text().unwrap_or_default());
        Self {
            text,
            selects: vec![
                Select::of(
                    question,
                    "service",
                    ("Service", "every service"),
                    services.iter().map(service),
                ),
                select("kind", ("Kind", "every kind"), kinds.into()),
                Select::of(question, "state", ("State", "every state"), states),
                Select::of(question, "priority", ("Priority", "any"), priorities),
                select("whose", ("Assigned to", "anybody"), whose.into()),
                select("sort", ("Order", "newest first"), sorts.into()),
            ],
            is_more_open: more.iter().chain(&categories).any(is_chosen)
                || is_picked
                || has_days
                || tag.is_some(),
            tag: tag.unwrap_or_default(),
            more: categories.into_iter().chain(more).collect(),
            pickers,
            opened_from,
            opened_until,
        }
    }
}
