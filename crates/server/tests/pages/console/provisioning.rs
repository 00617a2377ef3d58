//! The pages of a directory: what it asked and what came of it, and what a first sync would do.

use access::{Command, RoleId, state::ConnectionKind};
use axum::http::{Method, StatusCode};
use serde_json::json;
use testkit::databases::TestDatabase;

use super::{
    desk::{Desk, ULF},
    programs,
};
use crate::browser::{Browser, Seen};

testkit::on_both![
    ad_29_what_a_directory_asked_is_shown_by_what_came_of_it,
    ad_30_a_first_sync_is_tried_and_nothing_of_it_is_kept,
];

const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";

/// A directory: its page, and a token of it.
async fn directory(desk: &Desk, browser: &mut Browser) -> (String, String) {
    let connection = desk.named("Directory", |id| Command::CreateConnection {
        id,
        role: RoleId::ADMIN,
        kind: ConnectionKind::Provisioning,
        rights: access::state::ConnectionRights::default(),
    });
    let page = format!("/configure/connections/{}", desk.id(connection.await));
    let secret = programs::make(browser, &format!("{page}/tokens/new")).await;
    (page, secret)
}

/// What the directory asks over SCIM.
async fn scim(desk: &Desk, secret: &str, user: &str) -> StatusCode {
    let bearer = format!("Bearer {secret}");
    let headers = [
        ("authorization", &*bearer),
        ("content-type", "application/scim+json"),
    ];
    let body = json!({"schemas": [USER], "userName": user}).to_string();
    let mut program = desk.house.browser();
    let answer = program.ask(Method::POST, "/scim/v2/Users", &headers, Some(body));
    answer.await.status
}

async fn ad_29_what_a_directory_asked_is_shown_by_what_came_of_it(db: TestDatabase) {
    let desk = Desk::open(&db).await;
    let mut browser = desk.owner().await;
    let (page, secret) = directory(&desk, &mut browser).await;
    let log = format!("{page}/log");
    let quiet = browser.look(&log).await;
    for told in ["never", "It has not asked for anything yet."] {
        assert!(quiet.main().contains(told), "{told}: {}", quiet.text);
    }
    assert_eq!(
        scim(&desk, &secret, "ann@example.net").await,
        StatusCode::CREATED
    );
    assert_eq!(
        scim(&desk, &secret, "ann@example.net").await,
        StatusCode::CONFLICT
    );

    let all = browser.look(&log).await;
    assert_eq!(all.text.matches("Made a user").count(), 2, "{}", all.text);
    for told in ["1 refused", "1 user,", "userName"] {
        assert!(all.main().contains(told), "{told}: {}", all.text);
    }
    for (outcome, status) in [("done", "201"), ("refused", "409")] {
        let some = browser.look(&format!("{log}?outcome={outcome}")).await;
        assert_eq!(some.text.matches("Made a user").count(), 1, "{outcome}");
        let told = format!(r#"<small class="quiet">{status}</small>"#);
        assert!(some.main().contains(&told), "{outcome}: {}", some.text);
    }
    let none = browser.look(&format!("{log}?outcome=in_part")).await;
    assert!(
        none.main().contains("No request came to that."),
        "{}",
        none.text
    );
    let odd = browser.look(&format!("{log}?outcome=odd")).await;
    assert_eq!(odd.status, StatusCode::UNPROCESSABLE_ENTITY);

    // Whoever manages no integrations finds none of it, and a sign-in provider has none.
    let mut ulf = desk.browser(ULF).await;
    for end in ["log", "first-sync"] {
        let path = format!("{page}/{end}");
        assert_eq!(ulf.look(&path).await.status, StatusCode::FORBIDDEN, "{end}");
    }
}

/// Sends the form of the page, with a file or with what is pasted.
async fn bring(browser: &mut Browser, page: &str, file: &str, pasted: &str) -> Seen {
    browser.look(page).await;
    let token = browser.form_token.clone().unwrap_or_default();
    let part = |head: &str, text: &str| {
        format!("--x\r\nContent-Disposition: form-data; name={head}\r\n\r\n{text}\r\n")
    };
    let body = [
        part(r#""form_token""#, &token),
        part(r#""file"; filename="""#, file),
        part(r#""pasted""#, pasted),
        "--x--\r\n".to_owned(),
    ];
    let headers = [
        ("sec-fetch-site", "same-origin"),
        ("accept", "text/html"),
        ("content-type", "multipart/form-data; boundary=x"),
    ];
    let sent = browser.ask(Method::POST, page, &headers, Some(body.concat()));
    sent.await
}

async fn ad_30_a_first_sync_is_tried_and_nothing_of_it_is_kept(db: TestDatabase) {
    let desk = Desk::open(&db).await;
    let mut browser = desk.owner().await;
    let (page, _) = directory(&desk, &mut browser).await;
    let page = format!("{page}/first-sync");
    let version = desk.house.account.state().version();
    for (file, pasted, told) in [
        ("", "", "Choose a file, or paste users."),
        ("{", "", "This is not JSON"),
        ("", "[]", "There are no users in it."),
    ] {
        let again = bring(&mut browser, &page, file, pasted).await;
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY, "{told}");
        assert!(again.main().contains(told), "{told}: {}", again.text);
    }
    let user = |name: &str| json!({"schemas": [USER], "userName": name, "displayName": "Somebody"});
    let users = json!([user("new@example.net"), user(ULF), user("NEW@example.net")]);
    let response = json!({"Resources": users}).to_string();
    for (file, pasted) in [(&*response, ""), ("", &*users.to_string())] {
        let tried = bring(&mut browser, &page, file, pasted).await;
        assert_eq!(tried.status, StatusCode::OK, "{}", tried.text);
        for told in [
            "1 would clash, 1 would match, 1 would be created",
            "by its userName",
            "Ulf User",
            "an earlier one of these",
        ] {
            let (main, told) = (tried.main().to_lowercase(), told.to_lowercase());
            assert!(main.contains(&told), "{told}: {}", tried.text);
        }
        // What has to be looked at stands first.
        let rows = tried.main().split_once("<tbody>").unwrap().1;
        assert!(rows.find("clash") < rows.find("match"), "{rows}");
    }
    assert_eq!(
        desk.house.account.state().version(),
        version,
        "nothing is written"
    );
}
