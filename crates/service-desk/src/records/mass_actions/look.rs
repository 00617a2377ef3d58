//! Choosing the records of a mass action, and reading what became of them: as far as the reader sees them at that moment.

use access::{
    Moment, PermissionType, ServiceId, Subject, View,
    decide::permissions::{ManageRecord, RunMassAction},
};
use ledger::{Act, Here};
use web::{
    Problem, Result,
    common::Submission,
    paging::{Page, Paging},
    reply::Answer,
    session::{Session, failed},
    submit::Written,
};

use super::{
    Chosen, Counts, MassAction, MassActionId, MassChange, Outcome, RECORDS_MAX, Stage, Why,
    acts::{self, LookAt},
};
use crate::records::{
    Record,
    desk::Desk,
    question::Question,
    store::{self, Asked, MASS_ACTION_KEPT_MS as KEPT_MS, Ties},
};

/// Records that are read at once, and kept at once: whoever saves something meanwhile waits for no more.
const AT_ONCE: usize = 500;
/// Mass actions that a list tells of, the newest.
const TOLD_MAX: i64 = 100;

fn runs_on(view: &View<'_>, service: ServiceId) -> bool {
    view.may(RunMassAction::PERMISSION, service)
}

/// The service of a list of records of one service, where the reader may run mass actions on it (SD-4: for this service only).
pub(in crate::records) fn offered(session: &Session, question: &Question) -> Option<ServiceId> {
    let service = question.service.and_then(|one| session.find(one))?;
    runs_on(&session.view(), service).then_some(service)
}

/// Chooses the records that a list shows, and keeps them with what becomes of each.
pub(in crate::records) async fn look_at(
    session: &Session,
    question: &Question,
    text: Option<&str>,
    change: MassChange,
    how: &Submission,
) -> Result<(MassActionId, Answer<Written>)> {
    let asked = question.asked(session)?;
    let Some(service) = asked.service else {
        let detail = "a mass action is on records of one service: name it";
        return Err(Problem::senseless("not_one_service", "service", detail));
    };
    session.permit(RunMassAction, service)?;
    if let Some((at, detail)) = change.flaw() {
        return Err(Problem::senseless("change_not_made", at, detail));
    }
    let chosen = choose(session, asked, text, &change).await?;
    let id = MassActionId(session.account.engine().new_uuid());
    let act = LookAt {
        service,
        id,
        change,
        total: chosen.len(),
    };
    let done = session.act(act, how, Some(id.to_string())).await?;
    if how.dry_run || done.body.repeated {
        return Ok((id, done));
    }
    for some_of_them in chosen.chunks(AT_ONCE) {
        let chosen = some_of_them.to_vec();
        let act = acts::Choose { id, chosen };
        session.act(act, &Submission::default(), None).await?;
    }
    Ok((id, done))
}

/// Starts or stops one that is there for the reader: what is not is there for no act, either.
pub(in crate::records) async fn act_on(
    session: &Session,
    id: MassActionId,
    act: impl Act,
    how: &Submission,
) -> Result<Answer<Written>> {
    Desk::open(session).await?.mass_action(session, id).await?;
    session.act(act, how, None).await
}

/// Whether it runs by the reader's own rights.
pub(in crate::records) fn is_own(session: &Session, action: &MassAction) -> bool {
    session.view().subject() == Subject::Person(action.runner)
}

fn too_many() -> Problem {
    let most = web::page::count(RECORDS_MAX);
    let detail = format!("a mass action is on up to {most} records: ask for fewer of them");
    Problem::conflict("too_many_records", detail).rule("SD-4")
}

async fn choose(
    session: &Session,
    mut asked: Asked,
    text: Option<&str>,
    change: &MassChange,
) -> Result<Vec<Chosen>> {
    let mut desk = Desk::open(session).await?;
    if let Some(text) = text {
        let _hurry = desk.hurry().await?;
        desk.look_for(session, &mut asked, text).await?;
    }
    // What is too much is refused before each of them is looked at.
    {
        let _hurry = desk.hurry().await?;
        if desk.is_longer(session, &asked, RECORDS_MAX).await? {
            return Err(too_many());
        }
    }
    let (mut chosen, mut after) = (Vec::new(), None);
    loop {
        let (found, mut ties) = {
            let _hurry = desk.hurry().await?;
            let found = desk.some(session, &asked, after, AT_ONCE).await?;
            let ties = store::ties(&mut desk.tx, session.account.id(), found.iter()).await;
            (found, ties.map_err(failed)?)
        };
        after = found.last().map(|last| asked.order.place(last));
        for record in &found {
            let ties = ties.remove(&record.number).unwrap_or_default();
            chosen.push(desk.foreseen(session, record, &ties, change)?);
        }
        if chosen.len() > RECORDS_MAX {
            return Err(too_many());
        }
        if found.len() < AT_ONCE {
            break;
        }
    }
    if chosen.is_empty() {
        let detail = "there is no such record: ask for others";
        return Err(Problem::conflict("no_records", detail).rule("SD-4"));
    }
    Ok(chosen)
}

/// A mass action with what became of its records.
pub(in crate::records) struct Told {
    pub action: MassAction,
    pub counts: Counts,
    /// Of whoever runs it: records that they do not see any more.
    pub unseen: usize,
}

impl Desk {
    /// Whether a list has more records than so many.
    async fn is_longer(&mut self, session: &Session, asked: &Asked, most: usize) -> Result<bool> {
        let account = session.account.id();
        let view = session.view_on(&self.state, session.now());
        let visible = view.visible_records(ManageRecord);
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        let counted = store::count(&mut self.tx, account, &visible, asked, most + 1).await;
        Ok(counted.map_err(failed)? > most)
    }

    /// What the change would make of a record now.
    fn foreseen(
        &self,
        session: &Session,
        record: &Record,
        ties: &Ties,
        change: &MassChange,
    ) -> Result<Chosen> {
        let account = session.account.id();
        let view = session.view_on(&self.state, session.now());
        let here = Here { account, view };
        let (outcome, why) = match view.permit(ManageRecord, record.facts()) {
            Err(_) => (Outcome::Skipped, Some(Why::Gone)),
            Ok(_) => {
                let seen = acts::foreseen(here, record, ties, change).map_err(failed)?;
                seen.err().unwrap_or((Outcome::Waiting, None))
            }
        };
        Ok(Chosen {
            number: record.number,
            revision: record.revision,
            outcome,
            why,
        })
    }

    /// A mass action, for whoever may run some on its service; what was only looked at is for whoever did. Everything else is not there.
    pub async fn mass_action(&mut self, session: &Session, id: MassActionId) -> Result<Told> {
        let account = session.account.id();
        let found = store::mass_action(&mut self.tx, account, id).await;
        let view = session.view_on(&self.state, session.now());
        let since = view.now().0.saturating_sub(KEPT_MS);
        let action = found.map_err(failed)?.filter(|one| {
            let is_kept = one.stage == Stage::Running || one.made_at.0 >= since;
            let is_told = one.stage != Stage::LookedAt || is_own(session, one);
            is_kept && is_told && runs_on(&view, one.service)
        });
        let action = action.ok_or_else(Problem::not_found)?;
        let visible = view.visible_records(ManageRecord);
        let counts = store::count_outcomes(&mut self.tx, account, id, &visible).await;
        let counts = counts.map_err(failed)?;
        // SD-36: whoever did not choose them is told of no record that they do not see, not even by a number.
        let is_own = is_own(session, &action);
        let unseen = match is_own {
            true => action.total.saturating_sub(counts.all()),
            false => 0,
        };
        // SD-33: tags and assignees tell of the records, and are for whoever sees one of them.
        if !is_own && counts.all() == 0 {
            return Err(Problem::not_found());
        }
        Ok(Told {
            action,
            counts,
            unseen,
        })
    }

    /// The mass actions that the reader is told of, the newest first: of those on records of which they see none they are told of their own.
    pub async fn mass_actions(&mut self, session: &Session) -> Result<Vec<MassAction>> {
        let account = session.account.id();
        let view = session.view_on(&self.state, session.now());
        let services = self.state.services().ids();
        let services: Vec<_> = services.filter(|one| runs_on(&view, *one)).collect();
        let reader = match session.view().subject() {
            Subject::Person(person) => Some(person),
            _ => None,
        };
        let since = Moment(view.now().0.saturating_sub(KEPT_MS));
        let of = (services.as_slice(), reader, since);
        let _hurry = self.hurry().await?;
        let view = session.view_on(&self.state, session.now());
        let visible = view.visible_records(ManageRecord);
        let found = store::mass_actions(&mut self.tx, account, of, &visible, TOLD_MAX).await;
        found.map_err(failed)
    }

    /// What became of its records, page by page.
    pub async fn outcomes(
        &mut self,
        session: &Session,
        id: MassActionId,
        outcome: Option<Outcome>,
        paging: &Paging,
    ) -> Result<Page<(Record, Outcome, Option<Why>)>> {
        let account = session.account.id();
        let view = session.view_on(&self.state, session.now());
        let visible = view.visible_records(ManageRecord);
        let (after, most) = (paging.after()?, paging.size + 1);
        let tx = &mut self.tx;
        let found = store::outcomes(tx, account, id, &visible, outcome, after, most).await;
        paging.cut(found.map_err(failed)?, |(record, ..)| record.number)
    }
}
