//! The live stream: the same events, since a position, for as long as the reader may hear them.

use std::time::Duration;

use axum::{
    body::Body,
    http::{Method, StatusCode},
};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use testkit::databases::TestDatabase;
use tokio::time::{Instant, timeout};

use super::house::House;

testkit::on_both![
    what_happens_comes_as_it_happens_and_goes_on_from_a_position,
    past_events_are_those_that_the_reader_may_see_today,
    ad_28_a_right_that_ends_ends_the_stream_within_a_second,
    an_expiry_has_the_same_position_live_and_afterwards,
    whoever_may_not_read_the_log_hears_nothing,
    every_position_leads_to_exactly_the_rest,
];

/// A stream, as a program reads one.
struct Stream {
    body: Body,
    text: String,
}

/// One event: its id, its kind and what it says.
type Event = (String, String, Value);

impl Stream {
    async fn open(house: &House, token: &str, query: &str) -> Self {
        let path = format!("/api/v1/events{query}");
        let response = house.request(Method::GET, &path, token, None, &[]).await;
        assert_eq!(response.status(), StatusCode::OK);
        Self {
            body: response.into_body(),
            text: String::new(),
        }
    }

    /// The next event; `None`: the stream has ended.
    async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some((one, rest)) = self.text.split_once("\n\n") {
                let (one, rest) = (one.to_owned(), rest.to_owned());
                self.text = rest;
                let field = |name: &str| {
                    let mut lines = one.lines();
                    let found = lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
                    found.unwrap_or_default().to_owned()
                };
                if !field("event").is_empty() {
                    let data = serde_json::from_str(&field("data")).unwrap();
                    return Some((field("id"), field("event"), data));
                }
                continue;
            }
            let frame = timeout(Duration::from_secs(30), self.body.frame()).await;
            let bytes = frame
                .expect("something comes")?
                .unwrap()
                .into_data()
                .unwrap();
            self.text += std::str::from_utf8(&bytes).unwrap();
        }
    }

    /// The next of a kind.
    async fn kind(&mut self, kind: &str) -> Event {
        loop {
            let event = self.next().await.expect("the stream goes on");
            if event.1 == kind {
                return event;
            }
        }
    }

    /// Everything until the first of a kind, that one included.
    async fn until(&mut self, kind: &str) -> Vec<Event> {
        let mut events = Vec::new();
        loop {
            let event = self.next().await.expect("the stream goes on");
            let is_last = event.1 == kind;
            events.push(event);
            if is_last {
                return events;
            }
        }
    }
}

async fn what_happens_comes_as_it_happens_and_goes_on_from_a_position(db: TestDatabase) {
    let house = House::open(&db).await;
    let mut stream = Stream::open(&house, &house.listener_token, "").await;
    house.made("groups", json!({"name": "One"})).await;
    let (position, _, message) = stream.kind("group.created").await;
    assert_eq!(message["data"]["position"], json!(position));
    assert_eq!(message["type"], "group.created");
    // Cut off here: two more happen while nobody reads.
    drop(stream);
    house.made("groups", json!({"name": "Two"})).await;
    house.made("companies", json!({"name": "Acme"})).await;
    let since = format!("?since={position}");
    let mut again = Stream::open(&house, &house.listener_token, &since).await;
    house
        .made("queues", json!({"name": "Front", "kind": "call"}))
        .await;
    let events = again.until("queue.created").await;
    let kinds: Vec<_> = events.iter().map(|(_, kind, _)| kind.as_str()).collect();
    assert_eq!(kinds, ["group.created", "company.created", "queue.created"]);
    // From the beginning everything comes once, in the same order and with the same ids.
    let mut whole = Stream::open(&house, &house.listener_token, "?since=0").await;
    let whole = whole.until("queue.created").await;
    assert_eq!(whole[0].1, "account.opened");
    assert_eq!(&whole[whole.len() - 3..], &events[..]);
    let versions = whole
        .iter()
        .map(|(position, ..)| position.split('-').next().unwrap());
    let versions: Vec<u64> = versions.map(|version| version.parse().unwrap()).collect();
    assert_eq!(versions, Vec::from_iter(1..=whole.len() as u64));
    // As programs say it that come back by themselves, and of some kinds.
    let path = "/api/v1/events?kinds=company.created,queue.created";
    let last = [("last-event-id", position.as_str())];
    let response = house
        .request(Method::GET, path, &house.listener_token, None, &last)
        .await;
    let mut some = Stream {
        body: response.into_body(),
        text: String::new(),
    };
    assert_eq!(some.next().await.unwrap(), events[1]);
    for wrong in ["?since=1", "?since=99999999-1-0", "?kinds=group.made"] {
        let path = format!("/api/v1/events{wrong}");
        let (status, _) = house
            .answer(Method::GET, &path, &house.listener_token, None, &[])
            .await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
    }
}

/// SD-33, AD-28: what somebody may not see today is not told, however openly it happened.
async fn past_events_are_those_that_the_reader_may_see_today(db: TestDatabase) {
    let house = House::open(&db).await;
    let seen = house.made("companies", json!({"name": "Seen"})).await;
    let hidden = house.made("companies", json!({"name": "Hidden"})).await;
    let customer = async |name: &str, company: &str| {
        let new = json!({"name": name, "email": format!("{name}@example.org")});
        let id = house.made("people/customers", new).await;
        let path = format!("people/{id}/employer");
        house
            .ask(Method::PUT, &path, Some(json!({"company": company})))
            .await;
        id
    };
    let (one, other) = (
        customer("one", &seen).await,
        customer("other", &hidden).await,
    );
    let reader = house.user("Rita Reader", "rita@example.net").await;
    let listed = json!({"listed": {"companies": [seen], "without_company": true}});
    house
        .ask(
            Method::PUT,
            &format!("people/{reader}/company-access"),
            Some(listed),
        )
        .await;
    let path = format!("people/{reader}/account-role");
    house
        .ask(Method::PUT, &path, Some(json!({"role": house.role})))
        .await;
    let token = house.token_of(&reader).await;
    // Whoever comes from a hidden company is told of by neither.
    let moved = customer("moved", &hidden).await;
    let path = format!("people/{moved}/employer");
    house
        .ask(
            Method::PUT,
            &path,
            Some(json!({"company": seen, "move": true})),
        )
        .await;
    house.made("groups", json!({"name": "Last"})).await;

    let mut stream = Stream::open(&house, &token, "?since=0").await;
    let told = format!("{:?}", stream.until("group.created").await);
    assert!(told.contains(&seen) && told.contains(&one));
    assert!(!told.contains(&hidden) && !told.contains(&other));
    // What happens from now on is cut in the same way.
    house
        .ask(
            Method::PUT,
            &format!("companies/{hidden}/name"),
            Some(json!({"name": "Still hidden"})),
        )
        .await;
    house
        .ask(
            Method::PUT,
            &format!("companies/{seen}/name"),
            Some(json!({"name": "Still seen"})),
        )
        .await;
    let (_, _, renamed) = stream.kind("company.renamed").await;
    let about = renamed["data"]["about"].as_array().unwrap();
    assert!(about.contains(&json!(seen)), "{renamed}");
    // A program has no list of companies: it hears what the log has.
    let mut whole = Stream::open(&house, &house.listener_token, "?since=0").await;
    let told = format!("{:?}", whole.until("group.created").await);
    assert!(told.contains(&hidden) && told.contains(&other));
}

async fn ad_28_a_right_that_ends_ends_the_stream_within_a_second(db: TestDatabase) {
    let house = House::in_real_time(&db).await;
    let deaf = json!({"name": "Deaf", "permissions": ["admin.history.access"]});
    let deaf = house.made("roles", deaf).await;
    let (second, second_token) = house.connection(&house.role).await;
    let mut streams = vec![
        Stream::open(&house, &house.listener_token, "").await,
        Stream::open(&house, &second_token, "").await,
    ];
    let path = format!("connections/{}/role", house.listener);
    let ends: [(Method, String, Option<Value>); 2] = [
        (Method::PUT, path, Some(json!({"role": deaf}))),
        (Method::POST, format!("connections/{second}/archive"), None),
    ];
    for (mut stream, (method, path, body)) in streams.drain(..).zip(ends) {
        house.ask(method, &path, body).await;
        let ended_at = Instant::now();
        house
            .made("groups", json!({"name": format!("{path} unheard")}))
            .await;
        let mut heard = Vec::new();
        let rest = timeout(Duration::from_secs(1), async {
            while let Some(event) = stream.next().await {
                heard.push(event.1);
            }
        });
        rest.await.expect("the stream ends within a second");
        assert!(ended_at.elapsed() < Duration::from_secs(1));
        assert!(!heard.contains(&"group.created".to_owned()), "{heard:?}");
    }
}

async fn an_expiry_has_the_same_position_live_and_afterwards(db: TestDatabase) {
    let house = House::open(&db).await;
    let mut live = Stream::open(&house, &house.listener_token, "").await;
    let group = house.made("groups", json!({"name": "Night"})).await;
    let person = house.user("Nora Night", "nora@example.net").await;
    let end = web::decision::timestamp(access::Moment(house.account.now().0 + 60_000)).to_string();
    let path = format!("groups/{group}/members/{person}");
    house
        .ask(Method::PUT, &path, Some(json!({"end": end})))
        .await;
    let before = live.kind("access.tie_given").await.0;
    house.advance(Duration::from_secs(61)).await;
    let ended = live.kind("access.tie_ended").await;
    assert_eq!(ended.2["timestamp"], json!(end));
    house.made("groups", json!({"name": "Day"})).await;
    let after = live.kind("group.created").await;
    let mut again = Stream::open(&house, &house.listener_token, &format!("?since={before}")).await;
    assert_eq!(again.next().await.unwrap(), ended);
    assert_eq!(again.next().await.unwrap(), after);
    // From the very middle of both.
    let mut between = Stream::open(
        &house,
        &house.listener_token,
        &format!("?since={}", ended.0),
    )
    .await;
    assert_eq!(between.next().await.unwrap(), after);
}

async fn whoever_may_not_read_the_log_hears_nothing(db: TestDatabase) {
    let house = House::open(&db).await;
    let nobody = house.user("Nobody Noone", "nobody@example.net").await;
    let deaf = json!({"name": "Deaf", "permissions": ["admin.history.access"]});
    let deaf = json!({"role": house.made("roles", deaf).await});
    let path = format!("people/{nobody}/account-role");
    house.ask(Method::PUT, &path, Some(deaf)).await;
    let token = house.token_of(&nobody).await;
    for (token, status) in [
        (token.as_str(), StatusCode::FORBIDDEN),
        ("", StatusCode::UNAUTHORIZED),
    ] {
        let (found, _) = house
            .answer(Method::GET, "/api/v1/events", token, None, &[])
            .await;
        assert_eq!(found, status);
    }
}

/// Wherever somebody was cut off, in the middle of an act too: exactly the rest comes, in the same order.
async fn every_position_leads_to_exactly_the_rest(db: TestDatabase) {
    let house = House::open(&db).await;
    let group = house.made("groups", json!({"name": "Night"})).await;
    for hour in 1..4 {
        let person = house
            .user(&format!("Nora {hour}"), &format!("nora{hour}@example.net"))
            .await;
        let moment = |seconds: i64| {
            web::decision::timestamp(access::Moment(house.account.now().0 + seconds * 1_000))
                .to_string()
        };
        let window = json!({"start": moment(60), "end": moment(3_600)});
        house
            .ask(
                Method::PUT,
                &format!("groups/{group}/members/{person}"),
                Some(window),
            )
            .await;
        house.advance(Duration::from_secs(1_800)).await;
    }
    // Two end at the very same moment.
    for person in ["Same One", "Same Two"] {
        let mail = format!("{}@example.net", person.replace(' ', "."));
        let person = house.user(person, &mail).await;
        let end = web::decision::timestamp(access::Moment(house.account.now().0 + 7_200_000));
        let end = json!({"end": end.to_string()});
        house
            .ask(
                Method::PUT,
                &format!("groups/{group}/members/{person}"),
                Some(end),
            )
            .await;
    }
    house.advance(Duration::from_secs(3 * 3_600)).await;
    house
        .made("queues", json!({"name": "Last", "kind": "call"}))
        .await;
    let mut stream = Stream::open(&house, &house.listener_token, "?since=0").await;
    let whole = stream.until("queue.created").await;
    let expiries = whole
        .iter()
        .filter(|(_, _, message)| message["data"]["actor"] == "time");
    assert_eq!(expiries.count(), 3 + 3 + 2);
    for (index, (position, ..)) in whole.iter().enumerate().take(whole.len() - 1) {
        let since = format!("?since={position}");
        let mut rest = Stream::open(&house, &house.listener_token, &since).await;
        assert_eq!(
            rest.until("queue.created").await,
            whole[index + 1..],
            "{position}"
        );
    }
}
