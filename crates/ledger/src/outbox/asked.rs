//! Links that somebody asks for at the sign-in pages. No event speaks of them, so they are written under the account's lock, and whether
//! the person may have one is asked there: a link that is written while its person is switched off, erased or moved to another address
//! would outlive what ends it (AD-24, SD-26).

use access::{Dense, Moment, PersonId, State};

use super::{DECOY, MailState, NewMail};
use crate::database::Tx;
use crate::engine::Account;
use crate::error::Result;
use crate::log::AccountId;
use crate::profile::{self, fold_email};
use crate::tokens::{NewSecret, Purpose, Secret};

impl Account {
    /// Sends whoever has the address a link, in the place of earlier ones of the kind. Where it is nobody's, or theirs who may not have
    /// one, as much is read and written, and none of it is good for anything: who asks cannot tell one from the other.
    pub async fn send_link(
        &self,
        address: &str,
        purpose: Purpose,
        secret: Secret,
        mail: NewMail,
        may: impl FnOnce(&State, PersonId) -> bool,
    ) -> Result<()> {
        let mut tx = self.begin_write().await?;
        let state = self.state_under_lock(&mut tx).await?;
        let held = tx
            .fetch_optional(
                "SELECT person FROM emails WHERE account = $1 AND email = $2",
                [self.id().0.into(), fold_email(address).into()],
            )
            .await?;
        let held = held.map(|row| profile::number(row.get(0)?)).transpose()?;
        let person = held.and_then(PersonId::from_number);
        let person = person.filter(|person| may(&state, *person));
        let now = self.now();
        let new = NewSecret {
            purpose,
            of: None,
            secret,
            // A secret that is over before it begins opens nothing.
            expires_at: Some(if person.is_some() { mail.ends_at } else { now }),
        };
        end_links(&mut tx, self.id(), person, purpose).await?;
        write_link(&mut tx, self.id(), person, &new, &mail, now).await?;
        tx.commit().await
    }
}

/// Takes the links of one kind that a person has, and the mails that wait with them. Decoys are nobody's, and stay.
pub(crate) async fn end_links(
    tx: &mut Tx,
    account: AccountId,
    person: Option<PersonId>,
    purpose: Purpose,
) -> Result<()> {
    let person = person.map_or(0, Dense::number);
    for text in [
        "DELETE FROM secrets WHERE account = $1 AND entity = $2 AND purpose = $3 AND entity > 0",
        "DELETE FROM mails WHERE account = $1 AND person = $2 AND purpose = $3 AND person > 0",
    ] {
        let values = [account.0.into(), person.into(), purpose.name().into()];
        tx.execute(text, values).await?;
    }
    Ok(())
}

/// Writes a link, and the mail that brings it; without a person a decoy of both.
pub(crate) async fn write_link(
    tx: &mut Tx,
    account: AccountId,
    person: Option<PersonId>,
    secret: &NewSecret,
    mail: &NewMail,
    now: Moment,
) -> Result<()> {
    let state = person.map_or(DECOY, |_| MailState::Waiting.number());
    let person = person.map_or(0, Dense::number);
    tx.execute(
        "INSERT INTO secrets (prefix, account, purpose, entity, hash, expires_at) VALUES ($1, $2, $3, $4, $5, $6)",
        secret.row(account, person),
    )
    .await?;
    tx.execute(
        "INSERT INTO mails (id, account, person, template, purpose, body, state, attempts, due_at, ends_at, queued_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        mail.row_in(account, person, now, state),
    )
    .await?;
    Ok(())
}
