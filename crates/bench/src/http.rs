//! AuthZEN over HTTP beside a handler that answers a constant: the same socket, middleware, token and size of answer, in one run.
//!
//! The server has one thread, and its clients have another: what is compared is what the server can answer with one core.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use access::state::TokenOwner;
use access::{Actor, Command, Moment, PersonId, PublicId, ServiceId, State, TokenId};
use ledger::{Account, Change, NewSecret, Of, Options, Purpose, Secret};
use serde_json::value::RawValue;
use serde_json::{Value, json};
use tokio::runtime::Runtime;
use web::Limits;
use web::guard::SignedIn;
use web::reply::Document;
use web::route::{Route, post};

use crate::decide::somebody_with_a_level;
use crate::fixture::{Numbers, Size, id};
use crate::table::Table;

/// Length of one run.
const RUN: Duration = Duration::from_secs(2);
const RUNS: usize = 5;
/// Connections that ask at once.
const CLIENTS: usize = 4;
/// Different random bodies.
const BODIES: usize = 2_000;
const MANY: usize = 100;

/// Requests per second of both, and their ratio, for one question, a hundred equal ones and a hundred random ones.
pub async fn measure(
    table: &mut Table,
    account: &Account,
    owner: Actor,
    size: Size,
) -> anyhow::Result<()> {
    let token = token(account, owner).await?;
    let state = account.state();
    let (person, service) =
        somebody_with_a_level(&state).ok_or_else(|| anyhow::anyhow!("nobody has a level"))?;
    let hot = question(&state, person, service);
    let mut numbers = Numbers(5);
    let mut random = || {
        let person = id(numbers.below(size.people / 10) * 10);
        question(&state, person, id(numbers.below(size.services)))
    };
    let several = |questions: Vec<Value>| json!({ "evaluations": questions });
    let shapes: [(&str, &str, Vec<Value>); 3] = [
        ("evaluation", "/access/v1/evaluation", vec![hot.clone()]),
        (
            "evaluations of 100, the same question",
            "/access/v1/evaluations",
            vec![several(vec![hot; MANY])],
        ),
        (
            "evaluations of 100, random",
            "/access/v1/evaluations",
            (0..BODIES / 10)
                .map(|_| several((0..MANY).map(|_| random()).collect()))
                .collect(),
        ),
    ];
    for (name, path, bodies) in shapes {
        let limits = Limits {
            per_token: u32::MAX,
            ..Limits::default()
        };
        // What the constant answers is what the first question is answered.
        let probe = Server::start(account, limits.clone(), Vec::new(), one_thread()?)?;
        let mut client = Client::connect(probe.address)?;
        let answer = client.ask(&request(path, &token, &bodies[0])?)?.to_vec();
        drop(client);
        probe.stop();
        let server = Server::start(account, limits, vec![constant(&answer)?], one_thread()?)?;
        let (mut ours, mut theirs) = (Vec::new(), Vec::new());
        for _ in 0..RUNS {
            theirs.push(per_second(
                server.address,
                "/bench/constant",
                &token,
                &bodies,
            )?);
            ours.push(per_second(server.address, path, &token, &bodies)?);
        }
        server.stop();
        table.add(format!("HTTP {name}"), "per second", ours.clone());
        let ratio = ours.iter().zip(&theirs).map(|(ours, theirs)| ours / theirs);
        let ratio = ratio.collect();
        table.add(
            format!("HTTP {name}: a constant of {} bytes", answer.len()),
            "per second",
            theirs,
        );
        table.add(format!("HTTP {name}, beside the constant"), "ratio", ratio);
    }
    Ok(())
}

fn question(state: &State, person: PersonId, service: ServiceId) -> Value {
    json!({
        "subject": {"type": "person", "id": state.public(person)},
        "action": {"name": "service_desk.record.manage"},
        "resource": {"type": "service", "id": state.public(service)},
    })
}

/// A route with the same guard that answers always the same.
fn constant(answer: &[u8]) -> anyhow::Result<Route> {
    let document = RawValue::from_string(std::str::from_utf8(answer)?.to_owned())?;
    let show = move |_: SignedIn| {
        let document = document.clone();
        async move { web::Result::Ok(Document(document)) }
    };
    Ok(post(
        "/bench/constant",
        "bench.constant",
        "Answers always the same",
        show,
    ))
}

pub async fn token(account: &Account, owner: Actor) -> anyhow::Result<String> {
    let Actor::Person(person) = owner else {
        anyhow::bail!("the owner is a person");
    };
    let id = PublicId::<TokenId>::new(account.engine().new_uuid());
    let expires = Moment(account.now().0 + 86_400_000);
    let secret = Secret::make(account.engine().randomness().as_ref());
    let command = Command::IssueToken {
        id,
        owner: TokenOwner::Person(person),
        expires,
    };
    let change = Change::from(command).with_secret(NewSecret {
        purpose: Purpose::Token,
        of: Some(Of::public(id)),
        secret: secret.clone(),
        expires_at: Some(expires),
    });
    account
        .submit(owner, change, Options::untold("bench"))
        .await?;
    Ok(secret.reveal().to_owned())
}

fn one_thread() -> std::io::Result<Runtime> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
}

/// The server on a thread of its own.
pub struct Server {
    address: SocketAddr,
    stop: tokio::sync::oneshot::Sender<()>,
    thread: std::thread::JoinHandle<()>,
}

impl Server {
    pub fn start(
        account: &Account,
        limits: Limits,
        also: Vec<Route>,
        runtime: Runtime,
    ) -> anyhow::Result<Self> {
        let router = rolecall::wiring::router(account.engine().clone(), limits.clone(), also)?;
        let (stop, stopped) = tokio::sync::oneshot::channel();
        let socket = std::net::TcpListener::bind("127.0.0.1:0")?;
        socket.set_nonblocking(true)?;
        let address = socket.local_addr()?;
        let thread = std::thread::spawn(move || {
            runtime.block_on(async move {
                let Ok(listener) = tokio::net::TcpListener::from_std(socket) else {
                    return;
                };
                let stopped = async move { drop(stopped.await) };
                let _ = web::serve::serve(listener, router, &limits, None, stopped).await;
            });
        });
        Ok(Self {
            address,
            stop,
            thread,
        })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    pub fn stop(self) {
        let _ = self.stop.send(());
        let _ = self.thread.join();
    }
}

pub fn request(path: &str, token: &str, body: &Value) -> anyhow::Result<Vec<u8>> {
    request_by("POST", path, token, body)
}

pub fn request_by(method: &str, path: &str, token: &str, body: &Value) -> anyhow::Result<Vec<u8>> {
    let body = serde_json::to_vec(body)?;
    let mut request = format!(
        "{method} {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        body.len()
    )
    .into_bytes();
    request.extend(body);
    Ok(request)
}

fn per_second(
    address: SocketAddr,
    path: &str,
    token: &str,
    bodies: &[Value],
) -> anyhow::Result<f64> {
    let requests = bodies
        .iter()
        .map(|body| request(path, token, body))
        .collect::<anyhow::Result<Vec<_>>>()?;
    let requests = &requests;
    let start = Instant::now();
    let counts = std::thread::scope(|scope| {
        let clients: Vec<_> = (0..CLIENTS)
            .map(|client| {
                scope.spawn(move || -> anyhow::Result<usize> {
                    let mut connection = Client::connect(address)?;
                    let mut asked = 0;
                    while start.elapsed() < RUN {
                        let next = (client + asked * CLIENTS) % requests.len();
                        connection.ask(&requests[next])?;
                        asked += 1;
                    }
                    Ok(asked)
                })
            })
            .collect();
        clients
            .into_iter()
            .map(|client| {
                client
                    .join()
                    .map_err(|_| anyhow::anyhow!("a client panicked"))?
            })
            .collect::<anyhow::Result<Vec<_>>>()
    })?;
    Ok(counts.iter().sum::<usize>() as f64 / start.elapsed().as_secs_f64())
}

/// A client that does as little as can be done: what is measured is the server.
pub struct Client {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Client {
    pub fn connect(address: SocketAddr) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream,
            buffer: vec![0; 1 << 20],
        })
    }

    /// Sends a request and gives back the body of a good answer.
    pub fn ask(&mut self, request: &[u8]) -> anyhow::Result<&[u8]> {
        let (head, body) = self.exchange(request)?;
        anyhow::ensure!(
            head.starts_with(b"HTTP/1.1 200"),
            "{}",
            String::from_utf8_lossy(head)
        );
        Ok(body)
    }

    /// Sends a request and gives back head and body of the answer.
    pub fn exchange(&mut self, request: &[u8]) -> anyhow::Result<(&[u8], &[u8])> {
        self.stream.write_all(request)?;
        let mut read = 0;
        let (head, length) = loop {
            let got = self.stream.read(&mut self.buffer[read..])?;
            anyhow::ensure!(got > 0, "the server hung up");
            read += got;
            let seen = &self.buffer[..read];
            if let Some(at) = seen.windows(4).position(|bytes| bytes == b"\r\n\r\n") {
                let text = std::str::from_utf8(&seen[..at])?;
                let length = text
                    .lines()
                    .filter_map(|line| line.split_once(": "))
                    .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
                    .map(|(_, value)| value.parse::<usize>());
                let length =
                    length.ok_or_else(|| anyhow::anyhow!("an answer without length"))??;
                break (at + 4, length);
            }
        };
        while read < head + length {
            let got = self.stream.read(&mut self.buffer[read..])?;
            anyhow::ensure!(got > 0, "the server hung up");
            read += got;
        }
        Ok((&self.buffer[..head], &self.buffer[head..head + length]))
    }
}
