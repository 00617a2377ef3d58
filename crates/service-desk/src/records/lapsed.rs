//! SD-19, SD-38: access that ends by time ends without a command, which `follow.rs` could follow. A worker looks when something ended, and takes
//! the records from those who reach them no more: as time itself, by record acts.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use access::{
    Actor, Moment, Permit, PersonId, ServiceId, Subject,
    command::SystemSubject,
    decide::{RecordFacts, permissions::ManageRecord},
};
use ledger::{
    AccountId, Act, Engine, Here, LedgerError, Options, Reading, Rounds, SubmitError, Tx, Wrote,
};

use super::{
    Assignee,
    acts::{Done, Found},
    checks, store,
};

/// When it is looked whether something ended.
const ROUNDS: Rounds = Rounds {
    every: Duration::from_secs(1),
    in_trouble: Duration::from_secs(10),
    failed: "records could not be taken from those whose time ended",
};
/// Where from, as every act has to say.
const FACE: &str = "time";

/// Who has to do with records of an account that they reach no more, by what decides about these.
type Lost = (Vec<(Assignee, RecordFacts)>, Vec<(PersonId, RecordFacts)>);

async fn lost(
    tx: &mut Tx,
    account: AccountId,
    users: &[PersonId],
    view: &access::View<'_>,
) -> Result<Lost, LedgerError> {
    let mut assigned = store::assigned(tx, account, users, &[]).await?;
    assigned.retain(|(who, record)| !checks::has_access(view, *who, *record));
    let mut watched = store::watched(tx, account, users).await?;
    watched.retain(|(who, record)| !checks::has_access(view, Assignee::User(*who), *record));
    Ok((assigned, watched))
}

/// Takes the records of one service from users who reach them no more.
struct TakeLapsed {
    on: ServiceId,
    users: Vec<PersonId>,
}

impl Act for TakeLapsed {
    type Needs = ManageRecord;
    const NEEDS: ManageRecord = ManageRecord;
    const NAME: &'static str = "take_lapsed";

    async fn on(&self, _: &mut Tx, _: AccountId) -> Found<RecordFacts> {
        Ok(Some(RecordFacts {
            service: self.on,
            customer: None,
            company: None,
        }))
    }

    async fn apply(self, tx: &mut Tx, permit: Permit<'_, ManageRecord>, here: Here<'_>) -> Done {
        let (account, now) = (here.account, here.view.now());
        let (on, actor) = (permit.on().service, permit.subject());
        let (mut assigned, mut watched) = lost(tx, account, &self.users, &here.view).await?;
        assigned.retain(|(_, record)| record.service == on);
        watched.retain(|(_, record)| record.service == on);
        if assigned.is_empty() && watched.is_empty() {
            return Ok(Wrote::default());
        }
        for (who, record) in assigned {
            store::unassign(tx, account, who, record, actor, now).await?;
        }
        for (who, record) in watched {
            store::unwatch_lost(tx, account, who, record, actor, now).await?;
        }
        Ok(Wrote::ROWS)
    }
}

/// Which accounts are looked at.
#[derive(Debug, Default)]
struct Seen {
    /// Until when each was looked at.
    until: BTreeMap<AccountId, Moment>,
    /// After which one others are sought: none where it begins anew.
    after: Option<AccountId>,
}

/// Takes records from those whose access to them ended by time.
#[derive(Clone, Debug)]
pub struct Lapses {
    engine: Engine,
    seen: Arc<Mutex<Seen>>,
}

impl Lapses {
    /// Of this ledger.
    pub fn new(engine: Engine) -> Self {
        let seen = Arc::default();
        Self { engine, seen }
    }

    /// Looks until it is asked to stop, which it hears in the middle of a round too: what is left is found at the next start.
    pub async fn run(self, stop: impl Future<Output = ()>) {
        ROUNDS.run(stop, || self.round()).await;
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Looks at every account that was found to have records, and finds more of them, a piece in each round: where they are one piece, that is
    /// all of them. What ended while no server ran is taken in the round that finds its account. Each is loaded once and the engine keeps it,
    /// for no row tells when something ends; from then on a look costs no statement until something has begun or ended by time. The
    /// answer is how many could not be looked at.
    pub async fn round(&self) -> Result<usize, LedgerError> {
        let after = self.seen().after;
        let (found, next) = store::accounts_with_records(self.engine.database(), after).await?;
        let accounts: Vec<_> = {
            let mut seen = self.seen();
            seen.after = next;
            for account in found {
                seen.until.entry(account).or_insert(Moment(0));
            }
            seen.until.keys().copied().collect()
        };
        ROUNDS.look_at(accounts, |one| self.look(one)).await
    }

    async fn look(&self, id: AccountId) -> Result<(), LedgerError> {
        let account = self.engine.account(id).await?;
        let now = account.now();
        let since = self.seen().until.get(&id).copied().unwrap_or(Moment(0));
        let next = account.state().next_expiry(since);
        // AD-25: an account that is switched off takes nobody's work: it is looked at when it is switched on.
        let is_off = || !account.state().account().active;
        if is_off() || next.is_none_or(|next| next > now) {
            return Ok(());
        }
        let Reading { state, mut tx } = account.read().await?;
        let users = state.workers_whose_time_ended(since, now);
        let view = state.view(Subject::System(SystemSubject::Time), now);
        let (assigned, watched) = lost(&mut tx, id, &users, &view).await?;
        drop(tx);
        let services = assigned.iter().map(|(_, record)| record.service);
        let services = services.chain(watched.iter().map(|(_, record)| record.service));
        for on in services.collect::<BTreeSet<_>>() {
            let users = users.clone();
            let act = TakeLapsed { on, users };
            let actor = Actor::System(SystemSubject::Time);
            match account.act(actor, act, Options::untold(FACE)).await {
                // A service that is archived or gone has been seen to by its command.
                Ok(_) | Err(SubmitError::Refused(_)) => {}
                Err(SubmitError::Failed(error)) => return Err(error),
            }
        }
        if !is_off() {
            self.seen().until.insert(id, now);
        }
        Ok(())
    }
}
