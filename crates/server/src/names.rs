//! Names beside ids in what the command line says. Whoever reaches the database may see them all.

use access::{
    CompanyId, ConnectionId, Dense, DeviceGroupId, DeviceId, GroupId, LicenceId, PersonId,
    PublicId, QueueId, RoleId, ServiceId, State, UserGroupId, state::Resolve,
};
use ledger::{Account, Field, HasProfile, Place};

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
        let name = match place(state, id) {
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

/// Where the profile of the thing with this id stands.
fn place(state: &State, id: &str) -> Option<Place> {
    fn of<K: HasProfile + Resolve>(state: &State, id: &str) -> Option<Place> {
        state
            .resolve(id.parse::<PublicId<K>>().ok()?)
            .map(Place::of)
    }
    let (prefix, _) = id.split_once('_')?;
    match prefix {
        PersonId::PREFIX => of::<PersonId>(state, id),
        RoleId::PREFIX => of::<RoleId>(state, id),
        UserGroupId::PREFIX => of::<UserGroupId>(state, id),
        GroupId::PREFIX => of::<GroupId>(state, id),
        DeviceGroupId::PREFIX => of::<DeviceGroupId>(state, id),
        DeviceId::PREFIX => of::<DeviceId>(state, id),
        CompanyId::PREFIX => of::<CompanyId>(state, id),
        ServiceId::PREFIX => of::<ServiceId>(state, id),
        QueueId::PREFIX => of::<QueueId>(state, id),
        LicenceId::PREFIX => of::<LicenceId>(state, id),
        ConnectionId::PREFIX => of::<ConnectionId>(state, id),
        _ => None,
    }
}
