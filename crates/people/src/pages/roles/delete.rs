//! The end of a custom role: whoever holds it gets the role that replaces it (AD-5).

use access::{Command, RoleId, decide::permissions::ManageRoles, explain::words::Name};
use askama::Template;
use serde::Deserialize;
use web::{
    Problem, Result,
    guard::{And, May, TheAccount},
    page::{
        Frame, Page, Picker, SeeOther, Sent,
        find::Kind,
        names::Names,
        review::{Asking, Filled, Reviewed},
    },
    route::{Route, get, post},
    session::Session,
};

use super::{PLACE, SECTION, SETTINGS, head, holders, path_of};

pub(super) fn routes() -> Vec<Route> {
    vec![
        get(
            "/access/roles/{role}/delete",
            "role_end.page",
            "The form that ends a custom role",
            show,
        ),
        post(
            "/access/roles/{role}/delete",
            "role_end.delete",
            "Review and delete a custom role, with a replacement if it is held",
            delete,
        ),
    ]
}

/// A form that names the role that replaces it.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Replacement {
    replacement: Option<String>,
    replacement_text: Option<String>,
    replacement_asked: Option<String>,
}

#[derive(Template)]
#[template(path = "role-delete.html")]
struct DeletePage {
    frame: Frame,
    name: String,
    path: String,
    /// How many hold it, where that is for the reader to know.
    holders: Option<usize>,
    picker: Picker,
}

fn picker() -> Picker {
    Picker::new("replacement", "Role that replaces it", &[Kind::Role])
}

async fn page(session: &Session, role: RoleId, picker: Picker) -> Result<DeletePage> {
    if role.is_system() {
        return Err(Problem::not_found());
    }
    let (_, head) = head(session, role, SETTINGS).await?;
    let path = path_of(session, role);
    let frame = Frame::of(session, "Delete", &format!("{path}/delete"), SECTION).await?;
    Ok(DeletePage {
        frame: frame
            .below(PLACE, "Roles")
            .below(path.clone(), head.name.clone()),
        name: head.name,
        path,
        holders: holders(session, role),
        picker,
    })
}

async fn show(may: May<ManageRoles, TheAccount>, role: And<RoleId>) -> Result<Page<DeletePage>> {
    page(&may, role.0, picker()).await.map(Page::new)
}

async fn delete(
    may: May<ManageRoles, TheAccount>,
    role: And<RoleId>,
    form: Reviewed<Replacement>,
) -> Result<Filled<DeletePage>> {
    let (session, role) = (&*may, role.0);
    let sent = Sent {
        id: form.body.replacement.clone(),
        text: form.body.replacement_text.clone(),
        asked: form.body.replacement_asked.clone(),
    };
    let picker = picker().take(session, &[Kind::Role], sent).await?;
    if picker.is_open() {
        let page = page(session, role, picker).await?;
        return Ok(Filled::Again(Page::again(page)));
    }
    let replacement = picker.thing::<RoleId>(session)?;
    let wanted = [Some(role), replacement].into_iter().flatten();
    let names = Names::of(session, wanted.map(Name::Role).collect::<Vec<_>>()).await?;
    let path = path_of(session, role);
    let asking = Asking {
        title: format!("Delete {}?", names.text(Name::Role(role))),
        about: match replacement {
            Some(other) => format!(
                "For ever. Whoever holds it holds {} afterwards.",
                names.text(Name::Role(other))
            ),
            None => "For ever.".to_owned(),
        },
        button: "Delete".to_owned(),
        action: format!("{path}/delete"),
        back: format!("{path}/settings"),
        place: SECTION,
        moves: Vec::new(),
    };
    let command = Command::DeleteRole { role, replacement };
    let settled = form.always().settle(session, command, asking).await?;
    Ok(Filled::Settled(
        settled.then(|_| SeeOther::to(PLACE).saying("Deleted.")),
    ))
}
