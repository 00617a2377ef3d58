//! Who is in a user group by a tie of their own. Removing somebody from it and deleting the user are two things (AD-13).

use access::{Command, PersonId, UserGroupId, Window, explain::words::Name, state::Tie};
use askama::Template;
use serde::Deserialize;
use web::{
    Problem, Result,
    guard::{CommandsOn, Seen},
    page::{
        Frame, OnePerson, Page, Pager, Picked, Picker, SeeOther, Taken,
        find::Kind,
        names::{Mark, Names},
        review::{Asking, Filled, Review, Reviewed},
    },
    paging::Paging,
    resource::PersonRef,
    route::{Route, get, post},
    session::Session,
    things,
};

use super::{Head, MEMBERS, SECTION, head, path_of};

const KINDS: &[Kind] = &[Kind::User];

pub(super) fn routes() -> Vec<Route> {
    vec![
        get(
            "/people/user-groups/{user_group}",
            "user_group.page",
            "The members of a user group",
            show,
        ),
        post(
            "/people/user-groups/{user_group}/members",
            "user_group.add_member",
            "Review and put a user into a user group",
            add,
        ),
        post(
            "/people/user-groups/{user_group}/members/removal",
            "user_group.remove_member",
            "Review and remove a user from a user group",
            remove,
        ),
    ]
}

/// The button of a row.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct OneMember {
    person: PersonRef,
}

struct Row {
    who: Mark,
    id: String,
}

#[derive(Template)]
#[template(path = "user-group.html")]
struct MembersPage {
    frame: Frame,
    head: Head,
    path: String,
    rows: Vec<Row>,
    is_first: bool,
    picker: Picker,
    pager: Pager,
}

fn picker() -> Picker {
    Picker::new("person", "User to add", KINDS)
}

async fn page(
    session: &Session,
    group: UserGroupId,
    paging: &Paging,
    picker: Picker,
) -> Result<MembersPage> {
    let (frame, head) = head(session, group, MEMBERS).await?;
    let row = session.state().user_groups().get(group);
    let row = row.ok_or_else(Problem::not_found)?;
    let view = session.view();
    let sees = |person| view.sees(person);
    let (people, next) = things::walk(paging, |after| row.members.iter_after(after), sees)?;
    let names = Names::of_people(session, people.iter().copied()).await?;
    let path = path_of(session, group);
    Ok(MembersPage {
        frame,
        head,
        rows: people
            .iter()
            .map(|person| Row {
                who: names.mark(Name::Person(*person)),
                id: session.id(*person).0.to_string(),
            })
            .collect(),
        is_first: paging.is_first(),
        picker,
        pager: Pager::new(paging, &path, next),
        path,
    })
}

async fn show(seen: Seen<UserGroupId>, paging: Paging) -> Result<Page<MembersPage>> {
    page(&seen, seen.on, &paging, picker()).await.map(Page::new)
}

async fn asking(
    session: &Session,
    group: UserGroupId,
    person: PersonId,
    end: &str,
    title: impl FnOnce(&str, &str) -> String,
    button: &str,
) -> Result<Asking> {
    let (person, group_name) = (Name::Person(person), Name::UserGroup(group));
    let names = Names::of(session, [person, group_name]).await?;
    let path = path_of(session, group);
    Ok(Asking {
        title: title(&names.text(person), &names.text(group_name)),
        about: "Administrators with this group in their scope, and what the group gives, follow its members.".to_owned(),
        button: button.to_owned(),
        action: format!("{path}/members{end}"),
        back: path,
        place: SECTION,
        moves: Vec::new(),
    })
}

async fn add(
    commands: CommandsOn<UserGroupId>,
    form: Reviewed<OnePerson>,
) -> Result<Filled<MembersPage>> {
    let (session, group) = (&*commands, commands.on);
    let picked = picker().pick(session, KINDS, form.body.sent()).await?;
    let person: PersonId = match picked {
        Picked::One(person) => person,
        Picked::Not(picker) => {
            let first = Paging::at(session, &path_of(session, group))?;
            let page = page(session, group, &first, picker).await?;
            return Ok(Filled::Again(Page::again(page)));
        }
    };
    let title = |person: &str, group: &str| format!("Add {person} to {group}?");
    let asking = asking(session, group, person, "", title, "Add").await?;
    let back = asking.back.clone();
    let command = Command::Tie {
        person,
        tie: Tie::UserGroup(group),
        window: Window::ALWAYS,
    };
    let settled = form.always().settle(session, command, asking).await?;
    Ok(Filled::Settled(
        settled.then(|_| SeeOther::to(back).saying("Added.")),
    ))
}

async fn remove(
    commands: CommandsOn<UserGroupId>,
    form: Reviewed<OneMember>,
) -> Result<Taken<Review>> {
    let (session, group) = (&*commands, commands.on);
    let person = session.named("person", form.body.person)?;
    let title = |person: &str, group: &str| format!("Remove {person} from {group}?");
    let button = "Remove from the group";
    let asking = asking(session, group, person, "/removal", title, button).await?;
    let back = asking.back.clone();
    let command = Command::Untie {
        person,
        tie: Tie::UserGroup(group),
    };
    let settled = form.always().settle(session, command, asking).await?;
    Ok(settled.then(|_| SeeOther::to(back).saying("Removed from the group. The user stays.")))
}
