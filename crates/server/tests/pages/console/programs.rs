//! Configure › Tokens, Connections and Account.

use std::time::Duration;

use access::{ConnectionId, PublicId, RoleId, state::Facet};
use axum::http::{Method, StatusCode};
use testkit::databases::TestDatabase;

use super::desk::{Desk, ULF};
use crate::browser::{Browser, PASSWORD};

testkit::on_both![
    ad_28_a_token_is_shown_once_works_and_is_revoked,
    ad_28_when_a_token_was_last_used_is_known_to_the_hour,
    ad_29_a_connection_is_made_with_a_role_and_gets_tokens,
    ad_29_a_connection_outlives_its_maker_and_says_so,
    ad_29_nobody_sees_tokens_and_connections_that_are_not_theirs,
    ad_7_a_token_that_is_made_too_late_is_carried_through_the_proof,
    ad_8_super_admins_who_can_sign_in_are_counted,
    the_account_is_shown_to_whoever_may_see_it,
];

/// What the program that has the token is answered.
async fn me(desk: &Desk, secret: &str) -> StatusCode {
    let bearer = format!("Bearer {secret}");
    let headers = [("authorization", &*bearer)];
    let mut program = desk.house.browser();
    let answer = program.ask(Method::GET, "/api/v1/me", &headers, None);
    answer.await.status
}

/// Makes a token at a page; gives back what it showed.
pub async fn make(browser: &mut Browser, page: &str) -> String {
    let made = browser
        .send(page, &[("name", "Robot"), ("days", "30")])
        .await;
    assert_eq!(made.status, StatusCode::OK, "{}", made.text);
    let begin = r#"<input id="secret" value=""#;
    let (_, rest) = made.text.split_once(begin).expect(&made.text);
    rest.split('"').next().unwrap().to_owned()
}

async fn ad_28_a_token_is_shown_once_works_and_is_revoked(db: TestDatabase) {
    let desk = Desk::open(&db).await;
    let mut browser = desk.owner().await;
    let nameless = browser
        .send("/configure/tokens/new", &[("name", ""), ("days", "30")])
        .await;
    assert_eq!(nameless.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(nameless.text.contains(r#"aria-describedby="name-error""#));
    let secret = make(&mut browser, "/configure/tokens/new").await;
    assert_eq!(me(&desk, &secret).await, StatusCode::OK);
    let list = browser.look("/configure/tokens").await;
    assert!(list.text.contains("Robot") && list.main().contains("Olga Owner"));
    assert!(!list.text.contains(&secret), "never again");

    let state = desk.house.account.state();
    let token = state.tokens().ids().last().unwrap();
    let revoke = format!("/configure/tokens/{}/revoke", desk.id(token));
    let review = browser.send(&revoke, &[]).await;
    assert!(review.text.contains("Revoke Robot"), "{}", review.text);
    assert_eq!(me(&desk, &secret).await, StatusCode::OK);
    browser.save(&revoke, &[]).await;
    assert_eq!(me(&desk, &secret).await, StatusCode::UNAUTHORIZED);
    let list = browser.look("/configure/tokens").await;
    assert!(!list.text.contains("Robot"), "only those that work");
    let list = browser.look("/configure/tokens?show=all").await;
    assert!(list.text.contains("Robot") && list.text.contains("revoked"));
}

async fn ad_28_when_a_token_was_last_used_is_known_to_the_hour(db: TestDatabase) {
    let desk = Desk::open(&db).await;
    let mut browser = desk.owner().await;
    let secret = make(&mut browser, "/configure/tokens/new").await;
    let account = &desk.house.account;
    let token = account.state().tokens().ids().last().unwrap();
    let used = async || {
        account
            .token_uses(&[token])
            .await
            .unwrap()
            .get(&token)
            .copied()
    };
    assert_eq!(used().await, None);
    let list = browser.look("/configure/tokens").await;
    assert!(list.text.contains("never"), "{}", list.text);

    let first = account.now();
    me(&desk, &secret).await;
    assert_eq!(used().await, Some(first));
    desk.house.advance(Duration::from_secs(59 * 60)).await;
    me(&desk, &secret).await;
    assert_eq!(used().await, Some(first), "not written with each request");
    desk.house.advance(Duration::from_secs(60)).await;
    let later = account.now();
    me(&desk, &secret).await;
    assert_eq!(used().await, Some(later));
}

fn connection_of(desk: &Desk, path: &str) -> ConnectionId {
    let id: PublicId<ConnectionId> = path.rsplit_once('/').unwrap().1.parse().unwrap();
    desk.house.account.state().resolve(id).unwrap()
}

const SYNC: [(&str, &str); 3] = [
    ("name", "Sync"),
    ("kind", "service"),
    ("role_text", "Member"),
];

async fn ad_29_a_connection_is_made_with_a_role_and_gets_tokens(db: TestDatabase) {
    let desk = Desk::open(&db).await;
    let mut browser = desk.owner().await;
    let empty = browser.look("/configure/connections").await;
    assert!(empty.text.contains("Nothing is connected yet."));
    let new = "/configure/connections/new";
    let clerk = r#"{"name": "Clerk", "permissions": ["admin.licences.manage"]}"#;
    desk.house.custom_role(clerk).await;
    let as_clerk = [SYNC[0], SYNC[1], ("role_text", "Clerk")];
    let review = browser.send(new, &as_clerk).await;
    let gains = review
        .text
        .split_once("gains access")
        .expect(&review.text)
        .1;
    assert!(gains.contains("<bdi>Sync</bdi>"), "{}", review.text);
    assert!(!review.text.contains("without a name"), "{}", review.text);
    let made = browser.save(new, &SYNC).await;
    assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.text);
    let page = made.leads_to().to_owned();
    let connection = connection_of(&desk, &page);
    let role = || {
        let state = desk.house.account.state();
        state.connections().get(connection).unwrap().role
    };
    assert_eq!(role(), RoleId::MEMBER);

    let secret = make(&mut browser, &format!("{page}/tokens/new")).await;
    assert_eq!(me(&desk, &secret).await, StatusCode::OK);
    let shown = browser.look(&page).await;
    assert!(shown.text.contains("Robot") && shown.main().contains("Olga Owner"));

    // Never Super admin; another role after a look at what it gives.
    let form = format!("{page}/role");
    let refused = browser.save(&form, &[("role_text", "Super admin")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text.contains("Rule AD-29"), "{}", refused.text);
    assert_eq!(role(), RoleId::MEMBER);
    let id = format!("rol_{:032x}", 2);
    let fields = [
        ("role", &*id),
        ("role_text", "Admin"),
        ("role_asked", "Admin"),
    ];
    let review = browser.send(&form, &fields).await;
    assert!(
        review.text.contains("Give Sync the role Admin?"),
        "{}",
        review.text
    );
    assert_eq!(role(), RoleId::MEMBER);
    browser.save(&form, &fields).await;
    assert_eq!(role(), RoleId::ADMIN);
    browser
        .save(&format!("{page}/life"), &[("life", "archive")])
        .await;
    assert_eq!(me(&desk, &secret).await, StatusCode::UNAUTHORIZED);
}

async fn ad_29_a_connection_outlives_its_maker_and_says_so(db: TestDatabase) {
    let desk = Desk::open(&db).await;
    desk.house.set_role(desk.ulf, RoleId::SUPER_ADMIN).await;
    let mut ulf = desk.browser(ULF).await;
    let made = ulf.save("/configure/connections/new", &SYNC).await;
    let page = made.leads_to().to_owned();
    let secret = make(&mut ulf, &format!("{page}/tokens/new")).await;
    desk.by_owner(access::Command::Deactivate {
        person: desk.ulf,
        facet: Facet::User,
    })
    .await;
    assert_eq!(me(&desk, &secret).await, StatusCode::OK);
    let mut browser = desk.owner().await;
    for path in ["/configure/connections", &page] {
        let shown = browser.look(path).await;
        assert!(
            shown.main().contains("Ulf User") && shown.text.contains("has left"),
            "{path}"
        );
    }
}

async fn ad_29_nobody_sees_tokens_and_connections_that_are_not_theirs(db: TestDatabase) {
    let desk = Desk::open(&db).await;
    let mut olga = desk.owner().await;
    let secret = make(&mut olga, "/configure/tokens/new").await;
    let token = desk.house.account.state().tokens().ids().last().unwrap();
    let mut ulf = desk.browser(ULF).await;
    let list = ulf.look("/configure/tokens").await;
    assert_eq!(list.status, StatusCode::OK);
    assert!(list.text.contains("No token works now."), "{}", list.text);
    let revoke = format!("/configure/tokens/{}/revoke", desk.id(token));
    let absent = ulf.save(&revoke, &[]).await;
    assert_eq!(absent.status, StatusCode::NOT_FOUND);
    assert_eq!(me(&desk, &secret).await, StatusCode::OK);
    assert!(
        !list.text.contains("/configure/connections"),
        "no link leads there"
    );
    for path in ["/configure/connections", "/configure/connections/new"] {
        assert_eq!(ulf.look(path).await.status, StatusCode::FORBIDDEN, "{path}");
    }
    let made = ulf.save("/configure/connections/new", &SYNC).await;
    assert_eq!(made.status, StatusCode::FORBIDDEN);
    assert_eq!(desk.house.account.state().connections().len(), 0);
}

async fn ad_7_a_token_that_is_made_too_late_is_carried_through_the_proof(db: TestDatabase) {
    let desk = Desk::open(&db).await;
    let mut browser = desk.owner().await;
    let form = browser.look("/configure/tokens/new").await;
    let form = form.form(&["name=\"days\""]).with("name", "Night robot");
    desk.house.advance(Duration::from_secs(11 * 60)).await;
    let asked = form.with("days", "30").send(&mut browser).await;
    assert_eq!(asked.status, StatusCode::FORBIDDEN, "{}", asked.text);
    let begun = "You were about to: <b>Make the token Night robot</b>";
    assert!(asked.main().contains(begun), "{}", asked.text);
    assert_eq!(desk.house.account.state().tokens().len(), 0);
    let password = asked.form(&["/sign-in/again\""]).with("password", PASSWORD);
    let proved = password.send(&mut browser).await;
    assert!(proved.main().contains(begun), "{}", proved.text);
    let made = proved
        .form(&["/configure/tokens/new\""])
        .send(&mut browser)
        .await;
    assert!(
        made.text
            .contains("The token <bdi>Night robot</bdi> is made."),
        "{}",
        made.text
    );
}

async fn ad_8_super_admins_who_can_sign_in_are_counted(db: TestDatabase) {
    let desk = Desk::open(&db).await;
    let mut olga = desk.owner().await;
    desk.house.set_role(desk.ulf, RoleId::SUPER_ADMIN).await;
    let page = olga.look("/configure/account").await;
    assert!(
        page.text.contains("<dt>Super admins</dt><dd>2</dd>"),
        "{}",
        page.text
    );
    assert!(!page.text.contains("There is one Super admin."));
    desk.by_owner(access::Command::Deactivate {
        person: desk.ulf,
        facet: Facet::User,
    })
    .await;
    let page = olga.look("/configure/account").await;
    assert!(
        page.text.contains("<dt>Super admins</dt><dd>1</dd>"),
        "{}",
        page.text
    );
    assert!(page.text.contains("There is one Super admin."));
}

async fn the_account_is_shown_to_whoever_may_see_it(db: TestDatabase) {
    let desk = Desk::open(&db).await;
    let mut olga = desk.owner().await;
    let page = olga.look("/configure/account").await;
    assert_eq!(page.status, StatusCode::OK);
    let id = desk.house.account.public_id().to_string();
    for shown in [&*id, "There is one Super admin.", "12 hours"] {
        assert!(page.text.contains(shown), "{shown}: {}", page.text);
    }
    // An Admin does not see the Account section (RULES §3).
    let mut ulf = desk.browser(ULF).await;
    let page = ulf.look("/configure/account").await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
}
