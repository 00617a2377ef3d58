//! To make somebody like somebody else, and to hand over what somebody leaves.

use access::{
    Command, LicenceId, PersonId, PublicId, RoleId, ServiceId, Window,
    catalogue::Product,
    state::{LicenceModel, ServiceLevel, Tie},
};
use axum::http::StatusCode;
use testkit::databases::TestDatabase;

use crate::browser::{House, OWNER};

testkit::on_both![
    ad_7_somebody_is_made_like_somebody_else_by_what_is_ticked,
    ad_6_what_the_reader_may_not_give_says_why_and_is_not_given,
    ad_14_a_seat_is_handed_over_where_none_is_left,
    ad_27_whoever_views_as_somebody_hands_nothing_over,
];

const ULF: &str = "ulf@example.net";
const UNA: &str = "una@example.net";

fn id(house: &House, person: PersonId) -> String {
    house.account.state().public(person).unwrap().to_string()
}

fn has(house: &House, person: PersonId, tie: Tie) -> bool {
    let state = house.account.state();
    state.people().get(person).unwrap().ties.has(tie)
}

/// A licence of the desk with so many seats, and a service whose administrator holds one.
async fn desk(house: &House, seats: u32, administrator: PersonId) -> (LicenceId, ServiceId) {
    let (licence, service) = (
        PublicId::new(house.engine.new_uuid()),
        PublicId::new(house.engine.new_uuid()),
    );
    let buy = Command::BuyLicence {
        id: licence,
        product: Product::ServiceDesk,
        model: LicenceModel::Named,
        seats,
    };
    house.submit(house.owners(), buy).await;
    let state = house.account.state();
    let licence: LicenceId = state.resolve(licence).unwrap();
    let give = Command::Tie {
        person: administrator,
        tie: Tie::Licence(licence),
        window: Window::ALWAYS,
    };
    house.submit(house.owners(), give).await;
    let create = Command::CreateService {
        id: service,
        first_administrator: administrator,
    };
    house.submit(house.owners(), create).await;
    let service: ServiceId = house.account.state().resolve(service).unwrap();
    (licence, service)
}

/// The names of the boxes of a page that are ticked.
fn ticked(page: &str) -> Vec<String> {
    let boxes = page.split(r#"type="checkbox" name=""#).skip(1);
    let boxes = boxes.map(|rest| rest.split_once('>').unwrap().0);
    boxes
        .filter(|rest| rest.split_whitespace().any(|word| word == "checked"))
        .map(|rest| rest.split('"').next().unwrap().to_owned())
        .collect()
}

async fn ad_7_somebody_is_made_like_somebody_else_by_what_is_ticked(db: TestDatabase) {
    let house = House::open(&db).await;
    let (ulf, una) = (house.user(ULF).await, house.user(UNA).await);
    let (licence, service) = desk(&house, 5, ulf).await;
    let mut browser = house.signed_in(OWNER).await;
    let path = format!("/people/{}/like", id(&house, una));
    browser.look(&path).await;
    let chosen = browser
        .send(
            &path,
            &[
                ("other", &id(&house, ulf)),
                ("other_text", "Ulf"),
                ("other_asked", "Ulf"),
            ],
        )
        .await;
    assert_eq!(
        chosen.leads_to(),
        format!("{path}?other={}", id(&house, ulf))
    );
    let page = browser.look(chosen.leads_to()).await;
    let boxes = ticked(&page.text);
    assert_eq!(boxes.len(), 2, "licence and level: {boxes:?}");
    let other = id(&house, ulf);
    let mut fields = vec![("other", other.as_str())];
    fields.extend(boxes.iter().map(|name| (name.as_str(), "yes")));
    let save = format!("{path}/save");
    let review = browser.send(&save, &fields).await;
    assert!(
        review
            .text
            .contains("Give Una User 2 things that Ulf User holds?")
    );
    assert!(!has(&house, una, Tie::Licence(licence)));
    let saved = browser.save(&save, &fields).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.text);
    let level = Tie::Service(service, ServiceLevel::Administrator);
    for person in [ulf, una] {
        assert!(has(&house, person, Tie::Licence(licence)) && has(&house, person, level));
    }
    let page = browser.look(&format!("{path}?other={other}")).await;
    assert!(page.text.contains("There is nothing to give."));
}

async fn ad_6_what_the_reader_may_not_give_says_why_and_is_not_given(db: TestDatabase) {
    let house = House::open(&db).await;
    let (_, una) = (house.user(ULF).await, house.user(UNA).await);
    house.set_role(una, RoleId::MEMBER).await;
    let vic = house.user("vic@example.net").await;
    let mut browser = house.signed_in(ULF).await;
    let path = format!("/people/{}/like", id(&house, una));
    let other = id(&house, vic);
    let page = browser.look(&format!("{path}?other={other}")).await;
    assert!(
        page.text.contains("Not for you to give") && page.text.contains("Rule AD-6"),
        "{}",
        page.text
    );
    assert!(page.text.contains("None of it is yours to give."));
    // Sent all the same, the rules say it again.
    let fields = [("other", other.as_str()), ("take.role", "yes")];
    let refused = browser.save(&format!("{path}/save"), &fields).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN, "{}", refused.text);
    let state = house.account.state();
    assert!(state.people().get(una).unwrap().account_role.is_member());
}

async fn ad_14_a_seat_is_handed_over_where_none_is_left(db: TestDatabase) {
    let house = House::open(&db).await;
    let (ulf, una) = (house.user(ULF).await, house.user(UNA).await);
    house.user("vic@example.net").await;
    let (licence, service) = desk(&house, 1, ulf).await;
    let mut browser = house.signed_in(OWNER).await;
    let path = format!("/people/{}/hand-over", id(&house, ulf));
    let other = id(&house, una);
    let page = browser.look(&format!("{path}?other={other}")).await;
    let boxes = ticked(&page.text);
    // What the other has too does not stay behind: here the account role.
    assert_eq!(boxes.len(), 3, "{boxes:?}: {}", page.text);
    assert_eq!(page.text.matches("Una User has it already").count(), 1);
    // A level says of what it is.
    assert!(
        page.main().contains("<small>Administrator of the service"),
        "{}",
        page.text
    );
    let mut fields = vec![("other", other.as_str())];
    fields.extend(boxes.iter().map(|name| (name.as_str(), "yes")));
    let review = browser.send(&format!("{path}/save"), &fields).await;
    let both = "Una User receives 2 of them, and has the rest already.";
    assert!(review.main().contains(both), "{}", review.text);
    // Vic may administer Ulf from then on: that comes behind what the two of them gain.
    let (of_both, of_others) = review.main().split_once("Also changes for others").unwrap();
    assert!(of_both.contains("Una User") && !of_both.contains("Vic User"));
    assert!(of_others.contains("Vic User"), "{}", review.text);
    let saved = browser.save(&format!("{path}/save"), &fields).await;
    assert_eq!(
        saved.leads_to(),
        format!("/people/{}", id(&house, ulf)),
        "{}",
        saved.text
    );
    let level = Tie::Service(service, ServiceLevel::Administrator);
    assert!(has(&house, una, Tie::Licence(licence)) && has(&house, una, level));
    assert!(!has(&house, ulf, Tie::Licence(licence)) && !has(&house, ulf, level));
    let state = house.account.state();
    let is_member = |person| state.people().get(person).unwrap().account_role.is_member();
    assert!(is_member(ulf) && !is_member(una));
    let page = browser.look(saved.leads_to()).await;
    assert!(page.text.contains("Deactivate…"));
    let log = browser.look("/audit").await;
    let act = "Handed over from <bdi>Ulf User</bdi> to <bdi>Una User</bdi>";
    assert!(log.main().contains(act), "{}", log.text);
    // What ended is said once.
    assert!(!log.main().contains(": ended<br"), "{}", log.text);
}

async fn ad_27_whoever_views_as_somebody_hands_nothing_over(db: TestDatabase) {
    let house = House::open(&db).await;
    let (ulf, una) = (house.user(ULF).await, house.user(UNA).await);
    let (licence, _) = desk(&house, 1, ulf).await;
    let mut browser = house.signed_in(OWNER).await;
    let path = format!("/people/{}", id(&house, una));
    browser.look(&path).await;
    browser.send(&format!("{path}/view-as"), &[]).await;
    browser.look("/").await;
    let path = format!("/people/{}/hand-over", id(&house, ulf));
    let other = id(&house, una);
    let key = format!(
        "take.licence.{}",
        house.account.state().public(licence).unwrap()
    );
    let fields = [("other", other.as_str()), (key.as_str(), "yes")];
    let refused = browser.save(&format!("{path}/save"), &fields).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert!(refused.text.contains("AD-27"), "{}", refused.text);
    assert!(has(&house, ulf, Tie::Licence(licence)));
}
