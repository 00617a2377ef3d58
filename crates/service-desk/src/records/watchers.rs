//! SD-35, SD-38: who follows a record. They are users with access to it, and stop being so with it.

use access::{
    Permit, PersonId, Refusal,
    decide::{RecordFacts, permissions::ManageRecord},
};
use ledger::{AccountId, Act, Here, LedgerError, Tx, Wrote};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use web::{
    Result,
    common::Submission,
    guard::{Commands, SignedIn},
    part::Path,
    reply::Answer,
    resource::PersonRef,
    route::{Route, delete, get, put},
    session::{Session, failed, id_in},
    submit::Written,
};

use super::{
    Assignee, InPath, Record, RecordId,
    acts::{Done, Found, remember},
    checks,
    desk::Desk,
    history::Change,
    rest::colleague,
    store::{self, Ties, WATCHERS_MAX},
};

pub(super) fn routes() -> Vec<Route> {
    const WATCHER: &str = "/api/v1/service-desk/records/{record}/watchers/{person}";
    vec![
        get(
            "/api/v1/service-desk/records/{record}/watchers",
            "records.watchers",
            "List who follows a record",
            list,
        ),
        put(
            WATCHER,
            "records.watch",
            "Let a user with access follow a record",
            watch,
        ),
        delete(
            WATCHER,
            "records.unwatch",
            "Let a user follow a record no more",
            unwatch,
        ),
    ]
}

/// Somebody follows a record, or does not any more: oneself or a colleague.
pub(super) struct Watch {
    pub id: RecordId,
    pub who: PersonId,
    pub is: bool,
}

impl Act for Watch {
    type Needs = ManageRecord;
    const NEEDS: ManageRecord = ManageRecord;
    const NAME: &'static str = "watch_record";

    async fn on(&self, tx: &mut Tx, account: AccountId) -> Found<RecordFacts> {
        store::facts(tx, account, self.id).await
    }

    async fn apply(self, tx: &mut Tx, permit: Permit<'_, ManageRecord>, here: Here<'_>) -> Done {
        let record = store::permitted(tx, here.account, &permit, self.id).await?;
        let watchers = store::watchers(tx, here.account, &record).await?;
        let (who, is) = (self.who, self.is);
        if watchers.contains(&who) == is {
            return Ok(Wrote::default());
        }
        if is {
            checks::watcher(&here.view, who, record.facts())?;
            if watchers.len() >= WATCHERS_MAX {
                let detail = format!("a record is followed by {WATCHERS_MAX} users at most");
                return Err(Refusal::conflict("SD-38", "too_many_watchers", detail).into());
            }
            store::watch(tx, here.account, &permit, &record, who).await?;
        } else {
            store::unwatch(tx, here.account, &permit, &record, who).await?;
        }
        remember(tx, here, record.number, &[Change::Watching { who, is }]).await?;
        Ok(Wrote::ROWS)
    }
}

/// SD-38: whoever does not see the record as it is to be follows it no more.
pub(super) async fn drop_lost(
    tx: &mut Tx,
    here: Here<'_>,
    permit: &Permit<'_, ManageRecord>,
    (record, ties): (&Record, &Ties),
    now: RecordFacts,
) -> std::result::Result<Vec<Change>, LedgerError> {
    let mut changes = Vec::new();
    for who in &ties.watchers {
        let who = *who;
        if !checks::has_access(&here.view, Assignee::User(who), now) {
            store::unwatch(tx, here.account, permit, record, who).await?;
            changes.push(Change::WatcherLostAccess { who });
        }
    }
    Ok(changes)
}

impl Desk {
    /// Who follows it. A level that ended by time ended without a word: whoever had it is not among them.
    pub async fn watchers(&mut self, session: &Session, of: &Record) -> Result<Vec<PersonId>> {
        let found = store::watchers(&mut self.tx, session.account.id(), of).await;
        let view = session.view_on(&self.state, session.now());
        let follows = |who: &PersonId| checks::has_access(&view, Assignee::User(*who), of.facts());
        Ok(found.map_err(failed)?.into_iter().filter(follows).collect())
    }
}

/// Who follows a record.
#[derive(Debug, Serialize, ToSchema)]
struct Watchers {
    /// At most 50.
    items: Vec<PersonRef>,
}

async fn list(reader: SignedIn, InPath(id): InPath) -> Result<Answer<Watchers>> {
    let mut desk = Desk::open(&reader).await?;
    let record = desk.record(&reader, id).await?;
    // SD-35: who follows a record is told to whoever reads it.
    let found = desk.watchers(&reader, &record).await?.into_iter();
    let items = found.map(|one| id_in(reader.state(), one)).collect();
    reader.answer(Watchers { items })
}

/// Who it is about.
#[derive(Debug, Deserialize, IntoParams)]
struct Who {
    /// The user, by their id.
    #[param(inline)]
    person: PersonRef,
}

async fn watch(
    commands: Commands,
    InPath(id): InPath,
    Path(of): Path<Who>,
    how: Submission,
) -> Result<Answer<Written>> {
    let who = colleague(&commands, "person", of.person)?;
    commands.act(Watch { id, who, is: true }, &how, None).await
}

async fn unwatch(
    commands: Commands,
    InPath(id): InPath,
    Path(of): Path<Who>,
    how: Submission,
) -> Result<Answer<Written>> {
    let who = colleague(&commands, "person", of.person)?;
    let act = Watch { id, who, is: false };
    commands.act(act, &how, None).await
}
