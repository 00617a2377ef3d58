//! Saved queries: what somebody asks of the list of records again and again, under a name. They keep the list's own question and what is looked
//! for, and no record: whoever opens one sees what they may see (SD-5). They are somebody's own, and go with them (SD-26).

mod page;
mod rest;

use access::{
    GroupId, Permit, PersonId, Refusal, ServiceId, Subject,
    decide::{RecordFacts, permissions::ManageRecord},
    explain::words::Name,
    state::{Facet, Life},
};
use ledger::{AccountId, Act, Here, SubmitError, Tx, Wrote};
use web::{
    Problem, Result,
    route::Route,
    session::{Session, failed},
    values,
};

use super::{
    QueryId,
    acts::{Done, Found},
    desk::Desk,
    question::{Question, groups},
    store::{self, QUERIES_MAX, SHARES_MAX},
};

/// Characters of a name.
const NAME_CHARS_MAX: usize = 80;
/// Characters of what is looked for.
const WORDS_CHARS_MAX: usize = 200;
/// What is said where a name cannot be kept.
const NAME_WANTED: &str = "give a name of up to 80 characters, on one line";

pub(super) use self::page::address;

pub(super) fn routes() -> Vec<Route> {
    [rest::routes(), page::routes()]
        .into_iter()
        .flatten()
        .collect()
}

/// A question with its words, kept by somebody under a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SavedQuery {
    pub id: QueryId,
    pub owner: PersonId,
    pub name: String,
    /// As the address of a list has it.
    pub question: String,
    /// What is looked for, if anything is; empty where it was the name of somebody who is erased (SD-26).
    pub words: Option<String>,
}

/// Whom a query is shared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Holder {
    User(PersonId),
    Group(GroupId),
}

impl Holder {
    pub fn name(self) -> Name {
        match self {
            Holder::User(person) => Name::Person(person),
            Holder::Group(group) => Name::Group(group),
        }
    }
}

impl SavedQuery {
    /// Its name to be read and followed, also where it was the name of somebody who is erased (SD-26).
    pub fn title(&self) -> &str {
        match self.name.as_str() {
            "" => "A query without a name",
            name => name,
        }
    }

    /// Whether what was looked for is not known any more (SD-26).
    pub fn is_blanked(&self) -> bool {
        let words = self.words.as_deref();
        words.is_some_and(|words| words.trim().is_empty())
    }

    pub fn question(&self) -> Result<Question> {
        Question::of_text(&self.question)
    }
}

/// A name as it is kept.
fn name(text: &str) -> Option<String> {
    let name = values::name(text).ok()?;
    (text.chars().count() <= NAME_CHARS_MAX).then(|| name.to_owned())
}

/// What is looked for, as it is kept.
fn words(text: &str) -> Option<String> {
    let words: String = text.trim().chars().take(WORDS_CHARS_MAX).collect();
    (!words.is_empty()).then_some(words)
}

/// A question as it is kept: one that the list takes from whoever keeps it.
fn question(session: &Session, text: &str) -> Result<String> {
    let question = Question::of_text(text)?;
    question.asked(session)?;
    Ok(question.text())
}

/// A service that the reader works on: queries are kept and shared by those who work on records. For whoever works on none there is nothing.
pub(super) fn place(session: &Session) -> Result<ServiceId> {
    let view = session.view();
    let visible = view.visible_records(ManageRecord);
    let first = visible.services().first().copied();
    first.ok_or_else(Problem::not_found)
}

fn of_service(service: ServiceId) -> RecordFacts {
    RecordFacts {
        service,
        customer: None,
        company: None,
    }
}

/// Whose queries an act is about: those of whoever does it, and nobody else's.
fn oneself(permit: &Permit<'_, ManageRecord>) -> std::result::Result<PersonId, Refusal> {
    match permit.subject() {
        Subject::Person(person) => Ok(person),
        _ => Err(no_such_query()),
    }
}

fn no_such_query() -> Refusal {
    Refusal::not_found("no such query")
}

/// One's own query; one that is shared with somebody is not theirs to change.
async fn own(
    tx: &mut Tx,
    here: Here<'_>,
    permit: &Permit<'_, ManageRecord>,
    id: QueryId,
) -> std::result::Result<SavedQuery, SubmitError> {
    let me = oneself(permit)?;
    let found = store::query(tx, here.account, me, &[], id).await?;
    let own = found.filter(|query| query.owner == me);
    own.ok_or_else(|| no_such_query().into())
}

/// A query is kept.
pub(super) struct SaveQuery {
    /// Where whoever keeps it works.
    pub on: ServiceId,
    pub id: QueryId,
    pub name: String,
    pub question: String,
    pub words: Option<String>,
}

impl Act for SaveQuery {
    type Needs = ManageRecord;
    const NEEDS: ManageRecord = ManageRecord;
    const NAME: &'static str = "save_query";

    async fn on(&self, _: &mut Tx, _: AccountId) -> Found<RecordFacts> {
        Ok(Some(of_service(self.on)))
    }

    async fn apply(self, tx: &mut Tx, permit: Permit<'_, ManageRecord>, here: Here<'_>) -> Done {
        let owner = oneself(&permit)?;
        let kept = store::own_queries(tx, here.account, owner).await?;
        if kept.len() >= QUERIES_MAX {
            let detail = format!("you keep {QUERIES_MAX} queries at most: delete one first");
            return Err(Refusal::conflict("SD-3", "too_many_queries", detail).into());
        }
        let query = SavedQuery {
            id: self.id,
            owner,
            name: self.name,
            question: self.question,
            words: self.words,
        };
        store::write_query(tx, here.account, &permit, query).await?;
        Ok(Wrote::ROWS)
    }
}

/// Another name, or another question with its words.
pub(super) struct ChangeQuery {
    pub on: ServiceId,
    pub id: QueryId,
    pub name: Option<String>,
    pub asks: Option<(String, Option<String>)>,
}

impl Act for ChangeQuery {
    type Needs = ManageRecord;
    const NEEDS: ManageRecord = ManageRecord;
    const NAME: &'static str = "change_query";

    async fn on(&self, _: &mut Tx, _: AccountId) -> Found<RecordFacts> {
        Ok(Some(of_service(self.on)))
    }

    async fn apply(self, tx: &mut Tx, permit: Permit<'_, ManageRecord>, here: Here<'_>) -> Done {
        let there = own(tx, here, &permit, self.id).await?;
        let mut query = there.clone();
        if let Some(name) = self.name {
            query.name = name;
        }
        if let Some((question, words)) = self.asks {
            // SD-26: without the words that were blanked the same question would find everything.
            let is_blanked = there.is_blanked() && words.is_none() && question == there.question;
            query.question = question;
            if !is_blanked {
                query.words = words;
            }
        }
        if query == there {
            return Ok(Wrote::default());
        }
        store::write_query(tx, here.account, &permit, query).await?;
        Ok(Wrote::ROWS)
    }
}

/// It is kept no more.
pub(super) struct RemoveQuery {
    pub on: ServiceId,
    pub id: QueryId,
}

impl Act for RemoveQuery {
    type Needs = ManageRecord;
    const NEEDS: ManageRecord = ManageRecord;
    const NAME: &'static str = "remove_query";

    async fn on(&self, _: &mut Tx, _: AccountId) -> Found<RecordFacts> {
        Ok(Some(of_service(self.on)))
    }

    async fn apply(self, tx: &mut Tx, permit: Permit<'_, ManageRecord>, here: Here<'_>) -> Done {
        let query = own(tx, here, &permit, self.id).await?;
        store::remove_query(tx, here.account, &permit, &query).await?;
        Ok(Wrote::ROWS)
    }
}

/// It is shared with a user or a group, or not any more. Sharing gives nobody access: it shows a question.
pub(super) struct ShareQuery {
    pub on: ServiceId,
    pub id: QueryId,
    pub with: Holder,
    pub is: bool,
}

impl Act for ShareQuery {
    type Needs = ManageRecord;
    const NEEDS: ManageRecord = ManageRecord;
    const NAME: &'static str = "share_query";

    async fn on(&self, _: &mut Tx, _: AccountId) -> Found<RecordFacts> {
        Ok(Some(of_service(self.on)))
    }

    async fn apply(self, tx: &mut Tx, permit: Permit<'_, ManageRecord>, here: Here<'_>) -> Done {
        let query = own(tx, here, &permit, self.id).await?;
        let holders = store::holders(tx, here.account, &query).await?;
        let (with, is) = (self.with, self.is);
        if holders.contains(&with) == is {
            return Ok(Wrote::default());
        }
        if is {
            // SD-35: among those whom the owner sees, or works with.
            let view = &here.view;
            let is_known = match with {
                Holder::User(person) => view.sees_as_user(person) || view.works_with(person),
                Holder::Group(group) => view.sees(group),
            };
            if !is_known {
                return Err(Refusal::not_found("no such user or group").into());
            }
            if holders.len() >= SHARES_MAX {
                let detail =
                    format!("a query is shared with {SHARES_MAX} users and groups at most");
                return Err(Refusal::conflict("SD-3", "too_many_shares", detail).into());
            }
        }
        store::share(tx, here.account, &permit, &query, with, is).await?;
        Ok(Wrote::ROWS)
    }
}

impl Desk {
    /// The queries of the reader and those that are shared with them, each in the order of their names. Whoever views as somebody else has
    /// none (AD-27).
    pub async fn queries(
        &mut self,
        session: &Session,
    ) -> Result<(Vec<SavedQuery>, Vec<SavedQuery>)> {
        let Ok(me) = session.owner() else {
            return Ok((Vec::new(), Vec::new()));
        };
        let account = session.account.id();
        let own = store::own_queries(&mut self.tx, account, me).await;
        let groups = active_groups(session, me);
        let shared = store::shared_queries(&mut self.tx, account, me, &groups).await;
        let (mut own, mut shared) = (own.map_err(failed)?, shared.map_err(failed)?);
        shared.retain(|query| is_shown(session, query));
        own.sort_by_cached_key(|query| ledger::fold(query.title()));
        shared.sort_by_cached_key(|query| ledger::fold(query.title()));
        Ok((own, shared))
    }

    /// One that is the reader's own, or shared with them.
    pub async fn query(&mut self, session: &Session, id: QueryId) -> Result<SavedQuery> {
        let me = session.owner()?;
        let groups = active_groups(session, me);
        let found = store::query(&mut self.tx, session.account.id(), me, &groups, id).await;
        let found = found.map_err(failed)?;
        let found = found.filter(|query| query.owner == me || is_shown(session, query));
        found.ok_or_else(Problem::not_found)
    }

    /// One that is the reader's own.
    pub async fn own_query(&mut self, session: &Session, id: QueryId) -> Result<SavedQuery> {
        let query = self.query(session, id).await?;
        match query.owner == session.owner()? {
            true => Ok(query),
            false => Err(Problem::not_found()),
        }
    }

    /// Whom it is shared with: those who are users and groups still.
    pub async fn holders(&mut self, session: &Session, of: &SavedQuery) -> Result<Vec<Holder>> {
        let found = store::holders(&mut self.tx, session.account.id(), of).await;
        let state = session.state();
        let is_there = |one: &Holder| match *one {
            Holder::User(person) => {
                let row = state.people().get(person);
                row.is_some_and(|row| row.is_user())
            }
            Holder::Group(group) => {
                let row = state.groups().get(group);
                row.is_some_and(|row| row.life != Life::Deleted)
            }
        };
        Ok(found
            .map_err(failed)?
            .into_iter()
            .filter(is_there)
            .collect())
    }
}

/// The groups of somebody that give something: an archived one shows nothing any more (AD-25).
fn active_groups(session: &Session, of: PersonId) -> Vec<GroupId> {
    let mut groups = groups(session, of);
    let rows = session.state().groups();
    groups.retain(|group| rows.get(*group).is_some_and(|row| row.life.is_active()));
    groups
}

/// What somebody shares is there for as long as they are a user.
fn is_shown(session: &Session, query: &SavedQuery) -> bool {
    session.not_active(query.owner, Facet::User).is_none()
}
