//! The server of Rolecall.

pub mod demo;
pub mod import;
