//! A directory over SCIM, in an account of a million people: users who are created one by one, one who is sought by userName, and a group of
//! ten thousand into which a thousand more come.

use std::time::{Duration, Instant};

use access::Moment;
use serde_json::{Value, json};
use web::decision::timestamp;

use super::Asked;
use crate::{
    fixture::Numbers,
    http::{Client, request, request_by},
    pages::{add, get},
    table::Table,
};

const GROUP: usize = 10_000;
const COMING: usize = 1_000;
const USERS: usize = GROUP + COMING;
const FILTERS: usize = 500;
/// How often the thousand come, and how often the group is read.
const CHANGES: usize = 20;

/// Users per second; of the rest half of the answers, and the longest of a hundred.
pub fn measure(table: &mut Table, asked: Asked<'_>, now: Moment) -> anyhow::Result<()> {
    let engine = asked.engine;
    let ends = Moment(now.0 + 86_400_000);
    let mut directory = Directory {
        client: Client::connect(asked.server.address())?,
        token: asked.token.to_owned(),
    };
    directory.become_one(ends)?;
    let start = Instant::now();
    let ids = (0..USERS).map(|number| directory.user(number));
    let ids = ids.collect::<anyhow::Result<Vec<_>>>()?;
    let per_second = USERS as f64 / start.elapsed().as_secs_f64();
    let what = format!("SCIM, users created one by one, {engine}");
    table.add(what, "per second", vec![per_second]);
    let times = directory.filters()?;
    add(
        table,
        &format!("SCIM, filter on userName, {engine}"),
        &times,
    );
    let (changes, reads) = directory.group(&ids)?;
    let what = format!("SCIM, {COMING} members into a group of {GROUP}, {engine}");
    add(table, &what, &changes);
    let what = format!("SCIM, a group of {USERS} is read, {engine}");
    add(table, &what, &reads);
    Ok(())
}

struct Directory {
    client: Client,
    token: String,
}

impl Directory {
    fn ask(&mut self, request: &[u8]) -> anyhow::Result<Value> {
        let (head, body) = self.client.exchange(request)?;
        let is_good = ["HTTP/1.1 200", "HTTP/1.1 201"]
            .iter()
            .any(|line| head.starts_with(line.as_bytes()));
        anyhow::ensure!(is_good, "{}", String::from_utf8_lossy(body));
        Ok(serde_json::from_slice(body)?)
    }

    fn post(&mut self, path: &str, body: &Value) -> anyhow::Result<Value> {
        let request = request(path, &self.token, body)?;
        self.ask(&request)
    }

    /// From the owner's token to one of a connection that manages users.
    fn become_one(&mut self, ends: Moment) -> anyhow::Result<()> {
        let role = json!({"name": "Directory", "permissions": ["admin.users.manage"]});
        let role = self.post("/api/v1/roles", &role)?;
        let new = json!({"name": "Directory", "kind": "provisioning", "role": role["id"]});
        let new = self.post("/api/v1/connections", &new)?;
        let path = format!("/api/v1/connections/{}/tokens", text(&new["id"]));
        let secret = json!({"name": "Secret", "expires": timestamp(ends).to_string()});
        let secret = self.post(&path, &secret)?;
        text(&secret["secret"]).clone_into(&mut self.token);
        Ok(())
    }

    fn user(&mut self, number: usize) -> anyhow::Result<String> {
        let user = json!({
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
            "userName": user_name(number),
            "externalId": format!("hr-{number}"),
            "displayName": format!("User {number}"),
            "active": true,
            "emails": [{"value": user_name(number), "type": "work", "primary": true}],
        });
        let made = self.post("/scim/v2/Users", &user)?;
        Ok(text(&made["id"]).to_owned())
    }

    fn filters(&mut self) -> anyhow::Result<Vec<Duration>> {
        let mut numbers = Numbers(19);
        let mut times = Vec::with_capacity(FILTERS);
        for _ in 0..FILTERS {
            let name = user_name(numbers.below(USERS as u32) as usize);
            let path = format!("/scim/v2/Users?filter=userName%20eq%20%22{name}%22");
            let request = get(&self.token, &path);
            let start = Instant::now();
            let found = self.client.ask(request.as_bytes())?;
            times.push(start.elapsed());
            let found: Value = serde_json::from_slice(found)?;
            anyhow::ensure!(found["totalResults"] == 1, "{name}: {found}");
        }
        times.sort_unstable();
        Ok(times)
    }

    /// A thousand come and go again, and while they are there the group is read.
    fn group(&mut self, ids: &[String]) -> anyhow::Result<(Vec<Duration>, Vec<Duration>)> {
        let members = |ids: &[String]| {
            let members = ids.iter().map(|id| json!({"value": id}));
            Value::Array(members.collect())
        };
        let group = json!({
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"],
            "displayName": "Everybody",
            "members": members(&ids[..GROUP]),
        });
        let group = self.post("/scim/v2/Groups", &group)?;
        let path = format!("/scim/v2/Groups/{}", text(&group["id"]));
        let (mut changes, mut reads) = (Vec::new(), Vec::new());
        let change = |op: &str| {
            let patch = json!({
                "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
                "Operations": [{"op": op, "path": "members", "value": members(&ids[GROUP..])}],
            });
            // Without a body there is no length to read by.
            let path = format!("{path}?attributes=displayName");
            request_by("PATCH", &path, &self.token, &patch)
        };
        let read = get(&self.token, &path);
        let (comes, goes) = (change("add")?, change("remove")?);
        for _ in 0..CHANGES {
            let start = Instant::now();
            self.client.ask(&comes)?;
            changes.push(start.elapsed());
            let start = Instant::now();
            let whole = self.client.ask(read.as_bytes())?;
            reads.push(start.elapsed());
            let whole: Value = serde_json::from_slice(whole)?;
            let there = whole["members"].as_array().map_or(0, Vec::len);
            anyhow::ensure!(there == USERS, "{there} are in the group");
            self.client.ask(&goes)?;
        }
        changes.sort_unstable();
        reads.sort_unstable();
        Ok((changes, reads))
    }
}

fn user_name(number: usize) -> String {
    format!("user{number}@directory.example")
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
