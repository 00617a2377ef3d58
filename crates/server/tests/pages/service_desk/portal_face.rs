//! What customers see around the portal: set by whoever configures the desk, shown to everybody of the account and to nobody else.

use axum::http::{Method, StatusCode};
use testkit::databases::TestDatabase;

use super::bench::{Bench, CARA, PORTAL, UNA};
use crate::browser::{Browser, Seen};

testkit::on_both![
    name_and_colour_stand_around_the_pages_of_customers,
    a_logo_is_what_stands_in_it_and_nothing_that_runs,
    what_goes_wrong_in_the_portal_is_told_in_its_look,
    ad_20_it_is_set_by_whoever_configures_the_desk_and_told_in_the_log,
];

const SETTINGS: &str = "/configure/portal";
const LOGO: &str = "/configure/portal/logo";
/// As a WebP picture of sixteen points by sixteen begins, and one of more than four thousand in a line.
const PICTURE: &str = "RIFF0000WEBPVP8 0000tagsyn\u{10}\0\u{10}\0 logo";
const TOO_WIDE: &str = "RIFF0000WEBPVP8 0000tagsyn\u{1}\u{11}\u{10}\0 logo";

async fn bring(browser: &mut Browser, name: &str, text: &str) -> Seen {
    let token = browser.form_token.clone().unwrap();
    let body = format!(
        "--x\r\nContent-Disposition: form-data; name=\"form_token\"\r\n\r\n{token}\r\n--x\r\n\
         Content-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\nContent-Type: image/png\r\n\r\n{text}\r\n--x--\r\n"
    );
    let headers = [
        ("sec-fetch-site", "same-origin"),
        ("accept", "text/html"),
        ("content-type", "multipart/form-data; boundary=x"),
    ];
    browser.ask(Method::POST, LOGO, &headers, Some(body)).await
}

/// The address that a page names, up to its quote.
fn named<'a>(page: &'a Seen, begin: &str) -> &'a str {
    let (_, rest) = page.text.split_once(begin).expect(&page.text);
    let end = rest.find('"').unwrap();
    &rest[..end]
}

async fn name_and_colour_stand_around_the_pages_of_customers(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    bench.lets_in(bench.cara).await;
    let (mut owner, mut cara) = (bench.owner().await, bench.browser(CARA).await);
    let before = cara.look(PORTAL).await;
    assert!(before.text.contains("· Support</title>"), "{}", before.text);
    let style = named(&before, r#"href="/portal/colours"#).to_owned();
    owner.look(SETTINGS).await;
    let said = [("name", "Meridian IT"), ("colour", "#FFD400")];
    let saved = owner.send(SETTINGS, &said).await;
    assert_eq!(saved.leads_to(), SETTINGS, "{}", saved.text);
    let page = cara.look(PORTAL).await;
    assert!(
        page.text.contains("· Meridian IT</title>") && page.text.contains("<bdi>Meridian IT</bdi>")
    );
    let changed = named(&page, r#"href="/portal/colours"#).to_owned();
    assert_ne!(
        changed, style,
        "another address, so that no browser keeps the old colours"
    );
    let file = cara.look(&format!("/portal/colours{changed}")).await;
    assert_eq!(file.header("content-type"), "text/css; charset=utf-8");
    assert!(
        file.text.contains("--brand: #ffd400; --on-brand: #000000;"),
        "{}",
        file.text
    );
    assert!(
        file.header("cache-control")
            .starts_with("private, max-age=")
    );
    let file = cara.look("/portal/colours").await;
    assert_eq!(file.header("cache-control"), "no-store");
    let mut nobody = bench.desk.house.browser();
    let away = nobody.look("/portal/colours").await;
    assert!(away.leads_to().starts_with("/sign-in"));
    // What stands in it is named, and nothing else: another name is the same file, and so is what was there before.
    let style_now = async |by: &mut Browser| {
        let page = by.look(PORTAL).await;
        named(&page, r#"href="/portal/colours"#).to_owned()
    };
    for (name, colour, same) in [
        ("Meridian", "#ffd400", &changed),
        ("Meridian IT", "#0d5f63", &style),
        ("Meridian IT", "#ffd400", &changed),
    ] {
        let said = [("name", name), ("colour", colour)];
        assert_eq!(owner.send(SETTINGS, &said).await.leads_to(), SETTINGS);
        assert_eq!(&style_now(&mut cara).await, same, "{colour}");
    }
    // What is none changes nothing, and nothing gets into the stylesheet.
    for (name, colour) in [
        ("Meridian IT", "red"),
        ("Meridian IT", "#0;}"),
        ("two\nlines", "#000000"),
    ] {
        let again = owner
            .send(SETTINGS, &[("name", name), ("colour", colour)])
            .await;
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY, "{colour}");
    }
    assert!(cara.look("/portal/colours").await.text.contains("#ffd400"));
}

async fn a_logo_is_what_stands_in_it_and_nothing_that_runs(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    bench.lets_in(bench.cara).await;
    let (mut owner, mut cara) = (bench.owner().await, bench.browser(CARA).await);
    owner.look(SETTINGS).await;
    let large = format!("{PICTURE}{}", "x".repeat(200 * 1024));
    for (name, text) in [
        (
            "logo.png",
            "<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        ),
        ("logo.png", "<html>"),
        ("logo.webp", ""),
        ("logo.webp", &large),
        ("logo.webp", TOO_WIDE),
    ] {
        let refused = bring(&mut owner, name, text).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{name}");
        assert!(refused.main().contains("file-error"));
    }
    assert_eq!(
        cara.look("/portal/logo").await.status,
        StatusCode::NOT_FOUND
    );
    assert!(!cara.look(PORTAL).await.text.contains("<img"));
    let taken = bring(&mut owner, "logo.svg", PICTURE).await;
    assert_eq!(taken.status, StatusCode::SEE_OTHER, "{}", taken.text);
    let page = cara.look(PORTAL).await;
    let logo = cara.look(named(&page, r#"<img class="logo" src=""#)).await;
    assert_eq!(
        (logo.text.as_str(), logo.header("content-type")),
        (PICTURE, "image/webp")
    );
    assert_eq!(logo.header("content-security-policy"), "default-src 'none'");
    assert_eq!(logo.header("x-content-type-options"), "nosniff");
    owner.look(SETTINGS).await;
    let gone = owner.send("/configure/portal/logo/remove", &[]).await;
    assert_eq!(gone.status, StatusCode::SEE_OTHER);
    assert_eq!(
        cara.look("/portal/logo").await.status,
        StatusCode::NOT_FOUND
    );
}

async fn what_goes_wrong_in_the_portal_is_told_in_its_look(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    bench.lets_in(bench.cara).await;
    let (mut owner, mut cara) = (bench.owner().await, bench.browser(CARA).await);
    owner.look(SETTINGS).await;
    let said = [("name", "Meridian IT"), ("colour", "#ffd400")];
    owner.send(SETTINGS, &said).await;
    for (path, status) in [
        ("/portal/incidents/none", StatusCode::NOT_FOUND),
        ("/no/such/page", StatusCode::NOT_FOUND),
        ("/portal/company", StatusCode::FORBIDDEN),
        ("/service-desk/records", StatusCode::FORBIDDEN),
    ] {
        let seen = cara.look(path).await;
        assert_eq!(seen.status, status, "{path}");
        for words in [
            "· Meridian IT</title>",
            "/portal/colours?",
            "class=\"thumbs\"",
        ] {
            assert!(seen.text.contains(words), "{path} {words}: {}", seen.text);
        }
        assert!(!seen.text.contains("Rolecall") && !seen.text.contains("class=\"rail\""));
    }
    // Staff are told in theirs, and so is whoever is nobody here; programs get no page.
    let staff = owner.look("/portal/incidents/none").await;
    assert_eq!(staff.status, StatusCode::NOT_FOUND);
    assert!(!staff.text.contains("/portal/colours"), "{}", staff.text);
    let headers = [
        ("accept", "application/json"),
        ("sec-fetch-site", "same-origin"),
    ];
    let program = cara.ask(Method::GET, "/portal/incidents/none", &headers, None);
    assert!(!program.await.text.contains('<'));
}

async fn ad_20_it_is_set_by_whoever_configures_the_desk_and_told_in_the_log(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    bench.lets_in(bench.cara).await;
    for email in [UNA, CARA] {
        let mut who = bench.browser(email).await;
        let said = [("name", "Mine"), ("colour", "#000000")];
        assert_eq!(who.look(SETTINGS).await.status, StatusCode::FORBIDDEN);
        assert_eq!(
            who.send(SETTINGS, &said).await.status,
            StatusCode::FORBIDDEN
        );
        assert_eq!(
            bring(&mut who, "logo.webp", PICTURE).await.status,
            StatusCode::FORBIDDEN
        );
        let remove = who.send("/configure/portal/logo/remove", &[]).await;
        assert_eq!(remove.status, StatusCode::FORBIDDEN);
    }
    assert_eq!(bench.desk.house.rows("service_desk_portal").await, 0);
    let mut owner = bench.owner().await;
    owner.look(SETTINGS).await;
    let said = [("name", "Meridian IT"), ("colour", "#0d5f63")];
    owner.send(SETTINGS, &said).await;
    let log = bench.desk.house.account.head().position;
    owner.look(SETTINGS).await;
    owner.send(SETTINGS, &said).await;
    assert_eq!(
        bench.desk.house.account.head().position,
        log,
        "it was so already"
    );
    let audit = owner.look("/audit").await;
    assert!(
        audit
            .main()
            .contains("Changed name and colour of the portal"),
        "{}",
        audit.main()
    );
}
