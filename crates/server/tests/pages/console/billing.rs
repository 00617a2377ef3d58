//! Billing › Licences and Billing contact.

use access::{
    Command, LicenceId, PublicId,
    command::AccountAdminGrant,
    state::{LicenceModel, Tie},
};
use axum::http::StatusCode;
use testkit::databases::TestDatabase;

use super::desk::{Desk, ULF};

testkit::on_both![
    ad_14_a_licence_is_bought_given_resized_and_taken_in_a_browser,
    ad_14_a_seat_of_a_pool_is_seen_and_cleared,
    ad_14_a_holder_sees_their_licence_and_gives_it_to_nobody,
    ad_14_whoever_gives_up_their_own_seat_is_led_to_a_page_that_they_see,
    ad_16_the_billing_contact_is_offered_and_accepted,
    ad_16_only_an_account_admin_receives_it,
];

fn in_use(desk: &Desk, licence: LicenceId) -> (u32, usize) {
    let state = desk.house.account.state();
    let row = state.licences().get(licence).unwrap();
    (row.bought, row.in_use())
}

async fn ad_14_a_licence_is_bought_given_resized_and_taken_in_a_browser(db: TestDatabase) {
    let desk = Desk::open(&db).await;
    let mut browser = desk.owner().await;
    let buy = "/billing/licences/buy";
    let new = |seats| {
        [
            ("name", "Hosts"),
            ("product", "remote_support"),
            ("model", "named"),
            ("seats", seats),
        ]
    };
    let wrong = browser.save(buy, &new("many")).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.text.contains(r#"aria-describedby="seats-error""#));
    let one = browser.send(buy, &new("1")).await;
    assert!(
        one.text.contains("Buy 1 seat of Remote support?"),
        "{}",
        one.text
    );
    let bought = browser.save(buy, &new("2")).await;
    assert_eq!(bought.status, StatusCode::SEE_OTHER, "{}", bought.text);
    let page = bought.leads_to().to_owned();
    let id: PublicId<LicenceId> = page.rsplit_once('/').unwrap().1.parse().unwrap();
    let licence = desk.house.account.state().resolve(id).unwrap();
    assert_eq!(in_use(&desk, licence), (2, 0));

    let give = format!("{page}/holders");
    for name in ["Ulf", "Olga"] {
        let given = browser.save(&give, &[("person_text", name)]).await;
        assert_eq!(given.status, StatusCode::SEE_OTHER, "{}", given.text);
    }
    assert_eq!(in_use(&desk, licence), (2, 2));
    desk.house.user("third@example.net").await;
    let none_left = browser.save(&give, &[("person_text", "third")]).await;
    assert_eq!(none_left.status, StatusCode::CONFLICT);
    assert!(none_left.text.contains("Rule AD-14") || none_left.text.contains("Rule I-10"));

    // Less than is in use is refused with the number.
    let resize = format!("{page}/size");
    let refused = browser.save(&resize, &[("seats", "1")]).await;
    assert_eq!(refused.status, StatusCode::CONFLICT, "{}", refused.text);
    assert!(refused.text.contains("This cannot be saved.") && refused.text.contains('2'));
    let more = browser.save(&resize, &[("seats", "3")]).await;
    assert_eq!(more.status, StatusCode::SEE_OTHER, "{}", more.text);
    let take = [("person", &*desk.id(desk.ulf))];
    let taken = browser.save(&format!("{page}/holders/take"), &take).await;
    assert_eq!(taken.status, StatusCode::SEE_OTHER, "{}", taken.text);
    assert_eq!(in_use(&desk, licence), (3, 1));
    let shown = browser.look(&page).await;
    assert!(shown.main().contains("Olga Owner") && !shown.text.contains("Ulf User"));
}

async fn ad_14_a_seat_of_a_pool_is_seen_and_cleared(db: TestDatabase) {
    let desk = Desk::open(&db).await;
    let pool = desk
        .named("Pool", |id| Command::BuyLicence {
            id,
            product: access::Product::RemoteSupport,
            model: LicenceModel::Concurrent,
            seats: 2,
        })
        .await;
    desk.tie(desk.ulf, Tie::Agent).await;
    desk.tie(desk.ulf, Tie::Licence(pool)).await;
    let seat = desk.house.engine.new_uuid();
    let take = Command::TakeSeat {
        licence: pool,
        seat,
        person: desk.ulf,
    };
    desk.house
        .submit(access::Actor::Person(desk.ulf), take)
        .await;
    let mut browser = desk.owner().await;
    let page = format!("/billing/licences/{}", desk.id(pool));
    let shown = browser.look(&page).await;
    assert!(shown.text.contains(&seat.to_string()), "{}", shown.text);
    let clear = format!("{page}/seats/clear");
    let cleared = browser.save(&clear, &[("seat", &seat.to_string())]).await;
    assert_eq!(cleared.status, StatusCode::SEE_OTHER, "{}", cleared.text);
    assert_eq!(in_use(&desk, pool), (2, 0));
    let absent = browser.save(&clear, &[("seat", &seat.to_string())]).await;
    assert_eq!(absent.status, StatusCode::NOT_FOUND);
}

async fn ad_14_a_holder_sees_their_licence_and_gives_it_to_nobody(db: TestDatabase) {
    let desk = Desk::open(&db).await;
    desk.house.set_role(desk.ulf, access::RoleId::MEMBER).await;
    let mut browser = desk.browser(ULF).await;
    let list = browser.look("/billing/licences").await;
    assert_eq!(list.status, StatusCode::OK);
    let path = format!("/billing/licences/{}", desk.id(desk.licence));
    assert!(list.text.contains(&path) && !list.text.contains("Buy a licence"));
    let page = browser.look(&path).await;
    assert!(page.main().contains("Ulf User") && !page.text.contains("Olga Owner"));
    for hidden in ["<dt>Bought</dt>", "/holders\"", "/size\"", "/life\""] {
        assert!(!page.text.contains(hidden), "{hidden}: {}", page.text);
    }
    let before = in_use(&desk, desk.licence);
    let fields = [("seats", "50")];
    let refused = browser.save(&format!("{path}/size"), &fields).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert_eq!(in_use(&desk, desk.licence), before);
}

async fn make_account_admin(desk: &Desk) {
    desk.tie(desk.ulf, Tie::Agent).await;
    desk.by_owner(Command::SetAccountAdmin {
        person: desk.ulf,
        admin: Some(AccountAdminGrant::Full),
    })
    .await;
}

async fn ad_14_whoever_gives_up_their_own_seat_is_led_to_a_page_that_they_see(db: TestDatabase) {
    let desk = Desk::open(&db).await;
    desk.house.set_role(desk.ulf, access::RoleId::MEMBER).await;
    // Without any licence he would be suspended, and signed out.
    let spare = desk
        .named("Spare", |id| Command::BuyLicence {
            id,
            product: access::Product::RemoteSupport,
            model: LicenceModel::Named,
            seats: 1,
        })
        .await;
    desk.tie(desk.ulf, Tie::Licence(spare)).await;
    let mut browser = desk.browser(ULF).await;
    let page = format!("/billing/licences/{}", desk.id(desk.licence));
    let take = [("person", &*desk.id(desk.ulf))];
    let taken = browser.save(&format!("{page}/holders/take"), &take).await;
    assert_eq!(taken.leads_to(), "/billing/licences");
    let gone = browser.look(&page).await;
    assert_eq!(gone.status, StatusCode::NOT_FOUND, "{}", gone.leads_to());
    assert_eq!(browser.look(taken.leads_to()).await.status, StatusCode::OK);
}

async fn ad_16_the_billing_contact_is_offered_and_accepted(db: TestDatabase) {
    let desk = Desk::open(&db).await;
    make_account_admin(&desk).await;
    let contact = || desk.house.account.state().account().billing_contact;
    let offer = || desk.house.account.state().account().billing_offer;
    let mut olga = desk.owner().await;
    let page = olga.look("/billing/contact").await;
    assert!(page.main().contains("Olga Owner"), "{}", page.text);

    let offered = olga
        .save("/billing/contact/offer", &[("to_text", "Ulf")])
        .await;
    assert_eq!(offered.status, StatusCode::SEE_OTHER, "{}", offered.text);
    assert_eq!(
        (contact(), offer()),
        (Some(desk.house.owner), Some(desk.ulf))
    );
    olga.save("/billing/contact/withdraw", &[]).await;
    assert_eq!(offer(), None);
    olga.save("/billing/contact/offer", &[("to_text", "Ulf")])
        .await;

    let mut ulf = desk.browser(ULF).await;
    let page = ulf.look("/billing/contact").await;
    assert!(page.text.contains("Accept…"), "{}", page.text);
    assert!(!page.text.contains("/billing/contact/appoint"));
    let review = ulf.send("/billing/contact/accept", &[]).await;
    assert!(review.main().contains("Ulf User"), "{}", review.text);
    assert_eq!(contact(), Some(desk.house.owner));
    let accepted = ulf.save("/billing/contact/accept", &[]).await;
    assert_eq!(accepted.status, StatusCode::SEE_OTHER, "{}", accepted.text);
    assert_eq!((contact(), offer()), (Some(desk.ulf), None));

    // A Super admin on somebody's behalf.
    let back = olga
        .save("/billing/contact/appoint", &[("person_text", "Olga")])
        .await;
    assert_eq!(back.status, StatusCode::SEE_OTHER, "{}", back.text);
    assert_eq!(contact(), Some(desk.house.owner));
}

async fn ad_16_only_an_account_admin_receives_it(db: TestDatabase) {
    let desk = Desk::open(&db).await;
    let mut olga = desk.owner().await;
    let refused = olga
        .save("/billing/contact/offer", &[("to_text", "Ulf")])
        .await;
    assert_eq!(refused.status, StatusCode::CONFLICT, "{}", refused.text);
    assert!(refused.text.contains("Rule AD-16"), "{}", refused.text);
    let mut ulf = desk.browser(ULF).await;
    let taken = ulf
        .save("/billing/contact/appoint", &[("person_text", "Ulf")])
        .await;
    assert_eq!(taken.status, StatusCode::FORBIDDEN);
    let account = desk.house.account.state().account().clone();
    assert_eq!(account.billing_contact, Some(desk.house.owner));
    assert_eq!(account.billing_offer, None);
}
