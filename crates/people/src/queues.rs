//! Queues of the contact centre, their agents and supervisors, and who is logged in (RULES §6).

use access::{
    Command, PersonId, QueueId, Subject,
    command::QueueRow,
    state::{QueueKind, Tie},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use web::{
    Problem, Result,
    common::Submission,
    guard::{And, Commands, CommandsOn, Seen},
    part::Order,
    reply::Answer,
    resource::{LicenceRef, PersonRef, QueueRef},
    route::{Route, delete, get, patch, post, put},
    session::Session,
    submit::Written,
};

use crate::{
    bodies,
    desk_rights::WithLicence,
    lives::{self, lives},
    shown::{self, Shown},
    things, ties,
};

pub(crate) fn routes() -> Vec<Route> {
    let mut routes = vec![
        get(
            "/api/v1/queues",
            "queues.list",
            "List queues",
            shown::list::<QueueId>,
        ),
        post("/api/v1/queues", "queues.create", "Make a queue", create),
        get(
            "/api/v1/queues/{queue}",
            "queues.show",
            "Show a queue with its people",
            show,
        ),
        patch(
            "/api/v1/queues/{queue}/people",
            "queues.save_people",
            "Save what several users are in the queue, all of them or nobody; those that are not named stay as they are",
            save_people,
        ),
        put(
            "/api/v1/queues/{queue}/agents/{person}",
            "queues.add_agent",
            "Make a user agent of the queue",
            add_agent,
        ),
        delete(
            "/api/v1/queues/{queue}/agents/{person}",
            "queues.remove_agent",
            "Make a user agent of the queue no longer",
            remove_agent,
        ),
        put(
            "/api/v1/queues/{queue}/supervisors/{person}",
            "queues.add_supervisor",
            "Make a user supervisor of the queue",
            add_supervisor,
        ),
        delete(
            "/api/v1/queues/{queue}/supervisors/{person}",
            "queues.remove_supervisor",
            "Make a user supervisor of the queue no longer",
            remove_supervisor,
        ),
        put(
            "/api/v1/queues/{queue}/logins/{person}",
            "queues.log_in",
            "Log in: oneself, or as a supervisor somebody else for a time",
            log_in,
        ),
        delete(
            "/api/v1/queues/{queue}/logins/{person}",
            "queues.log_out",
            "Log out: oneself, or somebody else",
            log_out,
        ),
        put(
            "/api/v1/queues/{queue}/pauses/{person}",
            "queues.pause",
            "Pause an agent in the queue",
            pause,
        ),
        delete(
            "/api/v1/queues/{queue}/pauses/{person}",
            "queues.resume",
            "End an agent's pause",
            resume,
        ),
    ];
    routes.extend(lives!(
        QueueId,
        "/api/v1/queues/{queue}",
        "queues",
        "a queue"
    ));
    routes
}

/// A queue.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct QueueBody {
    id: QueueRef,
    name: Option<String>,
    /// `active` or `archived`.
    life: &'static str,
    #[schema(schema_with = crate::words::queue_kind)]
    kind: QueueKind,
}

/// A queue with its people.
#[derive(Debug, Serialize, ToSchema)]
struct QueueWithPeople {
    #[serde(flatten)]
    queue: QueueBody,
    /// Agents, supervisors and whoever is logged in, as far as the caller sees them; at most 500.
    people: Vec<QueuePerson>,
}

/// Somebody of a queue.
#[derive(Debug, Default, Serialize, ToSchema)]
pub(crate) struct QueuePerson {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<PersonRef>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    agent: bool,
    supervisor: bool,
    logged_in: bool,
    paused: bool,
}

/// A new queue.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewQueue {
    /// Its name.
    #[schema(schema_with = web::schema::name)]
    name: String,
    /// CC-1.
    #[schema(schema_with = crate::words::queue_kind)]
    kind: QueueKind,
}

/// People of a queue.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct QueueRows {
    rows: Vec<SaveQueuePerson>,
}

/// What somebody is to be in the queue: the whole of it. A role that they have stays, for as long as it lasts.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SaveQueuePerson {
    person: PersonRef,
    agent: bool,
    /// CC-1: a ring group has none.
    supervisor: bool,
    /// Given together with the role: who has none needs one (CC-13).
    #[serde(default)]
    licence: Option<LicenceRef>,
}

/// A login.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
struct Login {
    /// For how long, when it is somebody else: 12 hours if not said (CC-5).
    #[schema(minimum = 0, maximum = 255)]
    hours: Option<u8>,
}

impl Shown for QueueId {
    type Body = QueueBody;

    fn body(self, session: &Session, name: Option<String>) -> Option<QueueBody> {
        let row = session.asked().queues().get(self)?;
        Some(QueueBody {
            id: session.id(self),
            name,
            life: bodies::life(row.life),
            kind: row.kind,
        })
    }
}

/// What somebody is in a queue.
pub(crate) fn person_body(
    session: &Session,
    queue: QueueId,
    person: PersonId,
    name: Option<String>,
) -> QueuePerson {
    let mut body = QueuePerson {
        id: Some(session.id(person)),
        name,
        ..QueuePerson::default()
    };
    let Some(row) = session.asked().people().get(person) else {
        return body;
    };
    for (tie, _) in session.asked().ties_at(row, session.asked_at()) {
        match tie {
            Tie::QueueAgent(of) if of == queue => body.agent = true,
            Tie::QueueSupervisor(of) if of == queue => body.supervisor = true,
            Tie::Login(to, _) if to == queue => body.logged_in = true,
            Tie::Paused(of) if of == queue => body.paused = true,
            _ => {}
        }
    }
    body
}

async fn show(seen: Seen<QueueId>) -> Result<Answer<QueueWithPeople>> {
    let queue = shown::body(&seen).await?;
    let row = seen
        .asked()
        .queues()
        .get(seen.on)
        .ok_or_else(Problem::not_found)?;
    let people = bodies::seen(&seen, row.people.iter());
    let profiles = things::profiles(&seen, &people).await?;
    let people = people
        .into_iter()
        .map(|person| person_body(&seen, seen.on, person, things::name(&profiles, person)));
    seen.answer(QueueWithPeople {
        queue,
        people: people.collect(),
    })
}

async fn create(commands: Commands, order: Order<NewQueue>) -> Result<Answer<Written>> {
    let NewQueue { name, kind } = &order.body;
    lives::create(&commands, name, &order.how, |id| Command::CreateQueue {
        id,
        kind: *kind,
    })
    .await
}

async fn save_people(
    commands: CommandsOn<QueueId>,
    order: Order<QueueRows>,
) -> Result<Answer<Written>> {
    let rows = order.body.rows.iter().enumerate().map(|(at, row)| {
        Ok(QueueRow {
            person: commands.named(format_args!("/rows/{at}/person"), row.person)?,
            agent: row.agent,
            supervisor: row.supervisor,
            licence: commands.named_if(format_args!("/rows/{at}/licence"), row.licence)?,
        })
    });
    let (queue, rows) = (commands.on, rows.collect::<Result<Vec<_>>>()?);
    commands
        .submit(Command::SaveQueuePeople { queue, rows }, &order.how)
        .await
}

async fn add_agent(
    commands: CommandsOn<QueueId>,
    person: And<PersonId>,
    order: Order<WithLicence>,
) -> Result<Answer<Written>> {
    ties::with_licence(&commands, person.0, Tie::QueueAgent(commands.on), &order).await
}

async fn remove_agent(
    commands: CommandsOn<QueueId>,
    person: And<PersonId>,
    how: Submission,
) -> Result<Answer<Written>> {
    ties::untie(&commands, person.0, Tie::QueueAgent(commands.on), &how).await
}

async fn add_supervisor(
    commands: CommandsOn<QueueId>,
    person: And<PersonId>,
    order: Order<WithLicence>,
) -> Result<Answer<Written>> {
    ties::with_licence(
        &commands,
        person.0,
        Tie::QueueSupervisor(commands.on),
        &order,
    )
    .await
}

async fn remove_supervisor(
    commands: CommandsOn<QueueId>,
    person: And<PersonId>,
    how: Submission,
) -> Result<Answer<Written>> {
    ties::untie(&commands, person.0, Tie::QueueSupervisor(commands.on), &how).await
}

async fn log_in(
    commands: CommandsOn<QueueId>,
    person: And<PersonId>,
    order: Order<Login>,
) -> Result<Answer<Written>> {
    let (queue, person, hours) = (commands.on, person.0, order.body.hours);
    let command = if commands.subject == Subject::Person(person) && hours.is_none() {
        Command::LogIn { queue }
    } else {
        Command::LogInOther {
            person,
            queue,
            hours,
        }
    };
    commands.submit(command, &order.how).await
}

async fn log_out(
    commands: CommandsOn<QueueId>,
    person: And<PersonId>,
    how: Submission,
) -> Result<Answer<Written>> {
    commands
        .submit(
            Command::LogOut {
                person: person.0,
                queue: commands.on,
            },
            &how,
        )
        .await
}

async fn pause(
    commands: CommandsOn<QueueId>,
    person: And<PersonId>,
    how: Submission,
) -> Result<Answer<Written>> {
    commands
        .submit(
            Command::SetPaused {
                person: person.0,
                queue: commands.on,
                paused: true,
            },
            &how,
        )
        .await
}

async fn resume(
    commands: CommandsOn<QueueId>,
    person: And<PersonId>,
    how: Submission,
) -> Result<Answer<Written>> {
    commands
        .submit(
            Command::SetPaused {
                person: person.0,
                queue: commands.on,
                paused: false,
            },
            &how,
        )
        .await
}
