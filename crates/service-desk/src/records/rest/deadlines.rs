//! When a record is due, for programs (SD-29, SD-30).

use access::Moment;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use web::{Result, guard::Commands, part::Order, reply::Answer, submit::Written};

use super::timestamp;
use crate::records::{
    InPath,
    acts::SetDue,
    deadlines::{Deadlines, Standing},
};

/// The moments of a record that count. Each is absent where there is none.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct DeadlinesBody {
    /// When it is to be done: set by hand, or as the target of its priority says.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    due_at: Option<Timestamp>,
    /// Whether that was set by hand.
    due_is_set: bool,
    /// How it stands to that now.
    #[serde(skip_serializing_if = "Option::is_none")]
    due: Option<Standing>,
    /// From when on it is nearly late.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    warn_at: Option<Timestamp>,
    /// When staff are to answer first; of incidents.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    respond_by: Option<Timestamp>,
    /// When they did.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    responded_at: Option<Timestamp>,
    /// How it stands to that now.
    #[serde(skip_serializing_if = "Option::is_none")]
    first_response: Option<Standing>,
    /// Since when its clock stands, because it waits for the customer.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    waiting_since: Option<Timestamp>,
    /// When it was done.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    resolved_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    closed_at: Option<Timestamp>,
}

impl DeadlinesBody {
    pub fn of(deadlines: &Deadlines, now: Moment) -> Self {
        let at = |moment: Option<Moment>| moment.map(timestamp);
        Self {
            due_at: at(deadlines.due_at),
            due_is_set: deadlines.is_set,
            due: deadlines.resolution(now).map(|one| one.standing),
            warn_at: at(deadlines.warn_at),
            respond_by: at(deadlines.respond_by),
            responded_at: at(deadlines.responded_at),
            first_response: deadlines.response(now).map(|one| one.standing),
            waiting_since: at(deadlines.waiting_since),
            resolved_at: at(deadlines.resolved_at),
            closed_at: at(deadlines.closed_at),
        }
    }
}

/// When a record is due; `null`: when the target of its priority says.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DueDate {
    #[schema(value_type = Option<String>, format = DateTime)]
    due_at: Option<Timestamp>,
}

pub(super) async fn override_due_date(
    commands: Commands,
    InPath(id): InPath,
    order: Order<DueDate>,
) -> Result<Answer<Written>> {
    let to = order.body.due_at.map(|at| Moment(at.as_millisecond()));
    commands.act(SetDue { id, to }, &order.how, None).await
}
