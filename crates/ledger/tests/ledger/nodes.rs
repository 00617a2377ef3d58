//! Several engines on one database: nodes on PostgreSQL, processes on a SQLite file. Each holds a state of its own; the
//! head's lock and the log make them one.

use std::time::Duration;

use access::command::RoleAssignment;
use access::state::PeopleScope;
use access::{Actor, Command, PersonId, PublicId, RoleId};
use ledger::{Account, Change, Of, SubmitError, verify};

use crate::common::{TestDatabase, World, code, engine, options, person};

testkit::on_both![
    whoever_finds_a_database_new_at_once_opens_it,
    what_one_node_writes_another_sees,
    a_node_that_hears_nothing_knows_that_its_state_is_old,
    two_nodes_write_one_log,
    ad_8_two_super_admins_who_demote_each_other,
    ad_14_two_racing_for_the_last_seat,
    ad_16_two_setting_a_billing_contact,
    one_address_is_taken_once_on_two_nodes,
];

async fn whoever_finds_a_database_new_at_once_opens_it(db: TestDatabase) {
    let opening: Vec<_> = (0..4)
        .map(|_| {
            let config = ledger::DatabaseConfig::at(&db.address);
            tokio::spawn(async move { ledger::Database::open(&config).await })
        })
        .collect();
    for opened in opening {
        opened.await.unwrap().unwrap().close().await;
    }
}

/// A world and a second node on its database.
async fn two_nodes(db: &TestDatabase) -> (World, Account) {
    let world = World::open(&db.address).await;
    let second = engine(&db.address, &world.clock)
        .await
        .account(world.account.id())
        .await
        .unwrap();
    (world, second)
}

async fn what_one_node_writes_another_sees(db: TestDatabase) {
    let (world, second) = two_nodes(&db).await;
    let mut versions = second.versions();
    let done = world
        .submit(world.customer("Ann", "ann@example.org").1)
        .await
        .unwrap();
    // Woken, without being asked.
    let woken = versions.wait_for(|version| *version >= done.version);
    tokio::time::timeout(Duration::from_secs(5), woken)
        .await
        .expect("the other node is woken")
        .unwrap();
    assert_eq!(second.head(), world.account.head());
    // And at once when a version is asked for.
    let done = world
        .submit(world.customer("Bob", "bob@example.org").1)
        .await
        .unwrap();
    let state = second
        .at_least(done.version, Duration::from_secs(5))
        .await
        .unwrap();
    assert_eq!(state.people().len(), 3);
}

async fn a_node_that_hears_nothing_knows_that_its_state_is_old(db: TestDatabase) {
    let world = World::open(&db.address).await;
    let is_current = || (world.account.is_current(), world.engine.is_in_touch());
    let rename = async |sql: &str| {
        let database = world.engine.database();
        database.run_outside_transaction(sql).await.unwrap();
    };
    let until = async |wanted: (bool, bool)| {
        let reached = async {
            while is_current() != wanted {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        let limit = Duration::from_secs(20);
        tokio::time::timeout(limit, reached).await.expect("in time");
    };
    assert_eq!(is_current(), (true, true));
    // An idle node hears that there is nothing new.
    world.clock.advance(Duration::from_secs(60));
    until((true, true)).await;

    rename("ALTER TABLE heads RENAME TO heads_away").await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(is_current(), (true, true), "a short silence is no harm");
    world.clock.advance(Duration::from_secs(60));
    assert_eq!(is_current(), (false, false));
    rename("ALTER TABLE heads_away RENAME TO heads").await;
    until((true, true)).await;
}

async fn two_nodes_write_one_log(db: TestDatabase) {
    let (world, second) = two_nodes(&db).await;
    let boss = Actor::Person(world.boss);
    let writers = [world.account.clone(), second.clone()]
        .into_iter()
        .enumerate()
        .map(|(node, account)| {
            let changes: Vec<_> = (0..40)
                .map(|n| world.customer("C", &format!("c{node}-{n}@example.org")).1)
                .collect();
            tokio::spawn(async move {
                for change in changes {
                    account.submit(boss, change, options()).await.unwrap();
                }
            })
        });
    for writer in writers.collect::<Vec<_>>() {
        writer.await.unwrap();
    }
    let head = verify(world.engine.database(), world.account.id(), None)
        .await
        .unwrap()
        .head;
    for account in [&world.account, &second] {
        account
            .at_least(access::Version(head.position), Duration::from_secs(5))
            .await
            .unwrap();
        assert_eq!(account.head(), head);
        assert_eq!(account.state().people().len(), 81);
    }
}

/// Adds a user who can sign in.
async fn add_user(world: &World, email: &str, role: RoleId) -> PersonId {
    let id = PublicId::new(world.engine.new_uuid());
    let account_role = Some(RoleAssignment {
        role,
        scope: PeopleScope::All,
    });
    let add = Command::AddUser {
        id,
        user_groups: Vec::new(),
        account_role,
    };
    world
        .submit(Change::from(add).with_profile(person(Of::public(id), "U", email)))
        .await
        .unwrap();
    let person = world.account.state().resolve(id).unwrap();
    let accept = Command::AcceptInvitation { person };
    let sign_in = Actor::System(access::command::SystemSubject::SignIn);
    world
        .account
        .submit(sign_in, accept, options())
        .await
        .unwrap();
    person
}

/// Both acts at the same instant, each on its node. Exactly one is done; the other's refusal.
async fn race(
    first: (&Account, PersonId, Command),
    second: (&Account, PersonId, Command),
) -> SubmitError {
    let start = |(account, actor, command): (&Account, PersonId, Command)| {
        let account = account.clone();
        tokio::spawn(async move {
            account
                .submit(Actor::Person(actor), command, options())
                .await
        })
    };
    let (first, second) = (start(first), start(second));
    match (first.await.unwrap(), second.await.unwrap()) {
        (Ok(_), Err(refused)) | (Err(refused), Ok(_)) => refused,
        both => panic!("exactly one may win: {both:?}"),
    }
}

async fn ad_8_two_super_admins_who_demote_each_other(db: TestDatabase) {
    let (world, second) = two_nodes(&db).await;
    for round in 0..5 {
        let rival = add_user(
            &world,
            &format!("rival{round}@example.org"),
            RoleId::SUPER_ADMIN,
        )
        .await;
        second
            .at_least(world.account.state().version(), Duration::from_secs(5))
            .await
            .unwrap();
        let boss = current_boss(&world.account, rival);
        let demote = |person| Command::SetAccountRoles {
            bulk: false,
            people: vec![person],
            assignment: RoleAssignment {
                role: RoleId::MEMBER,
                scope: PeopleScope::All,
            },
            keep: Vec::new(),
        };
        race(
            (&world.account, boss, demote(rival)),
            (&second, rival, demote(boss)),
        )
        .await;
        let last = second
            .at_least(world.account.state().version(), Duration::from_secs(5))
            .await
            .unwrap();
        let admins = last
            .people()
            .iter()
            .filter(|(_, row)| row.account_role == RoleId::SUPER_ADMIN)
            .count();
        assert_eq!(admins, 1);
        if last.people().get(world.boss).unwrap().account_role != RoleId::SUPER_ADMIN {
            // The boss lost: the rival gives the role back, so that the next round can begin.
            let restore = Command::SetAccountRoles {
                bulk: false,
                people: vec![world.boss],
                assignment: RoleAssignment {
                    role: RoleId::SUPER_ADMIN,
                    scope: PeopleScope::All,
                },
                keep: Vec::new(),
            };
            world
                .account
                .at_least(last.version(), Duration::from_secs(5))
                .await
                .unwrap();
            world
                .account
                .submit(Actor::Person(rival), restore, options())
                .await
                .unwrap();
            world.submit(demote(rival)).await.unwrap();
        }
    }
}

fn current_boss(account: &Account, rival: PersonId) -> PersonId {
    let state = account.state();
    let mut admins = state
        .people()
        .iter()
        .filter(|(_, row)| row.account_role == RoleId::SUPER_ADMIN);
    admins.find(|(person, _)| *person != rival).unwrap().0
}

async fn ad_14_two_racing_for_the_last_seat(db: TestDatabase) {
    use access::state::{LicenceModel, Tie};
    let (world, second) = two_nodes(&db).await;
    for round in 0..5 {
        let id = PublicId::new(world.engine.new_uuid());
        let (product, model) = (access::Product::ServiceDesk, LicenceModel::Named);
        world
            .submit(Command::BuyLicence {
                id,
                product,
                model,
                seats: 1,
            })
            .await
            .unwrap();
        let licence = world.account.state().resolve(id).unwrap();
        let people = [
            add_user(&world, &format!("a{round}@example.org"), RoleId::MEMBER).await,
            add_user(&world, &format!("b{round}@example.org"), RoleId::MEMBER).await,
        ];
        second
            .at_least(world.account.state().version(), Duration::from_secs(5))
            .await
            .unwrap();
        let assign = |person| Command::Tie {
            person,
            tie: Tie::Licence(licence),
            window: access::Window::ALWAYS,
        };
        let refused = race(
            (&world.account, world.boss, assign(people[0])),
            (&second, world.boss, assign(people[1])),
        )
        .await;
        assert!(matches!(refused, SubmitError::Refused(refusal) if refusal.rule == "AD-14"));
    }
}

async fn ad_16_two_setting_a_billing_contact(db: TestDatabase) {
    let (world, second) = two_nodes(&db).await;
    // Both receive the offer one after the other; only the one who is offered last can accept, and only once.
    let rival = add_user(&world, "rival@example.org", RoleId::SUPER_ADMIN).await;
    let grant = access::command::AccountAdminGrant::Full;
    let agent = Command::Tie {
        person: rival,
        tie: access::state::Tie::Agent,
        window: access::Window::ALWAYS,
    };
    world.submit(agent).await.unwrap();
    world
        .submit(Command::SetAccountAdmin {
            person: rival,
            admin: Some(grant),
        })
        .await
        .unwrap();
    world
        .submit(Command::OfferBillingContact { to: rival })
        .await
        .unwrap();
    second
        .at_least(world.account.state().version(), Duration::from_secs(5))
        .await
        .unwrap();
    let accept = || Command::AcceptBillingContact;
    let refused = race(
        (&world.account, rival, accept()),
        (&second, rival, accept()),
    )
    .await;
    assert!(matches!(refused, SubmitError::Refused(refusal) if refusal.rule == "AD-16"));
}

async fn one_address_is_taken_once_on_two_nodes(db: TestDatabase) {
    let (world, second) = two_nodes(&db).await;
    for round in 0..10 {
        let ask = |account: &Account| {
            let (account, boss) = (account.clone(), Actor::Person(world.boss));
            let change = world.customer("C", &format!("same{round}@example.org")).1;
            tokio::spawn(async move { account.submit(boss, change, options()).await })
        };
        let (one, other) = (ask(&world.account), ask(&second));
        let outcomes = [one.await.unwrap(), other.await.unwrap()];
        let ([Ok(_), refused] | [refused, Ok(_)]) = outcomes else {
            panic!("one of them is done")
        };
        assert_eq!(code(refused), "address_taken");
    }
}
