//! Random accounts and random administrators, the same for the same seed.
//!
//! [`facts`] makes accounts out of events: every corner of the state, whether or not a command leads there. [`founding`]
//! sets accounts up, and [`commands`] lets hostile administrators of every rank propose whatever comes to their mind; [`tree`] is about those
//! who climb by the user groups that they manage. [`questions`] is everything that can be asked
//! about an account.

pub mod commands;
mod dice;
pub mod facts;
pub mod founding;
pub mod questions;
pub mod tree;

pub use self::dice::Dice;

/// Number of random accounts that a property test looks at: `ROLECALL_CASES`, or what the test itself finds quick enough.
pub fn cases(otherwise: u64) -> u64 {
    std::env::var("ROLECALL_CASES")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(otherwise)
}
