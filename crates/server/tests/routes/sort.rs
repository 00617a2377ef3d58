//! *Sort now* over HTTP: whoever waits is sorted, however many stand before who do not.

use access::{Actor, Command, PersonId, PublicId, command::SystemSubject};
use axum::http::{Method, StatusCode};
use ledger::{Change, Field, Of, Options, ProfileWrite};
use serde_json::{Value, json};
use testkit::databases::TestDatabase;

use super::{
    cast::Cast,
    world::{Answer, token_of},
};

testkit::on_both![
    sd_22_who_confirmed_before_the_company_had_the_domain_is_sorted,
    sd_22_who_stands_behind_others_that_no_company_catches_is_sorted_too,
    sd_22_nobody_without_the_right_has_anything_looked_at,
];

const SORT: &str = "/api/v1/companies/sort-now";

impl Cast {
    /// A customer who registered and confirmed before any company had the domain.
    async fn registered(&self, email: &str) -> PersonId {
        let account = &self.world.account;
        let by = Actor::System(SystemSubject::Registration);
        let id = PublicId::<PersonId>::new(account.engine().new_uuid());
        let domain: Box<str> = email.rsplit_once('@').unwrap().1.into();
        let profile = ProfileWrite::new(Of::public(id)).set(Field::Email, email);
        let register = Command::Register {
            id,
            domain: domain.clone(),
            denied: false,
        };
        let change = Change::from(register).with_profile(profile);
        account
            .submit(by, change, Options::untold("tests"))
            .await
            .unwrap();
        let person = account.state().resolve(id).unwrap();
        let confirm = Command::ConfirmAddress {
            person,
            domain,
            denied: false,
        };
        account
            .submit(by, confirm, Options::untold("tests"))
            .await
            .unwrap();
        person
    }

    fn company_of(&self, person: PersonId) -> Option<String> {
        let state = self.world.account.state();
        let company = state.people().get(person)?.company?;
        state.public(company).map(|id| id.to_string())
    }

    async fn sort(&self, token: &str, query: &str) -> Answer {
        let path = format!("{SORT}{query}");
        self.world
            .send(Method::POST, &path, Some(token), Some(json!({})))
            .await
    }
}

// proves: SD-22
async fn sd_22_who_confirmed_before_the_company_had_the_domain_is_sorted(db: TestDatabase) {
    let cast = Cast::make(&db).await;
    let open = json!({"policy": "anyone"});
    cast.world
        .done(Method::PUT, "/api/v1/registration", open)
        .await;
    let early = cast.registered("early@later.example").await;
    let path = format!("/api/v1/companies/{}/domains", cast.id("company"));
    let domain = json!({"domain": "later.example"});
    cast.world.done(Method::POST, &path, domain).await;
    let answer = cast.sort(&cast.world.owner, "").await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    assert_eq!(cast.company_of(early).as_deref(), Some(cast.id("company")));
}

async fn sd_22_who_stands_behind_others_that_no_company_catches_is_sorted_too(db: TestDatabase) {
    let cast = Cast::make(&db).await;
    cast.crowd(1_100).await;
    let mut catchable = Vec::new();
    for number in 0..3 {
        let body = json!({"name": "Late Comer", "email": format!("late{number}@quoll.example")});
        let id = cast
            .world
            .done(Method::POST, "/api/v1/people/customers", body)
            .await;
        let id: PublicId<PersonId> = id.parse().unwrap();
        catchable.push(cast.world.account.state().resolve(id).unwrap());
    }
    let (mut query, mut told, mut calls) = ("?page_size=2".to_owned(), Vec::new(), 0);
    loop {
        let answer = cast.sort(&cast.world.owner, &query).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        let outcomes = answer.body["outcomes"].as_array().cloned();
        told.extend(outcomes.unwrap_or_default());
        calls += 1;
        match answer.body["next"].as_str() {
            Some(next) => query = format!("?page_size=2&page={next}"),
            None => break,
        }
    }
    // Nobody is told of but those whom a company catches.
    assert_eq!(told.len(), 3, "in {calls} calls");
    assert!(
        told.iter()
            .all(|outcome| outcome["changed"] == Value::Bool(true))
    );
    for person in catchable {
        let company = cast.company_of(person);
        assert_eq!(company.as_deref(), Some(cast.id("company")));
    }
    assert!(calls >= 2);
}

async fn sd_22_nobody_without_the_right_has_anything_looked_at(db: TestDatabase) {
    let cast = Cast::make(&db).await;
    let una = token_of(&cast.world.account, cast.id("una")).await;
    let answer = cast.sort(&una, "").await;
    assert_eq!(
        (answer.status, &answer.body["code"]),
        (StatusCode::FORBIDDEN, &json!("forbidden"))
    );
}
