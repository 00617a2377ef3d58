//! What gives an action of another product: one of its roles.

use super::Change;
use super::person::facet_back;
use crate::command::Command;
use crate::decide::Reason;
use crate::moment::Window;
use crate::products::{Party, ProductCommand, ProductQuestion};
use crate::state::{Facet, State, Tie};

/// The changes that might open the gate that denies for this reason.
pub(super) fn changes(
    state: &State,
    question: &ProductQuestion<'_>,
    reason: Reason,
) -> Vec<Change> {
    let product = question.product;
    match (reason, question.subject) {
        (Reason::ResourceNotActive, _) => {
            vec![vec![Command::Product(ProductCommand::Restore { product })]]
        }
        (Reason::ProductParentNotHeld(_, parent), _) => roles(state, question, parent),
        // AD-15: a role in the product ends it.
        (Reason::Suspended | Reason::NotHeld | Reason::ConditionFalse, _) => {
            roles(state, question, question.permission)
        }
        (reason, Party::Person(person)) => {
            let command = facet_back(person, Facet::User, reason);
            command.map(|command| vec![command]).into_iter().collect()
        }
        _ => Vec::new(),
    }
}

/// The roles whose rules name the permission.
fn roles(state: &State, question: &ProductQuestion<'_>, permission: u16) -> Vec<Change> {
    let product = state.products().rows().get(question.product);
    let Some(catalogue) = product.and_then(|row| row.catalogue()) else {
        return Vec::new();
    };
    let giving = catalogue.roles().filter(|(_, role)| {
        role.rules
            .iter()
            .any(|rule| rule.permissions.contains(&permission))
    });
    let give = giving.filter_map(|(number, role)| match question.subject {
        Party::Person(person) => Some(Command::Tie {
            person,
            tie: Tie::ProductRole(question.product, number),
            window: Window::ALWAYS,
        }),
        Party::Thing(thing) => Some(Command::Product(ProductCommand::GiveRole {
            thing,
            role: role.key.clone(),
        })),
        Party::Open { .. } | Party::Unknown => None,
    });
    give.map(|command| vec![command]).collect()
}
