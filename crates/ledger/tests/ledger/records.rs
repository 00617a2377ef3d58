//! Record acts: SQL rows of a slice, written with a permit that the engine makes at the head, inside the transaction.

use std::time::Duration;

use access::decide::permissions::ManageUsers;
use access::event::Event;
use access::{Actor, PermissionType, Permit, PersonId, Refusal};
use ledger::{AccountId, Act, Here, LedgerError, Options, SubmitError, Tx, Wrote};

use crate::common::{TestDatabase, World, code, options};

testkit::on_both![
    an_act_receives_its_permit_and_writes,
    an_act_without_the_right_writes_nothing,
    an_act_that_is_refused_takes_back_what_it_wrote,
    a_failed_act_takes_back_its_own_statements_only,
    a_dry_run_of_an_act_leaves_nothing,
    an_act_that_panics_costs_its_batch_and_not_the_writer,
];

/// Notes about a person, as a slice would keep them.
struct AddNote {
    about: Option<PersonId>,
    text: &'static str,
}

impl Act for AddNote {
    type Needs = ManageUsers;
    const NEEDS: ManageUsers = ManageUsers;
    const NAME: &'static str = "add_note";

    async fn on(&self, _: &mut Tx, _: AccountId) -> Result<Option<PersonId>, LedgerError> {
        Ok(self.about)
    }

    async fn apply(
        self,
        tx: &mut Tx,
        permit: Permit<'_, ManageUsers>,
        here: Here<'_>,
    ) -> Result<Wrote, SubmitError> {
        let person = access::Dense::number(permit.on());
        tx.execute(
            "INSERT INTO notes (person, text) VALUES ($1, $2)",
            [person.into(), self.text.into()],
        )
        .await?;
        if self.text == "refused" {
            let detail = "somebody has written that";
            return Err(Refusal::conflict("§7", "written_already", detail).into());
        }
        assert_eq!(here.view.subject(), permit.subject());
        if self.text.is_empty() {
            tx.execute("INSERT INTO no_such_table VALUES (1)", [])
                .await?;
        }
        Ok(vec![Event::ProfileEdited {
            person: permit.on(),
            fields: Vec::new(),
        }]
        .into())
    }
}

async fn world(db: &TestDatabase) -> World {
    let world = World::open(&db.address).await;
    let sql = "CREATE TABLE notes (person BIGINT NOT NULL, text TEXT NOT NULL)";
    world
        .engine
        .database()
        .run_outside_transaction(sql)
        .await
        .unwrap();
    world
}

async fn notes(world: &World) -> usize {
    let mut reading = world.account.read().await.unwrap();
    reading
        .tx
        .fetch_all("SELECT person FROM notes LIMIT 100", [])
        .await
        .unwrap()
        .len()
}

async fn add(
    world: &World,
    actor: PersonId,
    act: AddNote,
    options: Options,
) -> Result<ledger::Done, SubmitError> {
    world.account.act(Actor::Person(actor), act, options).await
}

async fn an_act_receives_its_permit_and_writes(db: TestDatabase) {
    let world = world(&db).await;
    let before = world.account.state().version();
    let act = AddNote {
        about: Some(world.boss),
        text: "hello",
    };
    let done = add(&world, world.boss, act, options()).await.unwrap();
    assert_eq!((done.version.0, notes(&world).await), (before.0 + 1, 1));
    assert_eq!(
        world.account.log_page(None, 1).await.unwrap()[0].act,
        "add_note"
    );
}

async fn an_act_without_the_right_writes_nothing(db: TestDatabase) {
    let world = world(&db).await;
    let customer = world.add_customer("Ann", "ann@example.org").await;
    let head = world.account.head();
    let act = AddNote {
        about: Some(world.boss),
        text: "hello",
    };
    assert_eq!(
        code(add(&world, customer, act, options()).await),
        "not_found"
    );
    let nothing = AddNote {
        about: None,
        text: "hello",
    };
    assert_eq!(
        code(add(&world, world.boss, nothing, options()).await),
        "not_found"
    );
    assert_eq!((world.account.head(), notes(&world).await), (head, 0));
    assert_eq!(
        <ManageUsers as PermissionType>::PERMISSION.key(),
        "admin.users.manage"
    );
}

async fn an_act_that_is_refused_takes_back_what_it_wrote(db: TestDatabase) {
    let world = world(&db).await;
    let head = world.account.head();
    let act = AddNote {
        about: Some(world.boss),
        text: "refused",
    };
    let refused = add(&world, world.boss, act, options()).await;
    assert_eq!(code(refused), "written_already");
    assert_eq!((world.account.head(), notes(&world).await), (head, 0));
}

async fn a_failed_act_takes_back_its_own_statements_only(db: TestDatabase) {
    let world = world(&db).await;
    let acts = ["one", "", "two", "", "three"].map(|text| {
        let (account, boss) = (world.account.clone(), world.boss);
        tokio::spawn(async move {
            account
                .act(
                    Actor::Person(boss),
                    AddNote {
                        about: Some(boss),
                        text,
                    },
                    options(),
                )
                .await
                .is_ok()
        })
    });
    let mut done = Vec::new();
    for act in acts {
        done.push(act.await.unwrap());
    }
    assert_eq!(done, [true, false, true, false, true]);
    assert_eq!(notes(&world).await, 3);
}

async fn a_dry_run_of_an_act_leaves_nothing(db: TestDatabase) {
    let world = world(&db).await;
    let head = world.account.head();
    let dry = Options {
        dry_run: true,
        ..options()
    };
    let act = AddNote {
        about: Some(world.boss),
        text: "hello",
    };
    let done = add(&world, world.boss, act, dry).await.unwrap();
    assert_eq!(done.proposal.events.len(), 1);
    assert_eq!((world.account.head(), notes(&world).await), (head, 0));
}

/// A defect of a slice.
struct Defect;

impl Act for Defect {
    type Needs = ManageUsers;
    const NEEDS: ManageUsers = ManageUsers;
    const NAME: &'static str = "defect";

    async fn on(&self, _: &mut Tx, _: AccountId) -> Result<Option<PersonId>, LedgerError> {
        panic!("a defect of a slice")
    }

    async fn apply(
        self,
        _: &mut Tx,
        _: Permit<'_, ManageUsers>,
        _: Here<'_>,
    ) -> Result<Wrote, SubmitError> {
        Ok(Wrote::default())
    }
}

async fn an_act_that_panics_costs_its_batch_and_not_the_writer(db: TestDatabase) {
    let world = world(&db).await;
    let head = world.account.head();
    for _ in 0..2 {
        let boss = Actor::Person(world.boss);
        let failed = world.account.act(boss, Defect, options()).await;
        assert!(
            matches!(failed, Err(SubmitError::Failed(LedgerError::NotWritten))),
            "{failed:?}"
        );
    }
    assert_eq!(world.account.head(), head);
    world.add_customer("Ann", "ann@example.org").await;
    let closed = tokio::time::timeout(Duration::from_secs(10), world.engine.close()).await;
    assert!(closed.is_ok(), "the engine ends");
}
