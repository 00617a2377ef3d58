//! "I lost my second factor": somebody who manages the person and outranks them takes it off (AD-24). The person is told, is signed out
//! everywhere, and sets a new one up. Nobody but the person ever sees a secret.

use access::{Command, PersonId, Subject, event::ProfileField, explain::words::Name};
use askama::Template;
use ledger::{Change, CredentialKind, NewCredential, Of};
use mail::Letter;
use serde::Deserialize;
use web::{
    Problem, Result,
    common::Submission,
    guard::{CommandsOn, Seen},
    page::{
        Frame, Page, SeeOther, Taken,
        names::{Mark, Names},
        review::{Asking, Review, Reviewed},
    },
    reply::Answer,
    route::{Route, get, post},
    session::{Session, failed},
    submit::Written,
};

const PAGE: &str = "/people/{person}/second-factor/reset";

pub(crate) fn routes() -> Vec<Route> {
    vec![
        post(
            "/api/v1/people/{person}/second-factor/reset",
            "second_factors.reset",
            "Take off somebody's second factor and passkeys; their sessions and tokens end",
            reset,
        ),
        get(
            PAGE,
            "second_factors.reset_page",
            "Take off somebody's second factor and passkeys",
            show,
        ),
        post(
            PAGE,
            "second_factors.reset_by_page",
            "Take them off, after what that does was shown",
            reset_by_page,
        ),
    ]
}

fn change_of(session: &Session, person: PersonId) -> Result<Change> {
    if session.subject == Subject::Person(person) {
        // With a token alone, nobody takes off what protects them from whoever has the token.
        return Err(Problem::conflict(
            "own_second_factor",
            "your own second factor is changed where you are signed in, at /account/second-factor",
        ));
    }
    let of = Of::known(person);
    let told = mail::notice(&session.account, of, None, &Letter::SecondFactorReset);
    let edit = Command::EditProfile {
        person,
        fields: vec![ProfileField::SignIn],
    };
    let kinds = [
        CredentialKind::OneTimeCodes,
        CredentialKind::RecoveryCodes,
        CredentialKind::EveryPasskey,
    ];
    let change = Change::from(edit).with_mail(told.map_err(failed)?);
    Ok(kinds.into_iter().fold(change, |change, kind| {
        change.with_credential(NewCredential {
            of,
            kind,
            data: None,
        })
    }))
}

async fn reset(commands: CommandsOn<PersonId>, how: Submission) -> Result<Answer<Written>> {
    let change = change_of(&commands, commands.on)?;
    commands.submit(change, &how).await
}

#[derive(Template)]
#[template(path = "factor-reset.html")]
struct ResetPage {
    frame: Frame,
    who: Mark,
    action: String,
}

fn address(session: &Session, person: PersonId) -> String {
    let id = session.id(person).0.to_string();
    PAGE.replace("{person}", &id)
}

async fn show(seen: Seen<PersonId>) -> Result<Page<ResetPage>> {
    // Nobody is led to a button that ends in a refusal: the same change is tried first.
    let how = Submission {
        dry_run: true,
        ..Submission::default()
    };
    seen.submit(change_of(&seen, seen.on)?, &how).await?;
    let names = Names::of_people(&seen, [seen.on]).await?;
    let action = address(&seen, seen.on);
    Ok(Page::new(ResetPage {
        frame: Frame::of(&seen, "Reset the second factor", &action, "/").await?,
        who: names.mark(Name::Person(seen.on)),
        action,
    }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Nothing {}

async fn reset_by_page(
    commands: CommandsOn<PersonId>,
    form: Reviewed<Nothing>,
) -> Result<Taken<Review>> {
    let Nothing {} = &form.body;
    let action = address(&commands, commands.on);
    let asking = Asking {
        title: "Reset the second factor?".to_owned(),
        about: "One-time codes, recovery codes and passkeys are taken off. The password stays."
            .to_owned(),
        button: "Reset".to_owned(),
        action: action.clone(),
        back: action.clone(),
        place: "/",
        moves: Vec::new(),
    };
    let change = change_of(&commands, commands.on)?;
    let settled = form.settle(&commands, change, asking).await?;
    let place = commands.link(Name::Person(commands.on)).unwrap_or(action);
    Ok(settled.then(|_| SeeOther::to(place).saying("The second factor is reset.")))
}
