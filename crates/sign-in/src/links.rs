//! Links that somebody asks for who is not signed in.
//!
//! Whether the address is somebody's, and whether they may sign in: the work is the same, and so is the answer. Wishes are counted first,
//! the same number of rows is written, and what is nobody's is never sent.

use std::net::IpAddr;

use access::{
    Moment, PersonId, State,
    state::{CustomerFacet, UserFacet},
};
use ledger::{Engine, Shut};
use mail::Asked;
use web::{Result, session::failed, tokens::counts};

use crate::door::ACCOUNTS_MAX;

/// Links that one wish costs where there are several accounts. One person is in each once; further ones are sent none.
const LINKS_OF_SEVERAL: usize = 4;

/// Queues a link, or says until when nothing is looked at.
pub(crate) async fn send_link(
    engine: &Engine,
    asked: Asked,
    address: &str,
    client: IpAddr,
) -> Result<Option<Moment>> {
    let counted = engine.count_link(address, client).await.map_err(failed)?;
    if counted.wait_until.is_some() {
        return Ok(counted.wait_until);
    }
    // Whoever waits for a new password is known here, and a wish is none of a stranger's mails (0031).
    let is_mailed = match asked {
        Asked::Reset => true,
        Asked::SignIn => engine.may_be_mailed(address).await.map_err(failed)?,
    };
    let now = engine.now();
    let may = |shut: Shut| {
        move |state: &State, person: PersonId| {
            !shut.shuts_out(state, person) && is_mailed && may_have(asked, state, person, now)
        }
    };
    let accounts = engine.accounts(None, ACCOUNTS_MAX).await.map_err(failed)?;
    if let [only] = accounts.as_slice() {
        let account = engine.account(*only).await.map_err(failed)?;
        let shut = account.shut_at(address).await.map_err(failed)?;
        let queued = mail::queue_link(&account, asked, address, may(shut)).await;
        queued.map_err(failed)?;
        return Ok(None);
    }
    let known = engine.sign_in_candidates(&accounts, address).await;
    let known = known.map_err(failed)?;
    let first = engine.first_account().await.map_err(failed)?;
    for index in 0..LINKS_OF_SEVERAL {
        let (account, address) = match known.get(index) {
            Some(known) => (
                engine.account(known.account).await.map_err(failed)?,
                address,
            ),
            // Nobody's.
            None => (first.clone(), ""),
        };
        let shut = account.shut_at(address).await.map_err(failed)?;
        let queued = mail::queue_link(&account, asked, address, may(shut)).await;
        queued.map_err(failed)?;
    }
    Ok(None)
}

fn may_have(asked: Asked, state: &State, person: PersonId, now: Moment) -> bool {
    match asked {
        Asked::Reset => may_sign_in(state, person, now),
        Asked::SignIn => may_sign_in_by_link(state, person, now),
    }
}

/// AD-15: who has not accepted yet, or was switched off, chooses no password.
fn may_sign_in(state: &State, person: PersonId, now: Moment) -> bool {
    let row = state.people().get(person);
    row.is_some_and(|row| row.can_sign_in) && counts(state, person, now)
}

/// Whose mailbox is enough: active customers who have accepted, and nobody who is staff, or was or is invited to be. What staff can do is
/// worth more than a mailbox.
pub(crate) fn may_sign_in_by_link(state: &State, person: PersonId, now: Moment) -> bool {
    let row = state.people().get(person);
    let is_served_alone = row
        .is_some_and(|row| row.customer == CustomerFacet::Active && row.user == UserFacet::Absent);
    is_served_alone && may_sign_in(state, person, now)
}
