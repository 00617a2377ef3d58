//! The licence gate: a seat of a pool, or one more seat.

use super::{Case, Change};
use crate::catalogue::Product;
use crate::command::Command;
use crate::decide::Reason;
use crate::ids::LicenceId;
use crate::moment::Window;
use crate::state::{LicenceModel, Tie};

/// How many pools are tried.
const MAX_POOLS: usize = 2;

impl Case<'_> {
    pub(super) fn licence(&self, reason: Reason) -> Vec<Change> {
        let Reason::NoLicence(product) = reason else {
            return Vec::new();
        };
        let mut changes = Vec::new();
        if product == Product::ContactCentre {
            // The role and the licence can be given in one step.
            changes.extend(self.contact_centre_with_licence());
        }
        changes.extend(self.licences(product));
        changes
    }

    /// A licence of the product; of a full pool after one more seat is bought.
    pub(super) fn licences(&self, product: Product) -> Vec<Change> {
        let Some((person, _)) = self.person() else {
            return Vec::new();
        };
        let give = |licence| Command::Tie {
            person,
            tie: Tie::Licence(licence),
            window: Window::ALWAYS,
        };
        let free: Vec<Change> = self
            .pools(product)
            .filter(|(_, seats)| seats.is_none())
            .map(|(licence, _)| vec![give(licence)])
            .take(MAX_POOLS)
            .collect();
        if !free.is_empty() {
            return free;
        }
        let grown = self.pools(product).filter_map(|(licence, seats)| {
            let seats = seats?.checked_add(1)?;
            Some(vec![
                Command::SetLicenceSeats { licence, seats },
                give(licence),
            ])
        });
        grown.take(1).collect()
    }

    /// The pools with a seat left.
    pub(super) fn free_pools(&self, product: Product) -> impl Iterator<Item = LicenceId> {
        self.pools(product)
            .filter(|(_, seats)| seats.is_none())
            .map(|(licence, _)| licence)
            .take(MAX_POOLS)
    }

    /// The pools of a product; with the number of seats where all are taken. Entitlement to a concurrent pool takes none
    /// (AD-14).
    fn pools(&self, product: Product) -> impl Iterator<Item = (LicenceId, Option<u32>)> {
        self.state
            .licences()
            .iter()
            .filter(move |(_, row)| row.product == product && row.life.is_active())
            .map(|(id, row)| {
                let is_full =
                    row.model == LicenceModel::Named && row.in_use() >= row.bought as usize;
                (id, is_full.then_some(row.bought))
            })
    }
}
