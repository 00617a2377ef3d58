//! Which break is switched on. `cargo xtask mutate` puts this file into its copy of the crate; it is no part of the product.

use crate::decide::Reason;

/// The number of the one that is on; none, unless the environment names it.
fn chosen() -> Option<usize> {
    static CHOSEN: std::sync::LazyLock<Option<usize>> =
        std::sync::LazyLock::new(|| std::env::var("ROLECALL_BREAK").ok()?.parse().ok());
    *CHOSEN
}

pub(crate) fn is(number: usize) -> bool {
    chosen() == Some(number)
}

/// Lets pass what it should deny, and denies what it should let pass.
pub(crate) fn flipped(number: usize, gate: Result<(), Reason>) -> Result<(), Reason> {
    match gate {
        gate if !is(number) => gate,
        Ok(()) => Err(Reason::AccountNotActive),
        Err(_) => Ok(()),
    }
}

/// Lets everything pass: what a forgotten check looks like.
pub(crate) fn open(number: usize, gate: Result<(), Reason>) -> Result<(), Reason> {
    if is(number) { Ok(()) } else { gate }
}
