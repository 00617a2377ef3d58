//! Queues with their people (CC-1, CC-13), how they are set up (CC-9, CC-10), and their lives (AD-25).

use access::{
    Command, Permission, Switch,
    state::{Facet, Life, QueueKind, Tie},
};
use axum::http::StatusCode;
use testkit::databases::TestDatabase;

use super::centre::{ANN, Centre, SUE};

testkit::on_both![
    cc_1_cc_13_people_come_and_go_after_a_review,
    cc_1_a_queue_that_loses_its_only_supervisor_is_said_in_every_review,
    ad_15_whoever_is_deactivated_is_marked_and_nothing_is_stored_unseen,
    cc_1_ring_groups_have_agents_only,
    cc_13_whoever_assigns_or_logs_nobody_finds_nobody,
    cc_10_supervisors_rename_their_queues_by_the_switch,
    ad_25_an_archived_queue_gives_nothing_and_comes_back,
    ad_25_who_loses_what_by_a_deleted_queue_is_seen_before,
    a_queue_is_made_and_named,
];

async fn cc_1_cc_13_people_come_and_go_after_a_review(db: TestDatabase) {
    let centre = Centre::open(&db).await;
    let mut owner = centre.owner().await;
    let (path, max) = (centre.at(centre.queue, ""), centre.id(centre.max));
    owner.look(&path).await;
    let found = owner.send(&format!("{path}/find"), &[("q", "max@")]).await;
    assert!(found.text.contains(&max), "{}", found.text);
    let (agent, licence) = (Tie::QueueAgent(centre.queue), Tie::Licence(centre.licence));
    let give = [("person", &*max), ("role", "agent"), ("to", "give")];
    let before = centre.trace().await;
    let review = owner.send(&path, &give).await;
    assert!(
        review
            .text
            .contains("A Contact Center licence is given with it"),
        "{}",
        review.text
    );
    assert!(
        review.text.contains("No role")
            && review
                .text
                .contains("<ins><span class=\"vh\">afterwards </span>Agent</ins>"),
        "{}",
        review.text
    );
    assert_eq!(centre.trace().await, before);
    // The world moves: the review is shown again.
    let mark = review.hidden("reviewed").map(str::to_owned).unwrap();
    centre.set(Switch::AgentTagsCreate, true).await;
    let stale = [give[0], give[1], give[2], ("reviewed", &*mark)];
    let again = owner.send(&path, &stale).await;
    assert!(
        again.text.contains("Something changed since you looked"),
        "{}",
        again.text
    );
    assert!(!centre.has(centre.max, |tie| tie == agent));
    let (_, done) = owner.reviewed(&path, &give).await;
    assert_eq!(
        (done.status, done.leads_to()),
        (StatusCode::SEE_OTHER, &*path)
    );
    assert!(
        centre.has(centre.max, |tie| tie == agent) && centre.has(centre.max, |tie| tie == licence)
    );
    // Whoever was found stays found after one of them was assigned.
    let found = owner.send(&format!("{path}/find"), &[("q", "max")]).await;
    let (_, view) = found.main().split_once("name=\"view\" value=\"").unwrap();
    let view = view.split('"').next().unwrap();
    let again = [
        ("person", &*max),
        ("role", "agent"),
        ("to", "give"),
        ("view", view),
    ];
    let done = owner.send(&path, &again).await;
    assert_eq!(done.leads_to(), format!("{path}?view={view}"));
    let found = owner.look(done.leads_to()).await;
    assert!(
        found.main().contains("value=\"max\"") && found.main().contains(&*max),
        "{}",
        found.text
    );
    // With the role that they have by now, and the search kept in what takes it away.
    assert!(
        found.main().contains("data-label=\"Role\">Agent")
            && found.main().contains("No longer agent")
            && !found.main().contains("Make agent"),
        "{}",
        found.text
    );
    // Agent and supervisor of one queue.
    let both = [("person", &*max), ("role", "supervisor"), ("to", "give")];
    owner.reviewed(&path, &both).await;
    assert!(
        owner
            .look(&path)
            .await
            .text
            .contains("Agent and supervisor")
    );
    for role in ["supervisor", "agent"] {
        let take = [("person", &*max), ("role", role), ("to", "take")];
        let (review, _) = owner.reviewed(&path, &take).await;
        assert!(
            review.text.contains("<b>1</b> loses access"),
            "{}",
            review.text
        );
    }
    assert!(!centre.has(centre.max, |tie| tie == licence), "CC-13");
    // Supervisors see who is of their queue, and assign nobody.
    let mut sue = centre.signed_in(SUE).await;
    let page = sue.look(&path).await;
    assert!(
        page.main().contains("Ann User") && !page.main().contains("<button"),
        "{}",
        page.text
    );
    let before = centre.trace().await;
    let refused = sue
        .send(
            &path,
            &[("person", &centre.id(centre.ida)), give[1], give[2]],
        )
        .await;
    assert!(refused.status.is_client_error(), "{}", refused.text);
    assert_eq!(centre.trace().await, before, "a denied act leaves no trace");
}

async fn cc_1_a_queue_that_loses_its_only_supervisor_is_said_in_every_review(db: TestDatabase) {
    let centre = Centre::open(&db).await;
    let mut owner = centre.owner().await;
    let (path, sue) = (centre.at(centre.queue, ""), centre.id(centre.sue));
    owner.look(&path).await;
    let take = [("person", &*sue), ("role", "supervisor"), ("to", "take")];
    let page = format!("/people/{sue}");
    let change = format!("{page}/change");
    let deactivate = [("act", "deactivate"), ("value", "user")];
    let said = "would have no supervisor.";
    let before = centre.trace().await;
    let by_queue = owner.send(&path, &take).await;
    assert!(by_queue.main().contains(said), "{}", by_queue.text);
    owner.look(&page).await;
    let by_person = owner.send(&change, &deactivate).await;
    assert!(by_person.main().contains(said), "{}", by_person.text);
    let why = "Because they are not active any more.";
    assert!(by_person.main().contains(why), "{}", by_person.text);
    assert_eq!(centre.trace().await, before);
    // With another supervisor nothing is left alone.
    centre
        .tie(centre.max, Tie::QueueSupervisor(centre.queue))
        .await;
    for (path, fields) in [(&path, &take[..]), (&change, &deactivate[..])] {
        let review = owner.send(path, fields).await;
        assert_eq!(review.status, StatusCode::OK, "{}", review.text);
        assert!(!review.main().contains("would have no"), "{}", review.text);
    }
}

async fn ad_15_whoever_is_deactivated_is_marked_and_nothing_is_stored_unseen(db: TestDatabase) {
    let centre = Centre::open(&db).await;
    let invited = centre.house.invited("maxine@example.net").await;
    centre
        .submit(Command::Deactivate {
            person: centre.max,
            facet: Facet::User,
        })
        .await;
    let mut owner = centre.owner().await;
    let (path, max) = (centre.at(centre.queue, ""), centre.id(centre.max));
    owner.look(&path).await;
    // Found with what tells them apart and their status; whoever is deactivated cannot be chosen.
    let find = format!("{path}/find");
    let found = owner.send(&find, &[("q", "max")]).await;
    let page = found.main();
    assert!(
        page.contains(">max@example.net<") && page.contains(">maxine@example.net<"),
        "{page}"
    );
    assert!(
        page.contains(">Deactivated<") && page.contains(">Invited<"),
        "{page}"
    );
    let chosen = |id: &str| page.contains(&format!(r#"name="person" value="{id}""#));
    assert!(!chosen(&max) && chosen(&centre.id(invited)), "{page}");
    // Sent all the same it is looked at first, with why it opens nothing, and with the licence that goes with it.
    let give = [("person", &*max), ("role", "agent"), ("to", "give")];
    let before = centre.trace().await;
    let review = owner.send(&path, &give).await;
    assert_eq!(review.status, StatusCode::OK, "{}", review.text);
    for says in [
        "Nothing changes now, because Max User is deactivated.",
        "<ins><span class=\"vh\">afterwards </span>Agent</ins>",
        "A Contact Center licence is given with it",
        "Nobody gains anything.",
    ] {
        assert!(review.text.contains(says), "{says}: {}", review.text);
    }
    assert_eq!(centre.trace().await, before);
    owner.reviewed(&path, &give).await;
    assert!(centre.has(centre.max, |tie| tie == Tie::QueueAgent(centre.queue)));
    let list = owner.look(&path).await;
    assert!(list.main().contains(">Deactivated<"), "{}", list.text);
    // Nor is the role taken unseen.
    let take = [("person", &*max), ("role", "agent"), ("to", "take")];
    let (review, _) = owner.reviewed(&path, &take).await;
    assert!(
        review.text.contains("Max User is deactivated"),
        "{}",
        review.text
    );
    // Where the queue's people are assigned is said where they are logged in.
    let agents = owner.look(&centre.at(centre.queue, "/agents")).await;
    assert!(
        agents.main().contains("Agents are assigned under") && agents.main().contains(">Logged in"),
        "{}",
        agents.text
    );
}

async fn cc_1_ring_groups_have_agents_only(db: TestDatabase) {
    let centre = Centre::open(&db).await;
    let ring = centre.queue_of(QueueKind::RingGroup).await;
    let mut owner = centre.owner().await;
    let (path, ida) = (centre.at(ring, ""), centre.id(centre.ida));
    owner.look(&path).await;
    let found = owner.send(&format!("{path}/find"), &[("q", "ida@")]).await;
    assert!(
        found.text.contains("Make agent") && !found.text.contains("Make supervisor"),
        "{}",
        found.text
    );
    // Nor is it offered on the person's own page, where that of another queue is.
    let page = owner.look(&format!("/people/{ida}/products")).await;
    let offers = page.main().split("Supervisor of").nth(1).unwrap();
    let offers = offers.split("</select>").next().unwrap();
    let id = |queue| centre.at(queue, "").rsplit('/').next().unwrap().to_owned();
    let (ring, call) = (id(ring), id(centre.queue));
    assert!(
        offers.contains(&call) && !offers.contains(&ring),
        "{offers}"
    );
    let forged = [("person", &*ida), ("role", "supervisor"), ("to", "give")];
    let before = centre.trace().await;
    let refused = owner.send(&path, &forged).await;
    assert!(
        refused.status.is_client_error() && refused.text.contains("Rule CC-1"),
        "{}",
        refused.text
    );
    assert_eq!(centre.trace().await, before);
}

async fn cc_13_whoever_assigns_or_logs_nobody_finds_nobody(db: TestDatabase) {
    let centre = Centre::open(&db).await;
    let people = centre.at(centre.queue, "/find");
    let agents = centre.at(centre.queue, "/agents/find");
    let otto = centre.id(centre.otto);
    // CC-11: a supervisor logs agents in, and assigns nobody.
    for (email, form, status) in [
        (SUE, &people, StatusCode::FORBIDDEN),
        (SUE, &agents, StatusCode::OK),
        (ANN, &people, StatusCode::FORBIDDEN),
        (ANN, &agents, StatusCode::FORBIDDEN),
    ] {
        let mut browser = centre.signed_in(email).await;
        browser.look(&centre.at(centre.queue, "")).await;
        let found = browser.send(form, &[("q", "otto@")]).await;
        assert_eq!(found.status, status, "{email} {form}");
        assert_eq!(found.text.contains(&otto), status == StatusCode::OK);
    }
}

async fn cc_10_supervisors_rename_their_queues_by_the_switch(db: TestDatabase) {
    let centre = Centre::open(&db).await;
    let mut sue = centre.signed_in(SUE).await;
    let path = centre.at(centre.queue, "/settings");
    let page = sue.look(&path).await;
    assert!(
        page.text.contains("call queue") && !page.text.contains("name=\"was\""),
        "CC-9: {}",
        page.text
    );
    let name = centre.at(centre.queue, "/settings/name");
    let named = |was: &'static str| [("name", "Helpline"), ("was", was)];
    let before = centre.trace().await;
    let nameless = "something without a name";
    assert_eq!(
        sue.send(&name, &named(nameless)).await.status,
        StatusCode::FORBIDDEN
    );
    assert_eq!(centre.trace().await, before, "a denied act leaves no trace");
    centre.set(Switch::SupervisorQueueEdit, true).await;
    assert!(
        !centre.may(centre.sue, Permission::ContactCentreQueueEdit, centre.queue),
        "CC-7"
    );
    centre
        .set(Switch::SupervisorConfigurationPortal, true)
        .await;
    sue.look(&path).await;
    let done = sue.send(&name, &named(nameless)).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    assert!(sue.look(&path).await.text.contains("<h1><bdi>Helpline"));
    // Somebody else's new name is not overwritten unseen.
    let moved = sue
        .send(&name, &[("name", "Hotline"), ("was", "Old line")])
        .await;
    assert_eq!(moved.status, StatusCode::CONFLICT);
    assert!(
        moved.text.contains("it is now called “Helpline”"),
        "{}",
        moved.text
    );
    let page = sue.look(&path).await;
    assert!(page.text.contains("<h1><bdi>Helpline"), "{}", page.text);
    // Whether it counts is the Contact admin's: the form is not there, and sent all the same it does nothing.
    assert!(!page.text.contains("name=\"life\""), "{}", page.text);
    let life = centre.at(centre.queue, "/settings/life");
    let before = centre.trace().await;
    for turn in ["archive", "delete"] {
        let refused = sue.send(&life, &[("life", turn)]).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{turn}");
    }
    assert_eq!(centre.trace().await, before);
    let mut ann = centre.signed_in(ANN).await;
    assert!(!ann.look(&path).await.text.contains("name=\"was\""));
}

async fn ad_25_an_archived_queue_gives_nothing_and_comes_back(db: TestDatabase) {
    let centre = Centre::open(&db).await;
    let mut owner = centre.owner().await;
    let (settings, life) = (
        centre.at(centre.queue, "/settings"),
        centre.at(centre.queue, "/settings/life"),
    );
    let serve = Permission::ContactCentreCallServe;
    owner.look(&settings).await;
    let (review, done) = owner.reviewed(&life, &[("life", "archive")]).await;
    assert!(review.text.contains("lose access"), "{}", review.text);
    assert_eq!(done.status, StatusCode::SEE_OTHER);
    assert!(!centre.may(centre.ann, serve, centre.queue));
    let archived = owner.look(&settings).await;
    assert!(
        archived.text.contains(r#"value="restore""#),
        "{}",
        archived.text
    );
    owner.reviewed(&life, &[("life", "restore")]).await;
    assert!(
        centre.may(centre.ann, serve, centre.queue),
        "its people stayed"
    );
}

async fn ad_25_who_loses_what_by_a_deleted_queue_is_seen_before(db: TestDatabase) {
    let centre = Centre::open(&db).await;
    let mut owner = centre.owner().await;
    let (settings, life) = (
        centre.at(centre.queue, "/settings"),
        centre.at(centre.queue, "/settings/life"),
    );
    owner.look(&settings).await;
    let before = centre.trace().await;
    let review = owner.send(&life, &[("life", "delete")]).await;
    assert!(
        review.text.contains("lose access") && review.main().contains("Ann User"),
        "{}",
        review.text
    );
    assert_eq!(centre.trace().await, before, "nothing is done unseen");
    // Nor with a mark that no review gave.
    let forged = [("life", "delete"), ("reviewed", "seen")];
    let refused = owner.send(&life, &forged).await;
    assert_ne!(refused.status, StatusCode::SEE_OTHER, "{}", refused.text);
    assert_eq!(centre.trace().await, before);
    let (_, done) = owner.reviewed(&life, &[("life", "delete")]).await;
    assert_eq!(done.leads_to(), "/contact-centre/queues");
    assert!(!centre.may(centre.ann, Permission::ContactCentreCallServe, centre.queue));
    assert_eq!(owner.look(&settings).await.status, StatusCode::NOT_FOUND);
    let state = centre.state();
    assert_eq!(
        state.queues().get(centre.queue).unwrap().life,
        Life::Deleted
    );
}

async fn a_queue_is_made_and_named(db: TestDatabase) {
    let centre = Centre::open(&db).await;
    let mut owner = centre.owner().await;
    owner.look("/contact-centre/queues").await;
    let fields = [("name", "Billing"), ("kind", "inbox")];
    let (review, made) = owner.reviewed("/contact-centre/queues", &fields).await;
    assert!(review.text.contains("gains access"), "who sets queues up");
    assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.text);
    let page = owner.look(made.leads_to()).await;
    assert!(
        page.text.contains("Billing") && page.text.contains("inbox queue"),
        "{}",
        page.text
    );
    assert!(
        owner
            .look("/contact-centre/queues")
            .await
            .text
            .contains("Billing")
    );
    let mut sue = centre.signed_in(SUE).await;
    let queues = sue.look("/contact-centre/queues").await;
    assert!(!queues.text.contains("Make a queue"), "{}", queues.text);
    let before = centre.trace().await;
    let refused = sue.send("/contact-centre/queues", &fields).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert_eq!(centre.trace().await, before);
}
