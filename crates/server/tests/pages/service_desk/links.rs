//! Links between records: the right is needed on both sides, and an unseen record is not there (SD-5, SD-33, SD-38).

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};
use testkit::databases::TestDatabase;

use super::bench::{Bench, NILS, PAGES, RECORDS, UNA, ask, body_of, text_of};
use crate::browser::{Browser, Seen};

testkit::on_both![
    two_records_are_linked_and_each_says_its_side,
    sd_5_a_link_to_what_one_may_not_know_is_one_to_a_number_that_nobody_has,
    sd_5_sd_33_an_unseen_side_is_neither_named_nor_counted,
    a_record_is_not_linked_to_itself,
    links_go_with_either_record,
    sd_5_links_of_what_one_may_not_know_are_not_there,
];

fn links_of(record: &str) -> String {
    format!("{RECORDS}/{record}/links")
}

async fn link(by: &mut Browser, record: &str, relation: &str, number: i64) -> Seen {
    let body = Some(json!({"relation": relation, "number": number}));
    ask(by, Method::POST, &links_of(record), body).await
}

/// What a record is linked to: relation and number.
async fn links(by: &mut Browser, record: &str) -> Value {
    let found = body_of(&by.look(&links_of(record)).await);
    let items = found["items"].as_array().unwrap().iter();
    items
        .map(|one| json!([one["relation"], one["number"]]))
        .collect()
}

/// Incidents 1 and 2 of Payroll, and 3 of Network.
async fn three(bench: &Bench, by: &mut Browser) -> [String; 3] {
    let title = |title: &str| json!({"title": title});
    [
        bench.incident(by, bench.payroll, title("First")).await,
        bench.incident(by, bench.payroll, title("Second")).await,
        bench.incident(by, bench.network, title("Third")).await,
    ]
}

async fn two_records_are_linked_and_each_says_its_side(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let mut una = bench.browser(UNA).await;
    let mut owner = bench.owner().await;
    let [first, second, _] = three(&bench, &mut owner).await;
    let page = format!("{PAGES}/{first}");
    una.look(&page).await;
    let form = [("relation", "blocks"), ("number", "#2")];
    let done = una.send(&format!("{page}/links"), &form).await;
    assert_eq!(done.leads_to(), page, "{}", done.text);
    for (relation, back) in [
        ("relates_to", "relates_to"),
        ("causes", "caused_by"),
        ("duplicated_by", "duplicates"),
    ] {
        let done = link(&mut una, &first, relation, 2).await;
        assert_eq!(done.status, StatusCode::OK, "{}", done.text);
        // Once more, from the other side: it is so already.
        let again = link(&mut una, &second, back, 1).await;
        assert_eq!(body_of(&again)["changed"], json!(false), "{back}");
    }
    let there = json!([
        ["relates_to", 2],
        ["causes", 2],
        ["blocks", 2],
        ["duplicated_by", 2]
    ]);
    let back = json!([
        ["relates_to", 1],
        ["caused_by", 1],
        ["blocked_by", 1],
        ["duplicates", 1]
    ]);
    assert_eq!(links(&mut una, &first).await, there);
    assert_eq!(links(&mut una, &second).await, back);
    let seen = una.look(&format!("{PAGES}/{second}")).await;
    for words in [
        "is blocked by",
        ">First<",
        "incident 1, New",
        "It is caused by record 1",
    ] {
        assert!(seen.main().contains(words), "{words}: {}", seen.main());
    }
    // It is taken away from either side.
    let path = format!("{}/blocked_by/1", links_of(&second));
    let gone = ask(&mut una, Method::DELETE, &path, None).await;
    assert_eq!(gone.status, StatusCode::OK, "{}", gone.text);
    let form = [("relation", "causes"), ("number", "2")];
    una.send(&format!("{page}/links/remove"), &form).await;
    assert_eq!(
        links(&mut una, &first).await,
        json!([["relates_to", 2], ["duplicated_by", 2]])
    );
    assert!(una.look(&page).await.main().contains("record 2 no more"));
}

async fn sd_5_a_link_to_what_one_may_not_know_is_one_to_a_number_that_nobody_has(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let (mut una, mut owner) = (bench.browser(UNA).await, bench.owner().await);
    let [first, ..] = three(&bench, &mut owner).await;
    let customer = json!({"customer": bench.id(bench.cara)});
    bench.incident(&mut owner, bench.payroll, customer).await;
    bench.sees_companies(bench.una, &[], false).await;
    let before = bench.trace().await;
    let unknown = link(&mut una, &first, "blocks", 99).await;
    assert_eq!(unknown.status, StatusCode::UNPROCESSABLE_ENTITY);
    let plain = |seen: &Seen| {
        let mut body = body_of(seen);
        body.as_object_mut().unwrap().remove("request_id");
        body
    };
    // Of another service, and of a company that is hidden.
    for number in [3, 4] {
        let hidden = link(&mut una, &first, "blocks", number).await;
        assert_eq!(plain(&hidden), plain(&unknown), "as if there were none");
        let path = format!("{}/blocks/{number}", links_of(&first));
        let hidden = ask(&mut una, Method::DELETE, &path, None).await;
        assert_eq!(plain(&hidden), plain(&unknown));
    }
    let page = format!("{PAGES}/{first}");
    una.look(&page).await;
    let again = async |una: &mut Browser, number: &str| {
        let form = [("relation", "blocks"), ("number", number)];
        let again = una.send(&format!("{page}/links"), &form).await;
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(again.main().contains("linked-error"), "{}", again.main());
        assert!(again.main().contains("No record that you see") || number == "x");
    };
    for number in ["99", "3", "4", "x"] {
        again(&mut una, number).await;
    }
    assert_eq!(bench.trace().await, before);
    assert_eq!(bench.desk.house.rows("service_desk_links").await, 0);
}

async fn sd_5_sd_33_an_unseen_side_is_neither_named_nor_counted(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let (mut una, mut owner) = (bench.browser(UNA).await, bench.owner().await);
    let [first, _, third] = three(&bench, &mut owner).await;
    let done = link(&mut owner, &first, "blocks", 3).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.text);
    assert_eq!(links(&mut owner, &first).await, json!([["blocks", 3]]));
    assert_eq!(links(&mut una, &first).await, json!([]));
    let page = format!("{PAGES}/{first}");
    let seen = una.look(&page).await;
    for words in ["Third", "record 3", "incident 3", "blocks <"] {
        assert!(!seen.main().contains(words), "{words}: {}", seen.main());
    }
    assert!(seen.main().contains("None yet."));
    let seen = owner.look(&page).await;
    assert!(seen.main().contains("It blocks record 3") && seen.main().contains(">Third<"));
    let mut nils = bench.browser(NILS).await;
    assert_eq!(links(&mut nils, &third).await, json!([]));
    let seen = nils.look(&format!("{PAGES}/{third}")).await;
    assert!(!seen.main().contains("record 1"), "{}", seen.main());
}

async fn a_record_is_not_linked_to_itself(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let mut owner = bench.owner().await;
    let [first, ..] = three(&bench, &mut owner).await;
    let before = bench.trace().await;
    let refused = link(&mut owner, &first, "blocks", 1).await;
    assert_eq!(text_of(&refused, "code"), "linked_to_itself");
    let refused = link(&mut owner, &first, "merged_into", 2).await;
    assert_eq!(text_of(&refused, "code"), "made_by_merging");
    assert_eq!(bench.trace().await, before);
    assert_eq!(bench.desk.house.rows("service_desk_links").await, 0);
}

async fn links_go_with_either_record(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let mut owner = bench.owner().await;
    let [first, second, third] = three(&bench, &mut owner).await;
    link(&mut owner, &first, "blocks", 2).await;
    link(&mut owner, &second, "causes", 3).await;
    link(&mut owner, &first, "relates_to", 3).await;
    let path = format!("{RECORDS}/{second}");
    let gone = ask(&mut owner, Method::DELETE, &path, None).await;
    assert_eq!(gone.status, StatusCode::OK, "{}", gone.text);
    assert_eq!(links(&mut owner, &first).await, json!([["relates_to", 3]]));
    assert_eq!(links(&mut owner, &third).await, json!([["relates_to", 1]]));
    let seen = owner.look(&format!("{PAGES}/{first}")).await;
    assert!(!seen.main().contains("record 2"), "{}", seen.main());
}

async fn sd_5_links_of_what_one_may_not_know_are_not_there(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let (mut owner, mut nils) = (bench.owner().await, bench.browser(NILS).await);
    let [first, ..] = three(&bench, &mut owner).await;
    let before = bench.trace().await;
    // Nils sees the third, and not the first.
    let seen = link(&mut nils, &first, "blocks", 3).await;
    assert_eq!(seen.status, StatusCode::NOT_FOUND, "{}", seen.text);
    let seen = nils.look(&links_of(&first)).await;
    assert_eq!(seen.status, StatusCode::NOT_FOUND);
    nils.look(PAGES).await;
    for below in ["/links", "/links/remove"] {
        let form = [("relation", "blocks"), ("number", "3")];
        let seen = nils.send(&format!("{PAGES}/{first}{below}"), &form).await;
        assert_eq!(seen.status, StatusCode::NOT_FOUND, "{}", seen.text);
    }
    assert_eq!(bench.trace().await, before);
}
