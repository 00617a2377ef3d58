//! Webhooks: from an act to the end of its first try, with a hundred subscriptions of which one hangs.

use std::{
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use ledger::Account;
use outgoing::Outgoing;
use serde_json::{Value, json};

use super::Asked;
use crate::{
    http::{Client, request},
    pages::add,
    table::Table,
};

const SUBSCRIPTIONS: usize = 100;
const EVENTS: usize = 50;
/// Between one event and the next.
const PAUSE: Duration = Duration::from_millis(100);
/// All that there is has come by then, or something is wrong.
const PATIENCE: Duration = Duration::from_secs(30);

/// The middle and the longest of a hundred first tries.
pub async fn measure(
    table: &mut Table,
    asked: Asked<'_>,
    account: &Account,
    outgoing: Outgoing,
) -> anyhow::Result<()> {
    let engine = asked.engine;
    let (hanging, receiver) = (Receiver::start(false)?, Receiver::start(true)?);
    let mut client = Client::connect(asked.server.address())?;
    let mut made = |path: &str, body: Value| -> anyhow::Result<Value> {
        let answer = client.ask(&request(&format!("/api/v1/{path}"), asked.token, &body)?)?;
        Ok(serde_json::from_slice(answer)?)
    };
    let role = json!({"name": "Listening", "permissions": ["admin.audit.view"]});
    let role = made("roles", role)?;
    let listener = made("connections", json!({"name": "Mirror", "role": role["id"]}))?;
    for number in 0..SUBSCRIPTIONS {
        let url = if number == 0 {
            &hanging.url
        } else {
            &receiver.url
        };
        let kinds = ["group.created"];
        let new = json!({"name": "Hook", "connection": listener["id"], "url": url, "kinds": kinds});
        made("subscriptions", new)?;
    }
    let worker = events::Worker::new(account.engine().clone(), outgoing);
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let worker = tokio::spawn(worker.run(async move { drop(stopped.await) }));
    let heard = SUBSCRIPTIONS - 1;
    // The first one only wakes everybody.
    made("groups", json!({"name": "First"}))?;
    receiver.wait_for(heard)?;
    let mut times = Vec::with_capacity(EVENTS * heard);
    for event in 1..=EVENTS {
        let start = Instant::now();
        made("groups", json!({"name": format!("Night {event}")}))?;
        let came = receiver.wait_for((event + 1) * heard)?;
        times.extend(came[event * heard..].iter().map(|at| *at - start));
        std::thread::sleep(PAUSE);
    }
    times.sort_unstable();
    let what =
        format!("webhook, first try, {SUBSCRIPTIONS} subscriptions of which one hangs, {engine}");
    add(table, &what, &times);
    let _ = stop.send(());
    worker.await?;
    Ok(())
}

/// Takes requests, and notes when each came whole; or takes them and never answers.
struct Receiver {
    url: String,
    came: Arc<Mutex<Vec<Instant>>>,
    over: Arc<AtomicBool>,
}

impl Receiver {
    fn start(answers: bool) -> anyhow::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let url = format!("http://{}/", listener.local_addr()?);
        let (came, over) = (Arc::default(), Arc::<AtomicBool>::default());
        let receiver = Self {
            url,
            came: Arc::clone(&came),
            over: Arc::clone(&over),
        };
        std::thread::spawn(move || {
            let mut held = Vec::new();
            for stream in listener.incoming().flatten() {
                if over.load(Ordering::Relaxed) {
                    return;
                }
                if answers {
                    let _ = take(stream, &came);
                } else {
                    held.push(stream);
                }
            }
        });
        Ok(receiver)
    }

    fn wait_for(&self, many: usize) -> anyhow::Result<Vec<Instant>> {
        let start = Instant::now();
        loop {
            let came = self
                .came
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .clone();
            if came.len() >= many {
                return Ok(came);
            }
            anyhow::ensure!(start.elapsed() < PATIENCE, "{} of {many} came", came.len());
            std::thread::sleep(Duration::from_millis(2));
        }
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Relaxed);
    }
}

/// One request: its length stands in its head.
fn take(mut stream: TcpStream, came: &Mutex<Vec<Instant>>) -> std::io::Result<()> {
    let (mut bytes, mut buffer) = (Vec::new(), [0; 8_192]);
    loop {
        let read = stream.read(&mut buffer)?;
        bytes.extend_from_slice(&buffer[..read]);
        if read == 0 || is_whole(&bytes) {
            break;
        }
    }
    came.lock()
        .unwrap_or_else(PoisonError::into_inner)
        .push(Instant::now());
    stream.write_all(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")
}

fn is_whole(bytes: &[u8]) -> bool {
    let Some(head) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else {
        return false;
    };
    let text = String::from_utf8_lossy(&bytes[..head]).to_ascii_lowercase();
    let length = text
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "));
    let length = length
        .and_then(|length| length.parse::<usize>().ok())
        .unwrap_or(0);
    bytes.len() >= head + 4 + length
}
