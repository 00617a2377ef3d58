//! Drives an import: rows in, changes through the engine, a report out.

use std::collections::{HashMap, HashSet, VecDeque};
use std::hash::{DefaultHasher, Hash, Hasher};

use access::event::ProfileField;
use access::{Actor, Command, CompanyId, Dense, GroupId, PersonId, PublicId, Refusal, State};
use futures_util::{StreamExt, stream};
use ledger::{
    Account, Change, Done, Field, LedgerError, Of, Options, Place, Profile, ProfileWrite,
    SubmitError, fold, fold_email,
};
use tokio::sync::mpsc;

use super::names::Names;
use super::rejects::{Reject, Rejects};
use super::row::Column;
use super::source::{self, Row};
use super::{Import, ImportError, Report};

/// Chunks that wait between the reader and the engine.
const WAITING_CHUNKS: usize = 2;
/// Chunks that are under way at once: one is written while the next is looked up.
const CHUNKS_AT_ONCE: usize = 2;

/// How far an import is.
pub type Progress<'a> = &'a (dyn Fn(u64) + Sync);

/// Runs an import as `actor`. `progress` hears how many bytes of the file are done.
pub async fn run(
    account: &Account,
    actor: Actor,
    import: &Import,
    progress: Progress<'_>,
) -> Result<Report, ImportError> {
    let mut run = Run {
        account,
        actor,
        import,
        names: Names::read(account).await?,
        seen: HashSet::new(),
        rejects: Rejects::beside(&import.file, import.rejects.as_ref()),
        report: Report::default(),
        rehearsal: import.dry_run.then(|| State::clone(&account.state())),
    };
    let (sender, mut chunks) = mpsc::channel(WAITING_CHUNKS);
    let (file, mapping) = (import.file.clone(), import.mapping.clone());
    let reader = tokio::task::spawn_blocking(move || source::read(&file, &mapping, &sender));
    let mut under_way = VecDeque::new();
    loop {
        let chunk = if under_way.len() < CHUNKS_AT_ONCE {
            chunks.recv().await
        } else {
            None
        };
        match chunk {
            Some(rows) => {
                let prepared = run.prepare(rows).await?;
                under_way.push_back(tokio::spawn(submit_all(
                    account.clone(),
                    actor,
                    prepared,
                    import.dry_run,
                )));
            }
            None => match under_way.pop_front() {
                Some(done) => run.note(done.await.map_err(|_| ImportError::Reader)??, progress)?,
                None => break,
            },
        }
    }
    reader.await.map_err(|_| ImportError::Reader)??;
    run.report.rejects = run.rejects.finish()?;
    Ok(run.report)
}

struct Run<'a> {
    account: &'a Account,
    actor: Actor,
    import: &'a Import,
    names: Names,
    /// Digests of the addresses so far: the same address twice in a file is an error of its second row.
    seen: HashSet<u64>,
    rejects: Rejects,
    report: Report,
    /// A dry run does everything to a state of its own.
    rehearsal: Option<State>,
}

/// A row on its way.
struct Prepared {
    row: Row,
    is_new: bool,
    plan: Result<Vec<Change>, Reject>,
}

/// A row that is done.
struct Finished {
    row: Row,
    is_new: bool,
    /// Whether anything changed.
    outcome: Result<bool, Reject>,
}

impl Run<'_> {
    /// Looks up who of a chunk is there, and makes changes of its rows.
    async fn prepare(&mut self, rows: Vec<Row>) -> Result<Vec<Prepared>, ImportError> {
        if self.import.create_missing && !self.import.dry_run {
            for row in &rows {
                self.create_missing(row).await?;
            }
        }
        let present = present(self.account, &rows).await?;
        let mut prepared = Vec::with_capacity(rows.len());
        for row in rows {
            let known = row
                .email()
                .ok()
                .and_then(|email| present.get(&fold_email(email)));
            let mut plan = self.plan(&row, known);
            if let (Some(state), Ok(changes)) = (&mut self.rehearsal, &plan) {
                plan = rehearse(state, self.actor, changes, self.account.now())
                    .map(|()| changes.clone());
            }
            prepared.push(Prepared {
                is_new: known.is_none(),
                row,
                plan,
            });
        }
        Ok(prepared)
    }

    fn plan(
        &mut self,
        row: &Row,
        known: Option<&(PersonId, Profile)>,
    ) -> Result<Vec<Change>, Reject> {
        let email = fold_email(row.email()?);
        let mut digest = DefaultHasher::new();
        email.hash(&mut digest);
        if !self.seen.insert(digest.finish()) {
            return Err(Reject {
                column: Some(Column::Email),
                reason: "stands in the file before".to_owned(),
            });
        }
        let state = self.account.state();
        let Some((person, profile)) = known else {
            let id = PublicId::new(self.account.engine().new_uuid());
            let enrolment = row.enrolment(id, &self.names)?;
            let (write, _) = row.profile(ProfileWrite::new(Of::public(id)), None);
            return Ok(vec![
                Change::from(Command::Enrol(Box::new(enrolment))).with_profile(write),
            ]);
        };
        let (person, id) = (*person, state.public(*person));
        let id = id.ok_or_else(|| Reject {
            column: Some(Column::Email),
            reason: "belongs to nobody any more".to_owned(),
        })?;
        let mut changes = vec![Change::from(Command::Enrol(Box::new(
            row.enrolment(id, &self.names)?,
        )))];
        let (write, fields) = row.profile(ProfileWrite::new(Of::known(person)), Some(profile));
        if !fields.is_empty() {
            let fields = fields.into_iter().filter_map(profile_field).collect();
            changes.push(Change::from(Command::EditProfile { person, fields }).with_profile(write));
        }
        Ok(changes)
    }

    /// Makes the company and the groups of a row that are not there yet.
    async fn create_missing(&mut self, row: &Row) -> Result<(), ImportError> {
        if let Some(name) = row.values.get(&Column::Company)
            && !self.names.companies.contains_key(&fold(name))
        {
            let id = PublicId::<CompanyId>::new(self.account.engine().new_uuid());
            let change = Change::from(Command::CreateCompany { id })
                .with_profile(named(Of::public(id), name));
            let made = self
                .create(change)
                .await?
                .and_then(|()| self.account.state().resolve(id));
            self.names
                .companies
                .extend(made.map(|id| (fold(name), Some(id))));
        }
        let groups = row.values.get(&Column::Groups).cloned().unwrap_or_default();
        for name in groups
            .split(';')
            .map(str::trim)
            .filter(|name| !name.is_empty())
        {
            if !self.names.groups.contains_key(&fold(name)) {
                let id = PublicId::<GroupId>::new(self.account.engine().new_uuid());
                let change = Change::from(Command::CreateGroup { id })
                    .with_profile(named(Of::public(id), name));
                let made = self
                    .create(change)
                    .await?
                    .and_then(|()| self.account.state().resolve(id));
                self.names
                    .groups
                    .extend(made.map(|id| (fold(name), Some(id))));
            }
        }
        Ok(())
    }

    /// Refused: the row that needs it will say that it is not there.
    async fn create(&mut self, change: Change) -> Result<Option<()>, ImportError> {
        match submit(self.account, self.actor, change).await {
            Ok(_) => {
                self.report.created += 1;
                Ok(Some(()))
            }
            Err(SubmitError::Refused(_)) => Ok(None),
            Err(SubmitError::Failed(error)) => Err(error.into()),
        }
    }

    fn note(&mut self, rows: Vec<Finished>, progress: Progress<'_>) -> Result<(), ImportError> {
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
                    self.rejects.add(row, reject)?;
                }
            }
        }
        if let Some(last) = rows.last() {
            progress(last.row.bytes);
        }
        Ok(())
    }
}

fn named(of: Of, name: &str) -> ProfileWrite {
    ProfileWrite::new(of).set(Field::Name, name)
}

/// Who of these rows is in the account, by folded address, with the present profile.
async fn present(
    account: &Account,
    rows: &[Row],
) -> Result<HashMap<String, (PersonId, Profile)>, LedgerError> {
    let mut reading = account.read().await?;
    let asked = rows
        .iter()
        .filter_map(|row| row.email().ok())
        .map(|email| (account.id(), fold_email(email)));
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

/// Does a row's changes to the state of a dry run.
fn rehearse(
    state: &mut State,
    actor: Actor,
    changes: &[Change],
    now: access::Moment,
) -> Result<(), Reject> {
    for change in changes {
        let (_, after) = state
            .propose_and_fork(actor, &change.command, now)
            .map_err(refused)?;
        *state = after;
    }
    Ok(())
}

async fn submit_all(
    account: Account,
    actor: Actor,
    rows: Vec<Prepared>,
    dry_run: bool,
) -> Result<Vec<Finished>, ImportError> {
    let at_once = rows.len().max(1);
    let account = &account;
    let done = stream::iter(rows).map(|Prepared { row, is_new, plan }| async move {
        let outcome = match plan {
            Err(reject) => Err(reject),
            Ok(changes) if dry_run => Ok(is_new || changes.len() > 1),
            Ok(changes) => {
                let mut changed = false;
                let mut outcome = Ok(());
                for change in changes {
                    match submit(account, actor, change).await {
                        Ok(done) => changed |= !done.proposal.events.is_empty(),
                        Err(SubmitError::Refused(refusal)) => outcome = Err(refused(refusal)),
                        Err(SubmitError::Failed(error)) => return Err(ImportError::Ledger(error)),
                    }
                }
                outcome.map(|()| changed)
            }
        };
        Ok(Finished {
            row,
            is_new,
            outcome,
        })
    });
    done.buffered(at_once)
        .collect::<Vec<_>>()
        .await
        .into_iter()
        .collect()
}

async fn submit(account: &Account, actor: Actor, change: Change) -> Result<Done, SubmitError> {
    account
        .submit(
            actor,
            change,
            Options {
                face: "import",
                ..Options::default()
            },
        )
        .await
}

fn refused(refusal: Refusal) -> Reject {
    Reject {
        column: None,
        reason: format!("{} ({})", refusal.detail, refusal.rule),
    }
}

fn profile_field(field: Field) -> Option<ProfileField> {
    match field {
        Field::Name => Some(ProfileField::Name),
        Field::Email => Some(ProfileField::Address),
        Field::Phone => Some(ProfileField::Phone),
        Field::Title => Some(ProfileField::Title),
        Field::Language => Some(ProfileField::Language),
        Field::ExternalId => Some(ProfileField::ExternalId),
        Field::Description | Field::Properties => None,
    }
}
