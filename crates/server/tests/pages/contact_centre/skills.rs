//! Skills, and which agents have them (CC-10).

use access::{Command, Switch, event::Node};
use axum::http::{Method, StatusCode};
use testkit::databases::TestDatabase;

use super::centre::{ANN, Centre, SUE, json};

testkit::on_both![
    cc_10_skills_are_given_to_agents_found_by_name,
    cc_10_a_supervisor_manages_skills_by_the_switch,
    sd_26_the_skills_of_an_erased_person_go,
];

const SKILLS: &str = "/contact-centre/admin/skills";
const API: &str = "/api/v1/contact-centre/skills";

/// A skill, by its page of agents.
async fn make(centre: &Centre) -> (String, String) {
    let mut owner = centre.owner().await;
    let made = json(&mut owner, Method::POST, API, r#"{"name": "French"}"#).await;
    let made: serde_json::Value = serde_json::from_str(&made.text).unwrap();
    let id = made["id"].as_str().unwrap();
    (
        format!("{SKILLS}/{id}/agents"),
        format!("{API}/{id}/agents"),
    )
}

async fn cc_10_skills_are_given_to_agents_found_by_name(db: TestDatabase) {
    let centre = Centre::open(&db).await;
    let (page, api) = make(&centre).await;
    let mut owner = centre.owner().await;
    let empty = owner.look(&page).await;
    assert!(
        empty.text.contains("Nobody whom you see has this skill"),
        "{}",
        empty.text
    );
    let found = owner.send(&format!("{page}/find"), &[("q", "ann@")]).await;
    assert!(
        found.text.contains(&centre.id(centre.ann)),
        "{}",
        found.text
    );
    // Ida has a licence and no queue.
    let found = owner.send(&format!("{page}/find"), &[("q", "ida@")]).await;
    assert!(found.text.contains("No agent is found"), "{}", found.text);
    let (ann, ida) = (centre.id(centre.ann), centre.id(centre.ida));
    let before = centre.trace().await;
    let refused = owner.send(&page, &[("person", &ida), ("to", "give")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        refused.text.contains("Only agents of a queue have skills"),
        "{}",
        refused.text
    );
    assert_eq!(centre.trace().await, before);
    for _ in 0..2 {
        let given = owner.send(&page, &[("person", &ann), ("to", "give")]).await;
        assert_eq!(
            (given.status, given.leads_to()),
            (StatusCode::SEE_OTHER, &*page)
        );
    }
    assert_eq!(centre.trace().await.2, 1);
    assert_eq!(
        centre.trace().await.0,
        before.0 + 1,
        "given once, logged once"
    );
    assert!(owner.look(&page).await.text.contains(&ann));
    assert!(owner.look(SKILLS).await.text.contains("1 agent<"));
    let listed = json(&mut owner, Method::GET, &api, "").await;
    assert!(listed.text.contains(&ann), "{}", listed.text);
    let taken = json(&mut owner, Method::DELETE, &format!("{api}/{ann}"), "").await;
    assert_eq!(taken.status, StatusCode::OK, "{}", taken.text);
    assert_eq!(centre.trace().await.2, 0);
    // A skill that is removed is nobody's.
    json(&mut owner, Method::PUT, &format!("{api}/{ann}"), "").await;
    assert_eq!(centre.trace().await.2, 1);
    let skill = api.trim_end_matches("/agents");
    json(&mut owner, Method::DELETE, skill, "").await;
    assert_eq!((centre.trace().await.1, centre.trace().await.2), (0, 0));
    assert_eq!(owner.look(&page).await.status, StatusCode::NOT_FOUND);
}

async fn cc_10_a_supervisor_manages_skills_by_the_switch(db: TestDatabase) {
    let centre = Centre::open(&db).await;
    let (page, api) = make(&centre).await;
    let mut sue = centre.signed_in(SUE).await;
    let ann = centre.id(centre.ann);
    assert_eq!(sue.look(&page).await.status, StatusCode::FORBIDDEN);
    centre
        .set(Switch::SupervisorConfigurationPortal, true)
        .await;
    centre.set(Switch::SupervisorSkillsView, true).await;
    assert_eq!(sue.look(&page).await.status, StatusCode::OK);
    let before = centre.trace().await;
    let given = sue.send(&page, &[("person", &ann), ("to", "give")]).await;
    assert_eq!(given.status, StatusCode::FORBIDDEN, "{}", given.text);
    assert_eq!(centre.trace().await, before, "a denied act leaves no trace");
    centre.set(Switch::SupervisorSkillsEdit, true).await;
    let given = sue.send(&page, &[("person", &ann), ("to", "give")]).await;
    assert_eq!(given.status, StatusCode::SEE_OTHER, "{}", given.text);
    // AD-10: how many have it is for whoever sees every user.
    let list = sue.look(SKILLS).await;
    assert!(
        list.text.contains("those whom you see") && !list.text.contains("1 agent<"),
        "{}",
        list.text
    );
    // An agent has no business with who can do what.
    let mut anns = centre.signed_in(ANN).await;
    for path in [SKILLS, &page, &api] {
        assert_eq!(
            anns.look(path).await.status,
            StatusCode::FORBIDDEN,
            "{path}"
        );
    }
    // Whose queue is archived serves none now, and keeps the skill.
    let node = Node::Queue(centre.queue);
    centre.submit(Command::Archive { node }).await;
    let mut owner = centre.owner().await;
    assert!(owner.look(&page).await.text.contains("No queue now"));
}

async fn sd_26_the_skills_of_an_erased_person_go(db: TestDatabase) {
    let centre = Centre::open(&db).await;
    let (page, _) = make(&centre).await;
    let mut owner = centre.owner().await;
    owner.look(&page).await;
    let ann = centre.id(centre.ann);
    owner.send(&page, &[("person", &ann), ("to", "give")]).await;
    assert_eq!(centre.trace().await.2, 1);
    let person = centre.ann;
    centre.submit(Command::ErasePerson { person }).await;
    assert_eq!(centre.trace().await.2, 0);
}
