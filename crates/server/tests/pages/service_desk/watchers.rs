//! Who follows a record (SD-35, SD-38): users with access, for as long as they have it.

use access::{
    Command, PersonId,
    event::Node,
    state::{Facet, ServiceLevel, Tie},
};
use axum::http::{Method, StatusCode};
use serde_json::{Value, json};
use testkit::databases::TestDatabase;

use super::bench::{Bench, NILS, PAGES, RECORDS, UNA, ask, body_of, edit, listed, text_of};
use crate::browser::Browser;

testkit::on_both![
    sd_35_who_follows_a_record_is_shown_on_it,
    sd_38_a_watcher_is_a_user_with_access,
    sd_38_whoever_loses_access_follows_no_more_in_the_same_step,
    sd_38_losing_one_way_of_several_takes_nothing,
    sd_33_company_access_that_is_cut_takes_what_it_hides_alone,
    sd_33_a_record_that_moves_out_of_sight_is_followed_no_more,
    sd_38_a_level_that_ended_by_time_shows_nobody,
    sd_26_an_erased_watcher_is_none,
    sd_5_nobody_follows_what_they_may_not_know,
    a_deleted_record_is_followed_by_nobody,
];

fn watchers_of(record: &str) -> String {
    format!("{RECORDS}/{record}/watchers")
}

async fn put(bench: &Bench, by: &mut Browser, record: &str, who: PersonId) -> crate::browser::Seen {
    let path = format!("{}/{}", watchers_of(record), bench.id(who));
    ask(by, Method::PUT, &path, None).await
}

/// Una follows it.
async fn followed(bench: &Bench, record: &str) {
    let mut owner = bench.owner().await;
    let done = put(bench, &mut owner, record, bench.una).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.text);
}

async fn watchers(bench: &Bench, record: &str) -> Value {
    let mut owner = bench.owner().await;
    body_of(&owner.look(&watchers_of(record)).await)["items"].clone()
}

async fn sd_35_who_follows_a_record_is_shown_on_it(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let (mut una, mut owner) = (bench.browser(UNA).await, bench.owner().await);
    let record = bench.incident(&mut una, bench.payroll, json!({})).await;
    let other = bench.incident(&mut una, bench.payroll, json!({})).await;
    let page = format!("{PAGES}/{record}");
    assert!(una.look(&page).await.main().contains(">Follow it<"));
    let done = una.send(&format!("{page}/follow"), &[("to", "yes")]).await;
    assert_eq!(done.leads_to(), page);
    // A colleague is added as an assignee is chosen.
    let ada = bench.id(bench.ada);
    let chosen = [
        ("person", ada.as_str()),
        ("person_text", "Ada User"),
        ("person_asked", "Ada User"),
    ];
    let done = una.send(&format!("{page}/watchers"), &chosen).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    let seen = owner.look(&page).await;
    for words in ["Followed by", "Una User", "Ada User follows it"] {
        assert!(seen.main().contains(words), "{words}: {}", seen.main());
    }
    assert_eq!(
        watchers(&bench, &record).await,
        json!([bench.id(bench.una), ada])
    );
    let own = listed(&mut una, "?followed=true").await;
    assert_eq!(own, std::slice::from_ref(&record));
    assert!(listed(&mut owner, "?followed=true").await.is_empty());
    assert_eq!(watchers(&bench, &other).await, json!([]));
    // Following twice is no change; not following takes it away.
    let again = put(&bench, &mut una, &record, bench.una).await;
    assert_eq!(body_of(&again)["changed"], json!(false));
    let done = una.send(&format!("{page}/follow"), &[("to", "no")]).await;
    assert_eq!(done.leads_to(), page);
    una.send(&format!("{page}/watchers/remove"), &[("person", &ada)])
        .await;
    assert_eq!(watchers(&bench, &record).await, json!([]));
    assert!(una.look(&page).await.main().contains("follows it no more"));
}

async fn sd_38_a_watcher_is_a_user_with_access(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let mut owner = bench.owner().await;
    let record = bench.incident(&mut owner, bench.payroll, json!({})).await;
    let before = bench.trace().await;
    let refused = put(&bench, &mut owner, &record, bench.nils).await;
    assert_eq!(refused.status, StatusCode::CONFLICT, "{}", refused.text);
    assert_eq!(text_of(&refused, "rule"), "SD-38");
    // A customer is never one, not even of their own record.
    let refused = put(&bench, &mut owner, &record, bench.cara).await;
    assert_ne!(refused.status, StatusCode::OK);
    let page = format!("{PAGES}/{record}/watchers");
    let again = owner.send(&page, &[("person_text", "")]).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(again.main().contains("pick-person-error"));
    assert_eq!(bench.trace().await, before);
    assert_eq!(watchers(&bench, &record).await, json!([]));
}

// proves: SD-38
async fn sd_38_whoever_loses_access_follows_no_more_in_the_same_step(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let mut owner = bench.owner().await;
    let (una, payroll) = (bench.una, bench.payroll);
    bench.keeps_active(una).await;
    let level = Tie::Service(payroll, ServiceLevel::User);
    let licence = Tie::Licence(bench.desk.licence);
    let untie = |tie| Command::Untie { person: una, tie };
    let tie = |tie| Command::Tie {
        person: una,
        tie,
        window: access::Window::ALWAYS,
    };
    let (person, facet) = (una, Facet::User);
    let node = Node::Service(payroll);
    let cases = [
        (untie(level), tie(level)),
        (
            Command::Deactivate { person, facet },
            Command::Reactivate { person, facet },
        ),
        (untie(licence), tie(licence)),
        (Command::Archive { node }, Command::Restore { node }),
    ];
    for (loss, back) in cases {
        let record = bench.incident(&mut owner, payroll, json!({})).await;
        followed(&bench, &record).await;
        let done = put(&bench, &mut owner, &record, bench.ada).await;
        assert_eq!(done.status, StatusCode::OK);
        let what = format!("{loss:?}");
        let takes_the_service = matches!(loss, Command::Archive { .. });
        bench.desk.by_owner(loss).await;
        bench.desk.by_owner(back).await;
        let left = match takes_the_service {
            true => json!([]),
            false => json!([bench.id(bench.ada)]),
        };
        assert_eq!(watchers(&bench, &record).await, left, "{what}");
        let page = owner.look(&format!("{PAGES}/{record}")).await;
        let said = "Una User lost access, and does not follow it any more";
        assert!(page.main().contains(said), "{what}: {}", page.main());
    }
}

async fn sd_38_losing_one_way_of_several_takes_nothing(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let mut owner = bench.owner().await;
    let (una, service) = (bench.una, bench.payroll);
    let group = bench.desk.group("Night shift").await;
    let rows = vec![(group, true)];
    bench
        .desk
        .by_owner(Command::SaveGroupsTab { service, rows })
        .await;
    bench.desk.tie(una, Tie::Group(group)).await;
    let record = bench.incident(&mut owner, service, json!({})).await;
    followed(&bench, &record).await;
    let level = Tie::Service(service, ServiceLevel::User);
    let untie = |tie| Command::Untie { person: una, tie };
    bench.desk.by_owner(untie(level)).await;
    assert_eq!(watchers(&bench, &record).await, json!([bench.id(una)]));
    bench.desk.by_owner(untie(Tie::Group(group))).await;
    assert_eq!(watchers(&bench, &record).await, json!([]));
}

async fn sd_33_company_access_that_is_cut_takes_what_it_hides_alone(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let mut owner = bench.owner().await;
    let customer = json!({"customer": bench.id(bench.cara)});
    let of_acme = bench.incident(&mut owner, bench.payroll, customer).await;
    let nobodys = bench.incident(&mut owner, bench.payroll, json!({})).await;
    for record in [&of_acme, &nobodys] {
        followed(&bench, record).await;
    }
    bench.sees_companies(bench.una, &[], false).await;
    assert_eq!(watchers(&bench, &of_acme).await, json!([]));
    let una = bench.id(bench.una);
    assert_eq!(watchers(&bench, &nobodys).await, json!([una]));
}

async fn sd_33_a_record_that_moves_out_of_sight_is_followed_no_more(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let mut owner = bench.owner().await;
    let acme = bench.desk.company_of(bench.cara).unwrap();
    let other = bench.desk.company("Bolt").await;
    bench.sees_companies(bench.una, &[acme], false).await;
    let customer = json!({"customer": bench.id(bench.cara)});
    let record = bench.incident(&mut owner, bench.payroll, customer).await;
    followed(&bench, &record).await;
    let moved = edit(&mut owner, &record, json!({"company": bench.id(other)})).await;
    assert_eq!(moved.status, StatusCode::OK, "{}", moved.text);
    assert_eq!(bench.desk.house.rows("service_desk_watchers").await, 0);
    let page = owner.look(&format!("{PAGES}/{record}")).await;
    assert!(page.main().contains("does not follow it any more"));
}

async fn sd_38_a_level_that_ended_by_time_shows_nobody(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let mut owner = bench.owner().await;
    let tie = Tie::Service(bench.payroll, ServiceLevel::User);
    bench.desk.tie_for(bench.nils, tie, 60_000).await;
    let record = bench.incident(&mut owner, bench.payroll, json!({})).await;
    let done = put(&bench, &mut owner, &record, bench.nils).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.text);
    bench
        .desk
        .house
        .advance(std::time::Duration::from_secs(120))
        .await;
    assert_eq!(watchers(&bench, &record).await, json!([]));
    let mut nils = bench.browser(NILS).await;
    assert!(listed(&mut nils, "?followed=true").await.is_empty());
}

async fn sd_26_an_erased_watcher_is_none(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let mut owner = bench.owner().await;
    let record = bench.incident(&mut owner, bench.payroll, json!({})).await;
    followed(&bench, &record).await;
    let person = bench.una;
    bench.desk.by_owner(Command::ErasePerson { person }).await;
    assert_eq!(bench.desk.house.rows("service_desk_watchers").await, 0);
    let page = owner.look(&format!("{PAGES}/{record}")).await;
    assert!(!page.main().contains("Una"), "{}", page.main());
}

async fn sd_5_nobody_follows_what_they_may_not_know(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let (mut owner, mut nils) = (bench.owner().await, bench.browser(NILS).await);
    let record = bench.incident(&mut owner, bench.payroll, json!({})).await;
    followed(&bench, &record).await;
    let before = bench.trace().await;
    let none = format!("rec_{}", "0".repeat(32));
    for method in [Method::PUT, Method::DELETE] {
        for who in [bench.nils, bench.una] {
            let below = format!("/watchers/{}", bench.id(who));
            let there = format!("{RECORDS}/{record}{below}");
            let seen = ask(&mut nils, method.clone(), &there, None).await;
            let nowhere = format!("{RECORDS}/{none}{below}");
            let unknown = ask(&mut nils, method.clone(), &nowhere, None).await;
            assert_eq!(
                (seen.status, text_of(&seen, "code")),
                (unknown.status, text_of(&unknown, "code"))
            );
        }
    }
    let seen = nils.look(&watchers_of(&record)).await;
    assert_eq!(seen.status, StatusCode::NOT_FOUND, "{}", seen.text);
    let follow = format!("{PAGES}/{record}/follow");
    let seen = nils.send(&follow, &[("to", "yes")]).await;
    assert_eq!(seen.status, StatusCode::NOT_FOUND);
    assert_eq!(bench.trace().await, before);
    assert_eq!(
        watchers(&bench, &record).await,
        json!([bench.id(bench.una)])
    );
}

async fn a_deleted_record_is_followed_by_nobody(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let mut owner = bench.owner().await;
    let record = bench.incident(&mut owner, bench.payroll, json!({})).await;
    followed(&bench, &record).await;
    let path = format!("{RECORDS}/{record}");
    let gone = ask(&mut owner, Method::DELETE, &path, None).await;
    assert_eq!(gone.status, StatusCode::OK, "{}", gone.text);
    assert_eq!(bench.desk.house.rows("service_desk_watchers").await, 0);
}
