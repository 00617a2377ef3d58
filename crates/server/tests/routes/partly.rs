//! Callers who see a part of the account: a service user, a group manager, a customer, an agent, who configures the desk within a list
//! of companies, an agent of a queue. Whatever route they take, with whatever ids, no answer shows what they may not know of: neither
//! its id nor its name. What the caller sent is not counted as shown.

use std::collections::HashSet;

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};
use testkit::databases::TestDatabase;
use utoipa::openapi::path::ParameterIn;
use web::{about::GuardText, route::Route};

use super::{
    cast::{Caller, Cast},
    world::{Answer, token_of},
};

testkit::on_both![
    sd_36_counts_and_settings_are_for_who_sees_all_of_it,
    no_answer_shows_what_the_caller_may_not_know_of,
    what_the_caller_may_know_of_is_shown,
    ad_31_stored_access_is_shown_to_who_may_ask,
    sd_5_a_dry_run_tells_nothing_of_services_that_the_actor_does_not_see,
];

/// Drives every route with every cast of ids as every caller; what can be read of an earlier version is read of it too.
pub async fn drive(
    cast: &Cast,
    callers: Vec<Caller>,
    wrong: impl Fn(&Caller, &Route, &str, &Answer) -> Option<String>,
) -> Vec<String> {
    let casts = cast.casts();
    let then = cast.world.account.state().version().0;
    let mut found = Vec::new();
    for caller in callers {
        for route in rolecall::wiring::routes() {
            // Afterwards the caller would be somebody else.
            if route.name == "view_as.end" {
                continue;
            }
            let mut tried = HashSet::new();
            let query = route.about.names(&ParameterIn::Query);
            let reads_the_past = query.iter().any(|name| name == "as_of");
            let pasts = [String::new(), format!("as_of={then}")];
            for past in &pasts[..if reads_the_past { 2 } else { 1 }] {
                for ids in &casts {
                    let (path, body) = cast.world.request(&route, ids);
                    let path = match (past.as_str(), path.contains('?')) {
                        ("", _) => path,
                        (past, true) => format!("{path}&{past}"),
                        (past, false) => format!("{path}?{past}"),
                    };
                    let asked = format!("{path} {}", body.clone().unwrap_or_default());
                    if !tried.insert(asked.clone()) {
                        continue;
                    }
                    let token = Some(caller.token.as_str());
                    let answer = cast.world.send_to(&route, &path, token, body).await;
                    if let Some(what) = wrong(&caller, &route, &asked, &answer) {
                        let (who, name) = (caller.who, route.name);
                        found.push(format!("{who}: {name} {asked}: {what}: {}", answer.body));
                    }
                }
            }
        }
    }
    found
}

// proves: SD-5, SD-32, SD-33, SD-36, AD-10, AD-31
async fn no_answer_shows_what_the_caller_may_not_know_of(db: TestDatabase) {
    let cast = Cast::make(&db).await;
    let wrong = |caller: &Caller, route: &Route, asked: &str, answer: &Answer| {
        let leaked = cast.leaks(caller, asked, answer);
        let unseen_is_404 = || {
            let things = cast.things.iter().filter(|thing| asked.contains(&thing.id));
            let hidden = things
                .filter(|thing| !caller.sees.contains(thing.key))
                .count()
                > 0;
            let by_sight = matches!(route.guard(), GuardText::Seen { .. });
            (hidden && by_sight && answer.status != StatusCode::NOT_FOUND)
                .then(|| answer.status.to_string())
        };
        leaked
            .map(|key| format!("shows {key}"))
            .or_else(unseen_is_404)
    };
    assert_eq!(
        drive(&cast, cast.callers().await, wrong).await,
        Vec::<String>::new()
    );
}

/// What the callers may see they do see: else the test above proves nothing.
async fn what_the_caller_may_know_of_is_shown(db: TestDatabase) {
    let cast = Cast::make(&db).await;
    for caller in cast.callers().await {
        for key in &caller.sees {
            let thing = cast.things.iter().find(|thing| thing.key == *key).unwrap();
            let kind = cast.kind(thing).unwrap();
            let routes = rolecall::wiring::routes();
            let end = format!("/{{{kind}}}");
            let show = routes
                .iter()
                .find(|route| route.method == Method::GET && route.path.ends_with(&end));
            let Some(show) = show else { continue };
            let path = show.path.replace(&format!("{{{kind}}}"), &thing.id);
            let answer = cast.world.get(&path, &caller.token).await;
            assert_eq!(
                answer.status,
                StatusCode::OK,
                "{}: {key}: {}",
                caller.who,
                answer.body
            );
        }
    }
}

/// The kinds of ties in a person's stored access, as somebody reads it.
async fn ties(cast: &Cast, token: &str, who: &str) -> Result<Vec<String>, (StatusCode, Value)> {
    let path = format!("/api/v1/people/{}/access", cast.id(who));
    let answer = cast.world.get(&path, token).await;
    let Some(ties) = answer.body["ties"].as_array() else {
        return Err((answer.status, answer.body["rule"].clone()));
    };
    let kinds = ties
        .iter()
        .map(|tie| tie["kind"].as_str().unwrap().to_owned());
    Ok(kinds.collect())
}

/// What is stored about somebody's access is for the person, and for who may ask; both see of it what they see elsewhere.
async fn ad_31_stored_access_is_shown_to_who_may_ask(db: TestDatabase) {
    let cast = Cast::make(&db).await;
    cast.with_role(json!(["admin.access.ask"]), Some("{user_group}"))
        .await;
    let asker = &cast.world.nobody;
    let token = |who: &'static str| token_of(&cast.world.account, cast.id(who));

    let closed = Err((StatusCode::FORBIDDEN, json!("AD-31")));
    for (reader, who) in [("una", "person"), ("max", "ned"), ("carl", "person")] {
        assert_eq!(
            ties(&cast, &token(reader).await, who).await,
            closed,
            "{reader}"
        );
    }
    let absent = ties(&cast, asker, "person").await;
    assert_eq!(absent.unwrap_err().0, StatusCode::NOT_FOUND);

    let has = |ties: &[String], kind: &str| ties.iter().any(|tie| tie == kind);
    let whole = ties(&cast, &cast.world.owner, "ned").await.unwrap();
    let own = ties(&cast, &token("ned").await, "ned").await.unwrap();
    let asked = ties(&cast, asker, "ned").await.unwrap();
    assert!(has(&whole, "service_level") && has(&whole, "queue_agent"));
    assert!(has(&own, "agent") && has(&own, "queue_agent"));
    // Ned's level opens nothing without a licence of the desk: the service stays invisible to him (SD-5).
    assert!(!has(&own, "service_level"));
    assert!(has(&asked, "agent") && has(&asked, "user_group"));
    assert!(!has(&asked, "service_level") && !has(&asked, "queue_agent"));
}

/// Who gains and loses what by a dry run is told as far as the actor sees it; nothing counts the rest.
async fn sd_5_a_dry_run_tells_nothing_of_services_that_the_actor_does_not_see(db: TestDatabase) {
    let cast = Cast::make(&db).await;
    let path = format!(
        "/api/v1/people/{}/deactivation?dry_run=true",
        cast.id("nell")
    );
    let body = json!({"facet": "user"});
    let mut losses = Vec::new();
    let manager = token_of(&cast.world.account, cast.id("max")).await;
    for token in [&cast.world.owner, &manager] {
        let answer = cast
            .world
            .send(Method::POST, &path, Some(token), Some(body.clone()))
            .await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        losses.push(answer.body["effect"]["losses"].clone());
    }
    let on_hidden = |losses: &Value| losses.to_string().contains(cast.id("hidden_service"));
    assert!(on_hidden(&losses[0]) && !on_hidden(&losses[1]));
    let listed = losses[1]["listed"].as_array().unwrap().len();
    assert_eq!(losses[1]["total"], listed);
    assert!(losses[0]["total"].as_u64() > losses[1]["total"].as_u64());
}

/// A count tells of what one does not see, and a setting of what is not one's business.
async fn sd_36_counts_and_settings_are_for_who_sees_all_of_it(db: TestDatabase) {
    let cast = Cast::make(&db).await;
    let company = ["domains", "employees", "accepts_registration"];
    for (reader, path, fields) in [
        ("cara", "companies/{company}", &company[..]),
        ("una", "companies/{company}", &company),
        ("una", "groups/{group}", &["members"]),
        ("una", "licences/{desk_licence}", &["bought", "in_use"]),
        ("max", "licences/{desk_licence}", &["bought", "in_use"]),
        ("max", "roles/{manager_role}", &["holders"]),
        ("ada", "device-groups/{device_group}", &["devices"]),
        (
            "cara",
            "services/{service}",
            &["due_date_override", "open_to_all"],
        ),
    ] {
        let path = format!("/api/v1/{}", cast.filled(path));
        let token = cast.token(reader).await;
        let told = cast.world.get(&path, &token).await;
        assert_eq!(told.status, StatusCode::OK, "{reader} {path}");
        let whole = cast.world.get(&path, &cast.world.owner).await;
        for field in fields {
            assert!(told.body.get(field).is_none(), "{reader}: {}", told.body);
            assert!(whole.body.get(field).is_some(), "{}", whole.body);
        }
    }
    for (reader, path, field) in [
        ("carl", "companies/{company}", "employees"),
        ("carl", "groups/{group}", "members"),
        ("carl", "licences/{desk_licence}", "in_use"),
        ("una", "services/{service}", "due_date_override"),
        ("max", "user-groups/{user_group}", "members"),
    ] {
        let path = format!("/api/v1/{}", cast.filled(path));
        let told = cast.world.get(&path, &cast.token(reader).await).await;
        assert!(told.body.get(field).is_some(), "{reader}: {}", told.body);
    }
}
