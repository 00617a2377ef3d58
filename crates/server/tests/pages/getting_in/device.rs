//! A device with a passkey, in software, and the scripts that ask it.

use aws_lc_rs::{
    digest::{SHA256, digest},
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair},
};
use axum::http::StatusCode;
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD as B64};
use serde_json::{Value, json};

use crate::browser::{Browser, House, Seen};

pub const ORIGIN: &str = "https://rolecall.example";
pub const PRESENT: u8 = 1;
pub const VERIFIED: u8 = 4;
const ATTESTED: u8 = 0x40;

/// A device that keeps one passkey.
pub struct Device {
    key: EcdsaKeyPair,
    pub owner: Vec<u8>,
    pub counter: u32,
    pub flags: u8,
    pub origin: &'static str,
}

fn sha256(bytes: &[u8]) -> Vec<u8> {
    digest(&SHA256, bytes).as_ref().to_vec()
}

fn byte_string(bytes: &[u8]) -> Vec<u8> {
    let length = u16::try_from(bytes.len()).unwrap().to_be_bytes();
    [&[0x59], length.as_slice(), bytes].concat()
}

impl Device {
    pub fn new() -> Self {
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

    pub fn register(&mut self, options: &Value) -> String {
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

    pub fn sign(&mut self, options: &Value) -> String {
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
pub async fn send(
    browser: &mut Browser,
    path: &str,
    fields: &[(&str, &str)],
    origin: &str,
) -> Seen {
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

pub async fn asked(browser: &mut Browser, path: &str, origin: &str) -> (Value, String) {
    let answer = send(browser, path, &[], origin).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    let body: Value = serde_json::from_str(&answer.text).unwrap();
    (
        body["options"].clone(),
        body["state"].as_str().unwrap().to_owned(),
    )
}

pub async fn register(browser: &mut Browser, device: &mut Device) -> Seen {
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

/// Asks for a passkey at the one place, and sends what the device answers to the other.
pub async fn answer(browser: &mut Browser, device: &mut Device, way: (&str, &str)) -> Seen {
    answer_with(browser, device, way, &[]).await
}

/// With what else stands in the form.
pub async fn answer_with(
    browser: &mut Browser,
    device: &mut Device,
    (at, to): (&str, &str),
    also: &[(&str, &str)],
) -> Seen {
    let (options, state) = asked(browser, at, device.origin).await;
    let credential = device.sign(&options);
    let mut fields = vec![("credential", credential.as_str()), ("state", &state)];
    fields.extend(also);
    send(browser, to, &fields, device.origin).await
}

pub async fn sign_in(browser: &mut Browser, device: &mut Device) -> Seen {
    let door = ("/sign-in/passkey/begin", "/sign-in/passkey");
    answer(browser, device, door).await
}

/// Somebody with a passkey, and their browser.
pub async fn with_passkey(house: &House, email: &str) -> (Browser, Device) {
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

/// What is told whoever it is.
pub async fn is_refused(house: &House, browser: &mut Browser, answer: &Seen) {
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

pub async fn remove_first(browser: &mut Browser, page: &Seen) -> Seen {
    let (_, rest) = page.text.split_once(r#"name="passkey" value=""#).unwrap();
    let id = rest.split('"').next().unwrap().to_owned();
    browser
        .send("/account/passkeys/remove", &[("passkey", &id)])
        .await
}
