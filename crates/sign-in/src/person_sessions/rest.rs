//! The same over REST: listed, and ended one by one or all at once.

use access::{Command, PersonId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use web::{
    Result,
    common::Submission,
    decision::timestamp,
    guard::{CommandsOn, Seen},
    part::Path,
    reply::Answer,
    route::{Route, delete, get},
    sign_ins::SignIns,
    submit::Written,
};

pub(super) fn routes() -> Vec<Route> {
    vec![
        get(
            "/api/v1/people/{person}/sign-in-sessions",
            "person_sessions.list",
            "List where somebody is signed in, for whoever may sign them out there",
            list,
        ),
        delete(
            "/api/v1/people/{person}/sign-in-sessions",
            "person_sessions.end_all",
            "Sign somebody out at all browsers",
            end_all,
        ),
        delete(
            "/api/v1/people/{person}/sign-in-sessions/{sign_in_session}",
            "person_sessions.end_one",
            "Sign somebody out at one browser",
            end_one,
        ),
    ]
}

/// The browsers in which somebody is signed in.
#[derive(Debug, Serialize, ToSchema)]
struct SessionsBody {
    /// What was used last comes first.
    items: Vec<SessionBody>,
}

/// One of them.
#[derive(Debug, Serialize, ToSchema)]
struct SessionBody {
    /// Names it, and opens nothing.
    id: String,
    /// The browser, in a few words.
    browser: String,
    /// When it began.
    #[schema(value_type = String, format = DateTime)]
    began: Timestamp,
    /// When it was used, to the minute.
    #[schema(value_type = String, format = DateTime)]
    used: Timestamp,
}

/// A session in the path.
#[derive(Debug, Deserialize, IntoParams)]
struct SessionInPath {
    /// Its id, as it is listed.
    sign_in_session: String,
}

async fn list(seen: Seen<PersonId>, sign_ins: SignIns) -> Result<Answer<SessionsBody>> {
    // AD-24: whoever could not end them is told of none.
    let tried = Submission {
        dry_run: true,
        ..Submission::default()
    };
    let person = seen.on;
    seen.submit(Command::EndSignInSessions { person }, &tried)
        .await?;
    let found = sign_ins.of(&seen.account, person).await?;
    let items = found.into_iter().map(|row| SessionBody {
        id: row.id,
        browser: row.browser,
        began: timestamp(row.began_at),
        used: timestamp(row.used_at),
    });
    seen.answer(SessionsBody {
        items: items.collect(),
    })
}

async fn end_all(
    commands: CommandsOn<PersonId>,
    sign_ins: SignIns,
    how: Submission,
) -> Result<Answer<Written>> {
    super::end(&commands, &sign_ins, None, how).await
}

async fn end_one(
    commands: CommandsOn<PersonId>,
    sign_ins: SignIns,
    Path(path): Path<SessionInPath>,
    how: Submission,
) -> Result<Answer<Written>> {
    super::end(&commands, &sign_ins, Some(path.sign_in_session), how).await
}
