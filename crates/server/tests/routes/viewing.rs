//! Whoever views as somebody else changes nothing, by whatever route, and sees what both may see (AD-27).

use axum::http::{Method, StatusCode};
use serde_json::json;
use testkit::databases::TestDatabase;
use web::about::GuardText;

use super::{
    bodies,
    cast::{Caller, Cast},
    partly::drive,
    traces::traces,
    world::{Answer, World},
};

testkit::on_both![
    ad_27_no_route_leaves_a_trace_of_whoever_views_as_somebody,
    ad_27_no_answer_shows_what_one_of_both_may_not_see,
];

/// A form that is shown again says it in words.
fn says_so(answer: &Answer) -> bool {
    let page = answer.body.as_str().unwrap_or_default();
    page.contains(r#"role="alert""#) && page.contains("you view as somebody else")
}

/// The one who views and the one who is viewed may both do everything: nothing but the viewing stands in the way.
async fn ad_27_no_route_leaves_a_trace_of_whoever_views_as_somebody(db: TestDatabase) {
    let world = World::make(&db).await;
    let desk = json!({"name": "Desk", "product": "service_desk", "model": "named", "seats": 3});
    let desk = world.done(Method::POST, "/api/v1/licences", desk).await;
    let desk_seat = format!("licences/{desk}/holders/{{agent}}");
    let super_admin = json!({"role": format!("rol_{:032x}", 1)});
    let contact_admin = json!({"licence": world.ids["cc_licence"]});
    let administers = json!({"level": "administrator"});
    for (path, body) in [
        ("people/{agent}/account-role", super_admin),
        ("licences/{licence}/holders/{agent}", json!({})),
        (&*desk_seat, json!({})),
        ("people/{agent}/contact-admin", contact_admin),
        ("people/{agent}/desk-rights/configure", json!({})),
        ("services/{service}/users/{agent}", administers),
    ] {
        let path = world.with_ids(&format!("/api/v1/{path}"));
        world.done(Method::PUT, &path, body).await;
    }
    let owner = world.get("/api/v1/me", &world.owner).await.body["subject"].clone();
    let viewing = world
        .viewing(owner.as_str().unwrap(), &world.words["agent"])
        .await;
    let before = traces(&world).await;
    let (mut refused, mut let_through) = (Vec::new(), Vec::new());
    for route in rolecall::wiring::routes() {
        if matches!(route.guard(), GuardText::Public { .. }) || route.name == "view_as.end" {
            continue;
        }
        let (path, body) = world.request(&route, &world.ids);
        // In earnest, and not as a dry run.
        let path = path.replace("?dry_run=true&", "?");
        let path = path.replace("?dry_run=true", "");
        let answer = world.send_to(&route, &path, Some(&viewing), body).await;
        assert_eq!(traces(&world).await, before, "{} left a trace", route.name);
        if answer.body["code"] == "viewing_as" || says_so(&answer) {
            assert_eq!(answer.status, StatusCode::FORBIDDEN);
            refused.push(route.name);
            continue;
        }
        // What the owner may, it is the viewing that stands in the way of.
        let is_command = matches!(route.guard(), GuardText::Command { .. });
        if is_command && [200, 303].contains(&bodies::owners_status(route.name)) {
            let_through.push(format!(
                "{}: {}: {}",
                route.name, answer.status, answer.body
            ));
        }
    }
    assert_eq!(let_through, Vec::<String>::new());
    for own in ["own_sessions.page", "own_factor.page", "own_password.page"] {
        assert!(refused.contains(&own), "{own} is for oneself alone");
    }
}

// proves: AD-27
async fn ad_27_no_answer_shows_what_one_of_both_may_not_see(db: TestDatabase) {
    let cast = Cast::make(&db).await;
    let mut callers = Vec::new();
    for (who, viewer, viewed, both_see) in [
        (
            "a group manager as one of the group",
            "max",
            "nell",
            &["nell", "desk_licence", "cc_licence"][..],
        ),
        (
            "the owner as a service user",
            "owner",
            "una",
            &[
                "una",
                "record",
                "service",
                "person",
                "cara",
                "company",
                "group",
                "desk_licence",
            ],
        ),
        (
            "the owner as a customer",
            "owner",
            "cara",
            &["cara", "service", "company"],
        ),
    ] {
        callers.push(Caller {
            who,
            token: cast.world.viewing(cast.id(viewer), cast.id(viewed)).await,
            sees: both_see.iter().copied().collect(),
        });
    }
    let leaks = |caller: &Caller, _: &web::route::Route, asked: &str, answer: &_| {
        let leaked = cast.leaks(caller, asked, answer);
        leaked.map(|key| format!("shows {key}"))
    };
    assert_eq!(drive(&cast, callers, leaks).await, Vec::<String>::new());
}
