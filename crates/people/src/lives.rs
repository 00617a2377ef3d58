//! Renaming, archiving, restoring and deleting: the same four routes for every kind of thing (AD-25).

use access::Command;
use ledger::{Change, Field, Of, ProfileWrite};
use web::{
    Result, common::Submission, guard::CommandsOn, part::Order, reply::Answer, submit::Written,
};

use crate::{
    bodies::NewName,
    things::{self, Mortal},
};

/// It is called otherwise. The name stands in the profile store, never in the log.
pub(crate) async fn rename<K: Mortal>(
    commands: CommandsOn<K>,
    order: Order<NewName>,
) -> Result<Answer<Written>> {
    let name = things::parse_name("/name", &order.body.name)?;
    let node = commands.on.node();
    let change = Change::from(Command::Rename { node })
        .with_profile(ProfileWrite::new(Of::known(commands.on)).set(Field::Name, name));
    commands.submit(change, &order.how).await
}

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

/// The four routes of a kind.
macro_rules! lives {
    ($kind:ty, $path:literal, $name:literal, $words:literal) => {
        [
            web::route::put(
                concat!($path, "/name"),
                concat!($name, ".rename"),
                concat!("Rename ", $words),
                $crate::lives::rename::<$kind>,
            ),
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
