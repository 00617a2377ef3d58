//! The ids of what this slice keeps in rows, as they stand in addresses and answers.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{ObjectBuilder, RefOr, Schema, Type, path::ParameterIn},
};
use uuid::Uuid;
use web::{Problem, Result, about::About, call::Call, part::Part};

macro_rules! ids {
    ($($(#[$doc:meta])* $id:ident$(, $(#[$part_doc:meta])* $part:ident)?: $prefix:literal$( at $segment:literal)?;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) struct $id(pub Uuid);

        impl fmt::Display for $id {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!($prefix, "_{}"), self.0.simple())
            }
        }

        impl FromStr for $id {
            type Err = Problem;

            fn from_str(text: &str) -> Result<Self> {
                let uuid = access::uuid_of($prefix, text);
                uuid.map(Self).ok_or_else(Problem::not_found)
            }
        }

        impl Serialize for $id {
            fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl PartialSchema for $id {
            fn schema() -> RefOr<Schema> {
                ObjectBuilder::new()
                    .schema_type(Type::String)
                    .pattern(Some(concat!("^", $prefix, "_[0-9a-f]{32}$")))
                    .into()
            }
        }

        impl ToSchema for $id {}

        impl<'de> Deserialize<'de> for $id {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                text.parse().map_err(|_| serde::de::Error::custom("this is no such id"))
            }
        }

        $($(#[$part_doc])*
        pub(crate) struct $part(pub $id);

        impl Part for $part {
            fn describe(about: &mut About) {
                about.parameter::<$id>(ParameterIn::Path, $segment, true, "Its id.");
                about.problems.push(404);
            }

            async fn take(call: &mut Call) -> Result<Self> {
                let text = call.segment($segment).unwrap_or_default();
                text.parse().map(Self)
            }
        })?
    )*};
}

ids! {
    /// The id of a record.
    RecordId,
    /// The record that the path names. Whether it is there, for whoever asks, is found out when it is read.
    InPath: "rec" at "record";
    /// The id of a mass action.
    MassActionId,
    /// The mass action that the path names. Whether it is there, for whoever asks, is found out when it is read.
    MassActionInPath: "mas" at "action";
    /// The id of a file that hangs on one.
    AttachmentId,
    /// The file that the path names. Whether it is there is found out when its record is read.
    AttachmentInPath: "att" at "attachment";
    /// The id of a mail that came to one.
    MailId,
    /// The mail that the path names. Whether it is there is found out when its record is read.
    MailInPath: "eml" at "mail";
    /// The id of a saved query.
    QueryId,
    /// The saved query that the path names. Whether whoever asks has it is found out when it is read.
    QueryInPath: "qry" at "query";
    /// The id of a note on a card.
    CardNoteId,
    /// The note that the path names. Whether it is there, for whoever asks, is found out when its card is.
    CardNoteInPath: "nte" at "note";
    /// The id of a category of a service.
    CategoryId: "cat";
}
