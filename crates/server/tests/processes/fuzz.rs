//! Schemathesis asks everything that the OpenAPI document allows, and much that it does not: a real server, a fresh file, an owner's token, a
//! few things of each kind, and a fixed seed. It finds nothing. What is not checked stands in `fuzz/schemathesis.toml`, each with its reason.
//!
//! The operations are shared out over some servers, so that processors are used side by side and each test ends in good time.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::Command;

use reqwest::Method;
use serde_json::{Value, json};

use crate::directory::Directory;
use crate::program::{Client, Server};

const SHARES: usize = 4;
/// The tag of what a directory asks, by a token of its own.
const SCIM: &str = "scim";
/// Of each operation at least.
const EXAMPLES: usize = 50;
const PROGRAM: &str = "ROLECALL_SCHEMATHESIS";

#[tokio::test]
async fn schemathesis_finds_nothing_in_the_first_share() {
    fuzz(0).await;
}

#[tokio::test]
async fn schemathesis_finds_nothing_in_the_second_share() {
    fuzz(1).await;
}

#[tokio::test]
async fn schemathesis_finds_nothing_in_the_third_share() {
    fuzz(2).await;
}

#[tokio::test]
async fn schemathesis_finds_nothing_in_the_fourth_share() {
    fuzz(3).await;
}

#[tokio::test]
async fn schemathesis_finds_nothing_in_what_directories_ask() {
    let mut house = House::new().await;
    let directory = Directory::connect(&house.server, &house.client).await;
    let mut things = Things::from([
        ("resource_type", ["User", "Group"].map(str::to_owned).into()),
        (
            "schema",
            vec!["urn:ietf:params:scim:schemas:core:2.0:User".to_owned()],
        ),
    ]);
    for name in ["Ada", "Bea"] {
        let user = directory.user(name).await;
        let group = directory.group(name, &[&user]).await;
        things.entry("user").or_default().push(user);
        things.entry("directory_group").or_default().push(group);
    }
    house.token = directory.token;
    let operations = tags(&house.client.document().await)[SCIM];
    house.fuzz(&things, operations, &[SCIM.to_owned()]).await;
}

/// Where `cargo xtask test` installed it.
fn schemathesis() -> PathBuf {
    let installed = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../target/python/schemathesis/bin/schemathesis"
    );
    let program = std::env::var_os(PROGRAM).map_or_else(|| installed.into(), PathBuf::from);
    assert!(
        program.exists(),
        "{} is missing: cargo xtask test installs it",
        program.display()
    );
    program
}

async fn fuzz(share: usize) {
    let house = House::new().await;
    let things = things(&house.client, &house.owner).await;
    let (operations, tags) = &shares(&house.client.document().await)[share];
    house.fuzz(&things, *operations, tags).await;
}

/// A server with a fresh file.
struct House {
    folder: tempfile::TempDir,
    server: Server,
    owner: String,
    client: Client,
    /// By which it is fuzzed.
    token: String,
}

impl House {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let database = folder.path().join("fuzzed.db");
        let mut server = Server::start(database.to_str().unwrap());
        let owner = server.set_up().await;
        let client = server.client(&owner.token);
        Self {
            folder,
            server,
            owner: owner.person,
            client,
            token: owner.token,
        }
    }

    /// Asks whatever the operations of these tags allow, and more.
    async fn fuzz(self, things: &Things, operations: usize, tags: &[String]) {
        let asking = self.server.client(&self.token);
        let before = asking.read("/me").await["subject"].clone();
        let config = include_str!("fuzz/schemathesis.toml").to_owned() + &dictionaries(things);
        let write = |name: &str, text: &str| std::fs::write(self.folder.path().join(name), text);
        write("schemathesis.toml", &config).unwrap();
        write("checks.py", include_str!("fuzz/checks.py")).unwrap();
        let mut run = Command::new(schemathesis());
        run.current_dir(&self.folder)
            .env("ROLECALL_TOKEN", &self.token)
            .args(["run", &format!("{}/api/openapi.json", self.server.url)])
            .args(["--checks", "all", "--no-color"])
            .args(["--suppress-health-check", "all"]);
        for tag in tags {
            run.args(["--include-tag", tag]);
        }
        let document = self.client.document().await;
        let output = tokio::task::spawn_blocking(move || run.output()).await;
        let output = output.unwrap().unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        let complaint = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{said}\n{complaint}");
        // It asked something of each of them.
        let tested = format!("Tested: {operations}\n");
        assert!(said.contains(&tested), "{said}\n{complaint}");
        let asked = std::fs::read_to_string(self.folder.path().join("asked.txt")).unwrap();
        assert_eq!(too_few(&document, tags, &asked), []);
        // Nothing was asked in vain: the token is still that of whoever asked.
        let me = asking.read("/me").await;
        assert_eq!(me["subject"], before, "{me}");
    }
}

/// Operations of these tags of which fewer examples were asked than are to be, with how many there were. What takes neither parameters nor a
/// body can be asked in one way alone.
fn too_few(document: &Value, tags: &[String], asked: &str) -> Vec<(String, usize)> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for operation in asked.lines() {
        *counts.entry(operation).or_default() += 1;
    }
    let items = document["paths"].as_object().unwrap().values();
    let operations = items.flat_map(|item| item.as_object().unwrap().values());
    let of_these = operations.filter(|one| tags.iter().any(|tag| one["tags"][0] == **tag));
    let mut found = Vec::new();
    for operation in of_these {
        let id = operation["operationId"].as_str().unwrap();
        let takes_nothing = operation["parameters"].is_null() && operation["requestBody"].is_null();
        let least = if takes_nothing { 1 } else { EXAMPLES };
        let count = counts.get(id).copied().unwrap_or_default();
        if count < least {
            found.push((id.to_owned(), count));
        }
    }
    found
}

/// How many operations each tag has.
fn tags(document: &Value) -> BTreeMap<&str, usize> {
    let mut sizes = BTreeMap::new();
    let items = document["paths"].as_object().unwrap().values();
    for operation in items.flat_map(|item| item.as_object().unwrap().values()) {
        *sizes
            .entry(operation["tags"][0].as_str().unwrap())
            .or_default() += 1;
    }
    sizes
}

/// How many operations each share has, and their tags: about as many each.
fn shares(document: &Value) -> Vec<(usize, Vec<String>)> {
    let mut largest_first: Vec<_> = tags(document).into_iter().collect();
    largest_first.retain(|(tag, _)| *tag != SCIM);
    largest_first.sort_by_key(|(_, size)| std::cmp::Reverse(*size));
    let mut shares = vec![(0, Vec::new()); SHARES];
    for (tag, size) in largest_first {
        let least = shares.iter_mut().min_by_key(|(sum, _)| *sum).unwrap();
        least.0 += size;
        least.1.push(tag.to_owned());
    }
    shares
}

/// Ids by the name of the segment that they stand in.
type Things = BTreeMap<&'static str, Vec<String>>;

/// Two things of each kind.
async fn things(client: &Client, owner: &str) -> Things {
    let mut things = Things::new();
    for number in 1..=2 {
        let named = |name: &str| json!({"name": format!("{name} {number}")});
        let simple = [
            ("user_group", "/user-groups", named("North")),
            ("device_group", "/device-groups", named("Tills")),
            ("group", "/groups", named("Night shift")),
            ("company", "/companies", named("Acme")),
            (
                "queue",
                "/queues",
                json!({"name": format!("Desk {number}"), "kind": "call"}),
            ),
            (
                "pause_reason",
                "/contact-centre/pause-reasons",
                named("Lunch"),
            ),
            ("skill", "/contact-centre/skills", named("Frisian")),
            (
                "prerecorded_message",
                "/contact-centre/pre-recorded-messages",
                named("Greeting"),
            ),
            (
                "prewritten_message",
                "/contact-centre/pre-written-messages",
                named("Goodbye"),
            ),
            (
                "role",
                "/roles",
                json!({"name": format!("Helper {number}"), "permissions": ["admin.audit.view"]}),
            ),
            (
                "service",
                "/services",
                json!({"name": format!("Payroll {number}"), "first_administrator": owner}),
            ),
            (
                "licence",
                "/licences",
                json!({"name": format!("Voices {number}"), "product": "contact_centre", "model": "named", "seats": 9}),
            ),
            (
                "licence",
                "/licences",
                json!({"name": format!("Agents {number}"), "product": "remote_support", "model": "concurrent", "seats": 9}),
            ),
            (
                "person",
                "/people/users",
                json!({"name": format!("Tara {number}"), "email": format!("tara{number}@example.net")}),
            ),
            (
                "person",
                "/people/customers",
                json!({"name": format!("Cara {number}"), "email": format!("cara{number}@example.net")}),
            ),
            (
                "query",
                "/service-desk/queries",
                json!({"name": format!("Open {number}"), "question": "state=open"}),
            ),
        ];
        for (kind, path, body) in simple {
            let id = client.made(path, body).await;
            things.entry(kind).or_default().push(id);
        }
        let last = |things: &Things, kind: &str| things[kind].last().unwrap().clone();
        let (service, group, role) = (
            last(&things, "service"),
            last(&things, "device_group"),
            last(&things, "role"),
        );
        let records = "/service-desk/records";
        let record = json!({"kind": "incident", "service": service, "title": "Printer on fire"});
        let connection = json!({"name": format!("Mirror {number}"), "role": role});
        let provider =
            json!({"name": format!("Sync {number}"), "role": role, "kind": "sign_in_provider"});
        let device = json!({"name": format!("Till {number}"), "device_group": group});
        for (kind, path, body) in [
            ("record", records.to_owned(), record),
            (
                "action",
                format!("/service-desk/mass-actions?service={service}"),
                json!({"change": {"priority": 2}}),
            ),
            ("device", "/devices".to_owned(), device),
            ("listener", "/connections".to_owned(), connection),
            ("connection", "/connections".to_owned(), provider),
        ] {
            let id = client.made(&path, body).await;
            things.entry(kind).or_default().push(id);
        }
        let (connection, listener) = (last(&things, "connection"), last(&things, "listener"));
        let hook = json!({"name": format!("Hook {number}"), "connection": listener, "url": "https://receiver.example.org/hook"});
        let token = json!({"name": "Robot", "expires": "2099-01-01T00:00:00Z"});
        for (kind, path, body) in [
            (
                "provider_group",
                format!("/connections/{connection}/provider-groups"),
                named("Helpers"),
            ),
            ("subscription", "/subscriptions".to_owned(), hook),
            ("token", format!("/connections/{connection}/tokens"), token),
        ] {
            let made = client.ask(Method::POST, &path, body).await;
            if let Some(id) = made.body["id"].as_str() {
                things.entry(kind).or_default().push(id.to_owned());
            }
        }
    }
    let product = json!({"catalogue": include_str!("../../../testkit/catalogues/todo.toml")});
    let product = client.made("/products", product).await;
    let thing = json!({"side": "subject", "type": "user", "external_id": "morty"});
    let thing = client
        .made(&format!("/products/{product}/things"), thing)
        .await;
    things.extend([("product", vec![product]), ("thing", vec![thing])]);
    things
}

/// The part of the configuration that gives real things to most requests, in paths and bodies.
fn dictionaries(things: &Things) -> String {
    let mut text = String::new();
    for (kind, ids) in things {
        writeln!(text, "[dictionaries.{kind}]\nvalues = {}", json!(ids)).unwrap();
    }
    text.push_str("[parameters]\n");
    for kind in things.keys() {
        // Never the token that asks.
        let probability = if *kind == "token" { 1.0 } else { 0.7 };
        for place in ["path", "body"] {
            let binding = format!("{{ dictionary = \"{kind}\", probability = {probability} }}");
            writeln!(text, "\"{place}.{kind}\" = {binding}").unwrap();
        }
    }
    text
}
