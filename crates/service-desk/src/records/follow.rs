//! SD-19, I-9, SD-38: nobody stays the assignee of a record that they may not see any more, and nobody follows one. It follows every command,
//! whichever face it came through, in the command's own transaction; the review before it names the records that lose their assignee, as far as
//! the reader sees them.

use access::{
    PersonId, Subject,
    decide::{RecordFacts, permissions::ManageRecord},
    preview::Workers,
};
use ledger::{BoxFuture, Consequence, Foreseen, Foresight, LedgerError, Moved, Tx};

use super::{Assignee, checks, pages, store};

/// Records that a review counts.
const COUNTED_MAX: usize = 1_000;
/// Records that it names.
const NAMED_MAX: usize = 20;

/// Takes records from those who lost access to them.
#[derive(Debug)]
pub(crate) struct LostAccess;

impl Consequence for LostAccess {
    fn concerns(&self, moved: Moved<'_>) -> bool {
        !moved
            .before
            .workers_of(moved.after, moved.events)
            .is_empty()
    }

    fn follow<'a>(
        &'a self,
        tx: &'a mut Tx,
        moved: Moved<'a>,
    ) -> BoxFuture<'a, Result<(), LedgerError>> {
        Box::pin(follow(tx, moved))
    }

    fn foresee<'a>(
        &'a self,
        tx: &'a mut Tx,
        moved: Moved<'a>,
    ) -> BoxFuture<'a, Result<Foresight, LedgerError>> {
        Box::pin(foresee(tx, moved))
    }
}

async fn follow(tx: &mut Tx, moved: Moved<'_>) -> Result<(), LedgerError> {
    let actor = moved.actor.subject().unwrap_or(Subject::Guest);
    let workers = moved.before.workers_of(moved.after, moved.events);
    for (who, lost) in losses(tx, moved, &workers).await? {
        for record in lost {
            store::unassign(tx, moved.account, who, record, actor, moved.now).await?;
        }
    }
    for (who, record) in unfollowed(tx, moved, &workers).await? {
        store::unwatch_lost(tx, moved.account, who, record, actor, moved.now).await?;
    }
    Ok(())
}

/// SD-38: who loses access to records that they follow, and by what these are known.
async fn unfollowed(
    tx: &mut Tx,
    moved: Moved<'_>,
    workers: &Workers,
) -> Result<Vec<(PersonId, RecordFacts)>, LedgerError> {
    let users: Vec<_> = workers.users.iter().collect();
    let after = moved.after.view(Subject::Guest, moved.now);
    let mut watched = store::watched(tx, moved.account, &users).await?;
    watched.retain(|(who, record)| !checks::has_access(&after, Assignee::User(*who), *record));
    Ok(watched)
}

/// Who loses access to records that they are assigned to, and by what these are known.
async fn losses(
    tx: &mut Tx,
    moved: Moved<'_>,
    workers: &Workers,
) -> Result<Vec<(Assignee, Vec<RecordFacts>)>, LedgerError> {
    let users: Vec<_> = workers.users.iter().collect();
    let groups: Vec<_> = workers.groups.iter().collect();
    // The view asks about the assignee; whose eyes it is makes no difference.
    let after = moved.after.view(Subject::Guest, moved.now);
    let mut losses: Vec<(Assignee, Vec<RecordFacts>)> = Vec::new();
    for (who, record) in store::assigned(tx, moved.account, &users, &groups).await? {
        if checks::has_access(&after, who, record) {
            continue;
        }
        match losses.last_mut() {
            Some((last, records)) if *last == who => records.push(record),
            _ => losses.push((who, vec![record])),
        }
    }
    Ok(losses)
}

/// SD-5, SD-36: of what the reader does not see, nothing is named and nothing counted.
async fn foresee(tx: &mut Tx, moved: Moved<'_>) -> Result<Foresight, LedgerError> {
    let mut found = Foresight::default();
    let Some(reader) = moved.actor.subject() else {
        return Ok(found);
    };
    let visible = moved
        .before
        .view(reader, moved.now)
        .visible_records(ManageRecord);
    let workers = moved.before.workers_of(moved.after, moved.events);
    for (who, lost) in losses(tx, moved, &workers).await? {
        let left = COUNTED_MAX - found.total;
        let mut records = store::losing(tx, moved.account, &visible, who, &lost, left + 1).await?;
        found.more |= records.len() > left;
        records.truncate(left);
        found.total += records.len();
        let room = NAMED_MAX.saturating_sub(found.first.len());
        let named = records.into_iter().take(room);
        found.first.extend(named.map(|(id, title)| Foreseen {
            href: pages::path(id),
            loses: who.name(),
            title: super::titled(&title).to_owned(),
        }));
        if found.more {
            break;
        }
    }
    Ok(found)
}
