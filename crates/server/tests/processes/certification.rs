//! The public scenario for the certification of the AuthZEN Authorization API 1.0, with its seven sub-levels, as its harness would walk it:
//! by https, knowing the address of the server and a token. Its facts are restated here: two subjects, two resources, three actions, and who
//! may do what.
//!
//! Nothing of it stands in the product. It is loaded as any other tool's catalogue is, and a second account passes with other names and ids.

use std::net::SocketAddr;
use std::sync::Arc;

use access::Moment;
use ledger::{DatabaseConfig, Engine, SystemClock, SystemRandomness};
use serde_json::{Value, json};
use testkit::databases::TestDatabase;

use self::names::{AS_PUBLISHED, Names, OTHERWISE};
use crate::https::{Answer, Caller};
use crate::program::Server;

mod names;

testkit::on_both![
    the_scenario_of_certification_passes_on_all_seven_levels,
    metadata_leads_to_the_endpoints_of_the_server_and_of_each_account,
];

const WELL_KNOWN: &str = "/.well-known/authzen-configuration";

fn ask(subject: Value, action: Value, resource: Value) -> Value {
    json!({"subject": subject, "action": action, "resource": resource})
}

/// What a question says of the circumstances, which decide nothing here.
fn circumstances() -> Value {
    json!({"time": "2025-06-27T18:03-07:00", "ip": "192.168.1.1"})
}

/// An account with the facts of the scenario, and where its endpoints are.
struct Scenario {
    names: &'static Names,
    caller: Caller,
    metadata: Value,
}

impl Scenario {
    async fn load(address: SocketAddr, link: &str, names: &'static Names) -> Self {
        let mut caller = Caller {
            address,
            token: String::new(),
        };
        let body = json!({"link": link, "name": "Olga Owner", "email": "owner@example.net"});
        let opened = caller.done("POST", "/set-up", body).await;
        caller.token = opened["token"].as_str().unwrap().to_owned();
        let body = json!({"catalogue": names.catalogue()});
        let product = caller.done("POST", "/products", body).await;
        let things = format!("/products/{}/things", product["id"].as_str().unwrap());
        for (side, kind, id, properties, role) in [
            (
                "subject",
                names.user,
                names.writer,
                json!({}),
                Some("writer"),
            ),
            (
                "subject",
                names.user,
                names.admin,
                json!({"role": "admin"}),
                Some("reader"),
            ),
            (
                "resource",
                names.record,
                names.active,
                json!({"status": "active"}),
                None,
            ),
            (
                "resource",
                names.record,
                names.archived,
                json!({"status": "archived"}),
                None,
            ),
        ] {
            let body =
                json!({"side": side, "type": kind, "external_id": id, "properties": properties});
            let thing = caller.done("POST", &things, body).await;
            if let Some(role) = role {
                let thing = thing["id"].as_str().unwrap();
                let path = format!("/things/{thing}/roles/{role}");
                caller.done("PUT", &path, json!({})).await;
            }
        }
        let metadata = caller.send("GET", WELL_KNOWN, &[], "").await.body;
        Self {
            names,
            caller,
            metadata,
        }
    }

    /// The path of an endpoint, as the metadata says it.
    fn path(&self, endpoint: &str) -> &str {
        let url = self.metadata[endpoint].as_str().unwrap();
        url.strip_prefix("https://localhost").unwrap()
    }

    async fn evaluate(&self, body: &Value) -> Answer {
        let path = self.path("access_evaluation_endpoint");
        self.caller.post(path, body).await
    }

    /// A decision, or an answer that is none.
    async fn decides(&self, body: Value, expected: bool) {
        let answer = self.evaluate(&body).await;
        assert_eq!(answer.status, 200, "{body}: {}", answer.body);
        assert_eq!(answer.header("content-type"), Some("application/json"));
        assert_eq!(answer.body["decision"], expected, "{body}: {}", answer.body);
        assert!(answer.body["context"].is_object());
    }

    /// Several; `None`: either.
    async fn decides_all(&self, body: Value, expected: &[Option<bool>]) {
        let path = self.path("access_evaluations_endpoint");
        let answer = self.caller.post(path, &body).await;
        assert_eq!(answer.status, 200, "{body}: {}", answer.body);
        assert_eq!(answer.header("content-type"), Some("application/json"));
        assert_eq!(answer.body.get("decision"), None);
        let answers = answer.body["evaluations"].as_array().unwrap();
        assert_eq!(answers.len(), expected.len(), "{body}: {}", answer.body);
        for (answer, expected) in answers.iter().zip(expected) {
            let decision = answer["decision"].as_bool().unwrap();
            assert!(
                expected.is_none_or(|wanted| wanted == decision),
                "{body}: {answer}"
            );
        }
    }

    async fn search(&self, what: &str, body: &Value) -> Answer {
        let path = self.path(&format!("search_{what}_endpoint"));
        self.caller.post(path, body).await
    }

    /// The results of a search.
    async fn finds(&self, what: &str, body: &Value) -> Vec<Value> {
        let answer = self.search(what, body).await;
        assert_eq!(answer.status, 200, "{body}: {}", answer.body);
        assert_eq!(answer.header("content-type"), Some("application/json"));
        assert_eq!(answer.body["page"]["next_token"], "", "{}", answer.body);
        let results = answer.body["results"].as_array().unwrap();
        for result in results {
            match what {
                "action" => assert!(result["name"].is_string(), "{result}"),
                _ => {
                    assert_eq!(result["type"], body[what]["type"], "{result}");
                    assert!(result["id"].is_string(), "{result}");
                }
            }
        }
        results.clone()
    }

    async fn basic_core(&self) {
        let names = self.names;
        let permit = ask(names.writer(), Names::to(names.read), names.active());
        let deny = ask(names.admin(), Names::to(names.write), names.active());
        self.decides(permit.clone(), true).await;
        self.decides(
            ask(names.writer(), Names::to(names.write), names.active()),
            true,
        )
        .await;
        self.decides(
            ask(names.admin(), Names::to(names.read), names.active()),
            true,
        )
        .await;
        self.decides(deny.clone(), false).await;
        for (body, decision) in [(&permit, true), (&deny, false)] {
            let mut in_context = body.clone();
            in_context["context"] = circumstances();
            self.decides(in_context, decision).await;
        }
        // Properties that nobody asked for, and members that nobody knows.
        self.decides(
            json!({
                "subject": {"type": names.user, "id": names.writer, "properties": {"department": "Sales", "role": "manager"}},
                "action": {"name": names.read, "properties": {"method": "GET"}},
                "resource": {"type": names.record, "id": names.active, "properties": {"status": "active", "owner": names.admin}},
            }),
            true,
        )
        .await;
        let mut unknown = permit.clone();
        unknown["foo"] = json!("bar");
        unknown["futureField"] = json!({"nested": true});
        self.decides(unknown, true).await;
        for _ in 0..3 {
            self.decides(permit.clone(), true).await;
        }
        self.basic_errors(&permit).await;
        self.request_ids(&permit).await;
    }

    async fn basic_errors(&self, permit: &Value) {
        for (parent, member) in [
            ("", "subject"),
            ("", "action"),
            ("", "resource"),
            ("/subject", "type"),
            ("/subject", "id"),
            ("/action", "name"),
            ("/resource", "type"),
            ("/resource", "id"),
        ] {
            let mut body = permit.clone();
            let parent = body.pointer_mut(parent).unwrap();
            parent.as_object_mut().unwrap().remove(member);
            assert_eq!(self.evaluate(&body).await.status, 400, "{body}");
        }
        for (pointer, wrong) in [("/subject", json!("alice")), ("/action/name", json!(123))] {
            let mut body = permit.clone();
            *body.pointer_mut(pointer).unwrap() = wrong;
            assert_eq!(self.evaluate(&body).await.status, 400, "{body}");
        }
        let path = self.path("access_evaluation_endpoint");
        let text = permit.to_string();
        for (media, body) in [
            ("text/plain", text.as_str()),
            ("application/xml", &text),
            ("application/json", "{ not json"),
            ("application/json", ""),
        ] {
            let media = [("Content-Type", media)];
            let answer = self.caller.send("POST", path, &media, body).await;
            assert_eq!(answer.status, 400, "{media:?} {body}");
        }
        let utf_8 = [("Content-Type", "application/json; charset=utf-8")];
        let answer = self.caller.send("POST", path, &utf_8, &text).await;
        assert_eq!(answer.status, 200);
    }

    async fn request_ids(&self, permit: &Value) {
        let path = self.path("access_evaluation_endpoint");
        let json = ("Content-Type", "application/json");
        let id = "bfe9eb29-ab87-4ca3-be83-a1d5d8305716";
        let long = "an id, of any kind: ".repeat(12);
        for id in [id, "x", "42/{a}=\"b\" <c@d>", long.trim()] {
            for body in [permit.to_string(), "{}".to_owned()] {
                let headers = [json, ("X-Request-ID", id)];
                let answer = self.caller.send("POST", path, &headers, &body).await;
                assert_eq!(answer.header("x-request-id"), Some(id), "{}", answer.head);
            }
        }
        assert_eq!(self.evaluate(permit).await.status, 200);
    }

    async fn basic_properties(&self) {
        let names = self.names;
        let write = || Names::to(names.write);
        let delete = |soft: bool| json!({"name": names.delete, "properties": {"soft": soft}});
        for (question, decision) in [
            (ask(names.writer(), write(), names.known_archived()), false),
            (
                ask(names.known_admin(), write(), names.known_archived()),
                true,
            ),
            (ask(names.writer(), delete(true), names.active()), true),
            (ask(names.writer(), delete(false), names.active()), false),
        ] {
            self.decides(question, decision).await;
        }
    }

    async fn batch_core(&self) {
        let names = self.names;
        let (read, write) = (Names::to(names.read), Names::to(names.write));
        let resources = json!([{"resource": names.active()}, {"resource": names.archived()}]);
        let mut batch =
            json!({"subject": names.writer(), "action": read, "evaluations": resources});
        self.decides_all(batch.clone(), &[Some(true), None]).await;
        batch["context"] = circumstances();
        batch["evaluations"][1]["context"] = json!({"source": "batch-override"});
        self.decides_all(batch, &[Some(true), None]).await;
        let actions = json!([{"action": read}, {"action": write}]);
        let batch =
            json!({"subject": names.admin(), "resource": names.active(), "evaluations": actions});
        self.decides_all(batch, &[Some(true), Some(false)]).await;
        let whole = json!({"evaluations": [
            ask(names.writer(), read.clone(), names.active()),
            ask(names.admin(), write, names.active()),
        ]});
        self.decides_all(whole, &[Some(true), Some(false)]).await;
        // One of several that says too little is a no.
        let short = json!({
            "subject": names.writer(),
            "action": read,
            "options": {"evaluations_semantic": "execute_all"},
            "evaluations": [{"resource": names.active()}, {}],
        });
        self.decides_all(short, &[Some(true), Some(false)]).await;
        // Without evaluations it is one question.
        let mut one = ask(names.writer(), read, names.active());
        for evaluations in [Value::Null, json!([])] {
            if evaluations.is_array() {
                one["evaluations"] = evaluations;
            }
            let path = self.path("access_evaluations_endpoint");
            let answer = self.caller.post(path, &one).await;
            assert_eq!(
                (answer.status, &answer.body["decision"]),
                (200, &json!(true))
            );
        }
    }

    async fn batch_properties(&self) {
        let names = self.names;
        let write = Names::to(names.write);
        let (active, archived) = (names.known_active(), names.known_archived());
        for batch in [
            json!({
                "subject": names.writer(), "action": write,
                "evaluations": [{"resource": active}, {"resource": archived}],
            }),
            // What an evaluation has takes the place of the whole.
            json!({
                "subject": names.writer(), "action": write, "resource": active,
                "evaluations": [{}, {"resource": archived}],
            }),
        ] {
            self.decides_all(batch, &[Some(true), Some(false)]).await;
        }
        let batch = json!({
            "action": write, "resource": archived,
            "evaluations": [{"subject": names.writer()}, {"subject": names.known_admin()}],
        });
        self.decides_all(batch, &[Some(false), Some(true)]).await;
    }

    async fn search_core(&self) {
        let names = self.names;
        let read = || Names::to(names.read);
        let (any_user, any_record) = (json!({"type": names.user}), json!({"type": names.record}));
        let who = ask(any_user.clone(), read(), names.active());
        let on_what = ask(names.writer(), read(), any_record.clone());
        let what = json!({"subject": names.writer(), "resource": names.active()});
        for (kind, search, wanted) in [
            ("subject", &who, vec![names.writer(), names.admin()]),
            ("resource", &on_what, vec![names.active()]),
            ("action", &what, vec![read(), Names::to(names.write)]),
        ] {
            let found = self.finds(kind, search).await;
            assert!(wanted.iter().all(|one| found.contains(one)), "{found:?}");
            let mut in_context = search.clone();
            in_context["context"] = circumstances();
            assert_eq!(self.finds(kind, &in_context).await, found);
        }
        // The id of what is searched is passed over.
        for (kind, search, id) in [
            ("subject", &who, names.writer),
            ("resource", &on_what, names.active),
        ] {
            let mut with_id = search.clone();
            with_id[kind]["id"] = json!(id);
            assert_eq!(
                self.finds(kind, &with_id).await,
                self.finds(kind, search).await
            );
        }
        self.pages(&who).await;
        for (kind, pointer, unknown) in [
            ("action", "/subject/id", "nonexistent-user"),
            ("resource", "/subject/id", "nonexistent-user"),
            ("subject", "/resource/id", "nonexistent-record"),
            ("subject", "/subject/type", "spaceship"),
            ("resource", "/resource/type", "spaceship"),
            ("action", "/resource/type", "spaceship"),
        ] {
            let mut search = ask(names.writer(), read(), names.active());
            *search.pointer_mut(pointer).unwrap() = json!(unknown);
            assert_eq!(
                self.finds(kind, &search).await,
                Vec::<Value>::new(),
                "{kind} {search}"
            );
        }
        for (kind, search) in [
            (
                "subject",
                json!({"subject": any_user, "resource": names.active()}),
            ),
            (
                "resource",
                json!({"action": read(), "resource": any_record}),
            ),
            ("action", json!({"subject": names.writer()})),
            ("subject", ask(any_user.clone(), read(), any_record.clone())),
            (
                "resource",
                ask(any_user.clone(), read(), any_record.clone()),
            ),
            (
                "action",
                json!({"subject": any_user, "resource": names.active()}),
            ),
        ] {
            assert_eq!(
                self.search(kind, &search).await.status,
                400,
                "{kind} {search}"
            );
        }
    }

    /// One by one, with the limit said once.
    async fn pages(&self, search: &Value) {
        let whole = self.finds("subject", search).await;
        let (mut found, mut asked) = (Vec::new(), search.clone());
        asked["page"] = json!({"limit": 1});
        for _ in 0..=whole.len() {
            let answer = self.search("subject", &asked).await;
            assert_eq!(answer.status, 200, "{asked}: {}", answer.body);
            let results = answer.body["results"].as_array().unwrap();
            assert!(results.len() <= 1);
            found.extend(results.iter().cloned());
            match answer.body["page"]["next_token"].as_str().unwrap() {
                "" => break,
                token => asked["page"] = json!({"token": token}),
            }
        }
        assert_eq!(found, whole);
    }

    async fn search_properties(&self) {
        let names = self.names;
        let write = || Names::to(names.write);
        let (any_user, any_record) = (json!({"type": names.user}), json!({"type": names.record}));
        for (kind, search, wanted) in [
            (
                "subject",
                ask(any_user, write(), names.known_archived()),
                names.admin(),
            ),
            (
                "resource",
                ask(names.known_admin(), write(), any_record),
                names.archived(),
            ),
            (
                "action",
                json!({"subject": names.known_admin(), "resource": names.known_archived()}),
                write(),
            ),
        ] {
            let found = self.finds(kind, &search).await;
            assert!(found.contains(&wanted), "{search}: {found:?}");
        }
    }

    async fn discovery(&self) {
        let answer = self.caller.send("GET", WELL_KNOWN, &[], "").await;
        assert_eq!(answer.status, 200);
        assert_eq!(answer.header("content-type"), Some("application/json"));
        assert_eq!(answer.body["policy_decision_point"], "https://localhost");
        let members = answer.body.as_object().unwrap();
        let endpoints = members
            .iter()
            .filter(|(name, _)| name.ends_with("_endpoint"));
        let mut paths: Vec<_> = endpoints
            .map(|(_, url)| {
                url.as_str()
                    .unwrap()
                    .strip_prefix("https://localhost/access/v1/")
                    .unwrap()
            })
            .collect();
        paths.sort_unstable();
        let all = [
            "evaluation",
            "evaluations",
            "search/action",
            "search/resource",
            "search/subject",
        ];
        assert_eq!(paths, all);
        assert_eq!(
            members.len(),
            6,
            "and nothing without a value: {}",
            answer.body
        );
    }
}

/// Two accounts of one server: their ids, and the link that opens the second one. The server prints that of the first.
async fn accounts(db: &TestDatabase) -> ([String; 2], String) {
    let engine = Engine::open(
        DatabaseConfig::at(&db.address),
        Arc::new(SystemClock),
        Arc::new(SystemRandomness),
        rolecall::CONSEQUENCES,
    )
    .await
    .unwrap();
    let first = engine.first_account().await.unwrap();
    let second = engine.create_account().await.unwrap();
    let until = Moment(engine.now().0 + 3_600_000);
    let link = second.set_up_secret(until).await.unwrap();
    let ids = [&first, &second].map(|account| account.public_id().to_string());
    engine.close().await;
    (ids, link.reveal().to_owned())
}

async fn the_scenario_of_certification_passes_on_all_seven_levels(db: TestDatabase) {
    let (_, second) = accounts(&db).await;
    let mut server = Server::with_tls(&db.address);
    let address = server.address();
    let first = server.hear("rc_");
    for (link, names) in [(first, &AS_PUBLISHED), (second, &OTHERWISE)] {
        let scenario = Scenario::load(address, &link, names).await;
        scenario.basic_core().await;
        scenario.basic_properties().await;
        scenario.batch_core().await;
        scenario.batch_properties().await;
        scenario.search_core().await;
        scenario.search_properties().await;
        scenario.discovery().await;
    }
}

/// The identifier of an account is the server's address with the account's id for its path: where the metadata is follows from it, by
/// the standard.
async fn metadata_leads_to_the_endpoints_of_the_server_and_of_each_account(db: TestDatabase) {
    let (accounts, _) = accounts(&db).await;
    let mut server = Server::with_tls(&db.address);
    let caller = Caller {
        address: server.address(),
        token: String::new(),
    };
    let of_server = caller.send("GET", WELL_KNOWN, &[], "").await.body;
    for id in &accounts {
        let answer = caller
            .send("GET", &format!("{WELL_KNOWN}/{id}"), &[], "")
            .await;
        assert_eq!(
            (answer.status, answer.header("content-type")),
            (200, Some("application/json"))
        );
        let mut expected = of_server.clone();
        expected["policy_decision_point"] = json!(format!("https://localhost/{id}"));
        assert_eq!(answer.body, expected);
        assert_eq!(answer.header("cache-control"), Some("public, max-age=3600"));
        // In the one way in which it is written.
        let other = format!("{WELL_KNOWN}/{}", id.replace('-', ""));
        assert_eq!(caller.send("GET", &other, &[], "").await.status, 404);
    }
    for unknown in ["00000000-0000-4000-8000-000000000000", "x"] {
        let path = format!("{WELL_KNOWN}/{unknown}");
        assert_eq!(
            caller.send("GET", &path, &[], "").await.status,
            404,
            "{unknown}"
        );
    }
}
