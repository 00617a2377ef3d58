//! A receiver as somebody else may have one: it speaks as much HTTP as it has to, and answers as it is told.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
    time::Duration,
};

use serde_json::Value;
use testkit::certificates;
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::TcpListener,
    time::Instant,
};

/// Longer than anything here takes.
const PATIENCE: Duration = Duration::from_secs(30);

/// What came.
#[derive(Clone, Debug)]
pub struct Came {
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Came {
    pub fn header(&self, name: &str) -> &str {
        let mut headers = self.headers.iter();
        let found = headers.find(|(of, _)| of == name);
        found.map_or("", |(_, value)| value)
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    pub fn kind(&self) -> String {
        self.json()["type"].as_str().unwrap().to_owned()
    }
}

#[derive(Debug, Default)]
struct Inner {
    came: Mutex<Vec<Came>>,
    /// What is answered next; the last one is answered again and again.
    answers: Mutex<VecDeque<String>>,
}

/// Listens until it is dropped.
#[derive(Clone, Debug)]
pub struct Receiver {
    inner: Arc<Inner>,
    pub port: u16,
    by_tls: bool,
}

impl Receiver {
    /// One that takes everything.
    pub async fn open() -> Self {
        Self::answering(&["204 No Content"]).await
    }

    /// One that answers with these lines of a status, one after the other; `hang` is no answer, and `200 and on` one without an
    /// end.
    pub async fn answering(answers: &[&str]) -> Self {
        Self::listening(answers, false).await
    }

    /// One that takes everything, and speaks TLS alone, with a certificate for `localhost`.
    pub async fn by_tls() -> Self {
        Self::listening(&["204 No Content"], true).await
    }

    async fn listening(answers: &[&str], by_tls: bool) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let inner = Arc::new(Inner::default());
        let receiver = Self {
            inner: Arc::clone(&inner),
            port,
            by_tls,
        };
        receiver.answer(answers);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let inner = Arc::clone(&inner);
                if by_tls {
                    tokio::spawn(async move {
                        let stream = certificates::acceptor().accept(stream).await;
                        take(stream.ok()?, inner).await
                    });
                } else {
                    tokio::spawn(take(stream, inner));
                }
            }
        });
        receiver
    }

    /// From now on it answers so.
    pub fn answer(&self, answers: &[&str]) {
        let answers = answers.iter().map(|text| (*text).to_owned());
        *self.inner.answers.lock().unwrap() = answers.collect();
    }

    pub fn url(&self) -> String {
        match self.by_tls {
            true => format!("https://localhost:{}/hook", self.port),
            false => format!("http://127.0.0.1:{}/hook", self.port),
        }
    }

    /// Everything that came.
    pub fn all(&self) -> Vec<Came> {
        self.inner.came.lock().unwrap().clone()
    }

    /// Waits until this came.
    pub async fn until(&self, is_there: impl Fn(&[Came]) -> bool) -> Vec<Came> {
        let end = Instant::now() + PATIENCE;
        loop {
            let all = self.all();
            if is_there(&all) {
                return all;
            }
            let kinds: Vec<_> = all.iter().map(|came| came.body.get(..60)).collect();
            assert!(Instant::now() < end, "it does not come; there is {kinds:?}");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// Waits for the first of a kind.
    pub async fn kind(&self, kind: &str) -> Came {
        let is_it = |came: &Came| came.kind() == kind;
        let all = self.until(|all| all.iter().any(is_it)).await;
        all.into_iter().find(is_it).unwrap()
    }
}

async fn take(mut stream: impl AsyncRead + AsyncWrite + Unpin, inner: Arc<Inner>) -> Option<()> {
    let mut bytes = Vec::new();
    let end = loop {
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            break end;
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    };
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let headers: Vec<_> = head
        .lines()
        .skip(1)
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
        .collect();
    let length = headers.iter().find(|(name, _)| name == "content-length");
    let length: usize = length.map_or(0, |(_, length)| length.parse().unwrap());
    while bytes.len() < end + 4 + length {
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    }
    let body = String::from_utf8_lossy(&bytes[end + 4..]).into_owned();
    inner.came.lock().unwrap().push(Came { headers, body });
    let answer = {
        let mut answers = inner.answers.lock().unwrap();
        match answers.len() {
            0 => "204 No Content".to_owned(),
            1 => answers[0].clone(),
            _ => answers.pop_front().unwrap(),
        }
    };
    if answer == "hang" {
        std::future::pending::<()>().await;
    }
    if answer == "200 and on" {
        // It takes it, and says more than anybody reads.
        let head = b"HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n";
        stream.write_all(head).await.ok()?;
        while stream.write_all(&[b'.'; 4_096]).await.is_ok() {}
        return None;
    }
    let answer = format!("HTTP/1.1 {answer}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    stream.write_all(answer.as_bytes()).await.ok()?;
    stream.shutdown().await.ok()
}
