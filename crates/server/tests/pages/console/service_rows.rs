//! What the rows of a service's tabs say of people (SD-2, SD-10, SD-13, AD-15), and whom its filters find.

use access::{
    Command, PersonId,
    state::{CustomerAccess, Facet, PortalLevel, ServiceLevel, Tie},
};
use axum::http::StatusCode;
use testkit::databases::TestDatabase;

use super::desk::{Desk, ULF};

testkit::on_both![
    ad_15_a_level_of_somebody_deactivated_is_said_to_open_nothing,
    sd_13_access_to_the_portal_needs_a_portal_level,
    sd_10_users_are_found_by_the_access_that_they_have,
];

fn path(desk: &Desk) -> String {
    format!("/configure/services/{}", desk.id(desk.service))
}

fn is_tied(desk: &Desk, person: PersonId, tie: Tie) -> bool {
    let state = desk.house.account.state();
    state.people().get(person).unwrap().ties.has(tie)
}

async fn ad_15_a_level_of_somebody_deactivated_is_said_to_open_nothing(db: TestDatabase) {
    let desk = Desk::open(&db).await;
    desk.by_owner(Command::Deactivate {
        person: desk.ulf,
        facet: Facet::User,
    })
    .await;
    let mut browser = desk.owner().await;
    let (path, ulf) = (path(&desk), desk.id(desk.ulf));
    let page = browser.look(&path).await;
    assert!(
        page.main().contains(">Deactivated<") && page.main().contains(&format!("<bdi>{ULF}</bdi>")),
        "{}",
        page.text
    );
    let save = format!("{path}/users/save");
    let review = browser.send(&save, &[(&ulf, "user.none")]).await;
    for says in [
        "Nothing changes now, because Ulf User is deactivated.",
        "<del><span class=\"vh\">now </span>No access</del> → <ins><span class=\"vh\">afterwards </span>User</ins>",
    ] {
        assert!(review.main().contains(says), "{says}: {}", review.text);
    }
    let tie = Tie::Service(desk.service, ServiceLevel::User);
    assert!(!is_tied(&desk, desk.ulf, tie));
    let saved = browser.save(&save, &[(&ulf, "user.none")]).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.text);
    assert!(is_tied(&desk, desk.ulf, tie));
}

async fn sd_13_access_to_the_portal_needs_a_portal_level(db: TestDatabase) {
    let desk = Desk::open(&db).await;
    let cara = desk.customer("Cara", "cara@acme.example").await;
    let company = desk.company("Acme").await;
    desk.customer("Cem", "cem@acme.example").await;
    desk.employ(cara, company).await;
    desk.by_owner(Command::SetPortalLevel {
        people: vec![cara],
        level: PortalLevel::None,
        bulk: false,
    })
    .await;
    let mut browser = desk.owner().await;
    let (service, id) = (path(&desk), desk.id(cara));
    let tab = format!("{service}/customers");
    let mend = format!("/people/{id}#s-customer\">Set a portal level</a>");
    let page = browser.look(&tab).await;
    // Her company, and his address: he has no company. And why it is closed.
    for says in [
        "<bdi>Acme</bdi>",
        "<bdi>cem@acme.example</bdi>",
        ">Closed</span>",
        "the portal level is none",
    ] {
        assert!(page.main().contains(says), "{says}: {}", page.text);
    }
    let save = format!("{tab}/save");
    let review = browser.send(&save, &[(&id, "portal.none")]).await;
    let says = "because the portal level is none.";
    assert!(
        review.main().contains(says) && review.main().contains(&mend),
        "{}",
        review.text
    );
    let saved = browser.save(&save, &[(&id, "portal.none")]).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.text);
    assert!(is_tied(
        &desk,
        cara,
        Tie::Customer(desk.service, CustomerAccess::Portal)
    ));
    let page = browser.look(&tab).await;
    let says = "Stored, without effect: the portal level is none";
    assert!(
        page.main().contains(says) && page.main().contains(&mend),
        "{}",
        page.text
    );
}

async fn sd_10_users_are_found_by_the_access_that_they_have(db: TestDatabase) {
    let desk = Desk::open(&db).await;
    let (night, day) = (
        desk.group("Night shift").await,
        desk.group("Day shift").await,
    );
    desk.by_owner(Command::SaveGroupsTab {
        service: desk.service,
        rows: vec![(night, true), (day, true)],
    })
    .await;
    desk.tie(desk.ulf, Tie::Group(night)).await;
    desk.house.user("nina@example.net").await;
    let mut browser = desk.owner().await;
    let path = path(&desk);
    let whole = browser.look(&path).await;
    assert!(
        whole.main().contains("Has access through Night shift"),
        "{}",
        whole.text
    );
    for (has, olga, ulf) in [
        ("any", true, true),
        ("groups", false, true),
        (&*desk.id(night), false, true),
        (&*desk.id(day), false, false),
    ] {
        let page = browser.look(&format!("{path}?has={has}")).await;
        let listed = |name: &str| page.main().contains(&format!("<bdi>{name}</bdi>"));
        assert_eq!(
            (
                listed("Olga Owner"),
                listed("Ulf User"),
                listed("Nina User")
            ),
            (olga, ulf, false),
            "{has}: {}",
            page.text
        );
    }
    let odd = browser.look(&format!("{path}?has=nonsense")).await;
    assert_eq!(odd.status, StatusCode::UNPROCESSABLE_ENTITY);
    // The filter stays in the address: of the button, after the review, and after a discarded draft.
    let (form, ulf) = (format!("{path}/users"), desk.id(desk.ulf));
    let there = format!("{path}?level=none&has=groups");
    let fields = [("level", "none"), ("has", "groups"), ("to", "filter")];
    let filtered = browser.send(&form, &fields).await;
    assert_eq!(filtered.leads_to(), there);
    let page = browser.look(&there).await;
    assert_eq!(page.hidden("back"), Some(&*there.replace('&', "&#38;")));
    let fields = [(&*ulf, "user.none"), ("back", &there)];
    let saved = browser.save(&format!("{form}/save"), &fields).await;
    assert_eq!(
        (saved.status, saved.leads_to()),
        (StatusCode::SEE_OTHER, &*there),
        "{}",
        saved.text
    );
    let discard = format!("{form}/discard");
    let discarded = browser.send(&discard, &[("back", &there)]).await;
    assert_eq!(discarded.leads_to(), there);
    // And never leads elsewhere.
    let odd = browser.send(&discard, &[("back", "/people")]).await;
    assert_eq!(odd.leads_to(), path);
}
