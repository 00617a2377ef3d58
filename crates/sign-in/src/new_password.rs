//! A password that somebody chooses: whether it will do for them, and what is kept of it.

use access::PersonId;
use ledger::{Account, CredentialKind, NewCredential, Of};
use web::Result;

use crate::{
    password::{self, Password},
    rules, whose,
};

/// What is wrong with a password for this person, in words.
pub(crate) async fn weakness(
    account: &Account,
    person: PersonId,
    password: &Password,
) -> Result<Option<String>> {
    let (name, email) = whose::name_and_address(account, person).await?;
    let weak = rules::check(password, &name, &email).err();
    Ok(weak.map(|weak| weak.to_string()))
}

/// To be written beside the command that says so.
pub(crate) async fn credential(
    account: &Account,
    person: PersonId,
    password: Password,
) -> Result<NewCredential> {
    let hash = password::hash(password, account.engine().randomness().as_ref()).await?;
    Ok(hashed(Of::known(person), hash))
}

/// The same of one that was hashed before, also for whoever comes with the command.
pub(crate) fn hashed(of: Of, hash: String) -> NewCredential {
    NewCredential {
        of,
        kind: CredentialKind::Password,
        data: Some(hash),
    }
}
