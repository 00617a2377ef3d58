//! A role's permissions: read where it is fixed, chosen where it is the account's own (AD-2, AD-3).

use std::collections::BTreeMap;

use access::{
    Command, Permission, PermissionSet, RoleId, catalogue::sets, decide::permissions::ManageRoles,
};
use askama::Template;
use web::{
    Problem, Result,
    guard::{And, May, Seen, TheAccount},
    page::{
        Frame, Page, SeeOther, Taken,
        review::{Asking, Review, Reviewed},
    },
    route::{Route, get, post},
};

use super::{
    Head, PERMISSIONS, SECTION, head, makes_roles, path_of,
    tree::{Bough, Branch, boughs, tree},
};

/// What a ticked box sends.
const TICKED: &str = "on";

pub(super) fn routes() -> Vec<Route> {
    vec![
        get(
            "/access/roles/{role}",
            "role.page",
            "What a role gives",
            show,
        ),
        post(
            "/access/roles/{role}/permissions",
            "role.save",
            "Review and save the permissions of a custom role",
            save,
        ),
    ]
}

#[derive(Template)]
#[template(path = "role.html")]
struct RolePage {
    frame: Frame,
    head: Head,
    path: String,
    /// What can be ticked, where the reader makes roles and this is one that is made.
    branches: Vec<Branch>,
    /// What it gives, where it is read only.
    boughs: Vec<Bough>,
}

async fn show(seen: Seen<RoleId>) -> Result<Page<RolePage>> {
    let (session, role) = (&*seen, seen.on);
    let (frame, head) = head(session, role, PERMISSIONS).await?;
    let row = session.state().roles().get(role);
    let held = row.map_or(PermissionSet::EMPTY, |row| row.permissions);
    let may_edit = !role.is_system() && makes_roles(session);
    Ok(Page::new(RolePage {
        frame,
        head,
        path: path_of(session, role),
        branches: if may_edit {
            tree(sets::CUSTOM, held)
        } else {
            Vec::new()
        },
        boughs: if may_edit { Vec::new() } else { boughs(held) },
    }))
}

/// The permissions whose boxes are ticked. Which of them may be in a custom role is for the command to say.
pub(super) fn ticked<'a>(
    fields: impl Iterator<Item = (&'a String, &'a String)>,
) -> Result<PermissionSet> {
    let permission = |(name, value): (&String, &String)| {
        Permission::from_key(name)
            .filter(|_| value == TICKED)
            .ok_or_else(|| Problem::invalid(name.clone(), "there is no such box"))
    };
    fields.map(permission).collect()
}

async fn save(
    may: May<ManageRoles, TheAccount>,
    role: And<RoleId>,
    form: Reviewed<BTreeMap<String, String>>,
) -> Result<Taken<Review>> {
    let (session, role) = (&*may, role.0);
    let permissions = ticked(form.body.iter())?;
    let (_, head) = head(session, role, PERMISSIONS).await?;
    let path = path_of(session, role);
    let held = session.state().roles().get(role);
    let held = held.map_or(PermissionSet::EMPTY, |row| row.permissions);
    let changes = (permissions - held).iter().count() + (held - permissions).iter().count();
    let asking = Asking {
        title: match changes {
            1 => format!("Save 1 change to {}?", head.name),
            changes => format!("Save {changes} changes to {}?", head.name),
        },
        about: "The rights of everybody who holds the role change at once.".to_owned(),
        button: "Save".to_owned(),
        action: format!("{path}/permissions"),
        back: path.clone(),
        place: SECTION,
        moves: Vec::new(),
    };
    let command = Command::EditRole { role, permissions };
    let settled = form.always().settle(session, command, asking).await?;
    Ok(settled.then(|written| {
        let said = if written.changed {
            "Saved. Its holders' rights are what is ticked here."
        } else {
            "There was nothing to save."
        };
        SeeOther::to(path).saying(said)
    }))
}
