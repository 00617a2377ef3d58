//! What provisioning gives (AD-30): the groups of a provider, what they are mapped to, and what of somebody's comes by that or is missing.
//!
//! Who may edit a mapping is said by the core, for each. Of one whose target the caller does not see, the kind alone is shown, and saved
//! again as it was.

use access::{
    Command, ConnectionId, PersonId, ProviderGroupId, PublicId, Refusal,
    command::MembersChange,
    decide::{OnAccount, permissions::ManageIntegrations},
    state::{MappedTo, Mapping, ServiceLevel, Tie},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use web::{
    Problem, Result,
    common::Submission,
    guard::{CommandsOn, Seen},
    paging::{Page, Paging},
    part::{Order, Query},
    reply::Answer,
    resource::{ConnectionRef, Id, PersonRef, ProviderGroupRef, Resource},
    route::{Route, delete, get, post, put},
    session::Session,
    submit::Written,
    values::parse_name,
};

use ledger::{Change, Field, Of, ProfileWrite};

use crate::{
    account_roles::BULK_MAX,
    bodies::NewName,
    lives,
    shown::{self, Shown},
    things::{self, Search},
};

pub(crate) fn routes() -> Vec<Route> {
    vec![
        get(
            "/api/v1/connections/{connection}/mappings",
            "mappings.show",
            "Show what the groups of a connection are mapped to, in the order of the page",
            show,
        ),
        put(
            "/api/v1/connections/{connection}/mappings",
            "mappings.set",
            "Replace what the groups of a connection are mapped to: of several account roles the first in the order holds",
            set,
        ),
        post(
            "/api/v1/connections/{connection}/mappings/apply",
            "mappings.apply",
            "Try again what the mappings of a connection could not give",
            apply,
        ),
        get(
            "/api/v1/connections/{connection}/provider-groups",
            "provider_groups.list",
            "List the groups of a connection",
            list,
        ),
        post(
            "/api/v1/connections/{connection}/provider-groups",
            "provider_groups.create",
            "Name a group of a sign-in provider, so that it can be mapped; those of a directory are made by it",
            create,
        ),
        get(
            "/api/v1/provider-groups/{provider_group}",
            "provider_groups.show",
            "Show a group of a connection",
            shown::show::<ProviderGroupId>,
        ),
        put(
            "/api/v1/provider-groups/{provider_group}/name",
            "provider_groups.rename",
            "Rename a group of a connection",
            lives::rename::<ProviderGroupId>,
        ),
        delete(
            "/api/v1/provider-groups/{provider_group}",
            "provider_groups.delete",
            "Delete a group of a connection for ever: what its mappings gave is taken",
            lives::delete::<ProviderGroupId>,
        ),
        post(
            "/api/v1/provider-groups/{provider_group}/members",
            "provider_groups.change_members",
            "Put people into a group of the calling connection's provider, and take others out of it",
            change_members,
        ),
        get(
            "/api/v1/people/{person}/mapped",
            "people.mapped",
            "Show what somebody has by mappings alone, and what mappings want for them and cannot give",
            mapped,
        ),
    ]
}

/// A group of people as a provider has it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ProviderGroupBody {
    id: ProviderGroupRef,
    name: Option<String>,
    connection: ConnectionRef,
    /// How many are in it.
    members: usize,
}

/// What a mapping gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum MappedKind {
    AccountRole,
    Licence,
    Service,
    QueueAgent,
    QueueSupervisor,
}

/// A mapping.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct MappingBody {
    /// Who is in this group is given it.
    provider_group: ProviderGroupRef,
    /// What kind of thing it gives.
    kind: MappedKind,
    /// The role, licence, service or queue; `null`: one that the caller does not see, which stays as it is.
    id: Option<String>,
    /// On a service.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = crate::words::service_level_if)]
    level: Option<ServiceLevel>,
}

/// The mappings of a connection.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewMappings {
    /// In the order of the page; at most 1,000.
    mappings: Vec<MappingBody>,
}

/// Who comes into a group, and who leaves it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct MembersBody {
    /// Users; at most 10,000.
    #[serde(default)]
    add: Vec<PersonRef>,
    /// Users; at most 10,000.
    #[serde(default)]
    take: Vec<PersonRef>,
}

/// The mappings of a connection.
#[derive(Debug, Serialize, ToSchema)]
struct MappingsBody {
    mappings: Vec<ShownMapping>,
}

/// A mapping, and whether it gives anything.
#[derive(Debug, Serialize, ToSchema)]
struct ShownMapping {
    #[serde(flatten)]
    mapping: MappingBody,
    /// Why it gives nothing to anybody new; absent: it does.
    #[serde(skip_serializing_if = "Option::is_none")]
    gives_nothing: Option<NotGiven>,
}

/// Why something is not given.
#[derive(Debug, Serialize, ToSchema)]
struct NotGiven {
    code: &'static str,
    rule: &'static str,
    detail: String,
}

impl From<Refusal> for NotGiven {
    fn from(refusal: Refusal) -> Self {
        Self {
            code: refusal.code,
            rule: refusal.rule,
            detail: refusal.detail,
        }
    }
}

/// What mappings have to do with somebody.
#[derive(Debug, Serialize, ToSchema)]
struct MappedBody {
    /// What stands by mappings alone, with the group by which it came; everything else was given by hand.
    held: Vec<MappingBody>,
    /// What mappings want for the person, and cannot give.
    unmet: Vec<UnmetBody>,
}

/// Something that a mapping does not give.
#[derive(Debug, Serialize, ToSchema)]
struct UnmetBody {
    connection: ConnectionRef,
    #[serde(flatten)]
    mapping: MappingBody,
    why: NotGiven,
}

impl Shown for ProviderGroupId {
    type Body = ProviderGroupBody;

    fn body(self, session: &Session, name: Option<String>) -> Option<ProviderGroupBody> {
        let row = session.asked().provider_groups().get(self)?;
        Some(ProviderGroupBody {
            id: session.id(self),
            name,
            connection: session.id(row.connection),
            members: row.members.len(),
        })
    }
}

impl MappingBody {
    fn of(session: &Session, mapping: Mapping) -> Self {
        fn id<K: Resource>(session: &Session, thing: K) -> Option<String> {
            session.shown(thing).map(|id| id.0.to_string())
        }
        let (kind, id, level) = match mapping.to {
            MappedTo::AccountRole(role) => (MappedKind::AccountRole, id(session, role), None),
            MappedTo::Licence(licence) => (MappedKind::Licence, id(session, licence), None),
            MappedTo::Service(service, level) => {
                (MappedKind::Service, id(session, service), Some(level))
            }
            MappedTo::QueueAgent(queue) => (MappedKind::QueueAgent, id(session, queue), None),
            MappedTo::QueueSupervisor(queue) => {
                (MappedKind::QueueSupervisor, id(session, queue), None)
            }
        };
        Self {
            provider_group: session.id(mapping.provider_group),
            kind,
            id,
            level,
        }
    }

    /// As the core has it. `hidden`: those of the list that the caller does not see; each is named once.
    fn mapping(&self, session: &Session, at: usize, hidden: &mut Vec<Mapping>) -> Result<Mapping> {
        let place = |field| format!("/mappings/{at}/{field}");
        let provider_group = session.named(place("provider_group"), self.provider_group)?;
        let Some(id) = &self.id else {
            let is_it = |one: &Mapping| {
                let shown = Self::of(session, *one);
                one.provider_group == provider_group
                    && (shown.kind, shown.level) == (self.kind, self.level)
            };
            let found = hidden.iter().position(is_it);
            let found = found.ok_or_else(|| Problem::invalid(place("id"), "name what it gives"))?;
            return Ok(hidden.remove(found));
        };
        if self.level.is_some() != (self.kind == MappedKind::Service) {
            let detail = "a service is given with a level, and nothing else is";
            return Err(Problem::invalid(place("level"), detail));
        }
        let at = place("id");
        let to = match self.kind {
            MappedKind::AccountRole => MappedTo::AccountRole(named(session, &at, id)?),
            MappedKind::Licence => MappedTo::Licence(named(session, &at, id)?),
            MappedKind::Service => {
                let level = self.level.unwrap_or(ServiceLevel::User);
                MappedTo::Service(named(session, &at, id)?, level)
            }
            MappedKind::QueueAgent => MappedTo::QueueAgent(named(session, &at, id)?),
            MappedKind::QueueSupervisor => MappedTo::QueueSupervisor(named(session, &at, id)?),
        };
        Ok(Mapping { provider_group, to })
    }
}

fn named<K: Resource>(session: &Session, at: &str, id: &str) -> Result<K> {
    let id = id.parse::<PublicId<K>>();
    session.named(at, Id(id.map_err(|_| Problem::unknown_id(at))?))
}

async fn show(seen: Seen<ConnectionId>) -> Result<Answer<MappingsBody>> {
    let state = seen.asked();
    let row = state.connections().get(seen.on);
    let row = row.ok_or_else(Problem::not_found)?;
    let mappings = row.mappings.iter().map(|mapping| {
        let open = state.mapping_is_open(seen.on, mapping.to, seen.asked_at());
        ShownMapping {
            mapping: MappingBody::of(&seen, *mapping),
            gives_nothing: open.err().map(NotGiven::from),
        }
    });
    let mappings = mappings.collect();
    seen.answer(MappingsBody { mappings })
}

async fn set(
    commands: CommandsOn<ConnectionId>,
    order: Order<NewMappings>,
) -> Result<Answer<Written>> {
    let row = commands.state().connections().get(commands.on);
    let held = row.map_or(&[][..], |row| &row.mappings).iter().copied();
    let is_hidden = |one: &Mapping| MappingBody::of(&commands, *one).id.is_none();
    let mut hidden = held.filter(is_hidden).collect();
    let named = order.body.mappings.iter().enumerate();
    let mappings = named.map(|(at, one)| one.mapping(&commands, at, &mut hidden));
    let command = Command::SetMappings {
        connection: commands.on,
        mappings: mappings.collect::<Result<_>>()?,
    };
    commands.submit(command, &order.how).await
}

async fn apply(commands: CommandsOn<ConnectionId>, how: Submission) -> Result<Answer<Written>> {
    let connection = commands.on;
    commands
        .submit(Command::ApplyMappings { connection }, &how)
        .await
}

async fn list(
    seen: Seen<ConnectionId>,
    paging: Paging,
    Query(search): Query<Search>,
) -> Result<Answer<Page<ProviderGroupBody>>> {
    let is_of = |group: ProviderGroupId| {
        let row = seen.asked().provider_groups().get(group);
        row.is_some_and(|row| row.connection == seen.on)
    };
    let page = things::page::<ProviderGroupId>(&seen, &paging, &search, |_, group| is_of(group));
    let (found, next) = page.await?;
    let profiles = things::profiles(&seen, &found).await?;
    let bodies = found.into_iter().filter_map(|group| {
        let name = things::name(&profiles, group);
        group.body(&seen, name)
    });
    let items = bodies.collect();
    seen.answer(Page { items, next })
}

async fn create(
    commands: CommandsOn<ConnectionId>,
    order: Order<NewName>,
) -> Result<Answer<Written>> {
    let name = parse_name("/name", &order.body.name)?;
    let (id, connection) = (commands.new_id(), commands.on);
    let change = Change::from(Command::CreateProviderGroup { id, connection })
        .with_profile(ProfileWrite::new(Of::public(id)).set(Field::Name, name));
    commands.create(id, change, &order.how).await
}

/// For the connection whose group it is, and for nobody else: a provider says by itself who is in its groups (AD-30).
async fn change_members(
    commands: CommandsOn<ProviderGroupId>,
    order: Order<MembersBody>,
) -> Result<Answer<Written>> {
    for (at, people) in [("/add", &order.body.add), ("/take", &order.body.take)] {
        if people.len() > BULK_MAX {
            let detail = format!("name at most {BULK_MAX} people at once");
            return Err(Problem::invalid(at, detail));
        }
    }
    let command = Command::ChangeProviderGroup {
        provider_group: commands.on,
        change: MembersChange::Part {
            add: commands.named_all("/add", &order.body.add)?,
            take: commands.named_all("/take", &order.body.take)?,
        },
    };
    commands.submit(command, &order.how).await
}

async fn mapped(seen: Seen<PersonId>) -> Result<Answer<MappedBody>> {
    seen.permit(ManageIntegrations, OnAccount)?;
    let state = seen.asked();
    let row = state.people().get(seen.on);
    let row = row.ok_or_else(Problem::not_found)?;
    let by = |tie: &(Tie, ProviderGroupId)| {
        let (tie, provider_group) = *tie;
        MappedTo::of(tie).map(|to| Mapping { provider_group, to })
    };
    let role = state.role_origin(seen.on).map(|provider_group| Mapping {
        provider_group,
        to: MappedTo::AccountRole(row.account_role),
    });
    let origins = state.origins_of(seen.on).into_iter();
    let ties = origins.flat_map(|origins| &origins.ties).filter_map(by);
    let held = role.into_iter().chain(ties);
    let unmet = state.unmet(seen.on, seen.asked_at());
    let body = MappedBody {
        held: held.map(|one| MappingBody::of(&seen, one)).collect(),
        unmet: unmet
            .into_iter()
            .map(|one| UnmetBody {
                connection: seen.id(one.connection),
                mapping: MappingBody::of(&seen, one.mapping),
                why: one.why.into(),
            })
            .collect(),
    };
    seen.answer(body)
}
