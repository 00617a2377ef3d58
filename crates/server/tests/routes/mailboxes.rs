//! One mailbox is one mailbox, however its domain is spelled; and whom a new domain will catch is told before.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};
use testkit::databases::TestDatabase;

use super::cast::Cast;

testkit::on_both![
    sd_26_one_person_per_mailbox_however_its_domain_is_spelled,
    sd_23_a_denied_domain_is_denied_in_every_spelling,
    sd_22_the_preview_of_a_domain_names_whom_it_will_catch,
];

/// RULES §1: one person per e-mail address in an account.
async fn sd_26_one_person_per_mailbox_however_its_domain_is_spelled(db: TestDatabase) {
    let cast = Cast::make(&db).await;
    let users = "/api/v1/people/users";
    let body = |email: &str| json!({"name": "Anna", "email": email});
    cast.world
        .done(Method::POST, users, body("a@müller.example"))
        .await;
    for spelled in [
        "a@xn--mller-kva.example",
        "A@XN--MLLER-KVA.Example",
        "a@MÜLLER.example",
        "a@mu\u{308}ller.example",
    ] {
        let answer = cast
            .world
            .send(
                Method::POST,
                users,
                Some(&cast.world.owner),
                Some(body(spelled)),
            )
            .await;
        let told = (answer.status, &answer.body["code"]);
        assert_eq!(
            told,
            (StatusCode::CONFLICT, &json!("address_taken")),
            "{spelled}"
        );
    }
    // And is found by either.
    for typed in ["a@müller.example", "a@xn--mller"] {
        let body = Some(json!({"q": typed}));
        let found = cast
            .world
            .send(
                Method::POST,
                "/api/v1/people/search",
                Some(&cast.world.owner),
                body,
            )
            .await;
        let items = found.body["items"].as_array().unwrap();
        assert_eq!(items.len(), 1, "{typed}: {}", found.body);
        // As it was written.
        assert_eq!(items[0]["email"], "a@müller.example");
    }
}

async fn sd_23_a_denied_domain_is_denied_in_every_spelling(db: TestDatabase) {
    let cast = Cast::make(&db).await;
    let denied = async |domain: &str| {
        let path = format!("/api/v1/registration/denylist/{domain}");
        cast.world.get(&path, &cast.world.owner).await.body["denied"].clone()
    };
    let registration = "/api/v1/registration";
    let deny = json!({"policy": "companies", "deny": ["müller.example", "xn--zo-ija.example"]});
    cast.world.done(Method::PUT, registration, deny).await;
    for spelled in [
        "xn--mller-kva.example",
        "m%C3%BCller.example",
        "M%C3%9CLLER.Example",
        "mail.xn--mller-kva.example",
        "zo%C3%AB.example",
    ] {
        assert_eq!(denied(spelled).await, json!(true), "{spelled}");
    }
    assert_eq!(denied("muller.example").await, json!(false));
    let allow = json!({"policy": "companies", "allow": ["XN--MLLER-KVA.example"]});
    cast.world.done(Method::PUT, registration, allow).await;
    assert_eq!(denied("m%C3%BCller.example").await, json!(false));
}

async fn sd_22_the_preview_of_a_domain_names_whom_it_will_catch(db: TestDatabase) {
    let cast = Cast::make(&db).await;
    let customer = async |email: &str| {
        let body = json!({"name": "Kurt Kunde", "email": email});
        let path = "/api/v1/people/customers";
        cast.world.done(Method::POST, path, body).await
    };
    let below = customer("kurt@shop.crev.example").await;
    let exact = customer("kunde@crev.example").await;
    // Another company has the longer suffix, and somebody placed by hand is never moved.
    let other = json!({"domain": "lab.crev.example"});
    cast.done(Method::POST, "companies/{hidden_company}/domains", other)
        .await;
    customer("else@lab.crev.example").await;
    customer("else@notcrev.example").await;
    let placed = customer("placed@crev.example").await;
    let employer = json!({"company": "{hidden_company}"});
    cast.put(&format!("people/{placed}/employer"), employer)
        .await;
    let dry = cast.filled("/api/v1/companies/{company}/domains?dry_run=true&page_size=1");
    let domain = json!({"domain": "Crev.example"});
    let (mut named, mut path) = (Vec::new(), dry.clone());
    loop {
        let answer = cast
            .world
            .send(
                Method::POST,
                &path,
                Some(&cast.world.owner),
                Some(domain.clone()),
            )
            .await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        let catches = answer.body["catches"].as_array().unwrap();
        named.extend(catches.iter().cloned());
        match answer.body["next"].as_str() {
            Some(next) => path = format!("{dry}&page={next}"),
            None => break,
        }
    }
    assert_eq!(named, [Value::from(below), Value::from(exact)]);
    // It is as it was said.
    cast.done(Method::POST, "companies/{company}/domains", domain)
        .await;
    let sorted = cast
        .world
        .send(
            Method::POST,
            "/api/v1/companies/sort-now",
            Some(&cast.world.owner),
            Some(json!({})),
        )
        .await;
    let outcomes = sorted.body["outcomes"].as_array().unwrap().iter();
    let by_sorting: Vec<_> = outcomes.map(|outcome| outcome["person"].clone()).collect();
    for person in &named {
        assert!(by_sorting.contains(person), "{}", sorted.body);
    }
}
