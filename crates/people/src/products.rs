//! Products of other tools: their catalogues, their subjects and resources, and who holds their roles.

use access::{
    Command, PersonId, ProductId, ThingId,
    decide::permissions::ManageIntegrations,
    products::{ProductCommand, Properties, Side},
    state::Tie,
};
use ledger::{Change, Field, Of, ProfileWrite};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use web::{
    Problem, Result,
    common::Submission,
    guard::{And, Commands, CommandsOn, May, TheAccount},
    paging::{Page, Paging},
    part::{Order, Path},
    reply::Answer,
    resource::ProductRef,
    route::{Route, delete, get, post, put},
    session::Session,
    submit::Written,
};

use crate::{
    bodies::{self, WindowBody},
    ties,
};

pub(crate) fn routes() -> Vec<Route> {
    vec![
        get(
            "/api/v1/products",
            "products.list",
            "List other products",
            list,
        ),
        post(
            "/api/v1/products",
            "products.load",
            "Load the catalogue of another product",
            load,
        ),
        get(
            "/api/v1/products/{product}",
            "products.show",
            "Show another product with its catalogue",
            show,
        ),
        put(
            "/api/v1/products/{product}/catalogue",
            "products.replace",
            "Replace the catalogue of a product",
            replace,
        ),
        post(
            "/api/v1/products/{product}/archive",
            "products.archive",
            "Archive a product: its roles give nothing from now on",
            archive,
        ),
        post(
            "/api/v1/products/{product}/restore",
            "products.restore",
            "Restore a product",
            restore,
        ),
        post(
            "/api/v1/products/{product}/things",
            "products.register",
            "Register a subject or resource of a product",
            register,
        ),
        put(
            "/api/v1/things/{thing}",
            "products.describe",
            "Change what is known of a subject or resource",
            describe,
        ),
        delete(
            "/api/v1/things/{thing}",
            "products.remove",
            "Remove a subject or resource for ever",
            remove,
        ),
        put(
            "/api/v1/things/{thing}/roles/{key}",
            "products.give_role",
            "Give a registered subject a role of its product",
            give_role,
        ),
        delete(
            "/api/v1/things/{thing}/roles/{key}",
            "products.take_role",
            "Take such a role away",
            take_role,
        ),
        put(
            "/api/v1/products/{product}/people/{person}/roles/{key}",
            "products.give_person_role",
            "Give a person a role of the product, for ever or for a time",
            give_person,
        ),
        delete(
            "/api/v1/products/{product}/people/{person}/roles/{key}",
            "products.take_person_role",
            "Take such a role away from a person",
            take_person,
        ),
    ]
}

/// Another product.
#[derive(Debug, Serialize, ToSchema)]
struct ProductBody {
    id: ProductRef,
    /// The first part of its permissions' names.
    key: Option<String>,
    name: Option<String>,
    /// `active` or `archived`.
    life: &'static str,
    /// Keys of its roles.
    roles: Vec<String>,
}

/// Another product with its catalogue.
#[derive(Debug, Serialize, ToSchema)]
struct ProductWithCatalogue {
    #[serde(flatten)]
    product: ProductBody,
    /// The catalogue file, as it was loaded.
    catalogue: String,
}

/// A catalogue file.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CatalogueFile {
    /// The text of the file (TOML).
    catalogue: String,
}

/// A new subject or resource.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewThing {
    /// Whether it asks or is asked about.
    side: ThingSide,
    /// Its type, as the catalogue names it.
    r#type: String,
    /// The product's own id of it.
    external_id: String,
    /// What conditions may ask about it.
    #[serde(default)]
    #[schema(value_type = Object)]
    properties: Properties,
}

/// Which side of a question.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ThingSide {
    Subject,
    Resource,
}

impl From<Side> for ThingSide {
    fn from(side: Side) -> Self {
        match side {
            Side::Subject => Self::Subject,
            Side::Resource => Self::Resource,
        }
    }
}

/// What is known of a subject or resource from now on.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Description {
    /// The product's own id of it; absent: as it is.
    #[serde(default)]
    external_id: Option<String>,
    /// What conditions may ask about it; replaces what was there.
    #[schema(value_type = Object)]
    properties: Properties,
}

/// A role in the path.
#[derive(Debug, Deserialize, IntoParams)]
struct KeyInPath {
    /// The key of a role of the product's catalogue.
    key: String,
}

fn body(session: &Session, product: ProductId) -> Option<ProductBody> {
    let row = session.asked().products().rows().get(product)?;
    let catalogue = row.catalogue();
    Some(ProductBody {
        id: session.id(product),
        key: catalogue.map(|catalogue| catalogue.key().to_owned()),
        name: catalogue.map(|catalogue| catalogue.name().to_owned()),
        life: bodies::life(row.life()),
        roles: catalogue
            .into_iter()
            .flat_map(|catalogue| catalogue.roles())
            .map(|(_, role)| role.key.to_string())
            .collect(),
    })
}

async fn list(
    may: May<ManageIntegrations, TheAccount>,
    paging: Paging,
) -> Result<Answer<Page<ProductBody>>> {
    let first = paging.after::<u32>()?.unwrap_or(0) as usize;
    let ids = may
        .asked()
        .products()
        .rows()
        .ids()
        .skip(first)
        .take(paging.size + 1);
    let items = ids
        .filter_map(|product| Some((access::Dense::number(product), body(&may, product)?)))
        .collect();
    let page = paging.cut(items, |(number, _)| *number)?;
    may.answer(Page {
        items: page.items.into_iter().map(|(_, body)| body).collect(),
        next: page.next,
    })
}

/// Whoever has a role there knows of the product, and does not read how it is set up.
async fn show(
    may: May<ManageIntegrations, TheAccount>,
    product: And<ProductId>,
) -> Result<Answer<ProductWithCatalogue>> {
    let And(id) = product;
    let product = body(&may, id).ok_or_else(Problem::not_found)?;
    let catalogue = may
        .asked()
        .products()
        .rows()
        .get(id)
        .map(|row| row.text().to_owned());
    may.answer(ProductWithCatalogue {
        product,
        catalogue: catalogue.unwrap_or_default(),
    })
}

async fn load(commands: Commands, order: Order<CatalogueFile>) -> Result<Answer<Written>> {
    let id = commands.new_id::<ProductId>();
    let text = order.body.catalogue.as_str().into();
    commands
        .create(
            id,
            Command::Product(ProductCommand::LoadCatalogue { id, text }),
            &order.how,
        )
        .await
}

async fn replace(
    commands: CommandsOn<ProductId>,
    order: Order<CatalogueFile>,
) -> Result<Answer<Written>> {
    let text = order.body.catalogue.as_str().into();
    let command = ProductCommand::ReplaceCatalogue {
        product: commands.on,
        text,
    };
    commands.submit(Command::Product(command), &order.how).await
}

async fn archive(commands: CommandsOn<ProductId>, how: Submission) -> Result<Answer<Written>> {
    let command = ProductCommand::Archive {
        product: commands.on,
    };
    commands.submit(Command::Product(command), &how).await
}

async fn restore(commands: CommandsOn<ProductId>, how: Submission) -> Result<Answer<Written>> {
    let command = ProductCommand::Restore {
        product: commands.on,
    };
    commands.submit(Command::Product(command), &how).await
}

/// Properties as the profile store keeps them.
fn stored(properties: &Properties) -> Result<String> {
    serde_json::to_string(properties).map_err(Problem::internal)
}

async fn register(
    commands: CommandsOn<ProductId>,
    order: Order<NewThing>,
) -> Result<Answer<Written>> {
    let id = commands.new_id::<ThingId>();
    let new = &order.body;
    let side = match new.side {
        ThingSide::Subject => Side::Subject,
        ThingSide::Resource => Side::Resource,
    };
    let command = ProductCommand::RegisterThing {
        id,
        product: commands.on,
        side,
        kind: new.r#type.as_str().into(),
    };
    let profile = ProfileWrite::new(Of::public(id))
        .set(Field::ExternalId, &new.external_id)
        .set(Field::Properties, stored(&new.properties)?);
    commands
        .create(
            id,
            Change::from(Command::Product(command)).with_profile(profile),
            &order.how,
        )
        .await
}

async fn describe(
    commands: CommandsOn<ThingId>,
    order: Order<Description>,
) -> Result<Answer<Written>> {
    let mut profile = ProfileWrite::new(Of::known(commands.on))
        .set(Field::Properties, stored(&order.body.properties)?);
    if let Some(external_id) = &order.body.external_id {
        profile = profile.set(Field::ExternalId, external_id);
    }
    let command = ProductCommand::DescribeThing { thing: commands.on };
    commands
        .submit(
            Change::from(Command::Product(command)).with_profile(profile),
            &order.how,
        )
        .await
}

async fn remove(commands: CommandsOn<ThingId>, how: Submission) -> Result<Answer<Written>> {
    let command = ProductCommand::RemoveThing { thing: commands.on };
    commands.submit(Command::Product(command), &how).await
}

async fn give_role(
    commands: CommandsOn<ThingId>,
    Path(path): Path<KeyInPath>,
    how: Submission,
) -> Result<Answer<Written>> {
    let command = ProductCommand::GiveRole {
        thing: commands.on,
        role: path.key.into(),
    };
    commands.submit(Command::Product(command), &how).await
}

async fn take_role(
    commands: CommandsOn<ThingId>,
    Path(path): Path<KeyInPath>,
    how: Submission,
) -> Result<Answer<Written>> {
    let command = ProductCommand::TakeRole {
        thing: commands.on,
        role: path.key.into(),
    };
    commands.submit(Command::Product(command), &how).await
}

/// The tie that a role of a product is; whether the catalogue still has the role is for the command to say: one that it dropped
/// can be taken away.
fn role_tie(session: &Session, product: ProductId, key: &str) -> Result<Tie> {
    let row = session.state().products().rows().get(product);
    let role = row.and_then(|row| row.keys().role(key));
    Ok(Tie::ProductRole(
        product,
        role.ok_or_else(Problem::not_found)?,
    ))
}

async fn give_person(
    commands: CommandsOn<ProductId>,
    person: And<PersonId>,
    Path(path): Path<KeyInPath>,
    order: Order<WindowBody>,
) -> Result<Answer<Written>> {
    let tie = role_tie(&commands, commands.on, &path.key)?;
    ties::tie(&commands, person.0, tie, order.body, &order.how).await
}

async fn take_person(
    commands: CommandsOn<ProductId>,
    person: And<PersonId>,
    Path(path): Path<KeyInPath>,
    how: Submission,
) -> Result<Answer<Written>> {
    let tie = role_tie(&commands, commands.on, &path.key)?;
    ties::untie(&commands, person.0, tie, &how).await
}
