//! Mails that come in (SD-37).
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod hostile;
mod keeper;
mod lmtp;
mod processes;
mod reading;
