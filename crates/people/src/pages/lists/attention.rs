//! What needs attention among the users.

use access::{Permission, RoleId, Target, decide::UserStatus, state::Facet};
use web::{
    Result,
    lists::{Count, Status, Wanted},
    page::{Attention, Looked},
    session::Session,
    things,
};

use super::list::USERS;

pub(super) fn of_users(session: &Session) -> Looked<'_> {
    Box::pin(async {
        let mut found = Vec::new();
        found.extend(super_admins(session));
        if session.view().holds_somewhere(Permission::AdminUsersManage) {
            found.extend(waiting(session).await?);
        }
        Ok(found)
    })
}

/// The Super admins who can sign in.
pub(in crate::pages) fn count_super_admins(session: &Session) -> Count {
    let view = session.view();
    let row = session.state().roles().get(RoleId::SUPER_ADMIN);
    let holders = row.into_iter().flat_map(|row| row.holders.iter());
    things::count(holders, |person| {
        view.user_status(*person) == UserStatus::Active
    })
}

/// AD-8: nobody can help the last one who loses their way in.
pub(in crate::pages) fn is_last_super_admin(session: &Session) -> bool {
    let active = count_super_admins(session);
    active.number < 2 && !active.more && session.state().user_count() > 1
}

fn super_admins(session: &Session) -> Option<Attention> {
    let may_add = session
        .view()
        .may(Permission::AdminSuperAdminsManage, Target::Account);
    (may_add && is_last_super_admin(session)).then(|| Attention {
        text: "Only one Super admin is left who can sign in. If they lose their way in, nobody can help them."
            .to_owned(),
        label: "Choose another",
        href: USERS.to_owned(),
    })
}

/// Users who were invited and have not accepted, as the list of them counts: as far as the reader sees them, and to its bound.
async fn waiting(session: &Session) -> Result<Option<Attention>> {
    let wanted = Wanted {
        status: Some(Status::Invited),
        ..Wanted::all(Facet::User)
    };
    let invited = session.list_count(&wanted).await?;
    let text = match (invited.number, invited.more) {
        (0, false) => return Ok(None),
        (1, false) => "One invitation is not accepted yet.".to_owned(),
        _ => format!("{invited} invitations are not accepted yet."),
    };
    Ok(Some(Attention {
        text,
        label: "See whose",
        href: format!("{USERS}?status=invited"),
    }))
}
