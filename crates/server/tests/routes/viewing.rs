//! Whoever views as somebody else changes nothing, by whatever route, and sees what both may see (AD-27).

use axum::http::{Method, StatusCode};
use serde_json::json;
use testkit::databases::TestDatabase;
use web::about::GuardText;

use super::{
    cast::{Caller, Cast},
    partly::drive,
    world::World,
};

testkit::on_both![
    ad_27_no_route_leaves_a_trace_of_whoever_views_as_somebody,
    ad_27_no_answer_shows_what_one_of_both_may_not_see,
];

/// What a write could leave behind: how much stands in each table, and what was proved.
async fn traces(world: &World) -> Vec<(&'static str, i64)> {
    const TABLES: [&str; 22] = [
        "log",
        "profiles",
        "emails",
        "search_keys",
        "person_row",
        "secrets",
        "idempotency",
        "denylist",
        "erasures",
        "credentials",
        "sign_in_sessions",
        "sign_in_attempts",
        "sign_in_log",
        "mails",
        "answered_challenges",
        "contact_centre_entries",
        "contact_centre_skills",
        "drafts",
        "viewings",
        "views",
        "imports",
        "import_files",
    ];
    let database = world.account.engine().database();
    let mut tx = database.begin_read().await.unwrap();
    let mut found = Vec::new();
    let mut ask = async |name, sql: String| {
        let sql = sqlx::AssertSqlSafe(sql);
        let row = tx.fetch_optional(sql, []).await.unwrap().unwrap();
        found.push((name, row.get(0).unwrap()));
    };
    for table in TABLES {
        ask(table, format!("SELECT COUNT(*) FROM {table}")).await;
    }
    ask(
        "proved",
        "SELECT MAX(proved_at) FROM sign_in_sessions".into(),
    )
    .await;
    ask("kept", "SELECT MAX(until_at) FROM viewings".into()).await;
    found
}

/// The one who views and the one who is viewed may both do everything: nothing but the viewing stands in the way.
async fn ad_27_no_route_leaves_a_trace_of_whoever_views_as_somebody(db: TestDatabase) {
    let world = World::make(&db).await;
    let role = json!({"role": format!("rol_{:032x}", 1)});
    let path = format!("/api/v1/people/{}/account-role", world.ids["person"]);
    world.done(Method::PUT, &path, role).await;
    let owner = world.get("/api/v1/me", &world.owner).await.body["subject"].clone();
    let viewing = world
        .viewing(owner.as_str().unwrap(), &world.ids["person"])
        .await;
    let before = traces(&world).await;
    let mut refused = Vec::new();
    for route in rolecall::wiring::routes() {
        if matches!(route.guard(), GuardText::Public { .. }) || route.name == "view_as.end" {
            continue;
        }
        let (path, body) = world.request(&route, &world.ids);
        // In earnest, and not as a dry run.
        let path = path.replace("?dry_run=true", "");
        let answer = world.send_to(&route, &path, Some(&viewing), body).await;
        assert_eq!(traces(&world).await, before, "{} left a trace", route.name);
        let is_command = matches!(route.guard(), GuardText::Command { .. });
        if is_command {
            assert!(
                !answer.status.is_success(),
                "{}: {}",
                route.name,
                answer.body
            );
        }
        if answer.body["code"] == "viewing_as" {
            assert_eq!(answer.status, StatusCode::FORBIDDEN);
            refused.push(route.name);
        }
    }
    // Else it was something else that stood in the way.
    assert!(refused.len() > 80, "{}: {refused:?}", refused.len());
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
