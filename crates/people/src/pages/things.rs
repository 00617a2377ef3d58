//! Subjects and targets of questions as pages name them.

use access::{Subject, Target, explain::words::Name};
use web::session::Session;

/// The name of whom a question is about; none where nobody is known.
pub(super) fn name_of_subject(subject: Subject) -> Option<Name> {
    match subject {
        Subject::Person(id) => Some(Name::Person(id)),
        Subject::Connection(id) => Some(Name::Connection(id)),
        Subject::Thing(id) => Some(Name::Thing(id)),
        Subject::Guest | Subject::System(_) | Subject::Unknown => None,
    }
}

/// The word for what a question is about.
pub(super) fn kind_of_target(target: Target) -> &'static str {
    match target {
        Target::Person(_) => "person",
        Target::UserGroup(_) => "user group",
        Target::Service(_) => "service",
        Target::Record(_) => "record",
        Target::Queue(_) => "queue",
        Target::Device(_) => "device",
        Target::Session { .. } => "support session",
        Target::DirectCall => "direct call",
        Target::Account => "the whole",
        Target::Thing(_) | Target::Unknown => "thing",
    }
}

/// The id of a person or connection.
pub(super) fn subject_id(session: &Session, subject: Subject) -> Option<String> {
    web::effect::subject_id(session.asked(), subject)
}
