//! What pages that are open are told: what their reader sees, and nothing else, for as long as they see it.

use std::time::Duration;

use access::{
    Command,
    state::{PortalLevel, ServiceLevel, Tie},
};
use axum::http::{Method, StatusCode};
use serde_json::json;
use testkit::databases::TestDatabase;

use super::bench::{ADA, Bench, CARA, NILS, RECORDS, UNA, ask, edit, listed};
use crate::browser::{Browser, Parts};

testkit::on_both![
    everybody_hears_of_what_they_see_and_of_nothing_else,
    sd_32_a_customer_hears_that_a_right_ended_and_nothing_of_records,
    ad_28_a_right_that_ends_is_told_within_a_second_and_nothing_after_it,
    sd_33_whoever_sees_a_record_no_more_is_told_once_and_others_not_at_all,
    a_stream_ends_with_its_session,
    ad_28_a_stream_ends_with_its_session_however_busy_the_desk_is,
    what_happened_just_before_is_told_too,
    streams_end_when_the_server_stops,
];

const LIVE: &str = "/service-desk/live";
const LIVE_IN_PORTAL: &str = "/portal/live";
/// What is told in the end comes sooner; what is not told is waited for so long.
const SOON: Duration = Duration::from_secs(5);
const QUIET: Duration = Duration::from_millis(900);
/// Whether a session is still there is asked once a second; the rest is what a busy machine takes.
const ASKED: Duration = Duration::from_millis(2_500);
const BUSY: Duration = Duration::from_millis(150);

/// A stream that has begun.
struct Heard(Parts);

impl Heard {
    async fn begin(by: &mut Browser) -> Self {
        Self::begin_at(by, LIVE).await
    }

    async fn begin_at(by: &mut Browser, path: &str) -> Self {
        let mut parts = by.stream(path).await;
        let begin = parts.next().await.unwrap().unwrap();
        assert!(begin.starts_with("retry:"), "{begin}");
        Self(parts)
    }

    /// The next thing that is told.
    async fn next(&mut self) -> Option<String> {
        let part = tokio::time::timeout(SOON, self.0.next()).await;
        part.expect("something is told").map(Result::unwrap)
    }

    async fn is_told_of(&mut self, record: &str) {
        let told = self.next().await.unwrap();
        assert_eq!(told, format!("event: record\ndata: {record}\n\n"));
    }

    async fn is_told_of_access(&mut self) {
        let told = self.next().await.unwrap();
        assert_eq!(told, "event: access\ndata: \n\n");
    }

    async fn is_quiet(&mut self) {
        let told = tokio::time::timeout(QUIET, self.0.next()).await;
        assert!(told.is_err(), "{told:?}");
    }
}

/// Lets the streams that begin now not be told of what happened before.
async fn later(bench: &Bench) {
    bench.desk.house.advance(Duration::from_secs(6)).await;
}

async fn everybody_hears_of_what_they_see_and_of_nothing_else(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let (mut una, mut nils) = (bench.browser(UNA).await, bench.browser(NILS).await);
    let mut owner = bench.owner().await;
    let mut heard = (Heard::begin(&mut una).await, Heard::begin(&mut nils).await);
    let payroll = bench.incident(&mut owner, bench.payroll, json!({})).await;
    heard.0.is_told_of(&payroll).await;
    let network = bench.incident(&mut owner, bench.network, json!({})).await;
    heard.1.is_told_of(&network).await;
    edit(&mut owner, &payroll, json!({"priority": 1})).await;
    heard.0.is_told_of(&payroll).await;
    let note = format!("{RECORDS}/{payroll}/notes");
    ask(
        &mut owner,
        Method::POST,
        &note,
        Some(json!({"text": "Called"})),
    )
    .await;
    heard.0.is_told_of(&payroll).await;
    let mut ada = bench.browser(ADA).await;
    ask(
        &mut ada,
        Method::DELETE,
        &format!("{RECORDS}/{payroll}"),
        None,
    )
    .await;
    heard.0.is_told_of(&payroll).await;
    heard.1.is_quiet().await;
    // A denied act tells nobody.
    let denied = ask(
        &mut una,
        Method::DELETE,
        &format!("{RECORDS}/{network}"),
        None,
    )
    .await;
    assert!(denied.status.is_client_error());
    heard.1.is_quiet().await;
    heard.0.is_quiet().await;
}

async fn sd_32_a_customer_hears_that_a_right_ended_and_nothing_of_records(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    bench.lets_in(bench.cara).await;
    bench
        .set_portal_level(bench.cara, PortalLevel::CompanyAdmin)
        .await;
    let (mut cara, mut una) = (bench.browser(CARA).await, bench.browser(UNA).await);
    let mut heard = Heard::begin_at(&mut cara, LIVE_IN_PORTAL).await;
    let hers = json!({"customer": bench.id(bench.cara)});
    let record = bench.incident(&mut una, bench.payroll, hers).await;
    edit(&mut una, &record, json!({"priority": 1})).await;
    heard.is_quiet().await;
    // SD-16: what the company's others logged is hers no more; then nothing is.
    for level in [PortalLevel::Company, PortalLevel::None] {
        bench.set_portal_level(bench.cara, level).await;
        heard.is_told_of_access().await;
    }
    heard.is_quiet().await;
    // Each facet has its own doors.
    assert_eq!(una.look(LIVE_IN_PORTAL).await.status, StatusCode::FORBIDDEN);
    assert_eq!(cara.look(LIVE).await.status, StatusCode::FORBIDDEN);
}

async fn ad_28_a_right_that_ends_is_told_within_a_second_and_nothing_after_it(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let mut una = bench.browser(UNA).await;
    let mut owner = bench.owner().await;
    bench
        .desk
        .tie(bench.una, Tie::Service(bench.network, ServiceLevel::User))
        .await;
    let mut heard = Heard::begin(&mut una).await;
    bench
        .desk
        .by_owner(Command::SaveUsersTab {
            service: bench.payroll,
            rows: vec![(bench.una, None)],
        })
        .await;
    heard.is_told_of_access().await;
    bench.incident(&mut owner, bench.payroll, json!({})).await;
    heard.is_quiet().await;
    let network = bench.incident(&mut owner, bench.network, json!({})).await;
    heard.is_told_of(&network).await;
    assert_eq!(
        listed(&mut una, "").await,
        [network],
        "the list says the same"
    );
}

async fn sd_33_whoever_sees_a_record_no_more_is_told_once_and_others_not_at_all(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let mut owner = bench.owner().await;
    let record = bench.incident(&mut owner, bench.payroll, json!({})).await;
    bench.sees_companies(bench.una, &[], true).await;
    later(&bench).await;
    let mut una = bench.browser(UNA).await;
    let mut heard = Heard::begin(&mut una).await;
    // It gets a customer of a company that she does not see.
    let cara = json!({"customer": bench.id(bench.cara)});
    edit(&mut owner, &record, cara).await;
    heard.is_told_of(&record).await;
    edit(&mut owner, &record, json!({"priority": 1})).await;
    heard.is_quiet().await;
    assert_eq!(listed(&mut una, "").await, [""; 0]);
}

async fn a_stream_ends_with_its_session(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let mut una = bench.browser(UNA).await;
    let mut heard = Heard::begin(&mut una).await;
    una.look("/service-desk/records").await;
    let out = una.send("/sign-out", &[]).await;
    assert!(out.status.is_redirection(), "{}", out.text);
    heard.is_told_of_access().await;
    assert_eq!(heard.next().await, None, "and nothing comes after it");
}

async fn ad_28_a_stream_ends_with_its_session_however_busy_the_desk_is(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let (mut una, mut owner) = (bench.browser(UNA).await, bench.owner().await);
    let record = bench.incident(&mut owner, bench.payroll, json!({})).await;
    let mut heard = Heard::begin(&mut una).await;
    let busy = async {
        for priority in [1, 2].into_iter().cycle() {
            edit(&mut owner, &record, json!({"priority": priority})).await;
            tokio::time::sleep(BUSY).await;
        }
    };
    let ends = async {
        una.look("/service-desk/records").await;
        heard.is_told_of(&record).await;
        let out = una.send("/sign-out", &[]).await;
        assert!(out.status.is_redirection(), "{}", out.text);
        let last = async {
            loop {
                match heard.next().await {
                    Some(told) if told.starts_with("event: record\n") => {}
                    told => break told,
                }
            }
        };
        let last = tokio::time::timeout(ASKED, last).await;
        let last = last.expect("its end is told while records change");
        assert_eq!(last.as_deref(), Some("event: access\ndata: \n\n"));
        assert_eq!(heard.next().await, None, "and nothing comes after it");
    };
    tokio::select! {
        () = busy => panic!("the desk is busy for ever"),
        () = ends => {}
    }
}

async fn what_happened_just_before_is_told_too(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let mut owner = bench.owner().await;
    let old = bench.incident(&mut owner, bench.payroll, json!({})).await;
    later(&bench).await;
    let mut una = bench.browser(UNA).await;
    let new = bench.incident(&mut owner, bench.payroll, json!({})).await;
    let mut heard = Heard::begin(&mut una).await;
    heard.is_told_of(&new).await;
    // The first who listens on a node may be told twice, and of nothing older.
    if let Ok(told) = tokio::time::timeout(QUIET, heard.0.next()).await {
        let told = told.unwrap().unwrap();
        assert_eq!(told, format!("event: record\ndata: {new}\n\n"));
    }
    assert_ne!(old, new);
}

async fn streams_end_when_the_server_stops(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let mut una = bench.browser(UNA).await;
    let mut heard = Heard::begin(&mut una).await;
    bench.desk.house.engine.stop();
    assert_eq!(heard.next().await, None);
}
