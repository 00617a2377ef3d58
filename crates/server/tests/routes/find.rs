//! Searching for people: whatever stands before it in the index, who is seen is found, once, and nothing that was typed is in a URL.

use std::collections::BTreeSet;

use access::{Actor, Command, PublicId};
use axum::http::{Method, StatusCode};
use ledger::{Change, Field, Of, Options, ProfileWrite};
use serde_json::{Value, json};
use testkit::databases::TestDatabase;

use super::{
    cast::Cast,
    world::{Answer, token_of},
};

testkit::on_both![
    a_page_may_end_at_the_longest_address,
    sd_36_who_is_seen_is_found_behind_any_number_of_others,
    a_search_is_complete_and_names_everybody_once,
    telephone_numbers_are_found_with_spaces_or_without,
    the_tabs_of_a_service_are_searched_the_same_way,
    no_list_of_people_takes_a_text_in_its_address,
    a_page_belongs_to_its_search,
];

impl Cast {
    /// Many customers whom no caller of the cast serves, with names that come first in the index.
    pub async fn crowd(&self, count: usize) {
        let (account, engine) = (&self.world.account, self.world.account.engine());
        let owner = self
            .id("owner")
            .parse::<PublicId<access::PersonId>>()
            .unwrap();
        let owner = Actor::Person(account.state().resolve(owner).unwrap());
        let mut waiting = Vec::new();
        for number in 0..count {
            let id = PublicId::new(engine.new_uuid());
            let profile = ProfileWrite::new(Of::public(id))
                .set(Field::Name, format!("Aaron Smith {number}"))
                .set(Field::Email, format!("smith{number}@crowd.example"));
            let change = Change::from(Command::AddCustomer { id, service: None });
            let options = Options::untold("tests");
            let begun = account.begin(owner, change.with_profile(profile), options);
            waiting.push(begun.await.unwrap());
        }
        for answer in waiting {
            answer.await.unwrap();
        }
    }

    async fn find(&self, token: &str, path: &str, text: &str) -> Answer {
        let body = Some(json!({"q": text}));
        self.world.send(Method::POST, path, Some(token), body).await
    }

    /// Every page, with the number of pages.
    async fn find_all(
        &self,
        token: &str,
        path: &str,
        size: usize,
        text: &str,
    ) -> (Vec<Value>, usize) {
        let (mut items, mut pages, mut next) = (Vec::new(), 0, String::new());
        loop {
            let page = format!("{path}?page_size={size}{next}");
            let answer = self.find(token, &page, text).await;
            assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
            items.extend(answer.body["items"].as_array().unwrap().iter().cloned());
            pages += 1;
            match answer.body["next"].as_str() {
                Some(cursor) => next = format!("&page={cursor}"),
                None => return (items, pages),
            }
        }
    }
}

const PEOPLE: &str = "/api/v1/people/search";

// proves: SD-36
async fn sd_36_who_is_seen_is_found_behind_any_number_of_others(db: TestDatabase) {
    let cast = Cast::make(&db).await;
    let named =
        json!({"name": "Zed Smith", "email": "zed@client.example", "service": cast.id("service")});
    let una = token_of(&cast.world.account, cast.id("una")).await;
    let path = "/api/v1/people/customers";
    let added = cast.world.send(Method::POST, path, Some(&una), Some(named));
    assert_eq!(added.await.status, StatusCode::OK);
    cast.crowd(1_200).await;
    let (found, _) = cast.find_all(&una, PEOPLE, 10, "smith").await;
    let names: Vec<_> = found
        .iter()
        .map(|item| item["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["Zed Smith"]);
}

async fn a_search_is_complete_and_names_everybody_once(db: TestDatabase) {
    let cast = Cast::make(&db).await;
    cast.crowd(120).await;
    // Each is found by the second word of the name and by the address.
    let owner = cast.world.owner.clone();
    let (found, pages) = cast.find_all(&owner, PEOPLE, 50, "smith").await;
    let ids: BTreeSet<_> = found.iter().map(|item| item["id"].to_string()).collect();
    assert_eq!((found.len(), ids.len()), (120, 120));
    assert!(pages >= 3);
    let (one, _) = cast
        .find_all(&owner, PEOPLE, 50, "SMITH7@crowd.example")
        .await;
    assert_eq!(one[0]["name"], "Aaron Smith 7");
    let customers = format!("{PEOPLE}?facet=user");
    let answer = cast.find(&owner, &customers, "smith").await;
    assert_eq!(answer.body["items"], json!([]));
}

async fn telephone_numbers_are_found_with_spaces_or_without(db: TestDatabase) {
    let cast = Cast::make(&db).await;
    let path = format!("/api/v1/people/{}", cast.id("una"));
    let body = json!({"phone": "+49 30 1234"});
    cast.world.done(Method::PATCH, &path, body).await;
    for text in ["+49 30 12", "+493012", "+49 3012"] {
        let (found, _) = cast.find_all(&cast.world.owner, PEOPLE, 50, text).await;
        assert_eq!(found.len(), 1, "{text}");
    }
}

async fn the_tabs_of_a_service_are_searched_the_same_way(db: TestDatabase) {
    let cast = Cast::make(&db).await;
    cast.crowd(60).await;
    let path = format!("/api/v1/services/{}/access", cast.id("service"));
    let owner = cast.world.owner.clone();
    let customers = format!("{path}/customers/search");
    let (found, _) = cast.find_all(&owner, &customers, 25, "aaron").await;
    assert_eq!(found.len(), 60);
    let (found, _) = cast
        .find_all(&owner, &format!("{path}/users/search"), 25, "una")
        .await;
    assert_eq!(found[0]["level"], "user");
}

/// No personal data in a URL (ARCHITECTURE): a list of people takes no text to look for.
async fn no_list_of_people_takes_a_text_in_its_address(db: TestDatabase) {
    let cast = Cast::make(&db).await;
    for path in [
        "people",
        "services/{service}/access/users",
        "services/{service}/access/customers",
    ] {
        let answer = cast
            .world
            .get(&format!("/api/v1/{path}?q=ann"), &cast.world.owner)
            .await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{path}");
    }
    for text in ["", "  "] {
        let answer = cast.find(&cast.world.owner, PEOPLE, text).await;
        assert_eq!(answer.body["at"], "/q", "{}", answer.body);
    }
}

/// A cursor of one search is none of another.
async fn a_page_belongs_to_its_search(db: TestDatabase) {
    let cast = Cast::make(&db).await;
    cast.crowd(20).await;
    let owner = cast.world.owner.clone();
    let first = cast
        .find(&owner, &format!("{PEOPLE}?page_size=5"), "aaron")
        .await;
    let next = first.body["next"].as_str().unwrap();
    let path = format!("{PEOPLE}?page_size=5&page={next}");
    assert_eq!(
        cast.find(&owner, &path, "aaron").await.status,
        StatusCode::OK
    );
    let other = cast.find(&owner, &path, "una").await;
    assert_eq!(other.status, StatusCode::BAD_REQUEST);
}

/// A page of a search ends at what is found, however long it is.
async fn a_page_may_end_at_the_longest_address(db: TestDatabase) {
    let cast = Cast::make(&db).await;
    for letter in ["a", "b", "c"] {
        let email = format!("{}{letter}@client.example", "\u{1F600}".repeat(250));
        let body = json!({"name": "Long", "email": email});
        cast.world
            .done(Method::POST, "/api/v1/people/customers", body)
            .await;
    }
    let (found, pages) = cast
        .find_all(&cast.world.owner, PEOPLE, 1, "\u{1F600}")
        .await;
    assert_eq!((found.len(), pages), (3, 3));
}
