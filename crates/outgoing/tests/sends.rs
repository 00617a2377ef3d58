//! What is sent, and what is not, on real sockets.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::{
    net::{IpAddr, Ipv4Addr},
    time::Duration,
};

use bytes::Bytes;
use hyper::Method;
use outgoing::{Address, Allowed, Answer, Failure, Outgoing, Question, Resolve};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

/// Names lead where a test says.
struct Names(Vec<IpAddr>);

impl Resolve for Names {
    fn addresses<'a>(
        &'a self,
        _: &'a str,
    ) -> std::pin::Pin<Box<dyn Future<Output = Vec<IpAddr>> + Send + 'a>> {
        Box::pin(std::future::ready(self.0.clone()))
    }
}

const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
const PUBLIC: IpAddr = IpAddr::V4(Ipv4Addr::new(1, 1, 1, 1));

fn here() -> Allowed {
    vec!["127.0.0.0/8".parse().unwrap()].into()
}

/// Answers each connection with this, and says what came on the first.
async fn server(answer: &'static [u8]) -> (u16, tokio::sync::mpsc::Receiver<String>) {
    let listener = TcpListener::bind((HERE, 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let (came, comes) = tokio::sync::mpsc::channel(8);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut bytes = vec![0; 8_192];
            let read = stream.read(&mut bytes).await.unwrap();
            let text = String::from_utf8_lossy(&bytes[..read]).into_owned();
            came.send(text).await.unwrap();
            stream.write_all(answer).await.unwrap();
        }
    });
    (port, comes)
}

async fn ask(outgoing: &Outgoing, url: &str) -> Result<Answer, Failure> {
    ask_for(outgoing, url, 64).await
}

async fn ask_for(outgoing: &Outgoing, url: &str, answer_max: usize) -> Result<Answer, Failure> {
    let address = Address::parse(url, outgoing.allowed()).expect("an address that can be typed");
    let question = Question {
        method: Method::POST,
        address: &address,
        headers: Vec::new(),
        media: "application/json",
        body: Bytes::from_static(b"{}"),
        answer_max,
        within: Duration::from_secs(2),
    };
    outgoing.send(question).await
}

#[tokio::test]
async fn a_question_goes_where_it_is_sent_and_its_answer_comes_back() {
    let (port, mut came) = server(b"HTTP/1.1 202 Accepted\r\nContent-Length: 2\r\n\r\nok").await;
    let outgoing = Outgoing::new(here(), &[]).unwrap();
    let answer = ask(&outgoing, &format!("http://127.0.0.1:{port}/a?b=c"))
        .await
        .unwrap();
    assert_eq!(
        (answer.status.as_u16(), &answer.body[..]),
        (202, &b"ok"[..])
    );
    let asked = came.recv().await.unwrap().to_ascii_lowercase();
    assert!(asked.starts_with("post /a?b=c http/1.1\r\n"), "{asked}");
    assert!(
        asked.contains(&format!("host: 127.0.0.1:{port}\r\n")),
        "{asked}"
    );
    assert!(
        asked.contains("content-type: application/json\r\n") && asked.ends_with("{}"),
        "{asked}"
    );
}

#[tokio::test]
async fn a_name_that_leads_inside_is_refused_whatever_else_it_leads_to() {
    let (port, mut came) = server(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").await;
    let closed = || Outgoing::new(Allowed::default(), &[]).unwrap();
    let url = format!("https://receiver.example.org:{port}/");
    for places in [
        vec![HERE],
        vec![PUBLIC, HERE],
        vec!["::ffff:127.0.0.1".parse().unwrap()],
    ] {
        let outgoing = closed().resolving(Names(places));
        assert_eq!(ask(&outgoing, &url).await.unwrap_err(), Failure::Refused);
    }
    assert_eq!(
        ask(&closed(), &format!("https://localhost:{port}/"))
            .await
            .unwrap_err(),
        Failure::Refused
    );
    let nowhere = closed().resolving(Names(Vec::new()));
    assert_eq!(ask(&nowhere, &url).await.unwrap_err(), Failure::NotResolved);
    assert!(came.try_recv().is_err(), "nobody was asked");
}

#[tokio::test]
async fn without_tls_only_what_the_operator_names_is_spoken_to() {
    let outgoing = Outgoing::new(here(), &[])
        .unwrap()
        .resolving(Names(vec![PUBLIC]));
    let asked = ask(&outgoing, "http://receiver.example.org/").await;
    assert_eq!(asked.unwrap_err(), Failure::Refused);
    let (port, _came) = server(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").await;
    let outgoing = Outgoing::new(here(), &[])
        .unwrap()
        .resolving(Names(vec![HERE]));
    ask(&outgoing, &format!("http://receiver.example.org:{port}/"))
        .await
        .unwrap();
}

#[tokio::test]
async fn a_redirect_is_an_answer_and_nobody_goes_there() {
    let (there, mut never) = server(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").await;
    let answer = format!(
        "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:{there}/\r\nContent-Length: 0\r\n\r\n"
    );
    let (port, _came) = server(Box::leak(answer.into_bytes().into_boxed_slice())).await;
    let outgoing = Outgoing::new(here(), &[]).unwrap();
    let answer = ask(&outgoing, &format!("http://127.0.0.1:{port}/"))
        .await
        .unwrap();
    assert_eq!(answer.status.as_u16(), 302);
    assert!(never.try_recv().is_err());
}

#[tokio::test]
async fn what_comes_back_is_bounded_in_size_and_time() {
    let outgoing = Outgoing::new(here(), &[]).unwrap();
    let url = |port: u16| format!("http://127.0.0.1:{port}/");
    let long = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n\
        0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789";
    let (port, _came) = server(long).await;
    assert_eq!(
        ask(&outgoing, &url(port)).await.unwrap_err(),
        Failure::TooLarge
    );
    // It begins to answer, and goes on for ever.
    let (port, _came) = server(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nslow").await;
    let asked = ask(&outgoing, &url(port)).await;
    assert!(
        matches!(asked, Err(Failure::Timeout | Failure::Broken)),
        "{asked:?}"
    );
    let (port, _came) = server(b"SMTP is what I speak\r\n").await;
    assert_eq!(
        ask(&outgoing, &url(port)).await.unwrap_err(),
        Failure::Broken
    );
    let closed = TcpListener::bind((HERE, 0)).await.unwrap();
    let port = closed.local_addr().unwrap().port();
    drop(closed);
    assert_eq!(
        ask(&outgoing, &url(port)).await.unwrap_err(),
        Failure::NotConnected
    );
    let (port, _came) = server(b"HTTP/1.1 400 No\r\n\r\n").await;
    let url = format!("https://127.0.0.1:{port}/");
    assert_eq!(ask(&outgoing, &url).await.unwrap_err(), Failure::NoTls);
}

#[tokio::test]
async fn whoever_asks_for_the_status_alone_has_it_however_long_and_slow_the_rest_is() {
    let outgoing = Outgoing::new(here(), &[]).unwrap();
    // It says that a million bytes come, and they never do.
    let (port, _came) = server(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\nslow").await;
    let answer = ask_for(&outgoing, &format!("http://127.0.0.1:{port}/"), 0).await;
    let answer = answer.unwrap();
    assert_eq!((answer.status.as_u16(), answer.body.len()), (200, 0));
}

/// Looks for ever, and counts how many do.
struct Lost(std::sync::Arc<std::sync::atomic::AtomicUsize>);

impl Resolve for Lost {
    fn addresses<'a>(
        &'a self,
        _: &'a str,
    ) -> std::pin::Pin<Box<dyn Future<Output = Vec<IpAddr>> + Send + 'a>> {
        self.0.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        Box::pin(std::future::pending())
    }
}

#[tokio::test]
async fn names_that_lead_nowhere_take_few_threads_however_many_are_asked_for() {
    let looks = std::sync::Arc::default();
    let lost = Lost(std::sync::Arc::clone(&looks));
    let outgoing = Outgoing::new(here(), &[]).unwrap().resolving(lost);
    let mut asked = tokio::task::JoinSet::new();
    for _ in 0..100 {
        let outgoing = outgoing.clone();
        asked.spawn(async move { ask(&outgoing, "https://receiver.example.org/").await });
    }
    for answer in asked.join_all().await {
        assert_eq!(answer.unwrap_err(), Failure::Timeout);
    }
    assert_eq!(looks.load(std::sync::atomic::Ordering::SeqCst), 32);
}
