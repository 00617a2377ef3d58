//! Making, renaming, archiving, restoring and deleting: the same for every kind of thing (AD-25).

use access::{Command, PublicId};
use ledger::{Change, Field, Of, ProfileWrite};
use web::{
    Result,
    common::Submission,
    guard::{Commands, CommandsOn},
    part::Order,
    reply::Answer,
    submit::Written,
    values::parse_name,
};

use crate::{bodies::NewName, things::Mortal};

/// It is there, under a new id. Its name stands in the profile store, never in the log.
pub(crate) async fn create<K: Mortal>(
    commands: &Commands,
    name: &str,
    how: &Submission,
    command: impl FnOnce(PublicId<K>) -> Command,
) -> Result<Answer<Written>> {
    let name = parse_name("/name", name)?;
    let id = commands.new_id();
    let change = Change::from(command(id))
        .with_profile(ProfileWrite::new(Of::public(id)).set(Field::Name, name));
    commands.create(id, change, how).await
}

/// It is called otherwise.
pub(crate) async fn rename<K: Mortal>(
    commands: CommandsOn<K>,
    order: Order<NewName>,
) -> Result<Answer<Written>> {
    let name = parse_name("/name", &order.body.name)?;
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

/// The four routes that all kinds have in common.
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
