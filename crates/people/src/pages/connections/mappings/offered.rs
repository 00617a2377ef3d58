//! What can be mapped from the page: what its reader could give to everybody, and the connection too (AD-30). Everything else is absent.

use access::{
    ConnectionId, LicenceId, Permission, ProviderGroupId, PublicId, QueueId, RoleId, ServiceId,
    Subject, Target,
    explain::words::Name,
    state::{MappedTo, Mapping, ServiceLevel},
};
use serde::Deserialize;
use web::{
    Result,
    page::{
        Picked, Picker, Sent,
        find::Kind,
        names::Names,
        person::{Choice, choice},
    },
    resource::{Id, Resource},
    session::Session,
};

/// Groups that the form offers; those of a connection with more are mapped from the list of groups.
const GROUPS_MAX: usize = 1_000;
/// Roles, and licences, that it offers.
const CHOICES_MAX: usize = 500;

const ON: &[Kind] = &[Kind::Service, Kind::Queue];

/// What the form offers.
pub(super) struct Offered {
    pub groups: Vec<Choice>,
    pub has_more_groups: bool,
    pub roles: Vec<Choice>,
    pub licences: Vec<Choice>,
    pub levels: Vec<Choice>,
    pub queue_roles: Vec<Choice>,
    /// What the reader could give and the connection could not.
    pub closed: Vec<&'static str>,
}

/// The form as it was sent.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Add {
    pub group: Option<String>,
    gives: Option<String>,
    on: Option<String>,
    on_text: Option<String>,
    on_asked: Option<String>,
}

/// The form as it comes back.
pub(super) struct Adding {
    pub group: Option<ProviderGroupId>,
    pub gives: String,
    pub on: Picker,
    pub wrong: Option<&'static str>,
}

impl Default for Adding {
    fn default() -> Self {
        Self {
            group: None,
            gives: String::new(),
            on: picker(),
            wrong: None,
        }
    }
}

fn picker() -> Picker {
    Picker::new("on", "Service or queue", ON)
}

impl Offered {
    pub fn is_empty(&self) -> bool {
        let all = [&self.roles, &self.licences, &self.levels, &self.queue_roles];
        all.into_iter().all(Vec::is_empty)
    }

    /// Whether something on the list needs to be said on what.
    pub fn has_things(&self) -> bool {
        !(self.levels.is_empty() && self.queue_roles.is_empty())
    }

    pub async fn of(
        session: &Session,
        connection: ConnectionId,
        group: Option<ProviderGroupId>,
        adding: &Adding,
    ) -> Result<Self> {
        let (state, view) = (session.state(), session.view());
        let can = |to: MappedTo| {
            view.can_map(to) && state.mapping_is_open(connection, to, session.now()).is_ok()
        };
        let row = state.connections().get(connection);
        let groups = row.into_iter().flat_map(|row| row.provider_groups.iter());
        let groups: Vec<_> = groups.take(GROUPS_MAX + 1).collect();
        let roles = state.roles().ids();
        let roles = roles.filter(|role| {
            *role != RoleId::SUPER_ADMIN && view.sees(*role) && can(MappedTo::AccountRole(*role))
        });
        let roles: Vec<_> = roles.take(CHOICES_MAX).collect();
        let licences = state.licences().ids();
        let licences =
            licences.filter(|licence| view.sees(*licence) && can(MappedTo::Licence(*licence)));
        let licences: Vec<_> = licences.take(CHOICES_MAX).collect();
        let things = groups.iter().copied().map(Name::ProviderGroup);
        let things = things.chain(roles.iter().copied().map(Name::Role));
        let things = things.chain(licences.iter().copied().map(Name::Licence));
        let names = Names::of(session, things.collect::<Vec<_>>()).await?;
        let chosen = adding.group.or(group);
        let listed = |word: &'static str| move |id: String| format!("{word}.{id}");
        let mut offered = Self {
            has_more_groups: groups.len() > GROUPS_MAX,
            groups: by_name(
                session,
                &names,
                groups.iter().take(GROUPS_MAX),
                |id| id,
                |one| Some(one) == chosen,
            ),
            roles: by_name(session, &names, &roles, listed("role"), |_| false),
            licences: by_name(session, &names, &licences, listed("licence"), |_| false),
            levels: Vec::new(),
            queue_roles: Vec::new(),
            closed: Vec::new(),
        };
        offered.add_products(session, connection);
        let all = [
            &mut offered.roles,
            &mut offered.licences,
            &mut offered.levels,
            &mut offered.queue_roles,
        ];
        for one in all.into_iter().flatten() {
            one.is_set = one.code == adding.gives;
        }
        Ok(offered)
    }

    /// Levels and queue roles: on what is chosen beside them.
    fn add_products(&mut self, session: &Session, connection: ConnectionId) {
        const DESK: Permission = Permission::ServiceDeskAccountConfigure;
        const QUEUES: Permission = Permission::ContactCentreQueueAssign;
        let view = session.view();
        let its = session
            .state()
            .view(Subject::Connection(connection), session.now());
        if view.may(DESK, Target::Account) {
            if its.may(DESK, Target::Account) {
                self.levels = vec![
                    choice("user", "User of a service", false),
                    choice("administrator", "Administrator of a service", false),
                ];
            } else {
                self.closed
                    .push("Levels on services: the connection has no right to configure the desk.");
            }
        }
        if view.holds_somewhere(QUEUES) {
            if its.holds_somewhere(QUEUES) {
                self.queue_roles = vec![
                    choice("agent", "Agent of a queue", false),
                    choice("supervisor", "Supervisor of a queue", false),
                ];
            } else {
                self.closed
                    .push("Roles in queues: the connection is no Contact admin.");
            }
        }
    }
}

fn by_name<'a, K: Resource + Copy + Into<Name> + 'a>(
    session: &Session,
    names: &Names<'_>,
    things: impl IntoIterator<Item = &'a K>,
    code: impl Fn(String) -> String,
    is_set: impl Fn(K) -> bool,
) -> Vec<Choice> {
    let things = things.into_iter().copied();
    let mut choices: Vec<_> = things
        .map(|one| {
            let id = session.id(one).0.to_string();
            choice(code(id), names.text(one.into()), is_set(one))
        })
        .collect();
    choices.sort_by_cached_key(|choice| ledger::fold(&choice.label));
    choices
}

/// The mapping that the form says, or the form again. Whether it may be is for the save to say.
pub(super) async fn read(
    session: &Session,
    group: Option<ProviderGroupId>,
    sent: Add,
) -> Result<std::result::Result<Mapping, Adding>> {
    let gives = sent.gives.unwrap_or_default();
    let again = |on: Picker, wrong| Adding {
        group,
        gives: gives.clone(),
        on,
        wrong: Some(wrong),
    };
    let on = Sent {
        id: sent.on.clone(),
        text: sent.on_text.clone(),
        asked: sent.on_asked,
    };
    let kept = || {
        picker().with(
            sent.on.clone().unwrap_or_default(),
            sent.on_text.clone().unwrap_or_default(),
        )
    };
    let Some(provider_group) = group else {
        return Ok(Err(again(kept(), "Choose a group.")));
    };
    let to = match gives.as_str() {
        "user" | "administrator" => {
            let level = match gives.as_str() {
                "user" => ServiceLevel::User,
                _ => ServiceLevel::Administrator,
            };
            let picked = picker().pick::<ServiceId>(session, &[Kind::Service], on);
            match picked.await? {
                Picked::One(service) => MappedTo::Service(service, level),
                Picked::Not(picker) => return Ok(Err(again(picker, "Name the service."))),
            }
        }
        "agent" | "supervisor" => {
            let picked = picker().pick::<QueueId>(session, &[Kind::Queue], on);
            match (picked.await?, gives.as_str()) {
                (Picked::One(queue), "agent") => MappedTo::QueueAgent(queue),
                (Picked::One(queue), _) => MappedTo::QueueSupervisor(queue),
                (Picked::Not(picker), _) => return Ok(Err(again(picker, "Name the queue."))),
            }
        }
        other => match named(session, other) {
            Some(to) => to,
            None => return Ok(Err(again(kept(), "Choose what the group gives."))),
        },
    };
    Ok(Ok(Mapping { provider_group, to }))
}

/// `role.rol_…` or `licence.lic_…`
fn named(session: &Session, text: &str) -> Option<MappedTo> {
    fn found<K: Resource>(session: &Session, id: &str) -> Option<K> {
        session.find(Id(id.parse::<PublicId<K>>().ok()?))
    }
    match text.split_once('.')? {
        ("role", id) => found::<RoleId>(session, id).map(MappedTo::AccountRole),
        ("licence", id) => found::<LicenceId>(session, id).map(MappedTo::Licence),
        _ => None,
    }
}
