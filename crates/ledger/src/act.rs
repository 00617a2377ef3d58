//! What is written: acts. Most are a [`Change`]: a command to the access core, with the personal data and the secrets that
//! belong to it. Who may do it is decided at the head of the log, inside the transaction, and nowhere else.
//!
//! Dry run, fingerprint, idempotency and audit are [`Options`] and exist once, for every act.

use std::collections::BTreeMap;
use std::fmt::{self, Write};
use std::sync::Arc;

use access::preview::Fingerprint;
use access::{Actor, Command, Dense, Moment, Notice, Proposal, Refusal, State, Version};

use crate::beside::RowsBeside;
use crate::engine::Told;
use crate::error::LedgerError;
use crate::outbox::NewMail;
use crate::profile::{Kind, ProfileWrite};
use crate::sign_in::NewCredential;
use crate::tokens::{NewSecret, Secret};

/// A command, and what is written beside it in the same transaction.
#[derive(Clone, Debug)]
pub struct Change {
    /// What is asked of the access core.
    pub command: Command,
    /// Personal data and free text. Refused where the command becomes no event and they would change something.
    pub profiles: Vec<ProfileWrite>,
    /// Hashes of secrets that are shown once.
    pub secrets: Vec<NewSecret>,
    /// Ways to sign in that the command gives or takes.
    pub credentials: Vec<NewCredential>,
    /// Of the sign-in sessions that the command ends, this one alone, by its public id.
    pub sign_in_session: Option<String>,
    /// Mails that go out when the change is on disk; none where the command becomes no event.
    pub mails: Vec<NewMail>,
    /// A single-use secret on which the act rests; it is gone afterwards, and the act is refused if it is gone already.
    pub spend: Option<Secret>,
    /// Addresses and domains for the denylist (SD-23, SD-26), kept as keyed hashes. The command has to say that there are some.
    pub deny: Vec<String>,
    /// Addresses and domains to take off the denylist.
    pub allow: Vec<String>,
    /// Rows of a slice that stand beside the command; they may refuse it.
    pub rows: Option<Arc<dyn RowsBeside>>,
}

impl From<Command> for Change {
    fn from(command: Command) -> Self {
        Self {
            command,
            profiles: Vec::new(),
            secrets: Vec::new(),
            credentials: Vec::new(),
            sign_in_session: None,
            mails: Vec::new(),
            spend: None,
            deny: Vec::new(),
            allow: Vec::new(),
            rows: None,
        }
    }
}

impl Change {
    /// With personal data or free text.
    #[must_use]
    pub fn with_profile(mut self, write: ProfileWrite) -> Self {
        self.profiles.push(write);
        self
    }

    /// With a secret.
    #[must_use]
    pub fn with_secret(mut self, secret: NewSecret) -> Self {
        self.secrets.push(secret);
        self
    }

    /// With a way to sign in.
    #[must_use]
    pub fn with_credential(mut self, credential: NewCredential) -> Self {
        self.credentials.push(credential);
        self
    }

    /// About one sign-in session alone.
    #[must_use]
    pub fn with_sign_in_session(mut self, id: String) -> Self {
        self.sign_in_session = Some(id);
        self
    }

    /// With rows of a slice.
    #[must_use]
    pub fn with_rows(mut self, rows: impl RowsBeside + 'static) -> Self {
        self.rows = Some(Arc::new(rows));
        self
    }

    /// With a mail.
    #[must_use]
    pub fn with_mail(mut self, mail: NewMail) -> Self {
        self.mails.push(mail);
        self
    }

    /// One person per address in an account (RULES §1), among those in the state and those of this change. A clash refuses
    /// this change and no other.
    pub(crate) fn check_addresses(
        &self,
        state: &State,
        holder: impl Fn(&str) -> Option<u32>,
    ) -> Result<(), Refusal> {
        let mut given = BTreeMap::new();
        for write in self
            .profiles
            .iter()
            .filter(|write| write.of.kind() == Kind::Person)
        {
            let person = write.of.place(state).map(|place| place.entity);
            for address in write.addresses() {
                let held = holder(&address).is_some_and(|holder| Some(holder) != person);
                let twice = given
                    .insert(address, write.of)
                    .is_some_and(|other| other != write.of);
                if held || twice {
                    return Err(address_taken());
                }
            }
        }
        Ok(())
    }

    /// Resting on a single-use secret.
    #[must_use]
    pub fn spending(mut self, secret: Secret) -> Self {
        self.spend = Some(secret);
        self
    }
}

/// How an act is done. There is no default: every face says whether somebody is told.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where from: the name of the face, for the audit log. Never an address (AD-20).
    pub face: &'static str,
    /// The request's id.
    pub request: String,
    /// The fingerprint of the preview that the actor saw; the act is refused if its effect would now be another.
    pub fingerprint: Option<Fingerprint>,
    /// Record acts only: everything is done and taken back. Commands have [`crate::Account::preview`], which says more.
    pub dry_run: bool,
    /// So that asking twice does it once.
    pub idempotency: Option<Idempotency>,
    /// Mails to those who are to be told of it.
    pub letters: Option<Letters>,
}

impl Options {
    /// As a face does it: those who are to be told of it get these letters.
    pub fn telling(face: &'static str, letters: Letters) -> Self {
        Self {
            letters: Some(letters),
            ..Self::untold(face)
        }
    }

    /// Where nobody is told by mail: the set-up, before there is anybody, and the demonstration.
    pub fn untold(face: &'static str) -> Self {
        Self {
            face,
            request: String::new(),
            fingerprint: None,
            dry_run: false,
            idempotency: None,
            letters: None,
        }
    }
}

/// The mails that a notice asks for, made once it is known at the head of the log whom it concerns, and those that a record act causes; they are
/// queued beside what was done.
#[derive(Clone)]
pub struct Letters {
    of_notices: Arc<MakeLetters>,
    of_records: Arc<MakeLetter>,
}

type MakeLetters = dyn Fn(&Notice) -> Result<Vec<NewMail>, LedgerError> + Send + Sync;
type MakeLetter = dyn Fn(&Told) -> Result<NewMail, LedgerError> + Send + Sync;

impl Letters {
    /// From what is to be told.
    pub fn new(
        of_notices: impl Fn(&Notice) -> Result<Vec<NewMail>, LedgerError> + Send + Sync + 'static,
        of_records: impl Fn(&Told) -> Result<NewMail, LedgerError> + Send + Sync + 'static,
    ) -> Self {
        Self {
            of_notices: Arc::new(of_notices),
            of_records: Arc::new(of_records),
        }
    }

    pub(crate) fn of(&self, notices: &[Notice]) -> Result<Vec<NewMail>, LedgerError> {
        let mut mails = Vec::new();
        for notice in notices {
            mails.extend((self.of_notices)(notice)?);
        }
        Ok(mails)
    }

    pub(crate) fn told(&self, told: &Told) -> Result<NewMail, LedgerError> {
        (self.of_records)(told)
    }
}

impl fmt::Debug for Letters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Letters(…)")
    }
}

/// A key that the caller chose, and what it stands for.
#[derive(Clone, Debug)]
pub struct Idempotency {
    /// The caller's key; it counts per actor.
    pub key: String,
    /// The request as it was sent. The same key with another body is refused.
    pub body: Vec<u8>,
    /// What the face wants back when the request comes again.
    pub echo: Echo,
}

/// What a face said to an act: made once the act is done, kept with the key, and given back when the request comes again. Ids
/// and codes, never a secret and never personal data.
#[derive(Clone)]
pub struct Echo(Arc<MakeEcho>);

type MakeEcho = dyn Fn(&State, &Done) -> Vec<u8> + Send + Sync;

/// Longest echo that is kept; of more than that only the fact that it was done is left.
const ECHO_BYTES_MAX: usize = 4 * 1024 * 1024;

impl Echo {
    /// From what the act became, and the state with it.
    pub fn new(make: impl Fn(&State, &Done) -> Vec<u8> + Send + Sync + 'static) -> Self {
        Self(Arc::new(make))
    }

    /// `None` when it is too long to be kept.
    pub(crate) fn of(&self, state: &State, done: &Done) -> Option<Vec<u8>> {
        Some((self.0)(state, done)).filter(|echo| echo.len() <= ECHO_BYTES_MAX)
    }
}

impl From<Vec<u8>> for Echo {
    fn from(echo: Vec<u8>) -> Self {
        Self::new(move |_, _| echo.clone())
    }
}

impl fmt::Debug for Echo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Echo(…)")
    }
}

/// An act that was done, and is on disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Done {
    /// The version of the state after it.
    pub version: Version,
    /// When.
    pub at: Moment,
    /// False where everything was so already.
    pub changed: bool,
    /// What it became; empty when it was done before.
    pub proposal: Proposal,
    /// With an idempotency key: the echo of the first time. `None` when it was too long, and after an erasure, which blanks
    /// answers (SD-26).
    pub echo: Option<Vec<u8>>,
    /// True when the key was used before with the same body: nothing was done now.
    pub repeated: bool,
}

/// Why an act was not done.
#[derive(Debug, thiserror::Error)]
pub enum SubmitError {
    /// A rule says no.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The ledger could not do it.
    #[error(transparent)]
    Failed(#[from] LedgerError),
}

/// The actor as the log and the audit pages write it.
pub fn actor_text(actor: Actor) -> String {
    match actor {
        Actor::Person(person) | Actor::Facet(person, _) => format!("person:{}", person.number()),
        Actor::Connection(connection) => format!("connection:{}", connection.number()),
        Actor::SetUp => "set_up".to_owned(),
        Actor::System(subject) => format!("system:{}", name_of(&subject)),
    }
}

/// The name of an enum's variant in snake case, as the log writes it: `add_user`.
pub(crate) fn name_of(value: &impl fmt::Debug) -> String {
    /// Keeps the first word and ends the formatting there: a command on a thousand people costs no more than one.
    struct FirstWord(String);
    impl fmt::Write for FirstWord {
        fn write_str(&mut self, text: &str) -> fmt::Result {
            for letter in text.chars() {
                if !letter.is_ascii_alphanumeric() {
                    return Err(fmt::Error);
                }
                if letter.is_ascii_uppercase() && !self.0.is_empty() {
                    self.0.push('_');
                }
                self.0.push(letter.to_ascii_lowercase());
            }
            Ok(())
        }
    }
    let mut name = FirstWord(String::new());
    // The error is how the formatting ends early.
    let _ = write!(name, "{value:?}");
    name.0
}

/// Refused because an address belongs to somebody already.
pub(crate) fn address_taken() -> Refusal {
    Refusal::conflict(
        "§1",
        "address_taken",
        "a person with this e-mail address exists in the account",
    )
}

/// Refused because what the actor saw beforehand is not what would happen.
pub(crate) fn world_moved() -> Refusal {
    Refusal::conflict(
        "I-6",
        "world_moved",
        "the effect is no longer the one that was previewed: preview again",
    )
}

pub(crate) fn key_reused() -> Refusal {
    Refusal::conflict(
        "§7",
        "idempotency_key_reused",
        "this idempotency key was used with another request",
    )
}

pub(crate) fn secret_spent() -> Refusal {
    Refusal::conflict(
        "SD-24",
        "link_used",
        "the link is used, expired or unknown: ask for a new one",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_act_is_named_as_its_command_is_written() {
        let queue = access::QueueId::from_number(7).unwrap();
        assert_eq!(name_of(&Command::LogIn { queue }), "log_in");
        assert_eq!(
            name_of(&Command::AcceptBillingContact),
            "accept_billing_contact"
        );
        assert_eq!(
            actor_text(Actor::System(access::command::SystemSubject::SignIn)),
            "system:sign_in"
        );
    }
}
