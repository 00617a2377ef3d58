//! kill −9 of a server that several callers write to, at random moments: what was acknowledged is there, what was not is there as a
//! whole or not at all, and the log is what it says.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use testkit::cluster::Cluster;
use testkit::databases::{TestDatabase, end_connections};
use tokio::task::JoinHandle;

use crate::program::{Client, Owner, Server, verify};

testkit::on_both![nothing_acknowledged_is_lost_when_the_server_is_killed];

const WRITERS: usize = 6;
const ROUNDS: u64 = 5;
/// The moments of the kills come from it.
const SEED: u64 = 0x5eed;

/// What callers know to be written: a customer's id and telephone number, by address.
type Acknowledged = HashMap<String, (String, Option<String>)>;

/// What one writer was told, and the write that it heard nothing about.
#[derive(Default)]
struct Told {
    acknowledged: Acknowledged,
    open: Option<Write>,
    /// Answers that something went wrong at the server.
    failures: usize,
}

/// Something to write, that can be asked for again.
#[derive(Clone)]
enum Write {
    Customer {
        email: String,
    },
    Phone {
        email: String,
        id: String,
        phone: String,
    },
}

impl Write {
    async fn send(&self, client: &Client) -> reqwest::Result<crate::program::Answer> {
        match self {
            // The address is the key too: asked for twice, it is done once.
            Write::Customer { email } => {
                let body = json!({"name": "Carla Customer", "email": email});
                let key = Some(("Idempotency-Key", email.as_str()));
                let path = "/people/customers";
                client.send(Method::POST, path, Some(body), key).await
            }
            Write::Phone { id, phone, .. } => {
                let path = format!("/people/{id}");
                let body = Some(json!({"phone": phone}));
                client.send(Method::PATCH, &path, body, None).await
            }
        }
    }

    fn note(&self, body: &Value, acknowledged: &mut Acknowledged) {
        match self.clone() {
            Write::Customer { email } => {
                let id = body["id"].as_str().unwrap().to_owned();
                acknowledged.insert(email, (id, None));
            }
            Write::Phone { email, id, phone } => {
                acknowledged.insert(email, (id, Some(phone)));
            }
        }
    }
}

/// Everybody who writes at once.
struct Load {
    writers: Vec<JoinHandle<Told>>,
    enough: Arc<AtomicBool>,
}

impl Load {
    fn start(server: &Server, owner: &Owner, round: u64) -> Self {
        let enough = Arc::new(AtomicBool::new(false));
        let writer = |writer| {
            let client = server.client(&owner.token);
            let name = format!("c{round}-{writer}");
            tokio::spawn(write(client, name, Arc::clone(&enough)))
        };
        Self {
            writers: (0..WRITERS).map(writer).collect(),
            enough: Arc::clone(&enough),
        }
    }

    /// What each of them was told.
    async fn end(self) -> Vec<Told> {
        self.enough.store(true, Ordering::Relaxed);
        let mut all = Vec::new();
        for writer in self.writers {
            all.push(writer.await.unwrap());
        }
        all
    }
}

/// Writes customers and then their telephone numbers, one after the other, until the server is gone or it is enough.
async fn write(client: Client, name: String, enough: Arc<AtomicBool>) -> Told {
    let mut told = Told::default();
    for number in 0.. {
        let email = format!("{name}-{number}@example.net");
        let customer = Write::Customer {
            email: email.clone(),
        };
        if !attempt(&client, customer, &mut told).await {
            break;
        }
        let Some((id, _)) = told.acknowledged.get(&email) else {
            continue;
        };
        let phone = Write::Phone {
            id: id.clone(),
            email,
            phone: format!("0{number}"),
        };
        if !attempt(&client, phone, &mut told).await {
            break;
        }
        // Looked at after a write that was done: a server that does not come back is never left.
        if enough.load(Ordering::Relaxed) {
            break;
        }
    }
    told
}

/// False: the server is gone.
async fn attempt(client: &Client, write: Write, told: &mut Told) -> bool {
    match write.send(client).await {
        Ok(answer) if answer.status == 200 => write.note(&answer.body, &mut told.acknowledged),
        Ok(answer) => {
            assert_eq!(answer.status, 503, "{}", answer.body);
            told.failures += 1;
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Err(_) => {
            told.open = Some(write);
            return false;
        }
    }
    true
}

/// What was acknowledged is there with the values that were acknowledged, and nobody is there by half.
async fn check(client: &Client, acknowledged: &Acknowledged) {
    let people = client.list("/people").await;
    let mut addresses = HashSet::new();
    let there: HashMap<&str, &Value> = people
        .iter()
        .map(|person| (person["id"].as_str().unwrap(), person))
        .collect();
    for person in &people {
        let email = person["email"].as_str().expect("an address, or nobody");
        assert!(person["name"].is_string(), "{person}");
        assert!(addresses.insert(email), "{email} is there twice");
    }
    for (email, (id, phone)) in acknowledged {
        let person = there.get(id.as_str());
        let person = person.unwrap_or_else(|| panic!("{email} was acknowledged and is lost"));
        assert_eq!(person["email"], email.as_str());
        if let Some(phone) = phone {
            assert_eq!(person["phone"], phone.as_str(), "{email}");
        }
    }
}

fn random(state: &mut u64, most: u64) -> u64 {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    *state % most
}

async fn nothing_acknowledged_is_lost_when_the_server_is_killed(db: TestDatabase) {
    let mut server = Server::start(&db.address);
    let owner = server.set_up().await;
    let (mut acknowledged, mut dice, mut unheard) = (Acknowledged::new(), SEED, 0);
    for round in 0..ROUNDS {
        let load = Load::start(&server, &owner, round);
        let after = Duration::from_millis(100 + random(&mut dice, 500));
        tokio::time::sleep(after).await;
        server.kill();
        let mut open = Vec::new();
        for told in load.end().await {
            acknowledged.extend(told.acknowledged);
            open.extend(told.open);
        }
        unheard += open.len();

        server = Server::start(&db.address);
        let client = server.client(&owner.token);
        check(&client, &acknowledged).await;
        // What nobody heard about is asked for again: it was done as a whole, or it is done now.
        for write in open {
            let answer = write.send(&client).await.unwrap();
            assert_eq!(answer.status, 200, "{}", answer.body);
            write.note(&answer.body, &mut acknowledged);
        }
        check(&client, &acknowledged).await;
        verify(&db.address);
    }
    assert!(
        acknowledged.len() > 50,
        "{} were written",
        acknowledged.len()
    );
    assert!(unheard > 0, "no kill came in the middle of a write");
}

/// The server's connections are ended under it, again and again. It goes on by itself, and tells the callers whose writes failed.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_acknowledged_is_lost_when_postgres_ends_its_connections() {
    testkit::databases::on_postgres(async |db| {
        let mut server = Server::start(&db.address);
        let owner = server.set_up().await;
        let load = Load::start(&server, &owner, 0);
        let mut dice = SEED;
        for _ in 0..10 {
            let pause = Duration::from_millis(20 + random(&mut dice, 60));
            tokio::time::sleep(pause).await;
            end_connections(&db.address).await;
        }
        settled(&server, &owner, load).await;
        verify(&db.address);
    })
    .await;
}

/// A cluster that synchronises to the disk crashes as a whole and recovers from its own log.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_acknowledged_is_lost_when_postgres_crashes() {
    let mut cluster = Cluster::start();
    let mut server = Server::start(&cluster.address);
    let owner = server.set_up().await;
    let mut dice = SEED;
    for round in 0..2 {
        let load = Load::start(&server, &owner, round);
        let pause = Duration::from_millis(50 + random(&mut dice, 150));
        tokio::time::sleep(pause).await;
        cluster.crash();
        settled(&server, &owner, load).await;
    }
    verify(&cluster.address);
}

/// The server lives on and goes on by itself: everybody writes a little longer, and what they were told is there.
async fn settled(server: &Server, owner: &Owner, load: Load) {
    tokio::time::sleep(Duration::from_millis(500)).await;
    let mut acknowledged = Acknowledged::new();
    let mut failures = 0;
    for told in load.end().await {
        assert!(told.open.is_none(), "the server lives");
        acknowledged.extend(told.acknowledged);
        failures += told.failures;
    }
    println!("{} acknowledged, {failures} failed", acknowledged.len());
    assert!(failures > 0, "nothing was in the way of the writers");
    assert!(!acknowledged.is_empty());
    check(&server.client(&owner.token), &acknowledged).await;
}
