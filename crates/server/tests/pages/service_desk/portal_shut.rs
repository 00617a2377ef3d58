//! What must stay shut in the portal (RULES §7): ids of others, keys that nobody asked for, rights that ended.

use access::{
    Command,
    state::{CustomerAccess, Facet, PortalLevel, ServiceLevel, Tie},
};
use axum::http::{Method, StatusCode};
use serde_json::{Value, json};
use testkit::databases::TestDatabase;

use super::{
    bench::{
        ADA, Bench, CARA, INCIDENTS, PAGES, PORTAL, RECORDS, UNA, ask, body_of, edit, text_of,
    },
    portal::{id_in, listed, log},
};
use crate::browser::{Browser, Seen};

testkit::on_both![
    sd_14_incidents_of_others_are_not_there,
    sd_14_records_that_are_no_incidents_are_not_in_the_portal,
    sd_14_a_problem_of_staff_who_are_its_customer_is_theirs_at_the_desk_alone,
    sd_15_access_that_is_closed_by_hand_closes_what_is_open,
    sd_11_whoever_is_deactivated_is_signed_out,
    sd_14_a_service_that_is_not_open_takes_no_incident,
    ad_27_whoever_views_as_a_customer_sees_what_both_may_and_does_nothing,
    seven_keys_that_nobody_asked_for_are_refused,
    each_facet_has_its_own_doors,
];

/// Everything that can be asked of an incident.
fn asked() -> [(Method, &'static str, Option<Value>); 5] {
    [
        (Method::GET, "", None),
        (Method::GET, "/answers", None),
        (Method::POST, "/answers", Some(json!({"text": "Hello"}))),
        (Method::POST, "/close", Some(json!({"reason": "solved"}))),
        (Method::POST, "/reopen", Some(json!({"text": "Again"}))),
    ]
}

/// An incident is not there for somebody: as if there were none, and nothing is left of having asked.
async fn is_not_there(bench: &Bench, who: &mut Browser, record: &str) {
    let none = format!("rec_{}", "0".repeat(32));
    let before = bench.trace().await;
    for (method, below, body) in asked() {
        let there = format!("{INCIDENTS}/{record}{below}");
        let nowhere = format!("{INCIDENTS}/{none}{below}");
        let seen = ask(who, method.clone(), &there, body.clone()).await;
        let unknown = ask(who, method.clone(), &nowhere, body).await;
        let plain = |seen: &Seen| {
            let mut body = body_of(seen);
            body.as_object_mut().unwrap().remove("request_id");
            body.to_string().replace(record, "it").replace(&none, "it")
        };
        assert_eq!(
            seen.status,
            StatusCode::NOT_FOUND,
            "{method} {below}: {}",
            seen.text
        );
        assert_eq!(plain(&seen), plain(&unknown), "{method} {below}");
    }
    let page = format!("{PORTAL}/incidents/{record}");
    assert_eq!(who.look(&page).await.status, StatusCode::NOT_FOUND);
    for (below, form) in [
        ("/answers", ("text", "Hello")),
        ("/close", ("reason", "solved")),
        ("/reopen", ("text", "")),
    ] {
        let seen = who.send(&format!("{page}{below}"), &[form]).await;
        assert_eq!(seen.status, StatusCode::NOT_FOUND, "{below}: {}", seen.text);
    }
    assert_eq!(bench.trace().await, before, "a denied act leaves no trace");
}

async fn sd_14_incidents_of_others_are_not_there(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    bench.lets_in(bench.cara).await;
    bench.lets_in(bench.nora).await;
    let (mut cara, mut una) = (bench.browser(CARA).await, bench.browser(UNA).await);
    let theirs = id_in(&log(&bench, &mut cara, "The payslip is wrong").await);
    let nobodys = bench.incident(&mut una, bench.payroll, json!({})).await;
    // A colleague of the same company and service, a customer of another service, and somebody of no service at all.
    let acme = bench.desk.company_of(bench.cara).unwrap();
    let dan = bench.customer("Dan Doe", "dan@acme.example").await;
    bench.desk.employ(dan, acme).await;
    bench.customer("Ben Bare", "ben@nowhere.example").await;
    bench
        .desk
        .tie(
            bench.nora,
            Tie::Customer(bench.network, CustomerAccess::Portal),
        )
        .await;
    for email in [
        "dan@acme.example",
        "nora@example.org",
        "ben@nowhere.example",
    ] {
        let mut who = bench.browser(email).await;
        is_not_there(&bench, &mut who, &theirs).await;
        is_not_there(&bench, &mut who, &nobodys).await;
    }
    is_not_there(&bench, &mut cara, &nobodys).await;
    // An id that is none.
    for wrong in ["rec_", "1", "per_00000000000000000000000000000000"] {
        let seen = cara.look(&format!("{INCIDENTS}/{wrong}")).await;
        assert_eq!(seen.status, StatusCode::NOT_FOUND, "{wrong}");
    }
}

async fn sd_14_records_that_are_no_incidents_are_not_in_the_portal(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    bench.lets_in(bench.cara).await;
    bench
        .set_portal_level(bench.cara, PortalLevel::CompanyAdmin)
        .await;
    let (mut cara, mut una) = (bench.browser(CARA).await, bench.browser(UNA).await);
    for kind in ["problem", "change", "release"] {
        let said = json!({"kind": kind, "customer": bench.id(bench.cara)});
        let record = bench.incident(&mut una, bench.payroll, said).await;
        is_not_there(&bench, &mut cara, &record).await;
    }
    assert!(listed(&mut cara, "").await.is_empty());
    assert!(listed(&mut cara, "?of=company").await.is_empty());
}

/// RULES §1: each facet opens only its own doors. Una works on Payroll, and is the customer of an incident and of a problem there.
async fn sd_14_a_problem_of_staff_who_are_its_customer_is_theirs_at_the_desk_alone(
    db: TestDatabase,
) {
    let bench = Bench::open(&db).await;
    bench.serves(bench.una).await;
    let (mut una, mut ada) = (bench.browser(UNA).await, bench.browser(ADA).await);
    let mut records = Vec::new();
    for kind in ["incident", "problem"] {
        let said = json!({"kind": kind, "customer": bench.id(bench.una)});
        records.push(bench.incident(&mut ada, bench.payroll, said).await);
    }
    let [incident, problem] = &records[..] else {
        unreachable!("two records")
    };
    // The portal has the incident, and of the problem nothing, whatever she may do at the desk.
    assert_eq!(listed(&mut una, "").await, std::slice::from_ref(incident));
    is_not_there(&bench, &mut una, problem).await;
    // At the desk she works on both.
    let title = json!({"title": "No sound at all"});
    for record in &records {
        let edited = edit(&mut una, record, title.clone()).await;
        assert_eq!(edited.status, StatusCode::OK, "{}", edited.text);
    }
    // SD-37: as their customer she is told of the incident, and not of the problem.
    for record in &records {
        let answer = Some(json!({"text": "Is it better?", "is_public": true}));
        let path = format!("{RECORDS}/{record}/notes");
        let noted = ask(&mut ada, Method::POST, &path, answer).await;
        assert_eq!(noted.status, StatusCode::OK, "{}", noted.text);
    }
    let mails = bench.desk.house.mails().await;
    let told = mails.iter().filter(|mail| mail.to == UNA);
    let told: Vec<_> = told.map(|mail| &*mail.text.subject).collect();
    assert!(!told.is_empty());
    assert!(
        told.iter().all(|subject| subject.starts_with("Incident ")),
        "{told:?}"
    );
    // Without her level the incident is left to her, in the portal; that the problem names her opens it nowhere.
    let person = bench.una;
    let tie = Tie::Service(bench.payroll, ServiceLevel::User);
    bench.desk.by_owner(Command::Untie { person, tie }).await;
    for record in &records {
        let read = una.look(&format!("{RECORDS}/{record}")).await;
        assert_eq!(read.status, StatusCode::NOT_FOUND, "{}", read.text);
    }
    assert_eq!(listed(&mut una, "").await, std::slice::from_ref(incident));
    is_not_there(&bench, &mut una, problem).await;
}

async fn sd_15_access_that_is_closed_by_hand_closes_what_is_open(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    bench.lets_in(bench.cara).await;
    let mut cara = bench.browser(CARA).await;
    let record = id_in(&log(&bench, &mut cara, "The payslip is wrong").await);
    let tie = Tie::Customer(bench.payroll, CustomerAccess::NoPortal);
    bench.desk.tie(bench.cara, tie).await;
    is_not_there(&bench, &mut cara, &record).await;
    assert_eq!(cara.look(PORTAL).await.status, StatusCode::FORBIDDEN);
    assert_eq!(cara.look(INCIDENTS).await.status, StatusCode::FORBIDDEN);
    // Lifted, it is there again.
    let person = bench.cara;
    bench.desk.by_owner(Command::Untie { person, tie }).await;
    assert_eq!(listed(&mut cara, "").await, std::slice::from_ref(&record));
    // So does the level none.
    bench.set_portal_level(bench.cara, PortalLevel::None).await;
    is_not_there(&bench, &mut cara, &record).await;
}

async fn sd_11_whoever_is_deactivated_is_signed_out(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    bench.lets_in(bench.cara).await;
    let mut cara = bench.browser(CARA).await;
    let path = log(&bench, &mut cara, "The payslip is wrong").await;
    let (person, facet) = (bench.cara, Facet::Customer);
    bench
        .desk
        .by_owner(Command::Deactivate { person, facet })
        .await;
    let page = cara.look(&path).await;
    assert!(page.leads_to().starts_with("/sign-in"), "{}", page.text);
    let listed = ask(&mut cara, Method::GET, INCIDENTS, None).await;
    assert_eq!(listed.status, StatusCode::UNAUTHORIZED);
}

async fn sd_14_a_service_that_is_not_open_takes_no_incident(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    bench.lets_in(bench.cara).await;
    bench.lets_in(bench.nora).await;
    let mut cara = bench.browser(CARA).await;
    // SD-11: Access (no portal) makes Nora selectable, and opens nothing.
    let mut nora = bench.browser("nora@example.org").await;
    let before = bench.trace().await;
    let network = bench.id(bench.network);
    for who in [&mut cara, &mut nora] {
        let body = json!({"service": network, "title": "No sound"});
        let logged = ask(who, Method::POST, INCIDENTS, Some(body)).await;
        assert_eq!(text_of(&logged, "code"), "unknown_id");
        let form = [
            ("service", network.as_str()),
            ("title", "No sound"),
            ("description", ""),
        ];
        let logged = who.send("/portal/new", &form).await;
        assert_eq!(logged.status, StatusCode::NOT_FOUND);
    }
    assert_eq!(bench.trace().await, before);
}

async fn ad_27_whoever_views_as_a_customer_sees_what_both_may_and_does_nothing(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    bench.lets_in(bench.cara).await;
    let mut cara = bench.browser(CARA).await;
    let path = log(&bench, &mut cara, "The payslip is wrong").await;
    let mut owner = bench.owner().await;
    let person = format!("/people/{}", bench.id(bench.cara));
    owner.look(&person).await;
    let begun = owner.send(&format!("{person}/view-as"), &[]).await;
    assert_eq!(begun.leads_to(), "/", "{}", begun.text);
    let home = owner.look("/").await;
    assert!(
        home.text.contains("You view as") && home.text.contains("Stop viewing"),
        "{}",
        home.text
    );
    let before = bench.trace().await;
    assert_eq!(owner.look(&path).await.status, StatusCode::NOT_FOUND);
    assert_eq!(owner.look(PORTAL).await.status, StatusCode::FORBIDDEN);
    let answer = owner
        .send(&format!("{path}/answers"), &[("text", "Hello")])
        .await;
    assert!(answer.status.is_client_error());
    assert_eq!(bench.trace().await, before);
}

async fn seven_keys_that_nobody_asked_for_are_refused(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    bench.lets_in(bench.cara).await;
    let mut cara = bench.browser(CARA).await;
    let path = log(&bench, &mut cara, "The payslip is wrong").await;
    let api = format!("{INCIDENTS}/{}", id_in(&path));
    let service = bench.id(bench.payroll);
    let before = bench.trace().await;
    let extras = [
        ("customer", json!(bench.id(bench.nora))),
        (
            "company",
            json!(bench.id(bench.desk.company_of(bench.cara).unwrap())),
        ),
        ("priority", json!(1)),
        ("status", json!("closed")),
        ("kind", json!("problem")),
        ("is_public", json!(false)),
        ("assignee", json!({"user": bench.id(bench.una)})),
    ];
    for (key, value) in extras {
        for (path, body) in [
            (
                INCIDENTS.to_owned(),
                json!({"service": service, "title": "No sound"}),
            ),
            (format!("{api}/answers"), json!({"text": "Hello"})),
            (format!("{api}/close"), json!({"reason": "solved"})),
            (format!("{api}/reopen"), json!({"text": "Again"})),
        ] {
            let mut body = body;
            body[key] = value.clone();
            let seen = ask(&mut cara, Method::POST, &path, Some(body)).await;
            assert!(seen.status.is_client_error(), "{path} {key}: {}", seen.text);
        }
    }
    for wrong in ["rejected", "duplicate", "workaround", ""] {
        let body = Some(json!({"reason": wrong}));
        let seen = ask(&mut cara, Method::POST, &format!("{api}/close"), body).await;
        assert!(seen.status.is_client_error(), "{wrong}: {}", seen.text);
        let seen = cara
            .send(&format!("{path}/close"), &[("reason", wrong)])
            .await;
        assert!(seen.status.is_client_error(), "{wrong}: {}", seen.text);
    }
    assert_eq!(bench.trace().await, before);
}

/// RULES §1: staff rights never open the portal, portal rights never open the desk.
async fn each_facet_has_its_own_doors(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    bench.lets_in(bench.cara).await;
    let (mut cara, mut una) = (bench.browser(CARA).await, bench.browser(UNA).await);
    log(&bench, &mut cara, "The payslip is wrong").await;
    // Portal rights never open the desk.
    for closed in [
        PAGES,
        RECORDS,
        "/configure/services",
        "/configure/portal",
        "/audit",
    ] {
        assert_eq!(
            cara.look(closed).await.status,
            StatusCode::FORBIDDEN,
            "{closed}"
        );
    }
    // Staff rights never open the portal.
    for closed in [
        PORTAL,
        INCIDENTS,
        "/portal/new",
        "/portal/incidents",
        "/portal/company",
    ] {
        assert_eq!(
            una.look(closed).await.status,
            StatusCode::FORBIDDEN,
            "{closed}"
        );
    }
    assert!(!una.look("/").await.text.contains("Customer portal"));
    // Whoever has both finds the way to both.
    bench.serves(bench.una).await;
    let home = una.look("/").await;
    assert!(home.text.contains(r#"href="/portal""#) && home.text.contains("Customer portal"));
    let portal = una.look(PORTAL).await;
    assert!(portal.text.contains("To the console") && !portal.text.contains("class=\"rail\""));
    assert!(
        !portal.main().contains("The payslip is wrong"),
        "what she sees at the desk is not hers here"
    );
    assert!(una.look("/account").await.text.contains("class=\"rail\""));
    // My settings of a customer stand in the portal.
    let own = cara.look("/account").await;
    assert!(!own.text.contains("class=\"rail\"") && own.text.contains("Sign out"));
    assert!(!own.main().contains("My tokens"), "AD-29");
}
