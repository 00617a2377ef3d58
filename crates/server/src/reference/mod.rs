//! The reference of the API at `/api/docs`: the OpenAPI document, to be read by people. It is for everybody, as the document is, loads nothing
//! but files of ours and needs no script.
//!
//! **Start reading** in [`routes`]; `read` turns the document into what the pages show.

mod read;

use std::sync::Arc;

use askama::Template;
use serde::Deserialize;
use serde_json::Value;
use utoipa::IntoParams;
use web::{
    Problem, Result,
    guard::{Public, Reason},
    page::{Frame, Page},
    part::{Path, Query},
    route::{Route, get},
};

use self::read::{Group, Reference};

const PATH: &str = "/api/docs";
const TITLE: &str = "The API";

/// What the API looks like is no secret.
#[derive(Debug)]
struct TheSameForAll;

impl Reason for TheSameForAll {
    const WHY: &'static str =
        "the reference is the same for every account and holds nothing of any";
}

/// The pages of this document.
pub(crate) fn routes(document: &Value) -> Vec<Route> {
    let all = Arc::new(Reference::read(document));
    let one = Arc::clone(&all);
    let list = move |_: Public<TheSameForAll>, Query(asked): Query<Asked>| {
        let page = ListPage::of(&all, asked.find.as_deref().unwrap_or_default());
        async move { Result::Ok(Page::new(page)) }
    };
    let group = move |_: Public<TheSameForAll>, Path(which): Path<Which>| {
        let page = GroupPage::of(&one, &which.group);
        async move { page.map(Page::new).ok_or_else(Problem::not_found) }
    };
    vec![
        get(PATH, "api.reference", "The reference of the API", list),
        get(
            "/api/docs/{group}",
            "api.reference_of_group",
            "The reference of the API: operations about one thing",
            group,
        ),
    ]
}

/// What is looked for. It names operations, and nobody: it may stand in an address.
#[derive(Debug, Deserialize, IntoParams)]
struct Asked {
    /// Words of an operation: its method, its path, what it does.
    find: Option<String>,
}

#[derive(Debug, Deserialize, IntoParams)]
struct Which {
    /// What the operations are about, as their names begin.
    group: String,
}

#[derive(Template)]
#[template(path = "reference.html")]
struct ListPage {
    frame: Frame,
    version: String,
    find: String,
    /// What was found of it.
    found: usize,
    reference: Arc<Reference>,
    /// Whether each operation of each group was found.
    is_found: Vec<Vec<bool>>,
}

impl ListPage {
    fn of(reference: &Arc<Reference>, find: &str) -> Self {
        let words: Vec<_> = find.split_whitespace().map(str::to_lowercase).collect();
        let groups = reference.groups.iter();
        let is_found: Vec<Vec<_>> = groups
            .map(|group| group.operations.iter().map(|one| one.has(&words)).collect())
            .collect();
        Self {
            frame: frame(TITLE, PATH.to_owned()),
            version: reference.version.clone(),
            find: find.to_owned(),
            found: is_found.iter().flatten().filter(|found| **found).count(),
            reference: Arc::clone(reference),
            is_found,
        }
    }
}

#[derive(Template)]
#[template(path = "reference-group.html")]
struct GroupPage {
    frame: Frame,
    reference: Arc<Reference>,
    at: usize,
}

impl GroupPage {
    fn of(reference: &Arc<Reference>, name: &str) -> Option<Self> {
        let at = reference
            .groups
            .iter()
            .position(|group| group.name == name)?;
        let group = &reference.groups[at];
        let frame = frame(&group.title, format!("{PATH}/{}", group.name));
        Some(Self {
            frame: frame.below(PATH, TITLE),
            reference: Arc::clone(reference),
            at,
        })
    }

    fn group(&self) -> &Group {
        &self.reference.groups[self.at]
    }
}

/// Around what nobody has to be signed in for.
fn frame(title: &str, path: String) -> Frame {
    Frame::for_anybody(title, path, (PATH, TITLE, "article"))
}
