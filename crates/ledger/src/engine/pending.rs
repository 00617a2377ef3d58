//! What a batch is going to write: rows of all its acts, collected in memory and written with one statement per table. It is
//! also what later acts of the batch see of earlier ones.

use std::collections::{BTreeMap, HashMap, HashSet};

use access::{Dense, PersonId, State};

use crate::database::Tx;
use crate::dialect::{Bulk, BulkTable, Column};
use crate::error::Result;
use crate::keyed::DENYLIST;
use crate::log::{self, AccountId};
use crate::person_row::{PERSON_ROW, PersonRow};
use crate::profile::{
    self, EMAIL_KEYS, EMAILS, Kind, PLACES, PROFILES, Place, Profile, SEARCH_KEYS,
};
use crate::tokens::SECRETS;

/// Rows of the idempotency table.
pub(super) static IDEMPOTENCY: BulkTable = BulkTable {
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

/// A profile as the database has it, and as the batch leaves it.
#[derive(Debug, Default)]
struct Draft {
    before: Option<Profile>,
    now: Option<Profile>,
    versions: Vec<(u64, Profile)>,
    erased: bool,
}

/// The rows of one batch.
#[derive(Debug)]
pub(super) struct Pending {
    pub log: Bulk,
    pub idempotency: Bulk,
    pub secrets: Bulk,
    denied: Bulk,
    allowed: Bulk,
    profiles: BTreeMap<(AccountId, Place), Draft>,
    emails: HashMap<(AccountId, String), Option<u32>>,
    changed_emails: HashSet<(AccountId, String)>,
    /// Accounts in which somebody was erased.
    pub erased: HashSet<AccountId>,
}

impl Pending {
    pub fn new() -> Self {
        Self {
            log: Bulk::new(&log::LOG),
            idempotency: Bulk::new(&IDEMPOTENCY),
            secrets: Bulk::new(&SECRETS),
            denied: Bulk::new(&DENYLIST),
            allowed: Bulk::new(&DENYLIST),
            profiles: BTreeMap::new(),
            emails: HashMap::new(),
            changed_emails: HashSet::new(),
            erased: HashSet::new(),
        }
    }

    /// Reads the present profiles and the holders of the addresses that the batch is about, in two questions.
    pub async fn prefetch(
        &mut self,
        tx: &mut Tx,
        places: HashSet<(AccountId, Place)>,
        emails: HashSet<(AccountId, String)>,
    ) -> Result<()> {
        for key in &places {
            self.profiles.entry(*key).or_default();
        }
        for (key, _, profile) in profile::read_many(tx, places.iter().copied()).await? {
            self.profiles.insert(
                key,
                Draft {
                    before: Some(profile.clone()),
                    now: Some(profile),
                    ..Draft::default()
                },
            );
        }
        self.emails
            .extend(emails.iter().cloned().map(|key| (key, None)));
        for (key, person) in profile::read_emails(tx, emails.into_iter()).await? {
            self.emails.insert(key, Some(person));
        }
        Ok(())
    }

    /// The holder of an address, as the acts so far leave it.
    pub fn holder(&self, account: AccountId, email: &str) -> Option<u32> {
        self.emails
            .get(&(account, email.to_owned()))
            .copied()
            .flatten()
    }

    /// The profile of a place, as the acts so far leave it.
    pub fn profile(&self, account: AccountId, place: Place) -> Option<&Profile> {
        self.profiles.get(&(account, place))?.now.as_ref()
    }

    /// Whether the batch knows the profile of the place, written or not.
    pub fn knows(&self, account: AccountId, place: Place) -> bool {
        self.profiles.contains_key(&(account, place))
    }

    /// Writes a version of a profile.
    pub fn write(&mut self, account: AccountId, place: Place, version: u64, profile: Profile) {
        let draft = self.profiles.entry((account, place)).or_default();
        if place.kind == Kind::Person {
            let (before, after) = (
                draft.now.as_ref().and_then(Profile::folded_email),
                profile.folded_email(),
            );
            if before != after {
                for (email, holder) in [(before, None), (after, Some(place.entity))] {
                    if let Some(email) = email {
                        self.emails.insert((account, email.clone()), holder);
                        self.changed_emails.insert((account, email));
                    }
                }
            }
        }
        // Two writes of one act are one version.
        draft.versions.retain(|(written, _)| *written != version);
        draft.versions.push((version, profile.clone()));
        draft.now = Some(profile);
    }

    /// SD-26: no version of the profile stays, nor what the batch was going to write of it.
    pub fn erase(&mut self, account: AccountId, place: Place) {
        let draft = self.profiles.entry((account, place)).or_default();
        draft.versions.clear();
        draft.erased = true;
        if let Some(email) = draft.now.take().as_ref().and_then(Profile::folded_email) {
            self.emails.insert((account, email.clone()), None);
            self.changed_emails.insert((account, email));
        }
        self.erased.insert(account);
    }

    pub fn deny(&mut self, account: AccountId, hash: String) {
        self.denied.push([account.0.into(), hash.into()]);
    }

    pub fn allow(&mut self, account: AccountId, hash: String) {
        self.allowed.push([account.0.into(), hash.into()]);
    }

    /// Writes everything. `people` names the states at the end of the batch and whose rows changed.
    pub async fn flush<'a>(
        self,
        tx: &mut Tx,
        people: impl Iterator<Item = (AccountId, &'a State, &'a HashSet<PersonId>)>,
    ) -> Result<()> {
        self.log.write(tx).await?;
        self.idempotency.write(tx).await?;
        self.secrets.write(tx).await?;
        self.allowed.delete(tx).await?;
        self.denied.write(tx).await?;
        write_people(tx, people).await?;
        write_profiles(tx, self.profiles).await?;
        write_emails(tx, self.changed_emails, &self.emails).await?;
        for account in self.erased {
            // SD-26: an answer may name what is now erased. The keys stay, so that nothing is done twice.
            let blank: Vec<u8> = Vec::new();
            tx.execute(
                "UPDATE idempotency SET answer = $2 WHERE account = $1",
                [account.0.into(), blank.into()],
            )
            .await?;
        }
        Ok(())
    }
}

async fn write_people<'a>(
    tx: &mut Tx,
    people: impl Iterator<Item = (AccountId, &'a State, &'a HashSet<PersonId>)>,
) -> Result<()> {
    let mut bulk = Bulk::new(&PERSON_ROW);
    for (account, state, touched) in people {
        let mut touched: Vec<_> = touched.iter().copied().collect();
        touched.sort_unstable_by_key(|person| person.number());
        for row in touched
            .into_iter()
            .filter_map(|person| PersonRow::from_state(state, person))
        {
            bulk.push(row.values(account));
        }
    }
    bulk.write(tx).await
}

async fn write_profiles(tx: &mut Tx, drafts: BTreeMap<(AccountId, Place), Draft>) -> Result<()> {
    let (mut rows, mut words) = (Bulk::new(&PROFILES), Bulk::new(&SEARCH_KEYS));
    let (mut erased, mut gone) = (Bulk::new(&PLACES), Bulk::new(&SEARCH_KEYS));
    for ((account, place), draft) in drafts {
        let kind = place.kind as u8;
        if draft.erased {
            erased.push([
                account.0.into(),
                i64::from(kind).into(),
                place.entity.into(),
            ]);
        }
        if !draft.erased && draft.versions.is_empty() {
            continue;
        }
        let before = draft
            .before
            .map(|profile| profile.search_words())
            .unwrap_or_default();
        let now = draft
            .now
            .map(|profile| profile.search_words())
            .unwrap_or_default();
        for (field, word) in before.iter().filter(|word| !now.contains(word)) {
            gone.push([
                account.0.into(),
                i64::from(kind).into(),
                (*field).into(),
                word.as_str().into(),
                place.entity.into(),
            ]);
        }
        for (field, word) in now.into_iter().filter(|word| !before.contains(word)) {
            words.push([
                account.0.into(),
                i64::from(kind).into(),
                field.into(),
                word.into(),
                place.entity.into(),
            ]);
        }
        for (version, profile) in draft.versions {
            let fields = profile.encode()?.into();
            rows.push([
                account.0.into(),
                i64::from(kind).into(),
                place.entity.into(),
                log::column(version),
                fields,
            ]);
        }
    }
    erased.delete(tx).await?;
    gone.delete(tx).await?;
    rows.write(tx).await?;
    words.write(tx).await
}

async fn write_emails(
    tx: &mut Tx,
    changed: HashSet<(AccountId, String)>,
    holders: &HashMap<(AccountId, String), Option<u32>>,
) -> Result<()> {
    let (mut taken, mut free) = (Bulk::new(&EMAILS), Bulk::new(&EMAIL_KEYS));
    let mut changed: Vec<_> = changed.into_iter().collect();
    changed.sort_unstable();
    for key in changed {
        let holder = holders.get(&key).copied().flatten();
        let (account, email) = key;
        match holder {
            Some(person) => taken.push([account.0.into(), email.into(), person.into()]),
            None => free.push([account.0.into(), email.into()]),
        }
    }
    free.delete(tx).await?;
    taken.write(tx).await
}
