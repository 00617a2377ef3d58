//! Mails that come in (SD-37).

mod hostile;
mod keeper;
mod lmtp;
mod processes;
mod reading;
