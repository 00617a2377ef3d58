//! What a first sync would do with the people who are here: the users of a directory are brought as a file, or pasted, and told one by one.
//! Nothing of it is kept.

use access::{ConnectionId, decide::permissions::ManageIntegrations, explain::words::Name};
use askama::Template;
use serde_json::Value;
use web::{
    Result,
    guard::{And, May, TheAccount},
    page::{
        Frame, Page,
        connection::{self, Head},
        names::{Mark, Names},
        sentence,
        upload::Upload,
    },
    route::{Route, get, post},
    session::Session,
};

use super::log::require_directory;
use crate::dry_run::{MOST, Outcome, outcomes};

/// Bytes of what is brought.
const BYTES_MAX: usize = 4 * 1024 * 1024;

pub(super) fn routes() -> Vec<Route> {
    vec![
        get(
            "/configure/connections/{connection}/first-sync",
            "first_sync.page",
            "The form for what a first sync would do",
            show,
        ),
        post(
            "/configure/connections/{connection}/first-sync",
            "first_sync.try",
            "Say of users of a directory who would match whom, come new, or clash; nothing is written",
            attempt,
        ),
    ]
}

/// What would become of one, in the order in which it is told.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Would {
    Clash,
    Unreadable,
    Return,
    Match,
    Exist,
    Create,
}

impl Would {
    fn of(outcome: &Outcome) -> Self {
        match outcome.would {
            "match" => Self::Match,
            "return" => Self::Return,
            "create" => Self::Create,
            "exist" => Self::Exist,
            "unreadable" => Self::Unreadable,
            _ => Self::Clash,
        }
    }

    /// Class and words of its mark.
    fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Clash => ("stop", "clash"),
            Self::Unreadable => ("stop", "not be read"),
            Self::Return => ("wait", "come back"),
            Self::Match => ("on", "match"),
            Self::Exist => ("none", "stay as it is"),
            Self::Create => ("on", "be created"),
        }
    }
}

struct Row {
    /// As it was sent: the userName, and what people call them.
    user_name: String,
    name: String,
    would: Would,
    by: Option<&'static str>,
    people: Vec<Mark>,
    why: String,
}

impl Row {
    fn class(&self) -> &'static str {
        self.would.words().0
    }

    fn words(&self) -> &'static str {
        self.would.words().1
    }
}

struct Tried {
    rows: Vec<Row>,
    /// How many of each, with the words for it.
    counts: Vec<(usize, &'static str)>,
}

#[derive(Template)]
#[template(path = "first-sync.html")]
struct SyncPage {
    frame: Frame,
    head: Head,
    path: String,
    most: usize,
    pasted: String,
    wrong: Option<String>,
    tried: Option<Tried>,
}

async fn page(session: &Session, connection: ConnectionId) -> Result<SyncPage> {
    require_directory(session, connection)?;
    let (frame, head) = connection::head(session, connection, connection::FIRST_SYNC).await?;
    Ok(SyncPage {
        path: format!("{}/first-sync", head.path),
        most: MOST,
        pasted: String::new(),
        wrong: None,
        tried: None,
        frame,
        head,
    })
}

async fn show(
    may: May<ManageIntegrations, TheAccount>,
    And(connection): And<ConnectionId>,
) -> Result<Page<SyncPage>> {
    page(&may, connection).await.map(Page::new)
}

async fn attempt(
    may: May<ManageIntegrations, TheAccount>,
    And(connection): And<ConnectionId>,
    brought: Upload<BYTES_MAX>,
) -> Result<Page<SyncPage>> {
    let session = &*may;
    let page = page(session, connection).await?;
    let pasted = brought
        .field("pasted")
        .unwrap_or_default()
        .trim()
        .to_owned();
    let users = match &brought.bytes {
        None => Err("This is too large: bring at most 4 MB.".to_owned()),
        Some(file) if !file.is_empty() => users_of(file),
        Some(_) if pasted.is_empty() => Err("Choose a file, or paste users.".to_owned()),
        Some(_) => users_of(pasted.as_bytes()),
    };
    let users = match users {
        Ok(users) => users,
        Err(wrong) => {
            return Ok(Page::again(SyncPage {
                wrong: Some(wrong),
                pasted,
                ..page
            }));
        }
    };
    let found = outcomes(session, connection, &users).await?;
    let tried = tried(session, &users, found).await?;
    Ok(Page::new(SyncPage {
        tried: Some(tried),
        ..page
    }))
}

/// The users of a ListResponse (RFC 7644 §3.4.2), of a JSON array, or one of them.
fn users_of(bytes: &[u8]) -> std::result::Result<Vec<Value>, String> {
    let found = serde_json::from_slice::<Value>(bytes);
    let found = found.map_err(|error| {
        let (line, column) = (error.line(), error.column());
        format!("This is not JSON: look at line {line}, column {column}.")
    })?;
    let users = match found {
        Value::Array(users) => users,
        Value::Object(mut one) => match one.remove("Resources") {
            Some(Value::Array(users)) => users,
            None if one.contains_key("userName") => vec![Value::Object(one)],
            _ => {
                return Err(
                    "There are no users in it: a list of them stands under “Resources”.".to_owned(),
                );
            }
        },
        _ => return Err("There are no users in it.".to_owned()),
    };
    match users.len() {
        0 => Err("There are no users in it.".to_owned()),
        many if many > MOST => Err(format!(
            "These are {many} users: bring at most {MOST} at once."
        )),
        _ => Ok(users),
    }
}

/// A text of what was sent, for whoever sent it.
fn text(user: &Value, name: &str) -> String {
    let found = user.get(name).and_then(Value::as_str);
    found.unwrap_or_default().chars().take(200).collect()
}

async fn tried(session: &Session, users: &[Value], found: Vec<Outcome>) -> Result<Tried> {
    let people = found.iter().flat_map(|one| &one.people);
    let people = people.filter_map(|id| session.find(*id));
    let names = Names::of_people(session, people.collect::<Vec<_>>()).await?;
    let row = |(user, outcome): (&Value, Outcome)| {
        let people = outcome.people.iter().filter_map(|id| session.find(*id));
        Row {
            user_name: text(user, "userName"),
            name: text(user, "displayName"),
            would: Would::of(&outcome),
            by: outcome.by.map(|by| match by {
                "external_id" => "externalId",
                _ => "userName",
            }),
            people: people.map(|one| names.mark(Name::Person(one))).collect(),
            why: match (outcome.detail, outcome.is_deactivated) {
                (Some(detail), _) => sentence(&detail),
                (None, true) => "Who matches is deactivated: bringing them back needs rank, and is refused to a connection that has none over them.".to_owned(),
                (None, false) => String::new(),
            },
        }
    };
    let mut rows: Vec<_> = users.iter().zip(found).map(row).collect();
    // What has to be looked at comes first; within, in the order in which it was sent.
    rows.sort_by_key(|row| row.would);
    let counts = rows.chunk_by(|a, b| a.would == b.would);
    let counts = counts.map(|of| (of.len(), of[0].words()));
    Ok(Tried {
        counts: counts.collect(),
        rows,
    })
}

#[cfg(test)]
mod tests {
    use super::users_of;

    #[test]
    fn users_stand_in_a_list_response_in_an_array_or_alone() {
        for text in [
            r#"{"schemas": [], "Resources": [{"userName": "a"}]}"#,
            r#"[{"userName": "a"}]"#,
            r#"{"userName": "a"}"#,
        ] {
            assert_eq!(users_of(text.as_bytes()).unwrap().len(), 1, "{text}");
        }
        for text in [
            "",
            "[",
            "[]",
            "7",
            r#"{"Resources": 7}"#,
            r#"{"name": "a"}"#,
        ] {
            users_of(text.as_bytes()).unwrap_err();
        }
        let many = format!("[{}{{}}]", "{},".repeat(super::MOST));
        assert!(users_of(many.as_bytes()).unwrap_err().contains("1001"));
    }
}
