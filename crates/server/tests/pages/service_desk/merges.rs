//! Two records that become one (SD-38): the right is needed on both sides, what it does is shown first, and nothing of either is lost.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};
use testkit::databases::TestDatabase;

use super::{
    bench::{Bench, CARA, NILS, PAGES, RECORDS, UNA, ask, ask_with, body_of, edit, text_of},
    moves::{items, note, notes, order, read, watch},
};
use crate::browser::{Browser, Seen};

testkit::on_both![
    sd_38_merging_takes_everything_over_and_closes_the_duplicate,
    sd_38_merging_records_of_different_customers_makes_notes_internal,
    sd_38_merging_needs_the_right_on_both_sides,
    sd_38_nothing_is_merged_twice_or_into_itself_or_in_a_circle,
    sd_38_a_merge_is_looked_at_first,
    sd_38_a_merge_takes_over_as_many_files_of_each_side_as_a_record_has,
];

async fn merge(by: &mut Browser, record: &str, into: i64) -> Seen {
    order(by, record, "merge", json!({"into": into})).await
}

async fn tag(by: &mut Browser, record: &str, tags: Value) {
    let path = format!("{RECORDS}/{record}/tags");
    let mark = text_of(&by.look(&path).await, "mark");
    let body = Some(json!({"tags": tags}));
    let done = ask_with(by, Method::PUT, &path, body, &[("if-mark", &mark)]).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.text);
}

async fn attach(by: &mut Browser, record: &str) {
    let path = format!("{RECORDS}/{record}/attachments?public=true");
    by.look(PAGES).await;
    let token = by.form_token.clone().unwrap_or_default();
    let body = format!(
        "--x\r\nContent-Disposition: form-data; name=\"form_token\"\r\n\r\n{token}\r\n--x\r\n\
         Content-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\r\nhello\r\n--x--\r\n"
    );
    let headers = [
        ("sec-fetch-site", "same-origin"),
        ("content-type", "multipart/form-data; boundary=x"),
    ];
    let done = by.ask(Method::POST, &path, &headers, Some(body)).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.text);
}

async fn sd_38_merging_takes_everything_over_and_closes_the_duplicate(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let (mut una, mut owner) = (bench.browser(UNA).await, bench.owner().await);
    let customer = json!({"customer": bench.id(bench.cara)});
    let target = bench
        .incident(&mut una, bench.payroll, customer.clone())
        .await;
    let record = bench.incident(&mut una, bench.payroll, customer).await;
    note(&mut una, &record, "First", true).await;
    bench
        .desk
        .house
        .advance(std::time::Duration::from_secs(1))
        .await;
    note(&mut una, &target, "Second", false).await;
    attach(&mut una, &record).await;
    watch(&bench, &mut una, &record, bench.ada).await;
    watch(&bench, &mut una, &record, bench.una).await;
    watch(&bench, &mut una, &target, bench.una).await;
    tag(&mut una, &record, json!(["sound", "floor 3"])).await;
    tag(&mut una, &target, json!(["sound"])).await;
    let done = merge(&mut una, &record, 1).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.text);
    // In the order in which they were said.
    let said = json!([["Second", false], ["First", true]]);
    assert_eq!(notes(&mut una, &target).await, said);
    assert_eq!(notes(&mut una, &record).await, json!([]));
    let files = items(&mut una, &target, "attachments").await;
    assert_eq!(files[0]["is_public"], json!(true), "the same customer");
    let id = files[0]["id"].as_str().unwrap();
    let path = format!("{RECORDS}/{target}/attachments/{id}");
    assert_eq!(una.look(&path).await.text, "hello");
    assert_eq!(items(&mut una, &record, "attachments").await, json!([]));
    let both = json!([bench.id(bench.una), bench.id(bench.ada)]);
    assert_eq!(items(&mut una, &target, "watchers").await, both);
    assert_eq!(items(&mut una, &record, "watchers").await, json!([]));
    let tags = json!(["sound", "floor 3"]);
    assert_eq!(items(&mut una, &target, "tags").await, tags);
    assert_eq!(items(&mut una, &record, "tags").await, json!([]));
    let closed = read(&mut una, &record).await;
    assert_eq!(
        (&closed["status"], &closed["reason"]),
        (&json!("closed"), &json!("duplicate"))
    );
    assert_eq!(closed["number"], json!(2));
    let page = owner.look(&format!("{PAGES}/{record}")).await;
    for words in [
        "It was merged into record 1",
        "Closed: Duplicate",
        "State: New → Closed (Duplicate)",
    ] {
        assert!(page.main().contains(words), "{words}: {}", page.main());
    }
    let page = owner.look(&format!("{PAGES}/{target}")).await;
    assert!(
        page.main().contains("It took in record 2"),
        "{}",
        page.main()
    );
    // What merging made is not taken away by hand.
    let path = format!("{RECORDS}/{record}/links/merged_into/1");
    let refused = ask(&mut owner, Method::DELETE, &path, None).await;
    assert_eq!(text_of(&refused, "code"), "made_by_merging");
}

async fn sd_38_merging_records_of_different_customers_makes_notes_internal(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let mut una = bench.browser(UNA).await;
    let customer = json!({"customer": bench.id(bench.cara)});
    let caras = bench.incident(&mut una, bench.payroll, customer).await;
    let nobodys = bench.incident(&mut una, bench.payroll, json!({})).await;
    note(&mut una, &caras, "For Cara", true).await;
    note(&mut una, &nobodys, "For nobody", true).await;
    attach(&mut una, &nobodys).await;
    let page = format!("{PAGES}/{nobodys}/merge?into=1");
    let seen = una.look(&page).await;
    assert!(seen.main().contains("becomes internal"), "{}", seen.main());
    let done = merge(&mut una, &nobodys, 1).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.text);
    let said = notes(&mut una, &caras).await;
    assert!(
        said.as_array()
            .unwrap()
            .contains(&json!(["For nobody", false])),
        "{said}"
    );
    // What was said to her stays hers.
    assert!(
        said.as_array()
            .unwrap()
            .contains(&json!(["For Cara", true])),
        "{said}"
    );
    let files = items(&mut una, &caras, "attachments").await;
    assert_eq!(files[0]["is_public"], json!(false));
}

async fn sd_38_merging_needs_the_right_on_both_sides(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let (mut una, mut nils) = (bench.browser(UNA).await, bench.browser(NILS).await);
    let record = bench.incident(&mut una, bench.payroll, json!({})).await;
    bench.incident(&mut nils, bench.network, json!({})).await;
    let before = bench.trace().await;
    let plain = |seen: &Seen| {
        let mut body = body_of(seen);
        body.as_object_mut().unwrap().remove("request_id");
        body
    };
    let hidden = merge(&mut una, &record, 2).await;
    let unknown = merge(&mut una, &record, 99).await;
    assert_eq!(hidden.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(plain(&hidden), plain(&unknown), "as if there were none");
    let seen = merge(&mut nils, &record, 2).await;
    assert_eq!(seen.status, StatusCode::NOT_FOUND, "{}", seen.text);
    let page = format!("{PAGES}/{record}/merge");
    assert_eq!(nils.look(&page).await.status, StatusCode::NOT_FOUND);
    for into in ["2", "99"] {
        let seen = una.look(&format!("{page}?into={into}")).await;
        assert!(
            seen.main()
                .contains("No record that you see has this number.")
        );
    }
    assert_eq!(bench.trace().await, before);
}

async fn sd_38_nothing_is_merged_twice_or_into_itself_or_in_a_circle(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let mut una = bench.browser(UNA).await;
    let first = bench.incident(&mut una, bench.payroll, json!({})).await;
    let second = bench.incident(&mut una, bench.payroll, json!({})).await;
    let third = bench.incident(&mut una, bench.payroll, json!({})).await;
    let change = json!({"kind": "change"});
    bench.incident(&mut una, bench.payroll, change).await;
    let code = |seen: &Seen| text_of(seen, "code");
    assert_eq!(
        code(&merge(&mut una, &first, 1).await),
        "merged_into_itself"
    );
    let other_kind = merge(&mut una, &first, 4).await;
    assert_eq!(code(&other_kind), "merged_into_another_kind");
    let done = merge(&mut una, &first, 2).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.text);
    let before = bench.trace().await;
    for (record, into) in [(&first, 2), (&first, 3), (&second, 1), (&third, 1)] {
        let refused = merge(&mut una, record, into).await;
        assert_eq!(code(&refused), "merged_already", "{into}: {}", refused.text);
    }
    assert_eq!(bench.trace().await, before);
    // What took something in can become a part of a third one.
    let done = merge(&mut una, &second, 3).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.text);
    let refused = merge(&mut una, &third, 1).await;
    assert_eq!(code(&refused), "merged_already", "no circle");
}

async fn sd_38_a_merge_is_looked_at_first(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let mut una = bench.browser(UNA).await;
    let title = json!({"title": "The first one"});
    bench.incident(&mut una, bench.payroll, title).await;
    let record = bench.incident(&mut una, bench.payroll, json!({})).await;
    note(&mut una, &record, "Hello", false).await;
    watch(&bench, &mut una, &record, bench.ada).await;
    tag(&mut una, &record, json!(["sound"])).await;
    let page = format!("{PAGES}/{record}/merge");
    assert!(
        una.look(&page)
            .await
            .main()
            .contains("Look at what it does")
    );
    let before = bench.trace().await;
    let seen = una.look(&format!("{page}?into=1")).await;
    for words in [
        "The first one",
        "one note and no file",
        "Ada User",
        "sound",
        "Merge them",
    ] {
        assert!(seen.main().contains(words), "{words}: {}", seen.main());
    }
    assert!(!seen.main().contains("becomes internal"), "nobody's, both");
    assert_eq!(bench.trace().await, before);
    let mark = seen.hidden("mark").unwrap().to_owned();
    let form = [("into", "1"), ("mark", mark.as_str())];
    edit(&mut una, &record, json!({"title": "Louder"})).await;
    let again = una.send(&page, &form).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(again.main().contains("Not merged."), "{}", again.main());
    let mark = again.hidden("mark").unwrap().to_owned();
    let form = [("into", "1"), ("mark", mark.as_str())];
    let done = una.send(&page, &form).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    let led = una.look(done.leads_to()).await;
    assert!(
        led.main().contains("The first one"),
        "to the one that took it in"
    );
}

async fn sd_38_a_merge_takes_over_as_many_files_of_each_side_as_a_record_has(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    bench.lets_in(bench.cara).await;
    let (mut una, mut cara) = (bench.browser(UNA).await, bench.browser(CARA).await);
    let customer = json!({"customer": bench.id(bench.cara)});
    let (mut ids, house) = (Vec::new(), &bench.desk.house);
    for (of_staff, of_customers) in [(26, 26), (25, 25)] {
        let id = bench
            .incident(&mut una, bench.payroll, customer.clone())
            .await;
        for _ in 0..of_staff {
            attach(&mut una, &id).await;
        }
        let path = format!("/portal/incidents/{id}/attachments");
        for _ in 0..of_customers {
            let done = super::attachments::send(&mut cara, &path, "a.txt", "a", "").await;
            assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
        }
        ids.push(id);
    }
    // Fifty of each side, and no more of either: each is taken away in its turn.
    for side in ["staff", "customers"] {
        let before = bench.trace().await;
        let refused = merge(&mut una, &ids[0], 2).await;
        assert_eq!(
            text_of(&refused, "code"),
            "too_many_files",
            "{}",
            refused.text
        );
        assert!(
            refused.text.contains(&format!("files of {side}")),
            "{}",
            refused.text
        );
        assert_eq!(bench.trace().await, before);
        let by_customer = i64::from(side == "customers");
        let mut tx = house.engine.database().begin().await.unwrap();
        let sql = "DELETE FROM service_desk_attachments WHERE id = (SELECT MIN(id) FROM service_desk_attachments \
                   WHERE record = 1 AND by_customer = $1)";
        tx.execute(sql, [by_customer.into()]).await.unwrap();
        tx.commit().await.unwrap();
    }
    let done = merge(&mut una, &ids[0], 2).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.text);
    assert_eq!(
        house
            .rows("service_desk_attachments WHERE record = 2")
            .await,
        100
    );
}
