//! What needs attention among the users.

use access::{Permission, RoleId, Target, decide::UserStatus, state::UserFacet};
use web::{page::Attention, session::Session};

use super::list::USERS;

/// Users that are looked at; an account with more has lists that say it.
const LOOKED_AT: usize = 20_000;

pub(super) fn of_users(session: &Session) -> Vec<Attention> {
    let mut found = Vec::new();
    found.extend(super_admins(session));
    if session.view().holds_somewhere(Permission::AdminUsersManage) {
        found.extend(waiting(session));
    }
    found
}

/// AD-8: nobody can help the last one who loses their way in.
fn super_admins(session: &Session) -> Option<Attention> {
    let may_add = session
        .view()
        .may(Permission::AdminSuperAdminsManage, Target::Account);
    let row = session.state().roles().get(RoleId::SUPER_ADMIN)?;
    let view = session.view();
    let active = row
        .holders
        .iter()
        .filter(|person| view.user_status(*person) == UserStatus::Active)
        .take(2)
        .count();
    (may_add && active < 2 && session.state().user_count() > 1).then(|| Attention {
        text: "Only one Super admin is left who can sign in. If they lose their way in, nobody can help them."
            .to_owned(),
        label: "Choose another",
        href: USERS.to_owned(),
    })
}

/// Users who were invited and have not accepted, as far as the reader sees them.
fn waiting(session: &Session) -> Option<Attention> {
    let view = session.view();
    let people = session.state().people().iter().take(LOOKED_AT);
    let invited = people
        .filter(|(person, row)| row.user == UserFacet::Invited && view.sees_as_user(*person))
        .count();
    (invited > 0).then(|| Attention {
        text: if invited == 1 {
            "One invitation is not accepted yet.".to_owned()
        } else {
            format!("{invited} invitations are not accepted yet.")
        },
        label: "See whose",
        href: format!("{USERS}?status=invited"),
    })
}
