//! Mails from a folder of a mail server (IMAP), for whoever cannot have them handed over.
//!
//! A mail stays unseen until it is stored, so none is lost; the answer to that may be, so one may come twice.

mod address;

use std::collections::BTreeSet;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use async_imap::{Client, Session};
use futures_util::TryStreamExt as _;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};

use super::receive::{Delivery, Handler, Outcome, SIZE_MAX, count, describe};
use crate::access_token::AccessToken;
use crate::tls;
use address::{Place, SignIn};

/// Longest wait for one answer of the server.
const ANSWER: Duration = Duration::from_secs(60);
/// Longest time for one mail to arrive.
const MAIL: Duration = Duration::from_secs(5 * 60);
/// Longest time for a mail to be stored.
const STORED: Duration = Duration::from_secs(60);
/// How often the folder is looked at, whatever the server says or does not say of new mails.
const LOOK: Duration = Duration::from_secs(60);
/// Mails that are fetched in one go.
const AT_ONCE: usize = 50;
/// How long is waited after a failure: doubled each time, up to the second.
const PAUSES: (Duration, Duration) = (Duration::from_secs(5), Duration::from_secs(5 * 60));

/// A folder of a mail server.
#[derive(Clone)]
pub struct Imap {
    place: Place,
    sign_in: SignIn,
    tls: TlsConnector,
}

impl std::fmt::Debug for Imap {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Imap(…)")
    }
}

/// Why mails could not be fetched. Never what a server said, which may name people.
#[derive(Debug, thiserror::Error)]
pub enum ImapError {
    /// How a folder is named.
    #[error(
        "a folder of mails is named like imaps://user:password@host/INBOX, and ?moved=Folder where what was stored goes elsewhere"
    )]
    Address,
    /// Passwords and mails go over TLS.
    #[error("mails are fetched over TLS, except from a server on this machine: name imaps://")]
    Plain,
    /// Both, or neither.
    #[error("a folder of mails has a password in its address, or a file with an access token")]
    SignIn,
    /// The library of TLS.
    #[error("TLS cannot be spoken")]
    Tls,
    /// The file of the token.
    #[error("there is no access token")]
    NoToken,
    /// The server is not there, or not who it should be.
    #[error("the mail server cannot be reached")]
    Unreachable,
    /// It said no.
    #[error("the mail server refused: {0}")]
    Refused(&'static str),
    /// It said nothing.
    #[error("the mail server took too long")]
    Slow,
}

/// What came of one look at the folder.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Fetched {
    /// Mails that are over: stored, or refused.
    pub done: usize,
    /// Mails that stay, and are fetched again.
    pub later: usize,
    /// Mails that are not looked at yet.
    pub more: usize,
}

impl Fetched {
    /// Whether to go on at once.
    fn goes_on(self) -> bool {
        self.more > 0 && self.done > 0
    }
}

trait Wire: AsyncRead + AsyncWrite + Unpin + Send + std::fmt::Debug {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send + std::fmt::Debug> Wire for T {}
type Folder = Session<Box<dyn Wire>>;

impl Imap {
    /// The folder of this address: `imaps://user:password@host/INBOX`, or without a password and with an access token. `roots` may
    /// vouch for the server, beside those whom this machine trusts.
    pub fn new(
        address: &str,
        token: Option<AccessToken>,
        roots: &[CertificateDer<'static>],
    ) -> Result<Self, ImapError> {
        let (place, sign_in) = address::read(address, token)?;
        let tls = tls::connector(roots).ok_or(ImapError::Tls)?;
        Ok(Self {
            place,
            sign_in,
            tls,
        })
    }

    /// Fetches mails until it is asked to stop; one that is on its way to be stored then is finished.
    pub async fn run<H: Handler>(self, handler: Arc<H>, stop: impl Future<Output = ()>) {
        describe();
        let (stopping, mut stopped) = tokio::sync::watch::channel(false);
        let work = async {
            let mut pause = PAUSES.0;
            loop {
                let ended = self.watch(&handler, &mut stopped, &mut pause).await;
                let Err(error) = ended else {
                    return;
                };
                tracing::warn!(%error, "mails could not be fetched");
                let is_stopped = timeout(pause, stopped.wait_for(|stopped| *stopped)).await;
                if is_stopped.is_ok() {
                    return;
                }
                pause = (pause * 2).min(PAUSES.1);
            }
        };
        let mut work = std::pin::pin!(work);
        tokio::select! {
            () = stop => {
                let _ = stopping.send(true);
                work.await;
            }
            () = &mut work => {}
        }
    }

    /// Signs in, fetches what is there, and leaves.
    pub async fn round<H: Handler>(&self, handler: &H) -> Result<Fetched, ImapError> {
        let mut folder = self.open().await?;
        let (mut all, mut put_off) = (Fetched::default(), BTreeSet::new());
        loop {
            let some = self.fetch(&mut folder, handler, &mut put_off, || false);
            let some = some.await?;
            all.done += some.done;
            (all.later, all.more) = (put_off.len(), some.more);
            if !some.goes_on() {
                break;
            }
        }
        // It is over either way.
        let _ = timeout(ANSWER, folder.logout()).await;
        Ok(all)
    }

    /// Over one connection, as long as it lasts. `Ok`: it was asked to stop.
    async fn watch<H: Handler>(
        &self,
        handler: &Arc<H>,
        stopped: &mut tokio::sync::watch::Receiver<bool>,
        pause: &mut Duration,
    ) -> Result<(), ImapError> {
        let mut folder = self.open().await?;
        let capabilities = answered(folder.capabilities()).await?;
        let can_idle = capabilities.has_str("IDLE");
        let mut put_off = BTreeSet::new();
        loop {
            let is_stopped = || *stopped.borrow();
            let fetched = self
                .fetch(&mut folder, handler.as_ref(), &mut put_off, is_stopped)
                .await?;
            if *stopped.borrow() {
                let _ = timeout(ANSWER, folder.logout()).await;
                return Ok(());
            }
            if fetched.goes_on() {
                continue;
            }
            // A mail that stays is looked at again, and not at once.
            let wait = if fetched.later > 0 { *pause } else { LOOK };
            *pause = match fetched.later {
                0 => PAUSES.0,
                _ => (*pause * 2).min(PAUSES.1),
            };
            if can_idle && fetched.later == 0 {
                folder = idle(folder, wait, stopped).await?;
            } else {
                let _ = timeout(wait, stopped.wait_for(|stopped| *stopped)).await;
                answered(folder.noop()).await?;
            }
        }
    }

    async fn open(&self) -> Result<Folder, ImapError> {
        let stream = timeout(ANSWER, self.connect()).await;
        let stream = stream.map_err(|_| ImapError::Slow)?;
        let stream = stream.map_err(|_| ImapError::Unreachable)?;
        let mut client = Client::new(stream);
        let greeting = timeout(ANSWER, client.read_response()).await;
        let greeting = greeting.map_err(|_| ImapError::Slow)?;
        if !matches!(greeting, Ok(Some(_))) {
            return Err(ImapError::Unreachable);
        }
        let session = async {
            match &self.sign_in {
                SignIn::Password(user, password) => client.login(user, password).await,
                SignIn::Token(user, token) => {
                    let token = token.now().await.map_err(|_| ImapError::NoToken)?;
                    let answer = format!("user={user}\x01auth=Bearer {token}\x01\x01");
                    client.authenticate("XOAUTH2", Bearer(Some(answer))).await
                }
            }
            .map_err(|_| ImapError::Refused("the sign-in"))
        };
        let session = timeout(ANSWER, session).await;
        let mut session = session.map_err(|_| ImapError::Slow)??;
        answered(session.select(&self.place.folder)).await?;
        Ok(session)
    }

    async fn connect(&self) -> io::Result<Box<dyn Wire>> {
        let stream = TcpStream::connect((self.place.host.as_str(), self.place.port)).await?;
        if !self.place.is_secured {
            return Ok(Box::new(stream));
        }
        let name = ServerName::try_from(self.place.host.clone()).map_err(io::Error::other)?;
        Ok(Box::new(self.tls.connect(name, stream).await?))
    }

    /// Hands over what is unseen, the oldest first; but what was put off before comes after all others, for it may be put off again.
    async fn fetch<H: Handler>(
        &self,
        folder: &mut Folder,
        handler: &H,
        put_off: &mut BTreeSet<u32>,
        is_stopped: impl Fn() -> bool,
    ) -> Result<Fetched, ImapError> {
        let unseen = answered(folder.uid_search("UNSEEN UNDELETED")).await?;
        let mut unseen: Vec<u32> = unseen.into_iter().collect();
        unseen.sort_unstable_by_key(|uid| (put_off.contains(uid), *uid));
        put_off.retain(|uid| unseen.contains(uid));
        let mut fetched = Fetched {
            more: unseen.len().saturating_sub(AT_ONCE),
            ..Fetched::default()
        };
        for uid in unseen.into_iter().take(AT_ONCE) {
            if is_stopped() {
                break;
            }
            let is_over = match content(folder, uid).await? {
                Content::Whole(raw) => taken(handler, raw).await,
                Content::TooLarge => {
                    tracing::warn!(uid, "a mail is too large to be fetched");
                    true
                }
                // Somebody else was quicker.
                Content::Gone => continue,
            };
            if is_over {
                self.over(folder, uid).await?;
                put_off.remove(&uid);
                fetched.done += 1;
            } else {
                put_off.insert(uid);
                fetched.later += 1;
            }
        }
        Ok(fetched)
    }

    /// Marks a mail, and moves it where that is asked for.
    async fn over(&self, folder: &mut Folder, uid: u32) -> Result<(), ImapError> {
        let uid = uid.to_string();
        answered(async {
            let marked = folder.uid_store(&uid, "+FLAGS.SILENT (\\Seen)").await?;
            marked.try_for_each(async |_| Ok(())).await
        })
        .await?;
        if let Some(moved) = &self.place.moved {
            answered(folder.uid_mv(&uid, moved)).await?;
        }
        Ok(())
    }
}

enum Content {
    Whole(Vec<u8>),
    TooLarge,
    Gone,
}

/// The bytes of a mail, once it is known that they are not too many. It stays unseen.
async fn content(folder: &mut Folder, uid: u32) -> Result<Content, ImapError> {
    let set = uid.to_string();
    let size = answered(async {
        let found = folder.uid_fetch(&set, "(UID RFC822.SIZE)").await?;
        found
            .try_fold(None, async |size, mail| {
                Ok(if mail.uid == Some(uid) {
                    mail.size
                } else {
                    size
                })
            })
            .await
    });
    let Some(size) = size.await? else {
        return Ok(Content::Gone);
    };
    if usize::try_from(size).is_ok_and(|size| size > SIZE_MAX) {
        return Ok(Content::TooLarge);
    }
    let mail = timeout(MAIL, async {
        let found = folder.uid_fetch(&set, "(UID BODY.PEEK[])").await?;
        found
            .try_fold(None, async |raw, mail| {
                let is_it = mail.uid == Some(uid);
                Ok(mail.body().filter(|_| is_it).map(<[u8]>::to_vec).or(raw))
            })
            .await
    });
    let mail = mail.await.map_err(|_| ImapError::Slow)?;
    Ok(mail.map_err(failure)?.map_or(Content::Gone, Content::Whole))
}

/// Whether a mail is over.
async fn taken<H: Handler>(handler: &H, raw: Vec<u8>) -> bool {
    let delivery = Delivery::fetched(raw);
    let outcomes = timeout(STORED, handler.receive(delivery)).await;
    let outcomes = outcomes.unwrap_or_default();
    outcomes.iter().copied().for_each(count);
    !outcomes.is_empty() && !outcomes.contains(&Outcome::Later)
}

/// Waits until the server says that something is new, for a while.
async fn idle(
    folder: Folder,
    wait: Duration,
    stopped: &mut tokio::sync::watch::Receiver<bool>,
) -> Result<Folder, ImapError> {
    let mut idle = folder.idle();
    answered(idle.init()).await?;
    {
        let (news, _interrupt) = idle.wait_with_timeout(wait);
        tokio::select! {
            // The wait has an end of its own only where the server is silent altogether.
            news = timeout(wait, news) => {
                if let Ok(Err(error)) = news {
                    return Err(failure(error));
                }
            }
            _ = stopped.wait_for(|stopped| *stopped) => {}
        }
    }
    answered(idle.done()).await
}

/// Says who it is once; what a server says against that is answered with nothing, as XOAUTH2 has it.
struct Bearer(Option<String>);

impl async_imap::Authenticator for Bearer {
    type Response = String;

    fn process(&mut self, _: &[u8]) -> String {
        self.0.take().unwrap_or_default()
    }
}

async fn answered<T>(
    answer: impl Future<Output = async_imap::error::Result<T>>,
) -> Result<T, ImapError> {
    let answer = timeout(ANSWER, answer).await;
    answer.map_err(|_| ImapError::Slow)?.map_err(failure)
}

fn failure(error: async_imap::error::Error) -> ImapError {
    use async_imap::error::Error;
    match error {
        Error::Io(_) | Error::ConnectionLost => ImapError::Unreachable,
        Error::No(_) => ImapError::Refused("a command"),
        Error::Bad(_) => ImapError::Refused("how it was asked"),
        _ => ImapError::Refused("in words that are not understood"),
    }
}
