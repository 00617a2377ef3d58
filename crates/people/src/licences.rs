//! Licences and their holders (AD-14). Concurrent seats are in `seats.rs`.

use access::{
    Command, LicenceId, Product,
    state::{LicenceModel, Tie},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use web::{
    Problem, Result,
    guard::{Commands, CommandsOn, Seen},
    part::Order,
    reply::Answer,
    resource::LicenceRef,
    route::{Route, delete, get, post, put},
    session::Session,
    submit::Written,
};

use crate::{
    bodies::{self, PersonLine},
    lives::{self, lives},
    shown::{self, Shown},
    ties::{self, Tied},
};

pub(crate) fn routes() -> Vec<Route> {
    let mut routes = vec![
        get(
            "/api/v1/licences",
            "licences.list",
            "List licences",
            shown::list::<LicenceId>,
        ),
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
            ties::give::<LicenceId>,
        ),
        delete(
            "/api/v1/licences/{licence}/holders/{person}",
            "licences.revoke",
            "Take a user's seat away",
            ties::take::<LicenceId>,
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
pub(crate) struct LicenceBody {
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
    #[schema(schema_with = web::schema::name)]
    name: String,
    /// Whose modules it opens.
    #[schema(schema_with = crate::words::product)]
    product: Product,
    /// How seats are counted.
    #[schema(schema_with = crate::words::licence_model)]
    model: LicenceModel,
    /// How many seats.
    #[schema(schema_with = crate::words::seats)]
    seats: u32,
}

/// A number of seats.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Size {
    #[schema(schema_with = crate::words::seats)]
    seats: u32,
}

impl Shown for LicenceId {
    type Body = LicenceBody;

    fn body(self, session: &Session, name: Option<String>) -> Option<LicenceBody> {
        let row = session.asked().licences().get(self)?;
        Some(LicenceBody {
            id: session.id(self),
            name,
            life: bodies::life(row.life),
            product: row.product,
            model: row.model,
            bought: session.overseen(self, row.bought),
            in_use: session.overseen(self, row.in_use()),
        })
    }
}

impl Tied for LicenceId {
    fn tie(self) -> Tie {
        Tie::Licence(self)
    }
}

async fn show(seen: Seen<LicenceId>) -> Result<Answer<LicenceWithHolders>> {
    let licence = shown::body(&seen).await?;
    let row = seen
        .asked()
        .licences()
        .get(seen.on)
        .ok_or_else(Problem::not_found)?;
    let holders = PersonLine::of(&seen, row.holders.iter()).await?;
    seen.answer(LicenceWithHolders { licence, holders })
}

async fn buy(commands: Commands, order: Order<NewLicence>) -> Result<Answer<Written>> {
    let new = &order.body;
    lives::create(&commands, &new.name, &order.how, |id| Command::BuyLicence {
        id,
        product: new.product,
        model: new.model,
        seats: new.seats,
    })
    .await
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
