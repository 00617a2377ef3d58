//! Users and groups (RFC 7643 §3.1, §4.1, §4.2): what of them this server keeps. What it does not keep is not announced.
//!
//! `externalId` is announced with each, although every resource has it: providers look for what they map among the attributes.

use super::{Attribute, ENTERPRISE_USER, Kind, ResourceType, Returned, Schema};
use crate::access;

/// Most members of one group. What one request brings is bounded by its size.
const MOST_MEMBERS: usize = 100_000;

/// What every resource has and no schema announces (RFC 7643 §3, §3.1). All of it is made by this server.
pub(super) const COMMON: &[Attribute] = &[
    Attribute::reference("schemas", "The schemas of the resource.", &["uri"])
        .multi_valued()
        .read_only()
        .returned(Returned::Always),
    Attribute::string("id", "The id that this server gave.")
        .case_exact()
        .read_only()
        .unique()
        .returned(Returned::Always),
    Attribute::complex(
        "meta",
        "When it was made and changed, and where it is.",
        &[
            Attribute::string("resourceType", "The name of its type.")
                .case_exact()
                .read_only(),
            Attribute::new("created", Kind::DateTime, "When it was made.").read_only(),
            Attribute::new("lastModified", Kind::DateTime, "When it was last changed.").read_only(),
            Attribute::reference("location", "Its address.", &["uri"]).read_only(),
            Attribute::string("version", "Its entity tag.")
                .case_exact()
                .read_only(),
        ],
    )
    .read_only(),
];

const EXTERNAL_ID: Attribute =
    Attribute::string("externalId", "The id that the provider gave.").case_exact();

const DISPLAY: Attribute = Attribute::string("display", "How it is shown.");
const PRIMARY: Attribute = Attribute::new(
    "primary",
    Kind::Boolean,
    "Whether it is the preferred one. One at most is.",
);

/// `/Users`.
pub static USER: ResourceType = ResourceType {
    name: "User",
    endpoint: "/Users",
    description: "A user of the account.",
    schema: &USER_SCHEMA,
    extensions: &[&ENTERPRISE_USER],
};

static USER_SCHEMA: Schema = Schema {
    id: "urn:ietf:params:scim:schemas:core:2.0:User",
    name: "User",
    description: "A user of the account.",
    attributes: &[
        Attribute::string("userName", "The name by which the provider knows the user.")
            .required()
            .unique(),
        EXTERNAL_ID,
        Attribute::complex(
            "name",
            "The parts of the user's name.",
            &[
                Attribute::string("formatted", "The whole name."),
                Attribute::string("familyName", "The family name."),
                Attribute::string("givenName", "The given name."),
                Attribute::string("middleName", "The middle names."),
                Attribute::string("honorificPrefix", "What stands before the name."),
                Attribute::string("honorificSuffix", "What stands after the name."),
            ],
        ),
        Attribute::string("displayName", "The name that is shown."),
        Attribute::string("title", "The user's position."),
        Attribute::string(
            "preferredLanguage",
            "The language that the user prefers to read.",
        ),
        Attribute::new(
            "active",
            Kind::Boolean,
            "Whether the user may use the account. False deactivates.",
        ),
        Attribute::complex(
            "emails",
            "E-mail addresses.",
            &[
                Attribute::string("value", "The address."),
                DISPLAY,
                Attribute::string("type", "What it is for.").usually(&["work", "home", "other"]),
                PRIMARY,
            ],
        )
        .multi_valued(),
        Attribute::complex(
            "phoneNumbers",
            "Telephone numbers.",
            &[
                Attribute::string("value", "The number."),
                DISPLAY,
                Attribute::string("type", "What it is for.")
                    .usually(&["work", "home", "mobile", "fax", "pager", "other"]),
                PRIMARY,
            ],
        )
        .multi_valued(),
        access::ROLES,
        access::ENTITLEMENTS,
    ],
};

/// `/Groups`.
pub static GROUP: ResourceType = ResourceType {
    name: "Group",
    endpoint: "/Groups",
    description: "A group of the provider.",
    schema: &GROUP_SCHEMA,
    extensions: &[],
};

static GROUP_SCHEMA: Schema = Schema {
    id: "urn:ietf:params:scim:schemas:core:2.0:Group",
    name: "Group",
    description: "A group of the provider.",
    attributes: &[
        Attribute::string("displayName", "The name that is shown.").required(),
        EXTERNAL_ID,
        Attribute::complex(
            "members",
            "The users in the group.",
            &[
                Attribute::string("value", "The id of the user.")
                    .case_exact()
                    .immutable(),
                Attribute::reference("$ref", "The address of the user.", &["User"]).immutable(),
                Attribute::string("type", "What the member is.")
                    .usually(&["User"])
                    .immutable(),
            ],
        )
        .multi_valued()
        .at_most(MOST_MEMBERS),
    ],
};
