//! A new address of one's own, which waits to be confirmed at both addresses (RULES §4). It is no fact of the account before that, so
//! no event speaks of it; the address is sealed, and goes with the links (AD-24, SD-26).
//!
//! Each address has a link. The one that is used first is taken away; the other one then carries the change.

use access::{Dense, Moment, PersonId, State};

use crate::database::Tx;
use crate::dialect::{BulkTable, Column};
use crate::engine::Account;
use crate::error::{LedgerError, Result};
use crate::outbox::{NewMail, end_links, write_link};
use crate::tokens::{self, NewSecret, Purpose, Secret};

/// The changes of people whose links end.
pub(crate) static ADDRESS_CHANGES_OF: BulkTable = BulkTable {
    name: "address_changes",
    columns: &[("account", Column::Int), ("person", Column::Int)],
    on_conflict: "",
};

/// The links to confirm a new address with, each with its mail.
#[derive(Debug)]
pub struct NewLinks {
    /// To the new address.
    pub new: (NewSecret, NewMail),
    /// To the one that the person has.
    pub old: (NewSecret, NewMail),
}

/// An address that waits to be confirmed.
#[derive(Clone, PartialEq, Eq)]
pub struct AddressChange {
    /// The new address.
    pub address: String,
    /// It was confirmed there already.
    pub confirmed_at_new: bool,
    /// It was confirmed at the present address already.
    pub confirmed_at_old: bool,
    /// When the links end.
    pub ends_at: Moment,
}

impl std::fmt::Debug for AddressChange {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("AddressChange(…)")
    }
}

/// What became of a confirmation.
#[derive(Debug)]
pub enum Confirmed {
    /// The link is nothing, or nothing any more.
    Not,
    /// Here; at the other address it is still to be done.
    Half,
    /// At the other address it was done before: the change is to be made, on this link.
    Both {
        /// Whose.
        person: PersonId,
        /// The new address.
        address: String,
    },
}

impl Account {
    /// Writes down that somebody wants this address, in the place of an earlier wish, if they may.
    pub async fn ask_for_address(
        &self,
        person: PersonId,
        address: &str,
        links: NewLinks,
        may: impl FnOnce(&State) -> bool,
    ) -> Result<bool> {
        let sealed = self.seal(&bound(person), address.as_bytes())?;
        let mut tx = self.begin_write().await?;
        if !may(&*self.state_under_lock(&mut tx).await?) {
            tx.rollback().await?;
            return Ok(false);
        }
        let now = self.now();
        self.end_address_change(&mut tx, person).await?;
        let ends_at = links.new.0.expires_at.unwrap_or(now);
        for (secret, mail) in [&links.new, &links.old] {
            write_link(&mut tx, self.id(), Some(person), secret, mail, now).await?;
        }
        tx.execute(
            "INSERT INTO address_changes (account, person, address, at_new, ends_at) VALUES ($1, $2, $3, $4, $5)",
            [
                self.id().0.into(),
                person.number().into(),
                sealed.into(),
                links.new.0.secret.prefix().into(),
                ends_at.0.into(),
            ],
        )
        .await?;
        tx.commit().await?;
        Ok(true)
    }

    /// The address that a person wants, while it can be confirmed.
    pub async fn address_change(&self, person: PersonId) -> Result<Option<AddressChange>> {
        let mut tx = self.engine().database().begin_read().await?;
        self.read_address_change(&mut tx, person).await
    }

    /// Somebody has read the mail with this link.
    pub async fn confirm_address(&self, link: &Secret) -> Result<Confirmed> {
        let mut tx = self.begin_write().await?;
        // Both at the same time: one of them is the first.
        self.state_under_lock(&mut tx).await?;
        let bearer = tokens::find(&mut tx, link, self.now()).await?;
        let bearer = bearer.filter(|bearer| {
            bearer.account == self.id() && bearer.purpose == Purpose::AddressChange
        });
        let person = bearer.and_then(|bearer| PersonId::from_number(bearer.entity));
        let Some(person) = person else {
            tx.rollback().await?;
            return Ok(Confirmed::Not);
        };
        let Some(change) = self.read_address_change(&mut tx, person).await? else {
            tx.rollback().await?;
            return Ok(Confirmed::Not);
        };
        if change.confirmed_at_new || change.confirmed_at_old {
            tx.rollback().await?;
            return Ok(Confirmed::Both {
                person,
                address: change.address,
            });
        }
        tokens::spend(&mut tx, link).await?;
        tx.commit().await?;
        Ok(Confirmed::Half)
    }

    /// The person does not want it any more.
    pub async fn forget_address_change(&self, person: PersonId) -> Result<()> {
        let mut tx = self.begin_write().await?;
        self.end_address_change(&mut tx, person).await?;
        tx.commit().await
    }

    async fn end_address_change(&self, tx: &mut Tx, person: PersonId) -> Result<()> {
        end_links(tx, self.id(), Some(person), Purpose::AddressChange).await?;
        tx.execute(
            "DELETE FROM address_changes WHERE account = $1 AND person = $2",
            [self.id().0.into(), person.number().into()],
        )
        .await?;
        Ok(())
    }

    async fn read_address_change(
        &self,
        tx: &mut Tx,
        person: PersonId,
    ) -> Result<Option<AddressChange>> {
        let row = tx
            .fetch_optional(
                "SELECT address, at_new, ends_at FROM address_changes WHERE account = $1 AND person = $2 AND ends_at > $3",
                [
                    self.id().0.into(),
                    person.number().into(),
                    self.now().0.into(),
                ],
            )
            .await?;
        let Some(row) = row else { return Ok(None) };
        let links = tx
            .fetch_all(
                "SELECT prefix FROM secrets WHERE account = $1 AND entity = $2 AND purpose = $3",
                [
                    self.id().0.into(),
                    person.number().into(),
                    Purpose::AddressChange.name().into(),
                ],
            )
            .await?;
        let at_new: String = row.get(1)?;
        let left = links.iter().map(|row| row.get::<String>(0));
        let left: Vec<_> = left.collect::<Result<_>>()?;
        let sealed: Vec<u8> = row.get(0)?;
        let plain = self.unseal(&bound(person), &sealed);
        let address = plain.and_then(|plain| String::from_utf8(plain).ok());
        Ok(Some(AddressChange {
            address: address
                .ok_or_else(|| LedgerError::Damaged("an address cannot be opened".into()))?,
            confirmed_at_new: !left.contains(&at_new),
            confirmed_at_old: !left.iter().any(|prefix| *prefix != at_new),
            ends_at: Moment(row.get(2)?),
        }))
    }
}

/// What a sealed address opens with, and nowhere else.
fn bound(person: PersonId) -> Vec<u8> {
    format!("address change {}", person.number()).into_bytes()
}
