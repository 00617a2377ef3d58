//! What happens to records while a page is open. One stream for each browser: it passes on what its reader may see at that moment, says when what
//! they may see has changed, and ends with their session.

use std::{
    collections::HashMap,
    sync::{LazyLock, Mutex, PoisonError},
    time::Duration,
};

use access::{Moment, ServiceId, decide::permissions::ManageRecord};
use ledger::{Account, AccountId, Reading};
use tokio::sync::broadcast::{self, error::TryRecvError};
use uuid::Uuid;
use web::{
    Result,
    rights::{Rights, access},
    route::{Route, get},
    session::{Session, failed},
    sign_ins::SignIns,
    stream::{Event, Events, Source},
};

use super::{
    rest::Reader,
    store::{self, Told},
};

const PATH: &str = "/service-desk/live";
/// How often a node looks for what was told, while anybody listens to it.
const LOOK: Duration = Duration::from_millis(250);
/// What happened so shortly before a stream began may have been missed by the page that began it, in milliseconds.
const MISSED_MS: i64 = 5_000;
/// Changes that a slow reader may be behind; with more they look at everything again.
const BEHIND_MAX: usize = 1_024;

pub(super) fn routes() -> Vec<Route> {
    vec![get(
        PATH,
        "records_page.live",
        "What happens to the records that the reader works on, while a page is open",
        live,
    )]
}

async fn live(reader: Reader, sign_ins: SignIns) -> Result<Events> {
    let mut stream = Stream {
        told: listen(&reader.account),
        missed: Vec::new(),
        is_over: false,
        rights: Rights::of(&reader, sign_ins, Sight::of),
    };
    stream.missed = stream.missed().await?;
    Events::new(&reader, stream)
}

/// What somebody sees of records, to be compared.
#[derive(Debug, PartialEq, Eq)]
struct Sight {
    services: Vec<ServiceId>,
    companies: String,
}

impl Sight {
    fn of(session: &Session) -> Self {
        let view = session.view();
        let visible = view.visible_records(ManageRecord);
        Self {
            services: visible.services().to_vec(),
            companies: format!("{:?}", visible.companies()),
        }
    }
}

/// A stream of one browser.
struct Stream {
    rights: Rights<Sight>,
    told: broadcast::Receiver<Option<Told>>,
    missed: Vec<Told>,
    is_over: bool,
}

enum Woken {
    Told(Told),
    /// More was told than is remembered.
    TooMuch,
    /// Rights may have changed, or the session may be over.
    Rights,
    Stopping,
}

impl Stream {
    /// What was told just before it began.
    async fn missed(&self) -> Result<Vec<Told>> {
        let account = &self.rights.session.account;
        let from = Moment(account.now().0.saturating_sub(MISSED_MS));
        let mut tx = account.read_once().await.map_err(failed)?;
        let after = store::told_before(&mut tx, account.id(), from).await;
        match after.map_err(failed)? {
            None => Ok(Vec::new()),
            Some(after) => {
                let told = store::told_after(&mut tx, account.id(), after).await;
                told.map_err(failed)
            }
        }
    }

    async fn wait(&mut self) -> Woken {
        tokio::select! {
            // AD-28: however much is told, rights are looked at when it is time.
            biased;
            goes_on = self.rights.may_change() => if goes_on { Woken::Rights } else { Woken::Stopping },
            told = self.told.recv() => match told {
                Ok(Some(told)) => Woken::Told(told),
                Ok(None) | Err(broadcast::error::RecvError::Lagged(_)) => Woken::TooMuch,
                Err(broadcast::error::RecvError::Closed) => Woken::Stopping,
            },
        }
    }

    /// What the reader is told of these, and of whatever else was told until now.
    fn pass(&mut self, mut told: Vec<Told>) -> Vec<Event> {
        loop {
            match self.told.try_recv() {
                Ok(Some(more)) => told.push(more),
                Ok(None) | Err(TryRecvError::Lagged(_)) => return vec![access()],
                Err(TryRecvError::Empty | TryRecvError::Closed) => break,
            }
        }
        if told.is_empty() {
            return Vec::new();
        }
        // The state is at least that of the moment at which it was read: whoever lost sight of a record hears nothing of it.
        self.rights.session = self.rights.session.on_newest();
        self.seen(&told)
    }

    /// What the reader is told of these: whatever they see at this moment.
    fn seen(&self, told: &[Told]) -> Vec<Event> {
        let view = self.rights.session.view();
        let visible = view.visible_records(ManageRecord);
        let mut seen: Vec<_> = told
            .iter()
            .filter(|one| visible.admits(one.facts))
            .collect();
        seen.dedup_by_key(|one| one.record);
        let event = |one: &Told| Event {
            name: "record",
            data: one.record.to_string(),
            id: None,
        };
        seen.into_iter().map(event).collect()
    }
}

impl Source for Stream {
    async fn next(&mut self) -> Option<Vec<Event>> {
        loop {
            if self.is_over {
                return None;
            }
            if !self.missed.is_empty() {
                let missed = std::mem::take(&mut self.missed);
                let events = self.seen(&missed);
                if !events.is_empty() {
                    return Some(events);
                }
            }
            match self.wait().await {
                Woken::Stopping => return None,
                Woken::TooMuch => return Some(vec![access()]),
                Woken::Told(told) => {
                    let events = self.pass(vec![told]);
                    if !events.is_empty() {
                        return Some(events);
                    }
                }
                Woken::Rights => {
                    match self.rights.renew().await {
                        Ok(false) => {}
                        Ok(true) => return Some(vec![access()]),
                        Err(end) => {
                            self.is_over = true;
                            return end;
                        }
                    }
                    // Where versions come without end, records are told of all the same.
                    let events = self.pass(Vec::new());
                    if !events.is_empty() {
                        return Some(events);
                    }
                }
            }
        }
    }
}

type Key = (Uuid, AccountId);

/// Who tells of each account on this node, while anybody listens.
static TELLERS: LazyLock<Mutex<HashMap<Key, broadcast::Sender<Option<Told>>>>> =
    LazyLock::new(Mutex::default);

/// Listens to what is told in an account. The first who does makes this node look for it.
fn listen(account: &Account) -> broadcast::Receiver<Option<Told>> {
    let key = (account.public_id(), account.id());
    let mut tellers = TELLERS.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(teller) = tellers.get(&key) {
        return teller.subscribe();
    }
    let (teller, first) = broadcast::channel(BEHIND_MAX);
    tellers.insert(key, teller);
    tokio::spawn(tell(account.clone(), key));
    first
}

/// Reads what was told, whatever node wrote it, and passes it on; it ends when nobody listens any more.
async fn tell(account: Account, key: Key) {
    let mut after = None;
    loop {
        {
            let mut tellers = TELLERS.lock().unwrap_or_else(PoisonError::into_inner);
            let listened = tellers
                .get(&key)
                .is_some_and(|one| one.receiver_count() > 0);
            if !listened {
                tellers.remove(&key);
                return;
            }
        }
        if let Err(error) = pass_on(&account, key, &mut after).await {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "what happened to records could not be read"
            );
        }
        tokio::time::sleep(LOOK).await;
    }
}

async fn pass_on(
    account: &Account,
    key: Key,
    after: &mut Option<i64>,
) -> std::result::Result<(), ledger::LedgerError> {
    // The state of this node is at least that of the moment of the rows.
    let Reading { mut tx, .. } = account.read().await?;
    let from = match *after {
        Some(from) => from,
        // Whoever began to listen before this has read what was told until then.
        None => {
            let recent = Moment(account.now().0.saturating_sub(MISSED_MS));
            match store::told_before(&mut tx, account.id(), recent).await? {
                Some(before) => before,
                None => store::last_told(&mut tx, account.id()).await?,
            }
        }
    };
    *after = Some(from);
    let told = store::told_after(&mut tx, account.id(), from).await?;
    drop(tx);
    let tellers = TELLERS.lock().unwrap_or_else(PoisonError::into_inner);
    let Some(teller) = tellers.get(&key) else {
        return Ok(());
    };
    let mut next = from + 1;
    for one in told {
        // Some are forgotten already: whoever listens looks at everything again. An error says that nobody does.
        if one.change != next {
            let _ = teller.send(None);
        }
        next = one.change + 1;
        let _ = teller.send(Some(one));
    }
    *after = Some(next - 1);
    Ok(())
}
