//! How far a file is, and what became of it.

use askama::Template;
use ledger::{ImportStage, KeptImport};
use web::{
    Problem, Result,
    page::{Either, Frame, Page, SeeOther, count, form::Form, sentence},
    route::{Route, get, post},
    session::{Session, failed},
    sign_ins::SignIns,
};

use super::{
    About, COLUMNS, Importer, OUTCOME, PLACE, START,
    choice::Choice,
    kept, kept_as, oneself,
    rejects::{self, Line},
    told::{Ended, Told},
    work,
};

pub(super) fn routes() -> Vec<Route> {
    vec![
        get(
            OUTCOME,
            "import.outcome",
            "How far one's file is, and what became of it",
            show,
        ),
        post(
            "/people/import/start",
            "import.start",
            "Import one's file, which was tried before",
            start,
        ),
        post(
            "/people/import/stop",
            "import.stop",
            "End the work on one's file before its last row",
            stop,
        ),
    ]
}

/// What is said of a file.
#[derive(Debug)]
enum State {
    /// It is under way.
    Running,
    /// The server that worked on it is not heard of any more.
    Silent,
    /// It is over.
    Over(Told),
}

#[derive(Debug, Template)]
#[template(path = "import-outcome.html")]
struct OutcomePage {
    frame: Frame,
    id: String,
    file: String,
    /// Nothing is changed, or nothing was.
    is_trial: bool,
    state: State,
    rows: String,
    bytes: u64,
    size: u64,
    percent: u64,
    rejects: Vec<Line>,
    /// Rows in error that are in the file of them only.
    beyond: u64,
    /// Rows in error that are not kept anywhere.
    unkept: u64,
    has_rejects: bool,
    may_start: bool,
    /// Nothing is left of the file.
    is_used_up: bool,
    asks_for_proof: bool,
}

impl OutcomePage {
    fn number(&self, number: &u64) -> String {
        count(usize::try_from(*number).unwrap_or(usize::MAX))
    }

    fn made(&self, told: &Told) -> String {
        match told.created {
            1 => "1 company or group".to_owned(),
            created => format!("{} companies and groups", self.number(&created)),
        }
    }

    fn proofs(&self, told: &Told) -> String {
        match told.proofs {
            1 => "One row gives administration".to_owned(),
            proofs => format!("{} rows give administration", self.number(&proofs)),
        }
    }

    /// Why it ended early, in a sentence or two.
    fn why(&self, told: &Told) -> Option<String> {
        let ended = told.ended.as_ref()?;
        let why = match ended {
            Ended::Stopped => "You stopped it.".to_owned(),
            Ended::SignedOut => {
                "Your sign-in session ended while it ran, and it goes on for nobody who is not signed in.".to_owned()
            }
            Ended::NoRight => "You lost the right to add people while it ran.".to_owned(),
            Ended::Database => "The database did not take a row.".to_owned(),
            Ended::File(reason) => sentence(reason),
            Ended::Defect => "The server met a defect of its own.".to_owned(),
        };
        Some(match told.line {
            Some(line) => format!("{why} The first row that was not done is in line {line}."),
            None => why,
        })
    }
}

async fn show(session: Importer) -> Result<Either<SeeOther, Page<OutcomePage>>> {
    let Some(kept) = kept(&session).await? else {
        return Ok(Either::Done(SeeOther::to(START)));
    };
    if kept.stage == ImportStage::Brought {
        return Ok(Either::Done(SeeOther::to(COLUMNS)));
    }
    Ok(Either::Again(Page::new(page(&session, kept).await?)))
}

async fn page(session: &Session, kept: KeptImport) -> Result<OutcomePage> {
    let person = oneself(session)?;
    let told: Option<Told> = serde_json::from_str(&kept.report).ok();
    let told = told.filter(|_| !kept.stage.is_work());
    let is_trial = match &told {
        Some(told) => told.is_trial,
        None => kept.stage == ImportStage::Trying,
    };
    let rejects = match &told {
        Some(told) if told.rejected > 0 => rejects::read(session, person, &kept.id).await?,
        _ => Vec::new(),
    };
    let rejected = told.as_ref().map_or(0, |told| told.rejected);
    let state = match told {
        Some(told) => State::Over(told),
        None if kept.is_running => State::Running,
        None => State::Silent,
    };
    let title = match (&state, is_trial) {
        (State::Running, true) => "Trying the file",
        (State::Running, false) => "Importing",
        (_, true) => "What the file would do",
        (_, false) => "What the import did",
    };
    let asks_for_proof = matches!(&state, State::Over(told) if told.proofs > 0);
    Ok(OutcomePage {
        frame: Frame::of(session, title, OUTCOME, PLACE)
            .await?
            .below(START, "Import people"),
        rows: count(usize::try_from(kept.rows).unwrap_or(usize::MAX)),
        percent: kept.bytes.min(kept.size) * 100 / kept.size.max(1),
        bytes: kept.bytes.min(kept.size),
        size: kept.size,
        may_start: may_start(&kept, &state),
        beyond: rejected.saturating_sub(rejects::SHOWN as u64),
        unkept: rejected.saturating_sub(rejects.len() as u64),
        has_rejects: !rejects.is_empty(),
        rejects: rejects.into_iter().take(rejects::SHOWN).collect(),
        is_used_up: kept.stage == ImportStage::Done,
        asks_for_proof,
        is_trial,
        id: kept.id,
        file: kept.name,
        state,
    })
}

/// It was tried to its end, or was begun already: what is done is not done twice.
fn may_start(kept: &KeptImport, state: &State) -> bool {
    match (kept.stage, state) {
        (ImportStage::Tried, _) => true,
        (ImportStage::Doing, State::Silent) => true,
        (ImportStage::Stopped, State::Over(told)) => !told.is_trial,
        _ => false,
    }
}

async fn start(session: Importer, sign_ins: SignIns, Form(about): Form<About>) -> Result<SeeOther> {
    let kept = kept_as(&session, &about.import).await?;
    let page = page(&session, kept.clone()).await?;
    let choice = Choice::of(&kept.choice).filter(|_| page.may_start);
    let choice = choice.ok_or_else(|| {
        let detail = "the file is tried first, and shown: begin again at People › Import";
        Problem::conflict("not_tried", detail)
    })?;
    if page.asks_for_proof {
        session.require_fresh()?;
    }
    work::begin(&session, &sign_ins, kept, choice, ImportStage::Doing).await?;
    Ok(SeeOther::to(OUTCOME))
}

async fn stop(session: Importer, Form(about): Form<About>) -> Result<SeeOther> {
    let person = oneself(&session)?;
    kept_as(&session, &about.import).await?;
    let stopped = session.account.stop_import(person, &about.import).await;
    stopped.map_err(failed)?;
    Ok(SeeOther::to(OUTCOME))
}
