//! SCIM 2.0 (RFC 7643 and 7644) without a server: what providers of identities say about users and groups, read and written.
//!
//! **For** the face that provisioning comes through. It turns bodies and parameters of requests into attributes by our own names, filters
//! that a store can answer, and patches that either apply or are refused as the RFCs say; and it turns attributes into answers. What Entra ID
//! and Okta do differently from the RFCs is accepted where their documentation shows it (`crates/scim/tests/requests`).
//!
//! **Must never know** who asks, what is stored, or a rule: whether somebody may be changed is decided where everybody passes (AD-7).
//! It waits for nothing and reads no clock. A refusal names attributes, and never says what they held.
//!
//! **Start reading** in `schema.rs`: everything else asks it what an attribute is. Then `resource.rs` (what comes in by POST and PUT),
//! `patch.rs` (what comes in by PATCH), `filter.rs` and `project.rs`.

pub mod access;
pub mod date_time;
pub mod discovery;
pub mod error;
pub mod etag;
pub mod filter;
pub mod group;
pub mod list;
pub mod patch;
pub mod path;
pub mod project;
pub mod resource;
pub mod schema;
pub mod sort;
pub mod user;

pub use error::{Error, ScimType};

/// The attributes of a resource, by the names that its schemas give them; those of an extension stand in an object under its URN.
pub type Attributes = serde_json::Map<String, serde_json::Value>;

/// A text as it is compared where case does not count (`caseExact` is false, RFC 7643 §2.2). An index over such an attribute holds this.
pub fn fold(text: &str) -> String {
    text.to_lowercase()
}
