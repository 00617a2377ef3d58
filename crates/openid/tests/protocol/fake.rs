//! A provider: what stands at its paths, what came there, and keys to sign with.

use std::collections::HashMap;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex, OnceLock};

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _, RSA_PKCS1_SHA256,
    RSA_PSS_SHA256, RsaEncoding, RsaKeyPair,
};
use aws_lc_rs::{hmac, rsa};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

pub fn base64(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// What signs.
pub enum Key {
    Rsa(RsaKeyPair),
    Ec(EcdsaKeyPair),
    Ed(Ed25519KeyPair),
    Secret(Vec<u8>),
    Nothing,
}

/// Two keys for all tests: they take a while to make.
pub fn rsa() -> &'static Key {
    static KEY: OnceLock<Key> = OnceLock::new();
    KEY.get_or_init(new_rsa)
}

pub fn other_rsa() -> &'static Key {
    static KEY: OnceLock<Key> = OnceLock::new();
    KEY.get_or_init(new_rsa)
}

fn new_rsa() -> Key {
    Key::Rsa(RsaKeyPair::generate(rsa::KeySize::Rsa2048).unwrap())
}

pub fn ec() -> Key {
    Key::Ec(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap())
}

pub fn ed() -> Key {
    Key::Ed(Ed25519KeyPair::generate().unwrap())
}

impl Key {
    /// Its public half, under an id.
    pub fn published(&self, kid: &str) -> Value {
        match self {
            Self::Rsa(pair) => {
                let n = pair.public_key().modulus();
                let e = pair.public_key().exponent();
                json!({
                    "kty": "RSA", "use": "sig", "kid": kid,
                    "n": base64(n.big_endian_without_leading_zero()),
                    "e": base64(e.big_endian_without_leading_zero()),
                })
            }
            Self::Ec(pair) => {
                let (x, y) = pair.public_key().as_ref()[1..].split_at(32);
                json!({
                    "kty": "EC", "use": "sig", "crv": "P-256", "kid": kid,
                    "x": base64(x), "y": base64(y),
                })
            }
            Self::Ed(pair) => json!({
                "kty": "OKP", "use": "sig", "crv": "Ed25519", "kid": kid,
                "x": base64(pair.public_key()),
            }),
            Self::Secret(_) | Self::Nothing => Value::Null,
        }
    }

    /// A token in compact form.
    pub fn signed(&self, header: &Value, claims: &Value) -> String {
        let (header_part, claims_part) = (base64(header.to_string()), base64(claims.to_string()));
        let message = format!("{header_part}.{claims_part}");
        let padding: &'static dyn RsaEncoding = match header["alg"] == "PS256" {
            true => &RSA_PSS_SHA256,
            false => &RSA_PKCS1_SHA256,
        };
        let random = SystemRandom::new();
        let signature = match self {
            Self::Rsa(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                let message = message.as_bytes();
                pair.sign(padding, &random, message, &mut signature)
                    .unwrap();
                signature
            }
            Self::Ec(pair) => pair
                .sign(&random, message.as_bytes())
                .unwrap()
                .as_ref()
                .to_vec(),
            Self::Ed(pair) => pair.sign(message.as_bytes()).as_ref().to_vec(),
            Self::Secret(secret) => {
                let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
                hmac::sign(&key, message.as_bytes()).as_ref().to_vec()
            }
            Self::Nothing => Vec::new(),
        };
        format!("{message}.{}", base64(signature))
    }
}

/// What came.
#[derive(Clone, Debug)]
pub struct Came {
    /// `GET /path`.
    pub what: String,
    /// All of it.
    pub text: String,
}

#[derive(Default)]
struct State {
    answers: HashMap<String, (u16, String)>,
    came: Vec<Came>,
}

/// A provider on a port of this machine.
#[derive(Clone)]
pub struct Fake {
    pub root: String,
    state: Arc<Mutex<State>>,
}

impl Fake {
    /// One that answers 404 to everything.
    pub async fn start() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let fake = Self {
            root: format!("http://{}", listener.local_addr().unwrap()),
            state: Arc::default(),
        };
        let answering = fake.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let fake = answering.clone();
                tokio::spawn(async move { fake.answer(stream).await });
            }
        });
        fake
    }

    pub fn put(&self, path: &str, status: u16, body: impl ToString) {
        let answer = (status, body.to_string());
        let mut state = self.state.lock().unwrap();
        state.answers.insert(path.to_owned(), answer);
    }

    pub fn publish(&self, keys: &[Value]) {
        self.put("/keys", 200, json!({ "keys": keys }));
    }

    /// All that came there.
    pub fn came(&self, what: &str) -> Vec<Came> {
        let state = self.state.lock().unwrap();
        let there = state.came.iter().filter(|came| came.what == what);
        there.cloned().collect()
    }

    /// How often it was asked for its keys.
    pub fn asked_for_keys(&self) -> usize {
        self.came("GET /keys").len()
    }

    async fn answer(self, mut stream: TcpStream) {
        let text = read(&mut stream).await;
        let what = text.split(' ').take(2).collect::<Vec<_>>().join(" ");
        let path = what.split(' ').nth(1).unwrap_or_default().to_owned();
        let (status, body) = {
            let mut state = self.state.lock().unwrap();
            state.came.push(Came { what, text });
            let answer = state.answers.get(&path).cloned();
            answer.unwrap_or((404, String::new()))
        };
        let head = format!(
            "HTTP/1.1 {status} Said\r\nContent-Length: {}\r\nContent-Type: application/json\r\n\
             Location: /elsewhere\r\nConnection: close\r\n\r\n",
            body.len()
        );
        // Whoever asked may have heard enough.
        let _ = stream.write_all((head + &body).as_bytes()).await;
    }
}

async fn read(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let head = head.to_ascii_lowercase();
            let length = head.split("content-length: ").nth(1);
            let length = length.and_then(|rest| rest.lines().next()?.parse().ok());
            if body.len() >= length.unwrap_or(0) {
                return text;
            }
        }
        let mut some = vec![0; 8_192];
        match stream.read(&mut some).await {
            Ok(0) | Err(_) => return text,
            Ok(read) => bytes.extend_from_slice(&some[..read]),
        }
    }
}
