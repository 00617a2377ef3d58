//! What a change of a product does to everybody's access, before it is made.

use access::products::ProductCommand;
use access::{Command, Right, Target};

use crate::shop::{SHOP, shop};
use crate::world::NOW;

#[test]
fn a_preview_of_a_catalogue_names_who_loses_what() {
    let mut shop = shop(&["reader", "auditor"]);
    let person = shop.person_with("reader");
    // Readers read no more; audits need another branch, which is a loss and a gain.
    let text = SHOP
        .replacen(
            "[roles.reader]\npermissions = [\"read\"]",
            "[roles.reader]",
            1,
        )
        .replacen("'north'", "'south'", 1);
    let command = Command::Product(ProductCommand::ReplaceCatalogue {
        product: shop.product,
        text: text.into(),
    });
    let actor = access::Actor::Person(shop.world.admin);
    let effect = shop.world.state.preview(actor, &command, NOW).unwrap();
    let products = shop.world.state.products();
    let named = |changes: &access::Changes| {
        let mut named: Vec<_> = changes
            .listed
            .iter()
            .map(|change| {
                let Right::ProductAction(product, action) = change.right else {
                    panic!("{change:?}")
                };
                assert_eq!(change.on, Target::Account);
                let who = format!("{:?}", change.subject);
                (who, products.action_key(product, action))
            })
            .collect();
        named.sort_unstable();
        named
    };
    let person = format!("{:?}", access::Subject::Person(person));
    let clerk = format!("{:?}", access::Subject::Thing(shop.clerk));
    let name = |who: &String, action: &str| (who.clone(), action.to_owned());
    assert_eq!(
        named(&effect.losses),
        [
            name(&person, "shop.read"),
            name(&clerk, "shop.audit"),
            name(&clerk, "shop.read")
        ]
    );
    // The clerk read every order by the other role: what is new is no more.
    assert_eq!(named(&effect.gains), [name(&clerk, "shop.audit")]);
    assert_eq!(effect.events, 1);
    assert_eq!(effect.locked_out, []);
}

#[test]
fn ad_15_a_product_that_ends_suspends_whoever_held_nothing_else() {
    let mut shop = shop(&["reader"]);
    let (product, person) = (shop.product, shop.person_with("reader"));
    let actor = access::Actor::Person(shop.world.admin);
    let dropped = SHOP.replacen("[roles.reader]\npermissions = [\"read\"]", "", 1);
    let text = dropped.into();
    for command in [
        ProductCommand::Archive { product },
        ProductCommand::ReplaceCatalogue { product, text },
    ] {
        let command = Command::Product(command);
        let effect = shop.world.state.preview(actor, &command, NOW).unwrap();
        assert_eq!(effect.locked_out, [person]);
        assert_eq!((effect.losses.total, effect.gains.total), (2, 0));
    }
}
