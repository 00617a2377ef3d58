//! The first set-up at a browser.

use axum::http::StatusCode;
use testkit::databases::TestDatabase;

use crate::browser::{House, OWNER, PASSWORD, first_user};

testkit::on_both![
    the_first_user_is_signed_in_and_can_sign_in_again,
    after_set_up_there_is_no_such_page,
    a_link_that_is_not_the_one_opens_nothing,
    a_weak_password_is_not_taken_and_the_link_still_works,
];

async fn the_first_user_is_signed_in_and_can_sign_in_again(db: TestDatabase) {
    let (house, link) = House::new(&db).await;
    let mut browser = house.browser();
    let page = browser.look("/set-up").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(
        !page.text.contains(&link),
        "the key of the link is in nothing that the server sends"
    );
    let done = browser.send("/set-up", &first_user(&link)).await;
    assert_eq!((done.status, done.leads_to()), (StatusCode::SEE_OTHER, "/"));
    let home = browser.look("/").await;
    assert_eq!(home.status, StatusCode::OK);
    assert!(
        home.text.contains("Olga Owner") && home.text.contains("Super admin"),
        "{}",
        home.text
    );
    let again = house.browser().sign_in(OWNER, PASSWORD).await;
    assert_eq!(again.status, StatusCode::SEE_OTHER);
}

/// §7: set-up pages after set-up.
async fn after_set_up_there_is_no_such_page(db: TestDatabase) {
    let (house, link) = House::new(&db).await;
    house.browser().send("/set-up", &first_user(&link)).await;
    let mut late = house.browser();
    assert_eq!(late.look("/set-up").await.status, StatusCode::NOT_FOUND);
    let again = late.send("/set-up", &first_user(&link)).await;
    assert_eq!(again.status, StatusCode::NOT_FOUND);
    assert_eq!(house.account.state().people().len(), 1);
    assert_eq!(house.rows("credentials").await, 1);
}

/// §7: an expired, truncated, empty or re-cased link.
async fn a_link_that_is_not_the_one_opens_nothing(db: TestDatabase) {
    let (house, link) = House::new(&db).await;
    let mut browser = house.browser();
    for wrong in [
        String::new(),
        link.to_uppercase(),
        link[..40].to_owned(),
        link.replace('a', "b"),
    ] {
        let answer = browser.send("/set-up", &first_user(&wrong)).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            answer.text.contains("used, expired or unknown"),
            "{}",
            answer.text
        );
    }
    house.advance(std::time::Duration::from_secs(61)).await;
    let late = browser.send("/set-up", &first_user(&link)).await;
    assert!(
        late.text.contains("used, expired or unknown"),
        "{}",
        late.text
    );
    assert!(!house.account.state().account().open);
}

async fn a_weak_password_is_not_taken_and_the_link_still_works(db: TestDatabase) {
    let (house, link) = House::new(&db).await;
    let mut browser = house.browser();
    let mut weak = first_user(&link);
    weak[3].1 = "password1234";
    let answer = browser.send("/set-up", &weak).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.text.contains("tried first"), "{}", answer.text);
    assert!(!house.account.state().account().open);
    let done = browser.send("/set-up", &first_user(&link)).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER);
}
