//! Who may be told, and where it may lead.

use std::time::Duration;

use axum::http::{Method, StatusCode};
use serde_json::json;
use testkit::databases::TestDatabase;

use super::{house::House, receiver::Receiver};

testkit::on_both![
    nothing_inside_of_a_network_is_taken_as_an_address,
    ad_28_a_right_that_ends_stops_what_is_told_and_it_is_listed,
    ad_25_an_account_that_is_switched_off_tells_nothing_and_stops_nothing,
    ad_29_only_who_manages_integrations_sets_up_a_connection_that_may_be_told,
    the_console_does_all_of_it_and_shows_a_secret_once,
    sd_26_nothing_is_sent_to_an_address_of_which_a_part_was_blanked,
];

async fn nothing_inside_of_a_network_is_taken_as_an_address(db: TestDatabase) {
    let house = House::closed(&db).await;
    for url in [
        "https://127.0.0.1/hook",
        "https://[::1]/hook",
        "https://10.0.0.1/hook",
        "https://169.254.169.254/latest/meta-data",
        "https://2130706433/",
        "http://receiver.example.org/hook",
        "https://ann:secret@receiver.example.org/hook",
        "ftp://receiver.example.org/hook",
    ] {
        let new = json!({"name": "Hook", "connection": house.listener, "url": url});
        let (status, said) = house
            .answer(
                Method::POST,
                "/api/v1/subscriptions",
                &house.owner,
                Some(new),
                &[],
            )
            .await;
        assert_eq!(
            (status, &said["at"]),
            (StatusCode::UNPROCESSABLE_ENTITY, &json!("/url")),
            "{url}"
        );
    }
    assert_eq!(house.get("subscriptions").await["items"], json!([]));
}

async fn ad_28_a_right_that_ends_stops_what_is_told_and_it_is_listed(db: TestDatabase) {
    let mut house = House::open(&db).await;
    let receiver = Receiver::open().await;
    let (id, _) = house.webhook_to(&receiver.url(), &["group.created"]).await;
    house.tell();
    house.made("groups", json!({"name": "One"})).await;
    receiver.until(|all| all.len() == 1).await;
    let other = json!({"name": "Deaf", "permissions": ["admin.history.access"]});
    let other = house.made("roles", other).await;
    let path = format!("connections/{}/role", house.listener);
    house
        .ask(Method::PUT, &path, Some(json!({"role": other})))
        .await;
    house.made("groups", json!({"name": "Two"})).await;
    // It stands in the row with the command, and not a moment later.
    assert_eq!(
        house.get(&format!("subscriptions/{id}")).await["state"],
        "right_ended"
    );
    tokio::time::sleep(Duration::from_millis(1_000)).await;
    assert_eq!(receiver.all().len(), 1);
    // The first page says so to whoever can mend it.
    let (_, home) = house
        .answer(Method::GET, "/", &house.owner, None, &[])
        .await;
    assert!(
        home.as_str()
            .unwrap()
            .contains("A webhook or a collector stopped.")
    );
    // The right comes back; what was stopped goes on when somebody says so, and leaves out nothing.
    let resume = format!("/api/v1/subscriptions/{id}/resume");
    let (status, said) = house
        .answer(Method::POST, &resume, &house.owner, None, &[])
        .await;
    assert_eq!(
        (status, &said["code"]),
        (StatusCode::CONFLICT, &json!("connection_without_right"))
    );
    house
        .ask(Method::PUT, &path, Some(json!({"role": house.role})))
        .await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(receiver.all().len(), 1);
    house
        .ask(Method::POST, &format!("subscriptions/{id}/resume"), None)
        .await;
    receiver.until(|all| all.len() == 2).await;
    // So does a role that permits less, and a connection that is archived.
    let edited = json!({"permissions": ["admin.history.access"]});
    house
        .ask(
            Method::PATCH,
            &format!("roles/{}", house.role),
            Some(edited),
        )
        .await;
    assert_eq!(
        house.get(&format!("subscriptions/{id}")).await["state"],
        "right_ended"
    );
}

async fn ad_25_an_account_that_is_switched_off_tells_nothing_and_stops_nothing(db: TestDatabase) {
    use access::{Actor, Command, command::SystemSubject};
    let mut house = House::open(&db).await;
    let receiver = Receiver::open().await;
    let (id, _) = house
        .webhook_to(&receiver.url(), &["account.active_set"])
        .await;
    house.tell();
    let operator = Actor::System(SystemSubject::Operator);
    let switch = async |active| {
        let options = ledger::Options::untold("tests");
        let command = Command::SetAccountActive { active };
        house
            .account
            .submit(operator, command, options)
            .await
            .unwrap();
    };
    switch(false).await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(receiver.all().len(), 0);
    switch(true).await;
    receiver.until(|all| all.len() == 2).await;
    assert_eq!(
        house.get(&format!("subscriptions/{id}")).await["state"],
        "active"
    );
}

async fn ad_29_only_who_manages_integrations_sets_up_a_connection_that_may_be_told(
    db: TestDatabase,
) {
    let house = House::open(&db).await;
    let new = |connection: &str| json!({"name": "Hook", "connection": connection, "url": "https://receiver.example.org/"});
    let add = async |token: &str, connection: &str| {
        let answer = house.answer(
            Method::POST,
            "/api/v1/subscriptions",
            token,
            Some(new(connection)),
            &[],
        );
        let (status, said) = answer.await;
        (status, said["code"].as_str().unwrap_or_default().to_owned())
    };
    let version = house.version();
    assert_eq!(
        add(&house.listener_token, &house.listener).await.0,
        StatusCode::FORBIDDEN
    );
    assert_eq!(add("", &house.listener).await.0, StatusCode::UNAUTHORIZED);
    assert_eq!(house.version(), version);
    let deaf = json!({"name": "Deaf", "permissions": ["admin.history.access"]});
    let deaf = house.made("roles", deaf).await;
    let (deaf, _) = house.connection(&deaf).await;
    let conflict = |code: &str| (StatusCode::CONFLICT, code.to_owned());
    assert_eq!(
        add(&house.owner, &deaf).await,
        conflict("connection_without_right")
    );
    let directory = json!({"name": "Directory", "role": house.role, "kind": "provisioning"});
    let directory = house.made("connections", directory).await;
    assert_eq!(
        add(&house.owner, &directory).await,
        conflict("not_a_service")
    );
    // SD-33: nor by whom companies are hidden from, since a connection is told of all of them.
    let boss = house.user("Bo Boss", "bo@example.net").await;
    for (what, body) in [
        (
            "account-role",
            json!({"role": "rol_00000000000000000000000000000001"}),
        ),
        (
            "company-access",
            json!({"listed": {"companies": [], "without_company": true}}),
        ),
    ] {
        let path = format!("people/{boss}/{what}");
        house.ask(Method::PUT, &path, Some(body)).await;
    }
    let boss = house.token_of(&boss).await;
    assert_eq!(
        add(&boss, &house.listener).await,
        (StatusCode::FORBIDDEN, "companies_hidden".to_owned())
    );
    assert_eq!(add(&house.owner, &house.listener).await.0, StatusCode::OK);
    // AD-20: what was done stands in the audit log, by ids.
    let audit = house.get("audit?act=add_subscription").await;
    let after = &audit["items"][0]["changes"][0]["after"]["subscription"];
    assert_eq!(
        (&after["connection"], &after["step"]),
        (&json!(house.listener), &json!("made"))
    );
}

async fn sd_26_nothing_is_sent_to_an_address_of_which_a_part_was_blanked(db: TestDatabase) {
    let mut house = House::open(&db).await;
    let receiver = Receiver::open().await;
    let address = json!({"name": "Zelda Quux", "email": "zelda@quux.example"});
    let zelda = house.made("people/customers", address).await;
    let url = format!("{}/Zelda Quux/zelda@quux.example", receiver.url());
    let (id, _) = house.webhook_to(&url, &["group.created"]).await;
    house
        .ask(Method::DELETE, &format!("people/{zelda}"), None)
        .await;
    house.tell();
    house.made("groups", json!({"name": "One"})).await;
    house.until_state(&id, "gave_up").await;
    let listed = house.get(&format!("subscriptions/{id}")).await;
    assert_eq!(listed["failure"], "address_blanked");
    let shown = listed.to_string().to_lowercase();
    assert!(!shown.contains("zelda"), "{listed}");
    assert_eq!(receiver.all().len(), 0);
}

/// What a form leads to: where, or the page.
async fn send(house: &House, path: &str, fields: &[(&str, &str)]) -> (StatusCode, String) {
    let fields = fields
        .iter()
        .map(|(name, value)| format!("{name}={}", value.replace(':', "%3A").replace('/', "%2F")));
    let body = fields.collect::<Vec<_>>().join("&");
    let request = axum::http::Request::builder()
        .method(Method::POST)
        .uri(path)
        .header("authorization", format!("Bearer {}", house.owner))
        .header("sec-fetch-site", "same-origin")
        .header("content-type", "application/x-www-form-urlencoded");
    house.page(request.body(body.into()).unwrap()).await
}

async fn shown(house: &House, path: &str) -> String {
    let (_, page) = house
        .answer(Method::GET, path, &house.owner, None, &[])
        .await;
    page.as_str().unwrap().to_owned()
}

async fn the_console_does_all_of_it_and_shows_a_secret_once(db: TestDatabase) {
    let mut house = House::open(&db).await;
    let receiver = Receiver::answering(&["500 No"]).await;
    let (url, listener) = (receiver.url(), house.listener.clone());
    let fields = [
        ("name", "Hook"),
        ("form", "webhook"),
        ("connection", &*listener),
        ("url", &*url),
        ("kind.group.created", "yes"),
    ];
    let (status, page) = send(&house, "/configure/webhooks/new", &fields).await;
    assert_eq!(status, StatusCode::OK);
    let (_, rest) = page.split_once("whsec_").expect("the secret is shown");
    let secret = rest.split('"').next().unwrap().to_owned();
    let id = house.get("subscriptions").await["items"][0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let place = format!("/configure/webhooks/{id}");
    let page = shown(&house, &place).await;
    assert!(
        !page.contains(&secret)
            && page.contains(r#"name="kind.group.created" value="yes" checked"#),
        "{page}"
    );
    let mark = page
        .split(r#"name="mark" value=""#)
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap()
        .to_owned();
    // An address inside of another network is said to be one, and what was typed stays.
    let inside = [
        ("name", "Hook"),
        ("url", "https://10.0.0.1/"),
        ("mark", &*mark),
    ];
    let (status, page) = send(&house, &place, &inside).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        page.contains("lies inside of a network") && page.contains("https://10.0.0.1/"),
        "{page}"
    );
    let fields = [
        ("name", "Hook of groups"),
        ("url", &*url),
        ("mark", &*mark),
        ("kind.group.created", "yes"),
    ];
    assert_eq!(
        send(&house, &place, &fields).await,
        (StatusCode::SEE_OTHER, place.clone())
    );
    // What somebody else read before that is not written over it.
    let (status, page) = send(&house, &place, &fields).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.contains("changed since it was read"), "{page}");
    // AD-26: nothing chosen, and everything beside something, are no choices.
    let all = [
        ("name", "Hook"),
        ("url", &*url),
        ("mark", &*mark),
        ("all", "yes"),
        ("kind.group.created", "yes"),
    ];
    for (fields, said) in [
        (&all[..3], "hoose all kinds"),
        (&all[..], "hoose everything"),
    ] {
        let (status, page) = send(&house, &place, fields).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.contains(said), "{page}");
    }
    for (below, state) in [("pause", "paused"), ("resume", "active")] {
        assert_eq!(
            send(&house, &format!("{place}/{below}"), &[]).await.0,
            StatusCode::SEE_OTHER
        );
        assert_eq!(
            house.get(&format!("subscriptions/{id}")).await["state"],
            state
        );
    }
    house.made("groups", json!({"name": "One"})).await;
    house.tell();
    house.until_listed(&id, "waiting", 1).await;
    assert!(shown(&house, &place).await.contains("it answered 500"));
    house.stop_telling().await;
    assert_eq!(
        send(&house, &format!("{place}/replay"), &[("since", "0")])
            .await
            .0,
        StatusCode::SEE_OTHER
    );
    let (status, page) = send(&house, &format!("{place}/secret"), &[]).await;
    assert!(status == StatusCode::OK && page.contains("whsec_") && !page.contains(&secret));
    let (status, to) = send(&house, &format!("{place}/remove"), &[]).await;
    assert_eq!(
        (status, &*to),
        (StatusCode::SEE_OTHER, "/configure/webhooks")
    );
    assert_eq!(house.get("subscriptions").await["items"], json!([]));
}
