//! Requests to addresses that somebody typed in: webhooks, collectors, sign-in providers.
//!
//! **For** whoever has to ask another server over HTTP. The server stands inside of somebody's network, and an address that was typed into a
//! form must not become a way into it: each address that a name leads to is checked, and the connection goes to the one that was checked.
//! No redirect is followed, no proxy of the environment is asked, what is read is bounded, and so is the time it takes.
//!
//! **Must never know** what is sent, to whom in the account it belongs, or why. It logs nothing: an address may be a secret.
//!
//! **Start reading** in [`Allowed`] for which addresses those are, then [`Outgoing::send`].

mod address;
mod client;
mod networks;
pub mod tls;

pub use address::{Address, BadAddress};
pub use client::{Answer, Failure, Outgoing, Question, Resolve};
pub use networks::Allowed;
