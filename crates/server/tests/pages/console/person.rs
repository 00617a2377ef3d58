//! A person's page.

use access::RoleId;
use axum::http::StatusCode;
use testkit::databases::TestDatabase;

use crate::browser::{House, OWNER};

testkit::on_both![
    ad_1_an_account_role_is_changed_after_its_review,
    ad_6_what_the_rules_refuse_says_who_could_and_changes_nothing,
    sd_26_an_erasure_says_what_will_be_blank_and_then_it_is,
    ad_10_a_form_for_what_one_may_not_do_is_absent,
    ad_24_another_address_is_saved_after_its_review,
];

fn path(house: &House, person: access::PersonId) -> String {
    format!("/people/{}", house.account.state().public(person).unwrap())
}

fn role_id(house: &House, role: RoleId) -> String {
    house.account.state().public(role).unwrap().to_string()
}

fn role_of(house: &House, person: access::PersonId) -> RoleId {
    house
        .account
        .state()
        .people()
        .get(person)
        .unwrap()
        .account_role
}

async fn ad_1_an_account_role_is_changed_after_its_review(db: TestDatabase) {
    let house = House::open(&db).await;
    let ulf = house.user("ulf@example.net").await;
    let (path, member) = (path(&house, ulf), role_id(&house, RoleId::MEMBER));
    let mut browser = house.signed_in(OWNER).await;
    let page = browser.look(&format!("{path}/roles")).await;
    assert!(page.text.contains("Account role"), "{}", page.text);
    let fields = [("act", "account_role"), ("on", member.as_str())];
    let review = browser.send(&format!("{path}/change"), &fields).await;
    assert_eq!(review.status, StatusCode::OK);
    assert!(review.text.contains("loses access") && review.text.contains("locked out"));
    assert_eq!(role_of(&house, ulf), RoleId::ADMIN);
    let saved = browser.save(&format!("{path}/change"), &fields).await;
    assert_eq!(saved.leads_to(), format!("{path}/roles"));
    assert_eq!(role_of(&house, ulf), RoleId::MEMBER);
}

async fn ad_6_what_the_rules_refuse_says_who_could_and_changes_nothing(db: TestDatabase) {
    let house = House::open(&db).await;
    let ulf = house.user("ulf@example.net").await;
    let una = house.user("una@example.net").await;
    let (path, role) = (path(&house, una), role_id(&house, RoleId::SUPER_ADMIN));
    let mut browser = house.signed_in("ulf@example.net").await;
    browser.look("/account/sessions").await;
    let fields = [("act", "account_role"), ("on", role.as_str())];
    let refused = browser.save(&format!("{path}/change"), &fields).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert!(
        refused.text.contains("This cannot be saved.") && refused.text.contains("Rule AD-6"),
        "{}",
        refused.text
    );
    assert!(
        refused.main().contains("Olga Owner"),
        "who could do it is named"
    );
    assert_eq!(role_of(&house, una), RoleId::ADMIN);
    assert_eq!(role_of(&house, ulf), RoleId::ADMIN);
}

async fn sd_26_an_erasure_says_what_will_be_blank_and_then_it_is(db: TestDatabase) {
    let house = House::open(&db).await;
    let ulf = house.user("ulf@example.net").await;
    let path = path(&house, ulf);
    let mut browser = house.signed_in(OWNER).await;
    browser.look(&path).await;
    let fields = [("act", "erase"), ("value", "")];
    let review = browser.send(&format!("{path}/change"), &fields).await;
    assert!(
        review
            .text
            .contains("Blanked everywhere: the name, the e-mail address"),
        "{}",
        review.text
    );
    let done = browser.save(&format!("{path}/change"), &fields).await;
    assert_eq!(done.leads_to(), "/");
    let gone = browser.look(&path).await;
    assert!(!gone.text.contains("Ulf User"));
}

async fn ad_10_a_form_for_what_one_may_not_do_is_absent(db: TestDatabase) {
    let house = House::open(&db).await;
    let ulf = house.user("ulf@example.net").await;
    house.set_role(ulf, RoleId::MEMBER).await;
    let owner = path(&house, house.owner);
    let mut browser = house.signed_in(OWNER).await;
    let own = browser.look(&path(&house, ulf)).await;
    assert!(own.text.contains("Erase…") && own.text.contains("Deactivate…"));
    house.give_admin(ulf).await;
    let mut browser = house.signed_in("ulf@example.net").await;
    let page = browser.look(&owner).await;
    assert_eq!(page.status, StatusCode::OK);
    for absent in ["Erase…", "Deactivate…", "Save the profile"] {
        assert!(
            !page.text.contains(absent),
            "an Admin is offered {absent} of a Super admin"
        );
    }
}

async fn ad_24_another_address_is_saved_after_its_review(db: TestDatabase) {
    let house = House::open(&db).await;
    let ulf = house.user("ulf@example.net").await;
    let path = path(&house, ulf);
    let mut browser = house.signed_in(OWNER).await;
    let form = browser.look(&path).await.form(&["/profile"]);
    let saved = form
        .with("name", "Ulf Userson")
        .with("email", "ulf.userson@example.net")
        .with("title", "Agent")
        .save(&mut browser)
        .await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.text);
    let page = browser.look(&path).await;
    assert!(page.main().contains("Ulf Userson") && page.text.contains("ulf.userson@example.net"));
}
