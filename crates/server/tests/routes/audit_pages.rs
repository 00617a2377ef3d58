//! The pages of the audit log over HTTP: what they say, to whom they open, and what they leave out.

use axum::http::{Method, StatusCode};
use serde_json::json;
use testkit::databases::TestDatabase;

use super::{
    access_pages::{says, says_nothing_of},
    cast::Cast,
};

testkit::on_both![
    ad_20_the_audit_log_speaks_in_sentences_with_before_and_after,
    ad_20_the_audit_log_is_filtered_by_ids_kinds_and_days,
    sd_26_an_erased_person_is_a_blank_in_the_audit_log,
    sd_33_the_audit_page_names_nothing_of_a_hidden_company,
    the_audit_page_opens_to_who_may_read_it_and_its_entries_too,
];

async fn ad_20_the_audit_log_speaks_in_sentences_with_before_and_after(db: TestDatabase) {
    let cast = Cast::make(&db).await;
    cast.put(
        "people/{una}/account-role",
        json!({"role": "{hidden_role}"}),
    )
    .await;
    let name = json!({"name": "Una <b>Bold</b>"});
    cast.done(Method::PATCH, "people/{ada}", name).await;
    let page = cast.owners_page("/audit").await;
    says(
        &page,
        &[
            "Account role of <bdi>Unadine</bdi>: <bdi>Quaestor</bdi>",
            "before: Account role of <bdi>Unadine</bdi>: <bdi>Member</bdi>",
            "<bdi>Olga Owner</bdi>",
            "name: <del><bdi>Adalind</bdi></del>",
            "Una &#60;b&#62;Bold&#60;/b&#62;",
        ],
    );
    says_nothing_of(&page, &["<b>Bold"]);
    let newest = cast.world.account.state().version().0;
    let entry = cast.owners_page(&format!("/audit/{newest}")).await;
    says(&entry, &["Changed a profile", "rest", "name: <del>"]);
}

async fn ad_20_the_audit_log_is_filtered_by_ids_kinds_and_days(db: TestDatabase) {
    let cast = Cast::make(&db).await;
    let owner = cast
        .owners_page("/audit?actor={owner}&act=tie&concerns={quin}")
        .await;
    says(&owner, &["Nothing happened that fits"]);
    let acts = cast.owners_page("/audit?act=set_company_access").await;
    says(
        &acts,
        &["<bdi>Carlisle</bdi> sees these companies: <bdi>Acme</bdi>"],
    );
    says_nothing_of(&acts, &["Account role of"]);
    let acme = cast.owners_page("/audit?concerns={company}").await;
    says(&acme, &["sees these companies: <bdi>Acme</bdi>"]);
    says_nothing_of(&acme, &["agent of"]);
    let quin = cast.owners_page("/audit?concerns={quin}").await;
    says(
        &quin,
        &["<bdi>Quintus</bdi>: agent of <bdi>Front desk</bdi>"],
    );
    says_nothing_of(&quin, &["Carlisle"]);
    for (days, there) in [
        ("from=2020-01-01", true),
        ("until=2020-01-01", false),
        ("from=2199-01-01", false),
    ] {
        let page = cast.owners_page(&format!("/audit?{days}")).await;
        assert_eq!(!page.contains("Nothing happened"), there, "{days}");
    }
    let rest = cast
        .world
        .get("/api/v1/audit?act=set_company_access", &cast.world.owner);
    let rest = rest.await.body["items"].as_array().unwrap().clone();
    assert!(!rest.is_empty() && rest.iter().all(|act| act["act"] == "set_company_access"));
    let unknown = cast
        .world
        .get("/api/v1/audit?from=May", &cast.world.owner)
        .await;
    assert_eq!(unknown.body["code"], "invalid");
    // The form leads to an address with ids.
    let fields = [
        ("concerns_text", "quint"),
        ("act", "tie"),
        ("from", "2026-01-01"),
    ];
    let led = cast.world.form("/audit", &cast.world.owner, &fields).await;
    assert_eq!(
        led.leads_to,
        cast.filled("/audit?concerns={quin}&act=tie&from=2026-01-01")
    );
    let file = cast.filled("/audit/export?concerns={quin}");
    let file = cast.world.get(&file, &cast.world.owner).await;
    says(
        file.body.as_str().unwrap(),
        &["\"version\",\"at\"", "Quintus: agent of Front desk"],
    );
}

async fn sd_26_an_erased_person_is_a_blank_in_the_audit_log(db: TestDatabase) {
    let cast = Cast::make(&db).await;
    says(
        &cast.owners_page("/audit?concerns={quin}").await,
        &["Quintus"],
    );
    cast.done(Method::DELETE, "people/{quin}", json!({})).await;
    let page = cast.owners_page("/audit?concerns={quin}").await;
    says(
        &page,
        &["<span class=\"vh\">an erased person</span>", "was erased"],
    );
    says_nothing_of(&page, &["Quintus", "Quintus@staff.example"]);
}

async fn sd_33_the_audit_page_names_nothing_of_a_hidden_company(db: TestDatabase) {
    let cast = Cast::make(&db).await;
    let nobody = cast.with_role(json!(["admin.audit.view"]), None).await;
    let listed = json!({"listed": {"companies": ["{company}"], "without_company": true}});
    cast.put(&format!("people/{nobody}/company-access"), listed)
        .await;
    for path in ["/audit?page_size=500", "/audit/export"] {
        let answer = cast.world.look(path, &cast.world.nobody).await;
        let text = answer.body.as_str().unwrap().to_owned();
        says_nothing_of(&text, &["Zenobia", "zenobia@client.example"]);
    }
    let page = cast.world.look("/audit/export", &cast.world.nobody).await;
    says(page.body.as_str().unwrap(), &["Unadine"]);
}

async fn the_audit_page_opens_to_who_may_read_it_and_its_entries_too(db: TestDatabase) {
    let cast = Cast::make(&db).await;
    for path in ["/audit", "/audit/{position}", "/audit/export"] {
        let closed = cast.world.look(path, &cast.world.nobody).await;
        assert_eq!(closed.status, StatusCode::FORBIDDEN, "{path}");
    }
    let absent = cast.world.look("/audit/999999", &cast.world.owner).await;
    assert_eq!(absent.status, StatusCode::NOT_FOUND);
    cast.with_role(json!(["admin.audit.view"]), None).await;
    says(&cast.nobodys_page("/audit").await, &["Olga Owner"]);
}
