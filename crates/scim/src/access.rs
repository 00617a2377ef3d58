//! What this server tells providers of a user's access: an extension of its own, for reading.
//!
//! It is given by mappings and by people, never by an attribute (AD-30): every attribute of it is read-only. Working it out costs a question
//! to the access core for each user, so that it is answered where it is asked for by name, and not otherwise.

use serde_json::{Value, json};

use crate::Attributes;
use crate::schema::{Attribute, Returned, Schema};

const VALUE: Attribute = Attribute::string("value", "The id.")
    .case_exact()
    .read_only();
const DISPLAY: Attribute = Attribute::string("display", "The name.").read_only();

const fn list(
    name: &'static str,
    description: &'static str,
    sub_attributes: &'static [Attribute],
) -> Attribute {
    Attribute::complex(name, description, sub_attributes)
        .multi_valued()
        .read_only()
        .returned(Returned::Request)
}

/// `urn:rolecall:params:scim:schemas:extension:access:2.0:User`.
pub static USER: Schema = Schema {
    id: "urn:rolecall:params:scim:schemas:extension:access:2.0:User",
    name: "Access",
    description: "What the user may use. It is given in the account, or by mappings of groups.",
    attributes: &[
        Attribute::complex("accountRole", "The account role.", &[VALUE, DISPLAY])
            .read_only()
            .returned(Returned::Request),
        list(
            "services",
            "The services of the desk, with the level in each.",
            &[
                VALUE,
                DISPLAY,
                Attribute::string("level", "The level.")
                    .read_only()
                    .usually(&["user", "administrator"]),
            ],
        ),
        list(
            "queues",
            "The queues of the contact centre, with the role in each.",
            &[
                VALUE,
                DISPLAY,
                Attribute::string("role", "The role.").read_only(),
            ],
        ),
        list("licences", "The licences.", &[VALUE, DISPLAY]),
    ],
};

/// Something by its id and its name, with the level or role that goes with it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Given {
    /// The id.
    pub value: String,
    /// The name.
    pub display: String,
    /// The level in a service, or the role in a queue.
    pub level: Option<String>,
}

/// What a user may use.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AccessFields {
    /// The account role.
    pub account_role: Option<Given>,
    /// Services, with levels.
    pub services: Vec<Given>,
    /// Queues, with roles.
    pub queues: Vec<Given>,
    /// Licences.
    pub licences: Vec<Given>,
}

impl AccessFields {
    /// Into a resource that is to be answered.
    pub fn write(&self, resource: &mut Attributes) {
        let each = |given: &[Given], level: &str| {
            let values = given.iter().map(|given| given.body(level));
            Value::Array(values.collect())
        };
        let mut body = Attributes::new();
        if let Some(role) = &self.account_role {
            body.insert("accountRole".to_owned(), role.body("level"));
        }
        for (name, given, level) in [
            ("services", &self.services, "level"),
            ("queues", &self.queues, "role"),
            ("licences", &self.licences, "level"),
        ] {
            if !given.is_empty() {
                body.insert(name.to_owned(), each(given, level));
            }
        }
        if !body.is_empty() {
            resource.insert(USER.id.to_owned(), body.into());
        }
    }
}

impl Given {
    fn body(&self, level: &str) -> Value {
        let mut body = json!({ "value": self.value, "display": self.display });
        if let Some(given) = &self.level {
            body[level] = given.clone().into();
        }
        body
    }
}
