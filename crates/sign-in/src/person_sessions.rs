//! The browsers in which somebody is signed in, on their own page: for whoever may sign them out there (AD-24).

mod rest;

use access::{Command, PersonId, Subject, event::ProfileField};
use askama::Template;
use ledger::Change;
use serde::Deserialize;
use web::{
    Result,
    common::Submission,
    guard::CommandsOn,
    page::{
        SeeOther,
        form::Form,
        moment,
        names::Html,
        person::{Panel, Reading, Shown, Spot, path_of},
    },
    reply::Answer,
    route::{Route, post},
    sign_ins::SignIns,
    submit::Written,
};

pub(crate) fn routes() -> Vec<Route> {
    let mut routes = rest::routes();
    routes.push(
        post(
            "/people/{person}/sessions/end",
            "person_sessions.end",
            "Sign somebody out at one browser, or at all of them",
            end_by_form,
        )
        .on_person(Spot::SignInSessions, panel),
    );
    routes
}

struct Row {
    id: String,
    browser: String,
    began: String,
    used: String,
}

#[derive(Template)]
#[template(path = "person-sessions.html")]
struct Body<'a> {
    path: String,
    form_token: Option<&'a str>,
    /// Their own stand on a page of their own.
    is_oneself: bool,
    rows: Vec<Row>,
    may_reset_factor: bool,
}

fn panel<'a>(reading: &'a Reading<'a>) -> Shown<'a> {
    Box::pin(async move {
        let (session, person) = (reading.session, reading.person);
        if !session.offers(&Command::EndSignInSessions { person }) {
            return Ok(None);
        }
        let found = reading.sign_ins.of(&session.account, person).await?;
        let rows = found.into_iter().map(|row| Row {
            id: row.id,
            browser: row.browser,
            began: moment(row.began_at),
            used: moment(row.used_at),
        });
        Ok(Some(Panel {
            id: "sign-in-sessions",
            heading: "Sign-in sessions",
            about: "the browsers in which they are signed in",
            body: Html::of(&Body {
                path: reading.path(),
                form_token: reading.form_token(),
                is_oneself: session.subject == Subject::Person(person),
                rows: rows.collect(),
                may_reset_factor: session.offers(&Command::EditProfile {
                    person,
                    fields: vec![ProfileField::SignIn],
                }),
            })?,
        }))
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Which {
    /// One of them, by its public id; without it all end.
    session: Option<String>,
}

/// Ends one of them, or all. What is over already is what was asked for, and the log does not say that it ended again.
async fn end(
    commands: &CommandsOn<PersonId>,
    sign_ins: &SignIns,
    one: Option<String>,
    how: Submission,
) -> Result<Answer<Written>> {
    let person = commands.on;
    let there = sign_ins.of(&commands.account, person).await?;
    let change = Change::from(Command::EndSignInSessions { person });
    let (change, ends) = match one {
        None => (change, !there.is_empty()),
        Some(id) => {
            let ends = there.iter().any(|session| session.id == id);
            (change.with_sign_in_session(id), ends)
        }
    };
    let how = Submission {
        dry_run: how.dry_run || !ends,
        ..how
    };
    commands.submit(change, &how).await
}

async fn end_by_form(
    commands: CommandsOn<PersonId>,
    sign_ins: SignIns,
    Form(which): Form<Which>,
) -> Result<SeeOther> {
    let said = match which.session {
        None => "Signed out everywhere.",
        Some(_) => "Signed out there.",
    };
    end(&commands, &sign_ins, which.session, Submission::default()).await?;
    Ok(SeeOther::to(path_of(&commands, commands.on)).saying(said))
}
