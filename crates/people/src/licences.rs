//! Licences and their holders (AD-14). Concurrent seats are in `seats.rs`.

use access::{
    Command, LicenceId, PersonId, Product,
    state::{LicenceModel, Tie},
};
use ledger::{Change, Field, Of, ProfileWrite};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use web::{
    Problem, Result,
    common::Submission,
    guard::{And, Commands, CommandsOn, Seen, SignedIn},
    paging::{Page, Paging},
    part::{Order, Query},
    reply::Answer,
    resource::LicenceRef,
    route::{Route, delete, get, post, put},
    session::Session,
    submit::Written,
};

use crate::{
    bodies::{self, PersonLine, WindowBody},
    lives::lives,
    things::{self, Search},
    ties,
};

const HOLDERS_MAX: usize = 500;

pub(crate) fn routes() -> Vec<Route> {
    let mut routes = vec![
        get("/api/v1/licences", "licences.list", "List licences", list),
        post("/api/v1/licences", "licences.buy", "Buy a licence", buy),
        get(
            "/api/v1/licences/{licence}",
            "licences.show",
            "Show a licence with its holders",
            show,
        ),
        put(
            "/api/v1/licences/{licence}/size",
            "licences.resize",
            "Buy more seats, or fewer",
            resize,
        ),
        put(
            "/api/v1/licences/{licence}/holders/{person}",
            "licences.assign",
            "Give a user a seat, or the right to one",
            assign,
        ),
        delete(
            "/api/v1/licences/{licence}/holders/{person}",
            "licences.revoke",
            "Take a user's seat away",
            revoke,
        ),
    ];
    routes.extend(lives!(
        LicenceId,
        "/api/v1/licences/{licence}",
        "licences",
        "a licence"
    ));
    routes
}

/// A licence.
#[derive(Debug, Serialize, ToSchema)]
struct LicenceBody {
    id: LicenceRef,
    name: Option<String>,
    /// `active` or `archived`.
    life: &'static str,
    #[schema(schema_with = crate::words::product)]
    product: Product,
    #[schema(schema_with = crate::words::licence_model)]
    model: LicenceModel,
    /// Seats bought; for who assigns or buys them, like the next.
    #[serde(skip_serializing_if = "Option::is_none")]
    bought: Option<u32>,
    /// Seats in use.
    #[serde(skip_serializing_if = "Option::is_none")]
    in_use: Option<usize>,
}

/// A licence with its holders.
#[derive(Debug, Serialize, ToSchema)]
struct LicenceWithHolders {
    #[serde(flatten)]
    licence: LicenceBody,
    /// Who holds a seat or may take one, as far as the caller sees them; at most 500.
    holders: Vec<PersonLine>,
}

/// A licence to buy.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewLicence {
    /// Its name.
    name: String,
    /// Whose modules it opens.
    #[schema(schema_with = crate::words::product)]
    product: Product,
    /// How seats are counted.
    #[schema(schema_with = crate::words::licence_model)]
    model: LicenceModel,
    /// How many seats.
    seats: u32,
}

/// A number of seats.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Size {
    seats: u32,
}

fn body(session: &Session, licence: LicenceId, name: Option<String>) -> Option<LicenceBody> {
    let row = session.asked().licences().get(licence)?;
    Some(LicenceBody {
        id: session.id(licence),
        name,
        life: bodies::life(row.life),
        product: row.product,
        model: row.model,
        bought: session.overseen(licence, row.bought),
        in_use: session.overseen(licence, row.in_use()),
    })
}

async fn list(
    session: SignedIn,
    paging: Paging,
    Query(search): Query<Search>,
) -> Result<Answer<Page<LicenceBody>>> {
    let (licences, next) =
        things::page::<LicenceId>(&session, &paging, &search, |_, _| true).await?;
    let profiles = things::profiles(&session, &licences).await?;
    let items = licences
        .into_iter()
        .filter_map(|licence| body(&session, licence, things::name(&profiles, licence)))
        .collect();
    session.answer(Page { items, next })
}

async fn show(seen: Seen<LicenceId>) -> Result<Answer<LicenceWithHolders>> {
    let name = things::text(Some(&things::profile(&seen, seen.on).await?), Field::Name);
    let licence = body(&seen, seen.on, name).ok_or_else(Problem::not_found)?;
    let row = seen
        .asked()
        .licences()
        .get(seen.on)
        .ok_or_else(Problem::not_found)?;
    let holders = PersonLine::of(&seen, row.holders.iter(), HOLDERS_MAX).await?;
    seen.answer(LicenceWithHolders { licence, holders })
}

async fn buy(commands: Commands, order: Order<NewLicence>) -> Result<Answer<Written>> {
    let id = commands.new_id::<LicenceId>();
    let new = &order.body;
    let name = things::parse_name("/name", &new.name)?;
    let change = Change::from(Command::BuyLicence {
        id,
        product: new.product,
        model: new.model,
        seats: new.seats,
    })
    .with_profile(ProfileWrite::new(Of::public(id)).set(Field::Name, name));
    commands.create(id, change, &order.how).await
}

async fn resize(commands: CommandsOn<LicenceId>, order: Order<Size>) -> Result<Answer<Written>> {
    commands
        .submit(
            Command::SetLicenceSeats {
                licence: commands.on,
                seats: order.body.seats,
            },
            &order.how,
        )
        .await
}

async fn assign(
    commands: CommandsOn<LicenceId>,
    person: And<PersonId>,
    order: Order<WindowBody>,
) -> Result<Answer<Written>> {
    ties::tie(
        &commands,
        person.0,
        Tie::Licence(commands.on),
        order.body,
        &order.how,
    )
    .await
}

async fn revoke(
    commands: CommandsOn<LicenceId>,
    person: And<PersonId>,
    how: Submission,
) -> Result<Answer<Written>> {
    ties::untie(&commands, person.0, Tie::Licence(commands.on), &how).await
}
