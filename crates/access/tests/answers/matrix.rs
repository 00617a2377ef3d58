//! The matrix of roles is the checked one; the matrix of people is the decision.

use std::fs;

use access::catalogue::{Permission, PermissionSet, sets};
use access::matrix::{self, Cell, RoleMatrix};
use access::{Page, Paging, Subject};
use proptest::prelude::*;

use crate::worlds::{NOW, targets, world};

/// When this is red: read the difference. It is either a fault, or a change of who may do what that a product owner should see.
#[test]
fn the_matrix_of_roles_is_the_checked_one() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/matrix.md");
    let computed = matrix::roles().to_string();
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(path, &computed).unwrap();
    }
    let checked = fs::read_to_string(path).unwrap_or_default();
    assert!(
        checked == computed,
        "{path} says otherwise; if the new matrix is right, run with UPDATE_GOLDEN=1:\n{computed}"
    );
}

fn column(matrix: &RoleMatrix, name: &str) -> Vec<(Permission, Cell)> {
    let index = matrix
        .columns
        .iter()
        .position(|column| *column == name)
        .unwrap();
    let rows = matrix.blocks.iter().flat_map(|block| &block.rows);
    rows.map(|row| (row.permission, row.cells[index])).collect()
}

/// The permissions that a column holds without any setting.
fn held(matrix: &RoleMatrix, name: &str) -> PermissionSet {
    let holds = |cell: &Cell| matches!(cell, Cell::Yes | Cell::Scope { .. });
    let rows = column(matrix, name).into_iter();
    rows.filter(|(_, cell)| holds(cell))
        .map(|(permission, _)| permission)
        .collect()
}

/// The columns of the fixed roles hold what the catalogue says, and what comes by itself.
#[test]
fn each_column_holds_what_the_role_gives() {
    let matrix = matrix::roles();
    let join = sets::EVERYBODY;
    let seen = PermissionSet::of(&[Permission::AdminPortalOpen, Permission::AdminPeopleView]);
    for (name, gives) in [
        ("Super admin", sets::SUPER_ADMIN),
        ("Admin", sets::ADMIN),
        ("Member", PermissionSet::EMPTY),
        ("Agent", sets::AGENT),
        (
            "Account admin, full",
            sets::AGENT | sets::ACCOUNT_ADMIN_FULL | seen,
        ),
        ("Service user", sets::SERVICE_USER),
        ("Service administrator", sets::SERVICE_ADMINISTRATOR),
        ("Standard", sets::PORTAL_STANDARD),
        ("Company", sets::PORTAL_COMPANY),
        ("Company Admin", sets::PORTAL_COMPANY_ADMIN),
        ("Contact admin", sets::CONTACT_ADMIN),
        ("Supervisor", sets::QUEUE_SUPERVISOR),
        ("Queue agent", sets::QUEUE_AGENT),
        ("Guest", PermissionSet::EMPTY),
    ] {
        assert_eq!(held(&matrix, name), gives | join, "{name}");
    }
}

/// AD-17, I-13: every staff gate of role, licence and switch is open to the only user.
#[test]
fn ad_17_the_only_user_holds_every_staff_permission() {
    let portal = access::Product::Portal.permissions();
    assert_eq!(
        held(&matrix::roles(), "Only user"),
        PermissionSet::ALL - portal
    );
}

/// Every permission opens something for some role.
#[test]
fn no_permission_is_without_a_role() {
    let matrix = matrix::roles();
    for block in &matrix.blocks {
        for row in &block.rows {
            let staff_or_customer = row.cells.iter().any(|cell| *cell != Cell::No);
            assert!(staff_or_customer, "{}", row.permission);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn the_matrix_of_people_is_the_decision(state in world(), limit in 1usize..6) {
        for target in targets(&state) {
            let mut page = Paging::first(limit);
            let mut seen = Vec::new();
            loop {
                let Page { items, next } = state.people_matrix(PermissionSet::ALL, target, NOW, page);
                prop_assert!(items.len() <= limit);
                for row in items {
                    let subject = Subject::Person(row.person);
                    let actions: PermissionSet = state.actions(subject, target, NOW).into_iter().collect();
                    prop_assert_eq!(row.allowed, actions);
                    seen.push(row.person);
                }
                match next {
                    Some(next) => page = Paging::after(next, limit),
                    None => break,
                }
            }
            let there = state.people().iter().filter(|(_, row)| row.is_user() || row.is_customer());
            prop_assert_eq!(seen, there.map(|(id, _)| id).collect::<Vec<_>>());
        }
    }

    /// What is left out of the matrix of holders is the rows with nothing in them, and nobody else.
    #[test]
    fn the_matrix_of_holders_is_that_of_people_without_empty_rows(state in world(), limit in 1usize..6) {
        for target in targets(&state) {
            for permissions in Permission::ALL.map(Permission::set).into_iter().chain([PermissionSet::ALL]) {
                let whole = state.people_matrix(permissions, target, NOW, Paging::first(1_000));
                let wanted: Vec<_> = whole
                    .items
                    .into_iter()
                    .filter(|row| row.allowed != PermissionSet::EMPTY)
                    .collect();
                let (mut page, mut seen) = (Paging::first(limit), Vec::new());
                loop {
                    let Page { items, next } = state.holders(permissions, target, NOW, page);
                    prop_assert!(items.len() <= limit);
                    seen.extend(items);
                    match next {
                        Some(next) => page = Paging::after(next, limit),
                        None => break,
                    }
                }
                prop_assert_eq!(seen, wanted);
            }
        }
    }
}
