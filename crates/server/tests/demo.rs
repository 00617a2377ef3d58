//! The demonstration account is made by commands alone and shows every state that the rules speak of.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use access::decide::UserStatus;
use access::products::{Entity, NO_PROPERTIES, PERSON, Properties, Question};
use access::state::{CustomerFacet, LicenceModel, Life, QueueKind, Tie};
use access::{Command, Moment, Permission, PersonId, State, Subject, Target};
use rolecall::demo::{Size, Step, make};

const NOW: Moment = Moment(1_790_000_000_000);

fn small(seed: u64) -> (State, Vec<Step>) {
    let mut steps = Vec::new();
    let state = make(Size::Small, seed, NOW, &mut |step| {
        steps.push(step);
        true
    });
    (
        state.expect("no command of the demonstration is refused"),
        steps,
    )
}

#[test]
fn no_command_is_refused_and_no_invariant_is_broken() {
    let (state, _) = small(1);
    assert_eq!(access::invariants::violated(&state), None);
    assert!(state.people().len() >= 1_000);
}

#[test]
fn a_seed_makes_the_same_account_every_time() {
    let commands = |steps: Vec<Step>| {
        steps
            .into_iter()
            .map(|step| (step.at, step.actor, step.change.command))
            .collect::<Vec<_>>()
    };
    assert_eq!(commands(small(7).1), commands(small(7).1));
    assert_ne!(commands(small(7).1), commands(small(8).1));
}

/// AD-21: there is a past to ask about. A month ago others could change who has access to services (SD-1) than now.
#[test]
fn ad_21_a_month_ago_others_could_change_access() {
    let month_ago = Moment(NOW.0 - 31 * 24 * 3600 * 1000);
    let (state, steps) = small(1);
    assert!(steps.is_sorted_by_key(|step| step.at) && steps.last().unwrap().at == NOW);
    let mut then = State::empty();
    for step in steps.iter().filter(|step| step.at <= month_ago) {
        let (_, after) = then
            .propose_and_fork(step.actor, &step.change.command, step.at)
            .unwrap();
        then = after;
    }
    let could = |state: &State, at| -> Vec<PersonId> {
        let people = state.people().ids();
        let may = |person: &PersonId| {
            let view = state.view(Subject::Person(*person), at);
            view.may(Permission::ServiceDeskAccountConfigure, Target::Account)
        };
        people.filter(may).collect()
    };
    let (then, now) = (could(&then, month_ago), could(&state, NOW));
    assert!(
        then.iter().any(|person| !now.contains(person)),
        "nobody lost it"
    );
    assert!(
        now.iter().any(|person| !then.contains(person)),
        "nobody gained it"
    );
}

#[test]
fn ad_15_every_status_is_there() {
    let (state, _) = small(1);
    for wanted in [
        UserStatus::Active,
        UserStatus::Invited,
        UserStatus::Suspended,
        UserStatus::Deactivated,
    ] {
        let found = state
            .people()
            .ids()
            .any(|person| state.view(Subject::Person(person), NOW).user_status(person) == wanted);
        assert!(found, "nobody is {wanted:?}");
    }
    for wanted in [
        CustomerFacet::Active,
        CustomerFacet::Unconfirmed,
        CustomerFacet::Deactivated,
    ] {
        assert!(
            state.people().iter().any(|(_, row)| row.customer == wanted),
            "no customer is {wanted:?}"
        );
    }
}

#[test]
fn every_kind_of_thing_is_there() {
    let (state, _) = small(1);
    for kind in [
        QueueKind::Call,
        QueueKind::RingGroup,
        QueueKind::Inbox,
        QueueKind::Campaign,
    ] {
        assert!(
            state.queues().iter().any(|(_, row)| row.kind == kind),
            "no queue is a {kind:?}"
        );
    }
    assert!(
        state
            .services()
            .iter()
            .any(|(_, row)| row.life == Life::Archived)
    );
    assert!(
        state
            .user_groups()
            .iter()
            .any(|(_, row)| row.life == Life::Archived)
    );
    assert!(
        state
            .people()
            .iter()
            .any(|(_, row)| row.ties.iter().any(|tie| matches!(tie, Tie::Timed(_))))
    );
    assert!(state.account().billing_offer.is_some());
    assert!(
        state.devices().len() > 10
            && state.companies().len() > 10
            && state.connections().len() == 1
    );
}

#[test]
fn ad_14_a_concurrent_seat_is_occupied() {
    let (state, _) = small(1);
    let mut pools = state.licences().iter();
    let pool = pools.find(|(_, row)| row.model == LicenceModel::Concurrent);
    let (_, pool) = pool.unwrap();
    assert!(!pool.seats.is_empty() && pool.seats.len() < pool.bought as usize);
}

#[test]
fn sd_26_somebody_is_erased_and_a_blank_is_left() {
    let (state, steps) = small(1);
    let erased = steps.iter().find_map(|step| match step.change.command {
        Command::ErasePerson { person } => Some(person),
        _ => None,
    });
    let row = state.people().get(erased.unwrap()).unwrap();
    assert!(!row.is_user() && !row.is_customer());
}

/// Whoever holds a role of another product may what its condition lets through.
#[test]
fn ad_31_another_product_asks_with_conditions() {
    let (state, _) = small(1);
    let product = state.products().find_product("parts").unwrap();
    let holder = |key: &str| {
        let role = state
            .products()
            .rows()
            .get(product)
            .unwrap()
            .keys()
            .role(key);
        let tie = Tie::ProductRole(product, role.unwrap());
        let mut people = state.people().iter();
        people.find_map(|(person, row)| row.ties.has(tie).then_some(person))
    };
    let may_place = |person: PersonId, total: i64| {
        let properties = serde_json::json!({"total": total});
        let properties: Properties = serde_json::from_value(properties).unwrap();
        let question = Question {
            subject: Entity {
                kind: PERSON,
                id: "",
                known: Some(Subject::Person(person)),
                properties: &NO_PROPERTIES,
            },
            action: "place",
            action_properties: &NO_PROPERTIES,
            resource: Entity {
                kind: "order",
                id: "4711",
                known: None,
                properties: &properties,
            },
            context: &NO_PROPERTIES,
        };
        state.answer(&question, NOW).decision.allowed
    };
    let (head, buyer) = (holder("head_buyer").unwrap(), holder("buyer").unwrap());
    let answers = [(head, 5_000), (buyer, 400), (buyer, 5_000)];
    let answers = answers.map(|(person, total)| may_place(person, total));
    assert_eq!(answers, [true, true, false]);
    let things = state.products().things();
    assert!(things.iter().any(|(_, thing)| !thing.roles.is_empty()));
}
