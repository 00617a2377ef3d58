//! Where the mails of a server go, and the worker that takes them there; and how mails to services come in.

use std::{sync::Arc, time::Duration};

use anyhow::Context;
use ledger::{BoxFuture, Engine};
use mail::{
    AccessToken, Letterhead, Post, Worker,
    inbound::{Imap, Limits, Lmtp},
};
use service_desk::MailRoom;
use tokio::{sync::oneshot, task::JoinHandle};
use url::Url;

use crate::settings::Settings;

/// Longest wait for mails that are on their way when the server stops. Those that are not through are sent again later.
const ON_THEIR_WAY: Duration = Duration::from_secs(10);

/// A way for mails to go.
#[derive(Debug)]
pub(crate) struct Mailing {
    pub post: Post,
    pub head: Letterhead,
}

impl Mailing {
    /// As the settings say; `None` where they name no mail server.
    pub fn of(settings: &Settings) -> anyhow::Result<Option<Self>> {
        let Some(server) = &settings.smtp else {
            anyhow::ensure!(
                settings.smtp_token.is_none(),
                "--smtp-token is for a mail server: name it with --smtp"
            );
            return Ok(None);
        };
        let (Some(from), Some(url)) = (&settings.mail_from, &settings.external_url) else {
            anyhow::bail!(
                "--smtp needs --mail-from, the sender, and --external-url, where the links of mails lead"
            );
        };
        let post = match &settings.smtp_token {
            Some(file) => Post::smtp_by_token(server, from, AccessToken::in_file(file)),
            None => Post::smtp(server, from),
        };
        let post = post.context("mails cannot be sent")?;
        let head = head(url);
        Ok(Some(Self { post, head }))
    }
}

/// Links lead to this address.
pub(crate) fn head(url: &str) -> Letterhead {
    Letterhead {
        base: url.trim_end_matches('/').to_owned(),
    }
}

/// How mails to services come in.
#[derive(Debug, Default)]
pub(crate) struct Incoming {
    lmtp: Option<Lmtp>,
    imap: Vec<Imap>,
    /// Whose word on senders is taken.
    trusted: Vec<String>,
}

impl Incoming {
    /// As the settings say; a listener is open from here on.
    pub async fn of(settings: &Settings) -> anyhow::Result<Self> {
        let mut tokens = settings.imap_token.iter().flatten();
        let mut imap = Vec::new();
        for address in settings.imap.iter().flatten() {
            let has_password = Url::parse(address).is_ok_and(|url| url.password().is_some());
            let token = if has_password { None } else { tokens.next() };
            let folder = Imap::new(address, token.map(AccessToken::in_file), &[]);
            imap.push(folder.context("mails cannot be fetched: --imap, --imap-token")?);
        }
        anyhow::ensure!(
            tokens.next().is_none(),
            "--imap-token names more files than --imap has folders without a password"
        );
        let lmtp = match &settings.lmtp {
            Some(address) => {
                let listener = Lmtp::open(address, Limits::default()).await;
                Some(listener.context("mails cannot be taken: --lmtp")?)
            }
            None => None,
        };
        let trusted = settings.mail_trusted.clone().unwrap_or_default();
        anyhow::ensure!(
            trusted.iter().all(|name| is_name(name)),
            "--mail-trusted is the name of a mail server, like mx.example.org"
        );
        Ok(Self {
            lmtp,
            imap,
            trusted,
        })
    }
}

/// Whether a text can be the name of a server in a header.
fn is_name(text: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b".-_".contains(&byte);
    !text.is_empty() && text.bytes().all(fits)
}

/// What runs beside the server: the worker, and what takes mails.
pub(crate) struct Running {
    stop: Vec<oneshot::Sender<()>>,
    tasks: Vec<JoinHandle<()>>,
}

impl Running {
    /// Starts it.
    pub fn start(engine: &Engine, mailing: Option<Mailing>, incoming: Incoming) -> Self {
        let mut running = Self {
            stop: Vec::new(),
            tasks: Vec::new(),
        };
        if let Some(mailing) = mailing {
            let worker = Worker::new(engine.clone(), mailing.post, mailing.head);
            let worker = worker.with(Arc::new(service_desk::Notices));
            running.spawn(|stopped| worker.run(stopped));
        }
        let room = Arc::new(MailRoom::new(engine.clone(), incoming.trusted));
        if let Some(lmtp) = incoming.lmtp {
            let room = Arc::clone(&room);
            running.spawn(|stopped| lmtp.run(room, stopped));
        }
        for folder in incoming.imap {
            let room = Arc::clone(&room);
            running.spawn(|stopped| folder.run(room, stopped));
        }
        running
    }

    fn spawn<T: Future<Output = ()> + Send + 'static>(
        &mut self,
        run: impl FnOnce(BoxFuture<'static, ()>) -> T,
    ) {
        let (stop, stopped) = oneshot::channel();
        self.stop.push(stop);
        self.tasks.push(tokio::spawn(run(Box::pin(until(stopped)))));
    }

    /// Lets it finish what is on its way.
    pub async fn end(self) {
        drop(self.stop);
        let end = tokio::time::Instant::now() + ON_THEIR_WAY;
        for task in self.tasks {
            let abort = task.abort_handle();
            if tokio::time::timeout_at(end, task).await.is_err() {
                abort.abort();
                tracing::warn!("mails that were on their way are sent, or come, again later");
            }
        }
    }
}

async fn until(stopped: oneshot::Receiver<()>) {
    // The sender is dropped; nothing is sent.
    let _ = stopped.await;
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn refused(settings: Settings) -> String {
        let error = Incoming::of(&settings).await.unwrap_err();
        format!("{error:#}")
    }

    #[tokio::test]
    async fn a_wrong_way_in_is_told_at_the_start_by_the_name_of_its_option() {
        let lmtp = Settings {
            lmtp: Some("lmtp://0.0.0.0:24".to_owned()),
            ..Settings::default()
        };
        let told = refused(lmtp).await;
        assert!(
            told.contains("--lmtp") && told.contains("loopback"),
            "{told}"
        );
        let folder = |address: &str, tokens: &[&str]| Settings {
            imap: Some(vec![address.to_owned()]),
            imap_token: Some(tokens.iter().map(Into::into).collect()),
            ..Settings::default()
        };
        for (address, tokens) in [
            ("imaps://rita@mail.example.org/INBOX", &[][..]),
            ("imap://rita:secret@mail.example.org/INBOX", &[]),
            ("mail.example.org", &[]),
            ("imaps://rita:secret@mail.example.org/INBOX", &["/token"]),
        ] {
            let told = refused(folder(address, tokens)).await;
            assert!(told.contains("--imap"), "{told}");
            assert!(!told.contains("secret"), "{told}");
        }
        let one = folder("imaps://rita@mail.example.org/INBOX", &["/token"]);
        assert_eq!(Incoming::of(&one).await.unwrap().imap.len(), 1);
        let trusted = Settings {
            mail_trusted: Some(vec!["mx.example.org; dmarc=pass".to_owned()]),
            ..Settings::default()
        };
        assert!(refused(trusted).await.contains("--mail-trusted"));
    }

    #[tokio::test]
    async fn a_token_without_a_mail_server_is_refused() {
        let settings = Settings {
            smtp_token: Some("/token".into()),
            ..Settings::default()
        };
        Mailing::of(&settings).unwrap_err();
    }
}
