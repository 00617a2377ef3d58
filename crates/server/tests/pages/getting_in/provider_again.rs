//! Proving once more who one is at the provider that one came through (AD-7), and what no answer of a provider is good for.

use std::time::Duration;

use access::{PersonId, RoleId};
use axum::http::{Method, StatusCode};
use serde_json::{Value, json};
use testkit::databases::TestDatabase;

use super::{
    device::with_passkey,
    provider::{Provider, Stage, away, is_in},
};
use crate::browser::{Browser, OWNER, PASSWORD, Seen};

testkit::on_both![
    ad_7_whoever_has_a_provider_alone_proves_it_there,
    ad_7_a_session_without_a_time_of_proof_proves_nothing,
    ad_7_what_the_provider_says_of_others_or_of_long_ago_proves_nothing,
    ad_7_a_form_that_comes_too_late_waits_in_its_tab,
    ad_7_a_password_that_is_shut_proves_nothing,
    an_answer_counts_where_it_was_asked_for_and_once,
    a_password_that_is_changed_opens_no_more_than_the_provider_did,
];

const PROOF: Duration = Duration::from_secs(10 * 60);
const NEW: &str = "nora@staff.example.com";
/// A page that wants a fresh proof.
const KEYS: &str = "/account/second-factor";

fn of_nora() -> Value {
    json!({"sub": "nora-there", "email": NEW, "email_verified": true})
}

/// Nora, who was invited and came by the provider: she has no password.
struct Nora {
    stage: Stage,
    provider: Provider,
    browser: Browser,
    person: PersonId,
}

impl Nora {
    async fn came(db: &TestDatabase, says: Value) -> Self {
        let stage = Stage::open(db).await;
        let besides = json!({"domains": ["staff.example.com"]});
        let provider = stage.provider("staff", besides).await;
        let person = stage.house.invited(NEW).await;
        let mut browser = stage.house.browser();
        stage.come(&mut browser, &provider, NEW, says).await;
        assert!(is_in(&mut browser).await);
        Self {
            stage,
            provider,
            browser,
            person,
        }
    }

    async fn wants_proof(&mut self) -> bool {
        let page = self.browser.look(KEYS).await;
        let wants = page.status == StatusCode::SEE_OTHER;
        assert!(!wants || page.leads_to().starts_with("/sign-in/again"));
        wants
    }

    /// To the provider and back, with what it says.
    async fn proves(&mut self, says: Value) -> Seen {
        let asked = self.browser.look("/sign-in/again?next=%2Faccount").await;
        let to = asked.form(&["/sign-in/again/provider"]);
        let asked = away(&to.send(&mut self.browser).await);
        assert_eq!((&*asked["prompt"], &*asked["max_age"]), ("login", "600"));
        let answers = (&*asked["state"], &*asked["nonce"]);
        self.stage
            .come_back(&mut self.browser, &self.provider, answers, says)
            .await
    }
}

async fn ad_7_whoever_has_a_provider_alone_proves_it_there(db: TestDatabase) {
    let mut nora = Nora::came(&db, of_nora()).await;
    assert!(!nora.wants_proof().await, "she proved it just now");
    nora.stage.house.advance(PROOF).await;
    assert!(nora.wants_proof().await);
    let page = nora.browser.look("/sign-in/again").await;
    assert!(page.main().contains("Prove it at staff"), "{}", page.text);
    for other in ["type=\"password\"", "data-passkey"] {
        assert!(!page.main().contains(other), "she has none: {}", page.text);
    }
    let sessions = nora.stage.sessions(nora.person).await;
    let back = nora.proves(of_nora()).await;
    assert_eq!(
        (back.status, back.leads_to()),
        (StatusCode::SEE_OTHER, "/account")
    );
    assert!(!nora.wants_proof().await);
    assert_eq!(
        nora.stage.sessions(nora.person).await,
        sessions,
        "no other one"
    );
    nora.stage.house.advance(PROOF).await;
    assert!(nora.wants_proof().await, "it counts for ten minutes");
}

async fn ad_7_a_session_without_a_time_of_proof_proves_nothing(db: TestDatabase) {
    let mut says = of_nora();
    says["auth_time"] = Value::Null;
    let mut nora = Nora::came(&db, says.clone()).await;
    assert!(nora.wants_proof().await, "it may be long ago");
    // Nor is it one where it was asked for.
    let back = nora.proves(says).await;
    assert_eq!(back.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(back.text.contains("Not proved"), "{}", back.text);
    assert!(nora.wants_proof().await);
    nora.proves(of_nora()).await;
    assert!(!nora.wants_proof().await);
}

async fn ad_7_what_the_provider_says_of_others_or_of_long_ago_proves_nothing(db: TestDatabase) {
    let mut nora = Nora::came(&db, of_nora()).await;
    nora.stage.house.advance(PROOF).await;
    let early = nora.browser.look("/sign-in/again/proved").await;
    assert_eq!(early.leads_to(), "/sign-in/again", "nothing is proved yet");
    let long_ago = nora.stage.house.account.now().0 / 1_000 - 1_200;
    let people = nora.stage.people();
    for (what, value) in [
        ("sub", json!("somebody-else")),
        ("auth_time", json!(long_ago)),
    ] {
        let mut says = of_nora();
        says[what] = value;
        let back = nora.proves(says).await;
        assert_eq!(back.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(nora.wants_proof().await, "{what}");
        let log = nora.stage.house.log().await;
        assert_eq!(log.last(), Some(&("failed", Some(nora.person))), "{what}");
    }
    assert!(is_in(&mut nora.browser).await, "she is in as before");
    assert_eq!(
        (nora.stage.people(), nora.stage.known(nora.person).await),
        (people, 1)
    );
}

async fn ad_7_a_form_that_comes_too_late_waits_in_its_tab(db: TestDatabase) {
    let stage = Stage::open(&db).await;
    let domain = OWNER.rsplit_once('@').unwrap().1;
    let provider = stage.provider("staff", json!({"domains": [domain]})).await;
    let ulf = stage.house.user("ulf@elsewhere.example.com").await;
    let says = json!({"sub": "owner-there", "email": OWNER, "email_verified": true});
    let mut browser = stage.house.browser();
    stage
        .come(&mut browser, &provider, OWNER, says.clone())
        .await;
    let state = stage.house.account.state();
    let roles = format!("/people/{}/roles", state.public(ulf).unwrap());
    let form = browser.look(&roles).await.form(&["account_role"]);
    let super_admin = state.public(RoleId::SUPER_ADMIN).unwrap().to_string();
    stage.house.advance(PROOF).await;
    let asked = form.with("on", &super_admin).send(&mut browser).await;
    assert_eq!(asked.status, StatusCode::FORBIDDEN, "{}", asked.text);
    assert!(asked.main().contains("target=\"_blank\""), "{}", asked.text);
    // Whoever goes on too early loses nothing by it.
    let on = asked.form(&["/sign-in/again/go-on"]);
    let early = on.send(&mut browser).await;
    assert_eq!(early.status, StatusCode::FORBIDDEN);
    assert!(
        early.main().contains("Nothing is proved yet"),
        "{}",
        early.text
    );
    // In another tab of the same browser.
    let to = early.form(&["/sign-in/again/provider"]);
    let there = away(&to.send(&mut browser).await);
    let answers = (&*there["state"], &*there["nonce"]);
    let back = stage
        .come_back(&mut browser, &provider, answers, says)
        .await;
    assert_eq!(back.leads_to(), "/sign-in/again/proved", "{}", back.text);
    let page = browser.look("/sign-in/again/proved").await;
    assert_eq!(page.status, StatusCode::OK);
    let proved = early
        .form(&["/sign-in/again/go-on"])
        .send(&mut browser)
        .await;
    let review = proved.form(&["/change\""]).send(&mut browser).await;
    let saved = review.form(&["reviewed"]).send(&mut browser).await;
    assert_eq!(saved.leads_to(), roles, "{}", saved.text);
    let state = stage.house.account.state();
    let now = state.people().get(ulf).unwrap().account_role;
    assert_eq!(now, RoleId::SUPER_ADMIN);
}

async fn ad_7_a_password_that_is_shut_proves_nothing(db: TestDatabase) {
    let stage = Stage::open(&db).await;
    let (mut owner, _) = with_passkey(&stage.house, OWNER).await;
    stage.house.user(NEW).await;
    let mut before = stage.house.signed_in(NEW).await;
    let besides = json!({
        "domains": ["staff.example.com"], "only_domains": ["staff.example.com"], "break_glass": stage.id(stage.house.owner),
    });
    let (_, made) = stage.try_provider_by(&mut owner, "staff", besides).await;
    assert_eq!(made.status, StatusCode::OK, "{}", made.text);
    assert!(is_in(&mut before).await, "what is open goes on");
    stage.house.advance(PROOF).await;
    let page = before.look("/sign-in/again").await;
    assert!(
        page.main().contains("sign out, and in again"),
        "{}",
        page.text
    );
    assert!(!page.main().contains("type=\"password\""), "{}", page.text);
    let sent = before
        .send("/sign-in/again", &[("password", PASSWORD)])
        .await;
    assert_eq!(sent.status, StatusCode::CONFLICT, "{}", sent.text);
    // Nor where one is changed.
    let new = "quite another long sentence 7";
    let fields = [("old", PASSWORD), ("new", new), ("again", new)];
    let sent = before.send("/account/password", &fields).await;
    assert_eq!(sent.status, StatusCode::CONFLICT, "{}", sent.text);
    assert!(is_in(&mut before).await);
    assert_eq!(before.look(KEYS).await.status, StatusCode::SEE_OTHER);
}

async fn an_answer_counts_where_it_was_asked_for_and_once(db: TestDatabase) {
    let stage = Stage::open(&db).await;
    let provider = stage.provider("staff", json!({"domains": ["staff.example.com"]}));
    let provider = provider.await;
    let other = stage.provider("second", json!({"domains": ["second.example.com"]}));
    let other = other.await;
    let person = stage.house.user(NEW).await;
    let mut browser = stage.house.browser();
    // RFC 9700 §4.4: begun at one, and sent back by another.
    let asked = stage.leave(&mut browser, NEW).await;
    assert!(asked["redirect_uri"].ends_with(&stage.callback(&provider)));
    let answers = (&*asked["state"], &*asked["nonce"]);
    let brought = browser.brought.clone();
    let back = stage.come_back(&mut browser, &other, answers, of_nora());
    assert_eq!(back.await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(!is_in(&mut browser).await);
    // Right, and once alone, whatever the browser keeps.
    browser.brought.clone_from(&brought);
    let back = stage.come_back(&mut browser, &provider, answers, of_nora());
    assert_eq!(back.await.leads_to(), "/");
    assert_eq!(stage.sessions(person).await, 1);
    let mut again = stage.house.browser();
    again.brought = brought;
    let back = stage.come_back(&mut again, &provider, answers, of_nora());
    assert_eq!(back.await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(stage.sessions(person).await, 1);
    // Nor does anybody's own session go on from there.
    let path = stage.callback(&provider);
    let nothing = again.ask(Method::GET, &path, &[], None).await;
    assert_eq!(nothing.status, StatusCode::UNPROCESSABLE_ENTITY);
}

async fn a_password_that_is_changed_opens_no_more_than_the_provider_did(db: TestDatabase) {
    let stage = Stage::open(&db).await;
    let provider = stage.provider("staff", json!({"domains": ["staff.example.com"]}));
    let provider = provider.await;
    let person = stage.house.user(NEW).await;
    let mut browser = stage.house.browser();
    stage.come(&mut browser, &provider, NEW, of_nora()).await;
    browser.look("/account/password").await;
    let new = "quite another long sentence 7";
    let fields = [("old", PASSWORD), ("new", new), ("again", new)];
    let done = browser.send("/account/password", &fields).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    let sessions = stage.house.account.sign_in_sessions(person, i64::MAX / 2);
    let sessions = sessions.await.unwrap();
    let through: Vec<_> = sessions.iter().map(|one| one.through.is_some()).collect();
    assert_eq!(through, [true]);
}
