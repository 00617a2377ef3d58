//! What later acts of a batch see of earlier ones, and the rows that wait to be written.

mod blank;

use std::collections::{BTreeSet, HashMap, HashSet};

use access::{Dense, PersonId, State};

use super::rows::Rows;
use crate::database::Tx;
use crate::error::Result;
use crate::log::AccountId;
use crate::person_row::PersonRow;
use crate::profile::{self, Kind, Place, Profile};

/// A profile as the database has it, and as the batch leaves it.
#[derive(Debug, Default)]
pub(super) struct Draft {
    pub before: Option<Profile>,
    pub now: Option<Profile>,
    pub versions: Vec<(u64, Profile)>,
    /// Versions that the database has, with blanks (SD-26).
    pub rewritten: Vec<(u64, Profile)>,
    pub erased: bool,
}

impl Draft {
    fn known(profile: Profile) -> Self {
        Self {
            before: Some(profile.clone()),
            now: Some(profile),
            ..Self::default()
        }
    }

    /// What is to be written. What stays is as it will be in the database.
    fn take(&mut self) -> Self {
        let after = self.now.clone().map_or_else(Self::default, Self::known);
        std::mem::replace(self, after)
    }
}

/// What a batch knows beside the states.
#[derive(Debug, Default)]
pub(super) struct Pending {
    /// Not written yet.
    pub rows: Rows,
    profiles: HashMap<(AccountId, Place), Draft>,
    /// Sorted, so that the rows go into their table in its order.
    changed_profiles: BTreeSet<(AccountId, Place)>,
    emails: HashMap<(AccountId, String), Option<u32>>,
    changed_emails: HashSet<(AccountId, String)>,
}

impl Pending {
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
            self.profiles.insert(key, Draft::known(profile));
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
        self.changed_profiles.insert((account, place));
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
    pub fn erase(&mut self, account: AccountId, place: Place, position: u64) {
        let draft = self.profiles.entry((account, place)).or_default();
        self.changed_profiles.insert((account, place));
        draft.versions.clear();
        draft.rewritten.clear();
        draft.erased = true;
        if let Some(email) = draft.now.take().as_ref().and_then(Profile::folded_email) {
            self.emails.insert((account, email.clone()), None);
            self.changed_emails.insert((account, email));
        }
        self.rows.erased.insert(account, position);
    }

    /// Takes out what is to be written so far; the batch goes on with what it knows. `people` names the states and whose rows
    /// changed.
    pub fn take_rows<'a>(
        &mut self,
        people: impl Iterator<Item = (AccountId, &'a State, HashSet<PersonId>)>,
    ) -> Rows {
        let mut rows = std::mem::take(&mut self.rows);
        for (account, state, mut touched) in people {
            // Whose name or address changed stands in another place of a list.
            let of = |entity| {
                (
                    account,
                    Place {
                        kind: Kind::Person,
                        entity,
                    },
                )
            };
            let renamed = self.changed_profiles.range(of(0)..=of(u32::MAX));
            touched.extend(renamed.filter_map(|(_, place)| PersonId::from_number(place.entity)));
            let mut touched: Vec<_> = touched.into_iter().collect();
            touched.sort_unstable_by_key(|person| person.number());
            for person in touched {
                let Some(row) = PersonRow::from_state(state, person) else {
                    continue;
                };
                match self.profiles.get(&of(person.number())) {
                    Some(draft) => {
                        let row = row.values_with_keys(account, draft.now.as_ref());
                        rows.people_with_keys.push(row);
                    }
                    None => rows.people.push(row.values(account)),
                }
            }
        }
        for key in std::mem::take(&mut self.changed_profiles) {
            if let Some(draft) = self.profiles.get_mut(&key) {
                rows.profiles.push((key, draft.take()));
            }
        }
        let mut changed: Vec<_> = self.changed_emails.drain().collect();
        changed.sort_unstable();
        let holder = |key: &(AccountId, String)| self.emails.get(key).copied().flatten();
        rows.emails = changed
            .into_iter()
            .map(|key| {
                let holder = holder(&key);
                (key, holder)
            })
            .collect();
        rows
    }
}
