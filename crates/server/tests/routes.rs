//! Every route, driven by four callers: nobody, the owner of another account, somebody who holds nothing, and the owner.
//!
//! A route with a body needs an entry in `routes/bodies.rs`; the list of those without one has to be empty. Commands of the API are dry
//! runs where a route is driven by somebody who may: their check is the one of the real thing. Forms, and whatever is sent by somebody
//! who holds nothing, are sent in earnest.
#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "routes/access_pages.rs"]
mod access_pages;
#[path = "routes/addresses.rs"]
mod addresses;
#[path = "routes/audit.rs"]
mod audit;
#[path = "routes/audit_pages.rs"]
mod audit_pages;
#[path = "routes/authzen.rs"]
mod authzen;
#[path = "routes/authzen_people.rs"]
mod authzen_people;
#[path = "routes/authzen_search.rs"]
mod authzen_search;
#[path = "routes/authzen_sight.rs"]
mod authzen_sight;
#[path = "routes/bodies.rs"]
mod bodies;
#[path = "routes/cast.rs"]
mod cast;
#[path = "routes/connections.rs"]
mod connections;
#[path = "routes/customers.rs"]
mod customers;
#[path = "routes/document.rs"]
mod document;
#[path = "routes/find.rs"]
mod find;
#[path = "routes/given_up.rs"]
mod given_up;
#[path = "routes/ids.rs"]
mod ids;
#[path = "routes/invitations.rs"]
mod invitations;
#[path = "routes/mailboxes.rs"]
mod mailboxes;
#[path = "routes/mappings.rs"]
mod mappings;
#[path = "routes/members.rs"]
mod members;
#[path = "routes/names.rs"]
mod names;
#[path = "routes/one_facet.rs"]
mod one_facet;
#[path = "routes/one_person.rs"]
mod one_person;
#[path = "routes/pages.rs"]
mod pages;
#[path = "routes/partly.rs"]
mod partly;
#[path = "routes/registered.rs"]
mod registered;
#[path = "routes/requests.rs"]
mod requests;
#[path = "routes/schema.rs"]
mod schema;
#[path = "routes/scim.rs"]
mod scim;
#[path = "routes/scim_access.rs"]
mod scim_access;
#[path = "routes/scim_directories.rs"]
mod scim_directories;
#[path = "routes/scim_groups.rs"]
mod scim_groups;
#[path = "routes/scim_lists.rs"]
mod scim_lists;
#[path = "routes/scim_log.rs"]
mod scim_log;
#[path = "routes/scim_users.rs"]
mod scim_users;
#[path = "routes/scopes.rs"]
mod scopes;
#[path = "routes/set_up.rs"]
mod set_up;
#[path = "routes/sign_in_provider_pages.rs"]
mod sign_in_provider_pages;
#[path = "routes/sign_in_providers.rs"]
mod sign_in_providers;
#[path = "routes/sort.rs"]
mod sort;
#[path = "routes/tabs.rs"]
mod tabs;
#[path = "routes/traces.rs"]
mod traces;
#[path = "routes/vectors.rs"]
mod vectors;
#[path = "routes/viewing.rs"]
mod viewing;
#[path = "routes/world.rs"]
mod world;
#[path = "routes/writes.rs"]
mod writes;

use axum::http::{Method, StatusCode};
use serde_json::Value;
use testkit::databases::TestDatabase;
use web::{about::GuardText, route::Route};

use self::{
    traces::traces,
    world::{Answer, World},
};

testkit::on_both![
    nobody_gets_in_without_a_token,
    the_owner_of_another_account_finds_nothing,
    somebody_who_holds_nothing_changes_nothing_and_sees_nothing,
    the_owner_may,
    what_may_not_be_known_looks_like_what_is_not_there,
    seven_no_body_takes_a_key_that_nobody_asked_for,
];

/// What is open to whoever is signed in, with the reason. Everything else is closed to somebody who holds nothing.
const OPEN: &[(&str, &str)] = &[
    ("account.me", "about oneself"),
    ("home.page", "about oneself"),
    ("own_providers.page", "about oneself"),
    ("own_providers.claim_page", "about oneself"),
    (
        "portal_face.colours",
        "the same for everybody of the account",
    ),
    ("ask.page", "asked about oneself here"),
    ("ask.choose", "asked about oneself here"),
    ("comparison.page", "the same for every account"),
    ("support_check.page", "nobody is named here"),
    (
        "support_check.choose",
        "finds whom the caller sees, which is nobody else",
    ),
    ("find.page", "as far as the caller sees"),
    ("find.hits", "as far as the caller sees"),
    ("own_password.page", "about oneself"),
    ("own_password.change", "one's own, with the old one"),
    ("own_account.page", "about oneself"),
    ("view_as.end", "one's own"),
    ("own_profile.page", "about oneself"),
    ("own_profile.rename", "one's own"),
    (
        "own_profile.ask_for_address",
        "one's own, confirmed at both addresses",
    ),
    ("own_profile.keep_address", "one's own"),
    ("own_mails.show", "about oneself"),
    ("own_mails.set", "one's own"),
    ("own_mails.page", "about oneself"),
    ("own_mails.save", "one's own"),
    ("own_sessions.page", "one's own"),
    ("own_sessions.end", "one's own"),
    ("own_sessions.end_others", "one's own"),
    ("sign_in.end", "one's own"),
    (
        "second_factors.rule",
        "what is asked of everybody is for everybody to know",
    ),
    ("users.page", "as far as the caller sees them: oneself"),
    ("users.find", "one's own words"),
    ("users.export", "as far as the caller sees them: oneself"),
    ("customers.page", "as far as the caller sees them"),
    ("customers.find", "one's own words"),
    ("customers.export", "as far as the caller sees them"),
    ("catalogue.show", "the same for every account"),
    ("decisions.check", "asked about oneself here"),
    ("decisions.explain", "asked about oneself here"),
    ("searches.resources", "asked about oneself here"),
    ("searches.actions", "asked about oneself here"),
    ("authzen.evaluation", "asked about oneself here"),
    ("authzen.evaluations", "asked about oneself here"),
    (
        "tokens.issue",
        "a token acts as its owner and no further (AD-29)",
    ),
    ("tokens.page", "one's own"),
    ("tokens.new_page", "one's own"),
    (
        "tokens.make",
        "a token acts as its owner and no further (AD-29)",
    ),
    ("licences.page", "the caller holds a seat of one"),
    ("licence.page", "the caller holds a seat of it"),
    (
        "licence.give",
        "finds whom the caller sees, which is nobody else",
    ),
    ("licences.show", "the caller holds a seat of it"),
    ("licences.holders", "as far as the caller sees them"),
    ("licences.seats", "the caller's own sessions"),
    ("licences.take_seat", "the caller holds the right to one"),
];

fn is_list(route: &Route) -> bool {
    let lists = route.method == Method::GET || route.path.ends_with("/search");
    // What names a thing is about that thing.
    let is_of_a_thing = route.path.contains('{');
    lists && !route.about.page && !is_of_a_thing && *route.guard() == GuardText::SignedIn
}

/// What a 404 is for an id in the path, for one in the body.
fn is_unknown(answer: &Answer) -> bool {
    answer.body["code"] == "unknown_id"
}

/// Drives every route as one caller and gives back those whose answer is not as it should be.
async fn drive(
    world: &World,
    token: Option<&str>,
    wrong: impl Fn(&Route, &Answer) -> Option<String>,
) -> Vec<String> {
    let mut found = Vec::new();
    for route in rolecall::wiring::routes() {
        let answer = world.call(&route, token).await;
        if let Some(what) = wrong(&route, &answer) {
            found.push(format!(
                "{} ({}): {what}: {}",
                route.name,
                route.guard(),
                answer.body
            ));
        }
    }
    found
}

#[test]
fn no_route_is_uncovered() {
    let uncovered: Vec<_> = rolecall::wiring::routes()
        .into_iter()
        .filter(|route| route.about.request.is_some() && bodies::example(route.name).is_none())
        .map(|route| route.name)
        .collect();
    assert_eq!(uncovered, Vec::<&str>::new());
}

#[test]
fn the_list_of_routes_has_no_fault() {
    assert_eq!(
        web::route::faults(&rolecall::wiring::routes()),
        Vec::<String>::new()
    );
}

/// The mailbox is the demonstration's, which answers on its own machine only.
#[test]
fn no_server_shows_its_mails() {
    let routes = rolecall::wiring::routes();
    assert!(routes.iter().all(|route| !route.path.contains("demo")));
}

async fn nobody_gets_in_without_a_token(db: TestDatabase) {
    let world = World::make(&db).await;
    let wrong = |route: &Route, answer: &Answer| {
        let public = matches!(route.guard(), GuardText::Public { .. });
        let away = match route.about.page {
            true => answer.leads_to.starts_with("/sign-in?next="),
            false => answer.status == StatusCode::UNAUTHORIZED,
        };
        (public == away).then(|| answer.status.to_string())
    };
    assert_eq!(drive(&world, None, wrong).await, Vec::<String>::new());
}

/// §7: ids of another account are unknown, and nothing of it is ever shown.
async fn the_owner_of_another_account_finds_nothing(db: TestDatabase) {
    let world = World::make(&db).await;
    let wrong = |route: &Route, answer: &Answer| {
        let names_a_thing = world.names_a_thing(route);
        let shows = world.shows(&answer.body, route);
        if names_a_thing && answer.status != StatusCode::NOT_FOUND && !is_unknown(answer) {
            Some(answer.status.to_string())
        } else {
            shows.map(|id| format!("shows {id}"))
        }
    };
    assert_eq!(
        drive(&world, Some(&world.stranger), wrong).await,
        Vec::<String>::new()
    );
}

/// What is wrong with the answer to somebody who holds nothing.
fn opens(world: &World, route: &Route, answer: &Answer) -> Option<String> {
    if is_list(route) {
        let empty = answer.body["items"]
            .as_array()
            .is_some_and(|items| items.iter().all(|item| world.is_nobodys(item)));
        return (!empty).then(|| "a list that is not empty".to_owned());
    }
    let closed = [StatusCode::FORBIDDEN, StatusCode::NOT_FOUND].contains(&answer.status);
    (!closed && !is_unknown(answer)).then(|| answer.status.to_string())
}

async fn somebody_who_holds_nothing_changes_nothing_and_sees_nothing(db: TestDatabase) {
    let world = World::make(&db).await;
    let before = traces(&world).await;
    let mut found = Vec::new();
    for route in rolecall::wiring::routes() {
        let public = matches!(route.guard(), GuardText::Public { .. });
        if public || OPEN.iter().any(|(open, _)| *open == route.name) {
            continue;
        }
        let (path, body) = world.request(&route, &world.ids);
        let path = path.replace("dry_run=true&", "");
        let path = path.replace("?dry_run=true", "");
        let answer = world
            .send_to(&route, &path, Some(&world.nobody), body)
            .await;
        if let Some(what) = opens(&world, &route, &answer) {
            found.push(format!(
                "{} ({}): {what}: {}",
                route.name,
                route.guard(),
                answer.body
            ));
        }
        assert_eq!(
            traces(&world).await,
            before,
            "{} changed something",
            route.name
        );
    }
    assert_eq!(found, Vec::<String>::new());
}

async fn the_owner_may(db: TestDatabase) {
    let world = World::make(&db).await;
    let wrong = |route: &Route, answer: &Answer| {
        let wanted = bodies::owners_status(route.name);
        let versioned =
            matches!(route.guard(), GuardText::Public { .. }) || answer.version.is_some();
        // A form that is taken leads on, or shows its review.
        let is_form = route.about.page && route.method == Method::POST;
        let leads_on = answer.status == StatusCode::SEE_OTHER
            && is_form
            && !answer.leads_to.starts_with("/sign-in");
        if answer.status.as_u16() != wanted && !(wanted == 200 && leads_on) {
            Some(answer.status.to_string())
        } else {
            (!versioned).then(|| "names no version".to_owned())
        }
    };
    assert_eq!(
        drive(&world, Some(&world.owner), wrong).await,
        Vec::<String>::new()
    );
}

/// A 404 for what is there and may not be known is the 404 for what is not there, to the byte.
async fn what_may_not_be_known_looks_like_what_is_not_there(db: TestDatabase) {
    let world = World::make(&db).await;
    let hidden = world.get("/api/v1/services/{service}", &world.nobody).await;
    let absent = world
        .get(
            "/api/v1/services/svc_00000000000000000000000000000000",
            &world.nobody,
        )
        .await;
    assert_eq!(
        (hidden.status, &hidden.body),
        (StatusCode::NOT_FOUND, &absent.body)
    );
    assert_eq!(hidden.status, absent.status);
    assert_ne!(hidden.body, Value::Null);
}

/// §7: a key beside those that a route reads is refused, so that nobody can say more by it than they may, or believe that they did.
async fn seven_no_body_takes_a_key_that_nobody_asked_for(db: TestDatabase) {
    let world = World::make(&db).await;
    let before = traces(&world).await;
    let mut found = Vec::new();
    for route in rolecall::wiring::routes() {
        // AuthZEN wants members that are not known to be passed over; of a form with a file only what its page has is ever read, by its name.
        let request = route.about.request.as_ref();
        let is_file = request.is_some_and(|one| one.media == web::page::upload::MULTIPART);
        if is_file || route.name.starts_with("authzen.") {
            continue;
        }
        let (path, body) = world.request(&route, &world.ids);
        let Some(mut body) = body.filter(Value::is_object) else {
            continue;
        };
        body["is_super_admin"] = Value::String("true".to_owned());
        let answer = world
            .send_to(&route, &path, Some(&world.owner), Some(body))
            .await;
        if !answer.status.is_client_error() {
            found.push(format!("{}: {}", route.name, answer.status));
        }
    }
    assert_eq!(found, Vec::<String>::new());
    assert_eq!(traces(&world).await, before);
}
