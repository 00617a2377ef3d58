//! By what a sign-in provider names people: by `sub`, or by a claim that is chosen for it, and by nothing else; and what becomes of whom it knows
//! when that is another.

use access::{Command, PersonId, event::Node, state::ConnectionKind};
use axum::http::{Method, StatusCode};
use serde_json::{Value, json};
use testkit::databases::TestDatabase;

use super::provider::{Provider, Stage, call, is_in};
use crate::browser::{Browser, OWNER, PASSWORD};

testkit::on_both![
    ad_24_people_are_known_by_the_claim_that_is_chosen_for_it,
    who_is_known_by_one_claim_is_not_known_by_another,
    what_names_nobody_for_ever_is_no_name,
    a_provider_that_calls_people_otherwise_knows_them_anew,
    a_removed_provider_knows_nobody,
    a_provider_that_was_changed_while_somebody_was_there_lets_nobody_in,
    nothing_is_confirmed_of_a_provider_that_is_gone,
];

const ULF: &str = "ulf@staff.example.com";
const DORA: &str = "dora@staff.example.com";

fn staff() -> Value {
    json!({"domains": ["staff.example.com"]})
}

fn with(mut order: Value, besides: &Value) -> Value {
    let besides = besides.as_object().unwrap().clone();
    order.as_object_mut().unwrap().extend(besides);
    order
}

/// Whether it let them in, and where they are otherwise: asked who they are, or denied.
async fn came(stage: &Stage, provider: &Provider, says: Value) -> &'static str {
    let mut browser = stage.house.browser();
    let seen = stage.come(&mut browser, provider, ULF, says).await;
    let is_in = is_in(&mut browser).await;
    match seen.status {
        StatusCode::SEE_OTHER if is_in => "in",
        StatusCode::SEE_OTHER if seen.leads_to().contains("link") => "asked",
        StatusCode::UNPROCESSABLE_ENTITY if !is_in => "denied",
        status => panic!("{status}: {}", seen.text),
    }
}

/// Somebody whom a directory wrote, with this id.
async fn provisioned(stage: &Stage, id: &str) -> (PersonId, String) {
    let kind = ConnectionKind::Provisioning;
    let scim = stage.connection("Directory", kind).await;
    let mut owner = stage.house.signed_in(OWNER).await;
    let path = format!("/api/v1/connections/{}/tokens", stage.id(scim));
    let ends = access::Moment(stage.house.account.now().0 + 86_400_000);
    let ends = web::decision::timestamp(ends).to_string();
    let token = json!({"name": "Directory", "expires": ends});
    let token = call(&mut owner, Method::POST, &path, token).await;
    let token: Value = serde_json::from_str(&token.text).unwrap();
    let bearer = format!("Bearer {}", token["secret"].as_str().unwrap());
    let headers = [
        ("content-type", "application/scim+json"),
        ("authorization", &*bearer),
    ];
    let user = json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "dora", "externalId": id,
        "displayName": "Dora Directory", "active": true, "emails": [{"value": DORA, "primary": true}],
    });
    let body = Some(user.to_string());
    let mut directory = stage.house.browser();
    let path = "/scim/v2/Users";
    let made = directory.ask(Method::POST, path, &headers, body).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    let dora = stage.house.person(DORA).await;
    stage.house.licence(dora).await;
    (dora, stage.id(scim))
}

async fn ad_24_people_are_known_by_the_claim_that_is_chosen_for_it(db: TestDatabase) {
    let stage = Stage::open(&db).await;
    let (dora, scim) = provisioned(&stage, "00u1").await;
    let by_uid = json!({"subject_claim": "uid", "provisioning": scim});
    let provider = stage.provider("staff", with(staff(), &by_uid)).await;
    let mut owner = stage.house.signed_in(OWNER).await;
    let shown = call(&mut owner, Method::GET, &provider.path, Value::Null).await;
    assert!(
        shown.text.contains(r#""subject_claim":"uid""#),
        "{}",
        shown.text
    );
    // `sub` names nobody here, and is nobody's id in the directory.
    let says = json!({"sub": "00u1", "uid": "somebody-else"});
    assert_eq!(came(&stage, &provider, says).await, "asked");
    for uid in [Value::Null, json!(""), json!(["00u1"])] {
        let says = json!({"sub": "00u1", "uid": uid});
        assert_eq!(came(&stage, &provider, says).await, "denied");
    }
    assert_eq!(
        (stage.known(dora).await, stage.sessions(dora).await),
        (0, 0)
    );
    let says = || json!({"sub": "dora-there", "uid": "00u1"});
    assert_eq!(came(&stage, &provider, says()).await, "in");
    assert_eq!(came(&stage, &provider, says()).await, "in");
    assert_eq!(
        (stage.known(dora).await, stage.sessions(dora).await),
        (1, 2)
    );
    // Signing out goes on to speak of `sub`.
    stage.tell(&provider, json!({"sub": "00u1"})).await;
    assert_eq!(stage.sessions(dora).await, 2);
    let told = json!({"sub": "dora-there", "jti": "twice"});
    stage.tell(&provider, told).await;
    assert_eq!(stage.sessions(dora).await, 0);
}

async fn who_is_known_by_one_claim_is_not_known_by_another(db: TestDatabase) {
    let stage = Stage::open(&db).await;
    let ulf = stage.house.user(ULF).await;
    let by_uid = with(staff(), &json!({"subject_claim": "uid"}));
    let provider = stage.provider("staff", by_uid).await;
    let says = json!({"sub": "there", "uid": "same", "email": ULF, "email_verified": true});
    assert_eq!(came(&stage, &provider, says).await, "in");
    assert_eq!(stage.known(ulf).await, 1);
    // Another connection of the same issuer, by `sub`: whoever can have that name chosen there is not them.
    let mut owner = stage.house.signed_in(OWNER).await;
    let by_sub = json!({"issuer": provider.issuer, "domains": ["second.example.com"]});
    let (second, seen) = stage.try_provider_by(&mut owner, "second", by_sub).await;
    assert_eq!(seen.status, StatusCode::OK, "{}", seen.text);
    let second = Provider {
        issuer: provider.issuer.clone(),
        ..second
    };
    let mut browser = stage.house.browser();
    let asked = stage.leave(&mut browser, "x@second.example.com").await;
    let answers = (&*asked["state"], &*asked["nonce"]);
    let says = json!({"sub": "same", "uid": "same"});
    let seen = stage.come_back(&mut browser, &second, answers, says).await;
    assert!(seen.leads_to().contains("link"), "{}", seen.text);
    assert!(!is_in(&mut browser).await);
    assert_eq!(stage.sessions(ulf).await, 1);
}

async fn what_names_nobody_for_ever_is_no_name(db: TestDatabase) {
    let stage = Stage::open(&db).await;
    for claim in [
        "email",
        "Preferred_Username",
        "upn",
        "sid",
        "sub",
        "oid",
        "name#de",
    ] {
        let (_, seen) = stage
            .try_provider("staff", json!({"subject_claim": claim}))
            .await;
        assert_eq!(seen.status, StatusCode::UNPROCESSABLE_ENTITY, "{claim}");
        assert!(
            seen.text.contains(r#""code":"subject_claim""#),
            "{}",
            seen.text
        );
    }
    let both = json!({"subject_claim": "uid", "directory": "0f0d1c9e-6a1f-4a0b-9a7c-1d2e3f405162"});
    let (_, seen) = stage.try_provider("staff", both).await;
    assert!(
        seen.text.contains(r#""code":"subject_claim""#),
        "{}",
        seen.text
    );
    assert!(seen.text.contains("/subject_claim"), "{}", seen.text);
    assert_eq!(stage.house.rows("sign_in_providers").await, 0);
}

async fn a_provider_that_calls_people_otherwise_knows_them_anew(db: TestDatabase) {
    let stage = Stage::open(&db).await;
    let mut provider = stage.provider("staff", staff()).await;
    let mut owner = stage.house.signed_in(OWNER).await;
    let ulf = stage.house.user(ULF).await;
    let says = |sub| json!({"sub": sub, "uid": sub, "email": ULF, "email_verified": true});
    assert_eq!(came(&stage, &provider, says("before")).await, "in");
    // Not by what is nothing of their names.
    let edited = stage.edit(
        &mut owner,
        &provider,
        with(staff(), &json!({"groups_claim": "groups"})),
    );
    assert_eq!(edited.await.status, StatusCode::OK);
    assert_eq!((stage.known(ulf).await, stage.sessions(ulf).await), (1, 1));
    assert_eq!(came(&stage, &provider, says("anew")).await, "asked");
    // Another claim, and then another issuer.
    let by_uid = with(staff(), &json!({"subject_claim": "uid"}));
    let seen = stage.edit(&mut owner, &provider, by_uid.clone()).await;
    assert_eq!(seen.status, StatusCode::OK, "{}", seen.text);
    assert_eq!((stage.known(ulf).await, stage.sessions(ulf).await), (0, 0));
    assert_eq!(came(&stage, &provider, says("anew")).await, "in");
    assert_eq!(stage.known(ulf).await, 1);
    let moved = stage.provider("moved", json!({})).await;
    provider.issuer = moved.issuer;
    let seen = stage.edit(&mut owner, &provider, by_uid).await;
    assert_eq!(seen.status, StatusCode::OK, "{}", seen.text);
    assert_eq!((stage.known(ulf).await, stage.sessions(ulf).await), (0, 0));
    assert_eq!(came(&stage, &provider, says("moved")).await, "in");
    assert_eq!(stage.known(ulf).await, 1);
    let log = stage.house.log().await;
    let unlinked = log
        .iter()
        .filter(|entry| **entry == ("provider_unlinked", Some(ulf)));
    assert_eq!(unlinked.count(), 2);
    let audit = owner.look("/audit").await;
    assert!(
        audit.main().contains("knows nobody any more"),
        "{}",
        audit.text
    );
}

async fn a_removed_provider_knows_nobody(db: TestDatabase) {
    let stage = Stage::open(&db).await;
    let provider = stage.provider("staff", staff()).await;
    let mut owner = stage.house.signed_in(OWNER).await;
    let ulf = stage.house.user(ULF).await;
    let says = json!({"sub": "there", "email": ULF, "email_verified": true});
    assert_eq!(came(&stage, &provider, says.clone()).await, "in");
    let gone = call(&mut owner, Method::DELETE, &provider.path, json!({})).await;
    assert_eq!(gone.status, StatusCode::OK, "{}", gone.text);
    assert_eq!((stage.known(ulf).await, stage.sessions(ulf).await), (0, 0));
    // And so it is where its connection is deleted.
    let second = stage.provider("second", staff()).await;
    assert_eq!(came(&stage, &second, says).await, "in");
    let delete = Command::Delete {
        node: Node::Connection(second.connection),
    };
    stage.by_owner(delete).await;
    assert_eq!((stage.known(ulf).await, stage.sessions(ulf).await), (0, 0));
    assert_eq!(stage.house.rows("sign_in_providers").await, 0);
}

async fn a_provider_that_was_changed_while_somebody_was_there_lets_nobody_in(db: TestDatabase) {
    let stage = Stage::open(&db).await;
    let provider = stage.provider("staff", staff()).await;
    let moved = stage.provider("moved", json!({})).await;
    let mut owner = stage.house.signed_in(OWNER).await;
    let ulf = stage.house.user(ULF).await;
    let says = || json!({"sub": "there", "email": ULF, "email_verified": true});
    for besides in [
        json!({"client_id": "another"}),
        json!({"issuer": moved.issuer}),
    ] {
        let mut browser = stage.house.browser();
        let asked = stage.leave(&mut browser, ULF).await;
        let seen = stage
            .edit(&mut owner, &provider, with(staff(), &besides))
            .await;
        assert_eq!(seen.status, StatusCode::OK, "{}", seen.text);
        let answers = (&*asked["state"], &*asked["nonce"]);
        let seen = stage
            .come_back(&mut browser, &provider, answers, says())
            .await;
        assert_eq!(
            seen.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{}",
            seen.text
        );
        assert!(!is_in(&mut browser).await);
        assert_eq!((stage.known(ulf).await, stage.sessions(ulf).await), (0, 0));
        let seen = stage.edit(&mut owner, &provider, staff()).await;
        assert_eq!(seen.status, StatusCode::OK, "{}", seen.text);
    }
    let mut browser: Browser = stage.house.browser();
    let asked = stage.leave(&mut browser, ULF).await;
    call(&mut owner, Method::DELETE, &provider.path, json!({})).await;
    let answers = (&*asked["state"], &*asked["nonce"]);
    let seen = stage
        .come_back(&mut browser, &provider, answers, says())
        .await;
    assert_eq!(
        seen.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "{}",
        seen.text
    );
    assert_eq!((stage.known(ulf).await, stage.sessions(ulf).await), (0, 0));
}

async fn nothing_is_confirmed_of_a_provider_that_is_gone(db: TestDatabase) {
    let stage = Stage::open(&db).await;
    let provider = stage.provider("staff", staff()).await;
    let mut owner = stage.house.signed_in(OWNER).await;
    let ulf = stage.house.user("ulf@elsewhere.example.com").await;
    let mut browser = stage.house.browser();
    let says = json!({"sub": "there"});
    let seen = stage.come(&mut browser, &provider, ULF, says).await;
    assert!(seen.leads_to().contains("link"), "{}", seen.text);
    browser.sign_in("ulf@elsewhere.example.com", PASSWORD).await;
    browser.look("/account/providers/link").await;
    // Changed in whatever it is: what it said is of what it was.
    let besides = with(staff(), &json!({"groups_claim": "groups"}));
    let seen = stage.edit(&mut owner, &provider, besides).await;
    assert_eq!(seen.status, StatusCode::OK, "{}", seen.text);
    let seen = browser.send("/account/providers/link", &[]).await;
    assert_eq!(seen.status, StatusCode::CONFLICT, "{}", seen.text);
    assert_eq!(stage.known(ulf).await, 0);
    call(&mut owner, Method::DELETE, &provider.path, json!({})).await;
    let seen = browser.send("/account/providers/link", &[]).await;
    assert_eq!(seen.status, StatusCode::CONFLICT, "{}", seen.text);
    assert_eq!(stage.known(ulf).await, 0);
}
