//! What customers do with incidents in the portal: log them, follow them, answer, close them and open them again. The same rows as at the desk,
//! behind the permissions of the portal; what is for staff is neither read nor written here (SD-32).

use std::{marker::PhantomData, sync::Arc};

use access::{
    Permit, Refusal, ServiceId, State, Subject, View,
    decide::{
        PermissionType, RecordFacts,
        permissions::{FollowByMail, LogIncident, ModifyCompanyIncidents, ViewIncident},
    },
};
use ledger::{AccountId, Act, Here, Reading, Tx, Wrote};
use web::{
    Problem, Result,
    common::Submission,
    paging::{Page, Paging},
    reply::Answer,
    session::{Session, failed},
    submit::Written,
};

use super::{
    Content, Kind, Priority, Reason, Record, RecordId, Status,
    acts::{self, Done, Found},
    checks,
    history::Change,
    notices,
    store::{
        self, ATTACHMENTS_MAX, AskedIncidents, Attachment, Incident, NewAttachment, NewNote, Note,
        Speaks,
    },
};

/// SD-14: a customer logs an incident, for themselves.
pub(super) struct Log {
    pub service: ServiceId,
    pub id: RecordId,
    pub title: String,
    pub description: String,
}

impl Act for Log {
    type Needs = LogIncident;
    const NEEDS: LogIncident = LogIncident;
    const NAME: &'static str = "log_incident";

    async fn on(&self, _: &mut Tx, _: AccountId) -> Found<ServiceId> {
        Ok(Some(self.service))
    }

    async fn apply(self, tx: &mut Tx, permit: Permit<'_, LogIncident>, here: Here<'_>) -> Done {
        let Subject::Person(me) = permit.subject() else {
            return Err(Refusal::not_found("no such customer").into());
        };
        checks::customer(&here.view, me, permit.on())?;
        let content = Content {
            title: self.title,
            description: self.description,
            // What staff decide about it is not the customer's to say (SD-32).
            priority: Priority::DEFAULT,
            status: Status::FIRST,
            reason: None,
            assignee: None,
            customer: Some(me),
            company: acts::company_now(&here.view, Some(me)),
            category: None,
        };
        let of = (self.id, Kind::Incident);
        let (_, wrote) = acts::opened(tx, here, &permit, of, content, Change::Opened).await?;
        Ok(wrote)
    }
}

/// A right by which a customer works on an incident: it is their own, in the portal (SD-14) or by mail (SD-37), or one of their company (SD-16).
pub(super) trait Right:
    PermissionType<On = RecordFacts> + Speaks + Send + Sync + 'static
{
    const RIGHT: Self;
}

impl Right for ViewIncident {
    const RIGHT: Self = ViewIncident;
}

impl Right for FollowByMail {
    const RIGHT: Self = FollowByMail;
}

impl Right for ModifyCompanyIncidents {
    const RIGHT: Self = ModifyCompanyIncidents;
}

/// What a customer does with an incident.
#[derive(Debug, Clone)]
pub(crate) enum Deed {
    /// Says something.
    Answer(String),
    /// Sends a file.
    Attach(NewAttachment),
    /// It is solved, or not wanted any more.
    Close(Reason),
    /// It was not solved, after all; perhaps with why.
    Reopen(Option<String>),
}

/// Does it by one right.
struct Work<R> {
    id: RecordId,
    deed: Deed,
    right: PhantomData<R>,
}

impl<R> Work<R> {
    fn new(id: RecordId, deed: Deed) -> Self {
        Self {
            id,
            deed,
            right: PhantomData,
        }
    }
}

impl<R: Right> Act for Work<R> {
    type Needs = R;
    const NEEDS: R = R::RIGHT;
    const NAME: &'static str = "work_on_incident";

    async fn on(&self, tx: &mut Tx, account: AccountId) -> Found<RecordFacts> {
        store::incident_facts(tx, account, self.id).await
    }

    async fn apply(self, tx: &mut Tx, permit: Permit<'_, R>, here: Here<'_>) -> Done {
        let record = store::permitted(tx, here.account, &permit, self.id).await?;
        worked(tx, here, &permit, &record, self.deed, false).await
    }
}

/// A customer does something with an incident, in the portal or by mail (SD-37).
pub(super) async fn worked<R: Right>(
    tx: &mut Tx,
    here: Here<'_>,
    permit: &Permit<'_, R>,
    record: &Record,
    deed: Deed,
    by_mail: bool,
) -> Done {
    let Outcome { text, file, to } = outcome(record.content.status, deed)?;
    if store::is_merged(tx, here.account, permit, record).await? {
        return Err(acts::merged().into());
    }
    let mut changes = Vec::new();
    let mut told = Vec::new();
    if let Some(text) = text {
        let now = here.view.now();
        let new = NewNote {
            text,
            is_public: true,
            by_mail,
        };
        let note = store::add_note(tx, here.account, permit, record, new, now).await?;
        changes.push(match by_mail {
            true => Change::AnsweredByMail,
            false => Change::Answered,
        });
        told = notices::to_staff(tx, here, record, Some(note)).await?;
    }
    if let Some(file) = file {
        let present = store::count_files(tx, here.account, record, true).await?;
        if present >= ATTACHMENTS_MAX {
            let detail = format!("an incident has {ATTACHMENTS_MAX} files of customers at most");
            return Err(Refusal::conflict("SD-14", "too_many_files", detail).into());
        }
        let now = here.view.now();
        store::attach(tx, here.account, permit, record, file, now).await?;
        changes.push(Change::Attached { public: true });
        told.extend(notices::to_staff(tx, here, record, None).await?);
    }
    if let Some(to) = to {
        let (account, now) = (here.account, here.view.now());
        store::set_status(tx, account, permit, record, to, now).await?;
        let (from, (to, reason)) = (record.content.status, to);
        changes.push(Change::Status { from, to, reason });
        // SD-30: the clock goes on, or ends, whoever it is that moves it.
        let mut content = record.content.clone();
        content.status = to;
        let targets = store::targets(tx, account, record.service).await?;
        let deadlines = acts::moved(record, &content, &targets, now, &mut changes);
        store::write_deadlines(tx, account, permit, record.number, &deadlines).await?;
    }
    acts::remember(tx, here, record.number, &changes).await?;
    Ok(Wrote::telling(told))
}

/// What is said or sent, and where the incident goes.
struct Outcome {
    text: Option<String>,
    file: Option<NewAttachment>,
    to: Option<(Status, Option<Reason>)>,
}

fn outcome(now: Status, deed: Deed) -> std::result::Result<Outcome, Refusal> {
    let refused = |detail| Err(Refusal::conflict("SD-14", "not_next", detail));
    // What is resolved is open again: who answers has more to say, and among what is done nobody would look for it.
    let goes_on = matches!(now, Status::WaitingForCustomer | Status::Resolved);
    let goes_on = goes_on.then_some((Status::InProgress, None));
    let (mut text, mut file) = (None, None);
    let to = match deed {
        Deed::Answer(_) if now == Status::Closed => {
            return refused("the incident is closed: open it again to say more");
        }
        Deed::Answer(said) => {
            text = Some(said);
            goes_on
        }
        Deed::Attach(_) if now == Status::Closed => {
            return refused("the incident is closed: open it again to send a file");
        }
        Deed::Attach(sent) => {
            file = Some(sent);
            goes_on
        }
        Deed::Close(_) if now == Status::Closed => {
            return refused("the incident is closed already");
        }
        Deed::Close(reason) => Some((Status::Closed, Some(reason))),
        Deed::Reopen(_) if now.is_open() => return refused("the incident is open already"),
        Deed::Reopen(why) => {
            text = why;
            Some((Status::InProgress, None))
        }
    };
    Ok(Outcome { text, file, to })
}

/// Whether somebody may work on an incident: by which right is asked where they do.
pub(crate) fn may_work_on(view: &View<'_>, incident: &Incident) -> bool {
    let facts = incident.facts();
    view.permit(ViewIncident, facts).is_ok() || view.permit(ModifyCompanyIncidents, facts).is_ok()
}

/// Logs an incident; what was typed was looked at.
pub(crate) async fn log(
    session: &Session,
    service: ServiceId,
    (title, description): (String, String),
    how: &Submission,
) -> Result<(RecordId, Answer<Written>)> {
    let id = RecordId(session.account.engine().new_uuid());
    let log = Log {
        service,
        id,
        title,
        description,
    };
    let done = session.act(log, how, Some(id.to_string())).await?;
    Ok((id, done))
}

/// Does something with an incident that the portal shows to the caller; every other one is not there.
pub(crate) async fn work(
    session: &Session,
    id: RecordId,
    deed: Deed,
    how: &Submission,
) -> Result<Answer<Written>> {
    let made = match &deed {
        Deed::Attach(file) => Some(file.id.to_string()),
        Deed::Answer(_) | Deed::Close(_) | Deed::Reopen(_) => None,
    };
    let incident = Incidents::open(session)
        .await?
        .incident(session, id)
        .await?;
    let is_own = session.view().permit(ViewIncident, incident.facts());
    if is_own.is_ok() {
        let own = Work::<ViewIncident>::new(id, deed);
        return session.act(own, how, made).await;
    }
    let ours = Work::<ModifyCompanyIncidents>::new(id, deed);
    session.act(ours, how, made).await
}

/// What a read goes by: one moment of the rows, and what the portal shows at it.
pub(crate) struct Incidents {
    state: Arc<State>,
    pub(super) tx: Tx,
}

impl Incidents {
    pub async fn open(session: &Session) -> Result<Self> {
        let Reading { state, tx } = session.account.read().await.map_err(failed)?;
        Ok(Self { state, tx })
    }

    /// One page of a list.
    pub async fn page(
        &mut self,
        session: &Session,
        paging: &Paging,
        asked: &AskedIncidents,
    ) -> Result<Page<Incident>> {
        let before = paging.after::<i64>()?;
        let (tx, account) = (&mut self.tx, session.account.id());
        let view = session.view_on(&self.state, session.now());
        let (visible, most) = (view.visible_incidents(), paging.size + 1);
        let found = store::list_incidents(tx, account, &visible, asked, before, most).await;
        paging.cut(found.map_err(failed)?, |incident| incident.number)
    }

    /// How many there are, up to a bound.
    pub async fn count(&mut self, session: &Session, asked: &AskedIncidents) -> Result<i64> {
        let (tx, account) = (&mut self.tx, session.account.id());
        let view = session.view_on(&self.state, session.now());
        let found = store::count_incidents(tx, account, &view.visible_incidents(), asked).await;
        found.map_err(failed)
    }

    /// One that the portal shows to the caller; everything else is not there.
    pub async fn incident(&mut self, session: &Session, id: RecordId) -> Result<Incident> {
        let view = session.view_on(&self.state, session.now());
        let visible = view.visible_incidents();
        let found = store::incident(&mut self.tx, session.account.id(), &visible, id).await;
        found.map_err(failed)?.ok_or_else(Problem::not_found)
    }

    /// What was said to it, the oldest first: no internal note.
    pub async fn answers(&mut self, session: &Session, of: &Incident) -> Result<Vec<Note>> {
        let found = store::answers(&mut self.tx, session.account.id(), of).await;
        found.map_err(failed)
    }

    /// The files that its customer may have, the newest first: no internal one.
    pub async fn attachments(
        &mut self,
        session: &Session,
        of: &Incident,
    ) -> Result<Vec<Attachment>> {
        let account = session.account.id();
        let found = store::attachments_for_customers(&mut self.tx, account, of).await;
        found.map_err(failed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // SD-14, and the life of an incident: whatever a customer does leads where staff could lead it.
    #[test]
    fn a_deed_leads_only_where_the_life_of_an_incident_leads() {
        let deeds = [
            Deed::Answer("Hello".to_owned()),
            Deed::Close(Reason::Solved),
            Deed::Close(Reason::Withdrawn),
            Deed::Reopen(None),
        ];
        for state in Kind::Incident.life() {
            for deed in deeds.clone() {
                let Ok(Outcome { to, .. }) = outcome(state.status, deed.clone()) else {
                    continue;
                };
                let Some((to, reason)) = to else {
                    continue;
                };
                assert!(state.next.contains(&to), "{:?} {deed:?}", state.status);
                assert_eq!(reason.is_some(), to == Status::Closed);
            }
        }
    }
}
