//! A sign-in provider knows somebody no longer: by who could say how they sign in (AD-24), or by themselves.

use std::time::Duration;

use access::{PersonId, RoleId};
use axum::http::{Method, StatusCode};
use serde_json::{Value, json};
use testkit::databases::TestDatabase;

use super::provider::{Provider, Stage, is_in};
use crate::browser::{Browser, OWNER, Seen};

testkit::on_both![
    ad_24_who_outranks_somebody_unlinks_them_and_everything_ends,
    ad_24_the_same_over_rest_right_after_a_proof,
    ad_24_nobody_unlinks_an_equal_or_a_superior_or_is_told_of_their_providers,
    whoever_unlinks_a_provider_of_their_own_goes_on_in_this_browser_alone,
];

const ULF: &str = "ulf@staff.example.com";
const UNA: &str = "una@staff.example.com";
const HEADING: &str = "Sign-in providers that know them</h2>";

struct Known {
    stage: Stage,
    provider: Provider,
    ulf: PersonId,
    /// Of Ulf's, through the provider.
    browser: Browser,
}

impl Known {
    async fn open(db: &TestDatabase) -> Self {
        let stage = Stage::open(db).await;
        let provider = stage.provider("staff", json!({"domains": ["staff.example.com"]}));
        let provider = provider.await;
        let ulf = stage.house.user(ULF).await;
        let browser = Self::come(&stage, &provider, ULF).await;
        assert_eq!(stage.known(ulf).await, 1);
        Self {
            stage,
            provider,
            ulf,
            browser,
        }
    }

    async fn come(stage: &Stage, provider: &Provider, email: &str) -> Browser {
        let says = json!({"sub": email, "email": email, "email_verified": true});
        let mut browser = stage.house.browser();
        stage.come(&mut browser, provider, email, says).await;
        assert!(is_in(&mut browser).await);
        browser
    }

    fn page(&self, person: PersonId) -> String {
        format!("/people/{}", self.stage.id(person))
    }

    fn api(&self, person: PersonId) -> String {
        format!("/api/v1{}/sign-in-providers", self.page(person))
    }

    async fn link(&self, person: PersonId) -> String {
        let known = self.stage.house.account.providers_of(person).await.unwrap();
        known[0].mark.to_string()
    }

    /// What any of it would leave behind.
    async fn traces(&self, person: PersonId) -> (u64, usize, usize, usize) {
        let house = &self.stage.house;
        (
            house.account.state().version().0,
            house.log().await.len(),
            self.stage.known(person).await,
            self.stage.sessions(person).await,
        )
    }
}

async fn rest(browser: &mut Browser, method: Method, path: &str) -> Seen {
    let ours = [("sec-fetch-site", "same-origin")];
    browser.ask(method, path, &ours, None).await
}

fn reviewed(page: &Seen) -> String {
    let (_, rest) = page.text.split_once(r#"name="reviewed" value=""#).unwrap();
    rest.split('"').next().unwrap().to_owned()
}

async fn ad_24_who_outranks_somebody_unlinks_them_and_everything_ends(db: TestDatabase) {
    let mut known = Known::open(&db).await;
    let mut by_password = known.stage.house.signed_in(ULF).await;
    let mut owner = known.stage.house.signed_in(OWNER).await;
    let page = owner.look(&known.page(known.ulf)).await;
    assert!(page.main().contains(HEADING), "{}", page.text);
    let link = known.link(known.ulf).await;
    assert!(page.text.contains(&link));
    let before = known.traces(known.ulf).await;
    let form = format!("{}/sign-in-providers/unlink", known.page(known.ulf));
    let review = owner.send(&form, &[("link", &link)]).await;
    assert_eq!(review.status, StatusCode::OK, "{}", review.text);
    assert!(review.text.contains("Unlink Ulf User from staff?"));
    assert_eq!(known.traces(known.ulf).await, before, "nothing so far");
    let seen = reviewed(&review);
    let fields = [("link", &*link), ("reviewed", &*seen)];
    let done = owner.send(&form, &fields).await;
    assert_eq!(
        (done.status, done.leads_to()),
        (StatusCode::SEE_OTHER, &*known.page(known.ulf)),
        "{}",
        done.text
    );
    assert!(!is_in(&mut known.browser).await && !is_in(&mut by_password).await);
    let (.., knows, sessions) = known.traces(known.ulf).await;
    assert_eq!((knows, sessions), (0, 0));
    let log = known.stage.house.log().await;
    assert!(log.contains(&("provider_unlinked", Some(known.ulf))));
    let acts = known.stage.house.account.log_page(None, 1).await.unwrap();
    assert_eq!(acts[0].act, "unlink_provider");
    let page = owner.look(&known.page(known.ulf)).await;
    assert!(!page.text.contains(HEADING));
    // It is gone, and so is what an old page offers.
    let again = owner.send(&form, &[("link", &link)]).await;
    assert_eq!(again.status, StatusCode::NOT_FOUND);
    // Nothing else of how they sign in was touched.
    assert!(is_in(&mut known.stage.house.signed_in(ULF).await).await);
}

async fn ad_24_the_same_over_rest_right_after_a_proof(db: TestDatabase) {
    let mut known = Known::open(&db).await;
    let una = known.stage.house.user(UNA).await;
    Known::come(&known.stage, &known.provider, UNA).await;
    let mut owner = known.stage.house.signed_in(OWNER).await;
    let list = rest(&mut owner, Method::GET, &known.api(known.ulf)).await;
    let list: Value = serde_json::from_str(&list.text).unwrap();
    assert_eq!(list["items"].as_array().unwrap().len(), 1);
    let link = known.link(known.ulf).await;
    assert_eq!(list["items"][0]["id"], link);
    let connection = known.stage.id(known.provider.connection);
    assert_eq!(list["items"][0]["connection"], connection);
    let one = format!("{}/{link}", known.api(known.ulf));
    let before = known.traces(known.ulf).await;
    // The address of one person leads to nothing of another, and what is tried is not done.
    for (path, status) in [
        (format!("{}/{link}", known.api(una)), StatusCode::NOT_FOUND),
        (
            format!("{}/unknown", known.api(known.ulf)),
            StatusCode::NOT_FOUND,
        ),
        (format!("{one}?dry_run=true"), StatusCode::OK),
    ] {
        let seen = rest(&mut owner, Method::DELETE, &path).await;
        assert_eq!(seen.status, status, "{path}: {}", seen.text);
    }
    known
        .stage
        .house
        .advance(Duration::from_secs(11 * 60))
        .await;
    let stale = rest(&mut owner, Method::DELETE, &one).await;
    assert!(stale.text.contains("prove_again"), "{}", stale.text);
    assert_eq!(known.traces(known.ulf).await, before);
    let mut owner = known.stage.house.signed_in(OWNER).await;
    let done = rest(&mut owner, Method::DELETE, &one).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.text);
    assert!(!is_in(&mut known.browser).await);
    let knows = (
        known.stage.known(known.ulf).await,
        known.stage.known(una).await,
    );
    assert_eq!(knows, (0, 1));
    // One's own are not unlinked from outside, where nobody looks after another way in.
    let mut unas = Known::come(&known.stage, &known.provider, UNA).await;
    let own = rest(&mut unas, Method::GET, &known.api(una)).await;
    assert!(own.text.contains(&known.link(una).await), "{}", own.text);
    let own = format!("{}/{}", known.api(una), known.link(una).await);
    let refused = rest(&mut unas, Method::DELETE, &own).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    assert!(refused.text.contains("own_sign_in_providers"));
    assert_eq!(known.stage.known(una).await, 1);
}

async fn ad_24_nobody_unlinks_an_equal_or_a_superior_or_is_told_of_their_providers(
    db: TestDatabase,
) {
    let known = Known::open(&db).await;
    let house = &known.stage.house;
    let una = house.user(UNA).await;
    Known::come(&known.stage, &known.provider, UNA).await;
    let link = known.link(una).await;
    let mut ulfs = house.signed_in(ULF).await;
    let before = known.traces(una).await;
    let form = format!("{}/sign-in-providers/unlink", known.page(una));
    // An Admin, of an equal; then of somebody above.
    for role in [RoleId::ADMIN, RoleId::SUPER_ADMIN] {
        house.set_role(una, role).await;
        let before = known.traces(una).await;
        let page = ulfs.look(&known.page(una)).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(!page.text.contains(HEADING) && !page.text.contains(&link));
        let sent = ulfs.send(&form, &[("link", &link)]).await;
        assert_eq!(sent.status, StatusCode::FORBIDDEN, "{}", sent.text);
        let one = format!("{}/{link}", known.api(una));
        for (method, path) in [
            (Method::GET, known.api(una)),
            (Method::DELETE, one.clone()),
            (Method::DELETE, format!("{one}?dry_run=true")),
        ] {
            let refused = rest(&mut ulfs, method, &path).await;
            assert_eq!(refused.status, StatusCode::FORBIDDEN, "{}", refused.text);
            assert!(!refused.text.contains(&link));
        }
        assert_eq!(known.traces(una).await, before);
    }
    // Of whom one may not know there is nothing to unlink.
    house.licence(known.ulf).await;
    house.set_role(known.ulf, RoleId::MEMBER).await;
    for (method, path) in [
        (Method::GET, known.api(una)),
        (Method::DELETE, format!("{}/{link}", known.api(una))),
    ] {
        let unknown = rest(&mut ulfs, method, &path).await;
        assert_eq!(unknown.status, StatusCode::NOT_FOUND, "{}", unknown.text);
    }
    ulfs.look("/account/sessions").await;
    let unknown = ulfs.send(&form, &[("link", &link)]).await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
    let after = known.traces(una).await;
    assert_eq!((before.2, before.3), (after.2, after.3));
}

async fn whoever_unlinks_a_provider_of_their_own_goes_on_in_this_browser_alone(db: TestDatabase) {
    let mut known = Known::open(&db).await;
    let mut elsewhere = Known::come(&known.stage, &known.provider, ULF).await;
    let mut by_password = known.stage.house.signed_in(ULF).await;
    let link = known.link(known.ulf).await;
    known.browser.look("/account/providers").await;
    let unlink = [("provider", &*link)];
    let done = known
        .browser
        .send("/account/providers/unlink", &unlink)
        .await;
    assert_eq!(done.leads_to(), "/account/providers", "{}", done.text);
    assert_eq!(known.stage.known(known.ulf).await, 0);
    assert!(is_in(&mut known.browser).await && is_in(&mut by_password).await);
    assert!(!is_in(&mut elsewhere).await);
    let log = known.stage.house.log().await;
    assert!(log.contains(&("ended", Some(known.ulf))));
}
