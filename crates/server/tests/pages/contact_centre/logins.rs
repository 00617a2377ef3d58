//! The page Agents of a queue: logging in and out, pausing, logins for a time (CC-3, CC-4, CC-5, CC-8, CC-11).

use std::time::Duration;

use access::{
    Permission, PersonId, QueueId, Switch,
    state::{LoginBasis, Tie},
};
use axum::http::StatusCode;
use testkit::databases::TestDatabase;

use super::centre::{ANN, Centre, IDA, OTTO, SUE};

testkit::on_both![
    cc_3_an_agent_logs_in_pauses_and_logs_out,
    cc_5_a_supervisor_logs_somebody_in_for_a_time,
    cc_5_nobody_logs_themselves_in_for_a_time,
    cc_8_supervisors_see_the_queues_that_they_can_access,
    cc_11_who_is_logged_in_is_paged_by_key,
];

const SERVE: Permission = Permission::ContactCentreCallServe;

fn login(centre: &Centre, person: PersonId, queue: QueueId) -> Option<LoginBasis> {
    let state = centre.state();
    let row = state.people().get(person).unwrap();
    let mut ties = state.ties_at(row, centre.house.account.now());
    ties.find_map(|(tie, _)| match tie {
        Tie::Login(at, basis) if at == queue => Some(basis),
        _ => None,
    })
}

async fn cc_3_an_agent_logs_in_pauses_and_logs_out(db: TestDatabase) {
    let centre = Centre::open(&db).await;
    let mut ann = centre.signed_in(ANN).await;
    let (path, id) = (centre.at(centre.queue, "/agents"), centre.id(centre.ann));
    let page = ann.look(&path).await;
    assert!(
        page.text.contains("Logged out") && page.text.contains(&id),
        "{}",
        page.text
    );
    assert!(!page.text.contains(&centre.id(centre.sue)));
    let done = ann.send(&path, &[("person", &id), ("to", "log_in")]).await;
    assert_eq!(
        (done.status, done.leads_to()),
        (StatusCode::SEE_OTHER, &*path),
        "{}",
        done.text
    );
    assert_eq!(
        login(&centre, centre.ann, centre.queue),
        Some(LoginBasis::Assignment)
    );
    let paused = |centre: &Centre| centre.has(centre.ann, |tie| tie == Tie::Paused(centre.queue));
    ann.send(&path, &[("person", &id), ("to", "pause")]).await;
    assert!(paused(&centre));
    assert!(ann.look(&path).await.text.contains("Logged in, paused"));
    // CC-11: the supervisor ends the pause, and logs her out.
    let mut sue = centre.signed_in(SUE).await;
    assert!(sue.look(&path).await.text.contains(&id));
    sue.send(&path, &[("person", &id), ("to", "resume")]).await;
    assert!(!paused(&centre));
    let out = sue.send(&path, &[("person", &id), ("to", "log_out")]).await;
    assert_eq!(out.status, StatusCode::SEE_OTHER, "{}", out.text);
    assert_eq!(login(&centre, centre.ann, centre.queue), None);
    // Nobody who is no supervisor does it to others.
    let mut otto = centre.signed_in(OTTO).await;
    let before = centre.trace().await;
    let other = centre.at(centre.other, "/agents");
    otto.look(&other).await;
    let done = otto
        .send(&other, &[("person", &id), ("to", "log_in")])
        .await;
    assert!(done.status.is_client_error(), "{}", done.text);
    assert_eq!(otto.look(&path).await.status, StatusCode::NOT_FOUND);
    assert_eq!(centre.trace().await, before, "a denied act leaves no trace");
}

async fn cc_5_a_supervisor_logs_somebody_in_for_a_time(db: TestDatabase) {
    let centre = Centre::open(&db).await;
    let mut sue = centre.signed_in(SUE).await;
    let (path, ida) = (centre.at(centre.queue, "/agents"), centre.id(centre.ida));
    sue.look(&path).await;
    // Ida is found by what is typed, and Max is not: he has no licence.
    let found = sue.send(&format!("{path}/find"), &[("q", "ida@")]).await;
    assert!(found.text.contains(&ida), "{}", found.text);
    assert!(
        found.text.contains("<option value=\"12\" selected>"),
        "12 h by default"
    );
    let found = sue.send(&format!("{path}/find"), &[("q", "max@")]).await;
    assert!(
        found.text.contains("Nobody with a Contact Center licence"),
        "{}",
        found.text
    );
    let fields = [("person", &*ida), ("to", "log_in"), ("hours", "12")];
    let before = centre.trace().await;
    let review = sue.send(&path, &fields).await;
    assert_eq!(centre.trace().await, before, "looked at first");
    assert!(review.text.contains("For 12 hours"), "{}", review.text);
    assert!(
        review.text.contains("<b>1</b> gains access"),
        "{}",
        review.text
    );
    let (_, done) = sue.reviewed(&path, &fields).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    assert_eq!(
        login(&centre, centre.ida, centre.queue),
        Some(LoginBasis::Supervisor)
    );
    assert!(centre.may(centre.ida, SERVE, centre.queue));
    let assigned = |tie| matches!(tie, Tie::QueueAgent(_) | Tie::QueueSupervisor(_));
    assert!(
        !centre.has(centre.ida, assigned),
        "no assignment and no role"
    );
    assert!(
        sue.look(&path)
            .await
            .text
            .contains("Logged in for a time, until")
    );
    // Beyond the limit of the limit nothing is taken, and at the end it is over by itself.
    let long = [("person", &*ida), ("to", "log_in"), ("hours", "25")];
    assert!(sue.send(&path, &long).await.status.is_client_error());
    centre.house.advance(Duration::from_secs(12 * 3_600)).await;
    assert_eq!(login(&centre, centre.ida, centre.queue), None);
    assert!(!centre.may(centre.ida, SERVE, centre.queue));
}

async fn cc_5_nobody_logs_themselves_in_for_a_time(db: TestDatabase) {
    let centre = Centre::open(&db).await;
    let mut sue = centre.signed_in(SUE).await;
    let (path, id) = (centre.at(centre.queue, "/agents"), centre.id(centre.sue));
    sue.look(&path).await;
    // Nor does she find herself.
    let found = sue.send(&format!("{path}/find"), &[("q", "sue@")]).await;
    assert!(!found.main().contains(&id), "{}", found.text);
    let before = centre.trace().await;
    for fields in [
        &[("person", &*id), ("to", "log_in"), ("hours", "2")][..],
        &[("person", &*id), ("to", "log_in")],
    ] {
        let refused = sue.send(&path, fields).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{}", refused.text);
        assert!(
            refused.text.contains("This cannot be saved"),
            "{}",
            refused.text
        );
    }
    assert_eq!(centre.trace().await, before);
    // CC-3: with the switch on, she may.
    centre.set(Switch::OrganisationUnassignedLogin, true).await;
    let fields = [("person", &*id), ("to", "log_in")];
    let (_, done) = sue.reviewed(&path, &fields).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    assert_eq!(
        login(&centre, centre.sue, centre.queue),
        Some(LoginBasis::UnassignedLogin)
    );
    // Ida finds herself at a queue that is not hers.
    let mut ida = centre.signed_in(IDA).await;
    let page = ida.look(&path).await;
    assert!(page.text.contains(&centre.id(centre.ida)), "{}", page.text);
    assert!(!page.text.contains(&id), "and nobody else");
}

async fn cc_11_who_is_logged_in_is_paged_by_key(db: TestDatabase) {
    let centre = Centre::open(&db).await;
    for (person, queue) in [(centre.ann, centre.queue), (centre.otto, centre.other)] {
        let actor = access::Actor::Person(person);
        let log_in = access::Command::LogIn { queue };
        centre.house.submit(actor, log_in).await;
    }
    centre.set(Switch::SupervisorLimitToAssigned, false).await;
    let mut sue = centre.signed_in(SUE).await;
    let link = |queue| format!("href=\"{}\"", centre.at(queue, "/agents"));
    let (own, other) = (link(centre.queue), link(centre.other));
    let first = sue.look("/contact-centre/logged-in?page_size=1").await;
    assert!(
        first.text.contains(&own) && !first.text.contains(&other),
        "{}",
        first.text
    );
    let hrefs = first.text.split("href=\"").skip(1);
    let mut hrefs = hrefs.filter_map(|rest| rest.split('"').next());
    let next = hrefs.find(|href| href.contains("?page=")).unwrap();
    let second = sue.look(next).await;
    assert!(
        !second.text.contains(&own) && second.text.contains(&other),
        "{}",
        second.text
    );
    assert!(!second.text.contains("Next page"), "{}", second.text);
}

async fn cc_8_supervisors_see_the_queues_that_they_can_access(db: TestDatabase) {
    let centre = Centre::open(&db).await;
    let otto = access::Actor::Person(centre.otto);
    let queue = centre.other;
    centre
        .house
        .submit(otto, access::Command::LogIn { queue })
        .await;
    let (own, other) = (centre.at(centre.queue, ""), centre.at(centre.other, ""));
    let mut sue = centre.signed_in(SUE).await;
    let link = |path: &str| format!("href=\"{path}\"");
    let list = sue.look("/contact-centre/queues").await;
    assert!(
        list.text.contains(&link(&own)) && !list.text.contains(&other),
        "{}",
        list.text
    );
    for below in ["", "/agents", "/settings"] {
        let own = sue.look(&centre.at(centre.queue, below)).await;
        assert_eq!(own.status, StatusCode::OK, "CC-9");
        let other = sue.look(&centre.at(centre.other, below)).await;
        assert_eq!(other.status, StatusCode::NOT_FOUND);
    }
    let logged_in = sue.look("/contact-centre/logged-in").await;
    assert!(
        logged_in.text.contains("Nobody is logged in"),
        "{}",
        logged_in.text
    );
    let id = centre.id(centre.otto);
    let before = centre.trace().await;
    let path = centre.at(centre.other, "/agents");
    let out = sue.send(&path, &[("person", &id), ("to", "log_out")]).await;
    assert_eq!(out.status, StatusCode::NOT_FOUND);
    assert_eq!(centre.trace().await, before);
    // With the limit off: every call queue.
    centre.set(Switch::SupervisorLimitToAssigned, false).await;
    let list = sue.look("/contact-centre/queues").await;
    assert!(list.text.contains(&link(&other)), "{}", list.text);
    let logged_in = sue.look("/contact-centre/logged-in").await;
    assert!(logged_in.text.contains(&link(&path)), "{}", logged_in.text);
    let out = sue.send(&path, &[("person", &id), ("to", "log_out")]).await;
    assert_eq!(out.status, StatusCode::SEE_OTHER, "{}", out.text);
    assert_eq!(login(&centre, centre.otto, centre.other), None);
}
