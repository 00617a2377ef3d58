//! Until there are sign-in pages, the operator at the server's own command line vouches for users who are invited (AD-15). The log names
//! the operator, and nobody else.

use access::command::SystemSubject;
use access::{Actor, Command, PersonId};
use ledger::{Account, Options, SubmitError};

/// The operator at the command line.
pub const OPERATOR: Actor = Actor::System(SystemSubject::Operator);

/// Accepts the invitation of a user; whether anything changed by it.
pub async fn accept_invitation(
    account: &Account,
    person: PersonId,
    face: &'static str,
) -> Result<bool, SubmitError> {
    let options = Options::telling(face, mail::letters(account));
    let accept = Command::AcceptInvitation { person };
    let done = account.submit(OPERATOR, accept, options).await?;
    Ok(!done.proposal.events.is_empty())
}
