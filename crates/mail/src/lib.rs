//! Mails: what they say, the links that stand in them, and the worker that takes them from the outbox to a mail server. And mails that come
//! in: how they get here, and what they are.
//!
//! **For** the faces, which queue a letter beside a command, and the server, which runs the worker and what receives.
//!
//! **Must never know** who may cause what: the command beside a mail decides, and so does whoever takes one that came in. Nothing of what a
//! mail says, and no address, is logged.
//!
//! **Start reading** in [`Letter`] for what is said, then [`Worker`] for how it goes out, and in [`inbound`] for what comes in.

mod access_token;
pub mod inbound;
mod letter;
mod links;
mod mailbox;
mod post;
mod text;
mod tls;
mod worker;

pub use access_token::{AccessToken, NoAccessToken};
pub use letter::{Happened, Letter, News, Thread};
pub use links::{
    Asked, INVITATION_DAYS, REGISTRATION_HOURS, RESET_HOURS, SIGN_IN_MINUTES, confirm_address,
    invitation, letters, notice, purpose_of, queue_link, queue_registration, registering,
};
pub use mailbox::{KeptMail, Mailbox};
pub use post::{Failure, Post, PostError};
pub use text::{Letterhead, Text};
pub use worker::{ATTEMPTS_MAX, LEASE, Worker, Writes, pause};
