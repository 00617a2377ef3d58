//! Name, place in the tree and end of a user group (AD-7, AD-12, AD-25).

use access::{Command, UserGroupId, explain::words::Name};
use askama::Template;
use serde::Deserialize;
use web::{
    Result,
    guard::{CommandsOn, Seen},
    page::{
        Frame, Page, Picker, SeeOther, Sent, Taken,
        find::Kind,
        lives::{self, At, Lives, NewLife, NewName},
        names::Names,
        review::{Asking, Filled, Review, Reviewed},
    },
    route::{Route, get, post},
    session::Session,
};

use super::{Head, PLACE, SECTION, SETTINGS, head, is_shown, may_manage, path_of};

const KINDS: &[Kind] = &[Kind::UserGroup];

pub(super) fn routes() -> Vec<Route> {
    vec![
        get(
            "/people/user-groups/{user_group}/settings",
            "user_group.settings",
            "Name, place and end of a user group",
            show,
        ),
        post(
            "/people/user-groups/{user_group}/place",
            "user_group.move",
            "Review and move a user group in the tree",
            relocate,
        ),
        post(
            "/people/user-groups/{user_group}/settings/name",
            "user_group.rename",
            "Rename a user group",
            rename,
        ),
        post(
            "/people/user-groups/{user_group}/settings/life",
            "user_group.set_life",
            "Review and archive, restore or delete a user group",
            set_life,
        ),
    ]
}

/// A form that names the group above; nothing: at the top.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct NewPlace {
    parent: Option<String>,
    parent_text: Option<String>,
    parent_asked: Option<String>,
}

#[derive(Template)]
#[template(path = "user-group-settings.html")]
struct SettingsPage {
    frame: Frame,
    head: Head,
    path: String,
    picker: Picker,
    /// A group stands above it that the reader does not see.
    is_below_unseen: bool,
    lives: Lives,
}

/// The group above it.
fn above(session: &Session, group: UserGroupId) -> Option<UserGroupId> {
    let row = session.state().user_groups().get(group);
    row.and_then(|row| row.parent)
}

fn has_below(session: &Session, group: UserGroupId) -> bool {
    let row = session.state().user_groups().get(group);
    row.is_some_and(|row| !row.children.is_empty())
}

fn picker() -> Picker {
    Picker::new("parent", "Group above", KINDS)
}

async fn page(session: &Session, group: UserGroupId, picker: Picker) -> Result<SettingsPage> {
    let (frame, head) = head(session, group, SETTINGS).await?;
    let path = path_of(session, group);
    let lives = Lives {
        kept: has_below(session, group)
            .then_some("It can be deleted once the groups below it are moved or deleted."),
        ..Lives::of(
            &frame,
            &format!("{path}/settings"),
            &head.name,
            "user group",
            head.life,
        )
    };
    let above = above(session, group);
    Ok(SettingsPage {
        frame,
        head,
        path,
        picker,
        is_below_unseen: above.is_some_and(|above| !is_shown(session, above)),
        lives,
    })
}

async fn show(seen: Seen<UserGroupId>) -> Result<Page<SettingsPage>> {
    let (session, group) = (&*seen, seen.on);
    let above = above(session, group).filter(|above| is_shown(session, *above));
    let mut picker = picker();
    if let Some(above) = above {
        let names = Names::of(session, [Name::UserGroup(above)]).await?;
        picker = picker.with(
            session.id(above).0.to_string(),
            names.text(Name::UserGroup(above)),
        );
    }
    page(session, group, picker).await.map(Page::new)
}

async fn relocate(
    commands: CommandsOn<UserGroupId>,
    form: Reviewed<NewPlace>,
) -> Result<Filled<SettingsPage>> {
    let (session, group) = (&*commands, commands.on);
    let sent = Sent {
        id: form.body.parent.clone(),
        text: form.body.parent_text.clone(),
        asked: form.body.parent_asked.clone(),
    };
    let picker = picker().take(session, KINDS, sent).await?;
    if picker.is_open() {
        let page = page(session, group, picker).await?;
        return Ok(Filled::Again(Page::again(page)));
    }
    // A group that the reader does not see is not theirs to take it from, unless they name another one.
    let unseen = above(session, group).filter(|above| !is_shown(session, *above));
    let parent = picker.thing::<UserGroupId>(session)?.or(unseen);
    // Whoever may not move it is told so by the command.
    if parent.is_some() && parent == unseen && may_manage(session, group) {
        // AD-27: as from every form, whoever views as somebody is told that they only look.
        session.require_oneself()?;
        let page = format!("{}/settings", path_of(session, group));
        let there = SeeOther::to(page).saying("It stands there already.");
        return Ok(Filled::Settled(Taken::Done(there)));
    }
    let wanted = [Some(group), parent].into_iter().flatten();
    let names = Names::of(session, wanted.map(Name::UserGroup).collect::<Vec<_>>()).await?;
    let name = names.text(Name::UserGroup(group));
    let path = path_of(session, group);
    let back = format!("{path}/settings");
    let asking = Asking {
        title: match parent {
            Some(parent) => format!(
                "Move {name} below {}?",
                names.text(Name::UserGroup(parent))
            ),
            None => format!("Move {name} to the top?"),
        },
        about: "What the groups above give, and who administers them, reaches everybody in it and below it.".to_owned(),
        button: "Move".to_owned(),
        action: format!("{path}/place"),
        back: back.clone(),
        place: SECTION,
        moves: Vec::new(),
    };
    let command = Command::MoveUserGroup { group, parent };
    let settled = form.always().settle(session, command, asking).await?;
    Ok(Filled::Settled(settled.then(|written| {
        let said = if written.changed {
            "Moved."
        } else {
            "It stands there already."
        };
        SeeOther::to(back).saying(said)
    })))
}

async fn at(session: &Session, group: UserGroupId) -> Result<At> {
    let (_, head) = head(session, group, SETTINGS).await?;
    Ok(At {
        page: format!("{}/settings", path_of(session, group)),
        list: PLACE,
        section: SECTION,
        name: head.name,
    })
}

async fn rename(
    commands: CommandsOn<UserGroupId>,
    form: Reviewed<NewName>,
) -> Result<Taken<Review>> {
    let at = at(&commands, commands.on).await?;
    lives::rename(&commands, commands.on, form, &at).await
}

async fn set_life(
    commands: CommandsOn<UserGroupId>,
    form: Reviewed<NewLife>,
) -> Result<Taken<Review>> {
    let at = at(&commands, commands.on).await?;
    lives::turn(&commands, commands.on, form, &at).await
}
