//! What the subcommands print. A reader who has heard enough (`rolecall who … | head`) closes the pipe: that ends the program, and is
//! no error to speak of.

use std::fmt::Arguments;
use std::io::{ErrorKind, Write};

use anyhow::Context;

/// Nobody reads what is printed any more.
#[derive(Debug, thiserror::Error)]
#[error("nobody reads what is printed any more")]
pub struct Unheard;

/// Prints a line.
pub(crate) fn line(text: Arguments<'_>) -> anyhow::Result<()> {
    match writeln!(std::io::stdout().lock(), "{text}") {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Err(Unheard.into()),
        printed => printed.context("what there is to say could not be printed"),
    }
}

/// Prints a line, as `println!` does; an error where nobody reads it.
macro_rules! say {
    ($($text:tt)*) => {
        $crate::say::line(format_args!($($text)*))
    };
}
pub(crate) use say;
