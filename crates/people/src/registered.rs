//! What is registered of other products, and which people hold their roles: as far as the caller sees them.

use access::{
    PersonId, ProductId, ThingId, View,
    decide::permissions::ManageIntegrations,
    products::Properties,
    state::{Life, Tie},
};
use serde::Serialize;
use utoipa::ToSchema;
use web::{
    Problem, Result,
    guard::{And, May, Seen, TheAccount},
    paging::{Page, Paging},
    reply::Answer,
    resource::{ProductRef, ThingRef},
    route::{Route, get},
    session::Session,
};

use crate::{
    bodies::{PersonLine, WindowBody},
    products::ThingSide,
    things::{self, Search},
};

pub(crate) fn routes() -> Vec<Route> {
    vec![
        get(
            "/api/v1/products/{product}/things",
            "products.things",
            "List the subjects and resources of a product that are registered",
            list,
        ),
        get(
            "/api/v1/things/{thing}",
            "products.show_thing",
            "Show a subject or resource with the roles that it holds",
            show,
        ),
        get(
            "/api/v1/products/{product}/people",
            "products.people",
            "List the people who hold roles of a product",
            people,
        ),
    ]
}

/// A subject or resource of another product.
#[derive(Debug, Serialize, ToSchema)]
struct ThingBody {
    id: ThingRef,
    product: ProductRef,
    /// Whether it asks or is asked about; absent, like its type, when the catalogue dropped the type.
    #[serde(skip_serializing_if = "Option::is_none")]
    side: Option<ThingSide>,
    /// Its type, as the catalogue names it.
    #[serde(skip_serializing_if = "Option::is_none")]
    r#type: Option<String>,
    /// The product's own id of it.
    external_id: Option<String>,
    /// What conditions may ask about it.
    #[schema(value_type = Object)]
    properties: Properties,
    /// Keys of the roles that it holds, those that the catalogue dropped included: they give nothing, and can be taken away.
    roles: Vec<String>,
}

/// A person with the roles of one product.
#[derive(Debug, Serialize, ToSchema)]
struct HolderBody {
    #[serde(flatten)]
    person: PersonLine,
    /// The roles.
    roles: Vec<HeldRole>,
}

/// A role that is held.
#[derive(Debug, Serialize, ToSchema)]
struct HeldRole {
    /// Its key; one that the catalogue dropped gives nothing, and can be taken away.
    key: String,
    /// When it counts; absent: always.
    #[serde(skip_serializing_if = "Option::is_none")]
    window: Option<WindowBody>,
}

fn body(session: &Session, thing: ThingId) -> Option<ThingBody> {
    let products = session.asked().products();
    let row = products.things().get(thing)?;
    if row.life == Life::Deleted {
        return None;
    }
    let product = products.rows().get(row.product)?;
    let kind = product.catalogue().and_then(|found| found.kind(row.kind));
    let profile = row.profile();
    let role = |number: &u16| product.keys().role_key(*number).map(str::to_owned);
    Some(ThingBody {
        id: session.id(thing),
        product: session.id(row.product),
        side: kind.map(|kind| kind.side.into()),
        r#type: kind.map(|kind| kind.key.to_string()),
        external_id: profile.map(|profile| profile.external_id.to_string()),
        properties: profile
            .map(|profile| profile.properties.clone())
            .unwrap_or_default(),
        roles: row.roles.iter().filter_map(role).collect(),
    })
}

async fn list(
    may: May<ManageIntegrations, TheAccount>,
    product: And<ProductId>,
    paging: Paging,
) -> Result<Answer<Page<ThingBody>>> {
    let of_product = |view: &View<'_>, thing| {
        let row = view.state().products().things().get(thing);
        row.is_some_and(|row| row.product == product.0)
    };
    let (found, next) =
        things::page::<ThingId>(&may, &paging, &Search::default(), of_product).await?;
    let items = found.into_iter().filter_map(|thing| body(&may, thing));
    let items = items.collect();
    may.answer(Page { items, next })
}

async fn show(seen: Seen<ThingId>) -> Result<Answer<ThingBody>> {
    seen.answer(body(&seen, seen.on).ok_or_else(Problem::not_found)?)
}

async fn people(
    may: May<ManageIntegrations, TheAccount>,
    product: And<ProductId>,
    paging: Paging,
) -> Result<Answer<Page<HolderBody>>> {
    let holds = |_: &View<'_>, person| !roles(&may, product.0, person).is_empty();
    let (people, next) = things::page::<PersonId>(&may, &paging, &Search::default(), holds).await?;
    let profiles = things::profiles(&may, &people).await?;
    let line = |person| HolderBody {
        person: PersonLine {
            id: may.id(person),
            name: things::name(&profiles, person),
        },
        roles: roles(&may, product.0, person),
    };
    let items = people.into_iter().map(line).collect();
    may.answer(Page { items, next })
}

/// The roles of a product that a person was given; one that has not begun or has ended says so.
fn roles(session: &Session, product: ProductId, person: PersonId) -> Vec<HeldRole> {
    let state = session.asked();
    let Some(row) = state.people().get(person) else {
        return Vec::new();
    };
    let held = row.ties.iter().filter_map(|tie| match *tie {
        Tie::Timed(timed) => {
            let timed = state.timed_ties().get(timed)?;
            Some((timed.tie, WindowBody::of(timed.window)))
        }
        tie => Some((tie, None)),
    });
    let keys = state.products().rows().get(product).map(|row| row.keys());
    let roles = held.filter_map(|(tie, window)| match tie {
        Tie::ProductRole(of, role) if of == product => Some(HeldRole {
            key: keys?.role_key(role)?.to_owned(),
            window,
        }),
        _ => None,
    });
    roles.collect()
}
