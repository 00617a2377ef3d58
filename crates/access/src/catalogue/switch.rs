//! What a switch of the contact centre says about itself (RULES.md §6).

use super::PermissionSet;
use super::generated::{SWITCHES, Switch};
use super::keyed::by_key;

/// The section of the Permissions page that a switch stands in: whose access it changes (CC-2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Concerns {
    /// Every licensed user of the contact centre.
    Organisation,
    /// Queue supervisors.
    Supervisor,
    /// Queue agents.
    Agent,
}

pub(super) struct SwitchRow {
    pub key: &'static str,
    pub concerns: Concerns,
    pub label: &'static str,
    pub default: bool,
    pub locked: bool,
    pub opens: PermissionSet,
    pub needs: Option<Switch>,
}

by_key!(Switch, "switch");

impl Switch {
    const fn row(self) -> &'static SwitchRow {
        &SWITCHES[self as usize]
    }

    /// The word by which logs and answers name it.
    pub const fn key(self) -> &'static str {
        self.row().key
    }

    /// The switch of this key.
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|switch| switch.key() == key)
    }

    /// Whose access it changes.
    pub const fn concerns(self) -> Concerns {
        self.row().concerns
    }

    /// Its words on the page.
    pub const fn label(self) -> &'static str {
        self.row().label
    }

    /// Whether it is on in a new account.
    pub const fn default_value(self) -> bool {
        self.row().default
    }

    /// Cannot be changed (CC-9).
    pub const fn is_locked(self) -> bool {
        self.row().locked
    }

    /// What it adds while it is on, to those it concerns.
    pub const fn opens(self) -> PermissionSet {
        self.row().opens
    }

    /// The switch that must be on too, or what this one opens has nowhere to act (CC-7).
    pub const fn needs(self) -> Option<Switch> {
        self.row().needs
    }
}
