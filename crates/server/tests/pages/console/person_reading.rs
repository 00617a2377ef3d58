//! What a person's pages say of their access and their history, in the order in which it is read.

use testkit::databases::TestDatabase;

use super::desk::Desk;

testkit::on_both![ad_23_the_button_of_a_deactivation_says_so_and_leads_to_the_hand_over,];

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
