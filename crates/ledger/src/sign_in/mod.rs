//! Signing in, as far as it has to be kept: what proves who somebody is, in which browsers they are signed in, how often somebody
//! tried, and what happened. It never knows what a password is: it keeps what the faces give it.

mod address_change;
mod attempts;
mod credentials;
mod factors;
mod history;
mod reach;
mod sessions;
mod through;
mod viewings;

pub(crate) use address_change::ADDRESS_CHANGES_OF;
pub use address_change::{AddressChange, Confirmed, NewLinks};
pub use attempts::{Tried, network};
pub(crate) use credentials::{
    CREDENTIAL_KEYS, CREDENTIALS, CREDENTIALS_OF, CREDENTIALS_OF_KIND, is_logged,
};
pub use credentials::{Candidate, CredentialKind, Means, NewCredential, means_of};
pub(crate) use factors::factors_of;
pub use factors::{FactorProof, OneTimeCodes, PASSKEYS_MAX, StoredPasskey};
pub use history::{Place as SignInPlace, SignInEntry, SignInFact, SignInFilter};
pub(crate) use history::{SIGN_IN_LOG, of_credential, write};
pub use sessions::{Beginning, Ending, NewSession, SignInProof, SignInSession, Stage};
pub(crate) use sessions::{end_of, end_some};
pub use through::{
    KnownBy, Through, ThroughEnding, end_sessions_through, facet_number, facet_of_number,
};
pub(crate) use through::{forget_links, known_by};
pub(crate) use viewings::VIEWINGS;
pub use viewings::Viewing;

use crate::database::Tx;
use crate::error::Result;

/// Takes away what is over: sessions, windows of tries, old entries of the sign-in log.
pub(crate) async fn sweep(tx: &mut Tx, now: access::Moment) -> Result<()> {
    sessions::sweep(tx, now).await?;
    attempts::sweep(tx, now).await?;
    factors::sweep(tx, now).await?;
    viewings::sweep(tx, now).await?;
    history::sweep(tx, now).await
}
