//! AD-29, AD-30 over HTTP: what the groups of a provider give, and what of somebody's comes by it.

use access::{
    Actor, Command, ConnectionId, PersonId, ProviderGroupId, PublicId, command::MembersChange,
};
use axum::http::{Method, StatusCode};
use ledger::Options;
use serde_json::{Value, json};
use testkit::databases::TestDatabase;

use super::world::{World, token_of};

testkit::on_both![
    ad_30_mappings_are_tried_saved_and_shown,
    ad_30_what_the_editor_does_not_see_stays_as_it_is,
    ad_30_a_provider_says_who_is_in_its_groups,
];

const SUPER_ADMIN: &str = "rol_00000000000000000000000000000001";
const ADMIN: &str = "rol_00000000000000000000000000000002";

/// A world whose connection may give whatever can be mapped.
async fn provisioned(db: &TestDatabase) -> (World, String) {
    let world = World::make(db).await;
    let path = format!("/api/v1/connections/{}", world.ids["connection"]);
    let role = json!({"role": ADMIN});
    world.done(Method::PUT, &format!("{path}/role"), role).await;
    let rights = json!({"configure_desk": true, "contact_admin": true});
    let at = format!("{path}/rights");
    world.done(Method::PUT, &at, rights.clone()).await;
    let shown = world.get(&path, &world.owner).await.body;
    assert_eq!(shown["rights"], rights);
    (world, path)
}

/// Everybody whom the provider has in the group.
async fn members(world: &World, people: &[&str]) {
    let state = world.account.state();
    let group = world.ids["provider_group"].parse::<PublicId<ProviderGroupId>>();
    let connection = world.ids["connection"].parse::<PublicId<ConnectionId>>();
    let person = |id: &&str| state.resolve(id.parse::<PublicId<PersonId>>().unwrap());
    let command = Command::ChangeProviderGroup {
        provider_group: state.resolve(group.unwrap()).unwrap(),
        change: MembersChange::Whole(people.iter().filter_map(person).collect()),
    };
    let by = Actor::Connection(state.resolve(connection.unwrap()).unwrap());
    let done = world.account.submit(by, command, Options::untold("tests"));
    done.await.unwrap();
}

async fn ad_30_mappings_are_tried_saved_and_shown(db: TestDatabase) {
    let (world, path) = provisioned(&db).await;
    let path = format!("{path}/mappings");
    let (group, person) = (&world.ids["provider_group"], &world.ids["person"]);
    let mapping = |kind: &str, id: &str| json!({"provider_group": group, "kind": kind, "id": id});
    let put = async |query: &str, mappings: Value| {
        let (path, body) = (format!("{path}{query}"), json!({"mappings": mappings}));
        let owner = Some(world.owner.as_str());
        world.send(Method::PUT, &path, owner, Some(body)).await
    };
    let held = async || {
        let path = format!("/api/v1/people/{person}/mapped");
        let body = world.get(&path, &world.owner).await.body;
        json!({"held": body["held"], "unmet": body["unmet"]})
    };
    members(&world, &[person]).await;
    let listed = format!("/api/v1/provider-groups/{group}/members");
    let listed = world.get(&listed, &world.owner).await.body;
    assert_eq!(listed["items"][0]["id"], json!(person));

    let licence = mapping("licence", &world.ids["cc_licence"]);
    let queue = mapping("queue_supervisor", &world.ids["queue"]);
    let all = json!([queue, licence]);
    let tried = put("?dry_run=true", all.clone()).await;
    assert_eq!(tried.body["changed"], true, "{}", tried.body);
    assert_ne!(tried.body["effect"]["gains"]["total"], 0);
    let nothing = json!({"held": [], "unmet": []});
    assert_eq!(held().await, nothing);
    let done = put("", all.clone()).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.body);
    assert_eq!(world.get(&path, &world.owner).await.body["mappings"], all);
    assert_eq!(held().await["held"], json!([licence, queue]));
    put("", json!([queue])).await;
    // Given while there was a licence: it stays, as it would by hand.
    assert_eq!(held().await["held"], json!([queue]));
    put("", json!([])).await;
    assert_eq!(held().await, nothing);
    put("", json!([queue])).await;
    let missing = held().await;
    // The dry run says it before, as the review of the page does.
    put("", json!([])).await;
    let tried = put("?dry_run=true", json!([queue])).await.body;
    let told = &tried["effect"]["not_given"];
    let unmet = &missing["unmet"][0];
    let why = |field: &str| unmet["why"][field].clone();
    assert_eq!(
        *told,
        json!({"total": 1, "more": false, "listed": [{
            "person": person, "provider_group": group, "kind": queue["kind"], "id": queue["id"],
            "code": why("code"), "rule": why("rule"), "detail": why("detail"),
        }]}),
        "{tried}"
    );
    put("", json!([queue])).await;
    assert_eq!(
        missing["unmet"][0]["why"]["code"], "no_licence",
        "{missing}"
    );
    // Once they have one, the job gives what waited, and nothing a second time.
    let licence = &world.ids["cc_licence"];
    let licence = format!("/api/v1/licences/{licence}/holders/{person}");
    world.done(Method::PUT, &licence, json!({})).await;
    assert_eq!(held().await["unmet"][0]["why"]["code"], "not_applied");
    let job = people::MappingJob::new(world.account.engine().clone());
    assert_eq!(job.round().await.unwrap(), 0);
    assert_eq!(held().await, json!({"held": [queue], "unmet": []}));
    let version = world.account.state().version();
    assert_eq!(job.round().await.unwrap(), 0);
    assert_eq!(world.account.state().version(), version);

    let service = &world.ids["service"];
    for (mappings, status, code) in [
        (
            json!([mapping("account_role", ADMIN)]),
            403,
            "connection_may_not_give",
        ),
        (
            json!([mapping("account_role", SUPER_ADMIN)]),
            422,
            "super_admin_not_mapped",
        ),
        (json!([mapping("licence", service)]), 422, "unknown_id"),
        (json!([mapping("service", service)]), 422, "invalid"),
        (json!([queue, queue]), 422, "named_twice"),
    ] {
        let answer = put("", mappings.clone()).await;
        let told = (answer.status.as_u16(), &answer.body["code"]);
        assert_eq!(told, (status, &json!(code)), "{mappings}: {}", answer.body);
    }
    // Whoever holds nothing here is told of none of it.
    for path in [&path, &format!("/api/v1/people/{person}/mapped")] {
        assert_eq!(
            world.get(path, &world.nobody).await.status,
            StatusCode::NOT_FOUND
        );
    }
    let again = format!("{path}/apply");
    let again = world.send(Method::POST, &again, Some(&world.owner), None);
    assert_eq!(again.await.status, StatusCode::OK);
}

async fn ad_30_what_the_editor_does_not_see_stays_as_it_is(db: TestDatabase) {
    let (world, path) = provisioned(&db).await;
    let path = format!("{path}/mappings");
    let group = &world.ids["provider_group"];
    let level = json!({
        "provider_group": group, "kind": "service", "id": world.ids["service"], "level": "user",
    });
    let body = json!({"mappings": [level]});
    world.done(Method::PUT, &path, body).await;
    let sue = world.user("Sue Super", "sue@example.net", &world.account);
    let sue = sue.await;
    let role = format!("/api/v1/people/{sue}/account-role");
    world
        .done(Method::PUT, &role, json!({"role": SUPER_ADMIN}))
        .await;
    let token = token_of(&world.account, &sue).await;
    // SD-5: without a level the service is not there for her.
    let shown = world.get(&path, &token).await.body["mappings"].clone();
    let mut hidden = level.clone();
    hidden["id"] = Value::Null;
    assert_eq!(shown, json!([hidden]));
    let licence = json!({"provider_group": group, "kind": "licence", "id": world.ids["licence"]});
    for (mappings, status) in [
        (json!([licence, hidden]), 200),
        (json!([licence, hidden, hidden]), 422),
        (json!([licence]), 403),
    ] {
        let body = Some(json!({"mappings": mappings}));
        let answer = world.send(Method::PUT, &path, Some(&token), body).await;
        assert_eq!(
            answer.status.as_u16(),
            status,
            "{mappings}: {}",
            answer.body
        );
    }
    let kept = world.get(&path, &world.owner).await.body["mappings"].clone();
    assert_eq!(kept, json!([licence, level]));
}

async fn ad_30_a_provider_says_who_is_in_its_groups(db: TestDatabase) {
    let (world, _) = provisioned(&db).await;
    let provider = super::scim::token(&world, &world.ids["connection"]).await;
    let provider = Some(provider.as_str());
    let owner = Some(world.owner.as_str());
    let (group, person) = (&world.ids["provider_group"], &world.ids["person"]);
    let path = format!("/api/v1/provider-groups/{group}/members");
    let listed = async || world.get(&path, &world.owner).await.body["items"].clone();
    let change = json!({"add": [person]});

    // Whoever manages the connection does not speak for its provider.
    let refused = world.send(Method::POST, &path, owner, Some(change.clone()));
    assert_eq!(refused.await.status, StatusCode::FORBIDDEN);
    assert_eq!(listed().await, json!([]));

    let added = world.send(Method::POST, &path, provider, Some(change));
    let added = added.await;
    assert_eq!(added.status, StatusCode::OK, "{}", added.body);
    assert_eq!(listed().await[0]["id"], json!(person));
    let take = json!({"take": [person]});
    world.send(Method::POST, &path, provider, Some(take)).await;
    assert_eq!(listed().await, json!([]));
}
