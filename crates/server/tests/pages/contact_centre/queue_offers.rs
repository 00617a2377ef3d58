//! What the pages of queues offer: no role that the rules refuse (CC-13), and a list that goes on beside its form.

use access::state::{QueueKind, Tie};
use axum::http::StatusCode;
use testkit::databases::TestDatabase;

use super::centre::{Centre, MAX};
use crate::browser::{OWNER, Seen};

testkit::on_both![
    cc_13_nobody_is_offered_to_supervise_by_themselves,
    cc_1_the_queues_go_on_beside_a_form_that_is_shown_again,
];

/// Marked †: what would be refused is on no row, so that it refuses no batch.
async fn cc_13_nobody_is_offered_to_supervise_by_themselves(db: TestDatabase) {
    let centre = Centre::open(&db).await;
    let oneself = centre.house.owner;
    let mut owner = centre.owner().await;
    let (path, id) = (centre.at(centre.queue, ""), centre.id(oneself));
    owner.look(&path).await;
    let offers = |page: &Seen, role: &str| {
        let field = format!(r#"name="{id}" value="{role}""#);
        page.main().contains(&field)
    };
    let found = centre.found(&mut owner, OWNER).await;
    assert!(
        offers(&found, "none.none")
            && offers(&found, "agent.none")
            && !offers(&found, "supervisor.none")
            && !offers(&found, "both.none"),
        "{}",
        found.text
    );
    // Others are offered all of it, and what somebody holds is theirs to give up.
    let max = centre.id(centre.max);
    let found = centre.found(&mut owner, "max@").await;
    let both = format!(r#"name="{max}" value="both.none""#);
    assert!(found.main().contains(&both), "{}", found.text);
    centre.tie(centre.max, Tie::ContactAdmin).await;
    let mut theirs = centre.signed_in(MAX).await;
    centre
        .tie(centre.max, Tie::QueueSupervisor(centre.queue))
        .await;
    let page = theirs.look(&path).await;
    let offers = |role: &str| {
        let field = format!(r#"name="{max}" value="{role}""#);
        page.main().contains(&field)
    };
    assert!(
        offers("none.supervisor")
            && offers("agent.supervisor")
            && offers("supervisor.supervisor")
            && offers("both.supervisor"),
        "{}",
        page.text
    );
}

async fn cc_1_the_queues_go_on_beside_a_form_that_is_shown_again(db: TestDatabase) {
    let centre = Centre::open(&db).await;
    for _ in 0..50 {
        centre.queue_of(QueueKind::Inbox).await;
    }
    let mut owner = centre.owner().await;
    let list = "/contact-centre/queues";
    owner.look(list).await;
    let nameless = [("name", " "), ("kind", "inbox")];
    let again = owner.send(list, &nameless).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    let (_, next) = again.main().split_once(&format!("{list}?page=")).unwrap();
    let next = next.split('"').next().unwrap();
    let on = owner.look(&format!("{list}?page={next}")).await;
    assert_eq!(on.status, StatusCode::OK, "{}", on.text);
    assert!(on.main().contains(&format!("{list}/que_")), "{}", on.text);
}
