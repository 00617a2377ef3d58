//! What a directory asked, newest first, by what came of it; and how it is doing.

use access::{ConnectionId, Moment, decide::permissions::ManageIntegrations, explain::words::Name};
use askama::Template;
use serde::Deserialize;
use utoipa::IntoParams;
use web::{
    Problem, Result,
    guard::{And, May, TheAccount},
    page::{
        Frame, Page, Pager,
        connection::{self, Head},
        moment,
        names::{Mark, Names},
        sentence,
    },
    paging::Paging,
    part::Query,
    route::{Route, get},
    session::{Session, failed},
};

use crate::{
    directory::is_directory,
    links::store::{count_groups, count_users},
    log::{
        CameTo, Entry,
        rest::{DAY_MS, Written, whose},
        store,
    },
};

pub(super) fn routes() -> Vec<Route> {
    vec![get(
        "/configure/connections/{connection}/log",
        "provisioning_log.page",
        "What a directory asked, and what came of it",
        show,
    )]
}

/// Which entries.
#[derive(Debug, Default, Deserialize, IntoParams)]
struct Which {
    /// What came of them: `done`, `in_part` or `refused`.
    outcome: Option<String>,
}

const OUTCOMES: [(&str, &str, CameTo); 3] = [
    ("done", "done", CameTo::Done),
    ("in_part", "done in part", CameTo::InPart),
    ("refused", "refused", CameTo::Refused),
];

struct Choice {
    code: &'static str,
    label: &'static str,
    is_chosen: bool,
}

struct Row {
    at: String,
    asked: String,
    /// Class and word of its mark.
    outcome: (&'static str, &'static str),
    status: u16,
    reason: String,
    about: Option<Mark>,
}

#[derive(Template)]
#[template(path = "provisioning-log.html")]
struct LogPage {
    frame: Frame,
    head: Head,
    path: String,
    last: Option<String>,
    asked: i64,
    refused: i64,
    users: usize,
    groups: usize,
    outcomes: Vec<Choice>,
    is_filtered: bool,
    rows: Vec<Row>,
    pager: Pager,
}

/// What a request wants, in words; the standard's own where there are none.
fn asked(method: &str, route: &str) -> String {
    let (does, of_one) = match method {
        "POST" if route.ends_with("/.search") => ("Looked for", false),
        "POST" => ("Made", true),
        "GET" => ("Read", route.ends_with('}')),
        "PUT" => ("Replaced", true),
        "PATCH" => ("Changed", true),
        "DELETE" => ("Deleted", true),
        other => return format!("{other} {route}"),
    };
    let what = match (route.split('/').nth(1), of_one) {
        (Some("Users"), true) => "a user",
        (Some("Users"), false) => "users",
        (Some("Groups"), true) => "a group",
        (Some("Groups"), false) => "groups",
        (Some("Schemas" | "ResourceTypes" | "ServiceProviderConfig"), _) => {
            "what the server can do"
        }
        _ => return format!("{method} {route}"),
    };
    format!("{does} {what}")
}

fn name_of(entry: &Entry) -> Option<Name> {
    let person = entry.person.map(Name::Person);
    person.or(entry.group.map(Name::ProviderGroup))
}

fn row(names: &Names<'_>, entry: &Entry) -> Row {
    Row {
        at: moment(entry.at),
        asked: asked(&entry.method, &entry.route),
        outcome: match entry.came_to() {
            CameTo::Done => ("on", "done"),
            CameTo::InPart => ("wait", "done in part"),
            CameTo::Refused => ("stop", "refused"),
        },
        status: entry.status,
        reason: match entry.reason.as_str() {
            "" => String::new(),
            reason => sentence(reason),
        },
        about: name_of(entry).map(|name| names.mark(name)),
    }
}

async fn show(
    may: May<ManageIntegrations, TheAccount>,
    And(connection): And<ConnectionId>,
    written: Written,
    paging: Paging,
    Query(which): Query<Which>,
) -> Result<Page<LogPage>> {
    written.all().await?;
    page(&may, connection, &paging, &which).await.map(Page::new)
}

/// Only a directory has one.
pub(super) fn require_directory(session: &Session, connection: ConnectionId) -> Result<()> {
    match is_directory(session.state(), connection) {
        true => Ok(()),
        false => Err(Problem::not_found()),
    }
}

async fn page(
    session: &Session,
    connection: ConnectionId,
    paging: &Paging,
    which: &Which,
) -> Result<LogPage> {
    require_directory(session, connection)?;
    let chosen = which.outcome.as_deref().filter(|code| !code.is_empty());
    let only = match chosen {
        None => None,
        Some(code) => {
            let found = OUTCOMES.iter().find(|(known, ..)| *known == code);
            let found = found.ok_or_else(|| Problem::invalid("outcome", "there is no such one"))?;
            Some(found.2)
        }
    };
    let whose = whose(session, connection);
    let since = Moment(session.now().0.saturating_sub(DAY_MS));
    let place = paging.after::<(i64, String)>()?;
    let mut tx = session.account.read_once().await.map_err(failed)?;
    let counts = store::counts(&mut tx, whose, since).await;
    let (last, asked, refused) = counts.map_err(failed)?;
    let users = count_users(&mut tx, whose).await.map_err(failed)?;
    let groups = count_groups(&mut tx, whose).await.map_err(failed)?;
    let entries = store::before(&mut tx, whose, place, only, paging.size + 1).await;
    drop(tx);
    let place = |entry: &Entry| (entry.at.0, entry.id.to_string());
    let entries = paging.cut(entries.map_err(failed)?, place)?;
    let names = entries.items.iter().filter_map(name_of);
    let names = Names::of(session, names.collect::<Vec<_>>()).await?;
    let (frame, head) = connection::head(session, connection, connection::LOG).await?;
    let path = format!("{}/log", head.path);
    let outcomes = OUTCOMES.map(|(code, label, _)| Choice {
        code,
        label,
        is_chosen: chosen == Some(code),
    });
    let next = entries.next.clone();
    Ok(LogPage {
        rows: entries.items.iter().map(|one| row(&names, one)).collect(),
        pager: Pager::filtered(paging, &path, &[("outcome", chosen)], next),
        outcomes: outcomes.into(),
        is_filtered: chosen.is_some(),
        last: last.map(moment),
        asked,
        refused,
        users,
        groups,
        path,
        frame,
        head,
    })
}

#[cfg(test)]
mod tests {
    use super::asked;

    #[test]
    fn requests_are_told_in_words() {
        for (method, route, words) in [
            ("POST", "/Users", "Made a user"),
            ("GET", "/Users", "Read users"),
            ("GET", "/Users/{user}", "Read a user"),
            ("PATCH", "/Groups/{directory_group}", "Changed a group"),
            ("POST", "/Users/.search", "Looked for users"),
            ("DELETE", "/Users/{user}", "Deleted a user"),
            ("GET", "/Schemas", "Read what the server can do"),
            ("POST", "/.search", "POST /.search"),
        ] {
            assert_eq!(asked(method, route), words, "{method} {route}");
        }
    }
}
