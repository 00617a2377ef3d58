//! The people of a thing, page by page: all of them, whatever the answer about the thing itself ends at, as far as they are seen.

use axum::http::{Method, StatusCode};
use serde_json::json;
use testkit::databases::TestDatabase;

use super::{cast::Cast, world::World};

testkit::on_both![
    ad_12_more_members_than_one_answer_holds_are_listed_page_by_page,
    sd_36_members_are_listed_as_far_as_they_are_seen,
    cc_1_the_people_of_a_queue_are_listed_with_what_they_are_there,
];

/// Every page of a list: ids, and how many pages there were.
async fn walk(world: &World, path: &str, token: &str, size: usize) -> (Vec<String>, usize) {
    let (mut ids, mut pages, mut next) = (Vec::new(), 0, String::new());
    loop {
        let page = format!("{path}?page_size={size}{next}");
        let answer = world.get(&page, token).await;
        assert_eq!(answer.status, StatusCode::OK, "{page}: {}", answer.body);
        let items = answer.body["items"].as_array().unwrap();
        assert!(items.len() <= size);
        ids.extend(
            items
                .iter()
                .map(|item| item["id"].as_str().unwrap().to_owned()),
        );
        pages += 1;
        match answer.body["next"].as_str() {
            Some(cursor) => next = format!("&page={cursor}"),
            None => return (ids, pages),
        }
    }
}

async fn ad_12_more_members_than_one_answer_holds_are_listed_page_by_page(db: TestDatabase) {
    const MANY: usize = 520;
    let world = World::make(&db).await;
    let mut made = Vec::new();
    for number in 0..MANY {
        let body = json!({
            "name": format!("Member {number}"),
            "email": format!("member{number}@example.net"),
            "user_groups": [world.ids["user_group"]],
        });
        made.push(world.done(Method::POST, "/api/v1/people/users", body).await);
    }
    let path = world.with_ids("/api/v1/user-groups/{user_group}/members");
    let (listed, pages) = walk(&world, &path, &world.owner, 500).await;
    assert_eq!((listed, pages), (made, 2));
}

async fn sd_36_members_are_listed_as_far_as_they_are_seen(db: TestDatabase) {
    let cast = Cast::make(&db).await;
    let (world, owner) = (&cast.world, &cast.world.owner);
    for who in ["ned", "nell", "hidden_person"] {
        for tie in [
            "groups/{group}/members",
            "device-groups/{device_group}/agents",
        ] {
            cast.put(&format!("people/{{{who}}}/agent"), json!({}))
                .await;
            cast.put(&format!("{tie}/{{{who}}}"), json!({})).await;
        }
    }
    for (path, all, reader, seen) in [
        (
            "groups/{group}/members",
            vec!["hidden_person", "ned", "nell"],
            "una",
            vec![],
        ),
        (
            "user-groups/{user_group}/members",
            vec!["ned"],
            "max",
            vec!["ned"],
        ),
        (
            "licences/{desk_licence}/holders",
            vec!["hidden_person", "nell", "una", "carl"],
            "max",
            vec!["nell"],
        ),
        (
            "device-groups/{device_group}/agents",
            vec!["owner", "hidden_person", "ned", "nell", "ada"],
            "ada",
            vec!["ada"],
        ),
    ] {
        let path = format!("/api/v1/{}", cast.filled(path));
        let ids = |keys: &[&str]| keys.iter().map(|key| cast.id(key).to_owned()).collect();
        let (whole, _) = walk(world, &path, owner, 1).await;
        let expected: Vec<String> = ids(&all);
        assert_eq!(whole, expected, "{path}");
        let (part, _) = walk(world, &path, &cast.token(reader).await, 1).await;
        let expected: Vec<String> = ids(&seen);
        assert_eq!(part, expected, "{reader}: {path}");
    }
}

async fn cc_1_the_people_of_a_queue_are_listed_with_what_they_are_there(db: TestDatabase) {
    let cast = Cast::make(&db).await;
    let path = cast.filled("/api/v1/queues/{queue}/people");
    let answer = cast.world.get(&path, &cast.world.owner).await;
    let people = answer.body["items"].as_array().unwrap();
    let of = |key: &str| people.iter().find(|person| person["id"] == cast.id(key));
    let quin = of("quin").unwrap();
    assert_eq!(
        (&quin["agent"], &quin["supervisor"]),
        (&json!(true), &json!(false))
    );
    let answer = cast.world.get(&path, &cast.token("quin").await).await;
    let ids: Vec<_> = answer.body["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| &item["id"])
        .collect();
    assert_eq!(ids, [cast.id("quin")]);
}
