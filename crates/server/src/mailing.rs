//! Where the mails of a server go, and the worker that takes them there.

use std::time::Duration;

use anyhow::Context;
use ledger::Engine;
use mail::{Letterhead, Post, Worker};
use tokio::{sync::oneshot, task::JoinHandle};

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
            return Ok(None);
        };
        let (Some(from), Some(url)) = (&settings.mail_from, &settings.external_url) else {
            anyhow::bail!(
                "--smtp needs --mail-from, the sender, and --external-url, where the links of mails lead"
            );
        };
        let post = Post::smtp(server, from).context("mails cannot be sent")?;
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

/// The running worker.
pub(crate) struct Running {
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

impl Running {
    /// Starts the worker.
    pub fn start(engine: &Engine, mailing: Mailing) -> Self {
        let (stop, stopped) = oneshot::channel();
        let worker = Worker::new(engine.clone(), mailing.post, mailing.head);
        let task = tokio::spawn(worker.run(until(stopped)));
        Self { stop, task }
    }

    /// Lets it finish what is on its way.
    pub async fn end(self) {
        drop(self.stop);
        let abort = self.task.abort_handle();
        if tokio::time::timeout(ON_THEIR_WAY, self.task).await.is_err() {
            abort.abort();
            tracing::warn!("mails that were on their way are sent again later");
        }
    }
}

async fn until(stopped: oneshot::Receiver<()>) {
    // The sender is dropped; nothing is sent.
    let _ = stopped.await;
}
