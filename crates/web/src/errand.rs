//! Work that goes on after the answer, for as long as whoever asked for it could ask for it again.
//!
//! The rules are asked of each command as of everybody's. What ends the work before its last command is that the browser's session is over,
//! or that its owner no longer counts (AD-15, AD-24, AD-28).

use std::sync::Arc;

use access::{Actor, Subject};
use ledger::Account;

use crate::{
    problem::{Problem, Result},
    session::Session,
    sign_in::SignIn,
    sign_ins::SignIns,
};

/// Leave to go on in the name of somebody who is signed in at a browser.
#[derive(Clone, Debug)]
pub struct Errand {
    /// The account.
    pub account: Account,
    /// Whose rights hold.
    pub actor: Actor,
    /// As decisions know them.
    pub subject: Subject,
    /// Whether a password or a passkey was proved so lately that it counts for all of the work.
    pub is_fresh: bool,
    sign_in: Arc<SignIn>,
    sign_ins: SignIns,
}

impl Session {
    /// Leave to go on after the answer. Whoever views as somebody else has none (AD-27), nor has a token: it asks for each act itself.
    pub fn errand(&self, sign_ins: &SignIns) -> Result<Errand> {
        let actor = self.actor()?;
        let sign_in = self.shared_sign_in().ok_or_else(|| {
            Problem::forbidden_by("not_in_a_browser")
                .detail("this goes on in the background for somebody who is signed in at a browser")
        })?;
        Ok(Errand {
            account: self.account.clone(),
            actor,
            subject: self.subject,
            is_fresh: self.is_fresh(),
            sign_in,
            sign_ins: sign_ins.clone(),
        })
    }
}

impl Errand {
    /// Whether whoever asked for the work could still ask for it.
    pub async fn goes_on(&self) -> Result<bool> {
        self.sign_ins
            .still_holds(&self.account, &self.sign_in)
            .await
    }
}
