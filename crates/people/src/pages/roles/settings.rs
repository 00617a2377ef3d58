//! Whether a role asks for a second factor; the name of a custom one, and its end (AD-5, AD-25).

use access::{RoleId, decide::permissions::ManageRoles};
use askama::Template;
use web::{
    Result,
    guard::{And, May, TheAccount},
    page::{
        Frame, Page, Taken,
        lives::{self, At, Lives, NewLife, NewName},
        review::{Review, Reviewed},
    },
    route::{Route, get, post},
    session::Session,
};

use super::{Head, PLACE, SECTION, SETTINGS, head, path_of, settings_of};
use crate::pages::second_factor::SecondFactor;

pub(super) fn routes() -> Vec<Route> {
    vec![
        get(
            "/access/roles/{role}/settings",
            "role.settings",
            "Whether a role asks for a second factor; the name of a custom one, and its end",
            show,
        ),
        post(
            "/access/roles/{role}/settings/name",
            "role.rename",
            "Rename a custom role",
            rename,
        ),
        post(
            "/access/roles/{role}/settings/life",
            "role.set_life",
            "Review and archive or restore a custom role",
            set_life,
        ),
    ]
}

#[derive(Template)]
#[template(path = "role-settings.html")]
struct SettingsPage {
    frame: Frame,
    head: Head,
    path: String,
    second_factor: SecondFactor,
    /// Of a custom role.
    lives: Option<Lives>,
}

async fn show(may: May<ManageRoles, TheAccount>, role: And<RoleId>) -> Result<Page<SettingsPage>> {
    let (session, role) = (&*may, role.0);
    let (frame, head) = head(session, role, SETTINGS).await?;
    let path = path_of(session, role);
    let lives = (!head.is_system).then(|| Lives {
        // AD-5.
        kept: Some("Deleting it asks for the role that takes its place."),
        ..Lives::of(
            &frame,
            &settings_of(session, role),
            &head.name,
            "role",
            head.life,
        )
    });
    Ok(Page::new(SettingsPage {
        second_factor: SecondFactor::of_role(session, &frame, role),
        frame,
        head,
        path,
        lives,
    }))
}

async fn at(session: &Session, role: RoleId) -> Result<At> {
    let (_, head) = head(session, role, SETTINGS).await?;
    Ok(At {
        page: settings_of(session, role),
        list: PLACE,
        section: SECTION,
        name: head.name,
    })
}

async fn rename(
    may: May<ManageRoles, TheAccount>,
    role: And<RoleId>,
    form: Reviewed<NewName>,
) -> Result<Taken<Review>> {
    let at = at(&may, role.0).await?;
    lives::rename(&may, role.0, form, &at).await
}

async fn set_life(
    may: May<ManageRoles, TheAccount>,
    role: And<RoleId>,
    form: Reviewed<NewLife>,
) -> Result<Taken<Review>> {
    let at = at(&may, role.0).await?;
    lives::turn(&may, role.0, form, &at).await
}
