//! Mails that come in (SD-37): what one says, what it is, and how it gets here.
//!
//! A mail is bytes of somebody unknown. It is received ([`Lmtp`], [`Imap`]), read ([`Mail`]) and judged ([`judge`]); what follows is done
//! by whoever hands over a [`Handler`], and nothing here knows who may cause what.

mod imap;
mod judge;
mod lmtp;
mod message;
mod receive;
mod reply_address;

pub use imap::{Fetched, Imap, ImapError};
pub use judge::{Facts, Known, Refusal, Sender, Verdict, judge};
pub use lmtp::{Limits, Lmtp, LmtpError};
pub use message::{
    ATTACHMENTS_MAX, Attachment, Automatic, HOPS_MAX, Mail, SUBJECT_MAX, Said, TEXT_MAX, Unreadable,
};
pub use receive::{Delivery, Handler, Outcome, RECIPIENTS_MAX, SIZE_MAX};
pub use reply_address::{LOCAL_PART_MAX, Reply, ReplyKey};
