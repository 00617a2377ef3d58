//! What every page has around it.

use access::Permission;
use axum::http::{Method, StatusCode};
use testkit::databases::TestDatabase;

use crate::browser::{House, OWNER};

testkit::on_both![
    every_page_is_whole_and_runs_nothing_inline,
    home_lists_no_right_that_nothing_uses_yet,
    what_was_saved_is_where_one_goes_on,
];

async fn home_lists_no_right_that_nothing_uses_yet(db: TestDatabase) {
    let house = House::open(&db).await;
    let mut browser = house.signed_in(OWNER).await;
    let home = browser.look("/").await;
    let listed = |permission: &Permission| {
        let clause = permission.allows().split(';').next().unwrap();
        home.main()
            .contains(&format!("<li>{}</li>", clause.trim_end_matches('.')))
    };
    let all = Permission::ALL.iter();
    let (used, unused): (Vec<_>, Vec<_>) = all.partition(|permission| permission.is_used());
    assert!(used.into_iter().any(listed), "{}", home.text);
    let idle: Vec<_> = unused.into_iter().filter(|one| listed(one)).collect();
    assert!(idle.is_empty(), "{idle:?}");
}

/// Without a script too, the keyboard goes on behind the sentence, and not before the rail.
async fn what_was_saved_is_where_one_goes_on(db: TestDatabase) {
    let house = House::open(&db).await;
    let mut browser = house.signed_in(OWNER).await;
    let focused = r#"role="status" tabindex="-1" autofocus"#;
    let before = browser.look("/account/profile").await;
    assert!(!before.text.contains(focused), "{}", before.text);
    let saved = browser
        .send("/account/profile/name", &[("name", "Olga Other")])
        .await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.text);
    let cookies = saved.headers.get_all("set-cookie").iter();
    let said = cookies
        .filter_map(|cookie| cookie.to_str().ok()?.split(';').next())
        .find(|cookie| cookie.starts_with("__Host-done="))
        .unwrap();
    let with = [("cookie", said)];
    let after = browser
        .ask(Method::GET, saved.leads_to(), &with, None)
        .await;
    assert_eq!(after.main().matches(focused).count(), 1, "{}", after.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn files_are_kept_for_ever_under_a_name_that_changes() {
    testkit::databases::on_sqlite(|db| async move {
        let house = House::open(&db).await;
        let mut browser = house.browser();
        for name in ["rolecall.css", "icons.svg", "mark.svg", "set-up.js"] {
            let path = web::page::asset(name);
            let file = browser.ask(Method::GET, path, &[], None).await;
            assert_eq!(file.status, StatusCode::OK, "{path}");
            assert_eq!(
                file.header("cache-control"),
                "public, max-age=31536000, immutable"
            );
            let etag = file.header("etag").to_owned();
            let again = browser
                .ask(Method::GET, path, &[("if-none-match", &etag)], None)
                .await;
            assert_eq!(
                (again.status, again.text.len()),
                (StatusCode::NOT_MODIFIED, 0)
            );
            let packed = browser
                .ask(Method::GET, path, &[("accept-encoding", "br, gzip")], None)
                .await;
            assert_eq!(packed.header("content-encoding"), "gzip");
        }
        for path in [
            "/assets/rolecall.css",
            "/assets/rolecall-0.css",
            "/assets/..%2fCargo.toml",
        ] {
            let file = browser.ask(Method::GET, path, &[], None).await;
            assert_eq!(file.status, StatusCode::NOT_FOUND, "{path}");
        }
    })
    .await;
}

async fn every_page_is_whole_and_runs_nothing_inline(db: TestDatabase) {
    let house = House::open(&db).await;
    let mut browser = house.signed_in(OWNER).await;
    let pages = [
        "/",
        "/sign-in",
        "/account/sessions",
        "/account/password",
        "/account/profile",
        "/audit/sign-ins",
        "/confirm-address",
        "/forgot-password",
        "/invitation",
        "/password-reset",
        "/absent",
    ];
    for path in pages {
        let page = browser.look(path).await;
        assert_eq!(
            page.header("content-type"),
            "text/html; charset=utf-8",
            "{path}"
        );
        let policy = page.header("content-security-policy");
        assert!(
            policy.contains("default-src 'none'") && !policy.contains("unsafe"),
            "{policy}"
        );
        assert_eq!(page.header("cache-control"), "no-store");
        for part in [
            "<html lang=\"en\">",
            "<main id=\"main\">",
            "<h1>",
            "href=\"#main\"",
            "</html>",
        ] {
            assert!(page.text.contains(part), "{path}: {part}");
        }
        for inline in [" style=", "<style", "<script>", " onclick=", "javascript:"] {
            assert!(!page.text.contains(inline), "{path}: {inline}");
        }
        // What stands before the first link is none.
        let links: Vec<_> = page.text.split("href=\"/assets/").skip(1).collect();
        assert!(!links.is_empty(), "{path}: a page without a stylesheet");
        for link in links {
            let file = link.split(['"', '#']).next().unwrap();
            let file = browser
                .ask(Method::GET, &format!("/assets/{file}"), &[], None)
                .await;
            assert_eq!(file.status, StatusCode::OK, "{path}");
        }
    }
    let packed = [("accept", "text/html"), ("accept-encoding", "gzip")];
    let page = browser.ask(Method::GET, "/", &packed, None).await;
    assert_eq!(page.header("content-encoding"), "gzip");
    // A program gets a problem, a browser a page about it.
    let absent = browser
        .ask(
            Method::GET,
            "/absent",
            &[("accept", "application/json")],
            None,
        )
        .await;
    assert_eq!(absent.header("content-type"), "application/problem+json");
    let absent = browser.look("/absent").await;
    assert_eq!(absent.status, StatusCode::NOT_FOUND);
    assert!(absent.text.contains("Nothing here"), "{}", absent.text);
}
