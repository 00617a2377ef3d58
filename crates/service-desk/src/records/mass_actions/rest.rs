//! Mass actions for programs, in the name of a person.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use web::{
    Problem, Result,
    common::Submission,
    guard::{Anywhere, Commands, SignedIn},
    paging::{Page, Paging},
    part::{Order, Query},
    reply::Answer,
    resource::{PersonRef, ServiceRef},
    route::{Route, get, post},
    session::{Session, id_in},
    submit::Written,
};

use access::decide::permissions::RunMassAction;

use super::{
    Counts, MassAction, MassActionId, MassChange, Outcome, Stage, Why,
    acts::{Start, Stop},
    look::{self, Told},
};
use crate::records::{
    Priority, Reason, RecordId, Status,
    desk::Desk,
    ids::MassActionInPath,
    question::Question,
    rest::{AssigneeBody, said, timestamp},
    tags,
};

/// Whoever may run mass actions on some service.
pub(in crate::records) type Runner = Anywhere<(RunMassAction,)>;

pub(super) fn routes() -> Vec<Route> {
    const ACTIONS: &str = "/api/v1/service-desk/mass-actions";
    vec![
        get(
            ACTIONS,
            "mass_actions.list",
            "List the newest mass actions of services where the caller may run some",
            list,
        ),
        post(
            ACTIONS,
            "mass_actions.look_at",
            "Choose the records of one service that a mass action is to change, and see what becomes of each before anything is changed",
            look_at,
        ),
        get(
            "/api/v1/service-desk/mass-actions/{action}",
            "mass_actions.show",
            "Show how far a mass action is",
            show,
        ),
        get(
            "/api/v1/service-desk/mass-actions/{action}/records",
            "mass_actions.records",
            "List the records of a mass action with what became of each, as far as the caller sees them",
            records,
        ),
        post(
            "/api/v1/service-desk/mass-actions/{action}/start",
            "mass_actions.start",
            "Change the records that were looked at, by whoever looked at them",
            start,
        ),
        post(
            "/api/v1/service-desk/mass-actions/{action}/stop",
            "mass_actions.stop",
            "Stop a mass action before its last record",
            stop,
        ),
    ]
}

/// What is done to each record: what is not said stays. `null` takes the assignee away.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = MassChange)]
struct ChangeBody {
    #[serde(skip_serializing_if = "Option::is_none")]
    priority: Option<Priority>,
    /// With `reason`, where it is `closed`.
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<Status>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<Reason>,
    #[serde(
        default,
        deserialize_with = "said",
        skip_serializing_if = "Option::is_none"
    )]
    #[schema(value_type = Option<AssigneeBody>)]
    assignee: Option<Option<AssigneeBody>>,
    /// Tags that each record gets.
    #[serde(default)]
    add_tags: Vec<String>,
    /// Tags that each record loses.
    #[serde(default)]
    take_tags: Vec<String>,
}

impl ChangeBody {
    fn of(session: &Session, change: MassChange) -> Self {
        let assignee = change.assignee;
        Self {
            priority: change.priority,
            status: change.status.map(|(to, _)| to),
            reason: change.status.and_then(|(_, reason)| reason),
            assignee: assignee.map(|to| to.map(|one| AssigneeBody::of(session, one))),
            add_tags: change.add_tags,
            take_tags: change.take_tags,
        }
    }

    fn read(self, session: &Session) -> Result<MassChange> {
        if self.reason.is_some() && self.status.is_none() {
            let detail = "a reason is why a record is closed: say the status with it";
            return Err(Problem::senseless(
                "reason_of_closing",
                "/change/reason",
                detail,
            ));
        }
        let assignee = self.assignee;
        let assignee = assignee.map(|to| to.map(|one| one.named(session)).transpose());
        let kept = |at: &'static str, given: &[String]| {
            let kept = tags::kept(given.iter().map(String::as_str));
            kept.ok_or_else(|| Problem::senseless("tags_not_kept", at, tags::WANTED))
        };
        Ok(MassChange {
            priority: self.priority,
            status: self.status.map(|to| (to, self.reason)),
            assignee: assignee.transpose()?,
            add_tags: kept("/change/add_tags", &self.add_tags)?,
            take_tags: kept("/change/take_tags", &self.take_tags)?,
        })
    }
}

/// A mass action that is to be looked at. The records are those of the list with the same parameters, of which `service` has to be one.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewMassAction {
    change: ChangeBody,
    /// Only records in which all of these words stand, or the one with this number.
    text: Option<String>,
}

/// A mass action.
#[derive(Debug, Serialize, ToSchema)]
struct MassActionBody {
    id: MassActionId,
    service: ServiceRef,
    /// By whose rights it runs.
    runner: PersonRef,
    stage: Stage,
    change: ChangeBody,
    #[schema(value_type = String, format = DateTime)]
    made_at: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    started_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    ended_at: Option<Timestamp>,
}

impl MassActionBody {
    fn of(session: &Session, action: MassAction) -> Self {
        let state = session.state();
        Self {
            id: action.id,
            service: id_in(state, action.service),
            runner: id_in(state, action.runner),
            stage: action.stage,
            change: ChangeBody::of(session, action.change),
            made_at: timestamp(action.made_at),
            started_at: action.started_at.map(timestamp),
            ended_at: action.ended_at.map(timestamp),
        }
    }
}

/// The newest mass actions.
#[derive(Debug, Serialize, ToSchema)]
struct MassActions {
    /// At most 100, the newest first.
    items: Vec<MassActionBody>,
}

/// A mass action, and how far it is.
#[derive(Debug, Serialize, ToSchema)]
struct ToldBody {
    #[serde(flatten)]
    action: MassActionBody,
    /// Of the records that the caller sees.
    counts: Counts,
    /// For whoever runs it: records that they chose and do not see any more.
    unseen: usize,
}

/// A record of a mass action.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MassOutcome)]
struct OutcomeBody {
    record: RecordId,
    /// What people call it by.
    number: i64,
    outcome: Outcome,
    /// Why it was left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<Why>,
}

/// Which records of it.
#[derive(Debug, Default, Deserialize, IntoParams)]
pub(in crate::records) struct Which {
    /// Only those that came to this.
    #[param(inline)]
    pub outcome: Option<Outcome>,
}

async fn list(runner: Runner) -> Result<Answer<MassActions>> {
    let found = Desk::open(&runner).await?.mass_actions(&runner).await?;
    let found = found.into_iter();
    let items = found.map(|one| MassActionBody::of(&runner, one)).collect();
    runner.answer(MassActions { items })
}

async fn look_at(
    commands: Commands,
    Query(question): Query<Question>,
    order: Order<NewMassAction>,
) -> Result<Answer<Written>> {
    let body = order.body;
    let change = body.change.read(&commands)?;
    let text = body.text.as_deref();
    let (_, done) = look::look_at(&commands, &question, text, change, &order.how).await?;
    Ok(done)
}

async fn show(
    reader: SignedIn,
    MassActionInPath(id): MassActionInPath,
) -> Result<Answer<ToldBody>> {
    let Told {
        action,
        counts,
        unseen,
    } = Desk::open(&reader).await?.mass_action(&reader, id).await?;
    reader.answer(ToldBody {
        action: MassActionBody::of(&reader, action),
        counts,
        unseen,
    })
}

async fn records(
    reader: SignedIn,
    MassActionInPath(id): MassActionInPath,
    Query(which): Query<Which>,
    paging: Paging,
) -> Result<Answer<Page<OutcomeBody>>> {
    let mut desk = Desk::open(&reader).await?;
    desk.mass_action(&reader, id).await?;
    let found = desk.outcomes(&reader, id, which.outcome, &paging).await?;
    let items = found
        .items
        .into_iter()
        .map(|(record, outcome, why)| OutcomeBody {
            record: record.id,
            number: record.number,
            outcome,
            why,
        });
    reader.answer(Page {
        items: items.collect(),
        next: found.next,
    })
}

async fn start(
    commands: Commands,
    MassActionInPath(id): MassActionInPath,
    how: Submission,
) -> Result<Answer<Written>> {
    look::act_on(&commands, id, Start { id }, &how).await
}

async fn stop(
    commands: Commands,
    MassActionInPath(id): MassActionInPath,
    how: Submission,
) -> Result<Answer<Written>> {
    look::act_on(&commands, id, Stop { id }, &how).await
}
