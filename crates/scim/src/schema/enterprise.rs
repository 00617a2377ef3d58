//! The Enterprise extension of users (RFC 7643 §4.3): what of it this server keeps.

use super::{Attribute, Schema};

/// `urn:ietf:params:scim:schemas:extension:enterprise:2.0:User`.
pub static ENTERPRISE_USER: Schema = Schema {
    id: "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User",
    name: "EnterpriseUser",
    description: "What an enterprise knows of a user.",
    attributes: &[
        Attribute::string("employeeNumber", "The number that the employer gave."),
        Attribute::string("department", "The department."),
        Attribute::complex(
            "manager",
            "The user's manager.",
            &[
                Attribute::string("value", "The id of the manager.").case_exact(),
                Attribute::reference("$ref", "The address of the manager.", &["User"]),
                Attribute::string("displayName", "The manager's displayName.").read_only(),
            ],
        ),
    ],
};
