//! Webhooks, by the rules of Standard Webhooks and of the house.

use std::time::Duration;

use aws_lc_rs::hmac;
use axum::http::{Method, StatusCode};
use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::{Value, json};
use testkit::databases::TestDatabase;

use super::{
    house::House,
    receiver::{Came, Receiver},
};

testkit::on_both![
    what_happens_comes_in_its_order_signed_and_names_nobody,
    who_speaks_tls_is_told_by_tls,
    only_the_kinds_that_are_wanted_come,
    ad_26_nothing_chosen_is_not_everything,
    what_was_taken_is_taken_whatever_else_is_answered,
    what_gave_up_goes_on_when_somebody_says_so,
    after_no_position_that_has_not_come_anything_is_told,
    what_is_not_taken_is_tried_again_with_the_same_id,
    what_is_tried_to_the_last_is_a_dead_letter_and_can_be_told_again,
    everything_since_a_position_is_told_again_with_the_ids_that_it_had,
    a_redirect_is_not_followed_and_gone_is_the_end,
    an_expiry_is_told_at_its_moment_with_a_position_of_its_own,
    nothing_is_left_out_or_told_twice_across_a_restart,
    a_secret_is_shown_once_and_an_older_one_is_good_for_a_day,
];

/// Checks a signature without a line of ours.
fn is_signed(came: &Came, secret: &str) -> bool {
    let key = BASE64_STANDARD
        .decode(secret.strip_prefix("whsec_").unwrap())
        .unwrap();
    let key = hmac::Key::new(hmac::HMAC_SHA256, &key);
    let (id, at) = (came.header("webhook-id"), came.header("webhook-timestamp"));
    let signed = format!("{id}.{at}.{}", came.body);
    let mut signatures = came.header("webhook-signature").split(' ');
    signatures.any(|one| {
        let tag = BASE64_STANDARD
            .decode(one.strip_prefix("v1,").unwrap())
            .unwrap();
        hmac::verify(&key, signed.as_bytes(), &tag).is_ok()
    })
}

/// A position as one compares it: by what its numbers are.
fn place(message: &Value) -> Vec<u64> {
    let text = message["data"]["position"].as_str().unwrap();
    text.split('-')
        .map(|number| number.parse().unwrap())
        .collect()
}

async fn what_happens_comes_in_its_order_signed_and_names_nobody(db: TestDatabase) {
    let mut house = House::open(&db).await;
    let receiver = Receiver::open().await;
    let (_, secret) = house.webhook(&receiver.url()).await;
    house.tell();
    let company = house.made("companies", json!({"name": "Quuxworks"})).await;
    let zelda = json!({"name": "Zelda Quux", "email": "zelda@quux.example", "contact": {"phone": "+49 30 555 0123 45"}});
    let zelda = house.made("people/customers", zelda).await;
    let employer = json!({"company": company});
    house
        .ask(
            Method::PUT,
            &format!("people/{zelda}/employer"),
            Some(employer),
        )
        .await;
    let edit = json!({"phone": "+49 30 777 0123 45"});
    house
        .ask(Method::PATCH, &format!("people/{zelda}"), Some(edit))
        .await;
    let came = receiver
        .until(|all| all.iter().any(|one| one.kind() == "person.edited"))
        .await;

    let kinds: Vec<_> = came.iter().map(Came::kind).collect();
    let order = [
        "company.created",
        "person.added",
        "person.company_set",
        "person.edited",
    ];
    let found: Vec<_> = kinds
        .iter()
        .filter(|kind| order.contains(&kind.as_str()))
        .collect();
    assert_eq!(found, order, "{kinds:?}");
    let messages: Vec<_> = came.iter().map(Came::json).collect();
    assert!(messages.is_sorted_by_key(place));
    for (came, message) in came.iter().zip(&messages) {
        assert!(is_signed(came, &secret), "{came:?}");
        assert_eq!(
            came.header("webhook-id"),
            message["data"]["id"].as_str().unwrap()
        );
        assert_eq!(came.header("content-type"), "application/json");
        // "Personal data is never in the log": nor in what is told of it.
        for typed in [
            "Zelda", "Quux", "quux", "zelda", "555 0", "777 0", "Olga", "owner@",
        ] {
            assert!(!came.body.contains(typed), "{typed} in {}", came.body);
        }
    }
    let added = messages
        .iter()
        .find(|one| one["type"] == "person.added")
        .unwrap();
    assert!(
        added["data"]["about"]
            .as_array()
            .unwrap()
            .contains(&json!(zelda))
    );
    let employed = messages
        .iter()
        .find(|one| one["type"] == "person.company_set")
        .unwrap();
    assert_eq!(
        employed["data"]["after"]["employer_set"]["company"],
        json!(company)
    );
    assert!(
        employed["data"]["actor"]
            .as_str()
            .unwrap()
            .starts_with("per_")
    );
    // As the audit log shows it.
    let audit = house.get("audit?act=set_employer").await;
    assert_eq!(
        audit["items"][0]["changes"][0]["after"],
        employed["data"]["after"]
    );
}

/// Somebody vouches for the receiver whom the server trusts; one whom nobody vouches for hears nothing (`outgoing/tests/sends.rs`).
async fn who_speaks_tls_is_told_by_tls(db: TestDatabase) {
    let mut house = House::open(&db).await;
    let receiver = Receiver::by_tls().await;
    let (_, secret) = house.webhook_to(&receiver.url(), &["group.created"]).await;
    house.tell();
    house.made("groups", json!({"name": "Night"})).await;
    let came = receiver.kind("group.created").await;
    assert!(is_signed(&came, &secret), "{came:?}");
    assert_eq!(
        came.header("host"),
        format!("localhost:{}", receiver.port),
        "as it was typed"
    );
}

async fn only_the_kinds_that_are_wanted_come(db: TestDatabase) {
    let mut house = House::open(&db).await;
    let receiver = Receiver::open().await;
    house
        .webhook_to(&receiver.url(), &["group.created", "group.renamed"])
        .await;
    house.tell();
    house.made("companies", json!({"name": "Acme"})).await;
    let group = house.made("groups", json!({"name": "Night"})).await;
    house
        .ask(
            Method::PUT,
            &format!("groups/{group}/name"),
            Some(json!({"name": "Day"})),
        )
        .await;
    let came = receiver.until(|all| all.len() == 2).await;
    let kinds: Vec<_> = came.iter().map(Came::kind).collect();
    assert_eq!(kinds, ["group.created", "group.renamed"]);
    let wrong = json!({"name": "Hook", "connection": house.listener, "url": receiver.url(), "kinds": ["group.made"]});
    let owner = &house.owner;
    let (status, said) = house
        .answer(
            Method::POST,
            "/api/v1/subscriptions",
            owner,
            Some(wrong),
            &[],
        )
        .await;
    assert_eq!(
        (status, &said["at"]),
        (StatusCode::UNPROCESSABLE_ENTITY, &json!("/kinds"))
    );
}

async fn ad_26_nothing_chosen_is_not_everything(db: TestDatabase) {
    let mut house = House::open(&db).await;
    let receiver = Receiver::open().await;
    let (id, _) = house.webhook_to(&receiver.url(), &["group.created"]).await;
    let path = format!("/api/v1/subscriptions/{id}");
    let read = house.get(&format!("subscriptions/{id}")).await;
    assert_eq!(read["kinds"], json!(["group.created"]));
    let mark = read["mark"].as_str().unwrap().to_owned();
    let none = json!({"name": "Hook", "url": receiver.url(), "kinds": []});
    let mark = [("if-mark", mark.as_str())];
    let (status, said) = house
        .answer(Method::PUT, &path, &house.owner, Some(none.clone()), &mark)
        .await;
    assert_eq!(
        (status, &said["at"]),
        (StatusCode::UNPROCESSABLE_ENTITY, &json!("/kinds"))
    );
    let new =
        json!({"name": "Hook", "connection": house.listener, "url": receiver.url(), "kinds": []});
    let (status, _) = house
        .answer(
            Method::POST,
            "/api/v1/subscriptions",
            &house.owner,
            Some(new),
            &[],
        )
        .await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    let (status, _) = house
        .answer(
            Method::GET,
            "/api/v1/events?kinds=",
            &house.owner,
            None,
            &[],
        )
        .await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    // A kind that is no more is wanted by nobody; it breaks nothing, and widens nothing.
    let mut tx = house.engine.database().begin().await.unwrap();
    let sql = "UPDATE event_subscriptions SET kinds = 'group.made'";
    tx.execute(sql, Vec::new()).await.unwrap();
    tx.commit().await.unwrap();
    let listed = house.get("subscriptions").await;
    assert_eq!(listed["items"][0]["kinds"], json!([]));
    let (all, _) = house.webhook(&receiver.url()).await;
    assert_eq!(
        house
            .get(&format!("subscriptions/{all}"))
            .await
            .get("kinds"),
        None
    );
    house.tell();
    house.made("groups", json!({"name": "One"})).await;
    receiver.kind("group.created").await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    let told = receiver.all();
    let told = told.iter().filter(|one| one.kind() == "group.created");
    assert_eq!(told.count(), 1, "the other one hears nothing");
}

async fn what_was_taken_is_taken_whatever_else_is_answered(db: TestDatabase) {
    let mut house = House::open(&db).await;
    let receiver = Receiver::answering(&["200 and on"]).await;
    let (id, _) = house.webhook_to(&receiver.url(), &["group.created"]).await;
    house.tell();
    house.made("groups", json!({"name": "One"})).await;
    let taken = house.until_listed(&id, "delivered", 1).await;
    assert_eq!(taken[0]["answer"], "200");
    assert_eq!(house.deliveries(&id, "waiting").await.len(), 0);
}

async fn what_gave_up_goes_on_when_somebody_says_so(db: TestDatabase) {
    let mut house = House::open(&db).await;
    let receiver = Receiver::answering(&["503 No"]).await;
    let (id, _) = house.webhook_to(&receiver.url(), &["group.created"]).await;
    house.advance(Duration::from_secs(1)).await;
    // A thousand dead letters.
    let mut tx = house.engine.database().begin().await.unwrap();
    let id_in_row = uuid::Uuid::try_parse(id.strip_prefix("sub_").unwrap()).unwrap();
    for number in 0..1_000 {
        let sql = "INSERT INTO event_deliveries (account, subscription, event, position, expiry, kind, at, came, attempts, due_at, tried_at, answer) \
                   VALUES ($1, $2, $3, '1-1-0', '', 'group.created', 1, 2, 10, $4, $4, '503')";
        let values: [ledger::Value; 4] = [
            house.account.id().0.into(),
            id_in_row.to_string().into(),
            format!("evt_{number}").into(),
            house.account.now().0.into(),
        ];
        tx.execute(sql, values).await.unwrap();
    }
    tx.commit().await.unwrap();
    house.tell();
    house.made("groups", json!({"name": "One"})).await;
    house.until_state(&id, "gave_up").await;
    assert_eq!(
        house.get(&format!("subscriptions/{id}")).await["failure"],
        "not_taken"
    );
    house.advance(Duration::from_secs(1)).await;
    house
        .ask(Method::POST, &format!("subscriptions/{id}/resume"), None)
        .await;
    // One more 503 is no reason to end it again.
    house.advance(Duration::from_secs(10)).await;
    house.made("groups", json!({"name": "Two"})).await;
    house.until_listed(&id, "waiting", 2).await;
    tokio::time::sleep(Duration::from_millis(700)).await;
    assert_eq!(
        house.get(&format!("subscriptions/{id}")).await["state"],
        "active"
    );
    receiver.answer(&["200 OK"]);
    house.advance(Duration::from_secs(600)).await;
    house.until_listed(&id, "delivered", 2).await;
}

/// Nobody would hear again of what begins or ends by itself.
async fn after_no_position_that_has_not_come_anything_is_told(db: TestDatabase) {
    let house = House::open(&db).await;
    let receiver = Receiver::open().await;
    let (id, _) = house.webhook_to(&receiver.url(), &["group.created"]).await;
    let later = house.account.now().0 + 60_000;
    for until in [later, i64::MAX] {
        let since = format!("1-{until}-0");
        let path = format!("/api/v1/subscriptions/{id}/replay");
        let order = json!({"since": since});
        let (status, said) = house
            .answer(Method::POST, &path, &house.owner, Some(order), &[])
            .await;
        assert_eq!(
            (status, &said["code"]),
            (StatusCode::UNPROCESSABLE_ENTITY, &json!("no_such_position"))
        );
        let path = format!("/api/v1/events?since={since}");
        let (status, _) = house
            .answer(Method::GET, &path, &house.owner, None, &[])
            .await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    }
}

async fn what_is_not_taken_is_tried_again_with_the_same_id(db: TestDatabase) {
    let mut house = House::open(&db).await;
    let receiver = Receiver::answering(&["500 No", "503 Not yet", "200 OK"]).await;
    let (id, secret) = house.webhook_to(&receiver.url(), &["group.created"]).await;
    house.tell();
    house.made("groups", json!({"name": "One"})).await;
    receiver.until(|all| all.len() == 1).await;
    let waiting = house.until_listed(&id, "waiting", 1).await;
    assert_eq!(
        (&waiting[0]["answer"], &waiting[0]["attempts"]),
        (&json!("500"), &json!(1))
    );
    // Not before its time.
    house.advance(Duration::from_millis(4_900)).await;
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(receiver.all().len(), 1);
    house.advance(Duration::from_millis(200)).await;
    receiver.until(|all| all.len() == 2).await;
    house.until_listed(&id, "waiting", 1).await;
    // What happens meanwhile is told at once.
    house.made("groups", json!({"name": "Two"})).await;
    let came = receiver.until(|all| all.len() == 3).await;
    assert_ne!(came[2].header("webhook-id"), came[0].header("webhook-id"));
    house.advance(Duration::from_secs(5 * 60)).await;
    let came = receiver.until(|all| all.len() == 4).await;
    for again in [&came[1], &came[3]] {
        assert_eq!(again.header("webhook-id"), came[0].header("webhook-id"));
        assert_eq!(again.body, came[0].body);
        assert_ne!(
            again.header("webhook-timestamp"),
            came[0].header("webhook-timestamp")
        );
        assert!(is_signed(again, &secret));
    }
    house.until_listed(&id, "waiting", 0).await;
    house.until_listed(&id, "delivered", 2).await;
    let listed = house.get(&format!("subscriptions/{id}")).await;
    assert_eq!(listed["failing_since"], Value::Null, "{listed}");
}

async fn what_is_tried_to_the_last_is_a_dead_letter_and_can_be_told_again(db: TestDatabase) {
    let mut house = House::open(&db).await;
    let receiver = Receiver::answering(&["500 No"]).await;
    let (id, _) = house.webhook_to(&receiver.url(), &["group.created"]).await;
    house.tell();
    house.made("groups", json!({"name": "One"})).await;
    let hours = |hours: u64| Duration::from_secs(hours * 3_600);
    let pauses = [
        Duration::from_secs(5),
        Duration::from_secs(5 * 60),
        Duration::from_secs(30 * 60),
        hours(2),
        hours(5),
        hours(10),
        hours(14),
        hours(20),
        hours(24),
    ];
    for (tries, pause) in (1..).zip(pauses) {
        receiver.until(|all| all.len() == tries).await;
        house.until_tried(&id, tries).await;
        assert_eq!(house.deliveries(&id, "dead").await.len(), 0);
        house.advance(pause).await;
    }
    receiver.until(|all| all.len() == 10).await;
    let dead = house.until_listed(&id, "dead", 1).await;
    assert_eq!(
        (&dead[0]["attempts"], &dead[0]["kind"]),
        (&json!(10), &json!("group.created"))
    );
    assert_eq!(house.deliveries(&id, "waiting").await.len(), 0);

    receiver.answer(&["200 OK"]);
    let event = dead[0]["event"].as_str().unwrap().to_owned();
    house
        .ask(
            Method::POST,
            &format!("subscriptions/{id}/replay"),
            Some(json!({"event": event})),
        )
        .await;
    let came = receiver.until(|all| all.len() == 11).await;
    assert_eq!(came[10].header("webhook-id"), event);
    house.until_listed(&id, "delivered", 1).await;
    let nothing = json!({"event": event});
    let path = format!("/api/v1/subscriptions/{id}/replay");
    let (status, _) = house
        .answer(Method::POST, &path, &house.owner, Some(nothing), &[])
        .await;
    assert_eq!(status, StatusCode::NOT_FOUND);
}

async fn everything_since_a_position_is_told_again_with_the_ids_that_it_had(db: TestDatabase) {
    let mut house = House::open(&db).await;
    let receiver = Receiver::open().await;
    let (id, _) = house.webhook_to(&receiver.url(), &["group.created"]).await;
    house.tell();
    for name in ["One", "Two", "Three"] {
        house.made("groups", json!({"name": name})).await;
    }
    let first = receiver.until(|all| all.len() == 3).await;
    let since = first[0].json()["data"]["position"].clone();
    house
        .ask(
            Method::POST,
            &format!("subscriptions/{id}/replay"),
            Some(json!({"since": since})),
        )
        .await;
    let came = receiver.until(|all| all.len() == 5).await;
    let ids = |some: &[Came]| -> Vec<_> {
        some.iter()
            .map(|one| one.header("webhook-id").to_owned())
            .collect()
    };
    assert_eq!(ids(&came[3..]), ids(&first[1..]));
    // From the beginning: what happened before there was anybody to tell.
    house.made("groups", json!({"name": "Four"})).await;
    receiver.until(|all| all.len() == 6).await;
    house
        .ask(
            Method::POST,
            &format!("subscriptions/{id}/replay"),
            Some(json!({"since": "0"})),
        )
        .await;
    let came = receiver.until(|all| all.len() == 10).await;
    assert_eq!(ids(&came[6..9]), ids(&first));
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(receiver.all().len(), 10);
    let path = format!("/api/v1/subscriptions/{id}/replay");
    let later = json!({"since": "999999-1-0"});
    let (status, said) = house
        .answer(Method::POST, &path, &house.owner, Some(later), &[])
        .await;
    assert_eq!(
        (status, &said["code"]),
        (StatusCode::UNPROCESSABLE_ENTITY, &json!("no_such_position"))
    );
}

async fn a_redirect_is_not_followed_and_gone_is_the_end(db: TestDatabase) {
    let mut house = House::open(&db).await;
    let other = Receiver::open().await;
    let leads = format!("307 There\r\nLocation: {}", other.url());
    let receiver = Receiver::answering(&[&leads, "410 Gone"]).await;
    let (id, _) = house.webhook_to(&receiver.url(), &["group.created"]).await;
    house.tell();
    house.made("groups", json!({"name": "One"})).await;
    let waiting = house.until_listed(&id, "waiting", 1).await;
    assert_eq!(waiting[0]["answer"], "307");
    house.made("groups", json!({"name": "Two"})).await;
    house.until_state(&id, "gave_up").await;
    let listed = house.get(&format!("subscriptions/{id}")).await;
    assert_eq!(listed["failure"], "gone");
    assert_eq!((receiver.all().len(), other.all().len()), (2, 0));
}

async fn an_expiry_is_told_at_its_moment_with_a_position_of_its_own(db: TestDatabase) {
    let mut house = House::open(&db).await;
    let receiver = Receiver::open().await;
    let (id, _) = house
        .webhook_to(
            &receiver.url(),
            &["access.tie_given", "access.tie_began", "access.tie_ended"],
        )
        .await;
    house.tell();
    let group = house.made("groups", json!({"name": "Night"})).await;
    let person = house.user("Nora Night", "nora@example.net").await;
    let moment = |seconds: i64| {
        web::decision::timestamp(access::Moment(house.account.now().0 + seconds * 1_000))
            .to_string()
    };
    let window = json!({"start": moment(60), "end": moment(3_600)});
    let (start, end) = (window["start"].clone(), window["end"].clone());
    house
        .ask(
            Method::PUT,
            &format!("groups/{group}/members/{person}"),
            Some(window),
        )
        .await;
    receiver.until(|all| all.len() == 1).await;
    house.advance(Duration::from_secs(59)).await;
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(receiver.all().len(), 1);
    house.advance(Duration::from_secs(1)).await;
    let began = receiver.kind("access.tie_began").await.json();
    house.advance(Duration::from_secs(3_540)).await;
    let ended = receiver.kind("access.tie_ended").await.json();
    assert_eq!((&began["timestamp"], &ended["timestamp"]), (&start, &end));
    assert_eq!(
        (&ended["data"]["actor"], &ended["data"]["act"]),
        (&json!("time"), &json!("time"))
    );
    assert_eq!(
        (&ended["data"]["face"], &ended["data"]["request"]),
        (&json!("time"), &json!(""))
    );
    let about = ended["data"]["about"].as_array().unwrap();
    assert!(
        about.contains(&json!(group)) && about.contains(&json!(person)),
        "{ended}"
    );
    let given = receiver.all()[0].json();
    assert!(place(&given) < place(&began) && place(&began) < place(&ended));
    // Told again from the log, they have the ids and the positions that they had.
    house
        .ask(
            Method::POST,
            &format!("subscriptions/{id}/replay"),
            Some(json!({"since": given["data"]["position"]})),
        )
        .await;
    let came = receiver.until(|all| all.len() == 5).await;
    assert_eq!((came[3].json(), came[4].json()), (began, ended));
}

async fn nothing_is_left_out_or_told_twice_across_a_restart(db: TestDatabase) {
    let mut house = House::open(&db).await;
    let receiver = Receiver::open().await;
    house
        .webhook_to(&receiver.url(), &["group.created", "access.tie_ended"])
        .await;
    house.tell();
    let group = house.made("groups", json!({"name": "0"})).await;
    let person = house.user("Nora Night", "nora@example.net").await;
    let end = web::decision::timestamp(access::Moment(house.account.now().0 + 60_000));
    let path = format!("groups/{group}/members/{person}");
    house
        .ask(Method::PUT, &path, Some(json!({"end": end.to_string()})))
        .await;
    for name in 1..10 {
        if name % 3 == 0 {
            house.stop_telling().await;
            house
                .made(
                    "groups",
                    json!({"name": format!("while nobody tells {name}")}),
                )
                .await;
            house.tell();
        }
        house
            .made("groups", json!({"name": name.to_string()}))
            .await;
    }
    house.stop_telling().await;
    // It ends while nobody tells.
    house.advance(Duration::from_secs(120)).await;
    house.tell();
    receiver.until(|all| all.len() >= 14).await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    let came = receiver.all();
    let mut ids: Vec<_> = came
        .iter()
        .map(|one| one.header("webhook-id").to_owned())
        .collect();
    assert_eq!(ids.len(), 14);
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 14);
    assert!(
        came.iter()
            .map(Came::json)
            .collect::<Vec<_>>()
            .is_sorted_by_key(place)
    );
}

async fn a_secret_is_shown_once_and_an_older_one_is_good_for_a_day(db: TestDatabase) {
    let mut house = House::open(&db).await;
    let receiver = Receiver::open().await;
    let (id, first) = house.webhook_to(&receiver.url(), &["group.created"]).await;
    assert!(first.starts_with("whsec_"));
    let rotated = house
        .ask(Method::POST, &format!("subscriptions/{id}/secret"), None)
        .await;
    let second = rotated["secret"].as_str().unwrap().to_owned();
    assert_ne!(first, second);
    house.tell();
    house.made("groups", json!({"name": "One"})).await;
    let came = receiver.until(|all| all.len() == 1).await;
    assert!(is_signed(&came[0], &first) && is_signed(&came[0], &second));
    house.advance(Duration::from_secs(24 * 3_600)).await;
    house.made("groups", json!({"name": "Two"})).await;
    let came = receiver.until(|all| all.len() == 2).await;
    assert!(!is_signed(&came[1], &first) && is_signed(&came[1], &second));
    for path in [
        "/api/v1/subscriptions".to_owned(),
        format!("/api/v1/subscriptions/{id}"),
        format!("/api/v1/subscriptions/{id}/deliveries"),
        "/configure/webhooks".to_owned(),
        format!("/configure/webhooks/{id}"),
        "/api/v1/audit".to_owned(),
    ] {
        let (status, said) = house
            .answer(Method::GET, &path, &house.owner, None, &[])
            .await;
        assert_eq!(status, StatusCode::OK, "{path}");
        let said = said.to_string();
        assert!(
            !said.contains(&first[6..]) && !said.contains(&second[6..]),
            "{path}"
        );
    }
}
