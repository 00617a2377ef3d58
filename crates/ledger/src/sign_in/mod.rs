//! Signing in, as far as it has to be kept: what proves who somebody is, in which browsers they are signed in, how often somebody
//! tried, and what happened. It never knows what a password is: it keeps what the faces give it.

mod attempts;
mod credentials;
mod history;
mod sessions;

pub use attempts::Tried;
pub(crate) use credentials::{CREDENTIAL_KEYS, CREDENTIALS, CREDENTIALS_OF, is_logged};
pub use credentials::{Candidate, CredentialKind, NewCredential};
pub use history::{SignInEntry, SignInFact};
pub(crate) use sessions::end_of;
pub use sessions::{Ending, NewSession, SignInSession};

use crate::database::Tx;
use crate::error::Result;

/// Takes away what is over: sessions, windows of tries, old entries of the sign-in log.
pub(crate) async fn sweep(tx: &mut Tx, now: access::Moment) -> Result<()> {
    sessions::sweep(tx, now).await?;
    attempts::sweep(tx, now).await?;
    history::sweep(tx, now).await
}
