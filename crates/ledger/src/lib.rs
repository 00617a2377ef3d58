//! The ledger of Rolecall: the change log of each account on SQLite or PostgreSQL, the engine that does acts and publishes
//! states, and the store of personal data.
//!
//! It must never know: HTTP, pages, what a rule says. It asks the access core whether an act is allowed, writes what the core
//! answers, and shows a state to readers when it is on disk and not before. No personal data ever enters the log.
//!
//! Where to start: [`Engine`] and `engine/batch.rs` for how an act is done, [`Change`] for what an act is, `profile.rs` for
//! where names live, `migrations/` for the tables.
//!
//! ```no_run
//! # use std::sync::Arc;
//! # use ledger::{Change, DatabaseConfig, Engine, Field, Of, Options, ProfileWrite, SystemClock, SystemRandomness};
//! # use access::{Actor, Command, PersonId, PublicId};
//! # async fn example(actor: Actor) -> Result<(), Box<dyn std::error::Error>> {
//! let engine =
//!     Engine::open(DatabaseConfig::sqlite("rolecall.db"), Arc::new(SystemClock), Arc::new(SystemRandomness), &[]).await?;
//! let account = engine.create_account().await?;
//! let id = PublicId::<PersonId>::new(engine.new_uuid());
//! let change = Change::from(Command::AddCustomer { id, service: None })
//!     .with_profile(ProfileWrite::new(Of::public(id)).set(Field::Name, "Ann Lee").set(Field::Email, "ann@example.org"));
//! let done = account.submit(actor, change, Options::untold("rest")).await?;
//! assert_eq!(account.state().version(), done.version);
//! # Ok(()) }
//! ```

mod act;
mod backup;
mod beside;
mod chain;
mod clock;
mod database;
mod database_config;
mod dialect;
mod drafts;
mod engine;
mod erase;
mod error;
mod imports;
mod keyed;
pub mod lists;
mod log;
mod outbox;
mod person_row;
mod profile;
mod replay;
mod rounds;
mod seal;
mod sign_in;
mod slices;
mod snapshot;
mod standing;
mod things;
mod token_uses;
mod tokens;
mod typed;
mod verify;
mod views;
mod words;

/// For statements that a slice puts together itself.
pub use sqlx::AssertSqlSafe;

pub use act::{Change, Done, Echo, Idempotency, Letters, Options, SubmitError, actor_text};
pub use backup::{Contents, backup, restore};
pub use beside::RowsBeside;
pub use chain::Hash;
pub use clock::{BoxFuture, Clock, FakeClock, Randomness, SystemClock, SystemRandomness};
pub use database::{Database, Field as ColumnType, Hurry, Row, Tx, Value};
pub use database_config::DatabaseConfig;
pub use drafts::{DraftOf, DraftRow};
pub use engine::{
    Account, Act, Consequence, Consequences, Engine, Foreseen, Foresight, Here, Moved, Reading,
    Told, Wrote,
};
pub use erase::compact;
pub use error::LedgerError;
pub use imports::{Beat, ImportStage, KeptImport};

pub use lists::{Having, ListOrder, ListPlace, Toward, Within};
pub use log::{AccountId, Entry, Head};
pub use outbox::{
    ClaimedMail, MailDraft, MailState, MailStatus, NewMail, OpenedMail, SentLink, no_mails,
};
pub use profile::{
    Field, First, HasProfile, Kind, Match, Of, Place, Profile, ProfileWrite, addresses_of, fold,
    fold_email, people_of_external_ids, person_of_email, read_at, read_emails,
    read_many as read_profiles, read_versions, search, search_after, search_first, search_many,
};
pub use replay::{When, changes, events};
pub use rounds::Rounds;
pub use sign_in::{
    AddressChange, Beginning, Candidate, Confirmed, CredentialKind, Ending, FactorProof, KnownBy,
    Means, NewCredential, NewLinks, NewSession, OneTimeCodes, PASSKEYS_MAX, SignInEntry,
    SignInFact, SignInFilter, SignInPlace, SignInProof, SignInSession, Stage, StoredPasskey,
    Through, ThroughEnding, Tried, Viewing, end_sessions_through, facet_number, facet_of_number,
    means_of, network,
};
pub use slices::{OwnMeans, Shut, bound_as, is_break_glass, person_of_directory};
pub use standing::Standing;
pub use tokens::{Bearer, NewSecret, Purpose, Secret};
pub use verify::{Verified, verify};
pub use words::{Indexed, add_words, move_words, rarest, take_words, words_of};
