//! One request, on a connection of its own, to an address that was checked.

use std::fmt;
use std::future::Future;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::client::conn::http1;
use hyper::header::{CONTENT_LENGTH, CONTENT_TYPE, HOST, HeaderName, HeaderValue, USER_AGENT};
use hyper::{Method, Request, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};

use crate::tls;
use crate::{Address, Allowed};

/// How long one address may take to answer that it is there: the next one is tried then.
const CONNECT: Duration = Duration::from_secs(5);
/// Names that are looked up at once. A look that nobody waits for any more goes on in a thread of the machine's, and counts until it ends.
const LOOKUPS_MAX: usize = 32;
/// Addresses of one name that are tried.
const TRIED_MAX: usize = 4;
/// Bytes of the head of an answer.
const HEAD_MAX: usize = 32 * 1024;
/// Who asks.
const AGENT: &str = "Rolecall";

/// Why nothing came back. Its code names no address, and nothing that was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// The name leads nowhere.
    #[error("not_resolved")]
    NotResolved,
    /// It leads into a network that may not be spoken to, or without TLS to the public one.
    #[error("address_refused")]
    Refused,
    /// Nobody is there.
    #[error("not_connected")]
    NotConnected,
    /// Nobody vouches for whoever is there, or they do not speak TLS.
    #[error("no_tls")]
    NoTls,
    /// It took too long.
    #[error("timeout")]
    Timeout,
    /// The answer is longer than anybody reads.
    #[error("too_large")]
    TooLarge,
    /// The connection broke, or what came is no HTTP.
    #[error("broken")]
    Broken,
}

impl Failure {
    /// A stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::NotResolved => "not_resolved",
            Self::Refused => "address_refused",
            Self::NotConnected => "not_connected",
            Self::NoTls => "no_tls",
            Self::Timeout => "timeout",
            Self::TooLarge => "too_large",
            Self::Broken => "broken",
        }
    }
}

/// What is asked.
#[derive(Debug)]
pub struct Question<'a> {
    /// `GET` or `POST`.
    pub method: Method,
    /// Of whom.
    pub address: &'a Address,
    /// Beside those that every question has.
    pub headers: Vec<(HeaderName, HeaderValue)>,
    /// The kind of the body.
    pub media: &'static str,
    /// Empty where there is none.
    pub body: Bytes,
    /// Bytes of the answer that are read at most; with more it has failed. Of none nothing is read: whoever asks for the status alone has it
    /// as soon as it is there, however long the rest is, and however slow.
    pub answer_max: usize,
    /// From the first look for the address to the last byte.
    pub within: Duration,
}

/// What came back. Where it leads elsewhere, nobody goes there.
#[derive(Debug)]
pub struct Answer {
    /// Its status, whatever it is.
    pub status: StatusCode,
    /// What it says.
    pub body: Bytes,
}

/// The addresses that a name leads to, or none.
pub type Found<'a> = Pin<Box<dyn Future<Output = Vec<IpAddr>> + Send + 'a>>;

/// Finds where a name leads.
pub trait Resolve: Send + Sync + 'static {
    /// All that there are.
    fn addresses<'a>(&'a self, name: &'a str) -> Found<'a>;
}

/// As the machine finds them.
struct ByTheMachine;

impl Resolve for ByTheMachine {
    fn addresses<'a>(&'a self, name: &'a str) -> Found<'a> {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name, 0)).await;
            found.map_or_else(|_| Vec::new(), |found| found.map(|at| at.ip()).collect())
        })
    }
}

/// Sends requests. Clones share what they need for it.
#[derive(Clone)]
pub struct Outgoing {
    allowed: Allowed,
    tls: TlsConnector,
    resolve: Arc<dyn Resolve>,
    lookups: Arc<Semaphore>,
}

impl fmt::Debug for Outgoing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outgoing")
            .field("allowed", &self.allowed)
            .finish_non_exhaustive()
    }
}

impl Outgoing {
    /// To public addresses and these networks; TLS with whom the machine trusts, and with those for whom one of these vouches. `None` where
    /// no TLS can be spoken at all.
    pub fn new(allowed: Allowed, also: &[CertificateDer<'static>]) -> Option<Self> {
        Some(Self {
            allowed,
            tls: tls::connector(also)?,
            resolve: Arc::new(ByTheMachine),
            lookups: Arc::new(Semaphore::new(LOOKUPS_MAX)),
        })
    }

    /// The same with other names: for tests.
    #[must_use]
    pub fn resolving(self, resolve: impl Resolve) -> Self {
        Self {
            resolve: Arc::new(resolve),
            ..self
        }
    }

    /// Where requests may go.
    pub fn allowed(&self) -> &Allowed {
        &self.allowed
    }

    /// Asks, and reads the answer to its end.
    pub async fn send(&self, question: Question<'_>) -> Result<Answer, Failure> {
        let within = question.within;
        let asked = tokio::time::timeout(within, self.ask(question));
        asked.await.unwrap_or(Err(Failure::Timeout))
    }

    async fn ask(&self, question: Question<'_>) -> Result<Answer, Failure> {
        let address = question.address;
        let places = self.places(address).await?;
        let stream = connected(&places).await?;
        // A request is one small piece: it does not wait for another one.
        let _ = stream.set_nodelay(true);
        if !address.is_tls() {
            return exchange(stream, question).await;
        }
        let name = match (address.name(), address.ip()) {
            (Some(name), _) => ServerName::try_from(name.to_owned()).map_err(|_| Failure::NoTls)?,
            (None, Some(ip)) => ServerName::IpAddress(ip.into()),
            (None, None) => return Err(Failure::NoTls),
        };
        let stream = self.tls.connect(name, stream).await;
        exchange(stream.map_err(|_| Failure::NoTls)?, question).await
    }

    /// What a name leads to: found by a task of its own, which ends with the look and not with whoever waits for it.
    async fn addresses(&self, name: String) -> Vec<IpAddr> {
        let Ok(permit) = Arc::clone(&self.lookups).acquire_owned().await else {
            return Vec::new();
        };
        let resolve = Arc::clone(&self.resolve);
        let look = tokio::spawn(async move {
            let _permit = permit;
            resolve.addresses(&name).await
        });
        look.await.unwrap_or_default()
    }

    /// Where the address leads. If one of the places may not be spoken to, none is: whoever gives a name two faces is not believed.
    async fn places(&self, address: &Address) -> Result<Vec<SocketAddr>, Failure> {
        let found = match (address.ip(), address.name()) {
            (Some(ip), _) => vec![ip],
            (None, Some(name)) => self.addresses(name.to_owned()).await,
            (None, None) => Vec::new(),
        };
        if found.is_empty() {
            return Err(Failure::NotResolved);
        }
        let may = |ip: &IpAddr| match address.is_tls() {
            true => self.allowed.admits(*ip),
            false => self.allowed.names(*ip),
        };
        if !found.iter().all(may) {
            return Err(Failure::Refused);
        }
        let place = |ip: IpAddr| SocketAddr::new(ip.to_canonical(), address.port());
        Ok(found.into_iter().take(TRIED_MAX).map(place).collect())
    }
}

async fn connected(places: &[SocketAddr]) -> Result<TcpStream, Failure> {
    for place in places {
        let connect = TcpStream::connect(place);
        if let Ok(Ok(stream)) = tokio::time::timeout(CONNECT, connect).await {
            return Ok(stream);
        }
    }
    Err(Failure::NotConnected)
}

/// What moves a connection on; it ends with the question, however that ends.
struct Moved(JoinHandle<()>);

impl Drop for Moved {
    fn drop(&mut self) {
        self.0.abort();
    }
}

async fn exchange<S>(stream: S, question: Question<'_>) -> Result<Answer, Failure>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let mut builder = http1::Builder::new();
    builder.max_buf_size(HEAD_MAX);
    let hands = builder.handshake(TokioIo::new(stream)).await;
    let (mut sender, connection) = hands.map_err(|_| Failure::Broken)?;
    let _moved = Moved(tokio::spawn(async move {
        // Whoever waits for the answer hears that it broke.
        let _ = connection.await;
    }));
    let most = question.answer_max;
    let request = request(question).ok_or(Failure::Broken)?;
    let answer = sender.send_request(request).await;
    let answer = answer.map_err(|_| Failure::Broken)?;
    let status = answer.status();
    if most == 0 {
        let body = Bytes::new();
        return Ok(Answer { status, body });
    }
    let body = Limited::new(answer.into_body(), most).collect().await;
    let body = body.map_err(
        |error| match error.is::<http_body_util::LengthLimitError>() {
            true => Failure::TooLarge,
            false => Failure::Broken,
        },
    )?;
    Ok(Answer {
        status,
        body: body.to_bytes(),
    })
}

fn request(question: Question<'_>) -> Option<Request<Full<Bytes>>> {
    let mut request = Request::builder()
        .method(question.method)
        .uri(question.address.target())
        .header(HOST, question.address.authority())
        .header(USER_AGENT, AGENT)
        .header(CONTENT_LENGTH, question.body.len());
    if !question.body.is_empty() {
        request = request.header(CONTENT_TYPE, question.media);
    }
    for (name, value) in question.headers {
        request = request.header(name, value);
    }
    request.body(Full::new(question.body)).ok()
}
