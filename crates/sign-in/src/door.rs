//! Who stands at the door: an address, a password, and where they come from.
//!
//! Whether the address is somebody's, whether they have a password, whether they count (AD-15): the work is the same, and so is the
//! answer. Tries are counted first, the same number of hashes is made, one row is written.

use std::net::IpAddr;

use access::{Moment, PersonId};
use ledger::{Account, AccountId, Candidate, Engine, OwnMeans, SignInFact};
use web::{Problem, Result, session::failed, tokens::counts};

use crate::password::{Password, is_right};

/// Accounts of a database that are looked into.
pub(crate) const ACCOUNTS_MAX: u32 = 1_000;
/// Hashes that one try costs where there are several accounts. One person has one password in each; further ones are not looked at.
const HASHES_OF_SEVERAL: usize = 4;

/// What became of a try.
pub(crate) enum Answer {
    /// They are who they say.
    Is(Account, PersonId),
    /// In several accounts: which one is meant has to be said.
    Which(Vec<Account>),
    /// They are not, and may try so many times more.
    IsNot { left: u32 },
    /// Too many tries: nothing was looked at.
    Wait { until: Moment },
}

/// What is given at the door.
pub(crate) struct Given<'a> {
    pub address: &'a str,
    pub password: Password,
    /// The public id of the account, where it was asked for.
    pub account: Option<uuid::Uuid>,
    pub client: IpAddr,
}

/// Checks who it is.
pub(crate) async fn ask(engine: &Engine, given: Given<'_>) -> Result<Answer> {
    let accounts = engine.accounts(None, ACCOUNTS_MAX).await.map_err(failed)?;
    let only = match accounts.as_slice() {
        [only] => Some(*only),
        _ => None,
    };
    let tried = engine
        .count_try(given.address, given.client)
        .await
        .map_err(failed)?;
    if let Some(until) = tried.wait_until {
        if tried.locked_now {
            let known = candidates(engine, &accounts, given.address).await?;
            failed_at(engine, only, known.first(), SignInFact::Locked).await?;
        }
        return Ok(Answer::Wait { until });
    }
    let known = candidates(engine, &accounts, given.address).await?;
    let hashes = if only.is_some() { 1 } else { HASHES_OF_SEVERAL };
    let mut found = Vec::new();
    for index in 0..hashes {
        let candidate = known.get(index);
        let stored = candidate.and_then(|candidate| candidate.password.clone());
        let right = is_right(given.password.clone(), stored).await?;
        if let (true, Some(candidate)) = (right, candidate) {
            let account = engine.account(candidate.account).await.map_err(failed)?;
            let named = given.account.is_none_or(|id| id == account.public_id());
            // With the right password too: who comes in by a provider alone is not told that it is right.
            let means = account.own_means(candidate.person).await.map_err(failed)?;
            let counts = counts(&account.state(), candidate.person, account.now());
            if named && counts && means != OwnMeans::Shut {
                found.push((account, candidate.person));
            }
        }
    }
    if found.len() > 1 {
        return Ok(Answer::Which(
            found.into_iter().map(|(account, _)| account).collect(),
        ));
    }
    if let Some((account, person)) = found.pop() {
        return Ok(Answer::Is(account, person));
    }
    failed_at(engine, only, known.first(), SignInFact::Failed).await?;
    Ok(Answer::IsNot { left: tried.left })
}

/// Whoever has a link proved that the mailbox is theirs, and is told why it opens nothing.
pub(crate) async fn require_own_means(account: &Account, person: PersonId) -> Result<()> {
    match account.own_means(person).await.map_err(failed)? {
        OwnMeans::Open | OwnMeans::BreakGlass => Ok(()),
        OwnMeans::Shut => Err(Problem::conflict(
            "provider_only",
            "people of your domain sign in through its sign-in provider alone: begin there, with your address, at the sign-in page",
        )),
    }
}

/// Somebody who is known already, where they prove once more who they are: an open browser, and half a sign-in, are no places to
/// guess at.
pub(crate) struct Known<'a> {
    pub account: &'a Account,
    pub person: PersonId,
    pub address: &'a str,
    pub client: IpAddr,
}

/// Whether what is given is looked at.
pub(crate) enum Counted {
    /// It is, and so many tries are left.
    May { left: u32 },
    /// It is not, until then.
    Wait { until: Moment },
}

/// What became of a password.
pub(crate) enum Proved {
    /// It is theirs.
    Right,
    /// It is not, and they may try so many times more.
    Wrong { left: u32 },
    /// Too many tries: nothing was looked at.
    Wait { until: Moment },
}

impl Known<'_> {
    /// Counts a try, by the address and by where it comes from, as at the door: whoever guesses here has no tries left there.
    pub(crate) async fn count(&self) -> Result<Counted> {
        let engine = self.account.engine();
        let tried = engine.count_try(self.address, self.client).await;
        let tried = tried.map_err(failed)?;
        let Some(until) = tried.wait_until else {
            return Ok(Counted::May { left: tried.left });
        };
        if tried.locked_now {
            self.note(SignInFact::Locked).await?;
        }
        Ok(Counted::Wait { until })
    }

    /// Writes down what came to nothing.
    pub(crate) async fn note(&self, what: SignInFact) -> Result<()> {
        let (account, engine) = (self.account.id(), self.account.engine());
        let written = engine.sign_in_failed(Some(account), Some(self.person), what);
        written.await.map_err(failed)
    }

    /// What was proved was right: the tries are forgotten.
    pub(crate) async fn forget(&self) -> Result<()> {
        let engine = self.account.engine();
        let forgotten = engine.tries_were_right(self.address, self.client);
        forgotten.await.map_err(failed)
    }

    /// Whether it is their password; counted, written down, and forgotten where it is.
    pub(crate) async fn prove_password(&self, password: Password) -> Result<Proved> {
        let left = match self.count().await? {
            Counted::May { left } => left,
            Counted::Wait { until } => return Ok(Proved::Wait { until }),
        };
        let stored = self.account.password_of(self.person).await;
        if !is_right(password, stored.map_err(failed)?).await? {
            self.note(SignInFact::Failed).await?;
            return Ok(Proved::Wrong { left });
        }
        self.forget().await?;
        Ok(Proved::Right)
    }
}

async fn candidates(
    engine: &Engine,
    accounts: &[AccountId],
    address: &str,
) -> Result<Vec<Candidate>> {
    engine
        .sign_in_candidates(accounts, address)
        .await
        .map_err(failed)
}

async fn failed_at(
    engine: &Engine,
    only: Option<AccountId>,
    known: Option<&Candidate>,
    what: SignInFact,
) -> Result<()> {
    let account = known.map(|known| known.account).or(only);
    let person = known.map(|known| known.person);
    engine
        .sign_in_failed(account, person, what)
        .await
        .map_err(failed)
}
