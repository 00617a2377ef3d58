//! The people of a thing, page by page: one shape for every kind that has any. What is shown beside the thing itself ends at a bound;
//! this list does not.

use access::{
    DeviceGroupId, GroupId, IdSet, LicenceId, PersonId, ProviderGroupId, QueueId, State,
    UserGroupId,
};
use serde::Serialize;
use utoipa::ToSchema;
use web::{
    Problem, Result,
    guard::Seen,
    paging::{Page, Paging},
    reply::Answer,
    resource::Resource,
    route::{Route, get},
    session::Session,
};

use crate::{
    bodies::PersonLine,
    queues::{QueuePerson, person_body},
    things,
};

pub(crate) fn routes() -> Vec<Route> {
    vec![
        get(
            "/api/v1/user-groups/{user_group}/members",
            "user_groups.members",
            "List the members of a user group",
            list::<UserGroupId>,
        ),
        get(
            "/api/v1/groups/{group}/members",
            "groups.members",
            "List the members of a group",
            list::<GroupId>,
        ),
        get(
            "/api/v1/licences/{licence}/holders",
            "licences.holders",
            "List who holds a seat or may take one",
            list::<LicenceId>,
        ),
        get(
            "/api/v1/device-groups/{device_group}/agents",
            "device_groups.agents",
            "List the agents of a device group",
            list::<DeviceGroupId>,
        ),
        get(
            "/api/v1/provider-groups/{provider_group}/members",
            "provider_groups.members",
            "List who is in a group of a connection",
            list::<ProviderGroupId>,
        ),
        get(
            "/api/v1/queues/{queue}/people",
            "queues.people",
            "List agents, supervisors and whoever is logged in",
            list::<QueueId>,
        ),
    ]
}

/// A thing that has people.
trait Peopled: Resource {
    /// What is shown of one of them.
    type Line: Serialize + ToSchema + Send;

    /// They; `None`: the thing was not there yet in the state that is asked about.
    fn people(self, state: &State) -> Option<IdSet<PersonId>>;

    /// One of them, whom the caller sees.
    fn line(self, session: &Session, person: PersonId, name: Option<String>) -> Self::Line;
}

macro_rules! peopled {
    ($($id:ident by $people:ident in $table:ident;)*) => {$(
        impl Peopled for $id {
            type Line = PersonLine;

            fn people(self, state: &State) -> Option<IdSet<PersonId>> {
                state.$table().get(self).map(|row| row.$people.clone())
            }

            fn line(self, session: &Session, person: PersonId, name: Option<String>) -> PersonLine {
                PersonLine {
                    id: session.id(person),
                    name,
                }
            }
        }
    )*};
}

peopled! {
    UserGroupId by members in user_groups;
    GroupId by members in groups;
    LicenceId by holders in licences;
    DeviceGroupId by agents in device_groups;
    ProviderGroupId by members in provider_groups;
}

impl Peopled for QueueId {
    type Line = QueuePerson;

    fn people(self, state: &State) -> Option<IdSet<PersonId>> {
        state.queues().get(self).map(|row| row.people.clone())
    }

    fn line(self, session: &Session, person: PersonId, name: Option<String>) -> QueuePerson {
        person_body(session, self, person, name)
    }
}

/// Those whom the caller sees.
async fn list<K: Peopled>(seen: Seen<K>, paging: Paging) -> Result<Answer<Page<K::Line>>> {
    let people = seen
        .on
        .people(seen.asked())
        .ok_or_else(Problem::not_found)?;
    let view = seen.view();
    let shown = |person| view.sees(person);
    let (people, next) = things::walk(&paging, |after| people.iter_after(after), shown)?;
    let profiles = things::profiles(&seen, &people).await?;
    let line = |person| seen.on.line(&seen, person, things::name(&profiles, person));
    let items = people.into_iter().map(line).collect();
    seen.answer(Page { items, next })
}
