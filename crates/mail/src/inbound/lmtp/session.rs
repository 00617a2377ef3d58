//! One connection: what is asked, and what is answered.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncBufRead, AsyncBufReadExt as _, AsyncRead, AsyncWrite, AsyncWriteExt as _};
use tokio::io::{BufReader, BufWriter, ReadHalf, WriteHalf};
use tokio::sync::watch;
use tokio::time::timeout;

use super::super::receive::{Delivery, Handler, Outcome, RECIPIENTS_MAX, count};
use super::Limits;
use super::command::{self, Command};
use super::data::{self, Data};

/// Longest line of a command.
const LINE_MAX: usize = 2_048;
/// Lines that are not understood, or name somebody unknown, before it is enough.
const MISTAKES_MAX: usize = 50;
/// Longest time for an answer to be taken.
const ANSWER: Duration = Duration::from_secs(60);

/// A connection, before it begins.
pub(super) struct Session<H> {
    limits: Limits,
    handler: Arc<H>,
    stopped: watch::Receiver<bool>,
}

/// What was said so far of a mail.
#[derive(Default)]
struct Envelope {
    /// Somebody, or nobody; `None` before that is said.
    sender: Option<Option<String>>,
    recipients: Vec<String>,
}

struct Stream<S> {
    from: BufReader<ReadHalf<S>>,
    to: BufWriter<WriteHalf<S>>,
}

impl<H: Handler> Session<H> {
    pub fn new(limits: Limits, handler: Arc<H>, stopped: watch::Receiver<bool>) -> Self {
        Self {
            limits,
            handler,
            stopped,
        }
    }

    /// Until one side has said all.
    pub async fn converse<S: AsyncRead + AsyncWrite + Send>(self, stream: S) {
        let (from, to) = tokio::io::split(stream);
        let stream = Stream {
            from: BufReader::new(from),
            to: BufWriter::new(to),
        };
        if let Err(error) = self.talk(stream).await {
            let error = &error as &dyn std::error::Error;
            tracing::debug!(error, "a connection with mails broke off");
        }
    }

    async fn talk<S: AsyncRead + AsyncWrite>(mut self, mut stream: Stream<S>) -> io::Result<()> {
        stream.say("220 rolecall LMTP ready").await?;
        let (mut envelope, mut is_greeted, mut mistakes) = (Envelope::default(), false, 0);
        loop {
            let line = match self.next(&mut stream).await? {
                Next::Line(line) => line,
                Next::TooLong => return stream.end("500 5.5.2 this line is too long").await,
                Next::Silent => return stream.end("421 4.4.2 nothing was said for long").await,
                Next::Stopped => return stream.end("421 4.3.2 closing, come again").await,
                Next::Gone => return Ok(()),
            };
            let asked = match str::from_utf8(&line) {
                Ok(line) => command::read(line),
                Err(_) => Err("500 5.5.2 not UTF-8"),
            };
            let answer = match asked {
                Err(misheard) => misheard,
                Ok(Command::Hello) => {
                    is_greeted = true;
                    envelope = Envelope::default();
                    let size = self.limits.size;
                    stream.say("250-rolecall").await?;
                    for extension in ["PIPELINING", "8BITMIME", "SMTPUTF8", "ENHANCEDSTATUSCODES"] {
                        stream.say(&format!("250-{extension}")).await?;
                    }
                    stream.say(&format!("250 SIZE {size}")).await?;
                    continue;
                }
                Ok(Command::Quit) => return stream.end("221 2.0.0 bye").await,
                Ok(Command::Nothing) => "250 2.0.0 ok",
                Ok(Command::Verify) => "252 2.5.2 send it, and see",
                Ok(Command::Reset) => {
                    envelope = Envelope::default();
                    "250 2.0.0 ok"
                }
                Ok(_) if !is_greeted => "503 5.5.1 say LHLO first",
                Ok(Command::From { sender, size }) => self.from(&mut envelope, sender, size),
                Ok(Command::To(to)) => self.to(&mut envelope, to).await,
                Ok(Command::Data) if envelope.recipients.is_empty() => {
                    "503 5.5.1 to nobody, nothing is taken"
                }
                Ok(Command::Data) => {
                    let envelope = std::mem::take(&mut envelope);
                    if self.data(&mut stream, envelope).await? {
                        continue;
                    }
                    return Ok(());
                }
            };
            stream.say(answer).await?;
            if answer.starts_with('5') {
                mistakes += 1;
                if mistakes >= MISTAKES_MAX {
                    return stream.end("421 4.7.0 too many mistakes").await;
                }
            }
        }
    }

    fn from(
        &self,
        envelope: &mut Envelope,
        sender: Option<String>,
        size: Option<usize>,
    ) -> &'static str {
        if envelope.sender.is_some() {
            return "503 5.5.1 one mail after the other";
        }
        if size.is_some_and(|size| size > self.limits.size) {
            return TOO_LARGE;
        }
        envelope.sender = Some(sender);
        "250 2.1.0 ok"
    }

    async fn to(&self, envelope: &mut Envelope, to: String) -> &'static str {
        if envelope.sender.is_none() {
            return "503 5.5.1 say MAIL first";
        }
        if envelope.recipients.len() >= RECIPIENTS_MAX {
            return "452 4.5.3 too many receivers at once";
        }
        match timeout(self.limits.stored, self.handler.knows(&to)).await {
            Ok(true) => {
                envelope.recipients.push(to);
                "250 2.1.5 ok"
            }
            Ok(false) => "550 5.1.1 nobody here has this address",
            Err(_) => LATER,
        }
    }

    /// Takes a mail, and answers for each receiver (RFC 2033 §4.2). False: the connection is over.
    async fn data<S: AsyncRead + AsyncWrite>(
        &self,
        stream: &mut Stream<S>,
        envelope: Envelope,
    ) -> io::Result<bool> {
        stream.say("354 go on, and end with a point").await?;
        stream.flush().await?;
        let arriving = data::read(&mut stream.from, self.limits.size);
        let Ok(data) = timeout(self.limits.mail, arriving).await else {
            stream.end("421 4.4.2 this mail takes too long").await?;
            return Ok(false);
        };
        let receivers = envelope.recipients.len();
        let raw = match data? {
            Data::Whole(raw) => raw,
            Data::TooLarge => {
                for _ in 0..receivers {
                    stream.say(TOO_LARGE).await?;
                }
                return Ok(true);
            }
            Data::Broken => return Ok(false),
        };
        let delivery = Delivery {
            sender: envelope.sender.flatten(),
            recipients: envelope.recipients,
            raw,
        };
        // Only what is stored is answered with 2xx: from then on nobody else has it.
        let outcomes = timeout(self.limits.stored, self.handler.receive(delivery)).await;
        let outcomes = outcomes.unwrap_or_default();
        for number in 0..receivers {
            let outcome = outcomes.get(number).copied().unwrap_or(Outcome::Later);
            count(outcome);
            let answer = match outcome {
                Outcome::Stored => "250 2.0.0 taken",
                Outcome::Refused => "550 5.7.1 this mail is not taken",
                Outcome::Later => LATER,
            };
            stream.say(answer).await?;
        }
        Ok(true)
    }

    async fn next<S: AsyncRead + AsyncWrite>(
        &mut self,
        stream: &mut Stream<S>,
    ) -> io::Result<Next> {
        // Answers to what was sent in one go are sent in one go (RFC 2920).
        if stream.from.buffer().is_empty() {
            stream.flush().await?;
        }
        tokio::select! {
            biased;
            line = timeout(self.limits.silence, line(&mut stream.from)) => {
                line.unwrap_or(Ok(Next::Silent))
            }
            _ = self.stopped.wait_for(|stopped| *stopped) => Ok(Next::Stopped),
        }
    }
}

const TOO_LARGE: &str = "552 5.3.4 this mail is too large";
const LATER: &str = "451 4.3.0 not now, come again";

enum Next {
    Line(Vec<u8>),
    TooLong,
    Silent,
    Stopped,
    Gone,
}

/// A line without its end, of bounded length.
async fn line<R: AsyncBufRead + Unpin>(from: &mut R) -> io::Result<Next> {
    let mut line = Vec::new();
    loop {
        let bytes = from.fill_buf().await?;
        if bytes.is_empty() {
            return Ok(Next::Gone);
        }
        let end = bytes.iter().position(|byte| *byte == b'\n');
        let used = end.map_or(bytes.len(), |end| end + 1);
        line.extend_from_slice(bytes.get(..end.unwrap_or(used)).unwrap_or_default());
        from.consume(used);
        if line.len() > LINE_MAX {
            return Ok(Next::TooLong);
        }
        if end.is_some() {
            if line.last() == Some(&b'\r') {
                line.pop();
            }
            return Ok(Next::Line(line));
        }
    }
}

impl<S: AsyncRead + AsyncWrite> Stream<S> {
    async fn say(&mut self, answer: &str) -> io::Result<()> {
        let line = format!("{answer}\r\n");
        timed(self.to.write_all(line.as_bytes())).await
    }

    async fn flush(&mut self) -> io::Result<()> {
        timed(self.to.flush()).await
    }

    async fn end(&mut self, answer: &str) -> io::Result<()> {
        self.say(answer).await?;
        timed(self.to.shutdown()).await
    }
}

async fn timed(answer: impl Future<Output = io::Result<()>>) -> io::Result<()> {
    timeout(ANSWER, answer)
        .await
        .unwrap_or(Err(io::ErrorKind::TimedOut.into()))
}
