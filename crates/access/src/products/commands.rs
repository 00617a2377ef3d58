//! What can be changed about other products, by holders of `admin.integrations.manage` alone. Values of profiles travel beside
//! these commands (see [`super::Products::attach`]).

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::catalogue::{Catalogue, Keys, PERSON, Side};
use super::store::{MAX_PRODUCTS, ProductRow, Products};
use crate::catalogue::Permission;
use crate::command::{Draft, Refusal};
use crate::decide::Target;
use crate::event::Event;
use crate::ids::{ProductId, PublicId, ThingId};
use crate::state::Life;

/// A fact about other products. Types and roles stand here by key. The text of a catalogue is a setting of the account, no
/// personal data, and has a limit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProductEvent {
    /// The first version of a product's catalogue.
    CatalogueLoaded { uid: Uuid, text: Box<str> },
    /// A later version, in place of the one before.
    CatalogueReplaced { product: ProductId, text: Box<str> },
    /// AD-25.
    LifeSet { product: ProductId, life: Life },
    /// A subject or resource came to be, with version 1 of its profile.
    ThingRegistered {
        uid: Uuid,
        product: ProductId,
        side: Side,
        kind: Box<str>,
    },
    /// From here on this version of its profile counts.
    ThingDescribed { thing: ThingId, profile: u32 },
    /// For ever. Its profile is blanked.
    ThingRemoved { thing: ThingId },
    /// A subject holds a role of its product.
    ThingRoleGiven { thing: ThingId, role: Box<str> },
    /// The reverse.
    ThingRoleTaken { thing: ThingId, role: Box<str> },
}

/// A change concerning other products. People get and lose roles of a product by [`crate::state::Tie::ProductRole`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProductCommand {
    /// Loads the catalogue of a product that the account does not know yet.
    LoadCatalogue {
        id: PublicId<ProductId>,
        text: Box<str>,
    },
    /// Replaces the catalogue of a product. What it drops is gone, and no key of it comes back as something else.
    ReplaceCatalogue { product: ProductId, text: Box<str> },
    /// AD-25.
    Archive { product: ProductId },
    /// AD-25.
    Restore { product: ProductId },
    /// A new subject or resource of a product.
    RegisterThing {
        id: PublicId<ThingId>,
        product: ProductId,
        side: Side,
        kind: Box<str>,
    },
    /// Its external id or properties changed: the profile gets a new version.
    DescribeThing { thing: ThingId },
    /// For ever.
    RemoveThing { thing: ThingId },
    /// A registered subject gets a role.
    GiveRole { thing: ThingId, role: Box<str> },
    /// A registered subject loses a role.
    TakeRole { thing: ThingId, role: Box<str> },
}

impl Products {
    pub(crate) fn apply(&mut self, event: &ProductEvent) {
        match event {
            ProductEvent::CatalogueLoaded { uid, text } => self.add_product(*uid, text),
            ProductEvent::CatalogueReplaced { product, text } => {
                self.on_product(*product, |row| row.load(text))
            }
            ProductEvent::LifeSet { product, life } => self.set_life(*product, *life),
            ProductEvent::ThingRegistered {
                uid,
                product,
                side,
                kind,
            } => {
                let kind = self
                    .rows()
                    .get(*product)
                    .and_then(|row| row.keys().kind(*side, kind));
                // A key that no version had has no number; the thing keeps its place and gives nothing.
                self.add_thing(*uid, *product, kind.unwrap_or(u16::MAX));
            }
            ProductEvent::ThingDescribed { thing, profile } => {
                self.on_thing(*thing, |row| row.profile_version = *profile)
            }
            ProductEvent::ThingRemoved { thing } => self.remove_thing(*thing),
            ProductEvent::ThingRoleGiven { thing, role } => {
                if let Some(role) = self.role_number(*thing, role) {
                    self.on_thing(*thing, |row| {
                        if let Err(place) = row.roles.binary_search(&role) {
                            row.roles.insert(place, role);
                        }
                    });
                }
            }
            ProductEvent::ThingRoleTaken { thing, role } => {
                if let Some(role) = self.role_number(*thing, role) {
                    self.on_thing(*thing, |row| row.roles.retain(|held| *held != role));
                }
            }
        }
    }

    /// The roles that a thing holds, as the events that would give them again.
    pub(crate) fn roles_of(&self, thing: ThingId) -> impl Iterator<Item = ProductEvent> + '_ {
        let row = self.things().get(thing);
        let keys = row.and_then(|row| Some(self.rows().get(row.product)?.keys()));
        let roles = row.into_iter().flat_map(|row| &row.roles);
        roles.filter_map(move |role| {
            let role = keys?.role_key(*role)?.into();
            Some(ProductEvent::ThingRoleGiven { thing, role })
        })
    }

    fn role_number(&self, thing: ThingId, role: &str) -> Option<u16> {
        let product = self.things().get(thing)?.product;
        self.rows().get(product)?.keys().role(role)
    }
}

pub(crate) fn propose(draft: &mut Draft<'_>, command: &ProductCommand) -> Result<(), Refusal> {
    draft.require(Permission::AdminIntegrationsManage, Target::Account)?;
    match command {
        ProductCommand::LoadCatalogue { id, text } => load(draft, *id, text),
        ProductCommand::ReplaceCatalogue { product, text } => replace(draft, *product, text),
        ProductCommand::Archive { product } => set_life(draft, *product, Life::Archived),
        ProductCommand::Restore { product } => set_life(draft, *product, Life::Active),
        ProductCommand::RegisterThing {
            id,
            product,
            side,
            kind,
        } => register(draft, *id, *product, *side, kind),
        ProductCommand::DescribeThing { thing } => {
            let version = known_thing(draft, *thing)?.profile_version;
            emit(
                draft,
                ProductEvent::ThingDescribed {
                    thing: *thing,
                    profile: version.saturating_add(1),
                },
            );
            Ok(())
        }
        ProductCommand::RemoveThing { thing } => {
            known_thing(draft, *thing)?;
            emit(draft, ProductEvent::ThingRemoved { thing: *thing });
            Ok(())
        }
        ProductCommand::GiveRole { thing, role } => give_role(draft, *thing, role),
        ProductCommand::TakeRole { thing, role } => take_role(draft, *thing, role),
    }
}

fn load(draft: &mut Draft<'_>, id: PublicId<ProductId>, text: &str) -> Result<(), Refusal> {
    let products = draft.before.products();
    if let Some(there) = products.rows().find(id) {
        let same = products
            .rows()
            .get(there)
            .is_some_and(|row| row.text() == text);
        return if same { Ok(()) } else { Err(taken()) };
    }
    let (catalogue, _) = read(text, &Keys::default())?;
    if products.find_product(catalogue.key()).is_some() {
        return Err(Refusal::conflict(
            "§7",
            "product_known",
            "this product has a catalogue already: replace that, or restore the product",
        ));
    }
    if products.rows().len() >= MAX_PRODUCTS {
        let detail = format!("an account has at most {MAX_PRODUCTS} products");
        return Err(Refusal::conflict("§7", "too_many_products", detail));
    }
    emit(
        draft,
        ProductEvent::CatalogueLoaded {
            uid: id.uuid(),
            text: text.into(),
        },
    );
    Ok(())
}

fn replace(draft: &mut Draft<'_>, product: ProductId, text: &str) -> Result<(), Refusal> {
    let row = known_product(draft, product)?;
    if row.text() == text {
        return Ok(());
    }
    let (catalogue, _) = read(text, row.keys())?;
    if row
        .catalogue()
        .is_some_and(|old| old.key() != catalogue.key())
    {
        return Err(Refusal::invalid(
            "§7",
            "another_product",
            "this catalogue is of another product: load it as a new one",
        ));
    }
    emit(
        draft,
        ProductEvent::CatalogueReplaced {
            product,
            text: text.into(),
        },
    );
    Ok(())
}

fn read(text: &str, before: &Keys) -> Result<(Catalogue, Keys), Refusal> {
    Catalogue::parse_after(text, before)
        .map_err(|error| Refusal::invalid("§7", "bad_catalogue", error.to_string()))
}

fn set_life(draft: &mut Draft<'_>, product: ProductId, life: Life) -> Result<(), Refusal> {
    if known_product(draft, product)?.life() != life {
        emit(draft, ProductEvent::LifeSet { product, life });
    }
    Ok(())
}

fn register(
    draft: &mut Draft<'_>,
    id: PublicId<ThingId>,
    product: ProductId,
    side: Side,
    kind: &str,
) -> Result<(), Refusal> {
    let row = known_product(draft, product)?;
    let found = row.catalogue().and_then(|catalogue| {
        let number = catalogue.find_kind(side, kind)?;
        Some((number, &catalogue.kind(number)?.key))
    });
    let Some((number, key)) = found else {
        return Err(Refusal::invalid(
            "§7",
            "unknown_type",
            "the catalogue of this product has no such type",
        ));
    };
    if key.as_ref() == PERSON {
        return Err(Refusal::invalid(
            "§7",
            "people_are_not_registered",
            "people of the account are subjects by themselves: give them a role of the product",
        ));
    }
    let things = draft.before.products().things();
    if let Some(there) = things.find(id).and_then(|there| things.get(there)) {
        let same = there.life.is_active() && (there.product, there.kind) == (product, number);
        return if same { Ok(()) } else { Err(taken()) };
    }
    emit(
        draft,
        ProductEvent::ThingRegistered {
            uid: id.uuid(),
            product,
            side,
            kind: key.clone(),
        },
    );
    Ok(())
}

fn give_role(draft: &mut Draft<'_>, thing: ThingId, role: &str) -> Result<(), Refusal> {
    let row = known_thing(draft, thing)?;
    let catalogue = known_product(draft, row.product)?.catalogue();
    let is_subject = catalogue
        .and_then(|catalogue| catalogue.kind(row.kind))
        .is_some_and(|kind| kind.side == Side::Subject);
    if !is_subject {
        return Err(Refusal::invalid(
            "§7",
            "not_a_subject",
            "only subjects of a product hold its roles",
        ));
    }
    let Some(number) = catalogue.and_then(|catalogue| catalogue.find_role(role)) else {
        return Err(Refusal::invalid(
            "§7",
            "unknown_role",
            "the catalogue of this product has no such role",
        ));
    };
    if !row.roles.contains(&number) {
        emit(
            draft,
            ProductEvent::ThingRoleGiven {
                thing,
                role: role.into(),
            },
        );
    }
    Ok(())
}

fn take_role(draft: &mut Draft<'_>, thing: ThingId, role: &str) -> Result<(), Refusal> {
    let row = known_thing(draft, thing)?;
    // A role that the catalogue dropped can still be taken away.
    let number = known_product(draft, row.product)?.keys().role(role);
    if number.is_some_and(|number| row.roles.contains(&number)) {
        emit(
            draft,
            ProductEvent::ThingRoleTaken {
                thing,
                role: role.into(),
            },
        );
    }
    Ok(())
}

fn known_product<'a>(draft: &Draft<'a>, product: ProductId) -> Result<&'a ProductRow, Refusal> {
    let row = draft.before.products().rows().get(product);
    row.ok_or_else(|| Refusal::not_found("no such product"))
}

fn known_thing<'a>(draft: &Draft<'a>, thing: ThingId) -> Result<&'a super::Thing, Refusal> {
    let row = draft.before.products().things().get(thing);
    row.filter(|row| row.life != Life::Deleted)
        .ok_or_else(|| Refusal::not_found("no such thing"))
}

fn taken() -> Refusal {
    Refusal::conflict("§7", "id_taken", "this id belongs to something else")
}

fn emit(draft: &mut Draft<'_>, event: ProductEvent) {
    draft.emit(Event::Product(event));
}
