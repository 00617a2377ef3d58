//! Configure › Services › [service] › Presets: what it gives its records. Each form changes one thing of it.

use access::{GroupId, ServiceId, decide::permissions::ConfigureDesk, explain::words::Name};
use askama::Template;
use serde::Deserialize;
use uuid::Uuid;
use web::{
    Result,
    common::Submission,
    effect::fingerprint,
    guard::{And, May, TheAccount},
    page::{
        Frame, Page, Picker, Refused, SeeOther, Sent, Taken, find::Kind as Finds, form::Form,
        names::Names, sentence,
    },
    route::{Route, get, post},
    session::Session,
};

use super::{Category, Presets, TextModule, Wrong, name, rest, text};
use crate::{
    records::CategoryId,
    tab::{PLACE, SECTION},
};

const GROUPS: &[Finds] = &[Finds::Group];

pub(super) fn routes() -> Vec<Route> {
    const PATH: &str = "/configure/services/{service}/presets";
    vec![
        get(
            PATH,
            "service_presets_page.show",
            "What a service gives its records",
            show,
        ),
        post(
            PATH,
            "service_presets_page.set",
            "Change what a service gives its records",
            set,
        ),
    ]
}

/// Which form it is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum What {
    #[default]
    Group,
    Category,
    Module,
    Signature,
}

/// What is done with one of a list.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum To {
    #[default]
    Save,
    Up,
    Remove,
}

/// What somebody typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct PresetsForm {
    what: What,
    to: To,
    /// Of a category or a text module; empty: a new one.
    id: String,
    name: String,
    text: String,
    group: Option<String>,
    group_text: Option<String>,
    group_asked: Option<String>,
    /// Of what was read.
    mark: String,
}

/// One of a list, as its form shows it.
struct Row {
    id: String,
    name: String,
    text: String,
}

#[derive(Template)]
#[template(path = "service-presets.html")]
struct PresetsPage {
    frame: Frame,
    name: String,
    path: String,
    people: String,
    group: Picker,
    /// Of a group that lost access since.
    is_lost: bool,
    categories: Vec<Row>,
    modules: Vec<Row>,
    new_category: String,
    new_module: Row,
    signature: String,
    mark: String,
    refused: Option<String>,
}

fn picker() -> Picker {
    Picker::new("group", "Name of a group", GROUPS)
}

impl PresetsPage {
    async fn of(session: &Session, service: ServiceId, presets: &Presets) -> Result<Self> {
        let group = presets.default_group;
        let wanted = group.map(Name::Group).into_iter();
        let wanted = wanted.chain([Name::Service(service)]);
        let names = Names::of(session, wanted.collect::<Vec<_>>()).await?;
        let name = names.text(Name::Service(service));
        let people = format!("{PLACE}/{}", session.id(service).0);
        let path = format!("{people}/presets");
        let frame = Frame::of(session, "Presets", &path, SECTION).await?;
        let category = |one: &Category| Row {
            id: one.id.to_string(),
            name: one.name.clone(),
            text: String::new(),
        };
        let module = |one: &TextModule| Row {
            id: one.id.simple().to_string(),
            name: one.name.clone(),
            text: one.text.clone(),
        };
        let view = session.view();
        Ok(Self {
            frame: frame
                .below(PLACE, "Services")
                .below(people.clone(), name.clone()),
            name,
            path,
            people,
            group: group.map_or_else(picker, |group| {
                let id = session.id(group).0.to_string();
                picker().with(id, names.text(Name::Group(group)))
            }),
            is_lost: group.is_some_and(|group| !view.group_works_on(group, service)),
            categories: presets.categories.iter().map(category).collect(),
            modules: presets.modules.iter().map(module).collect(),
            new_category: String::new(),
            new_module: Row {
                id: String::new(),
                name: String::new(),
                text: String::new(),
            },
            signature: presets.signature.clone(),
            mark: presets.mark(service).to_string(),
            refused: None,
        })
    }

    /// The form that was sent shows what was typed.
    fn typed(mut self, form: &PresetsForm) -> Self {
        let typed = || Row {
            id: form.id.clone(),
            name: form.name.clone(),
            text: form.text.clone(),
        };
        let put = |rows: &mut Vec<Row>| {
            if let Some(row) = rows.iter_mut().find(|row| row.id == form.id) {
                *row = typed();
            }
        };
        match form.what {
            What::Group => {}
            What::Signature => self.signature.clone_from(&form.text),
            _ if form.to != To::Save => {}
            What::Category if form.id.is_empty() => self.new_category.clone_from(&form.name),
            What::Module if form.id.is_empty() => self.new_module = typed(),
            What::Category => put(&mut self.categories),
            What::Module => put(&mut self.modules),
        }
        self
    }
}

async fn show(
    may: May<ConfigureDesk, TheAccount>,
    service: And<ServiceId>,
) -> Result<Page<PresetsPage>> {
    let presets = rest::read(&may, service.0).await?;
    Ok(Page::new(PresetsPage::of(&may, service.0, &presets).await?))
}

/// What becomes of one of a list: whatever is not there any more stays so.
fn turned<T>(
    list: &mut Vec<T>,
    to: To,
    is_it: impl Fn(&T) -> bool,
    typed: impl FnOnce(Option<&T>) -> std::result::Result<T, Wrong>,
) -> std::result::Result<(), Wrong> {
    let place = list.iter().position(is_it);
    match (to, place) {
        (To::Save, Some(place)) => list[place] = typed(list.get(place))?,
        (To::Save, None) => list.push(typed(None)?),
        (To::Up, Some(place)) if place > 0 => list.swap(place - 1, place),
        (To::Remove, Some(place)) => drop(list.remove(place)),
        _ => {}
    }
    Ok(())
}

impl PresetsForm {
    /// What the presets are with what was typed.
    fn put(&self, session: &Session, presets: &mut Presets) -> std::result::Result<(), Wrong> {
        let new = || session.account.engine().new_uuid();
        match self.what {
            What::Group => {}
            What::Signature => presets.signature = text(&self.text)?,
            What::Category => {
                let id: Option<CategoryId> = self.id.parse().ok();
                turned(
                    &mut presets.categories,
                    self.to,
                    |one| Some(one.id) == id,
                    |there| {
                        Ok(Category {
                            id: there.map_or_else(|| CategoryId(new()), |one| one.id),
                            name: name(&self.name)?,
                        })
                    },
                )?;
            }
            What::Module => {
                let id = Uuid::try_parse(&self.id).ok();
                turned(
                    &mut presets.modules,
                    self.to,
                    |one| Some(one.id) == id,
                    |there| {
                        Ok(TextModule {
                            id: there.map_or_else(new, |one| one.id),
                            name: name(&self.name)?,
                            text: text(&self.text)?,
                        })
                    },
                )?;
            }
        }
        presets.check()
    }
}

async fn set(
    may: May<ConfigureDesk, TheAccount>,
    service: And<ServiceId>,
    Form(form): Form<PresetsForm>,
) -> Result<Taken<PresetsPage>> {
    let (session, service) = (&*may, service.0);
    let there = rest::read(session, service).await?;
    let mark = fingerprint("mark", &form.mark)?;
    let mut page = PresetsPage::of(session, service, &there).await?;
    let mut presets = there;
    if form.what == What::Group {
        let sent = Sent {
            id: form.group.clone(),
            text: form.group_text.clone(),
            asked: form.group_asked.clone(),
        };
        page.group = picker().take(session, GROUPS, sent).await?;
        if page.group.is_open() {
            return Ok(Taken::Again(Page::again(page)));
        }
        presets.default_group = page.group.thing::<GroupId>(session)?;
    }
    let why = match form.put(session, &mut presets) {
        Err(wrong) => sentence(wrong.why()),
        Ok(()) => {
            let how = Submission::default();
            let done = rest::submit(session, service, presets, Some(mark), &how).await;
            match Refused::of(done)? {
                None => {
                    let path = page.path;
                    return Ok(Taken::Done(SeeOther::to(path).saying("Saved.")));
                }
                Some(Refused { code, .. }) if code == "changed_meanwhile" => {
                    "Somebody else changed the presets meanwhile. They are shown as they are now, and what you typed is still there: save it again."
                        .to_owned()
                }
                Some(refused) => refused.why,
            }
        }
    };
    let mut page = page.typed(&form);
    page.refused = Some(why);
    Ok(Taken::Again(Page::again(page)))
}
