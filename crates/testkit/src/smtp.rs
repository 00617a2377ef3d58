//! A mail server for tests: it speaks as much SMTP as a client needs, takes what it is sent, and says no on demand.

#![expect(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a test whose mail server cannot be made has failed"
)]

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

use crate::certificates;

/// What the server does with the next mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// Says no to the receiver with this status.
    RefuseReceiver(u16),
    /// Says no to the mail with this status, when it has heard all of it.
    RefuseMail(u16),
    /// Takes it, and hangs up without saying so.
    TakeAndHangUp,
}

/// A mail that the server took.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    /// The receiver, as the envelope names it.
    pub to: String,
    /// Headers and text.
    pub message: String,
    /// Nobody on the way could read it.
    pub secured: bool,
    /// How its sender signed in: the mechanism, and what was said.
    pub sign_in: Option<String>,
}

impl Received {
    /// The value of a header, unfolded; the first of that name.
    pub fn header(&self, name: &str) -> Option<String> {
        let (headers, _) = self.message.split_once("\r\n\r\n")?;
        let unfolded = headers.replace("\r\n ", " ").replace("\r\n\t", " ");
        let mut lines = unfolded.lines();
        lines.find_map(|line| {
            let (found, value) = line.split_once(": ")?;
            found.eq_ignore_ascii_case(name).then(|| value.to_owned())
        })
    }

    /// How many headers there are of a name.
    pub fn headers(&self, name: &str) -> usize {
        let (headers, _) = self.message.split_once("\r\n\r\n").unwrap_or_default();
        let begins = |line: &&str| {
            line.split_once(':')
                .is_some_and(|(found, _)| found.eq_ignore_ascii_case(name))
        };
        headers.lines().filter(begins).count()
    }

    /// The text, with its soft line breaks taken out where it is quoted-printable.
    pub fn text(&self) -> String {
        let (_, text) = self.message.split_once("\r\n\r\n").unwrap_or_default();
        match self.header("Content-Transfer-Encoding").as_deref() {
            Some("quoted-printable") => text.replace("=\r\n", "").replace("=3D", "="),
            _ => text.to_owned(),
        }
    }

    /// The first secret of a link in the text.
    pub fn link(&self) -> Option<String> {
        let text = self.text();
        let at = text.find("rc_")?;
        let secret = text[at..]
            .chars()
            .take_while(|letter| letter.is_ascii_alphanumeric() || *letter == '_');
        Some(secret.collect())
    }
}

#[derive(Debug, Default)]
struct Inner {
    received: Vec<Received>,
    turns: VecDeque<Turn>,
}

/// A running mail server on a port of its own. It ends with the test's runtime.
#[derive(Clone, Debug)]
pub struct MailServer {
    address: SocketAddr,
    inner: Arc<Mutex<Inner>>,
}

impl MailServer {
    /// Starts one that takes mails in the clear.
    pub async fn start() -> Self {
        Self::serve(None).await
    }

    /// Starts one that takes no mail before TLS has begun (STARTTLS). Whoever trusts [`certificates::ROOT`] trusts it, as `localhost`.
    pub async fn start_with_tls() -> Self {
        Self::serve(Some(certificates::acceptor())).await
    }

    async fn serve(tls: Option<TlsAcceptor>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let server = Self {
            address: listener.local_addr().expect("an address"),
            inner: Arc::default(),
        };
        let inner = Arc::clone(&server.inner);
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                // Whoever hangs up in the middle has said all there is.
                tokio::spawn(converse(socket, Arc::clone(&inner), tls.clone()));
            }
        });
        server
    }

    /// As `--smtp` takes it.
    pub fn url(&self) -> String {
        format!("smtp://{}", self.address)
    }

    /// The same by its name, with TLS asked for.
    pub fn url_with_tls(&self) -> String {
        format!("smtp://localhost:{}?tls=required", self.address.port())
    }

    /// What it took, in order.
    pub fn received(&self) -> Vec<Received> {
        self.inner.lock().unwrap().received.clone()
    }

    /// What it does with the next mail, after those before.
    pub fn next(&self, turn: Turn) {
        self.inner.lock().unwrap().turns.push_back(turn);
    }
}

async fn converse(
    socket: TcpStream,
    inner: Arc<Mutex<Inner>>,
    tls: Option<TlsAcceptor>,
) -> std::io::Result<()> {
    let mut socket = BufReader::new(socket);
    socket.write_all(b"220 test ready\r\n").await?;
    let way = match tls {
        None => Way::Plain,
        Some(_) => Way::TlsFirst,
    };
    let begins_tls = talk(&mut socket, &inner, way).await?;
    let (true, Some(tls)) = (begins_tls, tls) else {
        return Ok(());
    };
    let mut socket = BufReader::new(tls.accept(socket.into_inner()).await?);
    talk(&mut socket, &inner, Way::Tls).await.map(drop)
}

/// How a connection is secured.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    Plain,
    TlsFirst,
    Tls,
}

/// Until it is over, or TLS is to begin.
async fn talk<S: AsyncRead + AsyncWrite + Unpin>(
    socket: &mut BufReader<S>,
    inner: &Mutex<Inner>,
    way: Way,
) -> std::io::Result<bool> {
    let (mut to, mut turn, mut sign_in) = (String::new(), None, None);
    loop {
        let mut line = String::new();
        if socket.read_line(&mut line).await? == 0 {
            return Ok(false);
        }
        let verb = line.trim_end().to_ascii_uppercase();
        let answer = if verb.starts_with("EHLO") {
            let tls = if way == Way::TlsFirst {
                "250-STARTTLS\r\n"
            } else {
                ""
            };
            format!("250-test\r\n{tls}250-AUTH PLAIN XOAUTH2\r\n250 8BITMIME")
        } else if verb == "STARTTLS" && way == Way::TlsFirst {
            socket.write_all(b"220 go on\r\n").await?;
            return Ok(true);
        } else if verb == "QUIT" {
            socket.write_all(b"221 bye\r\n").await?;
            return Ok(false);
        } else if way == Way::TlsFirst {
            "530 STARTTLS comes first".to_owned()
        } else if verb.starts_with("AUTH ") {
            sign_in = Some(line.trim_end()[5..].to_owned());
            "235 welcome".to_owned()
        } else if verb.starts_with("MAIL FROM:") {
            turn = inner.lock().unwrap().turns.pop_front();
            "250 ok".to_owned()
        } else if verb.starts_with("RCPT TO:") {
            to = line.trim_end()[8..].trim_matches(['<', '>']).to_owned();
            match turn {
                Some(Turn::RefuseReceiver(status)) => format!("{status} no <{to}> here"),
                _ => "250 ok".to_owned(),
            }
        } else if verb == "DATA" {
            socket.write_all(b"354 go on\r\n").await?;
            let message = read_message(socket).await?;
            if let Some(Turn::RefuseMail(status)) = turn {
                format!("{status} not this for <{to}>")
            } else {
                let to = to.clone();
                let secured = way == Way::Tls;
                let received = Received {
                    to,
                    message,
                    secured,
                    sign_in: sign_in.clone(),
                };
                inner.lock().unwrap().received.push(received);
                if turn == Some(Turn::TakeAndHangUp) {
                    return Ok(false);
                }
                "250 taken".to_owned()
            }
        } else {
            "250 ok".to_owned()
        };
        socket.write_all(format!("{answer}\r\n").as_bytes()).await?;
    }
}

/// Up to the line with a point alone; points that were doubled for that are single again.
async fn read_message<S: AsyncRead + Unpin>(socket: &mut BufReader<S>) -> std::io::Result<String> {
    let mut message = String::new();
    loop {
        let mut line = String::new();
        if socket.read_line(&mut line).await? == 0 || line == ".\r\n" {
            return Ok(message);
        }
        message.push_str(line.strip_prefix('.').unwrap_or(&line));
    }
}
