//! Naming a group manager, and ending that. It is the custom role of the person with the group in its scope (AD-12): one stored thing,
//! shown here and on the page of the person.

use access::{
    Command, PersonId, RoleId, UserGroupId, command::RoleAssignment, explain::words::Name,
    state::PeopleScope,
};
use serde::Deserialize;
use web::{
    Problem, Result,
    guard::CommandsOn,
    page::{
        Page, Picker, SeeOther, Sent, Taken,
        find::Kind,
        names::Names,
        review::{Asking, Filled, Review, Reviewed},
    },
    resource::PersonRef,
    route::{Route, post},
    session::Session,
};

use super::{
    SECTION,
    management::{ManagementPage, page},
    path_of,
};

pub(super) fn routes() -> Vec<Route> {
    vec![
        post(
            "/people/user-groups/{user_group}/managers",
            "user_group.name_manager",
            "Review and name a group manager",
            name,
        ),
        post(
            "/people/user-groups/{user_group}/managers/removal",
            "user_group.end_manager",
            "Review and let somebody manage the group no longer",
            end,
        ),
    ]
}

pub(super) fn person_picker() -> Picker {
    Picker::new("person", "User", &[Kind::User])
}

pub(super) fn role_picker() -> Picker {
    Picker::new("role", "Custom role", &[Kind::Role])
}

/// A form that names a person and a role.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct NewManager {
    person: Option<String>,
    person_text: Option<String>,
    person_asked: Option<String>,
    role: Option<String>,
    role_text: Option<String>,
    role_asked: Option<String>,
}

/// The button of a row.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct OneManager {
    person: PersonRef,
}

/// The role with these groups as its scope. Who has the role already keeps what was given on top of it (AD-9).
fn assign(
    session: &Session,
    person: PersonId,
    role: RoleId,
    groups: impl FnOnce(Vec<UserGroupId>) -> Vec<UserGroupId>,
) -> Result<Command> {
    let row = session.state().people().get(person);
    let row = row.ok_or_else(Problem::not_found)?;
    let extras = row.extras();
    let has_it = row.account_role == role;
    let present = match &extras.role_scope {
        PeopleScope::UserGroups(groups) if has_it => groups.clone(),
        _ => Vec::new(),
    };
    let groups = groups(present);
    // With nothing left to manage it is the role itself that ends.
    let assignment = if groups.is_empty() {
        RoleAssignment {
            role: RoleId::MEMBER,
            scope: PeopleScope::All,
        }
    } else {
        RoleAssignment {
            role,
            scope: PeopleScope::UserGroups(groups),
        }
    };
    let keeps = has_it && assignment.role == role;
    Ok(Command::SetAccountRoles {
        people: vec![person],
        assignment,
        keep: if keeps {
            extras.extra_grants.clone()
        } else {
            Vec::new()
        },
        bulk: false,
    })
}

/// They manage the group no longer.
pub(super) fn ending(session: &Session, person: PersonId, group: UserGroupId) -> Result<Command> {
    let row = session.state().people().get(person);
    let role = row.ok_or_else(Problem::not_found)?.account_role;
    assign(session, person, role, |mut groups| {
        groups.retain(|one| *one != group);
        groups
    })
}

async fn asking(
    session: &Session,
    group: UserGroupId,
    person: PersonId,
    end: &str,
    title: impl FnOnce(&str, &str) -> String,
    button: &str,
) -> Result<Asking> {
    let (person, of) = (Name::Person(person), Name::UserGroup(group));
    let names = Names::of(session, [person, of]).await?;
    let path = path_of(session, group);
    Ok(Asking {
        title: title(&names.text(person), &names.text(of)),
        about: "A user holds one account role: this one takes the place of another, and what was given on top of that one ends.".to_owned(),
        button: button.to_owned(),
        action: format!("{path}/managers{end}"),
        back: format!("{path}/management"),
        place: SECTION,
        moves: Vec::new(),
    })
}

async fn name(
    commands: CommandsOn<UserGroupId>,
    form: Reviewed<NewManager>,
) -> Result<Filled<ManagementPage>> {
    let (session, group) = (&*commands, commands.on);
    let body = &form.body;
    let sent = |id: &Option<String>, text: &Option<String>, asked: &Option<String>| Sent {
        id: id.clone(),
        text: text.clone(),
        asked: asked.clone(),
    };
    let of_person = sent(&body.person, &body.person_text, &body.person_asked);
    let of_role = sent(&body.role, &body.role_text, &body.role_asked);
    let mut who = person_picker()
        .take(session, &[Kind::User], of_person)
        .await?;
    let mut which = role_picker().take(session, &[Kind::Role], of_role).await?;
    let is_open = who.is_open() || which.is_open();
    let chosen = match is_open {
        true => None,
        false => who
            .thing::<PersonId>(session)?
            .zip(which.thing::<RoleId>(session)?),
    };
    let Some((person, role)) = chosen else {
        if !who.is_open() && who.chosen().is_none() {
            who = who.wrong("Name a user of the account.");
        }
        if !which.is_open() && which.chosen().is_none() {
            which = which.wrong("Name a custom role.");
        }
        let page = page(session, group, (who, which), None).await?;
        return Ok(Filled::Again(Page::again(page)));
    };
    let with = |mut groups: Vec<UserGroupId>| {
        if !groups.contains(&group) {
            groups.push(group);
        }
        groups
    };
    let command = assign(session, person, role, with)?;
    let title = |person: &str, group: &str| format!("Let {person} manage {group}?");
    let asking = asking(session, group, person, "", title, "Name group manager").await?;
    let back = asking.back.clone();
    let settled = form.always().settle(session, command, asking).await?;
    Ok(Filled::Settled(settled.then(|_| {
        SeeOther::to(back).saying("Named. The same shows on the page of the person.")
    })))
}

async fn end(
    commands: CommandsOn<UserGroupId>,
    form: Reviewed<OneManager>,
) -> Result<Taken<Review>> {
    let (session, group) = (&*commands, commands.on);
    let person = session.named("person", form.body.person)?;
    let row = session.state().people().get(person);
    let row = row.ok_or_else(Problem::not_found)?;
    if !row.extras().role_scope.names(group) {
        let back = format!("{}/management", path_of(session, group));
        return Ok(Taken::Done(
            SeeOther::to(back).saying("Nothing to do: this person does not manage the group."),
        ));
    }
    let command = ending(session, person, group)?;
    let title = |person: &str, group: &str| format!("Let {person} manage {group} no longer?");
    let asking = asking(session, group, person, "/removal", title, "End that").await?;
    let back = asking.back.clone();
    let settled = form.always().settle(session, command, asking).await?;
    Ok(settled.then(|_| SeeOther::to(back).saying("Ended.")))
}
