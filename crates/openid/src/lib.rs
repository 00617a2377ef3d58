//! OpenID Connect, the side of whoever lets people in by a sign-in provider: what is asked of the provider, and whether its answer may be
//! believed.
//!
//! **For** the face through which people sign in. It sends the browser away with [`RelyingParty::begin`], keeps what that hands back, and
//! makes an [`Identity`] of what the browser comes back with ([`RelyingParty::finish`]). Beside it: where to sign out at the provider, and
//! what the provider says of people who signed out there (back-channel logout).
//!
//! **Must never know** an account, a person, what is stored, or a page: that an identity is *somebody* here, and may come in, is decided
//! elsewhere. It reads no clock (`now_ms` comes in, milliseconds since 1970 in UTC) and draws no chance. What it says of an error names
//! no token, no secret and no address.
//!
//! **Start reading** in `relying_party.rs`; then `provider.rs` (what is known of a provider, and for how long) and `token.rs` (what
//! makes a signed token one of the provider's).

mod answer;
mod client;
mod error;
mod exchange;
mod http;
mod identity;
mod logout;
mod pending;
mod provider;
mod relying_party;
mod token;

pub use answer::Callback;
pub use client::{Client, Registration, Subject};
pub use error::{Asked, BadToken, Denied, Error, Whose};
pub use identity::{Identity, Named};
pub use logout::{Goodbye, LoggedOut};
pub use pending::{Pending, Wish};
pub use provider::Announced;
pub use relying_party::RelyingParty;
