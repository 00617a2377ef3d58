//! `verify`: replays an account's log from zero and compares everything that was derived from it: the hash chain, the head,
//! the snapshots' state hashes, and the rows that SQL lists read.

use access::{Dense, PersonId, State};

use crate::chain::Hash;
use crate::database::{Database, Tx};
use crate::engine::parse_public;
use crate::error::{LedgerError, Result};
use crate::log::{self, AccountId, Head};
use crate::person_row::{self, PersonRow};
use crate::{replay, snapshot};

/// What was found sound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verified {
    /// The end of the log. Its hash is what a later `verify --expect` is given.
    pub head: Head,
    /// Number of entries.
    pub entries: u64,
    /// Number of snapshots whose state was the replayed one.
    pub snapshots: u64,
    /// Number of people whose rows were compared.
    pub people: u64,
    /// The hash of the state at the head.
    pub state_hash: Hash,
}

/// Verifies one account. The error names the first entry, snapshot or row that is not what the log says.
///
/// `expect` is a head hash from before, as backups print it: it has to stand in the chain, or somebody who owns the
/// database has written another history.
pub async fn verify(
    database: &Database,
    account: AccountId,
    expect: Option<Hash>,
) -> Result<Verified> {
    let mut tx = database.begin_read().await?;
    let row = tx
        .fetch_optional(
            "SELECT public_id FROM accounts WHERE account = $1",
            [account.0.into()],
        )
        .await?;
    let public = parse_public(
        &row.ok_or(LedgerError::Unknown("account"))?
            .get::<String>(0)?,
    )?;
    let head = log::read_head(&mut tx, account).await?;
    let mut snapshots = snapshot::list(&mut tx, account, head.position).await?;

    let genesis = Head::genesis(public, access::Moment(0));
    let (mut state, mut reached, mut entries) = (State::empty(), genesis, 0);
    let mut expected = expect.is_none() || expect == Some(genesis.hash);
    let mut compared = Vec::new();
    log::read(&mut tx, account, 0, u64::MAX, |entry, hash| {
        let replaced = replay::check_replaced(&entry, &state);
        (reached, _) = replay::follow(&reached, &mut state, &entry, &hash)?;
        replaced?;
        entries += 1;
        expected |= expect == Some(reached.hash);
        // The list is newest first: the next snapshot to come by is its last.
        if snapshots
            .last()
            .is_some_and(|snapshot| snapshot.head.position == entry.position)
        {
            let snapshot = snapshots.pop();
            let (_, state_hash) = snapshot::encode(&state)?;
            if snapshot
                .is_some_and(|it| it.state_hash != state_hash || it.head.hash != reached.hash)
            {
                return Err(another_state(entry.position));
            }
            compared.extend(snapshot);
        }
        Ok(())
    })
    .await?;
    if reached.position != head.position || reached.hash != head.hash {
        return Err(damaged(format!(
            "the log ends at position {}, its head says {}",
            reached.position, head.position
        )));
    }
    if let Some(lost) = snapshots.last() {
        return Err(damaged(format!(
            "the snapshot at position {} stands between entries",
            lost.head.position
        )));
    }
    if !expected {
        return Err(damaged(
            "the expected head hash is not in the chain".to_owned(),
        ));
    }
    for snapshot in &compared {
        let body = snapshot::body(&mut tx, account, snapshot).await?;
        if Hash::of(&body) != snapshot.state_hash {
            return Err(another_state(snapshot.head.position));
        }
    }
    let people = compare_people(&mut tx, account, &state).await?;
    let (_, state_hash) = snapshot::encode(&state)?;
    Ok(Verified {
        head,
        entries,
        snapshots: compared.len() as u64,
        people,
        state_hash,
    })
}

async fn compare_people(tx: &mut Tx, account: AccountId, state: &State) -> Result<u64> {
    let mut people = state.people().ids();
    let mut count = 0;
    let different = |person: PersonId| {
        damaged(format!(
            "the row of person {} is not what the log says",
            person.number()
        ))
    };
    tx.for_each(person_row::SELECT, [account.0.into()], |row| {
        let person = people.next().ok_or_else(|| {
            damaged("there is a row of a person whom the log does not know".into())
        })?;
        if PersonRow::from_state(state, person) != Some(PersonRow::from_row(&row)?) {
            return Err(different(person));
        }
        count += 1;
        Ok(())
    })
    .await?;
    people
        .next()
        .map_or(Ok(count), |missing| Err(different(missing)))
}

fn another_state(position: u64) -> LedgerError {
    damaged(format!(
        "the snapshot at position {position} is not the replayed state"
    ))
}

fn damaged(what: String) -> LedgerError {
    LedgerError::Damaged(what)
}
