//! The server of Rolecall.

pub mod demo;
