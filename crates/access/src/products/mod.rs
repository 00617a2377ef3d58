//! Products of other tools are data: a catalogue that the account loads names what can be done in them, and the account
//! registers the subjects and resources. The same gates and paths as everywhere decide about them.
//!
//! Where to start: `docs/how-to-add-a-product.md` for the file, `catalogue.rs` for what it becomes, `decide.rs` for the rule of
//! decisions, `ask.rs` for questions as other programs put them (AuthZEN), for Rolecall's own products too, `find.rs` for their searches.

mod ask;
mod catalogue;
mod commands;
#[cfg_attr(not(feature = "conditions"), path = "no_conditions.rs")]
mod condition;
mod decide;
mod effect;
mod file;
mod find;
#[cfg(feature = "conditions")]
mod members;
mod property;
mod reader;
mod search;
mod store;

pub use self::ask::{Answer, Asked, Entity, Question};
pub use self::catalogue::{
    Catalogue, Grant, Keys, MAX_CONDITIONS, MAX_DECLARED, MAX_KEY_BYTES, MAX_LIST, MAX_NAME_BYTES,
    MAX_PARENTS, MAX_PERMISSIONS, MAX_ROLES, MAX_RULES, MAX_TYPES, PERSON, ProductPermission, Role,
    Rule, Side, Type,
};
pub(crate) use self::commands::propose;
pub use self::commands::{ProductCommand, ProductEvent};
pub use self::condition::Condition;
pub use self::decide::{Party, ProductQuestion};
pub(crate) use self::effect::{Comparison, people_of};
pub use self::file::{CatalogueError, MAX_CATALOGUE_BYTES, PropertyUse};
pub use self::find::{FoundPage, Place};
pub use self::property::{NO_PROPERTIES, Properties, Property, TooMuch};
pub use self::search::{Budget, Cursor, Found, FoundAction, Page};
pub use self::store::{MAX_PRODUCTS, ProductRow, Products, Thing, ThingProfile};
