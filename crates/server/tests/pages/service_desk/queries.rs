//! Saved queries: a question under a name, for oneself and for those whom it is shared with. It shows the question and never a record (SD-5).

use access::{
    Command, PersonId,
    event::Node,
    state::{ServiceLevel, Tie},
};
use axum::http::{Method, StatusCode};
use serde_json::{Value, json};
use testkit::databases::TestDatabase;

use super::bench::{ADA, Bench, NILS, PAGES, UNA, ask, body_of, text_of};
use crate::browser::{Browser, Seen};

testkit::on_both![
    a_query_is_saved_from_the_list_and_opens_it_again,
    a_query_is_renamed_saved_over_and_deleted,
    s3_a_query_is_shared_with_users_and_groups,
    sd_5_whoever_opens_a_query_sees_what_they_may_see,
    queries_of_others_are_not_there,
    sd_26_queries_go_with_whose_they_are,
    sd_26_a_name_in_a_query_is_blanked,
    sd_26_a_query_for_a_name_that_is_blanked_finds_nothing,
    ad_25_an_archived_group_shares_no_query,
    what_a_query_names_may_be_there_no_more,
    what_cannot_be_kept_is_refused,
    sd_3_whoever_works_on_nothing_keeps_no_query,
];

const QUERIES: &str = "/api/v1/service-desk/queries";
const QUERY_PAGES: &str = "/service-desk/queries";

async fn save(by: &mut Browser, name: &str, question: &str, words: &str) -> String {
    let body = json!({"name": name, "question": question, "words": words});
    let saved = ask(by, Method::POST, QUERIES, Some(body)).await;
    assert_eq!(saved.status, StatusCode::OK, "{}", saved.text);
    text_of(&saved, "id")
}

/// The names of the queries that somebody has.
async fn names(by: &mut Browser) -> Vec<String> {
    let list = body_of(&by.look(QUERIES).await);
    let items = list["items"].as_array().unwrap().iter();
    items
        .map(|item| item["name"].as_str().unwrap().to_owned())
        .collect()
}

async fn opened(by: &mut Browser, query: &str) -> Seen {
    by.look(&format!("{PAGES}?query={query}")).await
}

async fn share(by: &mut Browser, query: &str, with: &str) -> Seen {
    let path = format!("{QUERIES}/{query}/{with}");
    ask(by, Method::PUT, &path, None).await
}

impl Bench {
    async fn untie(&self, person: PersonId, tie: Tie) {
        self.desk.by_owner(Command::Untie { person, tie }).await;
    }

    async fn rows_of_queries(&self) -> [i64; 2] {
        let house = &self.desk.house;
        [
            house.rows("service_desk_queries").await,
            house.rows("service_desk_query_shares").await,
        ]
    }
}

async fn a_query_is_saved_from_the_list_and_opens_it_again(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let mut una = bench.browser(UNA).await;
    for (title, priority) in [("Loud fan", 1), ("Loud door", 4), ("Cold office", 1)] {
        let more = json!({"title": title, "priority": priority});
        bench.incident(&mut una, bench.payroll, more).await;
    }
    una.look(PAGES).await;
    let found = una.send(PAGES, &[("q", "loud"), ("priority", "1")]).await;
    let list = una.look(found.leads_to()).await;
    assert!(
        list.main().contains("Save as a new query"),
        "{}",
        list.main()
    );
    let form = [
        ("name", "Loud and urgent"),
        ("question", "priority=1"),
        ("words", "loud"),
    ];
    for (_, value) in &form[1..] {
        assert!(list.main().contains(&format!(r#"value="{value}""#)));
    }
    let saved = una.send(QUERY_PAGES, &form).await;
    let at = saved.leads_to().to_owned();
    assert!(at.starts_with(&format!("{PAGES}?query=qry_")), "{at}");
    let list = una.look(&at).await;
    let main = list.main();
    assert!(
        main.contains("<h1><bdi>Loud and urgent</bdi></h1>"),
        "{main}"
    );
    assert!(
        main.contains("Loud fan") && main.contains("One record"),
        "{main}"
    );
    assert!(!main.contains("Loud door") && !main.contains("Cold office"));
    // The form has what it asks, and so has the file.
    assert!(main.contains(r#"value="loud""#), "{main}");
    let query = at.rsplit_once('=').unwrap().1;
    let file = una.look(&format!("{PAGES}/export?query={query}")).await;
    assert!(file.text.contains("Loud fan") && !file.text.contains("Loud door"));
    for page in [PAGES, QUERY_PAGES] {
        let seen = una.look(page).await;
        assert!(seen.main().contains("Loud and urgent"), "{}", seen.main());
    }
    // What is typed stands in no address.
    assert!(!at.to_lowercase().contains("loud"));
}

async fn a_query_is_renamed_saved_over_and_deleted(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let mut una = bench.browser(UNA).await;
    let query = save(&mut una, "Open", "state=open", "").await;
    let page = format!("{QUERY_PAGES}/{query}");
    una.look(&page).await;
    let again = una.send(&page, &[("name", &*"x".repeat(81))]).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(again.main().contains("name-error"));
    let done = una.send(&page, &[("name", "Mine and open")]).await;
    assert_eq!(done.leads_to(), page);
    assert_eq!(names(&mut una).await, ["Mine and open"]);
    // A filter that began with the query can take its place.
    opened(&mut una, &query).await;
    let found = una
        .send(
            PAGES,
            &[("from", &*query), ("state", "open"), ("whose", "mine")],
        )
        .await;
    let list = una.look(found.leads_to()).await;
    assert!(
        list.main().contains("Save over “<bdi>Mine and open</bdi>”"),
        "{}",
        list.main()
    );
    let over = format!("{page}/over");
    let form = [("question", "state=open&whose=mine"), ("words", "")];
    let done = una.send(&over, &form).await;
    assert_eq!(done.leads_to(), format!("{PAGES}?query={query}"));
    let path = format!("{QUERIES}/{query}");
    let read = body_of(&una.look(&path).await);
    assert_eq!(read["question"], "state=open&whose=mine");
    let body = json!({"name": "Late", "question": "due=late"});
    let done = ask(&mut una, Method::PUT, &path, Some(body)).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.text);
    assert_eq!(names(&mut una).await, ["Late"]);
    una.look(&page).await;
    let done = una.send(&format!("{page}/delete"), &[]).await;
    assert_eq!(done.leads_to(), QUERY_PAGES);
    assert_eq!(names(&mut una).await, [""; 0]);
    assert_eq!(opened(&mut una, &query).await.status, StatusCode::NOT_FOUND);
    assert_eq!(bench.rows_of_queries().await, [0, 0]);
}

async fn s3_a_query_is_shared_with_users_and_groups(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let crew = bench.desk.group("Crew").await;
    bench.desk.tie(bench.ada, Tie::Group(crew)).await;
    let mut owner = bench.owner().await;
    let (mut una, mut ada) = (bench.browser(UNA).await, bench.browser(ADA).await);
    let query = save(&mut owner, "Open", "state=open", "").await;
    let page = format!("{QUERY_PAGES}/{query}");
    owner.look(&page).await;
    let una_id = bench.id(bench.una);
    for id in [&una_id, &bench.id(crew)] {
        let form = [
            ("holder", &**id),
            ("holder_text", "x"),
            ("holder_asked", "x"),
        ];
        let done = owner.send(&format!("{page}/share"), &form).await;
        assert_eq!(done.leads_to(), page, "{}", done.text);
    }
    let shown = body_of(&owner.look(&format!("{QUERIES}/{query}")).await);
    let with = json!({"users": [una_id], "groups": [bench.id(crew)]});
    assert_eq!(shown["shared_with"], with);
    for by in [&mut una, &mut ada] {
        assert_eq!(names(by).await, ["Open"]);
        assert_eq!(opened(by, &query).await.status, StatusCode::OK);
        // Whom else it is shared with is its owner's to know, and so are its settings.
        let shown = body_of(&by.look(&format!("{QUERIES}/{query}")).await);
        assert_eq!(shown["shared_with"], Value::Null);
        assert_eq!(by.look(&page).await.status, StatusCode::NOT_FOUND);
    }
    // Whoever leaves the group has it no more, and whom it is taken from neither.
    bench.untie(bench.ada, Tie::Group(crew)).await;
    assert_eq!(names(&mut ada).await, [""; 0]);
    assert_eq!(opened(&mut ada, &query).await.status, StatusCode::NOT_FOUND);
    let done = owner
        .send(&format!("{page}/unshare"), &[("holder", &una_id)])
        .await;
    assert_eq!(done.leads_to(), page, "{}", done.text);
    assert_eq!(names(&mut una).await, [""; 0]);
    assert_eq!(bench.rows_of_queries().await, [1, 1]);
}

async fn sd_5_whoever_opens_a_query_sees_what_they_may_see(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let (mut owner, mut nils) = (bench.owner().await, bench.browser(NILS).await);
    let more = json!({"title": "Secret of Payroll", "customer": bench.id(bench.cara)});
    bench.incident(&mut owner, bench.payroll, more).await;
    let more = json!({"title": "Cable of Network"});
    bench.incident(&mut owner, bench.network, more).await;
    let all = save(&mut owner, "All", "state=open", "").await;
    let question = format!("service={}", bench.id(bench.payroll));
    let of_service = save(&mut owner, "One service", &question, "").await;
    let question = format!("customer={}", bench.id(bench.cara));
    let of_customer = save(&mut owner, "One customer", &question, "").await;
    let with = format!("users/{}", bench.id(bench.nils));
    for query in [&all, &of_service, &of_customer] {
        let done = share(&mut owner, query, &with).await;
        assert_eq!(done.status, StatusCode::OK, "{}", done.text);
    }
    let seen = opened(&mut nils, &all).await;
    assert!(seen.main().contains("Cable of Network") && seen.main().contains("One record"));
    assert!(!seen.text.contains("Secret"));
    for query in [&of_service, &of_customer] {
        let seen = opened(&mut nils, query).await;
        assert!(seen.main().contains("No record is so."), "{}", seen.main());
        for hidden in ["Secret", "Payroll", "Cara", "Acme"] {
            assert!(!seen.text.contains(hidden), "{hidden}");
        }
        let file = nils.look(&format!("{PAGES}/export?query={query}")).await;
        assert!(!file.text.contains("Secret"), "{}", file.text);
    }
}

async fn queries_of_others_are_not_there(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let (mut una, mut ada) = (bench.browser(UNA).await, bench.browser(ADA).await);
    let query = save(&mut una, "Open", "state=open", "").await;
    let ada_id = bench.id(bench.ada);
    share(&mut una, &query, &format!("users/{ada_id}")).await;
    let other = save(&mut una, "Another", "", "").await;
    let before = (bench.trace().await, bench.rows_of_queries().await);
    let mut owner = bench.owner().await;
    // One that is shared is read, and one that is not is not even that; nobody changes what is another's.
    assert_eq!(names(&mut ada).await, ["Open"]);
    assert_eq!(opened(&mut ada, &other).await.status, StatusCode::NOT_FOUND);
    for (by, query) in [(&mut ada, &query), (&mut owner, &query)] {
        let path = format!("{QUERIES}/{query}");
        let body = Some(json!({"name": "Mine"}));
        for (method, path, body) in [
            (Method::PUT, path.clone(), body),
            (Method::DELETE, path.clone(), None),
            (Method::PUT, format!("{path}/users/{ada_id}"), None),
            (Method::DELETE, format!("{path}/users/{ada_id}"), None),
        ] {
            let refused = ask(by, method, &path, body).await;
            assert_eq!(refused.status, StatusCode::NOT_FOUND, "{}", refused.text);
        }
        by.look(PAGES).await;
        let page = format!("{QUERY_PAGES}/{query}");
        for (path, form) in [
            (page.clone(), vec![("name", "Mine")]),
            (
                format!("{page}/over"),
                vec![("question", ""), ("words", "")],
            ),
            (format!("{page}/unshare"), vec![("holder", &*ada_id)]),
            (format!("{page}/delete"), vec![]),
        ] {
            let refused = by.send(&path, &form).await;
            assert_eq!(refused.status, StatusCode::NOT_FOUND, "{}", refused.text);
        }
    }
    assert_eq!((bench.trace().await, bench.rows_of_queries().await), before);
    // It is shared with those alone whom one knows: Una does not know Nils.
    let refused = share(&mut una, &query, &format!("users/{}", bench.id(bench.nils))).await;
    assert_ne!(refused.status, StatusCode::OK, "{}", refused.text);
    assert_eq!(bench.rows_of_queries().await, before.1);
}

async fn sd_26_queries_go_with_whose_they_are(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    bench.keeps_active(bench.una).await;
    let (mut una, mut ada) = (bench.browser(UNA).await, bench.browser(ADA).await);
    let of_una = save(&mut una, "Of Una", "state=open", "").await;
    let of_ada = save(&mut ada, "Of Ada", "state=open", "").await;
    share(&mut una, &of_una, &format!("users/{}", bench.id(bench.ada))).await;
    share(&mut ada, &of_ada, &format!("users/{}", bench.id(bench.una))).await;
    assert_eq!(bench.rows_of_queries().await, [2, 2]);
    let person = bench.una;
    bench.desk.by_owner(Command::ErasePerson { person }).await;
    // Hers are gone, and so is she from those of others.
    assert_eq!(bench.rows_of_queries().await, [1, 0]);
    assert_eq!(names(&mut ada).await, ["Of Ada"]);
    let page = ada.look(&format!("{QUERY_PAGES}/{of_ada}")).await;
    assert!(
        page.main().contains("Nobody: it is yours alone."),
        "{}",
        page.main()
    );
}

async fn sd_26_a_name_in_a_query_is_blanked(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let mut una = bench.browser(UNA).await;
    let query = save(
        &mut una,
        "Cara Customer",
        "state=open",
        "cara@acme.example sound",
    )
    .await;
    let person = bench.cara;
    bench.desk.by_owner(Command::ErasePerson { person }).await;
    let read = body_of(&una.look(&format!("{QUERIES}/{query}")).await);
    assert_eq!(
        (&read["name"], &read["words"]),
        (&json!(""), &json!("sound"))
    );
    for page in [PAGES, QUERY_PAGES] {
        let seen = una.look(page).await;
        assert!(seen.main().contains("A query without a name"));
        assert!(!seen.text.to_lowercase().contains("cara"));
    }
}

async fn sd_26_a_query_for_a_name_that_is_blanked_finds_nothing(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let (mut una, mut ada) = (bench.browser(UNA).await, bench.browser(ADA).await);
    bench.incident(&mut una, bench.payroll, json!({})).await;
    let question = format!("service={}", bench.id(bench.payroll));
    let query = save(&mut ada, "Hers", &question, "Cara Customer").await;
    let done = share(&mut ada, &query, &format!("users/{}", bench.id(bench.una))).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.text);
    let person = bench.cara;
    bench.desk.by_owner(Command::ErasePerson { person }).await;
    for by in [&mut una, &mut ada] {
        let list = opened(by, &query).await;
        assert!(!list.main().contains("No sound"), "{}", list.main());
        assert!(list.main().contains("0 records"), "{}", list.main());
        assert!(!list.main().contains("Change all of them"));
        let file = by.look(&format!("{PAGES}/export?query={query}")).await;
        assert_eq!(
            file.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{}",
            file.text
        );
    }
    let new = format!("/service-desk/mass-actions/new?query={query}");
    let refused = ada.look(&new).await;
    assert_eq!(
        refused.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "{}",
        refused.text
    );
    // Nor does it find everything when what was read of it is saved again.
    let path = format!("{QUERIES}/{query}");
    let body = json!({"name": "Nobody's", "question": question, "words": ""});
    let done = ask(&mut ada, Method::PUT, &path, Some(body)).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.text);
    assert!(opened(&mut ada, &query).await.main().contains("0 records"));
}

async fn ad_25_an_archived_group_shares_no_query(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let crew = bench.desk.group("Crew").await;
    bench.desk.tie(bench.una, Tie::Group(crew)).await;
    let (mut owner, mut una) = (bench.owner().await, bench.browser(UNA).await);
    let query = save(&mut owner, "Open", "state=open", "").await;
    share(&mut owner, &query, &format!("groups/{}", bench.id(crew))).await;
    assert_eq!(names(&mut una).await, ["Open"]);
    let node = Node::Group(crew);
    bench.desk.by_owner(Command::Archive { node }).await;
    assert_eq!(names(&mut una).await, [""; 0]);
    assert_eq!(opened(&mut una, &query).await.status, StatusCode::NOT_FOUND);
}

async fn what_a_query_names_may_be_there_no_more(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let (mut una, mut owner) = (bench.browser(UNA).await, bench.owner().await);
    let more = json!({"customer": bench.id(bench.cara)});
    bench.incident(&mut owner, bench.payroll, more).await;
    let question = format!("customer={}", bench.id(bench.cara));
    let query = save(&mut una, "Of Cara", &question, "").await;
    assert!(opened(&mut una, &query).await.main().contains("One record"));
    let person = bench.cara;
    bench.desk.by_owner(Command::ErasePerson { person }).await;
    let seen = opened(&mut una, &query).await;
    assert_eq!(seen.status, StatusCode::OK, "{}", seen.text);
    assert!(seen.main().contains("0 records"), "{}", seen.main());
}

async fn what_cannot_be_kept_is_refused(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let mut una = bench.browser(UNA).await;
    let nobody = "customer=per_00000000000000000000000000000001";
    for (body, at) in [
        (json!({"name": "x".repeat(81)}), "/name"),
        (json!({"name": " "}), "/name"),
        (
            json!({"name": "Two", "question": "whose=mine&whose=nobodys"}),
            "filter",
        ),
        (json!({"name": "Odd", "question": "state=sleepy"}), "filter"),
        (json!({"name": "Nobody", "question": nobody}), "customer"),
        (json!({"name": "More", "owner": "somebody"}), ""),
    ] {
        let refused = ask(&mut una, Method::POST, QUERIES, Some(body)).await;
        assert!(refused.status.is_client_error(), "{}", refused.text);
        if !at.is_empty() {
            assert_eq!(text_of(&refused, "at"), at, "{}", refused.text);
        }
    }
    assert_eq!(bench.rows_of_queries().await, [0, 0]);
    for number in 0..100 {
        save(&mut una, &format!("Query {number}"), "", "").await;
    }
    let body = Some(json!({"name": "One too many"}));
    let refused = ask(&mut una, Method::POST, QUERIES, body).await;
    assert_eq!(text_of(&refused, "code"), "too_many_queries");
    assert_eq!(bench.rows_of_queries().await, [100, 0]);
}

async fn sd_3_whoever_works_on_nothing_keeps_no_query(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let mut una = bench.browser(UNA).await;
    let query = save(&mut una, "Open", "state=open", "").await;
    let level = Tie::Service(bench.payroll, ServiceLevel::User);
    bench.untie(bench.una, level).await;
    let before = (bench.trace().await, bench.rows_of_queries().await);
    let path = format!("{QUERIES}/{query}");
    let body = || Some(json!({"name": "Another"}));
    for (method, path, body) in [
        (Method::GET, QUERIES, None),
        (Method::POST, QUERIES, body()),
        (Method::PUT, &*path, body()),
        (Method::DELETE, &*path, None),
    ] {
        let refused = ask(&mut una, method, path, body).await;
        assert!(refused.status.is_client_error(), "{}", refused.text);
    }
    assert_eq!(opened(&mut una, &query).await.status, StatusCode::FORBIDDEN);
    assert_eq!((bench.trace().await, bench.rows_of_queries().await), before);
}
