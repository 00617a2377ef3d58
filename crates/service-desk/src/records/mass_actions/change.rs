//! What a mass action does to a record: the same as a single save, by the same functions.

use access::{Permit, Refusal, decide::permissions::ManageRecord};
use ledger::{Here, LedgerError, SubmitError, Told, Tx};
use serde::{Deserialize, Serialize};

use crate::records::{
    Assignee, Priority, Reason, Record, Status,
    acts::{self, Agreed, Edits},
    history::Change,
    notices,
    rest::said,
    store::{Tagging, Ties},
    tags,
    targets::Targets,
};

/// What is said of each record; the rest of it stays.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::records) struct MassChange {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub priority: Option<Priority>,
    /// With the reason, where it closes the record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<(Status, Option<Reason>)>,
    #[serde(
        default,
        deserialize_with = "said",
        skip_serializing_if = "Option::is_none"
    )]
    pub assignee: Option<Option<Assignee>>,
    /// Tags are typed, and stand in columns of their own (SD-26).
    #[serde(skip)]
    pub add_tags: Vec<String>,
    #[serde(skip)]
    pub take_tags: Vec<String>,
}

impl MassChange {
    /// Why it cannot be done to any record; `None`: it can.
    pub fn flaw(&self) -> Option<(&'static str, &'static str)> {
        let closes = self
            .status
            .map(|(to, reason)| (to == Status::Closed, reason.is_some()));
        let both = self.add_tags.iter().any(|tag| self.take_tags.contains(tag));
        match closes {
            Some((true, false)) => Some(("reason", "say why the records are closed")),
            Some((false, true)) => Some(("reason", "a reason is why a record is closed")),
            _ if both => Some(("take_tags", "a tag is given or taken, not both")),
            _ if *self == Self::default() => Some(("change", "choose what is to be changed")),
            _ => None,
        }
    }

    fn edits(&self) -> Edits {
        Edits {
            priority: self.priority,
            status: self.status,
            assignee: self.assignee,
            ..Edits::default()
        }
    }
}

/// What is to be written of one record, when no rule is in the way.
pub(super) struct Plan {
    edit: Option<Agreed>,
    tags: Option<Vec<String>>,
}

/// What the change makes of a record, or why that is refused; nothing is written. `None`: it is so already.
pub(super) fn plan(
    here: Here<'_>,
    record: &Record,
    ties: &Ties,
    change: &MassChange,
) -> Result<Option<Plan>, SubmitError> {
    let edit = acts::agreed(here, record, ties, change.edits())?;
    let mut wanted = None;
    if !change.add_tags.is_empty() || !change.take_tags.is_empty() {
        let with = tags::with(&ties.tags, &change.add_tags, &change.take_tags);
        let with = with.ok_or_else(|| {
            Refusal::conflict("SD-4", "too_many_tags", "a record has up to 10 tags")
        })?;
        wanted = (with != ties.tags).then_some(with);
    }
    let plan = Plan { edit, tags: wanted };
    Ok((plan.edit.is_some() || plan.tags.is_some()).then_some(plan))
}

/// What was done to a record.
pub(super) struct CarriedOut {
    /// What is to be remembered of it.
    pub changes: Vec<Change>,
    /// Who is told: the customer of what is closed (SD-37), and nobody of what is assigned.
    pub told: Option<Told>,
    /// What it is still to be tagged with, together with the others of its piece.
    pub tagging: Option<Tagging>,
}

/// Writes it, all but its tags. By now nothing can be refused.
pub(super) async fn carry_out(
    tx: &mut Tx,
    permit: &Permit<'_, ManageRecord>,
    here: Here<'_>,
    (record, ties): (&Record, &Ties),
    plan: Plan,
    targets: &Targets,
) -> Result<CarriedOut, LedgerError> {
    let (mut changes, mut told) = (Vec::new(), None);
    if let Some(agreed) = plan.edit {
        told = notices::of_closing(&here.view, record, &agreed.content);
        changes = acts::write(tx, permit, here, (record, ties), agreed, targets).await?;
    }
    let tagging = plan.tags.map(|tags| Tagging::new(permit, record, tags));
    changes.extend(tagging.as_ref().map(|_| Change::Tagged));
    Ok(CarriedOut {
        changes,
        told,
        tagging,
    })
}
