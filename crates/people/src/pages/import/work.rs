//! The work on a file, in the background: for as long as whoever asked for it is signed in and may import, and until they stop it.

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use access::PersonId;
use ledger::{Beat, ImportStage, KeptImport};
use tokio::sync::{Semaphore, SemaphorePermit};
use web::{
    Problem, Result,
    errand::Errand,
    session::{Session, failed},
    sign_ins::SignIns,
};

use super::{
    Importer, another,
    choice::Choice,
    oneself,
    told::{Ended, Told},
    under_way,
};
use crate::import::{self, By, Form, Held, Import, ImportError, Reached, Report, Source};

/// Files that a server works on at once; each stands in memory.
const AT_ONCE: usize = 2;
const AGAIN: Duration = Duration::from_secs(10);
/// How often it is asked whether the work may go on: what ends it ends it within a second.
const BEAT: Duration = Duration::from_millis(500);

static PLACES: Semaphore = Semaphore::const_new(AT_ONCE);

/// Begins to try a file, or to do it.
pub(super) async fn begin(
    session: &Session,
    sign_ins: &SignIns,
    kept: KeptImport,
    choice: Choice,
    stage: ImportStage,
) -> Result<()> {
    let person = oneself(session)?;
    let errand = session.errand(sign_ins)?;
    let place = PLACES
        .try_acquire()
        .map_err(|_| Problem::unavailable("busy", "other imports are under way", AGAIN))?;
    let mapping = choice.mapping().map_err(Problem::internal)?;
    let file = session.account.import_file(person, &kept.id).await;
    let file = file.map_err(failed)?.ok_or_else(another)?;
    let text = choice.text();
    let begun = session
        .account
        .begin_import_work(person, &kept.id, stage, &text)
        .await;
    if !begun.map_err(failed)? {
        return Err(under_way());
    }
    let held = Held::new(file.into(), Form::of(kept.name.as_ref()));
    let import = Import {
        encoding: import::encoding_of(&held.bytes),
        file: Source::Held(held.clone()),
        mapping,
        dry_run: stage == ImportStage::Trying,
        create_missing: choice.create_missing,
        send_invitations: choice.send_invitations,
        ..Import::default()
    };
    let work = Work {
        _place: place,
        errand,
        person,
        id: kept.id,
        stage,
        import,
        held,
        stop: Arc::default(),
        reached: Mutex::default(),
    };
    tokio::spawn(work.run());
    Ok(())
}

struct Work {
    _place: SemaphorePermit<'static>,
    errand: Errand,
    person: PersonId,
    id: String,
    stage: ImportStage,
    import: Import,
    held: Held,
    stop: Arc<AtomicBool>,
    reached: Mutex<(u64, u64)>,
}

/// Why no further row is begun.
enum Over {
    For(Ended),
    /// Nothing is kept any more (SD-26), so nothing is told.
    Gone,
}

impl Work {
    async fn run(self) {
        let (done, over) = self.watched().await;
        if let Some(Over::Gone) = over {
            return;
        }
        let mut told = Told::of(done, self.import.dry_run);
        // Rows that are refused go quickly: the last of them may be through before the next beat.
        let over = match over {
            None if told.rejected > 0 => self.loss().await,
            over => over,
        };
        let is_early = match told.ended {
            Some(Ended::Stopped) => true,
            Some(_) => false,
            None => told.rejected > 0,
        };
        if let Some(Over::For(why)) = over
            && is_early
            && (told.ended.is_some() || why != Ended::Stopped)
        {
            told.ended = Some(why);
        }
        let stage = match (&told.ended, self.stage) {
            (Some(_), _) => ImportStage::Stopped,
            (None, ImportStage::Trying) => ImportStage::Tried,
            (None, _) => ImportStage::Done,
        };
        let rejects = {
            let rejects = self.held.rejects();
            if rejects.is_empty() {
                String::new()
            } else {
                serde_json::to_string(&*rejects).unwrap_or_default()
            }
        };
        let report = serde_json::to_string(&told).unwrap_or_default();
        let account = &self.errand.account;
        let ended = account
            .end_import_work(self.person, &self.id, stage, &report, &rejects)
            .await;
        if let Err(error) = ended {
            // Whoever looks is told that the server went silent.
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "what became of an import could not be kept"
            );
        }
    }

    /// Does the rows, and asks beside them whether there is a reason to end.
    async fn watched(&self) -> (Result<Report, ImportError>, Option<Over>) {
        let by = By {
            actor: self.errand.actor,
            sight: Some(self.errand.subject),
            is_proved: self.errand.is_fresh,
            stop: Arc::clone(&self.stop),
        };
        let progress = |reached: Reached| {
            *self.reached.lock().unwrap_or_else(PoisonError::into_inner) =
                (reached.rows, reached.bytes);
        };
        let rows = import::run(&self.errand.account, by, &self.import, &progress);
        tokio::pin!(rows);
        let mut beats = tokio::time::interval(BEAT);
        let mut over = None;
        loop {
            tokio::select! {
                done = &mut rows => return (done, over),
                _ = beats.tick(), if over.is_none() => {
                    over = self.beat().await;
                    if over.is_some() {
                        self.stop.store(true, Ordering::Relaxed);
                    }
                }
            }
        }
    }

    /// What the database does not answer is asked again with the next beat: the rows end by themselves where it stays away.
    async fn beat(&self) -> Option<Over> {
        let reached = *self.reached.lock().unwrap_or_else(PoisonError::into_inner);
        let account = &self.errand.account;
        match account.import_beat(self.person, &self.id, reached).await {
            Ok(Beat::Gone) => Some(Over::Gone),
            Ok(Beat::Stop) => Some(Over::For(Ended::Stopped)),
            Ok(Beat::GoOn) | Err(_) => self.loss().await,
        }
    }

    /// Whether whoever asked for the work could not ask for it any more.
    async fn loss(&self) -> Option<Over> {
        if let Ok(false) = self.errand.goes_on().await {
            return Some(Over::For(Ended::SignedOut));
        }
        let account = &self.errand.account;
        let state = account.state();
        let view = state.view(self.errand.subject, account.now());
        (!Importer::admits(&view)).then_some(Over::For(Ended::NoRight))
    }
}
