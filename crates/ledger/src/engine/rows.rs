//! Rows on their way into the database: what a stretch of a batch leaves behind, written with one statement per table while
//! the batch goes on with its next acts.

use std::collections::{BTreeMap, BTreeSet};

use access::event::{Node, ProfileField, ProviderStep};
use access::state::Life;
use access::{ConnectionId, Dense, Event, Moment, PersonId};
use uuid::Uuid;

use super::links::Links;
use super::pending::Draft;
use crate::database::Tx;
use crate::dialect::{Bulk, BulkTable, Column};
use crate::erase::ERASURES;
use crate::error::{LedgerError, Result};
use crate::keyed::DENYLIST;
use crate::log::{self, AccountId};
use crate::person_row::{PERSON_ROW, PERSON_ROW_WITH_KEYS};
use crate::profile::{
    EMAIL_KEYS, EMAILS, PLACES, PROFILES, Place, REWRITTEN_PROFILES, SEARCH_KEYS,
};
use crate::sign_in::{
    self, CREDENTIAL_KEYS, CREDENTIALS, CREDENTIALS_OF, CREDENTIALS_OF_KIND, CredentialKind,
    Ending, NewCredential, SignInFact,
};
use crate::{drafts, imports, views};

/// Rows of the idempotency table.
static IDEMPOTENCY: BulkTable = BulkTable {
    name: "idempotency",
    columns: &[
        ("account", Column::Int),
        ("key", Column::Text),
        ("body", Column::Text),
        ("answer", Column::Blob),
        ("at", Column::Int),
    ],
    on_conflict: "",
};

/// The rows of a stretch of a batch.
#[derive(Debug)]
pub(super) struct Rows {
    pub log: Bulk,
    pub idempotency: Bulk,
    pub links: Links,
    /// What was chosen and not saved, and ended.
    pub drafts: Bulk,
    /// Entries of the denylist, by their hash: true is on it. The last act wins (SD-23).
    pub denylist: BTreeMap<(AccountId, String), bool>,
    /// People whose profile the batch has not read.
    pub people: Bulk,
    pub people_with_keys: Bulk,
    /// Ways to sign in. The last act wins.
    credentials: BTreeMap<(AccountId, u32, CredentialKind), Option<(String, Moment)>>,
    /// People who keep none.
    uncredited: BTreeSet<(AccountId, u32)>,
    /// Sign-in providers that know nobody any more, and since when.
    forgotten: BTreeMap<(AccountId, ConnectionId), Moment>,
    /// What became of second factors, for the sign-in log.
    factors: Vec<(AccountId, u32, SignInFact, Moment)>,
    /// People whose sign-in sessions end, and when.
    signed_out: BTreeSet<(AccountId, u32)>,
    signed_out_at: Moment,
    /// Single sign-in sessions that end, by their public id.
    sessions: Vec<(AccountId, PersonId, String)>,
    /// Profiles with what became of them.
    pub profiles: Vec<((AccountId, Place), Draft)>,
    /// Addresses that found or lost their holder, sorted.
    pub emails: Vec<((AccountId, String), Option<u32>)>,
    /// Accounts in which somebody was erased, and where in their logs it was for the last time.
    pub erased: BTreeMap<AccountId, u64>,
}

impl Default for Rows {
    fn default() -> Self {
        Self {
            log: Bulk::new(&log::LOG),
            idempotency: Bulk::new(&IDEMPOTENCY),
            links: Links::default(),
            drafts: Bulk::new(&drafts::ENDED),
            denylist: BTreeMap::new(),
            people: Bulk::new(&PERSON_ROW),
            people_with_keys: Bulk::new(&PERSON_ROW_WITH_KEYS),
            credentials: BTreeMap::new(),
            uncredited: BTreeSet::new(),
            forgotten: BTreeMap::new(),
            factors: Vec::new(),
            signed_out: BTreeSet::new(),
            signed_out_at: Moment(0),
            sessions: Vec::new(),
            profiles: Vec::new(),
            emails: Vec::new(),
            erased: BTreeMap::new(),
        }
    }
}

impl Rows {
    /// What an event does to the sign-in of its person: AD-24 and SD-26 end it, and so does a new password, which proves that the old
    /// sessions are one's own no more than the old password did. Where somebody else signs them out, it may be at one browser alone.
    pub fn sign_in(&mut self, account: AccountId, event: &Event, one: Option<&str>, at: Moment) {
        if let Some(connection) = forgets(event) {
            return self.forget_links(account, connection, at);
        }
        let person = match event {
            Event::SignInSessionsEnded { person } => {
                if let Some(id) = one {
                    self.sessions.push((account, *person, id.to_owned()));
                    self.signed_out_at = at;
                    return;
                }
                person
            }
            Event::AccessEnded { person } | Event::PersonErased { person } => person,
            Event::ProfileEdited { person, fields } if fields.contains(&ProfileField::SignIn) => {
                person
            }
            _ => return,
        };
        self.signed_out.insert((account, person.number()));
        self.signed_out_at = at;
        if let Event::PersonErased { .. } = event {
            self.credentials
                .retain(|(of, whose, _), _| (*of, *whose) != (account, person.number()));
            self.uncredited.insert((account, person.number()));
        }
    }

    /// By what a provider called people nobody is found any more.
    fn forget_links(&mut self, account: AccountId, connection: ConnectionId, at: Moment) {
        let number = connection.number().to_string();
        self.credentials.retain(|(of, _, kind), given| {
            let is_link = *of == account && matches!(kind, CredentialKind::Provider(_));
            !is_link || given.as_ref().is_none_or(|(data, _)| *data != number)
        });
        self.forgotten.insert((account, connection), at);
    }

    /// Whom a provider knows by the name of this mark, as these rows leave it; `there`: as the database has it.
    pub fn linked(
        &self,
        account: AccountId,
        mark: Uuid,
        there: Option<PersonId>,
    ) -> Option<PersonId> {
        let kind = CredentialKind::Provider(mark);
        let mut written = self.credentials.iter();
        let is_given = |((of, _, what), data): &(&(AccountId, u32, CredentialKind), &Option<_>)| {
            *of == account && *what == kind && data.is_some()
        };
        if let Some(((_, person, _), _)) = written.find(is_given) {
            return PersonId::from_number(*person);
        }
        there.filter(|person| {
            let written = self.credentials.get(&(account, person.number(), kind));
            !matches!(written, Some(None))
        })
    }

    /// Whether a way to sign in comes or goes by them.
    pub fn change_sign_in(&self) -> bool {
        !self.credentials.is_empty() || !self.uncredited.is_empty() || !self.forgotten.is_empty()
    }

    /// Ways to sign in of a person come or go in one act. `reset`: it was somebody else who took them.
    pub fn credentials(
        &mut self,
        account: AccountId,
        person: u32,
        credentials: &[&NewCredential],
        (at, reset): (Moment, bool),
    ) {
        let mut facts = BTreeSet::new();
        for credential in credentials {
            let kind = credential.kind;
            facts.extend(sign_in::of_credential(
                kind,
                credential.data.is_some(),
                reset,
            ));
            if kind == CredentialKind::EveryPasskey {
                self.credentials.retain(|(of, whose, kind), _| {
                    (*of, *whose) != (account, person)
                        || !matches!(kind, CredentialKind::Passkey(_))
                });
            }
            let data = credential.data.clone().map(|data| (data, at));
            self.credentials.insert((account, person, kind), data);
        }
        let facts = facts.into_iter().map(|fact| (account, person, fact, at));
        self.factors.extend(facts);
    }

    /// What these rows make of the second factors that the database has of somebody.
    pub fn change_factors(
        &self,
        account: AccountId,
        person: u32,
        factors: &mut BTreeSet<CredentialKind>,
    ) {
        let theirs = self
            .credentials
            .iter()
            .filter(|((of, whose, _), _)| (*of, *whose) == (account, person));
        // In the order of the writes: what takes every passkey goes first.
        let takes_all = |kind| matches!(kind, CredentialKind::EveryPasskey);
        let (all, others): (Vec<_>, Vec<_>) = theirs
            .map(|((_, _, kind), data)| (*kind, data.is_some()))
            .partition(|(kind, _)| takes_all(*kind));
        for (kind, comes) in all.into_iter().chain(others) {
            change_factor(factors, kind, comes);
        }
    }

    /// Writes everything.
    pub async fn write(self, tx: &mut Tx) -> Result<()> {
        self.log.write(tx).await?;
        self.idempotency.write(tx).await?;
        self.links.write(tx).await?;
        self.drafts.delete(tx).await?;
        write_denylist(tx, self.denylist).await?;
        self.people.write(tx).await?;
        self.people_with_keys.write(tx).await?;
        for ((account, connection), at) in self.forgotten {
            sign_in::forget_links(tx, account, connection, at).await?;
        }
        write_credentials(tx, self.credentials, self.uncredited).await?;
        sign_in::end_of(tx, self.signed_out, self.signed_out_at).await?;
        for (account, person, id) in self.sessions {
            let which = Ending::One(&id);
            sign_in::end_some(tx, account, person, which, self.signed_out_at).await?;
        }
        for (account, person, fact, at) in self.factors {
            let person = PersonId::from_number(person);
            sign_in::write(tx, Some(account), person, fact, at).await?;
        }
        write_profiles(tx, self.profiles).await?;
        write_emails(tx, self.emails).await?;
        let mut erasures = Bulk::new(&ERASURES);
        for (account, position) in self.erased {
            erasures.push([account.0.into(), log::column(position)]);
            // SD-26: an answer may name what is now erased. The keys stay, so that nothing is done twice.
            let blank: Vec<u8> = Vec::new();
            tx.execute(
                "UPDATE idempotency SET answer = $2 WHERE account = $1",
                [account.0.into(), blank.into()],
            )
            .await?;
            views::drop_all(tx, account).await?;
            imports::drop_all(tx, account).await?;
        }
        erasures.write(tx).await
    }

    /// Begins to write, beside whatever the caller does meanwhile. The transaction comes back when the rows are in it.
    pub fn write_beside(self, mut tx: Tx) -> Beside {
        Beside(tokio::spawn(async move {
            self.write(&mut tx).await?;
            Ok(tx)
        }))
    }
}

/// A transaction that is being written to.
#[derive(Debug)]
pub(super) struct Beside(tokio::task::JoinHandle<Result<Tx>>);

impl Beside {
    /// The transaction with the rows in it.
    pub async fn done(self) -> Result<Tx> {
        self.0.await.map_err(|_| LedgerError::Closed)?
    }
}

/// The sign-in provider that knows nobody any more by an event.
fn forgets(event: &Event) -> Option<ConnectionId> {
    match event {
        Event::SignInProvider {
            connection,
            step: ProviderStep::Removed | ProviderStep::KnowsNobody,
            ..
        }
        | Event::LifeSet {
            of: Node::Connection(connection),
            life: Life::Deleted,
        } => Some(*connection),
        _ => None,
    }
}

/// A second factor comes or goes; other ways to sign in are none.
pub(super) fn change_factor(
    factors: &mut BTreeSet<CredentialKind>,
    kind: CredentialKind,
    comes: bool,
) {
    match kind {
        CredentialKind::EveryPasskey => {
            factors.retain(|has| !matches!(has, CredentialKind::Passkey(_)));
        }
        CredentialKind::OneTimeCodes | CredentialKind::Passkey(_) if comes => {
            factors.insert(kind);
        }
        CredentialKind::OneTimeCodes | CredentialKind::Passkey(_) => {
            factors.remove(&kind);
        }
        CredentialKind::Password | CredentialKind::RecoveryCodes | CredentialKind::Provider(_) => {}
    }
}

async fn write_denylist(tx: &mut Tx, entries: BTreeMap<(AccountId, String), bool>) -> Result<()> {
    let (mut denied, mut allowed) = (Bulk::new(&DENYLIST), Bulk::new(&DENYLIST));
    for ((account, hash), is_denied) in entries {
        let list = if is_denied { &mut denied } else { &mut allowed };
        list.push([account.0.into(), hash.into()]);
    }
    allowed.delete(tx).await?;
    denied.write(tx).await
}

async fn write_credentials(
    tx: &mut Tx,
    entries: BTreeMap<(AccountId, u32, CredentialKind), Option<(String, Moment)>>,
    uncredited: BTreeSet<(AccountId, u32)>,
) -> Result<()> {
    let mut all = Bulk::new(&CREDENTIALS_OF);
    for (account, person) in uncredited {
        all.push([account.0.into(), person.into()]);
    }
    let (mut given, mut taken) = (Bulk::new(&CREDENTIALS), Bulk::new(&CREDENTIAL_KEYS));
    let mut every = Bulk::new(&CREDENTIALS_OF_KIND);
    for ((account, person, kind), data) in entries {
        let (account, person, name) = (account.0.into(), person.into(), kind.name().into());
        match data {
            Some((data, at)) => {
                given.push([
                    account,
                    person,
                    name,
                    kind.id().into(),
                    data.into(),
                    at.0.into(),
                ]);
            }
            None if kind == CredentialKind::EveryPasskey => every.push([account, person, name]),
            None => taken.push([account, person, name, kind.id().into()]),
        }
    }
    all.delete(tx).await?;
    every.delete(tx).await?;
    taken.delete(tx).await?;
    given.write(tx).await
}

async fn write_profiles(tx: &mut Tx, drafts: Vec<((AccountId, Place), Draft)>) -> Result<()> {
    let (mut rows, mut words) = (Bulk::new(&PROFILES), Bulk::new(&SEARCH_KEYS));
    let (mut erased, mut gone) = (Bulk::new(&PLACES), Bulk::new(&SEARCH_KEYS));
    let mut rewritten = Bulk::new(&REWRITTEN_PROFILES);
    for ((account, place), draft) in drafts {
        let kind = i64::from(place.kind as u8);
        if draft.erased {
            erased.push([account.0.into(), kind.into(), place.entity.into()]);
        }
        let before = draft
            .before
            .map(|profile| profile.search_words())
            .unwrap_or_default();
        let now = draft
            .now
            .map(|profile| profile.search_words())
            .unwrap_or_default();
        let row = |(field, word): &(i64, String)| {
            [
                account.0.into(),
                kind.into(),
                (*field).into(),
                word.as_str().into(),
                place.entity.into(),
            ]
        };
        before
            .iter()
            .filter(|word| !now.contains(word))
            .for_each(|word| gone.push(row(word)));
        now.iter()
            .filter(|word| !before.contains(word))
            .for_each(|word| words.push(row(word)));
        let versions = [
            (draft.rewritten, &mut rewritten),
            (draft.versions, &mut rows),
        ];
        for (versions, bulk) in versions {
            for (version, profile) in versions {
                bulk.push([
                    account.0.into(),
                    kind.into(),
                    place.entity.into(),
                    log::column(version),
                    profile.encode()?.into(),
                ]);
            }
        }
    }
    erased.delete(tx).await?;
    gone.delete(tx).await?;
    rewritten.write(tx).await?;
    rows.write(tx).await?;
    words.write(tx).await
}

async fn write_emails(tx: &mut Tx, emails: Vec<((AccountId, String), Option<u32>)>) -> Result<()> {
    let (mut taken, mut free) = (Bulk::new(&EMAILS), Bulk::new(&EMAIL_KEYS));
    for ((account, email), holder) in emails {
        match holder {
            Some(person) => taken.push([account.0.into(), email.into(), person.into()]),
            None => free.push([account.0.into(), email.into()]),
        }
    }
    free.delete(tx).await?;
    taken.write(tx).await
}
