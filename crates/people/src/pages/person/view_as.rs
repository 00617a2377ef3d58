//! To view as somebody (AD-27): what both may see, and nothing to be done meanwhile. `web::session` has what makes it so.

use access::{Command, PersonId};
use serde::Deserialize;
use web::{
    Problem, Result,
    common::Submission,
    guard::{CommandsOn, SignedIn},
    page::{SeeOther, form::Form},
    route::{Route, post},
    session::Session,
    sign_ins::SignIns,
};

pub(super) fn routes() -> Vec<Route> {
    vec![
        post(
            "/people/{person}/view-as",
            "person.view_as",
            "See what a person sees, for half an hour, without being able to change anything",
            begin,
        ),
        post(
            "/view-as/end",
            "view_as.end",
            "Be oneself again, after viewing as somebody",
            end,
        ),
    ]
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Nothing {}

/// Whether the reader is offered it: at a browser, of somebody else, by the command's own check.
pub(super) fn is_offered(session: &Session, person: PersonId) -> bool {
    let own = session.sign_in().map(|sign_in| sign_in.person());
    own.is_some_and(|own| own != person) && session.offers(&Command::ViewAs { person })
}

async fn begin(
    commands: CommandsOn<PersonId>,
    sign_ins: SignIns,
    Form(Nothing {}): Form<Nothing>,
) -> Result<SeeOther> {
    if commands.sign_in().is_none() {
        return Err(Problem::not_found().detail("a browser views as somebody, and no program"));
    }
    let person = commands.on;
    // Written down before it begins: there is no viewing that the log does not tell of.
    commands
        .submit(Command::ViewAs { person }, &Submission::default())
        .await?;
    sign_ins.begin_viewing(&commands, person).await?;
    Ok(SeeOther::to("/"))
}

async fn end(
    session: SignedIn,
    sign_ins: SignIns,
    Form(Nothing {}): Form<Nothing>,
) -> Result<SeeOther> {
    let viewed = session.sign_in().and_then(|sign_in| sign_in.views());
    sign_ins.end_viewing(&session).await?;
    Ok(match viewed {
        None => SeeOther::to("/"),
        Some((person, _)) => {
            SeeOther::to(super::path_of(&session, person)).saying("You are yourself again.")
        }
    })
}
