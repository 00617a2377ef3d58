//! Where mails go: to a server by SMTP, or, in the demonstration, into a mailbox that is shown on a page.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use access::Moment;
use lettre::message::Mailbox as Party;
use lettre::message::header::{ContentType, Header, HeaderName, HeaderValue};
use lettre::transport::smtp::AsyncSmtpTransportBuilder;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::{Address, AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use percent_encoding::percent_decode_str;
use tokio::sync::Mutex;
use url::Url;

use crate::access_token::AccessToken;
use crate::mailbox::Mailbox;
use crate::text::Text;
use crate::tls::is_here;

/// By this header a mail of ours is known when it comes back (SD-37).
pub(crate) const LOOP_HEADER: &str = "X-Rolecall-Loop";

/// Longest wait for one answer of the server.
const ANSWER: Duration = Duration::from_secs(20);
/// Longest time for one mail.
const MAIL: Duration = Duration::from_secs(60);

/// A way for mails to go.
#[derive(Clone, Debug)]
pub enum Post {
    /// To a mail server.
    Smtp(Smtp),
    /// Into a mailbox, for everybody on this machine to read.
    Mailbox(Mailbox),
}

/// A mail server.
#[derive(Clone)]
pub struct Smtp {
    way: Way,
    from: Party,
}

type Transport = AsyncSmtpTransport<Tokio1Executor>;

/// How the server is signed in to.
#[derive(Clone)]
enum Way {
    /// With a password, or without anything.
    Lasting(Transport),
    /// With an access token, for as long as that works.
    ByToken(Arc<ByToken>),
}

struct ByToken {
    server: AsyncSmtpTransportBuilder,
    user: String,
    token: AccessToken,
    /// The connections that the newest token opened.
    last: Mutex<Option<(String, Transport)>>,
}

impl std::fmt::Debug for Smtp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Smtp(…)")
    }
}

/// Why a mail server cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PostError {
    /// The address of the server.
    #[error(
        "a mail server is named like smtp://user:password@host:587, or smtps://… where TLS begins at once"
    )]
    Address,
    /// Mails hold links that are as good as a password.
    #[error(
        "mails go over TLS, except to a server on this machine: leave tls= out, or name smtps://"
    )]
    Plain,
    /// The user for whom an access token speaks.
    #[error(
        "with an access token, a mail server is named like smtp://user@host:587, without a password"
    )]
    User,
    /// The sender.
    #[error("a sender is named like Rolecall <rolecall@example.org>")]
    From,
    /// The library.
    #[error("the mail server cannot be used")]
    Transport(#[from] lettre::transport::smtp::Error),
}

/// Why a mail was not sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// A stable code; never what a server said, which may name people.
    pub code: String,
    /// Asking again would be answered the same.
    pub is_final: bool,
}

impl Failure {
    pub(crate) fn final_with(code: &str) -> Self {
        Self {
            code: code.to_owned(),
            is_final: true,
        }
    }

    fn passing(code: &str) -> Self {
        Self {
            code: code.to_owned(),
            is_final: false,
        }
    }
}

impl Post {
    /// To the server at this address, from this sender. TLS is required, except on this machine.
    pub fn smtp(address: &str, from: &str) -> Result<Self, PostError> {
        let url = tls_required(address)?;
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(url.as_str())?
            .timeout(Some(ANSWER))
            .build();
        let from = from.parse().map_err(|_| PostError::From)?;
        let way = Way::Lasting(transport);
        Ok(Self::Smtp(Smtp { way, from }))
    }

    /// The same to a server that takes access tokens (XOAUTH2).
    pub fn smtp_by_token(address: &str, from: &str, token: AccessToken) -> Result<Self, PostError> {
        let url = tls_required(address)?;
        let user = percent_decode_str(url.username()).decode_utf8();
        let user = user.map_err(|_| PostError::User)?.into_owned();
        if user.is_empty() || user.contains(char::is_control) || url.password().is_some() {
            return Err(PostError::User);
        }
        let server = Transport::from_url(url.as_str())?
            .authentication(vec![Mechanism::Xoauth2])
            .timeout(Some(ANSWER));
        let from = from.parse().map_err(|_| PostError::From)?;
        let way = Way::ByToken(Arc::new(ByToken {
            server,
            user,
            token,
            last: Mutex::default(),
        }));
        Ok(Self::Smtp(Smtp { way, from }))
    }

    /// Sends one mail. `id` is the same when it is sent again, so that who receives it twice can tell.
    pub(crate) async fn deliver(
        &self,
        id: &str,
        at: Moment,
        address: &str,
        text: &Text,
    ) -> Result<(), Failure> {
        match self {
            Self::Mailbox(mailbox) => {
                mailbox.keep(at, address, text);
                Ok(())
            }
            Self::Smtp(smtp) => {
                let message = smtp.message(id, at, address, text)?;
                let transport = smtp.transport().await?;
                match tokio::time::timeout(MAIL, transport.send(message)).await {
                    Ok(Ok(_)) => Ok(()),
                    Ok(Err(error)) => Err(failure(&error)),
                    Err(_) => Err(Failure::passing("timeout")),
                }
            }
        }
    }
}

impl Smtp {
    async fn transport(&self) -> Result<Transport, Failure> {
        let by = match &self.way {
            Way::Lasting(transport) => return Ok(transport.clone()),
            Way::ByToken(by) => by,
        };
        let token = by.token.now().await;
        let token = token.map_err(|_| Failure::passing("no_access_token"))?;
        let mut last = by.last.lock().await;
        if let Some((of, transport)) = last.as_ref()
            && *of == token
        {
            return Ok(transport.clone());
        }
        let credentials = Credentials::new(by.user.clone(), token.clone());
        let transport: Transport = by.server.clone().credentials(credentials).build();
        *last = Some((token, transport.clone()));
        Ok(transport)
    }

    fn message(
        &self,
        id: &str,
        at: Moment,
        address: &str,
        text: &Text,
    ) -> Result<Message, Failure> {
        let to: Address = address
            .parse()
            .map_err(|_| Failure::final_with("not_an_address"))?;
        let at = Duration::from_millis(u64::try_from(at.0).unwrap_or(0));
        let domain = self.from.email.domain();
        let mut message = Message::builder()
            .from(self.from.clone())
            .to(Party::new(None, to))
            .subject(text.subject.clone())
            .date(SystemTime::UNIX_EPOCH + at)
            .message_id(Some(format!("<{id}@{domain}>")))
            .header(AutoSubmitted)
            .header(NoAutomaticAnswer)
            .header(Loop);
        if let Some(thread) = &text.thread {
            let reply_to: Option<Address> = match &thread.reply_to {
                Some(reply_to) => {
                    let reply_to = reply_to.parse();
                    Some(reply_to.map_err(|_| Failure::final_with("not_an_address"))?)
                }
                None => None,
            };
            if let Some(reply_to) = reply_to {
                message = message.reply_to(Party::new(None, reply_to));
            }
            if let Some(about) = &thread.about {
                let first = format!("<{about}@{domain}>");
                message = message.in_reply_to(first.clone()).references(first);
            }
        }
        message
            .header(ContentType::TEXT_PLAIN)
            .body(text.body.clone())
            .map_err(|_| Failure::final_with("not_writable"))
    }
}

macro_rules! headers {
    ($($(#[$doc:meta])* $type:ident = $name:expr, $value:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone)]
        struct $type;

        impl Header for $type {
            fn name() -> HeaderName {
                HeaderName::new_from_ascii_str($name)
            }

            fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
                Ok(Self)
            }

            fn display(&self) -> HeaderValue {
                HeaderValue::new(Self::name(), $value.to_owned())
            }
        }
    )*};
}

headers! {
    /// RFC 3834: no program answers a mail that a program sent.
    AutoSubmitted = "Auto-Submitted", "auto-generated";
    /// The same for those who never heard of that.
    NoAutomaticAnswer = "X-Auto-Response-Suppress", "All";
    /// Whoever sends it back sends it in a circle.
    Loop = LOOP_HEADER, "1";
}

/// What a server or the way to it said no with. A wrong password is the operator's to mend, not the receiver's fault: such a mail
/// is tried again.
fn failure(error: &lettre::transport::smtp::Error) -> Failure {
    if let Some(status) = error.status() {
        let status = u16::from(status);
        let is_of_the_operator = (530..540).contains(&status);
        return Failure {
            code: format!("smtp_{status}"),
            is_final: error.is_permanent() && !is_of_the_operator,
        };
    }
    Failure::passing(if error.is_timeout() {
        "timeout"
    } else if error.is_tls() {
        "tls"
    } else if error.is_client() || error.is_response() {
        "not_understood"
    } else {
        "unreachable"
    })
}

fn tls_required(address: &str) -> Result<Url, PostError> {
    let mut url = Url::parse(address).map_err(|_| PostError::Address)?;
    let is_here = is_here(&url).ok_or(PostError::Address)?;
    match (url.scheme(), url.query()) {
        ("smtps", None) | ("smtp", Some("tls=required")) => {}
        ("smtp", None) if is_here => {}
        ("smtp", None) => url.set_query(Some("tls=required")),
        ("smtp" | "smtps", Some(_)) => return Err(PostError::Plain),
        _ => return Err(PostError::Address),
    }
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mails_go_over_tls_except_on_this_machine() {
        let asked = |address: &str| tls_required(address).map(|url| url.to_string());
        for (address, wanted) in [
            (
                "smtp://u:p@mail.example.org:587",
                "smtp://u:p@mail.example.org:587?tls=required",
            ),
            ("smtps://mail.example.org", "smtps://mail.example.org"),
            ("smtp://127.0.0.1:2525", "smtp://127.0.0.1:2525"),
            ("smtp://[::1]:2525", "smtp://[::1]:2525"),
            ("smtp://localhost", "smtp://localhost"),
            (
                "smtp://127.0.0.1?tls=required",
                "smtp://127.0.0.1?tls=required",
            ),
        ] {
            assert_eq!(asked(address).unwrap(), wanted);
        }
        for address in [
            "smtp://mail.example.org?tls=opportunistic",
            "smtp://127.0.0.1.example.org?tls=none",
            "mail.example.org",
            "https://mail.example.org",
            "smtp:",
            "",
        ] {
            assert!(asked(address).is_err(), "{address}");
        }
    }

    /// The pool of connections wants a runtime.
    #[tokio::test]
    async fn a_sender_is_an_address_and_holds_no_line_break() {
        let post = |from: &str| Post::smtp("smtp://localhost:2525", from).is_ok();
        assert!(post("Rolecall <rolecall@example.org>"));
        assert!(post("rolecall@example.org"));
        assert!(!post("rolecall"));
        assert!(!post(
            "Rolecall <rolecall@example.org>\r\nBcc: all@example.org"
        ));
    }
}
