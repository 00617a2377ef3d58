//! A denial about another product is explained by the roles of its catalogue.

use access::explain::words;
use access::products::{ProductCommand, Side};
use access::{Actor, Command};

use crate::world::{NOW, World, ask, texts};

const CATALOGUE: &str = r#"
product = "todo"
name = "Todo"

[subject_types.robot]

[resource_types.list]
open = true

[permissions.read]
on = ["list"]
allows = "Read a list."

[permissions.write]
on = ["list"]
allows = "Write a list."

[roles.reader]
name = "Reader"
permissions = ["read"]

[roles.writer]
name = "Writer"
permissions = ["read", "write"]
"#;

#[test]
fn each_role_that_gives_the_action_is_a_remedy() {
    let mut world = World::new();
    let product = world.load(CATALOGUE);
    let robot = world.register(product, Side::Subject, "robot", "r2", texts(&[]));
    let question = ask(("robot", "r2"), "read", ("list", "l1"));
    let explanation = world.state.explain_question(&question.question(), NOW);
    assert!(!explanation.decision.allowed);
    let give = |role: &str| {
        Command::Product(ProductCommand::GiveRole {
            thing: robot,
            role: role.into(),
        })
    };
    let steps: Vec<Vec<Command>> = explanation
        .remedies
        .iter()
        .map(|remedy| {
            remedy
                .steps
                .iter()
                .map(|step| step.command.clone())
                .collect()
        })
        .collect();
    assert_eq!(steps, [[give("reader")], [give("writer")]]);

    let step = &explanation.remedies[0].steps[0];
    assert_eq!(step.makers.people, [world.admin]);
    assert!(words::change(&step.command).is_some());
    let proposal = world
        .state
        .propose(Actor::Person(world.admin), &step.command, NOW);
    for event in proposal.unwrap().events {
        world.state.apply(&event);
    }
    let after = world.state.explain_question(&question.question(), NOW);
    assert!(after.decision.allowed && after.remedies.is_empty());
}

#[test]
fn ad_25_an_archived_product_is_restored() {
    let mut world = World::new();
    let product = world.load(CATALOGUE);
    let robot = world.register(product, Side::Subject, "robot", "r2", texts(&[]));
    world.give_role(robot, "reader");
    world.run(ProductCommand::Archive { product });
    let question = ask(("robot", "r2"), "read", ("list", "l1"));
    let explanation = world.state.explain_question(&question.question(), NOW);
    let restore = Command::Product(ProductCommand::Restore { product });
    assert_eq!(explanation.remedies.len(), 1);
    assert_eq!(explanation.remedies[0].steps[0].command, restore);
}

#[test]
fn an_unknown_action_has_no_remedy() {
    let mut world = World::new();
    world.load(CATALOGUE);
    let question = ask(("robot", "r2"), "burn", ("list", "l1"));
    let explanation = world.state.explain_question(&question.question(), NOW);
    assert!(!explanation.decision.allowed && explanation.remedies.is_empty());
}
