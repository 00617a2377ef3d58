//! Names beside ids in what the command line says. Whoever reaches the database may see them all.

use access::{State, explain::words::Name};
use ledger::{Account, Field, Place};
use web::page::names::place;

/// The present name of a thing; empty where there is none.
pub(crate) async fn name(account: &Account, place: Place) -> anyhow::Result<String> {
    let mut reading = account.read().await?;
    let version = reading.state.version().0;
    let profile = ledger::read_at(&mut reading.tx, account.id(), place, version).await?;
    let name = profile
        .as_ref()
        .and_then(|profile| profile.get(Field::Name));
    Ok(name.unwrap_or_default().to_owned())
}

/// The text with a name before every id of a thing that has one.
pub(crate) async fn named(account: &Account, state: &State, text: &str) -> anyhow::Result<String> {
    let mut named = String::with_capacity(text.len());
    let is_part = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    for piece in text.split_inclusive(|letter| !is_part(letter)) {
        let id = piece.trim_end_matches(|letter| !is_part(letter));
        let name = match Name::of_id(state, id).and_then(place) {
            Some(place) => name(account, place).await?,
            None => String::new(),
        };
        if name.is_empty() {
            named.push_str(piece);
        } else {
            named.push_str(&format!("{name} ({id}){}", &piece[id.len()..]));
        }
    }
    Ok(named)
}
