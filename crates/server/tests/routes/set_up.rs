//! The set-up is one act: the account opens with its first user and the first token, or not at all.

use axum::http::Method;
use testkit::databases::TestDatabase;

use super::world::World;

testkit::on_both![the_account_opens_together_with_its_first_token];

async fn the_account_opens_together_with_its_first_token(db: TestDatabase) {
    let world = World::make(&db).await;
    let log = world.account.log_page(None, 10_000).await.unwrap();
    let first = ledger::events(log.last().unwrap()).unwrap();
    assert!(first.contains(&access::Event::AccountOpened));
    let is_token = |event: &access::Event| matches!(event, access::Event::TokenIssued { .. });
    assert!(first.iter().any(is_token));
    let tokens = world.get("/api/v1/tokens", &world.owner).await;
    let names: Vec<_> = tokens.body["items"].as_array().unwrap().iter().collect();
    assert!(names.iter().any(|token| token["name"] == "First token"));
    let again = world.send(Method::GET, "/api/v1/me", Some(&world.owner), None);
    assert_eq!(again.await.status, 200);
}
