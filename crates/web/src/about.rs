//! What a route says about itself, gathered from the types of its handler.

use std::fmt;

use access::Permission;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        RefOr, Required, Schema,
        path::{Parameter, ParameterBuilder, ParameterIn},
    },
};

/// What stands before a handler.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GuardText {
    /// Everybody, for the reason given.
    Public {
        /// Why nothing has to be held.
        why: &'static str,
    },
    /// Whoever is signed in, by a token or in a browser. What they see is cut by what they may see.
    SignedIn,
    /// A holder of the permission on the thing named.
    Permit {
        /// The permission's key.
        permission: &'static str,
        /// What it must be held on.
        on: &'static str,
    },
    /// A holder of one of the permissions, about the account or on anything at all. What they see is cut by what they may see.
    Anywhere {
        /// The permissions.
        permissions: &'static [Permission],
    },
    /// Whoever is signed in and may know of the thing named.
    Seen {
        /// What the path names.
        on: &'static str,
    },
    /// Whoever is signed in (and may know of the thing named); the command itself is allowed or refused at the head of
    /// the log.
    Command {
        /// What the path names, if it names something.
        on: Option<&'static str>,
    },
}

impl fmt::Display for GuardText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Public { why } => write!(f, "Public: {why}."),
            Self::SignedIn => f.write_str("Needs somebody who is signed in."),
            Self::Permit { permission, on } => write!(f, "Needs `{permission}` on {on}."),
            Self::Anywhere { permissions } => {
                let keys = permissions
                    .iter()
                    .map(|permission| format!("`{}`", permission.key()));
                let keys = keys.collect::<Vec<_>>().join(" or ");
                write!(f, "Needs {keys}, about the account or on anything.")
            }
            Self::Seen { on } => write!(f, "Needs somebody who is signed in and may see the {on}."),
            Self::Command { on } => {
                f.write_str("Needs somebody who is signed in")?;
                if let Some(on) = on {
                    write!(f, " and may see the {on}")?;
                }
                f.write_str("; who may do it is part of the command's check.")
            }
        }
    }
}

/// One kind of body, in or out.
#[derive(Clone, Debug)]
pub struct Content {
    /// The media type.
    pub media: &'static str,
    /// The schema, by reference where the type has a name.
    pub schema: Option<RefOr<Schema>>,
}

/// One answer that is not a problem.
#[derive(Clone, Debug)]
pub struct Good {
    /// HTTP status.
    pub status: u16,
    /// In words.
    pub description: &'static str,
    /// The body.
    pub content: Option<Content>,
}

/// Collected by [`crate::endpoint::Endpoint::describe`].
#[derive(Debug)]
pub struct About {
    /// The guard, in words.
    pub guard: GuardText,
    /// Parameters in path, query and headers.
    pub parameters: Vec<Parameter>,
    /// The request body.
    pub request: Option<Content>,
    /// The good answers.
    pub good: Vec<Good>,
    /// Statuses of problems beyond those that every route can answer.
    pub problems: Vec<u16>,
    /// Whether it is for people at a browser: a page, or a form of one. Not part of the API.
    pub page: bool,
    /// Whether parameters that nobody knows are passed over, where a standard asks for it.
    pub takes_any_parameter: bool,
    /// Named schemas.
    pub schemas: Vec<(String, RefOr<Schema>)>,
}

impl About {
    pub(crate) fn new(guard: GuardText) -> Self {
        Self {
            guard,
            parameters: Vec::new(),
            request: None,
            good: Vec::new(),
            problems: Vec::new(),
            page: false,
            takes_any_parameter: false,
            schemas: Vec::new(),
        }
    }

    /// Adds a type's schemas to the components and gives a reference to it.
    pub fn schema<T: ToSchema>(&mut self) -> RefOr<Schema> {
        T::schemas(&mut self.schemas);
        let name = T::name().into_owned();
        self.schemas.push((name.clone(), T::schema()));
        RefOr::Ref(utoipa::openapi::Ref::from_schema_name(name))
    }

    /// Adds a parameter.
    pub fn parameter<T: PartialSchema>(
        &mut self,
        place: ParameterIn,
        name: &str,
        required: bool,
        description: &str,
    ) {
        self.parameter_of(T::schema(), place, name, required, description);
    }

    /// The same with a schema that no type has.
    pub fn parameter_of(
        &mut self,
        schema: RefOr<Schema>,
        place: ParameterIn,
        name: &str,
        required: bool,
        description: &str,
    ) {
        self.parameters.push(
            ParameterBuilder::new()
                .name(name)
                .parameter_in(place)
                .required(if required {
                    Required::True
                } else {
                    Required::False
                })
                .description(Some(description))
                .schema(Some(schema))
                .build(),
        );
    }

    /// The names of the parameters in one place.
    pub fn names(&self, place: &ParameterIn) -> Vec<String> {
        self.parameters
            .iter()
            .filter(|parameter| parameter.parameter_in == *place)
            .map(|parameter| parameter.name.clone())
            .collect()
    }
}
