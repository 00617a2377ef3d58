//! What a question is about: a permission of the catalogue, or the choice of a record's customer (SD-11), which is none.

use access::{
    Gate, Permission, Product, Target,
    catalogue::ScopeKind,
    decide::Reason,
    explain::words::{self, Phrase},
};
use web::page::{
    names::{Html, Names},
    review::target_name,
};

/// As previews call it.
const CHOICE: &str = "selectable";

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum What {
    Permission(Permission),
    /// Being chosen as customer.
    Choice,
}

impl What {
    /// Everything that can be asked about.
    pub fn all() -> impl Iterator<Item = What> {
        let permissions = Permission::ALL.into_iter().map(What::Permission);
        permissions.chain([What::Choice])
    }

    pub fn from_key(key: &str) -> Option<Self> {
        if key == CHOICE {
            return Some(What::Choice);
        }
        Permission::from_key(key).map(What::Permission)
    }

    pub fn key(self) -> &'static str {
        match self {
            What::Permission(permission) => permission.key(),
            What::Choice => CHOICE,
        }
    }

    /// As it stands after "may".
    pub fn label(self) -> &'static str {
        match self {
            What::Permission(permission) => permission.label(),
            What::Choice => "be chosen as customer of an incident",
        }
    }

    pub fn product(self) -> Product {
        match self {
            What::Permission(permission) => permission.product(),
            What::Choice => Product::ServiceDesk,
        }
    }

    /// The word for it in the picture.
    pub fn kind(self) -> &'static str {
        match self {
            What::Permission(_) => "permission",
            What::Choice => "choice",
        }
    }

    /// What a gate is called on the screen.
    pub fn gate_label(self, gate: Gate) -> &'static str {
        match (self, gate) {
            (What::Choice, Gate::Permission) => "Access to the service",
            (_, Gate::Account) => "Account active",
            (_, Gate::Person) => "Person active",
            (_, Gate::Resource) => "Thing active",
            (_, Gate::Licence) => "Licence",
            (_, Gate::Permission) => "Permission held",
            (_, Gate::Scope) => "Held here",
            (_, Gate::Rank) => "Rank",
            (_, Gate::Switch) => "Switches and conditions",
            (_, Gate::Company) => "Company access",
        }
    }

    /// Why a gate denies.
    pub fn reason(self, reason: Reason, on: Target) -> Phrase {
        match self {
            What::Permission(permission) => words::reason_about(reason, permission, on),
            What::Choice => words::reason_of_choice(reason, on),
        }
    }

    /// Whether it can be asked about such a thing.
    pub fn is_asked_of(self, on: Target) -> bool {
        match self {
            What::Permission(permission) => on.takes(permission),
            What::Choice => matches!(on, Target::Service(_)),
        }
    }

    /// Of what it is asked instead.
    pub fn asked_elsewhere(self, names: &Names<'_>, on: Target) -> Html {
        let kind = match self {
            What::Choice => "a service",
            What::Permission(permission) => match permission.scope() {
                ScopeKind::Account => "the account as a whole",
                ScopeKind::People => "a person, a user group, or the account as a whole",
                ScopeKind::Service => "a service",
                ScopeKind::Queue if Target::Account.takes(permission) => {
                    "a queue, or the account as a whole"
                }
                ScopeKind::Queue => "a queue",
                ScopeKind::Device => "a device",
                ScopeKind::Session => {
                    "a support session: whoever has its join code may, and nobody else"
                }
            },
        };
        let mut pieces = vec![Html::text(&format!(
            "“{}” is asked of {kind}",
            self.label()
        ))];
        match target_name(on) {
            Some(name) => {
                pieces.extend([Html::text(", not of "), names.bare(name), Html::text(".")])
            }
            None => pieces.push(Html::text(": name one.")),
        }
        Html::joined(pieces, "")
    }
}
