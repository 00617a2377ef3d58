//! What a person's pages say of their access and their history, in the order in which it is read.

use access::RoleId;
use axum::http::StatusCode;
use testkit::databases::TestDatabase;

use super::desk::Desk;

testkit::on_both![
    ad_20_the_history_of_somebody_stands_below_their_page,
    ad_23_the_button_of_a_deactivation_says_so_and_leads_to_the_hand_over,
];

async fn ad_20_the_history_of_somebody_stands_below_their_page(db: TestDatabase) {
    let desk = Desk::open(&db).await;
    desk.house.set_role(desk.ulf, RoleId::MEMBER).await;
    let mut owner = desk.owner().await;
    let path = format!("/people/{}", desk.id(desk.ulf));
    let tab = format!("/audit?concerns={}", desk.id(desk.ulf));
    let page = owner.look(&tab).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(
        page.text.contains("<title>History of Ulf User"),
        "{}",
        page.text
    );
    let crumb = format!(r#"<li><a href="{path}">Ulf User</a></li>"#);
    assert!(page.text.contains(&crumb), "{}", page.text);
    let current = format!(r#"<a href="{tab}" aria-current="page">History</a>"#);
    assert!(page.main().contains(&current), "{}", page.text);
    assert!(page.main().contains("Changed account roles"));
    // What is asked of the log besides is no page of a person.
    let page = owner.look("/audit").await;
    assert!(page.text.contains("<title>Changes"), "{}", page.text);
}

async fn ad_23_the_button_of_a_deactivation_says_so_and_leads_to_the_hand_over(db: TestDatabase) {
    let desk = Desk::open(&db).await;
    let mut owner = desk.owner().await;
    let path = format!("/people/{}", desk.id(desk.ulf));
    let form = owner.look(&path).await.form(&[r#"value="deactivate""#]);
    let review = form.send(&mut owner).await;
    let (_, main) = review.text.split_once("<main").unwrap();
    assert!(main.contains(r#"<button class="button primary">Deactivate</button>"#));
    assert!(main.contains("What they hold stays theirs"));
    let link = format!(r#"<a href="{path}/hand-over">Hand over what they have…</a>"#);
    assert!(main.contains(&link), "{main}");
}
