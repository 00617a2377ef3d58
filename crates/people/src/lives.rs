//! Archiving, restoring and deleting: the same three routes for every kind of thing (AD-25).

use access::Command;
use web::{Result, common::Submission, guard::CommandsOn, reply::Answer, submit::Written};

use crate::things::Mortal;

/// It gives nothing from now on, and can be restored.
pub(crate) async fn archive<K: Mortal>(
    commands: CommandsOn<K>,
    how: Submission,
) -> Result<Answer<Written>> {
    let node = commands.on.node();
    commands.submit(Command::Archive { node }, &how).await
}

/// It gives again what it gave.
pub(crate) async fn restore<K: Mortal>(
    commands: CommandsOn<K>,
    how: Submission,
) -> Result<Answer<Written>> {
    let node = commands.on.node();
    commands.submit(Command::Restore { node }, &how).await
}

/// It is gone for ever.
pub(crate) async fn delete<K: Mortal>(
    commands: CommandsOn<K>,
    how: Submission,
) -> Result<Answer<Written>> {
    let node = commands.on.node();
    commands.submit(Command::Delete { node }, &how).await
}

/// The three routes of a kind.
macro_rules! lives {
    ($kind:ty, $path:literal, $name:literal, $words:literal) => {
        [
            web::route::post(
                concat!($path, "/archive"),
                concat!($name, ".archive"),
                concat!("Archive ", $words, ": it gives nothing from now on"),
                $crate::lives::archive::<$kind>,
            ),
            web::route::post(
                concat!($path, "/restore"),
                concat!($name, ".restore"),
                concat!("Restore ", $words),
                $crate::lives::restore::<$kind>,
            ),
            web::route::delete(
                $path,
                concat!($name, ".delete"),
                concat!("Delete ", $words, " for ever"),
                $crate::lives::delete::<$kind>,
            ),
        ]
    };
}
pub(crate) use lives;
