//! A tool of another maker that asks Rolecall: its catalogue with conditions, what it registered, and who holds its roles (AD-31).

use access::products::{ProductCommand, Side};
use access::state::Tie;
use access::{Actor, Command, PersonId, ProductId, ThingId, Window};
use ledger::{Change, Field, Of, ProfileWrite};

use super::staff::Staff;
use super::{DemoError, Maker};

const CATALOGUE: &str = include_str!("parts.toml");

pub(super) fn make(maker: &mut Maker<'_>, staff: &Staff) -> Result<(), DemoError> {
    let id = maker.numbers.id::<ProductId>(maker.now);
    let text = CATALOGUE.into();
    maker.run(Command::Product(ProductCommand::LoadCatalogue { id, text }))?;
    let product = maker.state.resolve(id).ok_or(DemoError::Stopped)?;
    for site in ["Rotterdam", "Lisbon"] {
        let properties = format!(r#"{{"site":"{site}"}}"#);
        let shelf = format!("shelf-{}", site.to_lowercase());
        register(
            maker,
            product,
            (Side::Resource, "shelf"),
            &shelf,
            &properties,
        )?;
        let robot = format!("robot-{}", site.to_lowercase());
        let robot = register(
            maker,
            product,
            (Side::Subject, "robot"),
            &robot,
            &properties,
        )?;
        let role = "restocker".into();
        maker.run(Command::Product(ProductCommand::GiveRole {
            thing: robot,
            role,
        }))?;
    }
    give(
        maker,
        product,
        staff.technicians[11],
        "head_buyer",
        Window::ALWAYS,
    )?;
    give(
        maker,
        product,
        staff.technicians[13],
        "buyer",
        Window::ALWAYS,
    )?;
    // In somebody's place for a month.
    let month = Window {
        start: Some(maker.days(-5)),
        end: Some(maker.days(25)),
    };
    give(maker, product, staff.technicians[15], "buyer", month)
}

fn register(
    maker: &mut Maker<'_>,
    product: ProductId,
    (side, kind): (Side, &str),
    external_id: &str,
    properties: &str,
) -> Result<ThingId, DemoError> {
    let id = maker.numbers.id::<ThingId>(maker.now);
    let command = ProductCommand::RegisterThing {
        id,
        product,
        side,
        kind: kind.into(),
    };
    let profile = ProfileWrite::new(Of::public(id))
        .set(Field::ExternalId, external_id)
        .set(Field::Properties, properties);
    let actor: Actor = maker.owner;
    maker.run_as(
        actor,
        Change::from(Command::Product(command)).with_profile(profile),
    )?;
    maker.state.resolve(id).ok_or(DemoError::Stopped)
}

fn give(
    maker: &mut Maker<'_>,
    product: ProductId,
    person: PersonId,
    role: &str,
    window: Window,
) -> Result<(), DemoError> {
    let row = maker.state.products().rows().get(product);
    let role = row.and_then(|row| row.keys().role(role));
    let role = role.ok_or(DemoError::Stopped)?;
    maker.run(Command::Tie {
        person,
        tie: Tie::ProductRole(product, role),
        window,
    })
}
