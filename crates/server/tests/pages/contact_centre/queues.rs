//! Queues with their people (CC-1, CC-13), how they are set up (CC-9, CC-10), and their lives (AD-25).

use access::{
    Command, Permission, Switch,
    state::{Facet, Life, QueueKind, Tie},
};
use axum::http::{Method, StatusCode};
use testkit::databases::TestDatabase;

use super::centre::{ANN, Centre, SUE, json};
use crate::browser::Seen;

testkit::on_both![
    cc_1_cc_13_people_come_and_go_after_a_review,
    cc_1_searches_add_up_to_one_review_of_several_people,
    cc_13_without_a_seat_for_each_nobody_is_changed,
    cc_1_cc_13_programs_save_several_people_too,
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
    let save = format!("{path}/people/save");
    owner.look(&path).await;
    let (agent, licence) = (Tie::QueueAgent(centre.queue), Tie::Licence(centre.licence));
    let give = [(&*max, "agent.none")];
    let before = centre.trace().await;
    let review = owner.send(&save, &give).await;
    assert!(
        review
            .text
            .contains("1 Contact Center licence is given with it, of 5 left."),
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
    let again = owner.send(&save, &[give[0], ("reviewed", &*mark)]).await;
    assert!(
        again.text.contains("Something changed since you looked"),
        "{}",
        again.text
    );
    assert!(!centre.has(centre.max, |tie| tie == agent));
    let (_, done) = owner.reviewed(&save, &give).await;
    assert_eq!(
        (done.status, done.leads_to()),
        (StatusCode::SEE_OTHER, &*path)
    );
    assert!(
        centre.has(centre.max, |tie| tie == agent) && centre.has(centre.max, |tie| tie == licence)
    );
    let page = owner.look(&path).await;
    assert!(!page.main().contains("in your draft"), "{}", page.text);
    // Agent and supervisor of one queue.
    owner.reviewed(&save, &[(&max, "both.agent")]).await;
    let page = owner.look(&path).await;
    assert!(
        page.main().contains("Agent and supervisor"),
        "{}",
        page.text
    );
    for (change, says) in [("agent.both", "Agent"), ("none.agent", "No role")] {
        let (review, _) = owner.reviewed(&save, &[(&max, change)]).await;
        let after = format!("<ins><span class=\"vh\">afterwards </span>{says}</ins>");
        assert!(
            review.text.contains("<b>1</b> loses access") && review.text.contains(&after),
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
    let ida = centre.id(centre.ida);
    for form in ["", "/save", "/discard"] {
        let form = format!("{path}/people{form}");
        let refused = sue.send(&form, &[(&ida, "agent.none")]).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{form}");
    }
    assert_eq!(centre.trace().await, before, "a denied act leaves no trace");
}

async fn cc_1_searches_add_up_to_one_review_of_several_people(db: TestDatabase) {
    let centre = Centre::open(&db).await;
    let mut owner = centre.owner().await;
    let path = centre.at(centre.queue, "");
    let (keep, save) = (format!("{path}/people"), format!("{path}/people/save"));
    let [max, otto, ann] = [centre.max, centre.otto, centre.ann].map(|one| centre.id(one));
    owner.look(&path).await;
    let before = centre.trace().await;
    // What is typed is kept under an id, and what is chosen meanwhile as the draft: here that Ann is to supervise.
    let find = [(&*ann, "supervisor.agent"), ("q", "max@"), ("to", "find")];
    let found = owner.send(&keep, &find).await;
    assert_eq!(found.status, StatusCode::SEE_OTHER, "{}", found.text);
    assert!(
        found.leads_to().starts_with(&format!("{path}?view=")) && !found.leads_to().contains("max"),
        "{}",
        found.leads_to()
    );
    let (first, mut page) = (
        found.leads_to().to_owned(),
        owner.look(found.leads_to()).await,
    );
    let is_chosen = |page: &Seen, id: &str, value: &str| {
        let field = format!(r#"name="{id}" value="{value}" checked"#);
        page.main().contains(&field)
    };
    assert!(
        is_chosen(&page, &ann, "supervisor.agent") && is_chosen(&page, &max, "none.none"),
        "{}",
        page.text
    );
    let find = [
        (&*ann, "supervisor.agent"),
        (&*max, "agent.none"),
        ("back", &*first),
        ("q", "otto@"),
        ("to", "find"),
    ];
    let found = owner.send(&keep, &find).await.leads_to().to_owned();
    page = owner.look(&found).await;
    let main = page.main();
    assert!(
        is_chosen(&page, &max, "agent.none")
            && main.contains("Chosen, not saved")
            && main.contains("2 changes")
            && main.matches(&format!(r#"name="{max}""#)).count() == 4,
        "{main}"
    );
    // Whoever has a role now can be had back without losing what is chosen.
    let list = [(&*otto, "both.none"), ("to", &*path)];
    assert_eq!(owner.send(&keep, &list).await.leads_to(), path);
    page = owner.look(&path).await;
    assert!(
        page.main().contains("3 changes") && is_chosen(&page, &otto, "both.none"),
        "{}",
        page.text
    );
    // One review, with each of them. Back from there nothing is lost, and it says so.
    let review = owner.send(&save, &[("back", &*first)]).await;
    for says in [
        "Save 3 changes to",
        "Max User",
        "Otto User",
        "Ann User",
        "1 Contact Center licence is given with it",
        "Cancel keeps what you chose as your draft.",
    ] {
        assert!(review.main().contains(says), "{says}: {}", review.text);
    }
    assert!(review.text.contains(&first), "back to the search");
    assert_eq!(centre.trace().await, before);
    page = owner.look(&path).await;
    assert!(page.main().contains("3 changes"), "{}", page.text);
    let (_, done) = owner.reviewed(&save, &[("back", &*first)]).await;
    assert_eq!(done.leads_to(), first);
    let is = |person, agent, supervisor| {
        centre.has(person, |tie| tie == Tie::QueueAgent(centre.queue)) == agent
            && centre.has(person, |tie| tie == Tie::QueueSupervisor(centre.queue)) == supervisor
    };
    assert!(is(centre.max, true, false) && is(centre.otto, true, true));
    assert!(is(centre.ann, false, true));
    page = owner.look(&path).await;
    assert!(page.main().contains("No changes"), "{}", page.text);
    // Discarded, it is gone.
    owner
        .send(&keep, &[(&*ann, "none.supervisor"), ("to", &*path)])
        .await;
    assert!(owner.look(&path).await.main().contains("1 change"));
    let discarded = owner.send(&format!("{keep}/discard"), &[]).await;
    assert_eq!(discarded.leads_to(), path);
    page = owner.look(&path).await;
    assert!(page.main().contains("No changes"), "{}", page.text);
    // A row that is nobody's, or no role, is refused.
    for (name, value) in [
        (&*ann, "chief.none"),
        (&*ann, "agent"),
        ("whoever", "agent.none"),
    ] {
        let refused = owner.send(&keep, &[(name, value)]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{name}");
    }
}

async fn cc_13_without_a_seat_for_each_nobody_is_changed(db: TestDatabase) {
    let centre = Centre::open(&db).await;
    let fourth = centre.house.user("nora@example.net").await;
    // Sue, Ann, Otto and Ida hold one each.
    let (licence, seats) = (centre.licence, 5);
    centre
        .submit(Command::SetLicenceSeats { licence, seats })
        .await;
    let mut owner = centre.owner().await;
    let path = centre.at(centre.queue, "");
    let save = format!("{path}/people/save");
    let (max, nora, ann) = (
        centre.id(centre.max),
        centre.id(fourth),
        centre.id(centre.ann),
    );
    owner.look(&path).await;
    let before = centre.trace().await;
    let both = [(&*max, "agent.none"), (&*nora, "agent.none")];
    let refused = owner.send(&save, &both).await;
    assert_eq!(refused.status, StatusCode::CONFLICT, "{}", refused.text);
    for says in [
        "2 people would need a licence, and 1 seat is left",
        "Rule AD-14",
        "Back keeps what you chose as your draft.",
    ] {
        assert!(refused.main().contains(says), "{says}: {}", refused.text);
    }
    assert_eq!(centre.trace().await, before, "nobody is changed");
    // What was chosen is still there, and whoever leaves makes room.
    let page = owner.look(&path).await;
    assert!(page.main().contains("2 changes"), "{}", page.text);
    owner.reviewed(&save, &[(&ann, "none.agent")]).await;
    for person in [centre.max, fourth] {
        assert!(centre.has(person, |tie| tie == Tie::Licence(licence)));
    }
    assert!(!centre.has(centre.ann, |tie| tie == Tie::Licence(licence)));
    // One for one, where no seat is left.
    let turn = [(&*max, "none.agent"), (&*ann, "agent.none")];
    owner.reviewed(&save, &turn).await;
    assert!(centre.has(centre.ann, |tie| tie == Tie::Licence(licence)));
}

async fn cc_1_cc_13_programs_save_several_people_too(db: TestDatabase) {
    let centre = Centre::open(&db).await;
    let mut owner = centre.owner().await;
    let ring = centre.queue_of(QueueKind::RingGroup).await;
    let rest = |queue| {
        let page = centre.at(queue, "/people");
        page.replace("/contact-centre/", "/api/v1/")
    };
    let (max, ida) = (centre.id(centre.max), centre.id(centre.ida));
    let licence = centre.state().public(centre.licence).unwrap();
    let rows = |supervisor: bool| {
        serde_json::json!({"rows": [
            {"person": max, "agent": true, "supervisor": false, "licence": licence.to_string()},
            {"person": ida, "agent": true, "supervisor": supervisor},
        ]})
        .to_string()
    };
    owner.look(&centre.at(ring, "")).await;
    let before = centre.trace().await;
    let refused = json(&mut owner, Method::PATCH, &rest(ring), &rows(true)).await;
    let body: serde_json::Value = serde_json::from_str(&refused.text).unwrap();
    assert_eq!(
        (&body["code"], &body["rule"], &body["whose"]),
        (
            &"ring_group_supervisor".into(),
            &"CC-1".into(),
            &(&*ida).into()
        ),
        "{}",
        refused.text
    );
    assert_eq!(centre.trace().await, before);
    let done = json(&mut owner, Method::PATCH, &rest(centre.queue), &rows(true)).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.text);
    let queue = centre.queue;
    assert!(
        centre.has(centre.max, |tie| tie == Tie::QueueAgent(queue))
            && centre.has(centre.ida, |tie| tie == Tie::QueueSupervisor(queue))
    );
    let audit = owner.look("/audit").await;
    assert!(
        audit.main().contains("Saved agents and supervisors of"),
        "{}",
        audit.text
    );
}

async fn cc_1_a_queue_that_loses_its_only_supervisor_is_said_in_every_review(db: TestDatabase) {
    let centre = Centre::open(&db).await;
    let mut owner = centre.owner().await;
    let (path, sue) = (centre.at(centre.queue, ""), centre.id(centre.sue));
    owner.look(&path).await;
    let save = format!("{path}/people/save");
    let take = [(&*sue, "none.supervisor")];
    let page = format!("/people/{sue}");
    let change = format!("{page}/change");
    let deactivate = [("act", "deactivate"), ("value", "user")];
    let said = "would have no supervisor.";
    let before = centre.trace().await;
    let by_queue = owner.send(&save, &take).await;
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
    for (path, fields) in [(&save, &take[..]), (&change, &deactivate[..])] {
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
    let found = centre.found(&mut owner, "max").await;
    let page = found.main();
    assert!(
        page.contains(">max@example.net<") && page.contains(">maxine@example.net<"),
        "{page}"
    );
    assert!(
        page.contains(">Deactivated<") && page.contains(">Invited<"),
        "{page}"
    );
    let can_choose = |id: &str| page.contains(&format!(r#"name="{id}""#));
    assert!(
        !can_choose(&max) && can_choose(&centre.id(invited)),
        "{page}"
    );
    // Sent all the same it is looked at first, with why it opens nothing, and with the licence that goes with it.
    let (save, give) = (format!("{path}/people/save"), [(&*max, "agent.none")]);
    let before = centre.trace().await;
    let review = owner.send(&save, &give).await;
    assert_eq!(review.status, StatusCode::OK, "{}", review.text);
    for says in [
        "Nothing changes now, because Max User is deactivated.",
        "<ins><span class=\"vh\">afterwards </span>Agent</ins>",
        "1 Contact Center licence is given with it",
        "Nobody gains anything.",
    ] {
        assert!(review.text.contains(says), "{says}: {}", review.text);
    }
    assert_eq!(centre.trace().await, before);
    owner.reviewed(&save, &give).await;
    assert!(centre.has(centre.max, |tie| tie == Tie::QueueAgent(centre.queue)));
    // The role can be taken from them, and no other given.
    let list = owner.look(&path).await;
    let offers = |value: &str| {
        list.main()
            .contains(&format!(r#"name="{max}" value="{value}""#))
    };
    assert!(
        list.main().contains(">Deactivated<")
            && offers("none.agent")
            && !offers("both.agent")
            && !offers("supervisor.agent"),
        "{}",
        list.text
    );
    // Nor is the role taken unseen.
    let (review, _) = owner.reviewed(&save, &[(&max, "none.agent")]).await;
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
    let form = format!("{path}/people");
    let found = owner.send(&form, &[("q", "ida@")]).await;
    let found = owner.look(found.leads_to()).await;
    let offers = |role: &str| {
        let field = format!(r#"name="{ida}" value="{role}.none""#);
        found.main().contains(&field)
    };
    assert!(
        offers("none") && offers("agent") && !offers("supervisor") && !offers("both"),
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
    let forged = [(&*ida, "supervisor.none")];
    let before = centre.trace().await;
    let refused = owner.send(&format!("{form}/save"), &forged).await;
    assert!(
        refused.status.is_client_error()
            && refused.text.contains("Rule CC-1")
            && refused.main().contains("Ida User"),
        "{}",
        refused.text
    );
    assert_eq!(centre.trace().await, before);
}

async fn cc_13_whoever_assigns_or_logs_nobody_finds_nobody(db: TestDatabase) {
    let centre = Centre::open(&db).await;
    let people = centre.at(centre.queue, "/people");
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
    let fields = [("name", " "), ("kind", "inbox")];
    let again = owner.send("/contact-centre/queues", &fields).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    for kept in [
        r#"aria-describedby="name-error""#,
        r#"value="inbox" selected"#,
    ] {
        assert!(again.text.contains(kept), "{kept}: {}", again.text);
    }
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
    let settings = format!("{}/settings", made.leads_to());
    let settings = owner.look(&settings).await;
    assert!(
        settings.text.contains("It is an inbox queue."),
        "{}",
        settings.text
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
