//! A caller by TLS, who trusts the root of the tests and asks for `https://localhost`.

use std::net::SocketAddr;

use serde_json::Value;
use testkit::certificates;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// An answer, as it came by TLS.
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: Value,
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        let lines = self.head.lines().skip(1);
        let mut lines = lines.filter_map(|line| line.split_once(':'));
        let found = lines.find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.trim())
    }
}

/// Somebody who asks the server by https.
pub struct Caller {
    pub address: SocketAddr,
    /// Nobody's, where it is empty.
    pub token: String,
}

impl Caller {
    /// One request on a connection of its own, to a path of `https://localhost`.
    pub async fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Answer {
        let stream = TcpStream::connect(self.address).await.unwrap();
        let mut stream = certificates::connect(stream).await.unwrap();
        let mut head =
            format!("{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n");
        let length = body.len().to_string();
        let authorization = format!("Bearer {}", self.token);
        let mut all = vec![("Content-Length", length.as_str())];
        if !self.token.is_empty() {
            all.push(("Authorization", &authorization));
        }
        for (name, value) in all.iter().chain(headers) {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        let request = format!("{head}\r\n{body}");
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut bytes = Vec::new();
        // Whether TLS ends with a word or with the connection is all the same: the length is compared.
        let _ = stream.read_to_end(&mut bytes).await;
        let text = String::from_utf8(bytes).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        let answer = Answer {
            status: head.split(' ').nth(1).unwrap().parse().unwrap(),
            head: head.to_owned(),
            body: serde_json::from_str(body).unwrap_or(Value::Null),
        };
        let length = body.len().to_string();
        assert_eq!(answer.header("content-length"), Some(length.as_str()));
        answer
    }

    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        let json = ("Content-Type", "application/json");
        self.send("POST", path, &[json], &body.to_string()).await
    }

    /// Does what must be done; the id of what was made.
    pub async fn done(&self, method: &str, path: &str, body: Value) -> Value {
        let json = [("Content-Type", "application/json")];
        let path = format!("/api/v1{path}");
        let answer = self.send(method, &path, &json, &body.to_string()).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.body);
        answer.body
    }
}
