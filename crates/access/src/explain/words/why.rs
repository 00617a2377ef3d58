//! Why, to whoever knows what was asked: the thing is named, and what was found by its name is never unknown.

use super::{Name, Phrase, by, desk_right, gate, reason};
use crate::catalogue::{Permission, Product};
use crate::decide::{Above, By, Gate, Reason, Subject, Target, Through};
use crate::ids::PersonId;
use crate::state::{AccountAdminKind, Tie};

/// The reason in the light of the question.
pub fn reason_about(why: Reason, permission: Permission, on: Target) -> Phrase {
    match why {
        Reason::OutOfScope => elsewhere(permission, on),
        Reason::UnknownResource => not_this(on),
        Reason::ParentNotHeld(parent) => Phrase::with(
            "“{permission}” is not held, and nothing else counts without it",
            "permission",
            Name::Word(parent.label()),
        ),
        why => reason(why),
    }
}

/// Why somebody cannot be chosen as customer of a service's record (SD-11).
pub fn reason_of_choice(why: Reason, on: Target) -> Phrase {
    match why {
        Reason::FacetMissing => Phrase::plain("only customers can be chosen"),
        Reason::NotHeld => {
            Phrase::plain("neither an access of their own nor one of their company leads there")
        }
        Reason::UnknownResource => not_this(on),
        why => reason(why),
    }
}

/// What gives a right, as it stands before "gives it": whose it is where it is shared, or else what is held.
pub fn giver(through: Through, what: By) -> Phrase {
    match through {
        Through::Direct => by(what),
        Through::Group(id) => Phrase::with("group {group}", "group", Name::Group(id)),
        Through::UserGroup(id) => {
            Phrase::with("user group {user_group}", "user_group", Name::UserGroup(id))
        }
        Through::Company(id) => Phrase::with("company {company}", "company", Name::Company(id)),
    }
}

/// Why it is lost, as it stands after "because": a gate denies that did not.
pub fn closes(why: Reason) -> Phrase {
    match why {
        Reason::Deactivated => Phrase::plain("they are not active any more"),
        Reason::UnknownSubject => Phrase::plain("they are not there any more"),
        Reason::UnknownResource => Phrase::plain("it is not there any more"),
        why => reason(why),
    }
}

/// What somebody holds that another could not give (AD-24), and what follows that.
macro_rules! holding {
    ($about:expr, $what:expr, $tail:literal) => {
        match $what {
            Above::Role(role) => Phrase::with(
                concat!("{person} holds the account role {role}", $tail),
                "role",
                Name::Role(role),
            ),
            Above::Grant(permission) => Phrase::with(
                concat!("{person} holds the extra grant “{permission}”", $tail),
                "permission",
                Name::Word(permission.label()),
            ),
            Above::Tie(Tie::QueueSupervisor(queue)) => Phrase::with(
                concat!("{person} holds the role Supervisor of {queue}", $tail),
                "queue",
                Name::Queue(queue),
            ),
            Above::Tie(Tie::ContactAdmin) => {
                Phrase::plain(concat!("{person} holds the role Contact admin", $tail))
            }
            Above::Tie(Tie::AccountAdmin(AccountAdminKind::Full)) => Phrase::plain(concat!(
                "{person} holds the role Account admin, full",
                $tail
            )),
            Above::Tie(Tie::AccountAdmin(AccountAdminKind::Limited)) => Phrase::plain(concat!(
                "{person} holds the role Account admin, limited",
                $tail
            )),
            Above::Tie(Tie::Feature(permission)) => Phrase::with(
                concat!("{person} holds “{permission}”", $tail),
                "permission",
                Name::Word(permission.label()),
            ),
            Above::Tie(Tie::DeviceGroup(group)) => Phrase::with(
                concat!("{person} holds a tie to device group {device_group}", $tail),
                "device_group",
                Name::DeviceGroup(group),
            ),
            Above::Tie(Tie::DeskRight(right)) => Phrase::with(
                concat!("{person} holds the {right}", $tail),
                "right",
                Name::Word(desk_right(right).template),
            ),
            Above::Tie(_) => Phrase::plain(concat!("{person} holds a right over others", $tail)),
        }
        .and("person", Name::Person($about))
    };
}

/// What somebody holds that another could not give.
pub fn holds(about: PersonId, what: Above) -> Phrase {
    holding!(about, what, "")
}

/// The same as the reason why rank denies.
pub fn above(subject: Subject, about: PersonId, what: Above) -> Phrase {
    let actor = match subject {
        Subject::Person(person) => Name::Person(person),
        Subject::Connection(connection) => Name::Connection(connection),
        Subject::Thing(thing) => Name::Thing(thing),
        Subject::Guest | Subject::System(_) | Subject::Unknown => Name::Word("whoever asks"),
    };
    holding!(about, what, ", which {actor} could not give (AD-24)").and("actor", actor)
}

/// Why it is gained: a gate denies no longer.
pub fn opens(opened: Gate, denied: Reason) -> Phrase {
    match denied {
        Reason::SwitchOff(switch) => Phrase::with(
            "the switch “{switch}” allows it",
            "switch",
            Name::Word(switch.label()),
        ),
        Reason::OverrideIsOff => Phrase::plain("the service lets due dates be overridden"),
        Reason::ConditionFalse | Reason::ConditionError => {
            Phrase::plain("a condition of the product is met")
        }
        _ => Phrase::plain(gate(opened)),
    }
}

/// Held, but not over this.
fn elsewhere(permission: Permission, on: Target) -> Phrase {
    match on {
        Target::Service(id) if permission.product() == Product::Portal => Phrase::with(
            "the portal level gives it, and {service} is not open to them",
            "service",
            Name::Service(id),
        ),
        Target::Service(id) => Phrase::with(
            "held for another service, not for {service}",
            "service",
            Name::Service(id),
        ),
        Target::Queue(id) => Phrase::with(
            "held for another queue, not for {queue}",
            "queue",
            Name::Queue(id),
        ),
        Target::Person(id) => Phrase::with(
            "held over others, not over {person}",
            "person",
            Name::Person(id),
        ),
        Target::UserGroup(id) => Phrase::with(
            "held over other people, not over {user_group}",
            "user_group",
            Name::UserGroup(id),
        ),
        Target::Device(id) => Phrase::with(
            "held for other devices, not for {device}",
            "device",
            Name::Device(id),
        ),
        Target::Account => Phrase::plain("held for a part of the account, not for the whole"),
        _ => reason(Reason::OutOfScope),
    }
}

/// There, and nothing that the permission could be about.
fn not_this(on: Target) -> Phrase {
    match on {
        Target::Account => Phrase::plain("the account has nothing yet that this could be about"),
        Target::Person(id) => Phrase::with(
            "{person} is no user, and this is about users alone",
            "person",
            Name::Person(id),
        ),
        Target::UserGroup(id) => {
            Phrase::with("{user_group} is deleted", "user_group", Name::UserGroup(id))
        }
        Target::Service(id) => Phrase::with("{service} is deleted", "service", Name::Service(id)),
        Target::Queue(id) => Phrase::with("{queue} is deleted", "queue", Name::Queue(id)),
        Target::Device(id) => Phrase::with("{device} is deleted", "device", Name::Device(id)),
        _ => reason(Reason::UnknownResource),
    }
}
