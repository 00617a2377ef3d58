//! Snapshots: a state in postcard, cut into chunks, with the hash of the whole and the head of the log that it stands for.
//! They are a cache of the log and nothing else: without one the start is slower. They hold no personal data.
//!
//! Postcard writes values without their names, so that a snapshot of another form of the state may read as something that it is
//! not: each says in which form it is written, and one of another form is passed over and replaced.

use access::{Moment, State};

use crate::chain::Hash;
use crate::database::{Database, Tx};
use crate::error::{LedgerError, Result};
use crate::log::{self, AccountId, Head};

/// The form of a state's bytes. To be raised when they change: the test of this file notices.
const FORMAT: i64 = 10;
/// Bytes in a row. Each is written in a transaction of its own, so that acts do not wait for a whole snapshot.
const CHUNK: usize = 1 << 20;
/// So many snapshots of an account are kept.
const KEPT: i64 = 2;

/// The bytes of a state, and their hash.
pub(crate) fn encode(state: &State) -> Result<(Vec<u8>, Hash)> {
    let bytes = postcard::to_stdvec(state)
        .map_err(|error| LedgerError::Damaged(format!("a state cannot be encoded: {error}")))?;
    let hash = Hash::of(&bytes);
    Ok((bytes, hash))
}

/// Writes a snapshot of a state that nobody has to hold still: it is a fork.
pub(crate) async fn write(
    database: &Database,
    account: AccountId,
    state: &State,
    head: Head,
    now: Moment,
) -> Result<()> {
    let (bytes, hash) = encode(state)?;
    let chunks = bytes.len().div_ceil(CHUNK);
    // The last chunk is written last: a snapshot that was cut short is not complete, and is not read.
    for (index, chunk) in bytes.chunks(CHUNK).enumerate() {
        let mut tx = database.begin().await?;
        tx.execute(
            "INSERT INTO snapshots (account, position, chunk, chunks, head, state_hash, at, head_at, body, format) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (account, position, chunk) DO UPDATE SET \
             chunks = excluded.chunks, head = excluded.head, state_hash = excluded.state_hash, at = excluded.at, \
             head_at = excluded.head_at, body = excluded.body, format = excluded.format",
            [
                account.0.into(),
                log::column(head.position),
                log::column(index as u64),
                log::column(chunks as u64),
                head.hash.0.into(),
                hash.0.into(),
                now.0.into(),
                head.at.0.into(),
                chunk.into(),
                FORMAT.into(),
            ],
        )
        .await?;
        tx.commit().await?;
    }
    let mut tx = database.begin().await?;
    tx.execute(
        "DELETE FROM snapshots WHERE account = $1 AND (format <> $3 OR position NOT IN (SELECT DISTINCT position \
         FROM snapshots WHERE account = $1 AND format = $3 ORDER BY position DESC LIMIT $2))",
        [account.0.into(), KEPT.into(), FORMAT.into()],
    )
    .await?;
    tx.commit().await
}

/// What is known of a snapshot without its body.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Description {
    pub head: Head,
    pub state_hash: Hash,
    chunks: i64,
}

/// The complete snapshots of an account up to a position that this program can read, the newest first.
pub(crate) async fn list(tx: &mut Tx, account: AccountId, until: u64) -> Result<Vec<Description>> {
    let rows = tx
        .fetch_all(
            "SELECT position, chunks, head, state_hash, head_at FROM snapshots \
             WHERE account = $1 AND position <= $2 AND format = $3 AND chunk = chunks - 1 ORDER BY position DESC",
            [account.0.into(), log::column(until), FORMAT.into()],
        )
        .await?;
    let hash = |bytes: Vec<u8>| {
        Hash::from_slice(&bytes)
            .ok_or_else(|| LedgerError::Damaged("a snapshot's hash has a wrong length".into()))
    };
    rows.iter()
        .map(|row| {
            let head = Head {
                position: log::position(row, 0)?,
                hash: hash(row.get(2)?)?,
                at: Moment(row.get(4)?),
            };
            Ok(Description {
                head,
                state_hash: hash(row.get(3)?)?,
                chunks: row.get(1)?,
            })
        })
        .collect()
}

/// The newest complete snapshot up to a position. One that does not read is passed over with a warning: the log has it all.
pub(crate) async fn nearest(
    tx: &mut Tx,
    account: AccountId,
    until: u64,
) -> Result<Option<(State, Head)>> {
    for description in list(tx, account, until).await? {
        match read(tx, account, &description).await? {
            Some(state) => return Ok(Some((state, description.head))),
            None => tracing::warn!(
                position = description.head.position,
                "a snapshot is damaged and is passed over"
            ),
        }
    }
    Ok(None)
}

/// The state of a snapshot; `None` when its bytes are not those that were written.
pub(crate) async fn read(
    tx: &mut Tx,
    account: AccountId,
    description: &Description,
) -> Result<Option<State>> {
    let bytes = body(tx, account, description).await?;
    let state: Option<State> = (Hash::of(&bytes) == description.state_hash)
        .then(|| postcard::from_bytes(&bytes).ok())
        .flatten();
    Ok(state.filter(|state| state.version().0 == description.head.position))
}

/// The bytes of a snapshot as they are stored.
pub(crate) async fn body(
    tx: &mut Tx,
    account: AccountId,
    description: &Description,
) -> Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(
        usize::try_from(description.chunks)
            .unwrap_or_default()
            .saturating_mul(CHUNK),
    );
    tx.for_each(
        "SELECT body FROM snapshots WHERE account = $1 AND position = $2 AND format = $3 ORDER BY chunk",
        [
            account.0.into(),
            log::column(description.head.position),
            FORMAT.into(),
        ],
        |row| {
            bytes.extend_from_slice(&row.get::<Vec<u8>>(0)?);
            Ok(())
        },
    )
    .await?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use access::Event;

    use super::*;

    /// Something in every table, and a value of every kind.
    const EVERYTHING: &str = r#"[
        "account_opened",
        {"registration_set": {"policy": "anyone"}},
        {"second_factor_required": {"role": null, "required": true}},
        {"second_factor_required": {"role": 2, "required": true}},
        {"person_added": {"uid": "00000000-0000-4000-8000-000000000001", "user": "accepted", "customer": "active"}},
        {"person_added": {"uid": "00000000-0000-4000-8000-000000000002", "user": "absent", "customer": "unconfirmed"}},
        {"sign_in_set": {"person": 1, "possible": true}},
        {"role_created": {"uid": "00000000-0000-4000-8000-000000000003", "permissions": ["admin.users.manage"]}},
        {"user_group_created": {"uid": "00000000-0000-4000-8000-000000000004", "parent": null}},
        {"user_group_created": {"uid": "00000000-0000-4000-8000-000000000005", "parent": 1}},
        {"account_role_set": {"person": 1, "role": 4, "scope": {"user_groups": [1]}}},
        {"extra_grant_given": {"to": {"person": 1}, "grant": {"permission": "admin.reports.view", "scope": "all", "window": {"start": 5, "end": 9}}}},
        {"extra_grant_given": {"to": {"user_group": 2}, "grant": {"permission": "admin.licences.manage", "scope": {"user_groups": []}}}},
        {"limited_admin_set": {"person": 1, "admin": {"privileges": ["admin.users.manage"], "scope": "all"}}},
        {"company_created": {"uid": "00000000-0000-4000-8000-000000000006"}},
        {"domain_added": {"company": 1, "domain": "acme.example"}},
        {"company_registration_set": {"company": 1, "accepts": true}},
        {"company_access_set": {"person": 1, "listed": {"companies": [1], "without_company": true}}},
        {"employer_set": {"person": 2, "company": 1, "placement": "by_domain"}},
        {"portal_level_set": {"person": 2, "level": "company_admin"}},
        {"service_created": {"uid": "00000000-0000-4000-8000-000000000007"}},
        {"due_date_override_set": {"service": 1, "policy": "every_user"}},
        {"service_open_to_all_set": {"service": 1, "open": true}},
        {"service_has_records": {"service": 1}},
        {"company_service_set": {"company": 1, "service": 1, "full": true}},
        {"group_created": {"uid": "00000000-0000-4000-8000-000000000008"}},
        {"group_access_set": {"group": 1, "service": 1, "full": true}},
        {"queue_created": {"uid": "00000000-0000-4000-8000-000000000009", "kind": "inbox"}},
        {"switch_set": {"switch": "agent.tags_create", "on": true}},
        {"device_group_created": {"uid": "00000000-0000-4000-8000-00000000000a"}},
        {"device_added": {"uid": "00000000-0000-4000-8000-00000000000b", "group": 1, "company": 1}},
        {"licence_bought": {"uid": "00000000-0000-4000-8000-00000000000c", "product": "remote_support", "model": "concurrent", "seats": 300}},
        {"seat_taken": {"licence": 1, "seat": "00000000-0000-4000-8000-00000000000d", "person": 1}},
        {"tied": {"person": 1, "tie": {"licence": 1}}},
        {"tied": {"person": 1, "tie": {"service": [1, "administrator"]}}},
        {"tied": {"person": 2, "tie": {"customer": [1, "no_portal"]}}},
        {"tied": {"person": 1, "tie": {"group": 1}}},
        {"tied": {"person": 1, "tie": {"user_group": 2}}},
        {"tied": {"person": 1, "tie": {"queue_agent": 1}}},
        {"tied": {"person": 1, "tie": {"queue_supervisor": 1}}},
        {"tied": {"person": 1, "tie": {"login": [1, "assignment"]}}},
        {"tied": {"person": 1, "tie": {"paused": 1}}},
        {"tied": {"person": 1, "tie": {"device_group": 1}}},
        {"tied": {"person": 1, "tie": "agent"}},
        {"tied": {"person": 1, "tie": {"feature": "remote_support.unattended.access"}}},
        {"tied": {"person": 1, "tie": {"account_admin": "limited"}}},
        {"tied": {"person": 1, "tie": "contact_admin"}},
        {"tied": {"person": 1, "tie": {"desk_right": "time_edit"}}},
        {"timed_tied": {"person": 1, "tie": {"group": 1}, "window": {"start": null, "end": 99}}},
        {"billing_contact_set": {"person": 1}},
        {"billing_contact_offered": {"to": 2}},
        {"connection_created": {"uid": "00000000-0000-4000-8000-00000000000e", "role": 4}},
        {"connection_rights_set": {"connection": 1, "rights": {"configure_desk": true, "contact_admin": true}}},
        {"sign_in_provider": {"connection": 1, "step": "made", "break_glass": 1}},
        {"provider_group_created": {"uid": "00000000-0000-4000-8000-000000000012", "connection": 1}},
        {"provider_group_members_changed": {"provider_group": 1, "added": [1], "taken": []}},
        {"mappings_set": {"connection": 1, "mappings": [
            {"provider_group": 1, "to": {"account_role": 4}},
            {"provider_group": 1, "to": {"licence": 1}},
            {"provider_group": 1, "to": {"service": [1, "administrator"]}},
            {"provider_group": 1, "to": {"queue_agent": 1}},
            {"provider_group": 1, "to": {"queue_supervisor": 1}}
        ]}},
        {"mapped_tied": {"person": 1, "tie": {"queue_agent": 1}, "provider_group": 1}},
        {"mapped_role_set": {"person": 1, "role": 4, "provider_group": 1}},
        {"token_issued": {"uid": "00000000-0000-4000-8000-00000000000f", "owner": {"connection": 1}, "expires": 77}},
        {"token_revoked": {"token": 1}},
        {"life_set": {"of": {"queue": 1}, "life": "archived"}},
        {"product": {"catalogue_loaded": {"uid": "00000000-0000-4000-8000-000000000010", "text": "product = \"todo\"\nname = \"Todo\"\n[subject_types.user]\n[resource_types.list]\n[permissions.read]\non = [\"list\"]\n[roles.reader]\npermissions = [\"read\"]\n"}}},
        {"product": {"thing_registered": {"uid": "00000000-0000-4000-8000-000000000011", "product": 1, "side": "subject", "kind": "user"}}},
        {"product": {"thing_described": {"thing": 1, "profile": 2}}},
        {"product": {"thing_role_given": {"thing": 1, "role": "reader"}}},
        {"tied": {"person": 1, "tie": {"product_role": [1, 0]}}}
    ]"#;

    #[test]
    fn whoever_changes_the_bytes_of_a_state_raises_the_form() {
        let events: Vec<Event> = serde_json::from_str(EVERYTHING).unwrap();
        let mut state = State::empty();
        events.iter().for_each(|event| state.apply(event));
        let (bytes, hash) = encode(&state).unwrap();
        let read: State = postcard::from_bytes(&bytes).unwrap();
        assert_eq!(encode(&read).unwrap().1, hash);
        // Raise FORMAT and write the new hash here: older snapshots are then replaced, and not read as what they are not.
        let known = "00d4cb2cf222e09658109ff4903dd371b989eb6475c08668bb4edc09f10a4e75";
        assert_eq!((FORMAT, hash.to_string().as_str()), (10, known));
    }
}
