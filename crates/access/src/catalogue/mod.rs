//! What can be permitted at all: every permission, system role and switch of Rolecall's own products.
//!
//! The readable files stand in `crates/access/catalogue/`; `cargo xtask generate` makes `generated.rs` from them.
//! The methods are written here. Everything has a *key*, and stands in logs and answers by it, never by its number.

pub mod chart;
mod generated;
mod keyed;
mod permission;
mod role;
mod set;
mod switch;

pub use generated::{Permission, Product, Switch, SystemRole, sets};
pub use keyed::UnknownKey;
pub use permission::ScopeKind;
pub use set::{Iter, PermissionSet};
pub use switch::Concerns;
