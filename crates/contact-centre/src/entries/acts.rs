//! Adding, changing and removing an entry: record acts. The engine decides the permission at the head of the log, and the permit that it made
//! is what the rows are written with.

use std::marker::PhantomData;

use access::{
    Event, Fingerprint, Permit, Refusal,
    decide::OnAccount,
    event::ContactCentreEvent::{EntryAdded, EntryEdited, EntryRemoved},
};
use ledger::{AccountId, Act, Here, LedgerError, SubmitError, Tx, Wrote};
use uuid::Uuid;

use super::{
    Entry, List,
    store::{self, ENTRIES_MAX},
};

/// A new entry.
pub(crate) struct Add<K> {
    pub entry: Entry,
    pub list: PhantomData<K>,
}

impl<K: List> Act for Add<K> {
    type Needs = K::Edit;
    const NEEDS: K::Edit = K::EDIT;
    const NAME: &'static str = K::WORDS.add;

    async fn on(&self, _: &mut Tx, _: AccountId) -> Result<Option<OnAccount>, LedgerError> {
        Ok(Some(OnAccount))
    }

    async fn apply(
        self,
        tx: &mut Tx,
        permit: Permit<'_, K::Edit>,
        here: Here<'_>,
    ) -> Result<Wrote, SubmitError> {
        let there = store::entries::<K>(tx, here.account, &permit).await?;
        if there.len() >= ENTRIES_MAX {
            let detail =
                format!("there are {ENTRIES_MAX} already, and more nobody reads: remove one first");
            return Err(Refusal::conflict(K::WORDS.rule, "list_full", detail).into());
        }
        is_free::<K>(&there, &self.entry)?;
        let uid = self.entry.id;
        store::write::<K>(tx, here.account, &permit, self.entry).await?;
        let list = K::LIST;
        Ok(vec![Event::ContactCentre(EntryAdded { list, uid })].into())
    }
}

/// An entry says something else.
pub(super) struct Edit<K> {
    pub entry: Entry,
    /// The mark of what was read; `None` for a dry run.
    pub read: Option<Fingerprint>,
    pub list: PhantomData<K>,
}

impl<K: List> Act for Edit<K> {
    type Needs = K::Edit;
    const NEEDS: K::Edit = K::EDIT;
    const NAME: &'static str = K::WORDS.edit;

    async fn on(&self, _: &mut Tx, _: AccountId) -> Result<Option<OnAccount>, LedgerError> {
        Ok(Some(OnAccount))
    }

    async fn apply(
        self,
        tx: &mut Tx,
        permit: Permit<'_, K::Edit>,
        here: Here<'_>,
    ) -> Result<Wrote, SubmitError> {
        let there = store::entries::<K>(tx, here.account, &permit).await?;
        let now = there.iter().find(|entry| entry.id == self.entry.id);
        let now = now.ok_or_else(|| gone::<K>())?;
        if *now == self.entry {
            return Ok(Wrote::default());
        }
        if self.read.is_some_and(|read| read != now.mark()) {
            let detail = "somebody else changed it since it was read: read it again";
            return Err(Refusal::conflict(K::WORDS.rule, "changed_meanwhile", detail).into());
        }
        is_free::<K>(&there, &self.entry)?;
        let uid = self.entry.id;
        store::write::<K>(tx, here.account, &permit, self.entry).await?;
        let list = K::LIST;
        Ok(vec![Event::ContactCentre(EntryEdited { list, uid })].into())
    }
}

/// An entry is gone for ever.
pub(super) struct Remove<K> {
    pub id: Uuid,
    pub list: PhantomData<K>,
}

impl<K: List> Act for Remove<K> {
    type Needs = K::Edit;
    const NEEDS: K::Edit = K::EDIT;
    const NAME: &'static str = K::WORDS.remove;

    async fn on(&self, _: &mut Tx, _: AccountId) -> Result<Option<OnAccount>, LedgerError> {
        Ok(Some(OnAccount))
    }

    async fn apply(
        self,
        tx: &mut Tx,
        permit: Permit<'_, K::Edit>,
        here: Here<'_>,
    ) -> Result<Wrote, SubmitError> {
        let (list, uid) = (K::LIST, self.id);
        if !store::remove::<K>(tx, here.account, &permit, uid).await? {
            return Err(gone::<K>().into());
        }
        Ok(vec![Event::ContactCentre(EntryRemoved { list, uid })].into())
    }
}

/// Two entries of one name could not be told apart by who chooses one.
fn is_free<K: List>(there: &[Entry], entry: &Entry) -> Result<(), Refusal> {
    let name = ledger::fold(&entry.name);
    let taken = there
        .iter()
        .any(|other| other.id != entry.id && ledger::fold(&other.name) == name);
    if taken {
        let detail = format!("there is a {} of this name already", K::WORDS.one);
        return Err(Refusal::conflict(K::WORDS.rule, "name_taken", detail));
    }
    Ok(())
}

fn gone<K: List>() -> Refusal {
    Refusal::not_found(format!("no such {}", K::WORDS.one))
}
