//! Backup and restore while the server runs. One format for both engines: what was exported from SQLite can be restored into
//! PostgreSQL and the other way round. It holds the log, the profiles, the rows of slices, the denylist, the ways to sign in, the
//! sign-in log, who viewed as whom (AD-27), the hashes of secrets and when tokens were used; everything else is derived when it is
//! restored, and the chain is verified on the way.
//!
//! Mails that wait are not in it: a restored account sends none a second time. Sign-in sessions are not: after a restore everybody
//! signs in again, and a viewing that goes on ends with the backup. Drafts, and what somebody typed to find people, are not: both are
//! kept for a while only, and nothing rests on them.
//!
//! A backup holds personal data of the day it was made: people who are erased later are still in it (SD-26), so backups have
//! to be kept no longer than the organisation has promised.

use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Write};
use std::path::Path;

use access::Moment;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::database::{Database, Value};
use crate::engine::{accounts, parse_public};
use crate::error::{LedgerError, Result};
use crate::log::{self, AccountId, Entry, Head};
use crate::slices;

mod restore;
pub use restore::restore;

const MAGIC: &[u8; 16] = b"rolecall backup1";
/// No record is longer: a bulk act on a million people is the largest thing there is.
const LONGEST_RECORD: u32 = 1 << 28;

/// One record of the file: its length, then this in postcard.
#[derive(Serialize, Deserialize)]
enum Record {
    Account {
        account: i64,
        public: Uuid,
        opened_at: i64,
        secret: Vec<u8>,
    },
    Entry {
        position: u64,
        at: i64,
        actor: String,
        act: String,
        face: String,
        request: String,
        events: Vec<u8>,
        hash: Vec<u8>,
    },
    Profile {
        kind: i64,
        entity: i64,
        version: u64,
        fields: Vec<u8>,
    },
    Secret {
        prefix: String,
        purpose: String,
        entity: i64,
        hash: Vec<u8>,
        expires_at: Option<i64>,
    },
    Denied {
        hash: String,
    },
    /// The last one: SHA-256 of every byte before it.
    End {
        digest: [u8; 32],
    },
    /// A way to sign in. Records keep their numbers: a new kind comes after the others.
    Credential {
        person: i64,
        kind: String,
        id: String,
        data: String,
        created_at: i64,
    },
    /// A row of a slice: the values of all its columns.
    Row {
        table: String,
        values: Vec<Value>,
    },
    /// An entry of the sign-in log.
    SignIn {
        at: i64,
        person: Option<i64>,
        what: String,
    },
    /// Somebody viewed as somebody else.
    Viewing {
        viewer: i64,
        viewed: i64,
        since: i64,
        until_at: i64,
    },
    /// When a token was last used.
    TokenUse {
        prefix: String,
        used_at: i64,
    },
    /// An entry of the sign-in log about somebody who came through a sign-in provider.
    SignInThrough {
        at: i64,
        person: Option<i64>,
        what: String,
        connection: i64,
    },
}

/// What a backup holds of one account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Contents {
    /// Public id of the account.
    pub account: Uuid,
    /// The end of its log. Note the hash: `verify --expect` finds out whether it still stands in the chain.
    pub head: Head,
}

struct Writer {
    file: BufWriter<File>,
    digest: Sha256,
}

impl Writer {
    fn raw(&mut self, bytes: &[u8]) -> Result<()> {
        self.digest.update(bytes);
        Ok(self.file.write_all(bytes)?)
    }

    fn record(&mut self, record: &Record) -> Result<()> {
        let bytes =
            postcard::to_stdvec(record).map_err(|error| LedgerError::Damaged(error.to_string()))?;
        let length = u32::try_from(bytes.len())
            .ok()
            .filter(|length| *length <= LONGEST_RECORD);
        let length = length.ok_or_else(|| LedgerError::Damaged("a record is too long".into()))?;
        self.raw(&length.to_be_bytes())?;
        self.raw(&bytes)
    }
}

/// Writes a backup of one moment of the database, which is now. Acts go on meanwhile.
pub async fn backup(database: &Database, path: &Path, now: Moment) -> Result<Vec<Contents>> {
    let mut tx = database.begin_read().await?;
    if accounts(&mut tx, None, 1).await?.is_empty() {
        return Err(LedgerError::NoAccount);
    }
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut writer = Writer {
        file: BufWriter::new(options.open(path)?),
        digest: Sha256::new(),
    };
    writer.raw(MAGIC)?;
    let mut contents = Vec::new();
    let mut last = None;
    loop {
        let page = accounts(&mut tx, last, 100).await?;
        let Some(end) = page.last() else { break };
        last = Some(*end);
        for account in page {
            contents.push(write_account(&mut tx, account, &mut writer, now).await?);
        }
    }
    tx.rollback().await?;
    let digest = writer.digest.clone().finalize().into();
    writer.record(&Record::End { digest })?;
    let file = writer
        .file
        .into_inner()
        .map_err(std::io::IntoInnerError::into_error)?;
    file.sync_all()?;
    Ok(contents)
}

async fn write_account(
    tx: &mut crate::Tx,
    account: AccountId,
    writer: &mut Writer,
    now: Moment,
) -> Result<Contents> {
    let id = || [account.0.into()];
    let row = tx
        .fetch_optional(
            "SELECT public_id, opened_at, secret FROM accounts WHERE account = $1",
            id(),
        )
        .await?;
    let row = row.ok_or(LedgerError::Unknown("account"))?;
    let public = parse_public(&row.get::<String>(0)?)?;
    writer.record(&Record::Account {
        account: account.0,
        public,
        opened_at: row.get(1)?,
        secret: row.get(2)?,
    })?;
    log::read(tx, account, 0, u64::MAX, |entry, hash| {
        let Entry {
            position,
            at,
            actor,
            act,
            face,
            request,
            events,
        } = entry;
        writer.record(&Record::Entry {
            position,
            at: at.0,
            actor,
            act,
            face,
            request,
            events,
            hash,
        })
    })
    .await?;
    tx.for_each(
        "SELECT kind, entity, version, fields FROM profiles WHERE account = $1 ORDER BY kind, entity, version",
        id(),
        |row| {
            let version = log::position(&row, 2)?;
            writer.record(&Record::Profile { kind: row.get(0)?, entity: row.get(1)?, version, fields: row.get(3)? })
        },
    )
    .await?;
    tx.for_each(
        "SELECT prefix, purpose, entity, hash, expires_at FROM secrets WHERE account = $1",
        id(),
        |row| {
            writer.record(&Record::Secret {
                prefix: row.get(0)?,
                purpose: row.get(1)?,
                entity: row.get(2)?,
                hash: row.get(3)?,
                expires_at: row.get(4)?,
            })
        },
    )
    .await?;
    tx.for_each(
        "SELECT hash FROM denylist WHERE account = $1",
        id(),
        |row| writer.record(&Record::Denied { hash: row.get(0)? }),
    )
    .await?;
    tx.for_each(
        "SELECT person, kind, id, data, created_at FROM credentials WHERE account = $1",
        id(),
        |row| {
            writer.record(&Record::Credential {
                person: row.get(0)?,
                kind: row.get(1)?,
                id: row.get(2)?,
                data: row.get(3)?,
                created_at: row.get(4)?,
            })
        },
    )
    .await?;
    for table in &slices::TABLES {
        let name = table.rows.name;
        table
            .for_each(tx, account, |values| {
                let table = name.to_owned();
                writer.record(&Record::Row { table, values })
            })
            .await?;
    }
    tx.for_each(
        "SELECT at, person, what, connection FROM sign_in_log WHERE account = $1 ORDER BY at, id",
        id(),
        |row| {
            let (at, person, what) = (row.get(0)?, row.get(1)?, row.get(2)?);
            writer.record(&match row.get(3)? {
                None => Record::SignIn { at, person, what },
                Some(connection) => Record::SignInThrough {
                    at,
                    person,
                    what,
                    connection,
                },
            })
        },
    )
    .await?;
    tx.for_each(
        "SELECT viewer, viewed, since, until_at FROM viewings WHERE of_account = $1 ORDER BY number",
        id(),
        |row| {
            writer.record(&Record::Viewing {
                viewer: row.get(0)?,
                viewed: row.get(1)?,
                since: row.get(2)?,
                until_at: row.get::<i64>(3)?.min(now.0),
            })
        },
    )
    .await?;
    tx.for_each(
        "SELECT prefix, used_at FROM secrets WHERE account = $1 AND used_at IS NOT NULL",
        id(),
        |row| {
            writer.record(&Record::TokenUse {
                prefix: row.get(0)?,
                used_at: row.get(1)?,
            })
        },
    )
    .await?;
    Ok(Contents {
        account: public,
        head: log::read_head(tx, account).await?,
    })
}

struct Reader {
    file: BufReader<File>,
    digest: Sha256,
}

impl Reader {
    fn open(path: &Path) -> Result<Self> {
        let mut reader = Self {
            file: BufReader::new(File::open(path)?),
            digest: Sha256::new(),
        };
        let mut magic = [0; MAGIC.len()];
        reader.file.read_exact(&mut magic)?;
        reader.digest.update(magic);
        if &magic == MAGIC {
            Ok(reader)
        } else {
            Err(LedgerError::Damaged("this file is no backup".into()))
        }
    }

    /// The next record; `None` after the last one, whose digest was right.
    fn next(&mut self) -> Result<Option<Record>> {
        let before = self.digest.clone();
        let mut length = [0; 4];
        self.file.read_exact(&mut length)?;
        let count = u32::from_be_bytes(length);
        if count > LONGEST_RECORD {
            return Err(LedgerError::Damaged(
                "a record of the backup is too long".into(),
            ));
        }
        let mut bytes = vec![0; count as usize];
        self.file.read_exact(&mut bytes)?;
        self.digest.update(length);
        self.digest.update(&bytes);
        let record = postcard::from_bytes(&bytes).map_err(|error| {
            LedgerError::Damaged(format!("a record of the backup cannot be read: {error}"))
        })?;
        match record {
            Record::End { digest } if digest == <[u8; 32]>::from(before.finalize()) => Ok(None),
            Record::End { .. } => Err(LedgerError::Damaged(
                "the backup was changed after it was made".into(),
            )),
            record => Ok(Some(record)),
        }
    }
}
