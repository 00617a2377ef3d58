//! Links that somebody asks for at the sign-in pages. No event speaks of them, so they are written under the account's lock, and whether
//! the person may have one is asked there: a link that is written while its person is switched off, erased or moved to another address
//! would outlive what ends it (AD-24, SD-26).

use access::{Dense, Moment, PersonId, State};

use super::{DECOY, MailState, NewMail};
use crate::database::Tx;
use crate::engine::Account;
use crate::error::Result;
use crate::keyed;
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
        let person = holder(&mut tx, self.id(), address).await?;
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

impl Account {
    /// SD-23: somebody asked to register with this address. Where it is nobody's the first mail goes to it, else the second to whoever has
    /// it; and where they may not have it, it is written all the same and never sent: who asks cannot tell one from the other. `may` hears
    /// who has the address, and whether the denylist holds it.
    pub async fn answer_registration(
        &self,
        address: &str,
        [to_nobody, to_somebody]: [NewMail; 2],
        may: impl FnOnce(&State, Option<PersonId>, bool) -> bool,
    ) -> Result<()> {
        let mut tx = self.begin_write().await?;
        let state = self.state_under_lock(&mut tx).await?;
        let held = holder(&mut tx, self.id(), address).await?;
        // Whoever did not get to the end of it goes on with another link, as nobody does.
        let is_waiting = |one: &PersonId| {
            let row = state.people().get(*one);
            row.is_some_and(|row| row.is_unconfirmed())
        };
        let held = held.filter(|one| !is_waiting(one));
        let is_denied = keyed::is_denied(&mut tx, self.id(), self.key(), address).await?;
        let to = match may(&state, held, is_denied) {
            true => To::Sent(held),
            false => To::Decoy,
        };
        let mail = if held.is_some() {
            to_somebody
        } else {
            to_nobody
        };
        write_mail(&mut tx, self.id(), to, &mail, self.now()).await?;
        tx.commit().await
    }
}

/// Who has an address.
async fn holder(tx: &mut Tx, account: AccountId, address: &str) -> Result<Option<PersonId>> {
    let held = tx
        .fetch_optional(
            "SELECT person FROM emails WHERE account = $1 AND email = $2",
            [account.0.into(), fold_email(address).into()],
        )
        .await?;
    let held = held.map(|row| profile::number(row.get(0)?)).transpose()?;
    Ok(held.and_then(PersonId::from_number))
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
    let to = person.map_or(To::Decoy, |person| To::Sent(Some(person)));
    let person = person.map_or(0, Dense::number);
    tx.execute(
        "INSERT INTO secrets (prefix, account, purpose, entity, hash, expires_at) VALUES ($1, $2, $3, $4, $5, $6)",
        secret.row(account, person),
    )
    .await?;
    write_mail(tx, account, to, mail, now).await
}

/// What becomes of a mail.
#[derive(Clone, Copy)]
enum To {
    /// It is sent to a person, or to an address that is nobody's yet, which stands in it.
    Sent(Option<PersonId>),
    /// It is never sent.
    Decoy,
}

async fn write_mail(
    tx: &mut Tx,
    account: AccountId,
    to: To,
    mail: &NewMail,
    now: Moment,
) -> Result<()> {
    let (person, state) = match to {
        To::Sent(person) => (person.map_or(0, Dense::number), MailState::Waiting.number()),
        To::Decoy => (0, DECOY),
    };
    tx.execute(
        "INSERT INTO mails (id, account, person, template, purpose, body, state, attempts, due_at, ends_at, queued_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        mail.row_in(account, person, now, state),
    )
    .await?;
    Ok(())
}

impl Account {
    /// Queues what people are told of something that no command says, all of it or nothing.
    pub async fn tell(&self, mails: &[(PersonId, NewMail)]) -> Result<()> {
        let now = self.now();
        let mut tx = self.begin_write().await?;
        for (person, mail) in mails {
            write_mail(&mut tx, self.id(), To::Sent(Some(*person)), mail, now).await?;
        }
        tx.commit().await
    }
}
