//! The tabs of a service over HTTP: rows that changed by PATCH, a whole tab by PUT and never another than was read; and seats, which are listed to be
//! cleared.

use access::{
    Actor, Command, Moment, Window,
    state::{CustomerAccess, Tie},
};
use axum::http::{Method, StatusCode};
use ledger::Options;
use serde_json::{Value, json};
use testkit::databases::TestDatabase;

use super::{cast::Cast, world::Answer};

testkit::on_both![
    sd_18_rows_that_are_not_named_stay,
    sd_18_a_whole_tab_takes_the_place_of_what_was_there,
    sd_18_a_whole_tab_is_read_first,
    sd_18_what_somebody_else_changes_meanwhile_is_not_overwritten,
    sd_18_what_is_read_and_put_back_changes_nothing,
    sd_33_a_whole_tab_leaves_what_its_writer_does_not_see,
    ad_14_seats_are_listed_and_cleared,
];

const USERS: &str = "services/{service}/access/users";
const CUSTOMERS: &str = "services/{service}/access/customers";

impl Cast {
    async fn tab(&self, path: &str, token: &str) -> Value {
        let path = self.filled(&format!("/api/v1/{path}"));
        self.world.get(&path, token).await.body
    }

    /// The mark of a tab, as somebody reads it now.
    async fn mark(&self, path: &str, token: &str) -> String {
        let tab = self.tab(path, token).await;
        tab["mark"].as_str().unwrap_or_default().to_owned()
    }

    async fn rows(&self, kind: &str) -> Vec<(String, Value)> {
        let path = format!("services/{{service}}/access/{kind}");
        let page = self.tab(&path, &self.world.owner).await;
        let rows = page["items"].as_array().unwrap().iter();
        let own = |row: &Value| row.get("level").or(row.get("access")).cloned().unwrap();
        let rows = rows.map(|row| (row["person"].as_str().unwrap().to_owned(), own(row)));
        rows.filter(|(_, own)| !own.is_null()).collect()
    }

    async fn write(
        &self,
        method: Method,
        path: &str,
        token: &str,
        body: &Value,
        mark: Option<&str>,
    ) -> Answer {
        let path = format!("/api/v1/{}", self.filled(path));
        let body = Some(self.filled(&body.to_string()));
        let headers: Vec<_> = mark.map(|mark| ("if-mark", mark)).into_iter().collect();
        self.world
            .send_with(method, &path, Some(token), body, &headers)
            .await
    }

    /// Reads first, and then does it.
    async fn replace(&self, path: &str, token: &str, body: &Value) -> Answer {
        let mark = self.mark(path, token).await;
        self.write(Method::PUT, path, token, body, Some(&mark))
            .await
    }
}

fn level(key: &str, level: &str) -> Value {
    json!({"person": format!("{{{key}}}"), "level": level})
}

async fn sd_18_rows_that_are_not_named_stay(db: TestDatabase) {
    let cast = Cast::make(&db).await;
    let before = cast.rows("users").await;
    let body = json!({"rows": [level("ned", "user")]});
    let owner = &cast.world.owner;
    let answer = cast.write(Method::PATCH, USERS, owner, &body, None).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    let mut after = cast.rows("users").await;
    after.retain(|(person, _)| person != cast.id("ned"));
    assert_eq!((after, before.len()), (before, 2));
}

async fn sd_18_a_whole_tab_takes_the_place_of_what_was_there(db: TestDatabase) {
    let cast = Cast::make(&db).await;
    let customers = cast.rows("customers").await;
    let body = json!({"rows": [level("ned", "user"), level("owner", "administrator")]});
    let answer = cast.replace(USERS, &cast.world.owner, &body).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    let ids: Vec<_> = cast
        .rows("users")
        .await
        .into_iter()
        .map(|(id, _)| id)
        .collect();
    assert_eq!(ids, [cast.id("owner"), cast.id("ned")]);
    assert_eq!(cast.rows("customers").await, customers);
    for (kind, row) in [("groups", "group"), ("companies", "company")] {
        let path = format!("services/{{service}}/access/{kind}");
        let body = json!({"rows": [{row: format!("{{hidden_{row}}}"), "full": true}]});
        let answer = cast.replace(&path, &cast.world.owner, &body).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        let page = cast.tab(&path, &cast.world.owner).await;
        let full = page["items"].as_array().unwrap().iter();
        let full: Vec<_> = full.filter(|item| item["full"] == true).collect();
        assert_eq!(full.len(), 1);
        assert_eq!(full[0][row], cast.id(&format!("hidden_{row}")));
    }
}

/// Neither blindly nor with the fingerprint of a preview alone, which may be younger than what was read.
async fn sd_18_a_whole_tab_is_read_first(db: TestDatabase) {
    let cast = Cast::make(&db).await;
    let owner = &cast.world.owner;
    let body = json!({"rows": []});
    let before = cast.rows("users").await;
    let dry = cast
        .write(
            Method::PUT,
            &format!("{USERS}?dry_run=true"),
            owner,
            &body,
            None,
        )
        .await;
    let seen = dry.body["effect"]["fingerprint"].as_str().unwrap();
    let path = format!("/api/v1/{}", cast.filled(USERS));
    for headers in [&[][..], &[("if-fingerprint", seen)]] {
        let text = Some(body.to_string());
        let answer = cast
            .world
            .send_with(Method::PUT, &path, Some(owner), text, headers)
            .await;
        let told = (answer.status, answer.body["code"].as_str());
        assert_eq!(
            told,
            (StatusCode::PRECONDITION_REQUIRED, Some("read_first"))
        );
    }
    assert_eq!(cast.rows("users").await, before);
    // A part of a tab, be it a page that follows or what a search finds, has no mark to replace the whole with.
    let first = cast.tab(&format!("{USERS}?page_size=1"), owner).await;
    assert!(first["mark"].is_string(), "{first}");
    let next = first["next"].as_str().unwrap();
    let second = cast
        .tab(&format!("{USERS}?page_size=1&page={next}"), owner)
        .await;
    assert!(second["mark"].is_null() && second["items"].is_array());
    let found = cast
        .write(
            Method::POST,
            &format!("{USERS}/search"),
            owner,
            &json!({"q": "z"}),
            None,
        )
        .await;
    assert!(found.body["mark"].is_null() && found.body["items"].is_array());
}

/// Whether or not it opens anything: the user is invited, the customer is deactivated, the group and the company are archived.
async fn sd_18_what_somebody_else_changes_meanwhile_is_not_overwritten(db: TestDatabase) {
    let mut cast = Cast::make(&db).await;
    let body = json!({"name": "Ivo Invited", "email": "ivo@staff.example"});
    cast.make_one("ivo", "people/users", "Ivo", body).await;
    let facet = json!({"facet": "customer"});
    cast.done(Method::POST, "people/{hidden_customer}/deactivation", facet)
        .await;
    for thing in ["groups/{hidden_group}", "companies/{hidden_company}"] {
        cast.done(Method::POST, &format!("{thing}/archive"), json!({}))
            .await;
    }
    let owner = cast.world.owner.clone();
    for (kind, row) in [
        ("users", level("ivo", "administrator")),
        (
            "customers",
            json!({"person": "{hidden_customer}", "access": "portal"}),
        ),
        ("groups", json!({"group": "{hidden_group}", "full": true})),
        (
            "companies",
            json!({"company": "{hidden_company}", "full": true}),
        ),
    ] {
        let path = format!("services/{{service}}/access/{kind}");
        let read = cast.tab(&path, &owner).await;
        let mark = read["mark"].as_str().unwrap_or_default();
        let another = json!({"rows": [row]});
        let answer = cast
            .write(Method::PATCH, &path, &owner, &another, None)
            .await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        let after = cast.tab(&path, &owner).await;
        let none = json!({"rows": []});
        for path in [&format!("{path}?dry_run=true"), &path] {
            let answer = cast
                .write(Method::PUT, path, &owner, &none, Some(mark))
                .await;
            let told = (answer.status, answer.body["code"].as_str());
            assert_eq!(told, (StatusCode::CONFLICT, Some("world_moved")), "{path}");
        }
        assert_eq!(cast.tab(&path, &owner).await, after);
        // What stands on the other tabs is another matter (SD-18), and whoever reads again may go on.
        let answer = cast.replace(&path, &owner, &none).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    }
}

/// What is for a time, now or to come, stands in the rows beside what is for ever.
async fn sd_18_what_is_read_and_put_back_changes_nothing(db: TestDatabase) {
    let cast = Cast::make(&db).await;
    let owner = &cast.world.owner;
    for (who, window) in [
        ("una", json!({"end": cast.world.soon})),
        ("ned", json!({"start": cast.world.soon})),
        ("nell", json!({})),
    ] {
        let path = format!("services/{{service}}/users/{{{who}}}");
        cast.put(&path, json!({"level": "administrator", "window": window}))
            .await;
    }
    let seat = "licences/{desk_licence}/holders/{nell}";
    cast.done(Method::DELETE, seat, json!({})).await;
    cast.portal_for_a_time("hidden_customer").await;
    for path in [USERS, CUSTOMERS] {
        let tab = cast.tab(path, owner).await;
        let rows: Vec<_> = tab["items"].as_array().unwrap().clone();
        let of = |who: &str| rows.iter().find(|row| row["person"] == cast.id(who));
        if path == USERS {
            let una = of("una").unwrap();
            assert_eq!(una["level"], "user", "{una}");
            assert_eq!(una["for_a_time"]["level"], "administrator", "{una}");
            let ned = of("ned").unwrap();
            assert!(
                ned["level"].is_null() && ned["for_a_time"].is_object(),
                "{ned}"
            );
            let nell = of("nell").unwrap();
            assert_eq!(
                (&nell["level"], &nell["status"]),
                (&json!("administrator"), &json!("active"))
            );
        } else {
            let timed = of("hidden_customer").unwrap();
            assert_eq!(timed["for_a_time"]["access"], "portal", "{timed}");
        }
        let version = cast.world.account.state().version();
        let back = |row: &Value| {
            let mut row = row.as_object().unwrap().clone();
            row.retain(|key, _| !["name", "status", "through"].contains(&key.as_str()));
            row
        };
        let body = json!({"rows": rows.iter().map(back).collect::<Vec<_>>()});
        let mark = tab["mark"].as_str();
        let answer = cast.write(Method::PUT, path, owner, &body, mark).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        assert_eq!(answer.body["changed"], false);
        assert_eq!(cast.world.account.state().version(), version);
        assert_eq!(cast.tab(path, owner).await, tab);
    }
    // And what is put for a time is for a time.
    let soon = &cast.world.soon;
    let rows = json!({"rows": [
        level("owner", "administrator"),
        {"person": "{una}", "level": null, "for_a_time": {"level": "user", "window": {"end": soon}}},
    ]});
    let answer = cast.replace(USERS, owner, &rows).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    let tab = cast.tab(USERS, owner).await;
    let rows = tab["items"].as_array().unwrap().iter();
    let timed: Vec<_> = rows.filter(|row| row["for_a_time"].is_object()).collect();
    assert_eq!(timed.len(), 1, "{tab}");
    assert_eq!(timed[0]["person"], cast.id("una"));
    assert_eq!(
        timed[0]["for_a_time"],
        json!({"level": "user", "window": {"end": soon}})
    );
    assert!(timed[0]["level"].is_null());
}

impl Cast {
    /// Access to the portal until tomorrow, as an import gives it.
    async fn portal_for_a_time(&self, who: &str) {
        let account = &self.world.account;
        let state = account.state();
        let service = state.resolve(self.id("service").parse().unwrap()).unwrap();
        let owner = state.resolve(self.id("owner").parse().unwrap()).unwrap();
        let command = Command::Tie {
            person: state.resolve(self.id(who).parse().unwrap()).unwrap(),
            tie: Tie::Customer(service, CustomerAccess::Portal),
            window: Window {
                start: None,
                end: Some(Moment(account.now().0 + 86_400_000)),
            },
        };
        account
            .submit(Actor::Person(owner), command, Options::untold("tests"))
            .await
            .unwrap();
    }
}

async fn sd_33_a_whole_tab_leaves_what_its_writer_does_not_see(db: TestDatabase) {
    let cast = Cast::make(&db).await;
    let carl = cast.token("carl").await;
    let companies = "services/{service}/access/companies";
    // What changes where he does not see it is no change for him.
    let read = cast.mark(CUSTOMERS, &carl).await;
    let hidden = json!({"rows": [{"person": "{hidden_customer}", "access": "portal"}]});
    cast.write(Method::PATCH, CUSTOMERS, &cast.world.owner, &hidden, None)
        .await;
    let none = json!({"rows": []});
    let answer = cast
        .write(Method::PUT, CUSTOMERS, &carl, &none, Some(&read))
        .await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    let left: Vec<_> = cast
        .rows("customers")
        .await
        .into_iter()
        .map(|(id, _)| id)
        .collect();
    assert!(left.contains(&cast.id("hidden_customer").to_owned()));
    assert!(!left.contains(&cast.id("cara").to_owned()));
    let read = cast.mark(companies, &carl).await;
    let both = json!({"rows": [{"company": "{hidden_company}", "full": true}]});
    cast.write(Method::PATCH, companies, &cast.world.owner, &both, None)
        .await;
    let answer = cast
        .write(Method::PUT, companies, &carl, &none, Some(&read))
        .await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    let page = cast.tab(companies, &cast.world.owner).await;
    for row in page["items"].as_array().unwrap() {
        assert_eq!(
            row["full"],
            row["company"] == cast.id("hidden_company"),
            "{row}"
        );
    }
}

async fn ad_14_seats_are_listed_and_cleared(db: TestDatabase) {
    let cast = Cast::make(&db).await;
    let seats = format!("/api/v1/licences/{}/seats", cast.id("licence"));
    let (ada, owner) = (cast.token("ada").await, cast.world.owner.clone());
    let mut taken = Vec::new();
    for token in [&ada, &owner] {
        let answer = cast
            .world
            .send(Method::POST, &seats, Some(token), None)
            .await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        taken.push(answer.body["id"].as_str().unwrap().to_owned());
    }
    let of = async |token: &str| {
        let page = cast.world.get(&seats, token).await;
        let items = page.body["items"].as_array().unwrap().clone();
        items
            .into_iter()
            .map(|seat| seat["seat"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    let mut all = taken.clone();
    all.sort();
    assert_eq!(of(&owner).await, all);
    assert_eq!(of(&ada).await, [taken[0].clone()]);
    let clear = format!("{seats}/{}", taken[0]);
    let answer = cast
        .world
        .send(Method::DELETE, &clear, Some(&owner), None)
        .await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    assert_eq!(of(&owner).await, [taken[1].clone()]);
}
