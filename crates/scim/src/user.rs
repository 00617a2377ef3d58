//! What this server keeps of a user in a profile, read from the attributes of the resource and written back into them.
//!
//! A profile has one address and one number, where a resource has lists: the preferred one counts, or else that of work, or else the first.

use serde_json::{Value, json};

use crate::Attributes;
use crate::schema::ENTERPRISE_USER;

/// The parts of a name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Name {
    /// All of it.
    pub formatted: Option<String>,
    /// The family name.
    pub family: Option<String>,
    /// The given name.
    pub given: Option<String>,
    /// The middle names.
    pub middle: Option<String>,
    /// What stands before it.
    pub prefix: Option<String>,
    /// What stands after it.
    pub suffix: Option<String>,
}

/// A user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserFields {
    /// The name by which the provider knows the user; compared by [`crate::fold`].
    pub user_name: String,
    /// The id that the provider gave.
    pub external_id: Option<String>,
    /// Whether the user may use the account: where nothing is said, yes.
    pub active: bool,
    /// The name that is shown.
    pub display_name: Option<String>,
    /// The parts of the name.
    pub name: Name,
    /// The address that counts.
    pub email: Option<String>,
    /// The number that counts.
    pub phone: Option<String>,
    /// The position.
    pub title: Option<String>,
    /// The language that the user prefers to read.
    pub preferred_language: Option<String>,
    /// The department.
    pub department: Option<String>,
    /// The number that the employer gave.
    pub employee_number: Option<String>,
    /// The id of the manager.
    pub manager: Option<String>,
}

const NAME_PARTS: [&str; 6] = [
    "formatted",
    "familyName",
    "givenName",
    "middleName",
    "honorificPrefix",
    "honorificSuffix",
];

impl UserFields {
    /// From the attributes that [`crate::resource::read`] or [`crate::patch::Patch::apply`] gave.
    pub fn read(resource: &Attributes) -> Self {
        let none = Attributes::new();
        let object = |name: &str| resource.get(name).and_then(Value::as_object);
        let name = object("name").unwrap_or(&none);
        let enterprise = object(ENTERPRISE_USER.id).unwrap_or(&none);
        let manager = enterprise.get("manager").and_then(Value::as_object);
        let [formatted, family, given, middle, prefix, suffix] =
            NAME_PARTS.map(|part| text(name, part));
        Self {
            user_name: text(resource, "userName").unwrap_or_default(),
            external_id: text(resource, "externalId"),
            active: resource.get("active") != Some(&Value::Bool(false)),
            display_name: text(resource, "displayName"),
            name: Name {
                formatted,
                family,
                given,
                middle,
                prefix,
                suffix,
            },
            email: chosen(resource, "emails").map(|(_, value)| value),
            phone: chosen(resource, "phoneNumbers").map(|(_, value)| value),
            title: text(resource, "title"),
            preferred_language: text(resource, "preferredLanguage"),
            department: text(enterprise, "department"),
            employee_number: text(enterprise, "employeeNumber"),
            manager: text(manager.unwrap_or(&none), "value"),
        }
    }

    /// Into the attributes of a resource: what is kept here is set or removed, and all else stays.
    pub fn write(&self, resource: &mut Attributes) {
        put(resource, "userName", Some(&self.user_name));
        put(resource, "externalId", self.external_id.as_ref());
        resource.insert("active".to_owned(), self.active.into());
        put(resource, "displayName", self.display_name.as_ref());
        put(resource, "title", self.title.as_ref());
        put(
            resource,
            "preferredLanguage",
            self.preferred_language.as_ref(),
        );
        put_chosen(resource, "emails", self.email.as_ref());
        put_chosen(resource, "phoneNumbers", self.phone.as_ref());
        let Name {
            formatted,
            family,
            given,
            middle,
            prefix,
            suffix,
        } = &self.name;
        within(resource, "name", |name| {
            let parts = [formatted, family, given, middle, prefix, suffix];
            for (part, value) in NAME_PARTS.into_iter().zip(parts) {
                put(name, part, value.as_ref());
            }
        });
        within(resource, ENTERPRISE_USER.id, |enterprise| {
            put(enterprise, "department", self.department.as_ref());
            put(enterprise, "employeeNumber", self.employee_number.as_ref());
            self.put_manager(enterprise);
        });
    }

    /// Another manager has another address.
    fn put_manager(&self, enterprise: &mut Attributes) {
        let manager = enterprise
            .get("manager")
            .and_then(|manager| manager.get("value"));
        match &self.manager {
            Some(id) if manager.and_then(Value::as_str) == Some(id) => {}
            Some(id) => {
                enterprise.insert("manager".to_owned(), json!({ "value": id }));
            }
            None => {
                enterprise.remove("manager");
            }
        }
    }
}

/// A text that says something.
pub(crate) fn text(object: &Attributes, name: &str) -> Option<String> {
    let text = object.get(name)?.as_str()?;
    (!text.is_empty()).then(|| text.to_owned())
}

/// A text is set, or removed. An empty one that is there stays: it says as much.
pub(crate) fn put(object: &mut Attributes, name: &str, value: Option<&String>) {
    match value.filter(|value| !value.is_empty()) {
        Some(value) => {
            object.insert(name.to_owned(), value.clone().into());
        }
        None if text(object, name).is_some() => {
            object.remove(name);
        }
        None => {}
    }
}

/// An object within a resource is changed; an empty one is none.
fn within(resource: &mut Attributes, name: &str, change: impl FnOnce(&mut Attributes)) {
    let object = resource.get(name).and_then(Value::as_object);
    let mut object = object.cloned().unwrap_or_default();
    change(&mut object);
    if object.is_empty() {
        resource.remove(name);
    } else {
        resource.insert(name.to_owned(), object.into());
    }
}

/// The place and the value of the one that counts.
fn chosen(resource: &Attributes, list: &str) -> Option<(usize, String)> {
    let values = resource.get(list)?.as_array()?.iter().enumerate();
    let values: Vec<_> = values
        .filter_map(|(place, value)| Some((place, value, text(value.as_object()?, "value")?)))
        .collect();
    let is_for_work = |value: &Value| {
        let kind = value.get("type").and_then(Value::as_str);
        kind.is_some_and(|kind| kind.eq_ignore_ascii_case("work"))
    };
    let mut by_rank = values
        .iter()
        .filter(|(_, value, _)| crate::resource::is_primary(value));
    let mut for_work = values.iter().filter(|(_, value, _)| is_for_work(value));
    let found = by_rank
        .next()
        .or_else(|| for_work.next())
        .or(values.first());
    found.map(|(place, _, value)| (*place, value.clone()))
}

/// The one that counts has another value; without one, none of them is left.
fn put_chosen(resource: &mut Attributes, list: &str, value: Option<&String>) {
    let Some(value) = value.filter(|value| !value.is_empty()) else {
        if chosen(resource, list).is_some() {
            resource.remove(list);
        }
        return;
    };
    let place = chosen(resource, list).map(|(place, _)| place);
    let values = resource.entry(list).or_insert_with(|| json!([]));
    let Some(values) = values.as_array_mut() else {
        return;
    };
    match place.and_then(|place| values.get_mut(place)) {
        Some(chosen) => chosen["value"] = value.clone().into(),
        None => values.push(json!({ "value": value, "type": "work" })),
    }
}
