//! Whoever came in through a sign-in provider has the one facet that it opens, by whatever route: the other one's doors are shut, as for
//! somebody who lacks it (RULES §1).

use std::collections::BTreeMap;

use access::state::Facet;
use axum::http::{Method, StatusCode};
use serde_json::json;
use testkit::databases::TestDatabase;
use web::about::GuardText;

use super::{
    cast::{Caller, Cast},
    partly::drive,
    traces::traces,
    world::World,
};

testkit::on_both![
    s1_a_session_for_staff_opens_nothing_of_the_portal,
    s1_a_session_for_customers_shows_what_a_customer_sees,
    s1_a_session_for_customers_changes_nothing_as_staff,
    s1_a_session_ends_with_what_its_provider_may_vouch_for,
];

/// The owner is a customer too, of the company and with a service.
async fn serve_the_owner(world: &World) -> String {
    let owner = world.get("/api/v1/me", &world.owner).await.body["subject"].clone();
    let owner = owner.as_str().unwrap().to_owned();
    let path = format!("/api/v1/people/{owner}/customer-facet");
    world.done(Method::POST, &path, json!({})).await;
    for (path, body) in [
        (
            "people/{owner}/employer",
            json!({"company": world.ids["company"]}),
        ),
        (
            "services/{service}/customers/{owner}",
            json!({"access": "portal"}),
        ),
        (
            "people/{owner}/portal-level",
            json!({"level": "company_admin"}),
        ),
    ] {
        let path = world.with_ids(&format!("/api/v1/{path}"));
        let path = path.replace("{owner}", &owner);
        world.done(Method::PUT, &path, body).await;
    }
    owner
}

fn is_portal(path: &str) -> bool {
    path.starts_with("/portal") || path.starts_with("/api/v1/portal")
}

/// What every route of the portal answers.
async fn portal(world: &World, token: &str) -> BTreeMap<&'static str, (StatusCode, bool)> {
    let mut answers = BTreeMap::new();
    for route in rolecall::wiring::routes() {
        if is_portal(route.path) && route.method == Method::GET {
            let (path, body) = world.request(&route, &world.ids);
            let answer = world.send_to(&route, &path, Some(token), body).await;
            let shows = answer.body.to_string().contains(&world.ids["service"]);
            answers.insert(route.name, (answer.status, shows));
        }
    }
    answers
}

async fn s1_a_session_for_staff_opens_nothing_of_the_portal(db: TestDatabase) {
    let world = World::make(&db).await;
    let owner = world.get("/api/v1/me", &world.owner).await.body["subject"].clone();
    let provider = world.provider().await;
    let as_staff = |owner: String| {
        let world = &world;
        async move { world.through(&owner, provider, Facet::User).await }
    };
    let owner = owner.as_str().unwrap().to_owned();
    let before = portal(&world, &as_staff(owner.clone()).await).await;
    serve_the_owner(&world).await;
    let whole = portal(&world, &world.owner).await;
    let limited = portal(&world, &as_staff(owner).await).await;
    assert_eq!(limited, before, "as for somebody who lacks the facet");
    let opened = whole.iter().filter(|(name, is)| before[*name] != **is);
    assert!(opened.count() > 3, "{whole:?}");
}

async fn s1_a_session_for_customers_shows_what_a_customer_sees(db: TestDatabase) {
    let cast = Cast::make(&db).await;
    let owner = serve_the_owner(&cast.world).await;
    // Their company's other services are not theirs.
    let path = format!("/api/v1/people/{owner}/portal-level");
    let level = json!({"level": "standard"});
    cast.world.done(Method::PUT, &path, level).await;
    let provider = cast.world.provider().await;
    let caller = Caller {
        who: "the owner, who came as a customer",
        token: cast.world.through(&owner, provider, Facet::Customer).await,
        sees: ["owner", "service", "company"].into_iter().collect(),
    };
    let leaks = |caller: &Caller, _: &web::route::Route, asked: &str, answer: &_| {
        let leaked = cast.leaks(caller, asked, answer);
        leaked.map(|key| format!("shows {key}"))
    };
    assert_eq!(
        drive(&cast, vec![caller], leaks).await,
        Vec::<String>::new()
    );
}

/// What is left of their writes is about themselves.
async fn s1_a_session_for_customers_changes_nothing_as_staff(db: TestDatabase) {
    let world = World::make(&db).await;
    let owner = serve_the_owner(&world).await;
    let provider = world.provider().await;
    let mut token = world.through(&owner, provider, Facet::Customer).await;
    let mut before = traces(&world).await;
    let mut wrote = Vec::new();
    for route in rolecall::wiring::routes() {
        if matches!(route.guard(), GuardText::Public { .. }) {
            continue;
        }
        let (path, body) = world.request(&route, &world.ids);
        // In earnest, and not as a dry run.
        let path = path.replace("?dry_run=true&", "?");
        let path = path.replace("?dry_run=true", "");
        world.send_to(&route, &path, Some(&token), body).await;
        let now = traces(&world).await;
        if now != before {
            wrote.push(route.name);
            token = world.through(&owner, provider, Facet::Customer).await;
            before = traces(&world).await;
        }
    }
    let about_oneself = |name: &&&str| {
        // Whoever is signed in may type what they look for: nobody is found by it.
        ["own_", "portal", "sign_in", "incidents.", "users.find"]
            .iter()
            .any(|begin| name.starts_with(begin))
    };
    let others: Vec<_> = wrote.iter().filter(|name| !about_oneself(name)).collect();
    assert_eq!(others, Vec::<&&str>::new());
    assert!(!wrote.is_empty(), "they do something");
}

async fn s1_a_session_ends_with_what_its_provider_may_vouch_for(db: TestDatabase) {
    let world = World::make(&db).await;
    let owner = serve_the_owner(&world).await;
    let provider = world.provider().await;
    let page = async |token: &str| world.get("/account/sessions", token).await.status;
    let customer = world.through(&owner, provider, Facet::Customer).await;
    let staff = world.through(&owner, provider, Facet::User).await;
    assert_eq!(page(&customer).await, StatusCode::OK);
    // They are of another company now: the provider is not for its people.
    let other = json!({"name": "Elsewhere"});
    let other = world.done(Method::POST, "/api/v1/companies", other).await;
    let path = format!("/api/v1/people/{owner}/employer");
    let moves = json!({"company": other, "move": true});
    world.done(Method::PUT, &path, moves).await;
    assert_eq!(page(&customer).await, StatusCode::SEE_OTHER);
    assert_eq!(page(&staff).await, StatusCode::OK);
    // It is archived.
    let archive = access::Command::Archive {
        node: access::event::Node::Connection(provider),
    };
    let options = ledger::Options::untold("rest");
    let first = access::Actor::Person(access::Dense::from_index(0).unwrap());
    world.account.submit(first, archive, options).await.unwrap();
    assert_eq!(page(&staff).await, StatusCode::SEE_OTHER);
}
