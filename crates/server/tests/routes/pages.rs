//! Lists, page by page, on every route that has pages. What leads to the next page is sealed: it says nothing, cannot be made, and is
//! good for the same question by the same caller only.

use axum::http::Method;
use serde_json::Value;
use testkit::databases::TestDatabase;
use utoipa::openapi::path::ParameterIn;
use web::{about::GuardText, route::Route};

use super::bodies;
use super::world::{Answer, World};

testkit::on_both![
    page_by_page_is_the_whole_list,
    a_next_is_good_for_nobody_else,
    a_next_is_good_for_no_other_question,
    a_next_that_was_changed_is_refused,
    a_next_does_not_tell_how_far_it_is,
];

/// A command that is done in steps is no list; what a browser shows of one is tested with the page.
fn is_paged(route: &Route) -> bool {
    let commands = matches!(route.guard(), GuardText::Command { .. });
    let parameters = route.about.names(&ParameterIn::Query);
    !commands && !route.about.page && parameters.iter().any(|name| name == "page")
}

fn paged() -> impl Iterator<Item = Route> {
    let routes = rolecall::wiring::routes().into_iter().filter(is_paged);
    // What the portal lists is for customers, whose lists are walked with its pages.
    routes.filter(|route| bodies::owners_status(route.name) == 200)
}

/// Asks a route of lists as the owner, with parameters.
async fn ask(world: &World, route: &Route, token: &str, parameters: &str) -> Answer {
    let path = world.with_ids(&format!("{}?{parameters}", route.path));
    let body = bodies::example(route.name).filter(|_| route.about.request.is_some());
    let body = body.map(|body| serde_json::from_str(&world.with_ids(&body.to_string())).unwrap());
    world
        .send(route.method.clone(), &path, Some(token), body)
        .await
}

fn items(answer: &Answer) -> &[Value] {
    let items = answer.body.get("items").or(answer.body.get("permissions"));
    items.and_then(Value::as_array).unwrap()
}

async fn page_by_page_is_the_whole_list(db: TestDatabase) {
    let world = World::make(&db).await;
    let mut with_several = 0;
    for route in paged() {
        let whole = ask(&world, &route, &world.owner, "page_size=500").await;
        let whole = items(&whole).to_vec();
        let (mut walked, mut page) = (Vec::new(), String::new());
        loop {
            let parameters = format!("page_size=1{page}");
            let answer = ask(&world, &route, &world.owner, &parameters).await;
            assert!(items(&answer).len() <= 1, "{}", route.name);
            walked.extend(items(&answer).iter().cloned());
            match answer.body["next"].as_str() {
                Some(next) => page = format!("&page={next}"),
                None => break,
            }
        }
        assert_eq!(walked, whole, "{}", route.name);
        with_several += usize::from(whole.len() > 1);
    }
    assert!(with_several > 5, "{with_several} lists had several pages");
}

/// Every first `next` of the owner's, with the route that gave it.
async fn nexts(world: &World) -> Vec<(Route, String)> {
    let mut nexts = Vec::new();
    for route in paged() {
        let answer = ask(world, &route, &world.owner, "page_size=1").await;
        if let Some(next) = answer.body["next"].as_str() {
            nexts.push((route, next.to_owned()));
        }
    }
    nexts
}

fn is_unknown(answer: &Answer) -> bool {
    (answer.status.as_u16(), answer.body["code"].as_str()) == (400, Some("unknown_page"))
}

async fn a_next_is_good_for_nobody_else(db: TestDatabase) {
    let world = World::make(&db).await;
    for (route, next) in nexts(&world).await {
        for token in [&world.nobody, &world.stranger] {
            let answer = ask(&world, &route, token, &format!("page={next}")).await;
            // Whoever may not ask at all is told that first.
            let closed = [403, 404].contains(&answer.status.as_u16());
            assert!(
                closed || is_unknown(&answer),
                "{}: {}",
                route.name,
                answer.body
            );
        }
    }
}

async fn a_next_is_good_for_no_other_question(db: TestDatabase) {
    let world = World::make(&db).await;
    let nexts = nexts(&world).await;
    let now = world.get("/api/v1/me", &world.owner).await.version.unwrap();
    for (index, (route, next)) in nexts.iter().enumerate() {
        // Of another list.
        let (other, _) = &nexts[(index + 1) % nexts.len()];
        let answer = ask(&world, other, &world.owner, &format!("page={next}")).await;
        assert!(is_unknown(&answer), "{}: {}", other.name, answer.body);
        // Of another moment.
        let moment = format!("page={next}&as_of={now}");
        let answer = ask(&world, route, &world.owner, &moment).await;
        assert!(is_unknown(&answer), "{}: {}", route.name, answer.body);
        // How much of it, and how fresh, does not change the question.
        let same = format!("page={next}&page_size=7&at_least_version=1");
        let answer = ask(&world, route, &world.owner, &same).await;
        assert_eq!(answer.status, 200, "{}: {}", route.name, answer.body);
    }

    let people = |parameters: String| {
        let path = format!("/api/v1/people?page_size=1&{parameters}");
        let world = &world;
        async move { world.get(&path, &world.owner).await }
    };
    let users = people("facet=user".into()).await;
    let next = users.body["next"].as_str().unwrap();
    assert_eq!(people(format!("facet=user&page={next}")).await.status, 200);
    assert!(is_unknown(&people(format!("page={next}")).await));
    assert!(is_unknown(
        &people(format!("facet=customer&page={next}")).await
    ));

    // A body is part of the question; its spelling is not.
    let search = async |page: &str, body: &str| {
        let path = format!("/api/v1/search/subjects?page_size=1{page}");
        let (token, body) = (Some(world.owner.as_str()), Some(body.to_owned()));
        world.send_text(Method::POST, &path, token, body).await
    };
    let question = r#"{"permission": "admin.people.view", "on": "account"}"#;
    let found = search("", question).await;
    let page = format!("&page={}", found.body["next"].as_str().unwrap());
    let spelled = r#"{"on":"account",   "permission":"admin.people.view"}"#;
    assert_eq!(search(&page, spelled).await.status, 200);
    let other = r#"{"permission": "admin.portal.open", "on": "account"}"#;
    assert!(is_unknown(&search(&page, other).await));
}

async fn a_next_that_was_changed_is_refused(db: TestDatabase) {
    let world = World::make(&db).await;
    let people = async |page: &str| {
        let path = format!("/api/v1/people?page_size=1&page={page}");
        world.get(&path, &world.owner).await
    };
    let first = world.get("/api/v1/people?page_size=1", &world.owner).await;
    let next = first.body["next"].as_str().unwrap().to_owned();
    assert_eq!(people(&next).await.status, 200);
    // In every place another letter, and cut off in every place. The last letter is left alone: some of its bits count for nothing.
    for at in 0..next.len() - 1 {
        let letter = if next.as_bytes()[at] == b'A' {
            "B"
        } else {
            "A"
        };
        let changed = format!("{}{letter}{}", &next[..at], &next[at + 1..]);
        assert!(is_unknown(&people(&changed).await), "{at}");
        assert!(is_unknown(&people(&next[..at]).await), "{at}");
    }
    // What used to be one: a number in base64.
    for forged in ["MQ", "", "%21", &"A".repeat(4000)] {
        assert!(is_unknown(&people(forged).await), "{forged}");
    }
}

async fn a_next_does_not_tell_how_far_it_is(db: TestDatabase) {
    let world = World::make(&db).await;
    let mut lengths = Vec::new();
    let mut page = String::new();
    // The audit log is the longest list here: its places have one, two and three digits.
    loop {
        let path = format!("/api/v1/audit?page_size=1{page}");
        let answer = world.get(&path, &world.owner).await;
        let Some(next) = answer.body["next"].as_str() else {
            break;
        };
        lengths.push(next.len());
        page = format!("&page={next}");
    }
    assert!(lengths.len() > 20, "{}", lengths.len());
    lengths.dedup();
    assert_eq!(lengths.len(), 1, "{lengths:?}");
    let again = async || {
        let answer = world.get("/api/v1/people?page_size=1", &world.owner).await;
        answer.body["next"].as_str().unwrap().to_owned()
    };
    assert_ne!(again().await, again().await, "the same place twice");
}
