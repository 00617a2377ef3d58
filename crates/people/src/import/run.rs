//! Drives an import: rows in, changes through the engine, a report out.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, VecDeque};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use access::command::Enrolment;
use access::event::ProfileField;
use access::state::{Facet, Person, Resolve};
use access::{Actor, Command, CompanyId, Dense, Event, GroupId, PersonId, PublicId, State};
use ledger::{
    Account, Change, Field, LedgerError, Of, Place, Profile, ProfileWrite, SubmitError, fold_email,
};
use tokio::sync::mpsc;

use super::by::By;
use super::column::Column;
use super::item;
use super::names::Names;
use super::rejects::{Reject, Rejects};
use super::row::Parsed;
use super::source::{self, Row};
use super::submit::{
    Enrolled, Finished, Plan, Prepared, Stop, Submitted, invited, refused, submit, submit_all,
};
use super::{Import, ImportError, Report};
use crate::vouch::OPERATOR;

/// Chunks that wait between the reader and the engine.
const WAITING_CHUNKS: usize = 2;
/// Chunks that are under way at once: one is written while the next is looked up.
const CHUNKS_AT_ONCE: usize = 2;

/// Events of a dry run that are kept, to say who would gain and lose by them; beyond, it is said that there is more.
const EVENTS: usize = 100_000;
/// Rows after which others get a turn.
const TURN: usize = 64;

/// How far an import is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reached {
    /// Rows that are done.
    pub rows: u64,
    /// Bytes of the file that were read for them.
    pub bytes: u64,
}

/// Hears how far an import is.
pub type Progress<'a> = &'a (dyn Fn(Reached) + Sync);

/// Runs an import.
pub async fn run(
    account: &Account,
    by: impl Into<By>,
    import: &Import,
    progress: Progress<'_>,
) -> Result<Report, ImportError> {
    let by = by.into();
    let before = account.state();
    let mut run = Run {
        account,
        import,
        names: Names::read(account, by.sight).await?,
        seen: HashMap::new(),
        rejects: Rejects::of(import)?,
        report: Report::default(),
        rehearsal: import.dry_run.then(|| State::clone(&before)),
        events: Vec::new(),
        stop: None,
        by,
    };
    let (sender, mut chunks) = mpsc::channel(WAITING_CHUNKS);
    let asked = import.clone();
    let reader = tokio::task::spawn_blocking(move || source::read(&asked, &sender));
    let mut under_way = VecDeque::new();
    loop {
        let chunk = if run.stop.is_none() && under_way.len() < CHUNKS_AT_ONCE {
            chunks.recv().await
        } else {
            None
        };
        match chunk {
            Some(rows) => {
                let first = rows.first().map_or(0, |row| row.line);
                if run.by.is_stopped() {
                    run.stop_at(first, ImportError::Stopped);
                    continue;
                }
                match run.prepare(rows).await {
                    Ok(prepared) => {
                        let done = submit_all(account.clone(), run.by.clone(), prepared);
                        let done = tokio::spawn(done);
                        under_way.push_back((first, done));
                    }
                    Err(error) => run.stop_at(first, error),
                }
            }
            // Also after a stop: what is on its way counts.
            None => match under_way.pop_front() {
                Some((first, done)) => match done.await {
                    Ok(submitted) => run.note(submitted, progress),
                    Err(_) => run.stop_at(first, ImportError::Unexpected),
                },
                None => break,
            },
        }
    }
    // The reader hears that nobody wants more.
    drop(chunks);
    let read = reader.await.unwrap_or(Err(ImportError::Unexpected));
    run.weigh(before).await?;
    run.finish(read)
}

struct Run<'a> {
    account: &'a Account,
    by: By,
    import: &'a Import,
    names: Names,
    /// Digests of the addresses so far, with their lines: the same address twice in a file is an error of its second row.
    seen: HashMap<u64, u64>,
    rejects: Rejects<'a>,
    report: Report,
    /// A dry run does everything to a state of its own.
    rehearsal: Option<State>,
    /// What a dry run led to, as much of it as is kept.
    events: Vec<Event>,
    /// Why the import ends before its last row: of the first row that was not done.
    stop: Option<Stop>,
}

impl Run<'_> {
    /// Looks up who of a chunk is there, and makes changes of its rows.
    async fn prepare(&mut self, rows: Vec<Row>) -> Result<Vec<Prepared>, ImportError> {
        let addresses: Vec<_> = rows.iter().map(|row| row.email().map(fold_email)).collect();
        let present = present(self.account, addresses.iter().flatten()).await?;
        let state = self.account.state();
        let view = self.by.sight;
        let view = view.map(|subject| state.view(subject, self.account.now()));
        let mut prepared = Vec::with_capacity(rows.len());
        for (at, (row, address)) in rows.into_iter().zip(addresses).enumerate() {
            if at % TURN == TURN - 1 {
                tokio::task::yield_now().await;
            }
            if self.by.is_stopped() {
                return Err(ImportError::Stopped);
            }
            let known = address.as_ref().ok().and_then(|email| present.get(email));
            // Of whom one may not know, one is not told what they are, nor whether a value is theirs already (AD-10).
            let is_told = |person| view.is_none_or(|view| view.sees(person));
            let known = known.map(|(person, profile)| Known {
                person: *person,
                profile,
                is_told: is_told(*person),
            });
            let told = known.filter(|known| known.is_told);
            let present_row = told.and_then(|known| state.people().get(known.person));
            let admitted = self.admit(&row, address, present_row);
            if self.import.create_missing && admitted.is_ok() {
                self.create_missing(&row).await?;
            }
            let plan = admitted
                .and_then(|()| self.plan(&row, known, present_row))
                .and_then(|change| self.rehearse(change));
            prepared.push(Prepared {
                is_new: known.is_none(),
                row,
                plan,
            });
        }
        Ok(prepared)
    }

    /// Whether the row can be read, and its person did not come before.
    fn admit(
        &mut self,
        row: &Row,
        address: Parsed<String>,
        known: Option<&Person>,
    ) -> Result<(), Reject> {
        if let Some(flaw) = &row.flaw {
            return Err(flaw.reject.clone());
        }
        let address = address?;
        row.check(known)?;
        let mut digest = DefaultHasher::new();
        address.hash(&mut digest);
        match self.seen.entry(digest.finish()) {
            Entry::Vacant(free) => {
                free.insert(row.line);
                Ok(())
            }
            Entry::Occupied(before) => Err(Reject {
                column: Some(Column::Email),
                reason: format!("stands in line {} already", before.get()),
            }),
        }
    }

    fn plan(
        &self,
        row: &Row,
        known: Option<Known<'_>>,
        present_row: Option<&Person>,
    ) -> Result<Enrolled, Reject> {
        let Some(Known {
            person,
            profile,
            is_told,
        }) = known
        else {
            let id = PublicId::new(self.account.engine().new_uuid());
            let enrolment = row.enrolment(id, None, &self.names)?;
            let write = ProfileWrite::new(Of::public(id));
            let invited = becomes_user(&enrolment).then_some(Of::public(id));
            return self.invite(self.enrol(enrolment, write, row.profile()), invited);
        };
        let state = self.account.state();
        let gone = || Reject {
            column: Some(Column::Email),
            reason: "belongs to nobody any more".to_owned(),
        };
        let id = state.public(person).ok_or_else(gone)?;
        let mut enrolment = row.enrolment(id, present_row, &self.names)?;
        // People are recognised by their address: another spelling of it is no other address.
        let changed: Vec<_> = row
            .profile()
            .filter(|(field, _, value)| {
                *field != Field::Email && !(is_told && profile.get(*field) == Some(value))
            })
            .collect();
        enrolment.fields = changed.iter().map(|(_, logged, _)| *logged).collect();
        let write = ProfileWrite::new(Of::known(person));
        let was_user = state.people().get(person).is_some_and(Person::is_user);
        let invited = (becomes_user(&enrolment) && !was_user).then_some(Of::known(person));
        self.invite(self.enrol(enrolment, write, changed.into_iter()), invited)
    }

    /// With a link for who becomes a user by the row, where that is asked for.
    fn invite(&self, mut row: Enrolled, whom: Option<Of>) -> Result<Enrolled, Reject> {
        let is_sent = self.import.send_invitations && !self.import.dry_run;
        let Some(of) = whom.filter(|_| is_sent) else {
            return Ok(row);
        };
        let made = mail::invitation(self.account, of, Facet::User);
        let (link, mail) = made.map_err(|error| Reject {
            column: None,
            reason: error.to_string(),
        })?;
        row.change = row.change.with_secret(link).with_mail(mail);
        Ok(row)
    }

    /// One command for the whole row, so that it is applied whole or not at all.
    fn enrol<'a>(
        &self,
        enrolment: Enrolment,
        write: ProfileWrite,
        values: impl Iterator<Item = (Field, ProfileField, &'a str)>,
    ) -> Enrolled {
        let is_vouched = self.import.accept_invitations && enrolment.user;
        let vouched = is_vouched.then_some(enrolment.id);
        let write = values.fold(write, |write, (field, _, value)| write.set(field, value));
        let mut change = Change::from(Command::Enrol(Box::new(enrolment)));
        if !write.fields.is_empty() {
            change = change.with_profile(write);
        }
        Enrolled { change, vouched }
    }

    /// A dry run does the change to its state, and is done with it.
    fn rehearse(&mut self, row: Enrolled) -> Result<Plan, Reject> {
        let wants_proof = row.change.command.wants_proof();
        self.report.proofs += u64::from(wants_proof);
        if self.rehearsal.is_none() {
            if wants_proof && !self.by.is_proved {
                return Err(Reject {
                    column: None,
                    reason: "gives administration, and your password was not asked for lately: import again, and give it first".to_owned(),
                });
            }
            return Ok(Plan::Submit(Box::new(row)));
        }
        let vouched = row.vouched;
        let mut changed = self.rehearse_as(self.by.actor, &row.change.command)?;
        if let Some(person) = vouched.and_then(|id| invited(self.rehearsal.as_ref()?, id)) {
            changed |= self.rehearse_as(OPERATOR, &Command::AcceptInvitation { person })?;
        }
        Ok(Plan::Rehearsed { changed })
    }

    /// Does a command to the state of the dry run; whether anything changes by it.
    fn rehearse_as(&mut self, actor: Actor, command: &Command) -> Result<bool, Reject> {
        let Some(state) = &mut self.rehearsal else {
            return Ok(false);
        };
        let (proposal, after) = state
            .propose_and_fork(actor, command, self.account.now())
            .map_err(refused)?;
        *state = after;
        let changed = !proposal.events.is_empty();
        if self.by.sight.is_some() && self.events.len() <= EVENTS {
            self.events.extend(proposal.events);
        }
        Ok(changed)
    }

    /// Says who would gain and lose access by the dry run.
    async fn weigh(&mut self, before: Arc<State>) -> Result<(), ImportError> {
        let (Some(after), Some(_)) = (self.rehearsal.take(), self.by.sight) else {
            return Ok(());
        };
        let (events, actor, now) = (
            std::mem::take(&mut self.events),
            self.by.actor,
            self.account.now(),
        );
        let is_cut = events.len() > EVENTS;
        let weighing =
            tokio::task::spawn_blocking(move || before.balance(&after, &events, actor, now));
        let mut balance = weighing.await.map_err(|_| ImportError::Unexpected)?;
        balance.complete &= !is_cut;
        self.report.balance = Some(balance);
        Ok(())
    }

    /// Makes the company and the groups of a row that are not there yet.
    async fn create_missing(&mut self, row: &Row) -> Result<(), ImportError> {
        if let Some(name) = row.values.get(&Column::Company)
            && name != item::NONE
            && self.names.companies.lacks(name)
        {
            let id = PublicId::<CompanyId>::new(self.account.engine().new_uuid());
            let change = Change::from(Command::CreateCompany { id })
                .with_profile(named(Of::public(id), name));
            if let Some(id) = self.create(id, change).await? {
                self.names.companies.add(name, id);
            }
        }
        for name in row.list(Column::Groups) {
            let (name, _) = item::read(name);
            if self.names.groups.lacks(name) {
                let id = PublicId::<GroupId>::new(self.account.engine().new_uuid());
                let change = Change::from(Command::CreateGroup { id })
                    .with_profile(named(Of::public(id), name));
                if let Some(id) = self.create(id, change).await? {
                    self.names.groups.add(name, id);
                }
            }
        }
        Ok(())
    }

    /// Refused: the row that needs it will say that it is not there.
    async fn create<K: Resolve>(
        &mut self,
        id: PublicId<K>,
        change: Change,
    ) -> Result<Option<K>, ImportError> {
        let made = match &self.rehearsal {
            Some(_) => {
                let made = self.rehearse_as(self.by.actor, &change.command);
                let state = self.rehearsal.as_ref().filter(|_| made.is_ok());
                state.and_then(|state| state.resolve(id))
            }
            None => match submit(self.account, self.by.actor, change).await {
                Ok(_) => self.account.state().resolve(id),
                Err(SubmitError::Refused(_)) => None,
                Err(SubmitError::Failed(error)) => return Err(error.into()),
            },
        };
        self.report.created += u64::from(made.is_some());
        Ok(made)
    }

    fn note(&mut self, submitted: Submitted, progress: Progress<'_>) {
        let rows = submitted.finished;
        for Finished {
            row,
            is_new,
            outcome,
        } in &rows
        {
            self.report.rows += 1;
            match outcome {
                Ok(true) if *is_new => self.report.added += 1,
                Ok(true) => self.report.changed += 1,
                Ok(false) => self.report.unchanged += 1,
                Err(reject) => {
                    self.report.rejected += 1;
                    if let Err(error) = self.rejects.add(row, reject) {
                        self.stop_at(row.line, error);
                    }
                }
            }
        }
        if let Some(last) = rows.last() {
            progress(Reached {
                rows: self.report.rows,
                bytes: last.row.bytes,
            });
        }
        if let Some(Stop { line, error }) = submitted.stop {
            self.stop_at(line, error);
        }
    }

    /// Takes no further rows. Where chunks that were under way together stop, the first line counts.
    fn stop_at(&mut self, line: u64, error: ImportError) {
        if self.stop.as_ref().is_none_or(|stop| line < stop.line) {
            self.stop = Some(Stop { line, error });
        }
    }

    /// What was done is always told, also where the import ended early.
    fn finish(mut self, read: Result<Vec<String>, ImportError>) -> Result<Report, ImportError> {
        let mut ended = match self.stop.take() {
            Some(Stop { line, error }) => Err(ImportError::Row {
                line,
                source: Box::new(error),
            }),
            None => Ok(()),
        };
        match self.rejects.finish() {
            Ok(rejects) => self.report.rejects = rejects,
            Err(error) => ended = ended.and(Err(error)),
        }
        match read {
            Ok(ignored) => self.report.ignored_columns = ignored,
            Err(error) => ended = ended.and(Err(error)),
        }
        match ended {
            Ok(()) => Ok(self.report),
            // A header that does not fit, a file that is not there: nothing was begun.
            Err(error) if self.report == Report::default() && !error.is_of_a_row() => Err(error),
            Err(error) => Err(ImportError::Middle {
                report: Box::new(self.report),
                source: Box::new(error),
            }),
        }
    }
}

/// Somebody who has the address of a row.
#[derive(Clone, Copy)]
struct Known<'p> {
    person: PersonId,
    profile: &'p Profile,
    /// Whether whoever imports may know of them.
    is_told: bool,
}

/// Whether the row makes a user who is to come: whoever comes switched off is sent no link (AD-24).
fn becomes_user(enrolment: &Enrolment) -> bool {
    enrolment.user && !enrolment.deactivated.contains(&Facet::User)
}

fn named(of: Of, name: &str) -> ProfileWrite {
    ProfileWrite::new(of).set(Field::Name, name)
}

/// Who has these folded addresses in the account, with the present profile.
async fn present(
    account: &Account,
    addresses: impl Iterator<Item = &String>,
) -> Result<HashMap<String, (PersonId, Profile)>, LedgerError> {
    let mut reading = account.read().await?;
    let asked = addresses.map(|address| (account.id(), address.clone()));
    let holders = ledger::read_emails(&mut reading.tx, asked).await?;
    let people: HashMap<u32, String> = holders
        .into_iter()
        .map(|((_, email), person)| (person, email))
        .collect();
    let places = people
        .keys()
        .filter_map(|person| PersonId::from_number(*person))
        .map(|id| (account.id(), Place::of(id)));
    let profiles = ledger::read_profiles(&mut reading.tx, places).await?;
    let by_email = profiles.into_iter().filter_map(|((_, place), _, profile)| {
        Some((
            people.get(&place.entity)?.clone(),
            (PersonId::from_number(place.entity)?, profile),
        ))
    });
    Ok(by_email.collect())
}
