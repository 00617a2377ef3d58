//! What this server tells providers of a user's access, for reading: the `roles` and `entitlements` of RFC 7643 §4.1.2.
//!
//! It is given by mappings and by people, never by an attribute (AD-30): all of it is read-only, and what is sent of it is passed over. Working
//! it out costs a question to the access core for each user, so that it is answered where it is asked for by name, and not otherwise.

use serde_json::{Value, json};

use crate::Attributes;
use crate::schema::{Attribute, Place, Returned};

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

const VALUE: Attribute = Attribute::string("value", "The id.")
    .case_exact()
    .read_only();
const DISPLAY: Attribute = Attribute::string("display", "The name.").read_only();
const TYPE: Attribute = Attribute::string("type", "What it is.").read_only();

pub(crate) const ROLES: Attribute = list(
    "roles",
    "The account role. It is given in the account, or by mappings of groups.",
    &[VALUE, DISPLAY, TYPE],
);

pub(crate) const ENTITLEMENTS: Attribute = list(
    "entitlements",
    "Services, queues and licences that the user may use. They are given in the account, or by mappings of groups.",
    &[
        VALUE,
        DISPLAY,
        TYPE.usually(&[
            "service_user",
            "service_administrator",
            "queue_agent",
            "queue_supervisor",
            "licence",
        ]),
    ],
);

/// Whether an attribute tells of access.
pub(crate) fn is_of_it(place: &Place) -> bool {
    let name = place.attribute.name;
    place.extension.is_none() && [ROLES.name, ENTITLEMENTS.name].contains(&name)
}

/// Something by its id and its name, with what it is to the user.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Given {
    /// The id.
    pub value: String,
    /// The name.
    pub display: String,
    /// `service_user`, `licence` and their like.
    pub kind: &'static str,
}

/// What a user may use.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AccessFields {
    /// The account role.
    pub role: Option<Given>,
    /// Services, queues and licences.
    pub entitlements: Vec<Given>,
}

impl AccessFields {
    /// Into a resource that is to be answered.
    pub fn write(&self, resource: &mut Attributes) {
        for (name, given) in [
            ("roles", self.role.as_slice()),
            ("entitlements", &self.entitlements),
        ] {
            if !given.is_empty() {
                let values = given.iter().map(Given::body);
                resource.insert(name.to_owned(), values.collect());
            }
        }
    }
}

impl Given {
    fn body(&self) -> Value {
        json!({ "value": self.value, "display": self.display, "type": self.kind })
    }
}
