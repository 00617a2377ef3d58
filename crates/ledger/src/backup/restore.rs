//! Restoring: the log is written back and replayed, and what is derived from it is made anew.

use std::collections::HashMap;
use std::path::Path;

use access::{Dense, Moment, PersonId, State};
use uuid::Uuid;

use super::{Contents, Reader, Record};
use crate::database::{Database, Tx};
use crate::dialect::{Bulk, BulkTable};
use crate::error::{LedgerError, Result};
use crate::keyed::DENYLIST;
use crate::log::{self, AccountId, Entry, Head};
use crate::person_row::{PERSON_ROW_WITH_KEYS, PersonRow};
use crate::profile::{self, EMAILS, Kind, PROFILES, Place, Profile, SEARCH_KEYS};
use crate::replay;
use crate::sign_in::{CREDENTIALS, SIGN_IN_LOG, VIEWINGS};
use crate::slices;
use crate::tokens::SECRETS;

/// So many rows are in memory at once.
const ROWS: usize = 8_192;

/// Restores a backup into a database that holds no account yet. All of it, or nothing.
pub async fn restore(database: &Database, path: &Path) -> Result<Vec<Contents>> {
    let mut reader = Reader::open(path)?;
    let mut tx = database.begin().await?;
    if tx
        .fetch_optional("SELECT 1 FROM accounts LIMIT 1", [])
        .await?
        .is_some()
    {
        return Err(LedgerError::NotEmpty);
    }
    let mut contents = Vec::new();
    let mut present: Option<Restoring> = None;
    while let Some(record) = reader.next()? {
        if let Record::Account {
            account,
            public,
            opened_at,
            secret,
        } = record
        {
            if let Some(done) = present.take() {
                contents.push(done.finish(&mut tx).await?);
            }
            tx.execute(
                "INSERT INTO accounts (account, public_id, opened_at, secret) VALUES ($1, $2, $3, $4)",
                [account.into(), public.to_string().into(), opened_at.into(), secret.into()],
            )
            .await?;
            present = Some(Restoring::new(
                AccountId(account),
                public,
                Moment(opened_at),
            ));
        } else {
            let restoring = present
                .as_mut()
                .ok_or_else(|| LedgerError::Damaged("the backup begins in the middle".into()))?;
            restoring.take(record)?;
            restoring.write(&mut tx, ROWS).await?;
        }
    }
    if let Some(done) = present {
        contents.push(done.finish(&mut tx).await?);
    }
    tx.commit().await?;
    Ok(contents)
}

struct Restoring {
    account: AccountId,
    public: Uuid,
    state: State,
    head: Head,
    latest: Option<(Place, Profile)>,
    /// The present profiles of people: lists are sorted by them.
    people: HashMap<u32, Profile>,
    /// When tokens were last used, by their prefix: written when the tokens are there.
    token_uses: Vec<(String, i64)>,
    rows: [Bulk; 9],
    of_slices: Vec<Bulk>,
}

const LOG: usize = 0;
const PROFILE: usize = 1;
const EMAIL: usize = 2;
const WORD: usize = 3;
const SECRET: usize = 4;
const DENIED: usize = 5;
const CREDENTIAL: usize = 6;
const SIGN_IN: usize = 7;
const VIEWING: usize = 8;
const TABLES: [&BulkTable; 9] = [
    &log::LOG,
    &PROFILES,
    &EMAILS,
    &SEARCH_KEYS,
    &SECRETS,
    &DENYLIST,
    &CREDENTIALS,
    &SIGN_IN_LOG,
    &VIEWINGS,
];

impl Restoring {
    fn new(account: AccountId, public: Uuid, opened_at: Moment) -> Self {
        let rows = TABLES.map(Bulk::new);
        Self {
            account,
            public,
            state: State::empty(),
            head: Head::genesis(public, opened_at),
            latest: None,
            people: HashMap::new(),
            token_uses: Vec::new(),
            rows,
            of_slices: slices::TABLES
                .iter()
                .map(|table| Bulk::new(&table.rows))
                .collect(),
        }
    }

    fn take(&mut self, record: Record) -> Result<()> {
        let account = self.account.0;
        match record {
            Record::Entry {
                position,
                at,
                actor,
                act,
                face,
                request,
                events,
                hash,
            } => {
                let entry = Entry {
                    position,
                    at: Moment(at),
                    actor,
                    act,
                    face,
                    request,
                    events,
                };
                (self.head, _) = replay::follow(&self.head, &mut self.state, &entry, &hash)?;
                log::push(&mut self.rows[LOG], self.account, entry, self.head.hash);
            }
            Record::Profile {
                kind,
                entity,
                version,
                fields,
            } => {
                let place = profile::place_from(kind, entity)?;
                let profile = Profile::decode(&fields)?;
                // Versions come in order: the last of a place is its present one.
                if self.latest.as_ref().is_some_and(|(last, _)| *last != place) {
                    self.index_latest();
                }
                self.latest = Some((place, profile));
                self.rows[PROFILE].push([
                    account.into(),
                    kind.into(),
                    entity.into(),
                    log::column(version),
                    fields.into(),
                ]);
            }
            Record::Secret {
                prefix,
                purpose,
                entity,
                hash,
                expires_at,
            } => self.rows[SECRET].push([
                prefix.into(),
                account.into(),
                purpose.into(),
                entity.into(),
                hash.into(),
                expires_at.into(),
            ]),
            Record::Credential {
                person,
                kind,
                id,
                data,
                created_at,
            } => self.rows[CREDENTIAL].push([
                account.into(),
                person.into(),
                kind.into(),
                id.into(),
                data.into(),
                created_at.into(),
            ]),
            Record::SignIn { at, person, what } => {
                let through = None::<i64>.into();
                let row = [
                    account.into(),
                    at.into(),
                    person.into(),
                    what.into(),
                    through,
                ];
                self.rows[SIGN_IN].push(row);
            }
            Record::SignInThrough {
                at,
                person,
                what,
                connection,
            } => self.rows[SIGN_IN].push([
                account.into(),
                at.into(),
                person.into(),
                what.into(),
                connection.into(),
            ]),
            Record::Viewing {
                viewer,
                viewed,
                since,
                until_at,
            } => self.rows[VIEWING].push([
                account.into(),
                // Its session is over.
                "".into(),
                viewer.into(),
                viewed.into(),
                since.into(),
                until_at.into(),
            ]),
            Record::TokenUse { prefix, used_at } => self.token_uses.push((prefix, used_at)),
            Record::Denied { hash } => self.rows[DENIED].push([account.into(), hash.into()]),
            Record::Row { table, values } => {
                let (at, table) = slices::table(&table)?;
                if values.len() != table.rows.columns.len() {
                    return Err(LedgerError::Damaged(
                        "a row of the backup has other columns".into(),
                    ));
                }
                self.of_slices[at].push_row(values);
            }
            Record::Account { .. } | Record::End { .. } => {}
        }
        Ok(())
    }

    fn index_latest(&mut self) {
        let Some((place, profile)) = self.latest.take() else {
            return;
        };
        let account = self.account.0;
        if let (Kind::Person, Some(email)) = (place.kind, profile.folded_email()) {
            self.rows[EMAIL].push([account.into(), email.into(), place.entity.into()]);
        }
        for (field, word) in profile.search_words() {
            let kind = i64::from(place.kind as u8);
            self.rows[WORD].push([
                account.into(),
                kind.into(),
                field.into(),
                word.into(),
                place.entity.into(),
            ]);
        }
        if place.kind == Kind::Person {
            self.people.insert(place.entity, profile);
        }
    }

    async fn write(&mut self, tx: &mut Tx, when_more_than: usize) -> Result<()> {
        for (bulk, table) in self.rows.iter_mut().zip(TABLES) {
            if bulk.len() > when_more_than {
                std::mem::replace(bulk, Bulk::new(table)).write(tx).await?;
            }
        }
        for (bulk, table) in self.of_slices.iter_mut().zip(&slices::TABLES) {
            if bulk.len() > table.at_once(when_more_than) {
                std::mem::replace(bulk, Bulk::new(&table.rows))
                    .write(tx)
                    .await?;
            }
        }
        Ok(())
    }

    async fn finish(mut self, tx: &mut Tx) -> Result<Contents> {
        self.index_latest();
        self.write(tx, 0).await?;
        for (prefix, used_at) in std::mem::take(&mut self.token_uses) {
            tx.execute(
                "UPDATE secrets SET used_at = $2 WHERE prefix = $1",
                [prefix.into(), used_at.into()],
            )
            .await?;
        }
        let mut people = Bulk::new(&PERSON_ROW_WITH_KEYS);
        let ids: Vec<PersonId> = self.state.people().ids().collect();
        for person in ids {
            if let Some(row) = PersonRow::from_state(&self.state, person) {
                let profile = self.people.remove(&person.number());
                people.push(row.values_with_keys(self.account, profile.as_ref()));
            }
        }
        people.write(tx).await?;
        log::write_heads(tx, std::iter::once((self.account, self.head))).await?;
        Ok(Contents {
            account: self.public,
            head: self.head,
        })
    }
}
