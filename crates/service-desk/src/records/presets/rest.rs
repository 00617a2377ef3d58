//! What a service gives its records, for programs: for whoever configures it, and for whoever works on it.

use access::{
    Fingerprint, ServiceId,
    decide::permissions::{ConfigureDesk, CreateRecord},
};
use serde::{Deserialize, Serialize};
use utoipa::{
    ToSchema,
    openapi::{RefOr, Schema},
};
use web::{
    Problem, Result,
    common::Submission,
    guard::{And, CommandsOn, InPath, May, TheAccount},
    part::Replacement,
    reply::Answer,
    resource::GroupRef,
    route::{Route, get, put},
    session::{Session, failed, id_in},
    submit::Written,
};

use super::{Category, NAME_CHARS_MAX, Presets, SetPresets, TextModule, name, text};
use crate::records::{CategoryId, store};

pub(super) fn routes() -> Vec<Route> {
    const PATH: &str = "/api/v1/services/{service}/presets";
    vec![
        get(
            PATH,
            "service_presets.show",
            "Show what a service gives its records: default group, categories, text modules, signature",
            show,
        ),
        put(
            PATH,
            "service_presets.set",
            "Say what a service gives its records, by what was read of it",
            set,
        ),
        get(
            "/api/v1/service-desk/services/{service}/presets",
            "records.presets",
            "Show what a service gives its records, for whoever works on them",
            of_desk,
        ),
    ]
}

fn preset_name() -> RefOr<Schema> {
    web::schema::line(NAME_CHARS_MAX)
}

/// A word that says what a record is about.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CategoryBody {
    /// Absent of a new one. One that is left out is no record's any more.
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<CategoryId>,
    /// At most 80 characters.
    #[schema(schema_with = preset_name)]
    name: String,
}

/// A text that is put into answers.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct TextModuleBody {
    /// At most 80 characters.
    #[schema(schema_with = preset_name)]
    name: String,
    /// At most 2,000 characters. `{customer}`, `{number}` and `{agent}` stand for the name of the customer, the number of the record, and the
    /// name of whoever answers.
    #[schema(schema_with = web::schema::text)]
    text: String,
}

/// What a service gives its records.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PresetsBody {
    /// The group that is assigned to new records to which nobody is, for as long as it has access.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    default_group: Option<GroupRef>,
    /// In their order; at most 200.
    #[serde(default)]
    categories: Vec<CategoryBody>,
    /// In their order; at most 200.
    #[serde(default)]
    text_modules: Vec<TextModuleBody>,
    /// What stands under answers to customers; at most 2,000 characters, with the same placeholders.
    #[serde(default)]
    #[schema(schema_with = web::schema::text)]
    signature: String,
}

/// The same, as it was read.
#[derive(Debug, Serialize, ToSchema)]
struct ReadPresets {
    #[serde(flatten)]
    presets: PresetsBody,
    /// Send it as `If-Mark` with a change.
    mark: String,
}

impl PresetsBody {
    fn of(session: &Session, presets: Presets) -> Self {
        let category = |one: Category| CategoryBody {
            id: Some(one.id),
            name: one.name,
        };
        let module = |one: TextModule| TextModuleBody {
            name: one.name,
            text: one.text,
        };
        let group = presets.default_group;
        let group = group.filter(|group| session.view().sees(*group));
        Self {
            default_group: group.map(|group| id_in(session.state(), group)),
            categories: presets.categories.into_iter().map(category).collect(),
            text_modules: presets.modules.into_iter().map(module).collect(),
            signature: presets.signature,
        }
    }

    /// As they are kept, beside those that are there: an id is one of theirs.
    fn presets(self, session: &Session, there: &Presets) -> Result<Presets> {
        let new = || session.account.engine().new_uuid();
        let mut presets = Presets {
            default_group: session.named_if("/default_group", self.default_group)?,
            ..Presets::default()
        };
        for (at, one) in self.categories.iter().enumerate() {
            let place = |field: &str| format!("/categories/{at}/{field}");
            let id = match one.id {
                None => CategoryId(new()),
                Some(id) if there.has(id) && !presets.has(id) => id,
                Some(_) => return Err(Problem::unknown_id(place("id"))),
            };
            // SD-26: a blank stays where a name was.
            let is_blank = one.name.is_empty() && one.id.is_some();
            let name = match is_blank {
                true => String::new(),
                false => {
                    name(&one.name).map_err(|wrong| Problem::invalid(place("name"), wrong.why()))?
                }
            };
            presets.categories.push(Category { id, name });
        }
        for (at, one) in self.text_modules.iter().enumerate() {
            let wrong =
                |field: &str, why| Problem::invalid(format!("/text_modules/{at}/{field}"), why);
            // SD-26: names that were blanked are alike, and each is one module all the same.
            let is_free = |id| presets.modules.iter().all(|taken| taken.id != id);
            let mut known = there.modules.iter();
            let known = known.find(|there| there.name == one.name && is_free(there.id));
            let name = match &one.name {
                name if name.is_empty() && known.is_some() => String::new(),
                text => name(text).map_err(|why| wrong("name", why.why()))?,
            };
            presets.modules.push(TextModule {
                id: known.map_or_else(new, |known| known.id),
                name,
                text: text(&one.text).map_err(|why| wrong("text", why.why()))?,
            });
        }
        let wrong = |why: super::Wrong| Problem::invalid("/signature", why.why());
        presets.signature = text(&self.signature).map_err(wrong)?;
        presets
            .check()
            .map_err(|wrong| Problem::invalid("/", wrong.why()))?;
        Ok(presets)
    }
}

/// What a service gives now.
pub(super) async fn read(session: &Session, service: ServiceId) -> Result<Presets> {
    let mut reading = session.account.read().await.map_err(failed)?;
    let found = store::presets(&mut reading.tx, session.account.id(), service).await;
    found.map_err(failed)
}

/// Sets what was looked at.
pub(super) async fn submit(
    session: &Session,
    service: ServiceId,
    presets: Presets,
    read: Option<Fingerprint>,
    how: &Submission,
) -> Result<Answer<Written>> {
    let act = SetPresets {
        service,
        presets,
        read,
    };
    session.act(act, how, None).await
}

async fn show(
    may: May<ConfigureDesk, TheAccount>,
    service: And<ServiceId>,
) -> Result<Answer<ReadPresets>> {
    let presets = read(&may, service.0).await?;
    let mark = presets.mark(service.0).to_string();
    let presets = PresetsBody::of(&may, presets);
    may.answer(ReadPresets { presets, mark })
}

async fn of_desk(may: May<CreateRecord, InPath<ServiceId>>) -> Result<Answer<PresetsBody>> {
    let service = may.permit()?.on();
    let presets = read(&may, service).await?;
    may.answer(PresetsBody::of(&may, presets))
}

async fn set(
    commands: CommandsOn<ServiceId>,
    order: Replacement<PresetsBody>,
) -> Result<Answer<Written>> {
    let Replacement { order, read: mark } = order;
    // What stands there is told to nobody who may not set it: the act is denied before an id is looked at.
    commands.permit(ConfigureDesk, access::decide::OnAccount)?;
    let there = read(&commands, commands.on).await?;
    let presets = order.body.presets(&commands, &there)?;
    submit(&commands, commands.on, presets, mark, &order.how).await
}
