//! Other products' catalogues: resource types, permissions, roles and conditions that an account loads, and the subjects and
//! resources that it registers.

use serde::{Deserialize, Serialize};

/// A fact about other products.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum ProductEvent {}

/// A change concerning other products.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum ProductCommand {}

/// What the account knows of other products.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Products {}

impl Products {
    /// Whether a product's roles count.
    pub fn is_active(&self, _product: crate::ProductId) -> bool {
        false
    }

    pub(crate) fn apply(&mut self, event: &ProductEvent) {
        match *event {}
    }
}

pub(crate) fn propose(
    _draft: &mut crate::command::Draft<'_>,
    command: &ProductCommand,
) -> Result<(), crate::Refusal> {
    match *command {}
}
