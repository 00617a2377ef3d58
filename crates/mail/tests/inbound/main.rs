//! Mails that come in (SD-37).

mod hostile;
mod reading;
