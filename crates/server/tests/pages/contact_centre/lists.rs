//! Pause reasons and messages: pages and REST (CC-7, CC-10, CC-12).

use access::{
    Command, Switch,
    event::{ContactCentreEvent, ContactCentreList},
};
use axum::http::{Method, StatusCode};
use testkit::databases::TestDatabase;

use super::centre::{ANN, Centre, MAX, SUE, json};
use crate::browser::Browser;

testkit::on_both![
    cc_10_supervisors_see_and_change_pause_reasons_by_the_switches,
    cc_12_every_agent_uses_messages_and_changes_them_by_the_switch,
    what_is_typed_is_checked_and_told_at_the_field,
    a_change_takes_nothing_away_that_was_not_read,
    sd_26_an_erased_person_is_blanked_in_messages,
];

const REASONS: &str = "/contact-centre/admin/pause-reasons";
const REASONS_API: &str = "/api/v1/contact-centre/pause-reasons";

async fn items(browser: &mut Browser, path: &str) -> Vec<serde_json::Value> {
    let list = json(browser, Method::GET, path, "").await;
    assert_eq!(list.status, StatusCode::OK, "{}", list.text);
    let list: serde_json::Value = serde_json::from_str(&list.text).unwrap();
    list["items"].as_array().unwrap().clone()
}

/// The address of the first entry of a list.
async fn first(browser: &mut Browser, api: &str, page: &str) -> String {
    let items = items(browser, api).await;
    format!("{page}/{}", items[0]["id"].as_str().unwrap())
}

async fn cc_10_supervisors_see_and_change_pause_reasons_by_the_switches(db: TestDatabase) {
    let centre = Centre::open(&db).await;
    let mut owner = centre.owner().await;
    owner.look(REASONS).await;
    let lunch = [("name", "Lunch"), ("text", "At most an hour")];
    let added = owner.send(REASONS, &lunch).await;
    assert_eq!(
        (added.status, added.leads_to()),
        (StatusCode::SEE_OTHER, REASONS),
        "{}",
        added.text
    );
    assert!(owner.look(REASONS).await.text.contains("At most an hour"));
    // The log says it, without the words.
    let entry = &centre.house.account.log_page(None, 1).await.unwrap()[0];
    assert_eq!(entry.act, "add_pause_reason");
    let events = ledger::events(entry).unwrap();
    let list = ContactCentreList::PauseReasons;
    assert!(
        matches!(&events[..], [access::Event::ContactCentre(ContactCentreEvent::EntryAdded { list: of, .. })] if *of == list),
        "{events:?}"
    );

    let mut sue = centre.signed_in(SUE).await;
    let closed = async |sue: &mut Browser| {
        for path in [REASONS, REASONS_API] {
            let page = sue.look(path).await;
            assert_eq!(page.status, StatusCode::FORBIDDEN, "{path}");
        }
        let queues = sue.look("/contact-centre/queues").await;
        assert!(!queues.text.contains(REASONS), "not led to what is closed");
        let before = centre.trace().await;
        let meeting = [("name", "Meeting"), ("text", "")];
        let added = sue.send(REASONS, &meeting).await;
        assert_eq!(added.status, StatusCode::FORBIDDEN);
        let added = json(sue, Method::POST, REASONS_API, r#"{"name": "Meeting"}"#).await;
        assert_eq!(added.status, StatusCode::FORBIDDEN);
        assert_eq!(centre.trace().await, before, "a denied act leaves no trace");
    };
    closed(&mut sue).await;
    // CC-7: without the portal it has nowhere to act.
    centre.set(Switch::SupervisorPauseReasonsView, true).await;
    closed(&mut sue).await;
    centre
        .set(Switch::SupervisorConfigurationPortal, true)
        .await;
    let page = sue.look(REASONS).await;
    assert!(
        page.text.contains("Lunch") && !page.text.contains("<button class=\"button primary\">Add"),
        "{}",
        page.text
    );
    assert!(
        sue.look("/contact-centre/queues")
            .await
            .text
            .contains(REASONS)
    );
    let before = centre.trace().await;
    let meeting = [("name", "Meeting"), ("text", "")];
    assert_eq!(
        sue.send(REASONS, &meeting).await.status,
        StatusCode::FORBIDDEN
    );
    assert_eq!(centre.trace().await, before);
    centre.set(Switch::SupervisorPauseReasonsEdit, true).await;
    sue.look(REASONS).await;
    assert_eq!(
        sue.send(REASONS, &meeting).await.status,
        StatusCode::SEE_OTHER
    );
    // And away again.
    let path = first(&mut sue, REASONS_API, REASONS).await;
    sue.look(&path).await;
    let removed = sue.send(&format!("{path}/remove"), &[]).await;
    assert_eq!(removed.status, StatusCode::SEE_OTHER, "{}", removed.text);
    let left = items(&mut owner, REASONS_API).await;
    assert_eq!(left.len(), 1);
    assert_eq!(left[0]["name"], "Meeting");
    assert_eq!(sue.look(&path).await.status, StatusCode::NOT_FOUND);
    // Agents have nothing to do here.
    let mut ann = centre.signed_in(ANN).await;
    assert_eq!(ann.look(REASONS).await.status, StatusCode::FORBIDDEN);
}

async fn cc_12_every_agent_uses_messages_and_changes_them_by_the_switch(db: TestDatabase) {
    let centre = Centre::open(&db).await;
    let mut owner = centre.owner().await;
    for (path, switch) in [
        ("pre-recorded-messages", Switch::AgentPrerecordedEdit),
        ("pre-written-messages", Switch::AgentPrewrittenPublicEdit),
    ] {
        let api = format!("/api/v1/contact-centre/{path}");
        let page = format!("/contact-centre/admin/{path}");
        let hello = r#"{"name": "Hello", "text": "Good morning\r\nand welcome"}"#;
        let added = json(&mut owner, Method::POST, &api, hello).await;
        assert_eq!(added.status, StatusCode::OK, "{}", added.text);
        let mut ann = centre.signed_in(ANN).await;
        let found = items(&mut ann, &api).await;
        assert_eq!(found[0]["text"], "Good morning\nand welcome");
        assert!(ann.look(&page).await.text.contains("Hello"));
        let before = centre.trace().await;
        let bye = r#"{"name": "Bye"}"#;
        let added = json(&mut ann, Method::POST, &api, bye).await;
        assert_eq!(added.status, StatusCode::FORBIDDEN);
        assert_eq!(centre.trace().await, before);
        centre.set(switch, true).await;
        let tried = json(&mut ann, Method::POST, &format!("{api}?dry_run=true"), bye).await;
        assert_eq!(tried.status, StatusCode::OK, "{}", tried.text);
        assert_eq!(centre.trace().await.1, before.1, "only tried");
        let added = json(&mut ann, Method::POST, &api, bye).await;
        assert_eq!(added.status, StatusCode::OK, "{}", added.text);
        assert_eq!(items(&mut ann, &api).await.len(), 2);
        // Whoever is no agent and no Contact admin does not even read them.
        for email in [SUE, MAX] {
            let mut browser = centre.signed_in(email).await;
            assert_eq!(browser.look(&page).await.status, StatusCode::FORBIDDEN);
        }
    }
}

async fn what_is_typed_is_checked_and_told_at_the_field(db: TestDatabase) {
    let centre = Centre::open(&db).await;
    let mut owner = centre.owner().await;
    owner.look(REASONS).await;
    owner
        .send(REASONS, &[("name", "Lunch"), ("text", "")])
        .await;
    let before = centre.trace().await;
    let long = "x".repeat(2_001);
    for (fields, told) in [
        ([("name", " "), ("text", "kept")], "name-error"),
        (
            [("name", "LUNCH"), ("text", "kept")],
            "of this name already",
        ),
        ([("name", "Tea"), ("text", &*long)], "text-error"),
        ([("name", "Tea\u{7}"), ("text", "kept")], "name-error"),
    ] {
        let page = owner.send(REASONS, &fields).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            page.text.contains(told) && page.text.contains("role=\"alert\""),
            "{}",
            page.text
        );
        assert!(
            page.text.contains(&format!(">{}</textarea>", fields[1].1)),
            "what was typed stays"
        );
    }
    let odd = [("name", "Tea"), ("text", ""), ("is_admin", "1")];
    assert!(owner.send(REASONS, &odd).await.status.is_client_error());
    assert_eq!(centre.trace().await, before);
}

async fn a_change_takes_nothing_away_that_was_not_read(db: TestDatabase) {
    let centre = Centre::open(&db).await;
    let mut owner = centre.owner().await;
    owner.look(REASONS).await;
    owner
        .send(REASONS, &[("name", "Lunch"), ("text", "An hour")])
        .await;
    let path = first(&mut owner, REASONS_API, REASONS).await;
    let api = path.replace(REASONS, REASONS_API);
    let read = owner.look(&path).await.hidden("mark").unwrap().to_owned();
    // Somebody else is quicker.
    let quick = [
        ("name", "Lunch"),
        ("text", "Half an hour"),
        ("mark", &*read),
    ];
    assert_eq!(
        owner.send(&path, &quick).await.status,
        StatusCode::SEE_OTHER
    );
    let slow = [
        ("name", "Long lunch"),
        ("text", "An hour"),
        ("mark", &*read),
    ];
    let page = owner.send(&path, &slow).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        page.text.contains("Half an hour") && page.text.contains("Long lunch"),
        "{}",
        page.text
    );
    assert_eq!(
        items(&mut owner, REASONS_API).await[0]["text"],
        "Half an hour"
    );
    // Having seen it, they may.
    let mark = page.hidden("mark").map(str::to_owned).unwrap();
    let again = [slow[0], slow[1], ("mark", &*mark)];
    assert_eq!(
        owner.send(&path, &again).await.status,
        StatusCode::SEE_OTHER
    );
    assert_eq!(
        items(&mut owner, REASONS_API).await[0]["name"],
        "Long lunch"
    );
    // A program sends the mark as a header, and cannot leave it out.
    let body = r#"{"name": "Lunch"}"#;
    let without = json(&mut owner, Method::PUT, &api, body).await;
    assert_eq!(without.status, StatusCode::PRECONDITION_REQUIRED);
    for (mark, status) in [
        (read, StatusCode::CONFLICT),
        (
            items(&mut owner, REASONS_API).await[0]["mark"]
                .as_str()
                .unwrap()
                .to_owned(),
            StatusCode::OK,
        ),
    ] {
        let headers = [
            ("sec-fetch-site", "same-origin"),
            ("content-type", "application/json"),
            ("if-mark", &*mark),
        ];
        let answer = owner
            .ask(Method::PUT, &api, &headers, Some(body.to_owned()))
            .await;
        assert_eq!(answer.status, status, "{}", answer.text);
    }
}

async fn sd_26_an_erased_person_is_blanked_in_messages(db: TestDatabase) {
    let centre = Centre::open(&db).await;
    let mut owner = centre.owner().await;
    let api = "/api/v1/contact-centre/pre-written-messages";
    let body = r#"{"name": "Ask Otto User", "text": "Write to otto@example.net"}"#;
    json(&mut owner, Method::POST, api, body).await;
    let person = centre.otto;
    centre.submit(Command::ErasePerson { person }).await;
    let found = items(&mut owner, api).await;
    assert_eq!(
        (&found[0]["name"], &found[0]["text"]),
        (&"Ask".into(), &"Write to".into())
    );
}
