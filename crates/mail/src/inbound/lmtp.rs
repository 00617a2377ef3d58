//! A listener for LMTP (RFC 2033): a mail server of the operator hands over mails here, and is told for each receiver what became of it.
//!
//! It asks nobody who they are, and speaks no TLS. So it listens on this machine, or at a socket of it, and elsewhere only where it is told
//! that nobody else can reach that network.

mod command;
mod data;
mod session;

use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, UnixListener};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;

use super::receive::{Handler, SIZE_MAX, describe};
use session::Session;

/// How long the listener waits when the machine has no room for another connection.
const BREATH: Duration = Duration::from_millis(100);

/// Bounds of a listener.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Largest mail, in bytes.
    pub size: usize,
    /// Connections at once; more wait.
    pub connections: usize,
    /// Longest wait for the next command.
    pub silence: Duration,
    /// Longest time for one mail to arrive.
    pub mail: Duration,
    /// Longest time for a mail to be stored.
    pub stored: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            size: SIZE_MAX,
            connections: 16,
            silence: Duration::from_secs(5 * 60),
            mail: Duration::from_secs(10 * 60),
            stored: Duration::from_secs(60),
        }
    }
}

/// Why there is no listener.
#[derive(Debug, thiserror::Error)]
pub enum LmtpError {
    /// How it is named.
    #[error("a listener for mails is named like lmtp://127.0.0.1:2424, or unix:/run/rolecall/lmtp")]
    Address,
    /// Whoever reaches it may hand over mails.
    #[error(
        "mails are taken from this machine only: name a loopback address, or add ?network=trusted where nobody else reaches it"
    )]
    Open,
    /// The machine says no.
    #[error("the listener for mails cannot be opened")]
    Io(#[from] io::Error),
}

/// A listener that is open.
#[derive(Debug)]
pub struct Lmtp {
    listener: Listener,
    limits: Limits,
    _socket: Option<Socket>,
}

#[derive(Debug)]
enum Listener {
    Tcp(TcpListener),
    Unix(UnixListener),
}

/// The socket goes when its listener does.
#[derive(Debug)]
struct Socket(PathBuf);

impl Drop for Socket {
    fn drop(&mut self) {
        let _gone_already = std::fs::remove_file(&self.0);
    }
}

impl Lmtp {
    /// Opens one.
    pub async fn open(address: &str, limits: Limits) -> Result<Self, LmtpError> {
        let (listener, socket) = match place(address)? {
            Place::Tcp(address) => (Listener::Tcp(TcpListener::bind(address).await?), None),
            Place::Unix(path) => {
                remove_stale(&path).await?;
                let listener = UnixListener::bind(&path)?;
                (Listener::Unix(listener), Some(Socket(path)))
            }
        };
        Ok(Self {
            listener,
            limits,
            _socket: socket,
        })
    }

    /// Its port, which the machine chose where 0 was asked for; `None` for a socket.
    pub fn port(&self) -> Option<u16> {
        match &self.listener {
            Listener::Tcp(listener) => Some(listener.local_addr().ok()?.port()),
            Listener::Unix(_) => None,
        }
    }

    /// Takes mails until it is asked to stop; a mail that is on its way then is finished.
    pub async fn run<H: Handler>(self, handler: Arc<H>, stop: impl Future<Output = ()>) {
        describe();
        let mut stop = std::pin::pin!(stop);
        let (stopping, stopped) = watch::channel(false);
        let room = Arc::new(Semaphore::new(self.limits.connections));
        let mut sessions = JoinSet::new();
        loop {
            while sessions.try_join_next().is_some() {}
            let next = async {
                let room = Arc::clone(&room).acquire_owned().await.ok()?;
                let session = Session::new(self.limits, Arc::clone(&handler), stopped.clone());
                Some((room, session, self.listener.accept().await))
            };
            let (room, session, accepted) = tokio::select! {
                biased;
                () = &mut stop => break,
                Some(next) = next => next,
            };
            match accepted {
                Ok(Accepted::Tcp(stream)) => sessions.spawn(async move {
                    session.converse(stream).await;
                    drop(room);
                }),
                Ok(Accepted::Unix(stream)) => sessions.spawn(async move {
                    session.converse(stream).await;
                    drop(room);
                }),
                Err(error) => {
                    tracing::warn!(%error, "a connection with mails could not be taken");
                    tokio::time::sleep(BREATH).await;
                    continue;
                }
            };
        }
        // Nobody is listening only when every session is over.
        let _ = stopping.send(true);
        while sessions.join_next().await.is_some() {}
    }
}

enum Accepted {
    Tcp(tokio::net::TcpStream),
    Unix(tokio::net::UnixStream),
}

impl Listener {
    async fn accept(&self) -> io::Result<Accepted> {
        match self {
            Self::Tcp(listener) => Ok(Accepted::Tcp(listener.accept().await?.0)),
            Self::Unix(listener) => Ok(Accepted::Unix(listener.accept().await?.0)),
        }
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Place {
    Tcp(SocketAddr),
    Unix(PathBuf),
}

fn place(address: &str) -> Result<Place, LmtpError> {
    if let Some(path) = address.strip_prefix("unix:") {
        let path = PathBuf::from(path);
        return if path.is_absolute() {
            Ok(Place::Unix(path))
        } else {
            Err(LmtpError::Address)
        };
    }
    let rest = address.strip_prefix("lmtp://").ok_or(LmtpError::Address)?;
    let (rest, is_trusted) = match rest.strip_suffix("?network=trusted") {
        Some(rest) => (rest, true),
        None => (rest, false),
    };
    let rest = rest.replace("localhost:", "127.0.0.1:");
    let address: SocketAddr = rest.parse().map_err(|_| LmtpError::Address)?;
    if is_trusted || address.ip().is_loopback() {
        Ok(Place::Tcp(address))
    } else {
        Err(LmtpError::Open)
    }
}

/// Takes away the socket of a process that was killed; one behind which somebody listens stays, and so does everything that is no socket.
async fn remove_stale(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::FileTypeExt as _;
    let Ok(found) = tokio::fs::symlink_metadata(path).await else {
        return Ok(());
    };
    let is_stale = found.file_type().is_socket()
        && tokio::net::UnixStream::connect(path)
            .await
            .is_err_and(|error| error.kind() == io::ErrorKind::ConnectionRefused);
    if is_stale {
        tokio::fs::remove_file(path).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mails_are_taken_from_this_machine_unless_it_is_said_otherwise() {
        let tcp = |address: &str| Some(Place::Tcp(address.parse().unwrap()));
        for (address, wanted) in [
            ("lmtp://127.0.0.1:2424", tcp("127.0.0.1:2424")),
            ("lmtp://localhost:2424", tcp("127.0.0.1:2424")),
            ("lmtp://[::1]:24", tcp("[::1]:24")),
            ("lmtp://0.0.0.0:24?network=trusted", tcp("0.0.0.0:24")),
            ("unix:/run/x", Some(Place::Unix(PathBuf::from("/run/x")))),
            ("lmtp://0.0.0.0:24", None),
            ("lmtp://192.0.2.1:24", None),
            ("lmtp://127.0.0.1", None),
            ("lmtp://mail.example.org:24", None),
            ("unix:run/x", None),
            ("127.0.0.1:24", None),
            ("", None),
        ] {
            assert_eq!(place(address).ok(), wanted, "{address}");
        }
    }
}
