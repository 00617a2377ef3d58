//! Whom sign-in providers know, as acts of one batch leave it: by one name one person, nobody by the name of a provider that is gone, and the
//! one who comes in without it keeps what they come in by (AD-8).

use access::decide::{OnAccount, permissions::ManageIntegrations};
use access::event::{Event, Node, ProfileField, ProviderStep};
use access::state::{ConnectionKind, ConnectionRights};
use access::{
    Actor, Command, ConnectionId, Dense, Permit, PersonId, PublicId, Refusal, RoleId,
    command::SystemSubject,
};
use ledger::{
    AccountId, Act, Change, CredentialKind, Here, LedgerError, Means, NewCredential, Of,
    SubmitError, Tx, Wrote, means_of,
};
use uuid::Uuid;

use crate::common::{TestDatabase, World, code, options};

testkit::on_both![
    ad_8_who_comes_in_without_a_provider_has_what_that_takes_within_a_batch_too,
    ad_24_by_one_name_a_provider_knows_one_person,
    a_provider_that_names_people_otherwise_knows_nobody,
    nobody_is_linked_to_a_connection_that_is_gone,
];

const SIGN_IN: Actor = Actor::System(SystemSubject::SignIn);

/// What becomes of how a provider is set up, as its slice would say it.
struct Step {
    connection: ConnectionId,
    step: ProviderStep,
    break_glass: Option<PersonId>,
}

impl Act for Step {
    type Needs = ManageIntegrations;
    const NEEDS: ManageIntegrations = ManageIntegrations;
    const NAME: &'static str = "step";

    async fn on(&self, _: &mut Tx, _: AccountId) -> Result<Option<OnAccount>, LedgerError> {
        Ok(Some(OnAccount))
    }

    async fn apply(
        self,
        tx: &mut Tx,
        _: Permit<'_, ManageIntegrations>,
        here: Here<'_>,
    ) -> Result<Wrote, SubmitError> {
        if let Some(person) = self.break_glass {
            let means = means_of(tx, here.account, person).await?;
            if !means.password || !means.passkey {
                let detail = "they lack what it takes";
                return Err(Refusal::conflict("AD-8", "break_glass_needed", detail).into());
            }
        }
        Ok(vec![Event::SignInProvider {
            connection: self.connection,
            step: self.step,
            break_glass: self.break_glass,
        }]
        .into())
    }
}

struct Links {
    world: World,
    connection: ConnectionId,
    ann: PersonId,
    bob: PersonId,
}

fn mark(number: u128) -> CredentialKind {
    CredentialKind::Provider(Uuid::from_u128(number))
}

impl Links {
    async fn open(db: &TestDatabase) -> Self {
        let world = World::open(&db.address).await;
        let id = PublicId::<ConnectionId>::new(world.engine.new_uuid());
        let make = Command::CreateConnection {
            id,
            role: RoleId::MEMBER,
            kind: ConnectionKind::SignInProvider,
            rights: ConnectionRights::default(),
        };
        world.submit(make).await.unwrap();
        Self {
            connection: world.account.state().resolve(id).unwrap(),
            ann: world.add_customer("Ann", "ann@example.org").await,
            bob: world.add_customer("Bob", "bob@example.org").await,
            world,
        }
    }

    fn link(&self, person: PersonId, number: u128) -> Change {
        let connection = self.connection;
        let link = Change::from(Command::LinkProvider {
            person,
            connection,
            accepts: false,
        });
        link.with_credential(NewCredential {
            of: Of::known(person),
            kind: mark(number),
            data: Some(connection.number().to_string()),
        })
    }

    fn unlink(&self, person: PersonId, number: u128) -> Change {
        let connection = self.connection;
        let unlink = Change::from(Command::UnlinkProvider { person, connection });
        unlink.with_credential(NewCredential {
            of: Of::known(person),
            kind: mark(number),
            data: None,
        })
    }

    /// What the boss signs in with comes or goes.
    fn own(&self, kind: CredentialKind, data: Option<&str>) -> Change {
        let edit = Command::EditProfile {
            person: self.world.boss,
            fields: vec![ProfileField::SignIn],
        };
        Change::from(edit).with_credential(NewCredential {
            of: Of::known(self.world.boss),
            kind,
            data: data.map(str::to_owned),
        })
    }

    fn step(&self, step: ProviderStep, break_glass: Option<PersonId>) -> Step {
        Step {
            connection: self.connection,
            step,
            break_glass,
        }
    }

    async fn act(&self, step: Step) -> Result<ledger::Done, SubmitError> {
        let boss = Actor::Person(self.world.boss);
        self.world.account.act(boss, step, options()).await
    }

    /// Keeps the writer busy, so that what comes next shares a batch.
    async fn busy(&self) {
        for _ in 0..20 {
            let (_, change) = self.world.customer("Nobody", "");
            let mut change = change;
            change.profiles.clear();
            let boss = Actor::Person(self.world.boss);
            let begun = self.world.account.begin(boss, change, options()).await;
            drop(begun.unwrap());
        }
    }

    async fn known(&self, number: u128) -> Option<PersonId> {
        let found = self.world.account.known_by(Uuid::from_u128(number)).await;
        found.unwrap()
    }

    async fn means(&self) -> Means {
        let mut reading = self.world.account.read().await.unwrap();
        let account = self.world.account.id();
        means_of(&mut reading.tx, account, self.world.boss)
            .await
            .unwrap()
    }

    async fn unlinked(&self) -> usize {
        let mut reading = self.world.account.read().await.unwrap();
        let sql = "SELECT person FROM sign_in_log WHERE what = 'provider_unlinked' LIMIT 100";
        reading.tx.fetch_all(sql, []).await.unwrap().len()
    }
}

async fn ad_8_who_comes_in_without_a_provider_has_what_that_takes_within_a_batch_too(
    db: TestDatabase,
) {
    let links = Links::open(&db).await;
    let (world, boss) = (&links.world, Actor::Person(links.world.boss));
    let passkey = CredentialKind::Passkey(Uuid::from_u128(1));
    for kind in [CredentialKind::Password, passkey] {
        for (kind, data) in [(CredentialKind::Password, "hash"), (passkey, "key")] {
            world.submit(links.own(kind, Some(data))).await.unwrap();
        }
        // Taken off, and named after it.
        links.busy().await;
        let taken = world.account.begin(boss, links.own(kind, None), options());
        let taken = taken.await.unwrap();
        let named = links.act(links.step(ProviderStep::Edited, Some(links.world.boss)));
        let (taken, named) = tokio::join!(taken, named);
        assert!(taken.is_ok());
        assert_eq!(code(named), "break_glass_needed", "{kind:?}");
        let (of, given) = match kind {
            CredentialKind::Password => (CredentialKind::Password, "hash"),
            _ => (passkey, "key"),
        };
        world.submit(links.own(of, Some(given))).await.unwrap();
        // Named, and taken off after it.
        links.busy().await;
        let named = links.act(links.step(ProviderStep::Edited, Some(links.world.boss)));
        let taken = world.submit(links.own(kind, None));
        let (named, taken) = tokio::join!(named, taken);
        assert!(named.is_ok(), "{named:?}");
        assert_eq!(code(taken), "break_glass", "{kind:?}");
        let means = links.means().await;
        assert!(means.password && means.passkey);
        // Nobody is named any more, and it is taken off at once.
        links.busy().await;
        let freed = links.act(links.step(ProviderStep::Edited, None));
        let taken = world.submit(links.own(kind, None));
        let (freed, taken) = tokio::join!(freed, taken);
        assert!(freed.is_ok() && taken.is_ok(), "{taken:?}");
    }
}

async fn ad_24_by_one_name_a_provider_knows_one_person(db: TestDatabase) {
    let links = Links::open(&db).await;
    let submit = async |change| {
        let account = &links.world.account;
        account.submit(SIGN_IN, change, options()).await
    };
    let by_boss = async |change| links.world.submit(change).await;
    submit(links.link(links.ann, 7)).await.unwrap();
    assert_eq!(links.known(7).await, Some(links.ann));
    let head = links.world.account.head();
    let refused = submit(links.link(links.bob, 7)).await;
    assert_eq!(code(refused), "linked_to_another");
    assert_eq!(links.world.account.head(), head, "it left nothing");
    // Once more the same person, and by another name.
    submit(links.link(links.ann, 7)).await.unwrap();
    submit(links.link(links.bob, 8)).await.unwrap();
    // In one batch: the first has it.
    links.busy().await;
    let (first, second) = tokio::join!(
        submit(links.link(links.ann, 9)),
        submit(links.link(links.bob, 9))
    );
    first.unwrap();
    assert_eq!(code(second), "linked_to_another");
    assert_eq!(links.known(9).await, Some(links.ann));
    // Taken off, it can be somebody else's in the same batch.
    links.busy().await;
    let (taken, given) = tokio::join!(
        by_boss(links.unlink(links.ann, 9)),
        submit(links.link(links.bob, 9))
    );
    taken.unwrap();
    given.unwrap();
    assert_eq!(links.known(9).await, Some(links.bob));
}

async fn a_provider_that_names_people_otherwise_knows_nobody(db: TestDatabase) {
    let links = Links::open(&db).await;
    let account = &links.world.account;
    for step in [ProviderStep::KnowsNobody, ProviderStep::Removed] {
        let link = account.submit(SIGN_IN, links.link(links.ann, 7), options());
        link.await.unwrap();
        let edited = links.act(links.step(ProviderStep::Edited, None)).await;
        assert!(edited.is_ok());
        assert_eq!(
            links.known(7).await,
            Some(links.ann),
            "nothing of it changed"
        );
        let before = links.unlinked().await;
        links.busy().await;
        // Before it in the batch, and after it.
        let (old, done, new) = tokio::join!(
            account.submit(SIGN_IN, links.link(links.bob, 8), options()),
            links.act(links.step(step, None)),
            account.submit(SIGN_IN, links.link(links.bob, 9), options()),
        );
        assert!(old.is_ok() && done.is_ok() && new.is_ok());
        assert_eq!((links.known(7).await, links.known(8).await), (None, None));
        assert_eq!(links.known(9).await, Some(links.bob), "by its new names");
        assert_eq!(links.unlinked().await, before + 2);
        let unlink = links.unlink(links.bob, 9);
        links.world.submit(unlink).await.unwrap();
    }
}

async fn nobody_is_linked_to_a_connection_that_is_gone(db: TestDatabase) {
    let links = Links::open(&db).await;
    let account = &links.world.account;
    let link = account.submit(SIGN_IN, links.link(links.ann, 7), options());
    link.await.unwrap();
    links.busy().await;
    let delete = Command::Delete {
        node: Node::Connection(links.connection),
    };
    let (linked, gone) = tokio::join!(
        account.submit(SIGN_IN, links.link(links.bob, 8), options()),
        links.world.submit(delete),
    );
    assert!(linked.is_ok() && gone.is_ok());
    assert_eq!((links.known(7).await, links.known(8).await), (None, None));
    let late = account.submit(SIGN_IN, links.link(links.ann, 7), options());
    assert_eq!(code(late.await), "not_found");
}
