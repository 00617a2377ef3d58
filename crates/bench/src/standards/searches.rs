//! Searches over AuthZEN, a page of a hundred each: who may do something with a service, with which services somebody may do it, what somebody
//! may do with one; and things of another product on which a condition is asked.

use access::{PersonId, ServiceId, State};
use serde_json::{Value, json};

use super::Asked;
use crate::{
    fixture::{Numbers, Size, id},
    http::{Client, Server, request},
    pages::{add, ask},
    table::Table,
};

const REQUESTS: usize = 500;
const CONNECTIONS: usize = 2;
const PAGE: usize = 100;
/// Things of the other product.
const THINGS: usize = 2_000;
/// People may read what is active: each thing that a page looks at is decided by a condition.
const CATALOGUE: &str = r#"
product = "archive"
name = "Archive"

[subject_types.person]

[resource_types.document]
properties = { state = "stored" }

[permissions."archive.document.read"]
on = ["document"]
allows = "See a document."

[[grants]]
to = ["person"]
permissions = ["archive.document.read"]
when = "resource.properties.state == 'active'"
"#;

/// The middle and the longest of a hundred pages, at random.
pub fn measure(
    table: &mut Table,
    asked: Asked<'_>,
    state: &State,
    size: Size,
) -> anyhow::Result<()> {
    let Asked {
        server,
        token,
        engine,
    } = asked;
    let mut numbers = Numbers(17);
    let mut one = |what: &'static str, path: &str, body: &mut dyn FnMut(&mut Numbers) -> Value| {
        let requests = (0..REQUESTS).map(|_| request(path, token, &body(&mut numbers)));
        let requests = requests.collect::<anyhow::Result<Vec<_>>>()?;
        let times = ask(server, &requests, CONNECTIONS)?;
        add(table, &format!("AuthZEN search, {what}, {engine}"), &times);
        anyhow::Ok(())
    };
    one("subjects", "/access/v1/search/subject", &mut |numbers| {
        json!({
            "subject": {"type": "person"},
            "action": {"name": "service_desk.record.manage"},
            "resource": service(state, numbers, size),
            "page": {"limit": PAGE},
        })
    })?;
    one("resources", "/access/v1/search/resource", &mut |numbers| {
        json!({
            "subject": user(state, numbers, size),
            "action": {"name": "service_desk.record.manage"},
            "resource": {"type": "service"},
            "page": {"limit": PAGE},
        })
    })?;
    one("actions", "/access/v1/search/action", &mut |numbers| {
        json!({
            "subject": user(state, numbers, size),
            "resource": service(state, numbers, size),
            "page": {"limit": PAGE},
        })
    })?;
    archive(server, token)?;
    one(
        "resources by a condition",
        "/access/v1/search/resource",
        &mut |numbers| {
            json!({
                "subject": user(state, numbers, size),
                "action": {"name": "archive.document.read"},
                "resource": {"type": "document"},
                "page": {"limit": PAGE},
            })
        },
    )?;
    Ok(())
}

/// Registers the things of the other product: every third one is active.
fn archive(server: &Server, token: &str) -> anyhow::Result<()> {
    let mut client = Client::connect(server.address())?;
    let body = json!({ "catalogue": CATALOGUE });
    let answer = client.ask(&request("/api/v1/products", token, &body)?)?;
    let product: Value = serde_json::from_slice(answer)?;
    let path = format!(
        "/api/v1/products/{}/things",
        product["id"].as_str().unwrap_or_default()
    );
    for number in 0..THINGS {
        let state = if number % 3 == 0 {
            "active"
        } else {
            "archived"
        };
        let thing = json!({
            "side": "resource",
            "type": "document",
            "external_id": number.to_string(),
            "properties": {"state": state},
        });
        client.ask(&request(&path, token, &thing)?)?;
    }
    Ok(())
}

fn service(state: &State, numbers: &mut Numbers, size: Size) -> Value {
    let service = state.public::<ServiceId>(id(numbers.below(size.services)));
    json!({"type": "service", "id": service})
}

/// One in ten is a user.
fn user(state: &State, numbers: &mut Numbers, size: Size) -> Value {
    let person = state.public::<PersonId>(id(numbers.below(size.people / 10) * 10));
    json!({"type": "person", "id": person})
}
