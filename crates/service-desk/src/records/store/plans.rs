//! How SQLite finds what is asked for: at a million records a walk over all of them, or a sort of what it finds, takes seconds.

use access::{Dense, GroupId, Moment, PersonId, State, Subject, decide::permissions::ManageRecord};
use ledger::{AccountId, Database, DatabaseConfig, Tx};
use testkit::random::{Dice, founding::founding};

use super::{
    asked::{Asked, DueAsked, Mark, Order, Place, StateAsked, Whose},
    lists::{Cut, statement},
};
use crate::records::{
    Assignee, CategoryId,
    life::{Kind, Status},
};

const NOW: Moment = Moment(1_000_000);
const COUNT: Cut = Cut::Count { most: 1_001 };

/// An account in which somebody works on two services.
fn state_and_subject() -> (State, Subject) {
    for seed in 0..500 {
        let mut state = State::empty();
        for (actor, command) in founding(&mut Dice::new(seed)) {
            if let Ok((_, after)) = state.propose_and_fork(actor, &command, NOW) {
                state = after;
            }
        }
        let mut people = state.people().ids().map(Subject::Person);
        let works = |one: &Subject| {
            let view = state.view(*one, NOW);
            view.visible_records(ManageRecord).services().len() > 1
        };
        if let Some(found) = people.find(works) {
            return (state, found);
        }
    }
    panic!("nobody works on two services");
}

async fn plan(tx: &mut Tx, state: &State, subject: Subject, asked: &Asked, cut: &Cut) -> String {
    let visible = state.view(subject, NOW).visible_records(ManageRecord);
    let mut wanted = statement(tx, AccountId(1), &visible, asked, cut).unwrap();
    wanted.sql = format!("EXPLAIN QUERY PLAN {}", wanted.sql);
    let rows = wanted.fetch(tx).await.unwrap();
    let steps: Vec<String> = rows.iter().map(|row| row.get(3).unwrap()).collect();
    steps.join("\n")
}

#[tokio::test]
async fn no_list_walks_over_all_records_or_sorts_what_it_finds() {
    let directory = tempfile::tempdir().unwrap();
    let config = DatabaseConfig::sqlite(directory.path().join("plans.db"));
    let database = Database::open(&config).await.unwrap();
    let mut tx = database.begin_read().await.unwrap();
    let (state, subject) = state_and_subject();
    let service = state.view(subject, NOW).visible_records(ManageRecord);
    let service = service.services().first().copied();
    let open = Asked {
        service,
        state: Some(StateAsked::Open),
        ..Asked::default()
    };
    let (person, group, company) = (
        Dense::from_number(1),
        Dense::from_number(1),
        Dense::from_number(1),
    );
    let mine = Whose::Assignee(Assignee::User(person.unwrap()));
    let of_groups = Whose::Groups(vec![group.unwrap()]);
    let late = DueAsked::Before(NOW);
    let ordered = |order| Asked {
        order,
        ..open.clone()
    };
    let each = [
        (
            Asked {
                service,
                ..Asked::default()
            },
            "records_service",
        ),
        (open.clone(), "records_open "),
        (ordered(Order::Due), "records_open_due"),
        (ordered(Order::Urgent), "records_open_priority"),
        (
            Asked {
                service,
                order: Order::Changed,
                ..Asked::default()
            },
            "records_changed",
        ),
        (
            Asked {
                due: Some(late),
                ..ordered(Order::Due)
            },
            "records_open_due",
        ),
        (
            Asked {
                answered: true,
                ..open.clone()
            },
            "records_answered",
        ),
        (
            Asked {
                state: None,
                ..ordered(Order::Due)
            },
            "records_due ",
        ),
        (
            Asked {
                state: None,
                ..ordered(Order::Urgent)
            },
            "records_priority ",
        ),
        (
            Asked {
                opened_from: Some(NOW),
                opened_until: Some(NOW),
                ..ordered(Order::Opened)
            },
            "records_day",
        ),
        (
            Asked {
                kind: Some(Kind::Problem),
                state: None,
                ..open.clone()
            },
            "records_kind",
        ),
        (
            Asked {
                category: Some(CategoryId(uuid::Uuid::nil())),
                state: None,
                ..open.clone()
            },
            "records_category",
        ),
        (
            Asked {
                mark: Some(Mark::Interesting),
                state: None,
                ..open.clone()
            },
            "records_interesting",
        ),
        (
            Asked {
                answered: true,
                state: None,
                ..open.clone()
            },
            "records_answered",
        ),
        (
            Asked {
                whose: Some(mine),
                ..open.clone()
            },
            "records_open_user",
        ),
        (
            Asked {
                whose: Some(of_groups),
                ..open.clone()
            },
            "records_open_group",
        ),
        (
            Asked {
                customer: person,
                ..Asked::default()
            },
            "records_customer",
        ),
        (
            Asked {
                company,
                ..Asked::default()
            },
            "records_company",
        ),
        (
            Asked {
                number: Some(7),
                ..Asked::default()
            },
            "USING PRIMARY KEY (account=? AND number=?)",
        ),
        (
            Asked {
                words: vec!["printer".to_owned(), "fire".to_owned()],
                ..Asked::default()
            },
            "SEARCH w USING PRIMARY KEY (account=? AND word=?",
        ),
    ];
    for (asked, index) in &each {
        let lists = [None, Some(Place(5, 5))].map(|after| Cut::List { after, most: 51 });
        for cut in lists.iter().chain([&COUNT]) {
            let plan = plan(&mut tx, &state, subject, asked, cut).await;
            assert!(plan.contains(index), "{asked:?}: {plan}");
            assert!(!plan.contains("SCAN service_desk"), "{asked:?}: {plan}");
            assert!(!plan.contains("TEMP B-TREE"), "{asked:?}: {plan}");
        }
    }
    // What is late soon are few: they are sorted, and what is due later is not walked along.
    let soon = Asked {
        due: Some(DueAsked::Soon(NOW)),
        ..ordered(Order::Due)
    };
    let of_soon = plan(&mut tx, &state, subject, &soon, &COUNT).await;
    let found = "records_warned (account=? AND service=? AND warn_at<?)";
    assert!(of_soon.contains(found), "{of_soon}");
    // Of several services each gives its first, and what is sorted are these.
    let several = Asked {
        service: None,
        ..ordered(Order::Due)
    };
    let plan = plan(
        &mut tx,
        &state,
        subject,
        &several,
        &Cut::List {
            after: None,
            most: 51,
        },
    )
    .await;
    let found = plan.matches("records_open_due").count();
    assert!(
        found > 1 && plan.matches("TEMP B-TREE").count() == 1,
        "{plan}"
    );
}

/// SQLite refuses an index that does not lead there: whatever is asked together, one does.
#[tokio::test]
async fn whatever_is_asked_is_found() {
    let directory = tempfile::tempdir().unwrap();
    let config = DatabaseConfig::sqlite(directory.path().join("plans.db"));
    let database = Database::open(&config).await.unwrap();
    let mut tx = database.begin_read().await.unwrap();
    let (state, subject) = state_and_subject();
    let (person, group) = (Dense::from_number(1), Dense::from_number(1));
    let (user, group): (PersonId, GroupId) = (person.unwrap(), group.unwrap());
    let whose = [
        None,
        Some(Whose::Nobody),
        Some(Whose::Assignee(Assignee::User(user))),
        Some(Whose::Assignee(Assignee::Group(group))),
        Some(Whose::Groups(Vec::new())),
        Some(Whose::Groups(vec![group])),
        Some(Whose::Members(group, Vec::new())),
        Some(Whose::Members(group, vec![user])),
        Some(Whose::Concerns(user, Vec::new())),
        Some(Whose::Concerns(user, vec![group])),
    ];
    let on_hold = StateAsked::Is(Status::OnHold);
    let states = [
        None,
        Some(StateAsked::Open),
        Some(StateAsked::Done),
        Some(on_hold),
    ];
    let orders = [
        Order::Newest,
        Order::Due,
        Order::Urgent,
        Order::Changed,
        Order::Opened,
    ];
    for (whose, state_asked) in whose
        .iter()
        .flat_map(|one| states.map(|state| (one, state)))
    {
        for (order, few) in orders
            .into_iter()
            .flat_map(|order| (0..128).map(move |few| (order, few)))
        {
            let has = |bit: u32| few & (1 << bit) != 0;
            let due = match has(5) {
                true => DueAsked::Soon(NOW),
                false => DueAsked::Before(NOW),
            };
            let asked = Asked {
                whose: whose.clone(),
                state: state_asked,
                customer: has(0).then_some(user),
                company: Dense::from_number(1).filter(|_| has(1)),
                due: has(2).then_some(due),
                answered: has(3),
                kind: has(5).then_some(Kind::Problem),
                category: has(5).then(|| CategoryId(uuid::Uuid::nil())),
                mark: has(6).then_some(Mark::Common),
                tag: has(6).then(|| "printer".to_owned()),
                words: if has(4) {
                    vec!["printer".to_owned()]
                } else {
                    Vec::new()
                },
                order,
                ..Asked::default()
            };
            let visible = state.view(subject, NOW).visible_records(ManageRecord);
            for cut in [
                Cut::List {
                    after: Some(Place(5, 5)),
                    most: 51,
                },
                COUNT,
            ] {
                if let Some(wanted) = statement(&tx, AccountId(1), &visible, &asked, &cut) {
                    let found = wanted.fetch(&mut tx).await;
                    assert!(found.is_ok(), "{asked:?}: {found:?}");
                }
            }
        }
    }
}
