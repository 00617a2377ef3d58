//! The pages of sign-in providers: what a change would do is said before it is done (AD-24), what one may not do is absent, and a secret that was
//! typed is never shown (AD-29).

use access::{ConnectionId, PersonId, PublicId, state::Facet};
use axum::{
    body::Body,
    http::{Method, Request, StatusCode},
};
use serde_json::json;
use testkit::databases::TestDatabase;

use super::world::{World, token_of};

testkit::on_both![
    ad_24_what_a_change_would_do_is_shown_and_not_done,
    ad_24_who_has_no_other_way_in_is_named_before_it_is_removed,
    ad_24_programs_are_told_whom_it_knows_and_unlink_them,
    ad_29_a_typed_secret_is_carried_along_sealed,
    ad_24_what_one_may_not_change_is_looked_at,
    an_address_says_the_ways_in_by_its_domain_alone,
];

const STAFF: [(&str, &str); 4] = [
    ("issuer", "https://login.example.org/desk"),
    ("client_id", "rolecall"),
    ("audience", "staff"),
    ("domains", "staff.example.com"),
];

struct Desk {
    world: World,
    connection: access::ConnectionId,
    page: String,
}

/// What somebody sees at the door who is not signed in.
async fn door(world: &World, email: Option<&str>) -> String {
    let request = Request::builder().header("sec-fetch-site", "same-origin");
    let request = match email {
        None => request.uri("/sign-in").body(Body::empty()),
        Some(email) => request
            .method(Method::POST)
            .uri("/sign-in/way")
            .header("content-type", "application/x-www-form-urlencoded")
            .body(Body::from(format!("email={}", email.replace('@', "%40")))),
    };
    let answer = world.answer(request.unwrap()).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    answer.body.as_str().unwrap().to_owned()
}

/// What a hidden field of a page carries.
fn hidden(page: &str, name: &str) -> String {
    let (_, rest) = page
        .split_once(&format!(r#"name="{name}" value=""#))
        .unwrap_or_else(|| panic!("no {name} in {page}"));
    rest.split('"').next().unwrap().to_owned()
}

impl Desk {
    async fn make(db: &TestDatabase) -> Self {
        let world = World::make(db).await;
        let connection = world.provider().await;
        let id = web::session::id_in(&world.account.state(), connection).0;
        let page = format!("/configure/connections/{id}/sign-in");
        Self {
            world,
            connection,
            page,
        }
    }

    async fn post(&self, below: &str, fields: &[(&str, &str)]) -> (StatusCode, String) {
        let path = format!("{}{below}", self.page);
        let answer = self.world.form(&path, &self.world.owner, fields).await;
        let text = answer.body.as_str().unwrap_or_default().to_owned();
        (answer.status, text)
    }

    /// Sends a form, and what its review says from there.
    async fn settle(&self, below: &str, fields: &[(&str, &str)]) {
        let (status, review) = self.post(below, fields).await;
        assert_eq!(status, StatusCode::OK, "{review}");
        let seen = hidden(&review, "reviewed");
        let again = [fields, &[("reviewed", &seen)]].concat();
        let (status, text) = self.post(below, &again).await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{text}");
    }

    async fn shown(&self) -> String {
        self.world.page(&self.page, &self.world.owner).await
    }

    async fn owner(&self) -> String {
        let me = self.world.get("/api/v1/me", &self.world.owner).await;
        me.body["subject"].as_str().unwrap().to_owned()
    }

    /// From now on the provider knows somebody.
    async fn knows(&self, person: PersonId) {
        self.knows_by(person, self.connection, 7).await;
    }

    async fn knows_by(&self, person: PersonId, of: ConnectionId, name: u128) {
        let link = access::Command::LinkProvider {
            person,
            connection: of,
            accepts: false,
        };
        let credential = ledger::NewCredential {
            of: ledger::Of::known(person),
            kind: ledger::CredentialKind::Provider(uuid::Uuid::from_u128(name)),
            data: Some(access::Dense::number(of).to_string()),
        };
        let by = access::Actor::System(access::command::SystemSubject::SignIn);
        let change = ledger::Change::from(link).with_credential(credential);
        let options = ledger::Options::telling("pages", mail::letters(&self.world.account));
        self.world
            .account
            .submit(by, change, options)
            .await
            .unwrap();
    }
}

async fn ad_24_what_a_change_would_do_is_shown_and_not_done(db: TestDatabase) {
    let desk = Desk::make(&db).await;
    desk.settle("", &STAFF).await;
    let owner = desk.owner().await;
    let session = desk
        .world
        .through(&owner, desk.connection, Facet::User)
        .await;
    let here = async || desk.world.get("/account/sessions", &session).await.status;
    let mark = hidden(&desk.shown().await, "mark");
    let mut fields = STAFF.to_vec();
    fields[0].1 = "https://elsewhere.example.org/";
    fields.push(("mark", &mark));
    let (status, review) = desk.post("", &fields).await;
    assert_eq!(status, StatusCode::OK);
    assert!(review.contains("<b>1</b> signed out"), "{review}");
    assert_eq!(here().await, StatusCode::OK, "nothing was done");
    // What was not shown is not done either.
    fields.push(("reviewed", "0".repeat(32).leak()));
    let (status, review) = desk.post("", &fields).await;
    assert_eq!(status, StatusCode::OK);
    assert!(review.contains("Something changed since you looked"));
    let seen = hidden(&review, "reviewed");
    fields.pop();
    fields.push(("reviewed", &seen));
    let (status, _) = desk.post("", &fields).await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    assert_eq!(here().await, StatusCode::SEE_OTHER, "it is ended");
    // An old page changes nothing any more.
    let (status, text) = desk.post("", &fields).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(text.contains("it was changed since it was read") || text.contains("Not saved"));
}

async fn ad_24_who_has_no_other_way_in_is_named_before_it_is_removed(db: TestDatabase) {
    let desk = Desk::make(&db).await;
    desk.settle("", &STAFF).await;
    let (account, of) = (&desk.world.account, desk.connection);
    let id = desk
        .world
        .user("Alone Indeed", "alone@staff.example.com", account)
        .await;
    let person = account
        .state()
        .resolve(id.parse::<PublicId<PersonId>>().unwrap())
        .unwrap();
    assert_eq!(account.only_through(of, &[], 10).await.unwrap(), []);
    desk.knows(person).await;
    let only = async |others: &[ConnectionId]| account.only_through(of, others, 10).await.unwrap();
    assert_eq!(only(&[]).await, [person]);
    let own = account.with_own_means_at("staff.example.com", 10).await;
    assert_eq!(own.unwrap(), []);
    // One for customers knows them too, and is no way in to where this one leads.
    let portal = desk.world.provider().await;
    let id = web::session::id_in(&account.state(), portal).0;
    let path = format!("/api/v1/connections/{id}/sign-in-provider");
    let order = json!({"issuer": STAFF[0].1, "client_id": "portal", "audience": "customers",
                       "companies": [desk.world.ids["company"]]});
    desk.world.done(Method::POST, &path, order).await;
    desk.knows_by(person, portal, 8).await;
    assert_eq!(
        (only(&[]).await, only(&[portal]).await),
        (vec![person], vec![])
    );
    let mark = hidden(&desk.shown().await, "mark");
    let mut moved = STAFF.to_vec();
    moved[0].1 = "https://elsewhere.example.org/";
    moved.push(("mark", &mark));
    let (_, review) = desk.post("", &moved).await;
    assert!(review.contains("<b>1</b> known anew"), "{review}");
    moved[0].1 = STAFF[0].1;
    moved.push(("groups_claim", "groups"));
    let (_, review) = desk.post("", &moved).await;
    assert!(!review.contains("known anew"), "{review}");
    let (_, review) = desk.post("/remove", &[]).await;
    assert!(review.contains("<b>1</b> not known any more"), "{review}");
    assert!(review.contains("Alone Indeed"), "{review}");
    assert!(desk.shown().await.contains("rolecall"), "it stands");
    desk.settle("/remove", &[]).await;
    assert!(!desk.shown().await.contains(r#"value="rolecall""#));
}

async fn ad_24_programs_are_told_whom_it_knows_and_unlink_them(db: TestDatabase) {
    let desk = Desk::make(&db).await;
    desk.settle("", &STAFF).await;
    let (world, account) = (&desk.world, &desk.world.account);
    let id = world.user("Una", "una@staff.example.com", account).await;
    let person = id.parse::<PublicId<PersonId>>().unwrap();
    let person = account.state().resolve(person).unwrap();
    desk.knows(person).await;
    let list = format!("/api/v1/people/{id}/sign-in-providers");
    let told = world.get(&list, &world.owner).await;
    let known = told.body["items"].as_array().unwrap();
    assert_eq!(known.len(), 1, "{}", told.body);
    let one = format!("{list}/{}", known[0]["id"].as_str().unwrap());
    let gone = world.send(Method::DELETE, &one, Some(&world.owner), None);
    assert_eq!(gone.await.status, StatusCode::OK);
    assert_eq!(account.providers_of(person).await.unwrap(), []);
    let again = world.send(Method::DELETE, &one, Some(&world.owner), None);
    assert_eq!(again.await.status, StatusCode::NOT_FOUND);
}

async fn ad_29_a_typed_secret_is_carried_along_sealed(db: TestDatabase) {
    let desk = Desk::make(&db).await;
    let typed = [&STAFF[..], &[("client_secret", "very-secret-words")]].concat();
    let (status, review) = desk.post("", &typed).await;
    assert_eq!(status, StatusCode::OK);
    assert!(!review.contains("very-secret"), "{review}");
    let (sealed, seen) = (
        hidden(&review, "sealed_secret"),
        hidden(&review, "reviewed"),
    );
    let from_review = [
        &STAFF[..],
        &[("sealed_secret", &*sealed), ("reviewed", &*seen)],
    ]
    .concat();
    let (status, _) = desk.post("", &from_review).await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    let page = desk.shown().await;
    assert!(!page.contains("very-secret") && page.contains("Another client secret"));
    // A seal of another connection opens nothing here.
    let other = desk.world.provider().await;
    let id = web::session::id_in(&desk.world.account.state(), other).0;
    let elsewhere = format!("/configure/connections/{id}/sign-in");
    let mut foreign = STAFF.to_vec();
    foreign[3].1 = "";
    foreign.push(("sealed_secret", &sealed));
    let answer = desk
        .world
        .form(&elsewhere, &desk.world.owner, &foreign)
        .await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    // Taken away.
    let mark = hidden(&page, "mark");
    let without = [&STAFF[..], &[("no_secret", "yes"), ("mark", &mark)]].concat();
    desk.settle("", &without).await;
    assert!(!desk.shown().await.contains("Another client secret"));
}

async fn ad_24_what_one_may_not_change_is_looked_at(db: TestDatabase) {
    let desk = Desk::make(&db).await;
    let world = &desk.world;
    let company = format!("company.{}", world.ids["company"]);
    let customers = [
        &STAFF[..2],
        &[("audience", "customers"), (&*company, "yes")],
    ]
    .concat();
    desk.settle("", &customers).await;
    let person = world
        .user("Petra Plumber", "petra@example.com", &world.account)
        .await;
    let path = format!("/api/v1/people/{person}/account-role");
    let become_one = async |number: u8| {
        let role = json!({"role": format!("rol_{number:032x}")});
        world.done(Method::PUT, &path, role).await;
        token_of(&world.account, &person).await
    };
    // An Admin manages no integrations, and knows of none.
    let admin = become_one(2).await;
    for page in ["/configure/sign-in-providers", &*desk.page] {
        let answer = world.look(page, &admin).await;
        assert!(answer.status.is_client_error(), "{page}: {}", answer.status);
    }
    // A Super admin who does not configure the desk says nothing of customers.
    let petra = become_one(1).await;
    let page = world.page(&desk.page, &petra).await;
    assert!(page.contains("not for you to change"), "{page}");
    assert!(!page.contains("<textarea") && !page.contains(r#"id="issuer""#));
    let list = world.page("/configure/sign-in-providers", &petra).await;
    assert!(list.contains("https://login.example.org/desk"));
    let mark = hidden(&desk.shown().await, "mark");
    let fields = [&customers[..], &[("mark", &*mark)]].concat();
    let answer = world.form(&desk.page, &petra, &fields).await;
    assert!(answer.status.is_client_error(), "{}", answer.body);
    let remove = format!("{}/remove", desk.page);
    let answer = world.form(&remove, &petra, &[]).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert!(desk.shown().await.contains("rolecall"), "it stands");
}

async fn an_address_says_the_ways_in_by_its_domain_alone(db: TestDatabase) {
    let desk = Desk::make(&db).await;
    let world = &desk.world;
    let has_password = |page: &str| page.contains(r#"id="password""#);
    assert!(has_password(&door(world, None).await));
    desk.settle("", &STAFF).await;
    assert!(!has_password(&door(world, None).await));
    let ways = async |email| {
        let page = door(world, Some(email)).await;
        let to_provider = page.contains(r#"action="/sign-in/provider""#);
        (to_provider, has_password(&page))
    };
    assert_eq!(ways("nobody@staff.example.com").await, (true, true));
    assert_eq!(ways("nobody@STAFF.example.com").await, (true, true));
    assert_eq!(ways("nobody@example.net").await, (false, true));
    assert_eq!(ways("nowhere").await, (false, true));
}
