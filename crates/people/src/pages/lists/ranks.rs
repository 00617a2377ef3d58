//! What several people of a list can be made at once: the account roles (AD-23) or portal levels (SD-25) that the reader could give.

use access::{
    Command,
    Permission::AdminUsersManage,
    PersonId, RoleId, Subject,
    state::{Facet, PortalLevel},
};
use web::{page::names::Names, session::Session};

use super::{
    choices::{Choice, Fields, levels},
    list::Kind,
};
use crate::account_roles::may_give;

/// None where the reader could change nobody of those who are shown.
pub(super) fn ranks(
    session: &Session,
    kind: Kind,
    fields: &Fields,
    names: &Names<'_>,
    shown: &[PersonId],
    chosen: &str,
) -> Vec<Choice> {
    match kind.0 {
        Facet::User => roles(session, fields, names, shown, chosen),
        Facet::Customer => {
            let chosen = serde_json::from_value::<PortalLevel>(chosen.into()).ok();
            let is_offered = |level| {
                session.offers(&Command::SetPortalLevel {
                    people: shown.to_vec(),
                    level,
                    bulk: true,
                })
            };
            levels(chosen, is_offered)
        }
    }
}

fn roles(
    session: &Session,
    fields: &Fields,
    names: &Names<'_>,
    shown: &[PersonId],
    chosen: &str,
) -> Vec<Choice> {
    // It spares whoever reads the list and manages nobody a question about each row and role.
    if !session.view().holds_somewhere(AdminUsersManage) {
        return Vec::new();
    }
    let state = session.state();
    let others = shown
        .iter()
        .copied()
        // What somebody may give up of their own is on their own page.
        .filter(|person| session.subject != Subject::Person(*person));
    let others: Vec<_> = others.collect();
    let gives = |role: RoleId| others.iter().any(|person| may_give(session, *person, role));
    let changes = |role: RoleId| {
        others.iter().any(|person| {
            let row = state.people().get(*person);
            row.is_some_and(|row| row.account_role != role) && may_give(session, *person, role)
        })
    };
    let chosen = chosen.parse().ok().and_then(|id| state.resolve(id));
    let offered = fields.roles_among(session, names, chosen, gives);
    // Member to Members: whoever may add users could say it, and nothing would come of it.
    let has_effect = offered.iter().any(|choice| {
        let role = choice.value.parse().ok().and_then(|id| state.resolve(id));
        role.is_some_and(changes)
    });
    if has_effect { offered } else { Vec::new() }
}
