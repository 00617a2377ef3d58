//! General settings › Skills › [skill] › Who has it.

use access::{
    PermissionType, PersonId, Target, decide::permissions::EditSkills, explain::words::Name,
};
use askama::Template;
use serde::Deserialize;
use web::{
    Result,
    common::Submission,
    page::{
        Frame, Page, Pager, Refused, SeeOther, Taken,
        form::Form,
        names::{Mark, Names},
    },
    paging::Paging,
    resource::PersonRef,
    route::{Route, get, post},
    session::Session,
};

use super::{Reader, holders, is_agent, set};
use crate::{
    entries::{EntryId, InPath, List, Skills, entry},
    find::{Find, Found},
    frame,
};

pub(super) fn routes() -> Vec<Route> {
    vec![
        get(
            "/contact-centre/admin/skills/{skill}/agents",
            "skills_page.agents",
            "Who has the skill",
            show,
        ),
        post(
            "/contact-centre/admin/skills/{skill}/agents/find",
            "skills_page.find",
            "Find an agent to give the skill to",
            find,
        ),
        post(
            "/contact-centre/admin/skills/{skill}/agents",
            "skills_page.set",
            "Give the skill to an agent, or take it away",
            change,
        ),
    ]
}

#[derive(Template)]
#[template(path = "skill-agents.html")]
struct AgentsPage {
    frame: Frame,
    rows: Vec<Row>,
    pager: Pager,
    can_edit: bool,
    found: Option<Found>,
    wrong: Option<String>,
}

struct Row {
    id: PersonRef,
    who: Mark,
    /// Whether the person serves a queue now.
    is_agent: bool,
}

/// The page of who has a skill.
pub(super) fn path(skill: &EntryId<Skills>) -> String {
    format!("{}/{skill}/agents", Skills::PAGE)
}

impl AgentsPage {
    /// The page with some of those who have the skill.
    async fn of(reader: &Reader, skill: &EntryId<Skills>, people: Vec<PersonId>) -> Result<Self> {
        let name = entry::<Skills>(reader, skill).await?.name;
        let session: &Session = reader;
        let can_edit = session.view().may(EditSkills::PERMISSION, Target::Account);
        let names = Names::of_people(session, people.iter().copied()).await?;
        let title = match name.as_str() {
            "" => "Who has it".to_owned(),
            name => format!("Who has {name}"),
        };
        let frame = frame::of_settings(session, &title, &path(skill)).await?;
        let row = |person| Row {
            id: session.id(person),
            who: names.mark(Name::Person(person)),
            is_agent: is_agent(&session.view(), person),
        };
        Ok(Self {
            frame: frame.below(Skills::PAGE, Skills::WORDS.title),
            rows: people.into_iter().map(row).collect(),
            pager: Pager::default(),
            can_edit,
            found: None,
            wrong: None,
        })
    }
}

async fn show(
    may: Reader,
    InPath(skill): InPath<Skills>,
    paging: Paging,
) -> Result<Page<AgentsPage>> {
    let people = holders(&may, &skill, &paging).await?;
    let page = AgentsPage::of(&may, &skill, people.items).await?;
    Ok(Page::new(AgentsPage {
        pager: Pager::new(&paging, &path(&skill), people.next),
        ..page
    }))
}

async fn find(
    may: Reader,
    InPath(skill): InPath<Skills>,
    Form(Find { q }): Form<Find>,
) -> Result<Page<AgentsPage>> {
    let found = Found::people(&may, q, is_agent).await?;
    let page = AgentsPage::of(&may, &skill, Vec::new()).await?;
    Ok(Page::new(AgentsPage {
        found: Some(found),
        ..page
    }))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Change {
    person: PersonRef,
    to: To,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum To {
    Give,
    Take,
}

async fn change(
    may: Reader,
    InPath(skill): InPath<Skills>,
    Form(change): Form<Change>,
) -> Result<Taken<AgentsPage>> {
    let person = may.named("person", change.person)?;
    let has = change.to == To::Give;
    let done = set(&may, &skill, person, has, &Submission::default()).await;
    let Some(refused) = Refused::of(done)? else {
        let said = if has { "Skill given." } else { "Skill taken." };
        return Ok(Taken::Done(SeeOther::to(path(&skill)).saying(said)));
    };
    let page = AgentsPage::of(&may, &skill, Vec::new()).await?;
    Ok(Taken::Again(Page::again(AgentsPage {
        wrong: Some(refused.why),
        ..page
    })))
}
