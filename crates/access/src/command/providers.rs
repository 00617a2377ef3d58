//! Whom a sign-in provider knows. By which name is written beside the command, as a hash; whether somebody may be linked was proved at the
//! sign-in pages, and is never for an administrator to say (AD-24).

use super::{Draft, Refusal, connections, invitations, people};
use crate::event::Event;
use crate::ids::{ConnectionId, PersonId};
use crate::state::{ConnectionKind, UserFacet};

pub(super) fn link(
    draft: &mut Draft<'_>,
    person: PersonId,
    connection: ConnectionId,
    accepts: bool,
) -> Result<(), Refusal> {
    people::require_sign_in_pages(draft)?;
    let is_invited = draft.person(person)?.user == UserFacet::Invited;
    let row = connections::known(draft, connection)?;
    draft.require_active(Some(row.life), "connection")?;
    if row.kind != ConnectionKind::SignInProvider {
        let detail = "only a sign-in provider says who somebody is";
        return Err(Refusal::invalid("AD-29", "not_a_sign_in_provider", detail));
    }
    draft.emit(Event::ProviderLinked {
        person,
        connection,
        linked: true,
    });
    if accepts && is_invited {
        invitations::accept(draft, person)?;
    }
    Ok(())
}

/// One's own, save where one side of oneself is open alone; another's by rank (AD-24), and what they are signed in with ends.
pub(super) fn unlink(
    draft: &mut Draft<'_>,
    person: PersonId,
    connection: ConnectionId,
) -> Result<(), Refusal> {
    let row = draft.person(person)?;
    let oneself = draft.is_oneself(person);
    if oneself {
        draft.require_both_facets()?;
    } else {
        people::may_manage(draft, person, row)?;
    }
    connections::known(draft, connection)?;
    draft.emit(Event::ProviderLinked {
        person,
        connection,
        linked: false,
    });
    if !oneself {
        people::end_access(draft, person);
    }
    Ok(())
}
