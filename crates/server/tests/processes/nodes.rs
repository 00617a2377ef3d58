//! Two servers on one database, raced against each other over HTTP: the lock of the account's head makes them one.

use std::collections::BTreeSet;
use std::sync::Arc;

use access::command::SystemSubject;
use access::{Actor, Command, Moment, PersonId, PublicId};
use ledger::{Clock, DatabaseConfig, Engine, Options, SystemClock, SystemRandomness};
use reqwest::Method;
use serde_json::{Value, json};
use testkit::databases::TestDatabase;

use crate::program::{Answer, Client, Owner, Server, printed, verify};

testkit::on_both![
    ad_8_two_super_admins_who_demote_each_other,
    ad_14_two_racing_for_the_last_named_licence,
    ad_14_two_racing_for_the_last_concurrent_seat,
    ad_16_two_hand_the_billing_contact_over,
    what_one_server_writes_the_other_answers_at_once,
    two_servers_start_on_an_empty_database,
];

const ROUNDS: usize = 8;
const SUPER_ADMIN: &str = "rol_00000000000000000000000000000001";
const MEMBER: &str = "rol_00000000000000000000000000000003";
const ANN: &str = "ann@example.net";
const BEA: &str = "bea@example.net";

/// Two servers and the owner of their account.
struct Nodes {
    database: String,
    servers: [Server; 2],
    owner: Owner,
}

impl Nodes {
    async fn start(db: &TestDatabase) -> Self {
        let mut first = Server::start(&db.address);
        let owner = first.set_up().await;
        let second = Server::start(&db.address);
        Self {
            database: db.address.clone(),
            servers: [first, second],
            owner,
        }
    }

    /// The owner at each server, the first of them another one each time.
    fn owner_at(&self, round: usize) -> [Client; 2] {
        [0, 1].map(|node| self.servers[(node + round) % 2].client(&self.owner.token))
    }

    /// A user who can sign in.
    async fn user(&self, email: &str, body: Value) -> String {
        let owner = self.servers[0].client(&self.owner.token);
        let mut user = json!({"name": "Somebody", "email": email});
        user.as_object_mut()
            .unwrap()
            .extend(body.as_object().unwrap().clone());
        let id = owner.made("/people/users", user).await;
        accept(&self.database, &id).await;
        id
    }

    /// A token of a user who holds something.
    fn token(&self, email: &str) -> String {
        printed(&self.database, &["token", email]).trim().to_owned()
    }

    /// Each server knows what the other one knows.
    async fn agree(&self) {
        for round in [0, 1] {
            let [here, there] = self.owner_at(round);
            let version = here.read("/me").await["version"].as_u64().unwrap();
            there.read(&format!("/me?at_least_version={version}")).await;
        }
    }

    /// What both answer to a question about the present, which has to be the same.
    async fn both(&self, path: &str, version: u64) -> Value {
        let [first, second] = self.owner_at(0);
        let path = format!("{path}?at_least_version={version}");
        let (first, second) = tokio::join!(first.read(&path), second.read(&path));
        assert_eq!(first, second, "{path}");
        first
    }
}

/// No page to accept an invitation on is there yet: a third process does what it will do.
async fn accept(database: &str, id: &str) {
    let config = DatabaseConfig::at(database);
    let engine = Engine::open(
        config,
        Arc::new(SystemClock),
        Arc::new(SystemRandomness),
        rolecall::CONSEQUENCES,
    )
    .await
    .unwrap();
    let account = engine.first_account().await.unwrap();
    let person = account
        .state()
        .resolve(id.parse::<PublicId<PersonId>>().unwrap())
        .unwrap();
    let sign_in = Actor::System(SystemSubject::SignIn);
    let accept = Command::AcceptInvitation { person };
    account
        .submit(sign_in, accept, Options::untold("tests"))
        .await
        .unwrap();
    engine.close().await;
}

/// Of two requests at the same instant exactly one is done: which, and the answer to the other, and the version that was reached.
fn one_wins(answers: [Answer; 2]) -> (usize, Answer, u64) {
    let won = answers.each_ref().map(|answer| answer.status == 200);
    let told = answers.each_ref().map(|answer| answer.body.to_string());
    assert_eq!(won.iter().filter(|won| **won).count(), 1, "{told:?}");
    let [first, second] = answers;
    let (winner, done, refused) = if won[0] {
        (0, first, second)
    } else {
        (1, second, first)
    };
    assert!((400..500).contains(&refused.status), "{}", refused.body);
    (winner, refused, done.version())
}

async fn ad_8_two_super_admins_who_demote_each_other(db: TestDatabase) {
    let nodes = Nodes::start(&db).await;
    let super_admin = json!({"account_role": SUPER_ADMIN});
    let rival = nodes.user("rival@example.net", super_admin).await;
    let people = [&nodes.owner.person, &rival];
    let tokens = [nodes.owner.token.clone(), nodes.token("rival@example.net")];
    let mut winners = BTreeSet::new();
    for round in 0..ROUNDS {
        nodes.agree().await;
        let [at, other] = [0, 1].map(|node| &nodes.servers[(node + round) % 2]);
        let callers = [at.client(&tokens[0]), other.client(&tokens[1])];
        // Each demotes the other.
        let paths = [1, 0].map(|other| format!("/people/{}/account-role", people[other]));
        let demote =
            |who: usize| callers[who].ask(Method::PUT, &paths[who], json!({"role": MEMBER}));
        let (first, second) = tokio::join!(demote(0), demote(1));
        let (winner, _, version) = one_wins([first, second]);
        winners.insert(winner);

        let read = format!("?at_least_version={version}");
        let winner_at_both = nodes
            .servers
            .each_ref()
            .map(|server| server.client(&tokens[winner]));
        for client in &winner_at_both {
            let shown = client.read(&format!("/people{read}")).await;
            let admins: Vec<_> = shown["items"]
                .as_array()
                .unwrap()
                .iter()
                .filter(|person| person["user"]["account_role"] == SUPER_ADMIN)
                .collect();
            assert_eq!(admins.len(), 1);
            assert_eq!(admins[0]["id"], people[winner].as_str());
            assert_eq!(admins[0]["user"]["status"], "active");
        }
        // The one who is left gives the role back, so that the next round can begin.
        let back = paths[winner].clone();
        winner_at_both[0]
            .done(Method::PUT, &back, json!({"role": SUPER_ADMIN}))
            .await;
    }
    println!("won by: {winners:?}");
    drop(nodes);
    verify(&db.address);
}

/// Both nodes race for one seat; afterwards both say that one is in use.
async fn race_for_a_seat(
    nodes: &Nodes,
    licence: &str,
    race: impl AsyncFn(usize) -> [Answer; 2],
    free: impl AsyncFn(usize, &Value),
) {
    for round in 0..ROUNDS {
        nodes.agree().await;
        let answers = race(round).await;
        let ids = answers.each_ref().map(|answer| answer.body["id"].clone());
        let (winner, refused, version) = one_wins(answers);
        assert_eq!((refused.status, refused.rule()), (409, "AD-14"));
        let shown = nodes.both(&format!("/licences/{licence}"), version).await;
        assert_eq!(shown["in_use"], 1, "{shown}");
        free(winner, &ids[winner]).await;
    }
}

async fn ad_14_two_racing_for_the_last_named_licence(db: TestDatabase) {
    let nodes = Nodes::start(&db).await;
    let owner = nodes.servers[0].client(&nodes.owner.token);
    let one = json!({"name": "Last", "product": "service_desk", "model": "named", "seats": 1});
    let licence = owner.made("/licences", one).await;
    let people = [
        nodes.user(ANN, json!({})).await,
        nodes.user(BEA, json!({})).await,
    ];
    let holder = |who: usize| format!("/licences/{licence}/holders/{}", people[who]);
    let race = async |round: usize| {
        let callers = nodes.owner_at(round);
        let paths = [holder(0), holder(1)];
        let assign = |who: usize| callers[who].ask(Method::PUT, &paths[who], json!({}));
        let (first, second) = tokio::join!(assign(0), assign(1));
        [first, second]
    };
    let free = async |winner: usize, _: &Value| {
        owner.done(Method::DELETE, &holder(winner), json!({})).await;
    };
    race_for_a_seat(&nodes, &licence, race, free).await;
    drop(nodes);
    verify(&db.address);
}

async fn ad_14_two_racing_for_the_last_concurrent_seat(db: TestDatabase) {
    let nodes = Nodes::start(&db).await;
    let owner = nodes.servers[0].client(&nodes.owner.token);
    let pool =
        json!({"name": "Pool", "product": "remote_support", "model": "concurrent", "seats": 1});
    let licence = owner.made("/licences", pool).await;
    let people = [
        nodes.user(ANN, json!({})).await,
        nodes.user(BEA, json!({})).await,
    ];
    for person in &people {
        let agent = format!("/people/{person}/agent");
        owner.done(Method::PUT, &agent, json!({})).await;
        let holder = format!("/licences/{licence}/holders/{person}");
        owner.done(Method::PUT, &holder, json!({})).await;
    }
    let tokens = [nodes.token(ANN), nodes.token(BEA)];
    let seats = format!("/licences/{licence}/seats");
    let race = async |round: usize| {
        let take = |who: usize| {
            let agent = nodes.servers[(who + round) % 2].client(&tokens[who]);
            let seats = &seats;
            async move { agent.ask(Method::POST, seats, json!({})).await }
        };
        let (first, second) = tokio::join!(take(0), take(1));
        [first, second]
    };
    let free = async |_: usize, seat: &Value| {
        let seat = format!("{seats}/{}", seat.as_str().unwrap());
        owner.done(Method::DELETE, &seat, json!({})).await;
    };
    race_for_a_seat(&nodes, &licence, race, free).await;
    drop(nodes);
    verify(&db.address);
}

async fn ad_16_two_hand_the_billing_contact_over(db: TestDatabase) {
    let nodes = Nodes::start(&db).await;
    let owner = nodes.servers[0].client(&nodes.owner.token);
    let (mut people, mut tokens) = (Vec::new(), Vec::new());
    for email in [ANN, BEA] {
        let super_admin = json!({"account_role": SUPER_ADMIN});
        let admin = nodes.user(email, super_admin).await;
        for (path, body) in [
            ("agent", json!({})),
            ("account-admin", json!({"access": "full"})),
        ] {
            let path = format!("/people/{admin}/{path}");
            owner.done(Method::PUT, &path, body).await;
        }
        people.push(admin);
        tokens.push(nodes.token(email));
    }
    let contact = "/billing-contact";
    for round in 0..ROUNDS {
        // Two previews of the same world; each is saved on its server at the same instant. One saw a world that moved.
        nodes.agree().await;
        let bodies = [0, 1].map(|who| json!({"person": people[who]}));
        let callers = nodes.owner_at(round);
        let mut seen = Vec::new();
        for who in [0, 1] {
            let path = format!("{contact}?dry_run=true");
            let preview = callers[who]
                .done(Method::PUT, &path, bodies[who].clone())
                .await;
            let fingerprint = &preview.body["effect"]["fingerprint"];
            seen.push(fingerprint.as_str().unwrap().to_owned());
        }
        let set = |who: usize| {
            let carried = Some(("If-Fingerprint", seen[who].as_str()));
            callers[who].send(Method::PUT, contact, Some(bodies[who].clone()), carried)
        };
        let (first, second) = tokio::join!(set(0), set(1));
        let (winner, _, version) = one_wins([first.unwrap(), second.unwrap()]);
        let shown = nodes.both(contact, version).await;
        assert_eq!(shown["person"], people[winner].as_str());

        // Handed on to the other, who accepts on both servers at once: one step, once.
        let to = 1 - winner;
        let offer = json!({"person": people[to]});
        nodes.servers[round % 2]
            .client(&tokens[winner])
            .done(Method::POST, "/billing-contact/offer", offer)
            .await;
        nodes.agree().await;
        let accept = |node: usize| {
            let receiver = nodes.servers[node].client(&tokens[to]);
            async move {
                receiver
                    .ask(Method::POST, "/billing-contact/acceptance", json!({}))
                    .await
            }
        };
        let (first, second) = tokio::join!(accept(0), accept(1));
        let (_, refused, version) = one_wins([first, second]);
        assert_eq!((refused.status, refused.rule()), (403, "AD-16"));
        let shown = nodes.both(contact, version).await;
        assert_eq!(shown["person"], people[to].as_str());
        assert_eq!(shown["offered_to"], Value::Null);

        let back = json!({"person": nodes.owner.person});
        owner.done(Method::PUT, contact, back).await;
    }
    drop(nodes);
    verify(&db.address);
}

async fn what_one_server_writes_the_other_answers_at_once(db: TestDatabase) {
    let nodes = Nodes::start(&db).await;
    let soon = Moment(SystemClock.now().0 + 86_400_000);
    let soon = web::decision::timestamp(soon).to_string();
    for round in 0..20 {
        let [here, there] = nodes.owner_at(round);
        let email = format!("c{round}@example.net");
        let customer = json!({"name": "Carla Customer", "email": email});
        let written = here.done(Method::POST, "/people/customers", customer).await;
        let id = written.body["id"].as_str().unwrap();
        let path = format!("/people/{id}?at_least_version={}", written.version());
        assert_eq!(there.read(&path).await["email"], email.as_str());

        // A token that was made there opens here at once, without a word about versions.
        let token = json!({"name": "New", "expires": soon});
        let token = here.done(Method::POST, "/tokens", token).await;
        let secret = token.body["secret"].as_str().unwrap();
        let somebody = nodes.servers[(round + 1) % 2].client(secret);
        assert_eq!(
            somebody.read("/me").await["subject"],
            nodes.owner.person.as_str()
        );

        // And a write can rest on what the other server made.
        let path = format!("/people/{id}?at_least_version={}", token.version());
        let edit = json!({"phone": "0123"});
        there.done(Method::PATCH, &path, edit).await;
    }
    drop(nodes);
    verify(&db.address);
}

/// A new database gets one account, however many servers find it empty at once.
async fn two_servers_start_on_an_empty_database(db: TestDatabase) {
    let start = || {
        let address = db.address.clone();
        tokio::task::spawn_blocking(move || Server::start(&address))
    };
    let (first, second) = tokio::join!(start(), start());
    drop((first.unwrap(), second.unwrap()));
    let printed = printed(&db.address, &["verify"]);
    assert_eq!(printed.matches("account ").count(), 1, "{printed}");
}
