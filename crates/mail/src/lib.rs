//! Mails: what they say, the links that stand in them, and the worker that takes them from the outbox to a mail server.
//!
//! **For** the faces, which queue a letter beside a command, and the server, which runs the worker.
//!
//! **Must never know** who may cause a mail: the command beside it decides. Nothing of what a mail says, and no address, is logged.
//!
//! **Start reading** in [`Letter`] for what is said, then [`Worker`] for how it goes out.

mod letter;
mod links;
mod mailbox;
mod post;
mod text;
mod worker;

pub use letter::Letter;
pub use links::{
    INVITATION_DAYS, RESET_HOURS, confirm_address, invitation, letters, notice, purpose_of,
    queue_reset,
};
pub use mailbox::{KeptMail, Mailbox};
pub use post::{Failure, Post, PostError};
pub use text::{Letterhead, Text};
pub use worker::{ATTEMPTS_MAX, LEASE, Worker, pause};
