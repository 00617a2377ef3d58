//! A small product to decide about: a shop with clerks, people and visitors, orders and pages, and roles of every kind.

use access::decide::Reason;
use access::products::{Properties, Side};
use access::state::Tie;
use access::{Gate, PersonId, ProductId, ThingId};

use crate::world::{Ask, World, ask, texts};

pub const SHOP: &str = r#"
product = "shop"
name = "Shop"
[subject_types.clerk]
[subject_types.person]
properties = { desk = "sent" }
[subject_types.visitor]
open = true
[resource_types.order]
properties = { owner = "sent", stage = "sent_where_not_stored" }
[resource_types.page]
open = true
[permissions.read]
on = ["order", "page"]
[permissions.edit]
on = ["order"]
parent = "read"
properties = { soft = "sent" }
[permissions.audit]
on = ["order"]
[roles.reader]
permissions = ["read"]
[roles.editor]
permissions = ["edit"]
[[roles.auditor.rules]]
permissions = ["audit", "read"]
when = "resource.properties.branch == 'north'"
[[roles.finisher.rules]]
permissions = ["read"]
when = "resource.properties.stage == 'done'"
[[roles.owner.rules]]
permissions = ["read"]
when = "resource.properties.owner == subject.id"
[[roles.softly.rules]]
permissions = ["edit"]
when = "has(action.properties.soft) && action.properties.soft"
[[roles.boss.rules]]
permissions = ["read"]
when = "subject.properties.rank == 'boss' || context.hour < 9"
[[roles.number.rules]]
permissions = ["read"]
when = "resource.properties.weight"
[[roles.looper.rules]]
permissions = ["read"]
when = "subject.properties.exists(name, name == 'rank')"
[[roles.member.rules]]
permissions = ["read"]
when = '''
'rank' in subject.properties && size(subject.properties) == 1 && !has(subject.properties.age) &&
context.tags.exists(tag, tag.name == resource.properties.branch) && context.one == context.tags[0]
'''
[[roles.deskbound.rules]]
permissions = ["read"]
when = "subject.properties.desk == 'front'"
[[grants]]
to = ["visitor"]
permissions = ["read"]
when = "resource.type == 'page' && subject.type == 'visitor'"
"#;

pub struct Shop {
    pub world: World,
    pub product: ProductId,
    pub clerk: ThingId,
    pub order: ThingId,
}

/// A clerk with these roles, and order 1 of the branch north, weight 3.
pub fn shop(roles: &[&str]) -> Shop {
    let mut world = World::new();
    let product = world.load(SHOP);
    let clerk = world.register(
        product,
        Side::Subject,
        "clerk",
        "c1",
        texts(&[("rank", "clerk")]),
    );
    for role in roles {
        world.give_role(clerk, role);
    }
    let properties: Properties =
        serde_json::from_str(r#"{"branch": "north", "weight": 3, "owner": "c1"}"#).unwrap();
    let order = world.register(product, Side::Resource, "order", "1", properties);
    Shop {
        world,
        product,
        clerk,
        order,
    }
}

pub fn order_question(action: &str) -> Ask<'_> {
    ask(("clerk", "c1"), action, ("order", "1"))
}

impl Shop {
    /// The tie that a role of the shop is.
    pub fn role(&self, name: &str) -> Tie {
        let row = self
            .world
            .state
            .products()
            .rows()
            .get(self.product)
            .unwrap();
        let role = row.catalogue().unwrap().find_role(name).unwrap();
        Tie::ProductRole(self.product, role)
    }

    /// A user with a role of the shop.
    pub fn person_with(&mut self, role: &str) -> PersonId {
        let person = self.world.user();
        self.world.tie(person, self.role(role));
        person
    }

    pub fn reason(&self, question: &Ask<'_>) -> Option<(Gate, Reason)> {
        let decision = self.world.ask(question).decision;
        assert_eq!(decision.allowed, decision.gates.all_pass());
        decision.gates.failed().first().copied()
    }

    #[track_caller]
    pub fn allows(&self, question: &Ask<'_>) {
        assert_eq!(self.reason(question), None);
    }

    #[track_caller]
    pub fn denies(&self, question: &Ask<'_>, gate: Gate, reason: Reason) {
        assert_eq!(self.reason(question), Some((gate, reason)));
    }
}
