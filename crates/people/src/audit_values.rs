//! Names and personal data of the audit log: two versions of a profile, as far as they still exist (AD-20, SD-26).

use std::collections::HashMap;

use access::{
    CompanyId, ConnectionId, Dense, DeviceGroupId, DeviceId, Event, GroupId, LicenceId, PersonId,
    ProviderGroupId, PublicId, QueueId, RoleId, ServiceId, State, UserGroupId,
    event::{Node, ProfileField},
    explain::words::Name,
};
use ledger::{Entry, Field, HasProfile, Kind, Place, Profile};
use uuid::Uuid;
use web::{
    Result,
    session::{Session, failed},
};

use crate::{
    audit::{Act, AuditValue},
    bodies::FIELDS,
};

/// The profiles before and after the acts of a page.
pub(crate) struct Values(HashMap<(Place, u64), Profile>);

impl Values {
    /// Reads what a page shows in one question.
    pub async fn read(session: &Session, acts: &[Act]) -> Result<Self> {
        let state = session.state();
        let mut versions = Vec::new();
        for act in acts {
            let position = act.entry.position;
            for (event, _) in &act.changes {
                if let Some((place, _)) = written(state, event) {
                    versions.extend([(place, position - 1), (place, position)]);
                }
            }
        }
        let account = session.account.id();
        let mut reading = session.account.read().await.map_err(failed)?;
        ledger::read_versions(&mut reading.tx, account, versions.into_iter())
            .await
            .map(Self)
            .map_err(failed)
    }

    /// The values that an event of an entry changed.
    pub fn of(&self, session: &Session, entry: &Entry, event: &Event) -> Vec<AuditValue> {
        let Some((place, fields)) = written(session.state(), event) else {
            return Vec::new();
        };
        let hidden = is_hidden(session, place);
        let value = |field, at| {
            let profile = self.0.get(&(place, at)).filter(|_| !hidden);
            profile.and_then(|profile| profile.get(field).map(str::to_owned))
        };
        let named = fields.is_some();
        let values = fields
            .unwrap_or_else(|| FIELDS.map(|(_, kept)| kept).to_vec())
            .into_iter()
            .map(|field| AuditValue {
                field,
                before: value(field, entry.position - 1),
                after: value(field, entry.position),
            });
        values
            .filter(|value| named || value.after.is_some())
            .collect()
    }
}

/// Whose profile an event wrote, and which fields: of what came to be all that are there.
fn written(state: &State, event: &Event) -> Option<(Place, Option<Vec<Field>>)> {
    fn made<K: HasProfile + access::state::Resolve>(state: &State, uid: Uuid) -> Option<Place> {
        state.resolve(PublicId::<K>::new(uid)).map(Place::of)
    }
    let place = match event {
        Event::ProfileEdited { person, fields } => {
            return Some((Place::of(*person), Some(stored(fields))));
        }
        Event::Renamed { of } => return Some((place_of(*of), Some(vec![Field::Name]))),
        Event::PersonAdded { uid, .. } => made::<PersonId>(state, *uid),
        Event::RoleCreated { uid, .. } => made::<RoleId>(state, *uid),
        Event::UserGroupCreated { uid, .. } => made::<UserGroupId>(state, *uid),
        Event::GroupCreated { uid } => made::<GroupId>(state, *uid),
        Event::CompanyCreated { uid } => made::<CompanyId>(state, *uid),
        Event::ServiceCreated { uid } => made::<ServiceId>(state, *uid),
        Event::QueueCreated { uid, .. } => made::<QueueId>(state, *uid),
        Event::DeviceGroupCreated { uid } => made::<DeviceGroupId>(state, *uid),
        Event::DeviceAdded { uid, .. } => made::<DeviceId>(state, *uid),
        Event::LicenceBought { uid, .. } => made::<LicenceId>(state, *uid),
        Event::ConnectionCreated { uid, .. } => made::<ConnectionId>(state, *uid),
        Event::ProviderGroupCreated { uid, .. } => made::<ProviderGroupId>(state, *uid),
        _ => None,
    };
    place.map(|place| (place, None))
}

fn stored(fields: &[ProfileField]) -> Vec<Field> {
    let of = |named: &ProfileField| {
        let mut all = FIELDS.iter();
        all.find_map(|(logged, kept)| (logged == named).then_some(*kept))
    };
    fields.iter().filter_map(of).collect()
}

fn place_of(node: Node) -> Place {
    match node {
        Node::Role(id) => Place::of(id),
        Node::UserGroup(id) => Place::of(id),
        Node::DeviceGroup(id) => Place::of(id),
        Node::Device(id) => Place::of(id),
        Node::Group(id) => Place::of(id),
        Node::Company(id) => Place::of(id),
        Node::Service(id) => Place::of(id),
        Node::Queue(id) => Place::of(id),
        Node::Licence(id) => Place::of(id),
        Node::Connection(id) => Place::of(id),
        Node::ProviderGroup(id) => Place::of(id),
    }
}

/// SD-33: what belongs to a company that is not on the caller's list stays hidden here too; colleagues never are.
fn is_hidden(session: &Session, place: Place) -> bool {
    let name = match place.kind {
        Kind::Person => PersonId::from_number(place.entity).map(Name::Person),
        Kind::Company => CompanyId::from_number(place.entity).map(Name::Company),
        Kind::Device => DeviceId::from_number(place.entity).map(Name::Device),
        _ => None,
    };
    name.is_some_and(|name| session.view().cuts(name))
}
