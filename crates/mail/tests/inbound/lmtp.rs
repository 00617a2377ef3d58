//! The listener for mails, word by word (RFC 2033).

use std::sync::Arc;
use std::time::Duration;

use mail::inbound::{Delivery, Handler, Limits, Lmtp, Outcome, RECIPIENTS_MAX};
use tokio::io::{
    AsyncBufReadExt as _, AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, BufReader,
};
use tokio::net::{TcpStream, UnixStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::keeper::Keeper;

struct Running {
    port: u16,
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

async fn start<H: Handler>(handler: H, limits: Limits) -> Running {
    let lmtp = Lmtp::open("lmtp://127.0.0.1:0", limits).await.unwrap();
    let port = lmtp.port().unwrap();
    let (stop, stopped) = oneshot::channel();
    let task = tokio::spawn(lmtp.run(Arc::new(handler), async {
        let _ = stopped.await;
    }));
    Running { port, stop, task }
}

impl Running {
    async fn connect(&self) -> Client<TcpStream> {
        let stream = TcpStream::connect(("127.0.0.1", self.port)).await.unwrap();
        Client::of(stream).await
    }
}

struct Client<S>(BufReader<S>);

impl<S: AsyncRead + AsyncWrite + Unpin> Client<S> {
    async fn of(stream: S) -> Self {
        let mut client = Self(BufReader::new(stream));
        assert!(client.hear().await.starts_with("220 "));
        client
    }

    async fn hear(&mut self) -> String {
        let mut line = String::new();
        self.0.read_line(&mut line).await.unwrap();
        line.trim_end().to_owned()
    }

    /// Says lines, and hears as many answers.
    async fn say(&mut self, lines: &[&str], answers: usize) -> Vec<String> {
        let text: String = lines.iter().map(|line| format!("{line}\r\n")).collect();
        self.0.write_all(text.as_bytes()).await.unwrap();
        let mut heard = Vec::new();
        while heard.len() < answers {
            let line = self.hear().await;
            assert!(!line.is_empty(), "hung up after {heard:?}");
            // All lines of an answer but the last.
            if line.as_bytes().get(3) != Some(&b'-') {
                heard.push(line);
            }
        }
        heard
    }

    async fn is_over(&mut self) -> bool {
        let mut rest = Vec::new();
        self.0
            .read_to_end(&mut rest)
            .await
            .is_ok_and(|_| rest.is_empty())
    }
}

fn codes(answers: &[String]) -> Vec<&str> {
    answers.iter().map(|answer| &answer[..3]).collect()
}

#[tokio::test]
async fn a_mail_is_answered_for_each_receiver_when_it_is_stored() {
    let keeper = Keeper::that_says(&[Outcome::Stored, Outcome::Refused, Outcome::Later]);
    let running = start(keeper.clone(), Limits::default()).await;
    let mut client = running.connect().await;
    client
        .0
        .write_all(b"LHLO mx.example.org\r\n")
        .await
        .unwrap();
    let mut said = Vec::new();
    while said
        .last()
        .is_none_or(|line: &String| line.starts_with("250-"))
    {
        said.push(client.hear().await);
    }
    for extension in [
        "PIPELINING",
        "8BITMIME",
        "SMTPUTF8",
        "ENHANCEDSTATUSCODES",
        "SIZE 26214400",
    ] {
        assert!(
            said.iter().any(|line| &line[4..] == extension),
            "{extension}"
        );
    }
    // All in one go, as servers say it (RFC 2920).
    let answers = client
        .say(
            &[
                "MAIL FROM:<rita@example.net> BODY=8BITMIME SMTPUTF8 SIZE=99",
                "RCPT TO:<support@example.org>",
                "RCPT TO:<nobody@example.org>",
                "RCPT TO:<b@example.org>",
                "RCPT TO:<ü@example.org>",
                "DATA",
                "From: rita@example.net",
                "",
                "..ä",
                ".",
                "NOOP",
                "QUIT",
            ],
            11,
        )
        .await;
    let wanted = [
        "250", "250", "550", "250", "250", "354", "250", "550", "451", "250", "221",
    ];
    assert_eq!(codes(&answers), wanted);
    assert!(client.is_over().await);
    let wanted = Delivery {
        sender: Some("rita@example.net".to_owned()),
        recipients: ["support@example.org", "b@example.org", "ü@example.org"]
            .map(str::to_owned)
            .to_vec(),
        raw: "From: rita@example.net\r\n\r\n.ä\r\n".as_bytes().to_vec(),
    };
    assert_eq!(keeper.mails(), [wanted]);
}

#[tokio::test]
async fn what_is_said_in_another_order_is_not_taken() {
    let keeper = Keeper::default();
    let running = start(keeper.clone(), Limits::default()).await;
    let mut client = running.connect().await;
    for (line, code) in [
        ("MAIL FROM:<a@b.example>", "503"),
        ("EHLO x", "500"),
        ("LHLO x", "250"),
        ("RCPT TO:<a@b.example>", "503"),
        ("DATA", "503"),
        ("MAIL FROM:<a@b.example> SIZE=99999999999", "552"),
        ("MAIL FROM:<>", "250"),
        ("MAIL FROM:<a@b.example>", "503"),
        ("DATA", "503"),
        ("RCPT TO:<nobody@b.example>", "550"),
        ("DATA", "503"),
        ("RSET", "250"),
        ("RCPT TO:<a@b.example>", "503"),
        ("VRFY a", "252"),
        ("STARTTLS", "500"),
        ("QUIT", "221"),
    ] {
        let answers = client.say(&[line], 1).await;
        assert_eq!(codes(&answers), [code], "{line}");
    }
    assert!(client.is_over().await);
    assert!(keeper.mails().is_empty());
}

#[tokio::test]
async fn nobody_can_say_too_much() {
    let limits = Limits {
        size: 1_000,
        ..Limits::default()
    };
    let keeper = Keeper::default();
    let running = start(keeper.clone(), limits).await;

    // A mail that is too large is heard to its end, and the next one is taken.
    let mut client = running.connect().await;
    let large = "a".repeat(2_000);
    let begin = ["LHLO x", "MAIL FROM:<>", "RCPT TO:<a@b.example>", "DATA"];
    client.say(&begin, 4).await;
    let answers = client.say(&[&large, "."], 1).await;
    assert_eq!(codes(&answers), ["552"]);
    client.say(&begin, 4).await;
    let answers = client.say(&["a", "."], 1).await;
    assert_eq!(codes(&answers), ["250"]);
    assert_eq!(keeper.mails().len(), 1);
    assert_eq!(keeper.mails()[0].sender, None);

    // Receivers.
    client.say(&["MAIL FROM:<>"], 1).await;
    for _ in 0..RECIPIENTS_MAX {
        client.say(&["RCPT TO:<a@b.example>"], 1).await;
    }
    let answers = client.say(&["RCPT TO:<a@b.example>"], 1).await;
    assert_eq!(codes(&answers), ["452"]);

    // A line.
    let answers = client.say(&[&"a".repeat(5_000)], 1).await;
    assert_eq!(codes(&answers), ["500"]);

    // Mistakes.
    let mut client = running.connect().await;
    let mut answers = Vec::new();
    while answers.last() != Some(&"421") && answers.len() < 100 {
        let said = client.say(&["WHAT"], 1).await;
        answers.push(if said[0].starts_with("421") {
            "421"
        } else {
            "500"
        });
        if answers.len() == 50 {
            assert!(client.hear().await.starts_with("421"));
            break;
        }
    }
    assert!(client.is_over().await);
}

#[tokio::test]
async fn nobody_can_wait_for_ever_and_only_so_many_at_once() {
    let limits = Limits {
        connections: 2,
        silence: Duration::from_millis(200),
        mail: Duration::from_millis(200),
        stored: Duration::from_millis(200),
        ..Limits::default()
    };
    let slow = Keeper::that_takes(Duration::from_secs(60));
    let running = start(slow, limits).await;
    let mut first = running.connect().await;
    let mut second = running.connect().await;
    let stream = TcpStream::connect(("127.0.0.1", running.port))
        .await
        .unwrap();
    let mut third = BufReader::new(stream);
    let mut line = String::new();
    let waits = tokio::time::timeout(Duration::from_millis(50), third.read_line(&mut line)).await;
    assert!(waits.is_err(), "the third waits");
    // A mail that is never stored is answered with: come again.
    let begin = ["LHLO x", "MAIL FROM:<>", "RCPT TO:<a@b.example>", "DATA"];
    first.say(&begin, 4).await;
    let answers = first.say(&["a", "."], 1).await;
    assert_eq!(codes(&answers), ["451"]);
    // One that never ends is not waited for.
    let heard = second.hear().await;
    assert!(heard.starts_with("421"), "{heard}");
    third.read_line(&mut line).await.unwrap();
    assert!(line.starts_with("220"), "{line}");
    let mut third = Client(third);
    third.say(&begin, 4).await;
    let heard = third.hear().await;
    assert!(heard.starts_with("421"), "{heard}");
}

#[tokio::test]
async fn a_mail_that_breaks_off_is_none() {
    let keeper = Keeper::default();
    let running = start(keeper.clone(), Limits::default()).await;
    let mut client = running.connect().await;
    client
        .say(
            &["LHLO x", "MAIL FROM:<>", "RCPT TO:<a@b.example>", "DATA"],
            4,
        )
        .await;
    client
        .0
        .write_all(b"From: a@b.example\r\n\r\nHalf")
        .await
        .unwrap();
    client.0.shutdown().await.unwrap();
    assert!(client.is_over().await);
    assert!(keeper.mails().is_empty());
}

#[tokio::test]
async fn when_it_stops_what_is_on_its_way_is_finished() {
    let keeper = Keeper::that_takes(Duration::from_millis(300));
    let running = start(keeper.clone(), Limits::default()).await;
    let (mut busy, mut idle) = (running.connect().await, running.connect().await);
    busy.say(
        &["LHLO x", "MAIL FROM:<>", "RCPT TO:<a@b.example>", "DATA"],
        4,
    )
    .await;
    busy.0.write_all(b"a\r\n.\r\n").await.unwrap();
    tokio::time::sleep(Duration::from_millis(100)).await;
    drop(running.stop);
    assert!(idle.hear().await.starts_with("421"));
    assert!(busy.hear().await.starts_with("250"));
    assert!(busy.hear().await.starts_with("421"));
    running.task.await.unwrap();
    assert_eq!(keeper.mails().len(), 1);
}

#[tokio::test]
async fn a_socket_of_this_machine_is_opened_again_after_a_crash_and_never_taken_from_another() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("lmtp");
    let address = format!("unix:{}", path.display());
    // Left by a process that was killed.
    drop(std::os::unix::net::UnixListener::bind(&path).unwrap());
    let lmtp = Lmtp::open(&address, Limits::default()).await.unwrap();
    assert!(Lmtp::open(&address, Limits::default()).await.is_err());
    let (stop, stopped) = oneshot::channel::<()>();
    let keeper = Keeper::default();
    let task = tokio::spawn(lmtp.run(Arc::new(keeper.clone()), async {
        let _ = stopped.await;
    }));
    let mut client = Client::of(UnixStream::connect(&path).await.unwrap()).await;
    let answers = client.say(&["LHLO x"], 1).await;
    assert_eq!(codes(&answers), ["250"]);
    drop((client, stop));
    task.await.unwrap();
    assert!(!path.exists());
    // What is no socket stays.
    std::fs::write(&path, "mine").unwrap();
    assert!(Lmtp::open(&address, Limits::default()).await.is_err());
    assert_eq!(std::fs::read(&path).unwrap(), b"mine");
}
