//! Passkeys, with an authenticator in software: registered, good for both factors, each answer good once.

use std::time::Duration;

use access::{Command, RoleId};
use aws_lc_rs::{
    digest::{SHA256, digest},
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair},
};
use axum::http::{Method, StatusCode};
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD as B64};
use ledger::Stage;
use serde_json::{Value, json};
use testkit::databases::TestDatabase;

use super::authenticator::set_up;
use crate::browser::{Browser, House, OWNER, Seen};

testkit::on_both![
    a_passkey_is_registered_and_signs_in_as_both_factors,
    an_answer_counts_once_in_time_and_for_one_purpose,
    a_passkey_of_another_place_or_without_its_owner_is_none,
    a_copied_passkey_is_noticed,
    a_passkey_proves_who_sits_there,
    a_passkey_is_a_second_factor_where_one_is_asked_for,
    ad_24_a_removed_passkey_opens_nothing,
    a_passkey_of_somebody_who_is_switched_off_opens_nothing,
];

const ORIGIN: &str = "https://rolecall.example";
const PRESENT: u8 = 1;
const VERIFIED: u8 = 4;
const ATTESTED: u8 = 0x40;

/// A device that keeps one passkey.
struct Device {
    key: EcdsaKeyPair,
    owner: Vec<u8>,
    counter: u32,
    flags: u8,
    origin: &'static str,
}

fn sha256(bytes: &[u8]) -> Vec<u8> {
    digest(&SHA256, bytes).as_ref().to_vec()
}

fn byte_string(bytes: &[u8]) -> Vec<u8> {
    let length = u16::try_from(bytes.len()).unwrap().to_be_bytes();
    [&[0x59], length.as_slice(), bytes].concat()
}

impl Device {
    fn new() -> Self {
        Self {
            key: EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap(),
            owner: Vec::new(),
            counter: 1,
            flags: PRESENT | VERIFIED,
            origin: ORIGIN,
        }
    }

    fn id(&self) -> Vec<u8> {
        sha256(self.key.public_key().as_ref())
    }

    fn client_data(&self, kind: &str, options: &Value) -> Vec<u8> {
        let challenge = options["publicKey"]["challenge"].as_str().unwrap();
        let data = json!({"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": false});
        data.to_string().into_bytes()
    }

    fn data(&self, flags: u8) -> Vec<u8> {
        let host = self.origin.split("://").nth(1).unwrap();
        [
            sha256(host.as_bytes()).as_slice(),
            &[flags],
            &self.counter.to_be_bytes(),
        ]
        .concat()
    }

    fn register(&mut self, options: &Value) -> String {
        let owner = options["publicKey"]["user"]["id"].as_str().unwrap();
        self.owner = B64.decode(owner).unwrap();
        let client = self.client_data("webauthn.create", options);
        let (id, point) = (self.id(), self.key.public_key().as_ref().to_vec());
        // COSE: an EC2 key for ES256 on P-256.
        let cose = [
            &[0xa5, 1, 2, 3, 0x26, 0x20, 1, 0x21, 0x58, 32],
            &point[1..33],
            &[0x22, 0x58, 32],
            &point[33..],
        ]
        .concat();
        let length = u16::try_from(id.len()).unwrap().to_be_bytes();
        let attested = [&[0; 16], length.as_slice(), &id, &cose].concat();
        let data = [self.data(self.flags | ATTESTED), attested].concat();
        let object = [
            b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData".as_slice(),
            &byte_string(&data),
        ]
        .concat();
        json!({
            "id": B64.encode(&id), "rawId": B64.encode(&id), "type": "public-key",
            "response": {"attestationObject": B64.encode(object), "clientDataJSON": B64.encode(client)},
        })
        .to_string()
    }

    fn sign(&mut self, options: &Value) -> String {
        self.counter += 1;
        let client = self.client_data("webauthn.get", options);
        let data = self.data(self.flags);
        let signed = [data.as_slice(), &sha256(&client)].concat();
        let signature = self.key.sign(&SystemRandom::new(), &signed).unwrap();
        json!({
            "id": B64.encode(self.id()), "rawId": B64.encode(self.id()), "type": "public-key",
            "response": {
                "authenticatorData": B64.encode(data), "clientDataJSON": B64.encode(client),
                "signature": B64.encode(signature.as_ref()), "userHandle": B64.encode(&self.owner),
            },
        })
        .to_string()
    }
}

/// Sends a form as a script of ours does.
async fn send(browser: &mut Browser, path: &str, fields: &[(&str, &str)], origin: &str) -> Seen {
    let token = browser.form_token.clone().unwrap_or_default();
    let mut fields = fields.to_vec();
    if browser.cookie.is_some() && !token.is_empty() {
        fields.push(("form_token", token.as_str()));
    }
    let host = origin.split("://").nth(1).unwrap();
    let headers = [
        ("sec-fetch-site", "same-origin"),
        ("origin", origin),
        ("host", host),
    ];
    browser.send_as(path, &fields, &headers).await
}

async fn asked(browser: &mut Browser, path: &str, origin: &str) -> (Value, String) {
    let answer = send(browser, path, &[], origin).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    let body: Value = serde_json::from_str(&answer.text).unwrap();
    (
        body["options"].clone(),
        body["state"].as_str().unwrap().to_owned(),
    )
}

async fn register(browser: &mut Browser, device: &mut Device) -> Seen {
    browser.look("/account/passkeys").await;
    let (options, state) = asked(browser, "/account/passkeys/begin", ORIGIN).await;
    let selection = &options["publicKey"]["authenticatorSelection"];
    assert_eq!(
        (&selection["residentKey"], &selection["userVerification"]),
        (&json!("required"), &json!("required"))
    );
    let credential = device.register(&options);
    let fields = [("credential", credential.as_str()), ("state", &state)];
    send(browser, "/account/passkeys", &fields, ORIGIN).await
}

async fn sign_in(browser: &mut Browser, device: &mut Device) -> Seen {
    let (options, state) = asked(browser, "/sign-in/passkey/begin", device.origin).await;
    let credential = device.sign(&options);
    let fields = [("credential", credential.as_str()), ("state", &state)];
    send(browser, "/sign-in/passkey", &fields, device.origin).await
}

/// Somebody with a passkey, and their browser.
async fn with_passkey(house: &House, email: &str) -> (Browser, Device) {
    let mut browser = house.signed_in(email).await;
    let mut device = Device::new();
    let done = register(&mut browser, &mut device).await;
    assert_eq!(
        (done.status, done.leads_to()),
        (StatusCode::SEE_OTHER, "/account/passkeys"),
        "{}",
        done.text
    );
    (browser, device)
}

async fn is_refused(house: &House, browser: &mut Browser, answer: &Seen) {
    assert_eq!(
        (answer.status, answer.leads_to()),
        (StatusCode::UNPROCESSABLE_ENTITY, "")
    );
    assert!(
        answer.text.contains("No passkey of anybody"),
        "{}",
        answer.text
    );
    assert_eq!(browser.look("/").await.status, StatusCode::SEE_OTHER);
    assert_eq!(house.log().await.last().unwrap().0, "failed");
}

async fn a_passkey_is_registered_and_signs_in_as_both_factors(db: TestDatabase) {
    let house = House::open(&db).await;
    set_up(&house, OWNER).await;
    let ulf = house.user("ulf@example.net").await;
    let mut other = house.signed_in("ulf@example.net").await;
    let (mut browser, mut device) = with_passkey(&house, "ulf@example.net").await;
    assert_eq!(
        other.look("/").await.status,
        StatusCode::SEE_OTHER,
        "other sessions ended"
    );
    let page = browser.look("/account/passkeys").await;
    assert!(page.text.contains("Firefox on Linux"), "{}", page.text);
    assert!(house.log().await.contains(&("factor_added", Some(ulf))));

    let mut anew = house.browser();
    let done = sign_in(&mut anew, &mut device).await;
    assert_eq!(
        (done.status, done.leads_to()),
        (StatusCode::SEE_OTHER, "/"),
        "{}",
        done.text
    );
    assert_eq!(anew.look("/").await.status, StatusCode::OK);
    assert_eq!(house.log().await.last().unwrap(), &("signed_in", Some(ulf)));
    let sessions = house
        .account
        .sign_in_sessions(ulf, i64::MAX / 2)
        .await
        .unwrap();
    assert!(
        sessions
            .iter()
            .all(|session| session.stage == Stage::TwoFactors)
    );
}

async fn an_answer_counts_once_in_time_and_for_one_purpose(db: TestDatabase) {
    let house = House::open(&db).await;
    let (mut theirs, mut device) = with_passkey(&house, OWNER).await;
    let mut browser = house.browser();
    let (options, state) = asked(&mut browser, "/sign-in/passkey/begin", ORIGIN).await;
    let credential = device.sign(&options);
    let fields = [
        ("credential", credential.as_str()),
        ("state", state.as_str()),
    ];
    let done = send(&mut browser.clone(), "/sign-in/passkey", &fields, ORIGIN).await;
    assert_eq!(done.leads_to(), "/");
    let again = send(&mut browser, "/sign-in/passkey", &fields, ORIGIN).await;
    is_refused(&house, &mut browser, &again).await;

    let (options, state) = asked(&mut browser, "/sign-in/passkey/begin", ORIGIN).await;
    let credential = device.sign(&options);
    house.advance(Duration::from_secs(5 * 60)).await;
    let fields = [
        ("credential", credential.as_str()),
        ("state", state.as_str()),
    ];
    let late = send(&mut browser, "/sign-in/passkey", &fields, ORIGIN).await;
    is_refused(&house, &mut browser, &late).await;

    // What was asked for a registration signs nobody in, and the reverse.
    theirs.look("/account/passkeys").await;
    let (options, state) = asked(&mut theirs, "/account/passkeys/begin", ORIGIN).await;
    let credential = device.sign(&options);
    let fields = [
        ("credential", credential.as_str()),
        ("state", state.as_str()),
    ];
    let other = send(&mut browser, "/sign-in/passkey", &fields, ORIGIN).await;
    is_refused(&house, &mut browser, &other).await;
    for (credential, state) in [("", ""), ("{}", "AAAA"), ("null", state.as_str())] {
        let fields = [("credential", credential), ("state", state)];
        let nothing = send(&mut browser, "/sign-in/passkey", &fields, ORIGIN).await;
        is_refused(&house, &mut browser, &nothing).await;
    }
}

async fn a_passkey_of_another_place_or_without_its_owner_is_none(db: TestDatabase) {
    let house = House::open(&db).await;
    let (_, mut device) = with_passkey(&house, OWNER).await;
    let mut browser = house.browser();
    // Nobody's finger.
    device.flags = PRESENT;
    let unverified = sign_in(&mut browser, &mut device).await;
    is_refused(&house, &mut browser, &unverified).await;
    device.flags = PRESENT | VERIFIED;
    // At another site, which sends on what it is given.
    let (options, state) = asked(&mut browser, "/sign-in/passkey/begin", ORIGIN).await;
    device.origin = "https://evil.example";
    let credential = device.sign(&options);
    let fields = [
        ("credential", credential.as_str()),
        ("state", state.as_str()),
    ];
    let foreign = send(&mut browser, "/sign-in/passkey", &fields, ORIGIN).await;
    is_refused(&house, &mut browser, &foreign).await;
    // And as that site itself.
    let as_it = sign_in(&mut browser, &mut device).await;
    assert_eq!(
        (as_it.status, as_it.leads_to()),
        (StatusCode::UNPROCESSABLE_ENTITY, "")
    );
    device.origin = ORIGIN;
    // Somebody else's, with the same owner on it.
    let mut forged = Device::new();
    forged.owner = device.owner.clone();
    let unknown = sign_in(&mut browser, &mut forged).await;
    is_refused(&house, &mut browser, &unknown).await;
    assert_eq!(sign_in(&mut browser, &mut device).await.leads_to(), "/");
}

async fn a_copied_passkey_is_noticed(db: TestDatabase) {
    let house = House::open(&db).await;
    let (_, mut device) = with_passkey(&house, OWNER).await;
    device.counter = 10;
    assert_eq!(
        sign_in(&mut house.browser(), &mut device).await.leads_to(),
        "/"
    );
    device.counter = 5;
    let mut browser = house.browser();
    let behind = sign_in(&mut browser, &mut device).await;
    is_refused(&house, &mut browser, &behind).await;
}

async fn a_passkey_proves_who_sits_there(db: TestDatabase) {
    let house = House::open(&db).await;
    house.user("ulf@example.net").await;
    let (mut browser, mut device) = with_passkey(&house, OWNER).await;
    let (_, mut ulfs) = with_passkey(&house, "ulf@example.net").await;
    house.advance(Duration::from_secs(10 * 60)).await;
    let again = browser.look("/account/passkeys").await;
    assert_eq!(
        again.leads_to(),
        "/sign-in/again?next=%2Faccount%2Fpasskeys"
    );
    for (device, status) in [
        (&mut ulfs, StatusCode::FORBIDDEN),
        (&mut device, StatusCode::SEE_OTHER),
    ] {
        browser.look("/sign-in/again").await;
        let (options, state) = asked(&mut browser, "/sign-in/passkey/begin", ORIGIN).await;
        let credential = device.sign(&options);
        let fields = [
            ("credential", credential.as_str()),
            ("state", state.as_str()),
        ];
        let answer = send(&mut browser, "/sign-in/again/passkey", &fields, ORIGIN).await;
        assert_eq!(answer.status, status, "{}", answer.text);
        let page = browser.look("/account/passkeys").await;
        assert_eq!(
            page.status == StatusCode::OK,
            status == StatusCode::SEE_OTHER
        );
    }
}

async fn a_passkey_is_a_second_factor_where_one_is_asked_for(db: TestDatabase) {
    let house = House::open(&db).await;
    house.user("ulf@example.net").await;
    let require = Command::RequireSecondFactor {
        role: Some(RoleId::ADMIN),
        required: true,
    };
    house.submit(house.owners(), require).await;
    let (mut browser, mut device) = with_passkey(&house, "ulf@example.net").await;
    assert_eq!(browser.look("/").await.status, StatusCode::OK);
    assert_eq!(sign_in(&mut browser, &mut device).await.leads_to(), "/");
    assert_eq!(browser.look("/").await.status, StatusCode::OK);
    // The password alone is one factor all the same.
    let mut with_password = house.signed_in("ulf@example.net").await;
    assert_eq!(
        with_password.look("/").await.leads_to(),
        "/account/second-factor"
    );
    // And the last one stays.
    let page = browser.look("/account/passkeys").await;
    let refused = remove_first(&mut browser, &page).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
}

async fn remove_first(browser: &mut Browser, page: &Seen) -> Seen {
    let (_, rest) = page.text.split_once(r#"name="passkey" value=""#).unwrap();
    let id = rest.split('"').next().unwrap().to_owned();
    browser
        .send("/account/passkeys/remove", &[("passkey", &id)])
        .await
}

async fn ad_24_a_removed_passkey_opens_nothing(db: TestDatabase) {
    let house = House::open(&db).await;
    let ulf = house.user("ulf@example.net").await;
    let (mut browser, mut device) = with_passkey(&house, "ulf@example.net").await;
    let page = browser.look("/account/passkeys").await;
    // Not even its id is good for anything to somebody else.
    let mut owner = house.signed_in(OWNER).await;
    owner.look("/account/passkeys").await;
    remove_first(&mut owner, &page).await;
    assert_eq!(house.account.passkeys(ulf).await.unwrap().len(), 1);
    let done = remove_first(&mut browser, &page).await;
    assert_eq!(done.leads_to(), "/account/passkeys");
    assert!(house.account.passkeys(ulf).await.unwrap().is_empty());
    assert!(house.log().await.contains(&("factor_removed", Some(ulf))));
    let mut anew = house.browser();
    let refused = sign_in(&mut anew, &mut device).await;
    is_refused(&house, &mut anew, &refused).await;
    let sessions = house
        .account
        .sign_in_sessions(ulf, i64::MAX / 2)
        .await
        .unwrap();
    assert_eq!(sessions[0].stage, Stage::OneFactor);
    // A reset by an administrator takes all of them.
    let (_, mut again) = with_passkey(&house, "ulf@example.net").await;
    let id = house.account.state().public(ulf).unwrap();
    let path = format!("/api/v1/people/{id}/second-factor/reset");
    let ours = [
        ("sec-fetch-site", "same-origin"),
        ("content-type", "application/json"),
    ];
    let reset = owner.ask(Method::POST, &path, &ours, None).await;
    assert_eq!(reset.status, StatusCode::OK, "{}", reset.text);
    let refused = sign_in(&mut anew, &mut again).await;
    is_refused(&house, &mut anew, &refused).await;
}

async fn a_passkey_of_somebody_who_is_switched_off_opens_nothing(db: TestDatabase) {
    let house = House::open(&db).await;
    let ulf = house.user("ulf@example.net").await;
    let (_, mut device) = with_passkey(&house, "ulf@example.net").await;
    let facet = access::state::Facet::User;
    house
        .submit(house.owners(), Command::Deactivate { person: ulf, facet })
        .await;
    let mut browser = house.browser();
    let refused = sign_in(&mut browser, &mut device).await;
    assert_ne!(refused.leads_to(), "/", "{}", refused.text);
    assert_eq!(browser.look("/").await.status, StatusCode::SEE_OTHER);
}
