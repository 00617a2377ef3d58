//! What needs attention among the users.

use access::{Permission, RoleId, Target, decide::UserStatus, state::Facet};
use web::{
    Result,
    lists::{Status, Wanted},
    page::{Attention, Looked},
    session::Session,
};

use super::list::USERS;

/// Super admins who are looked at; among more there are two who can sign in.
const LOOKED_AT: usize = 1_000;

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

/// AD-8: nobody can help the last one who loses their way in.
fn super_admins(session: &Session) -> Option<Attention> {
    let may_add = session
        .view()
        .may(Permission::AdminSuperAdminsManage, Target::Account);
    let row = session.state().roles().get(RoleId::SUPER_ADMIN)?;
    let view = session.view();
    let holders = row.holders.iter().take(LOOKED_AT);
    let is_many = row.holders.len() > LOOKED_AT;
    let active = holders
        .filter(|person| view.user_status(*person) == UserStatus::Active)
        .take(2)
        .count();
    (may_add && active < 2 && !is_many && session.state().user_count() > 1).then(|| Attention {
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
