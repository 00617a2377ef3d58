//! Mails of records (SD-37): one opens an incident, or is somebody's answer to a record. What comes in is taken by [`MailRoom`]; the mails as they
//! came are kept for staff.
//!
//! **Start reading** in `room.rs`, then `acts.rs` for what is stored.

mod acts;
mod addresses;
mod kept;
mod room;

use web::route::Route;

pub(super) use self::kept::Mails;
pub use self::room::MailRoom;

pub(super) fn routes() -> Vec<Route> {
    [kept::routes(), addresses::routes()]
        .into_iter()
        .flatten()
        .collect()
}

/// The secret that reply addresses of an account are made with: the same on every node, and used for nothing else.
pub(super) fn reply_key(
    account: &ledger::Account,
) -> Result<mail::inbound::ReplyKey, ledger::LedgerError> {
    let secret = account.keyed("reply addresses", &[])?;
    Ok(mail::inbound::ReplyKey::new(secret, account.id()))
}
