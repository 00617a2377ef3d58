//! The role comparison chart of remote support (S0), computed from the catalogue and never typed in.

use std::fmt;

use super::{Permission, PermissionSet, SystemRole, sets};

/// What a role can do of one feature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cell {
    /// Every holder of the role.
    Yes,
    /// Some holders: it depends on the account admin's access.
    Depends,
    /// No holder of the role.
    No,
}

/// One feature, and who has it, in the order of [`COLUMNS`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    /// The feature, in the words of the article.
    pub feature: &'static str,
    /// One cell per column.
    pub cells: [Cell; COLUMNS.len()],
}

/// The roles that are compared.
pub const COLUMNS: [&str; 4] = ["Customer", "Agent", "Account admin", "Billing contact"];

/// Stands under the chart wherever a cell says [`Cell::Depends`].
pub const FOOT_NOTE: &str = "Depends on the account admin's access: full access includes it, limited access only what was chosen.";

/// What a feature asks of somebody.
enum Needs {
    /// A person record, with credentials.
    Account,
    Permissions(PermissionSet),
}

const fn all_of(permissions: &[Permission]) -> Needs {
    Needs::Permissions(PermissionSet::of(permissions))
}

const FEATURES: [(&str, Needs); 9] = [
    ("Account required", Needs::Account),
    (
        "Join support sessions",
        all_of(&[Permission::RemoteSupportSessionJoin]),
    ),
    (
        "Host support sessions",
        all_of(&[Permission::RemoteSupportSessionHost]),
    ),
    (
        "Manage personal settings",
        all_of(&[Permission::RemoteSupportSettingsPersonal]),
    ),
    (
        "Add and manage other agents",
        all_of(&[Permission::AdminUsersManage]),
    ),
    (
        "Add and manage device and user groups",
        all_of(&[
            Permission::AdminDeviceGroupsManage,
            Permission::AdminUserGroupsManage,
        ]),
    ),
    (
        "Manage account-wide settings",
        all_of(&[Permission::RemoteSupportAccountSettingsManage]),
    ),
    (
        "Change subscription plans",
        all_of(&[Permission::BillingPlanChange]),
    ),
    (
        "Change billing information",
        all_of(&[Permission::BillingPaymentChange]),
    ),
];

/// The roles behind each of [`COLUMNS`]: a holder has one of them. A customer of a session is a guest and has none.
const HOLDERS: [&[SystemRole]; COLUMNS.len()] = [
    &[],
    &[SystemRole::Agent],
    &[
        SystemRole::AccountAdminFull,
        SystemRole::AccountAdminLimited,
    ],
    &[SystemRole::BillingContact],
];

/// The rows of the chart.
pub fn role_comparison() -> [Row; FEATURES.len()] {
    let ways = HOLDERS.map(ways_to_hold_one_of);
    FEATURES.map(|(feature, needs)| Row {
        feature,
        cells: std::array::from_fn(|column| match needs {
            Needs::Account if HOLDERS[column].is_empty() => Cell::No,
            Needs::Account => Cell::Yes,
            Needs::Permissions(permissions) => cell(&ways[column], permissions),
        }),
    })
}

fn cell(ways: &[Way], needed: PermissionSet) -> Cell {
    if ways.iter().all(|way| needed.is_subset_of(way.least)) {
        Cell::Yes
    } else if ways.iter().any(|way| needed.is_subset_of(way.most)) {
        Cell::Depends
    } else {
        Cell::No
    }
}

/// One way to hold a role, together with the roles that it requires.
#[derive(Clone, Copy)]
struct Way {
    /// What such a holder has whatever was chosen.
    least: PermissionSet,
    /// What such a holder has at most.
    most: PermissionSet,
}

fn ways_to_hold_one_of(roles: &[SystemRole]) -> Vec<Way> {
    if roles.is_empty() {
        return vec![Way {
            least: sets::EVERYBODY,
            most: sets::EVERYBODY,
        }];
    }
    let mut ways = Vec::new();
    for role in roles {
        for below in ways_to_hold_one_of(role.requires()) {
            let least = below.least | role.permissions();
            let most = below.most | role.permissions() | role.choices();
            ways.push(Way { least, most });
        }
    }
    ways
}

/// The chart as plain text.
#[derive(Clone, Copy, Debug)]
pub struct PlainText;

impl fmt::Display for PlainText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rows = role_comparison();
        let first = rows.iter().map(|row| row.feature.len()).max().unwrap_or(0);
        write!(f, "{:first$}", "Feature")?;
        for name in COLUMNS {
            write!(f, "  {name}")?;
        }
        writeln!(f)?;
        for row in &rows {
            let mut line = format!("{:first$}", row.feature);
            for (cell, name) in row.cells.iter().zip(COLUMNS) {
                let mark = match cell {
                    Cell::Yes => "yes",
                    Cell::Depends => "yes ¹",
                    Cell::No => "–",
                };
                line.push_str(&format!("  {mark:width$}", width = name.len()));
            }
            writeln!(f, "{}", line.trim_end())?;
        }
        if rows.iter().any(|row| row.cells.contains(&Cell::Depends)) {
            writeln!(f, "\n¹ {FOOT_NOTE}")?;
        }
        Ok(())
    }
}
