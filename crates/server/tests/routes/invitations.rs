//! Invitations over HTTP: who is sent a link, and with which links nobody gets in.

use access::state::Facet;
use access::{Actor, Command, Dense, Moment, PersonId, PublicId};
use axum::http::{Method, StatusCode};
use ledger::{Change, NewSecret, Of, Options, Purpose, Secret};
use mail::{Letterhead, Mailbox, Post, Worker};
use serde_json::{Value, json};
use testkit::databases::TestDatabase;

use super::world::World;

testkit::on_both![
    ad_15_a_new_user_is_sent_a_link_and_accepts_with_it_once,
    seven_an_emptied_re_cased_expired_or_cut_link_opens_nothing,
    a_new_user_can_come_without_a_mail,
    sd_24_a_customer_is_invited_revoked_and_invited_again,
    ad_24_the_old_address_is_told,
];

/// A world whose mails are kept.
struct Mailed {
    world: World,
    mailbox: Mailbox,
    worker: Worker,
}

impl Mailed {
    async fn make(db: &TestDatabase) -> Self {
        let world = World::make(db).await;
        let mailbox = Mailbox::default();
        let base = "https://rolecall.example".to_owned();
        let post = Post::Mailbox(mailbox.clone());
        let worker = Worker::new(world.account.engine().clone(), post, Letterhead { base });
        let mailed = Self {
            world,
            mailbox,
            worker,
        };
        mailed.sent().await;
        mailed
    }

    /// How many mails were sent so far.
    async fn sent(&self) -> usize {
        while self.worker.round().await.unwrap() > 0 {}
        self.mailbox.mails().len()
    }

    /// The secret of the link in the newest mail to an address.
    async fn link(&self, to: &str) -> String {
        self.sent().await;
        let mails = self.mailbox.mails();
        let mail = mails.iter().find(|mail| mail.to == to).unwrap();
        let link = mail.text.link.as_deref().unwrap();
        link.rsplit('#').next().unwrap().to_owned()
    }

    async fn accept(&self, link: &str) -> (StatusCode, Value) {
        let path = "/api/v1/invitations/accept";
        let body = json!({"link": link, "password": "seven green tractors"});
        let answer = self.world.send(Method::POST, path, None, Some(body)).await;
        (answer.status, answer.body)
    }

    async fn refused(&self, link: &str) {
        let (status, body) = self.accept(link).await;
        let told = (status, body["code"].as_str());
        assert_eq!(told, (StatusCode::CONFLICT, Some("link_used")), "{link}");
    }

    async fn user(&self, address: &str, further: Value) -> String {
        let mut body = json!({"name": "Rita", "email": address});
        body.as_object_mut()
            .unwrap()
            .extend(further.as_object().cloned().unwrap_or_default());
        let path = "/api/v1/people/users";
        self.world.done(Method::POST, path, body).await
    }

    async fn show(&self, id: &str, what: &str) -> Value {
        let path = format!("/api/v1/people/{id}/{what}");
        let answer = self.world.get(&path, &self.world.owner).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        answer.body
    }

    async fn status(&self, id: &str) -> Value {
        let path = format!("/api/v1/people/{id}");
        let answer = self.world.get(&path, &self.world.owner).await;
        answer.body["user"]["status"].clone()
    }

    fn person(&self, id: &str) -> PersonId {
        let id: PublicId<PersonId> = id.parse().unwrap();
        self.world.account.state().resolve(id).unwrap()
    }
}

async fn ad_15_a_new_user_is_sent_a_link_and_accepts_with_it_once(db: TestDatabase) {
    let mailed = Mailed::make(&db).await;
    let rita = mailed.user("rita@example.net", json!({})).await;
    assert_eq!(
        mailed.show(&rita, "invitation").await["mail"]["state"],
        "waiting"
    );
    let link = mailed.link("rita@example.net").await;
    let shown = mailed.show(&rita, "invitation").await;
    assert_eq!(shown["mail"]["state"], "sent");
    // AD-24: whoever sent it never sees it.
    assert!(!shown.to_string().contains("rc_"), "{shown}");
    assert_eq!(mailed.status(&rita).await, "invited");
    let (status, body) = mailed.accept(&link).await;
    assert_eq!((status, &body["person"]), (StatusCode::OK, &json!(rita)));
    assert_eq!(mailed.status(&rita).await, "suspended");
    mailed.refused(&link).await;
    assert_eq!(mailed.show(&rita, "invitation").await["mail"], Value::Null);
}

/// RULES §7, ways in that must stay shut: an expired, used, truncated, empty or re-cased invitation.
async fn seven_an_emptied_re_cased_expired_or_cut_link_opens_nothing(db: TestDatabase) {
    let mailed = Mailed::make(&db).await;
    let rita = mailed.user("rita@example.net", json!({})).await;
    let link = mailed.link("rita@example.net").await;
    let (prefix, rest) = link.rsplit_once('_').unwrap();
    for spelled in [
        String::new(),
        " ".to_owned(),
        format!(" {link}"),
        format!("{link}\n"),
        link.to_uppercase(),
        link.replacen("rc_", "RC_", 1),
        link[..link.len() - 1].to_owned(),
        format!("{prefix}_"),
        format!("{prefix}_{}", "0".repeat(rest.len())),
        format!("{link}0"),
        link.replace('_', "%5F"),
        "%".to_owned(),
    ] {
        mailed.refused(&spelled).await;
    }
    // Secrets that are good for something else.
    mailed.refused(&mailed.world.owner).await;
    mailed.refused(&mailed.world.stranger).await;
    assert_eq!(mailed.status(&rita).await, "invited");

    let account = &mailed.world.account;
    let expired = Secret::make(account.engine().randomness().as_ref());
    let person = mailed.person(&rita);
    let change = Change::from(Command::Invite {
        person,
        facet: Facet::User,
    })
    .with_secret(NewSecret {
        purpose: Purpose::Invitation,
        of: Some(Of::known(person)),
        secret: expired.clone(),
        expires_at: Some(Moment(account.now().0 - 1)),
    });
    let owner = Actor::Person(PersonId::from_number(1).unwrap());
    account
        .submit(owner, change, Options::untold("tests"))
        .await
        .unwrap();
    mailed.refused(expired.reveal()).await;
    mailed.refused(&link).await;
    assert_eq!(mailed.status(&rita).await, "invited");
}

async fn a_new_user_can_come_without_a_mail(db: TestDatabase) {
    let mailed = Mailed::make(&db).await;
    let before = mailed.sent().await;
    let without = json!({"send_invitation": false});
    let rita = mailed.user("rita@example.net", without).await;
    assert_eq!(mailed.sent().await, before);
    assert_eq!(mailed.show(&rita, "invitation").await["mail"], Value::Null);
    let path = format!("/api/v1/people/{rita}/invitation");
    let dry_run = format!("{path}?dry_run=true");
    mailed.world.done(Method::POST, &dry_run, json!({})).await;
    assert_eq!(mailed.sent().await, before, "a preview sends nothing");
    mailed.world.done(Method::POST, &path, json!({})).await;
    assert_eq!(mailed.sent().await, before + 1);
    let first = mailed.link("rita@example.net").await;
    mailed.world.done(Method::POST, &path, json!({})).await;
    mailed.refused(&first).await;
    let second = mailed.link("rita@example.net").await;
    let revoked = mailed
        .world
        .send(Method::DELETE, &path, Some(&mailed.world.owner), None)
        .await;
    assert_eq!(revoked.status, StatusCode::OK, "{}", revoked.body);
    mailed.refused(&second).await;
    assert_eq!(mailed.status(&rita).await, "invited");
}

async fn sd_24_a_customer_is_invited_revoked_and_invited_again(db: TestDatabase) {
    let mailed = Mailed::make(&db).await;
    let body = json!({"name": "Clara", "email": "clara@example.net"});
    let path = "/api/v1/people/customers";
    let clara = mailed.world.done(Method::POST, path, body).await;
    let before = mailed.sent().await;
    let invite = format!("/api/v1/people/{clara}/portal-invitation");
    let owner = Some(mailed.world.owner.as_str());
    let answer = mailed.world.send(Method::POST, &invite, owner, None).await;
    assert_eq!(answer.body["code"], "no_portal_level");
    let level = format!("/api/v1/people/{clara}/portal-level");
    let body = json!({"level": "standard"});
    mailed.world.done(Method::PUT, &level, body).await;
    for method in [Method::POST, Method::DELETE] {
        let answer = mailed.world.send(method, &invite, owner, None).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    }
    assert_eq!(mailed.sent().await, before, "revoked before it was sent");
    let answer = mailed.world.send(Method::POST, &invite, owner, None).await;
    assert_eq!(answer.status, StatusCode::OK);
    let link = mailed.link("clara@example.net").await;
    let shown = mailed.show(&clara, "portal-invitation").await;
    assert_eq!(shown["mail"]["state"], "sent");
    let (status, body) = mailed.accept(&link).await;
    assert_eq!((status, &body["person"]), (StatusCode::OK, &json!(clara)));
    mailed.refused(&link).await;
    let answer = mailed.world.send(Method::POST, &invite, owner, None).await;
    assert_eq!(answer.body["code"], "can_sign_in");
}

async fn ad_24_the_old_address_is_told(db: TestDatabase) {
    let mailed = Mailed::make(&db).await;
    let rita = mailed.user("old@example.net", json!({})).await;
    let before = mailed.sent().await;
    let path = format!("/api/v1/people/{rita}");
    for body in [
        json!({"phone": "1"}),
        json!({"email": "OLD@example.net"}),
        json!({"email": "new@example.net"}),
    ] {
        mailed.world.done(Method::PATCH, &path, body).await;
    }
    assert_eq!(mailed.sent().await, before + 1);
    let told = &mailed.mailbox.mails()[0];
    assert_eq!(told.to, "OLD@example.net", "as it was spelled last");
    assert!(!told.text.body.contains("new@example.net"));
}
