//! The sign-in log as a page and as a file, and one's own part of it (AD-20).

use access::Command;
use axum::http::StatusCode;
use testkit::databases::TestDatabase;

use crate::browser::{Browser, House, OWNER, Seen};

testkit::on_both![
    ad_20_the_log_is_filtered_by_what_who_and_when,
    ad_20_the_log_is_for_those_who_may_audit,
    ad_20_pages_follow_each_other_without_a_gap,
    sd_26_an_erased_person_is_a_blank_in_the_log,
    ad_20_the_file_holds_the_same_and_no_formula,
    ad_28_a_file_ends_where_the_right_to_it_does,
    everybody_sees_what_happened_with_their_own_address,
];

const ULF: &str = "ulf@example.net";
const LOG: &str = "/audit/sign-ins";

/// What happened, newest first, by the words of the page.
fn rows(page: &Seen) -> Vec<&str> {
    let (_, table) = page.text.split_once("<tbody>").unwrap_or_default();
    let cells = table.split("<span class=\"status ").skip(1);
    cells
        .map(|cell| cell.split_once('>').unwrap().1.split('<').next().unwrap())
        .collect()
}

fn link<'a>(page: &'a Seen, words: &str) -> &'a str {
    let (before, _) = page.text.split_once(words).unwrap();
    let (_, link) = before.rsplit_once("href=\"").unwrap();
    link.split('"').next().unwrap()
}

async fn look(browser: &mut Browser, query: &str) -> Seen {
    browser.look(&format!("{LOG}{query}")).await
}

async fn ad_20_the_log_is_filtered_by_what_who_and_when(db: TestDatabase) {
    let house = House::open(&db).await;
    let ulf = house.user(ULF).await;
    house.browser().sign_in(ULF, "wrong").await;
    house.browser().sign_in("nobody@example.net", "wrong").await;
    house
        .advance(std::time::Duration::from_secs(24 * 60 * 60))
        .await;
    house.signed_in(ULF).await;
    let mut browser = house.signed_in(OWNER).await;
    let all = look(&mut browser, "").await;
    assert_eq!(all.status, StatusCode::OK);
    let (failed, signed_in) = ("Failed to sign in", "Signed in");
    assert_eq!(
        rows(&all),
        [signed_in, signed_in, failed, failed, signed_in]
    );
    assert!(all.main().contains("<bdi>Ulf User</bdi>") && all.text.contains("nobody who is known"));
    assert!(
        !all.text.contains("nobody@example.net"),
        "addresses are not kept"
    );
    let what = look(&mut browser, "?what=failed").await;
    assert_eq!(rows(&what), [failed, failed]);
    let id = house.account.state().public(ulf).unwrap().to_string();
    let of_ulf = link(&all, "only these<span class=\"vh\">: entries of Ulf User").to_owned();
    assert_eq!(of_ulf, format!("{LOG}?person={id}"));
    let who = browser.look(&of_ulf).await;
    assert_eq!(rows(&who), [signed_in, failed]);
    assert!(who.main().contains("Of <bdi>Ulf User</bdi>"));
    // 2026-09-21 is the day on which the clock of these tests begins.
    let day = |text: &str| format!("?from={text}&until={text}");
    let first = look(&mut browser, &day("2026-09-21")).await;
    assert_eq!(rows(&first), [failed, failed, signed_in]);
    let second = look(&mut browser, &day("2026-09-22")).await;
    assert_eq!(rows(&second), [signed_in, signed_in]);
    let none = look(&mut browser, "?what=locked").await;
    assert!(
        none.text.contains("Nothing of that kind happened"),
        "{}",
        none.text
    );
    // A form names every field; the address to send to a colleague names what counts.
    let form = look(
        &mut browser,
        &format!("?what=failed&from=&until=&person={id}"),
    )
    .await;
    assert_eq!(form.leads_to(), format!("{LOG}?what=failed&person={id}"));
    for odd in [
        "?what=else",
        "?from=yesterday",
        "?person=per_00000000000000000000000000000000",
        "?person=Ulf",
        "?name=Ulf",
    ] {
        let answer = look(&mut browser, odd).await;
        assert!(answer.status.is_client_error(), "{odd}: {}", answer.status);
    }
    // The same by a program.
    let path = format!("/api/v1/sign-in-log?what=failed&person={id}&until=2026-09-21");
    let headers = [("sec-fetch-site", "same-origin")];
    let read = browser
        .ask(axum::http::Method::GET, &path, &headers, None)
        .await;
    let body: serde_json::Value = serde_json::from_str(&read.text).unwrap();
    assert_eq!(body["items"].as_array().unwrap().len(), 1, "{body}");
    assert_eq!(body["items"][0]["person"], id);
}

async fn ad_20_the_log_is_for_those_who_may_audit(db: TestDatabase) {
    let house = House::open(&db).await;
    let ulf = house.user(ULF).await;
    let mut browser = house.signed_in(ULF).await;
    let audit = browser.look("/audit").await;
    assert!(audit.text.contains(&format!("href=\"{LOG}\"")));
    assert_eq!(look(&mut browser, "").await.status, StatusCode::OK);
    // Who holds nothing more would be suspended (AD-15).
    let body = r#"{"name": "Helper", "permissions": ["admin.history.access"]}"#;
    let role = house.custom_role(body).await;
    house.set_role(ulf, role).await;
    for path in [LOG, "/audit/sign-ins/export"] {
        let denied = browser.look(path).await;
        assert_eq!(denied.status, StatusCode::FORBIDDEN, "{}", denied.text);
    }
    let home = browser.look("/").await;
    assert!(!home.text.contains("href=\"/audit"), "{}", home.text);
    let mut nobody = house.browser();
    let away = look(&mut nobody, "?what=failed").await;
    assert_eq!(
        away.leads_to(),
        "/sign-in?next=%2Faudit%2Fsign-ins%3Fwhat%3Dfailed"
    );
}

async fn ad_20_pages_follow_each_other_without_a_gap(db: TestDatabase) {
    let house = House::open(&db).await;
    for number in 0..12 {
        let email = format!("nobody{number}@example.net");
        house.browser().sign_in(&email, "wrong").await;
    }
    let mut browser = house.signed_in(OWNER).await;
    let mut page = look(&mut browser, "?what=failed&page_size=5").await;
    let mut seen = rows(&page).len();
    assert!(!page.text.contains("Newest entries"));
    while page.text.contains("Older entries") {
        let older = link(&page, "Older entries")
            .replace("&#38;", "&")
            .replace("&amp;", "&");
        // Meanwhile somebody fails once more.
        house.browser().sign_in("late@example.net", "wrong").await;
        page = browser.look(&format!("{older}&page_size=5")).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.text);
        assert!(page.text.contains("Newest entries"));
        seen += rows(&page).len();
    }
    assert_eq!(seen, 12);
}

async fn sd_26_an_erased_person_is_a_blank_in_the_log(db: TestDatabase) {
    let house = House::open(&db).await;
    let person = house.user(ULF).await;
    house.browser().sign_in(ULF, "wrong").await;
    house
        .submit(house.owners(), Command::ErasePerson { person })
        .await;
    let mut browser = house.signed_in(OWNER).await;
    let page = look(&mut browser, "?what=failed").await;
    assert_eq!(rows(&page).len(), 1);
    assert!(page.text.contains("an erased person"), "{}", page.text);
    assert!(!page.text.contains("Ulf") && !page.text.contains(ULF));
    let file = browser.look("/audit/sign-ins/export").await;
    assert!(file.text.contains(",\"failed\",\"\",\"\""), "{}", file.text);
    assert!(!file.text.contains("Ulf"));
}

async fn ad_20_the_file_holds_the_same_and_no_formula(db: TestDatabase) {
    let house = House::open(&db).await;
    let ulf = house.user(ULF).await;
    let mut own = house.signed_in(ULF).await;
    own.look("/account/profile").await;
    let evil = "=HYPERLINK(\"https://evil.example\", \"x\")";
    let renamed = own.send("/account/profile/name", &[("name", evil)]).await;
    assert_eq!(renamed.status, StatusCode::SEE_OTHER);
    house.browser().sign_in("nobody@example.net", "wrong").await;
    let mut browser = house.signed_in(OWNER).await;
    let file = browser.look("/audit/sign-ins/export").await;
    assert_eq!(file.status, StatusCode::OK);
    assert_eq!(file.header("content-type"), "text/csv; charset=utf-8");
    assert!(file.header("content-disposition").contains("attachment"));
    let id = house.account.state().public(ulf).unwrap().to_string();
    let lines: Vec<_> = file.text.lines().collect();
    assert_eq!(lines[0], "\"at\",\"what\",\"person\",\"name\"");
    assert_eq!(lines.len(), 5, "{}", file.text);
    assert!(lines[2].ends_with(",\"failed\",\"\",\"\""), "{}", lines[2]);
    let guarded = "\"'=HYPERLINK(\"\"https://evil.example\"\", \"\"x\"\")\"";
    let guarded = format!(",\"signed_in\",\"{id}\",{guarded}");
    assert!(lines[3].ends_with(&guarded), "{}", lines[3]);
    let filtered = browser.look("/audit/sign-ins/export?what=failed").await;
    assert_eq!(filtered.text.lines().count(), 2, "{}", filtered.text);
}

/// Read while it is sent: more entries than are read at once, and the right goes in between.
async fn ad_28_a_file_ends_where_the_right_to_it_does(db: TestDatabase) {
    let house = House::open(&db).await;
    let ulf = house.user(ULF).await;
    for _ in 0..1_100 {
        let what = ledger::SignInFact::Failed;
        let account = Some(house.account.id());
        house
            .engine
            .sign_in_failed(account, None, what)
            .await
            .unwrap();
    }
    let mut browser = house.signed_in(ULF).await;
    let whole = browser.look("/audit/sign-ins/export?what=failed").await;
    assert_eq!(whole.text.lines().count(), 1_101);
    let mut parts = browser.stream("/audit/sign-ins/export?what=failed").await;
    let begin = parts.next().await.unwrap().unwrap();
    assert_eq!(begin.lines().count(), 1_001);
    let body = r#"{"name": "Helper", "permissions": ["admin.history.access"]}"#;
    let role = house.custom_role(body).await;
    house.set_role(ulf, role).await;
    assert!(parts.next().await.unwrap().is_err(), "it is broken off");
}

async fn everybody_sees_what_happened_with_their_own_address(db: TestDatabase) {
    let house = House::open(&db).await;
    let ulf = house.user(ULF).await;
    house.browser().sign_in(ULF, "wrong").await;
    house.browser().sign_in(OWNER, "wrong").await;
    let mut browser = house.signed_in(ULF).await;
    let page = browser.look("/account/sessions").await;
    let (_, own) = page.text.split_once("id=\"lately\"").unwrap();
    assert_eq!(own.matches("Failed to sign in").count(), 1, "{own}");
    assert_eq!(own.matches("Signed in").count(), 1);
    for _ in 0..30 {
        let what = ledger::SignInFact::Failed;
        let account = Some(house.account.id());
        let failed = house.engine.sign_in_failed(account, Some(ulf), what);
        failed.await.unwrap();
    }
    let page = browser.look("/account/sessions").await;
    let (_, own) = page.text.split_once("id=\"lately\"").unwrap();
    assert_eq!(own.matches("<tr>").count(), 1 + 20, "the newest twenty");
}
