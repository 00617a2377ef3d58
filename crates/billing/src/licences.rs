//! Billing › Licences: what was bought, how much of it is in use, and buying (AD-14).

use access::{
    Command, LicenceId, Product,
    explain::words::Name,
    state::{Licence, LicenceModel},
};
use askama::Template;
use ledger::{Change, Field, Of, ProfileWrite};
use serde::Deserialize;
use web::{
    Result,
    guard::{Commands, SignedIn},
    page::{
        BILLING, Frame, Page, Pager, SeeOther,
        names::{Mark, Names},
        person::Spot,
        review::{Asking, Filled, Reviewed},
    },
    paging::Paging,
    route::{Route, get, post},
    session::Session,
    things::{self, Search},
    values,
};

use crate::person;

pub(crate) const PLACE: &str = "/billing/licences";
pub(crate) const SECTION: &str = BILLING.label;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        get(
            PLACE,
            "licences.page",
            "Licences, as far as the reader sees them",
            list,
        )
        .in_section(&BILLING, "Licences")
        .on_person(Spot::Licences, person::licences),
        post(
            "/billing/licences/buy",
            "licences.buy_some",
            "Buy a licence",
            buy,
        ),
    ]
}

/// Seats, for whoever may know of all of them.
pub(crate) struct Seats {
    pub bought: usize,
    pub in_use: usize,
    pub left: usize,
}

impl Seats {
    pub fn of(session: &Session, licence: LicenceId, row: &Licence) -> Option<Self> {
        let (bought, in_use) = (row.bought as usize, row.in_use());
        session.overseen(
            licence,
            Self {
                bought,
                in_use,
                left: bought.saturating_sub(in_use),
            },
        )
    }
}

pub(crate) fn model(model: LicenceModel) -> &'static str {
    match model {
        LicenceModel::Named => "named",
        LicenceModel::Concurrent => "concurrent",
    }
}

struct Row {
    name: Mark,
    product: &'static str,
    model: &'static str,
    seats: Option<Seats>,
    is_archived: bool,
}

/// Products that need a licence; what else is asked for is refused.
const PRODUCTS: [(&str, Product); 3] = [
    ("remote_support", Product::RemoteSupport),
    ("service_desk", Product::ServiceDesk),
    ("contact_centre", Product::ContactCentre),
];

const MODELS: [(&str, &str, LicenceModel); 2] = [
    (
        "named",
        "Named: each seat has one holder",
        LicenceModel::Named,
    ),
    (
        "concurrent",
        "Concurrent: a pool for those entitled, a seat for each running session (Remote Support only)",
        LicenceModel::Concurrent,
    ),
];

struct Choice {
    code: &'static str,
    label: &'static str,
    is_chosen: bool,
}

/// The form that buys.
struct Buying {
    products: Vec<Choice>,
    models: Vec<Choice>,
    name: String,
    seats: String,
    name_error: Option<String>,
    seats_error: Option<&'static str>,
}

impl Buying {
    fn of(product: &str, model: &str) -> Self {
        let choice = |code, label, chosen| Choice {
            code,
            label,
            is_chosen: code == chosen,
        };
        Self {
            products: PRODUCTS
                .map(|(code, one)| choice(code, one.name(), product))
                .into(),
            models: MODELS
                .map(|(code, label, _)| choice(code, label, model))
                .into(),
            name: String::new(),
            seats: String::new(),
            name_error: None,
            seats_error: None,
        }
    }
}

#[derive(Template)]
#[template(path = "licences.html")]
struct LicencesPage {
    frame: Frame,
    rows: Vec<Row>,
    pager: Pager,
    buying: Option<Buying>,
}

async fn page(session: &Session, paging: &Paging, buying: Buying) -> Result<LicencesPage> {
    let (found, next) =
        things::page::<LicenceId>(session, paging, &Search::default(), |_, _| true).await?;
    let wanted: Vec<_> = found.iter().map(|one| Name::Licence(*one)).collect();
    let names = Names::of(session, wanted).await?;
    let rows = found.iter().filter_map(|licence| {
        let row = session.state().licences().get(*licence)?;
        Some(Row {
            name: names.mark(Name::Licence(*licence)),
            product: row.product.name(),
            model: model(row.model),
            seats: Seats::of(session, *licence, row),
            is_archived: !row.life.is_active(),
        })
    });
    Ok(LicencesPage {
        rows: rows.collect(),
        frame: Frame::of(session, "Licences", PLACE, SECTION).await?,
        pager: Pager::new(paging, PLACE, next),
        buying: buys(session).then_some(buying),
    })
}

/// Whether the form that buys is for the reader.
fn buys(session: &Session) -> bool {
    session.offers(&Command::BuyLicence {
        id: session.new_id(),
        product: Product::RemoteSupport,
        model: LicenceModel::Named,
        seats: 1,
    })
}

async fn list(session: SignedIn, paging: Paging) -> Result<Page<LicencesPage>> {
    let buying = Buying::of(PRODUCTS[0].0, MODELS[0].0);
    page(&session, &paging, buying).await.map(Page::new)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewLicence {
    name: String,
    product: String,
    model: String,
    seats: String,
}

/// A number of seats, as it was typed.
pub(crate) fn number_of_seats(text: &str) -> Option<u32> {
    text.trim().parse().ok()
}

async fn buy(commands: Commands, form: Reviewed<NewLicence>) -> Result<Filled<LicencesPage>> {
    let (session, new) = (&*commands, &form.body);
    let product = PRODUCTS.iter().find(|(code, _)| *code == new.product);
    let model = MODELS.iter().find(|(code, ..)| *code == new.model);
    let seats = number_of_seats(&new.seats);
    let name = values::name(&new.name);
    let (Ok(name), Some(seats), Some((_, product)), Some((.., model))) =
        (name, seats, product, model)
    else {
        let buying = Buying {
            name: new.name.clone(),
            seats: new.seats.clone(),
            name_error: name.err().map(|error| error.to_string()),
            seats_error: seats
                .is_none()
                .then_some("Give a number of seats, like 25."),
            ..Buying::of(&new.product, &new.model)
        };
        let paging = Paging::at(session, PLACE)?;
        let again = page(session, &paging, buying).await?;
        return Ok(Filled::Again(Page::again(again)));
    };
    let id = session.new_id::<LicenceId>();
    let asking = Asking {
        title: match seats {
            1 => format!("Buy 1 seat of {}?", product.name()),
            _ => format!("Buy {seats} seats of {}?", product.name()),
        },
        about: format!("The licence is called {name}."),
        button: "Buy".to_owned(),
        action: format!("{PLACE}/buy"),
        back: PLACE.to_owned(),
        place: SECTION,
        moves: Vec::new(),
    };
    let change = Change::from(Command::BuyLicence {
        id,
        product: *product,
        model: *model,
        seats,
    })
    .with_profile(ProfileWrite::new(Of::public(id)).set(Field::Name, name));
    let settled = form.always().settle(session, change, asking).await?;
    Ok(Filled::Settled(settled.then(|_| {
        SeeOther::to(format!("{PLACE}/{id}")).saying("Bought. Give it to users.")
    })))
}
