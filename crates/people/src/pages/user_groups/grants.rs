//! What everybody counted in a user group holds on top of their role (AD-9).

use access::{
    Command, Moment, UserGroupId, Window,
    event::GrantHolder,
    explain::words::Name,
    state::{ExtraGrant, PeopleScope},
};
use jiff::Timestamp;
use serde::Deserialize;
use web::{
    Problem, Result,
    guard::CommandsOn,
    page::{
        Page, SeeOther, Taken, moment_of_field,
        names::Names,
        review::{Asking, Filled, Review, Reviewed},
    },
    route::{Route, post},
    session::Session,
};

use super::{
    SECTION,
    management::{ManagementPage, page},
    managers::{person_picker, role_picker},
    path_of,
};
use crate::pages::grants;

pub(super) fn routes() -> Vec<Route> {
    vec![
        post(
            "/people/user-groups/{user_group}/grants",
            "user_group.give_grant",
            "Review and give the members a permission on top",
            give,
        ),
        post(
            "/people/user-groups/{user_group}/grants/removal",
            "user_group.take_grant",
            "Review and take such a permission away",
            take,
        ),
    ]
}

/// For whom a permission is given.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Reach {
    /// The people of the group and below.
    Group,
    /// Everybody.
    All,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct NewGrant {
    permission: String,
    reach: Reach,
    /// A moment, or nothing.
    #[serde(default)]
    until: String,
}

/// The button of a row.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct OneGrant {
    grant: String,
}

/// The end of the grant; `None`: what was typed is no moment.
fn end_of(text: &str) -> Option<Option<Moment>> {
    let Some(text) = moment_of_field(text)? else {
        return Some(None);
    };
    let at: Timestamp = text.parse().ok()?;
    Some(Some(Moment(at.as_millisecond())))
}

async fn asking(
    session: &Session,
    group: UserGroupId,
    end: &str,
    title: impl FnOnce(&str) -> String,
    button: &str,
) -> Result<Asking> {
    let names = Names::of(session, [Name::UserGroup(group)]).await?;
    let path = path_of(session, group);
    Ok(Asking {
        title: title(&names.text(Name::UserGroup(group))),
        about: "It reaches everybody counted in the group, those of the groups below too."
            .to_owned(),
        button: button.to_owned(),
        action: format!("{path}/grants{end}"),
        back: format!("{path}/management"),
        place: SECTION,
        moves: Vec::new(),
    })
}

async fn give(
    commands: CommandsOn<UserGroupId>,
    form: Reviewed<NewGrant>,
) -> Result<Filled<ManagementPage>> {
    let (session, group) = (&*commands, commands.on);
    let permission = grants::permission("permission", &form.body.permission)?;
    let Some(end) = end_of(&form.body.until) else {
        let pickers = (person_picker(), role_picker());
        let error = Some("This is not a moment: leave it empty, or give a day and a time.");
        let page = page(session, group, pickers, error).await?;
        return Ok(Filled::Again(Page::again(page)));
    };
    let grant = ExtraGrant {
        permission,
        scope: match form.body.reach {
            Reach::All => PeopleScope::All,
            Reach::Group => PeopleScope::UserGroups(vec![group]),
        },
        window: Window { start: None, end },
    };
    let command = Command::GiveExtraGrant {
        to: GrantHolder::UserGroup(group),
        grant,
    };
    let title = |name: &str| format!("Let everybody in {name} {}?", permission.label());
    let asking = asking(session, group, "", title, "Give it").await?;
    let back = asking.back.clone();
    let settled = form.always().settle(session, command, asking).await?;
    Ok(Filled::Settled(
        settled.then(|_| SeeOther::to(back).saying("Given.")),
    ))
}

async fn take(
    commands: CommandsOn<UserGroupId>,
    form: Reviewed<OneGrant>,
) -> Result<Taken<Review>> {
    let (session, group) = (&*commands, commands.on);
    let row = session.state().user_groups().get(group);
    let held = row.map_or(&[][..], |row| &row.extra_grants);
    let grant = grants::named(held, &form.body.grant).ok_or_else(|| {
        Problem::conflict(
            "grant_gone",
            "nothing was taken: what the group is granted changed since you looked",
        )
    })?;
    let command = Command::TakeExtraGrant {
        from: GrantHolder::UserGroup(group),
        grant: grant.clone(),
    };
    let title = |name: &str| format!("Let nobody {} by {name}?", grant.permission.label());
    let asking = asking(session, group, "/removal", title, "Take it away").await?;
    let back = asking.back.clone();
    let settled = form.always().settle(session, command, asking).await?;
    Ok(settled.then(|_| SeeOther::to(back).saying("Taken away.")))
}
